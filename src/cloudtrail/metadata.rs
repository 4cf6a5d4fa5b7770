//! S3 object metadata: where the newest digest's signature is.

use std::fmt;

use base64::Engine as _;
use serde::de::value::MapAccessDeserializer;
use serde::de::{MapAccess, SeqAccess, Visitor};
use serde::{Deserialize, Deserializer, Serialize};
use serde_json::{Map, Value};

use crate::evidence::{Problem, ProblemCode};
use crate::moment::Moment;
use crate::sum::Sum;

use crate::evidence::json;
use crate::evidence::lenient::ignore;

/// Metadata of one object, whatever tool printed it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ObjectMetadata {
    /// The object's bucket, where the output names it.
    pub bucket: Option<String>,
    /// The object's key, where the output names it; `head-object` does not.
    pub key: Option<String>,
    /// `signature`, in hexadecimal.
    pub signature: Option<String>,
    /// `backfill-generation-timestamp`.
    pub backfill_generated: Option<Moment>,
    /// `LastModified`: when the object was written.
    pub modified: Option<Moment>,
    /// S3's own checksums of the object.
    pub stated: Stated,
}

/// What S3 states of an object's bytes.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Stated {
    /// The object's key, where the output names it.
    pub key: Option<String>,
    /// `ChecksumSHA256` over all of it.
    pub sum: Option<Sum>,
    /// `ChecksumSHA256` over the hashes of its parts, and how many there are.
    pub in_parts: Option<(Sum, u32)>,
    /// `ETag`, where it is made of MD5: not with SSE-KMS or SSE-C (S3 API reference, Object).
    pub etag: Option<String>,
    /// Whether the output tells how S3 encrypts the object, so that an ETag that is here is made of MD5 for certain.
    pub tells_encryption: bool,
    /// Bytes of a part, where `get-object-attributes` tells them.
    pub part_size: Option<u64>,
}

impl Stated {
    /// Whether it says anything of the bytes.
    pub fn tells(&self) -> bool {
        self.sum.is_some() || self.in_parts.is_some() || self.etag.is_some()
    }
}

/// Object metadata is small; a larger file is not read as such.
const LARGEST: usize = 256 << 20;

/// Reads the outputs of `head-object` and `get-object`, of `rclone lsjson -M`, and lists of either;
/// one value or several, one after the other; with what could not be read.
pub fn parse_json(bytes: &[u8]) -> (Vec<ObjectMetadata>, Vec<Problem>) {
    let mut all = Vec::new();
    if bytes.len() > LARGEST {
        let detail = "object metadata of this size is not read";
        return (
            all,
            vec![Problem::new(ProblemCode::TooLargeToParse, detail)],
        );
    }
    let problems = json::values(bytes, |List(list)| all.extend(list));
    (all, problems)
}

/// Metadata in a JSON value, of which one object is held at a time: lists name every object of a bucket.
struct List(Vec<ObjectMetadata>);

impl<'de> Deserialize<'de> for List {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        struct Visit;
        impl<'de> Visitor<'de> for Visit {
            type Value = Vec<ObjectMetadata>;

            fn expecting(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
                out.write_str("metadata of objects")
            }

            fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Self::Value, A::Error> {
                let mut all = Vec::new();
                while let Some(value) = list.next_element::<Value>()? {
                    all.extend(value.as_object().map(one));
                }
                Ok(all)
            }

            fn visit_map<A: MapAccess<'de>>(self, fields: A) -> Result<Self::Value, A::Error> {
                let object = Map::deserialize(MapAccessDeserializer::new(fields))?;
                Ok(vec![one(&object)])
            }

            ignore!();
            ignore!(texts);
        }
        from.deserialize_any(Visit).map(List)
    }
}

/// Whether a JSON object looks like metadata of an object.
pub fn is_metadata(object: &Map<String, Value>) -> bool {
    field(object, "Metadata").is_some_and(Value::is_object)
        || object
            .keys()
            .any(|key| key.to_ascii_lowercase().starts_with("x-amz-meta-"))
}

fn one(object: &Map<String, Value>) -> ObjectMetadata {
    let mut metadata = ObjectMetadata {
        bucket: text(object, &["Bucket"]),
        key: text(object, &["Key", "Path"]),
        modified: field(object, "LastModified").and_then(json::moment),
        ..ObjectMetadata::default()
    };
    let inner = field(object, "Metadata").and_then(Value::as_object);
    let checksum = field(object, "Checksum")
        .and_then(Value::as_object)
        .unwrap_or(object);
    let stated = &mut metadata.stated;
    let parts = field(object, "ObjectParts");
    let is_composite = text(checksum, &["ChecksumType"]).is_some_and(|kind| kind == "COMPOSITE");
    if let Some(text) = text(checksum, &["ChecksumSHA256"]) {
        // head-object writes the number of parts behind it, get-object-attributes beside it.
        let (hash, count) = text.split_once('-').unwrap_or((&text, ""));
        let beside = parts.and_then(|parts| parts["TotalPartsCount"].as_u64());
        let beside = beside.or(parts.and_then(|parts| parts["PartsCount"].as_u64()));
        let count = count.parse().ok().or(beside.map(|count| count as u32));
        match (sum(hash), count) {
            (Some(hash), Some(count)) => stated.in_parts = Some((hash, count)),
            (hash, _) if !is_composite => stated.sum = hash,
            _ => {}
        }
    }
    let sizes = parts.and_then(|parts| parts["Parts"].as_array());
    stated.part_size = sizes.and_then(|sizes| sizes.first()?["Size"].as_u64());
    let encryption = text(object, &["ServerSideEncryption"]);
    stated.tells_encryption = encryption.is_some();
    let encrypts = encryption.is_some_and(|how| how.starts_with("aws:kms"));
    let own_key = field(object, "SSECustomerAlgorithm").is_some();
    stated.etag = text(object, &["ETag"])
        .filter(|_| !encrypts && !own_key)
        .map(|etag| etag.trim_matches('"').to_ascii_lowercase());
    if stated.tells() {
        stated.key.clone_from(&metadata.key);
    }
    for (name, value) in object.iter().chain(inner.into_iter().flatten()) {
        if let Value::String(value) = value {
            metadata.take(name, value);
        }
    }
    metadata
}

/// SHA-256 in base64, as S3 prints it.
fn sum(text: &str) -> Option<Sum> {
    let bytes = base64::engine::general_purpose::STANDARD
        .decode(text)
        .ok()?;
    Some(Sum(bytes.try_into().ok()?))
}

/// A field by its name, case not minded: the Go SDK writes `Signature`, the CLI `signature`.
fn field<'a>(object: &'a Map<String, Value>, name: &str) -> Option<&'a Value> {
    object
        .iter()
        .find(|(key, _)| key.eq_ignore_ascii_case(name))
        .map(|(_, value)| value)
}

fn text(object: &Map<String, Value>, names: &[&str]) -> Option<String> {
    names
        .iter()
        .find_map(|name| field(object, name)?.as_str().map(str::to_owned))
}

/// Reads texts that are no JSON: dumps of HTTP headers, the AWS CLI's YAML, tables and text, and files that hold nothing
/// but signatures in hexadecimal. Each signature is one object's.
pub fn parse_text(text: &str) -> Vec<ObjectMetadata> {
    let mut all: Vec<ObjectMetadata> = Vec::new();
    // What stands before the signature that it goes with.
    let mut generated = None;
    for line in text.lines() {
        if let Some(signature) = signature_in(line) {
            all.push(ObjectMetadata {
                signature: Some(signature.to_owned()),
                backfill_generated: generated.take(),
                ..ObjectMetadata::default()
            });
        } else if let Some(at) = labelled(line, "backfill-generation-timestamp") {
            match all.last_mut() {
                Some(last) if last.backfill_generated.is_none() => {
                    last.backfill_generated = Moment::parse(at)
                }
                _ => generated = Moment::parse(at),
            }
        }
    }
    all
}

/// Whether a text that is no JSON holds a signature of an object's metadata.
pub fn is_text(text: &str) -> bool {
    text.lines().any(|line| signature_in(line).is_some())
}

/// Half of what a key of 2,048 bits signs with: shorter ones need their header's whole name to be taken for one.
const HEX: usize = 256;

/// The signature in a line: behind its label, in the CLI's line of metadata as text, or all that the line holds.
fn signature_in(line: &str) -> Option<&str> {
    let is_hex =
        |word: &&str| word.len() >= HEX && word.bytes().all(|byte| byte.is_ascii_hexdigit());
    if let Some(value) = labelled(line, "signature") {
        let whole = line.to_ascii_lowercase().contains("x-amz-meta-");
        return Some(value).filter(|value| whole && !value.is_empty() || is_hex(value));
    }
    let mut words = line
        .split(|sign: char| sign.is_whitespace() || "|\"',".contains(sign))
        .filter(|word| !word.is_empty());
    let first = words.next()?;
    if is_hex(&first) {
        return words.next().is_none().then_some(first);
    }
    (first == "METADATA").then(|| words.find(is_hex))?
}

/// What follows `name` in a line, `x-amz-meta-` before it or not, as headers, YAML and the CLI's tables have it.
fn labelled<'a>(line: &'a str, name: &str) -> Option<&'a str> {
    let line = line.trim_matches(|sign: char| sign.is_whitespace() || "<>*|\"',".contains(sign));
    let end = line.find([':', '|', '"', '\''])?;
    let (label, value) = line.split_at(end);
    let label = label.trim().to_ascii_lowercase();
    (label.strip_prefix("x-amz-meta-").unwrap_or(&label) == name)
        .then(|| value.trim_matches(|sign: char| sign.is_whitespace() || ":|\"',".contains(sign)))
}

impl ObjectMetadata {
    fn take(&mut self, name: &str, value: &str) {
        let name = name.to_ascii_lowercase();
        match name.strip_prefix("x-amz-meta-").unwrap_or(&name) {
            "signature" => self.signature = Some(value.trim().to_owned()),
            "backfill-generation-timestamp" => {
                self.backfill_generated = Moment::parse(value.trim())
            }
            _ => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_every_form() {
        let forms = [
            r#"{"ETag":"x","Metadata":{"signature":"ab","signature-algorithm":"SHA256withRSA"}}"#,
            r#"{"Metadata":{"Signature":"ab"},"Bucket":"b","Key":"k"}"#,
            r#"[{"Path":"AWSLogs/k","Metadata":{"signature":"ab"}}]"#,
            r#"{"x-amz-meta-signature":"ab"}"#,
            r#"{"signature":"ab","signature-algorithm":"SHA256withRSA"}"#,
        ];
        for form in forms {
            let all = parse_json(form.as_bytes()).0;
            assert_eq!(all[0].signature.as_deref(), Some("ab"), "{form}");
        }
        let two = parse_json(b"{\"Metadata\":{}} {\"Metadata\":{}}").0;
        assert_eq!(two.len(), 2);
        let odd = parse_json(b"1 -1 1.5 true null \"x\" [1, \"x\", {\"Metadata\":{}}, []]");
        assert_eq!(odd.0.len(), 1);
        assert_eq!(parse_json(b"[{\"Metadata\":{}},").1.len(), 1);
    }

    #[test]
    fn reads_signatures_out_of_texts() {
        let hex = "ab".repeat(256);
        let texts = [
            "HTTP/1.1 200 OK\r\n< X-Amz-Meta-Signature: ab\r\nETag: x\r\n".to_owned(),
            format!("{hex}\n"),
            format!("\"{hex}\"\n"),
            format!(
                "ETag: x\nMetadata:\n  signature: {hex}\n  signature-algorithm: SHA256withRSA\n"
            ),
            format!(
                "||  signature           |  {hex}  ||\n||  signature-algorithm |  SHA256withRSA  ||\n"
            ),
            format!("bytes\t717\tbinary\nMETADATA\t{hex}\tSHA256withRSA\n"),
        ];
        for text in &texts {
            assert!(is_text(text), "{text}");
            let signatures: Vec<_> = parse_text(text)
                .into_iter()
                .map(|one| one.signature)
                .collect();
            let expected = if text.contains(&hex) { &*hex } else { "ab" };
            assert_eq!(signatures, [Some(expected.to_owned())], "{text}");
        }
        let two = "x-amz-meta-signature: ab\nx-amz-meta-backfill-generation-timestamp: 2025-09-01T00:00:00Z\n\n\
                   x-amz-meta-signature: cd\n";
        let two = parse_text(two);
        assert_eq!(two.len(), 2);
        assert_eq!(two[1].signature.as_deref(), Some("cd"));
        assert!(two[0].backfill_generated.is_some() && two[1].backfill_generated.is_none());
        for text in [
            "hello: world",
            "signature: ab",
            "a signature of ours",
            "METADATA",
            "abcdef",
        ] {
            assert!(!is_text(text), "{text}");
        }
    }
}
