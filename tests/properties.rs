//! What must hold for any input: nothing panics, and no changed file is ever called valid.

use std::io::Cursor;
use std::path::Path;

use exhibit::case::{Case, Export};
use exhibit::evidence::Limits;
use exhibit::intake::{Entry, Reader, Shard};
use exhibit::moment::Moment;
use proptest::prelude::*;
use serde_json::Value;

/// Beginnings that lead the bytes after them into each parser.
const HEADS: &[&[u8]] = &[
    b"",
    b"\x1f\x8b\x08\x00",
    b"PK\x03\x04",
    b"{\"Records\":[{",
    b"{\"awsAccountId\":\"1\",\"digestS3Object\":\"",
    b"{\"PublicKeyList\":[{\"Value\":\"",
    b"{\"Metadata\":{\"signature\":\"",
    b"{\"hashSignature\":\"",
    b"{\"trailList\":[",
    b"[{\"eventVersion\":",
    b"x-amz-meta-signature: ",
    b"\xff\xfe",
    b"[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[",
];

const NAMES: &[&str] = &[
    "x",
    "AWSLogs/111122223333/CloudTrail/us-east-1/2026/03/01/111122223333_CloudTrail_us-east-1_20260301T0020Z_aaaaaaaaaaaaaaaa.json.gz",
    "AWSLogs/111122223333/CloudTrail-Digest/us-east-1/2026/03/01/111122223333_CloudTrail-Digest_us-east-1_t_us-east-1_20260301T010000Z.json.gz",
    "result_sign.json",
];

proptest! {
    #![proptest_config(ProptestConfig::with_cases(600))]

    #[test]
    fn arbitrary_bytes_never_panic(
        head in prop::sample::select(HEADS),
        name in prop::sample::select(NAMES),
        rest in prop::collection::vec(any::<u8>(), 0..600),
    ) {
        let bytes = [head, &rest].concat();
        let mut case = Case::default();
        for entry in read(name, &bytes) {
            case.add(0, entry);
        }
        let report = report(&mut case);
        prop_assert_eq!(&report["schema"], "exhibit.report/1");
    }

    #[test]
    fn arbitrary_names_never_panic(name in ".{0,120}") {
        for entry in read(&name, b"{\"Records\":[]}") {
            prop_assert!(!entry.path.is_empty() || name.is_empty());
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(80))]

    /// A bit flipped anywhere in a digest or log file: that file is never valid, unless what it
    /// decompresses to is still the same, which gzip's own header allows.
    #[test]
    fn a_flipped_bit_is_never_valid(which in 0_usize..16, place in any::<prop::sample::Index>(), bit in 0_u8..8) {
        let mut files = complete();
        let at: Vec<usize> = (0..files.len()).filter(|&at| files[at].0.contains("AWSLogs/")).collect();
        let (path, bytes) = &mut files[at[which % at.len()]];
        let path = path.clone();
        let before = inflate(bytes);
        let place = place.index(bytes.len());
        bytes[place] ^= 1 << bit;
        let same = before.is_some() && inflate(bytes) == before;
        let mut case = Case::default();
        for (source, (path, bytes)) in files.iter().enumerate() {
            for entry in read(path, bytes) {
                case.add(source as u32, entry);
            }
        }
        let report = report(&mut case);
        let list = if path.contains("Digest") { "digests" } else { "logs" };
        let rows = report["cloudtrail"][list].as_array().expect("a list");
        for row in rows.iter().filter(|row| row["path"] == path.as_str()) {
            prop_assert!(same || row["status"] != "valid", "{path} byte {place} bit {bit}: {row}");
        }
    }
}

fn inflate(bytes: &[u8]) -> Option<Vec<u8>> {
    use std::io::Read as _;
    let mut content = Vec::new();
    flate2::read::GzDecoder::new(bytes)
        .read_to_end(&mut content)
        .ok()?;
    Some(content)
}

fn complete() -> Vec<(String, Vec<u8>)> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/evidence/complete/evidence");
    let mut files = Vec::new();
    let mut folders = vec![root.clone()];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).expect("a folder") {
            let path = entry.expect("an entry").path();
            if path.is_dir() {
                folders.push(path);
            } else {
                let name = path
                    .strip_prefix(&root)
                    .expect("below")
                    .to_string_lossy()
                    .into_owned();
                files.push((name, std::fs::read(&path).expect("a file")));
            }
        }
    }
    files.sort();
    files
}

fn read(path: &str, bytes: &[u8]) -> Vec<Entry> {
    let clock = || 0.0;
    let mut reader = Reader::new(Limits::default(), &clock);
    let mut entries = Vec::new();
    reader.read(
        path,
        Cursor::new(bytes),
        bytes.len() as u64,
        Shard::default(),
        &mut |entry| entries.push(entry),
    );
    entries
}

fn report(case: &mut Case) -> Value {
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
