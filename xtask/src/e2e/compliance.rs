//! Compliance: a framework is chosen, a failed control opened, the item and the value that fails reached, muted
//! with a reason, and exported.

use std::time::Duration;

use anyhow::{Context, Result, ensure};

use super::page::key;
use super::{Page, Stage, Test};

pub(super) const TESTS: &[Test] = &[
    Test {
        name: "a_failed_control_leads_to_its_value_and_is_muted",
        run: failed_control,
    },
    Test {
        name: "a_rule_of_ones_own_is_tried_kept_and_reported",
        run: own_rule,
    },
];

const WAIT: Duration = Duration::from_secs(10);

fn wait_inspector(page: &Page, text: &str) -> Result<()> {
    page.wait_for(&format!("the inspector with {text}"), WAIT, || {
        Ok(page.text("inspector").unwrap_or_default().contains(text))
    })
}

fn failed_control(stage: &Stage) -> Result<()> {
    let page = stage.open()?;
    page.click("load-demo")?;
    page.wait_ready(1)?;
    page.click("nav-compliance")?;
    page.wait_shown("compliance-counts", true)?;
    let before = page.text("compliance-counts")?;
    ensure!(before.contains("disagree on 1"), "{before}");
    page.click("part-controls")?;
    page.wait_shown("framework", true)?;
    page.pick("framework", "PCI-DSS-3-2-1")?;
    page.wait_for("PCI's controls", WAIT, || {
        Ok(page
            .session()
            .run("return location.hash", &[])?
            .as_str()
            .is_some_and(|hash| hash.contains("PCI-DSS-3-2-1")))
    })?;
    page.rest()?;
    page.click_text(".rows .row", "s3-bucket-server-side-encryption-enabled")?;
    page.click_text(
        ".inspection .related button",
        "s3-bucket-server-side-encryption-enabled: 8 failing",
    )?;
    page.click_text(".inspection .related button", "Fails: example-payroll")?;
    wait_inspector(page, "ServerSideEncryptionConfiguration")?;
    wait_inspector(page, "2026-03-01 11:05:00")?;
    wait_inspector(page, "Read again just now")?;
    page.fill("mute-reason", "Moves to another bucket <soon>")?;
    page.fill("mute-by", "Ada")?;
    page.click("mute")?;
    page.wait_for("one accepted", WAIT, || {
        Ok(page.text("compliance-counts")?.contains("1 accepted"))
    })?;
    page.session().press(&[], key::ESCAPE)?;
    page.click("part-")?;
    page.rest()?;
    let rows = String::from_utf8(page.download("export-csv")?)?;
    let muted: Vec<&str> = rows
        .lines()
        .skip(1)
        .filter(|line| line.contains(",muted,"))
        .collect();
    ensure!(
        muted.len() == 1 && muted[0].contains("example-payroll"),
        "{muted:?}"
    );
    let report = page.report()?;
    let rules = report["compliance"]["rules"]
        .as_array()
        .context("no rules")?;
    let own = rules
        .iter()
        .find(|one| one["identifier"] == "S3_BUCKET_SERVER_SIDE_ENCRYPTION_ENABLED")
        .context("no rule")?;
    ensure!(
        own["counts"]["noncompliant"] == 7 && own["muted"] == 1,
        "{}",
        own["counts"]
    );
    stage.expect_quiet_console()
}

fn own_rule(stage: &Stage) -> Result<()> {
    let page = stage.open()?;
    page.click("load-demo")?;
    page.wait_ready(1)?;
    page.click("nav-compliance")?;
    page.click_text("nav a", "Your own rules")?;
    page.fill("own-kind", "AWS::S3::Bucket")?;
    page.fill("own-expression", "has(configuration.nothing")?;
    page.click_text("[data-testid=own-tried]", "tell too little")?;
    page.fill(
        "own-expression",
        "configuration.name.startsWith(\"example-p\")",
    )?;
    page.click_text(
        "[data-testid=own-tried]",
        " fail, 1 pass, 0 tell too little",
    )?;
    page.fill("own-name", "bucket-names")?;
    page.click("own-save")?;
    page.click_text(".own-rules table td", "bucket-names")?;
    page.wait_for("the rule's results", WAIT, || {
        let report = page.report()?;
        let rules = report["compliance"]["rules"]
            .as_array()
            .context("no rules")?;
        let own = rules
            .iter()
            .find(|one| one["identifier"] == "custom:bucket-names");
        Ok(own.is_some_and(|own| {
            own["counts"]["compliant"] == 1 && own["counts"]["noncompliant"].as_u64() > Some(5)
        }))
    })?;
    stage.expect_quiet_console()
}
