//! Texts that repeat, each held once.

use std::collections::HashMap;
use std::hash::BuildHasher as _;

use hashbrown::HashTable;
use serde::{Deserialize, Serialize};

use crate::room::List;

/// A text that is held once; 0 is the empty one.
pub type Text = u32;

/// Bytes of texts that are held in one piece. All of them in one would be copied whenever it grows, each time leaving a hole
/// as large as itself, and half of it would be empty.
const PIECE: usize = 128 << 10;

/// Texts, each held once.
pub struct Texts {
    hasher: foldhash::fast::RandomState,
    places: HashTable<Text>,
    all: Pieces,
}

/// Texts one after the other.
#[derive(Default)]
struct Pieces {
    /// A text that is longer than a piece has one of its own.
    pieces: Vec<String>,
    /// Where each text begins: in which piece, at which of its bytes. It ends where the next in that piece begins.
    starts: List<(u32, u32)>,
}

impl Pieces {
    fn get(&self, place: Text) -> &str {
        let place = place as usize;
        let Some(&(piece, start)) = self.starts.get(place) else {
            return "";
        };
        let rest = self.pieces.get(piece as usize);
        let rest = rest.and_then(|piece| piece.get(start as usize..));
        let rest = rest.unwrap_or_default();
        match self.starts.get(place + 1) {
            Some(&(next, end)) if next == piece => &rest[..(end - start) as usize],
            _ => rest,
        }
    }

    fn push(&mut self, text: &str) {
        let has_room = |piece: &String| piece.len() + text.len() <= piece.capacity();
        if !self.pieces.last().is_some_and(has_room) {
            self.pieces
                .push(String::with_capacity(text.len().max(PIECE)));
        }
        if let Some(piece) = self.pieces.last_mut() {
            let start = piece.len() as u32;
            piece.push_str(text);
            self.starts.push((self.pieces.len() as u32 - 1, start));
        }
    }
}

impl Default for Texts {
    fn default() -> Self {
        let mut texts = Texts {
            hasher: foldhash::fast::RandomState::default(),
            places: HashTable::new(),
            all: Pieces::default(),
        };
        texts.hold("");
        texts
    }
}

impl Texts {
    /// Holds a text.
    pub fn hold(&mut self, text: &str) -> Text {
        let hash = self.hasher.hash_one(text);
        let is = |place: &Text| self.all.get(*place) == text;
        if let Some(&known) = self.places.find(hash, is) {
            return known;
        }
        let place = self.len() as Text;
        self.all.push(text);
        let (hasher, all) = (&self.hasher, &self.all);
        let again = |place: &Text| hasher.hash_one(all.get(*place));
        self.places.insert_unique(hash, place, again);
        place
    }

    /// The text.
    pub fn get(&self, text: Text) -> &str {
        self.all.get(text)
    }

    /// The place of a text that is held already.
    pub fn known(&self, text: &str) -> Option<Text> {
        let is = |place: &Text| self.all.get(*place) == text;
        self.places.find(self.hasher.hash_one(text), is).copied()
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.all.starts.len()
    }

    /// Whether there is none but the empty one.
    pub fn is_empty(&self) -> bool {
        self.len() <= 1
    }
}

/// The distinct texts of one file while it is read: one after the other in one text, which is how they are sent on.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct Held {
    /// All of them; the first is empty, once any is held.
    text: String,
    /// Where each of them ends.
    ends: Vec<u32>,
    /// Places by the hash of the text; where two have one hash, the later goes by the next number.
    #[serde(skip)]
    places: HashMap<u64, Text, foldhash::fast::RandomState>,
}

impl PartialEq for Held {
    fn eq(&self, other: &Self) -> bool {
        self.text == other.text && self.ends == other.ends
    }
}

impl Held {
    /// The place of a text, which is held from now on.
    pub fn hold(&mut self, text: &str) -> Text {
        if text.is_empty() {
            if self.ends.is_empty() {
                self.ends.push(0);
            }
            return 0;
        }
        let mut hash = self.places.hasher().hash_one(text);
        while let Some(&place) = self.places.get(&hash) {
            if self.get(place) == text {
                return place;
            }
            hash = hash.wrapping_add(1);
        }
        if self.ends.is_empty() {
            self.ends.push(0);
        }
        let place = self.ends.len() as Text;
        self.text.push_str(text);
        self.ends.push(self.text.len() as u32);
        self.places.insert(hash, place);
        place
    }

    /// A text by its place.
    pub fn get(&self, place: Text) -> &str {
        let place = place as usize;
        let end = self.ends.get(place).copied().unwrap_or_default() as usize;
        let start = place
            .checked_sub(1)
            .and_then(|before| self.ends.get(before));
        let start = start.copied().unwrap_or_default() as usize;
        // The places may be another's, whose word is not taken for them.
        self.text.get(start..end).unwrap_or_default()
    }

    /// All of them in the order of their places.
    pub fn iter(&self) -> impl Iterator<Item = &str> {
        (0..self.ends.len() as Text).map(|place| self.get(place))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_are_held_once_in_pieces() {
        let mut texts = Texts::default();
        let text = |number: usize| match number {
            // Longer than a piece, and as long as one.
            7 | 3_000 => "\u{e9}".repeat(PIECE) + &number.to_string(),
            8 => "x".repeat(PIECE),
            _ => format!("{number} \u{e9} {}", "y".repeat(number % 200)),
        };
        for _ in 0..2 {
            for number in 0..5_000 {
                assert_eq!(texts.hold(&text(number)), number as Text + 1);
            }
        }
        assert_eq!((texts.len(), texts.known("")), (5_001, Some(0)));
        assert!(texts.all.pieces.len() > 5, "{}", texts.all.pieces.len());
        for number in 0..5_000 {
            assert_eq!(texts.get(number as Text + 1), text(number));
            assert_eq!(texts.known(&text(number)), Some(number as Text + 1));
        }
        assert_eq!((texts.get(0), texts.get(9_999)), ("", ""));
        assert_eq!(texts.known("none"), None);
    }

    #[test]
    fn holds_each_text_once() {
        let mut held = Held::default();
        let places = ["", "a", "bc", "a", "", "\u{e9}"].map(|text| held.hold(text));
        assert_eq!(places, [0, 1, 2, 1, 0, 3]);
        assert!(held.iter().eq(["", "a", "bc", "\u{e9}"]));
        assert_eq!(held.get(9), "");
    }
}
