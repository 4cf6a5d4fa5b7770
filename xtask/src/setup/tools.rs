//! trunk, and wasm-bindgen's command-line tool with its test runner.

use std::env;
use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};

use super::lock::Lock;
use crate::shell;

/// trunk 0.22 needs a newer compiler than the oldest that we support.
const TRUNK: &str = "0.21.14";
const GECKODRIVER: &str = "0.37.1";
const FUZZ: &str = "0.13.2";
const DENY: &str = "0.20.2";

/// Tools are started often and run for seconds: building them fast matters more than their
/// own speed.
const FAST_BUILD: [(&str, &str); 4] = [
    ("CARGO_PROFILE_RELEASE_LTO", "off"),
    ("CARGO_PROFILE_RELEASE_OPT_LEVEL", "0"),
    ("CARGO_PROFILE_RELEASE_CODEGEN_UNITS", "16"),
    ("CARGO_PROFILE_RELEASE_STRIP", "debuginfo"),
];

/// The tools that turn a compiled program into a page, each of the right version.
pub(crate) struct Tools {
    /// The `trunk` program.
    pub(crate) trunk: PathBuf,
    /// The folder of `wasm-bindgen` and `wasm-bindgen-test-runner`.
    pub(crate) wasm_bindgen: PathBuf,
}

/// A program of the crate registry.
struct Tool {
    program: &'static str,
    package: &'static str,
    version: String,
    why: &'static str,
    features: &'static [&'static str],
}

impl Tools {
    /// Finds the tools, or builds them.
    pub(crate) fn ensure() -> Result<Self> {
        let trunk = Tool {
            program: "trunk",
            package: "trunk",
            version: TRUNK.to_owned(),
            why: "it bundles the page",
            features: &["--no-default-features", "--features", "rustls"],
        };
        let wasm_bindgen = Tool {
            program: "wasm-bindgen",
            package: "wasm-bindgen-cli",
            version: locked_version("wasm-bindgen")?,
            why: "it writes the JavaScript beside the Wasm, and must be of the library's version",
            features: &[],
        };
        Ok(Self {
            trunk: trunk.ensure()?,
            wasm_bindgen: folder_of(&wasm_bindgen.ensure()?),
        })
    }

    /// PATH with these tools first.
    pub(crate) fn path(&self) -> Result<std::ffi::OsString> {
        path_with(&[self.wasm_bindgen.clone(), folder_of(&self.trunk)])
    }
}

/// PATH with these folders first.
fn path_with(folders: &[PathBuf]) -> Result<std::ffi::OsString> {
    let rest = env::var_os("PATH").unwrap_or_default();
    let folders = folders.iter().cloned().chain(env::split_paths(&rest));
    env::join_paths(folders).context("a folder of PATH cannot be joined")
}

/// PATH with cargo-fuzz first.
pub(super) fn path_with_fuzz() -> Result<std::ffi::OsString> {
    let tool = Tool {
        program: "cargo-fuzz",
        package: "cargo-fuzz",
        version: FUZZ.to_owned(),
        why: "it builds and runs the targets under fuzz/",
        features: &[],
    };
    path_with(&[folder_of(&tool.ensure()?)])
}

/// Firefox's driver.
pub(super) fn geckodriver() -> Result<PathBuf> {
    let tool = Tool {
        program: "geckodriver",
        package: "geckodriver",
        version: GECKODRIVER.to_owned(),
        why: "it drives Firefox",
        features: &[],
    };
    tool.ensure()
}

/// cargo-deny.
pub(crate) fn deny() -> Result<PathBuf> {
    let tool = Tool {
        program: "cargo-deny",
        package: "cargo-deny",
        version: DENY.to_owned(),
        why: "it checks licences and origins of all crates",
        features: &[],
    };
    tool.ensure()
}

/// Where this tool keeps what is not cargo's, for every checkout.
pub(super) fn own_folder() -> Result<PathBuf> {
    Ok(own_home(&cargo_home()?))
}

/// A program that cargo or this tool installed.
pub(super) fn installed(program: &str) -> Option<PathBuf> {
    let cargo = cargo_home().ok()?;
    let homes = [cargo.join("bin"), own_home(&cargo).join("bin")];
    let mut files = homes.into_iter().map(|home| home.join(program));
    files.find(|file| file.is_file())
}

impl Tool {
    fn ensure(&self) -> Result<PathBuf> {
        if let Some(found) = self.find() {
            return Ok(found);
        }
        let _lock = Lock::take()?;
        if let Some(found) = self.find() {
            return Ok(found);
        }
        let spec = format!("{}@{}", self.package, self.version);
        println!("{spec} is not here: installing it, once, which takes some minutes");
        let installed = shell::run(
            shell::program("cargo")
                .args(["install", "--locked", &spec])
                .args(self.features)
                .arg("--root")
                .arg(self.home()?)
                .envs(FAST_BUILD)
                .env_remove("CARGO_TARGET_DIR"),
        );
        if let (Ok(()), Some(found)) = (installed, self.find()) {
            return Ok(found);
        }
        bail!(
            "{} {} is missing: {}; get it with `cargo install --locked {spec}`",
            self.program,
            self.version,
            self.why,
        )
    }

    /// The program in the right version: on PATH, where cargo installs, or in our own folder.
    fn find(&self) -> Option<PathBuf> {
        let cargo = cargo_home().ok()?;
        [
            shell::on_path(self.program),
            Some(cargo.join("bin").join(self.program)),
            Some(own_home(&cargo).join("bin").join(self.program)),
        ]
        .into_iter()
        .flatten()
        .find(|program| {
            let shown = shell::ask(shell::program(program).arg("--version"));
            shown.is_some_and(|shown| shown.split_whitespace().nth(1) == Some(&self.version))
        })
    }

    /// Where to install: with cargo's other programs, so that every checkout finds it, but
    /// never over another version that the user keeps there.
    fn home(&self) -> Result<PathBuf> {
        let cargo = cargo_home()?;
        if cargo.join("bin").join(self.program).exists() {
            return Ok(own_home(&cargo));
        }
        Ok(cargo)
    }
}

pub(crate) fn cargo_home() -> Result<PathBuf> {
    if let Some(home) = env::var_os("CARGO_HOME") {
        return Ok(home.into());
    }
    let home = env::home_dir().context("there is no home folder: set CARGO_HOME")?;
    Ok(home.join(".cargo"))
}

fn own_home(cargo: &Path) -> PathBuf {
    cargo.join("exhibit-tools")
}

fn folder_of(program: &Path) -> PathBuf {
    program.parent().unwrap_or(program).to_path_buf()
}

/// The version of a package in Cargo.lock.
fn locked_version(package: &str) -> Result<String> {
    let lock = fs::read_to_string(shell::root().join("Cargo.lock"))
        .context("Cargo.lock cannot be read: it names the versions of the tools")?;
    let name = format!("name = \"{package}\"");
    lock.lines()
        .skip_while(|line| *line != name)
        .nth(1)
        .and_then(|line| line.strip_prefix("version = \""))
        .and_then(|line| line.strip_suffix('"'))
        .map(str::to_owned)
        .with_context(|| format!("Cargo.lock does not name {package}: run `cargo update`"))
}
