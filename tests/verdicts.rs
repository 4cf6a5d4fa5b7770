//! What must not turn a verdict, and what must, where a file beside sound evidence or a setting makes the difference.

mod support;

use std::io::Write as _;
use std::path::Path;

use base64::Engine as _;
use exhibit::case::Case;
use serde_json::{Value, json};

use support::{entries, files_below, report};

type Files = Vec<(String, Vec<u8>)>;

const KEYS: &str = "public-keys-us-east-1.json";
const HEAD: &str = "head-object.json";

fn evidence(defect: &str) -> Files {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/evidence");
    files_below(&root.join(defect).join("evidence"))
}

/// Changes the only file whose path has this in it.
fn change(files: &mut Files, part: &str, change: impl FnOnce(&mut Vec<u8>)) {
    let mut found = files.iter_mut().filter(|(path, _)| path.contains(part));
    change(&mut found.next().expect(part).1);
    assert!(found.next().is_none(), "{part} is in two paths");
}

/// Changes the JSON of the only file whose path has this in it.
fn edit(files: &mut Files, part: &str, with: impl FnOnce(&mut Value)) {
    change(files, part, |bytes| {
        let mut value = serde_json::from_slice(bytes).expect("JSON");
        with(&mut value);
        *bytes = value.to_string().into_bytes();
    });
}

fn add(files: &mut Files, path: &str, value: &Value) {
    files.push((path.to_owned(), value.to_string().into_bytes()));
}

fn gzip(content: &[u8]) -> Vec<u8> {
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
    encoder.write_all(content).expect("memory");
    encoder.finish().expect("memory")
}

/// The verdict, and how often each of these statuses is found among digests and log files.
fn found<const N: usize>(report: &Value, statuses: [&str; N]) -> (String, [usize; N]) {
    let cloudtrail = &report["cloudtrail"];
    let rows = ["digests", "logs"].map(|list| cloudtrail[list].as_array().expect("a list"));
    let count = |status: &str| {
        rows.iter()
            .flat_map(|rows| rows.iter())
            .filter(|row| row["status"] == status)
            .count()
    };
    let verdict = cloudtrail["verdict"].as_str().expect("a verdict");
    (verdict.to_owned(), statuses.map(count))
}

#[test]
fn what_holds_more_than_is_read_is_unread() {
    let zeros = gzip(&vec![b'0'; 40 << 20]);
    for part in [
        "CloudTrail_us-east-1_20260301T0320Z",
        "us-east-1_20260301T040000Z",
    ] {
        let mut files = evidence("complete");
        change(&mut files, part, |bytes| bytes.clone_from(&zeros));
        let (verdict, counts) = found(&report(&files), ["unread", "invalid-format", "missing"]);
        assert_eq!(
            (verdict.as_str(), counts),
            ("incomplete", [1, 0, 0]),
            "{part}"
        );
    }
}

/// The digest that has no successor, and a key that is not the one of its fingerprint.
#[test]
fn a_key_that_is_not_its_fingerprints_condemns_nothing() {
    let mut files = evidence("complete");
    let mut sound = Value::Null;
    edit(&mut files, KEYS, |keys| {
        sound = keys["PublicKeyList"][0].clone();
        let value = sound["Value"].as_str().expect("a key");
        let engine = base64::engine::general_purpose::STANDARD;
        let mut bytes = engine.decode(value).expect("base64");
        bytes[100] ^= 1;
        keys["PublicKeyList"][0]["Value"] = engine.encode(bytes).into();
    });
    let statuses = ["bad-key", "invalid-signature", "valid"];
    let damaged = report(&files);
    assert_eq!(
        found(&damaged, statuses),
        ("incomplete".to_owned(), [8, 0, 0])
    );
    let matches = |report: &Value| {
        let keys = report["cloudtrail"]["keys"]
            .as_array()
            .expect("keys")
            .iter();
        let own = keys.filter(|key| key["fingerprint"] == sound["Fingerprint"]);
        own.map(|key| key["fingerprintMatches"] == true)
            .collect::<Vec<bool>>()
    };
    assert_eq!(matches(&damaged), [false]);
    // Beside the sound one it does no harm, and both are told.
    add(
        &mut files,
        "public-keys-again.json",
        &json!({ "PublicKeyList": [sound] }),
    );
    let both = report(&files);
    assert_eq!(found(&both, statuses), ("verified".to_owned(), [0, 0, 16]));
    let mut told = matches(&both);
    told.sort_unstable();
    assert_eq!(told, [false, true]);
}

/// Metadata without a name that was fetched after the next digest had come, or is of an object that is older.
#[test]
fn metadata_of_an_object_of_another_time_condemns_nothing() {
    let with = |modified: Option<&str>| {
        let mut files = evidence("complete");
        edit(&mut files, HEAD, |head| {
            head["Metadata"]["signature"] = "ab".repeat(256).into();
            head["LastModified"] = modified.into();
        });
        let report = report(&files);
        let unmatched = report["cloudtrail"]["unmatchedSignatures"]
            .as_array()
            .expect("a list");
        let (verdict, [unsigned, invalid]) = found(&report, ["unsigned", "invalid-signature"]);
        (verdict, unsigned, invalid, unmatched.len())
    };
    let unsigned = ("incomplete".to_owned(), 1, 0, 1);
    assert_eq!(with(Some("2026-03-01T09:19:00+00:00")), unsigned);
    assert_eq!(with(Some("2026-03-01T07:59:59+00:00")), unsigned);
    let condemned = ("failed".to_owned(), 0, 1, 0);
    assert_eq!(with(Some("2026-03-01T08:19:00+00:00")), condemned);
    assert_eq!(with(None), condemned);
}

/// Many contents at one key, many digests that name it, many keys under one fingerprint.
#[test]
fn signatures_to_check_do_not_multiply() {
    const MANY: usize = 100;
    let mut files = evidence("newest-without-metadata");
    let der = |at: usize| {
        let head = [0x30, 0x82, 1, 10, 2, 0x82, 1, 1, 0];
        let mut modulus = [0x5a; 256];
        (modulus[0], modulus[1], modulus[255]) = (0xc1, at as u8, 1);
        [&head[..], &modulus, &[2, 3, 1, 0, 1]].concat()
    };
    edit(&mut files, KEYS, |keys| {
        let sound = keys["PublicKeyList"][0].clone();
        let list = keys["PublicKeyList"].as_array_mut().expect("keys");
        list.extend((0..MANY).map(|at| {
            let mut key = sound.clone();
            key["Value"] = base64::engine::general_purpose::STANDARD
                .encode(der(at))
                .into();
            key
        }));
    });
    let (path, newest) = files
        .iter()
        .rfind(|(path, _)| path.contains("-Digest_"))
        .cloned()
        .expect("a digest");
    let mut text = String::new();
    std::io::Read::read_to_string(&mut flate2::read::GzDecoder::new(&*newest), &mut text)
        .expect("text");
    let digest: Value = serde_json::from_str(&text).expect("JSON");
    for at in 0..MANY {
        let mut one = digest.clone();
        one["copy"] = at.into();
        add(
            &mut files,
            &format!("same/{at}/{}", path.trim_end_matches(".gz")),
            &one,
        );
        let mut next = digest.clone();
        let key = path.replace("T080000Z", &format!("T09{:02}{:02}Z", at / 60, at % 60));
        next["previousDigestS3Object"] = path.as_str().into();
        next["previousDigestSignature"] = format!("{at:0512x}").into();
        next["digestEndTime"] = format!("2026-03-01T09:{:02}:{:02}Z", at / 60, at % 60).into();
        next["digestS3Object"] = key.as_str().into();
        add(&mut files, key.trim_end_matches(".gz"), &next);
    }
    let mut case = Case::default();
    for (source, entry) in entries(&files) {
        case.add(source, entry);
    }
    let mut asked = 0;
    loop {
        let checks = case.judge();
        if checks.is_empty() {
            break;
        }
        asked += checks.len();
        case.resolve(
            &checks
                .iter()
                .map(|check| (check.id, false))
                .collect::<Vec<_>>(),
        );
    }
    assert!(
        (MANY..=2 * MANY * 64 * 8).contains(&asked),
        "{asked} signatures"
    );
}
