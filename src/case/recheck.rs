//! An earlier report, or the file of a case, beside the evidence of now: whether every hash still holds.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use super::Case;
use crate::evidence::{Problem, ProblemCode, json};
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
}

/// How the evidence differs from what was written down.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Recheck {
    /// Files that are here with the hash that they had.
    pub held: u64,
    /// Files that could not be hashed, neither then nor now: nothing tells whether they are the same.
    pub unhashed: u64,
    /// Files of the same path with another hash.
    pub changed: Vec<String>,
    /// Files that are not here; how many in all.
    pub missing: (Vec<String>, u64),
    /// Files that were not there.
    pub added: (Vec<String>, u64),
    /// The verdict then and now, where they differ.
    pub verdict: Option<(String, String)>,
}

#[derive(Deserialize)]
struct Report {
    schema: String,
    #[serde(rename = "generatedAt", default)]
    generated: String,
    evidence: Evidence,
    cloudtrail: Trail,
}

#[derive(Deserialize)]
struct Evidence {
    files: Vec<Hashed>,
}

#[derive(Deserialize)]
struct Trail {
    verdict: String,
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
    Ok(Earlier {
        name: name.to_owned(),
        generated: report.generated,
        verdict: Some(report.cloudtrail.verdict),
        files: report.evidence.files,
    })
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

/// Compares. A file holds where its hash is in the evidence, under whatever path: folders are renamed.
pub(super) fn compare(case: &Case, earlier: &Earlier) -> Recheck {
    let now = files(case);
    let sums: BTreeSet<Sum> = now.iter().filter_map(|file| file.sha256).collect();
    let by_path: BTreeMap<&str, Option<Sum>> = now
        .iter()
        .map(|file| (file.path.as_str(), file.sha256))
        .collect();
    let known: BTreeSet<Sum> = earlier
        .files
        .iter()
        .filter_map(|file| file.sha256)
        .collect();
    let paths: BTreeSet<&str> = earlier
        .files
        .iter()
        .map(|file| file.path.as_str())
        .collect();
    let mut recheck = Recheck::default();
    for file in &earlier.files {
        if file.sha256.is_some_and(|sum| sums.contains(&sum)) {
            recheck.held += 1;
        } else if file.sha256.is_none() && by_path.get(file.path.as_str()) == Some(&None) {
            recheck.unhashed += 1;
        } else if by_path.contains_key(file.path.as_str()) && file.sha256.is_some() {
            recheck.changed.push(file.path.clone());
        } else {
            recheck.missing.1 += 1;
            if recheck.missing.0.len() < MOST {
                recheck.missing.0.push(file.path.clone());
            }
        }
    }
    for file in &now {
        let is_new = file.sha256.is_none_or(|sum| !known.contains(&sum))
            && !paths.contains(file.path.as_str());
        if is_new {
            recheck.added.1 += 1;
            if recheck.added.0.len() < MOST {
                recheck.added.0.push(file.path.clone());
            }
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
