//! Reading the query language.

use crate::moment::Moment;

use super::field::Field;
use super::query::{Pattern, Query, QueryError, address};

/// Reads a query, all of it.
pub(super) fn parse(text: &str) -> Result<Query, QueryError> {
    let mut parser = Parser {
        chars: text.chars().collect(),
        at: 0,
        depth: 0,
    };
    let query = parser.either()?;
    parser.skip();
    match parser.peek() {
        None => Ok(query),
        Some(_) => Err(parser.error("This parenthesis closes nothing: remove it.")),
    }
}

/// Parentheses within parentheses at most: a hostile address may hold any query.
const DEEPEST: u32 = 64;

struct Parser {
    chars: Vec<char>,
    at: usize,
    depth: u32,
}

impl Parser {
    fn error(&self, message: impl Into<String>) -> QueryError {
        QueryError {
            at: self.at as u32,
            message: message.into(),
        }
    }

    fn peek(&self) -> Option<char> {
        self.chars.get(self.at).copied()
    }

    fn skip(&mut self) {
        while self.peek().is_some_and(char::is_whitespace) {
            self.at += 1;
        }
    }

    /// Whether the word OR stands here.
    fn at_or(&self) -> bool {
        let word: String = self.chars[self.at..].iter().take(2).collect();
        let after = self.chars.get(self.at + 2);
        word == "OR" && after.is_none_or(|c| c.is_whitespace() || *c == '(')
    }

    fn either(&mut self) -> Result<Query, QueryError> {
        let mut all = vec![self.every()?];
        loop {
            self.skip();
            if !self.at_or() {
                break;
            }
            self.at += 2;
            self.skip();
            if self.peek().is_none_or(|c| c == ')') || self.at_or() {
                return Err(self.error("OR needs a term on both sides."));
            }
            all.push(self.every()?);
        }
        if all.len() > 1 && all.contains(&Query::All) {
            return Err(self.error("OR needs a term on both sides."));
        }
        Ok(match all.len() {
            1 => all.swap_remove(0),
            _ => Query::Or(all),
        })
    }

    fn every(&mut self) -> Result<Query, QueryError> {
        let mut all = Vec::new();
        loop {
            self.skip();
            match self.peek() {
                None | Some(')') => break,
                _ if self.at_or() => break,
                _ => all.push(self.term()?),
            }
        }
        Ok(match all.len() {
            0 => Query::All,
            1 => all.swap_remove(0),
            _ => Query::And(all),
        })
    }

    fn term(&mut self) -> Result<Query, QueryError> {
        match self.peek() {
            Some('-') => {
                self.at += 1;
                if self.peek().is_none_or(char::is_whitespace) {
                    return Err(
                        self.error("A minus needs the term that must not hold right after it.")
                    );
                }
                Ok(Query::Not(Box::new(self.term()?)))
            }
            Some('(') => self.group(|parser| parser.either()),
            Some('"') => Ok(Query::Text(Pattern::new(&self.phrase()?, true))),
            _ => self.word(),
        }
    }

    fn group(
        &mut self,
        inner: impl FnOnce(&mut Self) -> Result<Query, QueryError>,
    ) -> Result<Query, QueryError> {
        let opened = self.at;
        self.depth += 1;
        if self.depth > DEEPEST {
            return Err(self.error("Parentheses stand too deep within each other."));
        }
        self.at += 1;
        let query = inner(self)?;
        self.skip();
        if self.peek() != Some(')') {
            self.at = opened;
            return Err(self.error("This parenthesis is not closed: add a ) behind its last term."));
        }
        self.at += 1;
        self.depth -= 1;
        Ok(query)
    }

    /// A quoted text; a backslash takes away the meaning of what follows.
    fn phrase(&mut self) -> Result<String, QueryError> {
        let opened = self.at;
        self.at += 1;
        let mut text = String::new();
        loop {
            match self.peek() {
                None => {
                    self.at = opened;
                    return Err(self.error("This quote is not closed: add a \" behind the phrase."));
                }
                Some('"') => {
                    self.at += 1;
                    return Ok(text);
                }
                Some('\\') => {
                    self.at += 1;
                    text.extend(self.peek());
                    self.at += 1;
                }
                Some(c) => {
                    text.push(c);
                    self.at += 1;
                }
            }
        }
    }

    fn bare(&mut self) -> String {
        let from = self.at;
        while self
            .peek()
            .is_some_and(|c| !c.is_whitespace() && !matches!(c, '(' | ')' | '"'))
        {
            self.at += 1;
        }
        self.chars[from..self.at].iter().collect()
    }

    fn word(&mut self) -> Result<Query, QueryError> {
        let from = self.at;
        let length = self.chars[from..]
            .iter()
            .take_while(|c| c.is_alphanumeric() || **c == '_')
            .count();
        let name: String = self.chars[from..from + length].iter().collect();
        let is_field = length > 0 && self.chars.get(from + length) == Some(&':');
        let Some(field) = Field::by_name(&name).filter(|_| is_field) else {
            let looks_so = is_field && name.chars().all(|c| c.is_ascii_lowercase());
            let after = self.chars.get(from + length + 1);
            // An ARN or an address has colons too.
            if looks_so && name != "arn" && after.is_none_or(|c| *c != ':') {
                return Err(self.error(format!(
                    "There is no field {name}: put quotes around the text, or choose a field from the list."
                )));
            }
            let text = self.bare();
            return Ok(Query::Text(Pattern::new(&text, false)));
        };
        // `arn:aws:…` is a text, as it is pasted.
        if name == "arn" && self.chars[from..].starts_with(&['a', 'r', 'n', ':', 'a', 'w', 's']) {
            let text = self.bare();
            return Ok(Query::Text(Pattern::new(&text, false)));
        }
        self.at = from + length + 1;
        match self.peek() {
            Some('(') => self.group(|parser| parser.values(field)),
            _ => self.value(field),
        }
    }

    /// `field:(a OR b)`.
    fn values(&mut self, field: Field) -> Result<Query, QueryError> {
        let mut all = Vec::new();
        loop {
            self.skip();
            if self.peek().is_none_or(|c| c == ')') {
                break;
            }
            if self.at_or() {
                self.at += 2;
                continue;
            }
            all.push(self.value(field)?);
        }
        if all.is_empty() {
            return Err(self.error("A value is missing."));
        }
        Ok(Query::Or(all))
    }

    fn value(&mut self, field: Field) -> Result<Query, QueryError> {
        let from = self.at;
        let is_phrase = self.peek() == Some('"');
        let text = if is_phrase {
            self.phrase()?
        } else {
            self.bare()
        };
        // Quotes with nothing between them mean that there is no value.
        if text.is_empty() && !is_phrase {
            self.at = from;
            let help = field.entry().help;
            return Err(self.error(format!("A value is missing: {help}.")));
        }
        let wrong = |parser: &mut Self, message: String| {
            parser.at = from;
            Err(parser.error(message))
        };
        match field {
            Field::Since | Field::Until | Field::Time => match times(field, &text) {
                Some(query) => Ok(query),
                None => wrong(
                    self,
                    format!(
                        "{text} is no time: write 2024-01-31 or 2024-01-31T13:05:00Z, in UTC, or two of them as 2024-01..2024-03."
                    ),
                ),
            },
            Field::Risk => match numbers(&text) {
                Some(pattern) => Ok(Query::Has(field, pattern)),
                None => wrong(
                    self,
                    format!(
                        "{text} is no risk: write a number from 0 to 10, or two of them as 8..10."
                    ),
                ),
            },
            Field::Ip if !is_phrase && (text.contains('/') || text.contains("..")) => {
                match addresses(&text) {
                    Some(pattern) => Ok(Query::Has(field, pattern)),
                    None => wrong(
                        self,
                        format!(
                            "{text} is no network: write an address, a slash and a length, as 203.0.113.0/24, or two addresses as 203.0.113.5..203.0.113.9."
                        ),
                    ),
                }
            }
            _ => {
                let choices = field.choices();
                let known = |choice: &&str| choice.eq_ignore_ascii_case(&text);
                if !choices.is_empty() && !text.contains('*') && !choices.iter().any(known) {
                    let all = choices.join(", ");
                    return wrong(
                        self,
                        format!("{text} is no value of this field: it is one of {all}."),
                    );
                }
                Ok(Query::Has(field, Pattern::new(&text, is_phrase)))
            }
        }
    }
}

/// The two ends of a range `a..b`, of which one may be open.
fn ends(text: &str) -> Option<(Option<&str>, Option<&str>)> {
    let (from, to) = text.split_once("..")?;
    let end = |text: &'_ str| !text.is_empty();
    let ends = (
        Some(from).filter(|from| end(from)),
        Some(to).filter(|to| end(to)),
    );
    (ends != (None, None)).then_some(ends)
}

/// A network, or addresses from one to another.
pub(super) fn addresses(text: &str) -> Option<Pattern> {
    if let Some((from, to)) = ends(text) {
        let (from, to) = (from.map(address), to.map(address));
        let (_, v6) = from.or(to)??;
        let most = if v6 { u128::MAX } else { u128::from(u32::MAX) };
        let from = from.unwrap_or(Some((0, v6)))?;
        let to = to.unwrap_or(Some((most, v6)))?;
        let is_range = from.0 <= to.0 && from.1 == to.1;
        return is_range.then_some(Pattern::Addresses(from.0, to.0, v6));
    }
    let (base, length) = text.split_once('/')?;
    let (bits, v6) = address(base)?;
    let all = if v6 { 128 } else { 32 };
    let rest = u32::checked_sub(all, length.parse().ok()?)?;
    let within = 1_u128.checked_shl(rest).map_or(u128::MAX, |size| size - 1);
    Some(Pattern::Addresses(bits & !within, bits | within, v6))
}

/// A number, or one to another.
fn numbers(text: &str) -> Option<Pattern> {
    let number = |text: &str| text.parse::<u32>().ok();
    let Some((from, to)) = ends(text) else {
        let only = number(text)?;
        return Some(Pattern::Numbers(only, only));
    };
    let from = from.map_or(Some(0), number)?;
    let to = to.map_or(Some(u32::MAX), number)?;
    (from <= to).then_some(Pattern::Numbers(from, to))
}

/// What a value of a time asks for.
fn times(field: Field, text: &str) -> Option<Query> {
    let since = |text: &str| Some(Query::Since(time(text)?.0));
    let before = |text: &str| Some(Query::Before(time(text)?.1));
    match field {
        Field::Since => since(text),
        Field::Until => before(text),
        _ => match ends(text) {
            None => Some(Query::And(vec![since(text)?, before(text)?])),
            Some((Some(from), None)) => since(from),
            Some((None, to)) => before(to?),
            Some((Some(from), Some(to))) => {
                let is_range = time(from)?.0 < time(to)?.1;
                let both = Query::And(vec![since(from)?, before(to)?]);
                is_range.then_some(both)
            }
        },
    }
}

/// The first moment of a date or time, and the first after it.
fn time(text: &str) -> Option<(Moment, Moment)> {
    let text = text.strip_suffix(['Z', 'z']).unwrap_or(text);
    let (whole, seconds) = match text.len() {
        4 => (format!("{text}-01-01T00:00:00Z"), 0),
        7 => (format!("{text}-01T00:00:00Z"), 0),
        10 => (format!("{text}T00:00:00Z"), 86_400),
        13 => (format!("{text}:00:00Z"), 3_600),
        16 => (format!("{text}:00Z"), 60),
        19 => (format!("{text}Z"), 1),
        _ => (text.to_owned(), 1),
    };
    let start = Moment::parse(&whole.to_uppercase())?;
    let end = match text.len() {
        4 => Moment::parse(&format!(
            "{:04}-01-01T00:00:00Z",
            text.parse::<u16>().ok()? + 1
        ))?,
        7 => {
            let (year, month) = text.split_once('-')?;
            let (year, month): (u16, u8) = (year.parse().ok()?, month.parse().ok()?);
            let (year, month) = if month == 12 {
                (year + 1, 1)
            } else {
                (year, month + 1)
            };
            Moment::parse(&format!("{year:04}-{month:02}-01T00:00:00Z"))?
        }
        _ => start.plus(seconds),
    };
    Some((start, end))
}
