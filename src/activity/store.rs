//! The events: columns, the copies among them, and their order in time.

use std::collections::HashMap;

use roaring::RoaringBitmap;

use crate::cloudtrail::event::{Access, Answer, Category};
use crate::cloudtrail::log::{Log, Row};
use crate::integrity::{LogStatus, State};
use crate::moment::Moment;
pub use crate::texts::{Text, Texts};

use super::column::{Column, Dictionary};

/// Place of an event: in the order in which files came.
pub type EventIx = u32;
/// Who.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct ActorKey {
    /// The type of identity.
    pub kind: Text,
    /// The ARN.
    pub arn: Text,
    /// User or role.
    pub user: Text,
    /// The role's session.
    pub session: Text,
    /// The access key.
    pub key: Text,
}

/// The small facts of an event.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Flags {
    /// Reads or changes.
    pub access: Access,
    /// The category.
    pub category: Category,
    /// Second factor.
    pub mfa: Answer,
}

/// What is known of the file that an event is in.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Standing(pub Option<LogStatus>);

impl Standing {
    /// How it is shown; files that no digest could ever list are not covered.
    pub fn state(self) -> State {
        self.0.map_or(State::NotCovered, LogStatus::state)
    }

    /// The word for it.
    pub fn name(self) -> &'static str {
        self.0.map_or("not-covered", LogStatus::name)
    }

    /// How good it is as proof; the best comes first.
    fn rank(self) -> u8 {
        match self.0 {
            Some(LogStatus::Valid) => 0,
            Some(LogStatus::Unproven) => 1,
            Some(LogStatus::Uncovered) => 2,
            None => 3,
            Some(LogStatus::Unlisted) => 4,
            Some(_) => 5,
        }
    }
}

/// The events of one file: they stand side by side.
#[derive(Clone, Copy, Debug)]
pub struct Span {
    /// The file, by its place in the register.
    pub file: u32,
    /// Its first event.
    pub first: EventIx,
    /// How many there are.
    pub count: u32,
    /// What is known of the file.
    pub standing: Standing,
    gone: bool,
}

/// All events.
#[derive(Default)]
pub struct Store {
    /// The texts.
    pub texts: Texts,
    /// Name and source.
    pub calls: Dictionary<(Text, Text)>,
    /// Account and region.
    pub places: Dictionary<(Text, Text)>,
    /// Who.
    pub actors: Dictionary<ActorKey>,
    /// From where.
    pub ips: Dictionary<Text>,
    /// With what.
    pub agents: Dictionary<Text>,
    /// The error.
    pub errors: Dictionary<Text>,
    /// On what: resources and names.
    pub targets: Dictionary<Box<[Text]>>,
    /// The small facts.
    pub flags: Dictionary<Flags>,
    /// Seconds since 1970; 0 where the record has no time between 1970 and 2106.
    times: Column<u32>,
    ids: Column<u128>,
    prints: Column<u64>,
    offsets: Column<u32>,
    lengths: Column<u32>,
    spans: Vec<Span>,
    /// Sets of copies: the same event in several files.
    copies: Vec<Vec<EventIx>>,
    /// Events of one account and ID whose contents are not the same.
    pub conflicts: RoaringBitmap,
    /// Events whose records the last deep search found.
    pub marked: RoaringBitmap,
    /// Events that are shown: each once.
    pub shown: RoaringBitmap,
    /// Those in the order of their times.
    pub order: Vec<EventIx>,
    /// Events that were there when copies were last looked for.
    arranged: u32,
}

impl Store {
    /// Adds the events of a file.
    pub fn add(&mut self, file: u32, log: &Log) {
        if log.rows.is_empty() {
            return;
        }
        let texts: Vec<Text> = log
            .texts
            .texts
            .iter()
            .map(|text| self.texts.hold(text))
            .collect();
        self.spans.push(Span {
            file,
            first: self.times.len(),
            count: log.rows.len() as u32,
            standing: Standing::default(),
            gone: false,
        });
        for row in &log.rows {
            self.push(row, &|text| texts.get(text as usize).copied().unwrap_or(0));
        }
    }

    fn push(&mut self, row: &Row, text: &dyn Fn(Text) -> Text) {
        let [kind, arn, user, session, key] = row.actor.map(text);
        self.calls.push((text(row.name), text(row.source)));
        self.places.push((text(row.account), text(row.region)));
        self.actors.push(ActorKey {
            kind,
            arn,
            user,
            session,
            key,
        });
        self.ips.push(text(row.ip));
        self.agents.push(text(row.agent));
        self.errors.push(text(row.error));
        self.targets
            .push(row.resources.iter().map(|&one| text(one)).collect());
        self.flags.push(Flags {
            access: row.access,
            category: row.category,
            mfa: row.mfa,
        });
        let seconds = row.time.map_or(0, Moment::seconds);
        self.times.push(u32::try_from(seconds).unwrap_or(0));
        self.ids.push(row.id);
        self.prints.push(row.print);
        self.offsets.push(u32::try_from(row.at).unwrap_or(u32::MAX));
        self.lengths.push(row.length);
    }

    /// Forgets the events of files for which `gone` holds; those will be read again.
    pub fn forget(&mut self, gone: impl Fn(u32) -> bool) {
        for span in &mut self.spans {
            span.gone |= gone(span.file);
        }
        self.arranged = 0;
    }

    /// Takes what is known of each file now, finds copies, and puts what is shown in order. `key` tells
    /// files of equal standing apart, so that the same copy is shown whatever order files came in.
    pub fn arrange(&mut self, standing: impl Fn(u32) -> Standing, rank: &dyn Fn(u32) -> u32) {
        for span in &mut self.spans {
            span.standing = standing(span.file);
        }
        if self.arranged != self.times.len() {
            self.find_copies();
            self.arranged = self.times.len();
        }
        let mut shown = self.present();
        for set in &self.copies {
            let best = set.iter().copied().min_by_key(|&event| {
                let span = self.span(event);
                (
                    span.map(|span| span.standing.rank()),
                    span.map(|span| rank(span.file)),
                    event,
                )
            });
            let others = set.iter().filter(|&&event| Some(event) != best);
            others.for_each(|&event| {
                shown.remove(event);
            });
        }
        let mut order: Vec<EventIx> = shown.iter().collect();
        order.sort_unstable_by_key(|&event| (self.times.get(event), event));
        // Within a second the order must not depend on which file came first.
        let mut from = 0;
        while from < order.len() {
            let time = self.times.get(order[from]);
            let mut to = from + 1;
            while to < order.len() && self.times.get(order[to]) == time {
                to += 1;
            }
            if to - from > 1 {
                order[from..to]
                    .sort_unstable_by_key(|&event| (self.ids.get(event), self.prints.get(event)));
            }
            from = to;
        }
        self.shown = shown;
        self.order = order;
    }

    /// All events but those of files that were forgotten.
    fn present(&self) -> RoaringBitmap {
        let mut present = RoaringBitmap::new();
        for span in self.spans.iter().filter(|span| !span.gone) {
            present.insert_range(span.first..span.first + span.count);
        }
        present
    }

    fn find_copies(&mut self) {
        self.copies.clear();
        self.conflicts.clear();
        let account = |event: EventIx| self.places.of(event).map(|place| place.0);
        let mut by_id: Vec<EventIx> = self
            .present()
            .iter()
            .filter(|&event| self.ids.get(event) != 0 && self.prints.get(event) != 0)
            .collect();
        by_id.sort_unstable_by_key(|&event| (self.ids.get(event), event));
        for same in by_id.chunk_by(|&a, &b| self.ids.get(a) == self.ids.get(b)) {
            if same.len() < 2 {
                continue;
            }
            let mut accounts: HashMap<Option<Text>, Vec<(u64, Vec<EventIx>)>> = HashMap::new();
            for &event in same {
                let print = self.prints.get(event);
                let sets = accounts.entry(account(event)).or_default();
                match sets.iter_mut().find(|(other, _)| *other == print) {
                    Some((_, set)) => set.push(event),
                    None => sets.push((print, vec![event])),
                }
            }
            for sets in accounts.into_values() {
                if sets.len() > 1 {
                    self.conflicts
                        .extend(sets.iter().flat_map(|(_, set)| set.iter().copied()));
                }
                let several = sets.into_iter().map(|(_, set)| set);
                self.copies.extend(several.filter(|set| set.len() > 1));
            }
        }
    }

    /// How many events there are, copies included.
    pub fn len(&self) -> u32 {
        self.times.len()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.times.is_empty()
    }

    /// The files with their events, in the order in which they came.
    pub fn spans(&self) -> &[Span] {
        &self.spans
    }

    /// The file of an event.
    pub fn span(&self, event: EventIx) -> Option<&Span> {
        let after = self.spans.partition_point(|span| span.first <= event);
        self.spans.get(after.checked_sub(1)?)
    }

    /// What is known of the file of an event.
    pub fn standing(&self, event: EventIx) -> Standing {
        self.span(event)
            .map(|span| span.standing)
            .unwrap_or_default()
    }

    /// When it happened.
    pub fn time(&self, event: EventIx) -> Option<Moment> {
        match self.times.get(event) {
            0 => None,
            seconds => Some(Moment::from_seconds(i64::from(seconds))),
        }
    }

    /// Seconds since 1970 of all events; 0 where unknown.
    pub fn times(&self) -> &Column<u32> {
        &self.times
    }

    /// Its ID, as a number; 0 where it has none.
    pub fn id(&self, event: EventIx) -> u128 {
        self.ids.get(event)
    }

    /// Its ID, as text.
    pub fn id_text(&self, event: EventIx) -> String {
        id_text(self.ids.get(event))
    }

    /// Where its record stands in the content of its file: offset and length in bytes.
    pub fn place(&self, event: EventIx) -> (u32, u32) {
        (self.offsets.get(event), self.lengths.get(event))
    }

    /// The same event in other files.
    pub fn copies_of(&self, event: EventIx) -> &[EventIx] {
        let set = self.copies.iter().find(|set| set.contains(&event));
        set.map_or(&[], Vec::as_slice)
    }

    /// Events of the same account and ID with another content.
    pub fn contradicting(&self, event: EventIx) -> Vec<EventIx> {
        if !self.conflicts.contains(event) {
            return Vec::new();
        }
        let (id, print) = (self.ids.get(event), self.prints.get(event));
        let same = |other: &EventIx| self.ids.get(*other) == id && self.prints.get(*other) != print;
        self.conflicts.iter().filter(same).collect()
    }

    /// Bytes of columns and lists of events; distinct texts and values are not counted.
    pub fn bytes(&self) -> usize {
        self.calls.bytes()
            + self.places.bytes()
            + self.actors.bytes()
            + self.ips.bytes()
            + self.agents.bytes()
            + self.errors.bytes()
            + self.targets.bytes()
            + self.flags.bytes()
            + self.times.bytes()
            + self.ids.bytes()
            + self.prints.bytes()
            + self.offsets.bytes()
            + self.lengths.bytes()
            + self.order.capacity() * size_of::<EventIx>()
    }
}

/// An event ID as CloudTrail writes it.
pub fn id_text(id: u128) -> String {
    if id == 0 {
        return String::new();
    }
    let digits = format!("{id:032x}");
    let part = |range: std::ops::Range<usize>| digits.get(range).unwrap_or_default();
    format!(
        "{}-{}-{}-{}-{}",
        part(0..8),
        part(8..12),
        part(12..16),
        part(16..20),
        part(20..32)
    )
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;
    use crate::cloudtrail::log::parse_events;

    /// A store of files, each of JSON Lines.
    pub(crate) fn store(files: &[&str]) -> Store {
        let mut store = Store::default();
        for (file, text) in files.iter().enumerate() {
            let read = parse_events(text.as_bytes(), 1);
            assert!(read.problems.is_empty(), "{:?}", read.problems);
            store.add(file as u32, &read.log);
        }
        store.arrange(|_| Standing::default(), &|file| file);
        store
    }

    #[test]
    fn copies_show_once_with_the_best_proof_and_conflicts_twice() {
        let event = |id: &str, name: &str| {
            format!(
                r#"{{"eventID":"{id}","eventName":"{name}","eventTime":"2024-01-01T00:00:00Z","recipientAccountId":"1"}}"#
            )
        };
        let a = event("00000000-0000-0000-0000-00000000000a", "A");
        let b = event("00000000-0000-0000-0000-00000000000b", "B");
        let forged = event("00000000-0000-0000-0000-00000000000b", "C");
        let pretty = a.replace(',', ", \n ");
        let files = [&a, &pretty, &b, &forged].map(|text| text.as_str());
        let mut store = store(&files);
        let proven = |file| Standing((file == 1).then_some(LogStatus::Valid));
        store.arrange(proven, &|file| file);
        assert_eq!(store.order.len(), 3);
        assert!(store.shown.contains(1) && !store.shown.contains(0));
        assert_eq!(store.copies_of(1), [0, 1]);
        assert_eq!(store.conflicts.iter().collect::<Vec<_>>(), [2, 3]);
        assert_eq!(store.contradicting(3), [2]);
        store.forget(|file| file == 1);
        store.arrange(proven, &|file| file);
        assert!(store.shown.contains(0));
    }
}
