//! Evidence on disk: its files, and archives of it.

use std::fs::{self, File};
use std::io::{self, BufWriter};
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use zip::ZipWriter;
use zip::write::SimpleFileOptions;

/// All files below a folder, in the order of their names.
pub(crate) fn files_below(folder: &Path) -> Result<Vec<PathBuf>> {
    let mut files = Vec::new();
    let mut folders = vec![folder.to_path_buf()];
    while let Some(folder) = folders.pop() {
        let entries =
            fs::read_dir(&folder).with_context(|| format!("cannot read {}", folder.display()))?;
        for entry in entries {
            let entry = entry?;
            if entry.file_type()?.is_dir() {
                folders.push(entry.path());
            } else {
                files.push(entry.path());
            }
        }
    }
    files.sort();
    Ok(files)
}

/// Writes a zip archive of the files below a folder.
pub(crate) fn zip(folder: &Path, archive: &Path) -> Result<()> {
    let mut writer = ZipWriter::new(BufWriter::new(File::create(archive)?));
    for path in files_below(folder)? {
        let name = path.strip_prefix(folder)?.to_string_lossy();
        writer.start_file(name, SimpleFileOptions::default())?;
        io::copy(&mut File::open(&path)?, &mut writer)?;
    }
    writer.finish()?;
    Ok(())
}

/// Writes a tar archive of the files below a folder.
pub(crate) fn tar(folder: &Path, archive: &Path) -> Result<()> {
    let mut builder = tar::Builder::new(BufWriter::new(File::create(archive)?));
    for path in files_below(folder)? {
        builder.append_path_with_name(&path, path.strip_prefix(folder)?)?;
    }
    builder.finish()?;
    Ok(())
}
