//! The rows of a CloudTrail Lake query as events.
//!
//! A query chooses its columns, and CSV holds structures as `{name=value, …}` in which nothing is escaped
//! (observed in the AWS CLI's own sample): they are taken apart as far as their form tells, so a value that
//! looks like a structure can be misread. The row as it stands is always shown beside. Fields that the
//! query did not choose are absent.

use std::collections::HashMap;

use serde_json::{Map, Value};

use crate::evidence::{Problem, ProblemCode};

use super::event::Event;
use super::log::Read;

/// Reads `result_N.csv`.
pub fn parse(bytes: &[u8], seed: u64) -> Read {
    let mut read = Read::new(seed);
    let mut rows = csv::ReaderBuilder::new()
        .comment(Some(b'#'))
        .flexible(true)
        .from_reader(bytes);
    let names: Vec<String> = match rows.byte_headers() {
        Ok(names) => names.iter().map(text).collect(),
        Err(error) => {
            let problem = Problem::new(ProblemCode::TextEncoding, error.to_string());
            read.problems.push(problem);
            return read;
        }
    };
    let known = known();
    let mut row = csv::ByteRecord::new();
    loop {
        let begun = rows.position().byte();
        match rows.read_byte_record(&mut row) {
            Ok(true) => {}
            Ok(false) => break,
            Err(_) => {
                read.problem(begun);
                continue;
            }
        }
        let at = row.position().map_or(begun, csv::Position::byte);
        let end = rows.position().byte();
        let mut record = Map::new();
        for (name, value) in names.iter().zip(&row) {
            place(&mut record, &known, name, &text(value));
        }
        let json = Value::Object(record).to_string();
        match Event::parse(&json) {
            // Its record cannot be compared with one of a log file: no print.
            Ok(event) => read.push(&event, None, at, (end - at) as usize),
            Err(_) => read.problem(at),
        }
    }
    read
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

/// Field names as records spell them, by their lower case: Lake's structures have lost it.
fn known() -> HashMap<String, &'static str> {
    const NAMES: &[&str] = &[
        "eventVersion",
        "userIdentity",
        "eventTime",
        "eventSource",
        "eventName",
        "awsRegion",
        "sourceIPAddress",
        "userAgent",
        "errorCode",
        "errorMessage",
        "requestParameters",
        "responseElements",
        "additionalEventData",
        "eventID",
        "readOnly",
        "managementEvent",
        "eventType",
        "eventCategory",
        "recipientAccountId",
        "resources",
        "insightDetails",
        "principalId",
        "accountId",
        "accessKeyId",
        "userName",
        "sessionContext",
        "sessionIssuer",
        "attributes",
        "mfaAuthenticated",
        "invokedBy",
        "arn",
        "type",
        "MFAUsed",
        "ConsoleLogin",
        "bucketName",
        "roleArn",
        "roleSessionName",
        "instanceId",
        "keyId",
    ];
    let named = NAMES.iter().map(|name| (name.to_lowercase(), *name));
    named.collect()
}

/// Puts a value where its column's name says: `userIdentity.arn` is the ARN within the identity.
fn place(
    into: &mut Map<String, Value>,
    known: &HashMap<String, &'static str>,
    name: &str,
    value: &str,
) {
    let spelled = |name: &str| {
        let lower = name.trim().to_lowercase();
        known
            .get(&lower)
            .map_or_else(|| name.trim().to_owned(), |name| (*name).to_owned())
    };
    if value.is_empty() || value == "null" {
        return;
    }
    let read = structure(value, &spelled, 0).unwrap_or_else(|| Value::String(time(value)));
    match (name.split_once('.'), read) {
        // Events that came through a channel hold the call within `eventData`.
        (None, Value::Object(inner)) if name.eq_ignore_ascii_case("eventData") => {
            for (name, value) in inner {
                into.entry(name).or_insert(value);
            }
        }
        (None, read) => {
            into.insert(spelled(name), read);
        }
        (Some((outer, inner)), read) => {
            let within = into
                .entry(spelled(outer))
                .or_insert_with(|| Value::Object(Map::new()));
            if let Value::Object(within) = within {
                within.insert(spelled(inner), read);
            }
        }
    }
}

/// How deep structures are taken apart.
const DEEPEST: usize = 8;

/// `{name=value, name={…}}` or `[value, …]` as JSON; `None` where it has not that form.
fn structure(text: &str, spelled: &dyn Fn(&str) -> String, depth: usize) -> Option<Value> {
    if depth > DEEPEST {
        return None;
    }
    let inner = |open, close| text.strip_prefix(open)?.strip_suffix(close);
    let value = |part: &str| {
        let part = part.trim();
        structure(part, spelled, depth + 1).unwrap_or_else(|| Value::String(part.to_owned()))
    };
    if let Some(inner) = inner('{', '}') {
        let mut fields = Map::new();
        let mut last: Option<String> = None;
        for part in parts(inner) {
            match part.split_once('=') {
                Some((name, text)) if is_name(name.trim()) => {
                    let name = spelled(name);
                    if text.trim() != "null" {
                        fields.insert(name.clone(), value(text));
                    }
                    last = Some(name);
                }
                // A comma within a value.
                _ => {
                    if let Some(Value::String(before)) =
                        last.as_ref().and_then(|name| fields.get_mut(name))
                    {
                        before.push(',');
                        before.push_str(part);
                    }
                }
            }
        }
        return Some(Value::Object(fields));
    }
    inner('[', ']').map(|inner| Value::Array(parts(inner).into_iter().map(value).collect()))
}

fn is_name(text: &str) -> bool {
    !text.is_empty()
        && text
            .chars()
            .all(|c| c.is_alphanumeric() || matches!(c, '_' | '-' | '.' | ':' | '/'))
}

/// The parts between commas that are in no bracket.
fn parts(text: &str) -> Vec<&str> {
    let (mut parts, mut depth, mut from) = (Vec::new(), 0_i32, 0);
    for (at, byte) in text.bytes().enumerate() {
        match byte {
            b'{' | b'[' => depth += 1,
            // A stray bracket within a value closes nothing.
            b'}' | b']' => depth = (depth - 1).max(0),
            b',' if depth == 0 => {
                parts.push(&text[from..at]);
                from = at + 1;
            }
            _ => {}
        }
    }
    if from < text.len() {
        parts.push(&text[from..]);
    }
    parts
}

/// Lake prints times as `2022-05-19 21:51:39.000`, in UTC.
fn time(text: &str) -> String {
    let bytes = text.as_bytes();
    let is_time = bytes.len() >= 19 && bytes[4] == b'-' && bytes[10] == b' ' && bytes[13] == b':';
    if is_time && text.is_ascii() {
        return format!("{}T{}Z", &text[..10], &text[11..]);
    }
    text.to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::moment::Moment;

    #[test]
    fn reads_rows_with_structures() {
        let text = "# Execution Time: x Query Statement: SELECT *\neventID,eventTime,eventName,eventSource,userIdentity,requestParameters,awsRegion\n\
            e1,2022-05-19 21:51:39.000,GetObject,s3.amazonaws.com,\"{type=AssumedRole, principalid=A:b, arn=arn:aws:sts::1:assumed-role/r/s, sessioncontext={sessionissuer={username=r}}}\",\"{bucketName=payroll, key=a, b}\",eu-west-1\n";
        let read = parse(text.as_bytes(), 7);
        assert!(read.problems.is_empty());
        let [row] = &read.log.rows[..] else {
            panic!("one row")
        };
        let said = |at: u32| read.log.texts.get(at);
        assert_eq!(row.time, Moment::parse("2022-05-19T21:51:39Z"));
        assert_eq!(
            (said(row.name), said(row.actor[2]), said(row.actor[3])),
            ("GetObject", "r", "s")
        );
        assert_eq!(
            row.resources
                .iter()
                .map(|&one| said(one))
                .collect::<Vec<_>>(),
            ["payroll", "a, b"]
        );
        assert!(text[row.at as usize..].starts_with("e1,2022"));
        assert_eq!(row.print, 0);
    }

    #[test]
    fn survives_anything() {
        for text in [
            "",
            "a\n\"",
            "a,b\n{,}=,[[",
            "x\n{{{{{{{{{{{{=}",
            "userIdentity.arn,userIdentity\nx,y",
        ] {
            let _ = parse(text.as_bytes(), 7);
        }
    }
}
