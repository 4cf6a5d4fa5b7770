//! Text and metadata of a PDF file (ISO 32000-1), as far as an audit report needs them.
//!
//! Objects are found by looking for them rather than by the file's own tables, so that damaged tables do not
//! matter. Fonts without a map to Unicode are read as Latin-1. Encrypted files give no text, and say so.

mod armour;
mod object;
mod page;

use std::collections::{BTreeMap, BTreeSet};
use std::io::Read as _;

use flate2::read::ZlibDecoder;

use super::{Document, MOST};
use object::{Value, parse};

/// Objects of a file that are looked at.
const OBJECTS: usize = 200_000;
/// Filters of one stream.
const FILTERS: usize = 4;
/// What opening a stream counts for beside its bytes.
const OPENED: usize = 256;
/// Files within one file that are handed out.
const ATTACHED: usize = 1_000;

/// All objects, and what is left of the bytes that streams may inflate to.
struct File<'b> {
    bytes: &'b [u8],
    objects: BTreeMap<u32, (Value, Option<(usize, usize)>)>,
    /// Objects in the order of the file, the number of each and where it stands.
    order: Vec<(u32, usize)>,
    left: usize,
    /// Whether a stream was opened that is not whole.
    damaged: bool,
}

/// Reads a file.
pub(super) fn read(bytes: &[u8]) -> Document {
    let mut file = File::find(bytes);
    let mut document = Document {
        form: "application/pdf",
        encrypted: file.trailer("Encrypt").is_some(),
        ..Document::default()
    };
    if document.encrypted {
        return document;
    }
    file.open_packed();
    if let Some(info) = file.trailer("Info") {
        let info = file.resolve(&info);
        document.title = page::plain(info.get("Title").bytes());
        let date = page::plain(info.get("CreationDate").bytes());
        let date = date.strip_prefix("D:").unwrap_or(&date);
        if date.len() >= 8
            && date.is_char_boundary(8)
            && date[..8].bytes().all(|byte| byte.is_ascii_digit())
        {
            document.created = format!("{}-{}-{}", &date[..4], &date[4..6], &date[6..8]);
        }
    }
    document.attached = file.attached().len();
    page::read(&mut file, &mut document.text);
    document
}

/// The files that a file holds beside its pages (7.11.4).
pub struct Attached<'b> {
    file: File<'b>,
    left: std::vec::IntoIter<(String, Value)>,
}

impl<'b> Attached<'b> {
    pub(super) fn of(bytes: &'b [u8]) -> Self {
        let mut file = File::find(bytes);
        file.open_packed();
        let left = file.attached().into_iter();
        Attached { file, left }
    }

    /// The next, with the name that is stated for it; without its bytes where they are more than `limit`, damaged, or
    /// packed in a way that is not known here.
    pub fn next(&mut self, limit: usize) -> Option<(String, Option<Vec<u8>>)> {
        let (name, stream) = self.left.next()?;
        // One byte more tells that there are more.
        self.file.left = limit.saturating_add(1);
        self.file.damaged = false;
        let content = self.file.open(&stream);
        let content = content.filter(|content| content.len() <= limit && !self.file.damaged);
        Some((name, content))
    }
}

impl<'b> File<'b> {
    fn find(bytes: &'b [u8]) -> Self {
        let mut file = File {
            bytes,
            objects: BTreeMap::new(),
            order: Vec::new(),
            left: MOST,
            damaged: false,
        };
        file.find_objects();
        file
    }

    /// The files that it holds: their names, and where their bytes stand. Each is told once, however often it is named.
    fn attached(&self) -> Vec<(String, Value)> {
        let mut seen = BTreeSet::new();
        let mut attached = Vec::new();
        let mut next: Vec<&Value> = self.objects.values().map(|(value, _)| value).collect();
        // The last is the next: objects in their order.
        next.reverse();
        while let Some(value) = next.pop() {
            match value {
                Value::Array(all) => next.extend(all.iter().rev()),
                Value::Dictionary(entries) => {
                    next.extend(entries.iter().rev().map(|(_, inner)| inner));
                }
                _ => continue,
            }
            let held = self.resolve(value.get("EF"));
            let either = |of: &Value| match of.get("UF") {
                Value::Null => of.get("F").clone(),
                unicode => unicode.clone(),
            };
            let stream = either(&held);
            let Value::Reference(number) = stream else {
                continue;
            };
            if attached.len() >= ATTACHED || !seen.insert(number) {
                continue;
            }
            let name = page::plain(self.resolve(&either(value)).bytes());
            let name = match name.trim() {
                "" => format!("attachment {number}"),
                name => name.to_owned(),
            };
            attached.push((name, stream));
        }
        attached
    }

    /// Finds `N G obj` wherever it stands. Later objects of a number replace earlier ones, as updates do.
    fn find_objects(&mut self) {
        let mut at = 0;
        // Objects that never end would each be read to the end of the file.
        let mut work = 0;
        while let Some(found) = find(&self.bytes[at..], b" obj") {
            let place = at + found;
            at = place + 4;
            let Some(number) = number_before(self.bytes, place) else {
                continue;
            };
            let (value, end) = parse(self.bytes, at);
            let is_packed = !matches!(value.get("Length"), Value::Null);
            let stream = is_packed.then(|| self.stream(&value, end)).flatten();
            work += match stream {
                Some((_, to)) => to - at,
                None if is_packed => self.bytes.len() - at,
                None => end - at,
            };
            at = stream.map_or(at, |(_, to)| to);
            self.objects.insert(number, (value, stream));
            self.order.push((number, place));
            if self.objects.len() >= OBJECTS || work > 4 * self.bytes.len() {
                return;
            }
        }
    }

    /// Where the bytes of a stream stand that follows a dictionary.
    fn stream(&self, value: &Value, end: usize) -> Option<(usize, usize)> {
        let rest = self.bytes.get(end..)?;
        let skip = rest.iter().position(|byte| !byte.is_ascii_whitespace())?;
        let body = rest[skip..].strip_prefix(b"stream")?;
        let body = body
            .strip_prefix(b"\r\n")
            .or_else(|| body.strip_prefix(b"\n"))
            .unwrap_or(body);
        let from = self.bytes.len() - body.len();
        // The stated length, if the stream does end there; else wherever it ends.
        let stated = value.get("Length").number().map(|length| length as usize);
        let ends = |length: &usize| {
            let after = body.get(*length..).unwrap_or_default();
            after[..after.len().min(16)]
                .trim_ascii_start()
                .starts_with(b"endstream")
        };
        let length = stated.filter(ends).or_else(|| find(body, b"endstream"))?;
        Some((from, from + length))
    }

    /// Objects that stand packed in streams, as newer files have them.
    fn open_packed(&mut self) {
        // What is appended to a file replaces what was there, packed or not: the last of a number counts.
        let order = std::mem::take(&mut self.order);
        let mut last = BTreeMap::new();
        for &(number, place) in &order {
            last.insert(number, place);
        }
        for (number, place) in order {
            let is_last = last.get(&number) == Some(&place);
            let held = self.objects.get(&number).filter(|_| is_last).cloned();
            let Some((value, stream)) =
                held.filter(|(value, _)| value.get("Type").is_name("ObjStm"))
            else {
                continue;
            };
            let Some(text) = self.inflate(&value, stream) else {
                continue;
            };
            let first = value.get("First").number().unwrap_or(0.0) as usize;
            let head = String::from_utf8_lossy(text.get(..first).unwrap_or_default()).into_owned();
            let numbers: Vec<usize> = head
                .split_ascii_whitespace()
                .filter_map(|word| word.parse().ok())
                .collect();
            for pair in numbers.chunks_exact(2).take(OBJECTS) {
                let (inner, _) = parse(&text, first.saturating_add(pair[1]));
                let number = pair[0] as u32;
                if last.get(&number).is_none_or(|held| *held < place) {
                    self.objects.insert(number, (inner, None));
                    last.insert(number, place);
                }
            }
        }
    }

    /// An entry of the last trailer that has it: of a table, or of a stream that stands for one.
    fn trailer(&self, name: &str) -> Option<Value> {
        let of_stream = self
            .objects
            .values()
            .rev()
            .filter(|(value, _)| value.get("Type").is_name("XRef"));
        let mut found = of_stream.map(|(value, _)| value.get(name).clone());
        let mut at = 0;
        let mut last = found.find(|value| !matches!(value, Value::Null));
        while let Some(place) = find(&self.bytes[at..], b"trailer") {
            at += place + 7;
            let (value, end) = parse(self.bytes, at);
            at = end.max(at);
            if !matches!(value.get(name), Value::Null) {
                last = Some(value.get(name).clone());
            }
        }
        last
    }

    fn resolve(&self, value: &Value) -> Value {
        let mut value = value;
        for _ in 0..8 {
            match value {
                Value::Reference(number) => match self.objects.get(number) {
                    Some((inner, _)) => value = inner,
                    None => return Value::Null,
                },
                _ => break,
            }
        }
        value.clone()
    }

    /// The bytes of the stream that a reference names.
    fn open(&mut self, value: &Value) -> Option<Vec<u8>> {
        let Value::Reference(number) = value else {
            return None;
        };
        let (value, stream) = self.objects.get(number)?.clone();
        self.inflate(&value, stream)
    }

    fn inflate(&mut self, value: &Value, stream: Option<(usize, usize)>) -> Option<Vec<u8>> {
        let (from, to) = stream?;
        let raw = self.bytes.get(from..to)?;
        let filter = value.get("Filter");
        let filters: Vec<&Value> = match filter {
            Value::Null => Vec::new(),
            Value::Array(all) => all.iter().take(FILTERS).collect(),
            one => vec![one],
        };
        let mut out = Vec::new();
        if filters.is_empty() {
            out.extend_from_slice(&raw[..raw.len().min(self.left)]);
        }
        for (at, filter) in filters.into_iter().enumerate() {
            let Value::Name(name) = filter else {
                return None;
            };
            let input = if at == 0 { raw } else { &out };
            out = match name.as_str() {
                // A damaged stream gives what it holds up to there.
                "FlateDecode" | "Fl" => {
                    let mut inflated = Vec::new();
                    let read = ZlibDecoder::new(input)
                        .take(self.left as u64)
                        .read_to_end(&mut inflated);
                    self.damaged |= read.is_err();
                    inflated
                }
                "ASCII85Decode" | "A85" => armour::base85(input),
                "ASCIIHexDecode" | "AHx" => armour::hexadecimal(input),
                _ => return None,
            };
        }
        out.truncate(self.left);
        // What is opened again and again counts again, though it may give nothing.
        let cost = out.len().max(raw.len()) + OPENED;
        self.left = self.left.saturating_sub(cost);
        Some(out)
    }
}

fn find(hay: &[u8], needle: &[u8]) -> Option<usize> {
    let first = *needle.first()?;
    let mut at = 0;
    while let Some(found) = hay[at..].iter().position(|&byte| byte == first) {
        at += found;
        if hay[at..].starts_with(needle) {
            return Some(at);
        }
        at += 1;
    }
    None
}

/// The number of the object whose generation ends at `place`.
fn number_before(bytes: &[u8], place: usize) -> Option<u32> {
    let head = &bytes[place.saturating_sub(24)..place];
    let text = std::str::from_utf8(head).ok().or_else(|| {
        let ascii = head.iter().rposition(|byte| !byte.is_ascii())? + 1;
        std::str::from_utf8(&head[ascii..]).ok()
    })?;
    let mut words = text.rsplit(|sign: char| !sign.is_ascii_digit());
    words.next()?.parse::<u32>().ok()?;
    words.next()?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A stream that holds an object with a text.
    fn packed(number: u32, inner: u32, text: &str) -> String {
        let head = format!("{inner} 0 ");
        let (first, length) = (head.len(), head.len() + text.len() + 2);
        format!(
            "{number} 0 obj\n<< /Type /ObjStm /N 1 /First {first} /Length {length} >>\nstream\n{head}({text})\nendstream\nendobj\n"
        )
    }

    #[test]
    fn what_is_appended_replaces_what_was_there() {
        let text_of = |parts: [&str; 2]| {
            let bytes = parts.concat().into_bytes();
            let mut file = File::find(&bytes);
            file.open_packed();
            page::plain(file.resolve(&Value::Reference(1)).bytes())
        };
        let plain = |text: &str| format!("1 0 obj\n({text})\nendobj\n");
        for (old, new) in [
            (packed(5, 1, "old"), packed(9, 1, "new")),
            (packed(9, 1, "old"), packed(5, 1, "new")),
            (plain("old"), packed(5, 1, "new")),
            (packed(5, 1, "old"), plain("new")),
        ] {
            assert_eq!(text_of([&old, &new]), "new", "{old}{new}");
        }
    }
}
