//! A small WebDriver client: the dozen calls that the tests and the bench need.
//!
//! The known client crates switch on `serde_json/preserve_order`, which cargo then switches on
//! for the whole workspace, so that the library would be tested with other maps than it ships
//! with; and they bring an asynchronous runtime for what is one question after the other.

mod session;

use std::fs;
use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
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

impl Driver {
    /// The most memory that any page's process has held so far, in bytes: its resident set,
    /// the browser's own part of it included. `None` where the system does not tell.
    pub(crate) fn renderer_peak(&self) -> Option<u64> {
        let mut family = vec![self.process.id()];
        let mut peak = None;
        let processes: Vec<Process> = fs::read_dir("/proc")
            .ok()?
            .flatten()
            .filter_map(|entry| Process::read(&entry.path()))
            .collect();
        while let Some(parent) = family.pop() {
            for process in processes.iter().filter(|process| process.parent == parent) {
                family.push(process.id);
                if process.is_renderer {
                    peak = peak.max(Some(process.peak));
                }
            }
        }
        peak
    }
}

/// What Linux tells of a process.
struct Process {
    id: u32,
    parent: u32,
    is_renderer: bool,
    /// Bytes.
    peak: u64,
}

impl Process {
    fn read(folder: &Path) -> Option<Self> {
        let id = folder.file_name()?.to_str()?.parse().ok()?;
        let status = fs::read_to_string(folder.join("status")).ok()?;
        let command = fs::read(folder.join("cmdline")).ok()?;
        let field = |name: &str| -> Option<u64> {
            let line = status.lines().find_map(|line| line.strip_prefix(name))?;
            line.split_whitespace().next()?.parse().ok()
        };
        Some(Self {
            id,
            parent: u32::try_from(field("PPid:")?).ok()?,
            is_renderer: String::from_utf8_lossy(&command).contains("--type=renderer"),
            peak: field("VmHWM:").unwrap_or(0) * 1024,
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
