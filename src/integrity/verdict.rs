//! The verdict in one word and in one sentence.

use std::collections::BTreeMap;

use super::chain::TrailRow;
use super::holdings::Holdings;
use super::judge::Judgement;
use super::scope::Scope;
use super::status::{DigestStatus, GapKind, LogStatus, State, Verdict};
use crate::moment::Moment;
use crate::order::{Gather as _, sorted};

/// The verdict on the evidence.
#[derive(Clone, Debug)]
pub struct Finding {
    /// In one word.
    pub verdict: Verdict,
    /// In one sentence, with its period and its conditions.
    pub statement: String,
    /// What was found: the span of digest windows, accounts, regions, trails.
    pub found: Scope,
}

impl Default for Finding {
    fn default() -> Self {
        Finding {
            verdict: Verdict::None,
            statement: NOTHING.to_owned(),
            found: Scope::default(),
        }
    }
}

const NOTHING: &str =
    "No digest file is in the evidence, so nothing about log files can be proven.";

/// Finds the worst of all that was judged. Without a digest there is nothing to judge by.
pub fn find(holdings: &Holdings, judgement: &Judgement, scope: &Scope, confirmed: bool) -> Finding {
    let found = found(holdings, judgement);
    if judgement.digests.is_empty() {
        let asked = *scope != Scope::default() && !holdings.digests.is_empty();
        let statement = if asked {
            "No digest file of the evidence lies within what was asked for."
        } else {
            NOTHING
        };
        return Finding {
            verdict: Verdict::None,
            statement: statement.to_owned(),
            found,
        };
    }
    let digests = judgement.digests.iter().map(|row| row.status.best()).max();
    let logs = judgement
        .logs
        .iter()
        .filter(|row| !row.young)
        .map(|row| row.status.best())
        .max();
    let lake = judgement.lake.iter().map(|row| row.status.best()).max();
    let asked = unmet(judgement, scope, &found);
    let worst = [digests, logs, lake, Some(judgement.best_of_gaps())]
        .into_iter()
        .flatten()
        .max();
    let mut verdict = worst.unwrap_or(Verdict::None);
    if !asked.is_empty() {
        verdict = verdict.max(Verdict::Incomplete);
    }
    let statement = statement(judgement, verdict, &found, &asked, confirmed);
    Finding {
        verdict,
        statement,
        found,
    }
}

fn found(holdings: &Holdings, judgement: &Judgement) -> Scope {
    let windows = || {
        judgement
            .digests
            .iter()
            .filter(|row| row.status != DigestStatus::Missing)
            .filter_map(|row| row.window)
    };
    let mut found = Scope {
        from: windows().map(|(from, _)| from).min(),
        to: windows().map(|(_, to)| to).max(),
        ..Scope::default()
    };
    let used = used_trails(judgement);
    let list = |of: &dyn Fn(&TrailRow) -> &String| {
        let all: std::collections::BTreeSet<&String> = used.iter().map(|row| of(row)).gathered();
        all.into_iter().cloned().collect::<Vec<String>>()
    };
    found.accounts = list(&|row| &row.key.account);
    found.regions = list(&|row| &row.key.region);
    found.trails = list(&|row| &row.key.trail);
    if found.accounts.is_empty() {
        let places = judgement
            .logs
            .iter()
            .map(|row| super::judge::log_place(holdings, row));
        let places: Vec<_> = places.collect();
        let all = |of: fn(&(&str, &str, Option<Moment>)) -> String| {
            let set: std::collections::BTreeSet<String> = places
                .iter()
                .map(of)
                .filter(|text| !text.is_empty())
                .gathered();
            set.into_iter().collect::<Vec<String>>()
        };
        found.accounts = all(|place| place.0.to_owned());
        found.regions = all(|place| place.1.to_owned());
    }
    found
}

/// The trails of the digests that were judged.
fn used_trails(judgement: &Judgement) -> Vec<&TrailRow> {
    let rows = judgement.digests.iter().filter_map(|row| row.trail);
    let places: std::collections::BTreeSet<u32> = rows.gathered();
    let rows = places
        .into_iter()
        .map(|trail| &judgement.trails[trail as usize]);
    rows.filter(|row| row.digests > 0).collect()
}

/// The period that digests cover in every account and region that has any; `None` where there is a hole in one.
/// A trail may take over from another.
pub fn covered_everywhere(judgement: &Judgement) -> Option<(Moment, Moment)> {
    let mut spans: BTreeMap<(&str, &str), Vec<(Moment, Moment)>> = BTreeMap::new();
    for row in used_trails(judgement) {
        let place = (row.key.account.as_str(), row.key.region.as_str());
        spans.entry(place).or_default().extend(row.span);
    }
    let mut all: Option<(Moment, Moment)> = None;
    for spans in spans.into_values() {
        let spans = sorted(spans, Ord::cmp);
        let mut joined = *spans.first()?;
        for (from, to) in spans {
            if from > joined.1 {
                return None;
            }
            joined.1 = joined.1.max(to);
        }
        all = Some(all.map_or(joined, |all| (all.0.max(joined.0), all.1.min(joined.1))));
    }
    all
}

/// What was asked for and is not in the evidence, in words.
fn unmet(judgement: &Judgement, scope: &Scope, found: &Scope) -> Vec<String> {
    let mut unmet = Vec::new();
    let mut absent = |what: &str, asked: &[String], have: &[String]| {
        let none: Vec<&str> = asked
            .iter()
            .filter(|one| !have.contains(one))
            .map(String::as_str)
            .collect();
        if !none.is_empty() {
            unmet.push(format!("no digest of {what} {}", none.join(", ")));
        }
    };
    absent("account", &scope.accounts, &found.accounts);
    absent("region", &scope.regions, &found.regions);
    absent("trail", &scope.trails, &found.trails);
    let used = used_trails(judgement);
    let here = |account: &str, region: &str| {
        let mut keys = used.iter().map(|row| &row.key);
        keys.any(|key| key.account == account && key.region == region)
    };
    let accounts = scope.accounts.iter();
    for account in accounts.filter(|one| found.accounts.contains(one)) {
        let regions = scope.regions.iter();
        for region in regions.filter(|one| found.regions.contains(one)) {
            if !here(account, region) {
                unmet.push(format!("no digest of account {account} in region {region}"));
            }
        }
    }
    // Trails outside of what was asked for may begin and end when they like.
    let spans = || {
        used_trails(judgement)
            .into_iter()
            .filter_map(|row| row.span)
    };
    if let (Some(asked), Some(first)) = (scope.from, spans().map(|(from, _)| from).max())
        && first > asked
    {
        unmet.push(format!("digests of every trail begin only at {first}"));
    }
    if let (Some(asked), Some(last)) = (scope.to, spans().map(|(_, to)| to).min())
        && last < asked
    {
        unmet.push(format!("digests of some trail end at {last}"));
    }
    unmet
}

fn statement(
    judgement: &Judgement,
    verdict: Verdict,
    found: &Scope,
    asked: &[String],
    confirmed: bool,
) -> String {
    let digests = |state: State| {
        judgement
            .digests
            .iter()
            .filter(|row| row.status.state() == state)
            .count()
    };
    let logs = |state: State| {
        judgement
            .logs
            .iter()
            .filter(|row| row.status.state() == state)
            .count()
    };
    let period = match (found.from, found.to) {
        (Some(from), Some(to)) => format!(" from {from} to {to}"),
        _ => String::new(),
    };
    let condition = if confirmed {
        ""
    } else {
        ", if these keys are AWS's"
    };
    let proven = format!(
        "{} and {}",
        count(digests(State::Proven), "digest file"),
        count(logs(State::Proven), "log file")
    );
    match verdict {
        Verdict::None => NOTHING.to_owned(),
        Verdict::Verified => {
            let later = begin_later(judgement, found);
            format!(
                "Verified{condition}: {proven} delivered{period} are what CloudTrail wrote, and none is missing{later}."
            )
        }
        Verdict::Incomplete => format!(
            "Incomplete: {}; {proven} delivered{period} are verified{condition}.",
            reasons(judgement, asked, Verdict::Incomplete)
        ),
        Verdict::Failed => format!(
            "Failed: {}; {proven} delivered{period} are verified{condition}.",
            reasons(judgement, asked, Verdict::Failed)
        ),
    }
}

fn reasons(judgement: &Judgement, asked: &[String], verdict: Verdict) -> String {
    let mut all: Vec<String> = Vec::new();
    for (status, n) in judgement.digest_counts() {
        if status.best() == verdict {
            all.push(format!(
                "{} {}",
                count(n as usize, "digest file"),
                digest_word(status)
            ));
        }
    }
    let logs = super::judge::tally(
        judgement
            .logs
            .iter()
            .filter(|row| !row.young)
            .map(|row| row.status),
    );
    for (status, n) in logs {
        if status.best() == verdict {
            all.push(format!(
                "{} {}",
                count(n as usize, "log file"),
                log_word(status)
            ));
        }
    }
    for (kind, _) in judgement.gap_counts() {
        let of = || {
            judgement
                .gaps
                .iter()
                .filter(|gap| gap.kind == kind && gap.best == verdict)
        };
        if of().next().is_none() {
            continue;
        }
        let digests = of().map(|gap| gap.digests).sum::<u64>() as usize;
        all.push(match kind {
            GapKind::MissingDigests => {
                format!("up to {} missing in all", count(digests, "digest file"))
            }
            GapKind::ValidationOff => format!("validation was off {} times", of().count()),
            GapKind::StartsLate => "the chain starts late".to_owned(),
            GapKind::EndsEarly => format!("{} before the evidence does", ended(of().count())),
            GapKind::NoChain => format!(
                "{} without any digest",
                count(of().count(), "chain that should be there")
            ),
        });
    }
    let lake = judgement
        .lake
        .iter()
        .filter(|row| row.status.best() == verdict)
        .count();
    if lake > 0 {
        all.push(format!("{} not proven", count(lake, "Lake query result")));
    }
    if verdict == Verdict::Incomplete {
        all.extend(asked.iter().cloned());
    }
    all.join(", ")
}

/// The period is that of all trails; those of which the beginning is not here are verified from later on.
fn begin_later(judgement: &Judgement, found: &Scope) -> String {
    let late = |gap: &&super::chain::Gap| {
        gap.kind == GapKind::StartsLate && found.from.is_some_and(|from| gap.to > from)
    };
    let all: Vec<Moment> = judgement
        .gaps
        .iter()
        .filter(late)
        .map(|gap| gap.to)
        .collect();
    match all.iter().max() {
        None => String::new(),
        Some(last) => format!(
            "; {} only later, the last at {last}",
            if all.len() == 1 {
                "1 chain begins".to_owned()
            } else {
                format!("{} chains begin", all.len())
            }
        ),
    }
}

fn ended(chains: usize) -> String {
    if chains == 1 {
        "1 chain ends".to_owned()
    } else {
        format!("{chains} chains end")
    }
}

fn count(n: usize, what: &str) -> String {
    if n == 1 {
        format!("1 {what}")
    } else {
        format!("{n} {what}s")
    }
}

fn digest_word(status: DigestStatus) -> &'static str {
    match status {
        DigestStatus::Valid => "proven",
        DigestStatus::InvalidSignature | DigestStatus::ChainMismatch => "altered",
        DigestStatus::TrailingData => "with bytes appended",
        DigestStatus::InvalidFormat => "unreadable",
        DigestStatus::Missing => "missing",
        DigestStatus::Unsigned => "without a signature",
        DigestStatus::NoKey => "without their public key",
        DigestStatus::BadKey => "with a damaged public key",
        DigestStatus::Unread => "not read",
    }
}

fn log_word(status: LogStatus) -> &'static str {
    match status {
        LogStatus::Valid => "proven",
        LogStatus::Modified => "modified",
        LogStatus::TrailingData => "with bytes appended",
        LogStatus::InvalidFormat => "damaged",
        LogStatus::Missing => "missing",
        LogStatus::NotCollected => "not collected",
        LogStatus::Unproven => "of unproven digests",
        LogStatus::Unlisted => "that no digest lists",
        LogStatus::Uncovered => "at times that no digest covers",
        LogStatus::Unread => "not read",
    }
}
