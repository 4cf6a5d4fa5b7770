//! Texts that repeat, each held once.

use std::collections::HashMap;

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

/// The distinct texts of one file while it is read; only the list is sent on.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Held {
    /// Distinct texts; the first is empty, once any is held.
    pub texts: Vec<String>,
    #[serde(skip)]
    places: HashMap<String, Text, foldhash::fast::RandomState>,
}

impl Held {
    /// The place of a text, which is held from now on.
    pub fn hold(&mut self, text: &str) -> Text {
        if self.texts.is_empty() {
            self.texts.push(String::new());
            self.places.insert(String::new(), 0);
        }
        if let Some(&place) = self.places.get(text) {
            return place;
        }
        let place = self.texts.len() as Text;
        self.texts.push(text.to_owned());
        self.places.insert(text.to_owned(), place);
        place
    }

    /// A text by its place.
    pub fn get(&self, place: Text) -> &str {
        self.texts.get(place as usize).map_or("", String::as_str)
    }
}
