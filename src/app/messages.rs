//! Everything that the roles say to each other, and how it crosses.
//!
//! page -> readers (files to read), readers -> case (what they hold), page -> case (questions),
//! case -> page (answers, progress). Readers never talk to the page.

use js_sys::{Array, ArrayBuffer, Uint8Array};
use postcard::ser_flavors::Flavor;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use wasm_bindgen::{JsCast as _, JsValue};

use exhibit::case::{
    Answer, CustomRule, Decided, Export, Overview, Pieces, Progress, Question, Settings,
};
use exhibit::evidence::Problem;
use exhibit::intake::{Entry, Timings};
use exhibit::moment::Moment;
use exhibit::sigma::Rule;
use exhibit::sum::Sum;

use super::buffer;

/// A file that was dropped: its number and its path. The handle itself stays with the page.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Named {
    /// The number of the dropped file.
    pub(crate) source: u32,
    /// As dropped.
    pub(crate) path: String,
}

/// What the page says to the case.
#[derive(Serialize, Deserialize)]
pub(crate) enum ToCase {
    /// A reader's port comes with this.
    Attach,
    /// The user decided something.
    Set(Box<Settings>),
    /// Files are being read from now on, which it is.
    Reading { at: Moment },
    /// All files of this intake are read: judge, and say when it is done.
    Done { intake: u32 },
    /// A reader died: whatever came of this job is void, and its files will be read again.
    Void { job: u32, sources: Vec<u32> },
    /// Files of which the page knows that they cannot be read.
    Lost(Vec<(u32, Entry)>),
    /// A question. A later one on the same channel makes it void.
    Ask {
        channel: u32,
        generation: u32,
        question: Question,
    },
    /// What records of one ID are by their content.
    Settle(Vec<(u32, u64)>),
    /// Events whose records were found.
    Mark(Vec<u32>),
    /// Resources whose configurations were found.
    MarkResources(Vec<u32>),
    /// What rules of the user's own say.
    Decide(Decided),
    /// What Sigma rules find in the records: the evidence that it is of, and rules with events.
    Suspect { stamp: u32, hits: Vec<(u32, u32)> },
    /// A document to write.
    Export { id: u32, export: Export },
}

/// What the case says to the page.
#[derive(Serialize, Deserialize)]
pub(crate) enum FromCase {
    /// How far it is.
    Progress(Progress),
    /// All of a job is in the case; the bytes of each of its files.
    Finished {
        job: u32,
        spent: Spent,
        sizes: Vec<f64>,
    },
    /// A judgement; the last of an intake if its number is there.
    Judged {
        overview: Box<Overview>,
        intake: Option<u32>,
        verify: f64,
        /// Bytes of the case's Wasm memory.
        memory: f64,
    },
    /// An answer.
    Answer {
        channel: u32,
        generation: u32,
        answer: Answer,
    },
    /// A part of a document comes with this; the last one says so.
    Part { id: u32, last: bool },
    /// A document is not written, and why.
    Refused { id: u32, why: String },
    /// The bytes of a file, or why there are none.
    Raw {
        id: u32,
        problem: Option<Problem>,
        content: Option<Sum>,
    },
    /// Something that the user should know.
    Warning(String),
}

/// What the page says to a reader.
#[derive(Serialize, Deserialize)]
pub(crate) enum ToReader {
    /// The port to the case comes with this, and the session's secret by which records are told apart.
    Attach { seed: u64 },
    /// Files to read; their handles come with this, in the same order.
    Read {
        job: u32,
        files: Vec<Named>,
        shard: u32,
        of: u32,
    },
    /// A file to read again, for a person to look at; its handle comes with this.
    Extract {
        id: u32,
        member: Option<String>,
        part: Part,
    },
}

/// Which bytes of a file's content are wanted.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) enum Part {
    /// So many from its beginning.
    First(u32),
    /// A record; all of the content is hashed for it.
    Record { at: u32, length: u32 },
    /// Records, as JSON Lines, with their secrets covered or as they stand.
    Lines {
        parts: Vec<(u32, u32)>,
        covered: bool,
    },
    /// What records are by their content, as numbers of eight bytes.
    Contents { parts: Vec<(u32, u32)> },
    /// The places in the list of the records in which a text stands, case not minded, as numbers of four bytes.
    Grep {
        parts: Vec<(u32, u32)>,
        text: String,
    },
    /// The places in the list of the items of which a JMESPath expression holds, as numbers of four bytes.
    Match {
        parts: Vec<(u32, u32)>,
        expression: String,
    },
    /// What is found in a record, or in all of it, value by value, and whether there is more, as postcard.
    Pieces {
        record: Option<(u32, u32)>,
        of: Pieces,
    },
    /// Which Sigma rules hold of the records, as postcard: the places of record and rule.
    Sigma {
        parts: Vec<(u32, u32)>,
        /// The group of each record.
        asked: Vec<u32>,
        /// Rules that are asked together, by their place.
        groups: Vec<Vec<u32>>,
        rules: Vec<Rule>,
    },
    /// What rules of the user's own say of the items, as postcard.
    Rules {
        parts: Vec<(u32, u32)>,
        rules: Vec<CustomRule>,
    },
}

/// What a reader says to the case.
#[derive(Serialize, Deserialize)]
pub(crate) enum FromReader {
    /// What some files hold.
    Batch {
        job: u32,
        entries: Vec<(u32, Entry)>,
    },
    /// A job is done; the bytes of each of its files.
    Finished {
        job: u32,
        spent: Spent,
        sizes: Vec<f64>,
    },
    /// The bytes of a file come with this, or why there are none.
    Raw {
        id: u32,
        problem: Option<Problem>,
        content: Option<Sum>,
    },
}

/// What readers spent: milliseconds, summed, and memory.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
pub(crate) struct Spent {
    /// Waiting for bytes.
    pub(crate) read: f64,
    /// Inflating.
    pub(crate) inflate: f64,
    /// Hashing.
    pub(crate) hash: f64,
    /// Recognising and parsing.
    pub(crate) parse: f64,
    /// Bytes of the reader's Wasm memory; of several jobs the most.
    pub(crate) memory: f64,
}

impl Spent {
    /// Adds what another job took.
    pub(crate) fn add(&mut self, other: Spent) {
        self.read += other.read;
        self.inflate += other.inflate;
        self.hash += other.hash;
        self.parse += other.parse;
        self.memory = self.memory.max(other.memory);
    }
}

impl From<Timings> for Spent {
    fn from(timings: Timings) -> Self {
        Spent {
            read: 0.0,
            inflate: timings.inflate,
            hash: timings.hash,
            parse: timings.parse,
            memory: 0.0,
        }
    }
}

/// A message ready to be posted: an array of the encoded message and what comes with it, and the
/// list of what is handed over instead of copied.
pub(crate) struct Packed {
    /// The message.
    pub(crate) value: Array,
    /// What changes hands.
    pub(crate) transfer: Array,
}

/// Packs a message.
pub(crate) fn pack<M: Serialize>(message: &M) -> Packed {
    // Our own types, into memory: it cannot fail but for want of memory, and then it traps anyway.
    let parts = postcard::serialize_with_flavor(message, Parts::default()).unwrap_or_default();
    let length = parts.iter().map(Vec::len).sum::<usize>();
    let bytes = Uint8Array::new_with_length(length as u32);
    let mut at = 0;
    for part in parts {
        let end = at + part.len() as u32;
        bytes.subarray(at, end).copy_from(&part);
        at = end;
    }
    let buffer: ArrayBuffer = bytes.buffer();
    Packed {
        value: Array::of1(&buffer),
        transfer: Array::of1(&buffer),
    }
}

/// Bytes of a part of a message.
const PART: usize = 256 << 10;

/// A message while it is written, in parts: one vector would be copied whenever it is full, and leave holes in memory that
/// never shrinks.
#[derive(Default)]
struct Parts(Vec<Vec<u8>>);

impl Parts {
    /// A part that is not full.
    fn part(&mut self) -> &mut Vec<u8> {
        if self.0.last().is_none_or(|part| part.len() >= PART) {
            self.0.push(Vec::new());
        }
        let last = self.0.len() - 1;
        &mut self.0[last]
    }
}

impl Flavor for Parts {
    type Output = Vec<Vec<u8>>;

    fn try_push(&mut self, byte: u8) -> postcard::Result<()> {
        self.part().push(byte);
        Ok(())
    }

    fn try_extend(&mut self, mut bytes: &[u8]) -> postcard::Result<()> {
        while !bytes.is_empty() {
            let part = self.part();
            let (now, later) = bytes.split_at(bytes.len().min(PART - part.len()));
            part.extend_from_slice(now);
            bytes = later;
        }
        Ok(())
    }

    fn finalize(self) -> postcard::Result<Self::Output> {
        Ok(self.0)
    }
}

impl Packed {
    /// Adds a value that is copied, or shared as files are.
    pub(crate) fn with(self, value: &JsValue) -> Self {
        self.value.push(value);
        self
    }

    /// Adds a port or buffer that changes hands.
    pub(crate) fn moving(self, value: &JsValue) -> Self {
        self.transfer.push(value);
        self.with(value)
    }
}

/// Reads a posted message and what came with it; `None` for anything that [`pack`] did not make.
pub(crate) fn unpack<M: DeserializeOwned>(data: &JsValue) -> Option<(M, Vec<JsValue>)> {
    let mut parts = data.dyn_ref::<Array>()?.to_vec().into_iter();
    let bytes = buffer::take(parts.next()?.dyn_ref::<ArrayBuffer>()?);
    let message = postcard::from_bytes(&bytes).ok()?;
    Some((message, parts.collect()))
}

#[cfg(test)]
mod tests {
    use wasm_bindgen_test::{wasm_bindgen_test, wasm_bindgen_test_configure};

    use super::*;

    wasm_bindgen_test_configure!(run_in_browser);

    #[wasm_bindgen_test]
    fn a_message_of_many_parts_arrives_whole() {
        for length in [0, 1, 100, PART - 3, PART, PART + 1, 5 * PART] {
            let texts = vec!["\u{e9}".repeat(length / 2), "x".repeat(length)];
            let packed = pack(&texts).with(&JsValue::from(7));
            let (message, beside) = unpack::<Vec<String>>(&packed.value).expect("a message");
            assert_eq!(message, texts);
            assert_eq!(beside, [JsValue::from(7)]);
        }
    }
}
