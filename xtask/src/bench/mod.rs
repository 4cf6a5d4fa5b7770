//! `bench`: what the page needs from the drop to `ready`, in a real browser, beside reading
//! alone, beside a plain Python loop and beside a native program, in turns, as medians.

mod evidence;
mod items;
mod machine;
mod measure;
mod native;
mod objects;
mod python;
mod queries;
mod report;
mod risk;
mod start;
mod table;

use std::fs;

use anyhow::{Context, Result, bail, ensure};
use pico_args::Arguments;
use serde_json::{Value, json};

use crate::build::{self, Profile};
use crate::setup::Browser;
use crate::shell;
use crate::webdriver::Driver;
use evidence::{CASES, Case};
use measure::{Bench, Drop};
use native::Native;
use python::Python;

/// Runs of each, of which the median counts.
const RUNS: usize = 5;

/// The `bench` command.
pub(crate) fn run(mut args: Arguments) -> Result<()> {
    let only: Option<String> = args.opt_value_from_str("--only")?;
    let runs: usize = args.opt_value_from_str("--runs")?.unwrap_or(RUNS);
    let readers: Option<usize> = args.opt_value_from_str("--readers")?;
    let events: Option<usize> = args.opt_value_from_str("--queries")?;
    let items: Option<usize> = args.opt_value_from_str("--items")?;
    let objects: Option<usize> = args.opt_value_from_str("--objects")?;
    let is_start = args.contains("--start");
    let report: Option<usize> = args.opt_value_from_str("--report")?;
    let risk: Option<usize> = args.opt_value_from_str("--risk")?;
    let is_built = args.contains("--no-build");
    shell::finish(args)?;
    ensure!(runs > 0, "--runs must be at least 1");

    let cases: Vec<&Case> = CASES
        .iter()
        .filter(|case| only.as_deref().is_none_or(|name| name == case.name))
        .collect();
    if cases.is_empty() {
        let names: Vec<_> = CASES.iter().map(|case| case.name).collect();
        bail!("--only takes one of {}", names.join(", "));
    }
    if !is_built {
        build::build(Profile::Release)?;
    }

    let browser = Browser::ensure()?;
    if is_start {
        return start::run(&browser, runs);
    }
    let python = Python::ensure()
        .inspect_err(|error| println!("without Python: {error:#}"))
        .ok();
    let machine = machine::facts(&browser, python.as_ref());
    let bench = Bench::start(Driver::start(&browser)?, python)?;

    if let Some(events) = events {
        return queries::run(&bench, events);
    }
    if let Some(events) = risk {
        return risk::run(&bench, events);
    }
    if let Some(megabytes) = objects {
        return objects::run(&bench, megabytes);
    }
    if let Some(items) = report {
        return report::run(&bench, items);
    }
    if let Some(items) = items {
        return items::run(&bench, items);
    }
    let native = Native::ensure()?;
    let mut results = Vec::new();
    for case in cases {
        let result = measure_case(&bench, &native, case, runs, readers)
            .with_context(|| format!("the case {}", case.name))?;
        results.push(result);
    }

    let report = json!({ "machine": machine, "runs": runs, "cases": results });
    let folder = shell::root().join("target/bench");
    let path = folder.join("result.json");
    fs::write(&path, serde_json::to_vec_pretty(&report)?)?;
    println!("\n{}", table::markdown(&report)?);
    println!("every run is in {}", path.display());
    Ok(())
}

/// All runs of a case: the page, the floor, Python and the native program take turns, so that whatever else the
/// machine does falls on each of them alike.
fn measure_case(
    bench: &Bench,
    native: &Native,
    case: &Case,
    runs: usize,
    readers: Option<usize>,
) -> Result<Value> {
    let made = evidence::ensure(case)?;
    let drop = Drop {
        path: &made.path,
        // Whether an archive counts as one or as its members is the page's affair.
        files: if made.path.is_dir() { made.files } else { 1 },
    };
    let counts: Vec<Option<usize>> = match (readers, case.by_readers) {
        (Some(_), _) | (None, []) => vec![readers],
        (None, counts) => counts.iter().copied().map(Some).chain([None]).collect(),
    };

    let (mut page, mut floor, mut python) = (Vec::new(), Vec::new(), Vec::new());
    let mut natively = Vec::new();
    for run in 1..=runs {
        for &readers in &counts {
            let mut result = bench.page(&drop, readers)?;
            result["readers"] = json!(readers);
            println!(
                "{} {run}/{runs}  page {:.0} ms  readers {}",
                case.name,
                measure::number(&result, "ms")?,
                readers.map_or("default".to_owned(), |count| count.to_string())
            );
            page.push(result);
        }
        let result = bench.floor(&drop)?;
        println!(
            "{} {run}/{runs}  floor {:.0} ms",
            case.name,
            measure::number(&result, "ms")?
        );
        floor.push(result);
        if let Some(result) = bench.python(&drop)? {
            println!(
                "{} {run}/{runs}  python {:.0} ms",
                case.name,
                measure::number(&result, "ms")?
            );
            python.push(result);
        }
        let result = native.verify(drop.path)?;
        println!(
            "{} {run}/{runs}  native {:.0} ms",
            case.name,
            measure::number(&result, "ms")?
        );
        natively.push(result);
    }
    Ok(json!({
        "name": case.name,
        "about": case.about,
        "files": made.files,
        "page": page,
        "floor": floor,
        "python": python,
        "native": natively,
    }))
}
