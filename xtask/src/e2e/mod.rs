//! End-to-end tests: the built page in headless Chromium, driven through what the contract
//! names. Each test has a browser and two servers of its own: the page's, and a canary that
//! nothing may ever reach. What the servers recorded is the witness.

mod access;
mod activity;
mod audit;
mod compliance;
mod custody;
mod deaths;
mod faults;
mod glue;
mod intake;
mod load;
mod objects;
mod offline;
mod page;
mod printed;
mod resources;
mod risk;
mod seal;
mod stage;
mod timeline;
mod views;

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, PoisonError};
use std::thread;
use std::time::Instant;

use anyhow::{Context, Result, bail};

pub(crate) use load::run as run_load;
pub(crate) use page::{Page, key};
pub(crate) use stage::{Stage, Variant};
pub(crate) use views::VIEWS;

use crate::setup::{Browser, Engine};
use crate::webdriver::Driver;

/// One test: what it shows, as a name to filter by, and the function that shows it.
pub(crate) struct Test {
    name: &'static str,
    run: fn(&Stage) -> Result<()>,
}

/// What the end-to-end tests are run in.
#[derive(Clone, Copy)]
pub(crate) struct Setting {
    /// What is opened.
    pub(crate) variant: Variant,
    /// The browser.
    pub(crate) engine: &'static Engine,
}

/// Tests that run side by side, each with its own browser: half of a test is waiting.
const AT_ONCE: usize = 2;

/// Tests of one subject, and where they make sense.
struct Suite {
    tests: &'static [Test],
    runs_in: fn(Setting) -> bool,
}

const fn everywhere(tests: &'static [Test]) -> Suite {
    Suite {
        tests,
        runs_in: |_| true,
    }
}

const SUITES: &[Suite] = &[
    // The longest tests first. The one file is the same page.
    Suite {
        tests: access::TESTS,
        runs_in: |setting| setting.variant == Variant::Site,
    },
    everywhere(glue::TESTS),
    everywhere(seal::TESTS),
    everywhere(intake::TESTS),
    // Only Chromium's driver drags files in.
    Suite {
        tests: intake::DRAG_TESTS,
        runs_in: |setting| setting.engine.has_devtools,
    },
    // What stands between a page and its workers is put there by Chromium's driver alone.
    Suite {
        tests: deaths::TESTS,
        runs_in: |setting| setting.engine.has_devtools,
    },
    everywhere(faults::TESTS),
    Suite {
        tests: faults::FOLDER_TESTS,
        runs_in: |setting| setting.engine.takes_folders,
    },
    everywhere(views::TESTS),
    everywhere(activity::TESTS),
    everywhere(timeline::TESTS),
    // Only Chromium's driver moves the pointer as the browser itself does.
    Suite {
        tests: timeline::POINTER_TESTS,
        runs_in: |setting| setting.engine.has_devtools,
    },
    everywhere(resources::TESTS),
    everywhere(compliance::TESTS),
    everywhere(risk::TESTS),
    everywhere(objects::TESTS),
    everywhere(audit::TESTS),
    everywhere(custody::TESTS),
    // Only Chromium prints by DevTools.
    Suite {
        tests: printed::TESTS,
        runs_in: |setting| setting.engine.has_devtools,
    },
    // The one file has no service worker.
    Suite {
        tests: offline::TESTS,
        runs_in: |setting| setting.variant == Variant::Site,
    },
    Suite {
        tests: offline::INSTALL_TESTS,
        runs_in: |setting| setting.variant == Variant::Site && setting.engine.has_devtools,
    },
];

/// Runs the tests whose name contains the filter, against dist/ as it is.
///
/// # Errors
/// When any fails, after all have run. A failed test leaves a screenshot and the console in
/// `target/e2e/<name>/`.
pub(crate) fn run(filter: Option<&str>, setting: Setting) -> Result<()> {
    let tests: Vec<&Test> = SUITES
        .iter()
        .filter(|suite| (suite.runs_in)(setting))
        .flat_map(|suite| suite.tests)
        .filter(|test| filter.is_none_or(|part| test.name.contains(part)))
        .collect();
    if tests.is_empty() {
        println!(
            "no end-to-end test of these has {} in its name",
            filter.unwrap_or("anything")
        );
        return Ok(());
    }

    let browser = Browser::ensure_engine(setting.engine)?;
    let drivers = (0..AT_ONCE.min(tests.len()))
        .map(|_| Driver::start(&browser))
        .collect::<Result<Vec<Driver>>>()?;
    let next = AtomicUsize::new(0);
    let failed = Mutex::new(Vec::new());
    let take_turns = |driver: &Driver| {
        while let Some(test) = tests.get(next.fetch_add(1, Ordering::Relaxed)) {
            let start = Instant::now();
            let result = perform(driver, test, setting);
            let seconds = start.elapsed().as_secs_f64();
            match result {
                Ok(()) => println!("passed  {seconds:>6.1} s  {}", test.name),
                Err(error) => {
                    println!("FAILED  {seconds:>6.1} s  {}: {error:#}", test.name);
                    failed
                        .lock()
                        .unwrap_or_else(PoisonError::into_inner)
                        .push(test.name);
                }
            }
        }
    };
    thread::scope(|scope| {
        for driver in &drivers {
            scope.spawn(|| take_turns(driver));
        }
    });
    let failed = failed.into_inner().unwrap_or_else(PoisonError::into_inner);
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

fn perform(driver: &Driver, test: &Test, setting: Setting) -> Result<()> {
    let stage = Stage::set(driver, test.name, setting.variant).context("setting the stage")?;
    let result = (test.run)(&stage);
    if result.is_err() {
        stage.keep_evidence();
    }
    result
}
