//! Putting things in order with one sort for all types: each type that is sorted by itself brings a
//! sort of its own, some 10 to 50 kB of the program.

use std::cmp::Ordering;

/// Puts numbers in the order of `compare`; equal ones keep theirs.
pub fn sort(numbers: &mut [u32], compare: &dyn Fn(u32, u32) -> Ordering) {
    numbers.sort_by(|&a, &b| compare(a, b));
}

/// The places of `count` things in the order of `compare`; equal things keep theirs.
pub fn order(count: usize, compare: &dyn Fn(usize, usize) -> Ordering) -> Vec<u32> {
    let mut places: Vec<u32> = (0..count as u32).collect();
    sort(&mut places, &|a, b| compare(a as usize, b as usize));
    places
}

/// Puts `items` in the order of `keys`, which stand beside them; equal keys keep their order.
pub fn by_keys<T, K: Ord>(items: &mut [T], keys: &[K]) {
    arrange(items, order(items.len(), &|a, b| keys[a].cmp(&keys[b])));
}

/// `items` in the order of `compare`; equal items keep their order.
pub fn sorted<T>(mut items: Vec<T>, compare: impl Fn(&T, &T) -> Ordering) -> Vec<T> {
    let places = order(items.len(), &|a, b| compare(&items[a], &items[b]));
    arrange(&mut items, places);
    items
}

/// Puts at each place the item that stands at the one that `places` names, without a second list of them: each goes where
/// the one before it in its cycle stood.
fn arrange<T>(items: &mut [T], mut places: Vec<u32>) {
    for start in 0..places.len() {
        let mut at = start;
        loop {
            let from = std::mem::replace(&mut places[at], at as u32) as usize;
            if from == start {
                break;
            }
            items.swap(at, from);
            at = from;
        }
    }
}

/// Gathers into a set or map one by one. `collect` sorts before, by a sort of its own for each type.
pub trait Gather: Iterator + Sized {
    /// The set or map of all; of equal keys the last counts.
    fn gathered<C: Default + Extend<Self::Item>>(self) -> C {
        let mut all = C::default();
        all.extend(self);
        all
    }
}

impl<I: Iterator> Gather for I {}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        /// The same as the sort of the library, whatever the cycles.
        #[test]
        fn arranges_as_a_stable_sort_does(keys in proptest::collection::vec(0_u8..40, 0..200)) {
            let mut items: Vec<(usize, u8)> = keys.iter().copied().enumerate().collect();
            let mut expected = items.clone();
            expected.sort_by_key(|&(_, key)| key);
            prop_assert_eq!(&sorted(items.clone(), |a, b| a.1.cmp(&b.1)), &expected);
            by_keys(&mut items, &keys);
            prop_assert_eq!(items, expected);
        }
    }

    #[test]
    fn orders_by_keys_and_keeps_equals() {
        let mut items = ['a', 'b', 'c', 'd'];
        by_keys(&mut items, &[2, 1, 2, 0]);
        assert_eq!(items, ['d', 'b', 'a', 'c']);
        let words = sorted(vec!["bb", "a", "cc"], |a, b| a.len().cmp(&b.len()));
        assert_eq!(words, ["a", "bb", "cc"]);
        let last: std::collections::BTreeMap<_, _> =
            [(2, 'a'), (1, 'b'), (2, 'c')].into_iter().gathered();
        assert_eq!(last.into_iter().collect::<Vec<_>>(), [(1, 'b'), (2, 'c')]);
    }
}
