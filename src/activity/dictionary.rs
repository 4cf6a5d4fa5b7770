//! The distinct values of a column, each held once, with the events that have it.

use std::hash::{BuildHasher as _, Hash};

use foldhash::fast::RandomState;
use hashbrown::HashTable;
use roaring::RoaringBitmap;

use super::bits::Bits;
use super::column::Codes;

/// Below this a list of events stays a plain one.
const FEW: usize = 64;
/// Events for each of its containers that make a roaring list the smaller one.
const DENSE: usize = 16;

/// The events that have a value. Of a resource or a session's key there are many values with one event
/// each, and values whose events are far apart: a roaring list would take ten times the room for them.
#[derive(Debug)]
enum Posting {
    One(u32),
    Few(Vec<u32>),
    Many(Box<Many>),
}

/// A roaring list, and the newest events that it has not taken yet: it looks for its end each time that it takes some.
#[derive(Debug)]
struct Many {
    events: RoaringBitmap,
    newest: Vec<u32>,
}

/// Events that a roaring list takes at a time.
const TOGETHER: usize = 128;

impl Posting {
    /// Adds an event; events come in order.
    fn push(&mut self, event: u32) {
        match self {
            Posting::One(first) => *self = Posting::Few(vec![*first, event]),
            Posting::Few(events) => {
                let is_full = events.len() == events.capacity() && events.len() >= FEW;
                if is_full && events.len() > DENSE * containers(events) {
                    let mut newest = std::mem::take(events);
                    newest.push(event);
                    let events = RoaringBitmap::new();
                    *self = Posting::Many(Box::new(Many { events, newest }));
                } else {
                    events.push(event);
                }
            }
            Posting::Many(many) => {
                many.newest.push(event);
                if many.newest.len() >= TOGETHER {
                    // Events come in order, so that they fit at the end.
                    let _ = many.events.append(many.newest.drain(..));
                }
            }
        }
    }

    fn add_to(&self, found: &mut Bits) {
        match self {
            Posting::One(event) => found.insert(*event),
            Posting::Few(events) => found.extend(events.iter().copied()),
            Posting::Many(many) => {
                found.extend(many.events.iter());
                found.extend(many.newest.iter().copied());
            }
        }
    }

    /// Bytes that it takes beside its own few.
    fn bytes(&self) -> usize {
        match self {
            Posting::One(_) => 0,
            Posting::Few(events) => events.capacity() * size_of::<u32>(),
            // A container has a key, a length and a vector, of two bytes an event or of one bit for each of
            // 65,536; what the library itself tells counts four bytes and 65,536.
            Posting::Many(many) => {
                let told = many.events.statistics();
                let arrays = told.n_bytes_array_containers as usize / 2;
                let bitmaps = told.n_bitset_containers as usize * 8_192;
                arrays
                    + bitmaps
                    + told.n_bytes_run_containers as usize
                    + told.n_containers as usize * 24
                    + many.newest.capacity() * size_of::<u32>()
            }
        }
    }
}

/// Parts of 65,536 events over which a list goes.
fn containers(events: &[u32]) -> usize {
    let span = events.first().zip(events.last());
    span.map_or(0, |(first, last)| {
        ((last >> 16) - (first >> 16)) as usize + 1
    })
}

/// The distinct values of a column, each with the events that have it.
#[derive(Debug)]
pub struct Dictionary<K> {
    hasher: RandomState,
    places: HashTable<u32>,
    /// The values.
    pub values: Vec<K>,
    /// The events of each value.
    postings: Vec<Posting>,
    /// The value of each event.
    pub column: Codes,
}

impl<K> Default for Dictionary<K> {
    fn default() -> Self {
        Dictionary {
            hasher: RandomState::default(),
            places: HashTable::new(),
            values: Vec::new(),
            postings: Vec::new(),
            column: Codes::default(),
        }
    }
}

impl<K: Eq + Hash> Dictionary<K> {
    /// Adds the value of the next event.
    pub fn push(&mut self, value: K) {
        let event = self.column.len();
        let (hasher, values) = (&self.hasher, &self.values);
        let hash = hasher.hash_one(&value);
        let is = |place: &u32| values[*place as usize] == value;
        let place = match self.places.find(hash, is) {
            Some(&place) => {
                self.postings[place as usize].push(event);
                place
            }
            None => {
                let place = self.values.len() as u32;
                self.values.push(value);
                self.postings.push(Posting::One(event));
                let (hasher, values) = (&self.hasher, &self.values);
                let again = |place: &u32| hasher.hash_one(&values[*place as usize]);
                self.places.insert_unique(hash, place, again);
                place
            }
        };
        self.column.push(place);
    }

    /// The value of an event.
    pub fn of(&self, event: u32) -> Option<&K> {
        self.values.get(self.column.get(event) as usize)
    }

    /// The events whose value `fits`.
    pub fn fitting(&self, mut fits: impl FnMut(&K) -> bool) -> Bits {
        let fitting: Vec<bool> = self.values.iter().map(&mut fits).collect();
        let sizes = fitting.iter().zip(self.column.sizes());
        let all: u64 = sizes
            .map(|(fits, size)| if *fits { u64::from(*size) } else { 0 })
            .sum();
        // Going over a list costs four times as much an event as going over the column.
        if all * 4 > u64::from(self.column.len()) {
            return self.column.fitting(&fitting);
        }
        let mut found = Bits::none(self.column.len());
        let lists = fitting.iter().zip(&self.postings);
        for (_, events) in lists.filter(|(fits, _)| **fits) {
            events.add_to(&mut found);
        }
        found
    }

    /// How many of `events` have each value.
    pub fn counts(&self, events: &Bits) -> Vec<u32> {
        self.column.counts(events)
    }

    /// Bytes of the column and of its lists of events, without the distinct values.
    pub fn bytes(&self) -> usize {
        let lists: usize = self.postings.iter().map(Posting::bytes).sum();
        self.column.bytes() + lists
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn finds_by_lists_and_by_the_column() {
        let mut dictionary = Dictionary::default();
        let value = |event: u32| match event {
            0..100 => event,
            _ if event.is_multiple_of(900) => 7,
            _ => 200 + event % 3,
        };
        (0..200_000_u32).for_each(|event| dictionary.push(value(event)));
        assert!(matches!(dictionary.postings[0], Posting::One(0)));
        assert!(matches!(
            dictionary.postings[7],
            Posting::Few(_) | Posting::Many(_)
        ));
        assert!(matches!(dictionary.postings[100], Posting::Many(_)));
        for wanted in [0, 7, 200, 202] {
            let found = dictionary.fitting(|value| *value == wanted);
            assert!(
                found
                    .iter()
                    .eq((0..200_000).filter(|event| value(*event) == wanted))
            );
        }
        let most = dictionary.fitting(|value| *value >= 100);
        assert!(
            most.iter()
                .eq((0..200_000).filter(|event| value(*event) >= 100))
        );
        assert_eq!(dictionary.of(150), Some(&200));
        assert_eq!(dictionary.values.len(), 103);
    }
}
