//! Archives: each member is a file of the evidence. They are read some members at a time, so that whoever reads them
//! can send on what was read, and rest.

use std::io::{self, Read, SeekFrom};

use crate::evidence::archive::{HEAD, Wrapping, safe_name, wrapping};
use crate::evidence::inflate::Inflating;
use crate::evidence::{Hashing, Kind, Limits, Problem, ProblemCode, Source};

use super::tarred::Shares;
use super::{Emit, Entry, Reader, Shard, blank, failed, hash_all, unreadable};

/// What can be said of a member before it is read.
pub(super) struct Member {
    pub(super) path: String,
    pub(super) size: u64,
    tricked: bool,
}

impl Member {
    pub(super) fn new(archive: &str, name: &str, size: u64) -> Self {
        let (name, tricked) = safe_name(name);
        Member {
            path: format!("{archive}/{name}"),
            size,
            tricked,
        }
    }

    pub(super) fn trick(&self, entry: &mut Entry) {
        if self.tricked {
            entry
                .problems
                .push(Problem::new(ProblemCode::MemberPath, ""));
        }
    }
}

/// Bytes of members, as they are packed, that are read at a time.
pub(super) const STEP: u64 = 1 << 20;
/// What a member counts for beside its bytes.
pub(super) const MEMBER: u64 = 4 << 10;
/// Bytes of neighbours that go to one reader: enough that each reads its own part of the file, and little enough
/// that all have as much to do.
pub(super) fn neighbourhood(size: u64, shard: Shard) -> u64 {
    (size / (4 * u64::from(shard.of.max(1)))).clamp(64 << 10, 2 << 20)
}

/// An archive of which some members are not read yet.
pub struct Archive<'s> {
    pub(super) path: String,
    pub(super) size: u64,
    pub(super) shard: Shard,
    pub(super) depth: u8,
    pub(super) members: Members<'s>,
}

pub(super) enum Members<'s> {
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
    /// A tar archive within a gzip stream; it is taken out when all was read.
    Packed {
        source: Option<Box<Inflating<Hashing<'s, 's>>>>,
        /// Members so far.
        number: usize,
    },
}

impl Reader<'_> {
    /// Reads some of the members that are left; says whether there are more.
    pub fn step(&mut self, archive: &mut Archive<'_>, emit: &mut Emit<'_>) -> bool {
        match archive.members {
            Members::Zip { .. } => self.step_zip(archive, emit),
            Members::Tar { .. } => self.step_tar(archive, emit),
            Members::Packed { .. } => self.step_packed(archive, emit),
        }
    }

    /// Registers the archive itself, if this reader is the first; says whether its members are to be read.
    pub(super) fn register_archive(
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
        let hashed = match self.known.take() {
            Some(sum) => Ok((sum, size)),
            None => hash_all(source, self.clock)
                .and_then(|sum| source.seek(SeekFrom::Start(0)).map(|_| sum)),
        };
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
    pub(super) fn report(
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

    /// Reads one member; `source` tells afterwards how far.
    pub(super) fn read_member(
        &mut self,
        member: &Member,
        source: &mut Counted<'_>,
        depth: u8,
        emit: &mut Emit<'_>,
    ) {
        let mut head = Vec::with_capacity(HEAD);
        let peeked = Read::take(&mut *source, HEAD as u64).read_to_end(&mut head);
        if let Err(error) = peeked {
            emit(failed(
                &member.path,
                member.size,
                Problem::new(ProblemCode::ArchiveCorrupt, error.to_string()),
            ));
            return;
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
        if matches!(
            wrapping(&head),
            Wrapping::Zip | Wrapping::Tar | Wrapping::Package
        ) {
            let mut inner = head;
            let read = Read::take(&mut *source, self.limits.content as u64).read_to_end(&mut inner);
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
            return;
        }
        let mut whole = head.as_slice().chain(&mut *source);
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
    }
}

/// How much an archive may inflate to in all.
pub(super) struct Budget {
    pub(super) left: u64,
}

impl Budget {
    pub(super) fn new(size: u64, limits: &Limits) -> Self {
        Budget {
            left: limits.ratio.saturating_mul(size).max(limits.ratio_from),
        }
    }

    pub(super) fn spent(&self) -> bool {
        self.left == 0
    }
}

/// A source that ends when it gave as much as it may.
pub(super) struct Counted<'s> {
    source: &'s mut dyn Read,
    left: u64,
    /// Bytes that it gave.
    pub(super) used: u64,
    /// Whether there is more than it may give.
    over: bool,
    /// Whether the source ended before.
    pub(super) short: bool,
}

impl<'s> Counted<'s> {
    /// At most `left` bytes of `source`.
    pub(super) fn new(source: &'s mut dyn Read, left: u64) -> Self {
        Counted {
            source,
            left,
            used: 0,
            over: false,
            short: false,
        }
    }
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
        self.short |= read == 0 && most > 0;
        self.left -= read as u64;
        self.used += read as u64;
        Ok(read)
    }
}

/// Members beyond what is read of an archive.
pub(super) fn too_many(left: usize) -> Problem {
    let detail = if left > 0 {
        format!("{left} members are not read")
    } else {
        "the members after this are not read".into()
    };
    Problem::new(ProblemCode::ArchiveTooLarge, detail)
}
