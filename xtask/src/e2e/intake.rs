//! Evidence goes in through the inputs, and the report says of it what was planted.

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail, ensure};
use serde_json::Value;
use zip::ZipWriter;
use zip::write::SimpleFileOptions;

use super::{Stage, Test};
use crate::shell;

pub(super) const TESTS: &[Test] = &[
    Test {
        name: "demo_shows_its_faults",
        run: demo_shows_its_faults,
    },
    Test {
        name: "archives_say_the_same_as_the_folder",
        run: archives_say_the_same,
    },
    Test {
        name: "later_drops_add_and_clear_empties",
        run: later_drops_add,
    },
];

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

fn archives_say_the_same(stage: &Stage) -> Result<()> {
    let folder = some_defect()?;
    let scratch = stage.scratch()?;
    let page = stage.open()?;

    page.drop_folder(&folder)?;
    page.wait_ready(count(&folder)?)?;
    let plain = without_paths(page.report()?);

    let archives = [
        zip_of(&folder, &scratch.join("evidence.zip"))?,
        tar_of(&folder, &scratch.join("evidence.tar"))?,
    ];
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
    let files = files_below(&folder)?;
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
    Ok(files_below(folder)?.len())
}

/// All files below a folder, in the order of their names.
pub(super) fn files_below(folder: &Path) -> Result<Vec<PathBuf>> {
    let mut files = Vec::new();
    let mut folders = vec![folder.to_path_buf()];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(&folder)? {
            let path = entry?.path();
            if path.is_dir() {
                folders.push(path);
            } else {
                files.push(path);
            }
        }
    }
    files.sort();
    Ok(files)
}

fn zip_of(folder: &Path, archive: &Path) -> Result<PathBuf> {
    let mut writer = ZipWriter::new(File::create(archive)?);
    for path in files_below(folder)? {
        let name = path.strip_prefix(folder)?.to_string_lossy();
        writer.start_file(name, SimpleFileOptions::default())?;
        io::copy(&mut File::open(&path)?, &mut writer)?;
    }
    writer.finish()?;
    Ok(archive.to_path_buf())
}

fn tar_of(folder: &Path, archive: &Path) -> Result<PathBuf> {
    let mut builder = tar::Builder::new(File::create(archive)?);
    builder.append_dir_all(".", folder)?;
    builder.finish()?;
    Ok(archive.to_path_buf())
}

/// A report less what may differ between a folder and an archive of it: the time it was
/// written, the paths, and the archive itself, which is a file too.
fn without_paths(mut report: Value) -> Value {
    report["generatedAt"] = Value::Null;
    if let Some(files) = report["evidence"]["files"].as_array_mut() {
        files.retain(|file| file["kind"] != "archive");
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
