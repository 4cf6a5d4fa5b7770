//! Rules of the user's own, and what they say of the resources as of a moment.

use serde::{Deserialize, Serialize};

use crate::compliance::Outcome;
use crate::compliance::custom::{CustomRule, Verdict};
use crate::moment::Moment;

use super::super::Case;
use super::rows::RuleRow;
use super::{FindingRow, Results};

/// What rules of the user's own say as of a moment.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Decided {
    /// The moment; the newest captures without.
    pub at: Option<Moment>,
    /// The rules.
    pub rules: Vec<CustomRule>,
    /// What they say; `item` is the place of the resource.
    pub verdicts: Vec<Verdict>,
}

/// Adds rows for rules of the user's own, and what they say.
pub(super) fn add_own(case: &Case, results: &mut Results) {
    let mut decided = case.compliance.decided.iter();
    let Some(decided) = decided.find(|decided| decided.at == results.at) else {
        return;
    };
    let first = results.rules.len() as u32;
    results
        .rules
        .extend(decided.rules.iter().map(|rule| RuleRow {
            identifier: format!("custom:{}", rule.name),
            name: rule.name.clone(),
            from: "your own rule",
            expression: rule.expression.clone(),
            ..RuleRow::default()
        }));
    for verdict in &decided.verdicts {
        let resource = case.inventory.resource(verdict.item);
        let Some(ix) = resource.and_then(|one| case.inventory.as_of(one, results.at)) else {
            continue;
        };
        if verdict.outcome == Outcome::NotApplicable || verdict.rule >= decided.rules.len() as u32 {
            continue;
        }
        let rule = first + verdict.rule;
        results
            .reasons
            .insert((rule, verdict.item), verdict.reason.clone());
        results.findings.push(FindingRow {
            rule,
            resource: Some(verdict.item),
            capture: Some(ix),
            named: None,
            muted: false,
            evaluated: Some(verdict.outcome),
            recorded: None,
        });
    }
}
