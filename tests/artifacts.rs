//! Reports, letters and agreements of AWS: what they cover together, and whose they are.

mod support;

use exhibit::case::{Control, Correction, Link, Settings};
use exhibit::moment::Moment;
use serde_json::{Value, json};

use support::{judged, pdf, report_of};

fn demo() -> Vec<(String, Vec<u8>)> {
    let bytes = include_bytes!("../demo/case.tar.gz").to_vec();
    vec![("demo.tar.gz".to_owned(), bytes)]
}

/// A document of AWS by its lines.
fn document(name: &str, text: &str) -> (String, Vec<u8>) {
    (name.to_owned(), pdf("", text))
}

/// What is said of the artifact of a path in an audit that ends on a day.
fn told(files: &[(String, Vec<u8>)], settings: &Settings, path: &str) -> Value {
    let report = report_of(&mut judged(files, settings.clone()));
    let all = report["artifacts"].as_array().expect("artifacts");
    let found = all.iter().find(|one| one["path"] == path);
    found.expect(path).clone()
}

/// What it is warned of.
fn warning(artifact: &Value) -> &str {
    artifact["warning"].as_str().expect("a warning")
}

fn until(day: &str) -> Settings {
    let mut settings = Settings::default();
    settings.audit.to = Moment::parse(&format!("{day}T23:59:59Z"));
    settings
}

const SOC: &str =
    "Amazon Web Services SOC 2 Type 2 Report for the period April 1, 2024 to March 31, 2025";

#[test]
fn letters_and_reports_that_follow_cover_what_a_report_does_not() {
    let letter = |name: &str, from: &str, to: &str| {
        document(
            name,
            &format!(
                "Amazon Web Services SOC Continued Operations Letter. The SOC 2 report covers the period April 1, 2024 to March 31, 2025. This letter covers the period from {from}, to {to}."
            ),
        )
    };
    let first = letter("first.pdf", "April 1, 2025", "June 30, 2025");
    let second = letter("second.pdf", "July 1, 2025", "September 30, 2025");
    let next = document(
        "next.pdf",
        "Amazon Web Services SOC 2 Type 2 Report for the period October 1, 2025 to March 31, 2026",
    );
    let soc = document("soc.pdf", SOC);
    let all = [soc, first, second, next];
    let warning = |files: &[(String, Vec<u8>)], day: &str| {
        let one = told(files, &until(day), "soc.pdf");
        one["warning"].as_str().unwrap_or_default().to_owned()
    };
    assert!(warning(&all[..1], "2025-06-30").contains("ask AWS for a bridge letter"));
    assert_eq!(warning(&all[..2], "2025-06-30"), "");
    assert!(warning(&all[..2], "2025-09-30").contains("up to 2025-06-30T23:59:59Z"));
    assert_eq!(warning(&all[..3], "2025-09-30"), "");
    assert_eq!(warning(&all, "2026-03-31"), "");
    // Without the first letter nothing joins.
    let without = [all[0].clone(), all[2].clone()];
    assert!(warning(&without, "2025-09-30").contains("ask AWS for a bridge letter"));
}

#[test]
fn an_addendum_that_begins_later_does_not_hold_yet() {
    let list = json!({ "customerAgreements": [{ "name": "AWS Business Associate Addendum", "awsAccountId": "111122223333", "state": "ACTIVE", "effectiveStart": "2026-02-01T00:00:00Z" }] });
    let files = [("agreements.json".to_owned(), list.to_string().into_bytes())];
    let state = |day: &str| told(&files, &until(day), "agreements.json");
    let early = state("2025-12-31");
    assert_eq!(early["state"], "inactive");
    assert!(warning(&early).contains("does not hold"));
    assert_eq!(state("2026-03-31")["state"], "active");
}

#[test]
fn a_report_of_another_attests_nothing_of_aws() {
    let acme = "Acme SOC 2 Type 2 Report for the period January 1, 2025 to December 31, 2025. Acme uses Amazon Web Services as subservice organization.";
    let files = [document("acme.pdf", acme), document("soc.pdf", SOC)];
    let case = judged(&files, Settings::default());
    let sum = |path: &str| {
        let mut all = case.register().files();
        all.find(|(_, file)| *file.path == *path)
            .and_then(|(_, file)| file.sum)
    };
    let mut settings = until("2025-03-31");
    settings.audit.controls.push(Control {
        id: "own".to_owned(),
        evidence: ["acme.pdf", "soc.pdf"]
            .map(|path| Link {
                path: path.to_owned(),
                sha256: sum(path),
                attestation: true,
                ..Link::default()
            })
            .to_vec(),
        ..Control::default()
    });
    let attested = |settings: &Settings| -> Vec<bool> {
        let report = report_of(&mut judged(&files, settings.clone()));
        let controls = report["audit"]["controls"].as_array().expect("controls");
        let own = controls.iter().find(|one| one["id"] == "own").expect("it");
        let evidence = own["evidence"].as_array().expect("evidence").iter();
        evidence.map(|one| one["attestation"] == true).collect()
    };
    assert_eq!(attested(&settings), [false, true]);
    let one = told(&files, &settings, "acme.pdf");
    assert_eq!(one["issuer"], "another company");
    assert!(warning(&one).contains("does not attest"));
    // A person may say so of a report whose text does not tell.
    settings.audit.artifacts.push(Correction {
        file: sum("soc.pdf"),
        issuer: Some("Acme".to_owned()),
        ..Correction::default()
    });
    assert_eq!(attested(&settings), [false, false]);
}

#[test]
fn that_an_artifact_ends_soon_does_not_hide_what_it_covers() {
    let mut settings = Settings::default();
    let moment = |text: &str| Moment::parse(text);
    settings.audit.to = moment("2024-02-01T00:00:00Z");
    let mut warning = |expires: &str| {
        let case = judged(&demo(), Settings::default());
        let mut files = case.register().files();
        let soc = files.find(|(_, file)| file.path.ends_with("soc2.pdf"));
        settings.audit.artifacts = vec![Correction {
            file: soc.and_then(|(_, file)| file.sum),
            title: "Corrected".to_owned(),
            program: "SOC 2".to_owned(),
            to: moment("2024-01-01T00:00:00Z"),
            expires: moment(expires),
            ..Correction::default()
        }];
        let report = report_of(&mut judged(&demo(), settings.clone()));
        let all = report["artifacts"].as_array().expect("artifacts");
        let own = all.iter().find(|one| one["title"] == "Corrected");
        let own = own.expect("the artifact")["warning"].as_str();
        own.unwrap_or_default().to_owned()
    };
    for (expires, word) in [
        ("2024-01-15T00:00:00Z", "It ended"),
        ("2024-03-01T00:00:00Z", "within 60 days"),
    ] {
        let all = warning(expires);
        assert!(all.contains(word) && all.contains("bridge letter"), "{all}");
    }
    let later = warning("2024-06-01T00:00:00Z");
    assert!(
        !later.contains("ended") && !later.contains("60 days") && later.contains("bridge letter"),
        "{later}"
    );
}

#[test]
fn a_correction_counts_and_comes_back_from_its_file() {
    let files = demo();
    let mut case = judged(&files, Settings::default());
    let report = report_of(&mut case);
    let iso = report["artifacts"]
        .as_array()
        .expect("artifacts")
        .iter()
        .find(|one| one["program"] == "ISO 27001")
        .expect("ISO");
    let sum = serde_json::from_value(iso["sha256"].clone());
    let mut settings = Settings::default();
    settings.audit.artifacts.push(Correction {
        file: sum.ok(),
        title: "Corrected".to_owned(),
        program: "ISO 9001".to_owned(),
        accepted_by: "Ada".to_owned(),
        state: "unknown".to_owned(),
        ..Correction::default()
    });
    let text = exhibit::case::saved::write(&settings, Vec::new());
    let (again, _) = exhibit::case::saved::parse(text.as_bytes()).expect("the file");
    assert_eq!(again, settings);
    let report = report_of(&mut judged(&files, again));
    let own = report["artifacts"]
        .as_array()
        .expect("artifacts")
        .iter()
        .find(|one| one["title"] == "Corrected")
        .expect("corrected");
    assert_eq!(
        (
            own["program"].as_str(),
            own["nda"]["acceptedBy"].as_str(),
            own["knownBy"].as_str()
        ),
        (Some("ISO 9001"), Some("Ada"), Some("a correction by hand"))
    );
}
