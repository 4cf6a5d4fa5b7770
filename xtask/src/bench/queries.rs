//! `bench --queries N`: N events in a real browser, then fifty mixed queries, each from the key that was
//! typed to the answer on show: count, chart, facets and table. A Python loop over the same files is the peer.

use std::env;
use std::fs;
use std::process::Command;

use anyhow::{Context, Result};
use serde_json::{Value, json};

use super::evidence::Made;
use super::measure::{Bench, Drop, seconds};
use crate::e2e::{Page, VIEWS};
use crate::pack;
use crate::shell;

/// Scrolls the table on show, and hands back how long each frame took.
const SCROLL: &str = include_str!("scroll.js");

/// Types each query and waits until its answer is on show. arguments[0]: the queries.
const ASK: &str = include_str!("queries.js");

const PEER: &str = "import gzip,json,pathlib,sys
count=0
for path in pathlib.Path(sys.argv[1]).glob('*.json.gz'):
    for event in json.loads(gzip.decompress(path.read_bytes()))['Records']:
        if event.get('errorCode') and event['eventSource']=='s3.amazonaws.com': count+=1
print(count)";

const JQ: &str = "command -v jq >/dev/null && find \"$1\" -name '*.json.gz' -exec gunzip -c {} + | jq '[.Records[] | select(.errorCode and .eventSource == \"s3.amazonaws.com\")] | length' | awk '{ n += $1 } END { print n }'";

/// Measures loading and queries, and prints both.
pub(super) fn run(bench: &Bench, events: usize) -> Result<()> {
    let made = ensure(events)?;
    let drop = Drop {
        path: &made.path,
        files: made.files,
    };
    let (page, loaded) = bench.load(&drop)?;
    let queries = queries();
    page.session().run("location.hash = '#/v1/activity'", &[])?;
    page.wait_shown("view-activity", true)?;
    page.wait_shown("query", true)?;
    let script = format!("const queries = arguments[0]; {ASK}");
    let mut times: Vec<f64> =
        serde_json::from_value(page.session().run(&script, &[json!(queries)])?)?;
    for (query, time) in queries.iter().zip(&times) {
        println!("{time:>8.0} ms  {query}");
    }
    times.sort_by(f64::total_cmp);
    scroll_tables(&page)?;
    let jq = seconds(Command::new("sh").args(["-c", JQ, "sh"]).arg(&made.path));
    let peer = seconds(Command::new("python3").args(["-c", PEER]).arg(&made.path));
    println!(
        "\n{events} events, {} files: loaded in {:.1} s ({}), memory {} MB; {} queries: median {:.0} ms, worst {:.0} ms; one of them by a Python loop over the files: {}, by jq: {}",
        made.files,
        super::measure::number(&loaded, "ms")? / 1_000.0,
        loaded["phases"],
        loaded["memory"].as_u64().unwrap_or(0) / 1_000_000,
        times.len(),
        times[times.len() / 2],
        times.last().copied().unwrap_or_default(),
        peer.map_or("no Python".to_owned(), |seconds| format!("{seconds:.1} s")),
        jq.map_or("no jq".to_owned(), |seconds| format!("{seconds:.1} s")),
    );
    let path = shell::root().join("target/bench/queries.json");
    let result: Value = json!({ "events": events, "loaded": loaded, "queries": queries, "sortedMs": times, "pythonSeconds": peer, "jqSeconds": jq });
    fs::write(&path, serde_json::to_vec_pretty(&result)?)?;
    Ok(())
}

/// Scrolls every table that is long enough for it, and prints how long frames took.
fn scroll_tables(page: &Page) -> Result<()> {
    for view in VIEWS {
        page.click(&format!("nav-{view}"))?;
        page.wait_shown(&format!("view-{view}"), true)?;
        for part in 0..page.parts()?.max(1) {
            let name = page.open_part(part)?;
            let is_long = "return document.querySelector('.grid')?.scrollHeight > 10_000";
            if page.session().run(is_long, &[])? != json!(true) {
                continue;
            }
            let mut frames: Vec<f64> = serde_json::from_value(page.session().run(SCROLL, &[])?)?;
            frames.sort_by(f64::total_cmp);
            println!(
                "scrolling {view} {name}: frames of {:.0} ms in the median, 95 of 100 within {:.0} ms, the longest {:.0} ms",
                frames[frames.len() / 2],
                frames[frames.len() * 95 / 100],
                frames.last().copied().unwrap_or_default()
            );
        }
    }
    Ok(())
}

pub(super) fn ensure(events: usize) -> Result<Made> {
    let folder = shell::root().join(format!("target/bench/evidence/events-{events}"));
    let stamp = folder.with_extension("done");
    if !stamp.exists() {
        println!("making {events} events");
        let _ = fs::remove_dir_all(&folder);
        shell::run(
            shell::program(env::current_exe()?)
                .args([
                    "generate",
                    "events",
                    "--count",
                    &events.to_string(),
                    "--out",
                ])
                .arg(&folder),
        )
        .context("the events could not be made")?;
        fs::write(&stamp, "")?;
    }
    let files = pack::files_below(&folder)?.len();
    Ok(Made {
        path: folder,
        files,
    })
}

/// Fifty queries as people ask them: single fields, wildcards, networks, words, times, all mixed.
fn queries() -> Vec<String> {
    let single = [
        "source:s3",
        "name:DescribeInstances",
        "name:Delete*",
        "error:*",
        "error:AccessDenied",
        "user:user-1",
        "user:service-role-3",
        "-region:us-east-1",
        "region:eu-*",
        "ip:198.51.0.0/20",
        "ip:198.51.3.7",
        "access:write",
        "category:data",
        "proven:no",
        "account:111122223333",
        "resource:resource-77",
        "resource:*role/target-4*",
        "AccessDenied",
        "session-12",
        "aws-sdk-go-v2/1.3",
        "type:AssumedRole",
        "since:2026-04-01",
        "until:2026-03-10",
        "name:*Key*",
        "mfa:no",
    ];
    let mut all: Vec<String> = single.iter().map(|query| (*query).to_owned()).collect();
    all.extend(
        [
            "source:(s3 OR kms OR iam) access:write",
            "error:* -error:ThrottlingException",
            "user:user-1 since:2026-03-15 until:2026-03-20",
            "(name:Create* OR name:Put* OR name:Delete*) -user:user-1",
            "source:iam error:*",
            "payroll OR resource-5",
            "-(source:ec2 OR source:s3)",
            "ip:198.51.0.0/16 name:Get*",
            "region:us-east-1 access:write error:*",
            "name:AssumeRole resource:*target-1",
            "type:IAMUser category:data -error:*",
            "since:2026-03-02T10:00Z until:2026-03-02T12:00Z",
            "account:11112222* region:sa-east-1",
            "user:(user-1 OR user-2 OR user-4) name:List*",
            "agent:*go#1.3*",
            "source:lambda name:Invoke* error:*",
            "\"resource-123\"",
            "name:Stop* OR name:Delete* OR name:Detach*",
            "-access:read -category:data",
            "source:sts -type:IAMUser",
            "region:(eu-west-1 OR eu-central-1) user:service-role-*",
            "name:DecryptKey user:user-5",
            "error:NoSuchEntity since:2026-05-01",
            "resource:*500* access:write",
            "",
        ]
        .map(str::to_owned),
    );
    all
}
