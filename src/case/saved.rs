//! A case as a file that can be opened again: what the user decided, with the rows of samples, and the hash of every
//! file; never the files themselves.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use crate::evidence::{Problem, ProblemCode, json};
use crate::integrity::Scope;
use crate::moment::Moment;

use super::custody::MOST;
use super::question::Settings;
use super::recheck::Hashed;

/// The form of the file.
const SCHEMA: &str = "exhibit.case/1";
/// What the record calls it that a case was opened.
const OPENED: &str = "Case opened";

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

impl Settings {
    /// What the file of a case says, taken up in place of what was decided here before. Keys that it calls confirmed
    /// are another person's word: only who sits at the page can have fetched them. What was done here before belongs
    /// to the record too, with what is taken up.
    #[must_use]
    pub fn taken_up(mut self, own: &Settings, name: &str, at: Moment) -> Self {
        self.distrust();
        self.confirmed_keys.clone_from(&own.confirmed_keys);
        self.log.extend_from_slice(&own.log);
        self.log.drain(..self.log.len().saturating_sub(MOST));
        let words = format!("{name}: {}", self.words());
        self.note(at, OPENED, words);
        self
    }

    /// Takes keys that were confirmed elsewhere or in an earlier visit for what they are: stated. What a browser keeps, other pages
    /// of the same origin can write.
    pub fn distrust(&mut self) {
        let stated = std::mem::take(&mut self.confirmed_keys);
        let new = stated
            .into_iter()
            .filter(|key| !self.stated_keys.contains(key));
        let new: Vec<String> = new.collect();
        self.stated_keys.extend(new);
    }

    /// What counts as a person's word, or changes what is found.
    pub fn words(&self) -> String {
        let day = |at: Option<Moment>| at.map_or("not stated".to_owned(), |at| at.to_string());
        let concluded = self.audit.controls.iter();
        let concluded = concluded.filter(|one| one.status.is_some()).count();
        let (risk, off) = (&self.risk, &self.risk.disabled);
        let objects = risk.objects.values().map(BTreeMap::len).sum::<usize>();
        let off_objects = off.objects.values().map(BTreeSet::len).sum::<usize>();
        format!(
            "conclusions {concluded}, corrected artifacts {}, exceptions {}, rules {}, keys stated as confirmed {}, risks changed {}, kinds, rows and alerts turned off {}, own alerts {}, masking {} with {} texts that are never masked, columns of tickets mapped {}, populations {}, period {} to {}, scope {}",
            self.audit.artifacts.len(),
            self.exceptions.len(),
            self.rules.len(),
            self.stated_keys.len(),
            risk.calls.len() + risk.errors.len() + objects,
            risk.off.len() + off.calls.len() + off.errors.len() + off_objects + off.alerts.len(),
            risk.alerts.len(),
            self.sharing.words(),
            self.sharing.except.len(),
            self.audit.tickets.len(),
            self.audit.populations.len(),
            day(self.audit.from),
            day(self.audit.to),
            if self.scope == Scope::default() {
                "not narrowed"
            } else {
                "narrowed"
            },
        )
    }

    /// The files of cases that were opened, with what they brought.
    pub fn opened(&self) -> impl Iterator<Item = &str> {
        let opened = self.log.iter().filter(|one| one.what == OPENED);
        opened.map(|one| one.detail.as_str())
    }
}

#[cfg(test)]
mod tests {
    use super::super::changes::Mapped;
    use super::super::custody::Done;
    use super::*;

    #[test]
    fn another_persons_word_confirms_no_key() {
        let keys = |of: &[&str]| of.iter().map(|key| (*key).to_owned()).collect::<Vec<_>>();
        let mut theirs = Settings {
            confirmed_keys: keys(&["ab"]),
            ..Settings::default()
        };
        let done = Done {
            at: Moment::MIN,
            what: "Filler".to_owned(),
            detail: String::new(),
        };
        theirs.log = vec![done; MOST + 5];
        theirs.risk.calls.insert("StopLogging".to_owned(), 0);
        let alerts = &mut theirs.risk.disabled.alerts;
        alerts.insert("logging-stopped".to_owned());
        theirs.sharing.except.push("mallory".to_owned());
        theirs.audit.tickets.push(Mapped::default());
        theirs.audit.to = Moment::parse("9999-12-30T22:00:00Z");
        theirs.scope.trails.push("main".to_owned());
        let mut own = Settings {
            confirmed_keys: keys(&["cd"]),
            ..Settings::default()
        };
        own.note(Moment::MIN, "Evidence added", "here");
        let now = theirs.taken_up(&own, "case.json", Moment::MAX);
        assert_eq!(
            (&now.confirmed_keys, &now.stated_keys),
            (&keys(&["cd"]), &keys(&["ab"]))
        );
        let [.., before, opened] = now.log.as_slice() else {
            panic!("no record");
        };
        assert_eq!((now.log.len(), before.detail.as_str()), (MOST, "here"));
        assert!(opened.detail.starts_with("case.json: conclusions 0"));
        let brought = ", risks changed 1, kinds, rows and alerts turned off 1, own alerts 0, masking off with 1 texts that are never masked, columns of tickets mapped 1, populations 0, period not stated to 9999-12-30T22:00:00Z, scope narrowed";
        assert!(opened.detail.ends_with(brought), "{}", opened.detail);
        assert!(now.opened().eq([opened.detail.as_str()]));
        // Saved and opened once more, the word is still another person's.
        let again = now.taken_up(&Settings::default(), "b", Moment::MAX);
        assert_eq!(again.stated_keys, keys(&["ab", "cd"]));
        assert!(again.confirmed_keys.is_empty());
    }

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
