//! The judgement: every digest and log file with its status, the gaps, and the verdict on it all.

use std::collections::{BTreeMap, HashMap, HashSet};

use crate::moment::{HOUR, Moment};
use crate::order::{by_keys, sorted};
use crate::sum::Sum;

use super::chain::{Chains, Days, Gap, TrailKey, TrailRow, follow};
use super::checks::Checks;
use super::holdings::{Holdings, base_name};
use super::lake::{self, LakeRow};
use super::logs::{self, LogAt, LogRow};
use super::names::Name;
use super::prove::{DigestIx, Proofs, prove};
use super::scope::Scope;
use super::status::{DigestStatus, GapKind, LogStatus, SignatureSource, Verdict};
use super::{expect, verdict};

/// Buckets and prefixes that the digests of one folder may claim for where its files lie to be told by them.
const MOST_PLACES: usize = 64;

/// What a row of digests stands for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DigestAt {
    /// A digest, by its place in [`Holdings::digests`].
    Item(DigestIx),
    /// A file that cannot be read as one, by its place in [`Holdings::broken`].
    Broken(u32),
    /// One that is named and not here.
    Missing {
        /// Its bucket.
        bucket: Name,
        /// Its key.
        key: Name,
        /// The digest that names it.
        named_by: DigestIx,
    },
}

/// The judgement of one digest.
#[derive(Clone, Copy, Debug)]
pub struct DigestRow {
    /// Which.
    pub at: DigestAt,
    /// Place of its trail; `None` where its name does not tell.
    pub trail: Option<u32>,
    /// Its window, as far as known.
    pub window: Option<(Moment, Moment)>,
    /// Whether it is a backfill digest.
    pub backfill: bool,
    /// What is known of it.
    pub status: DigestStatus,
    /// What proves it.
    pub source: Option<SignatureSource>,
}

/// Everything that was judged. Rows are in a stable order: by trail, time and name.
#[derive(Default)]
pub struct Judgement {
    /// Digests, missing and unreadable ones included.
    pub digests: Vec<DigestRow>,
    /// Log files, absent ones included.
    pub logs: Vec<LogRow>,
    /// What is known of each log file by its place in the register, whatever the scope.
    pub standing: HashMap<u32, LogStatus>,
    /// Gaps.
    pub gaps: Vec<Gap>,
    /// Trails; those that only should be there follow the others.
    pub trails: Vec<TrailRow>,
    /// Lake results.
    pub lake: Vec<LakeRow>,
    /// What is known of each of [`Holdings::digests`].
    pub proofs: Option<Proofs>,
    /// The verdict and its sentence.
    pub verdict: verdict::Finding,
    /// The end of the hour of the next digest, where log files wait for it.
    pub next_digest: Option<Moment>,
}

/// Files as integrity needs to know them: a path, and a place in the order of paths.
pub trait Files {
    /// The path of a file.
    fn path(&self, file: u32) -> &str;
    /// Its place in the order of all paths.
    fn rank(&self, file: u32) -> u32;
}

/// Proves what can be proven: the first half of a judgement. While signature checks are pending, only those are
/// collected and `None` is returned.
pub fn proofs(
    holdings: &Holdings,
    files: &dyn Files,
    checks: &mut Checks,
    eager: bool,
) -> Option<Proofs> {
    checks.begin();
    let path = |file: u32| files.path(file);
    let rank = |file: u32| files.rank(file);
    let proofs = prove(holdings, checks, &path, &rank, eager);
    (checks.pending() == 0).then_some(proofs)
}

/// Judges the evidence within `scope` by what is proven.
pub fn judge(
    holdings: &Holdings,
    files: &dyn Files,
    mut proofs: Proofs,
    scope: &Scope,
    confirmed: bool,
) -> Judgement {
    let days = Days::new(holdings);
    let mut chains = follow(holdings, &proofs, &days);
    expect::expect(holdings, &mut chains);
    if let Some(last) = proofs.last() {
        let trail = chains.of.get(&holdings.digests[last as usize].trail);
        let early = |gap: &Gap| gap.kind == GapKind::EndsEarly && Some(&gap.trail) == trail;
        if chains.gaps.iter().any(early) {
            proofs.acquit_last();
        }
    }
    let (logs, mut standing) = log_rows(holdings, files, &proofs, &days);
    let lake = lake::judge(holdings, &|file| files.path(file));
    standing.extend(lake.iter().flat_map(|row| &row.results).copied());
    let mut judgement = Judgement {
        digests: digest_rows(holdings, files, &proofs, &chains),
        logs,
        standing,
        lake,
        gaps: chains.gaps,
        trails: chains.trails,
        proofs: Some(proofs),
        ..Judgement::default()
    };
    narrow(holdings, files, scope, &mut judgement);
    let key = |gap: &Gap| (gap.trail, gap.from, gap.to, gap.kind);
    judgement.gaps = sorted(judgement.gaps, |a, b| key(a).cmp(&key(b)));
    judgement.next_digest = next_digest(holdings, &judgement);
    judgement.verdict = verdict::find(holdings, &judgement, scope, confirmed);
    judgement
}

fn digest_rows(
    holdings: &Holdings,
    files: &dyn Files,
    proofs: &Proofs,
    chains: &Chains,
) -> Vec<DigestRow> {
    let mut rows: Vec<DigestRow> = Vec::with_capacity(proofs.primary.len());
    for &ix in &proofs.primary {
        let item = &holdings.digests[ix as usize];
        rows.push(DigestRow {
            at: DigestAt::Item(ix),
            trail: chains.of.get(&item.trail).copied(),
            window: Some((item.start, item.end)),
            backfill: item.backfill,
            status: proofs.status[ix as usize],
            source: proofs.of[ix as usize].source,
        });
    }
    let read: HashSet<&str> = if holdings.broken.iter().any(|broken| broken.unread) {
        let keys = holdings.digests.iter().map(|item| holdings.text(item.key));
        keys.map(base_name).collect()
    } else {
        HashSet::new()
    };
    for (ix, broken) in holdings.broken.iter().enumerate() {
        // A file that was dropped again and read counts, not the first attempt.
        if broken.unread && read.contains(&*broken.base) {
            continue;
        }
        let trail = broken.name.as_ref().and_then(|name| {
            let same = |key: &TrailKey| {
                key.account == name.account
                    && key.region == name.region
                    && key.trail == name.trail
                    && key.home_region == name.home_region
            };
            chains
                .trails
                .iter()
                .position(|row| same(&row.key))
                .map(|at| at as u32)
        });
        rows.push(DigestRow {
            at: DigestAt::Broken(ix as u32),
            trail,
            window: broken
                .name
                .as_ref()
                .map(|name| (name.end.plus(-HOUR), name.end)),
            backfill: broken.name.as_ref().is_some_and(|name| name.backfill),
            status: if broken.unread {
                DigestStatus::Unread
            } else {
                DigestStatus::InvalidFormat
            },
            source: None,
        });
    }
    for missing in &chains.missing {
        let item = &holdings.digests[missing.named_by as usize];
        rows.push(DigestRow {
            at: DigestAt::Missing {
                bucket: missing.bucket,
                key: missing.key,
                named_by: missing.named_by,
            },
            trail: chains.of.get(&item.trail).copied(),
            window: Some((missing.end.plus(-HOUR), missing.end)),
            backfill: item.backfill,
            status: DigestStatus::Missing,
            source: None,
        });
    }
    let key = |row: &DigestRow| {
        let place = match row.at {
            DigestAt::Item(ix) => (0, files.rank(holdings.digests[ix as usize].file), ""),
            DigestAt::Broken(ix) => (1, files.rank(holdings.broken[ix as usize].file), ""),
            DigestAt::Missing { key, .. } => (2, 0, holdings.text(key)),
        };
        (
            row.trail.unwrap_or(u32::MAX),
            row.window.map(|(_, end)| end),
            place,
        )
    };
    let keys: Vec<_> = rows.iter().map(key).collect();
    by_keys(&mut rows, &keys);
    rows
}

/// The rows of log files, and what is known of each file, copies included.
fn log_rows(
    holdings: &Holdings,
    files: &dyn Files,
    proofs: &Proofs,
    days: &Days,
) -> (Vec<LogRow>, HashMap<u32, LogStatus>) {
    let mut rows = logs::judge(holdings, proofs, days);
    let key = |row: &LogRow| {
        let (account, region, at) = log_place(holdings, row);
        let file = match row.at {
            LogAt::File(ix) => (0, files.rank(holdings.logs[ix as usize].file), ""),
            LogAt::Absent(ix) => (1, 0, holdings.text(holdings.listed[ix as usize].key)),
        };
        (account, region, at, file)
    };
    let keys: Vec<_> = rows.iter().map(key).collect();
    by_keys(&mut rows, &keys);
    let standing = rows
        .iter()
        .filter_map(|row| match row.at {
            LogAt::File(ix) => Some((holdings.logs[ix as usize].file, row.status)),
            LogAt::Absent(_) => None,
        })
        .collect();
    // Copies of a file under the same name add nothing: the first by its path stands for all.
    let mut seen: HashSet<(&str, Sum, bool), foldhash::fast::RandomState> = HashSet::default();
    rows.retain(|row| {
        let LogAt::File(ix) = row.at else { return true };
        let item = &holdings.logs[ix as usize];
        item.content
            .is_none_or(|content| seen.insert((&item.base, content, item.trailing)))
    });
    (rows, standing)
}

/// Account, region and delivery of a log row; empty where unknown.
pub fn log_place<'a>(holdings: &'a Holdings, row: &LogRow) -> (&'a str, &'a str, Option<Moment>) {
    let text = |name: Option<Name>| name.map_or("", |name| holdings.text(name));
    match row.at {
        LogAt::File(ix) => {
            let item = &holdings.logs[ix as usize];
            (text(item.account), text(item.region), item.delivered)
        }
        LogAt::Absent(ix) => {
            let digest = row
                .listed
                .map(|(digest, _)| &holdings.digests[digest as usize]);
            let place = digest
                .and_then(|digest| logs::place(holdings, digest, &holdings.listed[ix as usize]));
            place.map_or(("", "", None), |(account, region, at)| {
                (text(Some(account)), text(Some(region)), Some(at))
            })
        }
    }
}

/// The bucket and key of a log row, by the digest that lists it.
pub fn log_key<'a>(holdings: &'a Holdings, row: &LogRow) -> Option<(&'a str, &'a str)> {
    let listed = match (row.listed, row.at) {
        (Some((_, listed)), _) => listed,
        (None, LogAt::Absent(listed)) => listed,
        (None, LogAt::File(_)) => return None,
    };
    let listed = &holdings.listed[listed as usize];
    Some((holdings.text(listed.bucket), holdings.text(listed.key)))
}

/// The bucket and key of a digest row: what it says itself, what names it, or what its path says.
pub fn digest_key<'a>(
    holdings: &'a Holdings,
    files: &'a dyn Files,
    row: &DigestRow,
) -> (Option<&'a str>, &'a str) {
    match row.at {
        DigestAt::Item(ix) => {
            let item = &holdings.digests[ix as usize];
            (Some(holdings.text(item.bucket)), holdings.text(item.key))
        }
        DigestAt::Broken(ix) => {
            let path = files.path(holdings.broken[ix as usize].file);
            (None, root(path).map_or(path, |root| &path[root.len()..]))
        }
        DigestAt::Missing { bucket, key, .. } => (Some(holdings.text(bucket)), holdings.text(key)),
    }
}

/// Account, region and trail of a digest row: of its trail, else by its name.
pub fn digest_place<'a>(
    holdings: &'a Holdings,
    trails: &'a [TrailRow],
    row: &DigestRow,
) -> Option<(&'a str, &'a str, &'a str)> {
    if let Some(trail) = row.trail {
        let key = &trails[trail as usize].key;
        return Some((&key.account, &key.region, &key.trail));
    }
    let DigestAt::Broken(ix) = row.at else {
        return None;
    };
    let name = holdings.broken[ix as usize].name.as_ref()?;
    Some((&name.account, &name.region, &name.trail))
}

/// What of a path stands before the folder `AWSLogs`: it stands for a bucket and the prefix of its keys.
fn root(path: &str) -> Option<&str> {
    path.rfind("AWSLogs/").map(|at| &path[..at])
}

/// Leaves out what lies outside the scope. Everything outside has helped to prove what lies inside.
fn narrow(holdings: &Holdings, files: &dyn Files, scope: &Scope, judgement: &mut Judgement) {
    if *scope == Scope::default() {
        return;
    }
    let one_of =
        |list: &[String], value: &str| list.is_empty() || list.iter().any(|one| one == value);
    let at_place = |bucket: Option<&str>, key: &str| {
        scope
            .bucket
            .as_deref()
            .is_none_or(|wanted| bucket.is_none_or(|bucket| bucket == wanted))
            && scope
                .prefix
                .as_deref()
                .is_none_or(|prefix| key.starts_with(prefix))
    };
    let within = |from: Moment, to: Moment| {
        scope.from.is_none_or(|wanted| to > wanted) && scope.to.is_none_or(|wanted| from < wanted)
    };
    let of_trail = |(account, region, trail): (&str, &str, &str)| {
        one_of(&scope.accounts, account)
            && one_of(&scope.regions, region)
            && (trail.is_empty() || one_of(&scope.trails, trail))
    };
    // Where a file lies that no digest names is told by the digests beside it; else it may be of any bucket and prefix.
    let mut roots: HashMap<&str, HashSet<(&str, &str)>> = HashMap::new();
    for item in holdings.digests.iter() {
        if let (Some(here), Some(prefix)) =
            (root(files.path(item.file)), root(holdings.text(item.key)))
        {
            let places = roots.entry(here).or_default();
            places.insert((holdings.text(item.bucket), prefix));
        }
    }
    let lies_within = |path: &str| {
        let found = root(path).and_then(|here| Some((here, roots.get(here)?)));
        found.is_none_or(|(here, places)| {
            let key = &path[here.len()..];
            // Digests that are made up may claim any number.
            let mut all = places.iter();
            places.len() > MOST_PLACES
                || all.any(|(bucket, prefix)| at_place(Some(bucket), &format!("{prefix}{key}")))
        })
    };
    let digest_fits = |row: &DigestRow| match row.at {
        DigestAt::Broken(ix) => lies_within(files.path(holdings.broken[ix as usize].file)),
        _ => {
            let (bucket, key) = digest_key(holdings, files, row);
            at_place(bucket, key)
        }
    };
    // A trail is at the place where its digests are; one without any may be anywhere.
    let mut places: Vec<(bool, bool)> = vec![(false, false); judgement.trails.len()];
    for row in &judgement.digests {
        if let Some(trail) = row.trail {
            let (any, here) = &mut places[trail as usize];
            *any = true;
            *here |= digest_fits(row);
        }
    }
    let trails: Vec<bool> = judgement
        .trails
        .iter()
        .zip(places)
        .map(|(row, (any, here))| {
            let key = &row.key;
            of_trail((&key.account, &key.region, &key.trail)) && (here || !any)
        })
        .collect();
    judgement.digests.retain(|row| {
        digest_place(holdings, &judgement.trails, row).is_none_or(of_trail)
            && row.trail.is_none_or(|trail| trails[trail as usize])
            && digest_fits(row)
            && row.window.is_none_or(|(from, to)| within(from, to))
    });
    judgement.logs.retain(|row| {
        let (account, region, at) = log_place(holdings, row);
        let is_at_place = match (log_key(holdings, row), row.at) {
            (Some((bucket, key)), _) => at_place(Some(bucket), key),
            (None, LogAt::File(ix)) => lies_within(files.path(holdings.logs[ix as usize].file)),
            (None, LogAt::Absent(_)) => true,
        };
        let trail = row
            .listed
            .map(|(digest, _)| holdings.text(holdings.digests[digest as usize].trail.trail));
        one_of(&scope.accounts, account)
            && one_of(&scope.regions, region)
            && trail.is_none_or(|trail| one_of(&scope.trails, trail))
            && is_at_place
            && at.is_none_or(|at| within(at, at.plus(60)))
    });
    let signs = holdings.lake.iter();
    let regions: HashMap<u32, &str> = signs.map(|(file, sign)| (*file, &*sign.region)).collect();
    judgement.lake.retain(|row| {
        let region = regions.get(&row.file).copied().unwrap_or_default();
        region.is_empty() || one_of(&scope.regions, region)
    });
    judgement
        .gaps
        .retain(|gap| trails[gap.trail as usize] && within(gap.from, gap.to));
}

/// The end of the next window of an account and region in which log files wait for it: the first such end.
fn next_digest(holdings: &Holdings, judgement: &Judgement) -> Option<Moment> {
    let young = judgement.logs.iter().filter(|row| row.young);
    let waiting: HashSet<(&str, &str)> = young
        .map(|row| log_place(holdings, row))
        .map(|(account, region, _)| (account, region))
        .collect();
    let newest = |(account, region): (&str, &str)| {
        let here = judgement
            .trails
            .iter()
            .filter(|row| row.key.account == account && row.key.region == region);
        here.filter_map(|row| row.newest).max()
    };
    let first = waiting.into_iter().filter_map(newest).min();
    first.map(|end| end.plus(HOUR))
}

/// Counts of each status, those that occur, in the order of the contract.
pub fn tally<S: Copy + Ord>(statuses: impl Iterator<Item = S>) -> Vec<(S, u64)> {
    let mut counts: BTreeMap<S, u64> = BTreeMap::new();
    statuses.for_each(|status| *counts.entry(status).or_default() += 1);
    counts.into_iter().collect()
}

impl Judgement {
    /// Digests of each status.
    pub fn digest_counts(&self) -> Vec<(DigestStatus, u64)> {
        tally(self.digests.iter().map(|row| row.status))
    }

    /// Log files of each status.
    pub fn log_counts(&self) -> Vec<(LogStatus, u64)> {
        tally(self.logs.iter().map(|row| row.status))
    }

    /// Gaps of each kind.
    pub fn gap_counts(&self) -> Vec<(GapKind, u64)> {
        tally(self.gaps.iter().map(|gap| gap.kind))
    }

    /// The best verdict that gaps allow.
    pub fn best_of_gaps(&self) -> Verdict {
        self.gaps
            .iter()
            .map(|gap| gap.best)
            .max()
            .unwrap_or(Verdict::None)
    }
}
