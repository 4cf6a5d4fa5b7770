//! One set-up at a time on a machine: two would install over each other.

use std::env;
use std::fs::File;

use anyhow::{Context, Result};

/// Held while something is installed; given back when dropped.
pub(super) struct Lock {
    _file: File,
}

impl Lock {
    /// Waits until no other set-up runs.
    pub(super) fn take() -> Result<Self> {
        let path = env::temp_dir().join("exhibit-setup.lock");
        let file = File::options()
            .create(true)
            .truncate(false)
            .write(true)
            .open(&path)
            .with_context(|| format!("cannot open {}", path.display()))?;
        file.lock()
            .with_context(|| format!("cannot lock {}", path.display()))?;
        Ok(Self { _file: file })
    }
}
