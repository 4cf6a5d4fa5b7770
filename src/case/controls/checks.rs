//! Controls of the evidence itself: what every audit on it rests on.

use crate::case::protection::protection;
use crate::case::{Case, Registered};
use crate::compliance::framework::ControlStatus;
use crate::config::recorder::{Coverage, GapKind};
use crate::evidence::Kind;
use crate::integrity::Verdict;
use crate::integrity::verdict::covered_everywhere;
use crate::moment::Moment;

use super::{Link, link};

/// How many there are.
pub(crate) const CHECKS: usize = 5;

/// What each is called, and what it asks.
pub const NAMES: [(&str, &str); CHECKS] = [
    (
        "LOG-VALIDATION",
        "Log file validation is on, and log files verify over the whole period",
    ),
    (
        "LOG-ENCRYPTION",
        "Log files are encrypted with a key of AWS KMS",
    ),
    ("LOG-BUCKET", "Access to the log bucket is restricted"),
    (
        "CONFIG-RECORDER",
        "The configuration recorder was on over the whole period",
    ),
    ("FILE-HASHES", "The SHA-256 of every file is listed"),
];

/// Files that one check names as evidence.
const MOST: usize = 20;

/// A control of the evidence itself, checked.
pub(crate) struct Check {
    pub(crate) id: &'static str,
    pub(crate) title: &'static str,
    pub(crate) status: ControlStatus,
    pub(crate) reason: String,
    pub(crate) evidence: Vec<Link>,
}

/// Checks all.
pub(crate) fn run(case: &Case) -> [Check; CHECKS] {
    [
        validation(case),
        encryption(case),
        bucket(case),
        recorder(case),
        hashes(case),
    ]
}

fn files(case: &Case, title: &str, of: &dyn Fn(&Registered) -> bool) -> Vec<Link> {
    let found = case.register.files().filter(|(_, file)| of(file));
    found
        .take(MOST)
        .map(|(_, file)| link(title, Some(file)))
        .collect()
}

fn named(case: &Case, title: &str, paths: &[String]) -> Vec<Link> {
    files(case, title, &|file| {
        paths.iter().any(|path| **path == *file.path)
    })
}

fn validation(case: &Case) -> Check {
    let verdict = &case.judgement.verdict;
    let covered = covers(case, covered_everywhere(&case.judgement));
    let is_stated = is_stated(case);
    let status = match verdict.verdict {
        Verdict::Verified if case.keys_confirmed() && covered => ControlStatus::Met,
        Verdict::Failed => ControlStatus::Failed,
        _ => ControlStatus::NotTested,
    };
    let mut reason = verdict.statement.clone();
    if verdict.verdict == Verdict::Verified && !case.keys_confirmed() {
        reason += " Confirm the keys under Integrity first.";
    }
    if !is_stated {
        reason += UNSTATED;
    } else if !covered {
        reason += NOT_WHOLE;
    }
    Check {
        id: NAMES[0].0,
        title: NAMES[0].1,
        status,
        reason,
        evidence: files(case, "Public keys", &|file| {
            file.kind == Kind::CloudtrailPublicKeys
        }),
    }
}

/// Whether a span covers the period under audit; none covers one that is not stated.
fn covers(case: &Case, span: Option<(Moment, Moment)>) -> bool {
    let audit = &case.settings.audit;
    let both = audit.from.zip(audit.to).zip(span);
    both.is_some_and(|((from, to), (first, last))| first <= from && last >= to)
}

fn is_stated(case: &Case) -> bool {
    case.settings.audit.from.is_some() && case.settings.audit.to.is_some()
}

/// What is said where no period is stated, and where the evidence does not cover it.
const UNSTATED: &str = " State the period under audit: without it nothing covers it.";
const NOT_WHOLE: &str = " The evidence does not cover the whole period under audit.";

/// The status of something that must hold of every trail; `None` where the evidence does not tell.
fn every(held: &[Option<bool>]) -> ControlStatus {
    if held.contains(&Some(false)) {
        ControlStatus::Failed
    } else if held.is_empty() || held.contains(&None) {
        ControlStatus::NotTested
    } else {
        ControlStatus::Met
    }
}

fn encryption(case: &Case) -> Check {
    let trails = protection(case);
    let held: Vec<Option<bool>> = trails
        .iter()
        .map(|one| one.kms_key.as_ref().map(|key| !key.is_empty()))
        .collect();
    let sources: Vec<String> = trails.iter().flat_map(|one| one.sources.clone()).collect();
    let with = held.iter().filter(|one| **one == Some(true)).count();
    Check {
        id: NAMES[1].0,
        title: NAMES[1].1,
        status: every(&held),
        reason: format!("Trails: {}; described with SSE-KMS: {with}.", held.len()),
        evidence: named(case, "Description of the trail", &sources),
    }
}

fn bucket(case: &Case) -> Check {
    let trails = protection(case);
    let held = |one: &crate::case::protection::Protection| {
        let open = one.is_open() || one.called_public == Some(true);
        // What blocks all public access makes a public policy void.
        if open && one.blocked != Some(true) {
            return Some(false);
        }
        // Without the policy nobody knows who may; and whether another account should is for a person to say.
        (one.read.is_some() && !one.is_shared()).then_some(true)
    };
    let shared = trails.iter().filter(|one| one.is_shared()).count();
    let held: Vec<Option<bool>> = trails.iter().map(held).collect();
    let sources: Vec<String> = trails.iter().flat_map(|one| one.sources.clone()).collect();
    let closed = held.iter().filter(|one| **one == Some(true)).count();
    Check {
        id: NAMES[2].0,
        title: NAMES[2].1,
        status: every(&held),
        reason: format!(
            "Trails: {}; their buckets known to be closed to the public and to other accounts: {closed}; other accounts may read, write or delete: {shared}. Who may stands under Integrity, Protection.",
            held.len()
        ),
        evidence: named(case, "Settings of the log bucket", &sources),
    }
}

fn recorder(case: &Case) -> Check {
    let all = case.recorders();
    let gaps: usize = all.iter().map(|one| one.gaps.len()).sum();
    // Where a trail records, a recorder should; none in the evidence tells nothing.
    let untold = case.judgement.trails.iter().filter(|trail| {
        let is_here =
            |one: &Coverage| one.account == trail.key.account && one.region == trail.key.region;
        !all.iter().any(is_here)
    });
    let untold = untold.count();
    let mut held: Vec<Option<bool>> = all
        .iter()
        .map(|one| {
            // A delivery that failed, or whose file is not here, leaves open whether the recorder was on.
            let off = [GapKind::Stopped, GapKind::TypesNotRecorded];
            if one.gaps.iter().any(|gap| off.contains(&gap.kind)) {
                Some(false)
            } else {
                one.recording
                    .filter(|_| one.gaps.is_empty() && covers(case, one.span))
            }
        })
        .collect();
    held.extend(std::iter::repeat_n(None, untold));
    let mut more = String::new();
    if untold > 0 {
        more +=
            &format!(" Accounts and regions of trails of whose recorder nothing tells: {untold}.");
    }
    if !is_stated(case) {
        more += UNSTATED;
    }
    let sources: Vec<u32> = all.iter().flat_map(|one| one.sources.clone()).collect();
    let found = case
        .register
        .files()
        .filter(|(place, _)| sources.contains(place));
    Check {
        id: NAMES[3].0,
        title: NAMES[3].1,
        status: every(&held),
        reason: match (all.len(), gaps) {
            (0, _) => "Nothing in the evidence tells of a recorder.".to_owned(),
            (places, 0) => {
                format!("No gap is known; recorders of an account and region: {places}.")
            }
            (places, gaps) => format!(
                "Gaps: {gaps}; recorders of an account and region: {places}. See Resources, Recorders."
            ),
        } + &more,
        evidence: found
            .take(MOST)
            .map(|(_, file)| link("Recorder", Some(file)))
            .collect(),
    }
}

fn hashes(case: &Case) -> Check {
    let (files, _) = case.register.totals();
    let without = case
        .register
        .files()
        .filter(|(_, file)| file.sum.is_none())
        .count();
    Check {
        id: NAMES[4].0,
        title: NAMES[4].1,
        status: match (files, without) {
            (0, _) => ControlStatus::NotTested,
            (_, 0) => ControlStatus::Met,
            _ => ControlStatus::Failed,
        },
        reason: format!(
            "{} of {files} files have a hash; the manifest lists them.",
            files - without as u64
        ),
        evidence: Vec::new(),
    }
}
