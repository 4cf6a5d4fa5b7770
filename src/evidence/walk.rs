//! Walking through the items of a large JSON array, each read once, with the place where it stands.

use std::borrow::Cow;

use serde::Deserialize;
use serde::de::IgnoredAny;

use super::problem::{Problem, ProblemCode};

use super::json;

/// A place in a JSON text.
pub struct Walk<'a> {
    text: &'a str,
    at: usize,
}

impl<'a> Walk<'a> {
    /// Begins at the beginning of `text`.
    pub fn new(text: &'a str) -> Self {
        Walk { text, at: 0 }
    }

    /// Goes on by `length` bytes, which were read otherwise.
    pub fn pass(&mut self, length: usize) {
        self.at += length;
    }

    /// Bytes from the start of the text to the next value.
    pub fn at(&self) -> usize {
        self.at
    }

    /// The text from the next value on.
    pub fn rest(&self) -> &'a str {
        &self.text[self.at..]
    }

    /// Reads the next value. Where that fails, the place stays.
    ///
    /// # Errors
    /// What is no JSON, or of another type, with its offset.
    pub fn take<T: Deserialize<'a>>(&mut self) -> Result<T, Problem> {
        let mut values = serde_json::Deserializer::from_str(self.rest()).into_iter::<T>();
        match values.next() {
            Some(Ok(value)) => {
                self.at += values.byte_offset();
                Ok(value)
            }
            Some(Err(error)) => {
                let problem = json::problem(self.rest().as_bytes(), &error);
                let within = problem.offset.unwrap_or_default();
                Err(problem.at(self.at as u64 + within))
            }
            None => Err(self.wrong("the text ends where a value should stand")),
        }
    }

    /// The next character that is no white space.
    fn next(&mut self) -> Option<u8> {
        let rest = &self.text.as_bytes()[self.at..];
        let blank = rest.iter().take_while(|byte| byte.is_ascii_whitespace());
        self.at += blank.count();
        self.text.as_bytes().get(self.at).copied()
    }

    fn expect(&mut self, wanted: u8) -> Result<(), Problem> {
        if self.next() != Some(wanted) {
            return Err(self.wrong(&format!("expected `{}`", wanted as char)));
        }
        self.at += 1;
        Ok(())
    }

    fn wrong(&self, detail: &str) -> Problem {
        Problem::new(ProblemCode::JsonSyntax, detail).at(self.at as u64)
    }

    fn shape(&self, detail: &str) -> Problem {
        Problem::new(ProblemCode::JsonShape, detail).at(self.at as u64)
    }

    /// Calls `each` before every part of a container that is closed by `close`.
    fn parts(
        &mut self,
        close: u8,
        mut each: impl FnMut(&mut Self) -> Result<(), Problem>,
    ) -> Result<(), Problem> {
        self.at += 1;
        if self.next() == Some(close) {
            self.at += 1;
            return Ok(());
        }
        loop {
            self.next();
            each(self)?;
            match self.next() {
                Some(b',') => self.at += 1,
                Some(found) if found == close => {
                    self.at += 1;
                    return Ok(());
                }
                _ => return Err(self.wrong(&format!("expected `,` or `{}`", close as char))),
            }
        }
    }
}

/// Walks through an array: `text` itself where `keys` is empty, else the array under the one of `keys` that
/// stands in the top object. `each` takes one value. What stands before broken JSON has been taken by then.
///
/// # Errors
/// Broken JSON, no such array or two of them, or what `each` says.
pub fn array<'a>(
    text: &'a str,
    keys: &[&str],
    mut each: impl FnMut(&mut Walk<'a>) -> Result<(), Problem>,
) -> Result<(), Problem> {
    let mut walk = Walk::new(text);
    if keys.is_empty() {
        if walk.next() != Some(b'[') {
            return Err(walk.shape("expected an array"));
        }
        walk.parts(b']', each)?;
    } else {
        if walk.next() != Some(b'{') {
            return Err(walk.shape("expected an object"));
        }
        let name = keys.join(" or ");
        let mut seen = false;
        walk.parts(b'}', |walk| {
            let key = walk.take::<Cow<'_, str>>()?;
            walk.expect(b':')?;
            if !keys.contains(&key.as_ref()) {
                return walk.take::<IgnoredAny>().map(|_| ());
            }
            if seen {
                return Err(walk.shape(&format!("{name} stands twice")));
            }
            seen = true;
            if walk.next() != Some(b'[') {
                return Err(walk.shape(&format!("{name} should be an array")));
            }
            walk.parts(b']', &mut each)
        })?;
        if !seen {
            return Err(walk.shape(&format!("there is no array {name}")));
        }
    }
    match walk.next() {
        None => Ok(()),
        Some(_) => Err(walk.wrong("more text follows the end of the JSON value")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn places(text: &str, keys: &[&str]) -> Result<Vec<(usize, u8)>, (u64, ProblemCode)> {
        let mut found = Vec::new();
        let each = |walk: &mut Walk<'_>| {
            let at = walk.at();
            walk.take::<u8>().map(|value| found.push((at, value)))
        };
        match array(text, keys, each) {
            Ok(()) => Ok(found),
            Err(problem) => Err((problem.offset.unwrap_or_default(), problem.code)),
        }
    }

    #[test]
    fn tells_where_each_value_stands() {
        assert_eq!(places("[1, 22]", &[]), Ok(vec![(1, 1), (4, 22)]));
        assert_eq!(places(" [ ] ", &[]), Ok(vec![]));
        let text = r#"{"a":[9],"b":{"c":1},"l": [7 ,8]} "#;
        assert_eq!(places(text, &["k", "l"]), Ok(vec![(27, 7), (30, 8)]));
    }

    #[test]
    fn says_where_it_is_broken() {
        assert_eq!(places("[1 2]", &[]), Err((3, ProblemCode::JsonSyntax)));
        assert_eq!(places("[1,2", &[]), Err((4, ProblemCode::JsonSyntax)));
        assert_eq!(places("[1,]", &[]), Err((3, ProblemCode::JsonSyntax)));
        assert_eq!(places("[1]x", &[]), Err((3, ProblemCode::JsonSyntax)));
        assert_eq!(places("{}", &["l"]), Err((2, ProblemCode::JsonShape)));
        let twice = r#"{"l":[],"l":[]}"#;
        assert_eq!(places(twice, &["l"]), Err((12, ProblemCode::JsonShape)));
        assert_eq!(places("", &[]), Err((0, ProblemCode::JsonShape)));
    }
}
