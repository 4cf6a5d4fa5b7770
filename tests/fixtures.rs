//! Every defect under `tests/evidence/`: what is found there is what was planted, whatever the order
//! in which the files come. `cargo xtask generate fixtures` makes the evidence and the expectations.

mod support;

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use serde_json::Value;

use support::{files_below, report};

/// What `aws cloudtrail validate-logs` misses or misreports must stay among the fixtures.
const MUST_BE_THERE: &[&str] = &[
    "one-digest-deleted",
    "two-neighbouring-digests-deleted",
    "newest-digests-deleted",
    "oldest-digests-deleted",
    "extra-log",
    "appended-gzip-member",
    "space-added-to-digest",
    "newest-without-metadata",
    "key-spki",
];

/// What may be wrong with messages that Amazon SNS signed.
const OF_SNS: &[&str] = &[
    "sns-signed",
    "sns-altered",
    "sns-another-certificate",
    "sns-no-certificate",
    "sns-certificate-elsewhere",
    "sns-unsigned",
];

#[test]
fn every_defect_is_found() {
    let mut wrong = Vec::new();
    for folder in defects() {
        let expected: Value = read_json(&folder.join("expected.json"));
        let files = files_below(&folder.join("evidence"));
        let judged = report(&files);
        let trails = list(&judged["cloudtrail"]["trails"]);
        let mut found = serde_json::json!({
            "about": expected["about"],
            "verdict": judged["cloudtrail"]["verdict"],
            "digests": count(list(&judged["cloudtrail"]["digests"]), "status"),
            "logs": count(list(&judged["cloudtrail"]["logs"]), "status"),
            "gaps": count(trails.flat_map(|trail| list(&trail["gaps"])), "kind"),
            "lake": count(list(&judged["cloudtrail"]["lake"]), "status"),
            "problems": count(list(&judged["evidence"]["files"]).map(|file| &file["problem"]), "code"),
        });
        if !expected["signatures"].is_null() {
            found["signatures"] = judged["config"]["signatures"].clone();
        }
        if found != expected {
            wrong.push(format!(
                "{}\n  expected {expected}\n  found    {found}",
                folder.display()
            ));
        }
        let reversed: Vec<_> = files.into_iter().rev().collect();
        if report(&reversed) != judged {
            wrong.push(format!(
                "{}: another order gives another report",
                folder.display()
            ));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn what_validate_logs_misses_is_among_them() {
    let names: Vec<String> = defects()
        .iter()
        .filter_map(|folder| Some(folder.file_name()?.to_string_lossy().into_owned()))
        .collect();
    for name in MUST_BE_THERE.iter().chain(OF_SNS) {
        assert!(names.iter().any(|other| other == name), "no fixture {name}");
    }
}

fn defects() -> Vec<PathBuf> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/evidence");
    let mut folders: Vec<PathBuf> = fs::read_dir(&root)
        .expect("tests/evidence")
        .map(|entry| entry.expect("an entry").path())
        .collect();
    folders.sort();
    assert!(!folders.is_empty(), "{} is empty", root.display());
    folders
}

fn read_json(path: &Path) -> Value {
    let bytes = fs::read(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    serde_json::from_slice(&bytes).expect("JSON")
}

fn list(value: &Value) -> impl Iterator<Item = &Value> {
    value.as_array().into_iter().flatten()
}

fn count<'a>(values: impl Iterator<Item = &'a Value>, field: &str) -> BTreeMap<String, u64> {
    values
        .filter_map(|value| value[field].as_str())
        .fold(BTreeMap::new(), |mut counts, name| {
            *counts.entry(name.to_owned()).or_default() += 1;
            counts
        })
}
