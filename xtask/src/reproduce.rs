//! Two builds of one state in two folders give the same bytes.

use std::collections::BTreeMap;
use std::env;
use std::fs;
use std::path::{Path, PathBuf};
use std::process;

use anyhow::{Context, Result, bail, ensure};
use sha2::{Digest as _, Sha256};

use crate::build::{self, Profile};
use crate::setup;
use crate::shell;

/// Builds here, then a copy of the tree elsewhere with the copy's own tool, and compares.
///
/// # Errors
/// When a file of dist/ differs.
pub(crate) fn run() -> Result<()> {
    build::build(Profile::Release)?;
    expect_no_path_of_this_machine(&build::dist())?;
    let here = hashes(&build::dist())?;
    let copy = Copy::make()?;
    shell::run(
        shell::program("cargo")
            .args([
                "run",
                "--quiet",
                "--locked",
                "--package",
                "xtask",
                "--",
                "build",
            ])
            .current_dir(&copy.0)
            .env("EXHIBIT_BUILD", build::commit())
            .env_remove("CARGO_TARGET_DIR"),
    )?;
    let there = hashes(&copy.0.join("dist"))?;
    let mut differing = Vec::new();
    for name in here.keys().chain(there.keys()) {
        if here.get(name) != there.get(name) && !differing.contains(&name) {
            differing.push(name);
        }
    }
    if !differing.is_empty() {
        bail!(
            "built twice, these differ: {differing:?}; the second build is of {}",
            copy.0.display()
        );
    }
    ensure!(here.len() > 5, "dist/ holds only {} files", here.len());
    for (name, hash) in &here {
        println!("{hash}  {name}");
    }
    println!(
        "{} files of two builds in two folders are the same",
        here.len()
    );
    Ok(())
}

/// Says early what would differ elsewhere.
fn expect_no_path_of_this_machine(dist: &Path) -> Result<()> {
    for entry in fs::read_dir(dist)?.flatten() {
        let bytes = fs::read(entry.path())?;
        for path in [shell::root(), setup::cargo_home()?] {
            let path = path.display().to_string();
            let holds = bytes
                .windows(path.len())
                .any(|part| part == path.as_bytes());
            ensure!(!holds, "{} holds the path {path}", entry.path().display());
        }
    }
    Ok(())
}

/// The files of the tree, without what was built of them, in another folder; gone when dropped.
struct Copy(PathBuf);

impl Copy {
    fn make() -> Result<Self> {
        let folder = env::temp_dir().join(format!("exhibit, built again {}", process::id()));
        let copy = Self(folder);
        let listed = shell::ask(shell::program("git").args([
            "ls-files",
            "-z",
            "--cached",
            "--others",
            "--exclude-standard",
        ]))
        .context("the tree is no git checkout: what belongs to it cannot be told")?;
        for name in listed.split('\0').filter(|name| !name.is_empty()) {
            let (from, to) = (shell::root().join(name), copy.0.join(name));
            // Deleted, but not from the index.
            if !from.is_file() {
                continue;
            }
            if let Some(folder) = to.parent() {
                fs::create_dir_all(folder)?;
            }
            fs::copy(&from, &to).with_context(|| format!("cannot copy {name}"))?;
        }
        Ok(copy)
    }
}

impl Drop for Copy {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

fn hashes(folder: &Path) -> Result<BTreeMap<String, String>> {
    let entries =
        fs::read_dir(folder).with_context(|| format!("cannot read {}", folder.display()))?;
    let mut hashes = BTreeMap::new();
    for entry in entries {
        let entry = entry?;
        let hash = hex::encode(Sha256::digest(fs::read(entry.path())?));
        hashes.insert(entry.file_name().to_string_lossy().into_owned(), hash);
    }
    Ok(hashes)
}
