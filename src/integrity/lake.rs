//! Whether the results of CloudTrail Lake queries are what was signed.
//!
//! The signature covers the hashes of the compressed files in order, joined by one space
//! (as the AWS CLI's `verify-query-results` has it); names, region and time are not signed.

use super::holdings::{FileIx, Holdings};
use super::status::{LakeStatus, LogStatus};
use crate::cloudtrail::{LakeSign, Signature};

/// The judgement of one Lake query.
#[derive(Clone, Debug)]
pub struct LakeRow {
    /// The sign file.
    pub file: FileIx,
    /// What is known of it.
    pub status: LakeStatus,
    /// What was compared, in a sentence.
    pub evidence: String,
    /// The result files that the sign file names and the evidence holds, each with what is known of it.
    pub results: Vec<(FileIx, LogStatus)>,
}

/// Judges every sign file.
pub fn judge<'p>(holdings: &Holdings, path: &dyn Fn(u32) -> &'p str) -> Vec<LakeRow> {
    let paths: Vec<&str> = holdings
        .lake_results
        .iter()
        .map(|&(file, _)| path(file))
        .collect();
    let rows = holdings.lake.iter().map(|(file, sign)| {
        let path = path(*file);
        let (status, evidence) = one(holdings, sign, path, &paths);
        LakeRow {
            file: *file,
            status,
            evidence,
            results: results(holdings, sign, status, path, &paths),
        }
    });
    rows.collect()
}

/// What a judged sign file says of each result file.
fn results(
    holdings: &Holdings,
    sign: &LakeSign,
    status: LakeStatus,
    path: &str,
    paths: &[&str],
) -> Vec<(FileIx, LogStatus)> {
    let is_signed = !matches!(status, LakeStatus::NoKey | LakeStatus::InvalidSignature);
    let folder = folder(path);
    let mut found = Vec::new();
    for (at, &(file, sum)) in holdings.lake_results.iter().enumerate() {
        let is_named = |name: &String| paths[at] == format!("{folder}{name}");
        let same = sign.files.iter().any(|(_, signed)| *signed == sum);
        let named = sign.files.iter().any(|(name, _)| is_named(name));
        match (same, named) {
            (true, _) if is_signed => found.push((file, LogStatus::Valid)),
            (false, true) if is_signed => found.push((file, LogStatus::Modified)),
            (true, _) | (_, true) => found.push((file, LogStatus::Unproven)),
            _ => {}
        }
    }
    found
}

fn folder(path: &str) -> &str {
    path.rfind(['/', '\\']).map_or("", |at| &path[..=at])
}

fn one(holdings: &Holdings, sign: &LakeSign, path: &str, paths: &[&str]) -> (LakeStatus, String) {
    let fingerprint = sign.fingerprint.to_ascii_lowercase();
    let named = holdings.keys.iter().filter(|key| {
        key.record.fingerprint.eq_ignore_ascii_case(&fingerprint) || key.md5 == fingerprint
    });
    let mut keys = named.filter_map(|key| key.key.as_ref().ok()).peekable();
    if keys.peek().is_none() {
        return (
            LakeStatus::NoKey,
            format!("The sign file names the key {fingerprint}."),
        );
    }
    let hashes: Vec<String> = sign.files.iter().map(|(_, sum)| sum.to_string()).collect();
    let text = hashes.join(" ");
    let verifies = Signature::from_hex(&sign.signature)
        .is_some_and(|signature| keys.any(|key| key.verifies(text.as_bytes(), &signature.0)));
    if !verifies {
        // What only states the fingerprint may be anything, and condemns nothing.
        let mut all = holdings.keys.iter();
        return if all.any(|key| key.encoded.contains(&fingerprint)) {
            (
                LakeStatus::InvalidSignature,
                format!("Checked with the key {fingerprint}."),
            )
        } else {
            (
                LakeStatus::NoKey,
                format!("A key states the fingerprint {fingerprint} and has another."),
            )
        };
    }
    let folder = folder(path);
    for (name, sum) in &sign.files {
        let beside = format!("{folder}{name}");
        let here = paths
            .iter()
            .position(|path| *path == beside)
            .map(|at| holdings.lake_results[at].1);
        let elsewhere = || holdings.lake_results.iter().any(|(_, other)| other == sum);
        match here {
            Some(found) if found == *sum => {}
            Some(found) => {
                return (
                    LakeStatus::Modified,
                    format!("{name} has the hash {found}, and {sum} is signed."),
                );
            }
            None if elsewhere() => {}
            None => {
                return (
                    LakeStatus::Missing,
                    format!("{name} with the hash {sum} is not in the evidence."),
                );
            }
        }
    }
    (
        LakeStatus::Valid,
        format!("{} result files, key {fingerprint}.", sign.files.len()),
    )
}
