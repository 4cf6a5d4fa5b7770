//! What is dangerous in the events: how risky each call and each error is held to be, and alerts.
//!
//! May use: `activity`, `object`, `config`. Values are the product's own unless marked as published samples of Macie Classic
//! (Amazon never published the rest); users can change each. They are a model, not a measurement.

pub mod accessed;
pub mod alerts;
pub mod objects;
pub mod reach;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::OnceLock;

use serde::{Deserialize, Serialize};

use crate::activity::{Field, Store, field};
use crate::object::Way;

pub use alerts::{ALERTS, Alert, Severity};

/// What the user changed of the model: values by name, 0 turns a row off.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct Values {
    /// Of calls.
    pub calls: BTreeMap<String, u8>,
    /// Of errors.
    pub errors: BTreeMap<String, u8>,
    /// Of what objects are classified by.
    pub objects: BTreeMap<Way, BTreeMap<String, u8>>,
    /// Ways of classifying that are turned off.
    pub off: BTreeSet<Way>,
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

impl Values {
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
}

/// The highest risk.
pub const MOST: u8 = 10;

/// A call in the model.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Call {
    /// 0 to 10.
    pub risk: u8,
    /// Whether the value is a published sample of Macie Classic.
    pub published: bool,
    /// Why.
    pub reason: &'static str,
}

/// The calls of the model; others have no risk of their own.
pub fn calls() -> &'static BTreeMap<&'static str, Call> {
    static CALLS: OnceLock<BTreeMap<&'static str, Call>> = OnceLock::new();
    CALLS.get_or_init(|| {
        let lines = include_str!("calls.txt")
            .lines()
            .filter(|line| !line.starts_with('#'));
        let call = |line: &'static str| {
            let mut parts = line.split('\t');
            let (name, risk) = (parts.next()?, parts.next()?.parse().ok()?);
            Some((
                name,
                Call {
                    risk,
                    published: parts.next() == Some("m"),
                    reason: parts.next().unwrap_or_default(),
                },
            ))
        };
        lines.filter_map(call).collect()
    })
}

/// Errors of the model: name or pattern, risk, whether published, why.
pub const ERRORS: &[(&str, u8, bool, &str)] = &[
    ("AccessDenied", 10, true, "published sample"),
    ("AccessDeniedException", 10, true, "published sample"),
    ("AccessPointNotFoundException", 5, true, "published sample"),
    ("Client.AuthFailure", 7, true, "published sample"),
    ("Client.InvalidParameterValue", 8, true, "published sample"),
    (
        "Client.InvalidPermission.Duplicate",
        5,
        true,
        "published sample",
    ),
    (
        "Client.InvalidPermission.NotFound",
        7,
        true,
        "published sample",
    ),
    ("Client.OperationNotPermitted", 7, true, "published sample"),
    ("Client.UnauthorizedOperation", 8, true, "published sample"),
    ("DBInstanceNotFoundFault", 5, true, "published sample"),
    ("Failed authentication", 7, false, "a sign-in that failed"),
    ("InvalidClientTokenId", 6, false, "a key that is not known"),
    (
        "SignatureDoesNotMatch",
        6,
        false,
        "a key whose secret is wrong",
    ),
    ("UnauthorizedOperation", 8, false, "denied"),
    ("NoSuch", 2, false, "asked for what is not there"),
    ("Throttling", 1, false, "too many calls"),
];

/// The risk of a call, as the user set it or as the model has it, and why.
pub fn of_call(name: &str, values: &Values) -> (u8, &'static str) {
    let known = calls().get(name);
    let risk = values
        .calls
        .get(name)
        .copied()
        .or(known.map(|call| call.risk))
        .unwrap_or(0);
    let reason = match known {
        _ if values.calls.contains_key(name) => "set by you",
        Some(call) => call.reason,
        None => "not in the model",
    };
    (risk.min(MOST), reason)
}

/// The risk of an error: by its name, else by how it begins.
pub fn of_error(code: &str, values: &Values) -> (u8, &'static str) {
    if let Some(risk) = values.errors.get(code) {
        return ((*risk).min(MOST), "set by you");
    }
    let exact = ERRORS.iter().find(|(name, ..)| *name == code);
    let found = exact.or_else(|| ERRORS.iter().find(|(name, ..)| code.starts_with(name)));
    found.map_or((0, "not in the model"), |(_, risk, _, reason)| {
        (*risk, *reason)
    })
}

/// A call or an error among the events: its name, its service, how often it occurs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Counted {
    /// The name.
    pub name: String,
    /// The service; empty for errors.
    pub source: String,
    /// Events.
    pub count: u32,
    /// The risk of one.
    pub risk: u8,
    /// Why.
    pub reason: &'static str,
}

/// The calls among the events that are shown, the riskiest first.
pub fn counted_calls(store: &Store, values: &Values) -> Vec<Counted> {
    let counts = store.calls.counts(&store.shown);
    let all = store
        .calls
        .values
        .iter()
        .zip(counts)
        .filter(|(_, count)| *count > 0)
        .map(|(&(name, source), count)| {
            let name = store.texts.get(name);
            let (risk, reason) = of_call(name, values);
            Counted {
                name: name.to_owned(),
                source: store.texts.get(source).to_owned(),
                count,
                risk,
                reason,
            }
        });
    riskiest(all.collect())
}

/// The errors among the events that are shown, the riskiest first.
pub fn counted_errors(store: &Store, values: &Values) -> Vec<Counted> {
    let counts = store.errors.counts(&store.shown);
    let all = store
        .errors
        .values
        .iter()
        .zip(counts)
        .filter(|(code, count)| **code != 0 && *count > 0)
        .map(|(&code, count)| {
            let name = store.texts.get(code);
            let (risk, reason) = of_error(name, values);
            Counted {
                name: name.to_owned(),
                source: String::new(),
                count,
                risk,
                reason,
            }
        });
    riskiest(all.collect())
}

fn riskiest(all: Vec<Counted>) -> Vec<Counted> {
    crate::order::sorted(all, |a, b| {
        b.risk
            .cmp(&a.risk)
            .then_with(|| b.count.cmp(&a.count))
            .then_with(|| (&a.name, &a.source).cmp(&(&b.name, &b.source)))
    })
}

/// The actor of an event, as alerts count by.
fn actor(store: &Store, event: u32) -> &str {
    field::value(store, Field::Actor, event)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn published_values_come_first_and_the_user_decides() {
        assert_eq!(calls().len(), 438);
        let none = Values::default();
        assert_eq!(of_call("AssumeRole", &none), (2, "published sample"));
        assert!(of_call("StopLogging", &none).0 >= 8);
        assert_eq!(of_call("NoSuchCall", &none).0, 0);
        assert_eq!(
            (
                of_error("AccessDenied", &none).0,
                of_error("NoSuchBucket", &none).0,
                of_error("ThrottlingException", &none).0
            ),
            (10, 2, 1)
        );
        let own = Values {
            calls: [("AssumeRole".to_owned(), 9)].into(),
            ..Values::default()
        };
        assert_eq!(of_call("AssumeRole", &own), (9, "set by you"));
    }
}
