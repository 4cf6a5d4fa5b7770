//! What the user decided, as a file that can be opened again: settings and saved views, never evidence.

use serde::{Deserialize, Serialize};

use crate::evidence::{Problem, ProblemCode, json};

use crate::moment::Moment;

use super::question::Settings;

/// The form of the file.
const SCHEMA: &str = "exhibit.case/1";

/// A view under a name.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct SavedView {
    /// What the user calls it.
    pub name: String,
    /// Its address within the page, `#/v1/…`: what is looked at, never evidence.
    pub address: String,
}

/// A failing result that somebody accepted: it stays visible and is counted apart.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Exception {
    /// The rule's name.
    pub rule: String,
    /// The key of the resource.
    pub resource: String,
    /// Why it is accepted.
    pub reason: String,
    /// Who accepted it.
    pub by: String,
    /// Until when; compared with the moment that results are of.
    pub until: Option<Moment>,
}

#[derive(Serialize, Deserialize)]
struct File {
    schema: String,
    settings: Settings,
}

/// Writes the file.
pub fn write(settings: &Settings) -> String {
    let file = File {
        schema: SCHEMA.to_owned(),
        settings: settings.clone(),
    };
    serde_json::to_string_pretty(&file).unwrap_or_default() + "\n"
}

/// Reads the file.
///
/// # Errors
/// What is no such file, of a newer form, or holds an address that leads out of the page.
pub fn parse(bytes: &[u8]) -> Result<Settings, Problem> {
    let file: File = json::read(bytes)?;
    let wrong = |detail: String| Err(Problem::new(ProblemCode::JsonShape, detail));
    if file.schema != SCHEMA {
        return wrong(format!(
            "expected the schema {SCHEMA}, found {:?}",
            file.schema
        ));
    }
    let is_view = |view: &&SavedView| !view.address.starts_with("#/v1/");
    if let Some(view) = file.settings.views.iter().find(is_view) {
        return wrong(format!("{:?} is no address of a view", view.address));
    }
    Ok(file.settings)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_is_read() {
        let mut settings = Settings {
            keys_confirmed: true,
            ..Settings::default()
        };
        settings.views.push(SavedView {
            name: "Denied".into(),
            address: "#/v1/activity?q=error%3A*".into(),
        });
        assert_eq!(parse(write(&settings).as_bytes()), Ok(settings.clone()));
        settings.views[0].address = "javascript:alert(1)".into();
        assert!(parse(write(&settings).as_bytes()).is_err());
        assert!(parse(b"{}").is_err() && parse(b"").is_err());
        let newer = write(&Settings::default()).replace("case/1", "case/9");
        assert!(parse(newer.as_bytes()).is_err());
    }
}
