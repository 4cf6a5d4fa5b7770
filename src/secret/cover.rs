//! A record with its secrets covered, as it is shown unless somebody asks for them.

use serde_json::Value;
use serde_json::value::RawValue;

use super::json::{
    OF_EVENTS, OF_ITEMS, OF_OUTCOMES, fields, is_no_id, search_field, search_value, unpacked,
};
use super::mask::{self, COVER};
use super::{Class, MOST, Secret, class_of, in_text};

/// How often a text may stand in JSON within a text for its escapes to be followed.
const DEEPEST: usize = 4;

/// The fields of a record that can hold secrets, with what they hold.
fn held(raw: &str) -> Vec<(&'static str, &str)> {
    let fields = fields(raw);
    let roots = [&[OF_EVENTS], &OF_OUTCOMES[..], OF_ITEMS]
        .concat()
        .into_iter();
    let held = roots.filter_map(|root| Some((root, fields.get(root)?.get())));
    held.collect()
}

/// The secrets of a record; of one that stands within a message all that the message holds, but for the IDs of keys, which say
/// who called.
pub fn secrets(raw: &str) -> Vec<Secret> {
    let held = held(raw);
    if !held.is_empty() {
        let found = held.into_iter();
        let found = found.flat_map(|(root, value)| search_field(value, root));
        return found.collect();
    }
    let mut all = search_value(raw, "record");
    // Where there are more than are told, what the IDs left no room for is not known.
    if all.len() < MOST {
        all.retain(is_no_id);
    }
    all
}

/// The text of a record with its secrets covered; `None` where it has none. It stays JSON, and all else stays as it is. What
/// cannot be covered in its place is covered with the whole field of the record that holds it.
pub fn record(raw: &str) -> Option<String> {
    let secrets = secrets(raw);
    if secrets.is_empty() {
        return None;
    }
    // No more than so many are told one by one.
    if secrets.len() >= MOST {
        return Some(without_fields(raw));
    }
    let text = text(raw, &secrets);
    let left = self::secrets(&text);
    let is_left = left.iter().any(|one| {
        let is_same = |secret: &Secret| secret.value == one.value;
        class_of(one.rule) != Class::PrivateKey && secrets.iter().any(is_same)
    });
    if is_left || serde_json::from_str::<&RawValue>(&text).is_err() {
        return Some(without_fields(raw));
    }
    Some(text)
}

/// A text with some secrets covered, wherever they stand in it.
pub fn text(text: &str, secrets: &[Secret]) -> String {
    let covered = |text: String, secret: &Secret| match class_of(secret.rule) {
        _ if secret.path.ends_with(" (base64)") => without_packed(&text, secret),
        Class::PrivateKey => without_key(&text),
        _ => without(&text, secret),
    };
    secrets.iter().fold(text.to_owned(), covered)
}

/// Covers a value wherever it stands, escaped as often as JSON may stand in a text.
fn without(text: &str, secret: &Secret) -> String {
    let (mut value, mut cover) = (secret.value.clone(), secret.masked());
    let mut text = text.to_owned();
    for _ in 0..=DEEPEST {
        text = text.replace(&value, &cover);
        (value, cover) = (escaped(&value), escaped(&cover));
    }
    text
}

/// A text as it stands in JSON.
fn escaped(text: &str) -> String {
    let quoted = Value::from(text).to_string();
    quoted[1..quoted.len() - 1].to_owned()
}

/// Covers what stands between the first and the last line of private keys.
fn without_key(text: &str) -> String {
    const BEGIN: &str = "PRIVATE KEY";
    let mut out = String::new();
    let mut rest = text;
    while let Some(at) = rest.find(BEGIN) {
        // What ends a first line, and all up to the last line, or to the end of the text.
        let after = &rest[at + BEGIN.len()..];
        let body = after.strip_prefix(" BLOCK").unwrap_or(after);
        let head = rest.len() - body.len();
        let Some(body) = body.strip_prefix("-----") else {
            out += &rest[..head];
            rest = &rest[head..];
            continue;
        };
        let ends = ["-----END", "\""].iter().filter_map(|end| body.find(end));
        let mut end = ends.min().unwrap_or(body.len());
        // A quote may have its own escapes.
        while body[..end].ends_with('\\') {
            end -= 1;
        }
        out += &rest[..head + 5];
        out += COVER;
        let after = &body[end..];
        let last = after
            .strip_prefix("-----END")
            .and_then(|_| after.find("KEY"));
        let last = last.map_or(0, |at| at + 3);
        out += &after[..last];
        rest = &after[last..];
    }
    out + rest
}

/// Covers the texts in base64 that hold a secret.
fn without_packed(text: &str, secret: &Secret) -> String {
    let is_base64 = |c: char| c.is_ascii_alphanumeric() || "+/=".contains(c);
    let mut out = String::new();
    let mut rest = text;
    while let Some(from) = rest.find(is_base64) {
        let length = rest[from..].find(|c| !is_base64(c));
        let end = length.map_or(rest.len(), |length| from + length);
        let part = &rest[from..end];
        let holds = unpacked(part, true).is_some_and(|inner| inner.contains(&secret.value));
        out += &rest[..from];
        out += if holds { COVER } else { part };
        rest = &rest[end..];
    }
    out + rest
}

/// Covers the fields of a record that hold secrets as a whole; all of it where it has none of them.
fn without_fields(raw: &str) -> String {
    let cover = format!("\"{COVER}\"");
    let held = held(raw);
    if held.is_empty() {
        return cover;
    }
    held.iter().fold(raw.to_owned(), |text, (_, value)| {
        text.replace(value, &cover)
    })
}

/// The beginning of a file of evidence with its secrets covered; `None` where it has none. It may hold many records and end
/// within one, so JSON is taken text by text: one that holds more than a secret is covered as a whole.
pub fn beginning(file: &str) -> Option<String> {
    if !file.trim_start().starts_with(['{', '[', '"']) {
        return lines(file);
    }
    let texts = texts(file);
    let (mut out, mut seen) = (String::new(), 0);
    let (mut name, last) = ("", file.rfind('}'));
    for (at, &(from, end)) in texts.iter().enumerate() {
        let told = &file[from..end];
        if is_name(file, end) {
            name = told.trim_matches('"');
            continue;
        }
        // A last one that does not end may be any part of a secret.
        let mut is_cut = serde_json::from_str::<String>(told).is_err() && told.len() > 8;
        let names = if ["value", "parametervalue"].contains(&&*name.to_ascii_lowercase()) {
            // So may one whose name would have come behind it.
            is_cut |= last.is_none_or(|last| last < from);
            beside(file, &texts, at)
        } else {
            vec![name]
        };
        let is_told = |name: &&str| {
            let mut found = search_value(told, name);
            found.retain(is_no_id);
            !found.is_empty()
        };
        if is_cut || names.iter().any(is_told) {
            out += &file[seen..from];
            out += "\"";
            out += COVER;
            out += "\"";
            seen = end;
        }
    }
    (seen > 0).then(|| out + &file[seen..])
}

/// Where the texts of JSON stand, with their quotes.
pub fn texts(file: &str) -> Vec<(usize, usize)> {
    let bytes = file.as_bytes();
    let mut all = Vec::new();
    let mut at = 0;
    while let Some(from) = bytes[at..].iter().position(|&byte| byte == b'"') {
        let from = at + from;
        at = from + 1;
        while at < bytes.len() && bytes[at] != b'"' {
            at += if bytes[at] == b'\\' { 2 } else { 1 };
        }
        at = (at + 1).min(bytes.len());
        all.push((from, at));
    }
    all
}

/// Whether the text that ends here is the name of a field.
fn is_name(file: &str, end: usize) -> bool {
    file[end..].trim_start().starts_with(':')
}

/// The texts beside one in its object: one of them may name it, as with variables of containers.
fn beside<'f>(file: &'f str, texts: &[(usize, usize)], at: usize) -> Vec<&'f str> {
    const FAR: usize = 8;
    let is_near = |pair: &[(usize, usize)]| !file[pair[0].1..pair[1].0].contains(['{', '}']);
    let before = texts[..=at].windows(2).rev().take(FAR);
    let before = before.take_while(|pair| is_near(pair)).map(|pair| pair[0]);
    let after = texts[at..].windows(2).take(FAR);
    let after = after.take_while(|pair| is_near(pair)).map(|pair| pair[1]);
    let of_values = before.chain(after).filter(|&(_, end)| !is_name(file, end));
    of_values
        .map(|(from, end)| file[from..end].trim_matches('"'))
        .collect()
}

/// A text with the places in it covered, which are in order; with `more`, all behind the last is. `cover` is told which place it is,
/// and what stands there.
pub fn places_in(
    text: &str,
    places: &mut dyn Iterator<Item = (usize, (usize, usize))>,
    more: bool,
    cover: &dyn Fn(usize, &str) -> String,
) -> String {
    let (mut out, mut seen) = (String::new(), 0);
    for (place, (at, end)) in places {
        // Of what overlaps, the rest is covered too; a character is covered as a whole.
        let at = text.floor_char_boundary(at).max(seen);
        let end = text.ceil_char_boundary(end);
        if at <= end {
            out += &text[seen..at];
            out += &cover(place, &text[at..end]);
            seen = end;
        }
    }
    out + if more { COVER } else { &text[seen..] }
}

/// A text with its secrets covered, line by line; `None` where it has none.
pub fn lines(text: &str) -> Option<String> {
    let mut out = String::new();
    for line in text.split_inclusive('\n') {
        let found = in_text(line);
        let places = found.iter().map(|&(_, at, length)| (at, at + length));
        let cover = |_, value: &str| mask::secret(value);
        out += &places_in(line, &mut places.enumerate(), found.len() >= MOST, &cover);
    }
    let out = without_key(&out);
    (out != text).then_some(out)
}

#[cfg(test)]
mod tests {
    use super::*;

    const VALUE: &str = "9hJ2kLm4Np6Qr8St0Uv1Wx3Yz5Ab7Cd9Ef1Gh3Ij";

    fn covered(request: &str) -> String {
        let raw = format!(
            r#"{{"eventName":"A","userIdentity":{{"accessKeyId":"AKIAQ3EGRFSOTVBNAB2C"}},"requestParameters":{request},"n":1.50}}"#
        );
        let text = record(&raw).unwrap_or(raw);
        assert!(serde_json::from_str::<Value>(&text).is_ok(), "{text}");
        assert!(
            text.contains(r#""accessKeyId":"AKIAQ3EGRFSOTVBNAB2C""#)
                && text.ends_with(r#""n":1.50}"#)
        );
        text
    }

    #[test]
    fn secrets_are_covered_wherever_they_stand() {
        use base64::Engine as _;
        let script = format!("#!/bin/sh\nexport aws_secret_access_key={VALUE}\n");
        let packed = base64::engine::general_purpose::STANDARD.encode(&script);
        for request in [
            format!(r#"{{"environment":{{"aws_secret_access_key":"{VALUE}","B":"b"}}}}"#),
            format!(r#"{{"definition":"{{\"client_secret\":\"{VALUE}\"}}"}}"#),
            format!(r#"{{"a":"{{\"b\":\"{{\\\"client_secret\\\":\\\"{VALUE}\\\"}}\"}}"}}"#),
            format!(r#"{{"note":"password={VALUE} and {VALUE} again"}}"#),
            format!(r#"{{"userData":"{packed}"}}"#),
            // Escapes that nobody needs are not followed: the whole field is covered.
            format!(r#"{{"password":"\u0039{}"}}"#, &VALUE[1..]),
        ] {
            let text = covered(&request);
            assert!(
                !text.contains(&VALUE[4..]) && !text.contains(&packed),
                "{text}"
            );
            assert!(text.contains(COVER), "{text}");
        }
    }

    #[test]
    fn outcomes_are_covered_but_for_the_ids_of_keys() {
        let raw = format!(
            r#"{{"eventName":"AssumeRole","requestParameters":{{"roleArn":"r"}},"responseElements":{{"credentials":{{"accessKeyId":"ASIAQ3EGRFSOTVBNAB2C","sessionToken":"{}"}}}},"errorMessage":"no such user: password={VALUE}","additionalEventData":{{"note":"password={VALUE}"}}}}"#,
            VALUE.repeat(3)
        );
        let text = record(&raw).expect("secrets");
        assert!(!text.contains(&VALUE[4..]), "{text}");
        assert!(
            text.contains("ASIAQ3EGRFSOTVBNAB2C") && text.contains("no such user"),
            "{text}"
        );
        let created = r#"{"eventName":"CreateAccessKey","responseElements":{"accessKey":{"accessKeyId":"AKIAQ3EGRFSOTVBNAB2C","secretAccessKey":"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","userName":"u"}}}"#;
        let text = record(created).expect("a secret");
        assert!(!text.contains("Rt9Xb5Lm2V"), "{text}");
        assert!(text.contains("AKIAQ3EGRFSOTVBNAB2C"), "{text}");
        let calm = r#"{"requestParameters":null,"responseElements":{"credentials":{"accessKeyId":"ASIAQ3EGRFSOTVBNAB2C"}}}"#;
        assert_eq!(record(calm), None);
    }

    #[test]
    fn more_secrets_than_are_told_are_covered_together() {
        let one = |at: usize| format!(r#""password_{at}":"{at}{VALUE}""#);
        let all: Vec<String> = (0..200).map(one).collect();
        let text = covered(&format!("{{{}}}", all.join(",")));
        assert!(
            text.contains(&format!(r#""requestParameters":"{COVER}""#)),
            "{text}"
        );
    }

    #[test]
    fn private_keys_are_covered_between_their_lines() {
        for (request, expected) in [
            (
                r#"{"a":"-----BEGIN RSA PRIVATE KEY-----\nMIIEpAIBAAKCAQEA\n-----END RSA PRIVATE KEY-----\n","b":"x"}"#,
                r#"{"a":"-----BEGIN RSA PRIVATE KEY-----••••••••-----END RSA PRIVATE KEY-----\n","b":"x"}"#,
            ),
            (
                r#"{"a":"{\"k\":\"-----BEGIN PRIVATE KEY-----\\nMIIEpAIBAAKCAQEA\"}","b":"x"}"#,
                r#"{"a":"{\"k\":\"-----BEGIN PRIVATE KEY-----••••••••\"}","b":"x"}"#,
            ),
        ] {
            assert!(covered(request).contains(expected), "{}", covered(request));
        }
    }

    #[test]
    fn records_within_messages_are_covered_too() {
        let record_text = format!(
            r#"{{"userIdentity":{{"accessKeyId":"AKIAQ3EGRFSOTVBNAB2C"}},"requestParameters":{{"password":"{VALUE}"}}}}"#
        );
        for raw in [
            format!(r#"{{"detail":{record_text}}}"#),
            Value::from(record_text.clone()).to_string(),
            format!(r#"{{"Message":{}}}"#, Value::from(record_text.clone())),
        ] {
            let text = record(&raw).expect("a secret");
            assert!(
                !text.contains(&VALUE[4..]) && text.contains("AKIAQ3EGRFSOTVBNAB2C"),
                "{text}"
            );
        }
        // In a text that is no JSON, as a value that is compared.
        let found = secrets(&record_text);
        assert!(!text(&format!("password {VALUE}"), &found).contains(&VALUE[4..]));
    }

    #[test]
    fn beginnings_of_files_are_covered_wherever_they_end() {
        let key = r#"{"userIdentity":{"accessKeyId":"AKIAQ3EGRFSOTVBNAB2C"}}"#;
        let request = format!(
            r#"{{"requestParameters":{{"environment":[{{"name":"DB_PASSWORD","type":"PLAINTEXT","value":"{VALUE}"}},{{"value":"{VALUE}","name":"API_KEY"}}],"password":"{VALUE}","definition":"{{\"client_secret\":\"{VALUE}\"}}"}}}}"#
        );
        // More IDs of keys than are told of one record do not hide what stands behind them.
        let log = format!(r#"{{"Records":[{},{request}]}}"#, vec![key; 60].join(","));
        let shown = beginning(&log).expect("secrets");
        assert!(!shown.contains(&VALUE[4..]), "{shown}");
        assert!(serde_json::from_str::<Value>(&shown).is_ok(), "{shown}");
        assert_eq!(shown.matches("AKIAQ3EGRFSOTVBNAB2C").count(), 60);
        for end in log.len() - request.len()..log.len() {
            let shown = beginning(&log[..end]).unwrap_or(log[..end].to_owned());
            assert!(!shown.contains(&VALUE[..8]), "{shown}");
        }
        assert!(!record(&log).expect("secrets").contains(&VALUE[4..]));
        // What is no JSON.
        let script = format!("export DB_PASSWORD={VALUE}\n").repeat(60);
        let shown = beginning(&format!("#!/bin/sh\n{script}")).expect("secrets");
        assert!(shown.starts_with("#!/bin/sh\nexport") && !shown.contains(&VALUE[4..]));
        let pem =
            "key:\n-----BEGIN PRIVATE KEY-----\nMIIEpAIBAAKCAQEA\n-----END PRIVATE KEY-----\n";
        assert!(!beginning(pem).expect("a key").contains("MIIE"));
        for same in [
            "",
            "{",
            "\"",
            "\"\\",
            r#"{"a":"b","value":"c"},{"é":"\"é"#,
            "plain\n",
        ] {
            assert_eq!(beginning(same), None, "{same}");
        }
    }

    #[test]
    fn what_holds_no_secret_stays() {
        for raw in ["", "{", "[]", r#"{"requestParameters":{"bucketName":"b"}}"#] {
            assert_eq!(record(raw), None);
        }
    }
}
