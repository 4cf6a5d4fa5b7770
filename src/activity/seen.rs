//! Who and what was seen first and last: actors, addresses and calls, with their events, errors and sessions.

use roaring::RoaringBitmap;

use crate::moment::Moment;

use super::field::{self, Field};
use super::store::Store;

/// Seconds without a call after which an actor's session ends.
pub const SESSION: i64 = 300;

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
    /// Runs of events with less than [`SESSION`] between them.
    pub sessions: u32,
}

/// The fields that are followed.
const FIELDS: [Field; 3] = [Field::Actor, Field::Ip, Field::Name];

/// What was seen among `events`, by field and the most frequent first.
pub fn seen(store: &Store, events: &RoaringBitmap) -> Vec<Seen> {
    let mut all = Vec::new();
    for field in FIELDS {
        let mut places: std::collections::HashMap<&str, usize, foldhash::fast::RandomState> =
            Default::default();
        let begin = all.len();
        for &event in store.order.iter().filter(|event| events.contains(**event)) {
            let Some(time) = store.time(event) else {
                continue;
            };
            let value = field::value(store, field, event);
            if value.is_empty() {
                continue;
            }
            let failed = u32::from(!field::value(store, Field::Error, event).is_empty());
            let place = *places.entry(value).or_insert_with(|| {
                all.push(Seen {
                    field,
                    value: value.to_owned(),
                    events: 0,
                    errors: 0,
                    first: time,
                    last: time,
                    sessions: 1,
                });
                all.len() - 1
            });
            let seen = &mut all[place];
            seen.events += 1;
            seen.errors += failed;
            if time.seconds() - seen.last.seconds() > SESSION {
                seen.sessions += 1;
            }
            seen.last = time;
        }
        let own = all.split_off(begin);
        all.extend(crate::order::sorted(own, |a: &Seen, b: &Seen| {
            b.events.cmp(&a.events).then_with(|| a.value.cmp(&b.value))
        }));
    }
    all
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pause_ends_a_session() {
        let event = |id: u32, time: &str| {
            format!(
                r#"{{"eventID":"0000000{id}-0000-0000-0000-00000000000a","eventName":"A","eventTime":"2024-01-01T{time}Z","userIdentity":{{"arn":"arn:x"}}}}"#
            )
        };
        let text = [
            event(1, "00:00:00"),
            event(2, "00:04:00"),
            event(3, "00:20:00"),
        ]
        .join("\n");
        let store = super::super::store::tests::store(&[&text]);
        let seen = seen(&store, &store.shown);
        assert_eq!(seen.len(), 2);
        assert_eq!(
            (seen[0].field, seen[0].events, seen[0].sessions),
            (Field::Actor, 3, 2)
        );
        assert_eq!(
            seen[0].last,
            Moment::parse("2024-01-01T00:20:00Z").expect("a time")
        );
    }
}
