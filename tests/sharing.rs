//! Documents for others: no masked value is in any of them, and the same value is the same pseudonym in all.

mod support;

use std::collections::BTreeSet;

use exhibit::case::{
    Answer, Case, Control, Export, Filter, Form, Link, Question, Settings, Sharing, Table,
};
use exhibit::moment::Moment;
use regex::Regex;
use serde_json::{Value, json};

use support::{exported, judged};

const GENERATED: Moment = Moment::MIN;

fn demo() -> Vec<(String, Vec<u8>)> {
    let bytes = include_bytes!("../demo/case.tar.gz").to_vec();
    let mut files = vec![("demo.tar.gz".to_owned(), bytes)];
    // What hides in longer texts, behind escapes, and in names of files.
    files.push((
        "from-203.0.113.99/mallory \"q\" & <co> jo.doe@example.org 444455556666.txt".to_owned(),
        b"nothing".to_vec(),
    ));
    files.push((
        "hidden.json".to_owned(),
        br#"{"Records":[{"eventVersion":"1.09","eventID":"00000000-0000-4000-8000-00000000aaaa","eventTime":"2024-01-10T10:00:00Z","eventName":"PutBucketPolicy","eventSource":"s3.amazonaws.com","awsRegion":"us-east-1","sourceIPAddress":"2001:db8::beef","recipientAccountId":"777788889999","userIdentity":{"type":"AssumedRole","arn":"arn:aws:sts::777788889999:assumed-role/Ops \"Team\"/jane.roe@example.org","accountId":"777788889999","principalId":"AROAEXAMPLEEXAMPLE12:jane.roe@example.org","accessKeyId":"ASIAEXAMPLEEXAMPLE12","sessionContext":{"sessionIssuer":{"userName":"Ops \"Team\""}}},"requestParameters":{"bucketName":"logs-of-jane.roe@example.org-at-ip-10-1-2-3"}}]}"#.to_vec(),
    ));
    files
}

fn settings(sharing: Sharing) -> Settings {
    let mut settings = Settings {
        sharing,
        ..Settings::default()
    };
    settings.audit.controls.push(Control {
        id: "A-1".to_owned(),
        title: "Asked of 444455556666".to_owned(),
        source: "written by hand".to_owned(),
        conclusion: "Seen from ip-203-0-113-99 (203.0.113.99), see Project Dove".to_owned(),
        status: Some("met".to_owned()),
        by: "Ada".to_owned(),
        evidence: vec![Link {
            title: "File: arn:aws:s3:::evidence".to_owned(),
            path: "a/444455556666/jo.doe@example.org".to_owned(),
            sha256: Some(exhibit::sum::Sum::of(b"x")),
            ..Link::default()
        }],
        ..Control::default()
    });
    settings
}

fn all() -> Sharing {
    Sharing {
        on: true,
        accounts: true,
        actors: true,
        addresses: true,
        arns: true,
        personal: true,
        also: vec!["Project Dove".to_owned()],
        // Left out, they would hide what was not masked of them.
        confidential: true,
        key: "secret".to_owned(),
        ..Sharing::default()
    }
}

/// Every document that goes to others, with its name.
fn documents(case: &mut Case) -> Vec<(String, String)> {
    let generated = GENERATED;
    let mut exports = vec![
        ("report.json".to_owned(), Export::Report { generated }),
        ("report.html".to_owned(), Export::Html { generated }),
        ("oscal".to_owned(), Export::Oscal { generated }),
        ("manifest".to_owned(), Export::Manifest),
        ("validate-logs".to_owned(), Export::ValidateLogs),
    ];
    for &table in Table::ALL {
        for form in [Form::Csv, Form::Json, Form::Html, Form::Ocsf] {
            if form == Form::Ocsf && table != Table::Findings {
                continue;
            }
            let export = Export::Rows {
                form,
                table,
                filter: Filter::default(),
                sort: None,
                generated,
            };
            exports.push((format!("{} {form:?}", table.name()), export));
        }
    }
    exports
        .into_iter()
        .map(|(name, export)| {
            let text = String::from_utf8(exported(case, &export)).expect("text");
            (name, text)
        })
        .collect()
}

/// What must be found nowhere: values that patterns of this test find in the documents as they are, and names.
fn secrets(plain: &[(String, String)]) -> BTreeSet<String> {
    let patterns = [
        r"\b[0-9]{12}\b",
        r"\b[0-9]{1,3}\.[0-9]{1,3}\.[0-9]{1,3}\.[0-9]{1,3}\b",
        r#"arn:aws[a-z-]*:[^\s"<>&,;()\[\]]+"#,
        r"\b(?:AKIA|ASIA|AROA|AIDA)[A-Z0-9]{12,}\b",
        r"[A-Za-z0-9._-]+@[A-Za-z0-9.-]+\.[a-z]+",
    ]
    .map(|pattern| {
        Regex::new(
            &pattern
                .replace("\\b", "(?-u:\\b)")
                .replace("\\s", " \\t\\r\\n"),
        )
        .expect("a pattern")
    });
    let mut all: BTreeSet<String> = [
        "2001:db8::beef",
        "Project Dove",
        "jane.roe",
        "203-0-113-99",
        "10-1-2-3",
        // No table shows access keys; nothing else may either.
        "ASIAEXAMPLEEXAMPLE12",
    ]
    .map(str::to_owned)
    .into();
    for (name, text) in plain.iter().filter(|(name, _)| name.ends_with("Csv")) {
        for (at, pattern) in patterns.iter().enumerate() {
            let found = pattern
                .find_iter(text)
                .map(|found| found.as_str().to_owned());
            // Numbers of twelve digits are no accounts where a table counts.
            all.extend(found.filter(|_| at > 0 || !name.starts_with("classifiers")));
        }
    }
    all.retain(|value| value != "0.0.0.0" && value != "arn:aws:s3:::");
    assert!(all.len() > 30, "{all:?}");
    all
}

#[test]
fn no_document_holds_a_masked_value() {
    let plain = Sharing {
        on: true,
        confidential: true,
        ..Sharing::default()
    };
    let mut case = judged(&demo(), settings(plain));
    let plain = documents(&mut case);
    let secrets = secrets(&plain);
    for known in [
        "444455556666",
        "777788889999",
        "203.0.113.99",
        "jo.doe@example.org",
    ] {
        assert!(secrets.contains(known), "{known}");
    }
    let mut case = judged(&demo(), settings(all()));
    let masked = documents(&mut case);
    for ((name, before), (_, after)) in plain.iter().zip(&masked) {
        let lower = after.to_lowercase();
        for secret in &secrets {
            let at = lower.find(&secret.to_lowercase());
            assert!(
                at.is_none(),
                "{name} holds {secret}: {}",
                at.map_or(
                    "",
                    |at| &after[after.floor_char_boundary(at.saturating_sub(80))
                        ..after.ceil_char_boundary((at + 80).min(after.len()))]
                )
            );
        }
        // Nothing but texts changed: as many lines, and still what it was.
        assert_eq!(before.lines().count(), after.lines().count(), "{name}");
        if name.ends_with("json")
            || name.ends_with("Json")
            || name.ends_with("Ocsf")
            || name == "oscal"
        {
            let _: Value =
                serde_json::from_str(after).unwrap_or_else(|error| panic!("{name}: {error}"));
        }
    }
    // The names of those who called, wherever they stand alone or in a path.
    let names: BTreeSet<String> = {
        let mut reader = csv::Reader::from_reader(document(&plain, "events Csv").as_bytes());
        let column = reader
            .headers()
            .expect("headings")
            .iter()
            .position(|name| name == "actor")
            .expect("actor");
        let actors: Vec<String> = reader
            .records()
            .map(|row| row.expect("a row")[column].to_owned())
            .collect();
        let last = |arn: &String| arn.rsplit('/').next().map(str::to_owned);
        let users = actors
            .iter()
            .filter(|arn| arn.contains(":user/") || arn.contains("assumed-role"));
        users.filter_map(last).collect()
    };
    assert!(names.len() > 2, "{names:?}");
    for (name, text) in &masked {
        for one in &names {
            for form in [
                format!("/{one}"),
                format!("\"{one}\""),
                format!(">{one}<"),
                format!(",{one},"),
            ] {
                assert!(!text.contains(&form), "{name} holds {form}");
            }
        }
    }
}

fn document<'d>(all: &'d [(String, String)], name: &str) -> &'d str {
    let found = all.iter().find(|(known, _)| known == name);
    found.map_or("", |(_, text)| text)
}

#[test]
fn the_same_value_is_the_same_pseudonym_in_all_documents() {
    let mut case = judged(&demo(), settings(all()));
    let Answer::Masks(masks) = case.answer(&Question::Masks(all())) else {
        panic!("no preview");
    };
    let accounts = masks
        .kinds
        .iter()
        .find(|(word, ..)| word == "Accounts")
        .expect("accounts");
    let of = |value: &str| {
        let found = accounts.2.iter().find(|one| one.value == value);
        found
            .unwrap_or_else(|| panic!("no {value}"))
            .pseudonym
            .clone()
    };
    let all = documents(&mut case);
    let pseudonym = of("111122223333");
    for name in [
        "report.json",
        "report.html",
        "files Csv",
        "files Json",
        "findings Ocsf",
        "manifest",
    ] {
        assert!(
            document(&all, name).contains(&pseudonym),
            "{name} lacks {pseudonym}"
        );
    }
    assert!(masks.examples.iter().any(|(before, after)| before != after));
    // Reports of the same settings are still the same.
    let mut again = judged(&demo(), settings(self::all()));
    assert_eq!(documents(&mut again), all);
}

#[test]
fn what_is_not_chosen_stays() {
    let sharing = Sharing {
        on: true,
        addresses: true,
        key: "secret".to_owned(),
        ..Sharing::default()
    };
    let mut case = judged(&demo(), settings(sharing.clone()));
    let text = String::from_utf8(exported(
        &mut case,
        &Export::Report {
            generated: GENERATED,
        },
    ))
    .expect("text");
    assert!(text.contains("444455556666") && !text.contains("203.0.113.99"));
    let mut off = judged(
        &demo(),
        settings(Sharing {
            on: false,
            ..sharing
        }),
    );
    let text = String::from_utf8(exported(
        &mut off,
        &Export::Report {
            generated: GENERATED,
        },
    ))
    .expect("text");
    assert!(text.contains("203.0.113.99"));
}

#[test]
fn confidential_artifacts_are_left_out_unless_asked_for() {
    let report = |sharing: Sharing| -> (usize, String) {
        let mut case = judged(&demo(), settings(sharing));
        let bytes = exported(
            &mut case,
            &Export::Report {
                generated: GENERATED,
            },
        );
        let report: Value = serde_json::from_slice(&bytes).expect("JSON");
        let all = report["artifacts"].as_array().expect("artifacts");
        let html = String::from_utf8(exported(
            &mut case,
            &Export::Html {
                generated: GENERATED,
            },
        ));
        let confidential = all.iter().filter(|one| one["confidential"] == true).count();
        (confidential, html.expect("text"))
    };
    let soc = "System and Organization Controls 2";
    let (own, html) = report(Sharing::default());
    assert!(own > 0 && !html.contains(soc) && html.contains("left out"));
    let (shared, html) = report(Sharing {
        on: true,
        ..Sharing::default()
    });
    assert!(shared == 0 && !html.contains(soc));
    let (asked, html) = report(Sharing {
        on: true,
        confidential: true,
        ..Sharing::default()
    });
    assert!(asked == own && html.contains(soc) && html.contains("it was asked for"));
}

/// Documents of what files hold, for others, in which a text stands.
fn naming(files: &[(String, Vec<u8>)], text: &str) -> Vec<String> {
    let sharing = Sharing {
        confidential: false,
        ..all()
    };
    let mut case = judged(files, settings(sharing));
    let named = documents(&mut case).into_iter();
    let named = named.filter(|(_, document)| document.contains(text));
    named.map(|(name, _)| name).collect()
}

#[test]
fn users_who_never_call_are_masked() {
    let user = json!({ "type": "IAMUser", "arn": "arn:aws:iam::111122223333:user/alice", "userName": "alice" });
    let call = |number: u8, name: &str| {
        json!({
            "eventVersion": "1.09", "eventID": format!("00000000-0000-4000-8000-00000000000{number}"), "eventTime": "2026-03-10T12:00:00Z", "eventName": name,
            "eventSource": "iam.amazonaws.com", "awsRegion": "us-east-1", "recipientAccountId": "111122223333", "readOnly": false,
            "userIdentity": user, "requestParameters": { "userName": "carolyn" },
        })
    };
    let records = json!({ "Records": [call(1, "CreateUser"), call(2, "DeleteLoginProfile")] });
    let files = [("log.json".to_owned(), records.to_string().into_bytes())];
    assert_eq!(naming(&files, "carolyn"), [] as [&str; 0]);
}

#[test]
fn the_cover_of_a_confidential_artifact_is_not_named() {
    let cover = include_bytes!("pdf/pymupdf-cover.pdf").to_vec();
    let files = [("for us/Spring cover.pdf".to_owned(), cover)];
    assert_eq!(naming(&files, "Spring cover"), [] as [&str; 0]);
}

#[test]
fn no_document_names_a_confidential_artifact() {
    let mut case = judged(&demo(), Settings::default());
    let sum = |path: &str, case: &Case| {
        let mut files = case.register().files();
        let found = files.find(|(_, file)| file.path.ends_with(path));
        found.and_then(|(_, file)| file.sum).expect("a file")
    };
    // Whatever an auditor does with it tells its name: evidence of a control, the record, an item of a sample.
    let mut settings = settings(Sharing {
        on: true,
        key: "secret".to_owned(),
        ..Sharing::default()
    });
    let title = "Service Organization Report of Spring";
    let link = Link {
        title: format!("AWS report: {title}"),
        path: "demo.tar.gz/artifacts/soc2.pdf".to_owned(),
        attestation: true,
        ..Link::default()
    };
    settings.audit.controls[0].evidence.push(link);
    settings.audit.artifacts.push(exhibit::case::Correction {
        file: Some(sum("soc2.pdf", &case)),
        title: title.to_owned(),
        confidential: true,
        ..Default::default()
    });
    settings.note(GENERATED, "Artifact corrected", title);
    let question = Question::Freeze {
        table: Table::Files,
        filter: Filter::default(),
        draw: exhibit::case::Draw {
            sample: Some(("1".to_owned(), 1_000)),
            held: Vec::new(),
        },
    };
    let Answer::Frozen(frozen) = case.answer(&question) else {
        panic!("nothing is frozen");
    };
    settings.audit.populations.push(exhibit::case::Population {
        name: "files".to_owned(),
        table: Table::Files,
        filter: Filter::default(),
        count: frozen.count.expect("rows"),
        sha256: frozen.sha256.expect("a hash"),
        at: GENERATED,
        samples: vec![exhibit::case::Sample {
            seed: "1".to_owned(),
            at: GENERATED,
            items: frozen.drawn.clone(),
        }],
    });
    let named = |settings: Settings| -> Vec<String> {
        let mut case = judged(&demo(), settings);
        let all = documents(&mut case);
        let names = all
            .into_iter()
            .filter(|(_, text)| text.contains(title) || text.contains("soc2.pdf"));
        names.map(|(name, _)| name).collect()
    };
    assert_eq!(named(settings.clone()), [] as [&str; 0]);
    settings.sharing.confidential = true;
    assert!(named(settings).len() > 6);
}
