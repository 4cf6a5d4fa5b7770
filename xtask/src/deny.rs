//! Licences, bans, sources and advisories of all crates, by cargo-deny and `deny.toml`.

use anyhow::Result;

use crate::setup;
use crate::shell;

/// Checks all of them; advisories where their database can be fetched.
///
/// # Errors
/// When a crate breaks a rule of `deny.toml`.
pub(crate) fn run() -> Result<()> {
    let deny = setup::deny()?;
    let check = |rest: &[&str]| {
        let mut command = shell::program(&deny);
        command
            .args([
                "--locked",
                "check",
                "--hide-inclusion-graph",
                "--allow",
                "duplicate",
            ])
            .args(rest);
        shell::run(&mut command)
    };
    check(&["licenses", "bans", "sources"])?;
    if shell::ask(shell::program(&deny).args(["--locked", "fetch", "db"])).is_none() {
        println!(
            "NOT CHECKED: advisories, as their database (github.com/RustSec/advisory-db) cannot be fetched from here"
        );
        return Ok(());
    }
    check(&["--disable-fetch", "advisories"])
}
