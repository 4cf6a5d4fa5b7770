//! Tar archives.

use std::io::{self, Read, Seek, SeekFrom};

use crate::evidence::{Problem, ProblemCode, Source};

use super::unpack::{Archive, Counted, MEMBER, Member, Members, STEP, neighbourhood, too_many};
use super::{Emit, Reader, Shard, failed};

/// What lengths are rounded up to.
pub(super) const BLOCK: u64 = 512;

/// Members fall to readers by their neighbourhood.
pub(super) struct Shares {
    /// Bytes of each.
    size: u64,
    number: usize,
    filled: u64,
}

impl Shares {
    fn new(size: u64) -> Self {
        Shares {
            size,
            number: 0,
            filled: 0,
        }
    }

    /// The share of the next member, of so many bytes.
    fn next(&mut self, size: u64) -> usize {
        if self.filled >= self.size {
            self.number += 1;
            self.filled = 0;
        }
        self.filled += size + MEMBER;
        self.number
    }
}

impl Reader<'_> {
    /// Opens a tar archive.
    pub(super) fn open_tar<'s>(
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
        Some(Archive {
            path: path.to_owned(),
            size,
            shard,
            depth,
            members: Members::Tar {
                source,
                at: 0,
                number: 0,
                shares: Shares::new(neighbourhood(size, shard)),
            },
        })
    }

    /// One member after the other; those of other readers are skipped.
    pub(super) fn step_tar(&mut self, of: &mut Archive<'_>, emit: &mut Emit<'_>) -> bool {
        let Members::Tar {
            source,
            at,
            number,
            shares,
        } = &mut of.members
        else {
            return false;
        };
        let (path, size, shard, depth) = (of.path.as_str(), of.size, of.shard, of.depth);
        let corrupt =
            |error: io::Error| Problem::new(ProblemCode::ArchiveCorrupt, error.to_string());
        let start = *at;
        if let Err(error) = source.seek(SeekFrom::Start(start)) {
            self.report(path, size, shard, corrupt(error), emit);
            return false;
        }
        let mut archive = tar::Archive::new(Rest {
            source: &mut **source,
            start,
        });
        let entries = match archive.entries_with_seek() {
            Ok(entries) => entries,
            Err(error) => {
                self.report(path, size, shard, corrupt(error), emit);
                return false;
            }
        };
        let mut done = 0;
        for member in entries {
            if *number >= self.limits.members {
                self.report(path, size, shard, too_many(0), emit);
                return false;
            }
            *number += 1;
            let mut file = match member {
                Ok(file) => file,
                Err(error) => {
                    self.report(path, size, shard, corrupt(error), emit);
                    return false;
                }
            };
            let length = file.size();
            let kind = file.header().entry_type();
            if shard.takes(shares.next(length)) {
                if is_file(kind) {
                    done += length + MEMBER;
                }
                if let Err(problem) = self.tar_member(path, &mut file, depth, emit) {
                    // Every reader comes by here, and only this one knows.
                    emit(failed(&format!("{path}/(unread)"), size, problem));
                    return false;
                }
            }
            // Only after a plain file is it certain where the next header stands.
            if !is_file(kind) {
                continue;
            }
            let end = start + file.raw_file_position() + length.next_multiple_of(BLOCK);
            if done >= STEP {
                *at = end;
                return true;
            }
        }
        false
    }
}

impl Reader<'_> {
    /// Reads a member; fails where the archive ends within it.
    pub(super) fn tar_member(
        &mut self,
        archive: &str,
        file: &mut tar::Entry<'_, impl Read>,
        depth: u8,
        emit: &mut Emit<'_>,
    ) -> Result<(), Problem> {
        let (length, kind) = (file.size(), file.header().entry_type());
        let name = String::from_utf8_lossy(&file.path_bytes()).into_owned();
        let member = Member::new(archive, &name, length);
        if let Some(code) = unfit(kind) {
            let mut entry = failed(&member.path, 0, Problem::new(code, ""));
            member.trick(&mut entry);
            emit(entry);
        } else if is_file(kind) {
            let mut counted = Counted::new(file, length);
            self.read_member(&member, &mut counted, depth, emit);
            if counted.short {
                let left = length - counted.used;
                let problem = format!("it ends {left} bytes before its last member does");
                return Err(Problem::new(ProblemCode::ArchiveCorrupt, problem));
            }
        }
        Ok(())
    }
}

/// Whether a member of a tar archive holds a file. Names, attributes and folders stand beside those.
pub(super) fn is_file(kind: tar::EntryType) -> bool {
    matches!(kind, tar::EntryType::Regular | tar::EntryType::Continuous)
}

/// Why a member of a tar archive that stands for a file cannot be read; `None` for folders and what belongs to others.
fn unfit(kind: tar::EntryType) -> Option<ProblemCode> {
    use tar::EntryType;
    match kind {
        EntryType::Link
        | EntryType::Symlink
        | EntryType::Char
        | EntryType::Block
        | EntryType::Fifo => Some(ProblemCode::MemberLink),
        EntryType::GNUSparse => Some(ProblemCode::ArchiveMethod),
        _ => None,
    }
}

/// A source as if it began at `start`.
struct Rest<'s> {
    source: &'s mut dyn Source,
    start: u64,
}

impl Read for Rest<'_> {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        self.source.read(into)
    }
}

impl Seek for Rest<'_> {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        let to = match to {
            SeekFrom::Start(at) => SeekFrom::Start(self.start.saturating_add(at)),
            other => other,
        };
        let at = self.source.seek(to)?;
        Ok(at.saturating_sub(self.start))
    }
}
