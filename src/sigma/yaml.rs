//! YAML as far as rules need it: texts, lists, maps and nothing. Everything is bounded.

use saphyr_parser::{Event, Parser, ScalarStyle};

/// How deep values may stand within each other.
const DEEPEST: usize = 32;
/// Values of one file.
const MOST_VALUES: usize = 400_000;

/// A value.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Yaml {
    /// Nothing.
    Null,
    /// A text, a number or a truth: rules compare texts.
    Text(String),
    /// A list.
    List(Vec<Yaml>),
    /// Keys and values, in their order.
    Map(Vec<(String, Yaml)>),
}

impl Yaml {
    /// The value of a key.
    pub(super) fn get(&self, key: &str) -> Option<&Yaml> {
        match self {
            Yaml::Map(fields) => fields
                .iter()
                .find(|(name, _)| name == key)
                .map(|(_, value)| value),
            _ => None,
        }
    }

    /// The text that it is.
    pub(super) fn text(&self) -> Option<&str> {
        match self {
            Yaml::Text(text) => Some(text),
            _ => None,
        }
    }

    /// The texts of a list, or the one text that it is.
    pub(super) fn texts(&self) -> Vec<String> {
        match self {
            Yaml::Text(text) => vec![text.clone()],
            Yaml::List(all) => all
                .iter()
                .filter_map(Yaml::text)
                .map(str::to_owned)
                .collect(),
            _ => Vec::new(),
        }
    }
}

/// What was read of a file.
pub(super) struct Read {
    /// Its documents.
    pub(super) documents: Vec<Yaml>,
    /// Why reading ended before its end.
    pub(super) problem: Option<String>,
}

/// A list or a map that is not ended yet.
enum Open {
    List(Vec<Yaml>),
    /// With the key that waits for its value.
    Map(Vec<(String, Yaml)>, Option<String>),
}

/// Reads the documents of a text, at most `most`.
pub(super) fn documents(text: &str, most: usize) -> Read {
    let mut read = Read {
        documents: Vec::new(),
        problem: None,
    };
    let mut open: Vec<Open> = Vec::new();
    let mut values = 0;
    for event in Parser::new_from_str(text) {
        let (event, span) = match event {
            Ok(event) => event,
            Err(error) => {
                let at = error.marker();
                read.problem = Some(format!("line {}: {}", at.line(), error.info()));
                return read;
            }
        };
        values += 1;
        let line = span.start.line();
        let value = match event {
            Event::Scalar(text, style, ..) => Some(scalar(&text, style)),
            Event::SequenceStart(..) => {
                open.push(Open::List(Vec::new()));
                None
            }
            Event::MappingStart(..) => {
                open.push(Open::Map(Vec::new(), None));
                None
            }
            Event::SequenceEnd | Event::MappingEnd => match open.pop() {
                Some(Open::List(all)) => Some(Yaml::List(all)),
                Some(Open::Map(all, _)) => Some(Yaml::Map(all)),
                None => None,
            },
            Event::Alias(_) => {
                read.problem = Some(format!("line {line}: aliases are not supported"));
                return read;
            }
            _ => None,
        };
        if open.len() > DEEPEST || values > MOST_VALUES || read.documents.len() >= most {
            read.problem = Some(format!("line {line}: too deep or too much for a rule"));
            return read;
        }
        let Some(value) = value else { continue };
        match open.last_mut() {
            None => read.documents.push(value),
            Some(Open::List(all)) => all.push(value),
            Some(Open::Map(all, key)) => match (key.take(), value) {
                (Some(key), value) => all.push((key, value)),
                (None, Yaml::Text(text)) => *key = Some(text),
                (None, Yaml::Null) => *key = Some(String::new()),
                (None, _) => {
                    read.problem = Some(format!("line {line}: a key is no text"));
                    return read;
                }
            },
        }
    }
    read
}

fn scalar(text: &str, style: ScalarStyle) -> Yaml {
    match text {
        "" | "~" | "null" | "Null" | "NULL" if style == ScalarStyle::Plain => Yaml::Null,
        _ => Yaml::Text(text.to_owned()),
    }
}
