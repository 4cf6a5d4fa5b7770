//! The browsers that tests drive, and their WebDrivers.

use std::env;
use std::path::PathBuf;

use anyhow::{Result, bail};

use super::apt;
use super::lock::Lock;
use super::tools;
use crate::shell;

/// A browser that tests can drive: a row of [`ENGINES`].
#[derive(Debug)]
pub(crate) struct Engine {
    /// As options name it.
    pub(crate) name: &'static str,
    /// What the programs are called, and the variables that may name them.
    programs: &'static [&'static str],
    program_variable: &'static str,
    driver: &'static str,
    driver_variable: &'static str,
    /// Debian's packages.
    packages: &'static [&'static str],
    /// Whether the driver is built from the crate registry.
    builds_driver: bool,
    /// What the driver is started with, besides a port.
    pub(crate) driver_flags: &'static [&'static str],
    /// What the driver writes before the number of its port.
    pub(crate) port_mark: &'static str,
    /// Whether WebDriver can choose a folder in it; where not, tests drop a `.zip` of it.
    pub(crate) takes_folders: bool,
    /// Whether it speaks Chromium's own protocol.
    pub(crate) has_devtools: bool,
    /// Roads to the network that it does not have, or takes only at its leisure.
    pub(crate) lacks_roads: &'static [&'static str],
    /// Roads that its policies do not close, whoever sets them; docs/browsers.md names them.
    pub(crate) leaves_open: &'static [&'static str],
}

/// All of them; the first is what everything runs in unless told otherwise.
pub(crate) const ENGINES: &[Engine] = &[
    Engine {
        name: "chromium",
        programs: &[
            "chromium",
            "chromium-browser",
            "google-chrome",
            "google-chrome-stable",
        ],
        program_variable: "CHROMIUM",
        driver: "chromedriver",
        driver_variable: "CHROMEDRIVER",
        packages: &["chromium", "chromium-driver"],
        builds_driver: false,
        driver_flags: &[],
        port_mark: "started successfully on port ",
        takes_folders: true,
        has_devtools: true,
        lacks_roads: &[],
        leaves_open: &[],
    },
    Engine {
        name: "firefox",
        programs: &["firefox-esr", "firefox"],
        program_variable: "FIREFOX",
        driver: "geckodriver",
        driver_variable: "GECKODRIVER",
        packages: &["firefox-esr"],
        builds_driver: true,
        // Tests read the console and set the colour scheme through the browser's own scripts.
        driver_flags: &["--allow-system-access"],
        port_mark: "Listening on 127.0.0.1:",
        takes_folders: false,
        has_devtools: false,
        lacks_roads: &["ping", "prefetch"],
        leaves_open: &["frameWorkerEvents"],
    },
];

impl Engine {
    /// The one with a name.
    ///
    /// # Errors
    /// Where there is none.
    pub(crate) fn named(name: &str) -> Result<&'static Self> {
        match ENGINES.iter().find(|engine| engine.name == name) {
            Some(engine) => Ok(engine),
            None => {
                let names: Vec<_> = ENGINES.iter().map(|engine| engine.name).collect();
                bail!(
                    "there is no browser {name}: choose one of {}",
                    names.join(", ")
                )
            }
        }
    }
}

/// A browser on this machine, with its driver.
pub(crate) struct Browser {
    /// What it is.
    pub(crate) engine: &'static Engine,
    /// The browser's program.
    pub(crate) program: PathBuf,
    /// The program that drives it.
    pub(crate) driver: PathBuf,
}

impl Browser {
    /// Chromium, in which everything runs unless told otherwise.
    pub(crate) fn ensure() -> Result<Self> {
        Self::ensure_engine(&ENGINES[0])
    }

    /// Finds both programs, or installs them.
    pub(crate) fn ensure_engine(engine: &'static Engine) -> Result<Self> {
        if let Some(found) = Self::find(engine) {
            return Ok(found);
        }
        let error = match Self::install(engine) {
            Ok(()) => "installed, but not found on PATH".to_owned(),
            Err(error) => format!("{error:#}"),
        };
        if let Some(found) = Self::find(engine) {
            return Ok(found);
        }
        bail!(
            "{} or {} is missing: tests run in it; get the browser with `apt-get install {}`{}, or name both in {} \
             and {} ({error})",
            engine.name,
            engine.driver,
            engine.packages.join(" "),
            if engine.builds_driver {
                format!(
                    " and its driver with `cargo install --locked {}`",
                    engine.driver
                )
            } else {
                String::new()
            },
            engine.program_variable,
            engine.driver_variable,
        )
    }

    fn install(engine: &Engine) -> Result<()> {
        if engine.find_program().is_none() || !engine.builds_driver {
            let _lock = Lock::take()?;
            if engine.find_program().is_none() || engine.find_driver().is_none() {
                println!("{} is not here: installing it", engine.name);
                apt::install(engine.packages)?;
            }
        }
        if engine.builds_driver && engine.find_driver().is_none() {
            tools::geckodriver()?;
        }
        Ok(())
    }

    fn find(engine: &'static Engine) -> Option<Self> {
        Some(Self {
            engine,
            program: engine.find_program()?,
            driver: engine.find_driver()?,
        })
    }
}

impl Engine {
    fn find_program(&self) -> Option<PathBuf> {
        named(self.program_variable)
            .or_else(|| self.programs.iter().copied().find_map(shell::on_path))
    }

    fn find_driver(&self) -> Option<PathBuf> {
        named(self.driver_variable)
            .or_else(|| shell::on_path(self.driver))
            .or_else(|| tools::installed(self.driver))
    }
}

fn named(variable: &str) -> Option<PathBuf> {
    let path = PathBuf::from(env::var_os(variable)?);
    path.is_file().then_some(path)
}
