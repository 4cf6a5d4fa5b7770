//! Resources: a history is dropped, a resource opened, two captures compared, a relationship followed, and the
//! call behind a change found; the inventory as of a moment, compared with another, and asked in JMESPath.

use std::time::Duration;

use anyhow::{Context, Result, ensure};
use serde_json::Value;

use super::{Page, Stage, Test};

pub(super) const TESTS: &[Test] = &[
    Test {
        name: "a_resource_tells_its_past_and_who_changed_it",
        run: resource_tells_its_past,
    },
    Test {
        name: "the_inventory_is_that_of_the_chosen_moment",
        run: inventory_of_a_moment,
    },
];

const WAIT: Duration = Duration::from_secs(10);

fn open_demo(stage: &Stage) -> Result<&Page> {
    let page = stage.open()?;
    page.click("load-demo")?;
    page.wait_ready(1)?;
    page.click("nav-resources")?;
    wait_rows(page, 17)?;
    Ok(page)
}

fn text_of(page: &Page, script: &str) -> Result<String> {
    let found = page.session().run(script, &[])?;
    Ok(found.as_str().unwrap_or_default().to_owned())
}

fn wait_rows(page: &Page, count: usize) -> Result<()> {
    page.wait_for(&format!("{count} rows"), WAIT, || {
        Ok(page
            .text("row-count")
            .unwrap_or_default()
            .starts_with(&format!("{count} ")))
    })
}

/// Clicks the first row of the table in which a text stands.
fn open_row(page: &Page, text: &str) -> Result<()> {
    let script = format!(
        "const row = [...document.querySelectorAll('.rows .row')].find((row) => row.textContent.includes('{text}')); if (!row) return 'none'; row.click();"
    );
    ensure!(text_of(page, &script)? != "none", "no row with {text}");
    page.wait_shown("inspector", true)
}

fn resource_tells_its_past(stage: &Stage) -> Result<()> {
    let page = open_demo(stage)?;
    open_row(page, "sg-0a1b2c3d4e5f60718")?;
    page.wait_shown("open-history", true)?;
    page.click("open-history")?;
    page.wait_shown("changes", true)?;
    let changes = page.text("changes")?;
    ensure!(
        changes.contains("Configuration.IpPermissions.0") && changes.contains("DELETE"),
        "{changes}"
    );
    let captures = page.text("captures")?;
    ensure!(
        captures.contains("RevokeSecurityGroupIngress by user/auditor"),
        "{captures}"
    );
    // The first change: the group was opened.
    page.session().run("document.querySelectorAll('[data-testid=captures] tbody tr')[1].querySelectorAll('input')[1].click()", &[])?;
    page.session().run("document.querySelectorAll('[data-testid=captures] tbody tr')[2].querySelectorAll('input')[0].click()", &[])?;
    page.wait_for("the other change", WAIT, || {
        Ok(page.text("changes").unwrap_or_default().contains("CREATE"))
    })?;
    page.session().run("[...document.querySelectorAll('[data-testid=cause]')].find((one) => one.textContent.includes('Authorize')).click()", &[])?;
    page.wait_for("the call's record", WAIT, || {
        Ok(page
            .text("inspector")
            .unwrap_or_default()
            .contains("AuthorizeSecurityGroupIngress"))
    })?;
    page.click("tab-relations")?;
    page.wait_shown("relations", true)?;
    page.wait_shown("reach", true)?;
    page.click("grow")?;
    page.wait_for("two steps", WAIT, || {
        Ok(page
            .text("reach")
            .unwrap_or_default()
            .starts_with("2 steps: 5 resources"))
    })?;
    page.session().run(
        "document.querySelector('[data-testid=relation]').click()",
        &[],
    )?;
    page.wait_for("the instance", WAIT, || {
        Ok(text_of(
            page,
            "return document.querySelector('[data-testid=resource] h2')?.textContent ?? ''",
        )? == "i-0123")
    })?;
    let report = page.report()?;
    let resources = report["config"]["resources"]
        .as_array()
        .context("no resources")?;
    let group = resources
        .iter()
        .find(|one| one["id"] == "sg-0a1b2c3d4e5f60718")
        .context("no group")?;
    ensure!(group["items"] == 3 && group["deleted"] == false, "{group}");
    ensure!(
        report["config"]["stream"]["ConfigurationItemChangeNotification"] == 1,
        "{}",
        report["config"]["stream"]
    );
    let gaps: Vec<&Value> = report["config"]["recorders"][0]["gaps"]
        .as_array()
        .context("no gaps")?
        .iter()
        .map(|gap| &gap["kind"])
        .collect();
    ensure!(gaps == ["recorder-stopped", "file-missing"], "{gaps:?}");
    stage.expect_quiet_console()
}

fn inventory_of_a_moment(stage: &Stage) -> Result<()> {
    let page = open_demo(stage)?;
    let set = |testid: &str, value: &str| {
        let script = format!(
            "const field = document.querySelector('[data-testid={testid}]'); field.value = '{value}'; field.dispatchEvent(new Event('change', {{ bubbles: true }}));"
        );
        page.session().run(&script, &[])
    };
    // Before the volume was deleted.
    set("at-text", "2026-03-01 12:00:00")?;
    wait_rows(page, 18)?;
    let address = text_of(page, "return location.hash")?;
    ensure!(address.contains("at=2026-03-01T12"), "{address}");
    set("at-text", "")?;
    wait_rows(page, 17)?;
    page.click("with-deleted")?;
    wait_rows(page, 18)?;
    page.click("compare")?;
    // Payroll lost its encryption, the volume is gone; the group and the recorder are as they were.
    wait_rows(page, 2)?;
    let shown = text_of(page, "return document.querySelector('.rows').textContent")?;
    ensure!(
        shown.contains("removed") && shown.contains("changed") && shown.contains("example-payroll"),
        "{shown}"
    );
    page.click("compare")?;
    wait_rows(page, 18)?;
    let ask = |text: &str| -> Result<()> {
        page.session().run("document.querySelector('[data-testid=jmespath]').value = arguments[0]; document.querySelector('[data-testid=jmespath]').form.requestSubmit();", &[Value::from(text)])?;
        Ok(())
    };
    ask("configuration.encrypted == `false` || resourceType == 'AWS::EC2::VPC'")?;
    wait_rows(page, 1)?;
    ask("a.[")?;
    page.wait_for("the place of the error", WAIT, || {
        Ok(text_of(
            page,
            "return document.querySelector('.records .error').textContent",
        )?
        .starts_with("At character"))
    })?;
    page.rest()?;
    let rows = String::from_utf8(page.download("export-csv")?)?;
    ensure!(
        rows.lines().count() == 2 && rows.contains("vpc-01"),
        "{rows}"
    );
    stage.expect_quiet_console()
}
