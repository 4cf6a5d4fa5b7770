//! Events that are many in a short time.

use std::collections::HashMap;

use crate::activity::column::Codes;
use crate::activity::{Bits, EventIx, Field, Store};

/// The events of those values of `by` that have at least `count` of them, or so many different values of a field,
/// within `seconds`: those within such a time.
pub(super) fn dense(
    store: &Store,
    events: &Bits,
    (by, different): (Field, Option<Field>),
    count: usize,
    seconds: u32,
) -> Bits {
    let mut groups: HashMap<u32, Vec<u64>, foldhash::fast::RandomState> = HashMap::default();
    for event in events.iter() {
        let (key, at) = (key(store, by, event), store.times().get(event));
        // What has no time, or nothing to go by, is not counted.
        if at > 0 && key > 0 {
            groups
                .entry(key)
                .or_default()
                .push(u64::from(at) << 32 | u64::from(event));
        }
    }
    let mut found = Vec::new();
    for mut own in groups.into_values().filter(|own| own.len() >= count) {
        own.sort_unstable();
        let own = own.into_iter().map(|one| ((one >> 32) as u32, one as u32));
        let own: Vec<(u32, EventIx)> = own.collect();
        windows(store, &own, different, count, seconds, &mut found);
    }
    found.into_iter().collect()
}

/// Takes the events of one value, in the order of time, that stand in a window which is dense enough.
fn windows(
    store: &Store,
    own: &[(u32, EventIx)],
    different: Option<Field>,
    count: usize,
    seconds: u32,
    found: &mut Vec<EventIx>,
) {
    let mut within: HashMap<u32, usize, foldhash::fast::RandomState> = HashMap::default();
    let kind = |event| {
        let value = different.map_or(event, |field| key(store, field, event));
        // What has no value differs from all others.
        if value == 0 { u32::MAX - event } else { value }
    };
    let (mut from, mut taken) = (0, 0);
    for (to, &(at, event)) in own.iter().enumerate() {
        *within.entry(kind(event)).or_default() += 1;
        while at - own[from].0 > seconds {
            let old = kind(own[from].1);
            if let Some(left) = within.get_mut(&old) {
                *left -= 1;
                if *left == 0 {
                    within.remove(&old);
                }
            }
            from += 1;
        }
        if within.len() >= count {
            found.extend(own[from.max(taken)..=to].iter().map(|(_, event)| *event));
            taken = to + 1;
        }
    }
}

/// What stands for the value of a field: its text, which is held once.
fn key(store: &Store, field: Field, event: EventIx) -> u32 {
    let of = |column: &Codes| column.get(event) as usize;
    let text = match field {
        Field::Name => store
            .calls
            .values
            .get(of(&store.calls.column))
            .map(|call| call.0),
        Field::Resource => {
            let targets = store.targets.of(event);
            targets.and_then(|targets| targets.first().copied())
        }
        Field::Ip => store.ips.values.get(of(&store.ips.column)).copied(),
        Field::Key => store
            .actors
            .values
            .get(of(&store.actors.column))
            .map(|actor| actor.key),
        _ => store
            .actors
            .values
            .get(of(&store.actors.column))
            .map(|actor| actor.arn),
    };
    text.unwrap_or(0)
}
