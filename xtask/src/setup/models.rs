//! Published models of the documents that are handed over, in a Python environment of their own.

use std::fs;
use std::path::PathBuf;

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

/// The interpreter that knows the models of a format; `None`, said loudly, where they cannot be installed.
pub(crate) fn models(format: &str) -> Option<PathBuf> {
    let (name, packages) = SETS.iter().find(|(name, _)| *name == format)?;
    let folder = shell::root().join("target/models").join(name);
    let python = folder.join("bin/python");
    // Written last, so that an installation that was cut short is done again.
    let stamp = folder.join("installed");
    let wanted = packages.join("\n");
    let is_there = || fs::read_to_string(&stamp).is_ok_and(|found| found == wanted);
    if is_there() {
        return Some(python);
    }
    let _lock = Lock::take().ok()?;
    if is_there() {
        return Some(python);
    }
    let made = shell::run(shell::program("python3").args(["-m", "venv"]).arg(&folder))
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
        .and_then(|()| Ok(fs::write(&stamp, &wanted)?));
    match made {
        Ok(()) => Some(python),
        Err(error) => {
            println!("SKIPPED: the models of {name} cannot be installed: {error:#}");
            None
        }
    }
}
