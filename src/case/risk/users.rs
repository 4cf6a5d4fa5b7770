//! Users as rows: their tiers, their sessions, and what is unusual of them.

use serde_json::{Value, json};

use super::policies;
use crate::activity::Field;
use crate::activity::complete::term;
use crate::activity::field::value;
use crate::case::Case;
use crate::case::question::{Inspection, Subject};
use crate::case::rows::{code, text};
use crate::case::table::{Cell, Row};
use crate::risk::conduct::users;
use crate::risk::users::{SESSION, Session, Tier, Unusual, User, Users};

/// Looks at all events, unless that is done.
pub(in crate::case) fn known(case: &mut Case) {
    if case.risk.users.is_none() {
        case.risk.users = Some(users(&case.activity, &case.settings.risk));
        case.risk.can = policies::known(case);
    }
}

fn all(case: &Case) -> Option<&Users> {
    case.risk.users.as_ref()
}

fn tier_of(case: &Case, user: &User) -> (Tier, Option<Tier>) {
    let can = case.risk.can.get(&user.id).map(|can| can.tier);
    (can.map_or(user.did, |can| can.min(user.did)), can)
}

/// Users of each tier, the highest first.
pub(super) fn tiers(case: &Case) -> [u32; 4] {
    let mut counts = [0; 4];
    for user in all(case).into_iter().flat_map(|users| &users.users) {
        let (tier, _) = tier_of(case, user);
        if let Some(at) = Tier::ALL.iter().position(|one| *one == tier) {
            counts[at] += 1;
        }
    }
    counts
}

/// A row of the table of users.
pub(in crate::case) fn row(case: &Case, at: u32) -> Row {
    let user = all(case).and_then(|users| users.users.get(at as usize));
    let cells = user.map_or(Vec::new(), |user| {
        let (tier, can) = tier_of(case, user);
        vec![
            text(tier.name()),
            text(user.did.name()),
            text(can.map_or("not known", Tier::name)),
            code(&user.id),
            Cell::Number(u64::from(user.events[0])),
            Cell::Number(u64::from(user.events[1])),
            Cell::Number(u64::from(user.changes[0])),
            Cell::Number(u64::from(user.changes[1])),
            Cell::Number(u64::from(user.top.0)),
            text(&user.top.1),
            Cell::Number(u64::from(user.sessions)),
            Cell::Number(u64::from(user.unusual)),
            Cell::Time(user.span.0),
            Cell::Time(user.span.1),
        ]
    });
    Row {
        subject: Subject::User(at),
        cells,
    }
}

fn name(case: &Case, user: u32) -> &str {
    let user = all(case).and_then(|users| users.users.get(user as usize));
    user.map_or("", |user| &user.id)
}

/// A row of the table of sessions.
pub(in crate::case) fn session_row(case: &Case, at: u32) -> Row {
    let session = all(case).and_then(|users| users.sessions.get(at as usize));
    let cells = session.map_or(Vec::new(), |one| {
        vec![
            Cell::Time(one.from),
            code(name(case, one.user)),
            Cell::Number(u64::from(one.top.0)),
            text(&one.top.1),
            Cell::Number(u64::from(one.events[0])),
            Cell::Number(u64::from(one.events[1])),
            Cell::Number(u64::from(one.different[0])),
            Cell::Number(u64::from(one.different[1])),
        ]
    });
    Row {
        subject: Subject::Window(at),
        cells,
    }
}

/// A row of the table of what is unusual.
pub(in crate::case) fn unusual_row(case: &Case, at: u32) -> Row {
    let unusual = all(case).and_then(|users| users.unusual.get(at as usize));
    let cells = unusual.map_or(Vec::new(), |one| {
        vec![
            crate::case::rows::time(case.activity.time(one.event)),
            text(one.new.name()),
            text(&one.value),
            code(name(case, one.user)),
            Cell::Number(u64::from(one.risk)),
            text(value(&case.activity, Field::Name, one.event)),
            Cell::Number(u64::from(one.past.0)),
            Cell::Number(u64::from(one.past.1)),
        ]
    });
    Row {
        subject: Subject::Unusual(at),
        cells,
    }
}

/// Everything about a user.
pub(in crate::case) fn inspect(case: &Case, at: u32, mut it: Inspection) -> Option<Inspection> {
    let user = all(case)?.users.get(at as usize)?;
    let (tier, can) = tier_of(case, user);
    it.title.clone_from(&user.id);
    let mut fact = |label: &str, cell: Cell| it.what.push((label.to_owned(), cell));
    fact("Tier", text(tier.name()));
    fact("By what it did", text(user.did.name()));
    fact(
        "By what it can do",
        text(can.map_or("not known: no item of AWS Config tells", Tier::name)),
    );
    if let Some(can) = case.risk.can.get(&user.id) {
        fact("By the policy", code(&can.reason));
        if can.unknown > 0 {
            fact("Policies without a text", Cell::Number(can.unknown as u64));
        }
    }
    for (label, count) in [
        ("Events", user.events[0]),
        ("Errors", user.events[1]),
        ("Changes", user.changes[0]),
        ("Events of risk 8 to 10", user.changes[1]),
        ("Sessions of 5 minutes", user.sessions),
        ("Unusual", user.unusual),
    ] {
        fact(label, Cell::Number(u64::from(count)));
    }
    fact(
        "Riskiest call",
        text(&format!("{} (risk {})", user.top.1, user.top.0)),
    );
    fact("First", Cell::Time(user.span.0));
    fact("Last", Cell::Time(user.span.1));
    for tier in Tier::ALL {
        it.why
            .push(format!("{}: {}.", capital(tier.name()), tier.meaning()));
    }
    it.why.push("The higher of what a user did, with success, and what its policies allow: attached ones, its own and those of its groups, by their texts where there are items of them, else by the names that AWS gives its own. Conditions, boundaries and the policies of an organization are not solved.".to_owned());
    it.queries
        .push(("Its events".to_owned(), user.query.clone()));
    it.queries.push((
        "Its events with an error".to_owned(),
        format!("{} error:*", user.query),
    ));
    it.queries.push((
        "What it changed".to_owned(),
        format!("{} access:write -error:*", user.query),
    ));
    let unusual = all(case)?
        .unusual
        .iter()
        .enumerate()
        .filter(|(_, one)| one.user == at);
    for (place, one) in unusual.take(20) {
        it.related.push((
            format!("{}: {}", one.new.name(), one.value),
            Subject::Unusual(place as u32),
        ));
    }
    Some(it)
}

fn capital(word: &str) -> String {
    let (first, rest) = word.split_at(word.len().min(1));
    first.to_uppercase() + rest
}

/// Everything about a session.
pub(in crate::case) fn inspect_session(
    case: &Case,
    at: u32,
    mut it: Inspection,
) -> Option<Inspection> {
    let users = all(case)?;
    let one: &Session = users.sessions.get(at as usize)?;
    let user = users.users.get(one.user as usize)?;
    it.title.clone_from(&user.id);
    let mut fact = |label: &str, cell: Cell| it.what.push((label.to_owned(), cell));
    fact("From", Cell::Time(one.from));
    fact("Until", Cell::Time(one.from.plus(i64::from(SESSION))));
    for (label, count) in [
        ("Events", one.events[0]),
        ("Errors", one.events[1]),
        ("Different calls", one.different[0]),
        ("Different addresses", one.different[1]),
    ] {
        fact(label, Cell::Number(u64::from(count)));
    }
    fact(
        "Riskiest call",
        text(&format!("{} (risk {})", one.top.1, one.top.0)),
    );
    it.why.push("Five minutes of the clock, as Macie Classic counted. It says nothing of when the user signed in.".to_owned());
    let until = one.from.plus(i64::from(SESSION) - 1);
    it.queries.push((
        "Its events".to_owned(),
        format!("{} since:{} until:{until}", user.query, one.from),
    ));
    it.related.push((user.id.clone(), Subject::User(one.user)));
    Some(it)
}

/// Everything about something unusual.
pub(in crate::case) fn inspect_unusual(
    case: &Case,
    at: u32,
    mut it: Inspection,
) -> Option<Inspection> {
    let users = all(case)?;
    let one: &Unusual = users.unusual.get(at as usize)?;
    let user = users.users.get(one.user as usize)?;
    it.title = format!("{}: {}", one.new.name(), one.value);
    let mut fact = |label: &str, cell: Cell| it.what.push((label.to_owned(), cell));
    fact("User", code(&user.id));
    fact(
        "When",
        crate::case::rows::time(case.activity.time(one.event)),
    );
    fact("Call", text(value(&case.activity, Field::Name, one.event)));
    fact("Risk", Cell::Number(u64::from(one.risk)));
    fact("Events before", Cell::Number(u64::from(one.past.0)));
    fact("Days before", Cell::Number(u64::from(one.past.1)));
    it.why.push("Statistics, no verdict: this user had not done so before, in at least 50 events over at least three days of the evidence. Hours are UTC, and an hour is new where those beside it are, too.".to_owned());
    it.todo = Some("Most of what is new is harmless. Look at it where the call is risky or several things are new at once.".to_owned());
    let field = match one.new {
        crate::risk::users::New::Call => Some("name"),
        crate::risk::users::New::Address => Some("ip"),
        crate::risk::users::New::Region => Some("region"),
        crate::risk::users::New::Hour => None,
    };
    if let Some(field) = field {
        it.queries.push((
            "This user's events of it".to_owned(),
            format!("{} {}", user.query, term(field, &one.value)),
        ));
    }
    it.queries
        .push(("All events of the user".to_owned(), user.query.clone()));
    it.related
        .push(("The event".to_owned(), Subject::Event(one.event)));
    it.related.push((user.id.clone(), Subject::User(one.user)));
    Some(it)
}

/// The users of the report.
pub(super) fn report(case: &Case) -> Vec<Value> {
    let user = |user: &User| {
        let (tier, can) = tier_of(case, user);
        json!({
            "id": user.id, "tier": tier.name(), "did": user.did.name(), "can": can.map(Tier::name), "events": user.events[0], "errors": user.events[1],
            "changes": user.changes[0], "highRisk": user.changes[1], "sessions": user.sessions, "unusual": user.unusual,
            "first": user.span.0.to_string(), "last": user.span.1.to_string(),
        })
    };
    all(case)
        .into_iter()
        .flat_map(|users| &users.users)
        .map(user)
        .collect()
}
