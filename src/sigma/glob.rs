//! Texts with wildcards.

use std::borrow::Cow;

use serde::{Deserialize, Serialize};

/// A text with wildcards: `*` is anything, `?` one character.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Glob {
    pieces: Vec<Piece>,
    cased: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
enum Piece {
    Char(char),
    One,
    Any,
}

impl Glob {
    /// Reads it; a backslash takes the meaning from a wildcard.
    pub fn new(text: &str, cased: bool) -> Self {
        let folded = if cased {
            Cow::Borrowed(text)
        } else {
            Cow::Owned(text.to_lowercase())
        };
        let mut pieces = Vec::new();
        let mut chars = folded.chars().peekable();
        while let Some(c) = chars.next() {
            match (c, chars.peek()) {
                ('\\', Some(next @ ('*' | '?' | '\\'))) => {
                    pieces.push(Piece::Char(*next));
                    chars.next();
                }
                ('*', _) => {
                    if pieces.last() != Some(&Piece::Any) {
                        pieces.push(Piece::Any);
                    }
                }
                ('?', _) => pieces.push(Piece::One),
                _ => pieces.push(Piece::Char(c)),
            }
        }
        Glob { pieces, cased }
    }

    /// The same with anything before or after it.
    pub(super) fn within(mut self, before: bool, after: bool) -> Self {
        if before && self.pieces.first() != Some(&Piece::Any) {
            self.pieces.insert(0, Piece::Any);
        }
        if after && self.pieces.last() != Some(&Piece::Any) {
            self.pieces.push(Piece::Any);
        }
        self
    }

    /// Whether it is the whole of `text`.
    pub fn is(&self, text: &str) -> bool {
        let folded = if self.cased {
            Cow::Borrowed(text)
        } else {
            Cow::Owned(text.to_lowercase())
        };
        let text: Vec<char> = folded.chars().collect();
        let pieces = &self.pieces;
        let (mut at, mut piece) = (0, 0);
        // Where the last star stands, and where what follows it was last tried.
        let mut star: Option<(usize, usize)> = None;
        while at < text.len() {
            match pieces.get(piece) {
                Some(Piece::Any) => {
                    star = Some((piece, at));
                    piece += 1;
                }
                Some(Piece::One) => (at, piece) = (at + 1, piece + 1),
                Some(Piece::Char(c)) if *c == text[at] => (at, piece) = (at + 1, piece + 1),
                _ => {
                    let Some((of, from)) = star else { return false };
                    star = Some((of, from + 1));
                    (at, piece) = (from + 1, of + 1);
                }
            }
        }
        pieces[piece..].iter().all(|piece| *piece == Piece::Any)
    }
}
