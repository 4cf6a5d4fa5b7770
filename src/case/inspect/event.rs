//! An event, and what leads on from it.

use crate::activity::complete::term;
use crate::activity::follow::assumed;
use crate::activity::{Field, field};
use crate::evidence::Kind;
use crate::integrity::{LogAt, LogStatus};
use crate::moment::Moment;

use super::super::Case;
use super::super::question::{Inspection, Subject};
use super::super::risk;
use super::super::table::Cell;
use super::{add_file, blank, code, push, text};

/// The calls that issue a session's credentials.
const ISSUES: &str = "(name:AssumeRole* OR name:AssumeRoot OR name:GetFederationToken OR name:GetSessionToken OR name:SwitchRole)";

/// Events of the same ID in another form that are named at most.
const MOST_AGAIN: usize = 20;

/// Seconds either way of an event that count as around it.
const AROUND: i64 = 300;

pub(super) fn inspect(case: &Case, event: u32) -> Option<Inspection> {
    let store = &case.activity;
    let span = store.span(event)?;
    let value = |one| field::value(store, one, event);
    let mut it = blank(value(Field::Name), "Event");
    it.title = value(Field::Name).to_owned();
    let standing = store.standing(event);
    it.status = Some(Cell::State {
        state: standing.state(),
        hatched: false,
        word: standing.name().to_owned(),
    });
    let time = store.time(event);
    if let Some(at) = time {
        it.pivots
            .push((0, format!("time:{}", &at.to_string()[..10])));
        push(&mut it.what, "Time", Cell::Time(at));
    }
    let actor = store.actors.of(event).copied().unwrap_or_default();
    let held = |one| store.texts.get(one);
    let risk = store.risk(event);
    for (label, one, value) in [
        ("Event", Field::Name, value(Field::Name)),
        ("Service", Field::Source, value(Field::Source)),
        ("Account", Field::Account, value(Field::Account)),
        ("Region", Field::Region, value(Field::Region)),
        ("Source IP", Field::Ip, value(Field::Ip)),
        ("User agent", Field::Agent, value(Field::Agent)),
        ("Error", Field::Error, value(Field::Error)),
        ("Identity type", Field::Type, value(Field::Type)),
        ("Actor", Field::Actor, value(Field::Actor)),
        ("User or role", Field::User, held(actor.user)),
        ("Session", Field::User, held(actor.session)),
        ("Access key", Field::Key, value(Field::Key)),
        ("Access", Field::Access, value(Field::Access)),
        ("Category", Field::Category, value(Field::Category)),
        ("MFA", Field::Mfa, value(Field::Mfa)),
    ] {
        fact(&mut it, label, one, value);
    }
    for &target in store.targets.of(event).into_iter().flatten() {
        fact(&mut it, "Resource", Field::Resource, held(target));
    }
    if risk > 0 {
        fact(&mut it, "Risk of the call", Field::Risk, &risk.to_string());
    }
    fact(&mut it, "Event ID", Field::Id, &store.id_text(event));
    let kind = case.register.file(span.file).map(|file| file.kind);
    let alerts = risk::alerts::raised_by(case, event);
    for (_, title) in &alerts {
        push(&mut it.what, "Alert", text(title));
    }
    it.related.extend(
        alerts
            .into_iter()
            .map(|(at, title)| (format!("The alert it raises: {title}"), Subject::Alert(at))),
    );
    it.why.push(match standing.0 {
        Some(status) if kind == Some(Kind::CloudtrailLakeResult) => match status {
            LogStatus::Valid => "Its file is a result of a CloudTrail Lake query, and the sign file of that query proves its bytes.".to_owned(),
            LogStatus::Modified => "Its file is a result of a CloudTrail Lake query, and not the one that was signed.".to_owned(),
            _ => "Its file is a result of a CloudTrail Lake query, whose sign file could not be proven.".to_owned(),
        },
        Some(status) => status.message().to_owned(),
        None => {
            "It is not from a log file that a digest could list, so nothing proves it.".to_owned()
        }
    });
    it.todo = standing
        .0
        .map(|status| status.recommendation().to_owned())
        .filter(|todo| !todo.is_empty());
    let other = store.contradicting(event);
    if !other.is_empty() {
        it.why.push(format!(
            "Conflict: {} in the evidence with the same ID and another content. Neither white space nor escapes nor the order of fields make another content.",
            records(other.len())
        ));
    }
    it.related.extend(other.into_iter().map(|other| {
        (
            "The record that contradicts it".to_owned(),
            Subject::Event(other),
        )
    }));
    add_file(case, span.file, &mut it);
    let (at, length) = store.place(event);
    push(&mut it.proof, "Offset", Cell::Number(u64::from(at)));
    push(&mut it.proof, "Length", Cell::Size(u64::from(length)));
    if let Some(raw) = &mut it.raw {
        raw.record = Some((at, length));
    }
    for &copy in store.copies_of(event).iter().filter(|copy| **copy != event) {
        let file = store
            .span(copy)
            .and_then(|span| case.register.file(span.file));
        push(
            &mut it.proof,
            "Also in",
            code(file.map_or("", |file| &file.path)),
        );
    }
    let id = store.id(event);
    let again = store.with_id(|other| id != 0 && other == id);
    let same = store.copies_of(event);
    let told = again.iter().filter(|other| {
        *other != event && !same.contains(other) && !store.conflicts.contains(*other)
    });
    it.related.extend(told.take(MOST_AGAIN).map(|other| {
        let file = store
            .span(other)
            .and_then(|span| case.register.file(span.file));
        let path = file.map_or("", |file| &file.path);
        (
            format!("The same event ID in another form, in {path}"),
            Subject::Event(other),
        )
    }));
    let place = case.judgement.logs.iter().position(|row| {
        matches!(row.at, LogAt::File(ix) if case.holdings.logs[ix as usize].file == span.file)
    });
    it.related
        .extend(place.map(|at| ("Its log file".to_owned(), Subject::Log(at as u32))));
    it.related
        .push(("Its file".to_owned(), Subject::File(span.file)));
    add_assumed(case, event, &mut it);
    add_queries(case, event, time, &mut it);
    Some(it)
}

/// Who assumed the role, and who that one's, back to whoever had no role.
fn add_assumed(case: &Case, event: u32, it: &mut Inspection) {
    let store = &case.activity;
    for (step, call) in assumed(store, event).into_iter().enumerate() {
        let value = |field| field::value(store, field, call);
        let (who, account) = (value(Field::Actor), value(Field::Account));
        let label = if step == 0 {
            "Assumed by"
        } else {
            "which was assumed by"
        };
        fact(it, label, Field::Actor, who);
        let time = store
            .time(call)
            .map_or(String::new(), |at| format!(" at {at}"));
        let name = value(Field::Name);
        it.related.push((
            format!("{label} {who}: {name} in account {account}{time}"),
            Subject::Event(call),
        ));
    }
}

/// Adds a value of a field, and how to ask for all events that have it.
fn fact(it: &mut Inspection, label: &str, field: Field, value: &str) {
    if value.is_empty() {
        return;
    }
    let name = field.entry().names.first().copied().unwrap_or_default();
    it.pivots.push((it.what.len() as u32, term(name, value)));
    let is_code = matches!(
        field,
        Field::Actor | Field::Key | Field::Resource | Field::Id
    );
    let cell = if is_code { code(value) } else { text(value) };
    push(&mut it.what, label, cell);
}

fn records(count: usize) -> String {
    if count == 1 {
        "a record is".to_owned()
    } else {
        format!("{count} records are")
    }
}

fn add_queries(case: &Case, event: u32, time: Option<Moment>, it: &mut Inspection) {
    let store = &case.activity;
    let value = |one| field::value(store, one, event);
    let actor = value(Field::Actor);
    let mut add = |label: &str, query: String| it.queries.push((label.to_owned(), query));
    if let Some(at) = time {
        let (from, to) = (at.plus(-AROUND), at.plus(AROUND));
        add(
            "Around this event, same actor",
            format!("since:{from} until:{to} {}", term("actor", actor)),
        );
        add(
            "Around this event, everyone",
            format!("since:{from} until:{to}"),
        );
    }
    if value(Field::Type) == "AssumedRole" {
        // The call that began the session names the key that it issued; sessions of services do not show it.
        let key = value(Field::Key);
        let session = store.actors.of(event);
        let session = session.map_or("", |actor| store.texts.get(actor.session));
        let by_session = term("resource", session);
        let issued = if key.is_empty() {
            by_session
        } else {
            format!("({} OR {by_session})", term("resource", key))
        };
        add("Who assumed this role", format!("{ISSUES} {issued}"));
    }
    let assumed = store
        .targets
        .of(event)
        .into_iter()
        .flatten()
        .map(|&one| store.texts.get(one));
    for role in assumed.filter(|one| one.contains(":assumed-role/")) {
        add("What the role's session did", term("actor", role));
    }
    for (label, one) in [
        ("Same actor", Field::Actor),
        ("Same access key", Field::Key),
        ("Same address", Field::Ip),
        ("Same call", Field::Name),
        ("Same error", Field::Error),
    ] {
        if !value(one).is_empty() {
            let name = one.entry().names.first().copied().unwrap_or_default();
            add(label, term(name, value(one)));
        }
    }
}

pub(super) fn inspect_seen(case: &Case, at: u32) -> Option<Inspection> {
    let seen = case.view.seen.get(at as usize)?;
    let entry = seen.field.entry();
    let name = entry.names.first().copied().unwrap_or_default();
    let mut it = blank(&seen.value, entry.title);
    push(&mut it.what, entry.title, code(&seen.value));
    push(&mut it.what, "Events", Cell::Number(u64::from(seen.events)));
    push(
        &mut it.what,
        "With an error",
        Cell::Number(u64::from(seen.errors)),
    );
    push(&mut it.what, "First seen", Cell::Time(seen.first));
    push(&mut it.what, "Last seen", Cell::Time(seen.last));
    push(
        &mut it.what,
        "Sessions",
        Cell::Number(u64::from(seen.sessions)),
    );
    it.why
        .push("A session is what came within five minutes of its first event.".to_owned());
    it.queries
        .push(("Its events".to_owned(), term(name, &seen.value)));
    it.queries.push((
        "Its errors".to_owned(),
        format!("{} error:*", term(name, &seen.value)),
    ));
    Some(it)
}

pub(super) fn inspect_session(case: &Case, at: u32) -> Option<Inspection> {
    let sessions = &case.view.sessions;
    let one = sessions.all.get(at as usize)?;
    let actor = sessions.actors.get(one.actor as usize)?;
    let mut it = blank(actor, "Session");
    push(&mut it.what, "Actor", code(actor));
    push(&mut it.what, "First call", Cell::Time(one.from));
    push(&mut it.what, "Last call", Cell::Time(one.to));
    for (label, count) in [
        ("Events", one.events),
        ("With an error", one.errors),
        ("Risky calls", one.risky),
        ("Distinct calls", one.calls),
        ("Addresses", one.addresses),
    ] {
        push(&mut it.what, label, Cell::Number(u64::from(count)));
    }
    it.why.push("What the actor did within five minutes of a call that no session before it holds, as far as the query shows it.".to_owned());
    let own = format!("time:{}..{} {}", one.from, one.to, term("actor", actor));
    it.queries
        .push(("Its errors".to_owned(), format!("{own} error:*")));
    it.queries.insert(0, ("Its events".to_owned(), own));
    Some(it)
}
