//! What a file holds that is no evidence itself: its content type, extension, themes, regexes, class and
//! personal data, as Macie Classic classified the objects of buckets.
//!
//! May use: `evidence`, `document`, `secret`. A reader says what it found; what that is worth is decided in `risk`, by
//! values that users can change. Counts are handed on, values never.

mod classifier;
mod content_type;
mod found;
mod personal;
mod search;
mod tables;

use serde::{Deserialize, Serialize};

pub use classifier::{FEATURES, features};
pub use found::{covered, found};
pub use personal::{Counts, Impact, Personal, luhn};
pub use tables::{CLASSES, Row, Way};

use crate::document::Document;
use crate::order::sorted;

/// Bytes of an object that are looked at: the first 20 MB, as in Macie Classic.
pub const FAR: usize = 20 << 20;

/// What a reader found in an object.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Object {
    /// The row of its content type.
    pub content_type: u16,
    /// The row of its extension, where the model has it.
    pub extension: Option<u8>,
    /// Rows of the themes that hold.
    pub themes: Vec<u8>,
    /// Rows of the regexes that matched often enough, with their matches.
    pub regexes: Vec<(u8, u32)>,
    /// The row of its class, where the model is sure enough.
    pub class: Option<u8>,
    /// Personal data, counted.
    pub personal: Counts,
    /// Bytes of text that were searched; 0 where there was no text to be had.
    pub searched: u32,
}

/// Classifies an object by its name and content, and by its text where it is a document.
pub fn classify(path: &str, content: &[u8], document: Option<&Document>) -> Object {
    let content = &content[..content.len().min(FAR)];
    let extension = extension(path);
    let mut object = Object {
        content_type: content_type::of(extension, content),
        extension: Way::Extension.find(extension).map(|at| at as u8),
        ..Object::default()
    };
    if let Some(document) = document {
        // What its name tells of a container is finer.
        let is_open = |at: u16| {
            let name = Way::ContentType.rows()[usize::from(at)].name;
            ["application/zip", "application/octet-stream"].contains(&name)
        };
        if let Some(found) = Way::ContentType.find(document.form)
            && is_open(object.content_type)
        {
            object.content_type = found as u16;
        }
        search(&mut object, document.text.as_bytes());
    } else if content_type::is_text(content) {
        search(&mut object, content);
    }
    object
}

/// What a bare name tells: content type, extension, and the themes whose keywords it holds.
pub fn by_name(path: &str) -> Object {
    let extension = extension(path);
    // Words of names are joined by other signs than those of texts.
    let words = |byte: u8| if b"_-./+".contains(&byte) { b' ' } else { byte };
    let words: Vec<u8> = path.bytes().map(words).collect();
    Object {
        content_type: content_type::of(extension, &[]),
        extension: Way::Extension.find(extension).map(|at| at as u8),
        themes: search::themes(&words),
        ..Object::default()
    }
}

fn extension(path: &str) -> &str {
    let file = path.rsplit(['/', '\\']).next().unwrap_or(path);
    if file.len() > 7 && file.ends_with(".tar.gz") {
        return "tar.gz";
    }
    let row = |end: &str| {
        Way::Extension
            .rows()
            .iter()
            .find(|row| row.name.eq_ignore_ascii_case(end))
    };
    match file.rsplit_once('.') {
        Some((stem, end)) if !stem.is_empty() => row(end).map_or(end, |row| row.name),
        _ => "",
    }
}

fn search(object: &mut Object, text: &[u8]) {
    let text = &text[..text.len().min(FAR)];
    let found = search::search(text);
    let tally = personal::count(text, &found, None);
    object.themes = found.themes;
    object.personal = tally.personal;
    let rows = Way::Regex.rows();
    let shapes = personal::SHAPES.iter().zip(tally.shapes);
    let shapes = shapes.filter_map(|(name, count)| Some((Way::Regex.find(name)? as u8, count)));
    let all: Vec<(u8, u32)> = found.patterns.into_iter().chain(shapes).collect();
    let mut all = sorted(all, Ord::cmp);
    // Keys are a category of personal data too: told by their form, or by the model's regexes.
    let keys = all
        .iter()
        .filter(|(at, _)| KEYS.contains(&rows[*at as usize].name));
    object.personal[Personal::AccessKey as usize] =
        found.keys + keys.map(|(_, count)| count).sum::<u32>();
    all.retain(|&(at, count)| count >= rows[at as usize].least);
    object.regexes = all;
    object.class = classifier::class(text);
    object.searched = text.len() as u32;
}

/// Regexes that find an access or API key that has no form of its own.
const KEYS: [&str; 3] = ["facebook_secret", "heroku_key", "slack_api_key"];
