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
