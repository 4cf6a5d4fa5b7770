//! How digests find each other: by their places, and by the places that they name.

use std::collections::HashMap;

use crate::order::order;

use super::holdings::{DigestItem, Holdings, base_name};
use super::names::Name;
use super::prove::DigestIx;

/// How digests find each other.
#[derive(Default)]
pub struct Links {
    by_key: ByPlace,
    by_file_name: HashMap<String, Vec<DigestIx>, foldhash::fast::RandomState>,
    next: ByPlace,
}

impl Links {
    pub(super) fn new<'p>(
        holdings: &Holdings,
        primary: &[DigestIx],
        path: &dyn Fn(u32) -> &'p str,
    ) -> Self {
        let mut by_file_name: HashMap<String, Vec<DigestIx>, foldhash::fast::RandomState> =
            HashMap::default();
        let (mut own, mut next) = (Vec::with_capacity(primary.len()), Vec::new());
        for &ix in primary {
            let item = &holdings.digests[ix as usize];
            own.push(((item.bucket, item.key), ix));
            if let Some((bucket, key, _)) = item.previous {
                next.push(((bucket, key), ix));
            }
            if let Some(name) = holdings.moved(item, path(item.file)) {
                by_file_name.entry(name.to_owned()).or_default().push(ix);
            }
        }
        Links {
            by_key: ByPlace::new(&own),
            by_file_name,
            next: ByPlace::new(&next),
        }
    }

    /// The digests that stand at `bucket` and `key`: by what they say themselves, else by their file's name.
    pub fn at(&self, holdings: &Holdings, bucket: Name, key: Name) -> &[DigestIx] {
        let found = self.by_key.at((bucket, key));
        if !found.is_empty() || self.by_file_name.is_empty() {
            return found;
        }
        self.by_file_name
            .get(base_name(holdings.text(key)))
            .map_or(&[], Vec::as_slice)
    }

    /// The digests that name `item` as their predecessor.
    pub fn after(&self, item: &DigestItem) -> &[DigestIx] {
        self.next.at((item.bucket, item.key))
    }
}

/// Digests by a bucket and key. Two lists, since a table of lists would weigh ten times as much.
#[derive(Default)]
struct ByPlace {
    places: Vec<(Name, Name)>,
    digests: Vec<DigestIx>,
}

impl ByPlace {
    fn new(pairs: &[((Name, Name), DigestIx)]) -> Self {
        let sorted = order(pairs.len(), &|a, b| pairs[a].0.cmp(&pairs[b].0));
        let pairs = || sorted.iter().map(|&at| pairs[at as usize]);
        ByPlace {
            places: pairs().map(|(place, _)| place).collect(),
            digests: pairs().map(|(_, ix)| ix).collect(),
        }
    }

    fn at(&self, place: (Name, Name)) -> &[DigestIx] {
        let first = self.places.partition_point(|other| *other < place);
        let rest = &self.places[first..];
        let count = rest.iter().take_while(|other| **other == place).count();
        &self.digests[first..first + count]
    }
}
