//! What is not the same in two captures, by path, in AWS's own words.
//!
//! As AWS's `configurationItemDiff` has it (developer guide, example notifications): a path begins with
//! `Configuration`, `SupplementaryConfiguration`, `Relationships` or `Tags`, each step with a capital; lists are sets,
//! whose elements are whole: those that went come first, then those that came, counted through.

use std::collections::HashMap;
use std::hash::BuildHasher as _;

use foldhash::quality::RandomState;
use serde_json::{Map, Value};

use crate::order::Gather as _;

use super::canonical::decoded;
use super::described::get;

/// A changed property.
#[derive(Clone, Debug, PartialEq)]
pub struct Change {
    /// As `Configuration.NetworkInterfaces.0`.
    pub path: String,
    /// Its value before; `None` where there was none.
    pub previous: Option<Value>,
    /// Its value after; `None` where there is none.
    pub updated: Option<Value>,
}

impl Change {
    /// `CREATE`, `UPDATE` or `DELETE`.
    pub fn kind(&self) -> &'static str {
        match (&self.previous, &self.updated) {
            (None, _) => "CREATE",
            (_, None) => "DELETE",
            _ => "UPDATE",
        }
    }
}

/// Compares two items, each as it stands in its file.
///
/// # Errors
/// What is no JSON.
pub fn diff(before: &str, after: &str) -> serde_json::Result<Vec<Change>> {
    let (before, after): (Value, Value) =
        (serde_json::from_str(before)?, serde_json::from_str(after)?);
    let mut changes = Vec::new();
    for (name, field) in [
        ("Configuration", "configuration"),
        ("SupplementaryConfiguration", "supplementaryConfiguration"),
        ("Relationships", "relationships"),
        ("Tags", "tags"),
    ] {
        if is_untold(&before, field) || is_untold(&after, field) {
            continue;
        }
        let of = |item: &Value| {
            let value = decoded(get(item, field).clone());
            match field {
                "relationships" => relations(value),
                "tags" => tags(value),
                _ => value,
            }
        };
        compare(name, Some(of(&before)), Some(of(&after)), &mut changes);
    }
    Ok(changes)
}

/// Whether an item says nothing of a part. What is deleted has none, whether or not its item says so.
fn is_untold(item: &Value, field: &str) -> bool {
    let fields = item.as_object().into_iter().flatten();
    let has = |name: &str| {
        fields
            .clone()
            .any(|(own, _)| own.eq_ignore_ascii_case(name))
    };
    let status = get(item, "configurationItemStatus").as_str();
    !has(field) && !status.is_some_and(|status| status.contains("Deleted"))
}

/// Relationships in the words of files.
fn relations(value: Value) -> Value {
    let Value::Array(list) = value else {
        return Value::Array(Vec::new());
    };
    let one = |value: Value| {
        let Value::Object(mut fields) = value else {
            return value;
        };
        if let Some(label) = fields.remove("relationshipName") {
            fields.insert("name".to_owned(), label);
        }
        fields.retain(|_, value| !value.is_null());
        if let Some(Value::String(name)) = fields.get_mut("name") {
            *name = name.trim().to_owned();
        }
        Value::Object(fields)
    };
    list.into_iter().map(one).collect()
}

/// Tags as a map, in whatever dialect they came.
fn tags(value: Value) -> Value {
    match value {
        Value::Array(list) => {
            let pair = |tag: &Value| Some((tag["key"].as_str()?.to_owned(), tag["value"].clone()));
            Value::Object(list.iter().filter_map(pair).gathered())
        }
        Value::Object(_) => value,
        _ => Value::Object(Map::new()),
    }
}

fn compare(path: &str, before: Option<Value>, after: Option<Value>, changes: &mut Vec<Change>) {
    match (before, after) {
        (Some(Value::Object(mut before)), Some(Value::Object(after))) => {
            for (name, after) in after {
                let before = before.remove(&name);
                compare(&step(path, &name), before, Some(after), changes);
            }
            for (name, gone) in before {
                compare(&step(path, &name), Some(gone), None, changes);
            }
        }
        (Some(Value::Array(before)), Some(Value::Array(after))) => {
            let (gone, came) = unmatched(&before, &after);
            let part = |list: Vec<Value>, left: &[bool]| {
                let left = list.into_iter().zip(left.to_vec());
                left.filter(|(_, is_left)| *is_left).map(|(item, _)| item)
            };
            let gone = part(before, &gone).map(|item| (Some(item), None));
            let came = part(after, &came).map(|item| (None, Some(item)));
            for (at, (previous, updated)) in gone.chain(came).enumerate() {
                changes.push(Change {
                    path: format!("{path}.{at}"),
                    previous,
                    updated,
                });
            }
        }
        (Some(before), Some(after)) if before == after => {}
        // A property that says nothing is as good as none.
        (previous, updated) => {
            let said = |value: Option<Value>| value.filter(|value| !value.is_null());
            let (previous, updated) = (said(previous), said(updated));
            if previous.is_some() || updated.is_some() {
                changes.push(Change {
                    path: path.to_owned(),
                    previous,
                    updated,
                });
            }
        }
    }
}

/// A path with one more step, which begins with a capital.
fn step(path: &str, name: &str) -> String {
    let mut letters = name.chars();
    let first: String = letters
        .next()
        .into_iter()
        .flat_map(char::to_uppercase)
        .collect();
    format!("{path}.{first}{}", letters.as_str())
}

/// Which elements of two lists have none in the other that says the same. Lists of thousands are matched by a hash.
fn unmatched(before: &[Value], after: &[Value]) -> (Vec<bool>, Vec<bool>) {
    // Seeded anew: values that collide by a known seed could be chosen, and each would be compared with all of them.
    let state = RandomState::default();
    let mut places: HashMap<u64, Vec<usize>, RandomState> = HashMap::default();
    for (at, item) in after.iter().enumerate().rev() {
        places.entry(hash(item, &state)).or_default().push(at);
    }
    let mut came = vec![true; after.len()];
    let gone = before.iter().map(|item| {
        let Some(likely) = places.get_mut(&hash(item, &state)) else {
            return true;
        };
        let found = likely.iter().rposition(|&at| same(item, &after[at]));
        match found {
            Some(found) => {
                came[likely.remove(found)] = false;
                false
            }
            None => true,
        }
    });
    (gone.collect(), came)
}

/// Equal for values that say the same. What is equal is compared all the same, as anybody may choose the values.
fn hash(value: &Value, state: &RandomState) -> u64 {
    match value {
        Value::Array(items) => {
            let sum = items
                .iter()
                .map(|item| hash(item, state))
                .fold(0, u64::wrapping_add);
            state.hash_one((1_u8, items.len(), sum))
        }
        Value::Object(fields) => {
            let one = |(name, value): (&String, &Value)| state.hash_one((name, hash(value, state)));
            let sum = fields.iter().map(one).fold(0, u64::wrapping_add);
            state.hash_one((2_u8, fields.len(), sum))
        }
        plain => state.hash_one((3_u8, plain)),
    }
}

/// Whether two values say the same; lists are sets.
fn same(a: &Value, b: &Value) -> bool {
    // Most of what is equal is so in the same order.
    if a == b {
        return true;
    }
    match (a, b) {
        (Value::Array(a), Value::Array(b)) => {
            a.len() == b.len() && {
                let (gone, came) = unmatched(a, b);
                !gone.contains(&true) && !came.contains(&true)
            }
        }
        (Value::Object(a), Value::Object(b)) => {
            a.len() == b.len()
                && a.iter()
                    .all(|(name, value)| b.get(name).is_some_and(|other| same(value, other)))
        }
        _ => a == b,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn words(before: Value, after: Value) -> Vec<String> {
        let changes = diff(&before.to_string(), &after.to_string()).expect("json");
        changes
            .iter()
            .map(|change| format!("{} {}", change.kind(), change.path))
            .collect()
    }

    #[test]
    fn speaks_as_aws_does() {
        let before = json!({"configuration": {"state": {"value": "on"}, "list": [1, {"b": [2, 3]}], "gone": 1, "policy": "%7B%22a%22%3A1%7D"},
            "relationships": [{"name": "Is in ", "resourceId": "x", "resourceName": null}], "tags": {"k": "v"}});
        let after = json!({"configuration": {"state": "off", "list": [{"b": [3, 2]}, 4], "policy": "{\"a\": 2}", "empty": null},
            "relationships": [{"relationshipName": "Is in", "resourceId": "x"}], "tags": [{"tag": "k=w", "key": "k", "value": "w"}]});
        assert_eq!(
            words(before, after),
            [
                "DELETE Configuration.List.0",
                "CREATE Configuration.List.1",
                "UPDATE Configuration.Policy.A",
                "UPDATE Configuration.State",
                "DELETE Configuration.Gone",
                "UPDATE Tags.K",
            ]
        );
        assert!(words(json!({}), json!({"configuration": null})).is_empty());
        // What one of them does not tell has not changed, unless the resource is gone.
        let whole = json!({"configuration": {"a": 1}, "tags": {"k": "v"}});
        assert!(words(whole.clone(), json!({"configurationItemStatus": "OK"})).is_empty());
        assert_eq!(
            words(whole, json!({"configurationItemStatus": "ResourceDeleted"})),
            ["DELETE Configuration", "DELETE Tags.K"]
        );
        // Equal elements count as often as they stand there.
        assert_eq!(
            words(
                json!({"configuration": {"list": [[1, 2], [2, 1], 3]}}),
                json!({"configuration": {"list": [3, [1, 2]]}})
            ),
            ["DELETE Configuration.List.0"]
        );
    }

    #[test]
    fn long_lists_in_another_order_are_the_same() {
        let rules = |from: usize| -> Value {
            (from..from + 20_000)
                .map(|port| json!({ "fromPort": port % 20_000, "ipRanges": ["10.0.0.0/8", "10.1.0.0/16"] }))
                .collect()
        };
        let item = |rules: Value| json!({ "configuration": { "ipPermissions": rules } });
        assert!(words(item(rules(0)), item(rules(7_000))).is_empty());
    }
}
