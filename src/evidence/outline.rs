//! The outline of a JSON text: what stands at its top, read from its beginning alone.

use super::archive::HEAD;

/// What stands at the top of a text.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Outline {
    /// `{`, `[`, or 0 where the text is no JSON container.
    pub opens: u8,
    /// The keys of the top object, or of the first object of the top array.
    pub keys: Vec<String>,
    /// The keys of the first object below the top one: of its first record, say.
    pub inner: Vec<String>,
}

/// How far a text is read for its outline.
pub const FAR: usize = 128 * HEAD;
/// Keys that are told apart.
const MOST: usize = 64;

impl Outline {
    /// Reads the outline off the beginning of `text`. Never fails: what is no JSON has no keys.
    pub fn of(text: &[u8]) -> Self {
        let text = &text[..text.len().min(FAR)];
        let start = text
            .iter()
            .position(|byte| !byte.is_ascii_whitespace())
            .unwrap_or(text.len());
        let mut outline = Outline::default();
        match text.get(start) {
            Some(&open @ (b'{' | b'[')) => outline.opens = open,
            _ => return outline,
        }
        let mut scan = Scan {
            text,
            at: start,
            stack: Vec::new(),
            top: usize::from(outline.opens == b'[') + 1,
        };
        scan.run(&mut outline);
        outline
    }

    /// Whether the top object has this key.
    pub fn has(&self, key: &str) -> bool {
        self.keys.iter().any(|one| one == key)
    }

    /// Whether the first object below has this key.
    pub fn holds(&self, key: &str) -> bool {
        self.inner.iter().any(|one| one == key)
    }
}

struct Scan<'a> {
    text: &'a [u8],
    at: usize,
    /// Open brackets; an object that is the first of its depth counts its keys.
    stack: Vec<u8>,
    /// The depth of the object whose keys are the top ones.
    top: usize,
}

impl<'a> Scan<'a> {
    fn run(&mut self, outline: &mut Outline) {
        let mut top_closed = false;
        let mut inner_closed = false;
        let mut inner_depth = None;
        while let Some(&byte) = self.text.get(self.at) {
            self.at += 1;
            match byte {
                b'{' | b'[' => {
                    self.stack.push(byte);
                    let depth = self.stack.len();
                    if byte == b'{' && depth > self.top && inner_depth.is_none() {
                        inner_depth = Some(depth);
                    }
                    if depth > 512 {
                        return;
                    }
                }
                b'}' | b']' => {
                    top_closed |= self.stack.len() == self.top;
                    inner_closed |= Some(self.stack.len()) == inner_depth;
                    // Log files are by far the most of all evidence, and this is all that they tell.
                    if inner_closed && outline.keys == ["Records"] {
                        return;
                    }
                    self.stack.pop();
                    if self.stack.is_empty() {
                        return;
                    }
                }
                b'"' => {
                    let Some(string) = self.string() else { return };
                    if !self.is_key() {
                        continue;
                    }
                    let depth = self.stack.len();
                    let list = if depth == self.top && !top_closed {
                        &mut outline.keys
                    } else if Some(depth) == inner_depth && !inner_closed {
                        &mut outline.inner
                    } else {
                        continue;
                    };
                    if list.len() < MOST {
                        list.push(String::from_utf8_lossy(string).into_owned());
                    }
                }
                _ => {}
            }
        }
    }

    /// The rest of a string whose quote was just read; `None` where the text ends in it.
    fn string(&mut self) -> Option<&'a [u8]> {
        let start = self.at;
        while let Some(&byte) = self.text.get(self.at) {
            self.at += 1;
            match byte {
                b'"' => return self.text.get(start..self.at - 1),
                b'\\' => self.at += 1,
                _ => {}
            }
        }
        None
    }

    fn is_key(&self) -> bool {
        let rest = self.text.get(self.at..).unwrap_or_default();
        self.stack.last() == Some(&b'{')
            && rest.iter().find(|byte| !byte.is_ascii_whitespace()) == Some(&b':')
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_keys_of_the_top_and_of_the_first_object_below() {
        let outline =
            Outline::of(br#" {"a":"x:\"y","Records":[{"k":{"deep":1},"l":2},{"m":3}],"z":[]}"#);
        assert_eq!(outline.keys, ["a", "Records", "z"]);
        assert_eq!(outline.inner, ["k", "l"]);
        let outline = Outline::of(br#"[{"p":1,"q":{"r":2}},{"s":3}]"#);
        assert_eq!(
            (outline.keys, outline.inner),
            (vec!["p".to_owned(), "q".to_owned()], vec!["r".to_owned()])
        );
    }

    #[test]
    fn survives_anything() {
        for text in [&b"{\"a"[..], b"[[[", b"}", b"", b"{\"\\", b"nonsense"] {
            let _ = Outline::of(text);
        }
        assert_eq!(Outline::of(b"nonsense").opens, 0);
    }
}
