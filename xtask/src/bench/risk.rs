//! `bench --risk N`: N events in a real browser; the view on risk with all built-in alerts, users and charts on show;
//! then 700 Sigma rules dropped beside them, until all that they find is on show.

use std::fs;
use std::path::Path;

use anyhow::{Context, Result};
use serde_json::json;

use super::measure::{Bench, Drop, number};
use super::queries::ensure;
use crate::shell;

/// Rules that are dropped.
const RULES: usize = 700;

/// Opens the view and waits until its tiles are there; in milliseconds.
const SHOW: &str = "const begun = performance.now(); location.hash = '#/v1/risk';
    while (!document.querySelector('[data-testid=tile-calls] strong') || !document.querySelector('[data-testid=chart-calls]')) await new Promise((next) => setTimeout(next, 5));
    return performance.now() - begun;";

/// Waits until Sigma rules are known and their records were read; in milliseconds since they were.
const SIGMA: &str = "location.hash = '#/v1/risk?part=alerts&show=sigma'; const begun = performance.now();
    while (true) { const state = document.querySelector('[data-testid=sigma-state]'); if (state && state.dataset.rules !== '0' && state.dataset.pending === 'false') break; await new Promise((next) => setTimeout(next, 10)); }
    return performance.now() - begun;";

/// Measures and prints.
pub(super) fn run(bench: &Bench, events: usize) -> Result<()> {
    let made = ensure(events)?;
    let drop = Drop {
        path: &made.path,
        files: made.files,
    };
    let (page, loaded) = bench.load(&drop)?;
    let ms = |script: &str| -> Result<f64> {
        let script = format!("return (async () => {{ {script} }})();");
        page.session()
            .run(&script, &[])?
            .as_f64()
            .context("no time")
    };
    let first = ms(SHOW)?;
    let rules = shell::root().join("target/bench/evidence/sigma-rules");
    write_rules(&rules)?;
    page.session().run("location.hash = '#/v1/evidence'", &[])?;
    page.drop_folder(&rules)?;
    page.wait_ready(made.files + RULES)?;
    let sigma = ms(SIGMA)?;
    let found = page.session().run(
        "return document.querySelector('.grid-tools .count')?.textContent",
        &[],
    )?;
    println!(
        "{events} events: loaded in {:.1} s; risk with all built-in alerts, users and charts on show in {:.2} s; {RULES} Sigma rules in {:.1} s after they were read ({found}); memory {} MB",
        number(&loaded, "ms")? / 1_000.0,
        first / 1_000.0,
        sigma / 1_000.0,
        loaded["memory"].as_u64().unwrap_or(0) / 1_000_000,
    );
    let result = json!({ "events": events, "loaded": loaded, "riskMs": first, "rules": RULES, "sigmaMs": sigma });
    fs::write(
        shell::root().join("target/bench/risk.json"),
        serde_json::to_vec_pretty(&result)?,
    )?;
    Ok(())
}

/// Rules as public ones are: half ask for the call alone, the others for more of the record, for one call or for
/// several of a service.
fn write_rules(folder: &Path) -> Result<()> {
    fs::create_dir_all(folder)?;
    let calls: Vec<&str> = include_str!("../../../src/risk/calls.txt")
        .lines()
        .filter(|line| !line.starts_with('#'))
        .collect();
    for at in 0..RULES {
        let mut parts = calls[at % calls.len()].split('\t');
        let (name, service) = (
            parts.next().unwrap_or_default(),
            parts.nth(2).unwrap_or_default(),
        );
        let more = match at % 6 {
            0 | 1 => String::new(),
            2 => "    errorCode|contains: AccessDenied\n".to_owned(),
            3 => format!("    requestParameters|contains: 'target-{at}'\n"),
            4 => "    userAgent|contains:\n      - kali\n      - parrot\n".to_owned(),
            _ => "    userIdentity.type: Root\n".to_owned(),
        };
        let source = if at % 6 == 1 {
            String::new()
        } else {
            format!("    eventSource: {service}.amazonaws.com\n")
        };
        let text = format!(
            "title: Rule {at} on {name}\nid: {at:08x}-0000-4000-8000-000000000000\nauthor: The bench\nlevel: medium\nlogsource:\n  product: aws\n  service: cloudtrail\ndetection:\n  selection:\n{source}    eventName: {name}\n{more}  filter:\n    userIdentity.invokedBy: config.amazonaws.com\n  condition: {}\n",
            if at % 6 < 2 {
                "selection"
            } else {
                "selection and not filter"
            }
        );
        fs::write(folder.join(format!("rule-{at:03}.yml")), text)?;
    }
    Ok(())
}
