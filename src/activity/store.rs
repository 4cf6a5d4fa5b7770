//! The events: columns, the copies among them, and their order in time.

use std::collections::HashMap;

use roaring::RoaringBitmap;

use crate::cloudtrail::event::{Access, Answer, Category};
use crate::cloudtrail::log::{Log, Row};
use crate::moment::Moment;
pub use crate::texts::{Text, Texts};

use super::bits::Bits;
use super::column::Column;
use super::dictionary::Dictionary;
use super::standing::Standing;

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
    /// Whether the request lets everyone in.
    pub open: bool,
    /// Whether it gives something away or takes protection off.
    pub weakens: Answer,
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
    pub(super) ids: Column<u128>,
    pub(super) prints: Column<u64>,
    offsets: Column<u32>,
    lengths: Column<u32>,
    spans: Vec<Span>,
    /// Events whose ID others have too: by ID, account and content. Copies stand side by side.
    pub(super) same: Vec<EventIx>,
    /// Rows that do not hold their whole record, and the event that each is a copy of.
    pub(super) stand_for: HashMap<EventIx, EventIx, foldhash::fast::RandomState>,
    /// Records that were compared by their content: what they are by it.
    pub(super) settled: HashMap<EventIx, u64, foldhash::fast::RandomState>,
    /// Events of one account and ID whose contents are not the same.
    pub conflicts: Bits,
    /// Events whose records the last deep search found.
    pub marked: Bits,
    /// Events with an error.
    pub failed: Bits,
    /// How risky each of [`Store::calls`] is held to be, by its place.
    risks: Vec<u8>,
    /// Events whose call is risky.
    pub risky: Bits,
    /// Alerts that were raised, by their ids, and their events.
    pub alerts: Vec<(String, RoaringBitmap)>,
    /// Events that are shown: each once.
    pub shown: Bits,
    /// Those in the order of their times.
    pub order: Vec<EventIx>,
    /// Events that were there when copies were last looked for.
    pub(super) arranged: u32,
}

/// From which risk on a call is marked as risky.
pub const RISKY: u8 = 8;

impl Store {
    /// Adds the events of a file.
    pub fn add(&mut self, file: u32, log: &Log) {
        if log.rows.is_empty() {
            return;
        }
        let texts: Vec<Text> = log.texts.iter().map(|text| self.texts.hold(text)).collect();
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
            open: row.open,
            weakens: row.weakens,
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
        for set in self
            .same
            .chunk_by(|&a, &b| self.sameness(a) == self.sameness(b))
        {
            let best = set.iter().copied().min_by_key(|&event| {
                let span = self.span(event);
                (
                    span.map(|span| span.standing.rank()),
                    span.map(|span| rank(span.file)),
                    event,
                )
            });
            let others = set.iter().filter(|&&event| Some(event) != best);
            others.for_each(|&event| shown.remove(event));
        }
        self.order = self.in_order(&shown);
        self.shown = shown;
        self.failed = self.errors.fitting(|error| *error != 0);
    }

    /// Takes how risky each call of a service is held to be.
    pub fn weigh(&mut self, risk: impl Fn(&str, &str) -> u8) {
        let texts = &self.texts;
        let calls = self.calls.values.iter();
        let risks = calls.map(|call| risk(texts.get(call.0), texts.get(call.1)));
        self.risks = risks.collect();
        let risks = &self.risks;
        let is_risky = |place: usize| risks.get(place).is_some_and(|risk| *risk >= RISKY);
        let fits: Vec<bool> = (0..self.calls.values.len()).map(is_risky).collect();
        self.risky = self.calls.column.fitting(&fits);
    }

    /// How risky the call of an event is held to be.
    pub fn risk(&self, event: EventIx) -> u8 {
        self.risk_of(self.calls.column.get(event))
    }

    /// How risky one of [`Store::calls`] is held to be.
    pub fn risk_of(&self, place: u32) -> u8 {
        self.risks.get(place as usize).copied().unwrap_or(0)
    }

    /// All events but those of files that were forgotten.
    pub(super) fn present(&self) -> Bits {
        let mut present = Bits::none(self.len());
        for span in self.spans.iter().filter(|span| !span.gone) {
            present.insert_range(span.first..span.first + span.count);
        }
        present
    }

    /// Events in the order of their times; within a second the order must not depend on which file came first.
    fn in_order(&self, shown: &Bits) -> Vec<EventIx> {
        let time = |event: EventIx| self.times.get(event);
        let times = || shown.iter().map(time);
        let (least, most) = (times().min().unwrap_or(0), times().max().unwrap_or(0));
        let shift = (32 - (most - least).leading_zeros()).saturating_sub(BUCKETS);
        let bucket = |event: EventIx| (time(event) - least) >> shift;
        let (mut order, ends) = spread(&|| shown.iter(), 1 << BUCKETS, &bucket);
        let mut from = 0;
        for end in ends {
            let own = &mut order[from..end as usize];
            own.sort_unstable_by(|&a, &b| {
                let by_time = time(a).cmp(&time(b));
                by_time.then_with(|| self.content(a).cmp(&self.content(b)))
            });
            from = end as usize;
        }
        order
    }

    /// What orders events of one second.
    fn content(&self, event: EventIx) -> (u128, u64, EventIx) {
        (self.ids.get(event), self.prints.get(event), event)
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

    /// The events that have an ID.
    pub fn with_id(&self, is: impl Fn(u128) -> bool) -> Bits {
        self.ids.fitting(is)
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

/// Bits of the number of a stretch of time, by which events are spread before they are sorted.
const BUCKETS: u32 = 16;

/// Puts events into buckets, in which they keep their order; with them where each bucket ends.
pub fn spread<I: Iterator<Item = EventIx>>(
    events: &dyn Fn() -> I,
    buckets: usize,
    bucket: &dyn Fn(EventIx) -> u32,
) -> (Vec<EventIx>, Vec<u32>) {
    let mut ends = vec![0_u32; buckets];
    events().for_each(|event| ends[bucket(event) as usize] += 1);
    let mut sum = 0;
    for end in &mut ends {
        sum += std::mem::replace(end, sum);
    }
    let mut spread = vec![0; sum as usize];
    for event in events() {
        let at = &mut ends[bucket(event) as usize];
        spread[*at as usize] = event;
        *at += 1;
    }
    (spread, ends)
}

/// A number that differs in its upper bits too where IDs differ.
pub(super) fn mixed(id: u128) -> u64 {
    ((id >> 64) as u64 ^ id as u64).wrapping_mul(0x9e37_79b9_7f4a_7c15)
}

/// An event ID as CloudTrail writes it.
pub fn id_text(id: u128) -> String {
    if id == 0 {
        return String::new();
    }
    let mut text = String::with_capacity(36);
    for at in 0..32 {
        if matches!(at, 8 | 12 | 16 | 20) {
            text.push('-');
        }
        let digit = (id >> (124 - 4 * at)) as u32 & 15;
        text.extend(char::from_digit(digit, 16));
    }
    text
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;
    use crate::cloudtrail::records::parse_events;

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

    /// What is kept of one file, of JSON Lines, before it comes to a store.
    pub(crate) fn log(text: &str) -> Log {
        parse_events(text.as_bytes(), 1).log
    }
}
