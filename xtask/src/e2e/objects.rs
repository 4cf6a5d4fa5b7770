//! Objects: classified, their risk changed, what is found in them shown covered; objects and secrets in calls; buckets
//! that were opened.

use std::fs;
use std::time::Duration;

use anyhow::{Context, Result, ensure};

use super::page::key;
use super::{Page, Stage, Test};

pub(super) const TESTS: &[Test] = &[
    Test {
        name: "objects_are_classified_and_their_risk_is_changed",
        run: objects,
    },
    Test {
        name: "secrets_opened_buckets_and_objects_in_calls_are_told",
        run: in_calls,
    },
];

const WAIT: Duration = Duration::from_secs(10);

fn tile(page: &Page, name: &str, words: &str) -> Result<()> {
    page.wait_for(&format!("{name} with {words}"), WAIT, || {
        Ok(page.text(name).unwrap_or_default().contains(words))
    })
}

fn objects(stage: &Stage) -> Result<()> {
    let page = stage.open()?;
    let folder = stage.scratch()?.join("bucket");
    fs::create_dir_all(&folder)?;
    fs::write(
        folder.join("notes.txt"),
        "Nothing of note stands in this file, only words about the weather.\n",
    )?;
    fs::write(
        folder.join("settings.env"),
        "Please do not share this. The backup job uses the setting below, which the team changes every month.\nsecret_access_key = 9hJ2kLm4Np6Qr8St0Uv1Wx3Yz5Ab7Cd9Ef1Gh3Ij\n",
    )?;
    fs::write(
        folder.join("people.csv"),
        "name,email,card\nAlice Walker,alice@example.org,4539 1488 0343 6467\n",
    )?;
    page.drop_folder(&folder)?;
    page.wait_ready(3)?;
    page.click("nav-risk")?;
    page.wait_shown("tile-objects", true)?;
    tile(page, "tile-objects", "1 of high risk")?;
    tile(page, "tile-personal", "1")?;
    page.click("tile-objects")?;
    page.click_text(".rows .row", "settings.env")?;
    page.click_text(
        ".inspection .related button",
        "Change the risk of aws_secret_key",
    )?;
    page.wait_shown("set-risk", true)?;
    page.set("[data-testid=set-risk]", "change", "2")?;
    page.click("part-dashboard")?;
    tile(page, "tile-objects", "0 of high risk")?;
    // From wherever its file is opened, its values are covered until somebody asks.
    page.click("nav-evidence")?;
    page.click_text(".rows .row", "people.csv")?;
    page.click_text("[data-testid=raw] button", "Show the beginning")?;
    page.wait_shown("uncover-record", true)?;
    let covered = page.text("raw")?;
    ensure!(
        covered.contains("name,email,card") && !covered.contains("1488"),
        "{covered}"
    );
    page.click("uncover-record")?;
    page.wait_for("its values for who asks", WAIT, || {
        Ok(page.text("raw")?.contains("4539 1488 0343 6467"))
    })?;
    let report = page.report()?;
    let all = report["risk"]["objects"].as_array().context("no objects")?;
    let of = |name: &str| {
        all.iter().find(|one| {
            one["path"]
                .as_str()
                .is_some_and(|path| path.ends_with(name))
        })
    };
    let (people, env) = (
        of("people.csv").context("no people.csv")?,
        of("settings.env").context("no settings.env")?,
    );
    ensure!(
        people["piiImpact"] == "high" && people["piiTypes"]["creditCard"] == 1,
        "{people}"
    );
    ensure!(
        env["regexes"][0] == "aws_secret_key" && env["risk"].as_u64() < Some(8),
        "{env}"
    );
    stage.expect_quiet_console()
}

fn in_calls(stage: &Stage) -> Result<()> {
    let page = stage.open()?;
    page.click("load-demo")?;
    page.wait_ready(1)?;
    page.click("nav-risk")?;
    page.wait_shown("part-secrets", true)?;
    page.click("part-secrets")?;
    page.click_text(".rows .row", "DB_PASSWORD")?;
    page.wait_shown("show-pieces", true)?;
    let seen = || -> Result<String> {
        let text = page
            .session()
            .run("return document.body.textContent", &[])?;
        Ok(text.as_str().unwrap_or_default().to_owned())
    };
    let value = "correct-horse-battery-9";
    ensure!(!seen()?.contains(value), "a secret stands in the open");
    page.click("show-pieces")?;
    page.wait_shown("pieces", true)?;
    ensure!(
        page.text("pieces")?.contains("(23 characters)"),
        "{}",
        page.text("pieces")?
    );
    ensure!(!seen()?.contains(value), "a secret stands in the open");
    page.click("uncover")?;
    page.wait_for("its value for who asks", WAIT, || {
        Ok(page.text("pieces")?.contains(value))
    })?;
    page.session().press(&[], key::ESCAPE)?;
    let csv = String::from_utf8(page.download("export-csv")?)?;
    ensure!(
        csv.contains("DB_PASSWORD") && csv.contains("Slack token") && !csv.contains(value),
        "{csv}"
    );

    page.click("part-buckets")?;
    page.click_text(".rows .row", "PutBucketPolicy")?;
    page.wait_for("who may reach it", WAIT, || {
        Ok(page.text("inspector")?.contains("everyone may read"))
    })?;
    page.session().press(&[], key::ESCAPE)?;
    page.click("part-accessed")?;
    page.click_text(".rows .row", "salaries-2023")?;
    page.wait_for("who deleted it", WAIT, || {
        Ok(page.text("inspector")?.contains("Deleted by"))
    })?;

    let report = page.report()?;
    let risk = &report["risk"];
    let secrets = risk["secrets"].as_array().context("no secrets")?;
    ensure!(secrets.len() == 4, "{secrets:#?}");
    let user_data = secrets
        .iter()
        .find(|one| one["kind"] == "AWS secret access key")
        .context("no user data")?;
    ensure!(
        user_data["fields"]
            .as_str()
            .is_some_and(|path| path.ends_with("UserData (base64)"))
            && user_data["offset"].as_u64() > Some(0),
        "{user_data}"
    );
    ensure!(
        !report.to_string().contains(value),
        "a secret stands in the report"
    );
    let reach = risk["bucketReach"].as_array().context("no changes")?;
    let opened = reach
        .iter()
        .find(|one| one["call"] == "PutBucketPolicy")
        .context("no policy")?;
    ensure!(
        opened["publicBefore"] == "no" && opened["publicAfter"] == "yes",
        "{opened}"
    );
    let objects = risk["bucketObjects"].as_array().context("no objects")?;
    let customers = objects
        .iter()
        .find(|one| one["key"] == "exports/customers.csv")
        .context("no customers")?;
    ensure!(
        customers["reads"] == 2
            && customers["dropped"]
                .as_str()
                .is_some_and(|path| path.ends_with("exports/customers.csv"))
            && customers["size"].as_u64() > Some(5_000),
        "{customers}"
    );
    stage.expect_quiet_console()
}
