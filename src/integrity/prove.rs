//! Whether each digest is proven, and by what.

use std::collections::{HashMap, HashSet};

use crate::cloudtrail::Signature;
use crate::moment::HOUR;
use crate::order::{by_keys, order};
use crate::sum::Sum;

use super::checks::{Checks, Recovered};
use super::holdings::{DigestItem, Holdings, KeyItem, base_name};
use super::keys::{KeyIx, Keys};
use super::links::Links;
use super::names::Name;
use super::status::{DigestStatus, SignatureSource};

/// How many pieces of metadata that name one digest, and how many digests that carry a signature of it, are tried; a
/// hostile drop could hold any number.
const MOST: usize = 64;

/// Place of a digest in [`Holdings::digests`].
pub type DigestIx = u32;

/// Where a signature stands in the evidence.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SignatureAt {
    /// In [`Holdings::metadata`].
    Metadata(u32),
    /// In the next digest.
    Next(DigestIx),
}

impl SignatureAt {
    /// The signature itself; `None` where its text is no hexadecimal.
    pub fn signature(self, holdings: &Holdings) -> Option<Signature> {
        match self {
            SignatureAt::Metadata(at) => holdings.metadata[at as usize].signature.clone(),
            SignatureAt::Next(ix) => holdings.digests[ix as usize].previous_signature.signature(),
        }
    }
}

/// What is known of one digest.
#[derive(Clone, Copy, Debug, Default)]
pub struct Proof {
    /// Set where it is proven.
    pub source: Option<SignatureSource>,
    /// The key that verified it, where a signature did.
    pub key: Option<KeyIx>,
    /// The next digest that proves it, or that states another hash.
    pub next: Option<DigestIx>,
    /// Where the signature stands that verified, or that certainly is its own and did not.
    pub signature: Option<SignatureAt>,
    /// Its own metadata does not verify.
    condemned: bool,
    /// A proven next digest states another hash.
    pub mismatch: bool,
}

/// The outcome for all digests.
pub struct Proofs {
    /// One a digest of [`Holdings::digests`].
    pub of: Vec<Proof>,
    /// The status of each.
    pub status: Vec<DigestStatus>,
    /// Digests without copies of equal content: those that are reported.
    pub primary: Vec<DigestIx>,
    /// How digests find each other.
    pub links: Links,
    /// Places in [`Holdings::metadata`] of signatures that were tried and are of no digest here.
    pub unmatched: Vec<u32>,
    /// The digest that the only signature left is held against, as the newest of the only chain.
    last: Option<DigestIx>,
}

/// Whether a path that metadata names is that of `key`: all of it, or its end, as tools print a path below a folder.
fn is_key(named: &str, key: &str) -> bool {
    let named = named.trim_start_matches('/');
    key == named
        || key
            .strip_suffix(named)
            .is_some_and(|rest| rest.ends_with('/'))
}

impl Proofs {
    /// Whether what a digest says is signed, whatever became of its file.
    pub fn is_proven(&self, ix: DigestIx) -> bool {
        self.of[ix as usize].source.is_some()
    }

    /// The digest that stands condemned only as the newest of all.
    pub(super) fn last(&self) -> Option<DigestIx> {
        self.last
    }

    /// Takes that back: something tells of newer digests, and the signature may be of one of those.
    pub(super) fn acquit_last(&mut self) {
        let Some(ix) = self.last.take() else { return };
        if self.status[ix as usize] == DigestStatus::InvalidSignature {
            self.status[ix as usize] = DigestStatus::Unsigned;
            if let Some(SignatureAt::Metadata(at)) = self.of[ix as usize].signature.take() {
                self.unmatched.push(at);
            }
        }
    }
}

/// Proves what can be proven. Outcomes that `checks` does not know yet leave a digest unproven for now.
///
/// `path` gives the path of a file, `rank` its place in the order of paths; `eager` asks for every
/// signature that might be needed, else only for those that the hash chain cannot replace.
pub fn prove<'p>(
    holdings: &Holdings,
    checks: &mut Checks,
    path: &dyn Fn(u32) -> &'p str,
    rank: &dyn Fn(u32) -> u32,
    eager: bool,
) -> Proofs {
    let primary = primary(holdings, path, rank);
    let links = Links::new(holdings, &primary, path);
    let keys = Keys::new(holdings, rank);
    let mut prover = Prover {
        holdings,
        checks,
        links,
        keys,
        of: vec![Proof::default(); holdings.digests.len()],
    };
    prover.by_named_metadata(&primary);
    let anonymous = prover.by_anonymous_metadata(&primary, rank);
    prover.by_hash_chain((0..holdings.digests.len() as u32).collect());
    prover.by_next_digest(&primary, eager);
    let last = prover.condemn_last(&primary, &anonymous);
    let status = (0..holdings.digests.len())
        .map(|ix| prover.status(ix))
        .collect();
    Proofs {
        of: prover.of,
        status,
        primary,
        links: prover.links,
        unmatched: anonymous
            .unmatched
            .into_iter()
            .filter(|&at| last.is_none_or(|(_, held)| held != at))
            .collect(),
        last: last.map(|(ix, _)| ix),
    }
}

/// What became of the metadata that could be matched only by what it signs.
struct Anonymous {
    /// Places in [`Holdings::metadata`] of signatures that are of no digest here.
    unmatched: Vec<u32>,
    /// Whether all could be tried.
    all_tried: bool,
}

/// Digests newest first, each content at each key once: copies add nothing. What lies under its own name stands for
/// what lies under that of another.
fn primary<'p>(
    holdings: &Holdings,
    path: &dyn Fn(u32) -> &'p str,
    rank: &dyn Fn(u32) -> u32,
) -> Vec<DigestIx> {
    let mut order: Vec<DigestIx> = (0..holdings.digests.len() as u32).collect();
    let is_moved = |item: &DigestItem| holdings.moved(item, path(item.file)).is_some();
    let keys: Vec<_> = holdings
        .digests
        .iter()
        .map(|item| (std::cmp::Reverse(item.end), is_moved(item), rank(item.file)))
        .collect();
    by_keys(&mut order, &keys);
    // Equal contents end alike, and those stand one after the other.
    let mut seen: HashSet<(Name, Name, Sum, bool), foldhash::fast::RandomState> =
        HashSet::default();
    let mut end = None;
    order.retain(|&ix| {
        let item = &holdings.digests[ix as usize];
        if end.replace(item.end) != Some(item.end) {
            seen = HashSet::default();
        }
        seen.insert((item.bucket, item.key, item.content, item.trailing))
    });
    order
}

struct Prover<'a> {
    holdings: &'a Holdings,
    checks: &'a mut Checks,
    links: Links,
    keys: Keys,
    of: Vec<Proof>,
}

impl Prover<'_> {
    fn proven(&self, ix: DigestIx) -> bool {
        self.of[ix as usize].source.is_some()
    }

    /// Tries every key that the digest may mean; `None` while an outcome is not known.
    fn verifies(&mut self, ix: DigestIx, at: SignatureAt) -> Option<Option<KeyIx>> {
        let Some(signature) = at.signature(self.holdings) else {
            return Some(None);
        };
        let item = &self.holdings.digests[ix as usize];
        let mut known = true;
        for &key in self.keys.under(self.holdings.text(item.fingerprint)) {
            match self
                .checks
                .verifies(self.holdings, ix, key, (at, &signature))
            {
                Some(true) => return Some(Some(key)),
                Some(false) => {}
                None => known = false,
            }
        }
        known.then_some(None)
    }

    /// First: the signature of its own object metadata, where the metadata names its key.
    fn by_named_metadata(&mut self, primary: &[DigestIx]) {
        let holdings = self.holdings;
        let metadata = holdings.metadata.iter().enumerate();
        let named: Vec<(&str, u32)> = metadata
            .filter_map(|(at, item)| Some((base_name(holdings.text(item.key?)), at as u32)))
            .collect();
        if named.is_empty() {
            return;
        }
        // A list in order: a table of lists would weigh five times as much.
        let order = order(named.len(), &|a, b| named[a].cmp(&named[b]));
        for &ix in primary {
            let item = &holdings.digests[ix as usize];
            let key = holdings.text(item.key);
            let own = base_name(key);
            let first = order.partition_point(|&at| named[at as usize].0 < own);
            let all = order[first..].iter().map(|&at| named[at as usize]);
            let all = all.take_while(|(name, _)| *name == own);
            let few = all.clone().take(MOST + 1).count() <= MOST;
            for (_, at) in all.take(MOST) {
                let metadata = &holdings.metadata[at as usize];
                let outcome = self.verifies(ix, SignatureAt::Metadata(at));
                let proof = &mut self.of[ix as usize];
                match outcome {
                    Some(Some(key)) => {
                        proof.source = Some(SignatureSource::ObjectMetadata);
                        proof.key = Some(key);
                        proof.signature = Some(SignatureAt::Metadata(at));
                    }
                    // A copy in another bucket or folder has the name and may have another signature.
                    Some(None)
                        if proof.source.is_none()
                            && few
                            && metadata.bucket.is_none_or(|named| named == item.bucket)
                            && metadata
                                .key
                                .is_some_and(|named| is_key(holdings.text(named), key)) =>
                    {
                        proof.condemned = true;
                        proof.signature = Some(SignatureAt::Metadata(at));
                    }
                    _ => {}
                }
            }
        }
    }

    /// Also first: metadata that does not name its key, or names none of a digest here, is matched by what it signs.
    fn by_anonymous_metadata(
        &mut self,
        primary: &[DigestIx],
        rank: &dyn Fn(u32) -> u32,
    ) -> Anonymous {
        let holdings = self.holdings;
        let mut outcome = Anonymous {
            unmatched: Vec::new(),
            all_tried: true,
        };
        if holdings.metadata.is_empty() {
            return outcome;
        }
        let keys = primary
            .iter()
            .map(|&ix| base_name(holdings.text(holdings.digests[ix as usize].key)));
        let names: HashSet<&str, foldhash::fast::RandomState> = keys.collect();
        let is_here = |key: Name| names.contains(base_name(holdings.text(key)));
        let mut order: Vec<u32> = (0..holdings.metadata.len() as u32)
            .filter(|&at| !holdings.metadata[at as usize].key.is_some_and(is_here))
            .collect();
        if order.is_empty() {
            return outcome;
        }
        // In the order of paths: which are tried must not hang on which file was read first.
        let ranks: Vec<_> = holdings.metadata.iter().map(|one| rank(one.file)).collect();
        by_keys(&mut order, &ranks);
        let mut seen = HashSet::new();
        order.retain(|&at| seen.insert(&holdings.metadata[at as usize].signature));
        let mut by_text: HashMap<Sum, Vec<DigestIx>, foldhash::fast::RandomState> =
            HashMap::default();
        let mut seen = HashSet::new();
        let mut fingerprints: Vec<Name> = Vec::new();
        for &ix in primary {
            let item = &holdings.digests[ix as usize];
            by_text.entry(item.to_sign).or_default().push(ix);
            // The newest first: theirs are the signatures that nothing replaces, and that are collected.
            if seen.insert(item.fingerprint) {
                fingerprints.push(item.fingerprint);
            }
        }
        for at in order {
            let Some(signature) = &holdings.metadata[at as usize].signature else {
                outcome.unmatched.push(at);
                continue;
            };
            let mut tried = true;
            let found = fingerprints.iter().find_map(|&fingerprint| {
                let keys = self.keys.under(holdings.text(fingerprint));
                keys.iter().find_map(|&key| {
                    let key_item = &holdings.keys[key as usize];
                    let text = match self.checks.recover(key_item, signature) {
                        Recovered::Signed(text) => text,
                        Recovered::Nothing => return None,
                        Recovered::Untried => {
                            tried = false;
                            return None;
                        }
                    };
                    let signed = by_text.get(&text)?;
                    let own =
                        |ix: &&DigestIx| holdings.digests[**ix as usize].fingerprint == fingerprint;
                    signed.iter().find(own).map(|&ix| (ix, key))
                })
            });
            match found {
                Some((ix, key)) => {
                    let proof = &mut self.of[ix as usize];
                    proof.source = Some(SignatureSource::ObjectMetadata);
                    proof.key = Some(key);
                    proof.signature = Some(SignatureAt::Metadata(at));
                }
                None if tried => outcome.unmatched.push(at),
                None => outcome.all_tried = false,
            }
        }
        outcome
    }

    /// Second: signed content proves its predecessor. Follows the chain back from each of `from` that is proven.
    fn by_hash_chain(&mut self, from: Vec<DigestIx>) {
        let mut queue: Vec<DigestIx> = from.into_iter().filter(|&ix| self.proven(ix)).collect();
        while let Some(next) = queue.pop() {
            let Some((bucket, key, Some(content))) = self.holdings.digests[next as usize].previous
            else {
                continue;
            };
            for at in 0..self.links.at(self.holdings, bucket, key).len() {
                let ix = self.links.at(self.holdings, bucket, key)[at];
                if self.proven(ix) {
                    continue;
                }
                let same = self.holdings.digests[ix as usize].content == content;
                let proof = &mut self.of[ix as usize];
                proof.next = Some(next);
                proof.mismatch = !same;
                if same {
                    proof.source = Some(SignatureSource::HashChain);
                    queue.push(ix);
                }
            }
        }
    }

    /// Third: the signature that the next digest carries, proven or not. It can prove, never condemn.
    fn by_next_digest(&mut self, primary: &[DigestIx], eager: bool) {
        let mut waiting = HashSet::new();
        for &ix in primary {
            let item = &self.holdings.digests[ix as usize];
            if self.proven(ix) || (!eager && waiting.contains(&(item.trail, item.backfill))) {
                continue;
            }
            for at in 0..self.links.after(item).len().min(MOST) {
                let next = self.links.after(item)[at];
                match self.verifies(ix, SignatureAt::Next(next)) {
                    Some(Some(key)) => {
                        let proof = &mut self.of[ix as usize];
                        proof.source = Some(SignatureSource::NextDigest);
                        proof.key = Some(key);
                        proof.next = Some(next);
                        proof.signature = Some(SignatureAt::Next(next));
                        self.by_hash_chain(vec![ix]);
                        break;
                    }
                    Some(None) => {}
                    None => {
                        waiting.insert((item.trail, item.backfill));
                    }
                }
            }
        }
    }

    /// The only signature left, and only the newest digest of the only chain left to sign: it is its own. Gives both.
    fn condemn_last(
        &mut self,
        primary: &[DigestIx],
        anonymous: &Anonymous,
    ) -> Option<(DigestIx, u32)> {
        // What names a key that is not here is that object's, and none that is left over.
        let nameless = |at: &&u32| self.holdings.metadata[**at as usize].key.is_none();
        let left: Vec<&u32> = anonymous.unmatched.iter().filter(nameless).collect();
        let (true, &[&at], Some(&newest)) = (anonymous.all_tried, &*left, primary.first()) else {
            return None;
        };
        let signature = SignatureAt::Metadata(at);
        let item = &self.holdings.digests[newest as usize];
        let one_chain = primary.iter().all(|&ix| {
            let other = &self.holdings.digests[ix as usize];
            other.trail == item.trail && other.backfill == item.backfill
        });
        let ends = primary
            .iter()
            .filter(|&&ix| {
                self.links
                    .after(&self.holdings.digests[ix as usize])
                    .is_empty()
            })
            .count();
        if one_chain
            && ends == 1
            && !self.proven(newest)
            && self.links.after(item).is_empty()
            // What was written before its window ended, or when the next digest is due, is another object.
            && self.holdings.metadata[at as usize]
                .modified
                .is_none_or(|written| (item.end..item.end.plus(HOUR)).contains(&written))
            && !self.is_of_another_key(signature, item)
        {
            let proof = &mut self.of[newest as usize];
            proof.condemned = true;
            proof.signature = Some(signature);
            return Some((newest, at));
        }
        None
    }

    /// Whether a signature is a sound one of a key that `item` does not name, and so signs something else; also where that
    /// could not be tried.
    fn is_of_another_key(&mut self, at: SignatureAt, item: &DigestItem) -> bool {
        let Some(signature) = at.signature(self.holdings) else {
            return false;
        };
        let own = self.keys.under(self.holdings.text(item.fingerprint));
        let others = (0..self.holdings.keys.len() as KeyIx).filter(|key| !own.contains(key));
        let keys: Vec<&KeyItem> = others
            .map(|key| &self.holdings.keys[key as usize])
            .filter(|key| {
                own.iter()
                    .all(|&one| self.holdings.keys[one as usize].sum != key.sum)
            })
            .collect();
        keys.into_iter()
            .any(|key| self.checks.recover(key, &signature) != Recovered::Nothing)
    }

    fn status(&self, ix: usize) -> DigestStatus {
        let proof = &self.of[ix];
        if proof.source.is_some() {
            // What is signed is the content; the file is more than that.
            return if self.holdings.digests[ix].trailing {
                DigestStatus::TrailingData
            } else {
                DigestStatus::Valid
            };
        }
        if proof.mismatch {
            return DigestStatus::ChainMismatch;
        }
        let item = &self.holdings.digests[ix];
        let fingerprint = self.holdings.text(item.fingerprint);
        let Some(&key) = self.keys.under(fingerprint).first() else {
            return DigestStatus::NoKey;
        };
        // What only states the fingerprint may be anything, and condemns nothing.
        let key = &self.holdings.keys[key as usize];
        if !key.encoded.iter().any(|print| print == fingerprint) {
            return DigestStatus::BadKey;
        }
        if proof.condemned {
            return DigestStatus::InvalidSignature;
        }
        DigestStatus::Unsigned
    }
}
