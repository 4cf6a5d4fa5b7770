//! What is known of a capture, made ready once for all rules.

use std::collections::{BTreeMap, HashMap, HashSet};

use serde_json::Value;

use crate::compliance::facts::Others;
use crate::compliance::{Facts, Finding};
use crate::config::Inventory;
use crate::config::inventory::{Capture, Resource};
use crate::moment::Moment;
use crate::order::Gather as _;
use crate::texts::Text;

use super::Results;

/// What rules need of other items, as of the moment.
pub(super) fn others(inventory: &Inventory, at: Option<Moment>) -> Others {
    let mut others = Others::default();
    for resource in &inventory.resources {
        let kind = inventory.text(resource.kind);
        if kind != "AWS::EC2::FlowLog" && kind != "AWS::CloudTrail::Trail" {
            continue;
        }
        let capture = inventory
            .as_of(resource, at)
            .and_then(|at| inventory.capture(at));
        let Some(capture) = capture.filter(|capture| !capture.status.is_deleted()) else {
            continue;
        };
        let kept = |path: &str| {
            inventory
                .kept(capture, path)
                .map(crate::config::kept::plain)
                .unwrap_or_default()
        };
        if kind == "AWS::EC2::FlowLog" {
            if kept("configuration.flowLogStatus").eq_ignore_ascii_case("active") {
                others.flow_logged.insert(kept("configuration.resourceId"));
            }
        } else if kept("configuration.isMultiRegionTrail") == "true" {
            others
                .multi_region
                .insert(inventory.text(resource.account).to_owned());
        }
    }
    others
}

/// What is known of a capture, made ready once for all rules.
pub(super) struct Known<'c> {
    kind: &'c str,
    account: &'c str,
    id: &'c str,
    capture: &'c Capture,
    values: HashMap<String, Value>,
    tags: BTreeMap<String, String>,
    related: HashSet<String>,
}

impl<'c> Known<'c> {
    pub(super) fn new(inventory: &'c Inventory, resource: &Resource, capture: &'c Capture) -> Self {
        let value = |&(path, json): &(Text, Text)| {
            let value = serde_json::from_str(inventory.text(json)).unwrap_or_default();
            (inventory.text(path).to_ascii_lowercase(), value)
        };
        let tag = |&(key, value): &(Text, Text)| {
            (
                inventory.text(key).to_owned(),
                inventory.text(value).to_owned(),
            )
        };
        Known {
            kind: inventory.text(resource.kind),
            account: inventory.text(resource.account),
            id: inventory.text(resource.id),
            capture,
            values: capture.kept.iter().map(value).collect(),
            tags: capture.tags.iter().map(tag).gathered(),
            related: capture
                .relations
                .iter()
                .map(|one| inventory.text(one.kind).to_owned())
                .collect(),
        }
    }

    pub(super) fn evaluate(&self, results: &Results, rule: u32) -> Option<Finding> {
        let row = results.rules.get(rule as usize)?;
        if !row.scope.takes(self.kind, self.id, &self.tags) {
            return None;
        }
        let facts = Facts {
            kind: self.kind,
            account: self.account,
            id: self.id,
            deleted: self.capture.status.is_deleted(),
            values: &self.values,
            tags: &self.tags,
            related: &self.related,
            carries: self.capture.carries,
            parameters: &row.parameters,
            at: results.as_of.or(self.capture.at),
            others: &results.others,
        };
        Some(row.rule?.evaluate(&facts))
    }
}
