//! What is handed over: controls with their conclusions, artifacts, and the report as HTML, OCSF and OSCAL.

mod support;

use std::collections::BTreeSet;

use exhibit::case::{Control, Export, Filter, Form, Link, Settings, Sharing, Table};
use exhibit::moment::Moment;
use serde_json::{Value, json};

use support::{exported, judged};

const GENERATED: Moment = Moment::MIN;

fn demo() -> Vec<(String, Vec<u8>)> {
    let bytes = include_bytes!("../demo/case.tar.gz").to_vec();
    vec![("demo.tar.gz".to_owned(), bytes)]
}

fn concluded() -> Settings {
    let mut settings = Settings::default();
    settings.audit.prepared_by = "Ada <Auditor>".to_owned();
    settings.audit.controls = vec![
        Control {
            id: "7.1(a)".to_owned(),
            title: "Who may <look>".to_owned(),
            source: "written by hand".to_owned(),
            status: Some("met".to_owned()),
            conclusion: "Looked at it.".to_owned(),
            by: "Ada".to_owned(),
            at: Moment::parse("2026-03-03T00:00:00Z"),
            evidence: vec![Link {
                title: "A report".to_owned(),
                path: "a b.pdf".to_owned(),
                sha256: Some(exhibit::sum::Sum::of(b"x")),
                attestation: true,
                ..Link::default()
            }],
            ..Control::default()
        },
        Control {
            id: "open".to_owned(),
            source: "written by hand".to_owned(),
            ..Control::default()
        },
    ];
    settings
}

fn json_of(settings: Settings, export: &Export) -> Value {
    let mut case = judged(&demo(), settings);
    serde_json::from_slice(&exported(&mut case, export)).expect("JSON")
}

#[test]
fn the_report_has_artifacts_and_controls() {
    let report = json_of(
        concluded(),
        &Export::Report {
            generated: GENERATED,
        },
    );
    let artifacts = report["artifacts"].as_array().expect("artifacts");
    let seen: BTreeSet<(&str, &str, &str)> = artifacts
        .iter()
        .map(|one| {
            (
                one["type"].as_str().expect("type"),
                one["program"].as_str().expect("program"),
                one["state"].as_str().expect("state"),
            )
        })
        .collect();
    assert!(
        seen.contains(&("report", "SOC 2", "unknown"))
            && seen.contains(&("report", "ISO 27001", "expired"))
            && seen.contains(&("agreement", "BAA", "active")),
        "{seen:?}"
    );
    let soc = artifacts
        .iter()
        .find(|one| one["program"] == "SOC 2")
        .expect("SOC 2");
    assert_eq!(
        (&soc["periodFrom"], &soc["periodTo"], &soc["confidential"]),
        (
            &json!("2023-04-01T00:00:00Z"),
            &json!("2023-09-30T23:59:59Z"),
            &json!(true)
        )
    );
    assert!(
        soc["warning"]
            .as_str()
            .expect("a warning")
            .contains("bridge letter")
    );
    let controls = report["audit"]["controls"].as_array().expect("controls");
    let status = |id: &str| {
        let one = controls
            .iter()
            .find(|one| one["id"] == id)
            .unwrap_or_else(|| panic!("no {id}"));
        (
            one["status"].as_str().expect("status"),
            one["confirmed"].as_bool().expect("confirmed"),
        )
    };
    assert_eq!(status("LOG-VALIDATION"), ("failed", false));
    assert_eq!(status("CONFIG-RECORDER"), ("failed", false));
    assert_eq!(status("FILE-HASHES"), ("met", false));
    assert_eq!(
        (status("7.1(a)"), status("open")),
        (("met", true), ("notTested", false))
    );
    assert_eq!(report["audit"]["preparedBy"], "Ada <Auditor>");
    // What a person linked is not there now; what the check of the recorder names is.
    let linked = |id: &str| {
        let one = controls.iter().find(|one| one["id"] == id).expect("it");
        one["evidence"][0]["inEvidence"].clone()
    };
    assert_eq!(
        (linked("7.1(a)"), linked("CONFIG-RECORDER")),
        (json!(false), json!(true))
    );
}

#[test]
fn controls_of_a_framework_are_proposed_by_results() {
    let mut settings = Settings::default();
    let control = |id: &str| Control {
        id: id.to_owned(),
        source: "PCI-DSS-3-2-1".to_owned(),
        ..Control::default()
    };
    let all = json_of(
        Settings::default(),
        &Export::Report {
            generated: GENERATED,
        },
    );
    let frameworks = all["compliance"]["frameworks"]
        .as_array()
        .expect("frameworks");
    let pci = frameworks
        .iter()
        .find(|one| one["id"] == "PCI-DSS-3-2-1")
        .expect("PCI");
    let ids: Vec<(&str, &str)> = pci["controls"]
        .as_array()
        .expect("controls")
        .iter()
        .map(|one| {
            (
                one["id"].as_str().expect("id"),
                one["status"].as_str().expect("status"),
            )
        })
        .collect();
    settings.audit.controls = ids.iter().map(|(id, _)| control(id)).collect();
    let report = json_of(
        settings,
        &Export::Report {
            generated: GENERATED,
        },
    );
    for (id, status) in ids {
        let own = report["audit"]["controls"]
            .as_array()
            .expect("controls")
            .iter()
            .find(|one| one["id"] == id)
            .expect(id);
        assert_eq!(
            (own["proposed"].as_str(), own["confirmed"].as_bool()),
            (Some(status), Some(false)),
            "{id}"
        );
    }
}

#[test]
fn html_is_whole_and_holds_no_markup_of_evidence() {
    let html = |settings: Settings, at: Moment| {
        let mut files = demo();
        files.push((
            "<script>alert(1)</script>\u{202e}.txt".to_owned(),
            b"x".to_vec(),
        ));
        let mut case = judged(&files, settings);
        String::from_utf8(exported(&mut case, &Export::Html { generated: at })).expect("text")
    };
    let text = html(concluded(), GENERATED);
    assert!(
        !text.contains("<script") && text.contains("&lt;script&gt;") && text.contains("[U+202E]")
    );
    assert!(text.contains("Ada &lt;Auditor&gt;") && text.contains("Who may &lt;look&gt;"));
    assert!(text.ends_with("</html>\n"));
    for tag in [
        "section", "table", "th", "thead", "tbody", "ul", "div", "dl", "h2", "h3", "p", "bdi",
    ] {
        let opened =
            text.matches(&format!("<{tag}>")).count() + text.matches(&format!("<{tag} ")).count();
        assert_eq!(opened, text.matches(&format!("</{tag}>")).count(), "{tag}");
    }
    for section in [
        "summary",
        "method",
        "controls",
        "integrity",
        "compliance",
        "risk",
        "artifacts",
        "evidence",
        "limits",
        "changes",
        "populations",
        "glossary",
    ] {
        assert!(
            text.contains(&format!("<section id=\"{section}\">")),
            "{section}"
        );
    }
    // What may not be handed on is counted, not named.
    assert!(!text.contains("System and Organization Controls 2") && text.contains("left out"));
    let later = html(concluded(), Moment::MAX);
    assert_eq!(
        text.replace(&GENERATED.to_string(), "T"),
        later.replace(&Moment::MAX.to_string(), "T")
    );
}

/// Attributes of the class and of its objects (schema.ocsf.io, version 1.3.0) that are written, by where they stand.
const OCSF: [(&str, &[&str]); 9] = [
    (
        "",
        &[
            "activity_id",
            "activity_name",
            "category_name",
            "category_uid",
            "class_name",
            "class_uid",
            "cloud",
            "compliance",
            "finding_info",
            "message",
            "metadata",
            "resources",
            "severity",
            "severity_id",
            "time",
            "type_name",
            "type_uid",
            "unmapped",
        ],
    ),
    ("/cloud", &["account", "provider", "region"]),
    ("/cloud/account", &["uid"]),
    (
        "/compliance",
        &[
            "control",
            "requirements",
            "standards",
            "status",
            "status_id",
        ],
    ),
    ("/finding_info", &["desc", "title", "uid"]),
    ("/metadata", &["product", "profiles", "version"]),
    ("/metadata/product", &["name", "vendor_name", "version"]),
    (
        "/resources/0",
        &["cloud_partition", "name", "region", "type", "uid"],
    ),
    (
        "/unmapped",
        &["evaluated", "muted", "path", "recorded", "value"],
    ),
];

#[test]
fn ocsf_findings_have_what_the_class_asks_for() {
    let all = json_of(
        Settings::default(),
        &Export::Rows {
            form: Form::Ocsf,
            table: Table::Findings,
            filter: Filter::default(),
            sort: None,
            generated: GENERATED,
        },
    );
    let all = all.as_array().expect("a list");
    let failing = all
        .iter()
        .filter(|one| one["compliance"]["status_id"] == 3)
        .count();
    let report = json_of(
        Settings::default(),
        &Export::Report {
            generated: GENERATED,
        },
    );
    let expected: u64 = report["compliance"]["rules"]
        .as_array()
        .expect("rules")
        .iter()
        .map(|one| one["counts"]["noncompliant"].as_u64().expect("a count"))
        .sum();
    assert_eq!(failing as u64, expected);
    let mut uids = BTreeSet::new();
    for one in all {
        for (at, names) in OCSF {
            let value = one.pointer(at).expect(at);
            let found = value.as_object().expect("an object").keys();
            let unknown: Vec<&String> = found
                .filter(|name| !names.contains(&name.as_str()))
                .collect();
            assert!(unknown.is_empty(), "{at}: {unknown:?}");
        }
        assert_eq!(
            (&one["class_uid"], &one["category_uid"], &one["type_uid"]),
            (&json!(2003), &json!(2), &json!(200_301))
        );
        assert!(
            one["time"].is_i64()
                && one["severity_id"].is_u64()
                && one["finding_info"]["title"].is_string()
        );
        assert!(one["metadata"]["version"] == "1.3.0" && one["compliance"]["standards"].is_array());
        assert!(
            uids.insert(one["finding_info"]["uid"].as_str().expect("uid").to_owned()),
            "{one}"
        );
    }
}

/// Other tools read these: `cargo xtask test --only peer`.
#[test]
fn documents_are_left_for_the_models_of_others() {
    let folder = std::path::Path::new(env!("CARGO_TARGET_TMPDIR")).join("documents");
    std::fs::create_dir_all(&folder).expect("a folder");
    let generated = Moment::from_seconds(0);
    let ocsf = Export::Rows {
        form: Form::Ocsf,
        table: Table::Findings,
        filter: Filter::default(),
        sort: None,
        generated,
    };
    let leave = |name: &str, bytes: Vec<u8>| std::fs::write(folder.join(name), bytes);
    for masked in ["", "masked-"] {
        let mut settings = concluded();
        settings.sharing = Sharing {
            on: !masked.is_empty(),
            accounts: true,
            actors: true,
            addresses: true,
            arns: true,
            personal: true,
            ..Sharing::default()
        };
        let mut case = judged(&demo(), settings);
        for (name, export) in [
            ("results.oscal.json", &Export::Oscal { generated }),
            ("findings.ocsf.json", &ocsf),
        ] {
            let name = format!("{masked}{name}");
            leave(&name, exported(&mut case, export)).expect("a file");
        }
    }
    let mut case = judged(&demo(), concluded());
    let html = exported(
        &mut case,
        &Export::Html {
            generated: Moment::from_seconds(1_772_530_000),
        },
    );
    leave("report.html", html).expect("a file");
}

#[test]
fn oscal_has_what_the_model_asks_for() {
    let document = json_of(
        concluded(),
        &Export::Oscal {
            generated: Moment::from_seconds(0),
        },
    );
    let top = &document["assessment-results"];
    let result = &top["results"][0];
    let is_uuid = |value: &Value| {
        let text = value.as_str().unwrap_or_default();
        let lengths: Vec<usize> = text.split('-').map(str::len).collect();
        lengths == [8, 4, 4, 4, 12]
            && matches!(text.as_bytes()[14], b'4' | b'5')
            && b"89ab".contains(&text.as_bytes()[19])
    };
    assert!(is_uuid(&top["uuid"]) && is_uuid(&result["uuid"]));
    for name in ["title", "last-modified", "version", "oscal-version"] {
        assert!(top["metadata"][name].is_string(), "{name}");
    }
    assert!(top["import-ap"]["href"].is_string() && result["start"].is_string());
    let observations: BTreeSet<&str> = result["observations"]
        .as_array()
        .expect("observations")
        .iter()
        .map(|one| one["uuid"].as_str().expect("uuid"))
        .collect();
    let findings = result["findings"].as_array().expect("findings");
    let states: Vec<(&str, &str)> = findings
        .iter()
        .map(|one| {
            assert!(is_uuid(&one["uuid"]) && one["description"].is_string() && one["title"] != "");
            let related = one["related-observations"][0]["observation-uuid"]
                .as_str()
                .expect("related");
            assert!(observations.contains(related));
            (
                one["target"]["target-id"].as_str().expect("target"),
                one["target"]["status"]["state"].as_str().expect("state"),
            )
        })
        .collect();
    // What is only proposed to be met satisfies nothing.
    assert!(
        states.contains(&("_7.1_a_", "satisfied"))
            && states.contains(&("LOG-VALIDATION", "not-satisfied"))
    );
    assert!(
        !states
            .iter()
            .any(|(id, _)| *id == "FILE-HASHES" || *id == "open"),
        "{states:?}"
    );
    let resources = top["back-matter"]["resources"]
        .as_array()
        .expect("resources");
    assert!(resources.iter().all(|one| is_uuid(&one["uuid"])));
    assert!(
        resources
            .iter()
            .any(|one| one["rlinks"][0]["hashes"][0]["algorithm"] == "SHA-256")
    );
    // What is referred to is there, and evidence that is not is told.
    let text = document.to_string();
    for href in text.split("\"href\":\"#").skip(1) {
        let named = href.split('"').next().expect("an end");
        assert!(resources.iter().any(|one| one["uuid"] == named), "{named}");
    }
    assert_eq!(text.matches("not in the evidence now").count(), 1);
}

#[test]
fn what_covers_less_than_the_period_is_not_met() {
    let fixture = support::files_below(std::path::Path::new(concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/tests/evidence/complete/evidence"
    )));
    let status = |settings: Settings| {
        let mut case = judged(&fixture, settings);
        let report: Value = serde_json::from_slice(&exported(
            &mut case,
            &Export::Report {
                generated: GENERATED,
            },
        ))
        .expect("JSON");
        let all = report["audit"]["controls"]
            .as_array()
            .expect("controls")
            .clone();
        let own = all
            .iter()
            .find(|one| one["id"] == "LOG-VALIDATION")
            .expect("the check");
        own["status"].as_str().expect("status").to_owned()
    };
    assert_eq!(status(Settings::default()), "notTested");
    let case = judged(&fixture, Settings::default());
    let keys = case.holdings().keys.iter().map(|key| key.sum.to_string());
    let keys: Vec<String> = keys.collect();
    // One key that nobody confirmed could have signed everything.
    let one = Settings {
        confirmed_keys: keys[..1].to_vec(),
        ..Settings::default()
    };
    assert_eq!(status(one), "notTested");
    let confirmed = Settings {
        confirmed_keys: keys,
        ..Settings::default()
    };
    // Nothing covers a period that nobody stated.
    assert_eq!(status(confirmed.clone()), "notTested");
    let found = &case.judgement().verdict.found;
    let mut whole = confirmed;
    (whole.audit.from, whole.audit.to) = (found.from, found.to);
    assert_eq!(status(whole.clone()), "met");
    let mut longer = whole;
    longer.audit.from = Moment::parse("2000-01-01T00:00:00Z");
    assert_eq!(status(longer), "notTested");
}
