//! Columns that grow without being moved, and dictionaries of their values.

use std::collections::HashMap;
use std::hash::Hash;

use roaring::RoaringBitmap;

/// Values of a segment. A vector that doubles would need three times its size at ten million events, and
/// Wasm memory never shrinks.
const SEGMENT: usize = 1 << 16;

/// A column: one value an event.
#[derive(Debug)]
pub struct Column<T> {
    segments: Vec<Vec<T>>,
}

impl<T> Default for Column<T> {
    fn default() -> Self {
        Column {
            segments: Vec::new(),
        }
    }
}

impl<T: Copy + Default> Column<T> {
    /// Adds the value of the next event.
    pub fn push(&mut self, value: T) {
        match self.segments.last_mut() {
            Some(last) if last.len() < SEGMENT => last.push(value),
            _ => {
                // The first segment of a small case stays small.
                let room = if self.segments.is_empty() { 0 } else { SEGMENT };
                let mut segment = Vec::with_capacity(room);
                segment.push(value);
                self.segments.push(segment);
            }
        }
    }

    /// The value of an event; the default for one that is not there.
    pub fn get(&self, at: u32) -> T {
        let segment = self.segments.get(at as usize / SEGMENT);
        segment
            .and_then(|segment| segment.get(at as usize % SEGMENT))
            .copied()
            .unwrap_or_default()
    }

    /// How many events there are.
    pub fn len(&self) -> u32 {
        let last = self.segments.last().map_or(0, Vec::len);
        (self.segments.len().saturating_sub(1) * SEGMENT + last) as u32
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.segments.is_empty()
    }

    /// All values in order.
    pub fn iter(&self) -> impl Iterator<Item = T> {
        self.segments.iter().flatten().copied()
    }

    /// Bytes that it takes.
    pub fn bytes(&self) -> usize {
        let room: usize = self.segments.iter().map(Vec::capacity).sum();
        room * size_of::<T>()
    }
}

/// The events that have a value. Of a resource or a session's key there are many values with one event
/// each, and a list of its own would take ten times the room of the event.
#[derive(Debug)]
enum Posting {
    One(u32),
    Many(Box<RoaringBitmap>),
}

impl Posting {
    /// Adds an event; events come in order.
    fn push(&mut self, event: u32) {
        match self {
            Posting::One(first) => {
                *self = Posting::Many(Box::new([*first, event].into_iter().collect()));
            }
            Posting::Many(events) => {
                events.insert(event);
            }
        }
    }

    fn len(&self) -> u32 {
        match self {
            Posting::One(_) => 1,
            Posting::Many(events) => events.len() as u32,
        }
    }

    fn add_to(&self, found: &mut RoaringBitmap) {
        match self {
            Posting::One(event) => {
                found.insert(*event);
            }
            Posting::Many(events) => *found |= events.as_ref(),
        }
    }

    fn count_in(&self, events: &RoaringBitmap) -> u32 {
        match self {
            Posting::One(event) => u32::from(events.contains(*event)),
            Posting::Many(own) => own.intersection_len(events) as u32,
        }
    }

    fn bytes(&self) -> usize {
        match self {
            Posting::One(_) => 0,
            Posting::Many(events) => events.serialized_size(),
        }
    }
}

/// The distinct values of a column, each with the events that have it.
#[derive(Debug)]
pub struct Dictionary<K> {
    places: HashMap<K, u32, foldhash::fast::RandomState>,
    /// The values.
    pub values: Vec<K>,
    /// The events of each value.
    postings: Vec<Posting>,
    /// The value of each event.
    pub column: Column<u32>,
}

impl<K> Default for Dictionary<K> {
    fn default() -> Self {
        Dictionary {
            places: HashMap::default(),
            values: Vec::new(),
            postings: Vec::new(),
            column: Column::default(),
        }
    }
}

impl<K: Clone + Eq + Hash> Dictionary<K> {
    /// Adds the value of the next event.
    pub fn push(&mut self, value: K) {
        let event = self.column.len();
        let place = match self.places.get(&value) {
            Some(&place) => {
                self.postings[place as usize].push(event);
                place
            }
            None => {
                let place = self.values.len() as u32;
                self.values.push(value.clone());
                self.postings.push(Posting::One(event));
                self.places.insert(value, place);
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
    pub fn fitting(&self, mut fits: impl FnMut(&K) -> bool) -> RoaringBitmap {
        let mut found = RoaringBitmap::new();
        for (value, events) in self.values.iter().zip(&self.postings) {
            if fits(value) {
                events.add_to(&mut found);
            }
        }
        found
    }

    /// How many of `events` have each value.
    pub fn counts(&self, events: &RoaringBitmap) -> Vec<u32> {
        // Joining lists is faster than looking at each event where few values have many events.
        if (self.values.len() as u64) * 64 < events.len() {
            return self
                .postings
                .iter()
                .map(|own| own.count_in(events))
                .collect();
        }
        let mut counts = vec![0; self.values.len()];
        for event in events {
            counts[self.column.get(event) as usize] += 1;
        }
        counts
    }

    /// How many events have each value.
    pub fn sizes(&self) -> Vec<u32> {
        self.postings.iter().map(Posting::len).collect()
    }

    /// Bytes of the column and of its lists of events, without the values.
    pub fn bytes(&self) -> usize {
        let lists: usize = self.postings.iter().map(Posting::bytes).sum();
        self.column.bytes() + lists
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_column_keeps_what_was_pushed_over_segments() {
        let mut column = Column::default();
        (0..200_000_u32).for_each(|value| column.push(value));
        assert_eq!((column.len(), column.get(150_000)), (200_000, 150_000));
        assert!(column.iter().eq(0..200_000));
        assert_eq!(column.get(200_000), 0);
    }

    #[test]
    fn a_dictionary_counts_by_either_way() {
        let mut dictionary = Dictionary::default();
        (0..10_000_u32).for_each(|event| dictionary.push(event % 3));
        let few: RoaringBitmap = (0..9).collect();
        let many: RoaringBitmap = (0..9_000).collect();
        assert_eq!(dictionary.counts(&few), [3, 3, 3]);
        assert_eq!(dictionary.counts(&many), [3_000, 3_000, 3_000]);
        assert_eq!(dictionary.fitting(|value| *value > 0).len(), 6_666);
    }
}
