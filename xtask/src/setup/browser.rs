//! Chromium and its WebDriver.

use std::env;
use std::path::PathBuf;

use anyhow::{Result, bail};

use super::apt;
use super::lock::Lock;
use crate::shell;

/// A Chromium that tests can drive.
pub(crate) struct Browser {
    /// The browser's program.
    pub(crate) chromium: PathBuf,
    /// The program that drives it.
    pub(crate) chromedriver: PathBuf,
}

impl Browser {
    /// Finds both programs (`CHROMIUM` and `CHROMEDRIVER` may name them), or installs them.
    pub(crate) fn ensure() -> Result<Self> {
        if let Some(found) = Self::find() {
            return Ok(found);
        }
        let _lock = Lock::take()?;
        if let Some(found) = Self::find() {
            return Ok(found);
        }
        println!("Chromium or its driver is not here: installing them");
        let error = match apt::install(&["chromium", "chromium-driver"]) {
            Ok(()) => "installed, but not found on PATH".to_owned(),
            Err(error) => format!("{error:#}"),
        };
        if let Some(found) = Self::find() {
            return Ok(found);
        }
        bail!(
            "Chromium or chromedriver is missing: the browser tests and the bench run in it; get \
             both with `apt-get install chromium chromium-driver`, or name them in CHROMIUM and \
             CHROMEDRIVER ({error})"
        )
    }

    fn find() -> Option<Self> {
        let names = [
            "chromium",
            "chromium-browser",
            "google-chrome",
            "google-chrome-stable",
        ];
        let chromium = named("CHROMIUM").or_else(|| names.into_iter().find_map(shell::on_path))?;
        let chromedriver = named("CHROMEDRIVER").or_else(|| shell::on_path("chromedriver"))?;
        Some(Self {
            chromium,
            chromedriver,
        })
    }
}

fn named(variable: &str) -> Option<PathBuf> {
    let path = PathBuf::from(env::var_os(variable)?);
    path.is_file().then_some(path)
}
