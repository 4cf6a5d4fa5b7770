//! Tar archives within a gzip stream: read member after member as they are inflated, so that no more is held than one.

use std::io::{self, Read};

use flate2::bufread::GzDecoder;

use crate::evidence::archive::{HEAD, Wrapping, wrapping};
use crate::evidence::inflate::Inflating;
use crate::evidence::{Hashing, Kind, Problem, ProblemCode};

use super::tarred::{BLOCK, is_file};
use super::unpack::{Archive, MEMBER, Members, STEP, too_many};
use super::{Emit, Reader, Shard, blank, failed, unreadable};

/// Whether a gzip stream holds a tar archive, by its first bytes.
pub(super) fn is_tar(raw: &[u8]) -> bool {
    if wrapping(raw) != Wrapping::Gzip {
        return false;
    }
    let mut head = Vec::with_capacity(HEAD);
    // As much as these bytes give: an archive begins with a name and zeros, which are packed well.
    let _ = GzDecoder::new(raw).take(HEAD as u64).read_to_end(&mut head);
    wrapping(&head) == Wrapping::Tar
}

impl Reader<'_> {
    /// Opens such an archive. It is registered last, when its hashes are known.
    pub(super) fn open_packed<'s>(
        &self,
        path: &str,
        source: Hashing<'s, 's>,
        size: u64,
        depth: u8,
    ) -> Archive<'s> {
        Archive {
            path: path.to_owned(),
            size,
            shard: Shard::default(),
            // A gzip stream is one step, the archive within it another.
            depth: depth + 1,
            members: Members::Packed {
                source: Some(Box::new(Inflating::new(source, size, self.limits))),
                number: 0,
            },
        }
    }

    /// Reads some members; after the last one, what remains of the stream, which belongs to its hash.
    pub(super) fn step_packed(&mut self, of: &mut Archive<'_>, emit: &mut Emit<'_>) -> bool {
        let Members::Packed { source, number } = &mut of.members else {
            return false;
        };
        let Some(mut inside) = source.take() else {
            return false;
        };
        let mut entry = blank(&of.path, of.size);
        entry.kind = Kind::Archive;
        if of.depth >= self.limits.depth {
            let problem = Problem::new(ProblemCode::ArchiveDepth, "");
            entry.problems.push(problem);
        } else {
            match self.packed_members(&of.path, &mut inside, of.depth, number, emit) {
                Ok(true) => {
                    *source = Some(inside);
                    return true;
                }
                Ok(false) => {}
                Err(problem) => {
                    // Where the stream itself is damaged, that is why.
                    let problem = inside.problem().cloned().unwrap_or(problem);
                    emit(failed(&format!("{}/(unread)", of.path), of.size, problem));
                }
            }
        }
        let _ = io::copy(&mut inside, &mut io::sink());
        let (content, problem, source) = inside.finish();
        entry.content = content;
        entry.problems.extend(problem);
        match source.finish() {
            Ok(hashed) => {
                entry.sum = Some(hashed.sum);
                entry.size = hashed.length;
                emit(entry);
            }
            Err(error) => emit(unreadable(&of.path, of.size, &error)),
        }
        false
    }

    /// Reads members from where the stream stands; says whether there may be more.
    fn packed_members(
        &mut self,
        path: &str,
        source: &mut dyn Read,
        depth: u8,
        number: &mut usize,
        emit: &mut Emit<'_>,
    ) -> Result<bool, Problem> {
        let corrupt =
            |error: io::Error| Problem::new(ProblemCode::ArchiveCorrupt, error.to_string());
        let mut done = 0;
        let mut left = 0;
        // A pointer to the source stays here, to go on by.
        let mut archive = tar::Archive::new(&mut *source);
        for member in archive.entries().map_err(corrupt)? {
            *number += 1;
            if *number > self.limits.members {
                return Err(too_many(0));
            }
            let mut member = member.map_err(corrupt)?;
            let (length, kind) = (member.size(), member.header().entry_type());
            self.tar_member(path, &mut member, depth, emit)?;
            done += length + MEMBER;
            // Only after a plain file is it certain where the next header stands.
            if is_file(kind) && done >= STEP {
                // What nobody wanted of it, and what fills it up.
                io::copy(&mut member, &mut io::sink()).map_err(corrupt)?;
                left = length.next_multiple_of(BLOCK) - length;
                break;
            }
        }
        if done < STEP {
            return Ok(false);
        }
        let mut rest = Read::take(source, left);
        io::copy(&mut rest, &mut io::sink()).map_err(corrupt)?;
        Ok(true)
    }
}
