//! An audit from beginning to end: an artifact corrected, a population sampled, tickets matched, documents masked,
//! the case saved, and found equal or not beside the evidence.

use std::fs;
use std::time::Duration;

use anyhow::{Context, Result, ensure};
use serde_json::{Value, json};

use super::page::key;
use super::{Page, Stage, Test};

pub(super) const TESTS: &[Test] = &[
    Test {
        name: "an_audit_from_artifacts_to_samples_comes_back_equal",
        run: audit,
    },
    Test {
        name: "change_tickets_are_matched_and_mapped_by_hand",
        run: tickets,
    },
    Test {
        name: "masked_documents_hold_none_of_what_is_masked",
        run: masked,
    },
    Test {
        name: "nothing_is_stored_unless_it_is_turned_on",
        run: stored,
    },
    Test {
        name: "a_case_with_its_evidence_opens_again",
        run: bundle,
    },
];

const WAIT: Duration = Duration::from_secs(15);

/// Opens a part of the report view.
fn part(page: &Page, name: &str) -> Result<()> {
    page.click("nav-report")?;
    page.click_text("nav.tabs a", name)
}

/// Ticks a box.
fn tick(page: &Page, testid: &str) -> Result<()> {
    page.click(testid)?;
    page.wait_for(&format!("{testid} to be ticked"), WAIT, || {
        let ticked = page.session().run(
            "const box = document.querySelector(`[data-testid=${arguments[0]}]`); return !!box && box.checked;",
            &[testid.into()],
        )?;
        Ok(ticked == true)
    })
}

fn audit(stage: &Stage) -> Result<()> {
    let page = stage.open()?;
    let folder = stage.scratch()?.join("evidence");
    fs::create_dir_all(&folder)?;
    fs::write(folder.join("log.json"), CALLS)?;
    fs::write(
        folder.join("AWS_SOC_2_Report.pdf"),
        b"%PDF-1.4\nnothing to read\n%%EOF\n",
    )?;
    fs::write(
        folder.join("notes.txt"),
        "Nothing of note stands in this file.\n",
    )?;
    page.drop_folder(&folder)?;
    page.wait_ready(3)?;
    // The artifact is known by its name alone; the auditor says what it covers.
    page.click("nav-artifacts")?;
    page.click_text(".rows .row", "its name alone")?;
    page.click("correct")?;
    page.fill("artifact-from", "2025-10-01")?;
    page.fill("artifact-to", "2026-09-30")?;
    page.fill("artifact-nda-by", "Ada")?;
    page.fill("artifact-nda-at", "2026-01-02")?;
    page.click("artifact-save")?;
    page.click_text(".rows .row", "by hand")?;
    page.session().press(&[], key::ESCAPE)?;
    // A query on events is frozen, and a sample drawn of it.
    page.click("nav-activity")?;
    page.fill("query", "access:write")?;
    page.wait_for("the query", WAIT, || {
        Ok(page.attr("event-count", "data-count")?.as_deref() == Some("4"))
    })?;
    page.click("freeze")?;
    page.click_text(".toasts", "Frozen as")?;
    part(page, "Samples")?;
    page.wait_for("the population to hold", WAIT, || {
        Ok(page.attr("population", "data-holds")?.as_deref() == Some("true"))
    })?;
    page.fill("sample-seed", "20260301")?;
    page.fill("sample-size", "2")?;
    page.click("draw-sample")?;
    page.wait_shown("checklist", true)?;
    page.pick("item-result", "exception")?;
    page.click_text(".checklist p", "1 exceptions")?;
    page.session().run("const note = document.querySelector('[data-testid=item-note]'); note.value = 'nobody knows of it'; note.dispatchEvent(new Event('change', { bubbles: true }));", &[])?;
    // A control of the evidence itself is concluded upon the population.
    page.click("add-to-control")?;
    page.pick("link-control", "FILE-HASHES")?;
    page.click("link-save")?;
    page.click_text("nav.tabs a", "Controls")?;
    page.click_text(".rows .row", "FILE-HASHES")?;
    page.pick("control-status", "met")?;
    page.fill("control-by", "Ada")?;
    page.click("control-save")?;
    page.click_text(".rows .row", "Ada")?;
    page.session().press(&[], key::ESCAPE)?;
    let before = page.report()?;
    let sample = &before["audit"]["populations"][0]["samples"][0];
    ensure!(
        sample["items"].as_array().map(Vec::len) == Some(2)
            && sample["items"][0]["result"] == "exception"
            && sample["items"][0]["note"] == "nobody knows of it",
        "{sample}"
    );
    let control = before["audit"]["controls"]
        .as_array()
        .and_then(|all| all.iter().find(|one| one["id"] == "FILE-HASHES"))
        .context("no control")?;
    ensure!(
        control["status"] == "met" && control["confirmed"] == true && control["by"] == "Ada",
        "{control}"
    );
    ensure!(
        control["evidence"]
            .to_string()
            .contains("Population events 1"),
        "{control}"
    );
    ensure!(
        before["artifacts"][0]["nda"]["acceptedBy"] == "Ada",
        "{}",
        before["artifacts"]
    );
    // What was done is written down.
    part(page, "What was done")?;
    for words in [
        "Population frozen",
        "Sample drawn",
        "Control concluded",
        "Artifact corrected",
        "Document handed over",
        "Evidence added",
    ] {
        page.click_text(".rows .row", words)?;
    }
    page.session().press(&[], key::ESCAPE)?;
    page.click_text("nav.tabs a", "Hand over")?;
    let file = stage.scratch()?.join("case.exhibit.json");
    fs::write(&file, page.download("export-case")?)?;
    // The page is closed and opened: with the same evidence the case is the same.
    reopen(page, &folder, 3, &file)?;
    let after = page.report()?;
    let timeless = |report: &Value| {
        let mut report = report.clone();
        report["generatedAt"] = Value::Null;
        report
    };
    ensure!(
        timeless(&before) == timeless(&after),
        "the report is another one"
    );
    part(page, "Samples")?;
    page.wait_for("the population to hold", WAIT, || {
        Ok(page.attr("population", "data-holds")?.as_deref() == Some("true"))
    })?;
    part(page, "Hand over")?;
    page.wait_for("the hashes to hold", WAIT, || {
        Ok(page.attr("recheck", "data-holds")?.as_deref() == Some("true"))
    })?;
    // One byte of it is another: the file is named, and the population is another one.
    fs::write(
        folder.join("log.json"),
        CALLS.replacen("sg-0001", "sg-0009", 1),
    )?;
    reopen(page, &folder, 3, &file)?;
    part(page, "Hand over")?;
    // Where no folder can be chosen, its archive is a file that changed too.
    let changed = match page.session().engine().takes_folders {
        true => "Changed: 1",
        false => "Changed: 2",
    };
    page.wait_for("the change to be named", WAIT, || {
        let told = page.text("recheck").unwrap_or_default();
        Ok(
            page.attr("recheck", "data-holds")?.as_deref() == Some("false")
                && told.contains(changed)
                && told.contains("log.json"),
        )
    })?;
    part(page, "Samples")?;
    page.wait_for("the population to differ", WAIT, || {
        Ok(page.attr("population", "data-holds")?.as_deref() == Some("false"))
    })?;
    stage.expect_quiet_console()
}

/// Loads the page anew, drops the evidence, and opens the file of a case.
fn reopen(
    page: &Page,
    folder: &std::path::Path,
    files: usize,
    case: &std::path::Path,
) -> Result<()> {
    page.reload()?;
    page.wait_state("empty")?;
    page.drop_folder(folder)?;
    page.wait_ready(files)?;
    page.choose("input#settings-file", &case.to_string_lossy())?;
    page.wait_for("the case", WAIT, || {
        Ok(page.report()?["audit"]["populations"][0]["name"] == "events 1")
    })
}

fn tickets(stage: &Stage) -> Result<()> {
    let page = stage.open()?;
    let folder = stage.scratch()?.join("evidence");
    fs::create_dir_all(&folder)?;
    fs::write(folder.join("log.json"), CALLS)?;
    fs::write(folder.join("tickets.csv"), TICKETS)?;
    fs::write(
        folder.join("liste.csv"),
        "Kennung;Beginn;Ende;Objekt\nA-1;2026-03-05 10:00;2026-03-05 11:00;sg-0002\n",
    )?;
    page.drop_folder(&folder)?;
    page.wait_ready(3)?;
    part(page, "Changes")?;
    let unapproved = |count: &str| {
        page.wait_for(&format!("{count} unapproved"), WAIT, || {
            Ok(page.attr("changes", "data-unapproved")?.as_deref() == Some(count))
        })
    };
    unapproved("3")?;
    page.click_text("details.sheet summary", "liste.csv")?;
    // Columns that no heading tells are mapped by hand, with the zone of their times.
    for (hook, heading) in [
        ("ticket-id", "Kennung"),
        ("ticket-start", "Beginn"),
        ("ticket-end", "Ende"),
        ("ticket-resource", "Objekt"),
    ] {
        page.pick(hook, heading)?;
    }
    page.fill("ticket-hours", "1")?;
    page.click("tickets-save")?;
    unapproved("2")?;
    page.click_text(".rows .row", "DeleteTrail")?;
    let report = page.report()?;
    ensure!(
        report["audit"]["changes"]
            == json!({ "tickets": 3, "unapproved": 2, "timeOnly": 0, "partly": 0, "approved": 2,
                "mappedByHand": ["evidence/liste.csv"], "withoutState": ["evidence/liste.csv"] }),
        "{}",
        report["audit"]["changes"]
    );
    Ok(())
}

fn masked(stage: &Stage) -> Result<()> {
    let page = stage.open()?;
    page.click("load-demo")?;
    page.wait_ready(1)?;
    page.click("nav-evidence")?;
    let before = String::from_utf8(page.download("export-csv")?)?;
    ensure!(
        before.contains("111122223333"),
        "the demo has no such account"
    );
    page.click("nav-report")?;
    for choice in [
        "mask-on",
        "mask-accounts",
        "mask-actors",
        "mask-addresses",
        "mask-arns",
        "mask-personal",
    ] {
        tick(page, choice)?;
    }
    page.wait_for("the preview", WAIT, || {
        Ok(page
            .text("mask-preview")
            .unwrap_or_default()
            .contains("account-"))
    })?;
    let report = String::from_utf8(page.download("export-report-json")?)?;
    let mut documents = vec![("report.json", report)];
    for export in ["export-report-html", "export-ocsf", "export-oscal"] {
        documents.push((export, String::from_utf8(page.download(export)?)?));
    }
    page.click("nav-evidence")?;
    documents.push((
        "files.csv",
        String::from_utf8(page.download("export-csv")?)?,
    ));
    page.click("nav-activity")?;
    documents.push((
        "events.csv",
        String::from_utf8(page.download("export-csv")?)?,
    ));
    for (name, text) in &documents {
        for value in [
            "111122223333",
            "203.0.113.",
            "198.51.100.",
            "arn:aws",
            "user/alice",
            // Secrets are shown by their first four signs.
            "AKIAQ",
        ] {
            ensure!(!text.contains(value), "{name} holds {value}");
        }
        ensure!(
            *name == "export-oscal" || text.contains("account-"),
            "{name} holds no pseudonym"
        );
    }
    stage.expect_quiet_console()
}

fn stored(stage: &Stage) -> Result<()> {
    let page = stage.open()?;
    let kept = || -> Result<u64> {
        let count = page
            .session()
            .run("return localStorage.length + sessionStorage.length", &[])?;
        count.as_u64().context("no number")
    };
    let theme = || {
        page.session().run(
            "return document.documentElement.getAttribute('data-theme')",
            &[],
        )
    };
    page.session().press(&[], "t")?;
    let chosen = theme()?;
    ensure!(
        chosen.is_string() && kept()? == 0,
        "the theme is stored unasked"
    );
    page.reload()?;
    page.wait_state("empty")?;
    ensure!(theme()?.is_null(), "the theme was remembered");
    page.session().press(&[], "t")?;
    page.click("load-demo")?;
    page.wait_ready(1)?;
    part(page, "Custody")?;
    page.click("keep")?;
    page.wait_for("it to be kept", WAIT, || Ok(kept()? > 0))?;
    page.click_text("nav.tabs a", "Hand over")?;
    page.fill("audit-by", "Ada")?;
    page.click("audit-save")?;
    let text = page
        .session()
        .run("return Object.values(localStorage).join('\\n')", &[])?;
    ensure!(
        !text.to_string().contains("demo.tar.gz/"),
        "evidence is stored"
    );
    page.reload()?;
    page.wait_state("empty")?;
    page.click("nav-report")?;
    page.wait_shown("audit-by", true)?;
    let by = page.session().run(
        "return document.querySelector('[data-testid=audit-by]').value",
        &[],
    )?;
    ensure!(
        by == "Ada" && theme()? == chosen,
        "settings did not come back: {by}"
    );
    // Forgetting forgets that too.
    page.click("clear-case")?;
    page.wait_for("all to be forgotten", WAIT, || Ok(kept()? == 0))?;
    stage.expect_quiet_console()
}

fn bundle(stage: &Stage) -> Result<()> {
    let page = stage.open()?;
    let folder = stage.scratch()?.join("evidence");
    fs::create_dir_all(&folder)?;
    fs::write(folder.join("log.json"), CALLS)?;
    fs::write(
        folder.join("notes.txt"),
        "Nothing of note stands in this file.\n",
    )?;
    page.drop_folder(&folder)?;
    page.wait_ready(2)?;
    page.click("nav-report")?;
    page.fill("audit-by", "Ada")?;
    page.click("audit-save")?;
    page.click_text("nav.tabs a", "Custody")?;
    let bytes = page.download("save-bundle")?;
    let file = stage.scratch()?.join("case.exhibit.tar");
    fs::write(&file, &bytes)?;
    let mut archive = tar::Archive::new(bytes.as_slice());
    let mut paths: Vec<String> = archive
        .entries()?
        .map(|entry| Ok(entry?.path()?.to_string_lossy().into_owned()))
        .collect::<Result<_>>()?;
    // A folder is listed in the order of its system.
    paths.sort();
    let expected: &[&str] = match page.session().engine().takes_folders {
        true => &[
            "case.exhibit.json",
            "evidence/evidence/log.json",
            "evidence/evidence/notes.txt",
        ],
        false => &["case.exhibit.json", "evidence/folder.zip"],
    };
    ensure!(paths == expected, "{paths:?}");
    page.reload()?;
    page.wait_state("empty")?;
    page.drop_files(&[file])?;
    page.wait_ready(4)?;
    part(page, "Custody")?;
    page.click("take-up")?;
    page.click_text("nav.tabs a", "Hand over")?;
    page.wait_for("the hashes to hold", WAIT, || {
        Ok(page.attr("recheck", "data-holds")?.as_deref() == Some("true"))
    })?;
    ensure!(
        page.report()?["audit"]["preparedBy"] == "Ada",
        "the case did not come back"
    );
    stage.expect_quiet_console()
}

const TICKETS: &str = "Number,State,Planned start date,Planned end date,Assigned to,Configuration item\nCHG1,Approved,2026-03-01 02:00:00,2026-03-01 04:00:00,alice,sg-0001\nCHG2,Approved,2026-04-01,2026-04-02,alice,\n";

const CALLS: &str = r#"{"Records":[
{"eventVersion":"1.09","eventID":"00000000-0000-4000-8000-000000000001","eventTime":"2026-03-01T02:30:00Z","eventName":"AuthorizeSecurityGroupIngress","eventSource":"ec2.amazonaws.com","awsRegion":"us-east-1","recipientAccountId":"111122223333","readOnly":false,"userIdentity":{"type":"IAMUser","arn":"arn:aws:iam::111122223333:user/alice","userName":"alice"},"requestParameters":{"groupId":"sg-0001"}},
{"eventVersion":"1.09","eventID":"00000000-0000-4000-8000-000000000002","eventTime":"2026-03-05T09:30:00Z","eventName":"AuthorizeSecurityGroupIngress","eventSource":"ec2.amazonaws.com","awsRegion":"us-east-1","recipientAccountId":"111122223333","readOnly":false,"userIdentity":{"type":"IAMUser","arn":"arn:aws:iam::111122223333:user/bob","userName":"bob"},"requestParameters":{"groupId":"sg-0002"}},
{"eventVersion":"1.09","eventID":"00000000-0000-4000-8000-000000000003","eventTime":"2026-03-06T09:00:00Z","eventName":"DeleteTrail","eventSource":"cloudtrail.amazonaws.com","awsRegion":"us-east-1","recipientAccountId":"111122223333","readOnly":false,"userIdentity":{"type":"IAMUser","arn":"arn:aws:iam::111122223333:user/alice","userName":"alice"}},
{"eventVersion":"1.09","eventID":"00000000-0000-4000-8000-000000000004","eventTime":"2026-03-07T09:00:00Z","eventName":"StopLogging","eventSource":"cloudtrail.amazonaws.com","awsRegion":"us-east-1","recipientAccountId":"111122223333","readOnly":false,"userIdentity":{"type":"IAMUser","arn":"arn:aws:iam::111122223333:user/alice","userName":"alice"}},
{"eventVersion":"1.09","eventID":"00000000-0000-4000-8000-000000000005","eventTime":"2026-03-01T02:31:00Z","eventName":"DescribeInstances","eventSource":"ec2.amazonaws.com","awsRegion":"us-east-1","recipientAccountId":"111122223333","readOnly":true,"userIdentity":{"type":"IAMUser","arn":"arn:aws:iam::111122223333:user/alice","userName":"alice"}}
]}"#;
