//! `bench --start`: from asking for the address to a page that takes evidence, on loopback: a first visit, a visit of a page
//! that is kept, and the one file from disk. What WebDriver itself takes is in it.

use std::fs;
use std::time::{Duration, Instant};

use anyhow::{Result, ensure};
use serde_json::json;

use crate::build;
use crate::one_file;
use crate::server::{Folder, Server};
use crate::setup::Browser;
use crate::shell;
use crate::webdriver::{Driver, Session};

/// Whether evidence can be dropped and the network is closed.
const IS_USABLE: &str =
    "return document.querySelector('[data-testid=network-seal]')?.dataset.sealed === 'true'
  && document.querySelector('input#evidence-files') !== null;";
const IS_KEPT: &str = "return window.exhibit?.offline?.state === 'kept'";
const PATIENCE: Duration = Duration::from_secs(60);

/// Measures and prints.
pub(super) fn run(browser: &Browser, runs: usize) -> Result<()> {
    let downloads = shell::root().join("target/bench/downloads");
    fs::create_dir_all(&downloads)?;
    let driver = Driver::start(browser)?;
    let mut times: [Vec<f64>; 3] = Default::default();
    for _ in 0..runs {
        let dist = Folder::open(&build::dist())?;
        let site = Server::start(0, move |request| dist.answer(request))?;
        let file = format!("file://{}", build::dist().join(one_file::NAME).display());
        let session = Session::open(&driver, &downloads)?;
        times[0].push(open(&session, &site.url())?);
        wait(&session, IS_KEPT)?;
        session.open_url("about:blank")?;
        times[1].push(open(&session, &site.url())?);
        session.open_url("about:blank")?;
        times[2].push(open(&session, &file)?);
    }
    for (name, times) in [
        "first visit",
        "kept, opened again",
        "exhibit.html from disk",
    ]
    .iter()
    .zip(&mut times)
    {
        times.sort_by(f64::total_cmp);
        let (least, most) = (times.first().unwrap_or(&0.0), times.last().unwrap_or(&0.0));
        println!(
            "{name}: median {:.0} ms, {least:.0} to {most:.0} in {runs} runs",
            times[times.len() / 2]
        );
    }
    let result = json!({ "first": times[0], "kept": times[1], "oneFile": times[2] });
    fs::write(
        shell::root().join("target/bench/start.json"),
        serde_json::to_vec_pretty(&result)?,
    )?;
    Ok(())
}

/// Milliseconds until the page can be used.
fn open(session: &Session, address: &str) -> Result<f64> {
    let start = Instant::now();
    session.open_url(address)?;
    wait(session, IS_USABLE)?;
    Ok(start.elapsed().as_secs_f64() * 1_000.0)
}

fn wait(session: &Session, script: &str) -> Result<()> {
    let start = Instant::now();
    while session.run(script, &[])? != json!(true) {
        ensure!(start.elapsed() < PATIENCE, "waited in vain for {script}");
        std::thread::sleep(Duration::from_millis(5));
    }
    Ok(())
}
