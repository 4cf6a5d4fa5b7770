//! The same job by a native program of the same library: `examples/verify.rs`.

use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};
use serde_json::Value;

use crate::shell;

/// The program.
pub(super) struct Native {
    program: PathBuf,
}

impl Native {
    /// Builds it.
    ///
    /// # Errors
    /// When it does not compile.
    pub(super) fn ensure() -> Result<Self> {
        shell::run(
            shell::program("cargo")
                .args(["build", "--quiet", "--locked", "--profile", "native"])
                .args(["--example", "verify"]),
        )
        .context("the native program could not be built")?;
        Ok(Self {
            program: shell::root().join("target/native/examples/verify"),
        })
    }

    /// Runs it over evidence and returns its account.
    pub(super) fn verify(&self, evidence: &Path) -> Result<Value> {
        let Some(output) = shell::ask(shell::program(&self.program).arg(evidence)) else {
            bail!("the native program failed over {}", evidence.display());
        };
        serde_json::from_str(&output).context("the native program wrote no JSON")
    }
}
