//! Published models of the documents that are handed over, in a Python environment of their own.

use std::fs;
use std::path::PathBuf;

use anyhow::{Context as _, Result};

use super::apt;
use super::lock::Lock;
use crate::shell;

/// What is installed, each of one version; the two do not get along in one environment.
const SETS: [(&str, &[&str]); 2] = [
    (
        "oscal",
        &[
            "oscal-pydantic==2023.3.21",
            "pydantic==1.10.26",
            "email-validator==2.3.0",
        ],
    ),
    ("ocsf", &["py-ocsf-models==0.10.0"]),
];

/// The interpreter that knows the models of a format.
///
/// # Errors
/// Where they cannot be installed: a document that nobody validated has passed no test.
pub(crate) fn models(format: &str) -> Result<PathBuf> {
    let found = SETS.iter().find(|(name, _)| *name == format);
    let (name, packages) = found.with_context(|| format!("no models of {format} are known"))?;
    let folder = shell::root().join("target/models").join(name);
    let python = folder.join("bin/python");
    // Written last, so that an installation that was cut short is done again.
    let stamp = folder.join("installed");
    let wanted = packages.join("\n");
    let is_there = || fs::read_to_string(&stamp).is_ok_and(|found| found == wanted);
    if is_there() {
        return Ok(python);
    }
    let _lock = Lock::take()?;
    if is_there() {
        return Ok(python);
    }
    let venv = || shell::run(shell::program("python3").args(["-m", "venv"]).arg(&folder));
    // Debian and its kin have the module in a package of its own.
    venv()
        .or_else(|_| apt::install(&["python3-venv"]).and_then(|()| venv()))
        .and_then(|()| {
            let pip = [
                "-m",
                "pip",
                "install",
                "--quiet",
                "--disable-pip-version-check",
            ];
            shell::run(shell::program(&python).args(pip).args(*packages))
        })
        .and_then(|()| Ok(fs::write(&stamp, &wanted)?))
        .with_context(|| format!("the models of {name} cannot be installed: have Python with venv, and PyPI within reach"))?;
    Ok(python)
}
