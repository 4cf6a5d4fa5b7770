//! The text that pages show: their operators, and the maps from codes of fonts to Unicode.

use std::collections::HashMap;

use super::object::{Reader, Value};
use super::{File, MOST};

/// From codes of a font to text.
#[derive(Default)]
struct Map {
    /// Bytes of a code.
    width: usize,
    codes: HashMap<u32, String>,
}

/// Codes of one font that are kept.
const CODES: usize = 70_000;
/// How far resources are inherited.
const PARENTS: usize = 16;
/// Stands for a gap that is none in files that write their spaces.
const MAYBE: char = '\u{1}';
/// Of so many signs one is a space in files that write them.
const SPACED: usize = 20;

/// Appends the text of all pages, in the order in which the file has them.
pub(super) fn read(file: &mut File<'_>, into: &mut String) {
    let pages = file
        .objects
        .values()
        .filter(|(value, _)| value.get("Type").is_name("Page"));
    let pages: Vec<Value> = pages.map(|(value, _)| value.clone()).collect();
    let mut maps: HashMap<u32, Map> = HashMap::new();
    for page in pages {
        let begun = into.len();
        let fonts = fonts(file, &page);
        for (_, map) in &fonts {
            if let Some(number) = map
                && !maps.contains_key(number)
            {
                let text = file.open(&Value::Reference(*number)).unwrap_or_default();
                maps.insert(*number, Map::parse(&text));
            }
        }
        let contents = match page.get("Contents") {
            Value::Array(all) => all.clone(),
            one => match file.resolve(one) {
                Value::Array(all) => all,
                _ => vec![one.clone()],
            },
        };
        for part in contents {
            if let Some(text) = file.open(&part) {
                show(&text, &fonts, &maps, into);
            }
            if into.len() > MOST {
                break;
            }
        }
        settle(into, begun);
        if into.len() > MOST {
            return;
        }
        into.push('\n');
    }
}

/// Decides what the gaps of a page are: spaces, unless the page writes its own.
fn settle(text: &mut String, from: usize) {
    let page = text.split_off(from);
    let (spaces, signs) = page
        .chars()
        .fold((0, 0), |(spaces, signs), sign| match sign {
            ' ' => (spaces + 1, signs + 1),
            MAYBE => (spaces, signs),
            _ => (spaces, signs + 1),
        });
    let writes = spaces * SPACED > signs;
    text.extend(page.chars().filter_map(|sign| match sign {
        MAYBE if writes => None,
        MAYBE => Some(' '),
        other => Some(other),
    }));
}

/// The fonts of a page by their names there, with the object of their map to Unicode.
fn fonts(file: &File<'_>, page: &Value) -> Vec<(String, Option<u32>)> {
    let mut node = page.clone();
    for _ in 0..PARENTS {
        let resources = file.resolve(node.get("Resources"));
        if let Value::Dictionary(entries) = file.resolve(resources.get("Font")) {
            let font = |(name, value): &(String, Value)| {
                let map = match file.resolve(value).get("ToUnicode") {
                    Value::Reference(number) => Some(*number),
                    _ => None,
                };
                (name.clone(), map)
            };
            return entries.iter().map(font).collect();
        }
        node = file.resolve(node.get("Parent"));
    }
    Vec::new()
}

fn show(text: &[u8], fonts: &[(String, Option<u32>)], maps: &HashMap<u32, Map>, into: &mut String) {
    let mut reader = Reader { bytes: text, at: 0 };
    let mut operands: Vec<Value> = Vec::new();
    let mut map: Option<&Map> = None;
    // The size of the font, and characters shown since text was last positioned.
    let (mut size, mut from) = (0.0, into.len());
    loop {
        reader.skip();
        if reader.at >= text.len() || into.len() > MOST {
            return;
        }
        let before = reader.at;
        let value = reader.value(0);
        if reader.at == before {
            reader.at += 1;
        }
        let Value::Word(operator) = value else {
            // No operator takes more.
            if operands.len() < 64 {
                operands.push(value);
            }
            continue;
        };
        match operator.as_str() {
            "Tf" => {
                let font = operands.iter().rev().find_map(|one| match one {
                    Value::Name(name) => fonts.iter().find(|(font, _)| font == name),
                    _ => None,
                });
                map = font.and_then(|(_, map)| maps.get(map.as_ref()?));
                size = operands.last().and_then(Value::number).unwrap_or(0.0);
            }
            "Tj" => operands
                .iter()
                .for_each(|one| decode(one.bytes(), map, into)),
            "'" | "\"" => {
                into.push('\n');
                operands
                    .iter()
                    .for_each(|one| decode(one.bytes(), map, into));
            }
            "TJ" => {
                let parts = operands.iter().flat_map(|one| match one {
                    Value::Array(parts) => parts.as_slice(),
                    _ => &[],
                });
                for part in parts {
                    match part {
                        Value::Text(text) => decode(text, map, into),
                        // A step back of a fifth of the font's size and more is a space.
                        Value::Number(step) if *step < -180.0 => into.push(' '),
                        _ => {}
                    }
                }
            }
            "Td" | "TD" => {
                let down = operands.last().and_then(Value::number).unwrap_or(0.0);
                let along = operands.first().and_then(Value::number).unwrap_or(0.0);
                // No sign is wider than its font is tall: beyond that there is a gap. Short of it there may be one,
                // or only the next sign.
                let shown = into[from..].chars().count() as f64;
                into.push(match (down == 0.0, along > size * shown) {
                    (true, true) => ' ',
                    (true, false) => MAYBE,
                    _ => '\n',
                });
            }
            "T*" | "Tm" | "ET" => into.push('\n'),
            _ => {}
        }
        if matches!(operator.as_str(), "Td" | "TD" | "T*" | "Tm" | "ET" | "BT") {
            from = into.len();
        }
        operands.clear();
    }
}

fn decode(text: &[u8], map: Option<&Map>, into: &mut String) {
    let Some(map) = map.filter(|map| !map.codes.is_empty()) else {
        into.push_str(&latin(text));
        return;
    };
    for code in text.chunks(map.width.max(1)) {
        let number = code
            .iter()
            .fold(0_u32, |sum, byte| sum << 8 | u32::from(*byte));
        // A code may stand for a long text, and a text may name it a million times.
        if into.len() > MOST {
            return;
        }
        if let Some(text) = map.codes.get(&number) {
            into.push_str(text);
        }
    }
}

/// A text string of the file's own: UTF-16 where it says so, else Latin-1.
pub(super) fn plain(text: &[u8]) -> String {
    match text {
        [0xfe, 0xff, rest @ ..] => wide(rest),
        [0xef, 0xbb, 0xbf, rest @ ..] => String::from_utf8_lossy(rest).into_owned(),
        _ => latin(text),
    }
}

fn wide(text: &[u8]) -> String {
    let units: Vec<u16> = text
        .chunks_exact(2)
        .map(|pair| u16::from_be_bytes([pair[0], pair[1]]))
        .collect();
    String::from_utf16_lossy(&units)
}

/// Latin-1, with the signs that Windows-1252 has between.
fn latin(text: &[u8]) -> String {
    let sign = |&byte: &u8| match byte {
        0x91 | 0x92 => '\'',
        0x93 | 0x94 => '"',
        0x96 | 0x97 => '-',
        0x95 => '•',
        8 | 12 => ' ',
        _ => byte as char,
    };
    text.iter().map(sign).collect()
}

impl Map {
    /// Reads a `ToUnicode` map: single codes and ranges.
    fn parse(text: &[u8]) -> Self {
        let mut map = Map {
            width: 1,
            ..Map::default()
        };
        let mut reader = Reader { bytes: text, at: 0 };
        let mut operands: Vec<Value> = Vec::new();
        loop {
            reader.skip();
            if reader.at >= text.len() || map.codes.len() >= CODES {
                return map;
            }
            let before = reader.at;
            let value = reader.value(0);
            if reader.at == before {
                reader.at += 1;
            }
            let Value::Word(word) = value else {
                operands.push(value);
                continue;
            };
            match word.as_str() {
                "endcodespacerange" => {
                    if let Some(first) = operands.iter().find(|one| !one.bytes().is_empty()) {
                        map.width = first.bytes().len().min(4);
                    }
                }
                "endbfchar" => {
                    for pair in operands.chunks_exact(2) {
                        map.codes.insert(code(&pair[0]), wide(pair[1].bytes()));
                    }
                }
                "endbfrange" => operands.chunks_exact(3).for_each(|range| map.range(range)),
                _ => {}
            }
            operands.clear();
        }
    }

    fn range(&mut self, range: &[Value]) {
        let (from, to) = (code(&range[0]), code(&range[1]));
        for (step, at) in (from..=to.min(from.saturating_add(0xffff))).enumerate() {
            if self.codes.len() >= CODES {
                return;
            }
            let text = match &range[2] {
                Value::Array(all) => all.get(step).map(|one| wide(one.bytes())),
                one => {
                    let start = code(one).checked_add(step as u32);
                    start.and_then(char::from_u32).map(String::from)
                }
            };
            self.codes.insert(at, text.unwrap_or_default());
        }
    }
}

fn code(value: &Value) -> u32 {
    value
        .bytes()
        .iter()
        .fold(0_u32, |sum, byte| sum << 8 | u32::from(*byte))
}
