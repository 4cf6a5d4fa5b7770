//! What a rule may look at: kept values of one item, its tags and relationships, parameters, and the moment.

use std::collections::{BTreeMap, HashMap, HashSet};

use serde_json::Value;

use crate::config::item::Carries;
use crate::config::kept::{CONFIGURED, TOO_LONG};
use crate::moment::Moment;

use super::rule::{Finding, Outcome};

/// What a rule may look at.
pub struct Facts<'f> {
    /// The type of the resource.
    pub kind: &'f str,
    /// Its account.
    pub account: &'f str,
    /// Its id.
    pub id: &'f str,
    /// Whether it is deleted.
    pub deleted: bool,
    /// Kept values, by their paths in lower case.
    pub values: &'f HashMap<String, Value>,
    /// Tags.
    pub tags: &'f BTreeMap<String, String>,
    /// Types that it is related to.
    pub related: &'f HashSet<String>,
    /// Parameters of the rule.
    pub parameters: &'f BTreeMap<String, String>,
    /// Which parts the item carries.
    pub carries: Carries,
    /// As of when; the capture's own time without.
    pub at: Option<Moment>,
    /// What other items tell.
    pub others: &'f Others,
}

/// What rules need of other items.
#[derive(Clone, Debug, Default)]
pub struct Others {
    /// What has an active flow log, by id.
    pub flow_logged: HashSet<String>,
    /// Accounts that have a trail of all regions.
    pub multi_region: HashSet<String>,
}

/// A value as text: without quotes where it is one.
pub fn plain(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        value => value.to_string(),
    }
}

/// The part of a path that is kept: its first two steps.
pub fn kept(path: &str) -> &str {
    let second = path
        .match_indices('.')
        .nth(1)
        .map_or(path.len(), |(at, _)| at);
    &path[..second]
}

impl Facts<'_> {
    /// All values at a path, through lists.
    pub fn all(&self, path: &str) -> Vec<&Value> {
        let root = kept(path);
        let rest = path[root.len()..].trim_start_matches('.');
        let Some(value) = self.values.get(&root.to_ascii_lowercase()) else {
            return Vec::new();
        };
        let mut found = Vec::new();
        let steps: Vec<&str> = rest.split('.').filter(|step| !step.is_empty()).collect();
        walk(value, &steps, &mut found);
        found
    }

    /// The first value at a path.
    pub fn one(&self, path: &str) -> Option<&Value> {
        self.all(path).into_iter().next()
    }

    /// The first value at a path as text; empty where there is none.
    pub fn text(&self, path: &str) -> String {
        self.one(path)
            .filter(|value| !value.is_null())
            .map(plain)
            .unwrap_or_default()
    }

    /// A parameter; empty where it is not set.
    pub fn parameter(&self, name: &str) -> &str {
        self.parameters.get(name).map_or("", String::as_str)
    }

    /// A parameter that lists words with commas.
    pub fn list(&self, name: &str) -> Vec<String> {
        let words = self
            .parameter(name)
            .split(',')
            .map(|word| word.trim().to_owned());
        words.filter(|word| !word.is_empty()).collect()
    }

    /// Whether a value was left in its file.
    pub fn is_too_long(&self, path: &str) -> bool {
        matches!(self.values.get(&kept(path).to_ascii_lowercase()), Some(Value::String(text)) if text == TOO_LONG)
    }

    /// Whether anything is known of the item at all: some forms of items carry no configuration.
    pub fn has_supplementary(&self) -> bool {
        self.values.contains_key(CONFIGURED)
    }

    /// What fails or passes only because the item lacks a part, or has not all of it, is not told.
    pub(super) fn settle(&self, finding: Finding) -> Finding {
        let part = match finding.path.split('.').next() {
            Some("tags") if !self.carries.tags => "tags",
            Some("relationships") if !self.carries.relations && self.related.is_empty() => {
                "relationships"
            }
            Some("tags" | "relationships") => return finding,
            _ if self.kind != "*" && !self.has_supplementary() => "configuration",
            _ => return finding,
        };
        let is_clear = matches!(finding.outcome, Outcome::NonCompliant | Outcome::Compliant);
        if is_clear && finding.value.is_empty() {
            return Finding {
                outcome: Outcome::InsufficientData,
                reason: format!("The item does not carry its {part}."),
                ..finding
            };
        }
        finding
    }
}

fn walk<'v>(value: &'v Value, steps: &[&str], found: &mut Vec<&'v Value>) {
    match (value, steps) {
        (Value::Array(items), _) if !steps.is_empty() => {
            items.iter().for_each(|item| walk(item, steps, found))
        }
        (Value::Null, _) => {}
        (Value::Array(items), []) => found.extend(items.iter().filter(|item| !item.is_null())),
        (value, []) => found.push(value),
        (Value::Object(fields), [step, rest @ ..]) => {
            let same = |(name, _): &(&String, &Value)| name.eq_ignore_ascii_case(step);
            if let Some((_, value)) = fields.iter().find(same) {
                walk(value, rest, found);
            }
        }
        _ => {}
    }
}
