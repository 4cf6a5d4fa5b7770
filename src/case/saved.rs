//! A case as a file that can be opened again: what the user decided, with the rows of samples, and the hash of every
//! file; never the files themselves.

use serde::{Deserialize, Serialize};

use crate::evidence::{Problem, ProblemCode, json};

use crate::moment::Moment;

use super::question::Settings;
use super::recheck::Hashed;

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
    /// None in files of the first versions.
    #[serde(default)]
    files: Vec<Hashed>,
}

/// Writes the file.
pub fn write(settings: &Settings, files: Vec<Hashed>) -> String {
    let file = File {
        schema: SCHEMA.to_owned(),
        settings: settings.clone(),
        files,
    };
    serde_json::to_string_pretty(&file).unwrap_or_default() + "\n"
}

/// Reads the file.
///
/// # Errors
/// What is no such file, of a newer form, or holds an address that leads out of the page.
pub fn parse(bytes: &[u8]) -> Result<(Settings, Vec<Hashed>), Problem> {
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
    Ok((file.settings, file.files))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_is_read() {
        let mut settings = Settings {
            confirmed_keys: vec!["ab".into()],
            ..Settings::default()
        };
        settings.views.push(SavedView {
            name: "Denied".into(),
            address: "#/v1/activity?q=error%3A*".into(),
        });
        let files = vec![Hashed {
            path: "a".into(),
            sha256: Some(crate::sum::Sum::of(b"a")),
        }];
        let text = write(&settings, files.clone());
        assert_eq!(parse(text.as_bytes()), Ok((settings.clone(), files)));
        settings.views[0].address = "javascript:alert(1)".into();
        assert!(parse(write(&settings, Vec::new()).as_bytes()).is_err());
        assert!(parse(b"{}").is_err() && parse(b"").is_err());
        let newer = write(&Settings::default(), Vec::new()).replace("case/1", "case/9");
        assert!(parse(newer.as_bytes()).is_err());
    }
}
