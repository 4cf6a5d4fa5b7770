//! One JSON value out of bytes of which some may be broken, and where the next one begins behind what is.

use std::borrow::Cow;

use serde::Deserialize as _;
use serde::de::IgnoredAny;
use serde_json::value::RawValue;

use crate::evidence::{Problem, ProblemCode, json};

/// A value as it stands in its file.
pub(super) struct Value<'b> {
    /// Its text; characters that are none are marked (U+FFFD).
    pub(super) text: Cow<'b, str>,
    /// Its length in the file, in bytes.
    pub(super) length: usize,
    /// The place of the first character that is none.
    pub(super) wrong: Option<usize>,
}

/// The value that `bytes` begin with.
///
/// # Errors
/// Where it is no JSON, or is cut: [`serde_json::Error::is_eof`].
pub(super) fn value(bytes: &[u8]) -> Result<Value<'_>, serde_json::Error> {
    let mut from = serde_json::Deserializer::from_slice(bytes);
    let error = match <&RawValue>::deserialize(&mut from) {
        Ok(raw) => {
            return Ok(Value {
                text: Cow::Borrowed(raw.get()),
                length: raw.get().len(),
                wrong: None,
            });
        }
        Err(error) => error,
    };
    if error.is_eof() {
        return Err(error);
    }
    // Whatever stands in texts, they end somewhere.
    let mut values = serde_json::Deserializer::from_slice(bytes).into_iter::<IgnoredAny>();
    match values.next() {
        Some(Ok(_)) => {
            let own = &bytes[..values.byte_offset()];
            Ok(Value {
                text: String::from_utf8_lossy(own),
                length: own.len(),
                wrong: std::str::from_utf8(own)
                    .err()
                    .map(|wrong| wrong.valid_up_to()),
            })
        }
        Some(Err(error)) => Err(error),
        None => Err(error),
    }
}

/// Bytes that were read in vain, of which there may be so many only: a file can be made so that the next whole value is
/// looked for in the same bytes over and over.
#[derive(Default)]
pub(super) struct Vain(u64);

impl Vain {
    /// Counts what was read of `bytes` until it failed.
    pub(super) fn add(&mut self, bytes: &[u8], error: &serde_json::Error) {
        let before = error.line().saturating_sub(1);
        let lines = bytes.split_inclusive(|byte| *byte == b'\n').take(before);
        let reach = lines.map(<[u8]>::len).sum::<usize>() + error.column();
        self.pass(reach.min(bytes.len()));
    }

    /// Counts a value that was not wanted.
    pub(super) fn pass(&mut self, length: usize) {
        self.0 += length as u64;
    }

    /// Whether it is too much for a file of so many bytes.
    pub(super) fn is_too_much(&self, of: u64) -> bool {
        self.0 > (1 << 20) + 4 * of
    }
}

/// Why the value that `bytes` begin with could not be read, with the place within them.
pub(super) fn problem(bytes: &[u8], error: &serde_json::Error) -> Problem {
    let Err(wrong) = std::str::from_utf8(bytes) else {
        return json::problem(bytes, error);
    };
    let valid = wrong.valid_up_to();
    let problem = json::problem(&bytes[..valid], error);
    if problem.offset.is_some_and(|at| at < valid as u64) {
        return problem;
    }
    encoding(valid)
}

/// What is said of a character that is none.
pub(super) fn encoding(at: usize) -> Problem {
    Problem::new(ProblemCode::TextEncoding, "").at(at as u64)
}

/// The next object behind `from` that follows a comma: the places of both.
pub(super) fn next_object(bytes: &[u8], from: usize) -> Option<(usize, usize)> {
    (from + 1..bytes.len())
        .filter(|&at| bytes[at] == b'{')
        .find_map(|at| {
            let before = bytes[..at].trim_ascii_end();
            before.ends_with(b",").then(|| (before.len() - 1, at))
        })
}
