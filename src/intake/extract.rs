//! The bytes of a file or of an archive's member again, for a person to look at.

use std::io::{self, Read, SeekFrom};

use flate2::bufread::MultiGzDecoder;

use crate::document;
use crate::evidence::archive::{HEAD, Wrapping, safe_name, wrapping};
use crate::evidence::{Limits, Problem, ProblemCode, Source};

use super::zipped::{directory_fits, member_name, zip_problem};

/// The inflated bytes of a file or member, at most `limit` of them.
pub(super) fn extract(
    member: Option<&str>,
    source: &mut dyn Source,
    size: u64,
    limit: usize,
) -> Result<Vec<u8>, Problem> {
    let corrupt = |error: io::Error| Problem::new(ProblemCode::ArchiveCorrupt, error.to_string());
    let mut head = Vec::new();
    Read::take(&mut *source, HEAD as u64)
        .read_to_end(&mut head)
        .map_err(corrupt)?;
    source.seek(SeekFrom::Start(0)).map_err(corrupt)?;
    let Some(member) = member else {
        return inflated(source, limit).map_err(corrupt);
    };
    let is = |name: &str| {
        let name = safe_name(name).0;
        match member.strip_prefix(name.as_str()) {
            Some("") => Some(None),
            Some(rest) => rest.strip_prefix('/').map(Some),
            None => None,
        }
    };
    let absent = || {
        Problem::new(
            ProblemCode::ArchiveCorrupt,
            "the member is not there any more",
        )
    };
    match wrapping(&head) {
        Wrapping::Zip => {
            directory_fits(source, size, &Limits::default())?;
            let mut archive = zip::ZipArchive::new(source).map_err(|error| zip_problem(&error))?;
            for at in 0..archive.len() {
                let Some(rest) = is(&member_name(archive.name_for_index(at))) else {
                    continue;
                };
                let mut file = archive.by_index(at).map_err(|error| zip_problem(&error))?;
                return deeper(&mut file, rest, limit);
            }
            Err(absent())
        }
        Wrapping::Tar => {
            let mut archive = tar::Archive::new(source);
            for file in archive.entries_with_seek().map_err(corrupt)? {
                let mut file = file.map_err(corrupt)?;
                let Some(rest) = is(&String::from_utf8_lossy(&file.path_bytes())) else {
                    continue;
                };
                return deeper(&mut file, rest, limit);
            }
            Err(absent())
        }
        Wrapping::Gzip => deeper(source, Some(member), limit),
        Wrapping::Plain => {
            let mut bytes = Vec::new();
            Read::take(source, Limits::default().content as u64)
                .read_to_end(&mut bytes)
                .map_err(corrupt)?;
            let mut attached = document::attached(&bytes);
            while let Some((name, content)) = attached.next(Limits::default().content) {
                if let (Some(rest), Some(content)) = (is(&name), content) {
                    return deeper(&mut content.as_slice(), rest, limit);
                }
            }
            Err(absent())
        }
    }
}

/// The member itself, or one within it when it is an archive too.
fn deeper(file: &mut dyn Read, rest: Option<&str>, limit: usize) -> Result<Vec<u8>, Problem> {
    let corrupt = |error: io::Error| Problem::new(ProblemCode::ArchiveCorrupt, error.to_string());
    let Some(rest) = rest else {
        return inflated(file, limit).map_err(corrupt);
    };
    let inner = inflated(file, Limits::default().content).map_err(corrupt)?;
    let size = inner.len() as u64;
    if wrapping(&inner) == Wrapping::Gzip {
        return Err(Problem::new(ProblemCode::ArchiveDepth, ""));
    }
    extract(Some(rest), &mut io::Cursor::new(inner), size, limit)
}

fn inflated(source: &mut dyn Read, limit: usize) -> io::Result<Vec<u8>> {
    let mut source = io::BufReader::new(source);
    let mut bytes = Vec::new();
    if wrapping(io::BufRead::fill_buf(&mut source)?) == Wrapping::Gzip {
        MultiGzDecoder::new(source)
            .take(limit as u64)
            .read_to_end(&mut bytes)?;
    } else {
        source.take(limit as u64).read_to_end(&mut bytes)?;
    }
    Ok(bytes)
}
