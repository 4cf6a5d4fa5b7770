//! axe-core, which knows what assistive technology stumbles over.

use std::fs::{self, File};
use std::io::Read as _;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail, ensure};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use flate2::read::GzDecoder;
use sha2::{Digest as _, Sha512};

use super::lock::Lock;
use super::{apt, tools};
use crate::shell;

const VERSION: &str = "4.14.1";
/// SHA-512 of the package, as the registry states it.
const INTEGRITY: &str =
    "FHfa+lmNjQZfJz1q8wKqIDwC6DExcHt/pkjNQb09a3NPjCKg2rhu5qb2S4r76ASyFNNtuFooJpZe37OgudVGtQ==";
/// The script's place in the package.
const SCRIPT: &str = "package/axe.min.js";

/// The script, for a page to run: found, or fetched once from npm's registry.
///
/// # Errors
/// When it is not here and cannot be had, or is not what the registry stated.
pub(crate) fn ensure() -> Result<String> {
    let folder = tools::own_folder()?.join(format!("axe-core-{VERSION}"));
    let script = folder.join("axe.min.js");
    if let Ok(text) = fs::read_to_string(&script) {
        return Ok(text);
    }
    let _lock = Lock::take()?;
    fs::create_dir_all(&folder)?;
    let text = fetch(&folder).with_context(|| {
        format!("axe-core {VERSION} is missing: accessibility is tested with it; get it with `npm pack axe-core@{VERSION}`")
    })?;
    fs::write(&script, &text)?;
    Ok(text)
}

fn fetch(folder: &Path) -> Result<String> {
    if shell::on_path("npm").is_none() {
        apt::install(&["npm"])?;
    }
    shell::run(
        shell::program("npm")
            .args(["pack", "--silent", &format!("axe-core@{VERSION}")])
            .arg("--pack-destination")
            .arg(folder),
    )?;
    let package: PathBuf = folder.join(format!("axe-core-{VERSION}.tgz"));
    let bytes = fs::read(&package)?;
    ensure!(
        STANDARD.encode(Sha512::digest(&bytes)) == INTEGRITY,
        "{} is not what the registry stated",
        package.display()
    );
    let mut archive = tar::Archive::new(GzDecoder::new(File::open(&package)?));
    for entry in archive.entries()? {
        let mut entry = entry?;
        if entry.path()?.as_ref() == Path::new(SCRIPT) {
            let mut text = String::new();
            entry.read_to_string(&mut text)?;
            return Ok(text);
        }
    }
    bail!("{} holds no {SCRIPT}", package.display())
}
