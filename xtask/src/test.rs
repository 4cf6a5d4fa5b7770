//! `test`: every check, each one run even if another failed, and a summary.

use std::fs;
use std::path::Path;
use std::time::{Duration, Instant};

use anyhow::{Result, bail};
use pico_args::Arguments;

use crate::build::{self, Profile};
use crate::deny;
use crate::e2e::{self, Setting, Variant};
use crate::fuzz;
use crate::reproduce;
use crate::setup::{self, Browser, Engine, Tools, WasmStd};
use crate::shell;

struct Options {
    profile: Profile,
    e2e_filter: Option<String>,
    is_built: bool,
    engine: &'static Engine,
}

/// One check: the group that `--only` selects, what it shows, and the function.
struct Step {
    group: &'static str,
    name: &'static str,
    run: fn(&Options) -> Result<()>,
    /// Whether it runs only with `--full`.
    full: bool,
}

const fn step(group: &'static str, name: &'static str, run: fn(&Options) -> Result<()>) -> Step {
    Step {
        group,
        name,
        run,
        full: false,
    }
}

/// A step that takes too long for every day.
const fn long(group: &'static str, name: &'static str, run: fn(&Options) -> Result<()>) -> Step {
    Step {
        group,
        name,
        run,
        full: true,
    }
}

const STEPS: &[Step] = &[
    step("fmt", "format", format),
    step("lint", "lints, host", lint_host),
    step("lint", "lints, targets of the fuzzer", lint_fuzz),
    step("lint", "lints, Wasm", lint_wasm),
    step("deny", "licences and origins of crates", |_| deny::run()),
    step("domain", "tests on the host", domain),
    step("peer", "documents by published models", documents),
    step("web", "unit tests in the browser", web),
    step("e2e", "build", bundle),
    step("e2e", "end-to-end tests", end_to_end),
    step(
        "e2e",
        "end-to-end tests of the one file, from disk",
        one_file,
    ),
    long("reproduce", "two builds, the same bytes", |_| {
        reproduce::run()
    }),
    long("load", "end-to-end tests under load", |_| {
        e2e::run_load(None)
    }),
    long("fuzz", "fuzzing, a minute a target", |_| {
        fuzz::all(60, None)
    }),
    long("firefox", "end-to-end tests in Firefox", firefox),
    long(
        "firefox",
        "end-to-end tests of the one file in Firefox",
        firefox_one_file,
    ),
];

/// The `test` command.
pub(crate) fn run(mut args: Arguments) -> Result<()> {
    let only: Option<String> = args.opt_value_from_str("--only")?;
    let options = Options {
        profile: Profile::from_args(&mut args),
        e2e_filter: args.opt_value_from_str("--e2e-filter")?,
        is_built: args.contains("--no-build"),
        engine: match args.opt_value_from_str::<_, String>("--browser")? {
            Some(name) => Engine::named(&name)?,
            None => &setup::ENGINES[0],
        },
    };
    let is_full = args.contains("--full");
    shell::finish(args)?;

    let steps: Vec<&Step> = STEPS
        .iter()
        .filter(|step| match &only {
            Some(group) => group == step.group,
            None => is_full || !step.full,
        })
        .collect();
    if steps.is_empty() {
        let mut groups: Vec<_> = STEPS.iter().map(|step| step.group).collect();
        groups.dedup();
        bail!("--only takes one of {}", groups.join(", "));
    }

    let mut results = Vec::new();
    for step in steps {
        println!("\n== {}", step.name);
        let start = Instant::now();
        let result = (step.run)(&options);
        if let Err(error) = &result {
            eprintln!("failed: {error:#}");
        }
        results.push((step.name, result.is_ok(), start.elapsed()));
    }
    summarise(&results)
}

fn summarise(results: &[(&str, bool, Duration)]) -> Result<()> {
    println!("\n== summary");
    for (name, passed, time) in results {
        let word = if *passed { "passed" } else { "FAILED" };
        println!("{word}  {:>6.1} s  {name}", time.as_secs_f64());
    }
    let passed = results.iter().filter(|(_, passed, _)| *passed).count();
    let failed = results.len() - passed;
    println!("{passed} passed, {failed} failed");
    if failed > 0 {
        bail!("{failed} of {} checks failed", results.len());
    }
    Ok(())
}

fn format(_: &Options) -> Result<()> {
    setup::lints()?;
    shell::run(shell::program("cargo").args(["fmt", "--all", "--check"]))
}

fn lint_host(_: &Options) -> Result<()> {
    setup::lints()?;
    shell::run(
        shell::program("cargo")
            .args(["clippy", "--locked", "--workspace", "--all-targets"])
            .args(["--", "-D", "warnings"]),
    )
}

/// Targets of the fuzzer are a workspace of their own: nothing else would notice that one does not compile.
fn lint_fuzz(_: &Options) -> Result<()> {
    setup::lints()?;
    shell::run(
        shell::program("cargo")
            .args(["clippy", "--locked", "--manifest-path", "fuzz/Cargo.toml"])
            .args(["--no-default-features", "--bins", "--target-dir", "target"])
            .args(["--", "-D", "warnings"]),
    )
}

fn lint_wasm(_: &Options) -> Result<()> {
    let wasm_std = WasmStd::ensure()?;
    let target = ["--target", "wasm32-unknown-unknown"];
    if shell::ask(wasm_std.cargo().args(["clippy", "--version"])).is_none() {
        println!("no clippy for the Wasm toolchain: the compiler's own warnings are checked");
        return shell::run(
            wasm_std
                .cargo()
                .args([
                    "rustc",
                    "--locked",
                    "--package",
                    "exhibit",
                    "--bin",
                    "exhibit",
                ])
                .args(target)
                .args(["--", "-D", "warnings"]),
        );
    }
    shell::run(
        wasm_std
            .cargo()
            .args([
                "clippy",
                "--locked",
                "--package",
                "exhibit",
                "--lib",
                "--bins",
            ])
            .args(target)
            .args(["--", "-D", "warnings"]),
    )
}

fn domain(_: &Options) -> Result<()> {
    shell::run(shell::program("cargo").args(["test", "--locked", "--workspace"]))
}

/// Has the models of others read what `tests/audit.rs` left: documents of the demo case.
fn documents(_: &Options) -> Result<()> {
    let folder = shell::root().join("target/tmp/documents");
    for (format, script, file) in [
        ("oscal", "xtask/peer/oscal.py", "results.oscal.json"),
        ("oscal", "xtask/peer/oscal.py", "masked-results.oscal.json"),
        ("ocsf", "xtask/peer/ocsf.py", "findings.ocsf.json"),
        ("ocsf", "xtask/peer/ocsf.py", "masked-findings.ocsf.json"),
    ] {
        let file = folder.join(file);
        if !file.is_file() {
            bail!(
                "{} is not there: run the tests on the host first",
                file.display()
            );
        }
        shell::run(shell::program(setup::models(format)?).arg(script).arg(file))?;
    }
    Ok(())
}

fn web(_: &Options) -> Result<()> {
    let root = shell::root();
    let mut targets: Vec<String> = Vec::new();
    if mentions_browser_tests(&root.join("src")) {
        targets.extend(["--bin".to_owned(), "exhibit".to_owned()]);
    }
    for entry in fs::read_dir(root.join("tests")).into_iter().flatten() {
        let path = entry?.path();
        let name = path.file_stem().and_then(|name| name.to_str());
        if let Some(name) = name.filter(|name| name.starts_with("web")) {
            targets.extend(["--test".to_owned(), name.to_owned()]);
        }
    }
    if targets.is_empty() {
        println!("there are none");
        return Ok(());
    }

    let wasm_std = WasmStd::ensure()?;
    let tools = Tools::ensure()?;
    let browser = Browser::ensure()?;
    shell::run(
        wasm_std
            .cargo()
            .args(["test", "--locked", "--package", "exhibit"])
            .args(["--target", "wasm32-unknown-unknown"])
            .args(targets)
            .env(
                "CARGO_TARGET_WASM32_UNKNOWN_UNKNOWN_RUNNER",
                tools.wasm_bindgen.join("wasm-bindgen-test-runner"),
            )
            .env("CHROMEDRIVER", browser.driver),
    )
}

fn bundle(options: &Options) -> Result<()> {
    if options.is_built {
        println!("dist/ is taken as it is");
        return Ok(());
    }
    build::build(options.profile)
}

fn end_to_end(options: &Options) -> Result<()> {
    browse(options, Variant::Site, options.engine)
}

fn one_file(options: &Options) -> Result<()> {
    browse(options, Variant::OneFile, options.engine)
}

fn firefox(options: &Options) -> Result<()> {
    browse(options, Variant::Site, Engine::named("firefox")?)
}

fn firefox_one_file(options: &Options) -> Result<()> {
    browse(options, Variant::OneFile, Engine::named("firefox")?)
}

fn browse(options: &Options, variant: Variant, engine: &'static Engine) -> Result<()> {
    e2e::run(options.e2e_filter.as_deref(), Setting { variant, engine })
}

/// Whether any source file below a folder has tests for the browser.
fn mentions_browser_tests(folder: &Path) -> bool {
    let Ok(entries) = fs::read_dir(folder) else {
        return false;
    };
    entries.flatten().any(|entry| {
        let path = entry.path();
        if path.is_dir() {
            return mentions_browser_tests(&path);
        }
        fs::read_to_string(&path).is_ok_and(|text| text.contains("#[wasm_bindgen_test"))
    })
}
