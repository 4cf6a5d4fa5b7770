//! Selections of rules: which fields must have which values.

use std::borrow::Cow;
use std::net::IpAddr;
use std::sync::OnceLock;

use regex::bytes::{Regex, RegexBuilder};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::condition::{every, some};
use super::glob::Glob;
use super::yaml::Yaml;

/// Bytes that a pattern may take when it is prepared.
const PATTERN_SIZE: usize = 1 << 20;

/// What a selection asks for.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum Selection {
    /// One of these maps: all of its fields.
    Fields(Vec<Vec<Field>>),
    /// One of these words, anywhere in the record.
    Words(Vec<Glob>),
}

/// A field and what it must be.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Field {
    name: String,
    /// Whether all values must be there, not only one.
    all: bool,
    wants: Vec<Want>,
}

/// What a value must be.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
enum Want {
    /// Absent, or null.
    Null,
    /// Like a text with wildcards.
    Like(Glob),
    /// Matched by a pattern.
    Pattern(Pattern),
    /// An address of a network.
    Network(IpAddr, u8),
    /// A number that compares so.
    Number(Compare, f64),
    /// There, or not.
    Exists(bool),
    /// As another field is, with anything before and after it.
    Field(String, bool, bool),
}

/// How numbers compare.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
enum Compare {
    Less,
    AtMost,
    More,
    AtLeast,
}

/// A regular expression; prepared when it is first asked.
#[derive(Clone, Debug, Serialize, Deserialize)]
struct Pattern {
    text: String,
    ignores_case: bool,
    #[serde(skip)]
    ready: OnceLock<Option<Regex>>,
}

impl PartialEq for Pattern {
    fn eq(&self, other: &Self) -> bool {
        (&self.text, self.ignores_case) == (&other.text, other.ignores_case)
    }
}

impl Pattern {
    fn prepared(&self) -> Option<&Regex> {
        let prepare = || {
            // Patterns of rules are about names and addresses: bytes, without the tables of Unicode.
            RegexBuilder::new(&self.text)
                .unicode(false)
                .case_insensitive(self.ignores_case)
                .size_limit(PATTERN_SIZE)
                .dfa_size_limit(PATTERN_SIZE)
                .build()
                .ok()
        };
        self.ready.get_or_init(prepare).as_ref()
    }
}

/// What is told of a field.
pub enum Told<'f> {
    /// Nothing: whether it is there is not known.
    Unknown,
    /// Its values: none where it is absent.
    Values(Vec<&'f Value>),
}

/// Where fields are looked up.
pub trait Fields {
    /// The values of a field, by its path.
    fn values(&self, path: &str) -> Told<'_>;
    /// All of the record as text, where that is known.
    fn text(&self) -> Option<&str>;
}

/// A record.
pub struct Record<'r> {
    value: &'r Value,
    text: OnceLock<String>,
}

impl<'r> Record<'r> {
    /// A record whose fields are all told.
    pub fn new(value: &'r Value) -> Self {
        Record {
            value,
            text: OnceLock::new(),
        }
    }
}

impl Fields for Record<'_> {
    fn values(&self, path: &str) -> Told<'_> {
        let mut found = Vec::new();
        look_up(self.value, path, &mut found);
        Told::Values(found)
    }

    fn text(&self) -> Option<&str> {
        Some(self.text.get_or_init(|| self.value.to_string()))
    }
}

/// The values at a path; those within lists all count.
fn look_up<'v>(value: &'v Value, path: &str, found: &mut Vec<&'v Value>) {
    match value {
        Value::Array(items) => items.iter().for_each(|item| look_up(item, path, found)),
        Value::Object(fields) => {
            if let Some(value) = fields.get(path) {
                spread(value, found);
            } else if let Some((head, rest)) = path.split_once('.')
                && let Some(value) = fields.get(head)
            {
                look_up(value, rest, found);
            }
        }
        _ => {}
    }
}

fn spread<'v>(value: &'v Value, found: &mut Vec<&'v Value>) {
    match value {
        Value::Array(items) => items.iter().for_each(|item| spread(item, found)),
        value => found.push(value),
    }
}

/// A call: of its record only name and service are told.
pub struct Call {
    name: Value,
    source: Value,
}

impl Call {
    /// A call of a service, as the record names both.
    pub fn new(name: &str, source: &str) -> Self {
        Call {
            name: name.into(),
            source: source.into(),
        }
    }
}

impl Fields for Call {
    fn values(&self, path: &str) -> Told<'_> {
        let value = match path {
            "eventName" => &self.name,
            "eventSource" => &self.source,
            _ => return Told::Unknown,
        };
        let is_absent = value.as_str() == Some("");
        Told::Values(if is_absent { Vec::new() } else { vec![value] })
    }

    fn text(&self) -> Option<&str> {
        None
    }
}

impl Selection {
    pub(super) fn read(value: &Yaml) -> Result<Self, String> {
        match value {
            Yaml::Map(fields) => Ok(Selection::Fields(vec![map(fields)?])),
            Yaml::List(all) if !all.is_empty() => {
                let maps = all.iter().filter_map(|one| match one {
                    Yaml::Map(fields) => Some(map(fields)),
                    _ => None,
                });
                let maps: Vec<Vec<Field>> = maps.collect::<Result<_, _>>()?;
                let words: Vec<Glob> = all
                    .iter()
                    .filter_map(Yaml::text)
                    .map(|word| Glob::new(word, false).within(true, true))
                    .collect();
                match (maps.len(), words.len()) {
                    (0, words_found) if words_found == all.len() => Ok(Selection::Words(words)),
                    (found, 0) if found == all.len() => Ok(Selection::Fields(maps)),
                    _ => Err("a selection mixes words and fields".to_owned()),
                }
            }
            _ => Err("a selection is a map of fields or a list".to_owned()),
        }
    }

    /// Whether it holds; `None` where that depends on fields that are not told.
    pub fn holds(&self, fields: &dyn Fields) -> Option<bool> {
        match self {
            Selection::Fields(maps) => some(
                maps.iter()
                    .map(|map| every(map.iter().map(|field| field.holds(fields)))),
            ),
            Selection::Words(words) => {
                let text = fields.text()?;
                Some(words.iter().any(|word| word.is(text)))
            }
        }
    }
}

fn map(fields: &[(String, Yaml)]) -> Result<Vec<Field>, String> {
    if fields.is_empty() {
        return Err("a selection has no fields".to_owned());
    }
    fields
        .iter()
        .map(|(name, value)| Field::read(name, value))
        .collect()
}

#[derive(Default)]
struct Modifiers {
    all: bool,
    cased: bool,
    ignores_case: bool,
    before: bool,
    after: bool,
    field: bool,
    exists: bool,
    pattern: bool,
    network: bool,
    compare: Option<Compare>,
}

impl Modifiers {
    fn read(words: std::str::Split<'_, char>) -> Result<Self, String> {
        let mut found = Modifiers::default();
        for word in words {
            match word.to_ascii_lowercase().as_str() {
                "all" => found.all = true,
                "cased" => found.cased = true,
                "contains" => (found.before, found.after) = (true, true),
                "startswith" => found.after = true,
                "endswith" => found.before = true,
                "fieldref" => found.field = true,
                "exists" => found.exists = true,
                "re" => found.pattern = true,
                "i" if found.pattern => found.ignores_case = true,
                "cidr" => found.network = true,
                "lt" => found.compare = Some(Compare::Less),
                "lte" => found.compare = Some(Compare::AtMost),
                "gt" => found.compare = Some(Compare::More),
                "gte" => found.compare = Some(Compare::AtLeast),
                _ => return Err(format!("the modifier {word:?} is not supported")),
            }
        }
        Ok(found)
    }

    fn want(&self, value: &Yaml) -> Result<Want, String> {
        let text = match value {
            Yaml::Text(text) => text.as_str(),
            Yaml::Null => return Ok(Want::Null),
            _ => return Err("a value is no text".to_owned()),
        };
        if self.exists {
            return match text.to_ascii_lowercase().as_str() {
                "true" | "yes" => Ok(Want::Exists(true)),
                "false" | "no" => Ok(Want::Exists(false)),
                _ => Err("exists is true or false".to_owned()),
            };
        }
        if self.field {
            return Ok(Want::Field(text.to_owned(), self.before, self.after));
        }
        if self.pattern {
            let pattern = Pattern {
                text: text.to_owned(),
                ignores_case: self.ignores_case,
                ready: OnceLock::new(),
            };
            return match pattern.prepared() {
                Some(_) => Ok(Want::Pattern(pattern)),
                None => Err(format!("the pattern {text:?} cannot be read")),
            };
        }
        if self.network {
            let (address, bits) = text.split_once('/').unwrap_or((text, ""));
            let address: Option<IpAddr> = address.parse().ok();
            let most: u8 = if address.is_some_and(|address| address.is_ipv6()) {
                128
            } else {
                32
            };
            let bits = if bits.is_empty() {
                Some(most)
            } else {
                bits.parse().ok()
            };
            return match (address, bits) {
                (Some(address), Some(bits)) if bits <= most => Ok(Want::Network(address, bits)),
                _ => Err(format!("{text:?} is no network")),
            };
        }
        if let Some(compare) = self.compare {
            let number: Option<f64> = text.parse().ok();
            return number
                .map(|number| Want::Number(compare, number))
                .ok_or_else(|| format!("{text:?} is no number"));
        }
        Ok(Want::Like(
            Glob::new(text, self.cased).within(self.before, self.after),
        ))
    }
}

impl Field {
    fn read(name: &str, value: &Yaml) -> Result<Self, String> {
        let mut words = name.split('|');
        let field = words.next().unwrap_or_default();
        if field.is_empty() {
            return Err("a field has no name".to_owned());
        }
        let modifiers = Modifiers::read(words).map_err(|reason| format!("{field}: {reason}"))?;
        let values: &[Yaml] = match value {
            Yaml::List(all) => all,
            one => std::slice::from_ref(one),
        };
        if values.is_empty() {
            return Err(format!("{field} has no value"));
        }
        let wants: Result<Vec<Want>, String> =
            values.iter().map(|value| modifiers.want(value)).collect();
        Ok(Field {
            name: field.to_owned(),
            all: modifiers.all,
            wants: wants.map_err(|reason| format!("{field}: {reason}"))?,
        })
    }

    fn holds(&self, fields: &dyn Fields) -> Option<bool> {
        let values = match fields.values(&self.name) {
            Told::Unknown => return None,
            Told::Values(values) => values,
        };
        let wants = self.wants.iter().map(|want| want.holds(&values, fields));
        if self.all { every(wants) } else { some(wants) }
    }
}

impl Want {
    fn holds(&self, values: &[&Value], fields: &dyn Fields) -> Option<bool> {
        let any = |fits: &dyn Fn(&str) -> bool| {
            Some(
                values
                    .iter()
                    .filter(|value| !value.is_null())
                    .any(|value| fits(&text(value))),
            )
        };
        match self {
            Want::Null => Some(values.iter().all(|value| value.is_null())),
            Want::Exists(there) => Some(*there != values.is_empty()),
            Want::Like(glob) => any(&|text| glob.is(text)),
            Want::Pattern(pattern) => {
                let ready = pattern.prepared()?;
                any(&|text| ready.is_match(text.as_bytes()))
            }
            Want::Network(network, bits) => any(&|text| is_within(text, *network, *bits)),
            Want::Number(compare, bound) => any(&|text| {
                text.parse::<f64>().is_ok_and(|number| match compare {
                    Compare::Less => number < *bound,
                    Compare::AtMost => number <= *bound,
                    Compare::More => number > *bound,
                    Compare::AtLeast => number >= *bound,
                })
            }),
            Want::Field(other, before, after) => {
                let Told::Values(others) = fields.values(other) else {
                    return None;
                };
                let others = others.into_iter().filter(|value| !value.is_null());
                let others: Vec<String> = others.map(|value| text(value).to_lowercase()).collect();
                any(&|own| {
                    let own = own.to_lowercase();
                    others.iter().any(|other| match (before, after) {
                        (true, true) => own.contains(other),
                        (true, false) => own.ends_with(other),
                        (false, true) => own.starts_with(other),
                        (false, false) => own == *other,
                    })
                })
            }
        }
    }
}

/// A value as rules see it: a text as it stands, anything else as its JSON.
fn text(value: &Value) -> Cow<'_, str> {
    match value {
        Value::String(text) => Cow::Borrowed(text),
        other => Cow::Owned(other.to_string()),
    }
}

fn is_within(text: &str, network: IpAddr, bits: u8) -> bool {
    let shifted = |address: IpAddr| match address {
        IpAddr::V4(v4) => u128::from(u32::from(v4))
            .checked_shr(32 - u32::from(bits.min(32)))
            .unwrap_or(0),
        IpAddr::V6(v6) => u128::from(v6)
            .checked_shr(128 - u32::from(bits.min(128)))
            .unwrap_or(0),
    };
    text.parse::<IpAddr>().is_ok_and(|address| {
        address.is_ipv4() == network.is_ipv4() && shifted(address) == shifted(network)
    })
}
