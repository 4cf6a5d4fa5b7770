//! A rule: what it looks at, and what it says of it.

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::facts::{Facts, plain};

/// The result of a rule on a resource, as AWS names them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub enum Outcome {
    /// It fails.
    NonCompliant,
    /// It passes.
    Compliant,
    /// The rule is not about it.
    NotApplicable,
    /// The evidence does not tell.
    InsufficientData,
}

impl Outcome {
    /// All of them.
    pub const ALL: &[Outcome] = &[
        Outcome::NonCompliant,
        Outcome::Compliant,
        Outcome::NotApplicable,
        Outcome::InsufficientData,
    ];

    /// As AWS writes it.
    pub fn name(self) -> &'static str {
        match self {
            Outcome::NonCompliant => "NON_COMPLIANT",
            Outcome::Compliant => "COMPLIANT",
            Outcome::NotApplicable => "NOT_APPLICABLE",
            Outcome::InsufficientData => "INSUFFICIENT_DATA",
        }
    }

    /// The outcome of a name.
    pub fn by_name(name: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|one| one.name() == name)
    }
}

/// What a rule says of a resource, and what that rests on.
#[derive(Clone, Debug, PartialEq)]
pub struct Finding {
    /// The result.
    pub outcome: Outcome,
    /// The path that decided.
    pub path: String,
    /// The value there, shortened; empty where there is none.
    pub value: String,
    /// Why, in a sentence.
    pub reason: String,
}

impl Finding {
    /// A finding on a value.
    pub fn new(
        outcome: Outcome,
        path: &str,
        value: Option<&Value>,
        reason: impl Into<String>,
    ) -> Self {
        Finding {
            outcome,
            path: path.to_owned(),
            value: value.map(|value| short(&plain(value))).unwrap_or_default(),
            reason: reason.into(),
        }
    }

    /// It passes or fails.
    pub fn met(met: bool, path: &str, value: Option<&Value>, reason: impl Into<String>) -> Self {
        let outcome = if met {
            Outcome::Compliant
        } else {
            Outcome::NonCompliant
        };
        Finding::new(outcome, path, value, reason)
    }
}

fn short(text: &str) -> String {
    let mut short: String = text.chars().take(200).collect();
    if short.len() < text.len() {
        short.push('…');
    }
    short
}

/// How surely a rule can be decided from items.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Class {
    /// One item decides, by comparing fields.
    Field,
    /// One item, but a policy has to be read or a date reckoned: approximate.
    Approximate,
    /// Several items decide.
    Several,
}

/// How a rule is decided. Paths lead through lists: all values behind them count.
#[derive(Clone, Copy)]
pub enum Check {
    /// There are values, and all are among these.
    All(&'static str, &'static [&'static str]),
    /// A value is among these.
    Any(&'static str, &'static [&'static str]),
    /// No value is among these.
    Never(&'static str, &'static [&'static str]),
    /// There is a value that says something.
    Has(&'static str),
    /// All of these are true.
    True(&'static [&'static str]),
    /// A number is more than zero.
    Positive(&'static str),
    /// Written out; the paths that it looks at.
    Code(&'static [&'static str], fn(&Facts<'_>) -> Finding),
}

/// A rule.
pub struct Rule {
    /// AWS's identifier.
    pub identifier: &'static str,
    /// Its usual name.
    pub name: &'static str,
    /// The type of resource; `*` for any.
    pub kind: &'static str,
    /// How surely it can be decided.
    pub class: Class,
    /// Parameters with AWS's defaults; an empty one has none.
    pub parameters: &'static [(&'static str, &'static str)],
    /// How it is decided.
    pub check: Check,
}

impl Rule {
    /// A rule that one item decides.
    pub const fn new(
        identifier: &'static str,
        name: &'static str,
        kind: &'static str,
        check: Check,
    ) -> Self {
        Rule {
            identifier,
            name,
            kind,
            class: Class::Field,
            parameters: &[],
            check,
        }
    }

    /// The same, approximate.
    pub const fn approximate(self) -> Self {
        Rule {
            class: Class::Approximate,
            ..self
        }
    }

    /// The same, decided by several items.
    pub const fn several(self) -> Self {
        Rule {
            class: Class::Several,
            ..self
        }
    }

    /// The same with parameters.
    pub const fn with(self, parameters: &'static [(&'static str, &'static str)]) -> Self {
        Rule { parameters, ..self }
    }

    /// The paths that it looks at.
    pub fn paths(&self) -> Vec<&'static str> {
        match self.check {
            Check::All(path, _)
            | Check::Any(path, _)
            | Check::Never(path, _)
            | Check::Has(path)
            | Check::Positive(path) => vec![path],
            Check::True(paths) | Check::Code(paths, _) => paths.to_vec(),
        }
    }

    /// What it asks for, in words.
    pub fn asks(&self) -> String {
        let list = |values: &[&str]| values.join(", ");
        match self.check {
            Check::All(path, values) | Check::Any(path, values) => {
                format!("{path} is {}", list(values))
            }
            Check::Never(path, values) => format!("{path} is not {}", list(values)),
            Check::Has(path) => format!("{path} is set"),
            Check::True(paths) => format!("{} true", paths.join(", ")),
            Check::Positive(path) => format!("{path} is more than 0"),
            // What is written out says in its reason what it asks.
            Check::Code(..) => String::new(),
        }
    }

    /// Decides it for a resource.
    pub fn evaluate(&self, facts: &Facts<'_>) -> Finding {
        if facts.deleted {
            return Finding::new(
                Outcome::NotApplicable,
                "configurationItemStatus",
                None,
                "The resource is deleted.",
            );
        }
        if self.kind != "*" && self.kind != facts.kind {
            return Finding::new(
                Outcome::NotApplicable,
                "resourceType",
                None,
                "The rule is about another type.",
            );
        }
        if let Some(path) = self
            .paths()
            .into_iter()
            .find(|path| facts.is_too_long(path))
        {
            return Finding::new(
                Outcome::InsufficientData,
                path,
                None,
                "The value is too long to be kept; open the item to see it.",
            );
        }
        let finding = match self.check {
            Check::All(path, values) => compare(facts, path, values, true),
            Check::Any(path, values) => {
                let all = facts.all(path);
                let found = all.iter().find(|value| among(value, values));
                Finding::met(
                    found.is_some(),
                    path,
                    found.or(all.first()).copied(),
                    expected(values),
                )
            }
            Check::Never(path, values) => {
                let all = facts.all(path);
                let found = all.iter().find(|value| among(value, values));
                Finding::met(
                    found.is_none(),
                    path,
                    found.or(all.first()).copied(),
                    format!("Must not be {}.", values.join(" or ")),
                )
            }
            Check::Has(path) => {
                let found = facts.all(path).into_iter().find(|value| says(value));
                Finding::met(found.is_some(), path, found, "Must be set.")
            }
            Check::True(paths) => {
                let wrong = paths
                    .iter()
                    .map(|path| compare(facts, path, &["true"], true))
                    .find(|finding| finding.outcome != Outcome::Compliant);
                wrong.unwrap_or_else(|| compare(facts, paths[0], &["true"], true))
            }
            Check::Positive(path) => match facts.all(path).first().and_then(|value| value.as_f64())
            {
                Some(number) => Finding::met(
                    number > 0.0,
                    path,
                    facts.all(path).first().copied(),
                    "Must be more than 0.",
                ),
                None => unknown(path),
            },
            Check::Code(_, code) => code(facts),
        };
        facts.settle(finding)
    }
}

fn expected(values: &[&str]) -> String {
    format!("Must be {}.", values.join(" or "))
}

/// Nothing stands at a path where something should.
pub(super) fn unknown(path: &str) -> Finding {
    Finding::new(
        Outcome::InsufficientData,
        path,
        None,
        "The item does not tell.",
    )
}

fn compare(facts: &Facts<'_>, path: &str, values: &[&str], all: bool) -> Finding {
    let found = facts.all(path);
    if found.is_empty() {
        // Supplementary settings stand in an item only where they were made.
        return if path.starts_with("supplementary") && facts.has_supplementary() {
            Finding::new(Outcome::NonCompliant, path, None, expected(values))
        } else {
            unknown(path)
        };
    }
    let wrong = found.iter().find(|value| among(value, values) != all);
    Finding::met(
        wrong.is_none(),
        path,
        wrong.or(found.first()).copied(),
        expected(values),
    )
}

/// Whether a value is among some words, case not minded.
pub(super) fn among(value: &Value, words: &[&str]) -> bool {
    let text = plain(value);
    words.iter().any(|word| word.eq_ignore_ascii_case(&text))
}

/// Whether a value says something.
pub(super) fn says(value: &Value) -> bool {
    match value {
        Value::Null => false,
        Value::String(text) => !text.is_empty(),
        Value::Array(items) => !items.is_empty(),
        Value::Object(fields) => !fields.is_empty(),
        _ => true,
    }
}
