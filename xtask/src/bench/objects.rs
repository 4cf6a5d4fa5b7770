//! `bench --objects N`: objects of N MB of text in all, of the kinds that buckets hold, on one reader: from the drop
//! to classes and personal data on show.

use std::fs;
use std::path::Path;

use anyhow::Result;
use serde_json::json;

use super::measure::{Bench, Drop, number};
use crate::shell;

/// Bytes of one object.
const SIZE: usize = 4_000_000;

/// Measures and prints.
pub(super) fn run(bench: &Bench, megabytes: usize) -> Result<()> {
    let folder = shell::root().join(format!("target/bench/evidence/objects-{megabytes}"));
    let files = (megabytes * 1_000_000).div_ceil(SIZE);
    if !folder.exists() {
        println!("making {files} objects");
        make(&folder, files)?;
    }
    let drop = Drop {
        path: &folder,
        files,
    };
    let (_, loaded) = bench.load_with(&drop, Some(1))?;
    let seconds = number(&loaded, "ms")? / 1_000.0;
    let rate = (files * SIZE) as f64 / 1_000_000.0 / seconds;
    println!(
        "{files} objects of {SIZE} bytes on one reader: {seconds:.1} s, {rate:.0} MB/s ({}), memory {} MB",
        loaded["phases"],
        loaded["memory"].as_u64().unwrap_or(0) / 1_000_000
    );
    let result = json!({ "objects": files, "bytes": files * SIZE, "loaded": loaded, "megabytesASecond": rate });
    fs::write(
        shell::root().join("target/bench/objects.json"),
        serde_json::to_vec_pretty(&result)?,
    )?;
    Ok(())
}

/// Logs, tables of people, prose and settings, one after the other.
fn make(folder: &Path, files: usize) -> Result<()> {
    fs::create_dir_all(folder)?;
    for file in 0..files {
        let (end, line): (&str, fn(usize) -> String) = match file % 4 {
            0 => ("log", |n| {
                format!(
                    "2026-01-{:02}T{:02}:{:02}:{:02}Z INFO [worker-{}] request {} from 203.0.113.{} served in {} ms\n",
                    1 + n % 28,
                    n % 24,
                    n % 60,
                    n * 7 % 60,
                    n % 9,
                    n,
                    n % 256,
                    n * 13 % 400
                )
            }),
            1 => ("csv", |n| {
                format!(
                    "Alice,Walker,alice.{n}@example.org,19{:02}-03-12,{} Old Mill Road,{}\n",
                    30 + n % 60,
                    n % 900,
                    n * 17 % 100_000
                )
            }),
            2 => ("txt", |n| {
                format!(
                    "The meeting of week {} moved the milestone; the project manager asked every team to review the plan before it is sent on.\n",
                    n % 53
                )
            }),
            _ => ("json", |n| {
                format!(
                    "{{\"name\":\"setting-{n}\",\"value\":{},\"enabled\":true,\"tags\":[\"a\",\"b\"]}}\n",
                    n * 31
                )
            }),
        };
        let mut text = String::with_capacity(SIZE + 200);
        for n in 0.. {
            if text.len() >= SIZE {
                break;
            }
            text += &line(n);
        }
        text.truncate(SIZE);
        fs::write(folder.join(format!("object-{file:04}.{end}")), text)?;
    }
    Ok(())
}
