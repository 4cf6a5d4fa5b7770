//! Queries on events: the index and a plain scan agree on random data and random queries; and what is
//! counted is what another language's JSON library counts.

mod support;

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::path::Path;
use std::process::Command;

use exhibit::activity::facet::{all_values, values};
use exhibit::activity::search::shows;
use exhibit::activity::{Field, Query, Search, Standing, Store, field};
use exhibit::cloudtrail::records::parse_events;
use exhibit::integrity::LogStatus;
use proptest::prelude::*;
use serde_json::{Value, json};

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
/// A record and the place of its file.
struct Told<'a> {
    json: &'a Value,
    file: usize,
}

impl Told<'_> {
    /// A text of the record in lower case, as queries do not mind case.
    fn text(&self, pointer: &str) -> String {
        let text = self.json.pointer(pointer).and_then(Value::as_str);
        text.unwrap_or_default().to_lowercase()
    }
}

/// A term of the language, and what it means by the record alone: written a second time here, without the
/// library's columns, patterns and fields.
type Term = (&'static str, fn(&Told<'_>) -> bool);

const TERMS: &[Term] = &[
    ("name:ConsoleLogin", |told| {
        told.text("/eventName") == "consolelogin"
    }),
    ("name:*object", |told| {
        told.text("/eventName").ends_with("object")
    }),
    ("-name:\"\"", |told| !told.text("/eventName").is_empty()),
    ("source:s3", |told| {
        told.text("/eventSource") == "s3.amazonaws.com"
    }),
    ("source:s3.amazonaws.com", |told| {
        told.text("/eventSource") == "s3.amazonaws.com"
    }),
    ("source:s3*", |told| {
        told.text("/eventSource").starts_with("s3")
    }),
    ("user:alice", |told| {
        told.text("/userIdentity/userName") == "alice"
    }),
    ("user:\"O'NEIL \\\"x\\\"\"", |told| {
        told.text("/userIdentity/userName") == "o'neil \"x\""
    }),
    ("actor:*user/bob", |told| {
        told.text("/userIdentity/arn").ends_with("user/bob")
    }),
    ("key:AKIA1", |told| {
        told.text("/userIdentity/accessKeyId") == "akia1"
    }),
    ("agent:*cli*", |told| {
        told.text("/userAgent").contains("cli")
    }),
    ("ip:203.0.113.0/24", |told| {
        told.text("/sourceIPAddress").starts_with("203.0.113.")
    }),
    ("ip:2001:db8::/32", |told| {
        told.text("/sourceIPAddress").starts_with("2001:db8:")
    }),
    ("ip:*", |told| !told.text("/sourceIPAddress").is_empty()),
    ("ip:203.0.113.0..203.0.114.9", |told| {
        told.text("/sourceIPAddress").starts_with("203.0.")
    }),
    ("ip:..9.9.9.9", |_| false),
    ("risk:8..", |told| told.text("/eventName") == "stoplogging"),
    ("risk:0", |told| told.text("/eventName") != "stoplogging"),
    ("time:2024-01-02", |told| {
        told.text("/eventTime").starts_with("2024-01-02")
    }),
    ("time:2024-01-01T06:00Z..2024-01-02", |told| {
        let time = told.text("/eventTime");
        time.starts_with("2024-01-02")
            || *time >= *"2024-01-01t06" && time.starts_with("2024-01-01")
    }),
    ("00000003", |told| {
        told.text("/eventID").contains("00000003")
    }),
    ("-0000-0000", |told| {
        !told.text("/eventID").contains("0000-0000")
    }),
    ("00000000001", |told| {
        told.text("/eventID").contains("00000000001")
    }),
    ("bucket:payroll", |told| bucket(told) == "payroll"),
    ("bucket:l*s", |told| bucket(told) == "logs"),
    ("resource:*payroll*", |told| {
        told.text("/requestParameters/bucketName") == "payroll"
    }),
    ("error:*", |told| !told.text("/errorCode").is_empty()),
    ("error:AccessDenied", |told| {
        told.text("/errorCode") == "accessdenied"
    }),
    ("proven:yes", |told| told.file == 0),
    ("proven:no", |told| told.file != 0),
    ("proven:unlisted", |told| told.file == 1),
    ("access:write", |told| told.json["readOnly"] == false),
    ("mfa:no", |told| {
        told.text("/userIdentity/sessionContext/attributes/mfaAuthenticated") == "false"
    }),
    ("mfa:yes", |told| {
        told.text("/userIdentity/sessionContext/attributes/mfaAuthenticated") == "true"
    }),
    ("mfa:unknown", |told| {
        told.json.pointer("/userIdentity/sessionContext").is_none()
    }),
    ("category:data", |told| {
        told.json["managementEvent"] == false
    }),
    ("category:management", |told| {
        told.json["managementEvent"] == true
    }),
    ("open:yes", |told| {
        told.json["readOnly"] == false && told.text("/requestParameters/cidrIp") == "0.0.0.0/0"
    }),
    ("weakens:unknown", |_| true),
    ("alert:*", |_| false),
    ("found:no", |_| true),
    ("file:*2", |told| told.file == 2),
    ("file:file-0", |told| told.file == 0),
    ("since:2024-01-02", |told| {
        *told.text("/eventTime") >= *"2024-01-02"
    }),
    ("until:2024-01-02", |told| {
        let time = told.text("/eventTime");
        !time.is_empty() && *time < *"2024-01-03"
    }),
    ("since:2024-01-01T06:00Z", |told| {
        *told.text("/eventTime") >= *"2024-01-01t06"
    }),
    ("payroll", |told| {
        told.text("/requestParameters/bucketName") == "payroll"
    }),
    ("ALICE", |told| {
        told.text("/userIdentity/userName") == "alice"
    }),
    ("\"o'neil\"", |told| {
        told.text("/userIdentity/userName").starts_with("o'neil")
    }),
    ("account:111122223333", |_| true),
    ("region:eu-*", |told| {
        told.text("/awsRegion").starts_with("eu-")
    }),
    ("id:*0", |told| told.text("/eventID").ends_with('0')),
    ("id:00000003-*", |told| {
        told.text("/eventID").starts_with("00000003-")
    }),
    ("type:IAMUser", |_| true),
];

/// The bucket that a record is on.
fn bucket(told: &Told<'_>) -> String {
    let by_arn = told.json["resources"].is_array();
    let by_name = told.text("/eventSource") == "s3.amazonaws.com";
    if by_arn || by_name {
        told.text("/requestParameters/bucketName")
    } else {
        String::new()
    }
}

fn record() -> impl Strategy<Value = Value> {
    let pick = |list: &'static [&'static str]| prop::sample::select(list);
    (
        (1..40_u32, 0..4_u32),
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
            if let Some(mfa) = ["true", "false"].get(id as usize % 3) {
                record["userIdentity"]["sessionContext"] = json!({ "attributes": { "mfaAuthenticated": mfa } });
            }
            if variant == 1 {
                record["userIdentity"]["accessKeyId"] = json!("AKIA1");
                record["userAgent"] = json!("aws-cli/2");
                record["requestParameters"]["cidrIp"] = json!("0.0.0.0/0");
            }
            if day > 0 {
                record["eventTime"] = json!(format!("2024-01-0{day}T0{}:00:00Z", id % 10));
            }
            if fails {
                record["errorCode"] = json!("AccessDenied");
            }
            if bucket == "payroll" {
                record["resources"] = json!([{ "ARN": "arn:aws:s3:::payroll/a b" }]);
            }
            record
        })
}

/// A query: as it is written, and as its parts are joined.
#[derive(Clone, Debug)]
enum Asked {
    Term(usize),
    Not(Box<Asked>),
    Both(Box<[Asked; 2]>),
    Either(Box<[Asked; 2]>),
}

impl Asked {
    fn holds(&self, told: &Told<'_>) -> bool {
        match self {
            Asked::Term(place) => TERMS[*place].1(told),
            Asked::Not(inner) => !inner.holds(told),
            Asked::Both(both) => both.iter().all(|one| one.holds(told)),
            Asked::Either(either) => either.iter().any(|one| one.holds(told)),
        }
    }
}

impl fmt::Display for Asked {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Asked::Term(place) => out.write_str(TERMS[*place].0),
            Asked::Not(inner) => write!(out, "-({inner})"),
            Asked::Both(both) => write!(out, "{} {}", both[0], both[1]),
            Asked::Either(either) => write!(out, "({} OR {})", either[0], either[1]),
        }
    }
}

fn query() -> impl Strategy<Value = Asked> {
    let term = (0..TERMS.len()).prop_map(Asked::Term);
    term.prop_recursive(3, 12, 3, |inner| {
        let two = |both: (Asked, Asked)| Box::new([both.0, both.1]);
        prop_oneof![
            inner.clone().prop_map(|one| Asked::Not(Box::new(one))),
            (inner.clone(), inner.clone()).prop_map(move |both| Asked::Both(two(both))),
            (inner.clone(), inner).prop_map(move |both| Asked::Either(two(both))),
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
            let lines: Vec<String> = records.iter().map(Value::to_string).collect();
            let read = parse_events(lines.join("\n").as_bytes(), 9);
            prop_assert!(read.problems.is_empty());
            store.add(file as u32, &read.log);
        }
        store.arrange(|file| Standing(STANDINGS[file as usize % 4]), &|file| file);
        store.weigh(|name, _| if name == "StopLogging" { 9 } else { 0 });
        prop_assert_eq!(store.order.len() as u64, store.shown.len());
        prop_assert!(store.order.is_sorted_by_key(|event| store.times().get(*event)));
        let mut all: Vec<(&Value, usize)> = Vec::new();
        for (file, records) in files.iter().enumerate() {
            all.extend(records.iter().map(|json| (json, file)));
        }
        let told = |event: u32| Told { json: all[event as usize].0, file: all[event as usize].1 };
        let distinct: BTreeSet<String> = all.iter().map(|(json, _)| json.to_string()).collect();
        prop_assert_eq!(store.shown.len() as usize, distinct.len());
        let search = Search::new(&store, &path);
        for asked in queries {
            let text = asked.to_string();
            let query = Query::parse(&text).expect(&text);
            let index: Vec<u32> = search.find(&query).iter().collect();
            let scan: Vec<u32> = store.shown.iter().filter(|&event| shows(&store, &path, &query, event)).collect();
            prop_assert_eq!(&index, &scan, "{}", text);
            let meant: Vec<u32> = store.shown.iter().filter(|&event| asked.holds(&told(event))).collect();
            prop_assert_eq!(&index, &meant, "{}", text);
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

    /// A conflict is an ID of one account that stands over two contents.
    #[test]
    fn contradictions_are_records_of_one_id_that_differ(records in prop::collection::vec(record(), 0..40)) {
        let lines: Vec<String> = records.iter().map(Value::to_string).collect();
        let mut store = Store::default();
        store.add(0, &parse_events(lines.join("\n").as_bytes(), 9).log);
        store.arrange(|_| Standing::default(), &|file| file);
        for (event, record) in (0_u32..).zip(&records) {
            let others = records.iter().filter(|other| other["eventID"] == record["eventID"] && *other != record);
            prop_assert_eq!(store.conflicts.contains(event), others.count() > 0);
            prop_assert_eq!(store.contradicting(event).is_empty(), !store.conflicts.contains(event));
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

/// Every field has a term whose meaning is written down a second time.
#[test]
fn every_field_is_asked_for() {
    // Told by other records, which a test of its own compares.
    let apart = [Field::Conflict];
    for entry in field::FIELDS {
        let asked = TERMS.iter().any(|(term, _)| {
            let name = term.trim_start_matches('-').split(':').next();
            entry.names.iter().any(|one| name == Some(*one))
        });
        assert!(asked || apart.contains(&entry.field), "{}", entry.title);
    }
}
