//! Queries on events: the index and a plain scan agree on random data and random queries; and what is
//! counted is what another language's JSON library counts.

mod support;

use std::collections::BTreeMap;
use std::path::Path;
use std::process::Command;

use exhibit::activity::facet::{all_values, values};
use exhibit::activity::search::shows;
use exhibit::activity::{Field, Query, Search, Standing, Store, field};
use exhibit::cloudtrail::records::parse_events;
use exhibit::integrity::LogStatus;
use proptest::prelude::*;
use serde_json::json;

use support::{entries, files_below};

const NAMES: &[&str] = &["ConsoleLogin", "PutObject", "StopLogging", "GetObject", ""];
const SOURCES: &[&str] = &[
    "s3.amazonaws.com",
    "signin.amazonaws.com",
    "cloudtrail.amazonaws.com",
];
const USERS: &[&str] = &["alice", "Bob", "o'neil \"x\"", ""];
const IPS: &[&str] = &[
    "203.0.113.7",
    "203.0.114.9",
    "2001:db8::1",
    "config.amazonaws.com",
    "",
];
const BUCKETS: &[&str] = &["payroll", "logs", ""];
const TERMS: &[&str] = &[
    "name:ConsoleLogin",
    "name:*object",
    "source:s3",
    "source:s3.amazonaws.com",
    "user:alice",
    "user:\"O'NEIL \\\"x\\\"\"",
    "ip:203.0.113.0/24",
    "ip:2001:db8::/32",
    "ip:*",
    "ip:203.0.113.0..203.0.114.9",
    "ip:..9.9.9.9",
    "risk:8..",
    "risk:0",
    "time:2024-01-02",
    "time:2024-01-01T06:00Z..2024-01-02",
    "00000003",
    "-0000-0000",
    "00000000001",
    "bucket:payroll",
    "resource:*payroll*",
    "error:*",
    "error:AccessDenied",
    "proven:yes",
    "proven:no",
    "proven:unlisted",
    "access:write",
    "mfa:no",
    "category:data",
    "conflict:yes",
    "file:*2",
    "since:2024-01-02",
    "until:2024-01-02",
    "since:2024-01-01T06:00Z",
    "payroll",
    "ALICE",
    "\"o'neil\"",
    "account:111122223333",
    "region:eu-*",
    "id:*0",
    "type:IAMUser",
];

fn record() -> impl Strategy<Value = String> {
    let pick = |list: &'static [&'static str]| prop::sample::select(list);
    (
        (0..40_u32, 0..4_u32),
        pick(NAMES),
        pick(SOURCES),
        pick(USERS),
        pick(IPS),
        pick(BUCKETS),
        (any::<bool>(), any::<bool>(), any::<bool>()),
        0..4_u32,
    )
        .prop_map(|((id, variant), name, source, user, ip, bucket, (fails, writes, data), day)| {
            let mut record = json!({
                "eventID": format!("{id:08x}-0000-0000-0000-{variant:011x}0"),
                "eventName": name, "eventSource": source, "sourceIPAddress": ip, "readOnly": !writes,
                "managementEvent": !data, "awsRegion": if fails { "eu-west-1" } else { "us-east-1" },
                "recipientAccountId": "111122223333",
                "userIdentity": { "type": "IAMUser", "userName": user, "arn": format!("arn:aws:iam::111122223333:user/{user}") },
                "requestParameters": { "bucketName": bucket },
            });
            if day > 0 {
                record["eventTime"] = json!(format!("2024-01-0{day}T0{}:00:00Z", id % 10));
            }
            if fails {
                record["errorCode"] = json!("AccessDenied");
            }
            if bucket == "payroll" {
                record["resources"] = json!([{ "ARN": "arn:aws:s3:::payroll/a b" }]);
            }
            record.to_string()
        })
}

fn query() -> impl Strategy<Value = String> {
    let term = prop::sample::select(TERMS).prop_map(str::to_owned);
    term.prop_recursive(3, 12, 3, |inner| {
        prop_oneof![
            inner.clone().prop_map(|one| format!("-({one})")),
            (inner.clone(), inner.clone()).prop_map(|(a, b)| format!("{a} {b}")),
            (inner.clone(), inner).prop_map(|(a, b)| format!("({a} OR {b})")),
        ]
    })
}

const STANDINGS: [Option<LogStatus>; 4] = [
    Some(LogStatus::Valid),
    Some(LogStatus::Unlisted),
    Some(LogStatus::Modified),
    None,
];

fn path<'a>(file: u32) -> &'a str {
    ["file-0", "file-1", "file-2", "file-3"][file as usize % 4]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(150))]

    #[test]
    fn index_and_scan_agree(
        files in prop::collection::vec(prop::collection::vec(record(), 0..30), 1..4),
        queries in prop::collection::vec(query(), 1..8),
    ) {
        let mut store = Store::default();
        for (file, records) in files.iter().enumerate() {
            let read = parse_events(records.join("\n").as_bytes(), 9);
            prop_assert!(read.problems.is_empty());
            store.add(file as u32, &read.log);
        }
        store.arrange(|file| Standing(STANDINGS[file as usize % 4]), &|file| file);
        store.weigh(|name, _| if name == "StopLogging" { 9 } else { 0 });
        prop_assert_eq!(store.order.len() as u64, store.shown.len());
        prop_assert!(store.order.is_sorted_by_key(|event| store.times().get(*event)));
        let search = Search::new(&store, &path);
        for text in queries {
            let query = Query::parse(&text).expect(&text);
            let index: Vec<u32> = search.find(&query).iter().collect();
            let scan: Vec<u32> = store.shown.iter().filter(|&event| shows(&store, &path, &query, event)).collect();
            prop_assert_eq!(&index, &scan, "{}", text);
            for field in Field::facets() {
                let mut counts: BTreeMap<&str, u32> = BTreeMap::new();
                for &event in &scan {
                    *counts.entry(field::value(&store, field, event)).or_default() += 1;
                }
                counts.remove("");
                let told = values(&store, field, &search.find(&query)).top;
                let told: BTreeMap<&str, u32> = told.iter().map(|(value, count)| (value.as_str(), *count)).collect();
                prop_assert_eq!(told, counts);
            }
        }
    }

    #[test]
    fn no_query_panics(text in ".{0,60}") {
        let _ = Query::parse(&text);
    }

    #[test]
    fn no_records_panic(text in "[\\[\\]{}:,\" a-zA-Z0-9\\\\-]{0,200}") {
        let _ = parse_events(text.as_bytes(), 0);
        let _ = parse_events(format!("{{\"userIdentity\":{text}}}").as_bytes(), 0);
        let _ = parse_events(format!("[{{\"requestParameters\":{text}}}]").as_bytes(), 0);
    }
}

#[test]
fn facets_count_as_another_language_does() {
    for name in ["invictus-aws_dataset", "stratus-red-team-detonation-logs"] {
        let root = Path::new(env!("CARGO_MANIFEST_DIR"));
        let folder = root.join("../shared/data/cloudtrail").join(name);
        if !folder.is_dir() {
            println!("SKIPPED: {} is not there", folder.display());
            continue;
        }
        let peer = Command::new("python3")
            .arg(root.join("tests/peer/facets.py"))
            .arg(&folder)
            .output();
        let Ok(output) = peer else {
            println!("SKIPPED: there is no python3 to count with");
            continue;
        };
        assert!(
            output.status.success(),
            "{}",
            String::from_utf8_lossy(&output.stderr)
        );
        let counted: BTreeMap<String, BTreeMap<String, u32>> =
            serde_json::from_slice(&output.stdout).expect("counts");
        let mut store = Store::default();
        let files = files_below(&folder);
        for (file, (_, entry)) in entries(&files).into_iter().enumerate() {
            if let exhibit::intake::Facts::Log(log) = entry.facts {
                store.add(file as u32, &log);
            }
        }
        store.arrange(|_| Standing::default(), &|file| file);
        for (field, values) in counted {
            let field = Field::by_name(&field).expect("a field");
            let ours: BTreeMap<String, u32> = all_values(&store, field).into_iter().collect();
            assert_eq!(ours, values, "{name} {field:?}");
        }
        assert!(store.order.len() > 30);
    }
}

/// A digest in the middle is replaced by one that lists nothing, and its log file is deleted.
#[test]
fn an_emptied_hour_is_no_hour_without_events() {
    let root = std::path::Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut files = support::files_below(&root.join("tests/evidence/complete/evidence"));
    let meaning = |files: &[(String, Vec<u8>)]| {
        let mut case = support::judged(files, exhibit::case::Settings::default());
        let ask = exhibit::case::Ask {
            query: "name:NobodyCallsThis time:2026-03-01T02:00:00Z..2026-03-01T06:00:00Z"
                .to_owned(),
            ..Default::default()
        };
        match case.answer(&exhibit::case::Question::Activity(ask)) {
            exhibit::case::Answer::Activity(answer) => answer.meaning.expect("a meaning"),
            other => panic!("{other:?}"),
        }
    };
    let all = meaning(&files);
    assert!(all.starts_with("No such event was recorded"), "{all}");
    let middle = |path: &str, kind: &str, time: &str| path.contains(kind) && path.contains(time);
    files.retain(|(path, _)| !middle(path, "/CloudTrail/", "20260301T0420Z"));
    let digest = files
        .iter_mut()
        .find(|(path, _)| middle(path, "-Digest", "20260301T050000Z"))
        .expect("a digest");
    let mut text = String::new();
    std::io::Read::read_to_string(
        &mut flate2::read::GzDecoder::new(digest.1.as_slice()),
        &mut text,
    )
    .expect("a digest");
    let mut emptied: serde_json::Value = serde_json::from_str(&text).expect("JSON");
    emptied["logFiles"] = serde_json::json!([]);
    let mut packed = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    std::io::Write::write_all(&mut packed, emptied.to_string().as_bytes()).expect("memory");
    digest.1 = packed.finish().expect("memory");
    let told = meaning(&files);
    assert!(!told.starts_with("No such event was recorded"), "{told}");
}
