//! An earlier report, or the file of a case, beside the evidence of now: whether every hash still holds.

use std::cmp::Ordering;
use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::{Case, compliance};
use crate::audit::report;
use crate::evidence::{Problem, ProblemCode, json};
use crate::order::{Gather as _, sorted};
use crate::sum::Sum;

/// Paths of one sort that are named.
const MOST: usize = 200;

/// A file as it was.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Hashed {
    /// As dropped.
    pub path: String,
    /// SHA-256 of the bytes as dropped.
    pub sha256: Option<Sum>,
}

/// What was written down earlier.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Earlier {
    /// The name of the file that says so.
    pub name: String,
    /// When it was made, where it tells.
    pub generated: String,
    /// The verdict on CloudTrail, where it tells.
    pub verdict: Option<String>,
    /// The files.
    pub files: Vec<Hashed>,
    /// How digests and logs stood, and what rules found: by a number for what it is told of.
    pub stated: BTreeMap<u64, String>,
}

/// What a report states of one thing: of what, and what.
struct Stated(String, String);

impl Stated {
    /// What stands for it in [`Earlier::stated`].
    fn number(&self) -> u64 {
        let Sum(bytes) = Sum::of(self.0.as_bytes());
        let head = bytes.into_iter().take(8);
        head.fold(0, |sum, byte| sum << 8 | u64::from(byte))
    }
}

/// A digest file or a log file of a report.
#[derive(Deserialize)]
struct Judged {
    key: Option<String>,
    path: Option<String>,
    status: String,
}

impl Judged {
    fn stated(self, what: &str) -> Option<Stated> {
        let name = self.key.or(self.path)?;
        Some(Stated(format!("{what} {name}"), self.status))
    }
}

/// A rule of a report.
#[derive(Deserialize)]
struct Ruled {
    identifier: String,
    name: Option<String>,
    counts: BTreeMap<String, u64>,
}

impl Ruled {
    /// Results of another moment are no other results.
    fn stated(self, as_of: &str) -> Stated {
        let count = |name: &str| self.counts.get(name).copied().unwrap_or(0);
        let name = self.name.unwrap_or_default();
        Stated(
            format!("rule {} {name} as of {as_of}", self.identifier),
            format!(
                "{} failing, {} passing",
                count("noncompliant"),
                count("compliant")
            ),
        )
    }
}

/// How the evidence differs from what was written down.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Recheck {
    /// Files that are here with the hash that they had.
    pub held: u64,
    /// Files that are here, and had no hash then: nothing tells whether they are the same.
    pub unhashed: u64,
    /// Files of the same path with another hash.
    pub changed: Vec<String>,
    /// Files that are not here; how many in all.
    pub missing: (Vec<String>, u64),
    /// Files that were not there.
    pub added: (Vec<String>, u64),
    /// The verdict then and now, where they differ.
    pub verdict: Option<(String, String)>,
    /// Digests, logs and rules of which something else is stated now: of what, then and now; how many in all.
    pub differing: (Vec<(String, String, String)>, u64),
}

#[derive(Deserialize)]
struct Report {
    schema: String,
    #[serde(rename = "generatedAt", default)]
    generated: String,
    evidence: Evidence,
    cloudtrail: Trail,
    compliance: Rules,
}

#[derive(Deserialize)]
struct Evidence {
    files: Vec<Hashed>,
}

#[derive(Deserialize)]
struct Trail {
    verdict: String,
    digests: Vec<Judged>,
    logs: Vec<Judged>,
}

#[derive(Deserialize)]
struct Rules {
    #[serde(rename = "asOf")]
    as_of: Option<String>,
    rules: Vec<Ruled>,
}

/// Reads a `report.json`.
///
/// # Errors
/// What is no such report.
pub fn parse(name: &str, bytes: &[u8]) -> Result<Earlier, Problem> {
    let report: Report = json::read(bytes)?;
    if report.schema != "exhibit.report/1" {
        let detail = format!(
            "expected the schema exhibit.report/1, found {:?}",
            report.schema
        );
        return Err(Problem::new(ProblemCode::JsonShape, detail));
    }
    let digests = report.cloudtrail.digests.into_iter();
    let logs = report.cloudtrail.logs.into_iter();
    let as_of = report.compliance.as_of.unwrap_or_default();
    let rules = report.compliance.rules.into_iter();
    let stated = digests
        .filter_map(|one| one.stated(DIGEST))
        .chain(logs.filter_map(|one| one.stated(LOG)))
        .chain(rules.map(|one| one.stated(&as_of)));
    Ok(Earlier {
        stated: stated.map(|one| (one.number(), one.1)).gathered(),
        name: name.to_owned(),
        generated: report.generated,
        verdict: Some(report.cloudtrail.verdict),
        files: report.evidence.files,
    })
}

const DIGEST: &str = "digest file";
const LOG: &str = "log file";

/// What a report states now.
fn stated(case: &Case) -> impl Iterator<Item = Stated> {
    let judged = |what| move |row| serde_json::from_value::<Judged>(row).ok()?.stated(what);
    let as_of = report::as_of(case).map_or(String::new(), |at| at.to_string());
    let rules = report::rules(case)
        .filter_map(move |row| Some(serde_json::from_value::<Ruled>(row).ok()?.stated(&as_of)));
    let digests = report::digests(case).filter_map(judged(DIGEST));
    digests
        .chain(report::logs(case).filter_map(judged(LOG)))
        .chain(rules)
}

/// The files of the case as they are.
pub(super) fn files(case: &Case) -> Vec<Hashed> {
    let all = case.register.files();
    all.map(|(_, file)| Hashed {
        path: file.path.to_string(),
        sha256: file.sum,
    })
    .collect()
}

/// Compares. A file holds where its path has its hash. Folders are renamed: where nothing has its path, it holds where a file
/// that was not there has its hash. Each file of now counts once.
pub(super) fn compare(case: &mut Case, earlier: &Earlier) -> Recheck {
    if !earlier.stated.is_empty() {
        compliance::results(case, None);
    }
    let case = &*case;
    let now = files(case);
    let mut recheck = Recheck::default();
    let (then, now) = (earlier.files.iter().collect(), now.iter().collect());
    let same = |a: &Hashed, b: &Hashed| (&a.path, a.sha256).cmp(&(&b.path, b.sha256));
    let (then, now) = pair(then, now, &same, &mut |file| match file.sha256 {
        Some(_) => recheck.held += 1,
        None => recheck.unhashed += 1,
    });
    let path = |a: &Hashed, b: &Hashed| a.path.cmp(&b.path);
    let (then, now) = pair(then, now, &path, &mut |file| match file.sha256 {
        Some(_) => recheck.changed.push(file.path.clone()),
        None => recheck.unhashed += 1,
    });
    // Without a hash nothing is the same under another path: they stand apart, each with its own.
    let sum = |a: &Hashed, b: &Hashed| {
        a.sha256.cmp(&b.sha256).then(match a.sha256 {
            Some(_) => Ordering::Equal,
            None => a.path.cmp(&b.path),
        })
    };
    let (then, now) = pair(then, now, &sum, &mut |_| recheck.held += 1);
    for (files, list) in [(then, &mut recheck.missing), (now, &mut recheck.added)] {
        for file in sorted(files, |a, b| path(a, b)) {
            list.1 += 1;
            if list.0.len() < MOST {
                list.0.push(file.path.clone());
            }
        }
    }
    let ours = (!earlier.stated.is_empty()).then(|| stated(case));
    for one in ours.into_iter().flatten() {
        let then = earlier.stated.get(&one.number());
        let Some(then) = then.filter(|then| **then != one.1) else {
            continue;
        };
        recheck.differing.1 += 1;
        if recheck.differing.0.len() < MOST {
            recheck.differing.0.push((one.0, then.clone(), one.1));
        }
    }
    let verdict = case.judgement.verdict.verdict.name();
    recheck.verdict = earlier
        .verdict
        .as_ref()
        .filter(|then| *then != verdict)
        .map(|then| (then.clone(), verdict.to_owned()));
    recheck
}

/// Pairs files of then with files of now that are equal by `compare`, each with one, and tells of each pair; what is left of both.
fn pair<'f>(
    then: Vec<&'f Hashed>,
    now: Vec<&'f Hashed>,
    compare: &dyn Fn(&Hashed, &Hashed) -> Ordering,
    found: &mut dyn FnMut(&Hashed),
) -> (Vec<&'f Hashed>, Vec<&'f Hashed>) {
    let in_order = |files| sorted(files, |a: &&Hashed, b: &&Hashed| compare(a, b));
    let (mut then_left, mut now_left) = (Vec::new(), Vec::new());
    let mut now = in_order(now).into_iter().peekable();
    for file in in_order(then) {
        while let Some(before) = now.next_if(|one| compare(one, file).is_lt()) {
            now_left.push(before);
        }
        match now.next_if(|one| compare(one, file).is_eq()) {
            Some(_) => found(file),
            None => then_left.push(file),
        }
    }
    now_left.extend(now);
    (then_left, now_left)
}
