//! Public data beside the checkout, under `../shared/data`. Where it is not there the tests say so
//! loudly; `EXHIBIT_DATA=required` makes its absence a failure.

mod support;

use std::fs;

use exhibit::activity::{Query, Search};
use exhibit::case::Case;
use exhibit::cloudtrail::PublicKey;
use exhibit::cloudtrail::key::parse_list;
use serde_json::Value;

use support::{entries, files_below, report};

#[test]
fn genuine_signatures_recover_under_genuine_keys() {
    let Some(folder) = support::data("cloudtrail/aws-docs-samples") else {
        return;
    };
    let mut keys: Vec<PublicKey> = Vec::new();
    for name in [
        "list-public-keys-sample.json",
        "list-public-keys-awscli-example.json",
    ] {
        let list = fs::read(folder.join(name)).expect("a key list");
        let (records, problems) = parse_list(&list, None).expect("a key list");
        assert!(problems.is_empty(), "{problems:?}");
        keys.extend(
            records
                .iter()
                .map(|key| PublicKey::parse(&key.value).expect("a key")),
        );
    }
    assert_eq!(keys.len(), 4);

    let stated = |name: &str| {
        let digest = fs::read(folder.join(name)).expect("the digest");
        let digest: Value = serde_json::from_slice(&digest).expect("JSON");
        digest["previousDigestSignature"]
            .as_str()
            .expect("a signature")
            .to_owned()
    };
    let header =
        fs::read_to_string(folder.join("x-amz-meta-signature-example.txt")).expect("the header");
    let signatures = [
        stated("digest-sample-20150817T150131Z.json"),
        stated("digest-empty-sample-20150820T180131Z.json"),
        header.split_whitespace().collect(),
    ];
    // Of the three that AWS's pages print, two are genuine; see the data's README.
    let owners: Vec<usize> = signatures
        .iter()
        .map(|signature| {
            keys.iter()
                .filter(|key| key.recover(&hex(signature)).is_some())
                .count()
        })
        .collect();
    assert_eq!(
        owners.iter().filter(|&&count| count == 1).count(),
        2,
        "{owners:?}"
    );
    assert!(owners.iter().all(|&count| count <= 1), "{owners:?}");
}

#[test]
fn aws_lake_sample_verifies() {
    let Some(folder) = support::data("cloudtrail/awscli-v2-lake-sign-sample") else {
        return;
    };
    let files = files_below(&folder);
    let mut case = Case::default();
    for (source, entry) in entries(&files) {
        case.add(source, entry);
    }
    assert!(case.judge().is_empty());
    let report = report(&files);
    assert_eq!(report["cloudtrail"]["lake"][0]["status"], "valid");
    let found = |query: &str| {
        let query = Query::parse(query).expect("a query");
        Search::new(case.activity(), &|_| "").find(&query).len()
    };
    let rows = found("ip:127.0.0.1 name:eb458333-4ff1-47ee-84b3-e767de65255b");
    assert!(
        rows > 0 && rows == found("proven:yes conflict:no"),
        "{rows}"
    );
}

#[test]
fn public_logs_are_read_with_no_problem() {
    for (name, files) in [
        ("invictus-aws_dataset", 55),
        ("stratus-red-team-detonation-logs", 35),
    ] {
        let Some(folder) = support::data(&format!("cloudtrail/{name}")) else {
            continue;
        };
        let mut found = files_below(&folder);
        found.retain(|(name, _)| !is_note(name));
        let entries = entries(&found);
        assert_eq!(entries.len(), files, "{name}");
        for (_, entry) in entries {
            assert!(
                entry.problems.is_empty(),
                "{}: {:?}",
                entry.path,
                entry.problems
            );
        }
    }
}

/// What the data's keeper wrote beside it.
fn is_note(name: &str) -> bool {
    ["LICENSE", "NOTICE", "README.md"].contains(&name)
}

fn hex(text: &str) -> Vec<u8> {
    let digit = |at: usize| u8::from_str_radix(&text[at..at + 2], 16).expect("a hexadecimal digit");
    (0..text.len()).step_by(2).map(digit).collect()
}
