//! `fuzz`: the targets under `fuzz/`, each for so many seconds, over a corpus made of `tests/evidence/`.

use std::fs;
use std::path::Path;

use anyhow::{Context, Result, bail, ensure};
use flate2::bufread::GzDecoder;
use pico_args::Arguments;

use crate::pack;
use crate::setup::Fuzzer;
use crate::shell;

/// Seconds a target, where nobody says.
const SECONDS: u32 = 60;
/// Bytes of one input: what goes wrong goes wrong in little.
const LONGEST: usize = 64 << 10;
/// Files that are taken as seeds of one target.
const SEEDS: usize = 400;

/// The `fuzz` command.
pub(crate) fn run(mut args: Arguments) -> Result<()> {
    let seconds: u32 = args.opt_value_from_str("--seconds")?.unwrap_or(SECONDS);
    let only: Option<String> = args.opt_value_from_str("--target")?;
    shell::finish(args)?;
    all(seconds, only.as_deref())
}

/// Runs the targets, or one of them, one after the other. Each goes on from the corpus that earlier runs left.
///
/// # Errors
/// When one finds something; the input is under `target/fuzz/artifacts/`.
pub(crate) fn all(seconds: u32, only: Option<&str>) -> Result<()> {
    let fuzzer = Fuzzer::ensure()?;
    let mut targets = targets()?;
    if let Some(only) = only {
        targets.retain(|target| target == only);
        ensure!(!targets.is_empty(), "there is no target {only}");
    }
    let seeds = seeds()?;
    let home = shell::root().join("target/fuzz");
    let mut failed = Vec::new();
    for target in &targets {
        let corpus = home.join("corpus").join(target);
        let artifacts = home.join("artifacts").join(target);
        fs::create_dir_all(&artifacts)?;
        sow(&corpus, target, &seeds)?;
        let run = shell::run(
            fuzzer
                .cargo()
                .args(["fuzz", "run", "--fuzz-dir", "fuzz", "--target-dir"])
                .arg(home.join("build"))
                .arg(target)
                .arg(&corpus)
                .arg("--")
                .arg(format!("-max_total_time={seconds}"))
                .arg(format!("-max_len={LONGEST}"))
                .arg(format!("-artifact_prefix={}/", artifacts.display()))
                .args([
                    "-timeout=20",
                    "-rss_limit_mb=2048",
                    "-print_final_stats=1",
                    "-verbosity=0",
                ]),
        );
        if let Err(error) = run {
            eprintln!("{target}: {error:#}");
            failed.push(target.as_str());
        }
    }
    if failed.is_empty() {
        println!("{} targets, {seconds} s each: nothing found", targets.len());
        return Ok(());
    }
    bail!(
        "{} of {} targets found something, see {}: {}",
        failed.len(),
        targets.len(),
        home.join("artifacts").display(),
        failed.join(", ")
    )
}

/// All targets, by their files.
fn targets() -> Result<Vec<String>> {
    let folder = shell::root().join("fuzz/fuzz_targets");
    let mut names = Vec::new();
    for entry in fs::read_dir(&folder).with_context(|| format!("no {}", folder.display()))? {
        let path = entry?.path();
        names.extend(
            path.file_stem()
                .map(|stem| stem.to_string_lossy().into_owned()),
        );
    }
    names.sort();
    Ok(names)
}

/// Files of the fixtures, each content once, compressed ones inflated too.
fn seeds() -> Result<Vec<Vec<u8>>> {
    let mut seeds = Vec::new();
    let root = shell::root().join("tests");
    for path in pack::files_below(&root.join("evidence"))? {
        let bytes = fs::read(path)?;
        if bytes.len() > LONGEST {
            continue;
        }
        let mut content = Vec::new();
        let inflated =
            std::io::Read::read_to_end(&mut GzDecoder::new(bytes.as_slice()), &mut content);
        if inflated.is_ok() && content.len() <= LONGEST {
            seeds.push(content);
        }
        seeds.push(bytes);
    }
    seeds.sort();
    seeds.dedup();
    // The same few of each kind for every target, as many as a minute can use.
    let step = seeds.len().div_ceil(SEEDS).max(1);
    Ok(seeds.into_iter().step_by(step).collect())
}

/// What people ask of events and items: seeds of the targets that read expressions.
const EXPRESSIONS: &[&str] = &[
    r#"event:Delete* AND NOT user:"arn:aws:iam::111122223333:user/alice" OR status:error"#,
    "time>=2024-01-01 ip:10.0.0.0/8 risk>7 (bucket:logs OR key:*.pem)",
    "configuration.ipPermissions[?fromPort==`22` && contains(ipRanges, '0.0.0.0/0')] | length(@) > `0`",
    "sort_by(relationships, &resourceId)[*].{id: resourceId, kind: resourceType}",
    r#"has(tags.owner) && tags.owner != """#,
    r#"!configuration.ipPermissions.exists(p, p.ipRanges.exists(r, r == "0.0.0.0/0"))"#,
    r#"size(relationships) * 3 > 2 ? resourceName.matches("^a+") : false"#,
];

/// What stands before a seed of a target that expects more than a file.
fn lead(target: &str, at: usize) -> Vec<u8> {
    match target {
        // The first byte chooses what is done with the rest.
        "reader" | "judge" | "log_pieces" | "config_pieces" => vec![at as u8],
        "asked" => format!("{}\n", EXPRESSIONS[at % EXPRESSIONS.len()]).into_bytes(),
        _ => Vec::new(),
    }
}

/// Puts the seeds into a corpus that has none yet.
fn sow(corpus: &Path, target: &str, seeds: &[Vec<u8>]) -> Result<()> {
    if corpus.is_dir() {
        return Ok(());
    }
    fs::create_dir_all(corpus)?;
    let write = |at: usize, bytes: &[u8]| fs::write(corpus.join(format!("seed-{at:04}")), bytes);
    if target == "expressions" {
        for (at, text) in EXPRESSIONS.iter().enumerate() {
            write(at, text.as_bytes())?;
        }
        return Ok(());
    }
    for (at, seed) in seeds.iter().enumerate() {
        write(at, &[lead(target, at), seed.clone()].concat())?;
    }
    Ok(())
}
