//! What was recorded by AWS Config, what is missing of it, and when all resources of a type are known.

mod support;

use serde_json::{Value, json};

const ACCOUNT: &str = "111122223333";

fn file(name: &str, value: &Value) -> (String, Vec<u8>) {
    (name.to_owned(), value.to_string().into_bytes())
}

fn item(kind: &str, id: &str, region: &str) -> Value {
    json!({ "configurationItemVersion": "1.3", "awsAccountId": ACCOUNT, "awsRegion": region, "resourceType": kind, "resourceId": id,
        "configurationItemStatus": "OK", "configurationItemCaptureTime": "2024-01-02T00:00:00.000Z", "configuration": { "size": 1 } })
}

fn history(items: &[Value]) -> Value {
    json!({ "fileVersion": "1.0", "configurationItems": items })
}

/// The kinds of all gaps of recorders.
fn gaps(report: &Value) -> Vec<&str> {
    let recorders = report["config"]["recorders"].as_array();
    let all = recorders.into_iter().flatten();
    let gaps = all.flat_map(|one| one["gaps"].as_array().into_iter().flatten());
    gaps.filter_map(|gap| gap["kind"].as_str()).collect()
}

#[test]
fn a_delivered_file_that_cannot_be_read_is_not_called_absent() {
    let name = format!(
        "{ACCOUNT}_Config_r_ConfigHistory_AWS::EC2::Volume_20240102T000000Z_20240102T000000Z_1.json"
    );
    let message = json!({ "messageType": "ConfigurationHistoryDeliveryCompleted", "s3Bucket": "b", "s3ObjectKey": format!("AWSLogs/{name}.gz"),
        "notificationCreationTime": "2024-01-02T06:00:00Z" });
    let good = history(&[item("AWS::EC2::Volume", "v", "r")]).to_string();
    let of = |delivered: &[(&str, &[u8])]| {
        let mut files = vec![file("messages.json", &message)];
        let all = delivered.iter();
        files.extend(all.map(|(folder, bytes)| (format!("{folder}/{name}"), bytes.to_vec())));
        let report = support::report(&files);
        gaps(&report).join(" ")
    };
    let good = good.as_bytes();
    let with_a_bad_item = history(&[json!({ "resourceType": 3 })]).to_string();
    assert_eq!(of(&[]), "file-missing");
    assert_eq!(of(&[("a", good)]), "");
    for broken in [
        &b""[..],
        b"\x1f\x8b\x08 cut off",
        b"no JSON at all",
        &good[..good.len() - 3],
        with_a_bad_item.as_bytes(),
    ] {
        assert_eq!(of(&[("a", broken)]), "file-unread", "{broken:?}");
        // Another copy of it may be whole.
        assert_eq!(of(&[("a", broken), ("b", good)]), "");
    }
}

#[test]
fn an_output_is_read_for_the_bucket_that_its_file_names_in_full() {
    let trail = |name: &str, bucket: &str| {
        json!({ "Name": name, "S3BucketName": bucket, "TrailARN": format!("arn:aws:cloudtrail:r:{ACCOUNT}:trail/{name}"),
            "IsMultiRegionTrail": true, "HomeRegion": "r", "LogFileValidationEnabled": true })
    };
    let encryption = |name: &str| json!({ "ServerSideEncryptionConfiguration": { "Rules": [{ "ApplyServerSideEncryptionByDefault": { "SSEAlgorithm": name } }] } });
    let of = |trails: &[Value], outputs: &[(&str, &str)]| {
        let mut files = vec![file("trails.json", &json!({ "trailList": trails }))];
        let all = outputs.iter();
        files.extend(all.map(|(path, algorithm)| file(path, &encryption(algorithm))));
        let report = support::report(&files);
        let all = report["cloudtrail"]["protection"].as_array().cloned();
        let one = |one: &Value| {
            let count = |name: &str| one[name].as_array().map_or(0, Vec::len);
            (
                one["encryption"].as_str().map(str::to_owned),
                (count("assumedSources"), count("openSources")),
            )
        };
        all.iter().flatten().map(one).collect::<Vec<_>>()
    };
    let known = |algorithm: &str| (Some(algorithm.to_owned()), (0, 0));
    let both = [trail("a", "logs"), trail("b", "logs-archive")];
    let named = [("logs.json", "AES256"), ("logs-archive.json", "aws:kms")];
    assert_eq!(of(&both, &named), [known("AES256"), known("aws:kms")]);
    assert_eq!(of(&both, &named[1..]), [(None, (0, 0)), known("aws:kms")]);
    assert_eq!(
        of(&both, &[("x.json", "AES256")]),
        [(None, (0, 1)), (None, (0, 1))]
    );
    // Of one bucket, an output without a name is its own, unless two contradict or its name may be another's.
    assert_eq!(
        of(&both[..1], &[("x.json", "AES256")]),
        [(Some("AES256".to_owned()), (1, 0))]
    );
    assert_eq!(
        of(&both[..1], &[("x.json", "AES256"), ("y.json", "aws:kms")]),
        [(None, (0, 2))]
    );
    assert_eq!(of(&both[..1], &named[1..]), [(None, (0, 1))]);
}

#[test]
fn a_snapshot_is_a_baseline_of_its_own_account_and_region() {
    let snapshot = json!({ "fileVersion": "1.0", "configSnapshotId": "s",
        "configurationItems": [item("T", "a", "r"), item("T", "b", "s"), item("AWS::IAM::User", "c", "global")] });
    let of = |name: &str| {
        let report = support::report(&[file(name, &snapshot)]);
        let all = report["config"]["recorders"].as_array().cloned();
        let all = all.into_iter().flatten();
        let one = |one: Value| {
            let region = one["region"].as_str().unwrap_or_default();
            (region.to_owned(), one["snapshots"].as_u64().unwrap_or(0))
        };
        all.map(one).collect::<Vec<_>>()
    };
    let counts = |[global, r, s]: [u64; 3]| {
        [("global", global), ("r", r), ("s", s)].map(|(name, count)| (name.to_owned(), count))
    };
    let name = |account: &str| format!("{account}_Config_r_ConfigSnapshot_20240102T000000Z_s.json");
    assert_eq!(of(&name(ACCOUNT)), counts([1, 1, 0]));
    assert_eq!(of(&name("999922223333")), counts([0, 0, 0]));
    assert_eq!(of("saved.json"), counts([1, 1, 1]));
}

#[test]
fn rare_states_and_copies_of_items_tell_what_they_mean() {
    let with = |mut one: Value, name: &str, value: Value| {
        one[name] = value;
        one
    };
    let status =
        |id: &str, status: &str| with(item("T", id, "r"), "configurationItemStatus", json!(status));
    let role = || item("AWS::IAM::Role", "role", "global");
    let report = support::report(&[
        file(
            "r.json",
            &history(&[
                role(),
                status("a", "ResourceNotRecorded"),
                status("b", "ResourceDeletedNotRecorded"),
            ]),
        ),
        // The same role out of another region, by an older version of the format.
        file(
            "s.json",
            &history(&[with(role(), "configurationItemVersion", json!("1.2"))]),
        ),
    ]);
    let all = report["config"]["resources"].as_array().cloned();
    let one = |one: Value| {
        let text = |name: &str| one[name].as_str().unwrap_or_default().to_owned();
        (
            text("id"),
            text("status"),
            one["deleted"].as_bool(),
            one["items"].as_u64(),
            one["conflicts"].as_u64(),
        )
    };
    let told: Vec<_> = all.into_iter().flatten().map(one).collect();
    let row = |id: &str, status: &str, deleted: bool| {
        (
            id.to_owned(),
            status.to_owned(),
            Some(deleted),
            Some(1),
            Some(0),
        )
    };
    assert_eq!(
        told,
        [
            row("role", "OK", false),
            row("a", "ResourceNotRecorded", false),
            row("b", "ResourceDeletedNotRecorded", true),
        ]
    );
    assert_eq!(gaps(&report), ["types-not-recorded"]);
}
