//! What several suites share: evidence from disk, through the reader, to the report.

use std::fs;
use std::io::{Cursor, Write as _};
use std::path::{Path, PathBuf};

use exhibit::case::{Case, Export, Settings};
use exhibit::evidence::Limits;
use exhibit::intake::{Entry, Reader, Shard};
use exhibit::moment::Moment;
use serde_json::Value;

/// A folder of the public data beside the checkout, under `../shared/data`. Where it is not there this says so
/// loudly; `EXHIBIT_DATA=required` makes its absence a failure.
#[allow(dead_code, reason = "not every suite reads public data")]
pub(crate) fn data(name: &str) -> Option<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("../shared/data")
        .join(name);
    if folder.is_dir() {
        return Some(folder);
    }
    assert!(
        std::env::var_os("EXHIBIT_DATA").is_none_or(|value| value != "required"),
        "{} is required and not there",
        folder.display()
    );
    println!("SKIPPED: {} is not there", folder.display());
    None
}

#[allow(dead_code, reason = "not every suite reads a folder")]
/// All files below a folder, by their paths in it, in the order of these.
pub(crate) fn files_below(folder: &Path) -> Vec<(String, Vec<u8>)> {
    let mut files = Vec::new();
    let mut folders = vec![folder.to_path_buf()];
    while let Some(inner) = folders.pop() {
        for entry in fs::read_dir(&inner).expect("a folder") {
            let path = entry.expect("an entry").path();
            if path.is_dir() {
                folders.push(path);
            } else {
                let name = path.strip_prefix(folder).expect("below");
                let name = name.to_string_lossy().into_owned();
                files.push((name, fs::read(&path).expect("a file")));
            }
        }
    }
    files.sort();
    files
}

/// Reads files in their order by one reader; each entry comes with its file's number.
pub(crate) fn entries(files: &[(String, Vec<u8>)]) -> Vec<(u32, Entry)> {
    let clock = || 0.0;
    let mut reader = Reader::new(Limits::default(), 1, &clock);
    let mut entries = Vec::new();
    for (source, (path, bytes)) in files.iter().enumerate() {
        let size = bytes.len() as u64;
        let mut emit = |entry| entries.push((source as u32, entry));
        reader.read(
            path,
            &mut Cursor::new(bytes),
            size,
            Shard::default(),
            &mut emit,
        );
    }
    entries
}

/// Judges what files hold, by settings, with the reference for signatures.
#[allow(dead_code, reason = "not every suite judges")]
pub(crate) fn judged(files: &[(String, Vec<u8>)], settings: Settings) -> Case {
    let mut case = Case::default();
    case.set(settings);
    for (source, entry) in entries(files) {
        case.add(source, entry);
    }
    settle(&mut case);
    case
}

/// Judges a case until no signature is left to check, with the reference for signatures.
#[allow(dead_code, reason = "not every suite judges")]
pub(crate) fn settle(case: &mut Case) {
    loop {
        let checks = case.judge();
        if checks.is_empty() {
            return;
        }
        let verifies = |check: &exhibit::integrity::Check| {
            let verifies = check.key.verifies(&check.message, &check.signature);
            (check.id, verifies)
        };
        case.resolve(&checks.iter().map(verifies).collect::<Vec<_>>());
    }
}

/// A document of a case.
#[allow(dead_code, reason = "not every suite writes a document")]
pub(crate) fn exported(case: &mut Case, export: &Export) -> Vec<u8> {
    let mut bytes = Vec::new();
    let written = case.export(export, &mut |part| bytes.extend_from_slice(part));
    written.expect("a document");
    bytes
}

/// The report of what files hold.
#[allow(dead_code, reason = "not every suite writes a report")]
pub(crate) fn report(files: &[(String, Vec<u8>)]) -> Value {
    report_of(&mut judged(files, Settings::default()))
}

/// The report of a case that is judged.
#[allow(dead_code, reason = "not every suite writes a report")]
pub(crate) fn report_of(case: &mut Case) -> Value {
    let generated = Moment::from_seconds(0);
    let bytes = exported(case, &Export::Report { generated });
    serde_json::from_slice(&bytes).expect("report.json is JSON")
}

#[allow(dead_code, reason = "not every suite reads a PDF file")]
/// A PDF file of one page whose text stands in a compressed stream.
pub(crate) fn pdf(title: &str, text: &str) -> Vec<u8> {
    let text = text.replace('(', "\\(").replace(')', "\\)");
    let page = format!("BT /F1 12 Tf 72 720 Td ({text}) Tj ET");
    let mut packed = flate2::write::ZlibEncoder::new(Vec::new(), flate2::Compression::default());
    packed.write_all(page.as_bytes()).expect("memory");
    let packed = packed.finish().expect("memory");
    let mut out = b"%PDF-1.4\n1 0 obj\n<< /Type /Catalog /Pages 2 0 R >>\nendobj\n2 0 obj\n<< /Type /Pages /Kids [3 0 R] /Count 1 >>\nendobj\n3 0 obj\n<< /Type /Page /Parent 2 0 R /Contents 4 0 R /Resources << /Font << /F1 5 0 R >> >> >>\nendobj\n".to_vec();
    out.extend(
        format!(
            "4 0 obj\n<< /Length {} /Filter /FlateDecode >>\nstream\n",
            packed.len()
        )
        .bytes(),
    );
    out.extend(&packed);
    out.extend(format!("\nendstream\nendobj\n5 0 obj\n<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>\nendobj\n6 0 obj\n<< /Title ({title}) /CreationDate (D:20250630120000Z) >>\nendobj\ntrailer\n<< /Root 1 0 R /Info 6 0 R >>\n%%EOF\n").bytes());
    out
}
