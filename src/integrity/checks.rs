//! Signature checks: which are wanted, and which outcomes are known.
//!
//! Judging is pure and cannot wait, while the browser's own cryptography answers later. So a judgement
//! asks here; what is not known yet is collected, checked by whoever can, and the judgement is made again.

use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::rc::Rc;

use crate::cloudtrail::{PublicKey, Signature};
use crate::room::List;
use crate::sum::Sum;

use super::holdings::{Holdings, KeyItem};
use super::keys::KeyIx;
use super::prove::{DigestIx, SignatureAt};

/// Identifies a check by all that goes into it: key, signed text and signature.
pub type CheckId = [u8; 32];

/// Whether `signature` over `message` verifies with `key` (RSA PKCS#1 v1.5, SHA-256).
#[derive(Clone, Debug)]
pub struct Check {
    /// To hand the outcome back by.
    pub id: CheckId,
    /// The key.
    pub key: Rc<PublicKey>,
    /// The signed text.
    pub message: Vec<u8>,
    /// The signature.
    pub signature: Vec<u8>,
}

/// How many checks are handed out at a time; each holds about 2 kB until it is done.
const AT_ONCE: usize = 2_048;
/// How many pairs of anonymous signatures and keys are tried in one judgement, at about 0.3 ms each. Outcomes that are known
/// count too, so that the same evidence is judged alike the first time and the second.
const TRIES: usize = 20_000;

/// What a signature signs under a key.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Recovered {
    /// A text of this hash.
    Signed(Sum),
    /// It is none of this key.
    Nothing,
    /// Too many were tried in this judgement: nothing follows.
    Untried,
}

/// A check that is wanted, by where its parts stand.
struct Wanted {
    id: CheckId,
    digest: DigestIx,
    key: KeyIx,
    signature: SignatureAt,
}

/// Outcomes of signature checks. They depend on nothing but the bytes, so they stay good for ever.
#[derive(Default)]
pub struct Checks {
    /// None while it is asked for: one table, as each takes 40 bytes a check.
    known: HashMap<CheckId, Option<bool>, foldhash::fast::RandomState>,
    recovered: HashMap<CheckId, Option<Sum>, foldhash::fast::RandomState>,
    wanted: List<Wanted>,
    tries: usize,
    /// Whether more evidence is coming: what a signature signs may be in it, and is not looked for yet.
    pub(crate) so_far: bool,
}

impl Checks {
    /// Begins a judgement: nothing is wanted yet, and no room is held for it.
    pub(super) fn begin(&mut self) {
        self.wanted = List::default();
        self.known.retain(|_, outcome| outcome.is_some());
        self.tries = 0;
    }

    /// How many outcomes are wanted.
    pub(crate) fn pending(&self) -> usize {
        self.wanted.len()
    }

    /// Some of the checks that are wanted; none when all were handed out.
    pub(crate) fn take_wanted(&mut self, holdings: &Holdings) -> Vec<Check> {
        let some = std::iter::from_fn(|| self.wanted.pop()).take(AT_ONCE);
        let check = |wanted: Wanted| {
            let key = holdings.keys[wanted.key as usize].key.as_ref().ok()?;
            let digest = &holdings.digests[wanted.digest as usize];
            Some(Check {
                id: wanted.id,
                key: Rc::clone(key),
                message: holdings.string_to_sign(digest).into_bytes(),
                signature: wanted.signature.signature(holdings)?.0.to_vec(),
            })
        };
        some.filter_map(check).collect()
    }

    /// Wants nothing any more: what stands where has changed.
    pub(crate) fn forget_wanted(&mut self) {
        self.begin();
    }

    /// Forgets the outcomes that were handed in: they are wanted anew.
    pub(crate) fn forget_known(&mut self) {
        self.known.clear();
    }

    /// Takes the outcome of a check.
    pub fn resolve(&mut self, id: CheckId, verifies: bool) {
        self.known.insert(id, Some(verifies));
    }

    /// Whether a signature is that of a digest by a key; `None` while that is not known.
    pub(super) fn verifies(
        &mut self,
        holdings: &Holdings,
        digest: DigestIx,
        key: KeyIx,
        (at, signature): (SignatureAt, &Signature),
    ) -> Option<bool> {
        let known = &holdings.keys[key as usize];
        if known.key.is_err() {
            return Some(false);
        }
        let to_sign = &holdings.digests[digest as usize].to_sign;
        let id = id_of(&known.sum, to_sign, signature);
        match self.known.entry(id) {
            Entry::Occupied(outcome) => *outcome.get(),
            Entry::Vacant(place) => {
                place.insert(None);
                self.wanted.push(Wanted {
                    id,
                    digest,
                    key,
                    signature: at,
                });
                None
            }
        }
    }

    /// The hash that `signature` signs under `key`, if it is a signature of that key at all.
    pub(super) fn recover(&mut self, key: &KeyItem, signature: &Signature) -> Recovered {
        let Ok(public) = key.key.as_ref() else {
            return Recovered::Nothing;
        };
        if self.so_far || self.tries >= TRIES {
            return Recovered::Untried;
        }
        self.tries += 1;
        let id = id_of(&key.sum, &Sum([0; 32]), signature);
        let known = self.recovered.entry(id);
        let found = known.or_insert_with(|| public.recover(&signature.0));
        found.map_or(Recovered::Nothing, Recovered::Signed)
    }
}

fn id_of(key: &Sum, to_sign: &Sum, signature: &Signature) -> CheckId {
    use sha2::Digest as _;
    let mut hasher = sha2::Sha256::new();
    hasher.update(key.0);
    hasher.update(to_sign.0);
    hasher.update(&signature.0);
    hasher.finalize().into()
}
