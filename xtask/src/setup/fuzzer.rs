//! cargo-fuzz, and the nightly compiler that it needs.

use std::process::Command;

use anyhow::{Result, bail};

use super::tools::path_with_fuzz;
use crate::shell;

/// What runs fuzz targets.
pub(crate) struct Fuzzer {
    path: std::ffi::OsString,
}

impl Fuzzer {
    /// Finds the compiler and the tool, or gets them.
    pub(crate) fn ensure() -> Result<Self> {
        let nightly = || shell::ask(shell::program("rustc").args(["+nightly", "--version"]));
        if nightly().is_none() {
            println!("there is no nightly compiler: asking rustup for one");
            let asked = shell::run(shell::program("rustup").args([
                "toolchain",
                "install",
                "nightly",
                "--profile",
                "minimal",
            ]));
            if asked.is_err() || nightly().is_none() {
                bail!(
                    "a nightly compiler is missing: fuzzing needs its instrumentation; get it with `rustup toolchain install nightly`"
                );
            }
        }
        Ok(Self {
            path: path_with_fuzz()?,
        })
    }

    /// The nightly compiler's cargo, which finds the tool.
    pub(crate) fn cargo(&self) -> Command {
        let mut cargo = shell::program("cargo");
        cargo.arg("+nightly").env("PATH", &self.path);
        cargo
    }
}
