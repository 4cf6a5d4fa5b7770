//! Files of AWS Config, by their kind: what stands in them as rows, and what could not be read.

use std::borrow::Cow;

use foldhash::quality::FixedState;
use serde::de::IgnoredAny;
use serde::{Deserialize, Serialize};

use crate::evidence::skim::{Skim, Skimmed as _};
use crate::evidence::walk::{self, Walk};
use crate::evidence::{Problem, ProblemCode};
use crate::secret::{self, Masked};
use crate::texts::Held;

use super::certificate::{self, Certificate};
use super::described::{self, Described};
use super::flow::Flow;
use super::item::Item;
use super::kept::More;
use super::message::{self, Message};
use super::query::{Asked, RESULTS};
use super::value::{self, Vain, Value, value};
use super::wire::Wire;

/// What was read of a file.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Config {
    /// The texts of its rows.
    pub texts: Held,
    /// Configuration items.
    pub items: Vec<Item>,
    /// Messages of the stream.
    pub messages: Vec<Message>,
    /// What outputs describe.
    pub described: Vec<Described>,
    /// Certificates that the stream's envelopes are signed with.
    pub certificates: Vec<Certificate>,
    /// Secrets in configurations, each with the place of its item.
    pub secrets: Vec<(u32, Masked)>,
}

/// Secrets that are told of one file; more say nothing more.
const MOST_SECRETS: usize = 5_000;

/// Problems that are told apart in one file; the rest are counted in the last.
const MOST_PROBLEMS: usize = 20;

/// Reads a file's rows.
pub struct Read {
    /// What was read.
    pub config: Config,
    /// What was not.
    pub problems: Vec<Problem>,
    /// Problems that are counted only.
    untold: u64,
    prints: FixedState,
    more: More,
}

impl Read {
    pub(super) fn new(seed: u64, more: More) -> Self {
        Read {
            more,
            config: Config::default(),
            problems: Vec::new(),
            untold: 0,
            prints: FixedState::with_seed(seed),
        }
    }

    fn item(&mut self, raw: &str, place: (u64, usize)) {
        match Wire::read(raw) {
            Ok(wire) => self.wire(&wire, raw, place),
            Err(error) => self.problem(place.0, &error.to_string()),
        }
    }

    fn wire(&mut self, wire: &Wire<'_>, raw: &str, place: (u64, usize)) {
        match Item::of(wire, place, &mut self.config.texts, &self.prints, self.more) {
            Ok(item) => {
                self.look_for_secrets(raw, &item);
                self.config.items.push(item);
            }
            Err(why) => self.problem(place.0, &why),
        }
    }

    /// Looks into items of the types whose settings can hold secrets.
    fn look_for_secrets(&mut self, raw: &str, item: &Item) {
        let kind = self.config.texts.get(item.kind);
        if !secret::json::TYPES.contains(&kind) || self.config.secrets.len() >= MOST_SECRETS {
            return;
        }
        if !secret::may_hold(raw) {
            return;
        }
        let place = self.config.items.len() as u32;
        let found = secret::json::search(raw, secret::json::OF_ITEMS);
        let found = found.iter().map(|one| (place, Masked::from(one)));
        self.config.secrets.extend(found);
    }

    fn problem(&mut self, at: u64, why: &str) {
        let why = why.split(" at line ").next().unwrap_or(why);
        self.tell(Problem::new(ProblemCode::ItemInvalid, why).at(at));
    }

    /// Tells of a value that could not be read, by what it begins with.
    pub(super) fn broken(&mut self, rest: &[u8], at: u64, error: &serde_json::Error) {
        if self.problems.len() < MOST_PROBLEMS {
            let problem = value::problem(rest, error);
            let within = problem.offset.unwrap_or_default();
            self.tell(problem.at(at + within));
        } else {
            self.tell(Problem::new(ProblemCode::JsonSyntax, ""));
        }
    }

    /// Adds a problem, or counts it.
    pub(super) fn tell(&mut self, problem: Problem) {
        if self.problems.len() < MOST_PROBLEMS {
            self.problems.push(problem);
            return;
        }
        self.untold += 1;
        if let Some(last) = self.problems.last_mut() {
            last.detail = format!(
                "here, and at {} more places that follow, something could not be read",
                self.untold
            );
        }
    }

    /// Reads the item that a text begins with in the quick way, and says how long it is; `None` where it is cut, is
    /// none or is rare.
    pub(super) fn skim(&mut self, text: &str, at: u64) -> Option<usize> {
        let mut skim = Skim::new(text);
        let wire = Wire::skim(&mut skim)?;
        let raw = skim.since(0);
        self.wire(&wire, raw, (at, raw.len()));
        Some(raw.len())
    }

    /// Reads one of a list: an item, or a text that holds one.
    pub(super) fn element(&mut self, value: &Value<'_>, at: u64) {
        let place = self.placed(value, at);
        if value.text.starts_with('"') {
            let inner: String = serde_json::from_str(&value.text).unwrap_or_default();
            self.item(&inner, place);
        } else {
            self.item(&value.text, place);
        }
    }

    /// The place of a value, of which is told where it is no UTF-8.
    fn placed(&mut self, value: &Value<'_>, at: u64) -> (u64, usize) {
        if let Some(wrong) = value.wrong {
            self.tell(value::encoding(wrong).at(at + wrong as u64));
        }
        (at, value.length)
    }

    /// Takes from results of a query what was not asked for as a whole; `around` stands before and after them.
    pub(super) fn asked(&mut self, around: [&str; 2]) {
        let asked = Asked::read(around);
        for item in &mut self.config.items {
            asked.narrow(item, &self.config.texts);
        }
    }

    /// Reads one message of the stream, in whatever wrapping.
    pub(super) fn message(&mut self, value: &Value<'_>, at: u64) {
        let place = self.placed(value, at);
        let raw: &str = &value.text;
        // Behind marks for characters that are none, places in the text are not those in the file.
        let is_exact = raw.len() == value.length;
        let start = raw.as_ptr() as usize;
        let mut found = false;
        let is_message = message::unwrapped(raw, &mut |message| {
            for item in message::items(message.text) {
                // An item that stands in the file as it is has a place of its own.
                let within = (item.as_ptr() as usize).saturating_sub(start) as u64;
                let place = if message.stands && is_exact {
                    (at + within, item.len())
                } else {
                    place
                };
                self.item(item, place);
            }
            let message = Message::read(message, place, &mut self.config.texts);
            found = message.is_some();
            self.config.messages.extend(message);
        });
        if !is_message || !found {
            self.problem(at, "a message of AWS Config has a messageType");
        }
    }
}

/// The keys under which files and outputs hold their items.
pub(super) const ITEMS: &[&str] = &[
    "configurationItems",
    "baseConfigurationItems",
    "BaseConfigurationItems",
    RESULTS,
];

/// Reads history files, snapshots and outputs with items: under a key, as a list, or one alone.
/// `seed` is the secret by which configurations are told apart, `more` says which more of their values are kept.
pub fn items(bytes: &[u8], seed: u64, more: More) -> Read {
    let first = bytes.trim_ascii_start();
    let head = String::from_utf8_lossy(&first[..first.len().min(64 << 10)]);
    if head.starts_with('[') || leads(&head) {
        return match Flow::new(bytes, seed, more) {
            Some(flow) => flow.whole(bytes),
            None => no_list(bytes, Read::new(seed, more)),
        };
    }
    let mut read = Read::new(seed, more);
    if head.contains("\"resourceCounts\"") || head.contains("\"resourceIdentifiers\"") {
        described_in(bytes, &mut read);
    } else {
        each(bytes, &mut read, Read::element);
    }
    read
}

/// Says why no list of items begins in a file that has the key of one.
fn no_list(bytes: &[u8], mut read: Read) -> Read {
    if let Some(text) = text(bytes, &mut read) {
        let pass = |walk: &mut Walk<'_>| walk.take::<IgnoredAny>().map(|_| ());
        read.problems.extend(walk::array(text, ITEMS, pass).err());
    }
    read
}

/// Whether a key that holds items comes before the fields of an item.
fn leads(head: &str) -> bool {
    let item = head.find("\"resourceType\"").unwrap_or(usize::MAX);
    let list = ITEMS
        .iter()
        .filter_map(|key| head.find(&format!("\"{key}\"")))
        .min();
    list.is_some_and(|list| list < item)
}

/// Reads messages of the stream: one, several one after the other, or a list.
pub fn stream(bytes: &[u8], seed: u64, more: More) -> Read {
    if let Some(flow) = Flow::of_messages(bytes, seed, more) {
        return flow.whole(bytes);
    }
    let mut read = Read::new(seed, more);
    each(bytes, &mut read, Read::message);
    read
}

/// Reads what recorders and delivery channels are described as.
pub fn recorder(bytes: &[u8]) -> Read {
    let mut read = Read::new(0, |_| &[]);
    described_in(bytes, &mut read);
    read
}

/// Reads certificates of Amazon SNS.
pub fn certificates(bytes: &[u8]) -> Read {
    let mut read = Read::new(0, |_| &[]);
    if let Some(text) = text(bytes, &mut read) {
        (read.config.certificates, read.problems) = certificate::read(text);
    }
    read
}

fn described_in(bytes: &[u8], read: &mut Read) {
    each(bytes, read, |read, value, at| {
        read.placed(value, at);
        match serde_json::from_str(&value.text) {
            Ok(value) => described::read(&value, &mut read.config.described),
            Err(error) => read.broken(value.text.as_bytes(), at, &error),
        }
    });
}

fn text<'b>(bytes: &'b [u8], read: &mut Read) -> Option<&'b str> {
    match std::str::from_utf8(bytes) {
        Ok(text) => Some(text),
        Err(error) => {
            let problem = Problem::new(ProblemCode::TextEncoding, "");
            read.problems.push(problem.at(error.valid_up_to() as u64));
            None
        }
    }
}

/// Reads values that stand one after the other; behind a broken one, from the next line on that begins one.
fn each(bytes: &[u8], read: &mut Read, mut take: impl FnMut(&mut Read, &Value<'_>, u64)) {
    let mut at = 0;
    let mut vain = Vain::default();
    loop {
        at = bytes.len() - bytes[at..].trim_ascii_start().len();
        let rest = &bytes[at..];
        if rest.is_empty() {
            return;
        }
        match value(rest) {
            Ok(value) => {
                take(read, &value, at as u64);
                at += value.length;
            }
            Err(error) => {
                read.broken(rest, at as u64, &error);
                vain.add(rest, &error);
                if vain.is_too_much(bytes.len() as u64) {
                    return;
                }
                let Some(line) = rest.windows(2).position(|two| two == b"\n{") else {
                    return;
                };
                at += line + 1;
            }
        }
    }
}

/// The item within the bytes that stand where [`Item::at`] says: themselves, a text that holds it, or the
/// message that it came in.
pub fn item_text(bytes: &[u8]) -> Option<String> {
    let text = String::from_utf8_lossy(bytes);
    let text: Cow<'_, str> = match serde_json::from_str::<String>(&text) {
        Ok(inner) => Cow::Owned(inner),
        Err(_) => text,
    };
    let mut found = None;
    message::unwrapped(&text, &mut |message| {
        found = message::items(message.text)
            .first()
            .map(|item| (*item).to_owned());
    });
    found.or_else(|| {
        text.trim_start()
            .starts_with('{')
            .then(|| text.into_owned())
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const ITEM: &str = r#"{"resourceType":"AWS::S3::Bucket","resourceId":"b","awsAccountId":"1","configurationItemStatus":"OK","configuration":{"a":1}}"#;

    fn ids(read: &Read) -> Vec<&str> {
        assert!(read.problems.is_empty(), "{:?}", read.problems);
        read.config
            .items
            .iter()
            .map(|item| read.config.texts.get(item.id))
            .collect()
    }

    #[test]
    fn reads_items_in_every_form() {
        let text = serde_json::to_string(ITEM).expect("json");
        for form in [
            format!(r#"{{"fileVersion":"1.0","configurationItems":[{ITEM}]}}"#),
            format!(r#"{{"baseConfigurationItems":[{ITEM}],"unprocessed":[]}}"#),
            format!(r#"{{"Results":[{text}],"QueryInfo":{{}}}}"#),
            format!("[{ITEM}]"),
            ITEM.to_owned(),
        ] {
            let read = items(form.as_bytes(), 7, |_| &[]);
            assert_eq!(ids(&read), ["b"], "{form}");
            let item = &read.config.items[0];
            let slice = &form.as_bytes()[item.at as usize..][..item.length as usize];
            assert_eq!(item_text(slice).as_deref(), Some(ITEM));
        }
    }

    #[test]
    fn reads_messages_in_all_wrappings() {
        let message = format!(
            r#"{{"messageType":"ConfigurationItemChangeNotification","configurationItem":{ITEM},"notificationCreationTime":"2024-01-01T00:00:00Z"}}"#
        );
        let quoted = serde_json::to_string(&message).expect("json");
        for form in [
            message.clone(),
            format!(r#"{{"Type":"Notification","MessageId":"m","Message":{quoted}}}"#),
            format!(r#"{{"Type":"Notification","MessageId":"m","Message":{message}}}"#),
            format!(r#"{{"detail-type":"Config Configuration Item Change","detail":{message}}}"#),
            format!(r#"{{"invokingEvent":{quoted},"configRuleName":"r"}}"#),
            format!("[{message}]"),
        ] {
            let read = stream(form.as_bytes(), 7, |_| &[]);
            assert_eq!(ids(&read), ["b"], "{form}");
            assert!(matches!(
                read.config.messages[0].body,
                super::super::Body::Item { .. }
            ));
            let item = &read.config.items[0];
            let slice = &form.as_bytes()[item.at as usize..][..item.length as usize];
            assert_eq!(item_text(slice).as_deref(), Some(ITEM), "{form}");
        }
    }

    #[test]
    fn a_bad_item_is_reported_with_its_place_and_the_next_is_read() {
        let form = format!(r#"{{"configurationItems":[{{"x":1}},{ITEM}]}}"#);
        let read = items(form.as_bytes(), 7, |_| &[]);
        assert_eq!((read.config.items.len(), read.problems.len()), (1, 1));
        assert_eq!(read.problems[0].offset, Some(23));
        let broken = format!(r#"{{"configurationItems":[{ITEM},{{"a" 3}}]}}"#);
        let read = items(broken.as_bytes(), 7, |_| &[]);
        assert_eq!((read.config.items.len(), read.problems.len()), (1, 1));
        assert_eq!(read.problems[0].code, ProblemCode::JsonSyntax);
    }

    #[test]
    fn a_broken_line_or_character_costs_no_other() {
        let bad = ITEM.replace("\"a\"", "\"a\" 3");
        let lines = format!("{ITEM}\n{bad}\r\n{ITEM}\n{}\n{ITEM}", &ITEM[..40]);
        let read = items(lines.as_bytes(), 7, |_| &[]);
        assert_eq!((read.config.items.len(), read.problems.len()), (3, 2));
        let offset = read.problems[0].offset.unwrap_or_default() as usize;
        assert!((ITEM.len()..ITEM.len() * 2 + 9).contains(&offset));
        // One byte that is no character is told, and the item is read with a mark in its place.
        let message = format!(
            r#"{{"messageType":"ConfigurationItemChangeNotification","configurationItem":{ITEM}}}"#
        );
        let in_latin = |text: &str| text.replace("\"OK\"", "\"?\"").into_bytes();
        let with = |bytes: Vec<u8>| -> Vec<u8> {
            let change = |byte: u8| if byte == b'?' { 0xe9 } else { byte };
            bytes.into_iter().map(change).collect()
        };
        for text in [
            format!(r#"{{"fileVersion":"1.0","configurationItems":[{ITEM},{ITEM}]}}"#),
            format!("{ITEM}\n{ITEM}"),
        ] {
            let read = items(&with(in_latin(&text)), 7, |_| &[]);
            assert_eq!(
                (read.config.items.len(), read.problems.len()),
                (2, 2),
                "{text}"
            );
            assert_eq!(read.problems[0].code, ProblemCode::TextEncoding);
        }
        for text in [message.clone(), format!("[{message},{message}]")] {
            let read = stream(&with(in_latin(&text)), 7, |_| &[]);
            assert_eq!(read.config.items.len(), read.config.messages.len());
            assert_eq!(read.config.items.len(), read.problems.len());
        }
        let read = stream(format!("[{{\"a\" 3}},{message}]").as_bytes(), 7, |_| &[]);
        assert_eq!((read.config.messages.len(), read.problems.len()), (1, 1));
        // Another encoding is none at all.
        let wide: Vec<u8> = ITEM.bytes().flat_map(|byte| [byte, 0]).collect();
        let read = items(&[&[0xff, 0xfe], &wide[..]].concat(), 7, |_| &[]);
        assert_eq!(read.problems[0].code, ProblemCode::TextEncoding);
    }
}
