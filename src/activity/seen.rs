//! Who and what was seen first and last, and what each actor did in one go.

use std::collections::HashMap;

use foldhash::fast::RandomState;

use crate::moment::Moment;
use crate::order::sorted;

use super::field::{self, Field};
use super::store::{EventIx, Store};

/// Seconds that a session lasts at most, from its first call on: Macie Classic's sessions were as long.
pub const SESSION: u32 = 300;

/// A value and when it was seen.
#[derive(Clone, Debug, PartialEq)]
pub struct Seen {
    /// Which field it is of.
    pub field: Field,
    /// The value.
    pub value: String,
    /// Its events.
    pub events: u32,
    /// Those with an error.
    pub errors: u32,
    /// The first.
    pub first: Moment,
    /// The last.
    pub last: Moment,
    /// Sessions of [`SESSION`] in which it was seen.
    pub sessions: u32,
}

/// What an actor did within [`SESSION`] of a call that no session before it holds.
#[derive(Clone, Debug, PartialEq)]
pub struct Session {
    /// The actor, by its place in [`Sessions::actors`].
    pub actor: u32,
    /// The first call.
    pub from: Moment,
    /// The last call.
    pub to: Moment,
    /// Events.
    pub events: u32,
    /// Those with an error.
    pub errors: u32,
    /// Those whose call is risky.
    pub risky: u32,
    /// Distinct calls.
    pub calls: u32,
    /// Distinct addresses.
    pub addresses: u32,
}

/// Sessions, in the order of their first calls.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Sessions {
    /// The actors.
    pub actors: Vec<String>,
    /// The sessions.
    pub all: Vec<Session>,
}

/// The values of a field, each once, and which of them each value of its column is.
#[derive(Default)]
struct Groups {
    of: Vec<u32>,
    names: Vec<String>,
}

impl Groups {
    fn new(store: &Store, field: Field) -> Self {
        let mut groups = Groups::default();
        let mut known: HashMap<&str, u32, RandomState> = HashMap::default();
        let labels = field::labels(store, field);
        for value in labels.into_iter().flat_map(|labels| labels.values) {
            let group = *known.entry(value).or_insert_with(|| {
                groups.names.push(value.to_owned());
                groups.names.len() as u32 - 1
            });
            groups.of.push(group);
        }
        groups
    }
}

/// Collects what was seen, from events in the order of their times.
pub struct Seeing {
    fields: Vec<(Field, Groups, Vec<Option<Open>>)>,
}

/// A value while events come.
#[derive(Clone)]
struct Open {
    events: u32,
    errors: u32,
    first: u32,
    last: u32,
    sessions: u32,
    /// When the last session began.
    begun: u32,
}

impl Seeing {
    /// Before the first event.
    pub fn new(store: &Store) -> Self {
        let of = |field| {
            let groups = Groups::new(store, field);
            let open = vec![None; groups.names.len()];
            (field, groups, open)
        };
        Seeing {
            fields: [Field::Actor, Field::Ip, Field::Name].map(of).into(),
        }
    }

    /// Takes the next event.
    pub fn take(&mut self, store: &Store, event: EventIx) {
        let at = store.times().get(event);
        let failed = u32::from(store.failed.contains(event));
        for (field, groups, open) in &mut self.fields {
            let place = match field {
                Field::Actor => store.actors.column.get(event),
                Field::Ip => store.ips.column.get(event),
                _ => store.calls.column.get(event),
            };
            let Some(&group) = groups.of.get(place as usize).filter(|_| at > 0) else {
                continue;
            };
            let one = open[group as usize].get_or_insert(Open {
                events: 0,
                errors: 0,
                first: at,
                last: at,
                sessions: 1,
                begun: at,
            });
            one.events += 1;
            one.errors += failed;
            one.last = at;
            if at - one.begun >= SESSION {
                one.begun = at;
                one.sessions += 1;
            }
        }
    }

    /// What was seen, by field and the most frequent first.
    pub fn finish(self) -> Vec<Seen> {
        let mut all = Vec::new();
        for (field, groups, open) in self.fields {
            let own = groups.names.into_iter().zip(open);
            let own = own.filter_map(|(value, one)| one.map(|one| (value, one)));
            let own = own.filter(|(value, _)| !value.is_empty());
            let own = own.map(|(value, one)| Seen {
                field,
                value,
                events: one.events,
                errors: one.errors,
                first: Moment::from_seconds(i64::from(one.first)),
                last: Moment::from_seconds(i64::from(one.last)),
                sessions: one.sessions,
            });
            all.extend(sorted(own.collect(), |a: &Seen, b: &Seen| {
                b.events.cmp(&a.events).then_with(|| a.value.cmp(&b.value))
            }));
        }
        all
    }
}

/// Collects sessions, from events in the order of their times.
pub struct Following {
    groups: Groups,
    /// The session that each actor is in.
    open: Vec<Option<u32>>,
    /// The session in which an actor was last seen to call or to call from: what it was, and whose.
    last: HashMap<(bool, u32, u32), u32, RandomState>,
    all: Vec<Session>,
}

impl Following {
    /// Before the first event.
    pub fn new(store: &Store) -> Self {
        let groups = Groups::new(store, Field::Actor);
        Following {
            open: vec![None; groups.names.len()],
            groups,
            last: HashMap::default(),
            all: Vec::new(),
        }
    }

    /// Takes the next event.
    pub fn take(&mut self, store: &Store, event: EventIx) {
        let place = store.actors.column.get(event) as usize;
        let (Some(at), Some(&actor)) = (store.time(event), self.groups.of.get(place)) else {
            return;
        };
        if self.groups.names[actor as usize].is_empty() {
            return;
        }
        let is_over = |from: Moment| at.seconds() - from.seconds() >= i64::from(SESSION);
        let open = self.open[actor as usize];
        let session = match open.filter(|&one| !is_over(self.all[one as usize].from)) {
            Some(session) => session,
            None => {
                self.all.push(Session {
                    actor,
                    from: at,
                    to: at,
                    events: 0,
                    errors: 0,
                    risky: 0,
                    calls: 0,
                    addresses: 0,
                });
                self.all.len() as u32 - 1
            }
        };
        self.open[actor as usize] = Some(session);
        let mut is_new = |calls: bool, what: u32| {
            let before = self.last.insert((calls, actor, what), session);
            u32::from(before != Some(session))
        };
        let calls = is_new(true, store.calls.column.get(event));
        let addresses = is_new(false, store.ips.column.get(event));
        let one = &mut self.all[session as usize];
        one.to = at;
        one.events += 1;
        one.errors += u32::from(store.failed.contains(event));
        one.risky += u32::from(store.risky.contains(event));
        one.calls += calls;
        one.addresses += addresses;
    }

    /// The sessions.
    pub fn finish(self) -> Sessions {
        Sessions {
            actors: self.groups.names,
            all: self.all,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_session_ends_five_minutes_after_it_began() {
        let event = |id: u32, name: &str, time: &str| {
            format!(
                r#"{{"eventID":"0000000{id}-0000-0000-0000-00000000000a","eventName":"{name}","eventTime":"2024-01-01T{time}Z","sourceIPAddress":"203.0.113.{id}","errorCode":"{}","userIdentity":{{"arn":"arn:x"}}}}"#,
                if id == 2 { "AccessDenied" } else { "" }
            )
        };
        let text = [
            event(1, "A", "00:00:00"),
            event(2, "A", "00:04:00"),
            event(3, "B", "00:04:59"),
            event(4, "B", "00:05:00"),
            event(5, "C", "00:20:00"),
        ]
        .join("\n");
        let mut store = super::super::store::tests::store(&[&text]);
        store.weigh(|name, _| if name == "B" { 8 } else { 0 });
        let (mut seeing, mut following) = (Seeing::new(&store), Following::new(&store));
        for &event in &store.order {
            seeing.take(&store, event);
            following.take(&store, event);
        }
        let seen = seeing.finish();
        // One actor, five addresses, three calls.
        assert_eq!(seen.len(), 9);
        assert_eq!(
            (
                seen[0].field,
                seen[0].events,
                seen[0].errors,
                seen[0].sessions
            ),
            (Field::Actor, 5, 1, 3)
        );
        let at = |text: &str| Moment::parse(text).expect("a time");
        assert_eq!(seen[0].last, at("2024-01-01T00:20:00Z"));
        let sessions = following.finish();
        let told: Vec<_> = sessions
            .all
            .iter()
            .map(|one| (one.events, one.errors, one.risky, one.calls, one.addresses))
            .collect();
        assert_eq!(told, [(3, 1, 1, 2, 3), (1, 0, 1, 1, 1), (1, 0, 0, 1, 1)]);
        assert_eq!(sessions.all[0].to, at("2024-01-01T00:04:59Z"));
        assert_eq!(sessions.actors[sessions.all[0].actor as usize], "arn:x");
    }
}
