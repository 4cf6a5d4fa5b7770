//! Object metadata in every form that a user can have it, and signatures that are of no digest here.

mod support;

use std::path::Path;

use exhibit::case::{Case, Settings};
use serde_json::{Value, json};
use support::{files_below, judged, report};

const DIGESTS: &str = "AWSLogs/111122223333/CloudTrail-Digest/us-east-1/2026/03/01/111122223333_CloudTrail-Digest_us-east-1_management-events_us-east-1_2026";

/// The sound chain without its metadata, and the signature that the metadata held.
fn chain() -> (Vec<(String, Vec<u8>)>, String) {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/evidence/complete/evidence");
    let mut files = files_below(&root);
    let at = files
        .iter()
        .position(|(path, _)| path == "head-object.json");
    let (_, head) = files.remove(at.expect("metadata"));
    let head: Value = serde_json::from_slice(&head).expect("JSON");
    let signature = head["Metadata"]["signature"].as_str().expect("a signature");
    (files, signature.to_owned())
}

/// The report with these pieces of metadata added.
fn with(metadata: &[&str]) -> Value {
    let (mut files, _) = chain();
    for (at, text) in metadata.iter().enumerate() {
        files.push((format!("metadata-{at}"), text.as_bytes().to_vec()));
    }
    report(&files)
}

/// Status of the newest digest, where its signature comes from, and the files that hold signatures of others.
fn newest(report: &Value) -> (String, String, Vec<String>) {
    let digests = report["cloudtrail"]["digests"].as_array().expect("digests");
    let newest = digests.last().expect("a digest");
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let unmatched = report["cloudtrail"]["unmatchedSignatures"].as_array();
    (
        text(&newest["status"]),
        text(&newest["signatureSource"]),
        unmatched.expect("a list").iter().map(text).collect(),
    )
}

#[test]
fn every_form_of_metadata_proves_the_newest_digest() {
    let (_, signature) = chain();
    let other = "ab".repeat(256);
    let key = format!("{DIGESTS}0301T080000Z.json.gz");
    let forms = [
        json!({ "Metadata": { "signature": signature, "signature-algorithm": "SHA256withRSA" } })
            .to_string(),
        json!({ "signature": signature, "signature-algorithm": "SHA256withRSA" }).to_string(),
        json!([{ "Path": key, "Metadata": { "signature": signature } }]).to_string(),
        // A replica of the bucket keeps metadata, and what it signs names the bucket that it was written to.
        json!({ "Bucket": "a-replica", "Key": key, "Metadata": { "signature": signature } })
            .to_string(),
        json!({ "Key": "renamed.json.gz", "Metadata": { "signature": signature } }).to_string(),
        format!(
            "HTTP/1.1 200 OK\r\nx-amz-meta-signature: {signature}\r\nx-amz-meta-signature-algorithm: SHA256withRSA\r\n"
        ),
        format!("x-amz-meta-signature: {signature}\n\nx-amz-meta-signature: {other}\n"),
        format!("x-amz-meta-signature: {other}\n\nx-amz-meta-signature: {signature}\n"),
        format!("\"{signature}\"\n"),
        format!("{signature}\n"),
        format!(
            "ETag: x\nMetadata:\n  signature: {signature}\n  signature-algorithm: SHA256withRSA\n"
        ),
        format!(
            "||  signature            |  {signature}  ||\n||  signature-algorithm  |  SHA256withRSA  ||\n"
        ),
        format!("bytes\t717\tapplication/json\nMETADATA\t{signature}\tSHA256withRSA\n"),
    ];
    for form in &forms {
        let (status, source, _) = newest(&with(&[form]));
        let found = (&*status, &*source);
        assert_eq!(found, ("valid", "object-metadata"), "{form}");
    }
}

#[test]
fn signatures_of_no_digest_are_told_and_condemn_nothing_that_they_need_not_be_of() {
    let (_, signature) = chain();
    let anonymous = |hex: &str| json!({ "Metadata": { "signature": hex } }).to_string();
    let (first, second) = ("ab".repeat(256), "cd".repeat(256));
    // Two that fit nothing: neither need be of the newest digest.
    let two = with(&[&anonymous(&first), &anonymous(&second)]);
    let both = vec!["metadata-0".to_owned(), "metadata-1".to_owned()];
    assert_eq!(newest(&two), ("unsigned".into(), String::new(), both));
    // One that names an object that is not here is that object's.
    let elsewhere = json!({ "Key": "other.json.gz", "Metadata": { "signature": first } });
    let one = with(&[&elsewhere.to_string()]);
    let of = vec!["metadata-0".to_owned()];
    assert_eq!(newest(&one), ("unsigned".into(), String::new(), of));
    // Metadata of another bucket proves, and never condemns.
    let key = format!("{DIGESTS}0301T080000Z.json.gz");
    let replica = json!({ "Bucket": "a-replica", "Key": key, "Metadata": { "signature": first } });
    assert_eq!(newest(&with(&[&replica.to_string()])).0, "unsigned");
    // The only one left is the newest digest's.
    let last = with(&[&anonymous(&first)]);
    assert_eq!(
        newest(&last),
        ("invalid-signature".into(), String::new(), Vec::new())
    );
    let sound = with(&[&anonymous(&signature)]);
    assert_eq!(newest(&sound).2, Vec::<String>::new());
}

#[test]
fn checking_twice_asks_again_for_what_was_checked_once() {
    let (mut files, signature) = chain();
    let head = json!({ "Metadata": { "signature": signature }, "Key": format!("{DIGESTS}0301T080000Z.json.gz") });
    files.push(("head.json".to_owned(), head.to_string().into_bytes()));
    let mut case = judged(&files, Settings::default());
    assert!(case.judge().is_empty(), "all is known");
    let twice = Settings {
        verify_twice: true,
        ..Settings::default()
    };
    assert!(case.set(twice), "it is judged anew");
    assert!(!case.judge().is_empty(), "nothing is checked twice");
}

#[test]
fn a_signature_without_a_name_waits_until_all_is_here() {
    let (mut files, signature) = chain();
    files.push(("signature.txt".to_owned(), signature.into_bytes()));
    let mut case = Case::default();
    for (source, entry) in support::entries(&files) {
        case.add(source, entry);
    }
    let mut checks = case.judge_so_far();
    while !checks.is_empty() {
        let known: Vec<_> = checks.iter().map(|check| (check.id, true)).collect();
        case.resolve(&known);
        checks = case.judge_so_far();
    }
    let told = newest(&support::report_of(&mut case));
    assert_eq!(told, ("unsigned".into(), String::new(), Vec::new()));
    support::settle(&mut case);
    assert_eq!(newest(&support::report_of(&mut case)).0, "valid");
}
