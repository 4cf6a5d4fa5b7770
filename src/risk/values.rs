//! What the user changed of the model. It is what the file of risk settings holds, and a part of the case's file.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Deserializer, Serialize};

use super::alerts::CustomAlert;
use crate::evidence::{Problem, ProblemCode, json};
use crate::object::Way;

/// The highest risk.
pub const MOST: u8 = 10;

/// The form of the file of risk settings.
const SCHEMA: &str = "exhibit.risk/1";

/// What the user changed of the model.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct Values {
    /// Risk of calls, by name.
    pub calls: BTreeMap<String, u8>,
    /// Risk of errors, by code.
    pub errors: BTreeMap<String, u8>,
    /// Risk of what objects are classified by.
    pub objects: BTreeMap<Way, BTreeMap<String, u8>>,
    /// Ways of classifying that are turned off.
    pub off: BTreeSet<Way>,
    /// Rows that are turned off, whatever their value.
    pub disabled: Disabled,
    /// Alerts of the user's own, each with a title of its own.
    #[serde(deserialize_with = "distinct")]
    pub alerts: Vec<CustomAlert>,
}

/// Rows of the model that are turned off: they count as without risk, and keep their value.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct Disabled {
    /// Calls.
    pub calls: BTreeSet<String>,
    /// Errors.
    pub errors: BTreeSet<String>,
    /// Rows by which objects are classified.
    pub objects: BTreeMap<Way, BTreeSet<String>>,
    /// Alerts, by their id: built-in ones, Sigma rules.
    pub alerts: BTreeSet<String>,
}

/// What has a risk that can be changed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Rated {
    /// A call, by its name.
    Call,
    /// An error, by its code.
    Error,
    /// A row by which objects are classified.
    Object(Way),
}

/// Reads alerts, so that a file loses none of them.
fn distinct<'de, D: Deserializer<'de>>(from: D) -> Result<Vec<CustomAlert>, D::Error> {
    let mut all = Vec::deserialize(from)?;
    tell_apart(&mut all);
    Ok(all)
}

/// Tells alerts that share a title apart by a number, the first but. Returns the new titles.
fn tell_apart(all: &mut [CustomAlert]) -> Vec<String> {
    let mut ids = BTreeSet::new();
    // By what titles share: the number that comes next.
    let mut next: BTreeMap<String, u32> = BTreeMap::new();
    let mut named = Vec::new();
    for alert in all {
        let (title, id) = (alert.title.clone(), alert.id());
        while !ids.insert(alert.id()) {
            let number = next.entry(id.clone()).or_insert(2);
            alert.title = format!("{title} {number}");
            *number += 1;
        }
        if alert.title != title {
            named.push(alert.title.clone());
        }
    }
    named
}

impl Values {
    /// Keeps an alert of the user's own, in the place of the one of its title.
    pub fn keep(&mut self, alert: CustomAlert) {
        let id = alert.id();
        self.alerts.retain(|one| one.id() != id);
        self.alerts.push(alert);
    }

    /// Takes what a file holds; alerts of the user's own stay beside those of the file, each turned on or off as it was. Returns
    /// the titles under which the file's are kept where the user has others of theirs.
    pub fn take(&mut self, file: Values) -> Vec<String> {
        let own = std::mem::replace(self, file);
        let theirs = std::mem::replace(&mut self.alerts, own.alerts);
        let is_known = |own: &CustomAlert, other: &CustomAlert| {
            let title = own.title.clone();
            *own == CustomAlert {
                title,
                ..other.clone()
            }
        };
        let mut off: Vec<bool> = self
            .alerts
            .iter()
            .map(|one| own.disabled.alerts.contains(&one.id()))
            .collect();
        for alert in theirs {
            let is_off = self.disabled.alerts.remove(&alert.id());
            if !self.alerts.iter().any(|own| is_known(own, &alert)) {
                self.alerts.push(alert);
                off.push(is_off);
            }
        }
        let named = tell_apart(&mut self.alerts);
        let off = self.alerts.iter().zip(off).filter(|(_, is_off)| *is_off);
        self.disabled
            .alerts
            .extend(off.map(|(alert, _)| alert.id()));
        named
    }

    /// What the user set of it; `None` where the model's own value holds.
    pub fn set_of(&self, rated: Rated, name: &str) -> Option<u8> {
        let values = match rated {
            Rated::Call => Some(&self.calls),
            Rated::Error => Some(&self.errors),
            Rated::Object(way) => self.objects.get(&way),
        };
        values.and_then(|values| values.get(name)).copied()
    }

    /// Sets it; back to the model's own value without one.
    pub fn set(&mut self, rated: Rated, name: &str, risk: Option<u8>) {
        let values = match rated {
            Rated::Call => &mut self.calls,
            Rated::Error => &mut self.errors,
            Rated::Object(way) => self.objects.entry(way).or_default(),
        };
        match risk {
            Some(risk) => values.insert(name.to_owned(), risk.min(MOST)),
            None => values.remove(name),
        };
        self.objects.retain(|_, values| !values.is_empty());
    }

    /// Whether a row counts.
    pub fn is_on(&self, rated: Rated, name: &str) -> bool {
        let off = match rated {
            Rated::Call => Some(&self.disabled.calls),
            Rated::Error => Some(&self.disabled.errors),
            Rated::Object(way) => self.disabled.objects.get(&way),
        };
        !off.is_some_and(|off| off.contains(name))
    }

    /// Turns a row on or off.
    pub fn turn(&mut self, rated: Rated, name: &str, on: bool) {
        let off = match rated {
            Rated::Call => &mut self.disabled.calls,
            Rated::Error => &mut self.disabled.errors,
            Rated::Object(way) => self.disabled.objects.entry(way).or_default(),
        };
        if on {
            off.remove(name);
        } else {
            off.insert(name.to_owned());
        }
        self.disabled.objects.retain(|_, names| !names.is_empty());
    }
}

#[derive(Serialize, Deserialize)]
struct File {
    schema: String,
    risk: Values,
}

/// Writes the file of risk settings.
pub fn write(values: &Values) -> String {
    let file = File {
        schema: SCHEMA.to_owned(),
        risk: values.clone(),
    };
    serde_json::to_string_pretty(&file).unwrap_or_default() + "\n"
}

/// Reads the file of risk settings.
///
/// # Errors
/// What is no such file, or one of a newer form.
pub fn parse(bytes: &[u8]) -> Result<Values, Problem> {
    let file: File = json::read(bytes)?;
    if file.schema != SCHEMA {
        return Err(Problem::new(
            ProblemCode::JsonShape,
            format!("expected the schema {SCHEMA}, found {:?}", file.schema),
        ));
    }
    Ok(file.risk)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_is_read_and_older_files_too() {
        let mut values = Values::default();
        values.set(Rated::Call, "AssumeRole", Some(99));
        values.turn(Rated::Error, "AccessDenied", false);
        values.turn(Rated::Object(Way::Regex), "aws_secret_key", false);
        values.alerts.push(CustomAlert {
            title: "Mine".to_owned(),
            ..CustomAlert::default()
        });
        assert_eq!(parse(write(&values).as_bytes()), Ok(values.clone()));
        assert_eq!(values.set_of(Rated::Call, "AssumeRole"), Some(MOST));
        assert!(!values.is_on(Rated::Object(Way::Regex), "aws_secret_key"));
        values.turn(Rated::Object(Way::Regex), "aws_secret_key", true);
        assert!(values.disabled.objects.is_empty());
        let older: Values = serde_json::from_str(r#"{"calls":{"A":3}}"#).expect("older settings");
        assert_eq!(older.set_of(Rated::Call, "A"), Some(3));
        assert!(parse(b"{}").is_err() && parse(b"\xff").is_err());
        let newer = write(&values).replace("risk/1", "risk/9");
        assert!(parse(newer.as_bytes()).is_err());
    }
    #[test]
    fn alerts_are_not_lost_to_others_of_their_title() {
        let alert = |title: &str, query: &str| CustomAlert {
            title: title.to_owned(),
            query: query.to_owned(),
            ..CustomAlert::default()
        };
        let file = Values {
            alerts: vec![
                alert("A b", "name:C"),
                alert("a-b", "name:D"),
                alert("A b 2", "name:E"),
            ],
            ..Values::default()
        };
        let read = parse(write(&file).as_bytes()).expect("a file");
        let titles: Vec<&str> = read.alerts.iter().map(|one| &*one.title).collect();
        assert_eq!(titles, ["A b", "a-b 2", "A b 2 2"]);
        let mut own = Values {
            alerts: vec![alert("A b", "name:Mine"), alert("Other", "name:F")],
            ..Values::default()
        };
        assert_eq!(own.take(read.clone()), ["A b 2", "a-b 2 2", "A b 2 2 2"]);
        assert_eq!(own.alerts.len(), 5);
        assert_eq!(own.take(read), Vec::<String>::new(), "opened again");
        assert_eq!(own.alerts.len(), 5);
        own.keep(alert("other", "name:G"));
        assert_eq!((own.alerts.len(), &*own.alerts[4].query), (5, "name:G"));
    }
    #[test]
    fn each_alert_stays_turned_on_or_off() {
        let alert = |title: &str, query: &str| CustomAlert {
            title: title.to_owned(),
            query: query.to_owned(),
            ..CustomAlert::default()
        };
        let values = |alerts: Vec<CustomAlert>, off: &[&str]| {
            let mut values = Values {
                alerts,
                ..Values::default()
            };
            let off = off.iter().map(|id| (*id).to_owned());
            values.disabled.alerts = off.collect();
            values
        };
        let mut own = values(
            vec![alert("Mine", "name:M"), alert("A", "name:B")],
            &["own-mine", "root-used"],
        );
        let file = values(
            vec![alert("A", "name:C"), alert("Mine", "name:M")],
            &["own-a", "key-made"],
        );
        assert_eq!(own.take(file), ["A 2"]);
        let off: Vec<&str> = own.disabled.alerts.iter().map(|id| &**id).collect();
        assert_eq!(off, ["key-made", "own-a-2", "own-mine"]);
    }
}
