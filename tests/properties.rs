//! What must hold for any input: nothing panics, and no changed file is ever called valid.

mod support;

use std::path::Path;

use exhibit::cloudtrail::event::Event;
use exhibit::cloudtrail::log::{compact, content_print};
use exhibit::evidence::skim::Skim;
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
    b"{\"fileVersion\":\"1.0\",\"configurationItems\":[{\"resourceType\":\"",
    b"{\"messageType\":\"",
    b"{\"invokingEvent\":\"{",
    b"{\"ConfigurationRecorders\":[{",
    b"eventID,eventTime\n",
    b"x-amz-meta-signature: ",
    b"Number,Planned start,Planned end\nCHG1,2026-03-01,2026-03-02\n",
    b"{\"schema\":\"exhibit.collection/1\",\"caller\":\"\",\"commands\":[",
    b"%PDF-1.4\n1 0 obj <</Type/Page/Contents 2 0 R>> endobj 2 0 obj <</Length 9/Filter[/A85/AHx]>>stream\n",
    b"\xff\xfe",
    b"[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[",
];

const NAMES: &[&str] = &[
    "x",
    "AWSLogs/111122223333/CloudTrail/us-east-1/2026/03/01/111122223333_CloudTrail_us-east-1_20260301T0020Z_aaaaaaaaaaaaaaaa.json.gz",
    "AWSLogs/111122223333/CloudTrail-Digest/us-east-1/2026/03/01/111122223333_CloudTrail-Digest_us-east-1_t_us-east-1_20260301T010000Z.json.gz",
    "result_sign.json",
    "result_1.csv",
    "changes.csv",
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
        let changed = Changed::new(which, |bytes| {
            let place = place.index(bytes.len());
            bytes[place] ^= 1 << bit;
        });
        let statuses = changed.statuses();
        prop_assert!(changed.same || !statuses.contains(&"valid".to_owned()), "{} bit {bit}: {statuses:?}", changed.path);
    }

    /// The same in the content, compressed anew: nothing but hash and signature can tell.
    #[test]
    fn a_flipped_bit_of_the_content_is_never_valid(which in 0_usize..16, place in any::<prop::sample::Index>(), bit in 0_u8..8) {
        let changed = Changed::new(which, |bytes| {
            let mut content = inflate(bytes).expect("it is sound");
            let place = place.index(content.len());
            content[place] ^= 1 << bit;
            *bytes = deflate(&content);
        });
        prop_assert!(!changed.same);
        let statuses = changed.statuses();
        prop_assert!(!statuses.contains(&"valid".to_owned()), "{} bit {bit}: {statuses:?}", changed.path);
        // A log file stays one by its name, so that its status tells of the change.
        if !changed.path.contains("Digest") {
            prop_assert_eq!(statuses, ["modified"]);
        }
    }
}

/// The sound chain with one of its digest and log files changed.
struct Changed {
    files: Vec<(String, Vec<u8>)>,
    path: String,
    /// Whether it still decompresses to the same.
    same: bool,
}

impl Changed {
    fn new(which: usize, change: impl Fn(&mut Vec<u8>)) -> Self {
        let root = Path::new(env!("CARGO_MANIFEST_DIR"));
        let mut files = files_below(&root.join("tests/evidence/complete/evidence"));
        let at: Vec<usize> = (0..files.len())
            .filter(|&at| files[at].0.contains("AWSLogs/"))
            .collect();
        let (path, bytes) = &mut files[at[which % at.len()]];
        let (path, before) = (path.clone(), inflate(bytes));
        change(bytes);
        let same = before.is_some() && inflate(bytes) == before;
        Changed { files, path, same }
    }

    /// What is said of the file.
    fn statuses(&self) -> Vec<String> {
        let report = report(&self.files);
        let list = if self.path.contains("Digest") {
            "digests"
        } else {
            "logs"
        };
        let rows = report["cloudtrail"][list].as_array().expect("a list");
        let of_it = rows.iter().filter(|row| row["path"] == self.path.as_str());
        of_it
            .map(|row| row["status"].as_str().unwrap_or_default().to_owned())
            .collect()
    }
}

/// Values that stand where another type belongs.
const ODD: &[&str] = &[
    "null",
    "[]",
    "{}",
    "-1",
    "1e999",
    "\"\\ud800\"",
    "\"\"",
    "[[[[1]]]]",
    "{\"a\":{\"a\":[]}}",
    "\"{\\\"a\\\":1}\"",
    "\"%7B%7D\"",
    "true",
];

/// Replaces the value with a number of its own, in the order of a walk, by another.
fn replace(value: &mut serde_json::Value, left: &mut usize, by: &str) {
    use serde_json::Value;
    if *left == 0 {
        *value = serde_json::from_str(by).unwrap_or(Value::Null);
    }
    *left = left.wrapping_sub(1);
    match value {
        Value::Array(items) => items.iter_mut().for_each(|one| replace(one, left, by)),
        Value::Object(fields) => fields.values_mut().for_each(|one| replace(one, left, by)),
        _ => {}
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    #[test]
    fn odd_values_never_panic(which in 0_usize..60, by in prop::sample::select(ODD), form in 0_usize..3) {
        let item = serde_json::json!({
            "awsAccountId": "1", "awsRegion": "r", "resourceType": "AWS::S3::Bucket", "resourceId": "b", "ARN": "arn:aws:s3:::b", "configurationStateId": 5,
            "configurationItemStatus": "OK", "configurationItemCaptureTime": "2024-01-01T00:00:00.5Z", "tags": {"k": "v"},
            "relationships": [{"name": "n", "resourceType": "t", "resourceId": "i"}], "configuration": {"a": [{"b": "c"}]},
            "supplementaryConfiguration": {"BucketPolicy": {"policyText": "{}"}, "PublicAccessBlockConfiguration": {"blockPublicAcls": true}},
        });
        let mut whole = match form {
            0 => serde_json::json!({"fileVersion": "1.0", "configurationItems": [item.clone(), item]}),
            1 => serde_json::json!({"messageType": "ConfigurationItemChangeNotification", "configurationItem": item, "notificationCreationTime": "2024-01-01T00:00:00Z"}),
            _ => serde_json::json!({"ConfigurationRecorders": [{"name": "d", "roleARN": "arn:aws:iam::1:role/r", "recordingGroup": {"allSupported": false, "resourceTypes": ["t"]}}], "ConfigurationRecordersStatus": [{"recording": false, "lastStopTime": 5}]}),
        };
        let mut left = which;
        replace(&mut whole, &mut left, by);
        let report = report(&[("x".to_owned(), whole.to_string().into_bytes())]);
        prop_assert_eq!(&report["schema"], "exhibit.report/1");
    }

    /// Whatever stands in a text: looking for secrets and people neither panics nor hands a value on uncovered.
    #[test]
    fn secrets_in_arbitrary_texts_are_covered(
        before in "\\PC{0,40}", value in "[a-zA-Z0-9\u{e9}\u{4e2d}+/]{12,60}", bytes in prop::collection::vec(any::<u8>(), 0..400),
    ) {
        use exhibit::secret::{Masked, cover, in_text, json};
        let record = serde_json::json!({"requestParameters": {"note": &before, "DB_PASSWORD": &value, "list": [{"name": "API_KEY", "value": &value}, before]}}).to_string();
        let found = json::search(&record, &[json::OF_EVENTS]);
        for one in &found {
            prop_assert!(!Masked::from(one).masked.contains(&*one.value), "{one:?}");
        }
        let covered = cover::record(&record).unwrap_or_else(|| record.clone());
        prop_assert!(serde_json::from_str::<serde_json::Value>(&covered).is_ok(), "{covered}");
        for one in json::search(&covered, &[json::OF_EVENTS]) {
            prop_assert!(!found.iter().any(|other| other.value == one.value), "{one:?} in {covered}");
        }
        let text = String::from_utf8_lossy(&bytes).into_owned() + &before + " password=" + &value;
        in_text(&text);
        json::search(&text, json::OF_ITEMS);
        cover::record(&text);
        cover::text(&text, &found);
        exhibit::object::found(&bytes);
        exhibit::object::found(text.as_bytes());
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

fn deflate(content: &[u8]) -> Vec<u8> {
    use std::io::Write as _;
    let mut bytes = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    bytes.write_all(content).expect("memory");
    bytes.finish().expect("memory")
}

/// Texts as they stand between quotes, some of which are wrong.
fn any_text() -> impl Strategy<Value = String> {
    prop_oneof![
        "[a-zA-Z0-9:/.-]{0,24}",
        "[a-z\"\\\\/\u{1}\u{e9}\u{20ac}]{0,12}",
        prop::sample::select(vec![
            "arn:aws:s3:::b/k".to_owned(),
            "\\u0061rn:x".to_owned(),
            "a\\u0072n:x".to_owned(),
            "\\ud83d\\ude00".to_owned(),
            "\\ud83d".to_owned(),
            "true".to_owned(),
            "Yes".to_owned(),
            "\\\"".to_owned(),
            "Failure".to_owned(),
            "2024-01-31T23:59:59Z".to_owned(),
            "arn:aws:sts::1:assumed-role/admin/alice".to_owned(),
        ]),
    ]
}

/// Keys that records have, and others.
fn any_key() -> impl Strategy<Value = String> {
    prop::sample::select(vec![
        "eventID",
        "eventTime",
        "eventName",
        "eventSource",
        "awsRegion",
        "recipientAccountId",
        "sourceIPAddress",
        "userAgent",
        "errorCode",
        "errorMessage",
        "readOnly",
        "managementEvent",
        "eventCategory",
        "eventType",
        "userIdentity",
        "additionalEventData",
        "responseElements",
        "insightDetails",
        "resources",
        "requestParameters",
        "detail-type",
        "type",
        "arn",
        "accountId",
        "userName",
        "sessionContext",
        "sessionIssuer",
        "attributes",
        "mfaAuthenticated",
        "MFAUsed",
        "MFAIdentifier",
        "ConsoleLogin",
        "credentials",
        "accessKeyId",
        "assumedRoleUser",
        "bucketName",
        "roleArn",
        "key",
        "eventTim",
        "eventIDs",
        "x",
        "",
    ])
    .prop_map(str::to_owned)
}

fn any_json() -> impl Strategy<Value = String> {
    let leaf = prop_oneof![
        any_text().prop_map(|text| format!("\"{text}\"")),
        prop::sample::select(vec![
            "true",
            "false",
            "null",
            "0",
            "-1.5",
            "1e5",
            "1e999",
            "01",
            "-",
            "12345678901234567890",
            " 7 ",
            "\n\"a\"",
            "tru",
            ""
        ])
        .prop_map(str::to_owned),
    ];
    leaf.prop_recursive(6, 60, 8, |inner| {
        prop_oneof![
            1 => prop::collection::vec(inner.clone(), 0..4).prop_map(|all| format!("[{}]", all.join(","))),
            3 => prop::collection::vec((any_key(), inner), 0..8).prop_map(|all| {
                let fields = all.iter().map(|(key, value)| format!("\"{key}\":{value}"));
                format!("{{{}}}", fields.collect::<Vec<_>>().join(","))
            }),
        ]
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1_500))]

    /// The quick way of reading records says nothing that the careful one would not.
    #[test]
    fn quick_and_careful_reading_agree(
        fields in prop::collection::vec((any_key(), any_json()), 0..9),
        change in prop::option::weighted(0.3, (any::<prop::sample::Index>(), prop::sample::select(b"{}[],:\"\\ x0\x01".to_vec()))),
        rest in prop::sample::select(vec!["", ",{}", "]"]),
    ) {
        let fields: Vec<String> = fields.iter().map(|(key, value)| format!("\"{key}\":{value}")).collect();
        let mut raw = format!("{{{}}}", fields.join(","));
        if let Some((place, byte)) = change {
            let at = place.index(raw.len());
            if raw.is_char_boundary(at) && raw.is_char_boundary(at + 1) {
                raw.replace_range(at..=at, &(byte as char).to_string());
            }
        }
        raw.push_str(rest);
        let mut skim = Skim::new(&raw);
        if let Some(event) = Event::skim(&mut skim) {
            let record = &raw[..skim.at()];
            let careful = Event::parse(record);
            prop_assert!(careful.is_ok(), "{record}: {careful:?}");
            prop_assert_eq!(Some(event), careful.ok());
            prop_assert_eq!(skim.spaced, compact(record) != record);
        }
    }
}

/// JSON whose values are told apart by what they say: no number has two forms.
fn plain_json() -> impl Strategy<Value = serde_json::Value> {
    use serde_json::Value;
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        (0..3_u8).prop_map(Value::from),
        "[a\"\\\\/<\u{e9} ]{0,3}".prop_map(Value::from),
    ];
    leaf.prop_recursive(4, 24, 4, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
            prop::collection::btree_map("[a-d]{1,2}", inner, 0..4)
                .prop_map(|all| all.into_iter().collect()),
        ]
    })
}

/// A value as another tool writes it: fields the other way round, white space, every sign of a text escaped.
fn told_otherwise(value: &serde_json::Value) -> String {
    use serde_json::Value;
    let escaped = |text: &str| {
        let signs = text.encode_utf16().map(|unit| format!("\\u{unit:04X}"));
        format!("\"{}\"", signs.collect::<String>())
    };
    match value {
        Value::String(text) => escaped(text),
        Value::Array(all) => {
            let all: Vec<String> = all.iter().map(told_otherwise).collect();
            format!("[ {} ]", all.join(" ,\n"))
        }
        Value::Object(fields) => {
            let fields = fields.iter().rev();
            let fields: Vec<String> = fields
                .map(|(key, value)| format!("\"{key}\" :\t{}", told_otherwise(value)))
                .collect();
            format!("{{{}}}", fields.join(", "))
        }
        other => other.to_string(),
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1_500))]

    /// The content of records is compared by what they say, and by all of it.
    #[test]
    fn contents_are_alike_where_values_are(one in plain_json(), other in plain_json()) {
        let of = |text: &str| content_print(text, 3);
        prop_assert_eq!(of(&one.to_string()), of(&told_otherwise(&one)));
        prop_assert_eq!(one == other, of(&one.to_string()) == of(&told_otherwise(&other)));
    }

    #[test]
    fn no_content_panics(text in "[\\[\\]{}:,\" a-z0-9\\\\-]{0,80}") {
        prop_assert_ne!(content_print(&text, 3), 0);
    }
}

/// The quick way is the usual one.
#[test]
fn records_as_cloudtrail_writes_them_are_read_quickly() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut records = 0;
    for (path, bytes) in files_below(&root.join("tests/evidence/complete/evidence")) {
        if !path.contains("/CloudTrail/") {
            continue;
        }
        let text = String::from_utf8(inflate(&bytes).expect("a gzip stream")).expect("a text");
        let log: serde_json::Value = serde_json::from_str(&text).expect("a log file");
        for record in log["Records"].as_array().expect("records") {
            let raw = record.to_string();
            let mut skim = Skim::new(&raw);
            let is_quick = Event::skim(&mut skim).is_some() && skim.at() == raw.len();
            assert!(is_quick, "{raw}");
            records += 1;
        }
    }
    assert!(records > 0);
}
