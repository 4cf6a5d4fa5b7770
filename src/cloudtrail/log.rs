//! Log files, `{"Records": […]}`, and the other forms in which CloudTrail events are handed around.

use std::borrow::Cow;
use std::hash::BuildHasher as _;

use foldhash::quality::FixedState;
use serde::de::IgnoredAny;
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;

use crate::evidence::walk::{self, Walk};
use crate::evidence::{Problem, ProblemCode, json};
use crate::moment::Moment;
use crate::secret::Masked;
use crate::sum::Sum;
use crate::texts::{Held, Text};

use super::event::{Access, Answer, Category, Event};
use super::further;

/// The records of a file, as rows; their texts are held once.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Log {
    /// The texts of its rows.
    pub texts: Held,
    /// One a record, in the order of the file.
    pub rows: Vec<Row>,
    /// Secrets in request parameters, each with the place of its row.
    pub secrets: Vec<(u32, Masked)>,
    /// Request parameters of calls that change who may reach a bucket, each with the place of its row.
    pub requests: Vec<(u32, String)>,
    /// Bytes that S3 handed out or took in, each with the place of its row.
    pub sizes: Vec<(u32, u64)>,
}

/// A record as columns need it: see [`Event`] for what each field means.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Row {
    /// Where the record stands in the content of its file, in bytes; of a record within a text, where that text stands.
    pub at: u64,
    /// Bytes of it there.
    pub length: u32,
    /// `eventID` as a number: the UUID that it is, else a part of its SHA-256; 0 where it is absent.
    pub id: u128,
    /// Tells records of other content apart: white space does not count. Keyed by a secret of the session,
    /// so that nobody can make two records look alike. 0 where the record is told in another form than JSON.
    pub print: u64,
    /// `eventTime`.
    pub time: Option<Moment>,
    /// `eventName`.
    pub name: Text,
    /// `eventSource`.
    pub source: Text,
    /// `awsRegion`.
    pub region: Text,
    /// The account that it happened in.
    pub account: Text,
    /// The actor's type, ARN, user or role, session and access key.
    pub actor: [Text; 5],
    /// `sourceIPAddress`.
    pub ip: Text,
    /// `userAgent`.
    pub agent: Text,
    /// The error.
    pub error: Text,
    /// Reads or changes.
    pub access: Access,
    /// The category.
    pub category: Category,
    /// Second factor.
    pub mfa: Answer,
    /// Resources and names.
    pub resources: Vec<Text>,
}

/// How many problems of records are told apart in one file; the rest are counted in the last.
const MOST_PROBLEMS: usize = 20;

/// What reading the records of a file gave.
pub struct Read {
    /// What was read.
    pub log: Log,
    /// What was not.
    pub problems: Vec<Problem>,
    prints: FixedState,
}

impl Read {
    pub(super) fn new(seed: u64) -> Self {
        let mut read = Read {
            log: Log::default(),
            problems: Vec::new(),
            prints: FixedState::with_seed(seed),
        };
        read.hold("");
        read
    }

    fn hold(&mut self, text: &str) -> Text {
        self.log.texts.hold(text)
    }

    /// Takes one record: its text, and where it stands in the file, `length` bytes from `at` on.
    fn take(&mut self, raw: &str, at: u64, length: usize) {
        let raw = enveloped(raw);
        match Event::parse(raw) {
            Ok(event) => self.push(&event, Some(raw), at, length),
            Err(_) => self.problem(at),
        }
    }

    /// Adds an event, of which `raw` is the record.
    pub(super) fn push(&mut self, event: &Event<'_>, raw: Option<&str>, at: u64, length: usize) {
        let actor = &event.actor;
        let row = Row {
            at,
            length: length as u32,
            id: event_id(&event.id),
            print: raw.map_or(0, |raw| self.prints.hash_one(compact(raw).as_bytes())),
            time: event.time,
            name: self.hold(&event.name),
            source: self.hold(&event.source),
            region: self.hold(&event.region),
            account: self.hold(&event.account),
            actor: [
                self.hold(&actor.kind),
                self.hold(&actor.arn),
                self.hold(&actor.user),
                self.hold(&actor.session),
                self.hold(&actor.key),
            ],
            ip: self.hold(&event.ip),
            agent: self.hold(&event.agent),
            error: self.hold(&event.error),
            access: event.access,
            category: event.category,
            mfa: event.mfa,
            resources: event.resources.iter().map(|one| self.hold(one)).collect(),
        };
        if let Some(raw) = raw {
            further::take(&mut self.log, event, raw);
        }
        self.log.rows.push(row);
    }

    pub(super) fn problem(&mut self, at: u64) {
        if self.problems.len() < MOST_PROBLEMS {
            let problem = Problem::new(
                ProblemCode::RecordInvalid,
                "a record is an object with every field once",
            );
            self.problems.push(problem.at(at));
        } else if let Some(last) = self.problems.last_mut() {
            "more records follow that could not be read".clone_into(&mut last.detail);
        }
    }
}

/// Whether a record may be in an envelope: events of CloudTrail begin with their version.
fn may_be_enveloped(raw: &str) -> bool {
    let head = &raw[..raw.floor_char_boundary(200)];
    head.contains("\"detail-type\"") || head.contains("\"detail\"")
}

/// The event within the envelope that EventBridge puts it in, or the record itself.
fn enveloped(raw: &str) -> &str {
    #[derive(Deserialize)]
    struct Envelope<'a> {
        #[serde(rename = "detail-type")]
        _kind: IgnoredAny,
        #[serde(borrow)]
        detail: &'a RawValue,
    }
    if !may_be_enveloped(raw) {
        return raw;
    }
    serde_json::from_str::<Envelope<'_>>(raw).map_or(raw, |envelope| envelope.detail.get())
}

/// An event ID as a number: see [`Row::id`].
pub fn event_id(id: &str) -> u128 {
    if id.is_empty() {
        return 0;
    }
    let digits = id.bytes().filter(|byte| *byte != b'-');
    let mut bits: u128 = 0;
    let mut count = 0;
    for byte in digits {
        let Some(digit) = (byte as char).to_digit(16) else {
            count = 0;
            break;
        };
        bits = bits << 4 | u128::from(digit);
        count += 1;
    }
    if count == 32 {
        return bits;
    }
    let Sum(bytes) = Sum::of(id.as_bytes());
    bytes
        .iter()
        .take(16)
        .fold(0, |bits, byte| bits << 8 | u128::from(*byte))
}

/// JSON without white space between its parts, so that a record that was printed prettily is the same.
pub fn compact(raw: &str) -> Cow<'_, str> {
    let spaced = |pair: &[u8]| matches!(pair, [b':' | b',' | b'{', b' ' | b'\n' | b'\r' | b'\t']);
    let head = &raw.as_bytes()[..raw.len().min(256)];
    if !head.windows(2).any(spaced) {
        return Cow::Borrowed(raw);
    }
    let (mut within, mut escaped) = (false, false);
    let kept = raw.chars().filter(|&c| {
        if within {
            (within, escaped) = match c {
                _ if escaped => (true, false),
                '\\' => (true, true),
                '"' => (false, false),
                _ => (true, false),
            };
            return true;
        }
        within = c == '"';
        !c.is_ascii_whitespace()
    });
    Cow::Owned(kept.collect())
}

/// Reads a log file: an object whose `Records` is an array.
/// What stands before broken JSON is kept, with the problem and its offset.
///
/// `seed` is the secret that [`Row::print`] is keyed by.
pub fn parse_log(bytes: &[u8], seed: u64) -> Read {
    parse_with(bytes, &["Records"], seed)
}

/// Reads events outside log files: a bare array, JSON Lines, or `lookup-events` output.
pub fn parse_events(bytes: &[u8], seed: u64) -> Read {
    let first = bytes.iter().find(|byte| !byte.is_ascii_whitespace());
    if first == Some(&b'[') {
        return parse_with(bytes, &[], seed);
    }
    let mut read = Read::new(seed);
    let start = bytes.as_ptr() as usize;
    let at = |raw: &str| (raw.as_ptr() as usize).saturating_sub(start) as u64;
    for value in serde_json::Deserializer::from_slice(bytes).into_iter::<&RawValue>() {
        let raw = match value {
            Ok(raw) => raw.get(),
            Err(error) => {
                read.problems.push(json::problem(bytes, &error));
                break;
            }
        };
        match serde_json::from_str::<Lookup<'_>>(raw) {
            Ok(Lookup {
                events: Some(events),
            }) => {
                for event in events {
                    let Some(literal) = event.event.map(RawValue::get) else {
                        read.problem(at(raw));
                        continue;
                    };
                    match serde_json::from_str::<String>(literal) {
                        Ok(text) => read.take(&text, at(literal), literal.len()),
                        Err(_) => read.problem(at(literal)),
                    }
                }
            }
            _ => read.take(raw, at(raw), raw.len()),
        }
    }
    read
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

/// The text of a record, from the bytes that stand where [`Row::at`] says: itself, or the JSON within a text.
pub fn record_text(bytes: &[u8]) -> String {
    let text = String::from_utf8_lossy(bytes);
    if text.starts_with('"')
        && let Ok(inner) = serde_json::from_str::<String>(&text)
    {
        return inner;
    }
    text.into_owned()
}

fn parse_with(bytes: &[u8], keys: &[&str], seed: u64) -> Read {
    match std::str::from_utf8(bytes) {
        Ok(text) => parse_text(text, keys, seed),
        Err(error) => {
            let at = error.valid_up_to();
            let valid = std::str::from_utf8(&bytes[..at]).unwrap_or_default();
            let mut read = parse_text(valid, keys, seed);
            read.problems = vec![Problem::new(ProblemCode::TextEncoding, "").at(at as u64)];
            read
        }
    }
}

fn parse_text(text: &str, keys: &[&str], seed: u64) -> Read {
    let mut read = Read::new(seed);
    let records = |walk: &mut Walk<'_>| read.records(walk);
    if let Err(problem) = walk::array(text, keys, records) {
        read.problems.insert(0, problem);
    }
    read
}

impl Read {
    /// Reads the record that comes next. Each is read once: its fields and where it ends, in one pass.
    fn records(&mut self, walk: &mut Walk<'_>) -> Result<(), Problem> {
        let at = walk.at();
        let rest = walk.rest();
        if !may_be_enveloped(rest)
            && let Ok(event) = walk.take::<Event<'_>>()
        {
            let raw = &rest[..walk.at() - at];
            self.push(&event, Some(raw), at as u64, raw.len());
            return Ok(());
        }
        let raw = walk.take::<&RawValue>()?.get();
        self.take(raw, at as u64, raw.len());
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

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
        assert_eq!(read.log.texts.texts, ["", "A"]);
        let slice = &text[first.at as usize..][..first.length as usize];
        assert!(slice.starts_with(b"{\"eventID\"") && slice.ends_with(b"}"));
    }

    #[test]
    fn white_space_makes_no_other_record() {
        let print = |text: &str| parse_events(text.as_bytes(), 7).log.rows[0].print;
        let compact = print(r#"{"eventID":"a","x":" \" : "}"#);
        assert_eq!(
            print("{ \"eventID\": \"a\",\n\"x\" : \" \\\" : \"}"),
            compact
        );
        assert_ne!(print(r#"{"eventID":"a","x":" \": "}"#), compact);
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
