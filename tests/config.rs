//! AWS Config over public examples: nothing of an item is lost, what is malformed has its place, and our
//! differences are AWS's own.

mod support;

use base64::Engine as _;
use exhibit::case::{Case, Filter, Question, Table};
use exhibit::config::diff::diff;
use exhibit::config::{Config, item_text};
use exhibit::intake::Facts;
use exhibit::sum::Sum;
use serde_json::{Value, json};

use support::{entries, files_below};

/// All leaves of a value: path and value.
fn leaves(value: &Value, path: &str, all: &mut Vec<(String, Value)>) {
    match value {
        Value::Object(fields) if !fields.is_empty() => {
            fields
                .iter()
                .for_each(|(name, value)| leaves(value, &format!("{path}.{name}"), all));
        }
        Value::Array(items) if !items.is_empty() => {
            items
                .iter()
                .enumerate()
                .for_each(|(at, value)| leaves(value, &format!("{path}.{at}"), all));
        }
        _ => all.push((path.to_owned(), value.clone())),
    }
}

/// What a file holds, each part as the case keeps it: an item or a message by its span, a description by itself.
fn kept(config: &Config, bytes: &[u8]) -> Vec<Value> {
    let slice = |at: u64, length: u32| &bytes[at as usize..][..length as usize];
    let items = config
        .items
        .iter()
        .map(|item| item_text(slice(item.at, item.length)).expect("an item"));
    let messages = config
        .messages
        .iter()
        .map(|one| String::from_utf8_lossy(slice(one.at, one.length)).into_owned());
    items
        .chain(messages)
        .map(|text| serde_json::from_str(&text).expect("json"))
        .collect()
}

fn holds(all: &[Value], wanted: &Value) -> bool {
    fn within(value: &Value, wanted: &Value) -> bool {
        value == wanted
            || match value {
                Value::Object(fields) => fields.values().any(|value| within(value, wanted)),
                Value::Array(items) => items.iter().any(|value| within(value, wanted)),
                _ => false,
            }
    }
    all.iter().any(|value| within(value, wanted))
}

/// Examples that are no file or output of AWS Config: parts of one.
const SNIPPETS: &[&str] = &[];

#[test]
fn nothing_of_the_examples_is_lost() {
    for (name, least) in [("docs_examples", 20), ("rdk_example_ci", 70)] {
        let Some(folder) = support::data(&format!("config/{name}")) else {
            continue;
        };
        let files = files_below(&folder);
        let mut read = 0;
        for (source, entry) in entries(&files) {
            let (path, bytes) = &files[source as usize];
            let whole: Option<Value> = serde_json::from_slice(bytes).ok();
            let Some(whole) = whole else {
                let is_json = path.ends_with(".json");
                assert!(
                    !is_json
                        || entry
                            .problems
                            .iter()
                            .any(|problem| problem.offset.is_some()),
                    "{path}: {:?}",
                    entry.problems
                );
                continue;
            };
            let Facts::Config(config) = &entry.facts else {
                // Results and rules have a model of their own; what is nothing of AWS Config's is a snippet.
                let is_read = matches!(entry.facts, Facts::Compliance(_));
                assert!(
                    is_read || SNIPPETS.contains(&path.as_str()),
                    "{path} is not read"
                );
                continue;
            };
            assert!(entry.problems.is_empty(), "{path}: {:?}", entry.problems);
            read += 1;
            if config.described.is_empty() {
                // The wrapping around items says only what kind of file it is.
                let kept = kept(config, bytes);
                let frame = ["fileVersion", "requestId", "configSnapshotId", "nextToken"];
                let mut all = Vec::new();
                leaves(&whole, "", &mut all);
                for (at, leaf) in all {
                    let is_frame = frame.iter().any(|name| at == format!(".{name}"));
                    assert!(is_frame || holds(&kept, &leaf), "{path}{at} is lost");
                }
            }
            for item in &config.items {
                let text = |place| config.texts.get(place);
                assert!(
                    !text(item.kind).is_empty() && !text(item.id).is_empty(),
                    "{path}"
                );
                // Some were printed by a program that did not write times as AWS does.
                let is_odd = String::from_utf8_lossy(bytes).contains("datetime.datetime(");
                assert!(item.captured.is_some() || is_odd, "{path}: no capture time");
            }
        }
        assert!(read >= least, "{name}: {read} files");
    }
}

/// The item before a change, from the one after it and AWS's own account of the change.
fn before(item: &Value, changes: &serde_json::Map<String, Value>) -> Value {
    let mut item = item.clone();
    for (path, change) in changes {
        let steps: Vec<&str> = path.split('.').collect();
        let (last, folders) = steps.split_last().expect("a path");
        let mut place = &mut item;
        for step in folders {
            let Value::Object(fields) = place else {
                panic!("{path}")
            };
            let name = fields
                .keys()
                .find(|name| name.eq_ignore_ascii_case(step))
                .expect("a field")
                .clone();
            place = &mut fields[&name];
        }
        match place {
            Value::Array(list) => {
                if !change["updatedValue"].is_null() {
                    let at = list
                        .iter()
                        .position(|one| *one == change["updatedValue"])
                        .expect("the element");
                    list.remove(at);
                }
                if !change["previousValue"].is_null() {
                    list.push(change["previousValue"].clone());
                }
            }
            Value::Object(fields) => {
                let name = fields
                    .keys()
                    .find(|name| name.eq_ignore_ascii_case(last))
                    .expect("a field")
                    .clone();
                fields.insert(name, change["previousValue"].clone());
            }
            _ => panic!("{path}"),
        }
    }
    item
}

#[test]
fn differences_are_those_that_aws_states() {
    let Some(folder) = support::data("config/docs_examples") else {
        return;
    };
    let text = std::fs::read_to_string(folder.join("example-sns-notification.2.json"))
        .expect("the example");
    let message: Value = serde_json::from_str(&text).expect("json");
    let message = &message["Message"];
    let stated = message["configurationItemDiff"]["changedProperties"]
        .as_object()
        .expect("changes");
    let after = &message["configurationItem"];
    let ours = diff(&before(after, stated).to_string(), &after.to_string()).expect("json");
    let mut ours: Vec<(String, String)> = ours
        .into_iter()
        .map(|change| (change.path.clone(), change.kind().to_owned()))
        .collect();
    let mut theirs: Vec<(String, String)> = stated
        .iter()
        .map(|(path, change)| {
            (
                path.clone(),
                change["changeType"].as_str().expect("a type").to_owned(),
            )
        })
        .collect();
    ours.sort();
    theirs.sort();
    assert_eq!(ours, theirs);
}

#[test]
fn files_in_any_order_make_the_same_inventory() {
    let item = |id: &str, day: u32, size: u32| {
        json!({ "awsAccountId": "1", "awsRegion": "r", "resourceType": "T", "resourceId": id, "configurationItemStatus": "OK",
            "configurationItemCaptureTime": format!("2024-01-{day:02}T00:00:00Z"), "configuration": { "size": size } })
    };
    let file = |items: &[Value]| {
        json!({ "fileVersion": "1.0", "configurationItems": items })
            .to_string()
            .into_bytes()
    };
    let mut files = vec![
        (
            "a.json".to_owned(),
            file(&[item("x", 3, 3), item("y", 1, 1)]),
        ),
        (
            "b.json".to_owned(),
            file(&[item("x", 1, 1), item("x", 2, 2)]),
        ),
        (
            "c.json".to_owned(),
            file(&[item("x", 2, 2), item("y", 1, 9)]),
        ),
    ];
    let first = support::report(&files);
    files.reverse();
    let second = support::report(&files);
    assert_eq!(first["config"], second["config"]);
    assert_eq!(
        (&first["config"]["items"], &first["config"]["changes"]),
        (&json!(4), &json!(2))
    );
    assert_eq!(first["config"]["resources"][1]["conflicts"], 1);

    let mut case = Case::default();
    for (source, entry) in entries(&files) {
        case.add(source, entry);
    }
    assert!(case.judge().is_empty());
    let rows = |at: &str| {
        let mut filter = Filter::default();
        filter.as_of.at = exhibit::moment::Moment::parse(at);
        let question = Question::Rows {
            table: Table::Resources,
            filter,
            sort: None,
            first: 0,
            count: 10,
        };
        match case.answer(&question) {
            exhibit::case::Answer::Rows(rows) => rows.matching,
            _ => 0,
        }
    };
    let mut rows = rows;
    assert_eq!(
        (rows("2023-12-31T00:00:00Z"), rows("2024-01-01T00:00:00Z")),
        (0, 2)
    );
}

#[test]
fn files_are_compared_with_the_listing_of_their_bucket() {
    let name = "111122223333_Config_r_ConfigHistory_T_20240101T000000Z_20240101T000000Z_1.json.gz";
    let bytes = b"not even gzip".to_vec();
    // md5 of the bytes, by another program.
    let listing = |etag: &str| json!({ "Contents": [{ "Key": format!("AWSLogs/1/Config/r/2024/1/1/ConfigHistory/{name}"), "Size": 13, "StorageClass": "STANDARD", "ETag": format!("\"{etag}\"") }] });
    let of = |etag: &str| {
        let files = vec![
            (name.to_owned(), bytes.clone()),
            (
                "listing.json".to_owned(),
                listing(etag).to_string().into_bytes(),
            ),
        ];
        support::report(&files)["evidence"]["files"][0]["bucketChecksum"].clone()
    };
    assert_eq!(of("81224846e5906a1982d79f07a7467831"), "same");
    // Equal in length, it may be encrypted with KMS, where an ETag is no MD5.
    assert_eq!(of("00000000000000000000000000000000"), "unlike");
    let longer = json!({ "Contents": [{ "Key": name, "Size": 14, "StorageClass": "STANDARD", "ETag": "\"81224846e5906a1982d79f07a7467831\"" }] });
    let files = vec![
        (name.to_owned(), bytes.clone()),
        ("listing.json".to_owned(), longer.to_string().into_bytes()),
    ];
    assert_eq!(
        support::report(&files)["evidence"]["files"][0]["bucketChecksum"],
        "differs"
    );
    // Inflated on the way it is no longer the object, whatever it is called.
    let content = json!({ "fileVersion": "1.0", "configurationItems": [] });
    for name in [name, name.trim_end_matches(".gz")] {
        let files = vec![
            (name.to_owned(), content.to_string().into_bytes()),
            ("listing.json".to_owned(), longer.to_string().into_bytes()),
        ];
        let report = support::report(&files);
        assert_eq!(
            report["evidence"]["files"][0]["bucketChecksum"],
            Value::Null
        );
    }
    assert_eq!(of("00000000000000000000000000000000-3"), "unknown");
    assert_eq!(of("67399361bea63868b77c0cd4d25cf553-1"), "same");
    let head = |metadata: Value| {
        let files = vec![
            (name.to_owned(), bytes.clone()),
            (
                "head-object.json".to_owned(),
                metadata.to_string().into_bytes(),
            ),
        ];
        support::report(&files)["evidence"]["files"][0]["bucketChecksum"].clone()
    };
    // A part's SHA-256, hashed again.
    let one_part = Sum::of(&Sum::of(&bytes).0).0;
    let one_part = base64::engine::general_purpose::STANDARD.encode(one_part);
    assert_eq!(
        head(
            json!({ "ETag": "x", "ChecksumSHA256": format!("{one_part}-1"), "ChecksumType": "COMPOSITE", "Metadata": {} })
        ),
        "same"
    );
    // Of an object that is named, another hash is another object.
    assert_eq!(
        head(json!({ "Key": name, "ChecksumSHA256": one_part, "Metadata": {} })),
        "differs"
    );
    let etag = "\"81224846e5906a1982d79f07a7467831\"";
    assert_eq!(
        head(json!({ "ETag": etag, "ServerSideEncryption": "AES256", "Metadata": {} })),
        "same"
    );
    // Another MD5 tells for certain only where it is one: some outputs do not say how the object is encrypted.
    let other = |more: Value| {
        let mut all = json!({ "Key": name, "ETag": "\"0\"", "Metadata": {} });
        for (name, value) in more.as_object().into_iter().flatten() {
            all[name] = value.clone();
        }
        head(all)
    };
    assert_eq!(
        other(json!({ "ServerSideEncryption": "AES256" })),
        "differs"
    );
    assert_eq!(other(json!({})), Value::Null);
    // Encrypted with KMS an ETag is no MD5; and what fits no file says nothing of any.
    assert_eq!(
        head(json!({ "ETag": etag, "ServerSideEncryption": "aws:kms", "Metadata": {} })),
        Value::Null
    );
    assert_eq!(
        head(json!({ "ETag": "\"0\"", "Metadata": {} })),
        Value::Null
    );
    assert_eq!(
        head(
            json!({ "ChecksumSHA256": "QXOdp5it1SibQOE5uuSxqQF0yHeu1C4Z/yPOSFSo3Uw=", "ServerSideEncryption": "aws:kms", "Metadata": {} })
        ),
        "same"
    );
    assert_eq!(
        head(
            json!({ "ETag": "x", "ObjectSize": 13, "Checksum": { "ChecksumSHA256": "QXOdp5it1SibQOE5uuSxqQF0yHeu1C4Z/yPOSFSo3Uw=" } })
        ),
        "same"
    );
}

#[test]
fn what_an_item_lacks_is_no_change_and_no_contradiction() {
    let full = |day: u32, size: u32| {
        json!({ "configurationItemVersion": "1.3", "awsAccountId": "111122223333", "awsRegion": "r", "resourceType": "T", "resourceId": "x", "configurationItemStatus": "OK",
            "configurationItemCaptureTime": format!("2024-01-{day:02}T00:00:00.000Z"), "configuration": { "size": size }, "supplementaryConfiguration": {}, "tags": { "a": "b" },
            "relationships": [{ "resourceType": "V", "resourceId": "v", "name": "Is in" }] })
    };
    let history = |items: &[Value]| {
        json!({ "fileVersion": "1.0", "configurationItems": items })
            .to_string()
            .into_bytes()
    };
    let large = |place: Value| {
        json!({ "messageType": "OversizedConfigurationItemChangeNotification", "notificationCreationTime": "2024-01-02T00:00:00Z",
            "configurationItemSummary": { "changeType": "UPDATE", "awsAccountId": "111122223333", "awsRegion": "r", "resourceType": "T", "resourceId": "x", "configurationItemStatus": "OK", "configurationItemCaptureTime": "2024-01-02T00:00:00.000Z" },
            "s3DeliverySummary": { "s3BucketLocation": place, "errorCode": null, "errorMessage": null } })
    };
    let key = "b/AWSLogs/1/Config/r/2024/1/2/OversizedChangeNotification/T/x/111122223333_Config_r_ChangeNotification_T_x_20240102T000000Z_0.json";
    let put = json!({ "messageType": "ConfigurationItemChangeNotification", "configurationItem": full(2, 2), "notificationCreationTime": "2024-01-02T00:00:00Z" });
    let query = json!({ "Results": [json!({ "accountId": "111122223333", "awsRegion": "r", "resourceType": "T", "resourceId": "x", "configurationItemCaptureTime": "2024-01-01T00:00:00.000Z", "configurationItemStatus": "OK", "configuration": { "other": 1 } }).to_string()], "QueryInfo": { "SelectFields": [{ "Name": "configuration.other" }] } });
    let mut files = vec![
        ("a-query.json".to_owned(), query.to_string().into_bytes()),
        (
            "b-history.json".to_owned(),
            history(&[full(1, 1), full(3, 2)]),
        ),
        (
            "c-stream.json".to_owned(),
            large(json!(key)).to_string().into_bytes(),
        ),
    ];
    // The oversized change is in the past though its file is not here, and that is a gap.
    let report = support::report(&files);
    let of = |report: &Value| {
        let one = &report["config"]["resources"][0];
        let gaps: Vec<String> = report["config"]["recorders"]
            .as_array()
            .into_iter()
            .flatten()
            .flat_map(|one| one["gaps"].as_array().cloned().unwrap_or_default())
            .map(|gap| gap["kind"].as_str().unwrap_or_default().to_owned())
            .collect();
        (
            one["items"].as_u64(),
            one["conflicts"].as_u64(),
            report["config"]["changes"].as_u64(),
            gaps,
        )
    };
    assert_eq!(
        of(&report),
        (Some(3), Some(0), Some(2), vec!["file-missing".to_owned()])
    );
    let relations = report["config"]["resources"][0]["relationships"]
        .as_array()
        .map(Vec::len);
    assert_eq!(relations, Some(1));
    // With the file that it was put to, it is told in full, and nothing is missing.
    files.push((key.to_owned(), put.to_string().into_bytes()));
    assert_eq!(
        of(&support::report(&files)),
        (Some(3), Some(0), Some(1), vec![])
    );
}

#[test]
fn what_was_not_read_in_full_is_no_baseline_and_says_nothing_by_what_it_lacks() {
    let bucket = |configuration: Value| {
        json!({ "awsAccountId": "111122223333", "awsRegion": "r", "resourceType": "AWS::S3::Bucket", "resourceId": "logs", "configurationItemStatus": "OK",
            "configurationItemCaptureTime": "2024-01-01T00:00:00.000Z", "configuration": configuration, "supplementaryConfiguration": {} })
    };
    let trail = json!({ "trailList": [{ "Name": "t", "S3BucketName": "logs", "TrailARN": "arn:aws:cloudtrail:r:111122223333:trail/t", "IsMultiRegionTrail": true, "HomeRegion": "r", "LogFileValidationEnabled": true }] });
    let report = |items: &[Value]| {
        let snapshot =
            json!({ "fileVersion": "1.0", "configSnapshotId": "s", "configurationItems": items });
        support::report(&[
            ("trail.json".to_owned(), trail.to_string().into_bytes()),
            (
                "snapshot.json".to_owned(),
                snapshot.to_string().into_bytes(),
            ),
        ])
    };
    let of = |report: &Value| {
        let one = &report["cloudtrail"]["protection"][0];
        let told = [
            "publicAccessBlocked",
            "versioning",
            "encryption",
            "objectLock",
            "read",
        ];
        let told: Vec<bool> = told.iter().map(|name| !one[*name].is_null()).collect();
        (told, report["config"]["recorders"][0]["snapshots"].as_u64())
    };
    assert_eq!(
        of(&report(&[bucket(json!({ "name": "logs" }))])),
        (vec![true; 5], Some(1))
    );
    assert_eq!(
        of(&report(&[
            bucket(Value::Null),
            json!({ "resourceType": 3 })
        ])),
        (vec![false; 5], Some(0))
    );
}

#[test]
fn an_access_control_list_lets_write_too() {
    let trail = json!({ "trailList": [{ "Name": "t", "S3BucketName": "logs", "TrailARN": "arn:aws:cloudtrail:r:111122223333:trail/t", "IsMultiRegionTrail": true, "HomeRegion": "r", "LogFileValidationEnabled": true }] });
    let file = |name: &str, value: &Value| (name.to_owned(), value.to_string().into_bytes());
    let list = |grants: Value| json!({ "Owner": { "ID": "me" }, "Grants": grants });
    let of = |files: &[Value]| {
        let mut all = vec![file("trail.json", &trail)];
        all.extend(
            files
                .iter()
                .enumerate()
                .map(|(at, one)| file(&format!("logs-{at}.json"), one)),
        );
        let report = support::report(&all);
        let one = &report["cloudtrail"]["protection"][0];
        (one["write"].clone(), one["public"].as_bool())
    };
    let to = |uri: &str, permission: &str| json!({ "Grantee": { "Type": "Group", "URI": format!("http://acs.amazonaws.com/groups/{uri}") }, "Permission": permission });
    let own =
        json!({ "Grantee": { "Type": "CanonicalUser", "ID": "me" }, "Permission": "FULL_CONTROL" });
    let other = json!({ "Grantee": { "Type": "CanonicalUser", "ID": "other" }, "Permission": "FULL_CONTROL" });
    assert_eq!(of(&[list(json!([own]))]), (Value::Null, Some(false)));
    // Reading a bucket is listing it.
    let read = to("global/AllUsers", "READ");
    assert_eq!(of(&[list(json!([own, read]))]), (Value::Null, Some(false)));
    let open = list(json!([own, other, to("global/AllUsers", "WRITE")]));
    assert_eq!(
        of(std::slice::from_ref(&open)),
        (json!(["*", "other"]), Some(true))
    );
    let any = list(json!([to("global/AuthenticatedUsers", "FULL_CONTROL")]));
    assert_eq!(of(&[any]).1, Some(true));
    let blocked = json!({ "PublicAccessBlockConfiguration": { "BlockPublicAcls": true, "IgnorePublicAcls": true, "BlockPublicPolicy": true, "RestrictPublicBuckets": true } });
    assert_eq!(of(&[open, blocked]), (json!(["other"]), Some(false)));
}
