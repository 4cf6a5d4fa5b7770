//! Packages of Debian and its relatives, where this tool may install them.

use std::process::Command;

use anyhow::{Result, bail};

use crate::shell;

/// Installs packages with apt-get.
///
/// # Errors
/// Where there is no apt-get, where neither root nor a password-free sudo is at hand, and
/// where the packages are not to be had.
pub(super) fn install(packages: &[&str]) -> Result<()> {
    let mut args = vec!["install", "-y", "--no-install-recommends"];
    args.extend(packages);
    if shell::run(&mut apt(&args)?).is_ok() {
        return Ok(());
    }
    // The package lists of a fresh image are empty or old.
    shell::run(&mut apt(&["update"])?)?;
    shell::run(&mut apt(&args)?)
}

/// The names of all packages that match a regular expression.
pub(super) fn search(pattern: &str) -> Vec<String> {
    let found = shell::ask(shell::program("apt-cache").args(["search", "--names-only", pattern]));
    found
        .unwrap_or_default()
        .lines()
        .filter_map(|line| line.split_whitespace().next())
        .map(str::to_owned)
        .collect()
}

/// Brings the package lists up to date, as far as that is possible.
pub(super) fn refresh() -> Result<()> {
    shell::run(&mut apt(&["update"])?)
}

fn apt(args: &[&str]) -> Result<Command> {
    if shell::on_path("apt-get").is_none() {
        bail!("this system has no apt-get");
    }
    let is_root = shell::ask(shell::program("id").arg("-u")).is_some_and(|id| id.trim() == "0");
    let mut command = if is_root {
        shell::program("apt-get")
    } else if shell::ask(shell::program("sudo").args(["-n", "true"])).is_some() {
        let mut sudo = shell::program("sudo");
        sudo.args(["-n", "apt-get"]);
        sudo
    } else {
        bail!("apt-get needs root");
    };
    command.args(args).env("DEBIAN_FRONTEND", "noninteractive");
    Ok(command)
}
