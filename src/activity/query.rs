//! The query language: `name:ConsoleLogin user:alice -region:us-east-1 (error:* OR proven:no) "free text"`.
//!
//! Terms that stand side by side must all hold. `field:value` means the whole value, case not minded; `*`
//! stands for anything; a word alone is searched in all columns. A minus negates, `OR` joins alternatives,
//! parentheses group, quotes make a phrase in which nothing has a meaning of its own.

use std::net::IpAddr;

use crate::moment::Moment;

use super::field::Field;

/// What is wrong with a query.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct QueryError {
    /// Where, counted in characters from 0.
    pub at: u32,
    /// What, and what is meant to stand there.
    pub message: String,
}

/// A query.
#[derive(Clone, Debug, PartialEq)]
pub enum Query {
    /// Every event.
    All,
    /// All of these hold.
    And(Vec<Query>),
    /// One of these holds.
    Or(Vec<Query>),
    /// This does not hold.
    Not(Box<Query>),
    /// A field has a value.
    Has(Field, Pattern),
    /// A text stands in any column.
    Text(Pattern),
    /// Not before.
    Since(Moment),
    /// Before.
    Before(Moment),
}

/// What a value must be like.
#[derive(Clone, Debug, PartialEq)]
pub enum Pattern {
    /// A text with anything between its parts; lower-case.
    Parts(Vec<String>),
    /// An address within a network: its bits and how many of them count.
    Network(u128, u8, bool),
}

impl Pattern {
    /// The pattern of a text; `literal` where `*` is only a star.
    pub fn new(text: &str, literal: bool) -> Self {
        let text = text.to_lowercase();
        if literal {
            return Pattern::Parts(vec![text]);
        }
        Pattern::Parts(text.split('*').map(str::to_owned).collect())
    }

    /// Whether it is only stars: any value but none.
    pub fn is_any(&self) -> bool {
        matches!(self, Pattern::Parts(parts) if parts.len() > 1 && parts.iter().all(String::is_empty))
    }

    /// Whether it is the whole of `value`.
    pub fn is(&self, value: &str) -> bool {
        match self {
            Pattern::Parts(parts) => is_whole(parts, &value.to_lowercase()),
            Pattern::Network(bits, length, v6) => address(value).is_some_and(|(other, is_v6)| {
                is_v6 == *v6 && masked(other, *length, is_v6) == *bits
            }),
        }
    }

    /// Whether it stands anywhere in `value`.
    pub fn is_in(&self, value: &str) -> bool {
        let Pattern::Parts(parts) = self else {
            return self.is(value);
        };
        let value = value.to_lowercase();
        let mut rest = value.as_str();
        parts.iter().all(|part| match rest.find(part.as_str()) {
            Some(at) => {
                rest = &rest[at + part.len()..];
                true
            }
            None => false,
        })
    }
}

fn is_whole(parts: &[String], value: &str) -> bool {
    let [first, middle @ .., last] = parts else {
        return parts.first().is_some_and(|only| only == value);
    };
    let Some(mut rest) = value.strip_prefix(first.as_str()) else {
        return false;
    };
    for part in middle {
        match rest.find(part.as_str()) {
            Some(at) => rest = &rest[at + part.len()..],
            None => return false,
        }
    }
    // A pattern of stars alone means that there is something.
    rest.ends_with(last.as_str())
        && (!value.is_empty() || parts.iter().any(|part| !part.is_empty()))
}

fn address(text: &str) -> Option<(u128, bool)> {
    match text.parse::<IpAddr>().ok()? {
        IpAddr::V4(v4) => Some((u128::from(u32::from(v4)), false)),
        IpAddr::V6(v6) => Some((u128::from(v6), true)),
    }
}

fn masked(bits: u128, length: u8, v6: bool) -> u128 {
    let all: u32 = if v6 { 128 } else { 32 };
    let rest = all.saturating_sub(u32::from(length));
    bits.checked_shr(rest).unwrap_or(0)
}

impl Query {
    /// Reads a query. Whatever is typed is kept by whoever asked; an error says where it stops making sense.
    ///
    /// # Errors
    /// The first thing that cannot be understood.
    pub fn parse(text: &str) -> Result<Self, QueryError> {
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

    /// A copy that a value must not be narrowed by: used to ask what else a facet holds.
    pub fn and(self, other: Query) -> Query {
        match (self, other) {
            (Query::All, other) => other,
            (query, Query::All) => query,
            (query, other) => Query::And(vec![query, other]),
        }
    }

    /// Calls `see` with every field and pattern that must hold.
    pub fn required(&self, see: &mut dyn FnMut(&Query)) {
        match self {
            Query::And(all) => all.iter().for_each(|one| one.required(see)),
            Query::Or(_) | Query::Not(_) => {}
            one => see(one),
        }
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
        if text.is_empty() {
            self.at = from;
            let help = field.entry().help;
            return Err(self.error(format!("A value is missing: {help}.")));
        }
        let wrong = |parser: &mut Self, message: String| {
            parser.at = from;
            Err(parser.error(message))
        };
        match field {
            Field::Since | Field::Until => match time(&text) {
                Some((start, _)) if field == Field::Since => Ok(Query::Since(start)),
                Some((_, end)) => Ok(Query::Before(end)),
                None => wrong(
                    self,
                    format!("{text} is no time: write 2024-01-31 or 2024-01-31T13:05:00Z, in UTC."),
                ),
            },
            Field::Ip if text.contains('/') && !is_phrase => match network(&text) {
                Some(pattern) => Ok(Query::Has(field, pattern)),
                None => wrong(
                    self,
                    format!(
                        "{text} is no network: write an address, a slash and a length, as 203.0.113.0/24."
                    ),
                ),
            },
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

fn network(text: &str) -> Option<Pattern> {
    let (base, length) = text.split_once('/')?;
    let (bits, v6) = address(base)?;
    let length: u8 = length.parse().ok()?;
    (length <= if v6 { 128 } else { 32 })
        .then(|| Pattern::Network(masked(bits, length, v6), length, v6))
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

#[cfg(test)]
mod tests {
    use super::*;

    fn has(field: Field, text: &str) -> Query {
        Query::Has(field, Pattern::new(text, false))
    }

    #[test]
    fn reads_the_example_of_the_documentation() {
        let query = Query::parse(
            "name:ConsoleLogin user:alice -region:us-east-1 error:* since:2024-01-01 ip:203.0.113.0/24 bucket:payroll proven:no",
        );
        let Ok(Query::And(all)) = query else {
            panic!("{query:?}")
        };
        assert_eq!(all.len(), 8);
        assert_eq!(all[0], has(Field::Name, "consolelogin"));
        assert_eq!(
            all[2],
            Query::Not(Box::new(has(Field::Region, "us-east-1")))
        );
        assert_eq!(
            Some(&all[4]),
            Moment::parse("2024-01-01T00:00:00Z")
                .map(Query::Since)
                .as_ref()
        );
    }

    #[test]
    fn groups_alternatives_and_phrases() {
        let query = Query::parse(r#"a (b OR "c d") name:(X OR "Y Z")"#).expect("a query");
        let text = |text: &str, literal| Query::Text(Pattern::new(text, literal));
        let name = |text: &str, literal| Query::Has(Field::Name, Pattern::new(text, literal));
        assert_eq!(
            query,
            Query::And(vec![
                text("a", false),
                Query::Or(vec![text("b", false), text("c d", true)]),
                Query::Or(vec![name("x", false), name("y z", true)]),
            ])
        );
        assert_eq!(Query::parse("   "), Ok(Query::All));
        assert_eq!(
            Query::parse("arn:aws:iam::1:user/x"),
            Ok(text("arn:aws:iam::1:user/x", false))
        );
    }

    #[test]
    fn errors_point_at_the_character() {
        for (text, at) in [
            ("name:", 5),
            ("a (b", 2),
            ("a )", 2),
            ("x \"y", 2),
            ("since:yesterday", 6),
            ("nosuch:thing", 0),
            ("a OR", 4),
            ("mfa:maybe", 4),
            ("ip:1.2.3.4/99", 3),
            ("- a", 1),
        ] {
            let error = Query::parse(text).expect_err(text);
            assert_eq!(error.at, at, "{text}: {}", error.message);
        }
        assert!(Query::parse(&"(".repeat(10_000)).is_err());
    }

    #[test]
    fn values_are_whole_and_stars_stand_for_anything() {
        assert!(Pattern::new("Console*", false).is("ConsoleLogin"));
        assert!(Pattern::new("*log*n", false).is("ConsoleLogin"));
        assert!(!Pattern::new("Console", false).is("ConsoleLogin"));
        assert!(!Pattern::new("*", false).is("") && Pattern::new("*", false).is("x"));
        assert!(!Pattern::new("ab*bc", false).is("abc"));
        assert!(Pattern::new("*", true).is("*") && !Pattern::new("*", true).is("x"));
        let network = network("203.0.113.0/24").expect("a network");
        assert!(
            network.is("203.0.113.77")
                && !network.is("203.0.114.1")
                && !network.is("s3.amazonaws.com")
        );
        assert!(
            super::network("2001:db8::/32")
                .expect("a network")
                .is("2001:db8::1")
        );
    }

    #[test]
    fn a_date_until_includes_its_day() {
        assert_eq!(
            Query::parse("until:2024-02"),
            Ok(Query::Before(
                Moment::parse("2024-03-01T00:00:00Z").expect("a time")
            ))
        );
        assert_eq!(
            Query::parse("until:2024-02-29"),
            Ok(Query::Before(
                Moment::parse("2024-03-01T00:00:00Z").expect("a time")
            ))
        );
    }
}
