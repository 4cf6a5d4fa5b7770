//! Which public keys a digest may mean.

use std::collections::HashMap;

use crate::order::by_keys;

use super::holdings::Holdings;

/// How many keys are tried under one fingerprint.
const MOST: usize = 8;

/// Place of a key in [`Holdings::keys`].
pub(super) type KeyIx = u32;

/// Keys by fingerprint: first as computed, then as stated.
pub(super) struct Keys {
    by_fingerprint: HashMap<String, Vec<KeyIx>, foldhash::fast::RandomState>,
}

impl Keys {
    pub(super) fn new(holdings: &Holdings, rank: &dyn Fn(u32) -> u32) -> Self {
        let mut order: Vec<KeyIx> = (0..holdings.keys.len() as u32).collect();
        let sums: Vec<_> = holdings
            .keys
            .iter()
            .map(|key| (key.sum, rank(key.file)))
            .collect();
        by_keys(&mut order, &sums);
        let mut keys = Keys {
            by_fingerprint: HashMap::default(),
        };
        let key = |ix: &KeyIx| &holdings.keys[*ix as usize];
        let own = order.iter().flat_map(|ix| {
            let prints = key(ix).encoded.iter().chain([&key(ix).md5]);
            prints.map(|print| (print.clone(), *ix))
        });
        let stated = |ix: &KeyIx| (key(ix).record.fingerprint.to_ascii_lowercase(), *ix);
        for (fingerprint, ix) in own.chain(order.iter().map(stated)) {
            let known = keys.by_fingerprint.entry(fingerprint).or_default();
            if known.len() < MOST && !known.iter().any(|other| key(other).sum == key(&ix).sum) {
                known.push(ix);
            }
        }
        keys
    }

    /// The keys to try for a fingerprint; the one that has it comes first.
    pub(super) fn under(&self, fingerprint: &str) -> &[KeyIx] {
        self.by_fingerprint
            .get(fingerprint)
            .map_or(&[], Vec::as_slice)
    }
}
