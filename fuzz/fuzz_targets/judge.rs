//! Sound evidence of which one file is replaced by anything: the report is made, and that file is never proven.

#![no_main]

use std::fs;
use std::io::{Cursor, Read as _};
use std::path::Path;
use std::sync::OnceLock;

use exhibit::case::{Case, Export};
use exhibit::evidence::Limits;
use exhibit::intake::{Reader, Shard};
use exhibit::moment::Moment;
use libfuzzer_sys::fuzz_target;

type Files = Vec<(String, Vec<u8>)>;

/// The files of a fixture in which all is proven, inflated.
fn sound() -> &'static Files {
    static FILES: OnceLock<Files> = OnceLock::new();
    FILES.get_or_init(|| {
        let root =
            Path::new(env!("CARGO_MANIFEST_DIR")).join("../tests/evidence/complete/evidence");
        let mut files = Vec::new();
        let mut folders = vec![root.clone()];
        while let Some(folder) = folders.pop() {
            for entry in fs::read_dir(folder).expect("a folder") {
                let path = entry.expect("an entry").path();
                if path.is_dir() {
                    folders.push(path);
                    continue;
                }
                let bytes = fs::read(&path).expect("a file");
                let name = path.strip_prefix(&root).expect("below").to_string_lossy();
                files.push((name.trim_end_matches(".gz").to_owned(), content(&bytes)));
            }
        }
        files.sort();
        files
    })
}

/// What is compressed, or what is not.
fn content(bytes: &[u8]) -> Vec<u8> {
    let mut content = Vec::new();
    let most = Limits::default().content as u64;
    let inflated = flate2::read::GzDecoder::new(bytes)
        .take(most)
        .read_to_end(&mut content);
    if inflated.is_ok() {
        content
    } else {
        bytes.to_vec()
    }
}

fuzz_target!(|data: &[u8]| {
    let Some((first, bytes)) = data.split_first() else {
        return;
    };
    let mut files = sound().clone();
    let at = usize::from(*first) % files.len();
    // One genuine file in the place of another is what it is, wherever it lies.
    let own = content(bytes);
    if files.iter().any(|(_, other)| *other == own) {
        return;
    }
    files[at].1 = bytes.to_vec();
    let replaced = files[at].0.clone();

    let clock = || 0.0;
    let mut reader = Reader::new(Limits::default(), 1, &clock);
    let mut case = Case::default();
    for (source, (path, bytes)) in files.iter().enumerate() {
        let mut emit = |entry| case.add(source as u32, entry);
        reader.read(
            path,
            &mut Cursor::new(bytes),
            bytes.len() as u64,
            Shard::default(),
            &mut emit,
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
    let mut report = Vec::new();
    let generated = Moment::from_seconds(0);
    let written = case.export(&Export::Report { generated }, &mut |part| {
        report.extend_from_slice(part)
    });
    assert!(written.is_ok(), "only masking refuses");
    let report: serde_json::Value = serde_json::from_slice(&report).expect("report.json is JSON");
    if !replaced.contains("CloudTrail") {
        return;
    }
    for list in ["digests", "logs"] {
        let rows = report["cloudtrail"][list].as_array().expect("a list");
        for row in rows {
            assert!(
                row["path"] != replaced.as_str() || row["status"] != "valid",
                "{replaced} was replaced and is called valid"
            );
        }
    }
});
