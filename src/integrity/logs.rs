//! Whether each log file is the one that was delivered.

use std::collections::{HashMap, HashSet};

use crate::cloudtrail::ObjectName;
use crate::moment::Moment;
use crate::order::sorted;
use crate::sum::Sum;

use super::chain::Days;
use super::holdings::{DigestItem, Holdings, Listed, LogItem, base_name};
use super::names::Name;
use super::prove::{DigestIx, Proofs};
use super::status::LogStatus;

/// A quarter of an hour in seconds: so near to the edge of what digests cover, the next window may hold a log file.
/// Log files come about every five minutes, and their names have the minute in which delivery began.
const EDGE: i64 = 900;

/// What a row of log files stands for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LogAt {
    /// A file, by its place in [`Holdings::logs`].
    File(u32),
    /// A listed log file that is not here, by its place in [`Holdings::listed`].
    Absent(u32),
}

/// The judgement of one log file.
#[derive(Clone, Copy, Debug)]
pub struct LogRow {
    /// Which.
    pub at: LogAt,
    /// What is known of it.
    pub status: LogStatus,
    /// The digest that lists it, and its place in [`Holdings::listed`].
    pub listed: Option<(DigestIx, u32)>,
    /// Of an unlisted file: how many of its events occur in proven log files, and how many it has. Told by
    /// whoever holds the events.
    pub repeats: Option<(u32, u32)>,
    /// Whether it is uncovered only because it is younger than the newest digest.
    pub young: bool,
}

/// Judges every log file, and every listed one that is not here.
pub fn judge(holdings: &Holdings, proofs: &Proofs, days: &Days) -> Vec<LogRow> {
    let matcher = Matcher::new(holdings, proofs);
    let coverage = Coverage::new(holdings, proofs);
    let mut present = vec![false; holdings.listed.len()];
    let mut rows: Vec<LogRow> = Vec::with_capacity(holdings.logs.len());
    // A file that was dropped again and read counts, not the first attempt.
    let unread = holdings.logs.iter().any(|item| item.unread);
    let read: HashSet<&str> = holdings
        .logs
        .iter()
        .filter(|item| unread && !item.unread)
        .map(|item| &*item.base)
        .collect();
    for (ix, item) in holdings.logs.iter().enumerate() {
        let listings = matcher.listings(item);
        listings
            .iter()
            .for_each(|&(_, listed)| present[listed as usize] = true);
        if (listings.is_empty() && item.optional) || (item.unread && read.contains(&*item.base)) {
            continue;
        }
        let (status, listed) = match listings {
            [] => (None, None),
            found => matcher.compare(item, found),
        };
        let (status, young) = match status {
            Some(status) => (status, false),
            None => coverage.unlisted(item),
        };
        rows.push(LogRow {
            at: LogAt::File(ix as u32),
            status,
            listed,
            repeats: None,
            young,
        });
    }
    add_absent(holdings, proofs, days, &present, &mut rows);
    rows
}

/// Finds the digest entries of a log file: by name (which its key ends with), else by content.
struct Matcher<'a> {
    holdings: &'a Holdings,
    proofs: &'a Proofs,
    by_name: HashMap<&'a str, Vec<(DigestIx, u32)>, foldhash::fast::RandomState>,
    by_content: HashMap<Sum, Vec<(DigestIx, u32)>, foldhash::fast::RandomState>,
}

impl<'a> Matcher<'a> {
    fn new(holdings: &'a Holdings, proofs: &'a Proofs) -> Self {
        let mut matcher = Matcher {
            holdings,
            proofs,
            by_name: HashMap::default(),
            by_content: HashMap::default(),
        };
        let proven = |ix: &DigestIx| proofs.is_proven(*ix);
        let (first, then): (Vec<_>, Vec<_>) =
            digests(holdings, proofs).partition(|(ix, _)| proven(ix));
        for (ix, item) in first.into_iter().chain(then) {
            for at in item.logs.clone() {
                let listed = &holdings.listed[at as usize];
                note(
                    matcher
                        .by_name
                        .entry(base_name(holdings.text(listed.key)))
                        .or_default(),
                    ix,
                    at,
                );
                if let Some(content) = listed.content {
                    note(matcher.by_content.entry(content).or_default(), ix, at);
                }
            }
        }
        matcher
    }

    fn listings(&self, item: &LogItem) -> &[(DigestIx, u32)] {
        if let Some(found) = self.by_name.get(&*item.base) {
            return found;
        }
        item.content
            .and_then(|content| self.by_content.get(&content))
            .map_or(&[], Vec::as_slice)
    }

    /// What its listings say of a file that is here: one that proves it, else one that condemns it, else nothing.
    fn compare(
        &self,
        item: &LogItem,
        listings: &[(DigestIx, u32)],
    ) -> (Option<LogStatus>, Option<(DigestIx, u32)>) {
        let proven = |ix: DigestIx| self.proofs.is_proven(ix);
        let stated = |at: u32| self.holdings.listed[at as usize].content;
        let first = listings.first().copied();
        if item.unread {
            return (Some(LogStatus::Unread), first);
        }
        let Some(content) = item.content else {
            return (Some(LogStatus::InvalidFormat), first);
        };
        let same = listings
            .iter()
            .copied()
            .find(|&(ix, at)| proven(ix) && stated(at) == Some(content));
        if same.is_some() {
            let status = if item.trailing {
                LogStatus::TrailingData
            } else {
                LogStatus::Valid
            };
            return (Some(status), same);
        }
        let other = listings
            .iter()
            .copied()
            .find(|&(ix, at)| proven(ix) && stated(at).is_some());
        if other.is_some() {
            return (Some(LogStatus::Modified), other);
        }
        let status = if item.trailing {
            LogStatus::TrailingData
        } else {
            LogStatus::Unproven
        };
        (Some(status), first)
    }
}

/// Notes a listing. Proven digests come first; a hostile digest that lists one name for ever gets no further.
fn note(listings: &mut Vec<(DigestIx, u32)>, ix: DigestIx, at: u32) {
    if listings.len() < 64 {
        listings.push((ix, at));
    }
}

fn digests<'a>(
    holdings: &'a Holdings,
    proofs: &'a Proofs,
) -> impl Iterator<Item = (DigestIx, &'a DigestItem)> {
    proofs
        .primary
        .iter()
        .map(|&ix| (ix, &holdings.digests[ix as usize]))
}

/// The windows of all digests of each account and region, joined where they touch.
struct Coverage {
    spans: HashMap<(Name, Name), Vec<(i64, i64)>, foldhash::fast::RandomState>,
}

impl Coverage {
    fn new(holdings: &Holdings, proofs: &Proofs) -> Self {
        let mut spans: HashMap<(Name, Name), Vec<(i64, i64)>, foldhash::fast::RandomState> =
            HashMap::default();
        for (_, item) in digests(holdings, proofs).filter(|(_, item)| !item.backfill) {
            let windows = spans
                .entry((item.trail.account, item.trail.region))
                .or_default();
            windows.push((item.start.seconds(), item.end.seconds()));
        }
        for windows in spans.values_mut() {
            *windows = sorted(std::mem::take(windows), Ord::cmp);
            let mut joined: Vec<(i64, i64)> = Vec::new();
            for &(from, to) in windows.iter() {
                match joined.last_mut() {
                    Some(last) if from <= last.1 => last.1 = last.1.max(to),
                    _ => joined.push((from, to)),
                }
            }
            *windows = joined;
        }
        Coverage { spans }
    }

    /// The status of a file that no digest lists, and whether it is only younger than the newest digest.
    fn unlisted(&self, item: &LogItem) -> (LogStatus, bool) {
        if item.unread {
            return (LogStatus::Unread, false);
        }
        if item.content.is_none() {
            return (LogStatus::InvalidFormat, false);
        }
        if item.trailing {
            return (LogStatus::TrailingData, false);
        }
        let (Some(account), Some(region), Some(at)) = (item.account, item.region, item.delivered)
        else {
            return (LogStatus::Uncovered, false);
        };
        let Some(spans) = self.spans.get(&(account, region)) else {
            return (LogStatus::Uncovered, false);
        };
        let at = at.seconds();
        let after = spans.partition_point(|&(from, _)| from + EDGE <= at);
        if after > 0 && at < spans[after - 1].1 - EDGE {
            return (LogStatus::Unlisted, false);
        }
        (
            LogStatus::Uncovered,
            spans.last().is_some_and(|&(_, to)| at >= to - EDGE),
        )
    }
}

/// Adds a row for each listed log file that is not here; several listings of one key make one row.
fn add_absent(
    holdings: &Holdings,
    proofs: &Proofs,
    days: &Days,
    present: &[bool],
    rows: &mut Vec<LogRow>,
) {
    let mut seen: HashSet<(Name, Name), foldhash::fast::RandomState> = HashSet::default();
    for (ix, item) in digests(holdings, proofs) {
        for at in item.logs.clone().filter(|&at| !present[at as usize]) {
            let listed = &holdings.listed[at as usize];
            if !seen.insert((listed.bucket, listed.key)) {
                continue;
            }
            // It may be in an archive that nobody read to its end.
            let collected = holdings.cut.is_empty()
                && place(holdings, item, listed)
                    .is_some_and(|(account, region, at)| days.has_logs(account, region, at));
            let status = if collected {
                LogStatus::Missing
            } else {
                LogStatus::NotCollected
            };
            let row = LogRow {
                at: LogAt::Absent(at),
                status,
                listed: Some((ix, at)),
                repeats: None,
                young: false,
            };
            rows.push(row);
        }
    }
}

/// Account, region and delivery of a listed log file, by its key, else by its digest.
pub(super) fn place(
    holdings: &Holdings,
    digest: &DigestItem,
    listed: &Listed,
) -> Option<(Name, Name, Moment)> {
    match ObjectName::parse(holdings.text(listed.key)) {
        Some(ObjectName::Log(name)) => {
            let account = holdings.names().find(&name.account)?;
            let region = holdings.names().find(&name.region)?;
            Some((account, region, name.delivered))
        }
        _ => Some((digest.trail.account, digest.trail.region, digest.end)),
    }
}
