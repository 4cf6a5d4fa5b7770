//! Evidence made to exhaust, to deceive or to accuse, where it is too large for a fixture or no file at all.
//! `docs/hostile.md` lists every kind with its test; `tests/tidy.rs` holds that each is there.

mod support;

use std::fmt::Write as _;
use std::io::Write as _;

use exhibit::activity::timeline;
use exhibit::case::{Case, Export, Form, Settings, Table};
use exhibit::evidence::{Problem, ProblemCode};
use exhibit::intake::{Entry, failed};
use exhibit::moment::Moment;
use proptest::prelude::*;
use serde_json::Value;

use support::{entries, exported, files_below, judged, report, report_of, settle};

type Files = Vec<(String, Vec<u8>)>;

fn sound() -> Files {
    let root = std::path::Path::new(env!("CARGO_MANIFEST_DIR"));
    files_below(&root.join("tests/evidence/complete/evidence"))
}

fn gzip(content: &[u8]) -> Vec<u8> {
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    encoder.write_all(content).expect("memory");
    encoder.finish().expect("memory")
}

fn problem(file: &Value) -> &str {
    file["problem"]["code"].as_str().unwrap_or_default()
}

/// What is said of files that were dropped and never read.
fn with_unread(files: &Files, unread: &str, code: ProblemCode) -> Value {
    let mut case = Case::default();
    let (left, read): (Files, Files) = files
        .iter()
        .cloned()
        .partition(|(path, _)| path.contains(unread));
    assert!(!left.is_empty());
    for (source, entry) in entries(&read) {
        case.add(source, entry);
    }
    for (at, (path, _)) in left.iter().enumerate() {
        case.add(1_000 + at as u32, failed(path, 0, Problem::new(code, "")));
    }
    settle(&mut case);
    report_of(&mut case)
}

fn count(report: &Value, list: &str, status: &str) -> usize {
    let rows = report["cloudtrail"][list].as_array().expect("a list");
    rows.iter().filter(|row| row["status"] == status).count()
}

#[test]
fn what_was_not_read_is_not_missing() {
    let files = sound();
    for code in [
        ProblemCode::Cancelled,
        ProblemCode::Unreadable,
        ProblemCode::Crashed,
    ] {
        let report = with_unread(&files, "CloudTrail_us-east-1_20260301T0320Z", code);
        assert_eq!(report["cloudtrail"]["verdict"], "incomplete", "{code:?}");
        assert_eq!(count(&report, "logs", "unread"), 1);
        assert_eq!(count(&report, "logs", "valid"), 7);
        let report = with_unread(&files, "us-east-1_20260301T040000Z", code);
        assert_eq!(report["cloudtrail"]["verdict"], "incomplete", "{code:?}");
        assert_eq!(count(&report, "digests", "unread"), 1);
        assert_eq!(count(&report, "digests", "missing"), 0);
    }
}

#[test]
fn a_second_drop_makes_good_what_was_not_read() {
    let files = sound();
    let log = files
        .iter()
        .find(|(path, _)| path.contains("_CloudTrail_"))
        .expect("a log");
    let digest = files
        .iter()
        .find(|(path, _)| path.contains("-Digest_"))
        .expect("a digest");
    let mut case = Case::default();
    for (at, (path, _)) in [log, digest].into_iter().enumerate() {
        case.add(
            900 + at as u32,
            failed(path, 0, Problem::new(ProblemCode::Cancelled, "")),
        );
    }
    for (source, entry) in entries(&files) {
        case.add(source, entry);
    }
    settle(&mut case);
    let report = report_of(&mut case);
    assert_eq!(report["cloudtrail"]["verdict"], "verified");
    assert_eq!(count(&report, "logs", "valid"), 8);
}

#[test]
fn an_archive_that_was_not_read_may_hold_what_is_not_here() {
    let mut files = sound();
    files.retain(|(path, _)| !path.contains("20260301T0320Z"));
    let mut case = Case::default();
    for (source, entry) in entries(&files) {
        case.add(source, entry);
    }
    case.add(
        900,
        failed("rest.zip", 0, Problem::new(ProblemCode::Cancelled, "")),
    );
    settle(&mut case);
    let report = report_of(&mut case);
    assert_eq!(report["cloudtrail"]["verdict"], "incomplete");
    assert_eq!(count(&report, "logs", "not-collected"), 1);
}

#[test]
fn keys_that_come_after_confirming_are_not_confirmed() {
    let files = sound();
    let case = judged(&files, Settings::default());
    let confirmed_keys = case.holdings().keys.iter().map(|key| key.sum.to_string());
    let settings = Settings {
        confirmed_keys: confirmed_keys.collect(),
        ..Settings::default()
    };
    assert!(judged(&files, settings.clone()).keys_confirmed());
    let mut more = files;
    let other = include_bytes!("evidence/lake-valid/evidence/public-keys-us-east-1.json");
    let odd = String::from_utf8_lossy(other).replace("MIIBCgKCAQEA", "MIIBCgKCAQEB");
    more.push((
        "from-the-auditee/public-keys.json".to_owned(),
        odd.into_bytes(),
    ));
    assert!(!judged(&more, settings).keys_confirmed());
    assert!(
        !Case::default().keys_confirmed(),
        "no key is confirmed where there is none"
    );
}

#[test]
fn a_scope_is_measured_by_its_own_trails_and_to_its_last_second() {
    let root = std::path::Path::new(env!("CARGO_MANIFEST_DIR"));
    let files = files_below(&root.join("tests/evidence/two-accounts/evidence"));
    let scoped = |from: &str, to: &str| {
        let mut settings = Settings::default();
        settings.scope.accounts = vec!["111122223333".to_owned()];
        settings.scope.from = Moment::parse(from);
        settings.scope.to = Moment::parse(to);
        let case = judged(&files, settings);
        case.judgement().verdict.verdict.name()
    };
    assert_eq!(
        scoped("2026-03-01T00:00:00Z", "2026-03-01T08:00:00Z"),
        "verified"
    );
    assert_eq!(
        scoped("2026-03-01T00:00:00Z", "2026-03-01T08:30:00Z"),
        "incomplete"
    );
    assert_eq!(
        scoped("2026-02-28T23:00:00Z", "2026-03-01T08:00:00Z"),
        "incomplete"
    );
}

#[test]
fn keys_by_the_million() {
    let mut text = String::from("{\"Records\":[{\"eventName\":\"GetUser\",\"requestParameters\":{");
    for at in 0..1_000_000 {
        let _ = write!(text, "{}\"k{at}\":{at}", if at > 0 { "," } else { "" });
    }
    text += "}}]}";
    let name = "111122223333_CloudTrail_us-east-1_20260301T0820Z_aaaaaaaaaaaaaaaa.json.gz";
    let mut metadata = String::from("{\"Metadata\":{");
    for at in 0..1_000_000 {
        let _ = write!(metadata, "{}\"k{at}\":\"v\"", if at > 0 { "," } else { "" });
    }
    metadata += "}}";
    let files = vec![
        (name.to_owned(), gzip(text.as_bytes())),
        ("head-object.json".to_owned(), metadata.into_bytes()),
    ];
    let all = entries(&files);
    assert_eq!(all.len(), 2);
    assert!(all.iter().all(|(_, entry)| entry.problems.is_empty()));
}

#[test]
fn a_record_of_60_megabytes() {
    let filler = "x".repeat(60 << 20);
    let text = format!(
        "{{\"Records\":[{{\"eventName\":\"A\",\"requestParameters\":{{\"name\":\"{filler}\"}}}},{{\"eventName\":\"B\"}}]}}"
    );
    let name = "111122223333_CloudTrail_us-east-1_20260301T0820Z_aaaaaaaaaaaaaaaa.json";
    let all = entries(&[(name.to_owned(), text.into_bytes())]);
    let [
        (
            _,
            Entry {
                facts: exhibit::intake::Facts::Log(log),
                problems,
                ..
            },
        ),
    ] = all.as_slice()
    else {
        panic!("no log")
    };
    assert_eq!((log.rows.len(), problems.len()), (2, 0));
    assert!(log.rows[0].length > 60 << 20);
}

/// A gzip stream of 4 GB of one letter: blocks that a full flush leaves are the same each time, so one is repeated.
#[test]
fn a_gzip_of_4_gigabytes() {
    use flate2::{Compress, Compression, FlushCompress};
    let piece = vec![b'0'; 8 << 20];
    let mut packer = Compress::new(Compression::best(), false);
    let mut block = Vec::with_capacity(1 << 20);
    packer
        .compress_vec(&piece, &mut block, FlushCompress::Full)
        .expect("memory");
    assert_eq!(packer.total_in(), 8 << 20);
    let mut bomb = vec![0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 3];
    (0..512).for_each(|_| bomb.extend_from_slice(&block));
    assert!(bomb.len() < 8 << 20);
    let report = report(&[("x/bomb.json.gz".to_owned(), bomb)]);
    assert_eq!(problem(&report["evidence"]["files"][0]), "inflated-ratio");
}

#[test]
fn a_hundred_thousand_tiny_files_keep_one_row_each() {
    let files: Files = (0..100_000)
        .map(|at| {
            (
                format!("{at:06}.json"),
                format!("[{{\"eventName\":\"A{}\"}}]", at % 50).into_bytes(),
            )
        })
        .collect();
    let case = judged(&files, Settings::default());
    assert_eq!(case.progress().files, 100_000);
    assert_eq!(case.activity().order.len(), 100_000);
}

/// Metadata, regions and accounts that name one another for ever cost no more than they are many.
#[test]
fn many_of_one_name_do_not_multiply() {
    let mut files = sound();
    let newest = files
        .iter()
        .rfind(|(path, _)| path.contains("-Digest_"))
        .map(|(path, _)| path.clone())
        .expect("a digest");
    let entry = |at: usize| serde_json::json!({ "Path": newest, "Metadata": { "signature": format!("{at:0512x}") } });
    let all: Vec<Value> = (0..20_000).map(entry).collect();
    files.push((
        "rclone.json".to_owned(),
        serde_json::to_vec(&all).expect("JSON"),
    ));
    let regions: Vec<Value> = (0..20_000)
        .map(|at| serde_json::json!({ "RegionName": format!("xx-{at}-1") }))
        .collect();
    let accounts: Vec<Value> = (0..20_000)
        .map(|at| serde_json::json!({ "Id": format!("{at:012}"), "JoinedMethod": "INVITED" }))
        .collect();
    files.push((
        "describe-regions.json".to_owned(),
        serde_json::json!({ "Regions": regions })
            .to_string()
            .into_bytes(),
    ));
    files.push((
        "list-accounts.json".to_owned(),
        serde_json::json!({ "Accounts": accounts })
            .to_string()
            .into_bytes(),
    ));
    files.push(("describe-trails.json".to_owned(), br#"{"trailList":[{"Name":"management-events","IsMultiRegionTrail":true,"IsOrganizationTrail":true,"HomeRegion":"us-east-1","TrailARN":"arn:aws:cloudtrail:us-east-1:111122223333:trail/management-events"}]}"#.to_vec()));
    let case = judged(&files, Settings::default());
    assert_eq!(case.judgement().verdict.verdict.name(), "incomplete");
    assert!(case.judgement().trails.len() <= 50_001);
}

/// What opens exports must find text in them, and nothing else.
#[test]
fn exports_hold_evidence_as_text() {
    let evil = [
        "<script>alert(1)</script>",
        "\"><img src=x onerror=alert(1)>",
        "=HYPERLINK(\"http:evil\")",
        "+1+cmd|' /C calc'!A0",
        "@SUM(A1)",
        "-2+3",
        "a\u{202e}b\u{0}c\u{1b}[31m",
        "line\r\n=1+1",
        "cell;=1+1\t+2",
        "]]></title><svg onload=alert(1)>",
    ];
    let records: Vec<Value> = evil
        .iter()
        .map(|text| {
            serde_json::json!({ "eventName": text, "eventSource": text, "awsRegion": text, "userAgent": text, "errorCode": text,
                "sourceIPAddress": text, "eventTime": "2026-03-01T08:20:00Z", "userIdentity": { "type": text, "arn": text, "userName": text },
                "requestParameters": { "name": text } })
        })
        .collect();
    let log = serde_json::json!({ "Records": records }).to_string();
    let mut files: Files = evil
        .iter()
        .map(|text| {
            (
                format!("folder/{}.txt", text.replace('/', "-")),
                b"notes".to_vec(),
            )
        })
        .collect();
    files.push(("x.json".to_owned(), log.into_bytes()));
    let mut case = judged(&files, Settings::default());
    let generated = Moment::from_seconds(0);
    let exports = |table, form| Export::Rows {
        form,
        table,
        filter: Default::default(),
        sort: Default::default(),
        generated,
    };
    for table in [Table::Files, Table::Events, Table::Seen] {
        let csv = exported(&mut case, &exports(table, Form::Csv));
        let risky = |cell: &str| cell.starts_with(['=', '+', '-', '@', '\t', '\r', '\n']);
        // As a spreadsheet reads it that splits at semicolons or tabs, and takes no quote for one that does not begin a cell.
        for cell in str::from_utf8(&csv)
            .expect("text")
            .split([';', '\t', '\r', '\n'])
        {
            assert!(!risky(cell), "{table:?}: {cell:?} is a formula");
        }
        let mut reader = csv::ReaderBuilder::new().from_reader(csv.as_slice());
        let mut rows = 0;
        for row in reader.records() {
            let row = row.expect("a row of CSV");
            rows += 1;
            for cell in &row {
                assert!(!risky(cell), "{table:?}: {cell:?} is a formula");
            }
        }
        assert!(
            table == Table::Seen || rows >= evil.len(),
            "{table:?}: {rows} rows"
        );
        let json = exported(&mut case, &exports(table, Form::Json));
        assert!(
            serde_json::from_slice::<Value>(&json)
                .expect("JSON")
                .is_array()
        );
        no_markup(&exported(&mut case, &exports(table, Form::Html)));
    }
    no_markup(&exported(&mut case, &Export::Html { generated }));
    let lines = exported(&mut case, &Export::Manifest);
    let lines = String::from_utf8(lines).expect("text");
    assert!(
        lines
            .lines()
            .all(|line| line.trim_start_matches('\\').len() > 66),
        "a name forged a line"
    );
    let script = String::from_utf8(exported(&mut case, &Export::Script)).expect("text");
    assert!(!script.contains('\u{202e}') && !script.contains('\u{1b}'));
    let chart = timeline::Histogram {
        steps: 1,
        series: evil
            .iter()
            .map(|text| ((*text).to_owned(), vec![1]))
            .collect(),
        ..timeline::Histogram::default()
    };
    for text in evil {
        let look = timeline::Look {
            title: text,
            query: text,
            lanes: true,
        };
        no_markup(timeline::svg(&chart, look).as_bytes());
    }
}

fn no_markup(page: &[u8]) {
    let page = std::str::from_utf8(page).expect("text");
    for found in [
        "<script>alert",
        "<img src=x",
        "<svg onload",
        "onerror=alert(1)>",
    ] {
        assert!(!page.contains(found), "{found} stands in a page");
    }
    assert!(
        !page.contains(['\u{202e}', '\u{0}', '\u{1b}']),
        "a hidden sign stands in a page"
    );
    assert!(page.contains("&lt;script&gt;"), "the text is there as text");
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(60))]

    /// Whatever is left out of sound evidence, and in whatever order the rest comes: nothing that is not there is
    /// proven, and nothing that is there is called altered.
    #[test]
    fn what_is_left_out_alters_nothing(kept in prop::collection::vec(any::<bool>(), 18), turn in 0_usize..18) {
        let mut files = sound();
        let mut keep = kept.iter().copied().cycle();
        files.retain(|(path, _)| !path.contains("AWSLogs/") || keep.next().unwrap_or(true));
        // Metadata of a digest that is not here would be held against the newest that is.
        let newest = files.iter().any(|(path, _)| path.contains("20260301T080000Z"));
        files.retain(|(path, _)| newest || path != "head-object.json");
        let turn = turn % files.len().max(1);
        files.rotate_left(turn);
        let report = report(&files);
        for list in ["digests", "logs"] {
            for row in report["cloudtrail"][list].as_array().expect("a list") {
                let status = row["status"].as_str().expect("a status");
                let is_here = files.iter().any(|(path, _)| row["path"] == path.as_str());
                prop_assert!(is_here || status != "valid", "{row}");
                let altered = ["modified", "trailing-data", "invalid-format", "chain-mismatch", "invalid-signature"];
                prop_assert!(!altered.contains(&status), "{row}");
            }
        }
    }

    /// Two files of sound evidence in each other's places: neither is proven under the other's name.
    #[test]
    fn files_in_each_others_places_are_found(one in 0_usize..16, other in 0_usize..16) {
        let mut files = sound();
        let places: Vec<usize> = (0..files.len()).filter(|&at| files[at].0.contains("AWSLogs/")).collect();
        let (one, other) = (places[one % places.len()], places[other % places.len()]);
        prop_assume!(files[one].1 != files[other].1);
        let content = files[one].1.clone();
        files[one].1 = std::mem::replace(&mut files[other].1, content);
        let is_log = |path: &str| path.contains("_CloudTrail_");
        let both_digests = !is_log(&files[one].0) && !is_log(&files[other].0);
        let report = report(&files);
        // Digests say themselves where they belong: two that change places are both where they say.
        prop_assert_eq!(report["cloudtrail"]["verdict"] == "verified", both_digests);
    }
}

#[test]
fn gaps_elsewhere_do_not_count_in_a_bucket_or_below_a_prefix() {
    let root = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/evidence");
    let mut files = files_below(&root.join("org-trail-with-prefix/evidence"));
    for (path, bytes) in files_below(&root.join("one-digest-deleted/evidence")) {
        files.push((format!("other/{path}"), bytes));
    }
    let verdict = |prefix: Option<&str>| {
        let mut settings = Settings::default();
        settings.scope.prefix = prefix.map(str::to_owned);
        let case = judged(&files, settings);
        case.judgement().verdict.verdict.name()
    };
    assert_eq!(verdict(None), "failed");
    assert_eq!(verdict(Some("AWSLogs/")), "failed");
    assert_eq!(verdict(Some("audit/AWSLogs/")), "verified");
}

#[test]
fn commands_stay_in_their_folder() {
    const TAME: &str = "AWSLogs/111122223333/CloudTrail/us-east-1/2026/03/01/a.json.gz";
    let script = |key: &str| {
        let listed = |bucket: &str, key: &str| serde_json::json!({ "s3Bucket": bucket, "s3Object": key, "hashValue": "0".repeat(64), "hashAlgorithm": "SHA-256", "newestEventTime": null, "oldestEventTime": null });
        let digest = serde_json::json!({
            "awsAccountId": "111122223333", "digestStartTime": "2026-03-01T00:00:00Z", "digestEndTime": "2026-03-01T01:00:00Z",
            "digestS3Bucket": "trail", "digestS3Object": "AWSLogs/111122223333/CloudTrail-Digest/us-east-1/2026/03/01/111122223333_CloudTrail-Digest_us-east-1_t_us-east-1_20260301T010000Z.json.gz",
            "digestPublicKeyFingerprint": "00", "digestSignatureAlgorithm": "SHA256withRSA", "newestEventTime": null, "oldestEventTime": null,
            "previousDigestS3Bucket": null, "previousDigestS3Object": null, "previousDigestHashValue": null, "previousDigestHashAlgorithm": null, "previousDigestSignature": null,
            "logFiles": [listed("trail", TAME), listed("evil", key)]
        });
        let path = "111122223333_CloudTrail-Digest_us-east-1_t_us-east-1_20260301T010000Z.json";
        let mut case = judged(
            &[(path.to_owned(), digest.to_string().into_bytes())],
            Settings::default(),
        );
        String::from_utf8(exported(&mut case, &Export::Script)).expect("text")
    };
    let tame = script(TAME);
    for bucket in ["trail", "evil"] {
        let folder = format!("{bucket}/AWSLogs/111122223333/CloudTrail/us-east-1/2026/03/01/");
        let command = format!("run - aws s3 sync s3://{folder} ./{folder}\n");
        assert!(tame.contains(&command), "{tame}");
    }
    for key in ["../../.ssh/config", "/etc/x", "a/../../b/c", "a//b/c"] {
        let script = script(key);
        assert!(
            !script.contains("s3://evil") && script.contains("The names of 1 more lead elsewhere"),
            "{key}: {script}"
        );
    }
}
