//! A compiler with Wasm's standard library.
//!
//! The ordinary way is rustup. A network that reaches package registries only has no rustup
//! server; there Debian's compiler serves, because Debian also packages the library's source.

use std::fs;
use std::path::PathBuf;
use std::process::Command;

use anyhow::{Context, Result, bail};

use super::apt;
use super::lock::Lock;
use crate::shell;

const TARGET: &str = "wasm32-unknown-unknown";
/// The name under which rustup knows Debian's compiler.
const DEBIAN: &str = "debian";
/// Beside the library that we built: the compiler that it was built with.
const STAMP: &str = "exhibit-std.stamp";

/// Which toolchain compiles for the browser, and with which linker.
pub(crate) struct WasmStd {
    toolchain: Option<&'static str>,
    linker: Option<PathBuf>,
}

impl WasmStd {
    /// Finds a toolchain that compiles for Wasm, or makes one.
    pub(crate) fn ensure() -> Result<Self> {
        if has_library(None) {
            return Ok(Self::rustup());
        }
        if let Some(ready) = Self::debian_if_ready() {
            return Ok(ready);
        }
        let _lock = Lock::take()?;
        if shell::run(shell::program("rustup").args(["target", "add", TARGET])).is_ok()
            && has_library(None)
        {
            return Ok(Self::rustup());
        }
        println!("rustup cannot get {TARGET} here: taking Debian's compiler instead");
        if let Err(error) = make_debian() {
            bail!(
                "Wasm's standard library is missing: the page is compiled with it; get it with \
                 `rustup target add {TARGET}`, or run as root on Debian ({error:#})"
            );
        }
        Self::debian_if_ready().context("Debian's compiler was set up but is not usable")
    }

    /// A cargo command for this target, in a target folder of its own: two compilers in one
    /// would evict each other's work.
    pub(crate) fn cargo(&self) -> Command {
        let mut cargo = shell::program("cargo");
        self.apply(&mut cargo);
        cargo
    }

    /// Makes a command, and what it starts, compile for this target.
    pub(crate) fn apply(&self, command: &mut Command) {
        command.env("CARGO_TARGET_DIR", target_dir());
        if let Some(toolchain) = self.toolchain {
            command.env("RUSTUP_TOOLCHAIN", toolchain);
        }
        if let Some(linker) = &self.linker {
            command.env("CARGO_TARGET_WASM32_UNKNOWN_UNKNOWN_LINKER", linker);
        }
    }

    fn rustup() -> Self {
        Self {
            toolchain: None,
            linker: None,
        }
    }

    fn debian_if_ready() -> Option<Self> {
        let version = version(DEBIAN)?;
        let stamp = fs::read_to_string(library_folder(Some(DEBIAN))?.join(STAMP)).ok()?;
        if stamp != version || !has_library(Some(DEBIAN)) {
            return None;
        }
        Some(Self {
            toolchain: Some(DEBIAN),
            linker: Some(linker(&version)?),
        })
    }
}

/// Where everything that is compiled for Wasm goes.
fn target_dir() -> PathBuf {
    shell::root().join("target/wasm")
}

fn rustc(toolchain: Option<&str>) -> Command {
    let mut rustc = shell::program("rustc");
    if let Some(toolchain) = toolchain {
        rustc.env("RUSTUP_TOOLCHAIN", toolchain);
    }
    rustc
}

/// The compiler's own account of itself.
fn version(toolchain: &str) -> Option<String> {
    shell::ask(rustc(Some(toolchain)).arg("-vV"))
}

fn library_folder(toolchain: Option<&str>) -> Option<PathBuf> {
    let shown =
        shell::ask(rustc(toolchain).args(["--print", "target-libdir", "--target", TARGET]))?;
    Some(PathBuf::from(shown.trim()))
}

fn has_library(toolchain: Option<&str>) -> bool {
    let Some(entries) = library_folder(toolchain).and_then(|folder| fs::read_dir(folder).ok())
    else {
        return false;
    };
    entries.flatten().any(|entry| {
        let name = entry.file_name();
        let name = name.to_string_lossy();
        name.starts_with("libstd-") && name.ends_with(".rlib")
    })
}

fn make_debian() -> Result<()> {
    apt::install(&["rustc-web", "cargo-web", "rust-web-src"])?;
    // Only the lints need it; where Debian has none they are left to the host's.
    let _ = apt::install(&["rust-web-clippy"]);
    shell::run(shell::program("rustup").args(["toolchain", "link", DEBIAN, "/usr"]))?;
    let version = version(DEBIAN).context("Debian's rustc does not run")?;
    if linker(&version).is_none() {
        install_linker(&version)?;
    }
    build_library(&version)
}

/// Builds the standard library from its source with the compiler it belongs to.
fn build_library(version: &str) -> Result<()> {
    let folder = shell::root().join("target/setup/std");
    let _ = fs::remove_dir_all(&folder);
    fs::create_dir_all(folder.join("src"))?;
    fs::write(folder.join("src/lib.rs"), "#![no_std]\n")?;
    fs::write(
        folder.join("Cargo.toml"),
        "[package]\nname = \"empty\"\nedition = \"2024\"\n\n[workspace]\n",
    )?;
    // Bitcode is what a link with LTO reads; `test` is what `cargo test` links.
    shell::run(
        shell::program("cargo")
            .current_dir(&folder)
            .args(["build", "--release", "--target", TARGET])
            .args(["-Z", "build-std=std,panic_abort,test"])
            .env("RUSTUP_TOOLCHAIN", DEBIAN)
            .env("RUSTC_BOOTSTRAP", "1")
            .env("RUSTFLAGS", "-Cembed-bitcode=yes")
            .env("CARGO_TARGET_DIR", folder.join("target")),
    )?;

    let library = library_folder(Some(DEBIAN)).context("rustc names no library folder")?;
    let _ = fs::remove_dir_all(&library);
    fs::create_dir_all(&library)
        .with_context(|| format!("cannot make {}: run as root", library.display()))?;
    let built = folder.join("target").join(TARGET).join("release/deps");
    for entry in fs::read_dir(&built)?.flatten() {
        let name = entry.file_name();
        let shown = name.to_string_lossy();
        if shown.ends_with(".rlib") && !shown.starts_with("libempty-") {
            fs::copy(entry.path(), library.join(&name))?;
        }
    }
    // What the old library compiled does not link with the new one.
    let _ = fs::remove_dir_all(target_dir());
    fs::write(library.join(STAMP), version)?;
    Ok(())
}

/// A linker for Wasm that is no older than the compiler's LLVM.
fn linker(version: &str) -> Option<PathBuf> {
    for name in ["rust-lld", "wasm-ld"] {
        if let Some(found) = shell::on_path(name) {
            return Some(found);
        }
    }
    let oldest = llvm_major(version);
    let mut found: Vec<(u32, PathBuf)> = fs::read_dir("/usr/bin")
        .ok()?
        .flatten()
        .filter_map(|entry| {
            let name = entry.file_name();
            let number = name.to_str()?.strip_prefix("wasm-ld-")?.parse().ok()?;
            Some((number, entry.path()))
        })
        .filter(|(number, _)| *number >= oldest)
        .collect();
    found.sort();
    found.pop().map(|(_, path)| path)
}

fn install_linker(version: &str) -> Result<()> {
    let oldest = llvm_major(version);
    let newest = || {
        apt::search("^lld-[0-9]+$")
            .into_iter()
            .filter_map(|name| name.strip_prefix("lld-")?.parse::<u32>().ok())
            .filter(|number| *number >= oldest)
            .max()
    };
    let number = match newest() {
        Some(number) => number,
        None => {
            apt::refresh()?;
            newest().with_context(|| {
                format!("no package lld-{oldest} or newer: the linker of Wasm comes with it")
            })?
        }
    };
    apt::install(&[&format!("lld-{number}")])
}

/// The major version in `LLVM version: 22.1.8`; 0 if the compiler does not say.
fn llvm_major(version: &str) -> u32 {
    version
        .lines()
        .find_map(|line| line.strip_prefix("LLVM version: "))
        .and_then(|number| number.split('.').next())
        .and_then(|major| major.parse().ok())
        .unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn llvm_major_is_read() {
        assert_eq!(llvm_major("rustc 1.96.0\nLLVM version: 22.1.8\n"), 22);
        assert_eq!(llvm_major("rustc 1.96.0\n"), 0);
    }
}
