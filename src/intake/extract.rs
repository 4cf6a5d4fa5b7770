//! The bytes of a file or of an archive's member again, for a person to look at.

use std::io::{self, Read, SeekFrom};

use flate2::bufread::MultiGzDecoder;

use crate::document;
use crate::evidence::archive::{HEAD, Wrapping, safe_name, wrapping};
use crate::evidence::{Limits, Problem, ProblemCode, Source};

use super::zipped::{directory_fits, member_name, wrapping_of, zip_problem};

/// The inflated bytes of a file or member, at most `limit` of them.
pub(super) fn extract(
    member: Option<&str>,
    source: &mut dyn Source,
    size: u64,
    limit: usize,
) -> Result<Vec<u8>, Problem> {
    let mut head = Vec::new();
    Read::take(&mut *source, HEAD as u64)
        .read_to_end(&mut head)
        .map_err(corrupt)?;
    source.seek(SeekFrom::Start(0)).map_err(corrupt)?;
    let Some(member) = member else {
        return inflated(source, limit).map_err(corrupt);
    };
    match wrapping_of(&head, source, size, &Limits::default()).map_err(corrupt)? {
        Wrapping::Zip => {
            directory_fits(source, size, &Limits::default())?;
            let mut archive = zip::ZipArchive::new(source).map_err(|error| zip_problem(&error))?;
            for at in 0..archive.len() {
                let Some(rest) = below(member, &member_name(archive.name_for_index(at))) else {
                    continue;
                };
                let mut file = archive.by_index(at).map_err(|error| zip_problem(&error))?;
                return deeper(&mut file, rest, limit);
            }
            Err(absent())
        }
        Wrapping::Tar => in_tar(tar::Archive::new(source).entries_with_seek(), member, limit),
        Wrapping::Gzip => packed(source, member, limit),
        Wrapping::Plain | Wrapping::Package => {
            let mut bytes = Vec::new();
            Read::take(source, Limits::default().content as u64)
                .read_to_end(&mut bytes)
                .map_err(corrupt)?;
            let mut attached = document::attached(&bytes);
            while let Some((name, content)) = attached.next(Limits::default().content) {
                if let (Some(rest), Some(content)) = (below(member, &name), content) {
                    return deeper(&mut content.as_slice(), rest, limit);
                }
            }
            Err(absent())
        }
    }
}

/// A member of an archive within a gzip stream.
fn packed(source: &mut dyn Read, member: &str, limit: usize) -> Result<Vec<u8>, Problem> {
    let decoder = MultiGzDecoder::new(io::BufReader::new(source));
    let (found, mut content) = begun(decoder).map_err(corrupt)?;
    match found {
        Wrapping::Gzip => Err(Problem::new(ProblemCode::ArchiveDepth, "")),
        Wrapping::Tar => in_tar(tar::Archive::new(content).entries(), member, limit),
        _ => within(&mut content, member, limit),
    }
}

/// What a source is by its first bytes, and the source.
fn begun<R: Read>(mut source: R) -> io::Result<(Wrapping, impl Read)> {
    let mut head = Vec::with_capacity(HEAD);
    Read::take(&mut source, HEAD as u64).read_to_end(&mut head)?;
    let found = wrapping(&head);
    Ok((found, io::Cursor::new(head).chain(source)))
}

/// The member of a tar archive.
fn in_tar<R: Read>(
    entries: io::Result<tar::Entries<'_, R>>,
    member: &str,
    limit: usize,
) -> Result<Vec<u8>, Problem> {
    for file in entries.map_err(corrupt)? {
        let mut file = file.map_err(corrupt)?;
        let name = String::from_utf8_lossy(&file.path_bytes()).into_owned();
        if let Some(rest) = below(member, &name) {
            return deeper(&mut file, rest, limit);
        }
    }
    Err(absent())
}

/// The member itself, or one within it when it is an archive too.
fn deeper(file: &mut dyn Read, rest: Option<&str>, limit: usize) -> Result<Vec<u8>, Problem> {
    let Some(rest) = rest else {
        return inflated(file, limit).map_err(corrupt);
    };
    let (found, mut file) = begun(file).map_err(corrupt)?;
    match found {
        Wrapping::Gzip => packed(&mut file, rest, limit),
        _ => within(&mut file, rest, limit),
    }
}

/// A member of what is held whole.
fn within(file: &mut dyn Read, member: &str, limit: usize) -> Result<Vec<u8>, Problem> {
    let mut inner = Vec::new();
    file.take(Limits::default().content as u64)
        .read_to_end(&mut inner)
        .map_err(corrupt)?;
    let size = inner.len() as u64;
    extract(Some(member), &mut io::Cursor::new(inner), size, limit)
}

/// What of `member` is below a name within an archive: nothing where it is that itself, `None` where it is another.
fn below<'m>(member: &'m str, name: &str) -> Option<Option<&'m str>> {
    match member.strip_prefix(safe_name(name).0.as_str())? {
        "" => Some(None),
        rest => rest.strip_prefix('/').map(Some),
    }
}

fn corrupt(error: io::Error) -> Problem {
    Problem::new(ProblemCode::ArchiveCorrupt, error.to_string())
}

fn absent() -> Problem {
    Problem::new(
        ProblemCode::ArchiveCorrupt,
        "the member is not there any more",
    )
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
