//! The text that pages show: their operators, and the maps from codes of fonts to Unicode.

use std::collections::{BTreeSet, HashMap};
use std::rc::Rc;

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

/// How deep forms may hold forms.
const FORMS: u8 = 6;
/// Pages of a file that are read.
const PAGES: usize = 100_000;

/// Appends the text of all pages.
pub(super) fn read(file: &mut File<'_>, into: &mut String) {
    let pages = in_order(file);
    let mut shown = Shown {
        maps: HashMap::new(),
        file,
        into,
    };
    for page in pages {
        shown.page(&page);
        if shown.into.len() > MOST {
            return;
        }
        shown.into.push('\n');
    }
}

/// The pages in the order in which the file's tree has them; those that no tree reaches after them, as damaged files
/// have some.
fn in_order(file: &File<'_>) -> Vec<Value> {
    let mut left: BTreeSet<u32> = BTreeSet::new();
    for (number, (value, _)) in &file.objects {
        if value.get("Type").is_name("Page") {
            left.insert(*number);
        }
    }
    let mut pages = Vec::new();
    let root = file.trailer("Root").unwrap_or_default();
    let mut seen = BTreeSet::new();
    // The last is the next.
    let mut next = vec![file.resolve(&root).get("Pages").clone()];
    while let Some(node) = next.pop() {
        let Value::Reference(number) = node else {
            continue;
        };
        if !seen.insert(number) || seen.len() > PAGES {
            continue;
        }
        let value = file.resolve(&node);
        if left.remove(&number) {
            pages.push(value);
        } else if let Value::Array(kids) = file.resolve(value.get("Kids")) {
            next.extend(kids.into_iter().rev());
        }
    }
    let numbers = left.into_iter().take(PAGES);
    pages.extend(numbers.map(|number| file.resolve(&Value::Reference(number))));
    pages
}

/// What is shown, page after page.
struct Shown<'f, 'b, 't> {
    file: &'f mut File<'b>,
    /// Maps of fonts by the objects that they are.
    maps: HashMap<u32, Rc<Map>>,
    into: &'t mut String,
}

/// What the names in a stream of operators stand for.
struct Names {
    /// Of fonts, with the object of their map to Unicode.
    fonts: Vec<(String, Option<u32>)>,
    /// Of forms, which are streams of operators that are shown by name.
    forms: Vec<(String, Value)>,
}

impl Shown<'_, '_, '_> {
    fn page(&mut self, page: &Value) {
        let begun = self.into.len();
        let names = self.names(&inherited(self.file, page));
        let contents = match page.get("Contents") {
            Value::Array(all) => all.clone(),
            one => match self.file.resolve(one) {
                Value::Array(all) => all,
                _ => vec![one.clone()],
            },
        };
        for part in contents {
            if let Some(text) = self.file.open(&part) {
                self.show(&text, &names, 0);
            }
            if self.into.len() > MOST {
                break;
            }
        }
        settle(self.into, begun);
    }

    /// What the names of `resources` stand for.
    fn names(&mut self, resources: &Value) -> Names {
        let entries = |file: &File<'_>, name| match file.resolve(resources.get(name)) {
            Value::Dictionary(entries) => entries,
            _ => Vec::new(),
        };
        let mut fonts = Vec::new();
        for (name, value) in entries(self.file, "Font") {
            let map = match self.file.resolve(&value).get("ToUnicode") {
                Value::Reference(number) => Some(*number),
                _ => None,
            };
            if let Some(number) = map
                && !self.maps.contains_key(&number)
            {
                let text = self.file.open(&Value::Reference(number));
                let map = Map::parse(&text.unwrap_or_default());
                self.maps.insert(number, Rc::new(map));
            }
            fonts.push((name, map));
        }
        let mut forms = entries(self.file, "XObject");
        forms.retain(|(_, value)| self.file.resolve(value).get("Subtype").is_name("Form"));
        Names { fonts, forms }
    }

    /// Shows a form at the place where it is named. What it inflates to counts with everything else, so that forms
    /// which name each other come to an end.
    fn form(&mut self, name: &str, names: &Names, depth: u8) {
        let Some((_, form)) = names.forms.iter().find(|(one, _)| one == name) else {
            return;
        };
        if depth >= FORMS {
            return;
        }
        let resources = self.file.resolve(self.file.resolve(form).get("Resources"));
        let Some(text) = self.file.open(form) else {
            return;
        };
        self.into.push('\n');
        match resources {
            // Without resources of its own it uses those of the page.
            Value::Null => self.show(&text, names, depth + 1),
            own => {
                let own = self.names(&own);
                self.show(&text, &own, depth + 1);
            }
        }
        self.into.push('\n');
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

/// The resources of a page, its own or those of what it stands in.
fn inherited(file: &File<'_>, page: &Value) -> Value {
    let mut node = page.clone();
    for _ in 0..PARENTS {
        let resources = file.resolve(node.get("Resources"));
        if !matches!(resources, Value::Null) {
            return resources;
        }
        node = file.resolve(node.get("Parent"));
    }
    Value::Null
}

impl Shown<'_, '_, '_> {
    /// Shows what a stream of operators shows.
    fn show(&mut self, text: &[u8], names: &Names, depth: u8) {
        let mut reader = Reader { bytes: text, at: 0 };
        let mut operands: Vec<Value> = Vec::new();
        let mut map: Option<Rc<Map>> = None;
        // The size of the font, and characters shown since text was last positioned.
        let (mut size, mut from) = (0.0, self.into.len());
        loop {
            reader.skip();
            if reader.at >= text.len() || self.into.len() > MOST {
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
                        Value::Name(name) => names.fonts.iter().find(|(font, _)| font == name),
                        _ => None,
                    });
                    map = font.and_then(|(_, map)| self.maps.get(map.as_ref()?).cloned());
                    size = operands.last().and_then(Value::number).unwrap_or(0.0);
                }
                "Tj" => operands
                    .iter()
                    .for_each(|one| decode(one.bytes(), map.as_deref(), self.into)),
                "'" | "\"" => {
                    self.into.push('\n');
                    operands
                        .iter()
                        .for_each(|one| decode(one.bytes(), map.as_deref(), self.into));
                }
                "TJ" => {
                    let parts = operands.iter().flat_map(|one| match one {
                        Value::Array(parts) => parts.as_slice(),
                        _ => &[],
                    });
                    for part in parts {
                        match part {
                            Value::Text(text) => decode(text, map.as_deref(), self.into),
                            // A step back of a fifth of the font's size and more is a space.
                            Value::Number(step) if *step < -180.0 => self.into.push(' '),
                            _ => {}
                        }
                    }
                }
                "Td" | "TD" => {
                    let down = operands.last().and_then(Value::number).unwrap_or(0.0);
                    let along = operands.first().and_then(Value::number).unwrap_or(0.0);
                    // No sign is wider than its font is tall: beyond that there is a gap. Short of it there may be one,
                    // or only the next sign.
                    let shown = self.into[from..].chars().count() as f64;
                    self.into.push(match (down == 0.0, along > size * shown) {
                        (true, true) => ' ',
                        (true, false) => MAYBE,
                        _ => '\n',
                    });
                }
                "T*" | "Tm" | "ET" => self.into.push('\n'),
                "Do" => {
                    if let Some(Value::Name(name)) = operands.last() {
                        self.form(name, names, depth);
                    }
                }
                _ => {}
            }
            if matches!(
                operator.as_str(),
                "Td" | "TD" | "T*" | "Tm" | "ET" | "BT" | "Do"
            ) {
                from = self.into.len();
            }
            operands.clear();
        }
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
