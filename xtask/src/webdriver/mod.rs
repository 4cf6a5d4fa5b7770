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

use crate::setup::{Browser, Engine};
use crate::shell;

/// A running WebDriver; it ends when dropped.
pub(crate) struct Driver {
    process: Child,
    address: String,
    program: PathBuf,
    engine: &'static Engine,
    /// Flags of Chromium beside those that every session has.
    flags: Vec<&'static str>,
}

impl Driver {
    /// Starts the driver on a free port.
    pub(crate) fn start(browser: &Browser) -> Result<Self> {
        let mut process = shell::program(&browser.driver)
            .arg("--port=0")
            .args(browser.engine.driver_flags)
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .with_context(|| format!("cannot start {}", browser.driver.display()))?;
        let output = process.stdout.take().context("the driver has no output")?;
        let mut lines = BufReader::new(output).lines();
        let port = lines
            .by_ref()
            .map_while(Result::ok)
            .find_map(|line| port_in(&line, browser.engine.port_mark));
        let Some(port) = port else {
            let _ = process.kill();
            let _ = process.wait();
            anyhow::bail!("{} ended without naming its port", browser.driver.display());
        };
        // A full pipe would stop it.
        thread::spawn(move || lines.for_each(drop));
        Ok(Self {
            process,
            address: format!("http://127.0.0.1:{port}"),
            program: browser.program.clone(),
            engine: browser.engine,
            flags: Vec::new(),
        })
    }
}

impl Driver {
    /// Opens sessions with these flags of Chromium too.
    pub(crate) fn with_flags(mut self, flags: &[&'static str]) -> Self {
        self.flags.extend(flags);
        self
    }

    /// The memory that the pages' processes hold now, in bytes. `None` where the system does not tell.
    pub(crate) fn renderers_now(&self) -> Option<u64> {
        let all = self.renderers()?;
        Some(all.iter().map(|process| process.now).sum())
    }

    /// The most memory that any page's process has held so far, in bytes: its resident set,
    /// the browser's own part of it included. `None` where the system does not tell.
    pub(crate) fn renderer_peak(&self) -> Option<u64> {
        self.renderers()?.iter().map(|process| process.peak).max()
    }

    /// The processes of pages, among all that descend from the driver.
    fn renderers(&self) -> Option<Vec<Process>> {
        let mut family = vec![self.process.id()];
        let mut found = Vec::new();
        let mut processes: Vec<Process> = fs::read_dir("/proc")
            .ok()?
            .flatten()
            .filter_map(|entry| Process::read(&entry.path()))
            .collect();
        while let Some(parent) = family.pop() {
            let (children, others): (Vec<Process>, Vec<Process>) = processes
                .into_iter()
                .partition(|process| process.parent == parent);
            processes = others;
            family.extend(children.iter().map(|process| process.id));
            found.extend(children.into_iter().filter(|process| process.is_renderer));
        }
        Some(found)
    }
}

/// What Linux tells of a process.
struct Process {
    id: u32,
    parent: u32,
    is_renderer: bool,
    /// Bytes at most so far.
    peak: u64,
    /// Bytes now.
    now: u64,
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
            now: field("VmRSS:").unwrap_or(0) * 1024,
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
fn port_in(line: &str, mark: &str) -> Option<u16> {
    let (_, rest) = line.split_once(mark)?;
    rest.trim_end_matches('.').parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn port_is_read() {
        let mark = |name| Engine::named(name).expect("a browser").port_mark;
        let chrome = "ChromeDriver was started successfully on port 39251.";
        assert_eq!(port_in(chrome, mark("chromium")), Some(39251));
        let gecko = "1795643538403\tgeckodriver\tINFO\tListening on 127.0.0.1:40429";
        assert_eq!(port_in(gecko, mark("firefox")), Some(40429));
        assert_eq!(
            port_in("Starting ChromeDriver 156 on port 0", mark("chromium")),
            None
        );
    }
}
