//! What must not turn a verdict, and what must, where a file beside sound evidence or a setting makes the difference.

mod support;

use std::io::Write as _;
use std::path::Path;

use base64::Engine as _;
use exhibit::case::{Case, Settings};
use serde_json::{Value, json};

use exhibit::integrity::Scope;
use support::{entries, files_below, judged, report, report_of};

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

/// A key that is listed in one encoding under the fingerprint of the other.
#[test]
fn a_key_condemns_by_the_fingerprint_of_either_encoding() {
    let mut files = evidence("newest-digest-edited");
    edit(&mut files, KEYS, |keys| {
        let engine = base64::engine::general_purpose::STANDARD;
        let value = keys["PublicKeyList"][0]["Value"].as_str().expect("a key");
        let head = [
            0x30, 0x82, 1, 0x22, 0x30, 13, 6, 9, 42, 134, 72, 134, 247, 13, 1, 1, 1, 5, 0, 3, 0x82,
            1, 15, 0,
        ];
        let spki = [&head[..], &engine.decode(value).expect("base64")].concat();
        keys["PublicKeyList"][0]["Value"] = engine.encode(spki).into();
    });
    let told = found(&report(&files), ["invalid-signature", "bad-key"]);
    assert_eq!(told, ("failed".to_owned(), [1, 0]));
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

/// The verdict within a scope.
fn within(files: &Files, change: impl FnOnce(&mut Scope)) -> &'static str {
    let mut settings = Settings::default();
    change(&mut settings.scope);
    judged(files, settings).judgement().verdict.verdict.name()
}

/// Names what is to be asked for.
fn names(all: &[&str]) -> Vec<String> {
    all.iter().map(|&name| name.to_owned()).collect()
}

#[test]
fn what_lies_outside_the_regions_asked_for_does_not_count() {
    let mut files = evidence("complete");
    let elsewhere = "111122223333_CloudTrail-Digest_eu-west-1_management-events_us-east-1_20260301T030000Z.json.gz";
    files.push((elsewhere.to_owned(), gzip(b"not a digest")));
    add(
        &mut files,
        "query/result_sign.json",
        &json!({ "region": "eu-west-1", "files": [], "hashAlgorithm": "SHA-256",
        "signatureAlgorithm": "SHA256withRSA", "hashSignature": "ab", "publicKeyFingerprint": "cd" }),
    );
    assert_eq!(within(&files, |_| ()), "failed");
    assert_eq!(
        within(&files, |scope| scope.regions = names(&["us-east-1"])),
        "verified"
    );
    assert_eq!(
        within(&files, |scope| scope.regions = names(&["eu-west-1"])),
        "failed"
    );
    let told = report(&files);
    let digests = told["cloudtrail"]["digests"].as_array().expect("digests");
    let broken = digests
        .iter()
        .find(|row| row["path"] == elsewhere)
        .expect("the broken one");
    assert_eq!(
        (&broken["region"], &broken["trail"]),
        (&json!("eu-west-1"), &json!("management-events"))
    );
}

#[test]
fn what_lies_outside_the_bucket_or_prefix_asked_for_does_not_count() {
    let mut files = evidence("org-trail-with-prefix");
    files
        .iter_mut()
        .for_each(|(path, _)| path.insert_str(0, "one/"));
    let other = evidence("one-digest-deleted").into_iter();
    files.extend(other.map(|(path, bytes)| (format!("two/{path}"), bytes)));
    let log = "AWSLogs/111122223333/CloudTrail/us-east-1/2026/03/01/111122223333_CloudTrail_us-east-1_20260301T0330Z_aaaaaaaaaaaaaaaa.json.gz";
    let unlisted = gzip(b"{\"Records\":[]}");
    files.push((format!("two/{log}"), unlisted.clone()));
    assert_eq!(
        within(&files, |scope| scope.prefix = Some("audit/".to_owned())),
        "verified"
    );
    files.push((format!("one/audit/{log}"), unlisted));
    assert_eq!(
        within(&files, |scope| scope.prefix = Some("audit/".to_owned())),
        "incomplete"
    );
    let digest = "AWSLogs/o-exampleorgid/111122223333/CloudTrail-Digest/us-east-1/2026/03/01/111122223333_CloudTrail-Digest_us-east-1_management-events_us-east-1_20260301T093000Z.json.gz";
    files.push((format!("one/audit/{digest}"), gzip(b"not a digest")));
    assert_eq!(
        within(&files, |scope| scope.prefix = Some("audit/".to_owned())),
        "failed"
    );
}

#[test]
fn every_account_asked_for_needs_digests_in_every_region_asked_for() {
    let mut files = evidence("two-accounts");
    let verdict = |files: &Files, regions: &[&str]| {
        within(files, |scope| {
            scope.accounts = names(&["111122223333", "444455556666"]);
            scope.regions = names(regions);
        })
    };
    assert_eq!(verdict(&files, &["us-east-1"]), "verified");
    files = evidence("several-regions");
    let second = evidence("two-accounts").into_iter();
    files.extend(second.filter(|(path, _)| path.contains("444455556666")));
    assert_eq!(verdict(&files, &["us-east-1"]), "verified");
    assert_eq!(verdict(&files, &["us-east-1", "eu-west-1"]), "incomplete");
}

#[test]
fn a_trail_that_is_described_and_of_which_no_digest_is_here_is_a_gap() {
    let trail = |name: &str, bucket: &str, validation: bool| {
        json!({ "Name": name, "S3BucketName": bucket, "HomeRegion": "us-east-1", "IsMultiRegionTrail": false,
            "LogFileValidationEnabled": validation, "TrailARN": format!("arn:aws:cloudtrail:us-east-1:111122223333:trail/{name}") })
    };
    let own = || trail("management-events", "example-trail-bucket", true);
    let with = |trails: &[Value]| {
        let mut files = evidence("complete");
        add(
            &mut files,
            "describe-trails.json",
            &json!({ "trailList": trails }),
        );
        files
    };
    let all = |trails: &[Value]| within(&with(trails), |_| ());
    // The shadow of a trail in another region has its home region.
    assert_eq!(all(&[own(), own()]), "verified");
    assert_eq!(
        all(&[own(), trail("security", "example-trail-bucket", true)]),
        "incomplete"
    );
    assert_eq!(
        all(&[own(), trail("security", "example-trail-bucket", false)]),
        "incomplete"
    );
    // What another bucket holds is not in question.
    assert_eq!(
        all(&[own(), trail("security", "another-bucket", true)]),
        "verified"
    );
    let two = with(&[own(), trail("security", "example-trail-bucket", true)]);
    assert_eq!(
        within(&two, |scope| scope.trails = names(&["management-events"])),
        "verified"
    );
    let told = report_of(&mut judged(&two, Settings::default()));
    let trails = told["cloudtrail"]["trails"].as_array().expect("trails");
    assert_eq!(
        (
            trails.len(),
            &trails[1]["trail"],
            &trails[1]["gaps"][0]["kind"]
        ),
        (2, &json!("security"), &json!("no-chain"))
    );
}

#[test]
fn a_key_that_was_not_valid_when_it_signed_is_told_and_changes_no_verdict() {
    let told = |from: &str, to: &str| {
        let mut files = evidence("complete");
        edit(&mut files, KEYS, |keys| {
            keys["PublicKeyList"][0]["ValidityStartTime"] = from.into();
            keys["PublicKeyList"][0]["ValidityEndTime"] = to.into();
        });
        let report = report(&files);
        assert_eq!(report["cloudtrail"]["verdict"], "verified");
        let keys = report["cloudtrail"]["keys"].as_array().expect("keys");
        let used = keys.iter().find(|key| key["usedBy"] == 8).expect("the key");
        used["usedWhileValid"] == true
    };
    assert!(told("2026-03-01T00:00:00Z", "2026-03-01T08:00:00Z"));
    // A digest is signed some hours after its window at most.
    assert!(told("2026-03-01T04:30:00Z", "2026-03-30T00:00:00Z"));
    assert!(!told("2026-03-01T04:31:00Z", "2026-03-30T00:00:00Z"));
    assert!(!told("2026-02-01T00:00:00Z", "2026-03-01T07:59:59Z"));
}

#[test]
fn the_summary_counts_every_status() {
    let summary = &report(&evidence("complete"))["cloudtrail"]["summary"];
    let count = |list: &str| summary[list].as_object().expect("counts").len();
    assert_eq!((count("digests"), count("logs")), (10, 10));
    assert_eq!(
        (&summary["digests"]["valid"], &summary["logs"]["modified"]),
        (&json!(8), &json!(0))
    );
}

#[test]
fn a_listing_tells_whether_it_is_whole_and_how_far_the_bucket_goes() {
    let log = "AWSLogs/111122223333/CloudTrail/us-east-1/2026/03/01/111122223333_CloudTrail_us-east-1_20260301T1320Z_aaaaaaaaaaaaaaaa.json.gz";
    let with = |key: &str, is_truncated: bool| {
        let mut files = evidence("complete");
        add(
            &mut files,
            "list.json",
            &json!({ "Contents": [{ "Key": key, "StorageClass": "STANDARD" }], "IsTruncated": is_truncated }),
        );
        let report = report(&files);
        let files = report["evidence"]["files"]
            .as_array()
            .expect("files")
            .iter();
        let problems = files
            .filter(|file| file["problem"]["code"] == "listing-cut")
            .count();
        (found(&report, []).0, problems)
    };
    assert_eq!(with(log, false), ("incomplete".to_owned(), 0));
    let sooner = log.replace("T1320Z", "T1250Z");
    assert_eq!(with(&sooner, true), ("verified".to_owned(), 1));
}
