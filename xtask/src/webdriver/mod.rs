//! A small WebDriver client: the dozen calls that the tests and the bench need.
//!
//! The known client crates switch on `serde_json/preserve_order`, which cargo then switches on
//! for the whole workspace, so that the library would be tested with other maps than it ships
//! with; and they bring an asynchronous runtime for what is one question after the other.

mod session;

use std::io::{BufRead, BufReader};
use std::path::PathBuf;
use std::process::{Child, Stdio};
use std::thread;

use anyhow::{Context, Result};

pub(crate) use session::Session;

use crate::setup::Browser;
use crate::shell;

/// A running chromedriver; it ends when dropped.
pub(crate) struct Driver {
    process: Child,
    address: String,
    chromium: PathBuf,
}

impl Driver {
    /// Starts the driver on a free port.
    pub(crate) fn start(browser: &Browser) -> Result<Self> {
        let mut process = shell::program(&browser.chromedriver)
            .arg("--port=0")
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .with_context(|| format!("cannot start {}", browser.chromedriver.display()))?;
        let output = process
            .stdout
            .take()
            .context("chromedriver has no output")?;
        let mut lines = BufReader::new(output).lines();
        let port = lines
            .by_ref()
            .map_while(Result::ok)
            .find_map(|line| port_in(&line));
        let Some(port) = port else {
            let _ = process.kill();
            let _ = process.wait();
            anyhow::bail!("chromedriver ended without naming its port");
        };
        // A full pipe would stop it.
        thread::spawn(move || lines.for_each(drop));
        Ok(Self {
            process,
            address: format!("http://127.0.0.1:{port}"),
            chromium: browser.chromium.clone(),
        })
    }
}

impl Drop for Driver {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

/// The port in `ChromeDriver was started successfully on port 39251.`
fn port_in(line: &str) -> Option<u16> {
    let (_, rest) = line.split_once("started successfully on port ")?;
    rest.trim_end_matches('.').parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn port_is_read() {
        let line = "ChromeDriver was started successfully on port 39251.";
        assert_eq!(port_in(line), Some(39251));
        assert_eq!(port_in("Starting ChromeDriver 156 on port 0"), None);
    }
}
