//! `build`: dist/, ready for any static host.

use std::env;
use std::ffi::OsString;
use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};
use flate2::Compression;
use flate2::write::GzEncoder;
use pico_args::Arguments;

use crate::offline;
use crate::one_file;
use crate::setup::{self, Tools, WasmStd};
use crate::shell;

/// The most that a first visit may transfer, in bytes after gzip.
const FIRST_LOAD_LIMIT: usize = 2_500_000;

/// How much the compiler does.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Profile {
    /// What is published.
    Release,
    /// Optimised but quick to link; only for trying things out.
    Dev,
}

impl Profile {
    /// Reads `--dev`.
    pub(crate) fn from_args(args: &mut Arguments) -> Self {
        if args.contains("--dev") {
            Self::Dev
        } else {
            Self::Release
        }
    }
}

/// The `build` command.
pub(crate) fn run(mut args: Arguments) -> Result<()> {
    let profile = Profile::from_args(&mut args);
    shell::finish(args)?;
    build(profile)
}

/// Builds dist/ and prints what a first visit transfers.
///
/// # Errors
/// A missing tool, a compile error, or a release build above the limit.
pub(crate) fn build(profile: Profile) -> Result<()> {
    let wasm_std = WasmStd::ensure()?;
    let tools = Tools::ensure()?;
    // Trunk works offline, so that it never fetches a tool unseen; the crates come first.
    shell::run(wasm_std.cargo().args(["fetch", "--locked"]))?;

    let mut trunk = shell::program(&tools.trunk);
    wasm_std.apply(&mut trunk);
    trunk
        .args(["build", "--offline", "--locked"])
        .args(match profile {
            Profile::Release => ["--release"].as_slice(),
            Profile::Dev => ["--cargo-profile", "wasm-dev"].as_slice(),
        })
        .envs(release_flags(profile)?)
        .env("PATH", tools.path()?)
        // Trunk takes any value but true and false for a mistake.
        .env_remove("NO_COLOR");
    shell::run(&mut trunk)?;
    slim(&dist())?;
    one_file::write(&dist())?;
    offline::write(&dist())?;

    let sizes = first_load(&dist())?;
    print_sizes(&sizes);
    let total: usize = sizes.iter().map(|size| size.gzipped).sum();
    if profile == Profile::Release && total > FIRST_LOAD_LIMIT {
        bail!(
            "the first load is {total} bytes gzipped, above the limit of {FIRST_LOAD_LIMIT}: look \
             for a heavy crate or embedded data"
        );
    }
    Ok(())
}

/// What makes two builds of one commit equal, wherever they stand: no path of this machine gets into the program.
/// These flags replace those of `.cargo/config.toml`, so they repeat them.
fn release_flags(profile: Profile) -> Result<Vec<(&'static str, OsString)>> {
    if profile != Profile::Release {
        return Ok(Vec::new());
    }
    let mut flags = OsString::from("-Ctarget-feature=+simd128");
    for (path, name) in [
        (shell::root(), "/exhibit"),
        (setup::cargo_home()?, "/cargo"),
    ] {
        flags.push("\u{1f}--remap-path-prefix=");
        flags.push(path);
        flags.push(format!("={name}"));
    }
    Ok(vec![
        ("CARGO_ENCODED_RUSTFLAGS", flags),
        ("EXHIBIT_BUILD", commit().into()),
    ])
}

/// What is built, as reports name it: the commit, unless `EXHIBIT_BUILD` says otherwise.
pub(crate) fn commit() -> String {
    let asked = || {
        shell::ask(shell::program("git").args(["describe", "--always", "--dirty", "--abbrev=12"]))
    };
    let named = env::var("EXHIBIT_BUILD").ok().or_else(asked);
    named.map_or_else(|| "unknown".to_owned(), |name| name.trim().to_owned())
}

/// Takes the names of functions and other notes out of the Wasm: a fifth of its weight, read by nobody.
fn slim(dist: &Path) -> Result<()> {
    for entry in fs::read_dir(dist)? {
        let path = entry?.path();
        if path.extension().is_some_and(|end| end == "wasm") {
            let wasm = fs::read(&path)?;
            let slim = without_notes(&wasm)
                .with_context(|| format!("{} is no Wasm module", path.display()))?;
            fs::write(&path, slim)?;
        }
    }
    Ok(())
}

/// A Wasm module without its custom sections (WebAssembly core specification, binary format, sections):
/// each section is a byte for its kind, 0 for a custom one, its length in LEB128, and its content.
fn without_notes(wasm: &[u8]) -> Option<Vec<u8>> {
    const HEADER: usize = 8;
    let mut slim = wasm.get(..HEADER)?.to_vec();
    let mut rest = wasm.get(HEADER..)?;
    while let [kind, after @ ..] = rest {
        let digits = after.iter().position(|byte| byte & 0x80 == 0)? + 1;
        let number = after.get(..digits)?.iter().rev();
        let length = number.fold(0_usize, |length, byte| {
            length << 7 | usize::from(byte & 0x7f)
        });
        let section = rest.get(..1 + digits + length)?;
        if *kind != 0 {
            slim.extend_from_slice(section);
        }
        rest = &rest[section.len()..];
    }
    Some(slim)
}

/// The folder that is built.
pub(crate) fn dist() -> PathBuf {
    shell::root().join("dist")
}

struct Size {
    name: String,
    raw: usize,
    gzipped: usize,
}

/// Every file of dist/ but the one that holds all: the page fetches nothing later.
fn first_load(dist: &Path) -> Result<Vec<Size>> {
    let mut sizes = Vec::new();
    let mut folders = vec![dist.to_path_buf()];
    while let Some(folder) = folders.pop() {
        let entries =
            fs::read_dir(&folder).with_context(|| format!("cannot read {}", folder.display()))?;
        for entry in entries {
            let path = entry?.path();
            if path.is_dir() {
                folders.push(path);
                continue;
            }
            if path.ends_with(one_file::NAME) {
                continue;
            }
            let bytes = fs::read(&path)?;
            sizes.push(Size {
                name: path
                    .strip_prefix(dist)
                    .unwrap_or(&path)
                    .display()
                    .to_string(),
                raw: bytes.len(),
                gzipped: gzipped(&bytes)?,
            });
        }
    }
    sizes.sort_by(|a, b| b.gzipped.cmp(&a.gzipped).then_with(|| a.name.cmp(&b.name)));
    Ok(sizes)
}

/// Its length at gzip's default level, which is what most hosts use.
fn gzipped(bytes: &[u8]) -> Result<usize> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::default());
    encoder.write_all(bytes)?;
    Ok(encoder.finish()?.len())
}

fn print_sizes(sizes: &[Size]) {
    println!("{:>10} {:>10}  first load, bytes", "raw", "gzipped");
    for size in sizes {
        println!("{:>10} {:>10}  {}", size.raw, size.gzipped, size.name);
    }
    let raw: usize = sizes.iter().map(|size| size.raw).sum();
    let gzipped: usize = sizes.iter().map(|size| size.gzipped).sum();
    println!("{raw:>10} {gzipped:>10}  total");
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_notes_are_taken_out() {
        let header = b"\0asm\x01\0\0\0";
        let wasm = [
            header,
            &[0, 3, 1, b'x', 9][..],
            &[1, 2, 7, 7][..],
            &[0, 1, 0][..],
        ]
        .concat();
        let slim = [header, &[1, 2, 7, 7][..]].concat();
        assert_eq!(without_notes(&wasm), Some(slim));
        assert_eq!(without_notes(&wasm[..11]), None);
    }
}
