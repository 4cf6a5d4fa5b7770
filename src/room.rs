//! Lists that may become long.

use std::ops::Index;

/// Items of a part.
const PART: usize = 1 << 10;

/// A list in parts, so that what is held stays where it is. A vector is copied when it is full: the double of it is held then,
/// and a hole is left that only smaller ones fill, while Wasm memory never shrinks.
#[derive(Clone, Debug)]
pub struct List<T>(Vec<Vec<T>>);

impl<T> Default for List<T> {
    fn default() -> Self {
        List(Vec::new())
    }
}

impl<T> List<T> {
    /// Adds an item.
    pub fn push(&mut self, item: T) {
        match self.0.last_mut() {
            Some(part) if part.len() < PART => part.push(item),
            _ => self.0.push(vec![item]),
        }
    }

    /// Takes the last item.
    pub fn pop(&mut self) -> Option<T> {
        let item = self.0.last_mut()?.pop();
        if self.0.last().is_some_and(Vec::is_empty) {
            self.0.pop();
        }
        item
    }

    /// How many items there are.
    pub fn len(&self) -> usize {
        let last = self.0.last().map_or(0, Vec::len);
        self.0.len().saturating_sub(1) * PART + last
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// An item by its place.
    pub fn get(&self, place: usize) -> Option<&T> {
        self.0.get(place / PART)?.get(place % PART)
    }

    /// All of them in order.
    pub fn iter(&self) -> impl Iterator<Item = &T> {
        (0..self.len()).filter_map(|place| self.get(place))
    }

    /// All of them in order, to be changed.
    pub fn iter_mut(&mut self) -> impl Iterator<Item = &mut T> {
        self.0.iter_mut().flatten()
    }

    /// Forgets the items for which `keeps` does not hold.
    pub fn retain(&mut self, mut keeps: impl FnMut(&T) -> bool) {
        for part in std::mem::take(&mut self.0) {
            for item in part {
                if keeps(&item) {
                    self.push(item);
                }
            }
        }
    }
}

impl<T> Index<usize> for List<T> {
    type Output = T;

    fn index(&self, place: usize) -> &T {
        &self.0[place / PART][place % PART]
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::{List, PART};

    proptest! {
        /// Whatever is done to it, a list is as a vector is.
        #[test]
        fn a_list_is_as_a_vector_is(steps in proptest::collection::vec((0_u8..3, 0_usize..2_000), 1..12)) {
            let (mut list, mut vector) = (List::default(), Vec::new());
            for (step, many) in steps {
                match step {
                    0 => (0..many).for_each(|item| {
                        list.push(item);
                        vector.push(item);
                    }),
                    1 => (0..many).for_each(|_| assert_eq!(list.pop(), vector.pop())),
                    _ => {
                        list.retain(|item| item % (many + 1) > 0);
                        vector.retain(|item| item % (many + 1) > 0);
                    }
                }
                list.iter_mut().for_each(|item| *item += 1);
                vector.iter_mut().for_each(|item| *item += 1);
                prop_assert!(list.iter().eq(&vector));
                prop_assert_eq!((list.len(), list.is_empty()), (vector.len(), vector.is_empty()));
                prop_assert_eq!(list.get(many), vector.get(many));
                prop_assert!((0..vector.len()).all(|at| list[at] == vector[at]));
            }
            prop_assert!(list.0.iter().all(|part| part.capacity() <= PART));
        }
    }
}
