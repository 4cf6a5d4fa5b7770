//! What is dangerous in the events: calls and errors with their risk, and alerts, as tables and at a glance.

use serde_json::{Value, json};

use crate::risk::alerts::{ALERTS, Raised, Severity, raised};
use crate::risk::{Counted, Rated, counted_calls, counted_errors};

use super::question::{Inspection, RiskSummary, Subject};
use super::rows::{code, text, time};
use super::table::{Cell, Row};
use super::{Case, objects};

/// The risk from which on a call, an error or an alert counts as high: Macie Classic's bound.
pub(super) const HIGH: u8 = 8;

/// The last results.
#[derive(Default)]
pub(super) struct State {
    results: Option<Results>,
}

impl State {
    /// What is known has changed.
    pub(super) fn reset(&mut self) {
        self.results = None;
    }
}

/// Calls, errors and alerts among the events.
#[derive(Default)]
pub(crate) struct Results {
    calls: Vec<Counted>,
    errors: Vec<Counted>,
    alerts: Vec<Raised>,
}

/// Looks at all events, unless that is done.
pub(super) fn results(case: &mut Case) {
    if case.risk.results.is_none() {
        let register = &case.register;
        let path = |file| register.file(file).map_or("", |file| &*file.path);
        let values = &case.settings.risk;
        let results = Results {
            calls: counted_calls(&case.activity, values),
            errors: counted_errors(&case.activity, values),
            alerts: raised(&case.activity, &path),
        };
        case.risk.results = Some(results);
    }
}

/// The last results; none before [`results`] was called.
pub(crate) fn known(case: &Case) -> Option<&Results> {
    case.risk.results.as_ref()
}

/// Risk at a glance.
pub(super) fn summary(case: &mut Case) -> RiskSummary {
    results(case);
    let Some(results) = known(case) else {
        return RiskSummary::default();
    };
    let high = |all: &[Counted]| {
        all.iter()
            .filter(|one| one.risk >= HIGH)
            .map(|one| u64::from(one.count))
            .sum()
    };
    let grave = |one: &&Raised| ALERTS[one.alert as usize].severity <= Severity::High;
    RiskSummary {
        calls: high(&results.calls),
        errors: high(&results.errors),
        alerts: results.alerts.len() as u64,
        grave: results.alerts.iter().filter(grave).count() as u64,
        events: case.activity.order.len() as u64,
        ..objects::summary(case)
    }
}

fn list(case: &Case, errors: bool) -> &[Counted] {
    known(case).map_or(&[], |results| {
        if errors {
            &results.errors
        } else {
            &results.calls
        }
    })
}

/// How many rows a table of risk has.
pub(super) fn length(case: &Case, table: super::Table) -> usize {
    use super::Table;
    match table {
        Table::Calls => list(case, false).len(),
        Table::Errors => list(case, true).len(),
        _ => known(case).map_or(0, |results| results.alerts.len()),
    }
}

/// A row of the table of calls or of errors.
pub(super) fn counted_row(case: &Case, at: u32, errors: bool) -> Row {
    let subject = if errors {
        Subject::Error(at)
    } else {
        Subject::Call(at)
    };
    let Some(one) = list(case, errors).get(at as usize) else {
        return Row {
            subject,
            cells: Vec::new(),
        };
    };
    Row {
        subject,
        cells: vec![
            Cell::Number(u64::from(one.risk)),
            text(&one.name),
            text(
                one.source
                    .strip_suffix(".amazonaws.com")
                    .unwrap_or(&one.source),
            ),
            Cell::Number(u64::from(one.count)),
            text(one.reason),
        ],
    }
}

/// A row of the table of alerts.
pub(super) fn alert_row(case: &Case, at: u32) -> Row {
    let subject = Subject::Alert(at);
    let Some(one) = known(case).and_then(|results| results.alerts.get(at as usize)) else {
        return Row {
            subject,
            cells: Vec::new(),
        };
    };
    let alert = &ALERTS[one.alert as usize];
    Row {
        subject,
        cells: vec![
            text(alert.severity.name()),
            Cell::Number(u64::from(alert.risk)),
            text(alert.title),
            text(alert.category),
            Cell::Number(one.count),
            time(one.span.map(|(first, _)| first)),
            time(one.span.map(|(_, last)| last)),
            code(&one.actors.join(" ")),
        ],
    }
}

/// Everything about a call or an error.
pub(super) fn inspect(
    case: &Case,
    at: u32,
    errors: bool,
    mut it: Inspection,
) -> Option<Inspection> {
    let one = list(case, errors).get(at as usize)?;
    it.title.clone_from(&one.name);
    let mut fact = |label: &str, cell: Cell| it.what.push((label.to_owned(), cell));
    fact("Risk", Cell::Number(u64::from(one.risk)));
    fact("Events", Cell::Number(u64::from(one.count)));
    if !one.source.is_empty() {
        fact("Service", text(&one.source));
    }
    it.why.push(format!("{}. Risk is a model: Amazon never published Macie Classic's own values but for a few samples; the rest are this project's, from 0 to 10, and yours to change.", one.reason));
    let term = crate::activity::complete::term(if errors { "error" } else { "name" }, &one.name);
    it.queries.push((format!("{} events", one.count), term));
    let rated = if errors { Rated::Error } else { Rated::Call };
    it.risk = Some((rated, one.name.clone(), one.risk));
    Some(it)
}

/// Everything about an alert.
pub(super) fn inspect_alert(case: &Case, at: u32, mut it: Inspection) -> Option<Inspection> {
    let one = known(case)?.alerts.get(at as usize)?;
    let alert = &ALERTS[one.alert as usize];
    alert.title.clone_into(&mut it.title);
    let mut fact = |label: &str, cell: Cell| it.what.push((label.to_owned(), cell));
    fact("Severity", text(alert.severity.name()));
    fact("Risk", Cell::Number(u64::from(alert.risk)));
    fact("Category", text(alert.category));
    fact("Events", Cell::Number(one.count));
    if let Some((first, last)) = one.span {
        fact("First", Cell::Time(first));
        fact("Last", Cell::Time(last));
    }
    for actor in &one.actors {
        fact("Actor", code(actor));
    }
    fact("Condition", code(alert.query));
    if let crate::risk::alerts::Times::Within(count, seconds) = alert.times {
        fact(
            "How often",
            text(&format!(
                "{count} times by one actor within {seconds} seconds"
            )),
        );
    }
    it.todo = Some(alert.recommendation.to_owned());
    it.queries.push((
        "Its events, and others of its condition".to_owned(),
        alert.query.to_owned(),
    ));
    Some(it)
}

/// The part of the report.
pub(crate) fn report(results: &Results) -> [Vec<Value>; 3] {
    let events = results.calls.iter().map(|one| json!({ "name": one.name, "source": one.source, "risk": one.risk, "count": one.count }));
    let errors = results
        .errors
        .iter()
        .map(|one| json!({ "code": one.name, "risk": one.risk, "count": one.count }));
    let alerts = results.alerts.iter().map(|one| {
        let alert = &ALERTS[one.alert as usize];
        json!({
            "id": alert.id, "title": alert.title, "severity": alert.severity.name(), "risk": alert.risk, "count": one.count,
            "first": one.span.map(|(first, _)| first.to_string()), "last": one.span.map(|(_, last)| last.to_string()), "actors": one.actors,
        })
    });
    [events.collect(), errors.collect(), alerts.collect()]
}
