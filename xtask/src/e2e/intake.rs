//! Evidence goes in through the inputs, and the report says of it what was planted.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail, ensure};
use serde_json::Value;

use super::{Stage, Test};
use crate::pack;
use crate::shell;

pub(super) const TESTS: &[Test] = &[
    Test {
        name: "demo_shows_its_faults",
        run: demo_shows_its_faults,
    },
    Test {
        name: "folder_with_faults_shows_them",
        run: folder_shows_its_faults,
    },
    Test {
        name: "archives_say_the_same_as_the_folder",
        run: archives_say_the_same,
    },
    Test {
        name: "later_drops_add_and_clear_empties",
        run: later_drops_add,
    },
    Test {
        name: "cancel_leaves_a_usable_case",
        run: cancel_leaves_a_case,
    },
    Test {
        name: "cancel_ends_a_big_archive",
        run: cancel_ends_a_big_archive,
    },
];

pub(super) const DRAG_TESTS: &[Test] = &[Test {
    name: "folders_and_files_are_dropped_and_pasted",
    run: dropped_and_pasted,
}];

/// Clicks Cancel as soon as some files are read.
const CANCEL: &str = "
const intake = document.querySelector('[data-testid=intake]');
const watch = new MutationObserver(() => {
  const button = [...intake.querySelectorAll('button')].find((one) => one.textContent === 'Cancel');
  if (button && Number(intake.dataset.files) > 100) { watch.disconnect(); button.click(); }
});
watch.observe(intake, { attributes: true, childList: true, subtree: true, characterData: true });";

/// What the demo must show; it is there to show it.
const DEMO: &[(&str, &[&str])] = &[
    ("digests", &["valid", "missing"]),
    ("logs", &["valid", "modified", "missing", "trailing-data"]),
];

fn demo_shows_its_faults(stage: &Stage) -> Result<()> {
    let page = stage.open()?;
    page.click("load-demo")?;
    page.wait_ready(1)?;
    let report = page.report()?;
    ensure!(
        report["cloudtrail"]["verdict"] == "failed",
        "the demo's verdict is {}",
        report["cloudtrail"]["verdict"]
    );
    for (list, statuses) in DEMO {
        let found = statuses_of(&report, list);
        for status in *statuses {
            ensure!(
                found.contains_key(*status),
                "no {status} among the demo's {list}: {found:?}"
            );
        }
    }
    stage.expect_quiet_console()
}

/// A folder goes in through the input; the statuses on the page and in the report are the ones
/// that are expected of it, and nothing was requested meanwhile.
fn folder_shows_its_faults(stage: &Stage) -> Result<()> {
    let root = shell::root().join("tests/evidence");
    for defect in [
        "two-neighbouring-digests-deleted",
        "log-modified",
        "complete",
    ] {
        let expected: Value =
            serde_json::from_slice(&fs::read(root.join(defect).join("expected.json"))?)?;
        let folder = root.join(defect).join("evidence");
        stage.page.session().open_url("about:blank")?;
        let page = stage.open()?;
        let before = stage.asked().len();
        page.drop_folder(&folder)?;
        page.wait_ready(count(&folder)?)?;
        page.click("nav-integrity")?;
        page.wait_shown("digest-counts", true)?;
        let verdict = page.attr("verdict", "data-verdict")?;
        ensure!(
            verdict.as_deref() == expected["verdict"].as_str(),
            "{defect}: the page says {verdict:?}"
        );
        for (list, testid) in [("digests", "digest-counts"), ("logs", "log-counts")] {
            let shown = page.text(testid)?;
            for (status, count) in expected[list].as_object().into_iter().flatten() {
                let is_there =
                    shown.contains(status.as_str()) && shown.contains(&count.to_string());
                ensure!(
                    is_there,
                    "{defect}: {status} {count} is not among {shown:?}"
                );
            }
        }
        let report = page.report()?;
        for list in ["digests", "logs"] {
            let found = serde_json::to_value(statuses_of(&report, list))?;
            ensure!(found == expected[list], "{defect}: {list} are {found}");
        }
        let after = stage.asked().len();
        ensure!(
            after == before,
            "{defect}: {} requests after the seal",
            after - before
        );
    }
    ensure!(stage.canary.requests().is_empty(), "the canary was reached");
    stage.expect_quiet_console()
}

fn archives_say_the_same(stage: &Stage) -> Result<()> {
    let folder = some_defect()?;
    let scratch = stage.scratch()?;
    let page = stage.open()?;

    page.drop_folder(&folder)?;
    page.wait_ready(count(&folder)?)?;
    let plain = without_paths(page.report()?);

    let archives = [scratch.join("evidence.zip"), scratch.join("evidence.tar")];
    pack::zip(&folder, &archives[0])?;
    pack::tar(&folder, &archives[1])?;
    for archive in archives {
        page.click("clear-case")?;
        page.wait_state("empty")?;
        page.drop_files(std::slice::from_ref(&archive))?;
        page.wait_ready(1)?;
        let packed = without_paths(page.report()?);
        ensure!(
            packed == plain,
            "{} is reported otherwise than the folder",
            archive.display()
        );
    }
    stage.expect_quiet_console()
}

fn later_drops_add(stage: &Stage) -> Result<()> {
    let folder = some_defect()?;
    let files = pack::files_below(&folder)?;
    let (first, second) = files.split_at(files.len() / 2);
    let page = stage.open()?;

    page.drop_files(first)?;
    page.wait_ready(first.len())?;
    page.drop_files(second)?;
    page.wait_ready(files.len())?;
    let report = page.report()?;
    let listed = report["evidence"]["files"].as_array().map_or(0, Vec::len);
    ensure!(
        listed == files.len(),
        "{listed} files are listed after two drops, of {}",
        files.len()
    );

    page.click("clear-case")?;
    page.wait_state("empty")?;
    let left = page.files()?;
    ensure!(left == 0, "{left} files are left after clearing");
    stage.expect_quiet_console()
}

/// How often each status stands in a list of the report.
fn statuses_of(report: &Value, list: &str) -> BTreeMap<String, usize> {
    let entries = report["cloudtrail"][list].as_array().into_iter().flatten();
    entries.fold(BTreeMap::new(), |mut counts, entry| {
        let status = entry["status"].as_str().unwrap_or("none").to_owned();
        *counts.entry(status).or_default() += 1;
        counts
    })
}

/// The evidence of the first defect, in the order of their names.
fn some_defect() -> Result<PathBuf> {
    let root = shell::root().join("tests/evidence");
    let mut folders: Vec<PathBuf> = fs::read_dir(&root)
        .with_context(|| format!("cannot read {}", root.display()))?
        .flatten()
        .map(|entry| entry.path().join("evidence"))
        .filter(|path| path.is_dir())
        .collect();
    folders.sort();
    match folders.into_iter().next() {
        Some(folder) => Ok(folder),
        None => bail!("{} holds no defect", root.display()),
    }
}

fn count(folder: &Path) -> Result<usize> {
    Ok(pack::files_below(folder)?.len())
}

/// A report less what may differ between a folder and an archive of it: the time it was
/// written, the paths, and the archive itself, which is a file too.
fn without_paths(mut report: Value) -> Value {
    report["generatedAt"] = Value::Null;
    if let Some(files) = report["evidence"]["files"].as_array_mut() {
        files.retain(|file| file["kind"] != "archive");
    }
    // The archive is a file more.
    for control in report["audit"]["controls"]
        .as_array_mut()
        .into_iter()
        .flatten()
    {
        control["reason"] = Value::Null;
    }
    strip_paths(&mut report);
    sort_lists(&mut report);
    report
}

fn strip_paths(value: &mut Value) {
    match value {
        Value::Object(fields) => {
            fields.remove("path");
            fields.values_mut().for_each(strip_paths);
        }
        Value::Array(items) => items.iter_mut().for_each(strip_paths),
        _ => {}
    }
}

/// Lists are in the order of their paths, which are gone.
fn sort_lists(value: &mut Value) {
    match value {
        Value::Object(fields) => fields.values_mut().for_each(sort_lists),
        Value::Array(items) => {
            items.iter_mut().for_each(sort_lists);
            items.sort_by_cached_key(Value::to_string);
        }
        _ => {}
    }
}

/// Files of a cancelled intake: all are listed, those that were not read say so, and the next drop is read.
fn cancel_leaves_a_case(stage: &Stage) -> Result<()> {
    const FILES: usize = 5_000;
    let folder = stage.scratch()?.join("many");
    fs::create_dir_all(&folder)?;
    let mut paths = Vec::with_capacity(FILES);
    for at in 0..FILES {
        let event = format!(
            "[{{\"eventID\":\"{at:08x}-0000-4000-8000-000000000000\",\"eventName\":\"A\",\"eventTime\":\"2024-05-01T10:00:00Z\"}}]"
        );
        let path = folder.join(format!("{at:05}.json"));
        fs::write(&path, event)?;
        paths.push(path);
    }
    let page = stage.open()?;
    page.session().run(CANCEL, &[])?;
    // A small archive would be read at once.
    match page.session().engine().takes_folders {
        true => page.drop_folder(&folder)?,
        false => page.drop_files(&paths)?,
    }
    page.wait_ready(FILES)?;
    let report = page.report()?;
    let files = report["evidence"]["files"].as_array().context("no files")?;
    ensure!(files.len() == FILES, "{} files are listed", files.len());
    let cancelled = files
        .iter()
        .filter(|file| file["problem"]["code"] == "cancelled")
        .count();
    ensure!(
        cancelled > 0 && cancelled < FILES,
        "{cancelled} of {FILES} were cancelled"
    );
    let later = stage.scratch()?.join("later.json");
    fs::write(
        &later,
        "[{\"eventID\":\"ffffffff-0000-4000-8000-000000000000\",\"eventName\":\"Later\",\"eventTime\":\"2024-05-01T10:00:00Z\"}]",
    )?;
    page.drop_files(&[later])?;
    page.wait_ready(FILES + 1)?;
    let report = page.report()?;
    let files = report["evidence"]["files"].as_array().context("no files")?;
    let own = files
        .iter()
        .find(|file| file["path"] == "later.json")
        .context("the later file is not listed")?;
    ensure!(
        own["problem"].is_null() && own["kind"] == "cloudtrail-events",
        "{own}"
    );
    stage.expect_quiet_console()
}

/// An archive that is cancelled while it is read: what was read stays, the rest says so, and nothing goes on.
fn cancel_ends_a_big_archive(stage: &Stage) -> Result<()> {
    const FILES: usize = 2_000;
    let folder = stage.scratch()?.join("big");
    fs::create_dir_all(&folder)?;
    for at in 0..FILES {
        let one = |event: usize| {
            format!(
                "{{\"eventID\":\"{at:08x}-0000-4000-8000-{event:012x}\",\"eventName\":\"A\",\"eventTime\":\"2024-05-01T10:00:00Z\",\"userAgent\":\"{}\"}}",
                "x".repeat(300)
            )
        };
        let events: Vec<String> = (0..150).map(one).collect();
        fs::write(
            folder.join(format!("{at:05}.json")),
            format!("[{}]", events.join(",")),
        )?;
    }
    let archive = stage.scratch()?.join("big.tar");
    crate::pack::tar(&folder, &archive)?;
    let page = stage.open()?;
    page.session().run(CANCEL, &[])?;
    page.drop_files(&[archive])?;
    page.wait_state("ready")?;
    let report = page.report()?;
    let files = report["evidence"]["files"].as_array().context("no files")?;
    let events = files
        .iter()
        .filter(|file| file["kind"] == "cloudtrail-events");
    let read = events.count();
    ensure!(
        read > 50 && read < FILES,
        "{read} of {FILES} members were read"
    );
    let unread = files
        .iter()
        .filter(|file| file["path"] == "big.tar/(unread)");
    let codes: Vec<&Value> = unread.map(|file| &file["problem"]["code"]).collect();
    ensure!(codes == ["cancelled"], "what was not read says {codes:?}");
    // Nothing goes on behind the page.
    std::thread::sleep(std::time::Duration::from_secs(2));
    let later = page.report()?;
    let count = later["evidence"]["files"].as_array().map_or(0, Vec::len);
    ensure!(
        count == files.len(),
        "{count} files are listed, {} were",
        files.len()
    );
    stage.expect_quiet_console()
}

/// What a person drags in from the file manager, and what they paste: folders of more files than the browser lists at a time,
/// folders in folders, files beside them.
fn dropped_and_pasted(stage: &Stage) -> Result<()> {
    const FILES: usize = 250;
    let scratch = stage.scratch()?;
    let folder = scratch.join("dragged");
    fs::create_dir_all(folder.join("inner/deeper"))?;
    let event = |at: usize| {
        format!(
            "[{{\"eventID\":\"{at:08x}-0000-4000-8000-000000000000\",\"eventName\":\"A\",\"eventTime\":\"2024-05-01T10:00:00Z\"}}]"
        )
    };
    for at in 0..FILES {
        fs::write(folder.join(format!("inner/deeper/{at:05}.json")), event(at))?;
    }
    fs::write(folder.join("beside.json"), event(FILES))?;
    let alone = scratch.join("alone.json");
    fs::write(&alone, event(FILES + 1))?;
    let page = stage.open()?;
    page.session().drag(&[&folder, &alone], (600, 400))?;
    page.wait_ready(FILES + 2)?;
    let paste = "
const transfer = new DataTransfer();
transfer.setData('text/plain', arguments[0]);
document.body.dispatchEvent(new ClipboardEvent('paste', { clipboardData: transfer, bubbles: true, cancelable: true }));";
    page.session().run(paste, &[event(FILES + 2).into()])?;
    page.wait_ready(FILES + 3)?;
    let report = page.report()?;
    let files = report["evidence"]["files"].as_array().context("no files")?;
    let mut paths: Vec<&str> = files
        .iter()
        .filter_map(|file| file["path"].as_str())
        .collect();
    paths.sort_unstable();
    ensure!(paths.len() == FILES + 3, "{} files are listed", paths.len());
    for path in [
        "alone.json",
        "dragged/beside.json",
        "dragged/inner/deeper/00249.json",
    ] {
        ensure!(
            paths.binary_search(&path).is_ok(),
            "{path} is not among {paths:?}"
        );
    }
    ensure!(
        files
            .iter()
            .all(|file| file["problem"].is_null() && file["kind"] == "cloudtrail-events"),
        "{files:?}"
    );
    stage.expect_quiet_console()
}
