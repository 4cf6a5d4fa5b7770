//! Evidence that deceives, and a machine that fails: what is shown is text, what is lost is said, the rest goes on.

use std::fs;
use std::io::Write as _;
use std::time::Duration;

use anyhow::{Context, Result, ensure};
use serde_json::{Value, json};

use super::{Page, Stage, Test, VIEWS, key};
use crate::shell;

pub(super) const TESTS: &[Test] = &[
    Test {
        name: "hostile_text_is_shown_as_text",
        run: hostile_text,
    },
    Test {
        name: "cancel_at_once_leaves_a_usable_case",
        run: cancel_at_once,
    },
];

/// Whose files must be read one by one, from a folder.
pub(super) const FOLDER_TESTS: &[Test] = &[Test {
    name: "files_that_go_while_they_are_read_are_unread",
    run: files_go,
}];

/// Texts that would do something if they were anything but text.
const EVIL: &[&str] = &[
    "<img src=x onerror=\"window.reached=1\">",
    "<script>window.reached=1</script>",
    "\"><svg onload=\"window.reached=1\">",
    "javascript:window.reached=1",
    "{{constructor.constructor('window.reached=1')()}}",
    "a\u{202e}gnp.exe\u{2066}\u{200b}",
    "\u{0}\u{1b}[31mred\u{7}",
    "=HYPERLINK(\"http:x\")",
];

/// Counts what no text of the evidence may have become.
const FOUND: &str = "
const bad = document.querySelectorAll('img, svg [onload], [onerror], [onload], iframe, object, embed, a[href^=javascript]');
return [window.reached ?? 0, bad.length, document.querySelectorAll('script').length];";

/// Signs that hide or turn text around, in any text, title or label of the page.
const HIDDEN: &str = r"
const hides = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u009f\u200b\u200e\u200f\u202a-\u202e\u2066-\u2069]/;
const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
const found = [];
while (walker.nextNode()) if (hides.test(walker.currentNode.data)) found.push(walker.currentNode.parentElement.outerHTML.slice(0, 200));
for (const one of document.querySelectorAll('[title], [aria-label]')) if (hides.test(one.title + one.ariaLabel)) found.push('title ' + one.outerHTML.slice(0, 200));
return found;";

fn hostile_text(stage: &Stage) -> Result<()> {
    let folder = stage.scratch()?.join("evil");
    fs::create_dir_all(&folder)?;
    let records: Vec<Value> = EVIL
        .iter()
        .map(|text| {
            json!({ "eventID": text, "eventName": text, "eventSource": text, "awsRegion": text, "userAgent": text,
                "errorCode": text, "errorMessage": text, "sourceIPAddress": text, "eventTime": "2026-03-01T08:20:00Z",
                "recipientAccountId": text, "userIdentity": { "type": text, "arn": text, "userName": text, "principalId": text },
                "requestParameters": { "name": text, text.to_owned(): text } })
        })
        .collect();
    fs::write(
        folder.join("events.json"),
        json!({ "Records": records }).to_string(),
    )?;
    let digest = json!({ "awsAccountId": EVIL[0], "digestStartTime": "2026-03-01T00:00:00Z", "digestEndTime": "2026-03-01T01:00:00Z",
        "digestS3Bucket": EVIL[1], "digestS3Object": EVIL[5], "digestPublicKeyFingerprint": EVIL[2], "previousDigestSignature": EVIL[0],
        "logFiles": [{ "s3Bucket": EVIL[0], "s3Object": EVIL[1], "hashValue": EVIL[2] }] });
    fs::write(folder.join("digest.json"), digest.to_string())?;
    fs::write(
        folder.join("broken.json"),
        format!("{{\"Records\":[{{\"{}", EVIL[5]),
    )?;
    let items: Vec<Value> = EVIL
        .iter()
        .map(|text| {
            json!({ "awsAccountId": "111122223333", "configurationItemCaptureTime": "2026-03-01T08:20:00Z", "configurationItemStatus": "OK",
                "resourceType": "AWS::S3::Bucket", "resourceId": text, "resourceName": text, "awsRegion": text, "tags": { text.to_owned(): text },
                "configuration": { "name": text, text.to_owned(): text },
                "relationships": [{ "resourceType": "AWS::IAM::User", "resourceId": text, "name": text }] })
        })
        .collect();
    fs::write(
        folder.join("items.json"),
        json!({ "fileVersion": "1.0", "configurationItems": items }).to_string(),
    )?;
    let rules: Vec<Value> = EVIL
        .iter()
        .map(|text| {
            json!({ "ConfigRuleName": text, "ConfigRuleArn": text, "Description": text,
                "Source": { "Owner": "AWS", "SourceIdentifier": "S3_BUCKET_VERSIONING_ENABLED" }, "ConfigRuleState": "ACTIVE" })
        })
        .collect();
    fs::write(
        folder.join("rules.json"),
        json!({ "ConfigRules": rules }).to_string(),
    )?;
    let reports: Vec<Value> = EVIL
        .iter()
        .map(|text| {
            json!({ "id": text, "name": format!("SOC 2 {text}"), "state": "PUBLISHED", "series": text, "description": text,
                "companyName": text, "periodStart": "2025-04-01T00:00:00Z", "periodEnd": "2025-09-30T00:00:00Z" })
        })
        .collect();
    fs::write(
        folder.join("reports.json"),
        json!({ "reports": reports }).to_string(),
    )?;
    let quoted = |text: &str| serde_json::to_string(text).unwrap_or_default();
    let sigma: Vec<String> = EVIL
        .iter()
        .map(|text| {
            let text = quoted(text);
            format!("title: {text}\ndescription: {text}\nauthor: {text}\nlogsource:\n  product: aws\n  service: cloudtrail\ndetection:\n  selection:\n    eventName: {text}\n  condition: selection\nlevel: high\n")
        })
        .collect();
    fs::write(folder.join("sigma.yml"), sigma.join("---\n"))?;
    let tickets: Vec<String> = EVIL
        .iter()
        .map(|text| {
            format!(
                "\"{}\",2026-03-01 08:00,2026-03-01 09:00,\"{0}\",\"{0}\",Approved",
                text.replace('"', "\"\"")
            )
        })
        .collect();
    fs::write(
        folder.join("tickets.csv"),
        format!(
            "Number,Planned start date,Planned end date,Configuration item,Assigned to,State\n{}\n",
            tickets.join("\n")
        ),
    )?;
    let names = shell::root().join("tests/evidence/names-that-lie/evidence/odd.zip");

    let page = stage.open()?;
    // The page's own script stands in it before any evidence does.
    let before = page.session().run(FOUND, &[])?;
    let dropped = [
        "events.json",
        "digest.json",
        "broken.json",
        "items.json",
        "rules.json",
        "reports.json",
        "sigma.yml",
        "tickets.csv",
    ];
    let mut paths: Vec<_> = dropped.iter().map(|name| folder.join(name)).collect();
    paths.push(names);
    page.drop_files(&paths)?;
    page.wait_ready(paths.len())?;
    for view in VIEWS {
        page.click(&format!("nav-{view}"))?;
        page.wait_shown(&format!("view-{view}"), true)?;
        for part in 0..page.parts()?.max(1) {
            let name = page.open_part(part)?;
            everything_is_text(page, &format!("{view} {name}"), &before)?;
        }
    }
    page.click("nav-evidence")?;
    let text = page.text("view-evidence")?;
    ensure!(
        text.contains("[U+202E]"),
        "a sign that turns text is not shown as what it is"
    );
    ensure!(
        text.contains("<img src=x"),
        "markup is not shown as text: {text}"
    );
    let csv = String::from_utf8(page.download("export-csv")?)?;
    let cells = || csv.lines().flat_map(|line| line.split(','));
    ensure!(
        !cells().any(|cell| cell.trim_start_matches('"').starts_with(['=', '@', '+'])),
        "a formula stands in the CSV"
    );
    stage.expect_quiet_console()
}

/// Looks at a part of a view, and at the first row of its table, opened beside it.
fn everything_is_text(page: &Page, place: &str, before: &Value) -> Result<()> {
    harmless(page, place, before)?;
    let opened = page.session().run(
        "const row = document.querySelector('#row-0'); row?.click(); return !!row;",
        &[],
    )?;
    if opened == json!(true) {
        std::thread::sleep(Duration::from_millis(400));
        harmless(page, &format!("{place}, a row opened"), before)?;
        page.session().press(&[], key::ESCAPE)?;
    }
    Ok(())
}

fn harmless(page: &Page, place: &str, before: &Value) -> Result<()> {
    let found = page.session().run(FOUND, &[])?;
    ensure!(
        found == *before,
        "{place}: evidence became more than text: {found}"
    );
    let hidden = page.session().run(HIDDEN, &[])?;
    ensure!(
        hidden == json!([]),
        "{place}: signs hide in the page: {hidden}"
    );
    Ok(())
}

/// Files that are deleted or cut when they were dropped and are not read yet: each is listed and says so, none counts
/// as missing or altered, and the others are judged.
fn files_go(stage: &Stage) -> Result<()> {
    const FILES: usize = 3_000;
    let folder = stage.scratch()?.join("going");
    fs::create_dir_all(&folder)?;
    for at in 0..FILES {
        fs::write(folder.join(format!("{at:05}.json")), event(at))?;
    }
    // Large enough to be read piece by piece, and cut between two of them.
    let big = folder.join("99999.json");
    let mut file = fs::File::create(&big)?;
    file.write_all(b"[")?;
    for at in 0..100_000 {
        let comma = if at > 0 { "," } else { "" };
        write!(file, "{comma}{}", event(at).trim_matches(['[', ']']))?;
    }
    file.write_all(b"]")?;
    drop(file);

    let page = stage.open()?;
    page.drop_folder(&folder)?;
    // Not before the browser has listed them all.
    page.wait_state("reading")?;
    for at in FILES - 100..FILES {
        fs::remove_file(folder.join(format!("{at:05}.json")))?;
    }
    fs::File::options()
        .write(true)
        .open(&big)?
        .set_len(5 << 20)?;
    page.wait_ready(FILES + 1)?;
    let report = page.report()?;
    let files = report["evidence"]["files"].as_array().context("no files")?;
    ensure!(files.len() == FILES + 1, "{} files are listed", files.len());
    let gone: Vec<&Value> = files
        .iter()
        .filter(|file| file["problem"]["code"] == "unreadable")
        .collect();
    ensure!(!gone.is_empty(), "no file went before it was read");
    let told = |file: &&Value| {
        file["problem"]["recommendation"]
            .as_str()
            .is_some_and(|text| text.contains("drop it again"))
    };
    ensure!(gone.iter().all(told), "{:?}", gone.first());
    let read = files
        .iter()
        .filter(|file| file["problem"].is_null())
        .count();
    ensure!(
        read + gone.len() >= FILES,
        "{read} read, {} gone, others: {:?}",
        gone.len(),
        files
            .iter()
            .find(|file| !file["problem"].is_null() && file["problem"]["code"] != "unreadable")
    );
    // The page goes on.
    let later = stage.scratch()?.join("later.json");
    fs::write(&later, event(1))?;
    page.drop_files(&[later])?;
    page.wait_ready(FILES + 2)?;
    stage.expect_quiet_console()
}

fn event(at: usize) -> String {
    format!(
        "[{{\"eventID\":\"{at:08x}-0000-4000-8000-000000000000\",\"eventName\":\"A\",\"eventTime\":\"2024-05-01T10:00:00Z\"}}]"
    )
}

/// Cancel before anything is read, twice in a row, and after an archive was begun: the case is usable each time, and
/// nothing that was not read is called missing.
fn cancel_at_once(stage: &Stage) -> Result<()> {
    let folder = shell::root().join("tests/evidence/complete/evidence");
    let archive = stage.scratch()?.join("evidence.zip");
    crate::pack::zip(&folder, &archive)?;
    let page = stage.open()?;
    let now = "
const intake = document.querySelector('[data-testid=intake]');
window.cancelled = 0;
const watch = new MutationObserver(() => {
  const button = [...intake.querySelectorAll('button')].find((one) => one.textContent === 'Cancel');
  if (button) { watch.disconnect(); window.cancelled += 1; button.click(); }
});
watch.observe(intake, { attributes: true, childList: true, subtree: true });";
    for _ in 0..2 {
        page.session().run(now, &[])?;
        page.drop_folder(&folder)?;
        page.wait_state("ready")?;
    }
    page.session().run(now, &[])?;
    page.drop_files(&[archive])?;
    page.wait_state("ready")?;
    let report = page.report()?;
    for list in ["digests", "logs"] {
        for row in report["cloudtrail"][list].as_array().into_iter().flatten() {
            ensure!(
                row["status"] != "missing" && row["status"] != "invalid-format",
                "{row}"
            );
        }
    }
    // Dropped again and left alone, all is proven.
    page.click("nav-evidence")?;
    page.drop_folder(&folder)?;
    page.wait_for("all proven", Duration::from_secs(60), || {
        Ok(page.attr("verdict", "data-verdict")?.as_deref() == Some("verified"))
    })?;
    stage.expect_quiet_console()
}
