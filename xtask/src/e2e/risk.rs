//! Risk: an alert leads to its events, and a changed risk is followed by the tiles.

use std::time::Duration;

use anyhow::{Context, Result, ensure};

use super::{Page, Stage, Test};

pub(super) const TESTS: &[Test] = &[Test {
    name: "an_alert_leads_to_its_events_and_a_risk_is_changed",
    run: alert_and_risk,
}];

const WAIT: Duration = Duration::from_secs(10);

fn high_calls(page: &Page) -> Result<u64> {
    let text = page.session().run(
        "return document.querySelector('[data-testid=tile-calls] strong').textContent",
        &[],
    )?;
    text.as_str()
        .unwrap_or_default()
        .replace(',', "")
        .parse()
        .context("no number")
}

fn alert_and_risk(stage: &Stage) -> Result<()> {
    let page = stage.open()?;
    page.click("load-demo")?;
    page.wait_ready(1)?;
    page.click("nav-risk")?;
    page.wait_shown("tile-calls", true)?;
    let before = high_calls(page)?;
    page.click("tile-calls")?;
    page.click_text(".rows .row", "LookupEvents")?;
    page.wait_shown("set-risk", true)?;
    page.session().run("const field = document.querySelector('[data-testid=set-risk]'); field.value = '9'; field.dispatchEvent(new Event('change', { bubbles: true }));", &[])?;
    page.click("part-dashboard")?;
    page.wait_for("more high-risk calls", WAIT, || {
        Ok(high_calls(page)? > before)
    })?;
    page.click("tile-alerts")?;
    page.click_text(".rows .row", "recording was stopped")?;
    page.wait_for("the alert's query", WAIT, || Ok(page.session().run("const link = [...document.querySelectorAll('.inspection a')].find((one) => one.textContent.includes('Its events')); if (!link) return 'none'; link.click();", &[])? != "none"))?;
    page.wait_for("its events in Activity", WAIT, || {
        Ok(page.attr("event-count", "data-count")?.as_deref() == Some("1"))
    })?;
    let report = page.report()?;
    let alerts = report["risk"]["alerts"].as_array().context("no alerts")?;
    ensure!(
        alerts
            .iter()
            .any(|one| one["id"] == "recorder-changed" && one["severity"] == "high"),
        "{alerts:?}"
    );
    let calls = report["risk"]["events"].as_array().context("no calls")?;
    ensure!(
        calls
            .iter()
            .any(|one| one["name"] == "LookupEvents" && one["risk"] == 9),
        "{calls:?}"
    );
    stage.expect_quiet_console()
}
