//! `generate bulk`: much sound evidence, to measure with.

use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

use anyhow::{Result, anyhow};
use pico_args::Arguments;
use serde_json::json;

use super::files::{Files, add};
use super::key::{Signer, list};
use super::trail::{Trail, head_object};
use crate::shell;

/// Digests of one chain: about ten months of one account and region.
const CHAIN: usize = 7_500;
/// Bytes of JSON of one record, as the trail makes them.
const RECORD: usize = 970;
/// Regions that chains are spread over, before the next account.
const REGIONS: [&str; 5] = [
    "us-east-1",
    "us-west-2",
    "eu-west-1",
    "eu-central-1",
    "ap-south-1",
];

/// Writes the evidence that is asked for.
pub(super) fn run(mut args: Arguments) -> Result<()> {
    let logs: usize = args.value_from_str("--logs")?;
    let digests: usize = args.value_from_str("--digests")?;
    let json_bytes: usize = args.value_from_str("--json-bytes")?;
    let out: PathBuf = args.value_from_str("--out")?;
    shell::finish(args)?;
    let signer = Signer::of(21)?;
    let keys = Files::from([("public-keys.json".to_owned(), list(&[signer.entry()]))]);
    add(&keys, &out)?;

    let chains = digests.div_ceil(CHAIN);
    let next = AtomicUsize::new(0);
    let work = || -> Result<()> {
        loop {
            let chain = next.fetch_add(1, Ordering::Relaxed);
            if chain >= chains {
                return Ok(());
            }
            let share = |total: usize| total * (chain + 1) / chains - total * chain / chains;
            write_chain(
                &signer,
                chain,
                share(digests),
                share(logs),
                json_bytes / logs.max(1),
                &out,
            )?;
        }
    };
    let cores = thread::available_parallelism().map_or(1, usize::from);
    thread::scope(|scope| {
        let threads: Vec<_> = (0..cores).map(|_| scope.spawn(work)).collect();
        threads.into_iter().try_for_each(|thread| {
            thread
                .join()
                .map_err(|_| anyhow!("a generator thread died"))?
        })
    })
}

fn write_chain(
    signer: &Signer,
    chain: usize,
    digests: usize,
    logs: usize,
    bytes: usize,
    out: &Path,
) -> Result<()> {
    let account = format!(
        "{:012}",
        111_122_220_000_u64 + (chain / REGIONS.len()) as u64
    );
    let region = REGIONS[chain % REGIONS.len()];
    let records = |log: usize| {
        // Sizes differ around their mean as those of real logs do.
        let share = [25, 50, 75, 100, 250][log % 5];
        (bytes * share / 100 / RECORD).max(1)
    };
    let hours = (0..digests).map(|hour| {
        let (from, to) = (logs * hour / digests, logs * (hour + 1) / digests);
        (from..to).map(records).collect()
    });
    let trail = Trail {
        account: &account,
        region,
        hours: hours.collect(),
        ..Trail::plain(signer)
    };
    let mut files = Files::new();
    let made = trail.make(&mut files)?;
    if logs == 0 {
        // To measure signatures, every digest has its own.
        let entries: Vec<_> = made.iter().map(|digest| json!({
            "Path": digest.key,
            "Metadata": { "signature": digest.signature, "signature-algorithm": "SHA256withRSA" },
        })).collect();
        files.insert(
            format!("rclone-{account}-{region}.json"),
            serde_json::to_vec(&entries)?,
        );
    } else if let Some(newest) = made.last() {
        files.insert(
            format!("head-object-{account}-{region}.json"),
            head_object(&newest.signature),
        );
    }
    add(&files, out)
}
