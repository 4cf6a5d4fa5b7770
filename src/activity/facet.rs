//! The values of a field among some events, the most frequent first.

use std::collections::{BTreeSet, HashMap};

use foldhash::fast::RandomState;

use crate::order::{Gather as _, sorted};

use super::bits::Bits;
use super::column::Codes;
use super::field::{self, Field};
use super::store::{Store, Text};

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

/// The values of a field among `events`.
pub fn values(store: &Store, field: Field, events: &Bits) -> Values {
    let counts = counts(store, field, Some(events));
    let entry = field.entry();
    Values {
        field: entry.names.first().copied().unwrap_or_default().to_owned(),
        title: entry.title.to_owned(),
        distinct: counts.len() as u32,
        top: top(counts.into_iter(), MOST_VALUES),
    }
}

/// The most frequent values that `fit`, at most `most`; copies of events count too, which costs nothing.
pub fn likely_values(
    store: &Store,
    field: Field,
    most: usize,
    fits: &dyn Fn(&str) -> bool,
) -> Vec<(String, u32)> {
    let counts = counts(store, field, None).into_iter();
    top(counts.filter(|(value, _)| fits(value)), most)
}

/// All values of a field among all events, the most frequent first.
pub fn all_values(store: &Store, field: Field) -> Vec<(String, u32)> {
    let all = counts(store, field, Some(&store.shown));
    let all = sorted(all, |a, b| b.1.cmp(&a.1).then_with(|| a.0.cmp(b.0)));
    let owned = all.into_iter();
    owned
        .map(|(value, count)| (value.to_owned(), count))
        .collect()
}

/// The most frequent values, equal ones by name.
fn top<'s>(counts: impl Iterator<Item = (&'s str, u32)>, most: usize) -> Vec<(String, u32)> {
    let mut best: Vec<(&str, u32)> = Vec::new();
    for (value, count) in counts {
        let is_better = |other: &(&str, u32)| (other.1, value) < (count, other.0);
        if best.len() == most && !best.last().is_some_and(is_better) {
            continue;
        }
        let at = best.partition_point(|other| !is_better(other));
        best.truncate(most.saturating_sub(1));
        best.insert(at, (value, count));
    }
    let owned = best.into_iter();
    owned
        .map(|(value, count)| (value.to_owned(), count))
        .collect()
}

/// How many of `events` have each value; without, of all that came, copies too.
fn counts<'s>(store: &'s Store, field: Field, events: Option<&Bits>) -> Vec<(&'s str, u32)> {
    let mut counts: HashMap<&str, u32, RandomState> = HashMap::default();
    let of = |codes: &Codes| match events {
        Some(events) => codes.counts(events),
        None => codes.sizes().to_vec(),
    };
    let mut take = |value: &'s str, count: u32| {
        // What has no value is not one.
        if count > 0 && !value.is_empty() {
            *counts.entry(value).or_default() += count;
        }
    };
    if let Some(labels) = field::labels(store, field) {
        let all = labels.values.into_iter().zip(of(labels.codes));
        all.for_each(|(value, count)| take(value, count));
    } else if field == Field::Proven {
        for span in store.spans() {
            let all = events.unwrap_or(&store.shown);
            let own = all.len_in(span.first..span.first + span.count);
            take(span.standing.name(), own as u32);
        }
    } else if matches!(field, Field::Resource | Field::Bucket) {
        let wanted = |text: Text| match (field, store.texts.get(text)) {
            (Field::Bucket, value) => field::bucket(value),
            (_, value) => Some(value),
        };
        for (all, count) in store.targets.values.iter().zip(of(&store.targets.column)) {
            // A bucket and its objects stand in one event.
            let wanted: BTreeSet<&str> = all.iter().filter_map(|&one| wanted(one)).gathered();
            let wanted = wanted.into_iter();
            wanted.for_each(|value| take(value, count));
        }
    }
    counts.into_iter().collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_most_frequent_come_first_and_equal_ones_by_name() {
        let all = [("b", 2), ("a", 2), ("c", 9), ("d", 1), ("e", 2)];
        let names = |most| {
            let top = top(all.into_iter(), most);
            top.into_iter().map(|(name, _)| name).collect::<String>()
        };
        assert_eq!(names(10), "cabed");
        assert_eq!(names(3), "cab");
        assert_eq!(names(1), "c");
    }
}
