//! Compliance over time: when results changed, as the captures of resources tell, and as AWS recorded.

use std::collections::BTreeMap;

use crate::compliance::Outcome;
use crate::config::inventory::Resource;
use crate::moment::Moment;
use crate::order::sorted;

use super::super::Case;
use super::recorded::{all_told, rule_of};
use super::{FindingRow, Known, Results};

/// Changes that are shown: the newest.
const MOST: usize = 200;

/// When something changed, and to what.
pub(in crate::case) type Changes = Vec<(Moment, String)>;

/// The results of a rule on a resource where they changed, oldest first.
fn outcomes(
    case: &Case,
    results: &Results,
    rule: u32,
    resource: &Resource,
) -> Vec<(Moment, Outcome)> {
    let inventory = &case.inventory;
    let mut all: Vec<(Moment, Outcome)> = Vec::new();
    for capture in resource
        .captures
        .iter()
        .filter_map(|&ix| inventory.capture(ix))
    {
        let found = Known::new(inventory, resource, capture).evaluate(results, rule);
        if let (Some(at), Some(found)) = (capture.at, found)
            && all
                .last()
                .is_none_or(|(_, outcome)| *outcome != found.outcome)
        {
            all.push((at, found.outcome));
        }
    }
    all
}

/// How the result of a rule on a resource changed.
pub(in crate::case) fn of_finding(case: &Case, results: &Results, row: &FindingRow) -> Changes {
    let mut changes: Changes = Vec::new();
    let inventory = &case.inventory;
    let resource = row.resource.and_then(|at| inventory.resource(at));
    if let Some(resource) = resource {
        let own = outcomes(case, results, row.rule, resource);
        changes.extend(
            own.into_iter()
                .map(|(at, outcome)| (at, format!("{} as evaluated here", outcome.name()))),
        );
    }
    let (kind, id) = match (resource, &row.named) {
        (Some(resource), _) => (inventory.text(resource.kind), inventory.text(resource.id)),
        (None, Some((kind, id))) => (kind.as_str(), id.as_str()),
        _ => return changes,
    };
    for told in all_told(case) {
        if told.1 == kind
            && told.2 == id
            && rule_of(&results.rules, &told.0) == Some(row.rule)
            && let Some(at) = told.5
        {
            changes.push((at, format!("{} as AWS recorded", told.4.name())));
        }
    }
    newest(changes)
}

/// How many resources failed and passed a rule, at each moment at which that changed.
pub(in crate::case) fn of_rules(
    case: &Case,
    results: &Results,
    takes: &dyn Fn(u32) -> bool,
) -> Changes {
    let inventory = &case.inventory;
    let mut steps: Vec<(Moment, Option<Outcome>, Outcome)> = Vec::new();
    for row in results.findings.iter().filter(|row| takes(row.rule)) {
        let Some(resource) = row.resource.and_then(|at| inventory.resource(at)) else {
            continue;
        };
        let mut before = None;
        for (at, outcome) in outcomes(case, results, row.rule, resource) {
            steps.push((at, before, outcome));
            before = Some(outcome);
        }
    }
    let steps = sorted(
        steps,
        |a: &(Moment, Option<Outcome>, Outcome), b: &(Moment, Option<Outcome>, Outcome)| {
            a.0.cmp(&b.0)
        },
    );
    let mut counts: BTreeMap<&str, i64> = BTreeMap::new();
    let mut changes: Changes = Vec::new();
    for (at, from, to) in steps {
        if let Some(from) = from {
            *counts.entry(from.name()).or_default() -= 1;
        }
        *counts.entry(to.name()).or_default() += 1;
        let of = |outcome: Outcome| counts.get(outcome.name()).copied().unwrap_or(0);
        let words = format!(
            "{} failing, {} passing",
            of(Outcome::NonCompliant),
            of(Outcome::Compliant)
        );
        match changes.last_mut() {
            Some((last, text)) if *last == at => *text = words,
            Some((_, text)) if *text == words => {}
            _ => changes.push((at, words)),
        }
    }
    newest(changes)
}

fn newest(changes: Changes) -> Changes {
    let mut changes = sorted(changes, |a: &(Moment, String), b: &(Moment, String)| {
        a.cmp(b)
    });
    changes.dedup();
    changes.drain(..changes.len().saturating_sub(MOST));
    changes
}
