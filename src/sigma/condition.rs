//! Conditions of rules: which selections must hold.

use serde::{Deserialize, Serialize};

use super::glob::Glob;

/// How deep parentheses may stand within each other.
const DEEPEST: usize = 32;
/// Words of a condition.
const MOST_WORDS: usize = 1_000;

/// What must hold; selections by their place.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum Condition {
    /// A selection.
    Selection(u32),
    /// All of these.
    All(Vec<Condition>),
    /// One of these.
    Any(Vec<Condition>),
    /// Not this.
    Not(Box<Condition>),
}

impl Condition {
    /// Reads a condition on the selections of these names.
    ///
    /// # Errors
    /// The first thing that cannot be understood.
    pub fn parse(text: &str, names: &[&str]) -> Result<Condition, String> {
        let words = words(text);
        if words.len() > MOST_WORDS {
            return Err("it is too long".to_owned());
        }
        let mut parser = Parser {
            words: &words,
            at: 0,
            names,
        };
        let condition = parser.any(0)?;
        match parser.next() {
            None => Ok(condition),
            Some("|") => Err("aggregation by '|' is not supported".to_owned()),
            Some(")") => Err("a ')' has no '('".to_owned()),
            Some(word) => Err(format!("{word:?} is not expected here")),
        }
    }

    /// Whether it holds; `None` where that is not told.
    pub fn holds(&self, selection: &dyn Fn(u32) -> Option<bool>) -> Option<bool> {
        match self {
            Condition::Selection(at) => selection(*at),
            Condition::All(all) => every(all.iter().map(|one| one.holds(selection))),
            Condition::Any(all) => some(all.iter().map(|one| one.holds(selection))),
            Condition::Not(inner) => inner.holds(selection).map(|holds| !holds),
        }
    }
}

/// Whether all hold: one that does not decides, one that is not told leaves it open.
pub(super) fn every(all: impl Iterator<Item = Option<bool>>) -> Option<bool> {
    let mut told = Some(true);
    for one in all {
        match one {
            Some(false) => return Some(false),
            Some(true) => {}
            None => told = None,
        }
    }
    told
}

/// Whether one holds.
pub(super) fn some(all: impl Iterator<Item = Option<bool>>) -> Option<bool> {
    every(all.map(|one| one.map(|holds| !holds))).map(|none| !none)
}

fn words(text: &str) -> Vec<&str> {
    let mut all = Vec::new();
    for part in text.split_whitespace() {
        let mut rest = part;
        while let Some(at) = rest.find(['(', ')', '|']) {
            if at > 0 {
                all.push(&rest[..at]);
            }
            // These are one byte each.
            all.push(&rest[at..=at]);
            rest = &rest[at + 1..];
        }
        if !rest.is_empty() {
            all.push(rest);
        }
    }
    all
}

struct Parser<'p> {
    words: &'p [&'p str],
    at: usize,
    names: &'p [&'p str],
}

impl<'p> Parser<'p> {
    fn peek(&self) -> Option<&'p str> {
        self.words.get(self.at).copied()
    }

    fn next(&mut self) -> Option<&'p str> {
        let word = self.peek();
        self.at += 1;
        word
    }

    fn takes(&mut self, word: &str) -> bool {
        let is = self
            .peek()
            .is_some_and(|next| next.eq_ignore_ascii_case(word));
        self.at += usize::from(is);
        is
    }

    fn any(&mut self, depth: usize) -> Result<Condition, String> {
        let mut all = vec![self.all(depth)?];
        while self.takes("or") {
            all.push(self.all(depth)?);
        }
        Ok(if all.len() == 1 {
            all.remove(0)
        } else {
            Condition::Any(all)
        })
    }

    fn all(&mut self, depth: usize) -> Result<Condition, String> {
        let mut all = vec![self.one(depth)?];
        while self.takes("and") {
            all.push(self.one(depth)?);
        }
        Ok(if all.len() == 1 {
            all.remove(0)
        } else {
            Condition::All(all)
        })
    }

    fn one(&mut self, depth: usize) -> Result<Condition, String> {
        if depth >= DEEPEST {
            return Err(
                "parentheses stand too deep within each other; a ')' may be missing".to_owned(),
            );
        }
        if self.takes("not") {
            return Ok(Condition::Not(Box::new(self.one(depth + 1)?)));
        }
        if self.takes("(") {
            let inner = self.any(depth + 1)?;
            return if self.takes(")") {
                Ok(inner)
            } else {
                Err("a '(' has no ')'".to_owned())
            };
        }
        let Some(word) = self.next() else {
            return Err("it ends where a selection should stand".to_owned());
        };
        let is_one = word == "1" || word.eq_ignore_ascii_case("any");
        if (is_one || word.eq_ignore_ascii_case("all")) && self.takes("of") {
            let Some(pattern) = self.next() else {
                return Err("\"of\" names no selections".to_owned());
            };
            let all = self.named(pattern);
            if all.is_empty() {
                return Err(format!("no selection is called {pattern:?}"));
            }
            return Ok(if is_one {
                Condition::Any(all)
            } else {
                Condition::All(all)
            });
        }
        let at = self.names.iter().position(|name| *name == word);
        at.map(|at| Condition::Selection(at as u32))
            .ok_or_else(|| format!("no selection is called {word:?}"))
    }

    /// The selections whose names fit; `them` are all whose names do not begin with `_`.
    fn named(&self, pattern: &str) -> Vec<Condition> {
        let glob = Glob::new(pattern, true);
        let fits = |name: &str| {
            if pattern.eq_ignore_ascii_case("them") {
                !name.starts_with('_')
            } else {
                glob.is(name)
            }
        };
        let named = self.names.iter().enumerate().filter(|(_, name)| fits(name));
        named
            .map(|(at, _)| Condition::Selection(at as u32))
            .collect()
    }
}
