//! The query language: `name:ConsoleLogin user:alice -region:us-east-1 (error:* OR proven:no) "free text"`.
//!
//! Terms that stand side by side must all hold. `field:value` means the whole value, case not minded; `*`
//! stands for anything; a word alone is searched in all columns. A minus negates, `OR` joins alternatives,
//! parentheses group, quotes make a phrase in which nothing has a meaning of its own.

use std::borrow::Cow;
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
    /// An address from one to another, both included, and whether they are of version 6.
    Addresses(u128, u128, bool),
    /// A number from one to another, both included.
    Numbers(u32, u32),
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

    /// The one text that it stands for; `None` where it has stars or is a range.
    pub fn plain(&self) -> Option<&str> {
        match self {
            Pattern::Parts(parts) => match &parts[..] {
                [one] if !one.is_empty() => Some(one),
                _ => None,
            },
            Pattern::Addresses(..) | Pattern::Numbers(..) => None,
        }
    }

    /// Whether it is the whole of `value`.
    pub fn is(&self, value: &str) -> bool {
        match self {
            Pattern::Parts(parts) => match &parts[..] {
                [only] if value.is_ascii() => value.eq_ignore_ascii_case(only),
                _ => is_whole(parts, &lower(value)),
            },
            Pattern::Addresses(from, to, v6) => address(value)
                .is_some_and(|(bits, is_v6)| is_v6 == *v6 && (*from..=*to).contains(&bits)),
            Pattern::Numbers(from, to) => value
                .parse()
                .is_ok_and(|number| (*from..=*to).contains(&number)),
        }
    }

    /// Whether it stands anywhere in `value`.
    pub fn is_in(&self, value: &str) -> bool {
        let Pattern::Parts(parts) = self else {
            return self.is(value);
        };
        // Most values hold no part of most patterns: that is told without a copy.
        if let [first, ..] = &parts[..]
            && value.is_ascii()
            && !has(value.as_bytes(), first.as_bytes())
        {
            return false;
        }
        let value = lower(value);
        let mut rest = &*value;
        parts.iter().all(|part| match rest.find(part.as_str()) {
            Some(at) => {
                rest = &rest[at + part.len()..];
                true
            }
            None => false,
        })
    }
}

fn lower(text: &str) -> Cow<'_, str> {
    let is_lower = text.is_ascii() && !text.bytes().any(|byte| byte.is_ascii_uppercase());
    if is_lower {
        Cow::Borrowed(text)
    } else {
        Cow::Owned(text.to_lowercase())
    }
}

/// Whether a lower-case part stands in ASCII, case not minded.
fn has(text: &[u8], part: &[u8]) -> bool {
    let Some((&first, _)) = part.split_first() else {
        return true;
    };
    let last = text.len().saturating_sub(part.len() - 1);
    let begins = |at: &usize| text[*at].to_ascii_lowercase() == first;
    (0..last)
        .filter(begins)
        .any(|at| text[at..at + part.len()].eq_ignore_ascii_case(part))
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

pub(super) fn address(text: &str) -> Option<(u128, bool)> {
    match text.parse::<IpAddr>().ok()? {
        IpAddr::V4(v4) => Some((u128::from(u32::from(v4)), false)),
        IpAddr::V6(v6) => Some((u128::from(v6), true)),
    }
}

impl Query {
    /// Reads a query. Whatever is typed is kept by whoever asked; an error says where it stops making sense.
    ///
    /// # Errors
    /// The first thing that cannot be understood.
    pub fn parse(text: &str) -> Result<Self, QueryError> {
        super::parser::parse(text)
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
            ("ip:1.2.3.4..1.2.3.3", 3),
            ("ip:1.2.3.4..::1", 3),
            ("time:2024-02..2024-01", 5),
            ("time:..", 5),
            ("risk:high", 5),
            ("risk:8..2", 5),
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
        let addresses = |text: &str| crate::activity::parser::addresses(text).expect(text);
        let network = addresses("203.0.113.0/24");
        assert!(
            network.is("203.0.113.77")
                && !network.is("203.0.114.1")
                && !network.is("s3.amazonaws.com")
        );
        assert!(addresses("2001:db8::/32").is("2001:db8::1"));
        assert!(addresses("0.0.0.0/0").is("255.1.2.3"));
        let range = addresses("203.0.113.5..203.0.113.9");
        assert!(range.is("203.0.113.9") && !range.is("203.0.113.10"));
        assert!(addresses("2001:db8::..").is("ffff::1"));
    }

    #[test]
    fn ranges_include_both_ends() {
        let at = |text: &str| Moment::parse(text).expect("a time");
        let since = Query::Since(at("2024-01-31T00:00:00Z"));
        let before = Query::Before(at("2024-03-01T00:00:00Z"));
        let parsed = |text: &str| Query::parse(text).expect(text);
        assert_eq!(
            parsed("time:2024-01-31..2024-02"),
            Query::And(vec![since.clone(), before.clone()])
        );
        assert_eq!(parsed("time:2024-01-31.."), since);
        assert_eq!(parsed("-time:..2024-02"), Query::Not(Box::new(before)));
        assert_eq!(
            parsed("risk:8.."),
            Query::Has(Field::Risk, Pattern::Numbers(8, u32::MAX))
        );
        assert_eq!(
            parsed("risk:7"),
            Query::Has(Field::Risk, Pattern::Numbers(7, 7))
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
