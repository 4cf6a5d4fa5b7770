//! `bench --report N`: the report of a snapshot of N configuration items: how long the page writes it, how much it
//! weighs, and how long a browser takes to open it.

use std::fs;
use std::time::Instant;

use anyhow::{Context, Result};
use serde_json::{Value, json};

use super::items;
use super::measure::{Bench, Drop};
use crate::shell;

/// Runs, of which the median counts.
const RUNS: usize = 3;

/// Milliseconds until the document is loaded, and until what is on screen was drawn after that.
const OPENED: &str = "return new Promise((done) => {
  const loaded = () => requestAnimationFrame(() => requestAnimationFrame(() => {
    const entry = performance.getEntriesByType('navigation')[0];
    done([entry.loadEventEnd, performance.now(), document.querySelectorAll('tr').length]);
  }));
  if (document.readyState === 'complete') { setTimeout(loaded); } else { addEventListener('load', () => setTimeout(loaded)); }
});";

/// Measures and prints.
pub(super) fn run(bench: &Bench, count: usize) -> Result<()> {
    let path = items::ensure(count)?;
    let drop = Drop {
        path: &path,
        files: 1,
    };
    let (page, _) = bench.load_with(&drop, Some(1))?;
    page.click("nav-report")?;
    let begun = Instant::now();
    let report = page.download("export-report-html")?;
    let written = begun.elapsed().as_secs_f64();
    let file = shell::root().join("target/bench/report.html");
    fs::write(&file, &report)?;
    let text = String::from_utf8_lossy(&report);
    let part = text
        .split("<h3>Resources that fail a rule</h3>")
        .nth(1)
        .unwrap_or_default();
    let failing = part
        .split("<h3>")
        .next()
        .unwrap_or_default()
        .matches("<tr><td")
        .count();
    let mut opened = Vec::new();
    for _ in 0..RUNS {
        page.session().open_url("about:blank")?;
        page.session()
            .open_url(&format!("file://{}", file.display()))?;
        let times = page.session().run(OPENED, &[])?;
        let number = |at: usize| times[at].as_f64().context("no number");
        println!(
            "loaded after {:.0} ms, drawn after {:.0} ms, rows {}",
            number(0)?,
            number(1)?,
            times[2]
        );
        opened.push(number(1)?);
    }
    opened.sort_by(f64::total_cmp);
    println!(
        "{failing} failing results: {:.1} MB, written in {written:.1} s, open and drawn in {:.2} s ({:.2} to {:.2})",
        report.len() as f64 / 1e6,
        opened[RUNS / 2] / 1_000.0,
        opened[0] / 1_000.0,
        opened[RUNS - 1] / 1_000.0
    );
    let result: Value = json!({ "items": count, "failing": failing, "bytes": report.len(), "writtenSeconds": written, "openedMs": opened });
    fs::write(
        shell::root().join("target/bench/report.json"),
        serde_json::to_vec_pretty(&result)?,
    )?;
    Ok(())
}
