//! The rules of a case, with their parameters.

use std::collections::BTreeMap;

use crate::compliance::recorded::{ConfigRule, Scope};
use crate::compliance::upkeep::{RuleStatus, Upkeep};
use crate::compliance::{Class, Rule, rules};
use crate::order::{Gather as _, sorted};

use super::super::Case;
use super::recorded::rule_of;

/// Rules that say nothing unless somebody set their parameters.
const ONLY_CONFIGURED: &[&str] = &["REQUIRED_TAGS", "INTERNET_GATEWAY_AUTHORIZED_VPC_ONLY"];

/// A rule with its parameters.
#[derive(Default)]
pub(crate) struct RuleRow {
    /// AWS's identifier; empty for a custom rule.
    pub(crate) identifier: String,
    /// Its name.
    pub(crate) name: String,
    /// What decides it here; `None` where items cannot.
    pub(crate) rule: Option<&'static Rule>,
    /// Its parameters.
    pub(crate) parameters: BTreeMap<String, String>,
    /// Where the parameters are from.
    pub(crate) from: &'static str,
    /// The text of a custom policy.
    pub(crate) policy: String,
    /// Which resources it is asked of.
    pub(crate) scope: Scope,
    /// How often AWS evaluates it at least; empty for changes alone.
    pub(crate) frequency: String,
    /// The expression of a rule of the user's own.
    pub(crate) expression: String,
    /// How many results of each outcome, in the order of [`Outcome::ALL`].
    pub(crate) counts: [u32; 4],
    /// How many failing results somebody accepted; they are not among the counts.
    pub(crate) muted: u32,
    /// How many recorded results say otherwise.
    pub(crate) disagreements: u32,
    /// The result of the whole rule, as AWS has it.
    pub(crate) overall: String,
    /// When AWS last evaluated it, and when that last failed.
    pub(crate) status: RuleStatus,
}

/// The rules: as they are configured, then those of packs, then the built-in ones with AWS's defaults.
pub(super) fn rule_rows(case: &Case) -> Vec<RuleRow> {
    let row =
        |identifier: &str, name: &str, given: &BTreeMap<String, String>, from, policy: &str| {
            let rule = rules::by_identifier(identifier);
            let mut parameters: BTreeMap<String, String> = rule
                .iter()
                .flat_map(|rule| rule.parameters.iter())
                .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))
                .gathered();
            parameters.extend(given.clone());
            parameters.retain(|_, value| !value.is_empty());
            RuleRow {
                identifier: identifier.to_owned(),
                name: name.to_owned(),
                rule,
                parameters,
                from,
                policy: policy.to_owned(),
                ..RuleRow::default()
            }
        };
    let mut all: Vec<RuleRow> = Vec::new();
    let configured: Vec<&ConfigRule> = case
        .compliance
        .recorded
        .iter()
        .flat_map(|(_, one)| &one.rules)
        .collect();
    let mut configured = sorted(configured, |a, b| a.name.cmp(&b.name));
    configured.dedup();
    for rule in configured {
        all.push(row(
            &rule.identifier,
            &rule.name,
            &rule.parameters,
            "the rule's InputParameters",
            &rule.policy,
        ));
        if let Some(row) = all.last_mut() {
            row.scope.clone_from(&rule.scope);
            row.frequency.clone_from(&rule.frequency);
        }
    }
    let has =
        |all: &[RuleRow], identifier: &str| all.iter().any(|row| row.identifier == identifier);
    let packs = case
        .compliance
        .recorded
        .iter()
        .flat_map(|(_, one)| &one.pack);
    let packs: Vec<_> = packs.filter(|rule| !rule.identifier.is_empty()).collect();
    let packs = sorted(packs, |a, b| {
        (&a.identifier, &a.name).cmp(&(&b.identifier, &b.name))
    });
    for rule in packs {
        if !has(&all, &rule.identifier) {
            all.push(row(
                &rule.identifier,
                &rule.name,
                &rule.parameters,
                "the conformance pack",
                "",
            ));
        }
    }
    for rule in rules::all() {
        if !has(&all, rule.identifier) && !ONLY_CONFIGURED.contains(&rule.identifier) {
            all.push(row(
                rule.identifier,
                rule.name,
                &BTreeMap::new(),
                "AWS's defaults",
                "",
            ));
        }
    }
    all
}

/// What outputs tell of the upkeep of rules, file by file.
pub(crate) fn upkeep(case: &Case) -> impl Iterator<Item = &Upkeep> {
    case.compliance.recorded.iter().map(|(_, one)| &one.upkeep)
}

/// Takes what AWS says of whole rules, and when it last evaluated them.
pub(super) fn take_upkeep(case: &Case, rows: &mut [RuleRow]) {
    for told in upkeep(case) {
        for one in &told.overall {
            let whole = one.resource.1.is_empty() && one.pack.is_empty();
            if let Some(at) = rule_of(rows, &one.rule).filter(|_| whole) {
                let failing = one.failing.map_or(String::new(), |(count, capped)| {
                    format!(", {count}{} failing", if capped { "+" } else { "" })
                });
                rows[at as usize].overall = one.result.clone() + &failing;
            }
        }
        for one in &told.statuses {
            if let Some(at) = rule_of(rows, &one.rule) {
                rows[at as usize].status = one.clone();
            }
        }
    }
}

/// How a rule is decided here, in words.
pub(crate) fn decided(row: &RuleRow) -> &'static str {
    match row.rule.map(|rule| rule.class) {
        Some(Class::Field) => "here",
        Some(Class::Approximate) => "here, approximately",
        Some(Class::Several) => "here, from several items",
        None if !row.expression.is_empty() => "here, by your expression",
        None => "by AWS only",
    }
}
