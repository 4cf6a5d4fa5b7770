//! What an advanced query asked for: its output names the properties beside the results (`QueryInfo.SelectFields`, API
//! reference), and the items hold those alone. `SELECT *` is short for single values only, never for the configuration
//! (developer guide, "Querying the current configuration state").

use serde_json::Value;

use super::described::get;
use super::item::Item;
use super::kept::CONFIGURED;
use crate::texts::Held;

/// The key under which an output has the results of a query.
pub(super) const RESULTS: &str = "Results";

/// The properties that a query asked for, in lower case.
pub(super) struct Asked(Vec<String>);

impl Asked {
    /// Reads them out of what stands in the output before and after its results; none where it does not tell.
    pub(super) fn read(around: [&str; 2]) -> Self {
        let info = around.iter().find_map(|text| {
            let (_, rest) = text.split_once("\"QueryInfo\"")?;
            let rest = rest.trim_start().strip_prefix(':')?;
            let mut values = serde_json::Deserializer::from_str(rest).into_iter::<Value>();
            values.next()?.ok()
        });
        let info = info.unwrap_or_default();
        let fields = get(&info, "SelectFields").as_array();
        let names = fields.into_iter().flatten();
        let names = names.filter_map(|one| get(one, "Name").as_str());
        Asked(names.map(str::to_ascii_lowercase).collect())
    }

    /// Whether all of a property was asked for.
    fn has(&self, path: &str) -> bool {
        let path = path.to_ascii_lowercase();
        let within = |name: &String| {
            let rest = path.strip_prefix(name.as_str());
            rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('.'))
        };
        self.0.iter().any(within)
    }

    /// Takes from an item what may be a part only: that says nothing of what it lacks.
    pub(super) fn narrow(&self, item: &mut Item, texts: &Held) {
        let is_whole = self.has("configuration") && self.has("supplementaryConfiguration");
        item.carries.configuration &= is_whole;
        item.carries.relations &= self.has("relationships");
        item.carries.tags &= self.has("tags");
        item.kept.retain(|(path, _)| match texts.get(*path) {
            CONFIGURED => is_whole,
            // A record of compliance is looked at for what it has.
            path => self.has(path) || !path.contains('.'),
        });
    }
}

#[cfg(test)]
mod tests {
    use super::super::flow::Flow;
    use super::super::read::{Read, items};
    use super::*;

    fn read(select: &str, item: &str) -> [Read; 2] {
        let item = serde_json::to_string(item).expect("a text");
        let text = format!(r#"{{"Results":[{item}],"QueryInfo":{select}}}"#);
        let flow = Flow::new(text.as_bytes(), 7, |_| &[]).expect("a list");
        let from = flow.taken() as usize;
        let flowed = flow.finish(&text.as_bytes()[from..]);
        [items(text.as_bytes(), 7, |_| &[]), flowed]
    }

    const ITEM: &str = r#"{"resourceType":"AWS::CloudTrail::Trail","resourceId":"t","configurationItemStatus":"OK","configurationItemCaptureTime":"2024-01-01T00:00:00Z",
        "configuration":{"isMultiRegionTrail":true},"supplementaryConfiguration":{},"tags":[],"relationships":[{"resourceType":"B","resourceId":"b"}]}"#;

    #[test]
    fn an_item_carries_what_was_asked_for() {
        let fields = |names: &[&str]| {
            let names: Vec<Value> = names
                .iter()
                .map(|name| serde_json::json!({ "Name": name }))
                .collect();
            serde_json::json!({ "SelectFields": names }).to_string()
        };
        let part = fields(&["resourceId", "configuration.isMultiRegionTrail", "tags.key"]);
        let whole = fields(&["configuration", "supplementaryConfiguration", "tags"]);
        let inner = fields(&["configuration.isMultiRegionTrail.x"]);
        for (select, carries, kept) in [
            (part.as_str(), (false, false), 1),
            (&whole, (true, true), 2),
            (&inner, (false, false), 0),
            ("{}", (false, false), 0),
        ] {
            for read in read(select, ITEM) {
                let [item] = &read.config.items[..] else {
                    panic!("{:?}", read.problems)
                };
                let of = item.carries;
                assert_eq!((of.configuration, of.tags), carries, "{select}");
                assert_eq!(item.kept.len(), kept, "{select}");
                // Results of queries name no relationship, so that they cannot be compared with others.
                assert!(!of.relations);
            }
        }
    }
}
