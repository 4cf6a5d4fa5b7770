//! Text that someone else chose, for people to read: signs that nobody sees, or that turn the direction of
//! writing, are shown as what they are, `[U+202E]`. Exports of data keep texts as they stand.

use std::borrow::Cow;
use std::fmt::Write as _;

/// Whether a sign hides, or changes how others are shown. Line ends and tabs do neither.
fn hides(sign: char) -> bool {
    matches!(sign,
        '\u{0}'..='\u{8}' | '\u{b}' | '\u{c}' | '\u{e}'..='\u{1f}' | '\u{7f}'..='\u{9f}'
        // Soft hyphen, joiners and other marks without width, marks of direction.
        | '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{115f}' | '\u{1160}' | '\u{17b4}' | '\u{17b5}' | '\u{180e}'
        | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{3164}'
        | '\u{feff}' | '\u{ffa0}' | '\u{fff9}'..='\u{fffb}'
        // Tags and private planes.
        | '\u{e0000}'..='\u{e0fff}' | '\u{f0000}'..='\u{10ffff}')
}

/// The text with what hides made visible.
pub fn visible(text: &str) -> Cow<'_, str> {
    shown(text, hides)
}

/// The same on one line: line ends and tabs are shown as what they are too.
pub fn visible_line(text: &str) -> Cow<'_, str> {
    shown(text, |sign| {
        hides(sign) || matches!(sign, '\n' | '\r' | '\t')
    })
}

fn shown(text: &str, is_marked: impl Fn(char) -> bool) -> Cow<'_, str> {
    if !text.contains(&is_marked) {
        return Cow::Borrowed(text);
    }
    let mut out = String::with_capacity(text.len() + 32);
    for sign in text.chars() {
        if is_marked(sign) {
            // Into a string nothing can fail.
            let _ = write!(out, "[U+{:04X}]", u32::from(sign));
        } else {
            out.push(sign);
        }
    }
    Cow::Owned(out)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_hides() {
        assert_eq!(visible("gnp.\u{202e}exe\nx"), "gnp.[U+202E]exe\nx");
        assert_eq!(visible_line("a\nb\u{1b}[31m"), "a[U+000A]b[U+001B][31m");
        assert!(matches!(visible("Zoë 日本 שלום"), Cow::Borrowed(_)));
    }
}
