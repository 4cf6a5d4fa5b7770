//! The first line of a table: its headings stand for the words before each value.

/// Bytes of a line in which columns are told apart.
const FAR: usize = 2_048;

/// The headings, lower case, by column; none where the text is no table.
#[derive(Default)]
pub(super) struct Header {
    columns: Vec<Vec<u8>>,
    sign: u8,
    /// The column of given names, where that of family names comes next.
    pub(super) given: Option<usize>,
    /// The column of full names.
    pub(super) full: Option<usize>,
}

/// Whether a text holds a word.
pub(super) fn has(text: &[u8], word: &str) -> bool {
    text.windows(word.len()).any(|part| part == word.as_bytes())
}

impl Header {
    /// The headings of a text.
    pub(super) fn of(text: &[u8]) -> Self {
        let line = text.split(|&byte| byte == b'\n').next().unwrap_or_default();
        let count = |sign: u8| line.iter().filter(|&&byte| byte == sign).count();
        let sign = b",;\t|"
            .iter()
            .copied()
            .max_by_key(|&sign| (count(sign), sign == b','));
        let Some(sign) = sign.filter(|&sign| count(sign) > 0) else {
            return Header::default();
        };
        let is_prose = line.windows(2).any(|pair| pair == b". " || pair == b", ");
        if is_prose || line.len() > 4_096 || line.iter().any(u8::is_ascii_digit) {
            return Header::default();
        }
        let columns: Vec<Vec<u8>> = line
            .split(|&byte| byte == sign)
            .map(|name| name.trim_ascii().to_ascii_lowercase())
            .collect();
        let is = |at: usize, words: &[&str]| {
            let name: Option<&Vec<u8>> = columns.get(at);
            name.is_some_and(|name| words.iter().any(|word| has(name, word)))
        };
        let given = |&at: &usize| {
            is(at, &["first", "given", "forename", "fname"])
                && is(at + 1, &["last", "family", "surname", "lname"])
        };
        let full = |&at: &usize| {
            let person = [
                "full", "customer", "patient", "employee", "contact", "person", "holder", "member",
            ];
            is(at, &["name"]) && is(at, &person)
        };
        Header {
            given: (0..columns.len()).find(given),
            full: (0..columns.len()).find(full),
            columns,
            sign,
        }
    }

    /// The column that a place stands in; `None` without headings, in them, or far into a line.
    pub(super) fn column(&self, text: &[u8], at: usize) -> Option<usize> {
        if self.columns.is_empty() {
            return None;
        }
        let from = at.saturating_sub(FAR);
        let before = &text[from..at];
        let line = before.iter().rposition(|&byte| byte == b'\n')?;
        let (mut column, mut quoted) = (0, false);
        for &byte in &before[line + 1..] {
            quoted ^= byte == b'"';
            column += usize::from(byte == self.sign && !quoted);
        }
        Some(column)
    }

    /// Whether the heading of the column that a place stands in holds one of `words`.
    pub(super) fn tells(&self, text: &[u8], at: usize, words: &[&str]) -> bool {
        let column = self.column(text, at).and_then(|at| self.columns.get(at));
        column.is_some_and(|name| words.iter().any(|word| has(name, word)))
    }
}
