//! rustfmt and clippy of the host's toolchain.

use anyhow::{Result, bail};

use crate::shell;

/// Makes sure that `cargo fmt` and `cargo clippy` run.
pub(crate) fn ensure() -> Result<()> {
    for (subcommand, component) in [("fmt", "rustfmt"), ("clippy", "clippy")] {
        if works(subcommand) {
            continue;
        }
        let _ = shell::run(shell::program("rustup").args(["component", "add", component]));
        if !works(subcommand) {
            bail!(
                "{component} is missing: `cargo xtask test` checks format and lints with it; \
                 get it with `rustup component add {component}`"
            );
        }
    }
    Ok(())
}

fn works(subcommand: &str) -> bool {
    shell::ask(shell::program("cargo").args([subcommand, "--version"])).is_some()
}
