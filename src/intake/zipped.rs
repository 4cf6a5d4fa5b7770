//! Zip archives.

use std::borrow::Cow;
use std::io::{self, Read, SeekFrom};

use crate::evidence::archive::{Wrapping, is_part, wrapping};
use crate::evidence::{Limits, Problem, ProblemCode, Source};

use super::unpack::{
    Archive, Budget, Counted, MEMBER, Member, Members, STEP, neighbourhood, too_many,
};
use super::{Emit, Reader, Shard, failed};

impl Reader<'_> {
    /// Opens a zip archive: its members by the central directory, in its order.
    pub(super) fn open_zip<'s>(
        &mut self,
        path: &str,
        mut source: Box<dyn Source + 's>,
        size: u64,
        (shard, depth): (Shard, u8),
        emit: &mut Emit<'_>,
    ) -> Option<Archive<'s>> {
        if !self.register_archive(path, &mut *source, size, shard, depth, emit) {
            return None;
        }
        if let Err(problem) = directory_fits(&mut *source, size, &self.limits) {
            self.report(path, size, shard, problem, emit);
            return None;
        }
        let archive = match zip::ZipArchive::new(source) {
            Ok(archive) => archive,
            Err(error) => {
                self.report(path, size, shard, zip_problem(&error), emit);
                return None;
            }
        };
        let count = archive.len().min(self.limits.members);
        if count < archive.len() {
            self.report(path, size, shard, too_many(archive.len() - count), emit);
        }
        if archive.has_duplicate_names() {
            let problem = Problem::new(ProblemCode::ArchiveNames, "");
            self.report(path, size, shard, problem, emit);
        }
        Some(Archive {
            path: path.to_owned(),
            size,
            shard,
            depth,
            members: Members::Zip {
                archive,
                next: 0,
                count,
                budget: Budget::new(size, &self.limits),
            },
        })
    }

    pub(super) fn step_zip(&mut self, of: &mut Archive<'_>, emit: &mut Emit<'_>) -> bool {
        let Members::Zip {
            archive,
            next,
            count,
            budget,
        } = &mut of.members
        else {
            return false;
        };
        let (path, depth) = (&of.path, of.depth);
        let mean = of.size / (*count).max(1) as u64 + MEMBER;
        let neighbours = (neighbourhood(of.size, of.shard) / mean).max(1) as usize;
        let mut done = 0;
        while *next < *count {
            if done >= STEP {
                return true;
            }
            let at = *next;
            *next += 1;
            if !of.shard.takes(at / neighbours) {
                continue;
            }
            let name = member_name(archive.name_for_index(at));
            let mut file = match archive.by_index(at) {
                Ok(file) => file,
                Err(error) => {
                    let member = Member::new(path, &name, 0);
                    let mut entry = failed(&member.path, 0, zip_problem(&error));
                    member.trick(&mut entry);
                    emit(entry);
                    continue;
                }
            };
            if file.is_dir() {
                continue;
            }
            let member = Member::new(path, &name, file.size());
            let packed = file.compressed_size();
            done += packed + MEMBER;
            if budget.spent() {
                emit(failed(
                    &member.path,
                    member.size,
                    Problem::new(ProblemCode::InflatedRatio, "the archive as a whole"),
                ));
                continue;
            }
            let allowed = self
                .limits
                .ratio
                .saturating_mul(packed.max(1))
                .max(self.limits.ratio_from);
            let mut counted = Counted::new(&mut file, allowed.min(budget.left));
            self.read_member(&member, &mut counted, depth, emit);
            budget.left = budget.left.saturating_sub(counted.used);
        }
        false
    }
}

/// What a source is: by its first bytes and, where they are those of an office program's package, by the names of its members.
/// One that holds anything beside its parts is an archive, so that nothing in it stays unread.
pub(super) fn wrapping_of(
    head: &[u8],
    source: &mut dyn Source,
    size: u64,
    limits: &Limits,
) -> io::Result<Wrapping> {
    let found = wrapping(head);
    if found != Wrapping::Package {
        return Ok(found);
    }
    // One whose directory cannot be read is said to be so as an archive.
    let is_document = directory_fits(source, size, limits).is_ok()
        && zip::ZipArchive::new(&mut *source).is_ok_and(|archive| {
            let mut names = (0..archive.len()).map(|at| member_name(archive.name_for_index(at)));
            names.all(|name| is_part(&name))
        });
    source.seek(SeekFrom::Start(0))?;
    Ok(if is_document {
        Wrapping::Plain
    } else {
        Wrapping::Zip
    })
}

/// A member's name, whatever its bytes are.
pub(super) fn member_name(name: Option<Result<Cow<'_, str>, zip::result::ZipError>>) -> String {
    name.and_then(Result::ok)
        .map_or_else(|| "unnamed".to_owned(), Cow::into_owned)
}

pub(super) fn zip_problem(error: &zip::result::ZipError) -> Problem {
    use zip::result::ZipError;
    let code = match error {
        ZipError::UnsupportedArchive(what) if what.contains("assword") => {
            ProblemCode::ArchiveEncrypted
        }
        ZipError::InvalidPassword => ProblemCode::ArchiveEncrypted,
        ZipError::UnsupportedArchive(_) | ZipError::CompressionMethodNotSupported(_) => {
            ProblemCode::ArchiveMethod
        }
        _ => ProblemCode::ArchiveCorrupt,
    };
    Problem::new(code, error.to_string())
}

/// Whether the central directory, which is held in memory, is small enough; read from the end record.
pub(super) fn directory_fits(
    source: &mut dyn Source,
    size: u64,
    limits: &Limits,
) -> Result<(), Problem> {
    let corrupt = |error: io::Error| Problem::new(ProblemCode::ArchiveCorrupt, error.to_string());
    // The end record stands within the last 22 bytes and a comment of at most 65,535.
    let tail = size.min(22 + 65_535);
    source.seek(SeekFrom::Start(size - tail)).map_err(corrupt)?;
    let mut end = Vec::new();
    Read::take(&mut *source, tail)
        .read_to_end(&mut end)
        .map_err(corrupt)?;
    let at = end.windows(4).rposition(|four| four == b"PK\x05\x06");
    let Some(at) = at else {
        return Err(Problem::new(
            ProblemCode::ArchiveCorrupt,
            "it has no end record",
        ));
    };
    let length = end
        .get(at + 12..at + 16)
        .and_then(|four| four.try_into().ok())
        .map_or(0, u32::from_le_bytes);
    // Of a zip64 archive another end record says it, and what stands before this one says where (APPNOTE 4.3.14, 4.3.15).
    let locator = at.checked_sub(20).map(|from| &end[from..at]);
    let length = match locator.filter(|bytes| bytes.starts_with(b"PK\x06\x07")) {
        Some(locator) => {
            let from = u64::from_le_bytes(locator[8..16].try_into().unwrap_or_default());
            let mut record = [0; 56];
            source
                .seek(SeekFrom::Start(from))
                .and_then(|_| source.read_exact(&mut record))
                .map_err(corrupt)?;
            let stated = u64::from_le_bytes(record[40..48].try_into().unwrap_or_default());
            let known = record.starts_with(b"PK\x06\x06").then_some(stated);
            // Where something was set before the archive the record is elsewhere: no directory is longer than all.
            let short = Some(length).filter(|&length| length < u32::MAX);
            known.unwrap_or(size).max(short.map_or(0, u64::from))
        }
        None => u64::from(length),
    };
    source.seek(SeekFrom::Start(0)).map_err(corrupt)?;
    if length > limits.directory {
        return Err(Problem::new(
            ProblemCode::ArchiveTooLarge,
            format!("a directory of {length} bytes"),
        ));
    }
    Ok(())
}
