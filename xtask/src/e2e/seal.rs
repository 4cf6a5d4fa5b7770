//! Nothing leaves the page: every road to the network is tried after the seal, and neither the
//! canary nor the page's own server may see a request.

use std::collections::BTreeSet;
use std::thread;
use std::time::Duration;

use anyhow::{Context, Result, ensure};
use serde_json::json;

use super::{Page, Stage, Test};

pub(super) const TESTS: &[Test] = &[
    Test {
        name: "seal_probes_work",
        run: probes_work,
    },
    Test {
        name: "seal_closes_every_road",
        run: closes_every_road,
    },
    Test {
        name: "seal_holds_while_evidence_is_read",
        run: holds_while_evidence_is_read,
    },
];

const PROBES: &str = include_str!("probes.js");

/// Late requests, such as the icon, are made within this.
pub(super) const SETTLE: Duration = Duration::from_millis(800);

/// Headless Chromium fetches these at its leisure or not at all, so the control cannot rely on
/// them; after the seal they are tried all the same.
const AT_LEISURE: &[&str] = &["icon", "manifest"];

/// The control: on a page without a policy the same probes reach the canary. Without this a
/// probe with a slip in it would pass for a closed road.
fn probes_work(stage: &Stage) -> Result<()> {
    let session = stage.page.session();
    session.open_url(&format!("{}control.html", stage.canary.url()))?;
    stage.page.wait_for("the control", SETTLE * 20, || {
        Ok(session.run("return document.readyState + document.title", &[])? == "completeControl")
    })?;
    let roads = probe(&stage.page, &stage.canary.url())?;
    let silent = || -> Vec<&String> {
        let seen = stage.canary.requests();
        roads
            .iter()
            .filter(|road| !AT_LEISURE.contains(&road.as_str()))
            .filter(|road| !session.engine().lacks_roads.contains(&road.as_str()))
            .filter(|road| !seen.iter().any(|line| names(line, road)))
            .collect()
    };
    // Workers start when the machine has time for them.
    let arrived = stage
        .page
        .wait_for("every probe", SETTLE * 20, || Ok(silent().is_empty()));
    ensure!(arrived.is_ok(), "probes that reach nobody: {:?}", silent());
    Ok(())
}

fn closes_every_road(stage: &Stage) -> Result<()> {
    let page = stage.open()?;
    settle();
    let before = stage.asked().len();
    probe(page, &stage.canary.url())?;
    probe(page, &stage.site.url())?;
    settle();
    expect_silence(stage, before)?;
    ensure!(
        page.attr("network-seal", "data-sealed")?.as_deref() == Some("true"),
        "the page no longer says that it is sealed"
    );
    Ok(())
}

fn holds_while_evidence_is_read(stage: &Stage) -> Result<()> {
    let page = stage.open()?;
    settle();
    let before = stage.asked().len();
    page.click("load-demo")?;
    page.wait_ready(1)?;
    page.report()?;
    for view in super::views::VIEWS {
        page.click(&format!("nav-{view}"))?;
    }
    settle();
    expect_silence(stage, before)?;
    stage.expect_quiet_console()
}

/// Tries every road to an address and returns their names.
pub(super) fn probe(page: &Page, address: &str) -> Result<BTreeSet<String>> {
    let roads = page.session().run(PROBES, &[json!(address)])?;
    serde_json::from_value(roads).context("the probes did not run")
}

/// Nothing reached the canary, and nothing new the page's own server, but by what the browser is known to leave open.
pub(super) fn expect_silence(stage: &Stage, before: usize) -> Result<()> {
    let known = stage.page.session().engine().leaves_open;
    let is_news = |line: &String| !known.iter().any(|road| names(line, road));
    let reached = |mut lines: Vec<String>| {
        lines.retain(is_news);
        lines
    };
    let canary = reached(stage.canary.requests());
    ensure!(canary.is_empty(), "the canary was reached: {canary:?}");
    let site = reached(stage.asked().split_off(before));
    ensure!(
        site.is_empty(),
        "requested of the page's server after the seal: {site:?}"
    );
    Ok(())
}

/// Whether a recorded request was made by a probe.
fn names(line: &str, road: &str) -> bool {
    line.split_once("/probe-").is_some_and(|(_, rest)| {
        let end = rest.find(['.', '?']).unwrap_or(rest.len());
        &rest[..end] == road
    })
}

/// Gives late requests, such as the icon, the time to be made.
pub(super) fn settle() {
    thread::sleep(SETTLE);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn probes_are_told_apart() {
        assert!(names("GET /probe-script.js", "script"));
        assert!(names("GET /probe-image?data", "image"));
        assert!(!names("GET /probe-scriptModule.js", "script"));
    }
}
