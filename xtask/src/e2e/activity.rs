//! Activity: a query is typed, its count read, a record opened, a role followed, the timeline zoomed by
//! keys, the rows exported; and the address brings back the same view.

use std::fs;
use std::time::Duration;

use anyhow::{Context, Result, ensure};
use serde_json::json;

use super::page::key;
use super::{Page, Stage, Test};

pub(super) const TESTS: &[Test] = &[
    Test {
        name: "a_query_is_answered_as_it_is_typed",
        run: query_is_answered,
    },
    Test {
        name: "a_record_opens_and_its_role_is_followed",
        run: record_opens_and_role_is_followed,
    },
    Test {
        name: "timeline_zooms_by_keys",
        run: timeline_zooms_by_keys,
    },
    Test {
        name: "export_has_the_rows_of_the_query",
        run: export_has_the_rows,
    },
    Test {
        name: "records_are_searched_and_exported",
        run: records_are_searched_and_exported,
    },
    Test {
        name: "records_in_another_order_are_copies",
        run: order_makes_no_conflict,
    },
    Test {
        name: "address_brings_the_view_back",
        run: address_brings_the_view_back,
    },
    Test {
        name: "saved_views_come_back_from_their_file",
        run: saved_views_come_back,
    },
];

pub(super) const WAIT: Duration = Duration::from_secs(10);

/// Events of two users and a role, one of them a record that a spreadsheet would take for a formula.
pub(super) fn drop_events(stage: &Stage) -> Result<&Page> {
    let event = |id: u32,
                 name: &str,
                 minute: u32,
                 identity: serde_json::Value,
                 request: serde_json::Value,
                 response: serde_json::Value| {
        json!({
            "eventID": format!("{id:08x}-0000-4000-8000-000000000000"), "eventName": name, "eventSource": "sts.amazonaws.com",
            "eventTime": format!("2024-05-01T10:{minute:02}:00Z"), "awsRegion": "us-east-1", "recipientAccountId": "111122223333",
            "sourceIPAddress": format!("203.0.113.{id}"), "userAgent": "=cmd()", "userIdentity": identity,
            "requestParameters": request, "responseElements": response,
        })
    };
    let user = |name: &str| json!({ "type": "IAMUser", "userName": name, "arn": format!("arn:aws:iam::111122223333:user/{name}"), "accessKeyId": "AKIA1" });
    let role = json!({
        "type": "AssumedRole", "arn": "arn:aws:sts::111122223333:assumed-role/admin/nightly", "accessKeyId": "ASIA9",
        "sessionContext": { "sessionIssuer": { "userName": "admin" } },
    });
    let assume =
        json!({ "roleArn": "arn:aws:iam::111122223333:role/admin", "roleSessionName": "nightly" });
    let issued = json!({ "credentials": { "accessKeyId": "ASIA9" } });
    let mut events = vec![
        event(1, "AssumeRole", 0, user("alice"), assume, issued),
        event(
            2,
            "DeleteTrail",
            5,
            role,
            json!({ "name": "main" }),
            json!(null),
        ),
    ];
    events.extend((3..9).map(|id| {
        event(
            id,
            "GetCallerIdentity",
            id * 5,
            user("bob"),
            json!(null),
            json!(null),
        )
    }));
    let path = stage.scratch()?.join("events.json");
    fs::write(&path, serde_json::to_vec(&events)?)?;
    let page = stage.open()?;
    page.drop_files(&[path])?;
    page.wait_ready(1)?;
    page.click("nav-activity")?;
    wait_count(page, 8)?;
    Ok(page)
}

pub(super) fn wait_count(page: &Page, count: usize) -> Result<()> {
    page.wait_for(&format!("{count} events"), WAIT, || {
        let shown = page.attr("event-count", "data-count")?;
        Ok(shown.as_deref() == Some(&count.to_string()))
    })
}

/// Empties the query and types another.
pub(super) fn ask(page: &Page, query: &str) -> Result<()> {
    page.wait_shown("query", true)?;
    let input = page.session().find("[data-testid=query]")?;
    page.session().run(
        "const field = document.querySelector('[data-testid=query]'); field.value = ''; field.dispatchEvent(new InputEvent('input', { bubbles: true }));",
        &[],
    )?;
    page.session().type_into(&input, query)
}

fn query_is_answered(stage: &Stage) -> Result<()> {
    let page = drop_events(stage)?;
    for (query, count) in [
        ("user:alice", 1),
        ("-user:bob", 2),
        ("name:(AssumeRole OR DeleteTrail)", 2),
        ("ip:203.0.113.0/30 since:2024-05-01T10:05Z", 2),
        ("proven:yes", 0),
        ("nightly", 2),
        ("", 8),
    ] {
        ask(page, query)?;
        wait_count(page, count).with_context(|| format!("the query {query:?}"))?;
    }
    // What cannot be understood is kept, and said.
    ask(page, "user:alice mfa:perhaps")?;
    page.wait_for("the error", WAIT, || {
        Ok(page
            .text("view-activity")?
            .contains("perhaps is no value of this field"))
    })?;
    let kept = page.session().run(
        "return document.querySelector('[data-testid=query]').value",
        &[],
    )?;
    ensure!(kept == "user:alice mfa:perhaps", "the query is {kept}");
    // Nothing proves these events, so nothing can be concluded from an empty answer.
    ask(page, "name:StopLogging")?;
    wait_count(page, 0)?;
    page.wait_for("the meaning", WAIT, || {
        Ok(page.text("view-activity")?.contains("It cannot be told"))
    })?;
    stage.expect_quiet_console()
}

fn record_opens_and_role_is_followed(stage: &Stage) -> Result<()> {
    let page = drop_events(stage)?;
    ask(page, "name:DeleteTrail")?;
    wait_count(page, 1)?;
    page.rest()?;
    page.session()
        .run("document.querySelector('#row-0').click()", &[])?;
    page.wait_for("the record", WAIT, || {
        Ok(page.shows("inspector")? && page.text("inspector")?.contains("SHA-256 that was judged"))
    })?;
    let words = page.text("inspector")?;
    ensure!(
        words.contains("roleSessionName") || words.contains("assumed-role/admin/nightly"),
        "the record shows {words:?}"
    );
    // Who assumed the role is told at once; the call that did it opens.
    ensure!(words.contains("Assumed by"), "the record shows {words:?}");
    page.click_text(
        "[data-testid=inspector] button",
        "Assumed by arn:aws:iam::111122223333:user/alice",
    )?;
    page.wait_for("the call that issued the session", WAIT, || {
        Ok(page.text("inspector")?.contains("AssumeRole"))
    })?;
    page.session()
        .run("document.querySelector('#row-0').click()", &[])?;
    page.wait_for("the record again", WAIT, || {
        Ok(page.text("inspector")?.contains("DeleteTrail"))
    })?;
    page.session().run(
        "[...document.querySelectorAll('[data-testid=inspector] a')].find((a) => a.textContent === 'Who assumed this role').click()",
        &[],
    )?;
    wait_count(page, 1)?;
    page.wait_for("who assumed it", WAIT, || {
        Ok(page.text("view-activity")?.contains("user/alice"))
    })?;
    stage.expect_quiet_console()
}

fn timeline_zooms_by_keys(stage: &Stage) -> Result<()> {
    let page = drop_events(stage)?;
    let shown = || -> Result<(Option<String>, Option<String>)> {
        Ok((
            page.attr("timeline", "data-from")?,
            page.attr("timeline", "data-to")?,
        ))
    };
    let all = shown()?;
    page.session().run(
        "document.querySelector('[data-testid=timeline]').focus()",
        &[],
    )?;
    page.session().press(&[], "+")?;
    page.wait_for("a shorter time", WAIT, || Ok(shown()? != all))?;
    let near = shown()?;
    ensure!(near.0 > all.0 && near.1 < all.1, "{all:?} became {near:?}");
    page.session().press(&[], "0")?;
    page.wait_for("all of the time", WAIT, || Ok(shown()? == all))?;
    page.session().press(&[], "+")?;
    page.wait_for("a shorter time again", WAIT, || Ok(shown()? == near))?;
    page.session().press(&[], key::ENTER)?;
    page.wait_for("fewer events", WAIT, || {
        let count = page.attr("event-count", "data-count")?;
        Ok(count
            .and_then(|count| count.parse::<u32>().ok())
            .is_some_and(|count| count > 0 && count < 8))
    })?;
    stage.expect_quiet_console()
}

/// What a tool wrote out with its fields in order is compared by content before the evidence is called judged.
fn order_makes_no_conflict(stage: &Stage) -> Result<()> {
    let page = stage.open()?;
    let record = |id: u32, rest: &str| {
        format!(
            r#"{{"eventVersion":"1.08","eventID":"{id:08x}-0000-4000-8000-000000000000","eventTime":"2024-05-01T10:00:00Z","eventSource":"x.amazonaws.com",{rest}}}"#
        )
    };
    let sorted = |id: u32, rest: &str| {
        format!(
            r#"{{{rest},"eventID":"{id:08x}-0000-4000-8000-000000000000","eventTime":"2024-05-01T10:00:00Z","eventSource":"x.amazonaws.com","eventVersion":"1.08"}}"#
        )
    };
    let request = r#""eventName":"A","requestParameters":{"b":1,"a":[{"d":2,"c":3}]}"#;
    let same = r#""eventName":"A","requestParameters":{"a":[{"c":3,"d":2}],"b":1}"#;
    let other = r#""eventName":"A","requestParameters":{"a":[{"c":3,"d":2}],"b":2}"#;
    let folder = stage.scratch()?;
    let files = [
        ("one.jsonl", [record(1, request), record(2, request)]),
        ("two.jsonl", [sorted(1, same), sorted(2, other)]),
    ];
    let mut paths = Vec::new();
    for (name, records) in files {
        let path = folder.join(name);
        fs::write(&path, records.join("\n"))?;
        paths.push(path);
    }
    page.drop_files(&paths)?;
    page.wait_ready(2)?;
    page.click("nav-activity")?;
    wait_count(page, 3)?;
    ask(page, "conflict:yes")?;
    wait_count(page, 2)?;
    stage.expect_quiet_console()
}

fn export_has_the_rows(stage: &Stage) -> Result<()> {
    let page = drop_events(stage)?;
    ask(page, "user:bob")?;
    wait_count(page, 6)?;
    page.rest()?;
    let csv = String::from_utf8(page.download("export-csv")?)?;
    let lines: Vec<&str> = csv.trim_end().lines().collect();
    ensure!(lines.len() == 7, "{} lines:\n{csv}", lines.len());
    ensure!(
        lines
            .iter()
            .skip(1)
            .all(|line| line.contains("GetCallerIdentity")),
        "{csv}"
    );
    ensure!(
        !csv.contains(",=") && !csv.contains("\n="),
        "a formula stands in\n{csv}"
    );
    stage.expect_quiet_console()
}

fn records_are_searched_and_exported(stage: &Stage) -> Result<()> {
    let page = drop_events(stage)?;
    // No column holds this: only the records do.
    ask(page, "tokenless")?;
    wait_count(page, 0)?;
    ask(page, "")?;
    wait_count(page, 8)?;
    let input = page.session().find("[data-testid=deep]")?;
    page.session()
        .type_into(&input, &format!("SessionIssuer{}", key::ENTER))?;
    wait_count(page, 1)?;
    page.rest()?;
    let lines = String::from_utf8(page.download("export-jsonl")?)?;
    let records: Vec<serde_json::Value> = lines
        .lines()
        .map(serde_json::from_str)
        .collect::<Result<_, _>>()?;
    ensure!(
        records.len() == 1 && records[0]["eventName"] == "DeleteTrail",
        "{lines}"
    );
    // It holds no secret, so that both exports say the same.
    let whole = String::from_utf8(page.download("export-jsonl-raw")?)?;
    ensure!(whole == lines, "{whole}");
    // Both are written down, with the query.
    page.click("nav-report")?;
    page.click_text("nav.tabs a", "What was done")?;
    for name in ["events-secrets-covered.jsonl", "events.jsonl"] {
        page.click_text(".rows .row", &format!("{name}: 1 record of "))?;
    }
    stage.expect_quiet_console()
}

/// The heads of columns, which sort.
const HEADS: &str = "[role=columnheader] button";

fn wait_sorted(page: &Page, column: &str, order: &str) -> Result<()> {
    let script = "const head = [...document.querySelectorAll(arguments[0])].find((one) => one.textContent.includes(arguments[1])); return head?.parentElement.ariaSort ?? 'none'";
    page.wait_for(
        &format!("{column} {order}"),
        Duration::from_secs(10),
        || Ok(page.session().run(script, &[HEADS.into(), column.into()])? == order),
    )
}

fn address_brings_the_view_back(stage: &Stage) -> Result<()> {
    let page = drop_events(stage)?;
    ask(page, "user:bob OR user:alice")?;
    wait_count(page, 7)?;
    page.click_text(HEADS, "Region")?;
    wait_sorted(page, "Region", "ascending")?;
    page.click_text(HEADS, "Region")?;
    wait_sorted(page, "Region", "descending")?;
    let address = page.session().run("return location.href", &[])?;
    let address = address.as_str().context("no address")?.to_owned();
    ensure!(
        !address.contains("203.0.113"),
        "evidence stands in {address}"
    );
    page.session().open_url("about:blank")?;
    page.open(&address)?;
    page.drop_files(&[stage.scratch()?.join("events.json")])?;
    page.wait_ready(1)?;
    wait_count(page, 7)?;
    let query = page.session().run(
        "return document.querySelector('[data-testid=query]').value",
        &[],
    )?;
    ensure!(query == "user:bob OR user:alice", "the query is {query}");
    wait_sorted(page, "Region", "descending")?;
    stage.expect_quiet_console()
}

fn saved_views_come_back(stage: &Stage) -> Result<()> {
    let page = drop_events(stage)?;
    ask(page, "name:DeleteTrail")?;
    wait_count(page, 1)?;
    page.click("saved-views")?;
    let input = page.session().find("[data-testid=view-name]")?;
    page.session()
        .type_into(&input, &format!("Trails <b>gone</b>{}", key::ENTER))?;
    let is_listed = || Ok(page.text("views")?.contains("Trails <b>gone</b>"));
    page.wait_for("the saved view", WAIT, is_listed)?;
    let file = stage.scratch()?.join("case.exhibit.json");
    fs::write(&file, page.download("save-settings")?)?;
    page.click("clear-case")?;
    page.wait_state("empty")?;
    page.drop_files(&[stage.scratch()?.join("events.json")])?;
    page.wait_ready(1)?;
    page.choose("input#settings-file", &file.to_string_lossy())?;
    page.click("saved-views")?;
    page.wait_for("the saved view", WAIT, is_listed)?;
    page.session().run(
        "document.querySelector('[data-testid=views] a').click()",
        &[],
    )?;
    wait_count(page, 1)?;
    stage.expect_quiet_console()
}
