//! The rows that the records of a file become.

use std::borrow::Cow;
use std::hash::BuildHasher as _;

use foldhash::quality::FixedState;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::evidence::skim::Skim;
use crate::evidence::{Problem, ProblemCode};
use crate::moment::Moment;
use crate::order::sorted;
use crate::secret::Masked;
use crate::secret::cover::texts;
use crate::sum::Sum;
use crate::texts::{Held, Text};

use super::event::{Access, Answer, Category, Event};
use super::{further, open, weakens};

/// The records of a file, as rows; their texts are held once.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Log {
    /// The texts of its rows.
    pub texts: Held,
    /// One a record, in the order of the file.
    pub rows: Vec<Row>,
    /// Secrets in request parameters, each with the place of its row.
    pub secrets: Vec<(u32, Masked)>,
    /// Request parameters of calls that change who may reach a bucket or what an identity may do, each with the place of its row.
    pub requests: Vec<(u32, String)>,
    /// Bytes of these.
    pub(super) kept: usize,
    /// How many of them are left out: they are too long, or too many.
    pub left_out: u32,
    /// ARNs of objects that requests alone name, each with the place of its row and whether it is read to be copied.
    pub objects: Vec<(u32, bool, String)>,
    /// How many more of these there are than are kept.
    pub more_objects: u32,
    /// Bytes that S3 handed out or took in, each with the place of its row.
    pub sizes: Vec<(u32, u64)>,
}

#[cfg(test)]
impl Log {
    /// The request parameters that are kept, as a case hands them on.
    pub(crate) fn requests(&self) -> Vec<(u32, &str)> {
        let all = self.requests.iter();
        all.map(|(row, request)| (*row, &**request)).collect()
    }
}

/// A record as columns need it: see [`Event`] for what each field means.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Row {
    /// Where the record stands in the content of its file, in bytes; of a record within a text, where that text stands.
    pub at: u64,
    /// Bytes of it there.
    pub length: u32,
    /// `eventID` as a number: the UUID that it is, else a part of its SHA-256; 0 where it is absent.
    #[serde(with = "postcard::fixint::le")]
    pub id: u128,
    /// Tells records of other content apart: neither white space counts nor how a text is escaped, but the order of
    /// fields does, for records of one ID until [`content_print`] settles it. Keyed by a secret of the session,
    /// so that nobody can make two records look alike. 0 where the record is told in another form than JSON.
    #[serde(with = "postcard::fixint::le")]
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
    /// Whether the request lets everyone in.
    pub open: bool,
    /// Whether it weakens, told for calls that can do the contrary too.
    pub weakens: Answer,
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

    /// The number that tells a record from others.
    fn print(&self, raw: &str, is_spaced: bool) -> u64 {
        if is_spaced || raw.contains('\\') {
            self.prints.hash_one(plain(raw).as_bytes())
        } else {
            self.prints.hash_one(raw.as_bytes())
        }
    }

    /// Adds an event that stands `length` bytes from `at` on. `raw` is its record, where it is told as JSON, and
    /// whether white space stands between parts of it.
    pub(super) fn push(
        &mut self,
        event: &Event<'_>,
        raw: Option<(&str, bool)>,
        at: u64,
        length: usize,
    ) {
        let actor = &event.actor;
        let row = Row {
            at,
            length: length as u32,
            id: event_id(&event.id),
            print: raw.map_or(0, |(raw, is_spaced)| self.print(raw, is_spaced)),
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
            open: open::is_open(event),
            weakens: weakens::weakens(event),
        };
        further::take(&mut self.log, event);
        self.log.rows.push(row);
    }

    pub(super) fn problem(&mut self, at: u64) {
        let problem = Problem::new(
            ProblemCode::RecordInvalid,
            "a record is an object with every field once",
        );
        self.broken(problem.at(at));
    }

    /// Takes what is wrong with a record.
    pub(super) fn broken(&mut self, problem: Problem) {
        if self.problems.len() < MOST_PROBLEMS {
            self.problems.push(problem);
        } else if let Some(last) = self.problems.last_mut() {
            "more records follow that could not be read".clone_into(&mut last.detail);
        }
    }
}

/// An event ID as a number: see [`Row::id`].
pub fn event_id(id: &str) -> u128 {
    if id.is_empty() {
        return 0;
    }
    if let Some(bits) = uuid(id) {
        return bits;
    }
    let Sum(bytes) = Sum::of(id.as_bytes());
    bytes
        .iter()
        .take(16)
        .fold(0, |bits, byte| bits << 8 | u128::from(*byte))
}

/// The bits of a UUID, dashes or not.
fn uuid(id: &str) -> Option<u128> {
    let (mut bits, mut count) = (0_u128, 0);
    // Eight digits at a time, since numbers of 128 bits are slow.
    let (mut part, mut digits) = (0_u32, 0);
    for byte in id.bytes() {
        let digit = match byte {
            b'0'..=b'9' => byte - b'0',
            b'a'..=b'f' => byte - b'a' + 10,
            b'A'..=b'F' => byte - b'A' + 10,
            b'-' => continue,
            _ => return None,
        };
        part = part << 4 | u32::from(digit);
        digits += 1;
        if digits == 8 {
            bits = bits << 32 | u128::from(part);
            (part, digits) = (0, 0);
            count += 1;
        }
    }
    (count == 4 && digits == 0).then_some(bits)
}

/// JSON without white space between its parts, so that a record that was printed prettily is the same.
pub fn compact(raw: &str) -> Cow<'_, str> {
    let mut skim = Skim::new(raw);
    if skim.skip().is_some() && !skim.spaced {
        return Cow::Borrowed(raw);
    }
    Cow::Owned(without_space(raw))
}

fn without_space(raw: &str) -> String {
    by_texts(raw, Cow::Borrowed)
}

/// The same with every text escaped in one way, as tools do it in several: `\/` and `/`, `\u003c` and `<`.
fn plain(raw: &str) -> String {
    by_texts(raw, |text| {
        let inner = text
            .contains('\\')
            .then(|| serde_json::from_str::<String>(text));
        match inner {
            Some(Ok(inner)) => Cow::Owned(Value::from(inner).to_string()),
            _ => Cow::Borrowed(text),
        }
    })
}

/// What tells a record from others by its content alone: neither white space counts, nor how texts are escaped, nor the
/// order of fields. Slower than [`Row::print`], and never 0.
pub fn content_print(raw: &str, seed: u64) -> u64 {
    let raw = plain(raw);
    let canonical = in_order(&mut Skim::new(&raw), DEEPEST).unwrap_or_else(|| raw.clone());
    FixedState::with_seed(seed)
        .hash_one(canonical.as_bytes())
        .max(1)
}

/// How deep fields are put in order.
const DEEPEST: u8 = 64;

/// JSON with the fields of each object in the order of their names, those of one name in their own; `None` where that
/// cannot be told.
fn in_order(skim: &mut Skim<'_>, left: u8) -> Option<String> {
    let left = left.checked_sub(1)?;
    match skim.peek()? {
        b'{' => {
            let mut fields = Vec::new();
            skim.fields(|skim, key| {
                fields.push((key.to_owned(), in_order(skim, left)?));
                Some(())
            })?;
            let fields = sorted(fields, |a, b| a.0.cmp(&b.0));
            let fields: Vec<String> = fields
                .iter()
                .map(|(key, value)| format!("\"{key}\":{value}"))
                .collect();
            Some(format!("{{{}}}", fields.join(",")))
        }
        b'[' => {
            let mut items = Vec::new();
            skim.items(|skim| {
                items.push(in_order(skim, left)?);
                Some(())
            })?;
            Some(format!("[{}]", items.join(",")))
        }
        _ => skim.raw().map(str::to_owned),
    }
}

/// JSON without white space between its parts, and with its texts, quotes included, as `told` has them.
fn by_texts<'a>(raw: &'a str, told: impl Fn(&'a str) -> Cow<'a, str>) -> String {
    let (mut out, mut seen) = (String::with_capacity(raw.len()), 0);
    for (from, end) in texts(raw) {
        out.extend(raw[seen..from].split_ascii_whitespace());
        out.push_str(&told(&raw[from..end]));
        seen = end;
    }
    out.extend(raw[seen..].split_ascii_whitespace());
    out
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

#[cfg(test)]
mod tests {
    use crate::cloudtrail::records::parse_events;

    #[test]
    fn the_order_of_fields_makes_no_other_content() {
        let print = |text: &str| super::content_print(text, 7);
        let one = print(r#"{"a":{"c":[1,{"e":"\u003c","d":2}],"b":1.0},"z":null}"#);
        assert_eq!(
            print("{ \"z\":null, \"a\": {\"b\":1.0,\"c\":[1,{\"d\":2,\"e\":\"<\"}]}}"),
            one
        );
        for other in [
            r#"{"a":{"c":[{"e":"<","d":2},1],"b":1.0},"z":null}"#,
            r#"{"a":{"c":[1,{"e":"<","d":2}],"b":1},"z":null}"#,
            r#"{"a":{"c":[1,{"e":"<","d":2}]},"b":1.0,"z":null}"#,
            r#"{"a":{"c":[1,{"e":"<","d":2}],"b":1.0},"z":null,"z":null}"#,
            r#"{"a":{"c":[1,{"e":"<","d":2}],"b":1.0},"z":"null"}"#,
        ] {
            assert_ne!(print(other), one, "{other}");
        }
        // The last of two fields of one name holds for most readers, so that their order is content.
        assert_ne!(print(r#"{"a":1,"a":2}"#), print(r#"{"a":2,"a":1}"#));
        let deep = format!("{}{}", "[".repeat(500), "]".repeat(500));
        assert_eq!(print(&deep), print(&deep));
    }

    #[test]
    fn form_makes_no_other_record() {
        let print = |text: &str| parse_events(text.as_bytes(), 7).log.rows[0].print;
        let compact = print(r#"{"eventID":"a","x":" \" : "}"#);
        assert_eq!(
            print("{ \"eventID\": \"a\",\n\"x\" : \" \\\" : \"}"),
            compact
        );
        assert_ne!(print(r#"{"eventID":"a","x":" \": "}"#), compact);
        // Tools escape in several ways.
        let plain = print(r#"{"eventID":"a","x":"a/b<é\n\\"}"#);
        assert_eq!(
            print(r#"{"eventID":"a", "x":"a\/b\u003C\u00e9\u000a\\"}"#),
            plain
        );
        assert_ne!(print(r#"{"eventID":"a","x":"a/b<é\\n\\"}"#), plain);
    }
}
