//! Sets of events, one bit an event: at ten million events a set is 1.25 MB, and joining two takes less than
//! a millisecond.

use std::borrow::Borrow;
use std::ops::{BitAnd, BitAndAssign, BitOr, BitOrAssign, Range, Sub, SubAssign};

/// Events of a word.
pub(super) const WORD: usize = 64;

/// A set of events.
#[derive(Clone, Debug, Default)]
pub struct Bits {
    words: Vec<u64>,
}

impl Bits {
    /// The empty set, with room for so many events.
    pub fn none(events: u32) -> Self {
        Bits {
            words: vec![0; (events as usize).div_ceil(WORD)],
        }
    }

    /// The words of which a set is made; those behind the last event of it are 0.
    pub(super) fn from_words(words: Vec<u64>) -> Self {
        Bits { words }
    }

    /// The words from the one of an event on, which is a multiple of [`WORD`].
    pub(super) fn words_from(&self, event: usize) -> &[u64] {
        self.words.get(event / WORD..).unwrap_or_default()
    }

    /// Adds an event.
    pub fn insert(&mut self, event: u32) {
        let at = event as usize / WORD;
        if at >= self.words.len() {
            self.words.resize(at + 1, 0);
        }
        self.words[at] |= 1 << (event % WORD as u32);
    }

    /// Takes an event out.
    pub fn remove(&mut self, event: u32) {
        if let Some(word) = self.words.get_mut(event as usize / WORD) {
            *word &= !(1 << (event % WORD as u32));
        }
    }

    /// Adds the events of a range.
    pub fn insert_range(&mut self, range: Range<u32>) {
        let Some(last) = range.end.checked_sub(1).filter(|last| *last >= range.start) else {
            return;
        };
        let (from, to) = (range.start as usize / WORD, last as usize / WORD);
        if to >= self.words.len() {
            self.words.resize(to + 1, 0);
        }
        for at in from..=to {
            self.words[at] |= within(at, &range);
        }
    }

    /// Whether an event is in it.
    pub fn contains(&self, event: u32) -> bool {
        let word = self.words.get(event as usize / WORD);
        word.is_some_and(|word| word >> (event % WORD as u32) & 1 == 1)
    }

    /// How many events are in it.
    pub fn len(&self) -> u64 {
        count(self.words.iter().copied())
    }

    /// Whether none is.
    pub fn is_empty(&self) -> bool {
        self.words.iter().all(|word| *word == 0)
    }

    /// How many events of a range are in it.
    pub fn len_in(&self, range: Range<u32>) -> u64 {
        count(self.masked(range).map(|(_, word)| word))
    }

    /// How many events are in this and in another.
    pub fn intersection_len(&self, other: &Bits) -> u64 {
        count(self.words.iter().zip(&other.words).map(|(a, b)| a & b))
    }

    /// The events, in order.
    pub fn iter(&self) -> impl Iterator<Item = u32> {
        self.iter_in(0..u32::MAX)
    }

    /// The events of a range, in order.
    pub fn iter_in(&self, range: Range<u32>) -> impl Iterator<Item = u32> {
        self.masked(range).flat_map(|(at, word)| {
            let begin = (at * WORD) as u32;
            ones(word).map(move |bit| begin + bit)
        })
    }

    /// The words of a range, with their places.
    fn masked(&self, range: Range<u32>) -> impl Iterator<Item = (usize, u64)> {
        let from = (range.start as usize / WORD).min(self.words.len());
        let to = (range.end as usize).div_ceil(WORD).min(self.words.len());
        let words = self.words.get(from..to).unwrap_or_default().iter();
        words
            .enumerate()
            .map(move |(at, word)| (from + at, word & within(from + at, &range)))
    }
}

/// The bits of the word at a place that stand for events of a range.
fn within(at: usize, range: &Range<u32>) -> u64 {
    let begin = (at * WORD) as u64;
    let from = u64::from(range.start).saturating_sub(begin).min(64);
    let to = u64::from(range.end).saturating_sub(begin).min(64);
    let below = |bits: u64| u64::MAX.checked_shr(64 - bits as u32).unwrap_or(0);
    below(to) & !below(from)
}

fn count(words: impl Iterator<Item = u64>) -> u64 {
    words.map(|word| u64::from(word.count_ones())).sum()
}

/// The places of the bits of a word.
pub(super) fn ones(mut word: u64) -> impl Iterator<Item = u32> {
    std::iter::from_fn(move || {
        let at = word.trailing_zeros();
        word &= word.wrapping_sub(1);
        (at < 64).then_some(at)
    })
}

impl FromIterator<u32> for Bits {
    fn from_iter<I: IntoIterator<Item = u32>>(events: I) -> Self {
        let mut bits = Bits::default();
        bits.extend(events);
        bits
    }
}

impl Extend<u32> for Bits {
    fn extend<I: IntoIterator<Item = u32>>(&mut self, events: I) {
        events.into_iter().for_each(|event| self.insert(event));
    }
}

impl<B: Borrow<Bits>> BitAndAssign<B> for Bits {
    fn bitand_assign(&mut self, other: B) {
        let other = &other.borrow().words;
        self.words.truncate(other.len());
        let pairs = self.words.iter_mut().zip(other);
        pairs.for_each(|(word, other)| *word &= other);
    }
}

impl<B: Borrow<Bits>> BitOrAssign<B> for Bits {
    fn bitor_assign(&mut self, other: B) {
        let other = &other.borrow().words;
        if self.words.len() < other.len() {
            self.words.resize(other.len(), 0);
        }
        let pairs = self.words.iter_mut().zip(other);
        pairs.for_each(|(word, other)| *word |= other);
    }
}

impl<B: Borrow<Bits>> SubAssign<B> for Bits {
    fn sub_assign(&mut self, other: B) {
        let pairs = self.words.iter_mut().zip(&other.borrow().words);
        pairs.for_each(|(word, other)| *word &= !other);
    }
}

impl<B: Borrow<Bits>> BitAnd<B> for Bits {
    type Output = Bits;
    fn bitand(mut self, other: B) -> Bits {
        self &= other;
        self
    }
}

impl<B: Borrow<Bits>> BitOr<B> for Bits {
    type Output = Bits;
    fn bitor(mut self, other: B) -> Bits {
        self |= other;
        self
    }
}

impl<B: Borrow<Bits>> Sub<B> for &Bits {
    type Output = Bits;
    fn sub(self, other: B) -> Bits {
        let mut left = self.clone();
        left -= other;
        left
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn does_what_sets_do() {
        let odd: Vec<u32> = (0..300).filter(|n| n % 3 == 1).collect();
        let late: BTreeSet<u32> = (100..260).collect();
        let mut range = Bits::none(10);
        range.insert_range(100..260);
        assert!(range.iter().eq(late.iter().copied()));
        let bits: Bits = odd.iter().copied().collect();
        let kept = |keep: &dyn Fn(&u32) -> bool| odd.iter().copied().filter(keep).collect();
        let both: Vec<u32> = kept(&|n| late.contains(n));
        let left: Vec<u32> = kept(&|n| !late.contains(n));
        assert_eq!((bits.clone() & &range).iter().collect::<Vec<_>>(), both);
        assert_eq!((&bits - &range).iter().collect::<Vec<_>>(), left);
        assert_eq!((bits.clone() | &range).len(), 160 + left.len() as u64);
        assert_eq!(bits.intersection_len(&range), both.len() as u64);
        for (from, to) in [
            (0, 64),
            (63, 65),
            (64, 128),
            (5, 5),
            (130, 1_000),
            (0, u32::MAX),
        ] {
            let own: Vec<u32> = kept(&|n| (from..to).contains(n));
            assert_eq!(bits.iter_in(from..to).collect::<Vec<_>>(), own);
            assert_eq!(bits.len_in(from..to), own.len() as u64);
        }
        let mut one: Bits = [70].into_iter().collect();
        assert!(one.contains(70) && !one.contains(71) && !one.contains(7_000));
        one.remove(70);
        one.remove(7_000);
        one.insert_range(9..9);
        assert!(one.is_empty());
    }
}
