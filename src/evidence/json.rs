//! Reading JSON that someone else wrote: errors with a byte offset, and fields in more than one form.

use std::fmt;

use serde::de::{MapAccess, Visitor};
use serde::{Deserialize, Deserializer};
use serde_json::Value;
use serde_json::value::RawValue;

use super::problem::{Problem, ProblemCode};
use crate::moment::Moment;

/// Reads all of `bytes` as one JSON value of type `T`.
///
/// # Errors
/// [`ProblemCode::JsonSyntax`] where it is no JSON, [`ProblemCode::JsonShape`] where it is of another shape.
pub fn read<'a, T: Deserialize<'a>>(bytes: &'a [u8]) -> Result<T, Problem> {
    // What a type has no field for is passed over unread; wrong UTF-8 there is an error to other programs.
    let text = std::str::from_utf8(bytes).map_err(|wrong| {
        Problem::new(ProblemCode::TextEncoding, "").at(wrong.valid_up_to() as u64)
    })?;
    serde_json::from_str(text).map_err(|error| problem(bytes, &error))
}

/// The problem that a parser's error stands for, with its byte offset.
pub fn problem(bytes: &[u8], error: &serde_json::Error) -> Problem {
    if let Err(wrong) = std::str::from_utf8(bytes) {
        return Problem::new(ProblemCode::TextEncoding, "").at(wrong.valid_up_to() as u64);
    }
    let code = match error.classify() {
        serde_json::error::Category::Data => ProblemCode::JsonShape,
        _ => ProblemCode::JsonSyntax,
    };
    let text = error.to_string();
    let detail = text.split(" at line ").next().unwrap_or(&text);
    Problem::new(code, detail).at(offset(bytes, error.line(), error.column()))
}

/// Broken places of one file after which reading goes on.
const MOST_BROKEN: usize = 16;

/// Hands on all values that stand one after the other, as outputs do that were appended to one file. What is none of `T` between
/// them, as the message of a command that failed, is told, and reading goes on at the next line that begins an object or a list.
pub fn values<'a, T: Deserialize<'a>>(bytes: &'a [u8], mut then: impl FnMut(T)) -> Vec<Problem> {
    let mut problems = Vec::new();
    let mut from = 0;
    loop {
        let rest = &bytes[from..];
        let mut values = serde_json::Deserializer::from_slice(rest).into_iter::<T>();
        let error = loop {
            match values.next() {
                Some(Ok(value)) => then(value),
                Some(Err(error)) => break error,
                None => return problems,
            }
        };
        let mut problem = problem(rest, &error);
        let at = problem.offset.unwrap_or_default() as usize;
        problem.offset = Some((from + at) as u64);
        problems.push(problem);
        let begins = |two: &[u8]| two[0] == b'\n' && matches!(two[1], b'{' | b'[');
        let next = rest.get(at..).unwrap_or_default().windows(2);
        match next.map(begins).position(|begins| begins) {
            Some(more) if problems.len() < MOST_BROKEN => from += at + more + 1,
            _ => return problems,
        }
    }
}

/// The byte offset of a line and column, both counted from 1.
fn offset(bytes: &[u8], line: usize, column: usize) -> u64 {
    let mut start = 0;
    for _ in 1..line {
        match bytes[start..].iter().position(|&byte| byte == b'\n') {
            Some(at) => start += at + 1,
            None => break,
        }
    }
    (start + column.saturating_sub(1)).min(bytes.len()) as u64
}

/// A time as any version of the AWS CLI prints it: RFC 3339, seconds as a number, or seconds as text.
#[derive(Deserialize)]
#[serde(untagged)]
enum AnyTime {
    Seconds(f64),
    Text(String),
}

/// Reads a time in any of the forms; anything else counts as absent.
///
/// # Errors
/// None but those of broken JSON.
pub fn any_time<'de, D: Deserializer<'de>>(from: D) -> Result<Option<Moment>, D::Error> {
    Ok(match Lenient::<AnyTime>::deserialize(from)? {
        Lenient::Is(AnyTime::Seconds(seconds)) => Some(Moment::from_seconds(seconds as i64)),
        Lenient::Is(AnyTime::Text(text)) => time(&text),
        Lenient::Not(_) => None,
    })
}

/// Reads a time written as text: RFC 3339, or seconds.
pub fn time(text: &str) -> Option<Moment> {
    let text = text.trim();
    Moment::parse(text).or_else(|| {
        text.parse::<f64>()
            .ok()
            .map(|seconds| Moment::from_seconds(seconds as i64))
    })
}

/// Reads a time out of a decoded value, in any form that an output has it.
pub fn moment(value: &Value) -> Option<Moment> {
    match value {
        Value::Number(seconds) => seconds
            .as_f64()
            .map(|seconds| Moment::from_seconds(seconds as i64)),
        Value::String(text) => time(text),
        _ => None,
    }
}

/// A field that may hold anything: what is not of the type is ignored, not an error.
#[derive(Deserialize)]
#[serde(untagged)]
pub enum Lenient<T> {
    /// Of the type.
    Is(T),
    /// Anything else.
    Not(serde::de::IgnoredAny),
}

impl<T> Lenient<T> {
    /// The value, if it is of the type.
    pub fn value(self) -> Option<T> {
        match self {
            Lenient::Is(value) => Some(value),
            Lenient::Not(_) => None,
        }
    }
}
/// The fields of an object as they stand: in their order, with all that occur twice.
pub fn fields(raw: &str) -> Option<Vec<(String, &RawValue)>> {
    struct Fields<'a>(Vec<(String, &'a RawValue)>);
    impl<'de: 'a, 'a> Deserialize<'de> for Fields<'a> {
        fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
            struct Reads;
            impl<'de> Visitor<'de> for Reads {
                type Value = Fields<'de>;
                fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                    f.write_str("an object")
                }
                fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
                    let mut fields = Vec::new();
                    while let Some(field) = map.next_entry()? {
                        fields.push(field);
                    }
                    Ok(Fields(fields))
                }
            }
            from.deserialize_map(Reads)
        }
    }
    serde_json::from_str::<Fields<'_>>(raw)
        .ok()
        .map(|Fields(fields)| fields)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_after_a_broken_one_are_read() {
        let text =
            b"{\"a\":1}\n\nAn error occurred (AccessDenied)\n{\"a\":2} {\"a\":3}\n{\"a\":}\n[4]\n";
        let mut all = Vec::new();
        let problems = values(text, |value: Value| all.push(value.to_string()));
        assert_eq!(all, [r#"{"a":1}"#, r#"{"a":2}"#, r#"{"a":3}"#, "[4]"]);
        let told: Vec<_> = problems.iter().map(|one| (one.code, one.offset)).collect();
        let broken = ProblemCode::JsonSyntax;
        assert_eq!(told, [(broken, Some(9)), (broken, Some(63))]);
        let many = values(&b"{\n".repeat(1_000), |_: Value| ());
        assert_eq!(many.len(), MOST_BROKEN);
    }

    #[test]
    fn fields_stand_as_they_are_written() {
        let raw = r#"{"b":1.10,"a":[1],"b":123456789012345678901234567890}"#;
        let told: Vec<String> = (fields(raw).expect("fields").iter())
            .map(|(name, value)| format!("{name}={}", value.get()))
            .collect();
        assert_eq!(
            told,
            ["b=1.10", "a=[1]", "b=123456789012345678901234567890"]
        );
        assert!(fields("[1]").is_none() && fields("{").is_none());
    }
}
