//! Much evidence in a real browser: it finishes, memory is bounded, the page answers. Minutes each, so these run with
//! `cargo xtask test --full` alone.

use std::fs;
use std::io::{BufWriter, Write as _};
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail, ensure};
use flate2::Compression;
use flate2::write::GzEncoder;
use serde_json::json;

use super::{Page, Stage, Variant};
use crate::setup::Browser;
use crate::webdriver::Driver;

/// A test that also weighs the page's processes.
struct Load {
    name: &'static str,
    run: fn(&Driver, &Stage) -> Result<()>,
}

const TESTS: &[Load] = &[
    Load {
        name: "load_twenty_cases_give_their_memory_back",
        run: twenty_cases,
    },
    Load {
        name: "load_memory_is_refused",
        run: memory_is_refused,
    },
    Load {
        name: "load_100000_files_of_5_kb",
        run: many_files,
    },
    Load {
        name: "load_10_gb_of_json",
        run: much_json,
    },
];

/// No load takes longer, or something hangs.
const LONGEST: Duration = Duration::from_secs(1_800);
const MB: u64 = 1_000_000;

/// Runs those whose name contains the filter.
///
/// # Errors
/// When any fails, after all have run.
pub(crate) fn run(filter: Option<&str>) -> Result<()> {
    let driver = Driver::start(&Browser::ensure()?)?;
    let mut failed = Vec::new();
    for test in TESTS
        .iter()
        .filter(|test| filter.is_none_or(|part| test.name.contains(part)))
    {
        let begun = Instant::now();
        let stage = Stage::set(&driver, test.name, Variant::Site).context("setting the stage")?;
        let result = (test.run)(&driver, &stage);
        let seconds = begun.elapsed().as_secs_f64();
        match result {
            Ok(()) => println!("passed  {seconds:>6.1} s  {}", test.name),
            Err(error) => {
                stage.keep_evidence();
                println!("FAILED  {seconds:>6.1} s  {}: {error:#}", test.name);
                failed.push(test.name);
            }
        }
    }
    if !failed.is_empty() {
        bail!("failed under load: {}", failed.join(", "));
    }
    Ok(())
}

/// Where evidence is made; it is removed when its test is over.
struct Scratch(PathBuf);

impl Scratch {
    fn new(stage: &Stage) -> Result<Self> {
        Ok(Self(stage.scratch()?))
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

/// Waits until so many files are read and judged, and returns the seconds since `begun`.
fn wait(page: &Page, files: usize, begun: Instant) -> Result<f64> {
    page.wait_for(&format!("{files} files"), LONGEST, || {
        let is_ready = page.attr("intake", "data-state")?.as_deref() == Some("ready");
        Ok(is_ready && page.files()? >= files)
    })?;
    Ok(begun.elapsed().as_secs_f64())
}

/// How long the page takes to answer a question, in seconds: from the click on Activity to the count of all events.
fn answer(page: &Page) -> Result<(f64, u64)> {
    let begun = Instant::now();
    page.click("nav-activity")?;
    page.wait_for("the count of events", LONGEST, || {
        Ok(page
            .attr("event-count", "data-total")?
            .is_some_and(|total| total != "0"))
    })?;
    let total = page.attr("event-count", "data-total")?.unwrap_or_default();
    Ok((begun.elapsed().as_secs_f64(), total.parse().unwrap_or(0)))
}

fn weighed(bytes: Option<u64>) -> String {
    bytes.map_or("not told".to_owned(), |bytes| format!("{} MB", bytes / MB))
}

/// A record of about 5 kB, or of any other size, with fields that differ.
fn record(at: usize, filler: &str) -> String {
    format!(
        "{{\"eventVersion\":\"1.11\",\"eventID\":\"{at:08x}-0000-4000-8000-000000000000\",\"eventName\":\"GetObject\",\"eventSource\":\"s3.amazonaws.com\",\
         \"awsRegion\":\"us-east-1\",\"eventTime\":\"2026-03-01T{:02}:{:02}:{:02}Z\",\"userIdentity\":{{\"type\":\"IAMUser\",\"arn\":\"arn:aws:iam::111122223333:user/u{}\"}},\
         \"requestParameters\":{{\"bucketName\":\"b{}\",\"note\":\"{filler}\"}}}}",
        at / 3_600 % 24,
        at / 60 % 60,
        at % 60,
        at % 97,
        at % 31,
    )
}

/// Letters that compress badly, the same for each seed.
fn letters(seed: u64, count: usize) -> String {
    let mut state = seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1;
    let letter = |_| {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        char::from(b'a' + (state % 26) as u8)
    };
    (0..count).map(letter).collect()
}

/// Twenty cases loaded and cleared in a row: what the page holds afterwards is what it held after the third.
fn twenty_cases(driver: &Driver, stage: &Stage) -> Result<()> {
    const FILES: usize = 300;
    let scratch = Scratch::new(stage)?;
    let folder = scratch.0.join("case");
    fs::create_dir_all(&folder)?;
    let filler = letters(7, 700);
    for file in 0..FILES {
        let records: Vec<String> = (0..200)
            .map(|at| record(file * 200 + at, &filler))
            .collect();
        fs::write(
            folder.join(format!("{file:04}.json")),
            format!("{{\"Records\":[{}]}}", records.join(",")),
        )?;
    }
    let page = stage.open()?;
    let (mut after, mut before) = (Vec::new(), Vec::new());
    for _ in 0..20 {
        page.click("nav-evidence")?;
        page.drop_folder(&folder)?;
        wait(page, FILES, Instant::now())?;
        before.push(driver.renderers_now());
        page.click("clear-case")?;
        page.wait_state("empty")?;
        // What is no longer held is given back when the collector comes by.
        let _ = page
            .session()
            .devtools("HeapProfiler.collectGarbage", json!({}));
        std::thread::sleep(Duration::from_secs(1));
        after.push(driver.renderers_now());
    }
    println!(
        "        with a case: {}, cleared after the first: {}, the third: {}, the last: {}",
        weighed(before[0]),
        weighed(after[0]),
        weighed(after[2]),
        weighed(after[19])
    );
    if let (Some(third), Some(last)) = (after[2], after[19]) {
        ensure!(
            last < third + third / 4 + 30 * MB,
            "{} after the third case, {} after the twentieth",
            weighed(Some(third)),
            weighed(Some(last))
        );
    }
    Ok(())
}

/// A browser that gives no module more than 96 MB: a file that needs more is reported, and the rest is judged.
fn memory_is_refused(_: &Driver, stage: &Stage) -> Result<()> {
    let scratch = Scratch::new(stage)?;
    let folder = scratch.0.join("case");
    fs::create_dir_all(&folder)?;
    for file in 0..20 {
        fs::write(
            folder.join(format!("{file:02}.json")),
            format!("{{\"Records\":[{}]}}", record(file, "small")),
        )?;
    }
    // One value, so that it cannot be read piece by piece.
    fs::write(
        folder.join("huge.json"),
        format!("{{\"Records\":[{}]}}", record(99, &"x".repeat(150 << 20))),
    )?;
    let driver =
        Driver::start(&Browser::ensure()?)?.with_flags(&["--js-flags=--wasm-max-mem-pages=1536"]);
    let stage = Stage::set(
        &driver,
        "load_memory_is_refused_by_the_browser",
        Variant::Site,
    )?;
    let page = stage.open()?;
    page.drop_folder(&folder)?;
    wait(page, 21, Instant::now())?;
    let report = page.report()?;
    let files = report["evidence"]["files"].as_array().context("no files")?;
    ensure!(files.len() == 21, "{} files are listed", files.len());
    let huge = files
        .iter()
        .find(|file| {
            file["path"]
                .as_str()
                .is_some_and(|path| path.ends_with("huge.json"))
        })
        .context("the huge file is not listed")?;
    println!(
        "        of the huge file it is said: {}",
        huge["problem"]["message"]
    );
    ensure!(
        !huge["problem"].is_null(),
        "a file was read that has no room: {huge}"
    );
    let sound = files
        .iter()
        .filter(|file| file["problem"].is_null())
        .count();
    ensure!(sound == 20, "{sound} of 20 small files are sound");
    let (_, total) = answer(page)?;
    ensure!(total >= 20, "{total} events");
    Ok(())
}

fn many_files(driver: &Driver, stage: &Stage) -> Result<()> {
    const FILES: usize = 100_000;
    let scratch = Scratch::new(stage)?;
    let folder = scratch.0.join("many");
    let filler = letters(9, 4_600);
    for file in 0..FILES {
        let inner = folder.join(format!("{:03}", file / 500));
        if file % 500 == 0 {
            fs::create_dir_all(&inner)?;
        }
        fs::write(
            inner.join(format!("{file:06}.json")),
            format!("{{\"Records\":[{}]}}", record(file, &filler)),
        )?;
    }
    measured(driver, stage, &folder, FILES, FILES as u64, 1_500)
}

/// 10 GB of JSON: 64 files of 20 MB, compressed, each under eight names, which the disk holds once.
fn much_json(driver: &Driver, stage: &Stage) -> Result<()> {
    const OWN: usize = 64;
    const NAMES: usize = 8;
    const RECORDS: usize = 2_400;
    let scratch = Scratch::new(stage)?;
    let folder = scratch.0.join("much");
    let fillers: Vec<String> = (0..3).map(|seed| letters(seed + 1, 8_000)).collect();
    let mut bytes = 0;
    for file in 0..OWN {
        let inner = folder.join(format!("{file:03}"));
        fs::create_dir_all(&inner)?;
        let path = |name: usize| {
            inner.join(format!(
                "111122223333_CloudTrail_us-east-1_20260301T{:02}{:02}Z_{file:08x}{name:08x}.json.gz",
                file / 60,
                file % 60
            ))
        };
        let mut packer = GzEncoder::new(
            BufWriter::new(fs::File::create(path(0))?),
            Compression::new(4),
        );
        packer.write_all(b"{\"Records\":[")?;
        for at in 0..RECORDS {
            let text = record(file * RECORDS + at, &fillers[at % 3]);
            bytes += (text.len() + 1) * NAMES;
            packer.write_all(if at > 0 { b"," } else { b"" })?;
            packer.write_all(text.as_bytes())?;
        }
        packer.write_all(b"]}")?;
        packer.finish()?.flush()?;
        for name in 1..NAMES {
            fs::hard_link(path(0), path(name))?;
        }
    }
    println!("        {:.1} GB of JSON", bytes as f64 / 1e9);
    measured(
        driver,
        stage,
        &folder,
        OWN * NAMES,
        (OWN * RECORDS) as u64,
        2_500,
    )
}

/// Drops a folder, waits, asks; fails where memory passes `most` MB or an answer takes ten seconds.
fn measured(
    driver: &Driver,
    stage: &Stage,
    folder: &Path,
    files: usize,
    events: u64,
    most: u64,
) -> Result<()> {
    let page = stage.open()?;
    let begun = Instant::now();
    page.drop_folder(folder)?;
    let seconds = wait(page, files, begun)?;
    let (answered, total) = answer(page)?;
    let peak = driver.renderer_peak();
    println!(
        "        {files} files in {seconds:.1} s, {total} events, answered in {answered:.2} s, at most {}",
        weighed(peak)
    );
    ensure!(total == events, "{total} events instead of {events}");
    ensure!(answered < 10.0, "an answer took {answered:.1} s");
    ensure!(
        peak.is_none_or(|peak| peak < most * MB),
        "the page took {}",
        weighed(peak)
    );
    let problems = page.session().run(
        "return document.querySelector('[data-testid=intake]').dataset.files",
        &[],
    )?;
    ensure!(
        problems.as_str() == Some(&files.to_string()),
        "{problems} files are counted"
    );
    Ok(())
}
