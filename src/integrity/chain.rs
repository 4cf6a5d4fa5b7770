//! The chains of each trail: how digests follow each other, and where they do not.

use std::collections::{HashMap, HashSet};

use crate::cloudtrail::ObjectName;
use crate::moment::{HOUR, Moment};
use crate::order::sorted;

use super::holdings::{DigestItem, Holdings, TrailId, base_name};
use super::names::Name;
use super::prove::{DigestIx, Proofs};
use super::status::{GapKind, Verdict};

/// Half an hour in seconds: windows that are closer than this touch.
const TOUCH: i64 = HOUR / 2;

/// The digests of one trail in one account and region.
#[derive(Clone, Debug)]
pub struct TrailRow {
    /// Whose they are, as text; the order of trails.
    pub key: TrailKey,
    /// Beginning of the first window and end of the last; `None` without a digest.
    pub span: Option<(Moment, Moment)>,
    /// Digests in the evidence.
    pub digests: u64,
    /// Missing digests at most: one for each hour of a hole.
    pub missing: u64,
    /// Missing digests at least: those that another names.
    pub missing_named: u64,
    /// Its chains.
    pub chains: Vec<Chain>,
    /// The newest digest that is not backfill: the end of its window.
    pub newest: Option<Moment>,
}

/// What names a trail in one account and region.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct TrailKey {
    /// The organization, for its trail.
    pub organization: Option<String>,
    /// The account whose events they are.
    pub account: String,
    /// The region that delivered.
    pub region: String,
    /// The trail's name; empty where only an account and region are known.
    pub trail: String,
    /// Where the trail was made.
    pub home_region: String,
}

/// A run of digests from a starting digest, or from the oldest that is here.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Chain {
    /// The beginning of its first window.
    pub from: Moment,
    /// The end of its last window.
    pub to: Moment,
    /// Digests of it that are here.
    pub digests: u64,
    /// Whether it is the chain of backfill digests.
    pub backfill: bool,
}

/// A period that is not covered as it should be.
#[derive(Clone, Debug)]
pub struct Gap {
    /// Why.
    pub kind: GapKind,
    /// Place of its trail.
    pub trail: u32,
    /// Its beginning.
    pub from: Moment,
    /// Its end.
    pub to: Moment,
    /// Digests that are not there, at most.
    pub digests: u64,
    /// The best verdict that it allows.
    pub best: Verdict,
    /// What tells of it, in a sentence.
    pub evidence: String,
}

/// A digest that another names and that is not here, though its day was collected.
#[derive(Clone, Copy, Debug)]
pub struct Missing {
    /// Its bucket.
    pub bucket: Name,
    /// Its key.
    pub key: Name,
    /// The end of its window.
    pub end: Moment,
    /// Who names it.
    pub named_by: DigestIx,
}

/// The days of which anything was collected, by account and region.
#[derive(Default)]
pub struct Days {
    any: HashSet<(Name, Name, i64), foldhash::fast::RandomState>,
    logs: HashSet<(Name, Name, i64), foldhash::fast::RandomState>,
}

impl Days {
    /// Reads them off the evidence: digests by the end of their window, logs by their delivery.
    pub fn new(holdings: &Holdings) -> Self {
        let mut days = Days::default();
        for item in holdings.digests.iter() {
            days.any.insert((
                item.trail.account,
                item.trail.region,
                item.end.day().seconds(),
            ));
        }
        for name in holdings
            .broken
            .iter()
            .filter_map(|broken| broken.name.as_ref())
        {
            let (account, region) = (
                holdings.names().find(&name.account),
                holdings.names().find(&name.region),
            );
            if let (Some(account), Some(region)) = (account, region) {
                days.any.insert((account, region, name.end.day().seconds()));
            }
        }
        for item in holdings.logs.iter() {
            if let (Some(account), Some(region), Some(at)) =
                (item.account, item.region, item.delivered)
            {
                let day = (account, region, at.day().seconds());
                days.any.insert(day);
                days.logs.insert(day);
            }
        }
        days
    }

    /// Whether a log file of this day was collected.
    pub fn has_logs(&self, account: Name, region: Name, at: Moment) -> bool {
        self.logs.contains(&(account, region, at.day().seconds()))
    }

    /// Whether anything was collected of the days of digests that end after `from` and not after `to`.
    fn has_any(&self, trail: &TrailId, from: Moment, to: Moment) -> bool {
        let (first, last) = (from.plus(TOUCH).day().seconds(), to.day().seconds());
        let days = (last - first) / 86_400;
        if days as usize > self.any.len() {
            let inside = |day: &i64| (first..=last).contains(day);
            return self
                .any
                .iter()
                .any(|(a, r, day)| *a == trail.account && *r == trail.region && inside(day));
        }
        (0..=days).any(|n| {
            self.any
                .contains(&(trail.account, trail.region, first + n * 86_400))
        })
    }
}

/// All trails with their chains, gaps and missing digests.
pub struct Chains {
    /// In the order of their keys.
    pub trails: Vec<TrailRow>,
    /// Gaps between digests.
    pub gaps: Vec<Gap>,
    /// Named digests that are missing.
    pub missing: Vec<Missing>,
    /// Place of each trail.
    pub of: HashMap<TrailId, u32, foldhash::fast::RandomState>,
}

/// Orders the digests of each trail and finds what is missing between them.
pub fn follow(holdings: &Holdings, proofs: &Proofs, days: &Days) -> Chains {
    let mut groups: HashMap<TrailId, Vec<DigestIx>, foldhash::fast::RandomState> =
        HashMap::default();
    for &ix in proofs.primary.iter().rev() {
        groups
            .entry(holdings.digests[ix as usize].trail)
            .or_default()
            .push(ix);
    }
    let order: Vec<(TrailKey, TrailId)> = groups
        .keys()
        .map(|id| (key_of(holdings, id), *id))
        .collect();
    let order = sorted(order, |a, b| a.0.cmp(&b.0));
    let mut chains = Chains {
        trails: Vec::new(),
        gaps: Vec::new(),
        missing: Vec::new(),
        of: HashMap::default(),
    };
    let broken = broken_by_name(holdings);
    for (at, (key, id)) in order.into_iter().enumerate() {
        chains.of.insert(id, at as u32);
        let all = &groups[&id];
        let (backfill, regular): (Vec<DigestIx>, Vec<DigestIx>) = all
            .iter()
            .partition(|&&ix| holdings.digests[ix as usize].backfill);
        let mut row = TrailRow {
            key,
            span: span(holdings, all),
            digests: all.len() as u64,
            missing: 0,
            missing_named: 0,
            chains: Vec::new(),
            newest: regular
                .iter()
                .map(|&ix| holdings.digests[ix as usize].end)
                .max(),
        };
        for (group, backfill) in [(regular, false), (backfill, true)] {
            row.chains.extend(runs(holdings, &group, backfill));
            let follower = Follower {
                holdings,
                proofs,
                days,
                broken: &broken,
                group: &group,
                at: at as u32,
                backfill,
            };
            follower.find(&mut row, &mut chains);
        }
        chains.trails.push(row);
    }
    chains
}

fn key_of(holdings: &Holdings, id: &TrailId) -> TrailKey {
    let text = |name: Name| holdings.text(name).to_owned();
    TrailKey {
        organization: id.organization.map(text),
        account: text(id.account),
        region: text(id.region),
        trail: text(id.trail),
        home_region: text(id.home_region),
    }
}

fn broken_by_name(holdings: &Holdings) -> HashSet<&str> {
    holdings.broken.iter().map(|broken| &*broken.base).collect()
}

fn span(holdings: &Holdings, all: &[DigestIx]) -> Option<(Moment, Moment)> {
    let items = || all.iter().map(|&ix| &holdings.digests[ix as usize]);
    Some((
        items().map(|item| item.start).min()?,
        items().map(|item| item.end).max()?,
    ))
}

/// The chains: a starting digest begins a new one.
fn runs(holdings: &Holdings, group: &[DigestIx], backfill: bool) -> Vec<Chain> {
    let mut chains: Vec<Chain> = Vec::new();
    for &ix in group {
        let item = &holdings.digests[ix as usize];
        match chains.last_mut() {
            Some(chain) if item.previous.is_some() => {
                chain.to = chain.to.max(item.end);
                chain.digests += 1;
            }
            _ => chains.push(Chain {
                from: item.start,
                to: item.end,
                digests: 1,
                backfill,
            }),
        }
    }
    chains
}

struct Follower<'a> {
    holdings: &'a Holdings,
    proofs: &'a Proofs,
    days: &'a Days,
    broken: &'a HashSet<&'a str>,
    /// Oldest first.
    group: &'a [DigestIx],
    at: u32,
    backfill: bool,
}

impl Follower<'_> {
    fn find(&self, row: &mut TrailRow, chains: &mut Chains) {
        let mut named = HashSet::new();
        for (place, &ix) in self.group.iter().enumerate() {
            let item = &self.holdings.digests[ix as usize];
            let older = self.older(place, item);
            let Some((bucket, key, _)) = item.previous else {
                self.restarted(item, older, chains);
                continue;
            };
            if let Some(previous) = self.previous(item, bucket, key) {
                self.fits(item, previous, row, chains);
                continue;
            }
            if !named.insert((bucket, key)) {
                continue;
            }
            let end = self.named_end(key).unwrap_or(item.start);
            // A backfill digest of a time that the other chains cover would be here as they are.
            let covered = row
                .chains
                .iter()
                .any(|chain| !chain.backfill && chain.from < end);
            let before = end.plus(-HOUR);
            let older = older.map(|older| older.end);
            let Some(older) = older.or((self.backfill && covered).then_some(before)) else {
                self.starts_late(item, end, place, chains);
                continue;
            };
            let there = self.broken.contains(base_name(self.holdings.text(key)));
            let to = if there { end.plus(-HOUR) } else { item.start };
            if there && to.seconds() - older.seconds() < TOUCH {
                continue;
            }
            let hours = if self.backfill {
                1
            } else {
                hours(older, to).max(1)
            };
            let collected = self.collected(item, older, to);
            row.missing += hours;
            if !there {
                row.missing_named += 1;
                if self.collected(item, before, end) {
                    chains.missing.push(Missing {
                        bucket,
                        key,
                        end,
                        named_by: ix,
                    });
                }
            }
            self.missing(item, older, to, hours, collected, chains);
        }
    }

    /// The digest that stands where `item` says that its predecessor does. One that says that it belongs elsewhere is
    /// not it where that is proven, or where it ends too late: it hides that another is gone.
    fn previous(&self, item: &DigestItem, bucket: Name, key: Name) -> Option<&DigestItem> {
        let found = self.proofs.links.at(self.holdings, bucket, key).iter();
        let mut fitting = found.filter_map(|&ix| {
            let other = &self.holdings.digests[ix as usize];
            let is_own = (other.bucket, other.key) == (bucket, key);
            let may_be = !self.proofs.is_proven(ix) && other.end < item.start.plus(TOUCH);
            (is_own || may_be).then_some(other)
        });
        fitting.next()
    }

    /// The newest digest that is older than `item`, which stands at `place`.
    fn older(&self, place: usize, item: &DigestItem) -> Option<&DigestItem> {
        // Any number of others may end with it; past those, copies of its own key are few.
        let ends = |&ix: &DigestIx| self.holdings.digests[ix as usize].end;
        let older = self.group[..place].partition_point(|ix| ends(ix) < item.end);
        let before = self.group[..older]
            .iter()
            .rev()
            .map(|&ix| &self.holdings.digests[ix as usize]);
        before.take(64).find(|other| other.key != item.key)
    }

    /// Whether what ends in a period would be here: others of its days are, and no archive is left unread.
    fn collected(&self, item: &DigestItem, from: Moment, to: Moment) -> bool {
        self.holdings.cut.is_empty() && self.days.has_any(&item.trail, from, to)
    }

    fn named_end(&self, key: Name) -> Option<Moment> {
        match ObjectName::parse(self.holdings.text(key)) {
            Some(ObjectName::Digest(name)) => Some(name.end),
            _ => None,
        }
    }

    fn restarted(&self, item: &DigestItem, older: Option<&DigestItem>, chains: &mut Chains) {
        let Some(older) = older else { return };
        if self.backfill || item.start <= older.end {
            return;
        }
        chains.gaps.push(Gap {
            kind: GapKind::ValidationOff,
            trail: self.at,
            from: older.end,
            to: item.start,
            digests: 0,
            best: GapKind::ValidationOff.best(),
            evidence: format!(
                "The digest that ends at {} has no predecessor: a new chain begins with it.",
                item.end
            ),
        });
    }

    /// A predecessor that is here, but whose window ends long before this one begins.
    fn fits(
        &self,
        item: &DigestItem,
        previous: &DigestItem,
        row: &mut TrailRow,
        chains: &mut Chains,
    ) {
        if self.backfill || item.start.seconds() - previous.end.seconds() < TOUCH {
            return;
        }
        let hours = hours(previous.end, item.start).max(1);
        row.missing += hours;
        let collected = self.collected(item, previous.end, item.start);
        self.missing(item, previous.end, item.start, hours, collected, chains);
    }

    fn starts_late(&self, item: &DigestItem, end: Moment, place: usize, chains: &mut Chains) {
        if self.backfill || place > 0 {
            return;
        }
        chains.gaps.push(Gap {
            kind: GapKind::StartsLate,
            trail: self.at,
            from: end.plus(-HOUR).min(item.start),
            to: item.start,
            digests: 1,
            best: GapKind::StartsLate.best(),
            evidence: format!("The oldest digest names a predecessor that ends at {end}."),
        });
    }

    fn missing(
        &self,
        item: &DigestItem,
        from: Moment,
        to: Moment,
        digests: u64,
        collected: bool,
        chains: &mut Chains,
    ) {
        let best = if collected {
            GapKind::MissingDigests.best()
        } else {
            Verdict::Incomplete
        };
        let collection = match collected {
            true => "",
            false if self.holdings.cut.is_empty() => " Nothing of these days was collected.",
            false => " It may be in an archive that was not read, since reading was cancelled.",
        };
        chains.gaps.push(Gap {
            kind: GapKind::MissingDigests,
            trail: self.at,
            from,
            to,
            digests,
            best,
            evidence: format!(
                "The digest that ends at {} follows one that ends after {from} and is not here.{collection}",
                item.end
            ),
        });
    }
}

/// Whole hours between two moments, rounded.
fn hours(from: Moment, to: Moment) -> u64 {
    ((to.seconds() - from.seconds() + TOUCH) / HOUR).max(0) as u64
}
