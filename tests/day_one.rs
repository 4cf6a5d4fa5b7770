//! An auditor's day-one work: populations and samples, provenance, documents of real writers.

mod support;

use exhibit::case::population::{Draw, NOT_DRAWN, sample};
use exhibit::case::{
    ADDENDUM_UNTOLD, Answer, Case, Export, Facet, Filter, Frozen, Item, NO_ADDENDUM, Population,
    Question, Sample, Settings, Table,
};
use exhibit::moment::Moment;
use exhibit::sum::Sum;
use serde_json::{Value, json};

use support::{exported, judged, report};

fn demo() -> Vec<(String, Vec<u8>)> {
    let bytes = include_bytes!("../demo/case.tar.gz").to_vec();
    vec![("demo.tar.gz".to_owned(), bytes)]
}

fn frozen(case: &mut Case, table: Table, filter: &Filter, draw: Draw) -> Frozen {
    let question = Question::Freeze {
        table,
        filter: filter.clone(),
        draw,
    };
    match case.answer(&question) {
        Answer::Frozen(frozen) => *frozen,
        other => panic!("{other:?}"),
    }
}

/// A query of events, and a filter of another table.
fn filters() -> [(Table, Filter); 2] {
    let text = Filter {
        text: "error:* OR name:*Bucket*".to_owned(),
        ..Filter::default()
    };
    let facet = Filter {
        facets: vec![Facet {
            column: 0,
            value: "NON_COMPLIANT".to_owned(),
        }],
        ..Filter::default()
    };
    [(Table::Events, text), (Table::Findings, facet)]
}

#[test]
fn a_population_is_named_by_the_hash_of_its_lines() {
    let mut case = judged(&demo(), Settings::default());
    for (table, filter) in filters() {
        let now = frozen(&mut case, table, &filter, Draw::default());
        let export = Export::Population {
            table,
            filter: filter.clone(),
        };
        let bytes = exported(&mut case, &export);
        let text = String::from_utf8(bytes.clone()).expect("text");
        let lines: Vec<&str> = text.lines().collect();
        assert!(lines.len() > 3 && lines.is_sorted(), "{}", table.name());
        assert_eq!(
            (now.count, now.sha256),
            (Some(lines.len() as u64), Some(Sum::of(&bytes)))
        );
        // The lines are the rows that the table shows, as its CSV has them.
        let csv = Export::Rows {
            form: exhibit::case::Form::Csv,
            table,
            filter: filter.clone(),
            sort: None,
            generated: Moment::MIN,
        };
        let csv = exported(&mut case, &csv);
        let mut rows: Vec<String> = csv::Reader::from_reader(csv.as_slice())
            .records()
            .map(|row| row.expect("a row").iter().collect::<Vec<_>>().join("\t"))
            .collect();
        rows.sort();
        assert_eq!(rows, lines);
        // A sample takes lines by the hash of seed and number, and finds them again.
        let draw = Draw {
            sample: Some(("seed-1".to_owned(), 3)),
            held: Vec::new(),
        };
        let now = frozen(&mut case, table, &filter, draw);
        let numbers: Vec<u64> = now.drawn.iter().map(|item| item.number).collect();
        assert_eq!(numbers, sample("seed-1", lines.len() as u64, 3));
        for item in &now.drawn {
            assert_eq!(item.line, lines[item.number as usize - 1]);
        }
        // A sample whose rows were replaced by others of the same population is not what its seed draws.
        let held = |items: &[Item]| Sample {
            seed: "seed-1".to_owned(),
            at: Moment::MIN,
            items: items.to_vec(),
        };
        let line = |number: u64, line: &str| Item {
            number,
            line: line.to_owned(),
            ..Item::default()
        };
        let other = (1..).find(|at| !numbers.contains(at)).expect("a number");
        let other = line(other, lines[other as usize - 1]);
        let draw = Draw {
            sample: None,
            held: vec![
                held(&now.drawn),
                held(&[now.drawn[0].clone(), other]),
                held(&[line(1, "not there")]),
            ],
        };
        let now = frozen(&mut case, table, &filter, draw).held;
        assert_eq!(
            now.iter().map(|(is, _)| *is).collect::<Vec<_>>(),
            [true, false, false]
        );
        let found = |at: usize| now[at].1.iter().all(Option::is_some);
        assert!(found(0) && found(1) && !found(2));
    }
}

#[test]
fn every_table_can_be_frozen_and_told_again() {
    let at = |now: &str| {
        let mut case = Case::default();
        case.begin(Moment::parse(now).expect("a time"));
        for (source, entry) in support::entries(&demo()) {
            case.add(source, entry);
        }
        support::settle(&mut case);
        case
    };
    let (mut first, mut second) = (at("2026-01-01T00:00:00Z"), at("2026-06-01T00:00:00Z"));
    let mut rows = 0;
    for &table in Table::ALL {
        let filter = Filter::default();
        let one = frozen(&mut first, table, &filter, Draw::default());
        let bytes = exported(
            &mut first,
            &Export::Population {
                table,
                filter: filter.clone(),
            },
        );
        let lines = bytes.iter().filter(|&&byte| byte == b'\n').count() as u64;
        assert_eq!(
            (one.count, one.sha256),
            (Some(lines), Some(Sum::of(&bytes))),
            "{}",
            table.name()
        );
        let other = frozen(&mut second, table, &filter, Draw::default());
        assert_eq!(one, other, "{}", table.name());
        rows += lines;
    }
    assert!(rows > 1_000, "{rows}");
}

#[test]
fn another_order_of_the_evidence_is_the_same_population() {
    let folder = std::path::Path::new(concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/tests/evidence/complete/evidence"
    ));
    let mut files = support::files_below(folder);
    let filter = Filter::default();
    let mut one = judged(&files, Settings::default());
    files.reverse();
    let mut other = judged(&files, Settings::default());
    for table in [Table::Events, Table::Files, Table::Digests, Table::Logs] {
        let (a, b) = (
            frozen(&mut one, table, &filter, Draw::default()),
            frozen(&mut other, table, &filter, Draw::default()),
        );
        assert!(a.count > Some(0));
        assert_eq!(a.sha256, b.sha256, "{}", table.name());
    }
    // One file less is another population.
    files.pop();
    let mut less = judged(&files, Settings::default());
    assert_ne!(
        frozen(&mut less, Table::Files, &filter, Draw::default()).sha256,
        frozen(&mut one, Table::Files, &filter, Draw::default()).sha256
    );
}

#[test]
fn checklists_are_part_of_the_case_and_of_the_reports() {
    let mut settings = Settings::default();
    settings.audit.populations.push(Population {
        name: "Denied <calls>".to_owned(),
        table: Table::Events,
        filter: filters()[0].1.clone(),
        count: 7,
        sha256: Sum::of(b"x"),
        at: Moment::MIN,
        samples: vec![Sample {
            seed: "42".to_owned(),
            at: Moment::MIN,
            items: vec![Item {
                number: 3,
                line: "2024\tx <y>".to_owned(),
                result: "exception".to_owned(),
                note: "not approved".to_owned(),
            }],
        }],
    });
    let text = exhibit::case::saved::write(&settings, Vec::new());
    let (again, _) = exhibit::case::saved::parse(text.as_bytes()).expect("a case");
    assert_eq!(again, settings);
    let mut case = judged(&demo(), settings);
    let report: Value = serde_json::from_slice(&exported(
        &mut case,
        &Export::Report {
            generated: Moment::MIN,
        },
    ))
    .expect("JSON");
    let population = &report["audit"]["populations"][0];
    assert_eq!(
        (&population["holds"], &population["samples"][0]["holds"]),
        (&json!(false), &json!(false))
    );
    let item = &population["samples"][0]["items"][0];
    assert_eq!(
        (&item["result"], &item["number"]),
        (&json!("exception"), &json!(3))
    );
    let html = String::from_utf8(exported(
        &mut case,
        &Export::Html {
            generated: Moment::MIN,
        },
    ))
    .expect("text");
    for words in [
        "Denied &lt;calls&gt;",
        "2024 · x &lt;y&gt;",
        "1 exceptions",
        "not approved",
        "it differs: rows that the query shows now: ",
        NOT_DRAWN,
    ] {
        assert!(html.contains(words), "{words}");
    }
}

#[test]
fn provenance_is_told_by_what_the_script_wrote() {
    let collection = r#"{"schema":"exhibit.collection/1","cli":"aws-cli/2.31","caller":"111122223333\tarn:aws:iam::111122223333:user/ada","started":"2026-03-01T10:00:00Z","ended":"2026-03-01T10:00:09Z","commands":[{"command":"aws cloudtrail describe-trails","output":"describe-trails.json","started":"2026-03-01T10:00:00Z","ended":"2026-03-01T10:00:02Z","exitCode":0}]}"#;
    let files = vec![
        (
            "c/collection.json".to_owned(),
            collection.as_bytes().to_vec(),
        ),
        (
            "c/describe-trails.json".to_owned(),
            br#"{"trailList":[]}"#.to_vec(),
        ),
        (
            "describe-trails.json".to_owned(),
            br#"{"trailList":[]}"#.to_vec(),
        ),
    ];
    let mut case = judged(&files, Settings::default());
    let export = Export::Rows {
        form: exhibit::case::Form::Json,
        table: Table::Custody,
        filter: Filter::default(),
        sort: None,
        generated: Moment::MIN,
    };
    let all: Value = serde_json::from_slice(&exported(&mut case, &export)).expect("JSON");
    let origin = |path: &str| {
        let one = all
            .as_array()
            .expect("rows")
            .iter()
            .find(|one| one["path"] == path)
            .expect(path);
        one["origin"].as_str().unwrap_or_default().to_owned()
    };
    assert_eq!(
        origin("c/describe-trails.json"),
        "aws cloudtrail describe-trails; by 111122223333 arn:aws:iam::111122223333:user/ada, 2026-03-01T10:00:02Z"
    );
    assert_eq!(origin("describe-trails.json"), "");
    let html = String::from_utf8(exported(
        &mut case,
        &Export::Html {
            generated: Moment::MIN,
        },
    ))
    .expect("text");
    assert!(html.contains("aws-cli/2.31") && html.contains("nothing proves it"));
}

/// Documents that ReportLab 5.1, fpdf2 2.8, Typst 0.15, WeasyPrint 70, Chromium 148 and MuPDF 1.28 wrote. `pikepdf-soc2.pdf` is
/// ReportLab's, of a page whose text stands in a form and one before it that tells another period, put in their order by
/// pikepdf 10.18; `pymupdf-cover.pdf` holds terms and, attached, ReportLab's report, as AWS Artifact hands reports out.
#[test]
fn documents_of_real_writers_are_recognised() {
    let folder = std::path::Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/pdf"));
    let files = support::files_below(folder);
    assert_eq!(files.len(), 8);
    let report = report(&files);
    let artifacts = report["artifacts"].as_array().expect("artifacts");
    assert_eq!(artifacts.len(), files.len());
    for (name, bytes) in &files {
        let mut name = name.clone();
        let mut sum = Sum::of(bytes);
        if name.ends_with("pymupdf-cover.pdf") {
            // The cover is none: it is what it carries, and that is hashed as the file that it was.
            name += "/SOC 2 report-soc2.pdf";
            sum = Sum::of(
                &std::fs::read(folder.join("reportlab-soc2.pdf")).expect("the report itself"),
            );
        }
        let own = artifacts
            .iter()
            .find(|one| one["path"] == name.as_str())
            .unwrap_or_else(|| panic!("{name} is not recognised"));
        assert_eq!(own["knownBy"], "its own text", "{name}");
        assert_eq!(own["sha256"], sum.to_string(), "{name}");
        let expected = match name.rsplit('-').next() {
            Some("soc2.pdf") => json!([
                "report",
                "SOC 2",
                "2024-10-01T00:00:00Z",
                "2025-09-30T23:59:59Z",
                null,
                null,
                true
            ]),
            Some("iso27001.pdf") => json!([
                "report",
                "ISO 27001",
                null,
                null,
                "2028-11-09T23:59:59Z",
                null,
                false
            ]),
            _ => json!(["agreement", "BAA", null, null, null, "111122223333", true]),
        };
        let seen = json!([
            own["type"],
            own["program"],
            own["periodFrom"],
            own["periodTo"],
            own["expires"],
            own["account"],
            own["confidential"]
        ]);
        assert_eq!(seen, expected, "{name}");
    }
}

const LOG: &str = r#"{"Records":[{"eventVersion":"1.09","eventID":"00000000-0000-4000-8000-000000000001","eventTime":"2026-03-01T00:10:00Z","eventName":"DescribeInstances","eventSource":"ec2.amazonaws.com","awsRegion":"us-east-1","recipientAccountId":"111122223333"}]}"#;

#[test]
fn accounts_with_health_data_and_no_addendum_are_listed() {
    let record = b"Patient: John Smith\nDiagnosis: E11.9 type 2 diabetes\nMedical record number: MRN 00412345\nHealth insurance claim number 1EG4-TE5-MK73\n".to_vec();
    let own = "111122223333";
    let list = |agreement: &str| {
        let agreement =
            format!(r#""name":"AWS Business Associate Addendum","state":"ACTIVE",{agreement}"#);
        format!(r#"{{"customerAgreements":[{{{agreement}}}]}}"#)
    };
    let of_account = |account: &str| list(&format!(r#""awsAccountId":"{account}""#));
    let of_organization = list(
        r#""organizationArn":"arn:aws:organizations::444455556666:organization/o-exampleorgid""#,
    );
    let accounts = |organization: &str, account: &str| {
        format!(
            r#"{{"Accounts":[{{"Id":"{account}","Arn":"arn:aws:organizations::444455556666:account/{organization}/{account}","Status":"ACTIVE","JoinedMethod":"CREATED"}}]}}"#
        )
    };
    let listed = |outputs: &[String]| {
        let mut files = vec![
            ("AWSLogs/111122223333/CloudTrail/us-east-1/2026/03/01/111122223333_CloudTrail_us-east-1_20260301T0020Z_46d04b684eda23c4.json".to_owned(), LOG.as_bytes().to_vec()),
            ("patients.txt".to_owned(), record.clone()),
        ];
        for (at, output) in outputs.iter().enumerate() {
            files.push((format!("{at}.json"), output.clone().into_bytes()));
        }
        let mut case = judged(&files, Settings::default());
        let (without, untold) = match case.answer(&Question::Artifacts) {
            Answer::Artifacts(summary) => (summary.without_baa, summary.baa_untold),
            other => panic!("{other:?}"),
        };
        let generated = Moment::MIN;
        let report = exported(&mut case, &Export::Report { generated });
        let report: Value = serde_json::from_slice(&report).expect("JSON");
        let told = &report["audit"]["businessAssociateAddendum"];
        assert_eq!(told, &json!({ "without": without, "untold": untold }));
        let html = String::from_utf8(exported(&mut case, &Export::Html { generated }));
        let html = html.expect("text");
        assert_eq!(html.contains(NO_ADDENDUM), !without.is_empty());
        assert_eq!(html.contains(ADDENDUM_UNTOLD), !untold.is_empty());
        (without, untold)
    };
    let (without, untold) = (
        (vec![own.to_owned()], vec![]),
        (vec![], vec![own.to_owned()]),
    );
    let covered = (vec![], vec![]);
    assert_eq!(listed(&[]), without);
    assert_eq!(listed(&[of_account("444455556666")]), without);
    assert_eq!(listed(&[of_account(own)]), covered);
    // An organization's holds for its accounts, and for no others.
    let of = |accounts: String| listed(&[of_organization.clone(), accounts]);
    assert_eq!(listed(std::slice::from_ref(&of_organization)), untold);
    assert_eq!(of(accounts("o-exampleorgid", own)), covered);
    assert_eq!(of(accounts("o-exampleorgid", "777788889999")), without);
    assert_eq!(of(accounts("o-another00000", own)), untold);
    // Of a list that goes on, nothing says that an account is not in it.
    let cut = |account: &str| {
        let all = accounts("o-exampleorgid", account);
        all.replacen('{', r#"{"NextToken":"more","#, 1)
    };
    assert_eq!(of(cut("777788889999")), untold);
    assert_eq!(of(cut(own)), covered);
}
