//! Results of rules, rules and controls.

use crate::activity::complete;
use crate::compliance::Outcome;
use crate::compliance::rules::{automation, trigger};
use crate::moment::HOUR;

use super::super::Case;
use super::super::compliance::{
    FindingRow, Results, controls, decided, exception, finding, known, over_time, since, upkeep,
};
use super::super::question::{Inspection, Step, Subject};
use super::super::resources::{key, raw};
use super::super::saved::Exception;
use super::super::table::Cell;
use super::{add_file, blank, code, push, text};

/// Things of a rule or control that are listed.
const MOST: usize = 50;

pub(super) fn inspect(case: &Case, at: u32) -> Option<Inspection> {
    let results = known(case)?;
    let row = results.findings.get(at as usize)?;
    let rule = &results.rules[row.rule as usize];
    let inventory = &case.inventory;
    let mut it = blank(&rule.name, "Result of a rule");
    it.title.clone_from(&rule.name);
    let told = finding(case, results, row);
    push(
        &mut it.what,
        "Evaluated here",
        text(row.evaluated.map_or("", Outcome::name)),
    );
    push(
        &mut it.what,
        "Recorded by AWS",
        text(row.recorded.map_or("", |(outcome, _)| outcome.name())),
    );
    push(
        &mut it.what,
        "Recorded at",
        row.recorded
            .and_then(|(_, at)| at)
            .map_or(Cell::Empty, Cell::Time),
    );
    if let Some((kind, id)) = &row.named {
        push(&mut it.what, "Type", text(kind));
        push(&mut it.what, "Resource", code(id));
        it.why.push(
            "No item of this resource is in the evidence: only AWS's own result is known."
                .to_owned(),
        );
    }
    if let Some(told) = &told {
        push(&mut it.what, "Path", code(&told.path));
        push(
            &mut it.what,
            "Value",
            code(if told.value.is_empty() {
                "(nothing)"
            } else {
                &told.value
            }),
        );
        it.why.push(told.reason.clone());
    }
    if row.disagrees() {
        it.why.push("AWS recorded another result than this item gives: it may be of another moment or with other parameters, or an item was edited.".to_owned());
    }
    if rule.rule.is_none() && rule.expression.is_empty() {
        it.why.push("Configuration items cannot decide this rule: AWS's own results are shown as they are. Collect them with `aws configservice get-compliance-details-by-config-rule`.".to_owned());
    }
    for (name, value) in &rule.parameters {
        push(&mut it.what, &format!("Parameter {name}"), code(value));
    }
    push(&mut it.what, "Parameters from", text(rule.from));
    if let Some(resource) = row.resource.and_then(|at| inventory.resource(at)) {
        push(&mut it.what, "Resource", code(inventory.title(resource)));
        push(&mut it.what, "Type", text(inventory.text(resource.kind)));
        let label = if row.evaluated == Some(Outcome::NonCompliant) {
            "Failing since"
        } else {
            "So since"
        };
        push(
            &mut it.what,
            label,
            since(case, results, row).map_or(Cell::Empty, Cell::Time),
        );
        let days = since(case, results, row)
            .zip(results.as_of)
            .map(|(from, to)| (to.seconds() - from.seconds()) / 86_400);
        if let Some(days) = days.and_then(|days| u64::try_from(days).ok()) {
            push(&mut it.what, "For days", Cell::Number(days));
        }
        it.history = Some(key(inventory, resource));
        let known = exception(case, &rule.name, row.resource, results.as_of).cloned();
        if row.evaluated == Some(Outcome::NonCompliant) || known.is_some() {
            it.exception = Some(known.unwrap_or_else(|| Exception {
                rule: rule.name.clone(),
                resource: key(inventory, resource),
                ..Exception::default()
            }));
        }
        it.related
            .push(("Its resource".to_owned(), Subject::Resource(row.resource?)));
    }
    if row.is_stale(rule) {
        it.why.push("AWS's result is older than the last time that it failed to evaluate the rule: it may not hold any more.".to_owned());
    }
    it.over_time = over_time::of_finding(case, results, row);
    add_upkeep(case, results, row, &mut it);
    if row.evaluated == Some(Outcome::NonCompliant) {
        let asks = rule
            .rule
            .map(|rule| rule.asks())
            .filter(|asks| !asks.is_empty());
        let asks = asks
            .map(|asks| format!("The rule asks: {asks}. "))
            .unwrap_or_default();
        let remedy = automation(&rule.identifier)
            .map(|name| format!("AWS's automation for it is the Systems Manager document {name}. "))
            .unwrap_or_default();
        it.todo = Some(format!(
            "{asks}{remedy}Nothing is changed from here: it is for the owner of the resource."
        ));
    }
    if let Some(capture) = row.capture.and_then(|ix| inventory.capture(ix)) {
        push(
            &mut it.proof,
            "Captured",
            capture.at.map_or(Cell::Empty, Cell::Time),
        );
        add_file(case, capture.file, &mut it);
        it.raw = raw(case, capture);
        it.related.push((
            "The item that was evaluated".to_owned(),
            Subject::Capture(row.capture?),
        ));
    }
    it.related
        .push(("Its rule".to_owned(), Subject::Rule(row.rule)));
    if let Some(query) = blame(case, results, row) {
        it.queries.push((
            "Who changed it: calls on it in the hour before".to_owned(),
            query,
        ));
    }
    Some(it)
}

/// The query for what may have made a resource fail: calls that name it, in the hour before it was captured so.
fn blame(case: &Case, results: &Results, row: &FindingRow) -> Option<String> {
    let resource = case.inventory.resource(row.resource?)?;
    let at = since(case, results, row)?;
    let inventory = &case.inventory;
    let mut names = vec![
        inventory.title(resource),
        inventory.text(resource.id),
        inventory.arn(resource),
    ];
    names.retain(|name| !name.is_empty());
    names.dedup();
    let terms: Vec<String> = names
        .into_iter()
        .map(|name| complete::term("resource", name))
        .collect();
    Some(format!(
        "({}) since:{} until:{at}",
        terms.join(" OR "),
        at.plus(-HOUR)
    ))
}

/// What AWS itself has of repairs and exceptions, and the command that would repair it.
fn add_upkeep(case: &Case, results: &Results, row: &FindingRow, it: &mut Inspection) {
    let rule = &results.rules[row.rule as usize];
    let inventory = &case.inventory;
    let resource = row.resource.and_then(|at| inventory.resource(at));
    let (kind, id) = resource.map_or(("", ""), |one| {
        (inventory.text(one.kind), inventory.text(one.id))
    });
    for told in upkeep(case) {
        for one in told
            .executions
            .iter()
            .filter(|one| one.kind == kind && one.id == id)
        {
            let when = one.at.map_or(String::new(), |at| format!(", {at}"));
            push(
                &mut it.what,
                "AWS's repair",
                text(&format!("{}{when} {}", one.state, one.error)),
            );
        }
        for one in told
            .exceptions
            .iter()
            .filter(|one| one.rule == rule.name && one.id == id)
        {
            let until = one
                .until
                .map_or(String::new(), |at| format!(", until {at}"));
            push(
                &mut it.what,
                "Accepted in AWS",
                text(&format!("{}{until}", one.message)),
            );
        }
    }
    let configured = upkeep(case)
        .flat_map(|told| &told.remediations)
        .find(|one| one.rule == rule.name);
    let document = configured
        .map(|one| one.document.as_str())
        .or(automation(&rule.identifier));
    if let (Some(document), Some(Outcome::NonCompliant), Some(resource)) =
        (document, row.worst(), resource)
    {
        let parameter = configured
            .map(|one| one.parameter.as_str())
            .filter(|name| !name.is_empty())
            .unwrap_or("RESOURCE_ID_PARAMETER");
        let quoted = format!("{parameter}={id}").replace('\'', "'\\''");
        it.working.push(Step {
            title: "The command that would repair it, for the owner to check and run: nothing is run from here".to_owned(),
            text: format!("aws ssm start-automation-execution --region {} --document-name {document} --parameters '{quoted}'", inventory.text(resource.region)),
        });
    }
}

pub(super) fn inspect_rule(case: &Case, at: u32) -> Option<Inspection> {
    let results = known(case)?;
    let rule = results.rules.get(at as usize)?;
    let mut it = blank(&rule.name, "Rule");
    it.title.clone_from(&rule.name);
    push(&mut it.what, "Identifier", code(&rule.identifier));
    push(&mut it.what, "Decided", text(decided(rule)));
    if let Some(own) = rule.rule {
        push(&mut it.what, "Type", text(own.kind));
        push(
            &mut it.what,
            "AWS evaluates it on",
            text(trigger(own.identifier)),
        );
        push(&mut it.what, "Asks", text(&own.asks()));
        push(&mut it.what, "Looks at", code(&own.paths().join(", ")));
        push(
            &mut it.what,
            "Automation",
            code(automation(own.identifier).unwrap_or_default()),
        );
    }
    for (name, value) in &rule.parameters {
        push(&mut it.what, &format!("Parameter {name}"), code(value));
    }
    push(&mut it.what, "Parameters from", text(rule.from));
    push(&mut it.what, "Scope", text(&rule.scope.words()));
    push(&mut it.what, "At least every", text(&rule.frequency));
    push(&mut it.what, "AWS says", text(&rule.overall));
    let status = &rule.status;
    for (label, at) in [
        ("AWS evaluated", status.evaluated),
        ("AWS invoked", status.invoked),
        ("AWS failed", status.failed),
    ] {
        push(&mut it.what, label, at.map_or(Cell::Empty, Cell::Time));
    }
    push(&mut it.what, "AWS's error", text(&status.error));
    for one in upkeep(case)
        .flat_map(|told| &told.remediations)
        .filter(|one| one.rule == rule.name)
    {
        let percent = |label: &str, value: Option<u64>| {
            value.map_or(String::new(), |value| format!(", {label} {value} %"))
        };
        let how = if one.automatic {
            "automatic"
        } else {
            "by hand"
        };
        push(
            &mut it.what,
            "AWS's repair",
            text(&format!(
                "{} ({how}{}{}; resource as {})",
                one.document,
                percent("at a time", one.concurrent),
                percent("stops at errors of", one.errors),
                one.parameter
            )),
        );
    }
    it.over_time = over_time::of_rules(case, results, &|rule| rule == at);
    for (outcome, count) in Outcome::ALL.iter().zip(rule.counts) {
        push(&mut it.what, outcome.name(), Cell::Number(u64::from(count)));
    }
    push(&mut it.what, "Expression (CEL)", code(&rule.expression));
    if !rule.policy.is_empty() {
        it.why
            .push("A custom policy: its text is shown, its results are AWS's own.".to_owned());
        push(&mut it.proof, "Policy (Guard)", code(&rule.policy));
    }
    let failing = results
        .findings
        .iter()
        .enumerate()
        .filter(|(_, one)| one.rule == at && one.evaluated == Some(Outcome::NonCompliant));
    for (place, one) in failing.take(MOST) {
        let resource = one.resource.and_then(|at| case.inventory.resource(at));
        let title = resource.map_or("a resource", |resource| case.inventory.title(resource));
        it.related
            .push((format!("Fails: {title}"), Subject::Finding(place as u32)));
    }
    Some(it)
}

pub(super) fn inspect_control(case: &Case, at: u32) -> Option<Inspection> {
    let results = known(case)?;
    let (control, status, rules) = controls(case, &case.view.framework).get(at as usize)?;
    let mut it = blank(control, "Control");
    it.title.clone_from(control);
    push(&mut it.what, "Status", text(status.label()));
    it.results = Some((case.view.framework.clone(), control.clone()));
    it.why.push("Failed: a rule fails. Met: all of its rules pass, and the evidence is known to hold all resources. Everything else is not tested.".to_owned());
    for identifier in rules.iter().take(MOST) {
        match results
            .rules
            .iter()
            .position(|row| row.identifier == *identifier)
        {
            Some(place) => {
                let row = &results.rules[place];
                it.related.push((
                    format!(
                        "{}: {} failing, {} passing",
                        row.name, row.counts[0], row.counts[1]
                    ),
                    Subject::Rule(place as u32),
                ));
            }
            None => push(&mut it.what, "Not evaluated", code(identifier)),
        }
    }
    Some(it)
}
