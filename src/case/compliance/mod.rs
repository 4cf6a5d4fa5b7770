//! Which rules are met, as of a moment: evaluated here from items, beside what AWS recorded.

mod known;
pub(super) mod over_time;
mod own;
mod recorded;
mod rows;
pub(super) mod scores;
mod show;

use std::collections::{HashMap, HashSet};

use crate::compliance::facts::Others;
use crate::compliance::framework::{self, ControlStatus, Framework};
use crate::compliance::recorded::Recorded;
use crate::compliance::rules::by_identifier;
use crate::compliance::{Finding, Outcome};
use crate::config::inventory::{CaptureIx, ResourceIx};
use crate::config::population;
use crate::moment::Moment;
use crate::order::sorted;
use crate::texts::Text;

use super::Case;
use super::resources::key;
use super::saved::Exception;
use known::{Known, others};
pub use own::Decided;
use own::add_own;
use recorded::{find, recorded};
use rows::rule_rows;
pub(crate) use rows::{RuleRow, decided, upkeep};
pub(crate) use show::{Told, asked_by, report, told};
pub(in crate::case) use show::{control_row, controls, finding_row, rule_row, rules_of, summary};

/// What was read, and the last results.
#[derive(Default)]
pub(super) struct State {
    pub(super) recorded: Vec<(u32, Recorded)>,
    results: Option<Results>,
    /// What rules of the user's own say, by moment.
    decided: Vec<Decided>,
}

impl State {
    /// What is known has changed.
    pub(super) fn reset(&mut self) {
        self.results = None;
        self.decided.clear();
    }

    /// Takes what rules of the user's own say.
    pub(super) fn decide(&mut self, decided: Decided) {
        self.results = None;
        self.decided.retain(|known| known.at != decided.at);
        self.decided.push(decided);
    }
}

/// Results as of a moment.
#[derive(Default)]
pub(crate) struct Results {
    at: Option<Moment>,
    /// The moment that results are of: the one asked for, else the end of the period under audit, else the newest capture.
    pub(crate) as_of: Option<Moment>,
    /// Rules: those that are configured, then those that are built in.
    pub(crate) rules: Vec<RuleRow>,
    /// Results, by rule and resource.
    pub(crate) findings: Vec<FindingRow>,
    /// Frameworks with the status of each control, and its rules.
    pub(crate) frameworks: Vec<FrameworkRow>,
    /// Why rules of the user's own say what they say, by rule and resource.
    reasons: HashMap<(u32, ResourceIx), String>,
    /// Scores by group.
    pub(crate) scores: Vec<scores::Score>,
    others: Others,
}

/// A framework with its controls.
pub(crate) struct FrameworkRow {
    /// Its id.
    pub(crate) id: String,
    /// Its name.
    pub(crate) name: String,
    /// Control, status, identifiers of its rules.
    pub(crate) controls: Vec<(String, ControlStatus, Vec<String>)>,
}

/// The result of a rule on a resource.
#[derive(Clone, Debug)]
pub(crate) struct FindingRow {
    /// Place of the rule.
    pub(crate) rule: u32,
    /// The resource; `None` where only AWS's result names it.
    pub(crate) resource: Option<ResourceIx>,
    /// The capture that was evaluated.
    pub(crate) capture: Option<CaptureIx>,
    /// Type and id, where there is no resource.
    pub(crate) named: Option<(String, String)>,
    /// The result here.
    pub(crate) evaluated: Option<Outcome>,
    /// Whether somebody accepted it.
    pub(crate) muted: bool,
    /// The result that AWS recorded, and when.
    pub(crate) recorded: Option<(Outcome, Option<Moment>)>,
}

impl FindingRow {
    /// Whether AWS's result is older than the last time that it failed to evaluate the rule.
    pub(crate) fn is_stale(&self, rule: &RuleRow) -> bool {
        let recorded = self.recorded.and_then(|(_, at)| at);
        recorded.is_some_and(|at| rule.status.failed.is_some_and(|failed| failed > at))
    }

    /// Whether the two results contradict each other.
    pub(crate) fn disagrees(&self) -> bool {
        let clear =
            |outcome: Outcome| matches!(outcome, Outcome::Compliant | Outcome::NonCompliant);
        match (self.evaluated, self.recorded) {
            (Some(ours), Some((theirs, _))) => clear(ours) && clear(theirs) && ours != theirs,
            _ => false,
        }
    }

    pub(crate) fn worst(&self) -> Option<Outcome> {
        let both = [self.evaluated, self.recorded.map(|(outcome, _)| outcome)];
        let rank = |outcome: &Outcome| match outcome {
            Outcome::NonCompliant => 0,
            Outcome::InsufficientData => 1,
            Outcome::Compliant => 2,
            Outcome::NotApplicable => 3,
        };
        both.into_iter().flatten().min_by_key(rank)
    }
}

/// Evaluates all rules as of a moment, unless that is known: the end of the period under audit where none is asked for.
pub(super) fn results(case: &mut Case, at: Option<Moment>) {
    let at = at.or(case.settings.audit.to);
    if case
        .compliance
        .results
        .as_ref()
        .is_none_or(|results| results.at != at)
    {
        let results = evaluate(case, at);
        case.compliance.results = Some(results);
    }
}

/// The last results; none before [`results`] was called.
pub(crate) fn known(case: &Case) -> Option<&Results> {
    case.compliance.results.as_ref()
}

/// The rule of a finding.
pub(super) fn rule_at(case: &Case, finding: u32) -> Option<u32> {
    let found = known(case)?.findings.get(finding as usize)?;
    Some(found.rule)
}

fn evaluate(case: &Case, at: Option<Moment>) -> Results {
    let inventory = &case.inventory;
    let as_of = at.or(inventory.span.map(|(_, to)| to));
    let mut results = Results {
        at,
        as_of,
        rules: rule_rows(case),
        others: others(inventory, at),
        ..Results::default()
    };
    let by_kind = by_kind(&results.rules);
    let recorded = recorded(case, &mut results.rules, at);
    let mut used: HashSet<(u32, Text, Text, Text)> = HashSet::new();
    let none = Vec::new();
    for (place, resource) in inventory.resources.iter().enumerate() {
        if inventory.is_compliance(resource) {
            continue;
        }
        let Some(ix) = inventory.as_of(resource, at) else {
            continue;
        };
        let Some(capture) = inventory.capture(ix) else {
            continue;
        };
        let kind = inventory.text(resource.kind);
        let own = by_kind.get(kind).unwrap_or(&none);
        let any = by_kind.get("*").unwrap_or(&none);
        let known = Known::new(inventory, resource, capture);
        let mut done: Vec<u32> = Vec::new();
        for &rule in own.iter().chain(any) {
            let Some(finding) = known.evaluate(&results, rule) else {
                continue;
            };
            let recorded = find(&recorded, rule, resource, &mut used);
            done.push(rule);
            if finding.outcome != Outcome::NotApplicable || recorded.is_some() {
                results.findings.push(FindingRow {
                    rule,
                    resource: Some(place as u32),
                    capture: Some(ix),
                    named: None,
                    muted: false,
                    evaluated: Some(finding.outcome),
                    recorded,
                });
            }
        }
        // Rules that only AWS decided.
        for rule in 0..results.rules.len() as u32 {
            if !recorded.rules.contains(&rule) || done.contains(&rule) {
                continue;
            }
            let found = find(&recorded, rule, resource, &mut used);
            if found.is_some() {
                results.findings.push(FindingRow {
                    rule,
                    resource: Some(place as u32),
                    capture: Some(ix),
                    named: None,
                    muted: false,
                    evaluated: None,
                    recorded: found,
                });
            }
        }
    }
    let rest: Vec<_> = recorded
        .all
        .iter()
        .filter(|(key, _)| !used.contains(*key))
        .collect();
    let words = |(rule, kind, id, account): &(_, _, _, _)| {
        let [kind, id, account] = [kind, id, account].map(|text| inventory.text(*text));
        (*rule, kind, id, account)
    };
    let rest = sorted(rest, |a, b| words(a.0).cmp(&words(b.0)));
    for ((rule, kind, id, _), outcome) in rest {
        let named = Some((
            inventory.text(*kind).to_owned(),
            inventory.text(*id).to_owned(),
        ));
        results.findings.push(FindingRow {
            rule: *rule,
            resource: None,
            capture: None,
            named,
            muted: false,
            evaluated: None,
            recorded: Some(*outcome),
        });
    }
    for (rule, (kind, id), outcome) in recorded.unknown {
        results.findings.push(FindingRow {
            rule,
            resource: None,
            capture: None,
            named: Some((kind, id)),
            muted: false,
            evaluated: None,
            recorded: Some(outcome),
        });
    }
    add_own(case, &mut results);
    let findings = std::mem::take(&mut results.findings);
    results.findings = sorted(findings, |a, b| {
        (a.rule, a.resource.is_none(), a.resource).cmp(&(b.rule, b.resource.is_none(), b.resource))
    });
    for finding in &mut results.findings {
        let row = &mut results.rules[finding.rule as usize];
        let worst = finding.worst();
        finding.muted = worst == Some(Outcome::NonCompliant)
            && exception(case, &row.name, finding.resource, as_of).is_some();
        if finding.muted {
            row.muted += 1;
        } else if let Some(place) =
            worst.and_then(|worst| Outcome::ALL.iter().position(|one| *one == worst))
        {
            row.counts[place] += 1;
        }
        row.disagreements += u32::from(finding.disagrees());
    }
    rows::take_upkeep(case, &mut results.rules);
    results.frameworks = frameworks(case, &results);
    results.scores = scores::scores(case, &results);
    results
}

/// The exception that somebody made for the result of a rule on a resource, unless it ended before `as_of`.
pub(super) fn exception<'c>(
    case: &'c Case,
    rule: &str,
    resource: Option<ResourceIx>,
    as_of: Option<Moment>,
) -> Option<&'c Exception> {
    let mut own = case
        .settings
        .exceptions
        .iter()
        .filter(|one| one.rule == rule)
        .peekable();
    own.peek()?;
    let inventory = &case.inventory;
    let key = key(inventory, inventory.resource(resource?)?);
    own.find(|one| {
        one.resource == key
            && one
                .until
                .is_none_or(|until| as_of.is_none_or(|at| at <= until))
    })
}

fn by_kind(rows: &[RuleRow]) -> HashMap<&'static str, Vec<u32>> {
    let mut by_kind: HashMap<&str, Vec<u32>> = HashMap::new();
    for (at, row) in rows.iter().enumerate() {
        if let Some(rule) = row.rule {
            by_kind.entry(rule.kind).or_default().push(at as u32);
        }
    }
    by_kind
}

/// What a finding rests on, evaluated again.
pub(super) fn finding(case: &Case, results: &Results, row: &FindingRow) -> Option<Finding> {
    if let Some(reason) = results.reasons.get(&(row.rule, row.resource?)) {
        return Some(Finding {
            outcome: row.evaluated?,
            path: results.rules.get(row.rule as usize)?.expression.clone(),
            value: String::new(),
            reason: reason.clone(),
        });
    }
    let inventory = &case.inventory;
    let resource = inventory.resource(row.resource?)?;
    let capture = inventory.capture(row.capture?)?;
    Known::new(inventory, resource, capture).evaluate(results, row.rule)
}

/// Since when a resource has had the result of a finding, by its captures.
pub(super) fn since(case: &Case, results: &Results, row: &FindingRow) -> Option<Moment> {
    let inventory = &case.inventory;
    let resource = inventory.resource(row.resource?)?;
    let here = resource
        .captures
        .iter()
        .position(|&one| Some(one) == row.capture)?;
    let mut since = None;
    for &ix in resource.captures[..=here].iter().rev() {
        let capture = inventory.capture(ix)?;
        let outcome = Known::new(inventory, resource, capture)
            .evaluate(results, row.rule)?
            .outcome;
        if Some(outcome) != row.evaluated {
            break;
        }
        since = capture.at.or(since);
    }
    since
}
fn frameworks(case: &Case, results: &Results) -> Vec<FrameworkRow> {
    let mut worst: HashMap<&str, Outcome> = HashMap::new();
    for row in &results.rules {
        // What somebody accepted is no failure, and no pass.
        let counts = |at: usize| row.counts[at] + if at == 3 { row.muted } else { 0 };
        let place = [0, 3, 1].into_iter().find(|&at| counts(at) > 0);
        if let Some(place) = place {
            let outcome = Outcome::ALL[place];
            let known = worst.entry(row.identifier.as_str()).or_insert(outcome);
            if outcome == Outcome::NonCompliant || *known == Outcome::Compliant {
                *known = outcome;
            }
        }
    }
    if worst.is_empty() {
        return Vec::new();
    }
    // A rule passes where all that it looks at is here; of a rule that only AWS knows, that is everything.
    let is_known = |rule: &str| {
        let kind = by_identifier(rule).map(|rule| rule.kind);
        let kind = kind.filter(|kind| *kind != "*");
        population::is_known(&case.resources.recorders, kind, results.at)
    };
    worst.retain(|rule, outcome| *outcome != Outcome::Compliant || is_known(rule));
    let packs: Vec<Framework> = case
        .compliance
        .recorded
        .iter()
        .filter(|(_, one)| !one.pack.is_empty())
        .map(|(file, one)| {
            framework::of_pack(
                case.register.file(*file).map_or("", |file| &file.path),
                &one.pack,
            )
        })
        .collect();
    let packs = sorted(packs, |a, b| a.id.cmp(&b.id));
    let row = |one: &Framework| FrameworkRow {
        id: one.id.clone(),
        name: one.name.clone(),
        controls: one
            .controls
            .iter()
            .map(|(control, rules)| {
                let outcomes = rules.iter().map(|rule| worst.get(rule.as_str()).copied());
                let status = framework::status(outcomes);
                (control.clone(), status, rules.clone())
            })
            .collect(),
    };
    packs.iter().chain(framework::built_in()).map(row).collect()
}
