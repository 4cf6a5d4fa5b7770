//! Workers die in the middle of their work: nothing is lost, and the page says what happened.
//!
//! A worker's death is what the browser makes of it: an `error` event at the page's handle. The program has no
//! hook for this; the test stands between the page and its workers, where a death can be told by what was posted.

use std::fs;
use std::path::PathBuf;

use anyhow::{Context, Result, ensure};
use serde_json::{Value, json};

use super::activity::WAIT;
use super::{Page, Stage, Test};

pub(super) const TESTS: &[Test] = &[
    Test {
        name: "reader_that_dies_once_is_replaced",
        run: reader_dies_once,
    },
    Test {
        name: "file_that_kills_its_reader_twice_is_unreadable",
        run: file_kills_twice,
    },
    Test {
        name: "reader_that_cannot_start_condemns_no_file",
        run: reader_cannot_start,
    },
    Test {
        name: "evidence_is_read_again_when_the_case_worker_dies",
        run: case_dies,
    },
];

/// Ends a worker in place of handing it a message: a reader when it is given the file of that name, as often as told;
/// the case worker, which is given no files, when it is told that all is read.
/// What comes in the place of a reader that ended so cannot start as often as told: it is handed no program.
/// arguments: the file's name or null for the case worker, how often, how many cannot start.
const DEATHS: &str = "
const [name, times, unstarted] = arguments;
window.deaths = 0;
window.unstarted = 0;
const post = Worker.prototype.postMessage;
Worker.prototype.postMessage = function (message, ...rest) {
  const files = Array.isArray(message) ? message.filter((part) => part instanceof File) : [];
  const isFatal = name === null ? Array.isArray(message) && !files.length : files.some((file) => file.name === name);
  if (message instanceof WebAssembly.Module && window.deaths && window.unstarted < unstarted) {
    window.unstarted += 1;
    message = {};
  }
  if (!isFatal || window.deaths >= times) return post.call(this, message, ...rest);
  window.deaths += 1;
  this.terminate();
  setTimeout(() => this.dispatchEvent(new ErrorEvent('error', { message: 'RuntimeError: unreachable', cancelable: true })));
};";

/// Files enough for several jobs on each reader.
const FILES: usize = 200;
/// The one that kills.
const KILLER: &str = "00100.json";

fn evidence(stage: &Stage) -> Result<PathBuf> {
    let folder = stage.scratch()?.join("evidence");
    fs::create_dir_all(&folder)?;
    for at in 0..FILES {
        let event = json!([{
            "eventID": format!("{at:08x}-0000-4000-8000-000000000000"), "eventName": "A", "eventSource": "s3.amazonaws.com",
            "eventTime": "2024-05-01T10:00:00Z",
        }]);
        fs::write(folder.join(format!("{at:05}.json")), event.to_string())?;
    }
    Ok(folder)
}

/// Drops the evidence while a worker dies so often; returns the page and the files of its report.
fn drop_over<'s>(
    stage: &'s Stage,
    killer: Option<&str>,
    times: usize,
    unstarted: usize,
) -> Result<(&'s Page, Vec<Value>)> {
    let folder = evidence(stage)?;
    let page = stage.open()?;
    page.session()
        .run(DEATHS, &[json!(killer), json!(times), json!(unstarted)])?;
    page.drop_folder(&folder)?;
    page.wait_ready(FILES)?;
    let died = page.session().run("return window.deaths", &[])?;
    ensure!(died == json!(times), "{died} deaths instead of {times}");
    let refused = page.session().run("return window.unstarted", &[])?;
    ensure!(refused == json!(unstarted), "{refused} could not start");
    let report = page.report()?;
    let files = report["evidence"]["files"].as_array().context("no files")?;
    ensure!(files.len() == FILES, "{} files are listed", files.len());
    Ok((page, files.clone()))
}

fn sound(files: &[Value]) -> usize {
    let is_sound = |file: &&Value| file["problem"].is_null() && file["kind"] == "cloudtrail-events";
    files.iter().filter(is_sound).count()
}

fn reader_dies_once(stage: &Stage) -> Result<()> {
    let (page, files) = drop_over(stage, Some(KILLER), 1, 0)?;
    ensure!(sound(&files) == FILES, "{} files are sound", sound(&files));
    page.click("nav-activity")?;
    page.wait_shown("event-count", true)?;
    let total = page.attr("event-count", "data-total")?;
    ensure!(
        total.as_deref() == Some("200"),
        "{total:?} events: files that were read twice count once"
    );
    stage.expect_quiet_console()
}

fn file_kills_twice(stage: &Stage) -> Result<()> {
    let (page, files) = drop_over(stage, Some(KILLER), 2, 0)?;
    ensure!(
        sound(&files) == FILES - 1,
        "{} files are sound",
        sound(&files)
    );
    let killer = files
        .iter()
        .find(|file| {
            file["path"]
                .as_str()
                .is_some_and(|path| path.ends_with(KILLER))
        })
        .context("the file is not listed")?;
    ensure!(
        killer["kind"] == "unreadable" && killer["problem"]["code"] == "crashed",
        "{killer}"
    );
    let advice = killer["problem"]["recommendation"].as_str();
    ensure!(advice.is_some_and(|text| !text.is_empty()), "{killer}");
    // The page goes on: the same file is dropped again and harms nobody.
    let again = stage.scratch()?.join("evidence").join(KILLER);
    page.drop_files(&[again])?;
    page.wait_ready(FILES + 1)?;
    stage.expect_quiet_console()
}

fn reader_cannot_start(stage: &Stage) -> Result<()> {
    let (page, files) = drop_over(stage, Some(KILLER), 1, 1)?;
    ensure!(sound(&files) == FILES, "{} files are sound", sound(&files));
    ensure!(
        page.says("A reader could not start")?,
        "the page does not say what happened"
    );
    // Each record is asked of those that are left.
    page.click("nav-activity")?;
    page.wait_shown("event-count", true)?;
    let mut before = String::new();
    for at in 0..4 {
        page.session().run(
            "document.getElementById(`row-${arguments[0]}`).click()",
            &[json!(at)],
        )?;
        page.wait_for("the next record", WAIT, || {
            let text = page.text("inspector").unwrap_or_default();
            Ok(text != before && text.contains("SHA-256 that was judged"))
        })?;
        before = page.text("inspector")?;
    }
    stage.expect_quiet_console()
}

fn case_dies(stage: &Stage) -> Result<()> {
    let (page, files) = drop_over(stage, None, 1, 0)?;
    ensure!(sound(&files) == FILES, "{} files are sound", sound(&files));
    ensure!(
        page.says("the evidence is being read again")?,
        "the page does not say what happened"
    );
    stage.expect_quiet_console()
}
