//! Log files, `{"Records": […]}`, and the other forms in which CloudTrail events are handed around.

use std::borrow::Cow;
use std::fmt;

use serde::de::{DeserializeSeed, IgnoredAny, MapAccess, SeqAccess, Visitor};
use serde::{Deserialize, Deserializer, Serialize};
use serde_json::value::RawValue;

use crate::evidence::{Problem, ProblemCode};
use crate::moment::Moment;

use super::json;

/// What integrity needs to know of a log file's records.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Log {
    /// Number of records.
    pub events: u64,
    /// 64 bits of each record's event ID, in order of the file; to tell whether an unlisted file repeats proven events.
    pub event_ids: Vec<u64>,
    /// The earliest and the latest `eventTime`.
    pub times: Option<(Moment, Moment)>,
}

/// How many problems of records are told apart in one file; the rest are counted in the last.
const MOST_PROBLEMS: usize = 20;

/// The few fields of a record that are needed here. Each may hold anything.
#[derive(Deserialize)]
struct Head<'a> {
    #[serde(rename = "eventID", borrow, default)]
    id: Option<Text<'a>>,
    #[serde(rename = "eventTime", borrow, default)]
    time: Option<Text<'a>>,
}

/// A text without a copy, where it has no escapes; any other value is read over.
struct Text<'a>(Option<Cow<'a, str>>);

impl<'de: 'a, 'a> Deserialize<'de> for Text<'a> {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        let raw = <&RawValue>::deserialize(from)?.get();
        let inner = raw
            .strip_prefix('"')
            .and_then(|rest| rest.strip_suffix('"'));
        Ok(Text(match inner {
            Some(inner) if !inner.contains('\\') => Some(Cow::Borrowed(inner)),
            Some(_) => serde_json::from_str(raw).ok().map(Cow::Owned),
            None => None,
        }))
    }
}

/// What reading the records of a file gave.
#[derive(Default)]
pub struct Read {
    /// What was read.
    pub log: Log,
    /// What was not.
    pub problems: Vec<Problem>,
}

impl Read {
    /// Takes one record, whose raw text stands `at` bytes into the file.
    fn take(&mut self, raw: &str, at: u64) {
        match serde_json::from_str::<Head<'_>>(raw) {
            Ok(head) => {
                self.log.events += 1;
                self.log.event_ids.push(fold(
                    head.id.and_then(|id| id.0).as_deref().unwrap_or_default(),
                ));
                let time = head
                    .time
                    .and_then(|time| time.0)
                    .and_then(|text| Moment::parse(&text));
                if let Some(time) = time {
                    let (first, last) = self.log.times.unwrap_or((time, time));
                    self.log.times = Some((first.min(time), last.max(time)));
                }
            }
            Err(_) if self.problems.len() < MOST_PROBLEMS => {
                let problem = Problem::new(
                    ProblemCode::RecordInvalid,
                    "a record is an object with every field once",
                );
                self.problems.push(problem.at(at));
            }
            Err(_) => {
                if let Some(last) = self.problems.last_mut() {
                    "more records follow that could not be read".clone_into(&mut last.detail);
                }
            }
        }
    }
}

/// 64 bits of an event ID: the first half of the UUID that it is, else a checksum of the text.
fn fold(id: &str) -> u64 {
    let mut bits: u64 = 0;
    let mut digits = 0;
    for byte in id.bytes().filter(|byte| *byte != b'-').take(16) {
        let Some(digit) = (byte as char).to_digit(16) else {
            break;
        };
        bits = bits << 4 | u64::from(digit);
        digits += 1;
    }
    if digits == 16 {
        return bits;
    }
    // FNV-1a: the same on every machine, so that reports are the same too.
    id.bytes().fold(0xcbf2_9ce4_8422_2325, |hash, byte| {
        (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
    })
}

/// Reads a log file: an object whose `Records` is an array.
/// What stands before broken JSON is kept, with the problem and its offset.
pub fn parse_log(bytes: &[u8]) -> Read {
    parse_with(bytes, &["Records"])
}

/// Reads events outside log files: a bare array, JSON Lines, or `lookup-events` output.
pub fn parse_events(bytes: &[u8]) -> Read {
    let first = bytes.iter().find(|byte| !byte.is_ascii_whitespace());
    if first == Some(&b'[') {
        return parse_with(bytes, &[]);
    }
    let mut read = Read::default();
    let mut at = 0;
    let mut values = serde_json::Deserializer::from_slice(bytes).into_iter::<&RawValue>();
    loop {
        match values.next() {
            None => return read,
            Some(Err(error)) => {
                read.problems.push(json::problem(bytes, &error));
                return read;
            }
            Some(Ok(raw)) => match serde_json::from_str::<Lookup<'_>>(raw.get()) {
                Ok(Lookup {
                    events: Some(events),
                }) => {
                    for event in events {
                        read.take(event.event.as_deref().unwrap_or("null"), at);
                    }
                }
                _ => read.take(raw.get(), at),
            },
        }
        at = values.byte_offset() as u64;
    }
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
    event: Option<Cow<'a, str>>,
}

fn parse_with(bytes: &[u8], keys: &'static [&'static str]) -> Read {
    let mut read = Read::default();
    let text = match std::str::from_utf8(bytes) {
        Ok(text) => text,
        Err(error) => {
            let at = error.valid_up_to();
            read = match std::str::from_utf8(&bytes[..at]) {
                Ok(valid) => parse_text(valid, keys),
                Err(_) => read,
            };
            read.problems.clear();
            read.problems
                .push(Problem::new(ProblemCode::TextEncoding, "").at(at as u64));
            return read;
        }
    };
    read = parse_text(text, keys);
    read
}

fn parse_text(text: &str, keys: &'static [&'static str]) -> Read {
    let mut read = Read::default();
    let mut from = serde_json::Deserializer::from_str(text);
    let seed = Records {
        start: text.as_ptr() as usize,
        read: &mut read,
        keys,
    };
    let result = seed.deserialize(&mut from).and_then(|()| from.end());
    if let Err(error) = result {
        read.problems
            .insert(0, json::problem(text.as_bytes(), &error));
    }
    read
}

/// Streams the records of an array, or of the array under one of `keys`, without decoding them.
struct Records<'r> {
    start: usize,
    read: &'r mut Read,
    keys: &'static [&'static str],
}

impl<'de> DeserializeSeed<'de> for Records<'_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, from: D) -> Result<(), D::Error> {
        if self.keys.is_empty() {
            from.deserialize_seq(self)
        } else {
            from.deserialize_map(self)
        }
    }
}

impl<'de> Visitor<'de> for Records<'_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(if self.keys.is_empty() {
            "an array of records"
        } else {
            "an object with the array Records"
        })
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<(), A::Error> {
        while let Some(raw) = items.next_element::<&RawValue>()? {
            let at = (raw.get().as_ptr() as usize).saturating_sub(self.start);
            self.read.take(raw.get(), at as u64);
        }
        Ok(())
    }

    fn visit_map<A: MapAccess<'de>>(self, mut fields: A) -> Result<(), A::Error> {
        let mut seen = false;
        while let Some(key) = fields.next_key::<Cow<'_, str>>()? {
            if !self.keys.contains(&key.as_ref()) {
                fields.next_value::<IgnoredAny>()?;
                continue;
            }
            if seen {
                return Err(serde::de::Error::custom(
                    "the array of records stands twice",
                ));
            }
            seen = true;
            fields.next_value_seed(Records {
                start: self.start,
                read: &mut *self.read,
                keys: &[],
            })?;
        }
        if seen {
            Ok(())
        } else {
            Err(serde::de::Error::custom("there is no array of records"))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counts_records_and_finds_their_times() {
        let read = parse_log(
            br#"{"x":1,"Records":[{"eventID":"293ba626-3be5-4a26-ab1b-0f4c54f49959",
            "eventTime":"2023-07-10T11:42:36Z"},{"eventTime":5}]}"#,
        );
        assert!(read.problems.is_empty(), "{:?}", read.problems);
        assert_eq!(read.log.events, 2);
        assert_eq!(read.log.event_ids[0], 0x293b_a626_3be5_4a26);
        assert_eq!(
            read.log.times.map(|(first, _)| first),
            Moment::parse("2023-07-10T11:42:36Z")
        );
    }

    #[test]
    fn a_bad_record_is_reported_and_the_next_is_read() {
        let read = parse_log(br#"{"Records":[3,{"eventID":"a"}]}"#);
        assert_eq!((read.log.events, read.problems.len()), (1, 1));
        assert_eq!(read.problems[0].offset, Some(12));
    }

    #[test]
    fn what_stands_before_broken_json_is_kept() {
        let read = parse_log(br#"{"Records":[{"eventID":"a"},{"eventID""#);
        assert_eq!(read.log.events, 1);
        assert_eq!(read.problems[0].code, ProblemCode::JsonSyntax);
    }

    #[test]
    fn reads_events_outside_log_files() {
        assert_eq!(
            parse_events(br#" [{"eventID":"a"},{"eventID":"b"}]"#)
                .log
                .events,
            2
        );
        assert_eq!(
            parse_events(b"{\"eventID\":\"a\"}\n{\"eventID\":\"b\"}\n")
                .log
                .events,
            2
        );
        let lookup = br#"{"Events":[{"EventId":"a","CloudTrailEvent":"{\"eventID\":\"a\"}"}]}"#;
        assert_eq!(parse_events(lookup).log.events, 1);
    }
}
