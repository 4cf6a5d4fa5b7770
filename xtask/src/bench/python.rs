//! The Python that runs the peer loop.

use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};
use serde_json::Value;

use crate::shell;

/// A Python with the `cryptography` package.
pub(super) struct Python {
    program: PathBuf,
}

impl Python {
    /// Takes the system's, or makes a virtual environment under target/.
    ///
    /// # Errors
    /// Where there is no Python 3, or the package is not to be had.
    pub(super) fn ensure() -> Result<Self> {
        let system = Self {
            program: PathBuf::from("python3"),
        };
        if system.is_ready() {
            return Ok(system);
        }
        let folder = shell::root().join("target/bench/venv");
        let own = Self {
            program: folder.join("bin/python"),
        };
        if own.is_ready() {
            return Ok(own);
        }
        shell::run(
            shell::program("python3")
                .args(["-m", "venv", "--clear"])
                .arg(&folder),
        )
        .and_then(|()| {
            shell::run(shell::program(&own.program).args([
                "-m",
                "pip",
                "install",
                "--quiet",
                "cryptography",
            ]))
        })
        .context(
            "Python 3 with `cryptography` is missing: the bench compares with it; get it with \
             `apt-get install python3 python3-venv python3-cryptography`",
        )?;
        Ok(own)
    }

    /// Runs the peer over evidence and returns its account.
    pub(super) fn verify(&self, evidence: &Path) -> Result<Value> {
        let script = shell::root().join("xtask/peer/verify.py");
        let Some(output) = shell::ask(shell::program(&self.program).arg(script).arg(evidence))
        else {
            bail!("verify.py failed over {}", evidence.display());
        };
        serde_json::from_str(&output).context("verify.py wrote no JSON")
    }

    /// Its version and that of `cryptography`.
    pub(super) fn version(&self) -> Option<String> {
        let script = "import cryptography, platform; \
                      print(platform.python_version(), 'cryptography', cryptography.__version__)";
        let shown = shell::ask(shell::program(&self.program).args(["-c", script]))?;
        Some(format!("Python {}", shown.trim()))
    }

    fn is_ready(&self) -> bool {
        let probe = ["-c", "import cryptography.hazmat.primitives.asymmetric.rsa"];
        shell::ask(shell::program(&self.program).args(probe)).is_some()
    }
}
