//! Inflating gzip within limits, the first stream of a file only: CloudTrail writes one.

use std::io::{self, BufRead, Read};
use std::ops::RangeInclusive;

use flate2::bufread::GzDecoder;
use sha2::Digest as _;

use super::buffer::Buffer;
use super::limits::Limits;
use super::problem::{Problem, ProblemCode};
use super::stream::Hashing;
use crate::sum::Sum;

/// Bytes inflated at a time.
const PIECE: usize = 128 << 10;

/// Content of at most so many bytes is kept whole, so that somebody else can hash it; and from so many on, since
/// asking takes a browser as long as hashing some 4 kB takes us.
const BESIDE: RangeInclusive<usize> = 8 << 10..=1 << 20;

/// Hashes bytes beside whoever reads them (browsers do it several times faster than this program could); returns the
/// number by which the hash is asked for later.
pub type Beside<'b> = dyn Fn(&[u8]) -> u32 + 'b;

/// The hash of content.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Hash {
    /// It is known.
    Known(Sum),
    /// It is being worked out, and asked for by this number.
    Awaited(u32),
}

/// What inflating gave.
#[derive(Debug)]
pub struct Inflated {
    /// SHA-256 of the content; `None` where the stream does not end as it should.
    pub content: Option<Hash>,
    /// Bytes of the content.
    pub length: u64,
    /// Whether all of the content is in the buffer.
    pub whole: bool,
    /// What went wrong.
    pub problem: Option<Problem>,
    /// Milliseconds spent in inflating and in hashing.
    pub spent: (f64, f64),
}

/// Inflates the first gzip stream of `source` into `into`, and hashes it; after each piece `then` may drop what it does
/// not need any more. Small content is hashed `beside`, where there is such a one.
///
/// # Errors
/// Those of the source; a damaged stream is a problem, not an error.
pub fn inflate(
    source: &mut Hashing<'_, '_>,
    size: u64,
    limits: &Limits,
    into: &mut Buffer,
    clock: &dyn Fn() -> f64,
    beside: Option<&Beside<'_>>,
    then: &mut dyn FnMut(&mut Buffer),
) -> io::Result<Inflated> {
    into.clear(usize::MAX);
    let raw_before = source.spent;
    let mut hasher = sha2::Sha256::new();
    let (mut hashing, mut elsewhere) = (0.0, 0.0);
    let mut out = Inflated {
        content: None,
        length: 0,
        whole: true,
        problem: None,
        spent: (0.0, 0.0),
    };
    let begun = clock();
    let mut decoder = GzDecoder::new(&mut *source);
    let mut spill = Vec::new();
    // Whether all of it is in the buffer, and nothing of it was hashed yet.
    let mut waits = beside.is_some();
    loop {
        let keep = out.whole && out.length as usize + PIECE <= limits.content;
        if !keep && out.whole {
            // From here on it is only hashed.
            out.whole = false;
            spill = vec![0; PIECE];
        }
        let piece = if keep {
            into.room(PIECE)
        } else {
            spill.as_mut_slice()
        };
        let read = match fill(&mut decoder, piece) {
            Ok(read) => read,
            Err((read, error)) => {
                if keep {
                    into.fill(read);
                }
                out.length += read as u64;
                out.problem = Some(damage(&error, out.length)?);
                break;
            }
        };
        let hash_begun = clock();
        let is_small = keep && out.length as usize + read <= *BESIDE.end();
        if waits && !is_small {
            // It begins the content, which is longer than was thought.
            waits = false;
            hasher.update(into.filled());
        }
        let piece = if keep {
            into.fill(read);
            let filled = into.filled();
            &filled[filled.len() - read..]
        } else {
            &spill[..read]
        };
        if !waits {
            hasher.update(piece);
        }
        hashing += clock() - hash_begun;
        if keep && !waits {
            let begun = clock();
            then(into);
            elsewhere += clock() - begun;
        }
        out.length += read as u64;
        if read == 0 {
            let begun = clock();
            let large = waits && into.filled().len() >= *BESIDE.start();
            out.content = Some(match beside.filter(|_| large) {
                Some(beside) => Hash::Awaited(beside(into.filled())),
                None => {
                    if waits {
                        hasher.update(into.filled());
                    }
                    Hash::Known(Sum(hasher.finalize().into()))
                }
            });
            hashing += clock() - begun;
            break;
        }
        out.problem = excess(out.length, size, limits);
        if out.problem.is_some() {
            out.whole = false;
            break;
        }
    }
    drop(decoder);
    if out.content.is_some() && !source.fill_buf()?.is_empty() {
        out.problem = Some(Problem::new(ProblemCode::GzipTrailing, "").at(out.length));
    }
    out.spent = (
        clock() - begun - hashing - elsewhere - (source.spent - raw_before),
        hashing,
    );
    Ok(out)
}

/// The content of the first gzip stream of a source as it is read: hashed, and held against the limits.
pub struct Inflating<R> {
    decoder: GzDecoder<R>,
    hasher: sha2::Sha256,
    length: u64,
    size: u64,
    limits: Limits,
    problem: Option<Problem>,
}

impl<R: BufRead> Inflating<R> {
    /// Of a source of `size` bytes.
    pub fn new(source: R, size: u64, limits: Limits) -> Self {
        Inflating {
            decoder: GzDecoder::new(source),
            hasher: sha2::Sha256::new(),
            length: 0,
            size,
            limits,
            problem: None,
        }
    }

    /// What went wrong; nothing more is read then.
    pub fn problem(&self) -> Option<&Problem> {
        self.problem.as_ref()
    }

    /// SHA-256 of all that was read, unless something went wrong; what did; and the source.
    pub fn finish(mut self) -> (Option<Sum>, Option<Problem>, R) {
        if self.problem.is_some() {
            return (None, self.problem, self.decoder.into_inner());
        }
        let rest = self.decoder.get_mut().fill_buf();
        let trailing = rest.is_ok_and(|rest| !rest.is_empty());
        let problem = Problem::new(ProblemCode::GzipTrailing, "").at(self.length);
        (
            Some(Sum(self.hasher.finalize().into())),
            trailing.then_some(problem),
            self.decoder.into_inner(),
        )
    }
}

impl<R: BufRead> Read for Inflating<R> {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        if self.problem.is_none() {
            match self.decoder.read(into) {
                Ok(read) => {
                    self.hasher.update(&into[..read]);
                    self.length += read as u64;
                    self.problem = excess(self.length, self.size, &self.limits);
                    if self.problem.is_none() {
                        return Ok(read);
                    }
                }
                Err(error) => self.problem = Some(damage(&error, self.length)?),
            }
        }
        Err(io::Error::new(
            io::ErrorKind::InvalidData,
            "the stream ends here",
        ))
    }
}

/// Fills `piece` as far as the stream goes; an error comes with what was read before it.
fn fill(decoder: &mut impl Read, piece: &mut [u8]) -> Result<usize, (usize, io::Error)> {
    let mut filled = 0;
    while filled < piece.len() {
        match decoder.read(&mut piece[filled..]) {
            Ok(0) => break,
            Ok(read) => filled += read,
            Err(error) => return Err((filled, error)),
        }
    }
    Ok(filled)
}

fn excess(length: u64, size: u64, limits: &Limits) -> Option<Problem> {
    if length > limits.inflated {
        return Some(Problem::new(
            ProblemCode::InflatedTooLarge,
            format!("more than {} bytes", limits.inflated),
        ));
    }
    if length > limits.ratio_from && length > limits.ratio.saturating_mul(size.max(1)) {
        return Some(Problem::new(
            ProblemCode::InflatedRatio,
            format!("{size} bytes inflate to more than {length}"),
        ));
    }
    None
}

/// The problem that a decoder's error stands for; an error of the source stays an error.
fn damage(error: &io::Error, at: u64) -> io::Result<Problem> {
    match error.kind() {
        io::ErrorKind::UnexpectedEof => Ok(Problem::new(ProblemCode::GzipTruncated, "").at(at)),
        io::ErrorKind::InvalidInput | io::ErrorKind::InvalidData => {
            Ok(Problem::new(ProblemCode::GzipCorrupt, error.to_string()).at(at))
        }
        kind => Err(io::Error::new(kind, error.to_string())),
    }
}
