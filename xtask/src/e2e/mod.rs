//! End-to-end tests: the built page in headless Chromium, driven through what the contract
//! names. Each test has a browser and two servers of its own: the page's, and a canary that
//! nothing may ever reach. What the servers recorded is the witness.

mod activity;
mod audit;
mod compliance;
mod glue;
mod intake;
mod page;
mod resources;
mod risk;
mod seal;
mod stage;
mod views;

use std::time::Instant;

use anyhow::{Context, Result, bail};

pub(crate) use page::{Page, key};
pub(crate) use stage::{Stage, Variant};
pub(crate) use views::VIEWS;

use crate::setup::Browser;
use crate::webdriver::Driver;

/// One test: what it shows, as a name to filter by, and the function that shows it.
pub(crate) struct Test {
    name: &'static str,
    run: fn(&Stage) -> Result<()>,
}

/// Runs the tests whose name contains the filter, against dist/ as it is.
///
/// # Errors
/// When any fails, after all have run. A failed test leaves a screenshot and the console in
/// `target/e2e/<name>/`.
pub(crate) fn run(filter: Option<&str>, variant: Variant) -> Result<()> {
    let tests: Vec<&Test> = [
        glue::TESTS,
        seal::TESTS,
        intake::TESTS,
        views::TESTS,
        activity::TESTS,
        resources::TESTS,
        compliance::TESTS,
        risk::TESTS,
        audit::TESTS,
    ]
    .into_iter()
    .flatten()
    .filter(|test| filter.is_none_or(|part| test.name.contains(part)))
    .collect();
    if tests.is_empty() {
        bail!(
            "no end-to-end test has {} in its name",
            filter.unwrap_or("anything")
        );
    }

    let driver = Driver::start(&Browser::ensure()?)?;
    let mut failed = Vec::new();
    for test in &tests {
        let start = Instant::now();
        let result = perform(&driver, test, variant);
        let seconds = start.elapsed().as_secs_f64();
        match result {
            Ok(()) => println!("passed  {seconds:>6.1} s  {}", test.name),
            Err(error) => {
                println!("FAILED  {seconds:>6.1} s  {}: {error:#}", test.name);
                failed.push(test.name);
            }
        }
    }
    if !failed.is_empty() {
        bail!(
            "{} of {} end-to-end tests failed: {}",
            failed.len(),
            tests.len(),
            failed.join(", ")
        );
    }
    println!("{} end-to-end tests passed", tests.len());
    Ok(())
}

fn perform(driver: &Driver, test: &Test, variant: Variant) -> Result<()> {
    let stage = Stage::set(driver, test.name, variant).context("setting the stage")?;
    let result = (test.run)(&stage);
    if result.is_err() {
        stage.keep_evidence();
    }
    result
}
