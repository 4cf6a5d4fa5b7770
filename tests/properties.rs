//! What must hold for any input: nothing panics, and no changed file is ever called valid.

mod support;

use std::path::Path;

use proptest::prelude::*;

use support::{entries, files_below, report};

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
        let report = report(&[(name.to_owned(), bytes)]);
        prop_assert_eq!(&report["schema"], "exhibit.report/1");
    }

    #[test]
    fn arbitrary_names_never_panic(name in ".{0,120}") {
        for (_, entry) in entries(&[(name.clone(), b"{\"Records\":[]}".to_vec())]) {
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
        let root = Path::new(env!("CARGO_MANIFEST_DIR"));
        let mut files = files_below(&root.join("tests/evidence/complete/evidence"));
        let at: Vec<usize> = (0..files.len()).filter(|&at| files[at].0.contains("AWSLogs/")).collect();
        let (path, bytes) = &mut files[at[which % at.len()]];
        let path = path.clone();
        let before = inflate(bytes);
        let place = place.index(bytes.len());
        bytes[place] ^= 1 << bit;
        let same = before.is_some() && inflate(bytes) == before;
        let report = report(&files);
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
