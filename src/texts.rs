//! Texts that repeat, each held once.

use std::collections::HashMap;
use std::hash::BuildHasher as _;

use serde::{Deserialize, Serialize};
use string_interner::symbol::SymbolU32;
use string_interner::{StringInterner, Symbol as _, backend::StringBackend};

/// A text that is held once; 0 is the empty one.
pub type Text = u32;

/// Texts, each held once.
pub struct Texts {
    interner: StringInterner<StringBackend<SymbolU32>, foldhash::fast::RandomState>,
}

impl Default for Texts {
    fn default() -> Self {
        let mut texts = Texts {
            interner: StringInterner::with_hasher(foldhash::fast::RandomState::default()),
        };
        texts.hold("");
        texts
    }
}

impl Texts {
    /// Holds a text.
    pub fn hold(&mut self, text: &str) -> Text {
        self.interner.get_or_intern(text).to_usize() as Text
    }

    /// The text.
    pub fn get(&self, text: Text) -> &str {
        SymbolU32::try_from_usize(text as usize)
            .and_then(|symbol| self.interner.resolve(symbol))
            .unwrap_or_default()
    }

    /// The place of a text that is held already.
    pub fn known(&self, text: &str) -> Option<Text> {
        self.interner
            .get(text)
            .map(|symbol| symbol.to_usize() as Text)
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.interner.len()
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
    fn holds_each_text_once() {
        let mut held = Held::default();
        let places = ["", "a", "bc", "a", "", "\u{e9}"].map(|text| held.hold(text));
        assert_eq!(places, [0, 1, 2, 1, 0, 3]);
        assert!(held.iter().eq(["", "a", "bc", "\u{e9}"]));
        assert_eq!(held.get(9), "");
    }
}
