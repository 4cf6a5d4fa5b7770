//! Answering a query: which events it shows, step by step so that a newer query can overtake.

use std::collections::{BTreeMap, HashMap};

use roaring::RoaringBitmap;

use crate::moment::Moment;

use super::column::Dictionary;
use super::field::{self, Field};
use super::query::{Pattern, Query};
use super::store::{EventIx, Standing, Store, Text};

/// Paths of files, as queries see them.
pub type Path<'a> = dyn Fn(u32) -> &'a str + 'a;

/// Values of a facet that are offered.
pub const MOST_VALUES: usize = 50;

/// The values of a field among some events.
#[derive(Clone, Debug, PartialEq, serde::Serialize, serde::Deserialize)]
pub struct Values {
    /// The field's name in queries.
    pub field: String,
    /// Its title.
    pub title: String,
    /// Distinct values in all.
    pub distinct: u32,
    /// The most frequent, with their counts.
    pub top: Vec<(String, u32)>,
}

/// A query on a store.
pub struct Search<'s> {
    store: &'s Store,
    path: &'s Path<'s>,
}

impl<'s> Search<'s> {
    /// Looks into `store`; `path` tells the path of a file.
    pub fn new(store: &'s Store, path: &'s Path<'s>) -> Self {
        Search { store, path }
    }

    /// The events that a query shows.
    pub fn find(&self, query: &Query) -> RoaringBitmap {
        match query {
            Query::All => self.store.shown.clone(),
            Query::And(all) => {
                let mut found = self.store.shown.clone();
                for one in all {
                    match one {
                        // Taking away is cheaper than joining with all others.
                        Query::Not(inner) => found -= self.find(inner),
                        one => found &= self.find(one),
                    }
                    if found.is_empty() {
                        break;
                    }
                }
                found
            }
            Query::Or(all) => {
                let mut found = RoaringBitmap::new();
                all.iter().for_each(|one| found |= self.find(one));
                found
            }
            Query::Not(inner) => &self.store.shown - self.find(inner),
            Query::Has(field, pattern) => self.having(*field, pattern) & &self.store.shown,
            Query::Text(pattern) => self.anywhere(pattern) & &self.store.shown,
            Query::Since(from) => self.within(Some(*from), None),
            Query::Before(to) => self.within(None, Some(*to)),
        }
    }

    /// The events of a time: from the first moment on, before the second.
    pub fn within(&self, from: Option<Moment>, to: Option<Moment>) -> RoaringBitmap {
        let seconds = |at: Moment| at.seconds().clamp(0, i64::from(u32::MAX)) as u32;
        let from = from.map_or(0, seconds).max(1);
        let to = to.map_or(u32::MAX, seconds);
        // The order in time is known: both ends are found by halves.
        let order = &self.store.order;
        let times = self.store.times();
        let first = order.partition_point(|&event| times.get(event) < from);
        let last = order.partition_point(|&event| times.get(event) < to);
        let mut found: Vec<EventIx> = order.get(first..last).unwrap_or_default().to_vec();
        found.sort_unstable();
        RoaringBitmap::from_sorted_iter(found).unwrap_or_default()
    }

    fn texts<'a>(&'a self, fits: &'a dyn Fn(&str) -> bool) -> impl FnMut(Text) -> bool + 'a {
        let mut known: HashMap<Text, bool, foldhash::fast::RandomState> = HashMap::default();
        move |text| {
            *known
                .entry(text)
                .or_insert_with(|| fits(self.store.texts.get(text)))
        }
    }

    fn having(&self, field: Field, pattern: &Pattern) -> RoaringBitmap {
        let store = self.store;
        let whole = |value: &str| pattern.is(value);
        let mut is = self.texts(&whole);
        match field {
            Field::Name => store.calls.fitting(|call| is(call.0)),
            Field::Source => {
                let service = |value: &str| field::is_service(pattern, value);
                let mut is = self.texts(&service);
                store.calls.fitting(|call| is(call.1))
            }
            Field::Account => store.places.fitting(|place| is(place.0)),
            Field::Region => store.places.fitting(|place| is(place.1)),
            Field::Actor => store.actors.fitting(|actor| is(actor.arn)),
            Field::User => store
                .actors
                .fitting(|actor| field::users(actor).into_iter().any(&mut is)),
            Field::Type => store.actors.fitting(|actor| is(actor.kind)),
            Field::Key => store.actors.fitting(|actor| is(actor.key)),
            Field::Ip => store.ips.fitting(|ip| is(*ip)),
            Field::Agent => store.agents.fitting(|agent| is(*agent)),
            Field::Error => store.errors.fitting(|error| is(*error)),
            Field::Resource => store.targets.fitting(|all| all.iter().any(|&one| is(one))),
            Field::Bucket => {
                let bucket = |value: &str| pattern.is(field::bucket(value));
                let mut is = self.texts(&bucket);
                store.targets.fitting(|all| all.iter().any(|&one| is(one)))
            }
            Field::Access | Field::Category | Field::Mfa => store
                .flags
                .fitting(|flags| pattern.is(field::flag(*flags, field))),
            Field::Proven => self.spans(|standing, _| proven(standing, pattern)),
            Field::File => self.spans(|_, path| pattern.is(path)),
            Field::Conflict => {
                if pattern.is("yes") {
                    store.conflicts.clone()
                } else {
                    &store.shown - &store.conflicts
                }
            }
            Field::Found => {
                if pattern.is("yes") {
                    store.marked.clone()
                } else {
                    &store.shown - &store.marked
                }
            }
            Field::Id => self.with_id(pattern),
            Field::Since | Field::Until => RoaringBitmap::new(),
        }
    }

    fn spans(&self, fits: impl Fn(Standing, &str) -> bool) -> RoaringBitmap {
        let mut found = RoaringBitmap::new();
        for span in self.store.spans() {
            if fits(span.standing, (self.path)(span.file)) {
                found.insert_range(span.first..span.first + span.count);
            }
        }
        found
    }

    fn with_id(&self, pattern: &Pattern) -> RoaringBitmap {
        let events = self.store.shown.iter();
        let found = events.filter(|&event| pattern.is(&self.store.id_text(event)));
        found.collect()
    }

    /// The events in whose columns a text stands.
    fn anywhere(&self, pattern: &Pattern) -> RoaringBitmap {
        let store = self.store;
        let part = |value: &str| pattern.is_in(value);
        let mut is = self.texts(&part);
        let mut found = store.calls.fitting(|call| is(call.0) || is(call.1));
        found |= store.places.fitting(|place| is(place.0) || is(place.1));
        found |= store.actors.fitting(|actor| {
            [actor.arn, actor.user, actor.session, actor.key, actor.kind]
                .into_iter()
                .any(&mut is)
        });
        let mut single = |column: &Dictionary<Text>| column.fitting(|value| is(*value));
        found |= single(&store.ips);
        found |= single(&store.agents);
        found |= single(&store.errors);
        found |= store.targets.fitting(|all| all.iter().any(|&one| is(one)));
        // IDs are numbers here: only what looks like a part of one is looked for.
        if let Pattern::Parts(parts) = pattern
            && let [part] = &parts[..]
            && part.len() >= 8
            && part.chars().all(|c| c.is_ascii_hexdigit() || c == '-')
        {
            let events = store.shown.iter();
            found.extend(events.filter(|&event| store.id_text(event).contains(part.as_str())));
        }
        found
    }

    /// The values of a field among `events`, the most frequent first.
    pub fn values(&self, field: Field, events: &RoaringBitmap) -> Values {
        if matches!(
            field,
            Field::Access | Field::Category | Field::Mfa | Field::Proven
        ) {
            return self.words(field, events);
        }
        let counts = self.counts(field, Some(events));
        let distinct = counts.len() as u32;
        let named = counts
            .into_iter()
            .map(|(text, count)| (self.store.texts.get(text), count));
        named_values(field, distinct, named.collect())
    }

    /// The most frequent values that `fit`, at most `most`; copies of events count too.
    pub fn likely_values(
        &self,
        field: Field,
        most: usize,
        fits: &dyn Fn(&str) -> bool,
    ) -> Vec<(String, u32)> {
        let counts = self.counts(field, None).into_iter();
        let mut all: Vec<(&str, u32)> = counts
            .map(|(text, count)| (self.store.texts.get(text), count))
            .filter(|(value, _)| fits(value))
            .collect();
        all.sort_unstable_by(|a, b| b.1.cmp(&a.1).then_with(|| a.0.cmp(b.0)));
        all.truncate(most);
        all.into_iter()
            .map(|(value, count)| (value.to_owned(), count))
            .collect()
    }

    /// All values of a field among all events, the most frequent first.
    pub fn all_values(&self, field: Field) -> Vec<(String, u32)> {
        let counts = self.counts(field, Some(&self.store.shown));
        let mut all: Vec<(String, u32)> = counts
            .into_iter()
            .map(|(text, count)| (self.store.texts.get(text).to_owned(), count))
            .collect();
        all.sort_unstable_by(|a, b| b.1.cmp(&a.1).then_with(|| a.0.cmp(&b.0)));
        all
    }

    /// How many of `events` have each value; without, of all that came, copies too, which costs nothing.
    fn counts(&self, field: Field, events: Option<&RoaringBitmap>) -> BTreeMap<Text, u32> {
        let store = self.store;
        let mut counts: BTreeMap<Text, u32> = BTreeMap::new();
        let mut take = |text: Text, count: u32| {
            if count > 0 {
                *counts.entry(text).or_default() += count;
            }
        };
        fn each<K: Clone + Eq + std::hash::Hash>(
            dictionary: &Dictionary<K>,
            events: Option<&RoaringBitmap>,
            mut take: impl FnMut(&K, u32),
        ) {
            let counts = match events {
                Some(events) => dictionary.counts(events),
                None => dictionary.sizes(),
            };
            dictionary
                .values
                .iter()
                .zip(counts)
                .for_each(|(value, count)| take(value, count));
        }
        match field {
            Field::Name => each(&store.calls, events, |call, n| take(call.0, n)),
            Field::Source => each(&store.calls, events, |call, n| take(call.1, n)),
            Field::Account => each(&store.places, events, |place, n| take(place.0, n)),
            Field::Region => each(&store.places, events, |place, n| take(place.1, n)),
            Field::Actor => each(&store.actors, events, |actor, n| take(actor.arn, n)),
            Field::User => each(&store.actors, events, |actor, n| take(actor.user, n)),
            Field::Type => each(&store.actors, events, |actor, n| take(actor.kind, n)),
            Field::Key => each(&store.actors, events, |actor, n| take(actor.key, n)),
            Field::Ip => each(&store.ips, events, |ip, n| take(*ip, n)),
            Field::Agent => each(&store.agents, events, |agent, n| take(*agent, n)),
            Field::Error => each(&store.errors, events, |error, n| take(*error, n)),
            Field::Resource => each(&store.targets, events, |all, n| {
                all.iter().for_each(|&one| take(one, n));
            }),
            Field::Bucket => each(&store.targets, events, |all, n| {
                let arn = |text: &&Text| store.texts.get(**text).starts_with("arn:aws:s3:::");
                all.iter().filter(arn).for_each(|&one| take(one, n));
            }),
            _ => {}
        }
        // What has no value is not one.
        counts.remove(&0);
        counts
    }

    /// The values of a field that has few.
    fn words(&self, field: Field, events: &RoaringBitmap) -> Values {
        let mut counts: BTreeMap<&str, u32> = BTreeMap::new();
        if field == Field::Proven {
            for span in self.store.spans() {
                let own = events.range_cardinality(span.first..span.first + span.count);
                *counts.entry(span.standing.name()).or_default() += own as u32;
            }
        } else {
            let own = self.store.flags.counts(events);
            for (flags, count) in self.store.flags.values.iter().zip(own) {
                *counts.entry(field::flag(*flags, field)).or_default() += count;
            }
        }
        counts.retain(|_, count| *count > 0);
        let distinct = counts.len() as u32;
        named_values(field, distinct, counts.into_iter().collect())
    }
}

fn named_values(field: Field, distinct: u32, mut all: Vec<(&str, u32)>) -> Values {
    all.sort_unstable_by(|a, b| b.1.cmp(&a.1).then_with(|| a.0.cmp(b.0)));
    all.truncate(MOST_VALUES);
    let entry = field.entry();
    Values {
        field: entry.names.first().copied().unwrap_or_default().to_owned(),
        title: entry.title.to_owned(),
        distinct,
        top: all
            .into_iter()
            .map(|(text, count)| (text.to_owned(), count))
            .collect(),
    }
}

/// Whether a file of this standing is what `proven:` asks for.
fn proven(standing: Standing, pattern: &Pattern) -> bool {
    let is_proven = standing.state() == crate::integrity::State::Proven;
    (pattern.is("yes") && is_proven)
        || (pattern.is("no") && !is_proven)
        || pattern.is(standing.name())
}

/// Whether an event is shown by a query, by looking at it alone: what the index is checked against.
pub fn shows(store: &Store, path: &Path<'_>, query: &Query, event: EventIx) -> bool {
    let text = |text: Text| store.texts.get(text);
    let targets = || store.targets.of(event).into_iter().flatten().copied();
    let actor = store.actors.of(event).copied().unwrap_or_default();
    let seconds = store.time(event);
    match query {
        Query::All => true,
        Query::And(all) => all.iter().all(|one| shows(store, path, one, event)),
        Query::Or(all) => all.iter().any(|one| shows(store, path, one, event)),
        Query::Not(inner) => !shows(store, path, inner, event),
        Query::Since(from) => seconds.is_some_and(|at| at >= *from),
        Query::Before(to) => seconds.is_some_and(|at| at < *to),
        Query::Has(field, pattern) => match field {
            Field::Source => field::is_service(pattern, field::value(store, *field, event)),
            Field::User => pattern.is(text(actor.user)) || pattern.is(text(actor.session)),
            Field::Resource => targets().any(|one| pattern.is(text(one))),
            Field::Bucket => targets().any(|one| pattern.is(field::bucket(text(one)))),
            Field::Proven => proven(store.standing(event), pattern),
            Field::File => store
                .span(event)
                .is_some_and(|span| pattern.is(path(span.file))),
            Field::Conflict => pattern.is(if store.conflicts.contains(event) {
                "yes"
            } else {
                "no"
            }),
            Field::Found => pattern.is(if store.marked.contains(event) {
                "yes"
            } else {
                "no"
            }),
            Field::Id => pattern.is(&store.id_text(event)),
            Field::Since | Field::Until => false,
            _ => pattern.is(field::value(store, *field, event)),
        },
        Query::Text(pattern) => {
            let fields = [
                Field::Name,
                Field::Source,
                Field::Account,
                Field::Region,
                Field::Actor,
                Field::User,
                Field::Key,
                Field::Type,
                Field::Ip,
                Field::Agent,
                Field::Error,
            ];
            let hex = |part: &String| {
                part.len() >= 8 && part.chars().all(|c| c.is_ascii_hexdigit() || c == '-')
            };
            let in_id = match pattern {
                Pattern::Parts(parts) => {
                    matches!(&parts[..], [part] if hex(part) && store.id_text(event).contains(part.as_str()))
                }
                Pattern::Network(..) => false,
            };
            in_id
                || fields
                    .iter()
                    .any(|&one| pattern.is_in(field::value(store, one, event)))
                || pattern.is_in(text(actor.session))
                || targets().any(|one| pattern.is_in(text(one)))
        }
    }
}
