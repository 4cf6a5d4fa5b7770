//! Calls and errors as rows, and everything about one.

use std::collections::BTreeMap;

use super::known;
use crate::activity::Store;
use crate::activity::complete::term;
use crate::case::Case;
use crate::case::question::{Inspection, Subject};
use crate::case::rows::text;
use crate::case::table::{Cell, Row, Switched};
use crate::moment::Moment;
use crate::risk::{Counted, Rated};

pub(in crate::case) fn list(case: &Case, errors: bool) -> &[Counted] {
    known(case).map_or(&[], |results| {
        if errors {
            &results.errors
        } else {
            &results.calls
        }
    })
}

fn subject(at: u32, errors: bool) -> Subject {
    if errors {
        Subject::Error(at)
    } else {
        Subject::Call(at)
    }
}

fn rated(errors: bool) -> Rated {
    if errors { Rated::Error } else { Rated::Call }
}

/// A row of the table of calls or of errors.
pub(in crate::case) fn row(case: &Case, at: u32, errors: bool) -> Row {
    let subject = subject(at, errors);
    let Some(one) = list(case, errors).get(at as usize) else {
        return Row {
            subject,
            cells: Vec::new(),
        };
    };
    let short = one.source.strip_suffix(".amazonaws.com");
    let mut cells = vec![
        Cell::Rated {
            rated: rated(errors),
            name: one.key.clone(),
            risk: one.value,
        },
        Cell::Enabled {
            of: Switched::Rated(rated(errors)),
            name: one.key.clone(),
            on: one.is_on,
        },
        text(&one.name),
        text(&one.description),
        text(one.class),
        Cell::Number(u64::from(one.count)),
        text(if one.count > 0 { "yes" } else { "no" }),
        text(one.origin.name()),
        text(&one.reason),
    ];
    if !errors {
        cells.insert(3, text(short.unwrap_or(&one.source)));
    }
    Row { subject, cells }
}

/// How many of the events fall on each day that has any.
pub(in crate::case) fn by_day(
    store: &Store,
    events: impl Iterator<Item = u32>,
) -> Vec<(Moment, u32)> {
    let mut days: BTreeMap<u32, u32> = BTreeMap::new();
    for event in events {
        let at = store.times().get(event);
        if at > 0 {
            *days.entry(at / 86_400).or_default() += 1;
        }
    }
    let day = |day: u32| Moment::from_seconds(i64::from(day) * 86_400);
    days.into_iter()
        .map(|(at, count)| (day(at), count))
        .collect()
}

/// Everything about a call or an error.
pub(in crate::case) fn inspect(
    case: &Case,
    at: u32,
    errors: bool,
    mut it: Inspection,
) -> Option<Inspection> {
    let one = list(case, errors).get(at as usize)?;
    it.title.clone_from(&one.name);
    let mut fact = |label: &str, cell: Cell| it.what.push((label.to_owned(), cell));
    fact("Risk", Cell::Number(u64::from(one.risk)));
    fact("Value", text(one.origin.name()));
    fact("Reason", text(&one.reason));
    fact("Events", Cell::Number(u64::from(one.count)));
    if !one.source.is_empty() {
        fact("Service", text(&one.source));
    }
    fact("About", text(one.class));
    if !one.description.is_empty() {
        fact(
            if errors {
                "What happened"
            } else {
                "What it does"
            },
            text(&one.description),
        );
    }
    if !one.is_on {
        fact("Turned off", text("counts as without risk"));
    }
    it.why.push("Risk is a model, from 0 to 10. Amazon never published Macie Classic's own values but for a few samples, which hold here; the rest are this project's, from how grave public detection rules hold a call and whether it was seen in attacks, and yours to change.".to_owned());
    let field = if errors { "error" } else { "name" };
    let query = term(field, &one.name);
    let store = &case.activity;
    let is = |text: u32| store.texts.get(text) == one.name;
    let events = if errors {
        store.errors.fitting(|&error| is(error))
    } else {
        store
            .calls
            .fitting(|call| is(call.0) && store.texts.get(call.1) == one.source)
    } & &store.shown;
    if one.count > 0 {
        let query = if one.source.is_empty() || errors {
            query
        } else {
            format!("{query} {}", term("source", &one.source))
        };
        it.queries
            .push((format!("{} events", one.count), query.clone()));
        it.days = by_day(store, events.iter());
        it.days_query = query;
    }
    it.risk = Some((rated(errors), one.key.clone(), one.value));
    Some(it)
}
