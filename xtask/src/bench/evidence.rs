//! The evidence that is measured: made once from a seed, kept under target/bench.

use std::env;
use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};

use crate::pack;
use crate::shell;

/// How evidence is dropped.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Pack {
    Folder,
    Zip,
    Tar,
}

/// One thing to measure.
pub(super) struct Case {
    /// For `--only`, and the folder it is kept in.
    pub(super) name: &'static str,
    /// What it is, for the table.
    pub(super) about: &'static str,
    /// Numbers of readers to measure beside the page's own choice.
    pub(super) by_readers: &'static [usize],
    logs: usize,
    digests: usize,
    /// JSON of all logs together, in bytes.
    json: usize,
    pack: Pack,
}

/// Evidence on disk.
pub(super) struct Made {
    /// A folder or an archive.
    pub(super) path: PathBuf,
    /// Files in it.
    pub(super) files: usize,
}

/// 182 MB of JSON in 4,000 logs is what a median trail of some months holds.
const MEDIAN: usize = 182_000_000;

/// Everything that is measured.
pub(super) const CASES: &[Case] = &[
    Case {
        name: "folder",
        about: "4,000 logs and 1,000 digests, folder",
        by_readers: &[1, 2, 4],
        logs: 4_000,
        digests: 1_000,
        json: MEDIAN,
        pack: Pack::Folder,
    },
    Case {
        name: "zip",
        about: "the same, one .zip",
        by_readers: &[1, 2],
        logs: 4_000,
        digests: 1_000,
        json: MEDIAN,
        pack: Pack::Zip,
    },
    Case {
        name: "tar",
        about: "the same, one .tar",
        by_readers: &[],
        logs: 4_000,
        digests: 1_000,
        json: MEDIAN,
        pack: Pack::Tar,
    },
    Case {
        name: "big",
        about: "20 logs of 20 MB of JSON, folder",
        by_readers: &[1, 2, 4],
        logs: 20,
        digests: 24,
        json: 400_000_000,
        pack: Pack::Folder,
    },
    Case {
        name: "signatures",
        about: "150,000 digests with metadata, one .tar",
        by_readers: &[],
        logs: 0,
        digests: 150_000,
        json: 0,
        pack: Pack::Tar,
    },
    Case {
        name: "linear-1000",
        about: "1,000 files, folder",
        by_readers: &[],
        logs: 800,
        digests: 200,
        json: 800 * 4_000,
        pack: Pack::Folder,
    },
    Case {
        name: "linear-10000",
        about: "10,000 files, folder",
        by_readers: &[],
        logs: 8_000,
        digests: 2_000,
        json: 8_000 * 4_000,
        pack: Pack::Folder,
    },
    Case {
        name: "linear-100000",
        about: "100,000 files, folder",
        by_readers: &[],
        logs: 80_000,
        digests: 20_000,
        json: 80_000 * 4_000,
        pack: Pack::Folder,
    },
];

/// Finds the evidence of a case, or makes it.
pub(super) fn ensure(case: &Case) -> Result<Made> {
    let home = shell::root().join("target/bench/evidence");
    // Cases that differ only in their packing share the folder.
    let folder = home.join(format!("{}-{}-{}", case.logs, case.digests, case.json));
    let stamp = folder.with_extension("done");
    if !stamp.exists() {
        println!("making the evidence of {}", case.name);
        let _ = fs::remove_dir_all(&folder);
        fs::create_dir_all(&folder)?;
        generate(case, &folder)?;
        fs::write(&stamp, "")?;
    }
    let files = pack::files_below(&folder)?.len();
    let path = match case.pack {
        Pack::Folder => folder,
        Pack::Zip => archive(&folder, "zip", |path| pack::zip(&folder, path))?,
        Pack::Tar => archive(&folder, "tar", |path| pack::tar(&folder, path))?,
    };
    Ok(Made { path, files })
}

/// Asks the generator by its command, as a person would.
fn generate(case: &Case, folder: &Path) -> Result<()> {
    shell::run(
        shell::program(env::current_exe()?)
            .args(["generate", "bulk"])
            .args(["--logs", &case.logs.to_string()])
            .args(["--digests", &case.digests.to_string()])
            .args(["--json-bytes", &case.json.to_string()])
            .arg("--out")
            .arg(folder),
    )
    .with_context(|| format!("the evidence of {} could not be made", case.name))
}

/// The archive beside a folder; it appears under its name only when it is whole.
fn archive(folder: &Path, end: &str, write: impl FnOnce(&Path) -> Result<()>) -> Result<PathBuf> {
    let path = folder.with_extension(end);
    if !path.exists() {
        let partial = folder.with_extension(format!("{end}.partial"));
        write(&partial)?;
        fs::rename(&partial, &path)?;
    }
    Ok(path)
}
