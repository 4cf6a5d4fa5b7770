//! Risk: an alert leads to its events, a changed risk is followed by the dashboard, tiles lead to events, Sigma rules
//! and alerts of the user's own find theirs, and settings leave as a file and come back.

use std::fs;
use std::time::Duration;

use anyhow::{Context, Result, ensure};
use serde_json::Value;

use super::page::key;
use super::{Page, Stage, Test};

pub(super) const TESTS: &[Test] = &[
    Test {
        name: "an_alert_leads_to_its_events_and_a_risk_is_changed",
        run: alert_and_risk,
    },
    Test {
        name: "sigma_rules_and_alerts_of_ones_own_find_their_events",
        run: sigma_and_own,
    },
];

const WAIT: Duration = Duration::from_secs(20);

/// The number of a tile, once it is in sight.
fn tile(page: &Page, name: &str) -> Result<u64> {
    page.wait_shown(name, true)?;
    let text = page.session().run(
        "return document.querySelector(`[data-testid=${arguments[0]}] strong`).textContent",
        &[name.into()],
    )?;
    let text = text.as_str().unwrap_or_default().replace(',', "");
    text.parse().context("no number")
}

fn follow(page: &Page, words: &str) -> Result<()> {
    page.wait_for(words, WAIT, || Ok(page.session().run("const link = [...document.querySelectorAll('.inspection .related a')].find((one) => one.textContent.includes(arguments[0])); if (!link) return 'none'; link.click();", &[words.into()])? != "none"))
}

fn alert<'r>(report: &'r Value, id: &str) -> Result<&'r Value> {
    let alerts = report["risk"]["alerts"].as_array().context("no alerts")?;
    let found = alerts.iter().find(|one| one["id"] == id);
    found.with_context(|| format!("no alert {id} in {alerts:?}"))
}

fn alert_and_risk(stage: &Stage) -> Result<()> {
    let page = stage.open()?;
    page.click("load-demo")?;
    page.wait_ready(1)?;
    page.click("nav-risk")?;
    page.wait_shown("tile-calls", true)?;
    let before = tile(page, "tile-calls")?;
    // A risk is changed where it stands, and the dashboard follows.
    page.click("part-calls")?;
    page.filter("LookupEvents")?;
    page.wait_for("its row alone", WAIT, || {
        Ok(page.text("row-count")?.starts_with("1 "))
    })?;
    page.set("[data-testid=risk-in-place]", "change", "9")?;
    page.click("part-dashboard")?;
    page.wait_for("more high-risk calls", WAIT, || {
        Ok(tile(page, "tile-calls")? > before)
    })?;
    page.click_text("[data-testid=chart-calls] table a", "LookupEvents")?;
    page.wait_for("its events in Activity", WAIT, || {
        Ok(page
            .attr("event-count", "data-count")?
            .is_some_and(|count| count != "0"))
    })?;
    // From a tile to the rows behind it, from a row to its events, from there to one.
    page.click("nav-risk")?;
    page.click("tile-calls")?;
    page.click_text(".rows .row", "LookupEvents")?;
    page.wait_shown("by-day", true)?;
    page.wait_shown("set-risk", true)?;
    follow(page, " events")?;
    page.wait_for("its events in Activity", WAIT, || {
        Ok(page
            .attr("event-count", "data-count")?
            .is_some_and(|count| count != "0"))
    })?;
    page.click_text(".rows .row", "LookupEvents")?;
    page.click_text(".inspection", "LookupEvents")?;
    // An alert leads to its events.
    page.click("nav-risk")?;
    page.click("tile-alerts")?;
    page.click_text(".rows .row", "recording was stopped")?;
    follow(page, "Its events")?;
    page.wait_for("its events in Activity", WAIT, || {
        Ok(page.attr("event-count", "data-count")?.as_deref() == Some("1"))
    })?;
    let report = page.report()?;
    ensure!(alert(&report, "recorder-changed")?["severity"] == "high");
    let calls = report["risk"]["events"].as_array().context("no calls")?;
    let is_changed = |one: &Value| one["name"] == "LookupEvents" && one["risk"] == 9;
    ensure!(calls.iter().any(is_changed), "{calls:?}");
    stage.expect_quiet_console()
}

const RULE: &str = "title: Somebody stops recording
id: 5f0c2b3e-0000-4000-8000-0000000000aa
author: E. Tester
level: high
logsource:
  product: aws
  service: cloudtrail
detection:
  selection:
    eventName: StopConfigurationRecorder
    requestParameters.configurationRecorderName|contains: ''
  condition: selection
";

fn sigma_and_own(stage: &Stage) -> Result<()> {
    let page = stage.open()?;
    page.click("load-demo")?;
    page.wait_ready(1)?;
    let folder = stage.scratch()?.join("rules");
    fs::create_dir_all(&folder)?;
    let rule = RULE.replace(
        "    requestParameters.configurationRecorderName|contains: ''\n",
        "    userIdentity.arn|contains: ':'\n",
    );
    fs::write(folder.join("stops.yml"), rule)?;
    fs::write(
        folder.join("counts.yml"),
        RULE.replace("condition: selection", "condition: selection | count() > 3")
            .replace("0aa", "0bb")
            .replace("Somebody", "Often"),
    )?;
    page.drop_folder(&folder)?;
    page.wait_ready(3)?;
    page.click("nav-risk")?;
    page.click("tile-sigma")?;
    page.wait_for("the records to be read", WAIT, || {
        Ok(page.attr("sigma-state", "data-pending")?.as_deref() == Some("false"))
    })?;
    page.click_text(".rows .row", "cannot be evaluated")?;
    page.click_text(".inspection", "aggregation")?;
    page.click_text(".rows .row", "Somebody stops recording")?;
    page.click_text(".inspection", "E. Tester")?;
    page.click_text(".inspection", "Detection Rule License")?;
    follow(page, "Its events")?;
    page.wait_for("its event in Activity", WAIT, || {
        Ok(page.attr("event-count", "data-count")?.as_deref() == Some("1"))
    })?;
    // An alert of one's own: what is wrong is marked, then it is raised.
    page.click("nav-risk")?;
    page.session().press(&[], key::ESCAPE)?;
    page.click("part-alerts")?;
    page.click("show-own")?;
    page.fill("alert-title", "Reads of the log")?;
    page.fill("alert-query", "name:(LookupEvents")?;
    page.wait_for("the error at its place", WAIT, || {
        Ok(page.session().run(
            "return document.querySelector('[data-testid=alert-error] mark') !== null",
            &[],
        )? == true)
    })?;
    page.fill("alert-query", "name:LookupEvents")?;
    page.wait_for("what it would do", WAIT, || {
        Ok(page.shows("alert-trial")? && page.text("alert-trial")?.contains("would be raised"))
    })?;
    page.pick("alert-severity", "high")?;
    page.click("alert-save")?;
    page.click("show-first")?;
    page.click_text(".rows .row", "Reads of the log")?;
    let report = page.report()?;
    ensure!(alert(&report, "own-reads-of-the-log")?["severity"] == "high");
    ensure!(
        alert(&report, "sigma-5f0c2b3e-0000-4000-8000-0000000000aa")?["rule"]["author"]
            == "E. Tester"
    );
    // Settings of risk leave as a file, are forgotten, and come back.
    page.click("nav-risk")?;
    page.click("part-settings")?;
    let saved = page.download("save-risk")?;
    page.click("reset-risk")?;
    page.click("part-alerts")?;
    page.wait_for("the alert to go", WAIT, || {
        // Rows may not be there yet.
        let script = "return document.querySelector('.rows')?.textContent ?? null";
        let rows = page.session().run(script, &[])?;
        Ok(rows
            .as_str()
            .is_some_and(|rows| !rows.contains("Reads of the log")))
    })?;
    let file = stage.scratch()?.join("risk.exhibit.json");
    fs::write(&file, saved)?;
    page.click("part-settings")?;
    page.choose("#risk-file", &file.to_string_lossy())?;
    page.click("part-alerts")?;
    page.click_text(".rows .row", "Reads of the log")?;
    stage.expect_quiet_console()
}
