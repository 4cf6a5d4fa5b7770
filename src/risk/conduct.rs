//! One look at all events: users are told apart, their sessions counted, and what they do held against their own past.

use std::collections::{HashMap, HashSet};

use super::users::{HIGH, MANY_READS, New, PAST, SESSION, Session, Tier, Unusual, User, Users};
use super::{Values, of_call};
use crate::activity::complete::term;
use crate::activity::{EventIx, Field, Store, field};
use crate::moment::Moment;
use crate::order::sorted;

/// Sessions and unusual events that are kept: those of the highest risk, where there are more.
const MOST: usize = 200_000;

/// The user that an actor is: its id, and the query of its events. None for AWS's own services.
fn identity(kind: &str, arn: &str) -> Option<(String, String)> {
    if arn.is_empty() || kind == "AWSService" || arn.ends_with(".amazonaws.com") {
        return None;
    }
    let own = || (arn.to_owned(), term("actor", arn));
    let mut parts = arn.splitn(6, ':').skip(4);
    let (Some(account), Some(rest)) = (parts.next(), parts.next()) else {
        return Some(own());
    };
    let Some((sort, name)) = rest.split_once('/') else {
        return Some((format!("{account}:{rest}:{rest}"), term("actor", arn)));
    };
    if sort == "assumed-role" {
        // Sessions of a role are one user: who took it on is told by the session.
        let role = name.split('/').next().unwrap_or(name);
        let all = arn.rsplit_once('/').map_or(arn, |(all, _)| all);
        let is_plain =
            !all.contains(|c: char| c.is_whitespace() || matches!(c, '"' | '(' | ')' | '*' | '\\'));
        let query = if is_plain {
            format!("actor:{all}/*")
        } else {
            term("actor", arn)
        };
        return Some((format!("{account}:{sort}:{role}"), query));
    }
    let name = name.rsplit('/').next().unwrap_or(name);
    Some((format!("{account}:{sort}:{name}"), term("actor", arn)))
}

/// A five minutes that are not over.
struct Open {
    begun: u32,
    session: Session,
    calls: Vec<u32>,
    addresses: Vec<u32>,
}

/// What is known of a user's past.
#[derive(Default)]
struct Past {
    begun: u32,
    events: u32,
    hours: [bool; 24],
}

/// Looks at all events that are shown, once, in the order of time.
pub fn users(store: &Store, values: &Values) -> Users {
    let mut found = Users::default();
    let mut by_id: HashMap<String, u32> = HashMap::new();
    // An actor and a call are looked at once, whatever number of events they have.
    let actors = store
        .actors
        .values
        .iter()
        .map(|actor| identity(store.texts.get(actor.kind), store.texts.get(actor.arn)));
    let actors: Vec<Option<(String, String)>> = actors.collect();
    let risks = store
        .calls
        .values
        .iter()
        .map(|&(name, source)| of_call(store.texts.get(name), store.texts.get(source), values));
    let risks: Vec<u8> = risks.collect();
    let mut places: HashMap<u32, u32> = HashMap::new();
    let mut open: Vec<Option<Open>> = Vec::new();
    let mut past: Vec<Past> = Vec::new();
    let mut seen: HashSet<(u32, New, u32), foldhash::fast::RandomState> = HashSet::default();
    for &event in &store.order {
        let (at, actor) = (store.times().get(event), store.actors.column.get(event));
        let (Some(Some((id, query))), true) = (actors.get(actor as usize), at > 0) else {
            continue;
        };
        let time = Moment::from_seconds(i64::from(at));
        let user = *places.entry(actor).or_insert_with(|| {
            *by_id.entry(id.clone()).or_insert_with(|| {
                found.users.push(new_user(id, query, time));
                open.push(None);
                past.push(Past {
                    begun: at,
                    ..Past::default()
                });
                (found.users.len() - 1) as u32
            })
        });
        let call = store.calls.column.get(event);
        let risk = risks.get(call as usize).copied().unwrap_or(0);
        let failed = store.errors.of(event).is_some_and(|&error| error != 0);
        let one = &mut found.users[user as usize];
        count(one, store, event, risk, failed);
        one.span.1 = time;
        // Sessions.
        let window = at / SESSION * SESSION;
        let slot = &mut open[user as usize];
        if slot.as_ref().is_none_or(|open| open.begun != window) {
            close(slot.take(), &mut found.sessions);
            one.sessions += 1;
            *slot = Some(Open {
                begun: window,
                session: Session {
                    user,
                    from: Moment::from_seconds(i64::from(window)),
                    events: [0, 0],
                    different: [0, 0],
                    top: (0, String::new()),
                },
                calls: Vec::new(),
                addresses: Vec::new(),
            });
        }
        if let Some(slot) = slot {
            let session = &mut slot.session;
            session.events[0] += 1;
            session.events[1] += u32::from(failed);
            if session.top.1.is_empty() || risk > session.top.0 {
                session.top = (risk, field::value(store, Field::Name, event).to_owned());
            }
            for (value, all) in [
                (call, &mut slot.calls),
                (store.ips.column.get(event), &mut slot.addresses),
            ] {
                if all.len() < 256 && !all.contains(&value) {
                    all.push(value);
                }
            }
        }
        // What is new.
        let own = &mut past[user as usize];
        let days = (at - own.begun) / 86_400;
        let is_old = own.events >= PAST.0 && at - own.begun >= PAST.1;
        own.events += 1;
        let hour = (at / 3_600 % 24) as usize;
        let is_new_hour = ![hour, (hour + 1) % 24, (hour + 23) % 24]
            .iter()
            .any(|&hour| own.hours[hour]);
        own.hours[hour] = true;
        let (ip, region) = (
            store.ips.of(event).copied().unwrap_or(0),
            store.places.of(event).map_or(0, |place| place.1),
        );
        let name = store.calls.of(event).map_or(0, |call| call.0);
        let is_address = store.texts.get(ip).contains(['.', ':'])
            && !store.texts.get(ip).ends_with(".amazonaws.com");
        let news = [
            (
                New::Call,
                name != 0 && seen.insert((user, New::Call, name)),
                name,
            ),
            (
                New::Address,
                is_address && seen.insert((user, New::Address, ip)),
                ip,
            ),
            (
                New::Region,
                region != 0 && seen.insert((user, New::Region, region)),
                region,
            ),
            (New::Hour, is_new_hour, 0),
        ];
        for (new, is_new, text) in news {
            if !is_new || !is_old || found.unusual.len() >= MOST {
                continue;
            }
            let value = match new {
                New::Hour => format!("{hour:02}:00 to {hour:02}:59 UTC"),
                _ => store.texts.get(text).to_owned(),
            };
            found.users[user as usize].unusual += 1;
            found.unusual.push(Unusual {
                user,
                new,
                value,
                event,
                risk,
                past: (past[user as usize].events - 1, days),
            });
        }
    }
    open.into_iter()
        .for_each(|slot| close(slot, &mut found.sessions));
    arrange(found)
}

fn new_user(id: &str, query: &str, time: Moment) -> User {
    User {
        id: id.to_owned(),
        query: query.to_owned(),
        did: Tier::Bronze,
        events: [0, 0],
        changes: [0, 0],
        top: (0, String::new()),
        sessions: 0,
        unusual: 0,
        span: (time, time),
        is_root: id.ends_with(":root:root"),
        reads: 0,
        read_objects: false,
    }
}

fn count(user: &mut User, store: &Store, event: EventIx, risk: u8, failed: bool) {
    let flags = store.flags.of(event).copied().unwrap_or_default();
    user.events[0] += 1;
    user.events[1] += u32::from(failed);
    user.changes[1] += u32::from(risk >= HIGH);
    if user.top.1.is_empty() || risk > user.top.0 {
        user.top = (risk, field::value(store, Field::Name, event).to_owned());
    }
    if failed {
        return;
    }
    let is_change = flags.access.name() == "write";
    let is_read = flags.access.name() == "read";
    user.changes[0] += u32::from(is_change);
    user.reads += u32::from(is_read);
    user.read_objects |= is_read && flags.category.name() == "data";
    let tier = if user.is_root || is_change && risk >= HIGH {
        Tier::Platinum
    } else if is_change {
        Tier::Gold
    } else if user.read_objects || user.reads >= MANY_READS {
        Tier::Silver
    } else {
        Tier::Bronze
    };
    user.did = user.did.min(tier);
}

fn close(open: Option<Open>, sessions: &mut Vec<Session>) {
    let Some(open) = open else { return };
    if sessions.len() < 5 * MOST {
        let different = [open.calls.len() as u32, open.addresses.len() as u32];
        sessions.push(Session {
            different,
            ..open.session
        });
    }
}

/// Puts all in order, and names users by their new places.
fn arrange(found: Users) -> Users {
    let count = found.users.len();
    let numbered: Vec<(u32, User)> = found
        .users
        .into_iter()
        .enumerate()
        .map(|(at, user)| (at as u32, user))
        .collect();
    let users = sorted(numbered, |a: &(u32, User), b: &(u32, User)| {
        let key = |user: &User| {
            (
                user.did,
                u32::MAX - user.changes[1],
                u32::MAX - user.events[0],
            )
        };
        key(&a.1).cmp(&key(&b.1)).then_with(|| a.1.id.cmp(&b.1.id))
    });
    let mut places = vec![0; count];
    for (to, (from, _)) in users.iter().enumerate() {
        places[*from as usize] = to as u32;
    }
    let mut sessions = found.sessions;
    sessions
        .iter_mut()
        .for_each(|one| one.user = places[one.user as usize]);
    let mut sessions = sorted(sessions, |a: &Session, b: &Session| {
        b.top
            .0
            .cmp(&a.top.0)
            .then_with(|| a.from.cmp(&b.from))
            .then_with(|| a.user.cmp(&b.user))
    });
    sessions.truncate(MOST);
    let mut unusual = found.unusual;
    unusual
        .iter_mut()
        .for_each(|one| one.user = places[one.user as usize]);
    let unusual = sorted(unusual, |a: &Unusual, b: &Unusual| {
        (b.risk.cmp(&a.risk))
            .then_with(|| a.event.cmp(&b.event))
            .then_with(|| a.new.cmp(&b.new))
    });
    Users {
        users: users.into_iter().map(|(_, user)| user).collect(),
        sessions,
        unusual,
    }
}

#[cfg(test)]
mod tests {
    use super::super::alerts::tests::lines;
    use super::*;
    use crate::activity::store::tests::store;

    fn by(arn: &str, more: &str) -> String {
        format!(r#""userIdentity":{{"type":"IAMUser","arn":"{arn}"}}{more}"#)
    }

    #[test]
    fn users_are_told_apart_and_have_tiers_by_what_succeeded() {
        let (a, b, c, d) = (
            "arn:aws:iam::1:user/x/a",
            "arn:aws:sts::1:assumed-role/r/s1",
            "arn:aws:sts::1:assumed-role/r/s2",
            "arn:aws:iam::1:root",
        );
        let text = lines(&[
            ("StopLogging", &by(a, r#","readOnly":false"#), 1, 60),
            (
                "StopLogging",
                &by(b, r#","readOnly":false,"errorCode":"AccessDenied""#),
                1,
                60,
            ),
            ("TagResource", &by(c, r#","readOnly":false"#), 1, 60),
            ("ListBuckets", &by(d, r#","readOnly":true"#), 1, 60),
            (
                "GetObject",
                &by(
                    "arn:aws:iam::1:user/e",
                    r#","readOnly":true,"eventCategory":"Data""#,
                ),
                1,
                60,
            ),
            (
                "ListBuckets",
                &by("arn:aws:iam::1:user/f", r#","readOnly":true"#),
                99,
                1,
            ),
            (
                "ListBuckets",
                r#""userIdentity":{"type":"AWSService","invokedBy":"x.amazonaws.com"}"#,
                1,
                1,
            ),
        ]);
        let found = users(&store(&[&text]), &Values::default());
        let told: Vec<(&str, Tier)> = found
            .users
            .iter()
            .map(|user| (user.id.as_str(), user.did))
            .collect();
        assert_eq!(
            told,
            [
                ("1:user:a", Tier::Platinum),
                ("1:root:root", Tier::Platinum),
                ("1:assumed-role:r", Tier::Gold),
                ("1:user:e", Tier::Silver),
                ("1:user:f", Tier::Bronze)
            ]
        );
        let role = &found.users[2];
        assert_eq!(
            (role.query.as_str(), role.events),
            ("actor:arn:aws:sts::1:assumed-role/r/*", [2, 1])
        );
    }

    #[test]
    fn sessions_are_five_minutes_of_the_clock() {
        // The first event is at 22:13:20 and so in a window of its own; three follow a minute apart, then a pause.
        let text = lines(&[
            ("ListBuckets", "", 1, 0),
            ("StopLogging", "", 3, 120),
            ("ListBuckets", r#""sourceIPAddress":"198.51.100.1""#, 1, 10),
        ]);
        let found = users(&store(&[&text]), &Values::default());
        let sizes: u32 = found.sessions.iter().map(|one| one.events[0]).sum();
        assert_eq!(
            (sizes, found.users[0].sessions as usize),
            (5, found.sessions.len())
        );
        assert!(
            found.sessions.len() > 1
                && found
                    .sessions
                    .iter()
                    .all(|one| one.from.seconds() % 300 == 0)
        );
        assert_eq!(found.sessions[0].top.1, "StopLogging");
    }

    #[test]
    fn what_is_new_after_a_past_is_unusual() {
        let text = lines(&[
            // Four days, each day at the same hour.
            ("ListBuckets", "", 20, 60),
            ("ListBuckets", "", 3, 86_400),
            ("ListBuckets", "", 30, 10),
            (
                "StopLogging",
                r#""awsRegion":"sa-east-1","sourceIPAddress":"203.0.113.1""#,
                2,
                6 * 3_600,
            ),
            // Another user has no past.
            (
                "DeleteTrail",
                r#""userIdentity":{"type":"IAMUser","arn":"arn:aws:iam::1:user/new"}"#,
                1,
                1,
            ),
        ]);
        let found = users(&store(&[&text]), &Values::default());
        let news: Vec<New> = found.unusual.iter().map(|one| one.new).collect();
        assert_eq!(
            news,
            [New::Call, New::Address, New::Region, New::Hour, New::Hour]
        );
        assert_eq!(found.unusual[0].past, (53, 3));
    }
}
