//! Compliance as it is shown: at a glance, in tables, in the report.

use std::collections::HashSet;

use serde_json::{Value, json};

use crate::compliance::Outcome;
use crate::compliance::framework::ControlStatus;
use crate::config::inventory::Resource;
use crate::config::population;
use crate::moment::Moment;
use crate::texts::Text;

use super::super::Case;
use super::super::question::{ComplianceSummary, Subject};
use super::super::rows::{code, text, time};
use super::super::saved::Exception;
use super::super::table::{Cell, Row};
use super::{FrameworkRow, Results, decided, exception, finding, known, results};

/// Compliance at a glance.
pub(in crate::case) fn summary(case: &mut Case, at: Option<Moment>) -> ComplianceSummary {
    results(case, at);
    let population = population::is_known(&case.resources.recorders, None, at);
    let Some(results) = known(case) else {
        return ComplianceSummary::default();
    };
    let mut counts = [0; 4];
    for row in &results.rules {
        for (sum, count) in counts.iter_mut().zip(row.counts) {
            *sum += u64::from(count);
        }
    }
    let framework = |one: &FrameworkRow| {
        let of = |status: ControlStatus| {
            one.controls
                .iter()
                .filter(|(_, is, _)| *is == status)
                .count() as u32
        };
        (
            one.id.clone(),
            one.name.clone(),
            [
                ControlStatus::Failed,
                ControlStatus::NotTested,
                ControlStatus::Met,
            ]
            .map(of),
        )
    };
    ComplianceSummary {
        as_of: results.as_of,
        counts,
        muted: results.rules.iter().map(|row| u64::from(row.muted)).sum(),
        disagreements: results
            .rules
            .iter()
            .map(|row| u64::from(row.disagreements))
            .sum(),
        population,
        frameworks: results.frameworks.iter().map(framework).collect(),
    }
}

/// The controls of a framework: the first where none is named.
pub(in crate::case) fn controls<'c>(
    case: &'c Case,
    id: &str,
) -> &'c [(String, ControlStatus, Vec<String>)] {
    let Some(results) = known(case) else {
        return &[];
    };
    let found = results
        .frameworks
        .iter()
        .find(|one| one.id == id)
        .or(results.frameworks.first());
    found.map_or(&[], |one| one.controls.as_slice())
}

/// A row of the table of controls.
pub(in crate::case) fn control_row(case: &Case, at: u32) -> Row {
    let blank = Row {
        subject: Subject::Control(at),
        cells: Vec::new(),
    };
    let Some((control, status, rules)) = controls(case, &case.view.framework).get(at as usize)
    else {
        return blank;
    };
    let Some(results) = known(case) else {
        return blank;
    };
    let own = |identifier: &String| {
        results
            .rules
            .iter()
            .find(|row| row.identifier == *identifier)
    };
    let failing: Vec<&str> = rules
        .iter()
        .filter_map(own)
        .filter(|row| row.counts[0] > 0)
        .map(|row| row.name.as_str())
        .collect();
    let untested = rules
        .iter()
        .filter(|one| own(one).is_none_or(|row| row.counts[0] + row.counts[1] == 0))
        .count();
    Row {
        subject: Subject::Control(at),
        cells: vec![
            text(status.label()),
            text(control),
            Cell::Number(rules.len() as u64),
            Cell::Number(failing.len() as u64),
            Cell::Number(untested as u64),
            text(&failing.join(" ")),
        ],
    }
}

/// A row of the table of rules.
pub(in crate::case) fn rule_row(case: &Case, at: u32) -> Row {
    let Some(row) = known(case).and_then(|results| results.rules.get(at as usize)) else {
        return Row {
            subject: Subject::Rule(at),
            cells: Vec::new(),
        };
    };
    let parameters: Vec<String> = row
        .parameters
        .iter()
        .map(|(name, value)| format!("{name}={value}"))
        .collect();
    let count = |at: usize| Cell::Number(u64::from(row.counts[at]));
    Row {
        subject: Subject::Rule(at),
        cells: vec![
            text(&row.name),
            text(decided(row)),
            count(0),
            count(1),
            count(3),
            Cell::Number(u64::from(row.disagreements)),
            text(row.rule.map_or("", |rule| rule.kind)),
            text(&row.overall),
            time(row.status.evaluated),
            text(&parameters.join(" ")),
            text(row.from),
            code(&row.identifier),
        ],
    }
}

/// A row of the table of findings.
pub(in crate::case) fn finding_row(case: &Case, at: u32) -> Row {
    let blank = Row {
        subject: Subject::Finding(at),
        cells: Vec::new(),
    };
    let Some(results) = known(case) else {
        return blank;
    };
    let Some(row) = results.findings.get(at as usize) else {
        return blank;
    };
    let inventory = &case.inventory;
    let rule = &results.rules[row.rule as usize];
    let resource = row.resource.and_then(|at| inventory.resource(at));
    let finding = finding(case, results, row);
    let (kind, title) = match (resource, &row.named) {
        (Some(resource), _) => (inventory.text(resource.kind), inventory.title(resource)),
        (None, Some((kind, id))) => (kind.as_str(), id.as_str()),
        _ => ("", ""),
    };
    let of = |pick: fn(&Resource) -> Text| {
        resource.map_or("", |resource| inventory.text(pick(resource)))
    };
    let capture = row.capture.and_then(|ix| inventory.capture(ix));
    let tags = capture.into_iter().flat_map(|capture| &capture.tags);
    let tags =
        tags.map(|&(key, value)| format!("{}={}", inventory.text(key), inventory.text(value)));
    let tags = tags.collect::<Vec<_>>().join(" ");
    Row {
        subject: Subject::Finding(at),
        cells: vec![
            text(row.evaluated.map_or("", Outcome::name)),
            text(row.recorded.map_or("", |(outcome, _)| outcome.name())),
            text(if row.disagrees() { "disagree" } else { "" }),
            text(if row.is_stale(rule) { "stale" } else { "" }),
            text(if row.muted { "muted" } else { "" }),
            text(&rule.name),
            text(kind),
            code(title),
            text(of(|resource| resource.account)),
            text(of(|resource| resource.region)),
            code(finding.as_ref().map_or("", |finding| &finding.path)),
            code(finding.as_ref().map_or("", |finding| &finding.value)),
            time(row.recorded.and_then(|(_, at)| at)),
            text(&tags),
        ],
    }
}

/// A result with all that documents say of it.
pub(crate) struct Told<'c> {
    pub(crate) rule: &'c str,
    pub(crate) identifier: &'c str,
    pub(crate) account: &'c str,
    pub(crate) region: &'c str,
    pub(crate) kind: &'c str,
    pub(crate) id: &'c str,
    pub(crate) arn: &'c str,
    /// The worse of the two that follow, as counts have it.
    pub(crate) outcome: Option<Outcome>,
    pub(crate) recorded: Option<Outcome>,
    pub(crate) evaluated: Option<Outcome>,
    pub(crate) muted: bool,
    pub(crate) reason: String,
    pub(crate) path: String,
    pub(crate) value: String,
    pub(crate) as_of: Option<Moment>,
    /// Why it was accepted.
    pub(crate) exception: Option<&'c Exception>,
}

/// Frameworks that one result names at most.
const NAMED: usize = 12;

/// Names of frameworks that ask for a rule, and their controls.
pub(crate) fn asked_by<'c>(results: &'c Results, identifier: &str) -> (Vec<&'c str>, Vec<&'c str>) {
    let (mut standards, mut controls) = (Vec::new(), Vec::new());
    for framework in &results.frameworks {
        let asking = framework
            .controls
            .iter()
            .filter(|(_, _, rules)| rules.iter().any(|rule| rule == identifier));
        let before = controls.len();
        controls.extend(asking.map(|(control, ..)| control.as_str()).take(NAMED));
        if controls.len() > before && standards.len() < NAMED {
            standards.push(framework.name.as_str());
        }
    }
    controls.truncate(NAMED * 4);
    (standards, controls)
}

/// Tells of a result.
pub(crate) fn told<'c>(case: &'c Case, results: &'c Results, at: usize) -> Option<Told<'c>> {
    let one = results.findings.get(at)?;
    let row = results.rules.get(one.rule as usize)?;
    let inventory = &case.inventory;
    let resource = one.resource.and_then(|at| inventory.resource(at));
    let of = |pick: fn(&Resource) -> Text| {
        resource.map_or("", |resource| inventory.text(pick(resource)))
    };
    let named = one.named.as_ref();
    let finding = finding(case, results, one);
    let (reason, path, value) =
        finding.map_or_else(Default::default, |one| (one.reason, one.path, one.value));
    Some(Told {
        rule: &row.name,
        identifier: &row.identifier,
        account: of(|one| one.account),
        region: of(|one| one.region),
        kind: resource.map_or(named.map_or("", |(kind, _)| kind), |_| of(|one| one.kind)),
        id: resource.map_or(named.map_or("", |(_, id)| id), |_| of(|one| one.id)),
        arn: resource.map_or("", |resource| inventory.arn(resource)),
        outcome: one.worst(),
        recorded: one.recorded.map(|(outcome, _)| outcome),
        evaluated: one.evaluated,
        muted: one.muted,
        reason,
        path,
        value,
        exception: exception(case, &row.name, one.resource, results.as_of).filter(|_| one.muted),
        as_of: one.capture.and_then(|ix| inventory.capture(ix)?.at),
    })
}

/// The rules that a framework, or one of its controls, asks for.
pub(in crate::case) fn rules_of(case: &Case, framework: &str, control: &str) -> HashSet<u32> {
    let Some(results) = known(case) else {
        return HashSet::new();
    };
    let controls = results
        .frameworks
        .iter()
        .filter(|one| one.id == framework)
        .flat_map(|one| &one.controls);
    let asked = controls.filter(|(id, ..)| control.is_empty() || id == control);
    let asked: HashSet<&str> = asked
        .flat_map(|(_, _, rules)| rules)
        .map(String::as_str)
        .collect();
    let places = results
        .rules
        .iter()
        .enumerate()
        .filter(|(_, row)| asked.contains(row.identifier.as_str()));
    places.map(|(at, _)| at as u32).collect()
}

/// The part of the report.
pub(crate) fn report(case: &Case, results: &Results, rule: usize) -> Option<Value> {
    let row = &results.rules[rule];
    let from = results
        .findings
        .partition_point(|finding| (finding.rule as usize) < rule);
    let to = results
        .findings
        .partition_point(|finding| (finding.rule as usize) <= rule);
    if from == to && row.from == "AWS's defaults" {
        return None;
    }
    let filled = |text: &str| Some(text.to_owned()).filter(|text| !text.is_empty());
    let resource = |at: usize| {
        let one = told(case, results, at)?;
        Some(json!({
            "account": filled(one.account), "region": filled(one.region), "type": filled(one.kind), "id": filled(one.id),
            "recorded": one.recorded.map(Outcome::name), "evaluated": one.evaluated.map(Outcome::name),
            "reason": filled(&one.reason), "path": filled(&one.path), "value": filled(&one.value),
            "exception": one.exception.map(|one| json!({ "reason": one.reason, "by": one.by, "until": one.until.map(|at| at.to_string()) })),
            "asOf": one.as_of.map(|at| at.to_string()),
        }))
    };
    let resources: Vec<Value> = (from..to).filter_map(resource).collect();
    Some(json!({
        "identifier": row.identifier, "name": row.name, "evaluable": row.rule.is_some(), "parameters": row.parameters,
        "awsResult": filled(&row.overall), "awsEvaluated": row.status.evaluated.map(|at| at.to_string()), "awsFailed": row.status.failed.map(|at| at.to_string()),
        "muted": row.muted, "counts": { "noncompliant": row.counts[0], "compliant": row.counts[1], "notApplicable": row.counts[2], "insufficientData": row.counts[3] },
        "resources": resources,
    }))
}
