//! JSON in one pass without decoding it: what is wanted is taken, everything else is stepped over.
//!
//! It is strict where it says yes, and says no to whatever is rare (`None`): broken JSON, deep nesting, numbers
//! with exponents, lone surrogates. Who asks then reads with `serde_json`, which decides and tells the place. So
//! what is read never depends on this module, only how fast (`tests/properties.rs` holds both against each other).

use std::borrow::Cow;

/// How deep values may nest that are stepped over, or read in this way.
pub const DEEPEST: u32 = 60;
/// Digits of a number before and after its point.
const DIGITS: usize = 15;

/// What can be read so.
pub trait Skimmed<'a>: Sized {
    /// Reads it off the next value.
    fn skim(skim: &mut Skim<'a>) -> Option<Self>;
}

/// A place in a text.
pub struct Skim<'a> {
    text: &'a str,
    at: usize,
    /// Whether white space stood between parts of what was read.
    pub spaced: bool,
}

impl<'a> Skim<'a> {
    /// Begins at the beginning of `text`.
    pub fn new(text: &'a str) -> Self {
        Skim {
            text,
            at: 0,
            spaced: false,
        }
    }

    /// Bytes read so far.
    pub fn at(&self) -> usize {
        self.at
    }

    /// What was read from a place on.
    pub fn since(&self, from: usize) -> &'a str {
        self.text.get(from..self.at).unwrap_or_default()
    }

    /// The next character that is no white space.
    #[inline(always)]
    pub fn peek(&mut self) -> Option<u8> {
        let next = *self.text.as_bytes().get(self.at)?;
        if next > b' ' {
            return Some(next);
        }
        self.next_after_space()
    }

    #[cold]
    fn next_after_space(&mut self) -> Option<u8> {
        self.spaced = true;
        loop {
            match *self.text.as_bytes().get(self.at)? {
                b' ' | b'\n' | b'\r' | b'\t' => self.at += 1,
                next => return Some(next),
            }
        }
    }

    #[inline(always)]
    fn expect(&mut self, wanted: u8) -> Option<()> {
        (self.peek()? == wanted).then(|| self.at += 1)
    }

    /// The next value, if it is a text, between its quotes as it stands there, and whether it has escapes.
    #[inline]
    fn string(&mut self) -> Option<(&'a str, bool)> {
        self.expect(b'"')?;
        let bytes = self.text.as_bytes();
        let start = self.at;
        let mut has_escapes = false;
        loop {
            self.at += plain(bytes.get(self.at..)?);
            match *bytes.get(self.at)? {
                b'"' => break,
                b'\\' => {
                    has_escapes = true;
                    self.at += escape(&bytes[self.at + 1..])?;
                }
                _ => return None,
            }
        }
        let text = self.text.get(start..self.at)?;
        self.at += 1;
        Some((text, has_escapes))
    }

    /// The key of a field. One with escapes is rare enough to be left to others.
    #[inline]
    fn key(&mut self) -> Option<&'a str> {
        let (key, has_escapes) = self.string()?;
        self.expect(b':')?;
        (!has_escapes).then_some(key)
    }

    /// A text with its escapes replaced; empty where another value stands.
    pub fn text(&mut self) -> Option<Cow<'a, str>> {
        if self.peek()? != b'"' {
            self.skip()?;
            return Some(Cow::Borrowed(""));
        }
        self.text_where(|_| true)
    }

    /// The text that stands here with its escapes replaced; empty where it is not wanted, judged by how it
    /// stands between its quotes.
    pub fn text_where(&mut self, wanted: impl Fn(&str) -> bool) -> Option<Cow<'a, str>> {
        let (text, has_escapes) = self.string()?;
        if !wanted(text) {
            return Some(Cow::Borrowed(""));
        }
        if !has_escapes {
            return Some(Cow::Borrowed(text));
        }
        let literal = self.text.get(self.at - text.len() - 2..self.at)?;
        serde_json::from_str(literal).ok().map(Cow::Owned)
    }

    /// Calls `each` with the key of every field of the object that stands here; it must read the value. Another
    /// value is stepped over.
    #[inline(always)]
    pub fn fields(&mut self, mut each: impl FnMut(&mut Self, &'a str) -> Option<()>) -> Option<()> {
        if self.peek()? != b'{' {
            return self.skip();
        }
        self.at += 1;
        if self.peek()? == b'}' {
            self.at += 1;
            return Some(());
        }
        loop {
            let key = self.key()?;
            each(self, key)?;
            match self.peek()? {
                b',' => self.at += 1,
                b'}' => {
                    self.at += 1;
                    return Some(());
                }
                _ => return None,
            }
        }
    }

    /// Calls `each` before every item of the array that stands here; it must read the item.
    pub fn items(&mut self, mut each: impl FnMut(&mut Self) -> Option<()>) -> Option<()> {
        self.expect(b'[')?;
        if self.peek()? == b']' {
            self.at += 1;
            return Some(());
        }
        loop {
            each(self)?;
            match self.peek()? {
                b',' => self.at += 1,
                b']' => {
                    self.at += 1;
                    return Some(());
                }
                _ => return None,
            }
        }
    }

    /// True or false.
    pub fn truth(&mut self) -> Option<bool> {
        if self.peek()? == b't' {
            self.word(b"true").map(|()| true)
        } else {
            self.word(b"false").map(|()| false)
        }
    }

    /// The next value as it stands there.
    pub fn raw(&mut self) -> Option<&'a str> {
        self.peek()?;
        let start = self.at;
        self.skip()?;
        self.text.get(start..self.at)
    }

    /// Steps over a value.
    pub fn skip(&mut self) -> Option<()> {
        // One bit a level: whether it is an object.
        let (mut levels, mut depth) = (0_u64, 0);
        loop {
            match self.peek()? {
                b'"' => {
                    self.string()?;
                }
                open @ (b'{' | b'[') => {
                    self.at += 1;
                    let close = open + 2;
                    if self.peek()? == close {
                        self.at += 1;
                    } else {
                        depth += 1;
                        if depth > DEEPEST {
                            return None;
                        }
                        levels = levels << 1 | u64::from(open == b'{');
                        if open == b'{' {
                            self.string()?;
                            self.expect(b':')?;
                        }
                        continue;
                    }
                }
                b't' => self.word(b"true")?,
                b'f' => self.word(b"false")?,
                b'n' => self.word(b"null")?,
                _ => self.number()?,
            }
            loop {
                if depth == 0 {
                    return Some(());
                }
                let is_object = levels & 1 == 1;
                match self.peek()? {
                    b',' => {
                        self.at += 1;
                        if is_object {
                            self.string()?;
                            self.expect(b':')?;
                        }
                        break;
                    }
                    b'}' if is_object => {}
                    b']' if !is_object => {}
                    _ => return None,
                }
                self.at += 1;
                depth -= 1;
                levels >>= 1;
            }
        }
    }

    fn word(&mut self, word: &[u8]) -> Option<()> {
        let rest = self.text.as_bytes().get(self.at..)?;
        rest.starts_with(word).then(|| self.at += word.len())
    }

    fn number(&mut self) -> Option<()> {
        let rest = self.text.as_bytes().get(self.at..)?;
        let digits = |from: usize| {
            let digits = rest[from..].iter().take(DIGITS + 1);
            digits.take_while(|byte| byte.is_ascii_digit()).count()
        };
        let mut end = usize::from(rest.first() == Some(&b'-'));
        let whole = digits(end);
        if whole == 0 || whole > DIGITS || (whole > 1 && rest[end] == b'0') {
            return None;
        }
        end += whole;
        if rest.get(end) == Some(&b'.') {
            let fraction = digits(end + 1);
            if fraction == 0 || fraction > DIGITS {
                return None;
            }
            end += 1 + fraction;
        }
        self.at += end;
        (!matches!(rest.get(end), Some(b'e' | b'E'))).then_some(())
    }
}

/// How many bytes come before a quote, a backslash, a control character or the end.
#[inline(always)]
fn plain(bytes: &[u8]) -> usize {
    let mut at = 0;
    while let Some(eight) = bytes.get(at..).and_then(<[u8]>::first_chunk::<8>) {
        let found = special(u64::from_le_bytes(*eight));
        if found != 0 {
            return at + (found.trailing_zeros() / 8) as usize;
        }
        at += 8;
    }
    let rest = bytes.get(at..).unwrap_or_default();
    let is_special = |byte: &u8| *byte == b'"' || *byte == b'\\' || *byte < b' ';
    at + rest.iter().position(is_special).unwrap_or(rest.len())
}

/// Eight bytes at a time: the lowest bit that is set stands in the first byte that ends the plain ones.
#[inline(always)]
fn special(eight: u64) -> u64 {
    const ONES: u64 = u64::MAX / 0xff;
    const HIGHS: u64 = ONES << 7;
    let is_zero = |bytes: u64| bytes.wrapping_sub(ONES) & !bytes;
    let is_control = eight.wrapping_sub(ONES * b' ' as u64) & !eight;
    let quote = is_zero(eight ^ (ONES * b'"' as u64));
    let backslash = is_zero(eight ^ (ONES * b'\\' as u64));
    (is_control | quote | backslash) & HIGHS
}

/// The length of an escape, its backslash included, of which `rest` is what follows that.
fn escape(rest: &[u8]) -> Option<usize> {
    match *rest.first()? {
        b'"' | b'\\' | b'/' | b'b' | b'f' | b'n' | b'r' | b't' => Some(2),
        b'u' => {
            let mut unit = 0;
            for &digit in rest.get(1..5)? {
                unit = unit << 4 | (digit as char).to_digit(16)?;
            }
            // Halves of a pair must stand in pairs, which is for others to tell.
            (!(0xd800..0xe000).contains(&unit)).then_some(6)
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn skips(text: &str) -> bool {
        let mut skim = Skim::new(text);
        skim.skip().is_some() && skim.at() == text.len()
    }

    #[test]
    fn steps_over_what_is_json_and_nothing_else() {
        for text in [
            r#"{"a":[1,-2.5,{"b":null}],"c":"\u00e9\"\\","d":{},"e":[]}"#,
            "[ true , false\n]",
            "\"€ and more than eight bytes\"",
            "0",
        ] {
            assert!(skips(text), "{text}");
            assert!(serde_json::from_str::<serde_json::Value>(text).is_ok());
        }
        for text in [
            "[1,]",
            r#"{"a":1,}"#,
            r#"{"a" 1}"#,
            "01",
            "-",
            "1.",
            "tru",
            "\"a\nb and more\"",
            r#""\x""#,
            r#""\u00g0""#,
            "[1}",
            r#"{"a":1]"#,
            "",
            "\"open",
        ] {
            assert!(!skips(text), "{text}");
            assert!(serde_json::from_str::<serde_json::Value>(text).is_err());
        }
    }

    #[test]
    fn leaves_what_is_rare_to_others() {
        for text in ["1e5", r#""\ud800\udc00""#, "12345678901234567890"] {
            assert!(!skips(text), "{text}");
        }
        assert!(!skips(&"[".repeat(100)));
    }

    #[test]
    fn takes_texts_with_escapes_replaced() {
        let text = |json: &'static str| Skim::new(json).text();
        assert!(matches!(text(r#""plain""#), Some(Cow::Borrowed("plain"))));
        assert_eq!(text(r#""a\"b""#).as_deref(), Some("a\"b"));
        assert_eq!(text("[7]").as_deref(), Some(""));
    }
}
