//! The end of an audit: artifacts are recognised, controls concluded on evidence, the report handed over, and the
//! case opened again.

use std::fs;
use std::time::Duration;

use anyhow::{Context, Result, ensure};
use serde_json::Value;

use super::page::key;
use super::{Stage, Test};

pub(super) const TESTS: &[Test] = &[Test {
    name: "controls_are_concluded_handed_over_and_come_back",
    run: controls,
}];

const WAIT: Duration = Duration::from_secs(10);

/// What the report says of a control.
fn control<'r>(report: &'r Value, id: &str) -> Result<&'r Value> {
    let all = report["audit"]["controls"]
        .as_array()
        .context("no controls")?;
    let found = all.iter().find(|one| one["id"] == id);
    found.with_context(|| format!("no control {id}"))
}

fn controls(stage: &Stage) -> Result<()> {
    let page = stage.open()?;
    page.click("load-demo")?;
    page.wait_ready(1)?;
    page.click("nav-artifacts")?;
    page.click_text(".rows .row", "SOC 2")?;
    page.click_text(".inspection", "bridge letter")?;
    page.session().press(&[], key::ESCAPE)?;
    page.click("nav-report")?;
    page.click_text("nav a", "Controls")?;
    page.wait_shown("add-controls", true)?;
    page.click("add-controls")?;
    page.fill("new-control-id", "OWN-1")?;
    page.fill("new-control-title", "Keys are fetched by the auditor")?;
    page.click("add-one-control")?;
    page.click_text(".rows .row", "OWN-1")?;
    page.pick("control-status", "met")?;
    page.click("control-save")?;
    page.click_text(".inspection .error", "needs the name")?;
    page.pick("control-status", "met")?;
    page.fill("control-conclusion", "Compared with <AWS's> own list.")?;
    page.fill("control-by", "Ada")?;
    page.click("control-save")?;
    page.click_text(".rows .row", "Compared with")?;
    page.pick("add-framework", "PCI-DSS-3-2-1")?;
    page.click("add-framework-controls")?;
    page.wait_for("the framework's controls", WAIT, || {
        Ok(page
            .session()
            .run(
                "return document.querySelector('.grid-tools .count').textContent",
                &[],
            )?
            .as_str()
            .is_some_and(|text| text.starts_with("5")))
    })?;
    page.session().press(&[], key::ESCAPE)?;
    // A file becomes evidence of the control.
    page.click("nav-evidence")?;
    page.click_text(".rows .row", "cloudtrail-digest")?;
    page.wait_shown("add-to-control", true)?;
    page.click("add-to-control")?;
    page.pick("link-control", "OWN-1")?;
    page.fill("link-note", "fetched on Monday")?;
    page.click("link-save")?;
    page.rest()?;
    page.session().press(&[], key::ESCAPE)?;
    let report = page.report()?;
    let own = control(&report, "OWN-1")?;
    ensure!(
        own["status"] == "met"
            && own["confirmed"] == true
            && own["by"] == "Ada"
            && own["evidence"][0]["note"] == "fetched on Monday",
        "{own}"
    );
    ensure!(
        own["evidence"][0]["sha256"]
            .as_str()
            .is_some_and(|sum| sum.len() == 64),
        "{own}"
    );
    page.click_text("nav a", "Hand over")?;
    let html = String::from_utf8(page.download("export-report-html")?)?;
    ensure!(
        html.contains("Compared with &lt;AWS&#39;s&gt; own list.") && !html.contains("<script"),
        "the report lacks the conclusion"
    );
    let oscal: Value = serde_json::from_slice(&page.download("export-oscal")?)?;
    ensure!(
        oscal.to_string().contains("\"satisfied\""),
        "no control is satisfied"
    );
    let ocsf: Value = serde_json::from_slice(&page.download("export-ocsf")?)?;
    ensure!(
        ocsf.as_array().is_some_and(|all| all.len() > 50),
        "few findings"
    );
    // The case comes back from its file, beside the evidence.
    let file = stage.scratch()?.join("case.exhibit.json");
    fs::write(&file, page.download("export-case")?)?;
    page.click("clear-case")?;
    page.wait_state("empty")?;
    page.reload()?;
    page.wait_state("empty")?;
    page.click("nav-evidence")?;
    page.click("load-demo")?;
    page.wait_ready(1)?;
    page.choose("input#settings-file", &file.to_string_lossy())?;
    page.wait_for("the control", WAIT, || {
        Ok(control(&page.report()?, "OWN-1").is_ok_and(|own| own["by"] == "Ada"))
    })?;
    page.click_text("nav a", "Hand over")?;
    page.wait_for("the hashes to hold", WAIT, || {
        Ok(page.attr("recheck", "data-holds")?.as_deref() == Some("true"))
    })?;
    stage.expect_quiet_console()
}
