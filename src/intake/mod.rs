//! One dropped file in, its entries out: unpack, hash, recognise, parse.
//!
//! This is what a reader runs. It may use every format module and knows nothing of the case.

mod content;
mod entry;
mod extract;
mod packed;
mod parse;
mod recognise;
mod tarred;
#[cfg(test)]
mod tests;
mod unpack;
mod zipped;

use std::io::{self, Read, SeekFrom};

use crate::evidence::archive::{HEAD, Wrapping, wrapping};
use crate::evidence::inflate::{Beside, Hash, inflate};
use crate::evidence::{Buffer, Hashing, Kind, Limits, Problem, ProblemCode, Source};
use crate::object;
use crate::sum::Sum;
use crate::{artifact, document, ticket};

use content::Flowing;

use entry::blank;
pub use entry::{Entry, Facts, failed, unreadable};
pub use unpack::Archive;
use unpack::{Budget, Member};
use zipped::wrapping_of;

/// Milliseconds spent, by the clock that was handed in.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Timings {
    /// Inflating.
    pub inflate: f64,
    /// Hashing, before and after inflating.
    pub hash: f64,
    /// Recognising and parsing.
    pub parse: f64,
}

/// Which part of an archive a reader takes, so that several readers share one.
/// The first also registers the archive itself.
#[derive(Clone, Copy, Debug)]
pub struct Shard {
    /// This reader's number, from 0.
    pub index: u32,
    /// How many readers share.
    pub of: u32,
}

impl Default for Shard {
    fn default() -> Self {
        Shard { index: 0, of: 1 }
    }
}

impl Shard {
    /// Whether the neighbourhood of members with this number is this reader's.
    fn takes(self, number: usize) -> bool {
        number % self.of.max(1) as usize == self.index as usize
    }
}

/// First bytes of a gzip stream by which a tar archive within is told: its header may hold a name.
const PACKED: usize = 4 << 10;

/// Where entries go, one by one.
pub type Emit<'e> = dyn FnMut(Entry) + 'e;

/// Reads files one after the other, with buffers that are used again.
pub struct Reader<'c> {
    limits: Limits,
    seed: u64,
    clock: &'c dyn Fn() -> f64,
    beside: Option<&'c Beside<'c>>,
    known: Option<Sum>,
    raw: Buffer,
    content: Buffer,
    /// Time spent so far.
    pub timings: Timings,
}

impl<'c> Reader<'c> {
    /// A reader within `limits`. `seed` is the session's secret by which records are told apart, the same
    /// for all readers of a case; `clock` tells milliseconds.
    pub fn new(limits: Limits, seed: u64, clock: &'c dyn Fn() -> f64) -> Self {
        Reader {
            limits,
            seed,
            clock,
            beside: None,
            known: None,
            raw: Buffer::default(),
            content: Buffer::default(),
            timings: Timings::default(),
        }
    }

    /// Has small contents hashed by somebody else meanwhile: entries are to be settled ([`Entry::settle`]).
    pub fn hashing_beside(mut self, beside: Option<&'c Beside<'c>>) -> Self {
        self.beside = beside;
        self
    }

    /// Takes the SHA-256 of the archive that is opened next from somebody who has it already.
    pub fn knowing(mut self, sum: Option<Sum>) -> Self {
        self.known = sum;
        self
    }

    /// Reads a file of `size` bytes, registered as `path`. Emits one entry for it and one for each member of
    /// an archive; every problem is part of an entry.
    pub fn read(
        &mut self,
        path: &str,
        source: &mut dyn Source,
        size: u64,
        shard: Shard,
        emit: &mut Emit<'_>,
    ) {
        let archive = self.open(path, Box::new(source), size, shard, emit);
        self.read_all(archive, emit);
    }

    /// The same for an archive whose members are to be read some at a time, by [`Reader::step`]; anything else
    /// is read at once.
    pub fn open<'s>(
        &mut self,
        path: &str,
        mut source: Box<dyn Source + 's>,
        size: u64,
        shard: Shard,
        emit: &mut Emit<'_>,
    ) -> Option<Archive<'s>> {
        let mut head = Vec::with_capacity(PACKED);
        let begun = Read::take(&mut source, PACKED as u64)
            .read_to_end(&mut head)
            .and_then(|_| source.seek(SeekFrom::Start(0)))
            .and_then(|_| wrapping_of(&head, &mut *source, size, &self.limits));
        let found = match begun {
            Ok(found) => found,
            Err(error) => {
                if shard.index == 0 {
                    emit(unreadable(path, size, &error));
                }
                return None;
            }
        };
        match found {
            Wrapping::Zip => self.open_zip(path, source, size, (shard, 0), emit),
            Wrapping::Tar => self.open_tar(path, source, size, (shard, 0), emit),
            // A single stream cannot be shared: the first reader takes it.
            _ if shard.index > 0 => None,
            Wrapping::Gzip if packed::is_tar(&head) => {
                let source = Hashing::new(Box::new(source), Buffer::default(), &|| 0.0);
                Some(self.open_packed(path, source, size, 0))
            }
            _ => {
                self.read_stream(path, &mut *source, size, 0, emit);
                None
            }
        }
    }

    fn read_all(&mut self, archive: Option<Archive<'_>>, emit: &mut Emit<'_>) {
        if let Some(mut archive) = archive {
            while self.step(&mut archive, emit) {}
        }
    }

    fn read_nested(&mut self, path: &str, bytes: &[u8], depth: u8, emit: &mut Emit<'_>) {
        let size = bytes.len() as u64;
        let within = (Shard::default(), depth);
        let source = Box::new(io::Cursor::new(bytes));
        let archive = match self.held(bytes) {
            Wrapping::Zip => self.open_zip(path, source, size, within, emit),
            Wrapping::Tar => self.open_tar(path, source, size, within, emit),
            _ => return self.read_stream(path, &mut &*bytes, size, depth, emit),
        };
        self.read_all(archive, emit);
    }

    /// What content that is held is.
    fn held(&self, content: &[u8]) -> Wrapping {
        let mut source = io::Cursor::new(content);
        let size = content.len() as u64;
        // Nothing of it can fail to be read.
        wrapping_of(content, &mut source, size, &self.limits).unwrap_or(Wrapping::Plain)
    }

    /// Reads a file that is no archive, or one within a gzip stream.
    fn read_stream(
        &mut self,
        path: &str,
        source: &mut dyn Read,
        size: u64,
        depth: u8,
        emit: &mut Emit<'_>,
    ) {
        let mut entry = blank(path, size);
        let mut source = Hashing::new(Box::new(source), std::mem::take(&mut self.raw), self.clock);
        // Nothing signs files of AWS Config; S3's listing of them is the only thing to compare with.
        if path.contains("_Config_") {
            source = source.also_of_s3(size);
        }
        // The names that most files have need no look.
        let looks = !path.ends_with(".json.gz");
        if looks && source.peek(PACKED).is_ok_and(packed::is_tar) {
            let archive = self.open_packed(path, source, size, depth);
            return self.read_all(Some(archive), emit);
        }
        let mut content = std::mem::take(&mut self.content);
        let mut flow = Flowing::new(path, self.seed);
        let result = self.fill(&mut entry, &mut source, &mut content, &mut flow);
        let packed = entry.content.is_some() || entry.awaited.is_some();
        match source.finish() {
            Ok(hashed) => {
                entry.sum = Some(hashed.sum);
                entry.checksums = hashed.checksums;
                entry.size = hashed.length;
                self.timings.hash += hashed.spent;
                self.raw = hashed.buffer;
            }
            Err(error) => {
                emit(unreadable(path, size, &error));
                self.content = content;
                return;
            }
        }
        match result {
            Err(error) => emit(unreadable(path, size, &error)),
            Ok(whole)
                if packed
                    && matches!(self.held(content.filled()), Wrapping::Tar | Wrapping::Zip) =>
            {
                entry.kind = Kind::Archive;
                if whole {
                    let inner = path.strip_suffix(".gz").unwrap_or(path);
                    self.read_inner(entry, inner, content.filled(), depth, emit);
                } else {
                    let problem =
                        Problem::new(ProblemCode::ArchiveTooLarge, "none of its members is read");
                    entry.problems.push(problem);
                    emit(entry);
                }
            }
            Ok(whole) => {
                self.conclude(&mut entry, content.filled(), whole, flow, (depth, emit));
                emit(entry);
            }
        }
        // A buffer that one huge file made is not kept for the small ones that follow.
        content.clear(4 << 20);
        self.content = content;
    }

    /// Reads all content into `into`, inflating it where it is compressed; says whether it is whole.
    fn fill(
        &mut self,
        entry: &mut Entry,
        source: &mut Hashing<'_, '_>,
        into: &mut Buffer,
        flow: &mut Flowing<'_>,
    ) -> io::Result<bool> {
        into.clear(usize::MAX);
        if wrapping(source.peek(HEAD)?) == Wrapping::Gzip {
            let mut then = |buffer: &mut Buffer| {
                let begun = (self.clock)();
                flow.take(buffer);
                self.timings.parse += (self.clock)() - begun;
            };
            let inflated = inflate(
                source,
                entry.size,
                &self.limits,
                into,
                self.clock,
                self.beside,
                &mut then,
            )?;
            self.timings.inflate += inflated.spent.0;
            self.timings.hash += inflated.spent.1;
            match inflated.content {
                Some(Hash::Known(sum)) => entry.content = Some(sum),
                Some(Hash::Awaited(number)) => entry.awaited = Some(number),
                None => {}
            }
            entry.problems.extend(inflated.problem);
            return Ok(inflated.whole);
        }
        let mut then = |buffer: &mut Buffer| {
            let begun = (self.clock)();
            flow.take(buffer);
            self.timings.parse += (self.clock)() - begun;
        };
        into.read(source, self.limits.content, 128 << 10, &mut then)?;
        Ok(source.peek(1)?.is_empty())
    }

    /// An archive within a gzip stream: registered itself, then its members.
    fn read_inner(
        &mut self,
        entry: Entry,
        inner: &str,
        content: &[u8],
        depth: u8,
        emit: &mut Emit<'_>,
    ) {
        if depth >= self.limits.depth {
            let mut entry = entry;
            entry
                .problems
                .push(Problem::new(ProblemCode::ArchiveDepth, ""));
            emit(entry);
            return;
        }
        let path = entry.path.clone();
        emit(entry);
        // The members stand below the file that was dropped, not below a name that nobody dropped.
        let mut outer = |mut member: Entry| {
            if let Some(rest) = member
                .path
                .strip_prefix(inner)
                .filter(|rest| !rest.is_empty())
            {
                member.path = format!("{path}{rest}");
                emit(member);
            } else if !member.problems.is_empty() {
                emit(member);
            }
        };
        self.read_nested(inner, content, depth + 1, &mut outer);
    }

    /// Recognises and parses what was read. Files that a document holds are read too, and stand below it.
    fn conclude(
        &mut self,
        entry: &mut Entry,
        content: &[u8],
        whole: bool,
        flow: Flowing<'_>,
        (depth, emit): (u8, &mut Emit<'_>),
    ) {
        let begun = (self.clock)();
        if let Some((kind, flow)) = flow.begun {
            entry.kind = kind;
            if !whole {
                let too_large = Problem::new(ProblemCode::TooLargeToParse, "");
                entry.problems.push(too_large);
            } else if entry
                .problems
                .iter()
                .all(|problem| problem.code == ProblemCode::GzipTrailing)
            {
                parse::flowed(entry, flow, content);
            }
            parse::place(entry);
            self.timings.parse += (self.clock)() - begun;
            return;
        }
        let text = transcode(content);
        let text = text.as_deref().unwrap_or(content);
        entry.kind = recognise::kind(&entry.path, text);
        let damaged = entry
            .problems
            .iter()
            .any(|problem| problem.code != ProblemCode::GzipTrailing);
        if entry.size == 0 && entry.kind != Kind::Ignored {
            entry.problems.push(Problem::new(ProblemCode::Empty, ""));
        } else if entry.kind == Kind::Object {
            // Its beginning is looked at, whatever became of the rest.
            let document = document::read(text);
            let holds = document.as_ref().is_some_and(|one| one.attached > 0);
            // What carries an artifact is its cover: AWS Artifact hands reports out in one that holds the terms.
            let is_cover = holds && self.read_attached(entry, text, depth, emit);
            let artifact = document
                .as_ref()
                .filter(|_| !is_cover)
                .and_then(|document| artifact::recognise(&entry.path, document));
            if let Some(artifact) = artifact {
                entry.kind = if artifact.is_agreement {
                    Kind::ArtifactAgreement
                } else {
                    Kind::ArtifactReport
                };
                entry.facts = Facts::Artifacts(vec![artifact]);
            } else {
                let object = object::classify(&entry.path, text, document.as_ref());
                let sheet = ticket::sheet(&entry.path, text);
                if sheet
                    .as_ref()
                    .is_some_and(|sheet| ticket::are_tickets(&sheet.headings))
                {
                    entry.kind = Kind::ChangeTickets;
                }
                entry.facts = match sheet {
                    Some(sheet) => Facts::Sheet(Box::new((object, sheet))),
                    None => Facts::Object(Box::new(object)),
                };
            }
        } else if !whole && !damaged {
            entry
                .problems
                .push(Problem::new(ProblemCode::TooLargeToParse, ""));
        } else if !damaged && whole {
            parse::parse(entry, text, self.seed);
        }
        parse::place(entry);
        self.timings.parse += (self.clock)() - begun;
    }

    /// Reads the files that a document holds; says whether one of them is an artifact.
    fn read_attached(
        &mut self,
        entry: &mut Entry,
        content: &[u8],
        depth: u8,
        emit: &mut Emit<'_>,
    ) -> bool {
        if depth >= self.limits.depth {
            let problem = Problem::new(ProblemCode::ArchiveDepth, "its attachments are not read");
            entry.problems.push(problem);
            return false;
        }
        let mut budget = Budget::new(entry.size, &self.limits);
        let mut attached = document::attached(content);
        let mut found = false;
        loop {
            let most = usize::try_from(budget.left).unwrap_or(usize::MAX);
            let Some((name, content)) = attached.next(most.min(self.limits.content)) else {
                return found;
            };
            let size = content.as_ref().map_or(0, Vec::len) as u64;
            let member = Member::new(&entry.path, &name, size);
            let mut noted = |mut entry: Entry| {
                if entry.path == member.path {
                    member.trick(&mut entry);
                }
                found |= matches!(entry.facts, Facts::Artifacts(_));
                emit(entry);
            };
            match content {
                Some(content) => {
                    budget.left = budget.left.saturating_sub(size);
                    self.read_nested(&member.path, &content, depth + 1, &mut noted);
                }
                None => {
                    let problem = Problem::new(ProblemCode::AttachmentUnread, "");
                    noted(failed(&member.path, 0, problem));
                }
            }
        }
    }

    /// The bytes of a file again, inflated, at most `limit` of them, for a person to look at. `member` is the
    /// path within the archive that `source` is, or `None` for the file itself.
    ///
    /// # Errors
    /// Why they cannot be shown.
    pub fn extract(
        &mut self,
        member: Option<&str>,
        source: &mut dyn Source,
        size: u64,
        limit: usize,
    ) -> Result<Vec<u8>, Problem> {
        extract::extract(member, source, size, limit)
    }
}

/// PowerShell writes outputs with a byte order mark, in UTF-8 or UTF-16. Hashes are of the bytes as dropped.
pub fn transcode(content: &[u8]) -> Option<Vec<u8>> {
    if let Some(rest) = content.strip_prefix(&[0xef, 0xbb, 0xbf]) {
        return Some(rest.to_vec());
    }
    let units = |rest: &[u8], of: fn([u8; 2]) -> u16| -> Vec<u16> {
        rest.chunks_exact(2)
            .map(|pair| of([pair[0], pair[1]]))
            .collect()
    };
    let units = match content {
        [0xff, 0xfe, rest @ ..] => units(rest, u16::from_le_bytes),
        [0xfe, 0xff, rest @ ..] => units(rest, u16::from_be_bytes),
        _ => return None,
    };
    Some(String::from_utf16_lossy(&units).into_bytes())
}

/// Hashes all of `source`, for an archive that is registered beside its members.
fn hash_all(source: &mut dyn Read, clock: &dyn Fn() -> f64) -> io::Result<(Sum, u64)> {
    let hashed = Hashing::new(Box::new(source), Buffer::default(), clock).finish()?;
    Ok((hashed.sum, hashed.length))
}
