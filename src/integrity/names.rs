//! Names, each held once.

use string_interner::symbol::SymbolU32;
use string_interner::{StringInterner, backend::BufferBackend};

/// A name that is held once.
pub type Name = SymbolU32;

/// Interned texts.
pub struct Names {
    interner: StringInterner<BufferBackend<Name>, foldhash::fast::RandomState>,
}

impl Default for Names {
    fn default() -> Self {
        Names {
            interner: StringInterner::with_hasher(foldhash::fast::RandomState::default()),
        }
    }
}

impl Names {
    /// Holds `text`, once.
    pub fn hold(&mut self, text: &str) -> Name {
        self.interner.get_or_intern(text)
    }

    /// The text of `name`.
    pub fn text(&self, name: Name) -> &str {
        self.interner.resolve(name).unwrap_or_default()
    }

    /// The name of `text`, if it is held.
    pub fn find(&self, text: &str) -> Option<Name> {
        self.interner.get(text)
    }
}
