//! Archives: each member is a file of the evidence. They are read some members at a time, so that whoever reads them
//! can send on what was read, and rest.

use std::borrow::Cow;
use std::io::{self, Read, SeekFrom};

use crate::evidence::archive::{HEAD, Wrapping, safe_name, wrapping};
use crate::evidence::{Kind, Limits, Problem, ProblemCode, Source};

use super::{Emit, Entry, Reader, Shard, blank, failed, hash_all, unreadable};

/// What lengths are rounded up to in a tar archive.
const BLOCK: u64 = 512;

/// What can be said of a member before it is read.
struct Member {
    path: String,
    size: u64,
    tricked: bool,
}

impl Member {
    fn new(archive: &str, name: &str, size: u64) -> Self {
        let (name, tricked) = safe_name(name);
        Member {
            path: format!("{archive}/{name}"),
            size,
            tricked,
        }
    }

    fn trick(&self, entry: &mut Entry) {
        if self.tricked {
            entry
                .problems
                .push(Problem::new(ProblemCode::MemberPath, ""));
        }
    }
}

/// Bytes of members, as they are packed, that are read at a time.
const STEP: u64 = 1 << 20;
/// What a member counts for beside its bytes.
const MEMBER: u64 = 4 << 10;
/// Bytes of neighbours that go to one reader: enough that each reads its own part of the file, and little enough
/// that all have as much to do.
const SHARE: u64 = 2 << 20;

/// An archive of which some members are not read yet.
pub struct Archive<'s> {
    path: String,
    size: u64,
    shard: Shard,
    depth: u8,
    members: Members<'s>,
}

enum Members<'s> {
    Zip {
        archive: zip::ZipArchive<Box<dyn Source + 's>>,
        next: usize,
        count: usize,
        budget: Budget,
    },
    Tar {
        source: Box<dyn Source + 's>,
        /// Where the header of the next member stands.
        at: u64,
        /// Members before it.
        number: usize,
        shares: Shares,
    },
}

/// Members fall to readers by their neighbourhood.
#[derive(Default)]
struct Shares {
    number: usize,
    filled: u64,
}

impl Shares {
    /// The share of the next member, of so many bytes.
    fn next(&mut self, size: u64) -> usize {
        if self.filled >= SHARE {
            self.number += 1;
            self.filled = 0;
        }
        self.filled += size + MEMBER;
        self.number
    }
}

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
                shares: Shares::default(),
            },
        })
    }

    /// Reads some of the members that are left; says whether there are more.
    pub fn step(&mut self, archive: &mut Archive<'_>, emit: &mut Emit<'_>) -> bool {
        match archive.members {
            Members::Zip { .. } => self.step_zip(archive, emit),
            Members::Tar { .. } => self.step_tar(archive, emit),
        }
    }

    fn step_zip(&mut self, of: &mut Archive<'_>, emit: &mut Emit<'_>) -> bool {
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
        let neighbours = (SHARE / mean).max(1) as usize;
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
            let counted = Counted {
                source: &mut file,
                left: allowed.min(budget.left),
                used: 0,
                over: false,
            };
            budget.left = budget
                .left
                .saturating_sub(self.read_member(&member, counted, depth, emit));
        }
        false
    }

    /// One member after the other; those of other readers are skipped.
    fn step_tar(&mut self, of: &mut Archive<'_>, emit: &mut Emit<'_>) -> bool {
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
        let mut archive = tar::Archive::new(&mut **source);
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
                let name = String::from_utf8_lossy(&file.path_bytes()).into_owned();
                let member = Member::new(path, &name, length);
                if let Some(code) = unfit(kind) {
                    let mut entry = failed(&member.path, 0, Problem::new(code, ""));
                    member.trick(&mut entry);
                    emit(entry);
                } else if is_file(kind) {
                    done += length + MEMBER;
                    let counted = Counted {
                        left: length,
                        source: &mut file,
                        used: 0,
                        over: false,
                    };
                    let used = self.read_member(&member, counted, depth, emit);
                    if used < length {
                        let left = length - used;
                        let problem = Problem::new(
                            ProblemCode::ArchiveCorrupt,
                            format!("it ends {left} bytes before its last member does"),
                        );
                        // Every reader comes by here, and only this one knows.
                        emit(failed(&format!("{path}/(unread)"), size, problem));
                        return false;
                    }
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

    /// Registers the archive itself, if this reader is the first; says whether its members are to be read.
    fn register_archive(
        &mut self,
        path: &str,
        source: &mut dyn Source,
        size: u64,
        shard: Shard,
        depth: u8,
        emit: &mut Emit<'_>,
    ) -> bool {
        let deep = depth >= self.limits.depth;
        if shard.index > 0 {
            return !deep;
        }
        let begun = (self.clock)();
        let hashed = hash_all(source, self.clock)
            .and_then(|sum| source.seek(SeekFrom::Start(0)).map(|_| sum));
        self.timings.hash += (self.clock)() - begun;
        let (sum, length) = match hashed {
            Ok(hashed) => hashed,
            Err(error) => {
                emit(unreadable(path, size, &error));
                return false;
            }
        };
        let mut entry = blank(path, length);
        entry.kind = Kind::Archive;
        entry.sum = Some(sum);
        if deep {
            entry
                .problems
                .push(Problem::new(ProblemCode::ArchiveDepth, ""));
        }
        emit(entry);
        !deep
    }

    /// Reports a problem of the archive as a whole, once.
    fn report(
        &mut self,
        path: &str,
        size: u64,
        shard: Shard,
        problem: Problem,
        emit: &mut Emit<'_>,
    ) {
        if shard.index == 0 {
            emit(failed(&format!("{path}/(unread)"), size, problem));
        }
    }

    /// Reads one member; returns how many bytes it inflated to.
    fn read_member(
        &mut self,
        member: &Member,
        mut source: Counted<'_>,
        depth: u8,
        emit: &mut Emit<'_>,
    ) -> u64 {
        let mut head = Vec::with_capacity(HEAD);
        let peeked = Read::take(&mut source, HEAD as u64).read_to_end(&mut head);
        if let Err(error) = peeked {
            emit(failed(
                &member.path,
                member.size,
                Problem::new(ProblemCode::ArchiveCorrupt, error.to_string()),
            ));
            return source.used;
        }
        let mut tricked = |mut entry: Entry| {
            if entry.path == member.path {
                member.trick(&mut entry);
                if entry.kind == Kind::Unreadable {
                    // A member that cannot be read is the archive's fault, not the browser's.
                    entry
                        .problems
                        .iter_mut()
                        .filter(|problem| problem.code == ProblemCode::Unreadable)
                        .for_each(|problem| {
                            problem.code = ProblemCode::ArchiveCorrupt;
                        });
                }
            }
            emit(entry);
        };
        if matches!(wrapping(&head), Wrapping::Zip | Wrapping::Tar) {
            let mut inner = head;
            let read = Read::take(&mut source, self.limits.content as u64).read_to_end(&mut inner);
            let problem = match read {
                _ if source.over => Some(Problem::new(ProblemCode::InflatedRatio, "")),
                Err(error) => Some(Problem::new(ProblemCode::ArchiveCorrupt, error.to_string())),
                Ok(_) if inner.len() >= self.limits.content => {
                    Some(Problem::new(ProblemCode::ArchiveTooLarge, ""))
                }
                Ok(_) => None,
            };
            match problem {
                Some(problem) => tricked(failed(&member.path, member.size, problem)),
                None => self.read_nested(&member.path, &inner, depth + 1, &mut tricked),
            }
            return source.used;
        }
        let mut whole = head.as_slice().chain(&mut source);
        self.read_stream(
            &member.path,
            &mut whole,
            member.size,
            depth + 1,
            &mut tricked,
        );
        if source.over {
            let problem = Problem::new(ProblemCode::InflatedRatio, "only its beginning was read");
            emit(failed(
                &format!("{}/(unread)", member.path),
                member.size,
                problem,
            ));
        }
        source.used
    }
}

/// Whether a member of a tar archive holds a file. Names, attributes and folders stand beside those.
fn is_file(kind: tar::EntryType) -> bool {
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

/// How much an archive may inflate to in all.
struct Budget {
    left: u64,
}

impl Budget {
    fn new(size: u64, limits: &Limits) -> Self {
        Budget {
            left: limits.ratio.saturating_mul(size).max(limits.ratio_from),
        }
    }

    fn spent(&self) -> bool {
        self.left == 0
    }
}

/// A source that ends when it gave as much as it may.
struct Counted<'s> {
    source: &'s mut dyn Read,
    left: u64,
    used: u64,
    over: bool,
}

impl Read for Counted<'_> {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        if self.left == 0 && !into.is_empty() {
            self.over |= self.source.read(&mut [0])? > 0;
            return Ok(0);
        }
        let most = into
            .len()
            .min(usize::try_from(self.left).unwrap_or(usize::MAX));
        let read = self.source.read(&mut into[..most])?;
        self.left -= read as u64;
        self.used += read as u64;
        Ok(read)
    }
}

/// A member's name, whatever its bytes are.
pub(super) fn member_name(name: Option<Result<Cow<'_, str>, zip::result::ZipError>>) -> String {
    name.and_then(Result::ok)
        .map_or_else(|| "unnamed".to_owned(), Cow::into_owned)
}

fn too_many(left: usize) -> Problem {
    let detail = if left > 0 {
        format!("{left} members are not read")
    } else {
        "the members after this are not read".into()
    };
    Problem::new(ProblemCode::ArchiveTooLarge, detail)
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
    source.seek(SeekFrom::Start(0)).map_err(corrupt)?;
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
    // A zip64 archive says 0xffffffff here; its directory cannot be larger than what stands before it.
    let length = if length == u32::MAX {
        size.min(limits.directory)
    } else {
        u64::from(length)
    };
    if length > limits.directory {
        return Err(Problem::new(
            ProblemCode::ArchiveTooLarge,
            format!("a directory of {length} bytes"),
        ));
    }
    Ok(())
}
