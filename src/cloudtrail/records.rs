//! Log files, `{"Records": […]}`, and the other forms in which CloudTrail events are handed around.

use serde::Deserialize;
use serde::de::IgnoredAny;
use serde_json::value::RawValue;

use crate::evidence::skim::Skim;
use crate::evidence::walk::{self, Walk};
use crate::evidence::{Problem, ProblemCode, json};

use super::event::Event;
use super::log::Read;

/// How log files begin, once white space is taken out.
const OPENING: &str = "{\"Records\":[";
/// The key of the records.
const KEY: &str = "Records";
/// Bytes after the beginning of a record that are waited for before one that was not read quickly is looked at
/// carefully: nearly all end much sooner.
const PATIENCE: usize = 256 << 10;

/// A log file that is read a piece at a time, so that no more of it is held than a record that is not complete.
/// What stands before broken JSON is kept, with the problem and its offset.
pub struct Stream {
    read: Read,
    state: State,
    /// Where the bytes that come next stand in the file.
    base: u64,
    /// So many of them must be there before it is worth looking again.
    needed: usize,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum State {
    /// Nothing was read.
    Opening,
    /// Before a record, the first one if so.
    Records { first: bool },
    /// After the records: the rest is read at once.
    Ending,
    /// Of another form: all of it is read at once.
    Whole,
    /// Broken: nothing more is read.
    Broken,
}

impl Stream {
    /// `seed` is the secret that [`super::log::Row::print`] is keyed by.
    pub fn new(seed: u64) -> Self {
        Stream {
            read: Read::new(seed),
            state: State::Opening,
            base: 0,
            needed: 0,
        }
    }

    /// Reads on. `bytes` begin where the last call left off; returns how many need not come again.
    pub fn take(&mut self, bytes: &[u8], is_last: bool) -> usize {
        if self.state == State::Broken {
            return bytes.len();
        }
        if bytes.len() < self.needed && !is_last {
            return 0;
        }
        let (text, is_broken) = match std::str::from_utf8(bytes) {
            Ok(text) => (text, false),
            Err(error) => (
                std::str::from_utf8(&bytes[..error.valid_up_to()]).unwrap_or_default(),
                is_last || error.error_len().is_some(),
            ),
        };
        let used = self.take_text(text, is_last || is_broken);
        let at = self.base + text.len() as u64;
        self.base += used as u64;
        if is_broken {
            self.read.problems = vec![Problem::new(ProblemCode::TextEncoding, "").at(at)];
            self.state = State::Broken;
            return bytes.len();
        }
        used
    }

    /// What was read.
    pub fn finish(self) -> Read {
        self.read
    }

    fn take_text(&mut self, text: &str, is_last: bool) -> usize {
        let mut at = 0;
        if self.state == State::Opening {
            match opening(text) {
                Some(length) => {
                    self.state = State::Records { first: true };
                    at = length;
                }
                None if text.len() < 4 * OPENING.len() && !is_last => return 0,
                None => self.state = State::Whole,
            }
        }
        while let State::Records { first } = self.state {
            match self.record(text, at, first, is_last) {
                Some(next) => at = next,
                None => return at,
            }
        }
        if !is_last {
            self.needed = usize::MAX;
            return if self.state == State::Broken {
                text.len()
            } else {
                at
            };
        }
        match self.state {
            State::Whole => self.walk(text, 0),
            State::Ending => {
                // The same as if no record stood before it.
                let rest = format!("{OPENING}{}", &text[at..]);
                let shift = (self.base + at as u64).wrapping_sub(OPENING.len() as u64);
                self.walk(&rest, shift);
            }
            _ => {}
        }
        text.len()
    }

    /// Reads what stands at `at`: a record with the comma before it, or the end of the records. Returns what was
    /// read to; `None` while more must come.
    fn record(&mut self, text: &str, at: usize, first: bool, is_last: bool) -> Option<usize> {
        let mut skim = Skim::new(&text[at..]);
        let next = skim.peek();
        if next == Some(b']') {
            self.state = State::Ending;
            return Some(at + skim.at());
        }
        let mut place = at + skim.at();
        match next {
            None if !is_last => return None,
            Some(b',') if !first => {
                skim = Skim::new(&text[place + 1..]);
                if skim.peek().is_none() && !is_last {
                    return None;
                }
                place += 1 + skim.at();
            }
            _ if !first => {
                return self.broken(
                    Problem::new(ProblemCode::JsonSyntax, "expected `,` or `]`")
                        .at(self.base + place as u64),
                    text,
                );
            }
            _ => {}
        }
        let rest = &text[place..];
        let mut walk = Walk::new(rest);
        let is_patient = !is_last && rest.len() < PATIENCE;
        match self
            .read
            .record(&mut walk, self.base + place as u64, !is_patient)
        {
            Ok(true) => {
                self.needed = 0;
                self.state = State::Records { first: false };
                Some(place + walk.at())
            }
            Ok(false) => {
                self.needed = text.len() - at + PATIENCE / 4;
                None
            }
            Err(problem) if !is_last && ends_within(rest, &problem) => {
                // Twice as much, so that a huge record is not looked at for every piece of it.
                self.needed = 2 * (text.len() - at);
                None
            }
            Err(problem) => {
                let within = problem.offset.unwrap_or_default();
                self.broken(problem.at(self.base + place as u64 + within), text)
            }
        }
    }

    fn broken(&mut self, problem: Problem, text: &str) -> Option<usize> {
        self.read.problems.insert(0, problem);
        self.state = State::Broken;
        Some(text.len())
    }

    /// Reads all of a text, of which the first byte stands `shift` bytes into the file.
    fn walk(&mut self, text: &str, shift: u64) {
        let read = &mut self.read;
        let each = |walk: &mut Walk<'_>| {
            let at = shift.wrapping_add(walk.at() as u64);
            read.record(walk, at, true).map(|_| ())
        };
        if let Err(mut problem) = walk::array(text, &[KEY], each) {
            problem.offset = problem.offset.map(|at| shift.wrapping_add(at));
            self.read.problems.insert(0, problem);
        }
    }
}

/// The length of the opening of a log file, up to its first record.
fn opening(text: &str) -> Option<usize> {
    let mut at = 0;
    for part in ["{", "\"Records\"", ":", "["] {
        let rest = text[at..].trim_ascii_start();
        at = text.len() - rest.strip_prefix(part)?.len();
    }
    Some(at)
}

/// Whether the problem is that the text ends too soon.
fn ends_within(text: &str, problem: &Problem) -> bool {
    problem.code == ProblemCode::JsonSyntax
        && problem
            .offset
            .is_some_and(|at| at as usize + 1 >= text.len())
}

/// Reads a log file: an object whose `Records` is an array.
pub fn parse_log(bytes: &[u8], seed: u64) -> Read {
    let mut stream = Stream::new(seed);
    stream.take(bytes, true);
    stream.finish()
}

/// Reads events outside log files: a bare array, JSON Lines, or `lookup-events` output.
pub fn parse_events(bytes: &[u8], seed: u64) -> Read {
    let first = bytes.iter().find(|byte| !byte.is_ascii_whitespace());
    if first == Some(&b'[') {
        return parse_array(bytes, seed);
    }
    let mut read = Read::new(seed);
    let mut from = 0;
    while let Some(rest) = bytes.get(from..).filter(|rest| !rest.is_empty()) {
        let mut values = serde_json::Deserializer::from_slice(rest).into_iter::<&RawValue>();
        let (error, begun) = loop {
            let begun = values.byte_offset();
            match values.next() {
                Some(Ok(raw)) => read.value(raw.get(), bytes),
                Some(Err(error)) => break (error, begun),
                None => return read,
            }
        };
        let mut problem = json::problem(rest, &error);
        problem.offset = problem.offset.map(|at| at + from as u64);
        read.broken(problem);
        match next_line(rest, begun) {
            Some(next) => from += next,
            None => break,
        }
    }
    read
}

/// Where the next line begins that may hold a record, behind a value that begins at `begun` and is broken.
fn next_line(text: &[u8], begun: usize) -> Option<usize> {
    let from = begun
        + text[begun..]
            .iter()
            .position(|byte| !byte.is_ascii_whitespace())?;
    let line = text[from..].windows(2).position(|pair| pair == b"\n{")?;
    Some(from + line + 1)
}

/// The output of `aws cloudtrail lookup-events`: each event is JSON within a text.
#[derive(Deserialize)]
struct Lookup<'a> {
    #[serde(rename = "Events", borrow, default)]
    events: Option<Vec<LookupEvent<'a>>>,
}

#[derive(Deserialize)]
struct LookupEvent<'a> {
    #[serde(rename = "CloudTrailEvent", borrow, default)]
    event: Option<&'a RawValue>,
}

fn parse_array(bytes: &[u8], seed: u64) -> Read {
    let mut read = Read::new(seed);
    let (text, broken) = match std::str::from_utf8(bytes) {
        Ok(text) => (text, None),
        Err(error) => {
            let at = error.valid_up_to();
            (
                std::str::from_utf8(&bytes[..at]).unwrap_or_default(),
                Some(at),
            )
        }
    };
    let each = |walk: &mut Walk<'_>| {
        let at = walk.at() as u64;
        read.record(walk, at, true).map(|_| ())
    };
    if let Err(problem) = walk::array(text, &[], each) {
        read.problems.insert(0, problem);
    }
    if let Some(at) = broken {
        read.problems = vec![Problem::new(ProblemCode::TextEncoding, "").at(at as u64)];
    }
    read
}

impl Read {
    /// Reads the record that comes next, which stands at `at`. Each is read once: its fields and where it ends, in
    /// one pass, quickly; what cannot be is read again, if it is time to be `careful`. Says whether it was read.
    fn record(&mut self, walk: &mut Walk<'_>, at: u64, careful: bool) -> Result<bool, Problem> {
        let rest = walk.rest();
        let mut skim = Skim::new(rest);
        match Event::skim(&mut skim) {
            Some(event) if !event.is_envelope => {
                let raw = &rest[..skim.at()];
                walk.pass(raw.len());
                self.push(&event, Some((raw, skim.spaced)), at, raw.len());
                return Ok(true);
            }
            None if !careful => return Ok(false),
            _ => {}
        }
        let raw = walk.take::<&RawValue>()?.get();
        self.take(raw, at, raw.len());
        Ok(true)
    }

    /// Takes one value of JSON Lines, which is part of `bytes`: a record, or an output that holds several.
    fn value(&mut self, raw: &str, bytes: &[u8]) {
        let start = bytes.as_ptr() as usize;
        let at = |raw: &str| (raw.as_ptr() as usize).saturating_sub(start) as u64;
        let Ok(Lookup {
            events: Some(events),
        }) = serde_json::from_str::<Lookup<'_>>(raw)
        else {
            return self.take(raw, at(raw), raw.len());
        };
        for event in events {
            let Some(literal) = event.event.map(RawValue::get) else {
                self.problem(at(raw));
                continue;
            };
            match serde_json::from_str::<String>(literal) {
                Ok(text) => self.take(&text, at(literal), literal.len()),
                Err(_) => self.problem(at(literal)),
            }
        }
    }

    /// Takes one record: its text, and where it stands in the file, `length` bytes from `at` on.
    fn take(&mut self, raw: &str, at: u64, length: usize) {
        let mut raw = raw;
        let mut parsed = Event::parse(raw);
        if parsed.as_ref().is_ok_and(|event| event.is_envelope)
            && let Some(inner) = enveloped(raw)
        {
            raw = inner;
            parsed = Event::parse(raw);
        }
        match parsed {
            Ok(event) => {
                self.push(&event, Some((raw, is_spaced(raw))), at, length);
            }
            Err(_) => self.problem(at),
        }
    }
}

/// Whether white space stands between parts of a record.
fn is_spaced(raw: &str) -> bool {
    let mut skim = Skim::new(raw);
    // What cannot be told quickly is taken for spaced, and compacted to the same.
    skim.skip().is_none() || skim.spaced
}

/// The event within the envelope that EventBridge puts it in.
pub fn enveloped(raw: &str) -> Option<&str> {
    #[derive(Deserialize)]
    struct Envelope<'a> {
        #[serde(rename = "detail-type")]
        _kind: IgnoredAny,
        #[serde(borrow)]
        detail: &'a RawValue,
    }
    let envelope = serde_json::from_str::<Envelope<'_>>(raw).ok()?;
    Some(envelope.detail.get())
}

#[cfg(test)]
mod tests {
    use super::super::log::{Row, record_text};
    use super::*;
    use crate::moment::Moment;

    #[test]
    fn a_broken_line_ends_no_others() {
        let good = |id: u8| format!(r#"{{"eventID":"{id}","eventName":"A"}}"#);
        let text = [
            good(1),
            r#"{"eventID":"2","eventName":"#.to_owned(),
            good(3),
            "{\"eventID\":\"4\u{1}\"}".to_owned(),
            good(5),
            "{".to_owned(),
        ]
        .join("\n");
        let read = parse_events(text.as_bytes(), 7);
        let places: Vec<u64> = read.log.rows.iter().map(|row| row.at).collect();
        let of = |id| text.find(&good(id)).expect("a record") as u64;
        assert_eq!(places, [of(1), of(3), of(5)]);
        assert_eq!(read.problems.len(), 3);
        assert!(read.problems.iter().all(|problem| problem.offset.is_some()));
        let mut bytes = text.into_bytes();
        bytes[5] = 0xff;
        assert_eq!(parse_events(&bytes, 7).log.rows.len(), 2);
        // However many there are, they are counted and not each told.
        let many = "{\n".repeat(10_000);
        assert!(parse_events(many.as_bytes(), 7).problems.len() <= 21);
    }

    #[test]
    fn reads_rows_and_holds_texts_once() {
        let text = br#"{"x":1,"Records":[{"eventID":"293ba626-3be5-4a26-ab1b-0f4c54f49959","eventName":"A",
            "eventTime":"2023-07-10T11:42:36Z"},{"eventTime":5,"eventName":"A"}]}"#;
        let read = parse_log(text, 7);
        assert!(read.problems.is_empty(), "{:?}", read.problems);
        let [first, second] = &read.log.rows[..] else {
            panic!("two rows")
        };
        assert_eq!(first.id, 0x293b_a626_3be5_4a26_ab1b_0f4c_54f4_9959);
        assert_eq!(first.time, Moment::parse("2023-07-10T11:42:36Z"));
        assert_eq!((second.id, second.time), (0, None));
        assert!(read.log.texts.iter().eq(["", "A"]));
        let slice = &text[first.at as usize..][..first.length as usize];
        assert!(slice.starts_with(b"{\"eventID\"") && slice.ends_with(b"}"));
    }

    #[test]
    fn pieces_give_the_same_as_the_whole() {
        let texts: [&[u8]; 8] = [
            br#"{"Records":[{"eventID":"a","eventName":"A"},{"eventID":"b"},{"eventID":"c","x":1e5}]}"#,
            b" { \"Records\" : [ {\"eventID\":\"a\"} ,\n {\"eventID\":\"b\"} ] , \"x\" : 1 } ",
            br#"{"x":1,"Records":[{"eventID":"a"}]}"#,
            br#"{"Records":[{"eventID":"a"},3,{"eventID":"b"}],"Records":[]}"#,
            br#"{"Records":[{"eventID":"a"} {"eventID":"b"}]}"#,
            br#"{"Records":[{"eventID":"a"},{"eventID":"b"#,
            br#"{"Records":[]}x"#,
            b"{\"Records\":[{\"eventID\":\"a\"},{\"eventID\":\"\xe2\x82\xac\"},{\"eventID\":\"\xff\"}]}",
        ];
        for text in texts {
            let whole = parse_log(text, 7);
            for size in [1, 2, 3, 7, 30] {
                let mut stream = Stream::new(7);
                let mut held = Vec::new();
                for piece in text.chunks(size) {
                    held.extend_from_slice(piece);
                    let used = stream.take(&held, false);
                    held.drain(..used);
                }
                stream.take(&held, true);
                let read = stream.finish();
                let shown = String::from_utf8_lossy(text);
                assert_eq!(read.log.rows, whole.log.rows, "{shown} by {size}");
                assert_eq!(read.problems, whole.problems, "{shown} by {size}");
            }
        }
    }

    #[test]
    fn a_bad_record_is_reported_and_the_next_is_read() {
        let read = parse_log(br#"{"Records":[3,{"eventID":"a"}]}"#, 7);
        assert_eq!((read.log.rows.len(), read.problems.len()), (1, 1));
        assert_eq!(read.problems[0].offset, Some(12));
    }

    #[test]
    fn what_stands_before_broken_json_is_kept() {
        let read = parse_log(br#"{"Records":[{"eventID":"a"},{"eventID""#, 7);
        assert_eq!(read.log.rows.len(), 1);
        assert_eq!(read.problems[0].code, ProblemCode::JsonSyntax);
    }

    #[test]
    fn reads_events_outside_log_files() {
        let rows = |text: &[u8]| parse_events(text, 7).log.rows;
        assert_eq!(rows(br#" [{"eventID":"a"},{"eventID":"b"}]"#).len(), 2);
        assert_eq!(rows(b"{\"eventID\":\"a\"}\n{\"eventID\":\"b\"}\n").len(), 2);
        let lookup = br#"{"Events":[{"EventId":"a","CloudTrailEvent":"{\"eventID\":\"a\"}"}]}"#;
        let found = rows(lookup);
        let slice = &lookup[found[0].at as usize..][..found[0].length as usize];
        assert_eq!(record_text(slice), r#"{"eventID":"a"}"#);
        let envelope = br#"{"version":"0","detail-type":"AWS API Call via CloudTrail","detail":{"eventID":"a"}}"#;
        assert_eq!(rows(envelope)[0].id, found[0].id);
        // Printed with its keys in order, and several of them in a list.
        let sorted = br#"[{"account":"1","detail":{"eventID":"a"},"detail-type":"AWS API Call via CloudTrail","version":"0"}]"#;
        assert_eq!(
            rows(sorted)[0],
            Row {
                at: 1,
                length: 98,
                ..rows(envelope)[0].clone()
            }
        );
    }
}
