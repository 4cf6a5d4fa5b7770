//! Resources: a history is dropped, a resource opened, two captures compared, a relationship followed, and the
//! call behind a change found; the inventory as of a moment, compared with another, and asked in JMESPath.

use std::time::Duration;

use anyhow::{Context, Result, ensure};
use serde_json::{Value, json};

use super::{Page, Stage, Test};

pub(super) const TESTS: &[Test] = &[
    Test {
        name: "a_resource_tells_its_past_and_who_changed_it",
        run: resource_tells_its_past,
    },
    Test {
        name: "messages_of_the_stream_are_checked",
        run: messages_are_checked,
    },
    Test {
        name: "two_snapshots_are_compared",
        run: snapshots_are_compared,
    },
    Test {
        name: "a_graph_of_hundreds_stays_readable",
        run: graph_of_hundreds,
    },
    Test {
        name: "the_inventory_is_that_of_the_chosen_moment",
        run: inventory_of_a_moment,
    },
];

const WAIT: Duration = Duration::from_secs(20);

fn open_demo(stage: &Stage) -> Result<&Page> {
    let page = stage.open()?;
    page.click("load-demo")?;
    page.wait_ready(1)?;
    page.click("nav-resources")?;
    wait_rows(page, 18)?;
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
    let page = stage.open()?;
    // Through the input that dropping fills too: history files, a snapshot, the stream, the trail's logs.
    page.drop_files(&[crate::shell::root().join("demo/case.tar.gz")])?;
    page.wait_ready(1)?;
    page.click("nav-resources")?;
    wait_rows(page, 18)?;
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
    // Where there is little room the inspector lies over the page.
    page.session().press(&[], super::key::ESCAPE)?;
    page.wait_shown("inspector", false)?;
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
    wait_rows(page, 18)?;
    page.click("with-deleted")?;
    wait_rows(page, 19)?;
    page.click("compare")?;
    // Payroll lost its encryption, the volume is gone, another resource came; the group and the recorder are as they were.
    wait_rows(page, 3)?;
    let shown = text_of(page, "return document.querySelector('.rows').textContent")?;
    ensure!(
        ["added", "removed", "changed", "example-payroll"]
            .iter()
            .all(|word| shown.contains(word)),
        "{shown}"
    );
    page.click("compare")?;
    wait_rows(page, 19)?;
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

fn messages_are_checked(stage: &Stage) -> Result<()> {
    let page = open_demo(stage)?;
    page.click("part-stream")?;
    wait_rows(page, 4)?;
    let certificates = page.text("certificates")?;
    ensure!(
        certificates.contains("CN=sns.amazonaws.com") && certificates.contains("3 messages"),
        "{certificates}"
    );
    open_row(page, "invalid-signature")?;
    page.wait_for("the verdict on the edited message", WAIT, || {
        let text = page.text("inspector").unwrap_or_default();
        Ok(
            text.contains("the message was altered") && text.contains("SNAPSHOTDELIVERYSTARTED")
                || text.contains("ConfigurationSnapshotDeliveryStarted"),
        )
    })?;
    let report = page.report()?;
    ensure!(
        report["config"]["signatures"] == json!({ "valid": 3, "invalid-signature": 1 }),
        "{}",
        report["config"]["signatures"]
    );
    stage.expect_quiet_console()
}

fn item(kind: &str, id: &str, day: u32, size: u32, relations: &[(&str, &str)]) -> Value {
    let relations: Vec<Value> = relations
        .iter()
        .map(|(kind, id)| json!({ "resourceType": kind, "resourceId": id, "name": "Is contained in Vpc" }))
        .collect();
    json!({ "configurationItemVersion": "1.3", "awsAccountId": "111122223333", "awsRegion": "us-east-1", "resourceType": kind, "resourceId": id,
        "configurationItemStatus": "OK", "configurationItemCaptureTime": format!("2026-03-{day:02}T00:00:00.000Z"), "configuration": { "size": size },
        "supplementaryConfiguration": {}, "tags": {}, "relationships": relations })
}

fn write_snapshot(stage: &Stage, day: u32, items: &[Value]) -> Result<std::path::PathBuf> {
    let name =
        format!("111122223333_Config_us-east-1_ConfigSnapshot_202603{day:02}T120000Z_id{day}.json");
    let path = stage.scratch()?.join(name);
    let text = json!({ "fileVersion": "1.0", "configSnapshotId": day.to_string(), "configurationItems": items });
    std::fs::write(&path, text.to_string())?;
    Ok(path)
}

fn snapshots_are_compared(stage: &Stage) -> Result<()> {
    let page = stage.open()?;
    let bucket = |id: &str, day, size| item("AWS::S3::Bucket", id, day, size, &[]);
    let first = [
        bucket("stays", 1, 1),
        bucket("changes", 1, 1),
        bucket("goes", 1, 1),
    ];
    let second = [
        bucket("stays", 1, 1),
        bucket("changes", 5, 2),
        bucket("comes", 5, 1),
    ];
    let files = [
        write_snapshot(stage, 2, &first)?,
        write_snapshot(stage, 6, &second)?,
    ];
    page.drop_files(&files)?;
    page.wait_ready(2)?;
    page.click("nav-resources")?;
    // The history tells of no deletion, so the bucket that is gone from the second snapshot is still there.
    wait_rows(page, 4)?;
    ensure!(
        page.text("baseline")?.starts_with("Baseline"),
        "{}",
        page.text("baseline")?
    );
    page.click("compare-snapshots")?;
    wait_rows(page, 3)?;
    let shown = text_of(page, "return document.querySelector('.rows').textContent")?;
    for word in ["added", "removed", "changed"] {
        ensure!(shown.contains(word), "{word}: {shown}");
    }
    page.session().run(
        "const field = document.querySelector('[data-testid=at-text]'); field.value = '2026-03-01'; field.dispatchEvent(new Event('change', { bubbles: true }));",
        &[],
    )?;
    page.wait_for("no baseline before the first snapshot", WAIT, || {
        Ok(page.text("baseline")?.contains("population unknown"))
    })?;
    stage.expect_quiet_console()
}

fn graph_of_hundreds(stage: &Stage) -> Result<()> {
    let page = stage.open()?;
    let vpc = ("AWS::EC2::VPC", "vpc-1");
    let mut items = vec![item(vpc.0, vpc.1, 1, 1, &[])];
    for subnet in 0..12 {
        let own = format!("subnet-{subnet}");
        items.push(item("AWS::EC2::Subnet", &own, 1, 1, &[vpc]));
        for at in 0..60 {
            let id = format!("eni-{subnet}-{at}");
            items.push(item(
                "AWS::EC2::NetworkInterface",
                &id,
                1,
                1,
                &[("AWS::EC2::Subnet", own.as_str())],
            ));
        }
    }
    page.drop_files(&[write_snapshot(stage, 2, &items)?])?;
    page.wait_ready(1)?;
    page.click("nav-resources")?;
    wait_rows(page, 733)?;
    page.filter("vpc-1")?;
    wait_rows(page, 1)?;
    open_row(page, "vpc-1")?;
    page.wait_shown("open-history", true)?;
    page.click("open-history")?;
    page.wait_shown("tab-relations", true)?;
    page.click("tab-relations")?;
    page.wait_shown("grow", true)?;
    page.click("grow")?;
    page.wait_for("all in reach", WAIT, || {
        Ok(page
            .text("reach")?
            .starts_with("2 steps: 732 resources in reach, 233 not shown"))
    })?;
    ensure!(
        page.text("blast")?
            .contains("leads to 0 resources, and 732 lead to it"),
        "{}",
        page.text("blast")?
    );
    let count = |selector: &str| -> Result<u64> {
        let script = format!("return document.querySelectorAll('{selector}').length");
        Ok(page
            .session()
            .run(&script, &[])?
            .as_u64()
            .unwrap_or_default())
    };
    // Two groups stand for all of them; the keyboard opens one.
    ensure!(
        (count(".node")?, count(".node.group")?) == (3, 2),
        "{} nodes",
        count(".node")?
    );
    page.session()
        .run("document.querySelectorAll('.node.group')[0].focus()", &[])?;
    page.session().press(&[], super::key::ENTER)?;
    page.wait_for("twelve subnets", WAIT, || Ok(count(".node")? == 15))?;
    page.click("graph-as-table")?;
    page.wait_for("the same as rows", WAIT, || {
        Ok(count("[data-testid=graph-table] tbody tr")? == 500)
    })?;
    page.pick("graph-type", "AWS::EC2::Subnet (12)")?;
    page.wait_for("subnets alone", WAIT, || {
        Ok(count("[data-testid=graph-table] tbody tr")? == 13)
    })?;
    stage.expect_quiet_console()
}
