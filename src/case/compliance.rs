//! Which rules are met, as of a moment: evaluated here from items, beside what AWS recorded.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

use serde_json::{Value, json};

use crate::compliance::facts::Others;
use crate::compliance::framework::{self, ControlStatus, Framework};
use crate::compliance::recorded::{ConfigRule, Recorded};
use crate::compliance::{Facts, Finding, Outcome, Rule, rules};
use crate::config::inventory::{Capture, CaptureIx, Resource, ResourceIx};
use crate::config::{Body, Inventory};
use crate::moment::Moment;
use crate::order::sorted;
use crate::texts::Text;

use super::Case;
use super::question::{ComplianceSummary, Subject};
use super::resources::key;
use super::rows::{code, text, time};
use super::saved::Exception;
use super::table::{Cell, Row};

/// Rules that say nothing unless somebody set their parameters.
const ONLY_CONFIGURED: &[&str] = &["REQUIRED_TAGS", "INTERNET_GATEWAY_AUTHORIZED_VPC_ONLY"];

/// What was read, and the last results.
#[derive(Default)]
pub(super) struct State {
    pub(super) recorded: Vec<(u32, Recorded)>,
    results: Option<Results>,
}

impl State {
    /// What is known has changed.
    pub(super) fn reset(&mut self) {
        self.results = None;
    }
}

/// Results as of a moment.
#[derive(Default)]
pub(crate) struct Results {
    at: Option<Moment>,
    /// The moment that results are of: the one asked for, else the newest capture.
    pub(crate) as_of: Option<Moment>,
    /// Rules: those that are configured, then those that are built in.
    pub(crate) rules: Vec<RuleRow>,
    /// Results, by rule and resource.
    pub(crate) findings: Vec<FindingRow>,
    /// Frameworks with the status of each control, and its rules.
    pub(crate) frameworks: Vec<FrameworkRow>,
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

/// A rule with its parameters.
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
    /// How many results of each outcome, in the order of [`Outcome::ALL`].
    pub(crate) counts: [u32; 4],
    /// How many failing results somebody accepted; they are not among the counts.
    pub(crate) muted: u32,
    /// How many recorded results say otherwise.
    pub(crate) disagreements: u32,
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
    /// Whether the two results contradict each other.
    pub(crate) fn disagrees(&self) -> bool {
        let clear =
            |outcome: Outcome| matches!(outcome, Outcome::Compliant | Outcome::NonCompliant);
        match (self.evaluated, self.recorded) {
            (Some(ours), Some((theirs, _))) => clear(ours) && clear(theirs) && ours != theirs,
            _ => false,
        }
    }

    fn worst(&self) -> Option<Outcome> {
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

/// Evaluates all rules as of a moment, unless that is known.
pub(super) fn results(case: &mut Case, at: Option<Moment>) {
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
    let mut rest: Vec<_> = recorded
        .all
        .iter()
        .filter(|(key, _)| !used.contains(*key))
        .collect();
    rest.sort_by_key(|((rule, kind, id, account), _)| {
        (
            *rule,
            inventory.text(*kind),
            inventory.text(*id),
            inventory.text(*account),
        )
    });
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
    results.frameworks = frameworks(case, &results);
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

/// The rules: as they are configured, then those of packs, then the built-in ones with AWS's defaults.
fn rule_rows(case: &Case) -> Vec<RuleRow> {
    let row =
        |identifier: &str, name: &str, given: &BTreeMap<String, String>, from, policy: &str| {
            let rule = rules::by_identifier(identifier);
            let mut parameters: BTreeMap<String, String> = rule
                .iter()
                .flat_map(|rule| rule.parameters.iter())
                .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))
                .collect();
            parameters.extend(given.clone());
            parameters.retain(|_, value| !value.is_empty());
            RuleRow {
                identifier: identifier.to_owned(),
                name: name.to_owned(),
                rule,
                parameters,
                from,
                policy: policy.to_owned(),
                counts: [0; 4],
                muted: 0,
                disagreements: 0,
            }
        };
    let mut all: Vec<RuleRow> = Vec::new();
    let mut configured: Vec<&ConfigRule> = case
        .compliance
        .recorded
        .iter()
        .flat_map(|(_, one)| &one.rules)
        .collect();
    configured.sort_by(|a, b| a.name.cmp(&b.name));
    configured.dedup();
    for rule in configured {
        all.push(row(
            &rule.identifier,
            &rule.name,
            &rule.parameters,
            "the rule's InputParameters",
            &rule.policy,
        ));
    }
    let has =
        |all: &[RuleRow], identifier: &str| all.iter().any(|row| row.identifier == identifier);
    let packs = case
        .compliance
        .recorded
        .iter()
        .flat_map(|(_, one)| &one.pack);
    let mut packs: Vec<_> = packs.filter(|rule| !rule.identifier.is_empty()).collect();
    packs.sort_by(|a, b| (&a.identifier, &a.name).cmp(&(&b.identifier, &b.name)));
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

fn by_kind(rows: &[RuleRow]) -> HashMap<&'static str, Vec<u32>> {
    let mut by_kind: HashMap<&str, Vec<u32>> = HashMap::new();
    for (at, row) in rows.iter().enumerate() {
        if let Some(rule) = row.rule {
            by_kind.entry(rule.kind).or_default().push(at as u32);
        }
    }
    by_kind
}

/// What rules need of other items, as of the moment.
fn others(inventory: &Inventory, at: Option<Moment>) -> Others {
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
struct Known<'c> {
    kind: &'c str,
    account: &'c str,
    id: &'c str,
    capture: &'c Capture,
    values: HashMap<String, Value>,
    tags: BTreeMap<String, String>,
    related: HashSet<String>,
}

impl<'c> Known<'c> {
    fn new(inventory: &'c Inventory, resource: &Resource, capture: &'c Capture) -> Self {
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
            tags: capture.tags.iter().map(tag).collect(),
            related: capture
                .relations
                .iter()
                .map(|one| inventory.text(one.kind).to_owned())
                .collect(),
        }
    }

    fn evaluate(&self, results: &Results, rule: u32) -> Option<Finding> {
        let row = results.rules.get(rule as usize)?;
        let facts = Facts {
            kind: self.kind,
            account: self.account,
            id: self.id,
            deleted: self.capture.status.is_deleted(),
            values: &self.values,
            tags: &self.tags,
            related: &self.related,
            parameters: &row.parameters,
            at: results.as_of.or(self.capture.at),
            others: &results.others,
        };
        Some(row.rule?.evaluate(&facts))
    }
}

/// What a finding rests on, evaluated again.
pub(super) fn finding(case: &Case, results: &Results, row: &FindingRow) -> Option<Finding> {
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

/// A result that AWS recorded.
type Told = (Outcome, Option<Moment>);

/// Results that AWS recorded, the newest until the moment.
struct RecordedResults {
    /// By rule, type, id and account; the account is empty where it is not told.
    all: HashMap<(u32, Text, Text, Text), Told>,
    /// Of resources whose type or id no item has.
    unknown: Vec<(u32, (String, String), Told)>,
    rules: BTreeSet<u32>,
}

fn find(
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

fn recorded(case: &Case, rows: &mut Vec<RuleRow>, at: Option<Moment>) -> RecordedResults {
    let inventory = &case.inventory;
    let mut told: Vec<(String, String, String, String, Outcome, Option<Moment>)> = Vec::new();
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
            let value: Value = inventory
                .kept(capture, "configuration")
                .and_then(|json| serde_json::from_str(json).ok())
                .unwrap_or_default();
            let word = |value: &Value| value.as_str().unwrap_or_default().to_owned();
            let list = value.get("configRuleList").or(value.get("configrulelist"));
            for rule in list.and_then(Value::as_array).into_iter().flatten() {
                if let Some(outcome) = Outcome::by_name(&word(&rule["complianceType"])) {
                    told.push((
                        word(&rule["configRuleName"]),
                        word(&value["targetResourceType"]),
                        word(&value["targetResourceId"]),
                        inventory.text(resource.account).to_owned(),
                        outcome,
                        capture.at,
                    ));
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
        let rule = rule_of(rows, &name);
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

/// The row of a rule that AWS names: as it is configured, else by its usual name, else one of its own.
fn rule_of(rows: &mut Vec<RuleRow>, name: &str) -> u32 {
    let same = |row: &RuleRow| row.name == name;
    let usual = rules::by_name(name);
    let place = rows.iter().position(same).or_else(|| {
        let usual = usual?;
        rows.iter()
            .position(|row| row.identifier == usual.identifier)
    });
    place.unwrap_or_else(|| {
        rows.push(RuleRow {
            identifier: usual.map_or(String::new(), |rule| rule.identifier.to_owned()),
            name: name.to_owned(),
            rule: None,
            parameters: BTreeMap::new(),
            from: "not told",
            policy: String::new(),
            counts: [0; 4],
            muted: 0,
            disagreements: 0,
        });
        rows.len() - 1
    }) as u32
}

/// Whether it is known that all resources are in the evidence.
fn is_population_known(case: &Case) -> bool {
    let all = &case.resources.recorders;
    let is_known = |one: &crate::config::recorder::Coverage| {
        one.snapshots > 0 || one.counted.is_some_and(|all| all <= one.seen)
    };
    !all.is_empty() && all.iter().all(is_known)
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
    let is_known = is_population_known(case);
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
                let status = framework::status(
                    rules.iter().map(|rule| worst.get(rule.as_str()).copied()),
                    is_known,
                );
                (control.clone(), status, rules.clone())
            })
            .collect(),
    };
    packs.iter().chain(framework::built_in()).map(row).collect()
}

/// Compliance at a glance.
pub(super) fn summary(case: &mut Case, at: Option<Moment>) -> ComplianceSummary {
    results(case, at);
    let population = is_population_known(case);
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
pub(super) fn controls<'c>(case: &'c Case, id: &str) -> &'c [(String, ControlStatus, Vec<String>)] {
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
pub(super) fn control_row(case: &Case, at: u32) -> Row {
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
pub(super) fn rule_row(case: &Case, at: u32) -> Row {
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
            text(&parameters.join(" ")),
            text(row.from),
            code(&row.identifier),
        ],
    }
}

/// How a rule is decided here, in words.
pub(super) fn decided(row: &RuleRow) -> &'static str {
    use crate::compliance::Class;
    match row.rule.map(|rule| rule.class) {
        Some(Class::Field) => "here",
        Some(Class::Approximate) => "here, approximately",
        Some(Class::Several) => "here, from several items",
        None => "by AWS only",
    }
}

/// A row of the table of findings.
pub(super) fn finding_row(case: &Case, at: u32) -> Row {
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
    Row {
        subject: Subject::Finding(at),
        cells: vec![
            text(row.evaluated.map_or("", Outcome::name)),
            text(row.recorded.map_or("", |(outcome, _)| outcome.name())),
            text(if row.disagrees() { "disagree" } else { "" }),
            text(if row.muted { "muted" } else { "" }),
            text(&rule.name),
            text(kind),
            code(title),
            text(of(|resource| resource.account)),
            text(of(|resource| resource.region)),
            code(finding.as_ref().map_or("", |finding| &finding.path)),
            code(finding.as_ref().map_or("", |finding| &finding.value)),
            time(row.recorded.and_then(|(_, at)| at)),
        ],
    }
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
    let inventory = &case.inventory;
    let resources: Vec<Value> = results.findings[from..to]
        .iter()
        .map(|one| {
            let finding = finding(case, results, one);
            let resource = one.resource.and_then(|at| inventory.resource(at));
            let of = |pick: fn(&Resource) -> Text| resource.map(|resource| inventory.text(pick(resource)));
            json!({
                "account": of(|one| one.account), "region": of(|one| one.region),
                "type": of(|one| one.kind).or(one.named.as_ref().map(|(kind, _)| kind.as_str())),
                "id": of(|one| one.id).or(one.named.as_ref().map(|(_, id)| id.as_str())),
                "recorded": one.recorded.map(|(outcome, _)| outcome.name()), "evaluated": one.evaluated.map(Outcome::name),
                "reason": finding.as_ref().map(|finding| finding.reason.clone()), "path": finding.as_ref().map(|finding| finding.path.clone()),
                "value": finding.as_ref().map(|finding| finding.value.clone()).filter(|value| !value.is_empty()),
                "exception": exception(case, &row.name, one.resource, results.as_of).filter(|_| one.muted).map(|one| json!({ "reason": one.reason, "by": one.by, "until": one.until.map(|at| at.to_string()) })),
                "asOf": one.capture.and_then(|ix| inventory.capture(ix)?.at).map(|at| at.to_string()),
            })
        })
        .collect();
    Some(json!({
        "identifier": row.identifier, "name": row.name, "evaluable": row.rule.is_some(), "parameters": row.parameters,
        "muted": row.muted, "counts": { "noncompliant": row.counts[0], "compliant": row.counts[1], "notApplicable": row.counts[2], "insufficientData": row.counts[3] },
        "resources": resources,
    }))
}
