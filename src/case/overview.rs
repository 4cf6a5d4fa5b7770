//! The case at a glance.

use std::collections::{BTreeMap, BTreeSet};

use crate::audit;
use crate::integrity::chain::Gap;
use crate::integrity::expect::LATEST;
use crate::integrity::judge::tally;
use crate::integrity::{DigestAt, LogAt, State};
use crate::moment::{HOUR, Moment};
use crate::order::{Gather as _, sorted};

use super::protection::{facts, protection};
use super::question::{KeySummary, Overview, Segment, Subject, TrailSummary};
use super::{Case, Register};

/// Stretches of one strip that are told apart; a longer strip joins the rest of equal state.
const MOST_SEGMENTS: usize = 4_000;

/// Sums up the case.
pub(crate) fn overview(case: &Case) -> Overview {
    let (files, bytes) = case.register.totals();
    let judgement = &case.judgement;
    Overview {
        judgements: case.judgements,
        files,
        bytes,
        problems: case
            .register
            .files()
            .filter(|(_, file)| !file.problems.is_empty())
            .count() as u64,
        kinds: tally(case.register.files().map(|(_, file)| file.kind)),
        unsettled: case.activity.unsettled().len(),
        verdict: judgement.verdict.verdict,
        statement: judgement.verdict.statement.clone(),
        digests: judgement.digest_counts(),
        logs: judgement.log_counts(),
        events: case.activity.order.len() as u64,
        event_bytes: case.activity.bytes() as u64,
        gaps: judgement.gaps.len() as u64,
        trails: trails(case),
        keys: keys(case),
        needs: audit::script::needs(case),
        next_digest: judgement.next_digest,
        unmatched: unmatched(case),
        found: judgement.verdict.found.clone(),
        settings: case.settings.clone(),
        config: super::resources::summary(case),
        protection: protection(case)
            .into_iter()
            .map(|one| (one.trail.clone(), facts(&one), one.sources))
            .collect(),
        suspects: case.risk.sigma.asks(),
    }
}

/// The public keys, one a value, with how many digests name each.
pub(crate) fn keys(case: &Case) -> Vec<KeySummary> {
    let holdings = &case.holdings;
    let mut used: BTreeMap<&str, (u64, Moment, Moment)> = BTreeMap::new();
    for row in &case.judgement.digests {
        let DigestAt::Item(ix) = row.at else { continue };
        let item = &holdings.digests[ix as usize];
        let name = holdings.text(item.fingerprint);
        let (count, first, last) = used.entry(name).or_insert((0, Moment::MAX, Moment::MIN));
        *count += 1;
        // A backfill digest is signed at a time that it does not tell.
        if !item.backfill {
            (*first, *last) = (item.end.min(*first), item.end.max(*last));
        }
    }
    let mut keys: Vec<KeySummary> = Vec::new();
    for item in &holdings.keys {
        let stated = item.record.fingerprint.to_ascii_lowercase();
        let named = if stated.is_empty() {
            item.md5.clone()
        } else {
            stated
        };
        let never = (0, Moment::MAX, Moment::MIN);
        let (used_by, first, last) = used.get(named.as_str()).copied().unwrap_or(never);
        let (from, to) = (item.record.from, item.record.to);
        keys.push(KeySummary {
            used_by,
            used_while_valid: from.is_none_or(|from| first.plus(LATEST) >= from)
                && to.is_none_or(|to| last <= to),
            fingerprint_matches: named == item.md5,
            fingerprint: named,
            sha256: item.sum.to_string(),
            region: item.record.region.clone(),
            path: path(&case.register, item.file),
            fault: item
                .key
                .as_ref()
                .err()
                .map(|fault| fault.message().to_owned()),
        });
    }
    let mut keys = sorted(keys, |a, b| {
        (&a.region, &a.fingerprint, &a.sha256, &a.path).cmp(&(
            &b.region,
            &b.fingerprint,
            &b.sha256,
            &b.path,
        ))
    });
    keys.dedup_by(|a, b| a.sha256 == b.sha256 && a.fingerprint == b.fingerprint);
    keys
}

/// The files with signatures of object metadata that are of no digest of the evidence, by their paths.
pub(crate) fn unmatched(case: &Case) -> Vec<String> {
    let proofs = case.judgement.proofs.iter();
    let all = proofs.flat_map(|proofs| &proofs.unmatched);
    let files: BTreeSet<u32> = all
        .map(|&at| case.holdings.metadata[at as usize].file)
        .gathered();
    let paths = files.into_iter().map(|file| path(&case.register, file));
    sorted(paths.collect(), String::cmp)
}

fn path(register: &Register, file: u32) -> String {
    register
        .file(file)
        .map(|file| file.path.to_string())
        .unwrap_or_default()
}

fn trails(case: &Case) -> Vec<TrailSummary> {
    let judgement = &case.judgement;
    let mut strips = strips(case);
    let mut gaps: BTreeMap<u32, Vec<(u32, &Gap)>> = BTreeMap::new();
    for (at, gap) in judgement.gaps.iter().enumerate() {
        gaps.entry(gap.trail).or_default().push((at as u32, gap));
    }
    let mut all = Vec::new();
    for (at, row) in judgement.trails.iter().enumerate() {
        let gaps = gaps.remove(&(at as u32)).unwrap_or_default();
        let windows = strips.remove(&(at as u32)).unwrap_or_default();
        if gaps.is_empty() && windows.is_empty() {
            continue;
        }
        all.push(TrailSummary {
            organization: row.key.organization.clone(),
            account: row.key.account.clone(),
            region: row.key.region.clone(),
            trail: row.key.trail.clone(),
            home_region: row.key.home_region.clone(),
            span: row.span,
            digests: row.digests,
            missing: row.missing,
            strip: strip(windows, &gaps),
            subject: Subject::Chain(at as u32),
            gaps: gaps
                .iter()
                .map(|(at, gap)| (gap.kind, gap.from, gap.to, gap.digests, Subject::Gap(*at)))
                .collect(),
        });
    }
    all
}

/// For each trail its windows in order: beginning, end, state, and the digest to open.
fn strips(case: &Case) -> BTreeMap<u32, Vec<(Moment, Moment, State, u32)>> {
    let judgement = &case.judgement;
    let mut worst: BTreeMap<u32, State> = BTreeMap::new();
    for row in &judgement.logs {
        if let (Some((digest, _)), State::Altered | State::Missing) =
            (row.listed, row.status.state())
        {
            let known = worst.entry(digest).or_insert(row.status.state());
            if row.status.state() == State::Altered {
                *known = State::Altered;
            }
        }
    }
    let mut strips: BTreeMap<u32, Vec<(Moment, Moment, State, u32)>> = BTreeMap::new();
    for (at, row) in judgement.digests.iter().enumerate() {
        let (Some(trail), Some((from, to)), false) = (row.trail, row.window, row.backfill) else {
            continue;
        };
        let state = match row.at {
            DigestAt::Item(ix) if row.status.state() == State::Proven => {
                worst.get(&ix).copied().unwrap_or(State::Proven)
            }
            _ => row.status.state(),
        };
        strips
            .entry(trail)
            .or_default()
            .push((from, to, state, at as u32));
    }
    strips
}

/// Joins windows of equal state that touch, and puts gaps between them.
fn strip(windows: Vec<(Moment, Moment, State, u32)>, gaps: &[(u32, &Gap)]) -> Vec<Segment> {
    let mut pieces: Vec<(Moment, Moment, State, u64, Subject)> = Vec::new();
    let mut all: Vec<(Moment, Moment, State, Subject)> = windows
        .into_iter()
        .map(|(from, to, state, at)| (from, to, state, Subject::Digest(at)))
        .collect();
    all.extend(
        gaps.iter()
            .map(|(at, gap)| (gap.from, gap.to, gap.kind.state(), Subject::Gap(*at))),
    );
    // A window before the gap that covers it: what is known comes before what is missing.
    let key = |(from, to, _, subject): &(Moment, Moment, State, Subject)| {
        (*from, matches!(subject, Subject::Gap(_)), *to)
    };
    let all = sorted(all, |a, b| key(a).cmp(&key(b)));
    let mut end = Moment::MIN;
    for (from, to, state, subject) in all {
        let from = from.max(end);
        if from >= to {
            continue;
        }
        end = to;
        let digest = matches!(subject, Subject::Digest(_));
        let far = pieces.len() >= MOST_SEGMENTS;
        match pieces.last_mut() {
            Some(last)
                if last.2 == state
                    && digest
                    && matches!(last.4, Subject::Digest(_))
                    && (far || from.seconds() - last.1.seconds() < HOUR / 2) =>
            {
                last.1 = to;
                last.3 += 1;
            }
            _ => pieces.push((from, to, state, 1, subject)),
        }
    }
    let segment =
        |(from, to, state, count, subject): (Moment, Moment, State, u64, Subject)| Segment {
            from,
            to,
            state,
            label: match subject {
                Subject::Gap(at) => gaps
                    .iter()
                    .find(|(other, _)| *other == at)
                    .map(|(_, gap)| gap.kind.name().to_owned()),
                _ => None,
            }
            .unwrap_or_else(|| {
                format!(
                    "{count} digest {}, {}",
                    if count == 1 { "file" } else { "files" },
                    state.label().to_lowercase()
                )
            }),
            subject: Some(subject),
        };
    pieces.into_iter().map(segment).collect()
}

/// The path of a log row's file; empty where it is not here.
pub(crate) fn log_path(case: &Case, at: LogAt) -> &str {
    match at {
        LogAt::File(ix) => case
            .register
            .file(case.holdings.logs[ix as usize].file)
            .map_or("", |file| &file.path),
        LogAt::Absent(_) => "",
    }
}
