//! What the figures were measured on.

use std::fs;
use std::thread;

use serde_json::{Value, json};

use super::python::Python;
use crate::setup::Browser;
use crate::shell;

/// Processor, memory, system and versions.
pub(super) fn facts(browser: &Browser, python: Option<&Python>) -> Value {
    let version =
        |mut command: std::process::Command| shell::ask(&mut command).map(|s| s.trim().to_owned());
    let mut chromium = shell::program(&browser.program);
    chromium.arg("--version");
    let mut system = shell::program("uname");
    system.args(["-s", "-r", "-m"]);
    json!({
        "processor": field("/proc/cpuinfo", "model name"),
        "cores": thread::available_parallelism().map_or(1, usize::from),
        "memory": field("/proc/meminfo", "MemTotal"),
        "system": version(system),
        "browser": version(chromium),
        "python": python.and_then(Python::version),
    })
}

/// The first value of a `name : value` line.
fn field(path: &str, name: &str) -> Option<String> {
    let text = fs::read_to_string(path).ok()?;
    text.lines()
        .filter_map(|line| line.split_once(':'))
        .find(|(key, _)| key.trim() == name)
        .map(|(_, value)| value.trim().to_owned())
}
