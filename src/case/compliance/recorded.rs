//! Results that AWS recorded itself: compliance items, messages of the stream, outputs.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

use crate::compliance::{Outcome, rules};
use crate::config::Body;
use crate::config::inventory::Resource;
use crate::moment::Moment;
use crate::order::sorted;
use crate::texts::Text;

use super::super::Case;
use super::rows::RuleRow;

/// A result that AWS recorded.
pub(super) type Told = (Outcome, Option<Moment>);

/// Results that AWS recorded, the newest until the moment.
pub(super) struct RecordedResults {
    /// By rule, type, id and account; the account is empty where it is not told.
    pub(super) all: HashMap<(u32, Text, Text, Text), Told>,
    /// Of resources whose type or id no item has.
    pub(super) unknown: Vec<(u32, (String, String), Told)>,
    pub(super) rules: BTreeSet<u32>,
}

/// The result that AWS recorded for a rule on a resource, which counts as used from then on.
pub(super) fn find(
    recorded: &RecordedResults,
    rule: u32,
    resource: &Resource,
    used: &mut HashSet<(u32, Text, Text, Text)>,
) -> Option<Told> {
    for account in [resource.account, 0] {
        let key = (rule, resource.kind, resource.id, account);
        if let Some(told) = recorded.all.get(&key) {
            used.insert(key);
            return Some(*told);
        }
    }
    None
}

/// Rule, type, id and account of the resource, result, and when.
pub(super) type Told6 = (String, String, String, String, Outcome, Option<Moment>);

/// All results that AWS recorded, in the order in which files tell them.
pub(super) fn all_told(case: &Case) -> Vec<Told6> {
    let inventory = &case.inventory;
    let mut told: Vec<Told6> = Vec::new();
    for resource in inventory
        .resources
        .iter()
        .filter(|one| inventory.text(one.kind) == "AWS::Config::ResourceCompliance")
    {
        for capture in resource
            .captures
            .iter()
            .filter_map(|&ix| inventory.capture(ix))
        {
            let account = inventory.text(resource.account);
            let one = inventory.told(capture);
            for (rule, result) in one.results {
                if let Some(outcome) = Outcome::by_name(&result) {
                    let (kind, id) = (one.kind.clone(), one.id.clone());
                    told.push((rule, kind, id, account.to_owned(), outcome, capture.at));
                }
            }
        }
    }
    for (_, message) in &inventory.messages {
        if let Body::Compliance {
            rule,
            kind,
            id,
            new,
            recorded,
            ..
        } = &message.body
            && let Some(outcome) = Outcome::by_name(inventory.text(*new))
        {
            let text = |text| inventory.text(text).to_owned();
            told.push((
                text(*rule),
                text(*kind),
                text(*id),
                text(message.account),
                outcome,
                recorded.or(message.created),
            ));
        }
    }
    for result in case
        .compliance
        .recorded
        .iter()
        .flat_map(|(_, one)| &one.results)
    {
        if let Some(outcome) = Outcome::by_name(&result.result) {
            told.push((
                result.rule.clone(),
                result.kind.clone(),
                result.id.clone(),
                String::new(),
                outcome,
                result.at,
            ));
        }
    }
    told
}

/// All results that AWS recorded until a moment; a rule that no row stands for yet gets one.
pub(super) fn recorded(
    case: &Case,
    rows: &mut Vec<RuleRow>,
    at: Option<Moment>,
) -> RecordedResults {
    let inventory = &case.inventory;
    let mut told = all_told(case);
    // The newest until the moment counts.
    told.retain(|(.., when)| at.is_none() || when.is_some_and(|when| Some(when) <= at));
    let told = sorted(told, |a, b| {
        (a.5, &a.0, &a.1, &a.2, &a.3, a.4).cmp(&(b.5, &b.0, &b.1, &b.2, &b.3, b.4))
    });
    let mut results = RecordedResults {
        all: HashMap::new(),
        unknown: Vec::new(),
        rules: BTreeSet::new(),
    };
    let mut unknown: BTreeMap<(u32, String, String), Told> = BTreeMap::new();
    for (name, kind, id, account, outcome, when) in told {
        let rule = row_of(rows, &name);
        results.rules.insert(rule);
        let texts = &inventory.texts;
        match (texts.known(&kind), texts.known(&id), texts.known(&account)) {
            (Some(kind), Some(id), Some(account)) => {
                results
                    .all
                    .insert((rule, kind, id, account), (outcome, when));
            }
            _ => {
                unknown.insert((rule, kind, id), (outcome, when));
            }
        }
    }
    results.unknown = unknown
        .into_iter()
        .map(|((rule, kind, id), told)| (rule, (kind, id), told))
        .collect();
    results
}

/// The row of a rule that AWS names: as it is configured, else by its usual name.
pub(super) fn rule_of(rows: &[RuleRow], name: &str) -> Option<u32> {
    let place = rows.iter().position(|row| row.name == name).or_else(|| {
        let usual = rules::by_name(name)?;
        rows.iter()
            .position(|row| row.identifier == usual.identifier)
    });
    place.map(|place| place as u32)
}

/// The same; a rule that no row stands for gets one.
fn row_of(rows: &mut Vec<RuleRow>, name: &str) -> u32 {
    rule_of(rows, name).unwrap_or_else(|| {
        let usual = rules::by_name(name);
        rows.push(RuleRow {
            identifier: usual.map_or(String::new(), |rule| rule.identifier.to_owned()),
            name: name.to_owned(),
            from: "not told",
            ..RuleRow::default()
        });
        (rows.len() - 1) as u32
    })
}
