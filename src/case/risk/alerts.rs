//! Alerts as rows: those that were raised, and all that is looked for.

use roaring::RoaringBitmap;
use serde_json::{Value, json};

use super::known;
use crate::activity::complete::term;
use crate::case::Case;
use crate::case::question::{Inspection, Subject, Trial};
use crate::case::rows::{code, text, time};
use crate::case::table::{Cell, Row, Switched};
use crate::risk::alerts::{Raised, Scene, Source};
use crate::risk::{ALERTS, Alert, CustomAlert};
use crate::sigma::Dropped;

/// An alert, wherever it comes from.
enum Named<'c> {
    BuiltIn(&'static Alert),
    Custom(&'c CustomAlert),
    Sigma(&'c Dropped),
}

fn named(case: &Case, source: Source) -> Option<Named<'_>> {
    match source {
        Source::BuiltIn(at) => ALERTS.get(at as usize).map(|alert| Named::BuiltIn(alert)),
        Source::Custom(at) => case
            .settings
            .risk
            .alerts
            .get(at as usize)
            .map(Named::Custom),
        Source::Sigma(at) => case.risk.sigma.rule(at).map(|(_, rule)| Named::Sigma(rule)),
    }
}

impl Named<'_> {
    fn kind(&self) -> &'static str {
        match self {
            Named::BuiltIn(_) => "built in",
            Named::Custom(_) => "your own",
            Named::Sigma(_) => "Sigma",
        }
    }

    fn author(&self) -> &str {
        match self {
            Named::Sigma(rule) => &rule.author,
            _ => "",
        }
    }

    fn licence(&self) -> &str {
        match self {
            Named::Sigma(rule) => licence(rule),
            _ => "",
        }
    }

    fn condition(&self) -> String {
        match self {
            Named::BuiltIn(alert) => alert.condition.query().to_owned(),
            Named::Custom(alert) => alert.query.clone(),
            Named::Sigma(_) => String::new(),
        }
    }

    fn threshold(&self) -> String {
        match self {
            Named::BuiltIn(alert) => alert.condition.threshold(),
            Named::Custom(alert) => format!("{} events", alert.least.max(1)),
            Named::Sigma(_) => "once".to_owned(),
        }
    }
}

/// The licence of a rule, as it states it.
pub(super) fn licence(rule: &Dropped) -> &str {
    match &*rule.licence {
        "" => "none stated; rules of SigmaHQ are under the Detection Rule License (DRL) 1.1",
        stated => stated,
    }
}

/// Where a rule of SigmaHQ can be found, by its id.
fn link(rule: &Dropped) -> Option<String> {
    let is_id = rule.id.len() == 36
        && rule
            .id
            .bytes()
            .all(|byte| byte.is_ascii_hexdigit() || byte == b'-');
    is_id.then(|| {
        format!(
            "https://github.com/search?type=code&q=repo%3ASigmaHQ%2Fsigma+{}",
            rule.id
        )
    })
}

/// A row of the table of alerts.
pub(in crate::case) fn row(case: &Case, at: u32) -> Row {
    let subject = Subject::Alert(at);
    let raised = known(case).and_then(|results| results.alerts.get(at as usize));
    let cells = raised.map_or(Vec::new(), |one| {
        let named = named(case, one.source);
        vec![
            text(one.severity.name()),
            Cell::Number(u64::from(one.risk)),
            text(&one.title),
            text(&one.category),
            text(named.as_ref().map_or("", Named::kind)),
            Cell::Number(one.events.len()),
            time(one.span.map(|(first, _)| first)),
            time(one.span.map(|(_, last)| last)),
            code(&one.actors.join(" ")),
            text(named.as_ref().map_or("", Named::author)),
            text(named.as_ref().map_or("", Named::licence)),
        ]
    });
    Row { subject, cells }
}

/// The alerts that an event is among the reasons of, each with its row and title; none before all events were looked at.
pub(in crate::case) fn raised_by(case: &Case, event: u32) -> Vec<(u32, String)> {
    let alerts = known(case).map_or(&[][..], |results| &results.alerts);
    (0..)
        .zip(alerts)
        .filter(|(_, one)| one.events.contains(event))
        .map(|(at, one)| (at, one.title.clone()))
        .collect()
}

/// All that is looked for: built-in alerts, the user's own, Sigma rules.
fn source_at(case: &Case, at: u32) -> Source {
    let (built_in, custom) = (ALERTS.len() as u32, case.settings.risk.alerts.len() as u32);
    if at < built_in {
        Source::BuiltIn(at)
    } else if at - built_in < custom {
        Source::Custom(at - built_in)
    } else {
        Source::Sigma(at - built_in - custom)
    }
}

/// How many alerts are looked for, those that cannot be included.
pub(super) fn conditions(case: &Case) -> usize {
    ALERTS.len() + case.settings.risk.alerts.len() + case.risk.sigma.len()
}

/// A row of the table of all that is looked for.
pub(in crate::case) fn condition_row(case: &Case, at: u32) -> Row {
    let source = source_at(case, at);
    let raised =
        known(case).and_then(|results| results.alerts.iter().position(|one| one.source == source));
    let subject = Subject::Condition(at);
    let Some(named) = named(case, source) else {
        return Row {
            subject,
            cells: Vec::new(),
        };
    };
    let (id, title, category, severity, problem) = match &named {
        Named::BuiltIn(alert) => (
            alert.id.to_owned(),
            alert.title.to_owned(),
            alert.category.name().to_owned(),
            alert.severity,
            String::new(),
        ),
        Named::Custom(alert) => {
            let problem = alert
                .parse()
                .err()
                .map_or(String::new(), |error| error.message);
            (
                alert.id(),
                alert.title.clone(),
                alert.category.clone(),
                alert.severity,
                problem,
            )
        }
        Named::Sigma(rule) => {
            let place = match source {
                Source::Sigma(place) => place,
                _ => u32::MAX,
            };
            let problem = case.risk.sigma.problem(place).unwrap_or_default();
            (
                super::sigma::id(rule),
                rule.title.clone(),
                super::sigma::category(rule),
                super::sigma::severity(rule),
                problem,
            )
        }
    };
    let events = raised
        .and_then(|at| known(case)?.alerts.get(at))
        .map_or(0, |one| one.events.len());
    let is_on = !case.settings.risk.disabled.alerts.contains(&id);
    let state = match () {
        () if !problem.is_empty() => "cannot be evaluated",
        () if !is_on => "turned off",
        () if events > 0 => "raised",
        () => "quiet",
    };
    Row {
        subject,
        cells: vec![
            text(state),
            Cell::Enabled {
                of: Switched::Alert,
                name: id,
                on: is_on,
            },
            text(severity.name()),
            text(&title),
            text(&category),
            text(named.kind()),
            Cell::Number(events),
            text(&named.threshold()),
            code(&named.condition()),
            text(&problem),
            text(named.author()),
        ],
    }
}

/// Everything about one of all that is looked for.
pub(in crate::case) fn inspect_condition(
    case: &Case,
    at: u32,
    it: Inspection,
) -> Option<Inspection> {
    let source = source_at(case, at);
    let results = known(case)?;
    match results.alerts.iter().position(|one| one.source == source) {
        Some(raised) => inspect(case, raised as u32, it),
        None => about(case, source, it),
    }
}

/// Everything about an alert that was raised.
pub(in crate::case) fn inspect(case: &Case, at: u32, it: Inspection) -> Option<Inspection> {
    let one = known(case)?.alerts.get(at as usize)?;
    let mut it = about(case, one.source, it)?;
    let mut facts = vec![("Events".to_owned(), Cell::Number(one.events.len()))];
    if let Some((first, last)) = one.span {
        facts.push(("First".to_owned(), Cell::Time(first)));
        facts.push(("Last".to_owned(), Cell::Time(last)));
    }
    for actor in &one.actors {
        facts.push(("Actor".to_owned(), code(actor)));
    }
    it.what.splice(3..3, facts);
    let query = term("alert", &one.id);
    it.queries
        .insert(0, ("Its events".to_owned(), query.clone()));
    it.days = super::calls::by_day(&case.activity, one.events.iter());
    it.days_query = query;
    Some(it)
}

fn about(case: &Case, source: Source, mut it: Inspection) -> Option<Inspection> {
    let named = named(case, source)?;
    let kind = named.kind();
    let (condition, threshold) = (named.condition(), named.threshold());
    let mut fact = |label: &str, cell: Cell| it.what.push((label.to_owned(), cell));
    match named {
        Named::BuiltIn(alert) => {
            fact("Severity", text(alert.severity.name()));
            fact("Risk", Cell::Number(u64::from(alert.risk)));
            fact("Category", text(alert.category.name()));
            fact("From", text(kind));
            fact("Condition", code(&condition));
            fact("Threshold", text(&threshold));
            fact("Id", code(alert.id));
            alert.title.clone_into(&mut it.title);
            it.todo = Some(alert.recommendation.to_owned());
            it.why.push("Its condition is a query of Activity; severity, risk and threshold are this project's. It says what happened, not that it was wrong.".to_owned());
        }
        Named::Custom(alert) => {
            fact("Severity", text(alert.severity.name()));
            fact("Risk", Cell::Number(u64::from(alert.severity.risk())));
            fact("Category", text(&alert.category));
            fact("From", text(kind));
            fact("Condition", code(&condition));
            fact("Threshold", text(&threshold));
            for user in &alert.allowed_users {
                fact("Allowed user", code(user));
            }
            for bucket in &alert.allowed_buckets {
                fact("Allowed bucket", code(bucket));
            }
            fact("Id", code(&alert.id()));
            it.title.clone_from(&alert.title);
            it.todo = Some(alert.description.clone()).filter(|text| !text.is_empty());
            it.why.push(
                "An alert of this case: its condition is yours. Its risk stands for its severity."
                    .to_owned(),
            );
        }
        Named::Sigma(rule) => {
            let severity = super::sigma::severity(rule);
            fact("Severity", text(severity.name()));
            fact("Risk", Cell::Number(u64::from(severity.risk())));
            fact("Category", text(&super::sigma::category(rule)));
            fact("From", text("a Sigma rule that was dropped"));
            fact(
                "Author",
                text(if rule.author.is_empty() {
                    "not stated"
                } else {
                    &rule.author
                }),
            );
            fact("Licence", text(licence(rule)));
            if let Some(link) = link(rule) {
                fact("Link", code(&link));
            }
            for reference in &rule.references {
                fact("Reference", code(reference));
            }
            for one in &rule.false_positives {
                fact("No concern", text(one));
            }
            fact("Id", code(&rule.id));
            it.title.clone_from(&rule.title);
            if let Source::Sigma(at) = source {
                let (file, _) = case.risk.sigma.rule(at)?;
                if let Some(problem) = case.risk.sigma.problem(at) {
                    it.why.push(format!("It is not evaluated: {problem}."));
                }
                crate::case::inspect::add_file(case, file, &mut it);
            }
            if !rule.description.is_empty() {
                it.why.push(format!("The rule says: {}", rule.description));
            }
            it.why.push("Its level is the rule's, its risk stands for that level. Whatever the call alone does not decide, the record itself was asked, read again from its file.".to_owned());
        }
    }
    if !condition.is_empty() {
        it.queries
            .push(("All events of its condition".to_owned(), condition));
    }
    Some(it)
}

/// What an alert of the user's own would do now.
pub(in crate::case) fn trial(case: &mut Case, alert: &CustomAlert) -> Trial {
    let register = &case.register;
    let path = |file| register.file(file).map_or("", |file| &*file.path);
    let scene = Scene {
        store: &case.activity,
        path: &path,
        log_buckets: &[],
        narrowed: &RoaringBitmap::new(),
    };
    match alert.parse() {
        Ok(_) => Trial {
            error: None,
            matching: scene.find(&alert.query).len(),
            counting: alert.events(&scene).len(),
        },
        Err(error) => Trial {
            error: Some(error),
            ..Trial::default()
        },
    }
}

/// The alerts of the report.
pub(super) fn report(case: &Case, raised: &[Raised]) -> Vec<Value> {
    let alert = |one: &Raised| {
        let named = named(case, one.source);
        let rule = match &named {
            Some(Named::Sigma(rule)) => json!({
                "id": rule.id, "author": rule.author, "licence": licence(rule), "link": link(rule), "references": rule.references, "tags": rule.tags,
            }),
            _ => Value::Null,
        };
        json!({
            "id": one.id, "title": one.title, "severity": one.severity.name(), "risk": one.risk, "count": one.events.len(),
            "first": one.span.map(|(first, _)| first.to_string()), "last": one.span.map(|(_, last)| last.to_string()), "actors": one.actors,
            "category": one.category, "from": named.as_ref().map(Named::kind), "condition": named.as_ref().map(Named::condition),
            "threshold": named.as_ref().map(Named::threshold), "rule": rule,
        })
    };
    raised.iter().map(alert).collect()
}
