//! Names, each held once.

use std::num::NonZeroU32;

use crate::texts::Texts;

/// A name that is held once. It is never 0, so that one that may be absent takes no more room.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Name(NonZeroU32);

impl Name {
    fn new(text: u32) -> Self {
        Name(NonZeroU32::MIN.saturating_add(text))
    }
}

/// Texts that are names.
#[derive(Default)]
pub struct Names(Texts);

impl Names {
    /// Holds `text`, once.
    pub fn hold(&mut self, text: &str) -> Name {
        Name::new(self.0.hold(text))
    }

    /// The text of `name`.
    pub fn text(&self, name: Name) -> &str {
        self.0.get(name.0.get() - 1)
    }

    /// The name of `text`, if it is held.
    pub fn find(&self, text: &str) -> Option<Name> {
        self.0.known(text).map(Name::new)
    }
}
