//! Every defect under `tests/evidence/`: what is found there is what was planted, whatever the order
//! in which the files come. `cargo xtask generate fixtures` makes the evidence and the expectations.

use std::collections::BTreeMap;
use std::fs;
use std::io::Cursor;
use std::path::{Path, PathBuf};

use exhibit::case::{Case, Export};
use exhibit::evidence::Limits;
use exhibit::intake::{Reader, Shard};
use exhibit::moment::Moment;
use serde_json::Value;

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

#[test]
fn every_defect_is_found() {
    let mut wrong = Vec::new();
    for folder in defects() {
        let expected: Value = read_json(&folder.join("expected.json"));
        let files = files_below(&folder.join("evidence"));
        let report = report_of(&files);
        let trails = list(&report["cloudtrail"]["trails"]);
        let found = serde_json::json!({
            "about": expected["about"],
            "verdict": report["cloudtrail"]["verdict"],
            "digests": count(list(&report["cloudtrail"]["digests"]), "status"),
            "logs": count(list(&report["cloudtrail"]["logs"]), "status"),
            "gaps": count(trails.flat_map(|trail| list(&trail["gaps"])), "kind"),
            "lake": count(list(&report["cloudtrail"]["lake"]), "status"),
            "problems": count(list(&report["evidence"]["files"]).map(|file| &file["problem"]), "code"),
        });
        if found != expected {
            wrong.push(format!(
                "{}\n  expected {expected}\n  found    {found}",
                folder.display()
            ));
        }
        let reversed: Vec<_> = files.into_iter().rev().collect();
        if report_of(&reversed) != report {
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
    for name in MUST_BE_THERE {
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

fn files_below(folder: &Path) -> Vec<(String, Vec<u8>)> {
    let mut files = Vec::new();
    let mut folders = vec![folder.to_path_buf()];
    while let Some(inner) = folders.pop() {
        for entry in fs::read_dir(&inner).expect("a folder") {
            let path = entry.expect("an entry").path();
            if path.is_dir() {
                folders.push(path);
            } else {
                let name = path
                    .strip_prefix(folder)
                    .expect("below")
                    .to_string_lossy()
                    .into_owned();
                files.push((name, fs::read(&path).expect("a file")));
            }
        }
    }
    files.sort();
    files
}

/// Reads all files in their order, judges with the reference for signatures, and writes the report.
fn report_of(files: &[(String, Vec<u8>)]) -> Value {
    let clock = || 0.0;
    let mut reader = Reader::new(Limits::default(), &clock);
    let mut case = Case::default();
    for (source, (path, bytes)) in files.iter().enumerate() {
        reader.read(
            path,
            Cursor::new(bytes),
            bytes.len() as u64,
            Shard::default(),
            &mut |entry| {
                case.add(source as u32, entry);
            },
        );
    }
    loop {
        let checks = case.judge();
        if checks.is_empty() {
            break;
        }
        let outcomes: Vec<_> = checks
            .iter()
            .map(|check| {
                (
                    check.id,
                    check.key.verifies(&check.message, &check.signature),
                )
            })
            .collect();
        case.resolve(&outcomes);
    }
    let mut bytes = Vec::new();
    let generated = Moment::from_seconds(0);
    case.export(&Export::Report { generated }, &mut |part| {
        bytes.extend_from_slice(part)
    });
    serde_json::from_slice(&bytes).expect("report.json is JSON")
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
