//! The objects that a PDF file is written in.

/// How deep dictionaries and lists may nest.
const DEEPEST: u8 = 24;
/// Entries of one dictionary or list that are read.
const MOST: usize = 100_000;

/// An object.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) enum Value {
    #[default]
    Null,
    Number(f64),
    Name(String),
    Text(Vec<u8>),
    Array(Vec<Value>),
    Dictionary(Vec<(String, Value)>),
    Reference(u32),
    /// A bare word: an operator of a page, or `true`.
    Word(String),
}

static NULL: Value = Value::Null;

impl Value {
    pub(super) fn get(&self, name: &str) -> &Value {
        match self {
            Value::Dictionary(entries) => entries
                .iter()
                .find(|(key, _)| key == name)
                .map_or(&NULL, |(_, value)| value),
            _ => &NULL,
        }
    }

    pub(super) fn number(&self) -> Option<f64> {
        match self {
            Value::Number(number) => Some(*number),
            _ => None,
        }
    }

    pub(super) fn bytes(&self) -> &[u8] {
        match self {
            Value::Text(text) => text,
            _ => &[],
        }
    }

    pub(super) fn is_name(&self, name: &str) -> bool {
        matches!(self, Value::Name(one) if one == name)
    }
}

/// Reads the object at `at`; returns it with where it ends. What is none gives [`Value::Null`] and moves on.
pub(super) fn parse(bytes: &[u8], at: usize) -> (Value, usize) {
    let mut reader = Reader {
        bytes,
        at: at.min(bytes.len()),
    };
    let value = reader.value(0);
    (value, reader.at)
}

/// Reads objects one after the other.
pub(super) struct Reader<'b> {
    pub(super) bytes: &'b [u8],
    pub(super) at: usize,
}

fn is_delimiter(byte: u8) -> bool {
    b"()<>[]{}/%".contains(&byte)
}

impl Reader<'_> {
    fn peek(&self) -> Option<u8> {
        self.bytes.get(self.at).copied()
    }

    /// Skips white space and comments.
    pub(super) fn skip(&mut self) {
        while let Some(byte) = self.peek() {
            if byte == b'%' {
                while self
                    .peek()
                    .is_some_and(|byte| byte != b'\n' && byte != b'\r')
                {
                    self.at += 1;
                }
            } else if byte.is_ascii_whitespace() || byte == 0 {
                self.at += 1;
            } else {
                return;
            }
        }
    }

    pub(super) fn value(&mut self, depth: u8) -> Value {
        self.skip();
        let rest = &self.bytes[self.at..];
        match rest {
            [] => Value::Null,
            [b'<', b'<', ..] => self.dictionary(depth),
            [b'<', ..] => self.hex(),
            [b'(', ..] => self.text(),
            [b'[', ..] => self.array(depth),
            [b'/', ..] => {
                self.at += 1;
                Value::Name(self.name())
            }
            [byte, ..] if is_delimiter(*byte) => {
                self.at += 1;
                Value::Null
            }
            _ => self.word(),
        }
    }

    fn name(&mut self) -> String {
        let start = self.at;
        while self
            .peek()
            .is_some_and(|byte| !byte.is_ascii_whitespace() && byte != 0 && !is_delimiter(byte))
        {
            self.at += 1;
        }
        String::from_utf8_lossy(&self.bytes[start..self.at]).into_owned()
    }

    fn word(&mut self) -> Value {
        let word = self.name();
        let Ok(number) = word.parse::<f64>() else {
            return Value::Word(word);
        };
        // `12 0 R` is a reference: look ahead, and come back where it is none.
        let back = self.at;
        if word.bytes().all(|byte| byte.is_ascii_digit()) {
            self.skip();
            let generation = self.name();
            self.skip();
            if !generation.is_empty()
                && generation.bytes().all(|byte| byte.is_ascii_digit())
                && self.peek() == Some(b'R')
                && self.name() == "R"
            {
                return Value::Reference(number as u32);
            }
        }
        self.at = back;
        Value::Number(number)
    }

    fn dictionary(&mut self, depth: u8) -> Value {
        self.at += 2;
        let mut entries = Vec::new();
        while depth < DEEPEST && entries.len() < MOST {
            self.skip();
            match &self.bytes[self.at..] {
                [] => break,
                [b'>', b'>', ..] => {
                    self.at += 2;
                    break;
                }
                [b'/', ..] => {
                    self.at += 1;
                    let name = self.name();
                    entries.push((name, self.value(depth + 1)));
                }
                _ => {
                    self.value(depth + 1);
                }
            }
        }
        Value::Dictionary(entries)
    }

    fn array(&mut self, depth: u8) -> Value {
        self.at += 1;
        let mut all = Vec::new();
        while depth < DEEPEST && all.len() < MOST {
            self.skip();
            match self.peek() {
                None => break,
                Some(b']') => {
                    self.at += 1;
                    break;
                }
                Some(_) => all.push(self.value(depth + 1)),
            }
        }
        Value::Array(all)
    }

    fn hex(&mut self) -> Value {
        self.at += 1;
        let start = self.at;
        while self.peek().is_some_and(|byte| byte != b'>') {
            self.at += 1;
        }
        let digits = self.bytes[start..self.at]
            .iter()
            .filter_map(|&byte| (byte as char).to_digit(16));
        let digits: Vec<u8> = digits.map(|digit| digit as u8).collect();
        self.at = (self.at + 1).min(self.bytes.len());
        let pairs = digits.chunks(2);
        Value::Text(
            pairs
                .map(|pair| pair[0] << 4 | pair.get(1).copied().unwrap_or(0))
                .collect(),
        )
    }

    fn text(&mut self) -> Value {
        self.at += 1;
        let mut text = Vec::new();
        let mut open = 1_u32;
        while let Some(byte) = self.peek() {
            self.at += 1;
            match byte {
                b'(' => open += 1,
                b')' => {
                    open -= 1;
                    if open == 0 {
                        break;
                    }
                }
                b'\\' => {
                    self.escape(&mut text);
                    continue;
                }
                _ => {}
            }
            text.push(byte);
        }
        Value::Text(text)
    }

    fn escape(&mut self, text: &mut Vec<u8>) {
        let Some(byte) = self.peek() else {
            return;
        };
        self.at += 1;
        match byte {
            b'n' => text.push(b'\n'),
            b'r' => text.push(b'\r'),
            b't' => text.push(b'\t'),
            b'b' => text.push(8),
            b'f' => text.push(12),
            b'\n' => {}
            b'\r' => {
                if self.peek() == Some(b'\n') {
                    self.at += 1;
                }
            }
            b'0'..=b'7' => {
                let mut code = u32::from(byte - b'0');
                for _ in 0..2 {
                    match self.peek() {
                        Some(digit @ b'0'..=b'7') => {
                            code = code * 8 + u32::from(digit - b'0');
                            self.at += 1;
                        }
                        _ => break,
                    }
                }
                text.push(code as u8);
            }
            other => text.push(other),
        }
    }
}
