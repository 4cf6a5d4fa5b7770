//! Items and messages of a list, read while a large file is inflated: no more of it is in memory than the one that is
//! being read. One that is broken is told of, and the next is read.

use std::borrow::Cow;
use std::collections::BTreeMap;

use serde::Deserialize as _;
use serde::de::IgnoredAny;
use serde_json::value::RawValue;

use crate::evidence::{Problem, ProblemCode, json};

use super::kept::More;
use super::query::RESULTS;
use super::read::{ITEMS, Read};
use super::value::{Vain, next_object, value};
use super::wire::Wire;

/// Bytes after the list of items that are kept to be looked at: a token for the next page at most.
const LONGEST_TAIL: usize = 1 << 20;

/// Where in the file it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum State {
    /// Behind the opening bracket.
    First,
    /// Behind an item.
    Item,
    /// Behind a comma.
    Comma,
    /// Behind the closing bracket.
    Tail,
    /// In broken JSON: what follows is looked through for the next whole item.
    Lost,
}

/// What a list is of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Of {
    Items,
    Messages,
}

impl Of {
    /// Whether an object is certainly one of them, and no part of one.
    fn is_one(self, text: &str) -> bool {
        match self {
            Of::Items => Wire::read(text).is_ok_and(|wire| {
                wire.captured.is_some() && !(wire.kind.is_empty() || wire.id.is_empty())
            }),
            Of::Messages => {
                let fields: BTreeMap<Cow<'_, str>, IgnoredAny> =
                    serde_json::from_str(text).unwrap_or_default();
                let names = ["messageType", "Message", "detail", "invokingEvent"];
                names.iter().any(|name| fields.contains_key(*name))
            }
        }
    }
}

/// A file of items, piece by piece.
pub struct Flow {
    read: Read,
    of: Of,
    state: State,
    /// Whether no more bytes will come.
    is_last: bool,
    /// Bytes of the file that were taken.
    at: u64,
    vain: Vain,
    /// Bytes from there on when an item was seen to have no end yet.
    tried: usize,
    tail: Vec<u8>,
    /// Whether the list is the whole of the file.
    is_bare: bool,
    /// What stands before the list, where that holds results of a query.
    query: Option<String>,
}

impl Flow {
    /// Begins with the first bytes of a file; `None` where no list of items begins in them. They are not taken yet.
    pub fn new(head: &[u8], seed: u64, more: More) -> Option<Self> {
        let (at, key) = list(head)?;
        let is_query = key == RESULTS;
        let mut flow = Flow::at((at, key), Of::Items, seed, more);
        flow.query = is_query.then(|| String::from_utf8_lossy(&head[..at]).into_owned());
        Some(flow)
    }

    /// Begins with a file that is a list of messages; `None` where it is none.
    pub(super) fn of_messages(head: &[u8], seed: u64, more: More) -> Option<Self> {
        let (at, key) = list(head)?;
        key.is_empty()
            .then(|| Flow::at((at, key), Of::Messages, seed, more))
    }

    fn at((at, key): (usize, &str), of: Of, seed: u64, more: More) -> Self {
        Flow {
            read: Read::new(seed, more),
            of,
            state: State::First,
            is_last: false,
            at: at as u64,
            vain: Vain::default(),
            tried: 0,
            tail: Vec::new(),
            is_bare: key.is_empty(),
            query: None,
        }
    }

    /// Reads a file that is here as a whole, with which it began.
    pub(super) fn whole(self, bytes: &[u8]) -> Read {
        let at = self.at as usize;
        self.finish(&bytes[at..])
    }

    /// Bytes that were taken so far.
    pub fn taken(&self) -> u64 {
        self.at
    }

    /// Takes what is whole of `bytes`, which follow what was taken; says how many bytes that is.
    pub fn take(&mut self, bytes: &[u8]) -> usize {
        // An item that is longer than a piece is tried again only when twice as much of it is here.
        if bytes.len() < self.tried * 2 {
            return 0;
        }
        // What may be skimmed: a character that is cut, or is none, ends it.
        let text = match std::str::from_utf8(bytes) {
            Ok(text) => text,
            Err(error) => std::str::from_utf8(&bytes[..error.valid_up_to()]).unwrap_or_default(),
        };
        let mut used = 0;
        while let Some(step) = self.step(&bytes[used..], text.get(used..).unwrap_or_default()) {
            used += step;
            self.at += step as u64;
            self.tried = 0;
        }
        used
    }

    /// Takes the next part; `None` where it is not whole. `text` is as much of `bytes` as is a text.
    fn step(&mut self, bytes: &[u8], text: &str) -> Option<usize> {
        match self.state {
            State::Lost => return self.find(bytes),
            State::Tail => {
                let room = LONGEST_TAIL.saturating_sub(self.tail.len());
                self.tail.extend_from_slice(&bytes[..bytes.len().min(room)]);
                return (!bytes.is_empty()).then_some(bytes.len());
            }
            _ => {}
        }
        let blank = bytes.iter().take_while(|byte| byte.is_ascii_whitespace());
        let blank = blank.count();
        let rest = &bytes[blank..];
        match (rest.first()?, self.state) {
            (b']', State::First | State::Item) => self.state = State::Tail,
            (b',', State::Item) => self.state = State::Comma,
            (_, State::Item) => self.broken(blank, "expected `,` or `]`"),
            _ => return self.item(blank, rest, text.get(blank..).unwrap_or_default()),
        }
        Some(blank + 1)
    }

    fn item(&mut self, blank: usize, rest: &[u8], text: &str) -> Option<usize> {
        let at = self.at + blank as u64;
        if self.of == Of::Items
            && let Some(length) = self.read.skim(text, at)
        {
            self.state = State::Item;
            return Some(blank + length);
        }
        match value(rest) {
            Ok(value) => {
                match self.of {
                    Of::Items => self.read.element(&value, at),
                    Of::Messages => self.read.message(&value, at),
                }
                self.state = State::Item;
                Some(blank + value.length)
            }
            Err(error) if error.is_eof() => {
                self.tried = rest.len();
                None
            }
            Err(error) => {
                self.read.broken(rest, at, &error);
                self.vain.add(rest, &error);
                self.state = State::Lost;
                // The next is looked for from the bracket of this one on.
                Some(blank)
            }
        }
    }

    /// Passes over what is broken to the next item, which stands behind a comma.
    fn find(&mut self, bytes: &[u8]) -> Option<usize> {
        let mut from = 0;
        let seen = self.at + bytes.len() as u64;
        while let Some((comma, place)) = next_object(bytes, from) {
            if self.vain.is_too_much(seen) {
                return Some(bytes.len());
            }
            match value(&bytes[place..]) {
                Ok(value) if self.of.is_one(&value.text) => {
                    self.state = State::Comma;
                    return Some(place);
                }
                Err(error) if error.is_eof() && !self.is_last => {
                    self.tried = bytes.len() - comma;
                    return (comma > 0).then_some(comma);
                }
                Ok(value) => {
                    self.vain.pass(value.length);
                    from = place;
                }
                Err(error) => {
                    self.vain.add(&bytes[place..], &error);
                    from = place;
                }
            }
        }
        // A comma at the end may stand before the next.
        let before = bytes.trim_ascii_end();
        let passed = before.strip_suffix(b",").unwrap_or(before).len();
        (passed > 0).then_some(passed)
    }

    fn broken(&mut self, within: usize, why: &str) {
        let at = self.at + within as u64;
        self.read
            .tell(Problem::new(ProblemCode::JsonSyntax, why).at(at));
        self.state = State::Lost;
    }

    /// Ends with the last bytes, which were not taken.
    pub fn finish(mut self, rest: &[u8]) -> Read {
        self.is_last = true;
        let mut used = 0;
        loop {
            // What is left may be an item that was not tried again.
            self.tried = 0;
            used += self.take(&rest[used..]);
            if matches!(self.state, State::Lost | State::Tail) {
                break;
            }
            // What was taken for an item that is cut may hold whole ones.
            let left = rest.len() - used;
            self.vain.pass(left);
            self.broken(left, "the text ends where a value should stand");
        }
        if self.state == State::Tail {
            self.end();
        }
        if let Some(before) = &self.query {
            let after = String::from_utf8_lossy(&self.tail);
            self.read.asked([before, &after]);
        }
        self.read
    }

    /// What follows the list must end the file's object, and hold no second list.
    fn end(&mut self) {
        let begun: &[u8] = if self.is_bare { b"0" } else { b"{\"\":0" };
        let whole = [begun, &self.tail[..]].concat();
        let start = self.at - self.tail.len() as u64;
        if self.tail.len() < LONGEST_TAIL
            && let Err(error) = serde_json::from_slice::<IgnoredAny>(&whole)
        {
            let problem = json::problem(&whole, &error);
            let within = problem.offset.unwrap_or_default();
            let at = start + within.saturating_sub(begun.len() as u64);
            self.read.tell(problem.at(at));
            return;
        }
        let text = String::from_utf8_lossy(&self.tail);
        if ITEMS.iter().any(|key| text.contains(&format!("\"{key}\""))) {
            let why = "a second list of items follows the first";
            let problem = Problem::new(ProblemCode::JsonShape, why).at(start);
            self.read.tell(problem);
        }
    }
}

/// The place behind the bracket that opens the list of items, and the list's key; none of a list that is the whole.
fn list(head: &[u8]) -> Option<(usize, &'static str)> {
    let blank = |at: usize| {
        let rest = head.get(at..).unwrap_or_default();
        at + rest
            .iter()
            .take_while(|byte| byte.is_ascii_whitespace())
            .count()
    };
    let mut at = blank(0);
    match head.get(at)? {
        b'[' => return Some((at + 1, "")),
        b'{' => {}
        _ => return None,
    }
    loop {
        at = blank(at + 1);
        let mut names = serde_json::Deserializer::from_slice(head.get(at..)?).into_iter::<String>();
        let name = names.next()?.ok()?;
        at = blank(at + names.byte_offset());
        if head.get(at) != Some(&b':') {
            return None;
        }
        at = blank(at + 1);
        if let Some(&key) = ITEMS.iter().find(|key| **key == name) {
            return (head.get(at) == Some(&b'[')).then_some((at + 1, key));
        }
        let rest = head.get(at..)?;
        let mut from = serde_json::Deserializer::from_slice(rest);
        at = blank(at + <&RawValue>::deserialize(&mut from).ok()?.get().len());
        if head.get(at) != Some(&b',') {
            return None;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::read::items;
    use super::*;
    use proptest::prelude::*;

    /// Reads a text in pieces of some length.
    fn flowing(text: &[u8], piece: usize) -> Option<Read> {
        let mut flow = Flow::new(text, 7, |_| &[])?;
        let mut from = flow.taken() as usize;
        let mut to = from;
        while to < text.len() {
            to = (to + piece).min(text.len());
            from += flow.take(&text[from..to]);
        }
        Some(flow.finish(&text[from..]))
    }

    const TEXT: &str = r#" {"fileVersion":"1.0", "configSnapshotId" : "s","configurationItems": [ {"resourceType":"T","resourceId":"a","configuration":{"x":[1,"]}"]}} ,
        {"x":1},{"resourceType":"T","resourceId":"ü\"b"} ] , "nextToken":null}"#;

    #[test]
    fn pieces_of_any_length_give_what_the_whole_gives() {
        let whole = items(TEXT.as_bytes(), 7, |_| &[]);
        assert_eq!((whole.config.items.len(), whole.problems.len()), (2, 1));
        for piece in 1..60 {
            let read = flowing(TEXT.as_bytes(), piece).expect("a list");
            assert_eq!(read.config, whole.config, "{piece}");
            assert_eq!(read.problems, whole.problems, "{piece}");
        }
    }

    #[test]
    fn what_is_broken_has_its_place_and_what_was_before_it_is_read() {
        for (text, at) in [
            (
                r#"{"configurationItems":[{"resourceType":"T","resourceId":"a"},{"a" 3}]}"#,
                66,
            ),
            (
                r#"{"configurationItems":[{"resourceType":"T","resourceId":"a"} 3]}"#,
                61,
            ),
            (
                r#"{"configurationItems":[{"resourceType":"T","resourceId":"a"},"#,
                61,
            ),
            (
                r#"{"configurationItems":[{"resourceType":"T","resourceId":"a"}"#,
                60,
            ),
            (
                r#"{"configurationItems":[{"resourceType":"T","resourceId":"a"}],"#,
                61,
            ),
            (
                r#"{"configurationItems":[{"resourceType":"T","resourceId":"a"}],"configurationItems":[]}"#,
                61,
            ),
        ] {
            let read = flowing(text.as_bytes(), 5).expect("a list");
            assert_eq!(
                (read.config.items.len(), read.problems.len()),
                (1, 1),
                "{text}"
            );
            assert_eq!(read.problems[0].offset, Some(at), "{text}");
        }
        for text in ["", "{}", r#"{"a":1}"#, r#"{"configurationItems":3}"#] {
            assert!(flowing(text.as_bytes(), 5).is_none(), "{text}");
        }
    }

    #[test]
    fn what_stands_behind_broken_json_is_read() {
        let item = |id: &str| {
            format!(
                r#"{{"resourceType":"T","resourceId":"{id}","configurationItemCaptureTime":"2024-01-01T00:00:00Z","relationships":[{{"resourceType":"V","resourceId":"v1"}},{{"resourceType":"V","resourceId":"v2"}}]}}"#
            )
        };
        let (whole, cut) = (item("a"), &item("x")[..60]);
        for broken in [
            item("x").replace("\"relationships\":", "\"relationships\""),
            item("x").replace("}]}", "},]}"),
            item("x").replace("\"T\"", "\"T\"\""),
            cut.to_owned(),
        ] {
            let text = format!("[{whole},{broken} , {whole},{broken},{whole}]");
            for piece in [1, 7, 50, 10_000] {
                let read = flowing(text.as_bytes(), piece).expect("a list");
                let found = (read.config.items.len(), read.problems.len());
                assert_eq!(found, (3, 2), "{piece} {text}");
                let at = read.problems[0].offset.unwrap_or_default() as usize;
                assert!(at > whole.len() && at < text.len() / 2, "{at} {text}");
                for read in &read.config.items {
                    assert_eq!(&text[read.at as usize..][..whole.len()], whole);
                }
            }
        }
        let many = vec![item("x").replace(':', ""); 40].join(",");
        let read = flowing(format!("[{many},{whole}]").as_bytes(), 100).expect("a list");
        assert_eq!((read.config.items.len(), read.problems.len()), (1, 1));
        let none = vec!["{}"; 40].join(",");
        let read = flowing(format!("[{none}]").as_bytes(), 100).expect("a list");
        assert_eq!(read.problems.len(), 20);
        assert!(read.problems[19].detail.contains("20 more places"));
    }

    #[test]
    fn what_is_made_to_be_read_over_and_over_is_given_up() {
        for part in [
            r#",{"a":[1"#,
            r#",{"a":[1,{"resourceType":"T","resourceId":"a","configurationItemCaptureTime":"x"}"#,
            "\n{\"a\":[1,",
        ] {
            let list = format!("[{{}}{}", part.repeat(20_000));
            let lines = format!("{{}}{}", part.repeat(20_000));
            for text in [list, lines] {
                let begun = std::time::Instant::now();
                let read = items(text.as_bytes(), 7, |_| &[]);
                assert!(!read.problems.is_empty());
                assert!(begun.elapsed().as_secs() < 20, "{part}");
            }
        }
    }

    proptest! {
        #[test]
        fn arbitrary_bytes_never_panic(bytes in proptest::collection::vec(any::<u8>(), 0..200), piece in 1_usize..40) {
            let text = [br#"{"configurationItems":["#, &bytes[..]].concat();
            flowing(&text, piece);
        }
    }
}
