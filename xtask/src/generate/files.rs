//! Made-up files, in memory until they are written.

use std::collections::BTreeMap;
use std::fs;
use std::io::{Cursor, Read as _, Write as _};
use std::path::Path;

use anyhow::Result;
use flate2::Compression;
use flate2::bufread::GzDecoder;
use flate2::write::GzEncoder;
use sha2::{Digest as _, Sha256};
use zip::ZipWriter;
use zip::write::SimpleFileOptions;

/// Files by their paths.
pub(super) type Files = BTreeMap<String, Vec<u8>>;

/// Compresses; gzip's time stays zero, so that the same content gives the same bytes.
pub(super) fn gzip(content: &[u8]) -> Result<Vec<u8>> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::new(6));
    encoder.write_all(content)?;
    Ok(encoder.finish()?)
}

/// SHA-256 in hexadecimal.
pub(super) fn sha256(bytes: &[u8]) -> String {
    hex::encode(Sha256::digest(bytes))
}

/// Writes all files below a folder, which is emptied first.
pub(super) fn write(files: &Files, folder: &Path) -> Result<()> {
    let _ = fs::remove_dir_all(folder);
    add(files, folder)
}

/// Writes all files below a folder.
pub(super) fn add(files: &Files, folder: &Path) -> Result<()> {
    for (path, bytes) in files {
        let path = folder.join(path);
        if let Some(parent) = path.parent() {
            fs::create_dir_all(parent)?;
        }
        fs::write(path, bytes)?;
    }
    Ok(())
}

/// A small `.tar.gz` of all files. Those that are compressed themselves are packed anew without
/// compression, so that what they have in common is stored once; their contents stay the same.
pub(super) fn solid(files: &Files) -> Result<Vec<u8>> {
    let mut builder = tar::Builder::new(GzEncoder::new(Vec::new(), Compression::best()));
    for (path, bytes) in files {
        let bytes = if path.ends_with(".gz") {
            unpacked(bytes)?
        } else {
            bytes.clone()
        };
        let mut header = tar::Header::new_ustar();
        header.set_size(bytes.len() as u64);
        header.set_mode(0o644);
        builder.append_data(&mut header, path, bytes.as_slice())?;
    }
    Ok(builder.into_inner()?.finish()?)
}

/// The same gzip streams, without compression.
fn unpacked(mut bytes: &[u8]) -> Result<Vec<u8>> {
    let mut out = Vec::new();
    while !bytes.is_empty() {
        let mut content = Vec::new();
        let mut decoder = GzDecoder::new(bytes);
        decoder.read_to_end(&mut content)?;
        bytes = decoder.into_inner();
        let mut encoder = GzEncoder::new(out, Compression::none());
        encoder.write_all(&content)?;
        out = encoder.finish()?;
    }
    Ok(out)
}

/// A zip archive of all files, with one fixed time for all.
pub(super) fn zip(files: &Files) -> Result<Vec<u8>> {
    let mut writer = ZipWriter::new(Cursor::new(Vec::new()));
    let options = SimpleFileOptions::default().last_modified_time(zip::DateTime::default());
    for (path, bytes) in files {
        writer.start_file(path.as_str(), options)?;
        writer.write_all(bytes)?;
    }
    Ok(writer.finish()?.into_inner())
}
