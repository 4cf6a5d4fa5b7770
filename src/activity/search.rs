//! Answering a query: which events it shows.

use crate::cloudtrail::log::event_id;
use crate::moment::Moment;

use super::bits::Bits;
use super::dictionary::Dictionary;
use super::field::{self, Field};
use super::query::{Pattern, Query};
use super::standing::Standing;
use super::store::{ActorKey, EventIx, Store, Text, id_text};

/// Paths of files, as queries see them.
pub type Path<'a> = dyn Fn(u32) -> &'a str + 'a;

/// Tells the IDs that a pattern means: one that is no UUID is held as its hash, and only found whole.
fn is_id(pattern: &Pattern) -> impl Fn(u128) -> bool + use<'_> {
    let whole = pattern.plain().map(event_id);
    move |id| match whole {
        Some(whole) => id == whole,
        None => pattern.is(&id_text(id)),
    }
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
    pub fn find(&self, query: &Query) -> Bits {
        let shown = &self.store.shown;
        match query {
            Query::All => shown.clone(),
            Query::And(all) => {
                let mut found = shown.clone();
                for one in all {
                    match one {
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
                let mut found = Bits::none(self.store.len());
                all.iter().for_each(|one| found |= self.find(one));
                found
            }
            Query::Not(inner) => shown - self.find(inner),
            Query::Has(field, pattern) => self.having(*field, pattern) & shown,
            Query::Text(pattern) => self.anywhere(pattern) & shown,
            Query::Since(from) => self.within(Some(*from), None),
            Query::Before(to) => self.within(None, Some(*to)),
        }
    }

    /// The events of a time: from the first moment on, before the second.
    pub fn within(&self, from: Option<Moment>, to: Option<Moment>) -> Bits {
        let seconds = |at: Moment| at.seconds().clamp(0, i64::from(u32::MAX)) as u32;
        let from = from.map_or(0, seconds).max(1);
        let to = to.map_or(u32::MAX, seconds);
        let found = self.store.times().fitting(|time| time >= from && time < to);
        found & &self.store.shown
    }

    /// Whether texts fit; each is looked at once.
    fn texts<'a>(&'a self, fits: &'a dyn Fn(&str) -> bool) -> impl FnMut(Text) -> bool + 'a {
        let texts = &self.store.texts;
        let mut known: Vec<Option<bool>> = vec![None; texts.len()];
        move |text| match known.get_mut(text as usize) {
            Some(known) => *known.get_or_insert_with(|| fits(texts.get(text))),
            None => fits(texts.get(text)),
        }
    }

    fn having(&self, field: Field, pattern: &Pattern) -> Bits {
        let store = self.store;
        let whole = |value: &str| pattern.is(value);
        let is = |text: Text| whole(store.texts.get(text));
        match field {
            Field::Name => store.calls.fitting(|call| is(call.0)),
            Field::Source => {
                let is = |text: Text| field::is_service(pattern, store.texts.get(text));
                store.calls.fitting(|call| is(call.1))
            }
            Field::Account => store.places.fitting(|place| is(place.0)),
            Field::Region => store.places.fitting(|place| is(place.1)),
            Field::Actor => self.actors(&whole, |actor| [actor.arn, actor.arn]),
            Field::User => self.actors(&whole, field::users),
            Field::Type => self.actors(&whole, |actor| [actor.kind, actor.kind]),
            Field::Key => self.actors(&whole, |actor| [actor.key, actor.key]),
            Field::Ip => store.ips.fitting(|ip| is(*ip)),
            Field::Agent => store.agents.fitting(|agent| is(*agent)),
            Field::Error => store.errors.fitting(|error| is(*error)),
            Field::Resource => self.targets(&whole),
            Field::Bucket => self.buckets(&whole),
            Field::Access | Field::Category | Field::Mfa | Field::Open | Field::Weakens => store
                .flags
                .fitting(|flags| pattern.is(field::flag(*flags, field))),
            Field::Risk => {
                let mut place = 0..;
                let mut next = || store.risk_of(place.next().unwrap_or_default()).to_string();
                store.calls.fitting(|_| pattern.is(&next()))
            }
            Field::Proven => self.spans(|standing, _| proven(standing, pattern)),
            Field::File => self.spans(|_, path| pattern.is(path)),
            Field::Alert => {
                let fitting = store.alerts.iter().filter(|(id, _)| pattern.is(id));
                fitting.flat_map(|(_, events)| events.iter()).collect()
            }
            Field::Conflict => self.yes_or_no(&store.conflicts, pattern),
            Field::Found => self.yes_or_no(&store.marked, pattern),
            Field::Id => store.with_id(is_id(pattern)),
            Field::Since | Field::Until | Field::Time => Bits::default(),
        }
    }

    fn actors(&self, fits: &dyn Fn(&str) -> bool, of: impl Fn(&ActorKey) -> [Text; 2]) -> Bits {
        let mut is = self.texts(fits);
        let fitting = |actor: &ActorKey| of(actor).into_iter().any(&mut is);
        self.store.actors.fitting(fitting)
    }

    fn targets(&self, fits: &dyn Fn(&str) -> bool) -> Bits {
        let mut is = self.texts(fits);
        let targets = &self.store.targets;
        targets.fitting(|all| all.iter().any(|&one| is(one)))
    }

    fn buckets(&self, fits: &dyn Fn(&str) -> bool) -> Bits {
        let store = self.store;
        let text = |text: Text| store.texts.get(text);
        let on = |by_name: bool| {
            let targets =
                |all: &[Text]| field::on_bucket(all.iter().map(|&one| text(one)), by_name, fits);
            store.targets.fitting(|all| targets(all))
        };
        let named = |call: &(Text, Text)| field::names_buckets(text(call.1), text(call.0));
        on(false) | (on(true) & store.calls.fitting(named))
    }

    fn yes_or_no(&self, events: &Bits, pattern: &Pattern) -> Bits {
        if pattern.is("yes") {
            events.clone()
        } else {
            &self.store.shown - events
        }
    }

    fn spans(&self, fits: impl Fn(Standing, &str) -> bool) -> Bits {
        let mut found = Bits::none(self.store.len());
        for span in self.store.spans() {
            if fits(span.standing, (self.path)(span.file)) {
                found.insert_range(span.first..span.first + span.count);
            }
        }
        found
    }

    /// The events in whose columns a text stands.
    fn anywhere(&self, pattern: &Pattern) -> Bits {
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
        let places = pattern.plain().map(id_parts).unwrap_or_default();
        if !places.is_empty() {
            let has = |id: u128| places.iter().any(|(mask, part)| id & mask == *part);
            found |= store.with_id(|id| id != 0 && has(id));
        }
        found
    }
}

/// Digits of a part of an ID that are looked for: fewer stand in too many.
const LEAST_DIGITS: usize = 8;

/// Where a text may stand in an ID as CloudTrail writes it: which bits of the ID are then known, and what
/// they are. IDs are numbers here, and are not written out to be searched.
fn id_parts(text: &str) -> Vec<(u128, u128)> {
    const LONG: usize = 36;
    let is_dash = |at: usize| matches!(at, 8 | 13 | 18 | 23);
    let chars: Vec<char> = text.chars().collect();
    if chars.len() < LEAST_DIGITS || chars.len() > LONG {
        return Vec::new();
    }
    let from = |begin: usize| {
        let (mut mask, mut part) = (0_u128, 0_u128);
        // Digits before this character of the text.
        let mut digit = (0..begin).filter(|at| !is_dash(*at)).count();
        for (at, c) in chars.iter().enumerate() {
            match c.to_digit(16) {
                Some(value) if !is_dash(begin + at) => {
                    let shift = 124 - 4 * digit as u32;
                    mask |= 15 << shift;
                    part |= u128::from(value) << shift;
                    digit += 1;
                }
                None if *c == '-' && is_dash(begin + at) => {}
                _ => return None,
            }
        }
        Some((mask, part))
    };
    (0..=LONG - chars.len()).filter_map(from).collect()
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
            Field::Bucket => {
                let value = |field: Field| field::value(store, field, event);
                let by_name = field::names_buckets(value(Field::Source), value(Field::Name));
                field::on_bucket(targets().map(text), by_name, &|one| pattern.is(one))
            }
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
            Field::Alert => {
                let mut alerts = store.alerts.iter();
                alerts.any(|(id, events)| events.contains(event) && pattern.is(id))
            }
            Field::Id => is_id(pattern)(store.id(event)),
            Field::Risk => pattern.is(&store.risk(event).to_string()),
            Field::Since | Field::Until | Field::Time => false,
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
            let in_id = pattern.plain().is_some_and(|part| {
                part.len() >= LEAST_DIGITS && store.id_text(event).contains(part)
            });
            in_id
                || fields
                    .iter()
                    .any(|&one| pattern.is_in(field::value(store, one, event)))
                || pattern.is_in(text(actor.session))
                || targets().any(|one| pattern.is_in(text(one)))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::store::tests::store;
    use super::*;

    /// The names of the events that a query finds, by the index and by looking at each alike.
    fn found(store: &Store, query: &str) -> String {
        let path = |_: u32| "";
        let query = Query::parse(query).expect(query);
        let found = Search::new(store, &path).find(&query);
        let plain = (0..store.len()).filter(|&event| shows(store, &path, &query, event));
        assert!(plain.eq(found.iter()), "{query:?}");
        let names = found
            .iter()
            .map(|event| field::value(store, Field::Name, event));
        names.collect()
    }

    #[test]
    fn ids_that_are_no_uuids_and_empty_values_are_found() {
        let store = store(&[
            r#"{"eventID":"request-1","eventName":"A","userAgent":"x"}"#,
            r#"{"eventID":"00000000-0000-0000-0000-00000000000b","eventName":"B"}"#,
        ]);
        for (query, names) in [
            ("id:request-1", "A"),
            ("id:00000000-0000-0000-0000-00000000000B", "B"),
            ("id:request", ""),
            (r#"agent:"""#, "B"),
            (r#"-agent:"""#, "A"),
        ] {
            assert_eq!(found(&store, query), names, "{query}");
        }
    }

    #[test]
    fn a_bucket_is_not_what_only_is_called_like_it() {
        let store = store(&[
            r#"{"eventName":"A","eventSource":"s3.amazonaws.com","requestParameters":{"bucketName":"payroll"}}"#,
            r#"{"eventName":"B","eventSource":"s3.amazonaws.com","requestParameters":{"bucketName":"other","key":"payroll"},
                "resources":[{"ARN":"arn:aws:s3:::other/payroll"}]}"#,
            r#"{"eventName":"C","eventSource":"s3.amazonaws.com","resources":[{"ARN":"arn:aws-cn:s3:::payroll/a/b"}]}"#,
            r#"{"eventName":"D","eventSource":"iam.amazonaws.com","requestParameters":{"userName":"payroll"}}"#,
            r#"{"eventName":"CreateTrail","eventSource":"cloudtrail.amazonaws.com","requestParameters":{"s3BucketName":"payroll","name":"t"}}"#,
            r#"{"eventName":"E","eventSource":"macie2.amazonaws.com","resources":[{"ARN":"arn:aws:s3:::payroll"}]}"#,
        ]);
        for (query, names) in [
            ("bucket:payroll", "ACCreateTrailE"),
            ("bucket:pay*", "ACCreateTrailE"),
            ("bucket:other", "B"),
            ("-bucket:payroll", "BD"),
        ] {
            assert_eq!(found(&store, query), names, "{query}");
        }
    }
}
