//! Digest files: one an hour for each trail and region, naming the log files delivered in that hour.

use serde::{Deserialize, Serialize};

use crate::evidence::{Problem, ProblemCode};
use crate::moment::Moment;
use crate::sum::Sum;

use crate::evidence::json;

/// A digest file as it was read. Texts that are signed are kept verbatim.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Digest {
    /// `awsAccountId`.
    pub account: String,
    /// `digestStartTime`: the window is by delivery time of log files.
    pub start: Moment,
    /// `digestEndTime`.
    pub end: Moment,
    /// `digestEndTime` verbatim, as it is signed.
    pub end_text: String,
    /// `digestS3Bucket`.
    pub bucket: String,
    /// `digestS3Object`.
    pub key: String,
    /// `digestPublicKeyFingerprint`, or `publicKeyFingerprint` as the documentation's field list has it.
    pub fingerprint: String,
    /// The predecessor; `None` in a starting digest.
    pub previous: Option<Previous>,
    /// `previousDigestSignature` verbatim, as it is signed; `None` where it is null.
    pub previous_signature: Option<String>,
    /// `logFiles`.
    pub logs: Vec<ListedLog>,
    /// SHA-256 of the uncompressed bytes.
    pub content: Sum,
}

/// What a digest says of the digest before it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Previous {
    /// `previousDigestS3Bucket`.
    pub bucket: String,
    /// `previousDigestS3Object`.
    pub key: String,
    /// `previousDigestHashValue`; `None` where it is absent or no SHA-256 value.
    pub content: Option<Sum>,
}

/// A log file that a digest lists.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ListedLog {
    /// `s3Bucket`.
    pub bucket: String,
    /// `s3Object`.
    pub key: String,
    /// `hashValue`, of the uncompressed bytes; `None` where it is no SHA-256 value.
    pub content: Option<Sum>,
}

/// A digest on the wire. The fields without a default are those that the AWS CLI requires too;
/// a field that stands twice is an error, since two parsers could read two different digests.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Wire {
    #[serde(default)]
    aws_account_id: String,
    digest_start_time: String,
    digest_end_time: String,
    digest_s3_bucket: String,
    digest_s3_object: String,
    #[serde(alias = "publicKeyFingerprint")]
    digest_public_key_fingerprint: String,
    #[serde(default)]
    previous_digest_s3_bucket: Option<String>,
    #[serde(default)]
    previous_digest_s3_object: Option<String>,
    #[serde(default)]
    previous_digest_hash_value: Option<String>,
    #[serde(deserialize_with = "Option::deserialize")]
    previous_digest_signature: Option<String>,
    #[serde(default)]
    log_files: Option<Vec<WireLog>>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct WireLog {
    s3_bucket: String,
    s3_object: String,
    #[serde(default)]
    hash_value: Option<String>,
}

impl Digest {
    /// Reads the uncompressed bytes of a digest file, whose SHA-256 is `content`.
    ///
    /// # Errors
    /// Broken JSON, a required field that is absent or stands twice, or a time that is none.
    pub fn parse(bytes: &[u8], content: Sum) -> Result<Self, Problem> {
        let wire: Wire = json::read(bytes)?;
        let time = |name: &str, text: &str| {
            let shape = || {
                Problem::new(
                    ProblemCode::JsonShape,
                    format!("{name} is no time: {text:?}"),
                )
            };
            Moment::parse(text).ok_or_else(shape)
        };
        let previous = wire
            .previous_digest_s3_bucket
            .zip(wire.previous_digest_s3_object);
        let stated = wire
            .previous_digest_hash_value
            .as_deref()
            .and_then(Sum::from_hex);
        let log = |log: WireLog| ListedLog {
            bucket: log.s3_bucket,
            key: log.s3_object,
            content: log.hash_value.as_deref().and_then(Sum::from_hex),
        };
        Ok(Digest {
            account: wire.aws_account_id,
            start: time("digestStartTime", &wire.digest_start_time)?,
            end: time("digestEndTime", &wire.digest_end_time)?,
            end_text: wire.digest_end_time,
            bucket: wire.digest_s3_bucket,
            key: wire.digest_s3_object,
            fingerprint: wire.digest_public_key_fingerprint,
            previous: previous.map(|(bucket, key)| Previous {
                bucket,
                key,
                content: stated,
            }),
            previous_signature: wire.previous_digest_signature,
            logs: wire
                .log_files
                .unwrap_or_default()
                .into_iter()
                .map(log)
                .collect(),
            content,
        })
    }

    /// The text that CloudTrail signs: end, place, hash and the signature before, one a line, with the
    /// word `null` where there is none (CloudTrail user guide, custom validation).
    pub fn string_to_sign(&self) -> String {
        string_to_sign(
            &self.end_text,
            &self.bucket,
            &self.key,
            self.content,
            self.previous_signature.as_deref(),
        )
    }
}

/// The text that is signed, from its parts, each verbatim.
pub fn string_to_sign(
    end: &str,
    bucket: &str,
    key: &str,
    content: Sum,
    previous: Option<&str>,
) -> String {
    format!(
        "{end}\n{bucket}/{key}\n{content}\n{}",
        previous.unwrap_or("null")
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn digest(extra: &str) -> String {
        format!(
            r#"{{"awsAccountId":"111122223333","digestStartTime":"2024-01-01T00:00:00Z",
            "digestEndTime":"2024-01-01T01:00:00Z","digestS3Bucket":"b","digestS3Object":"k",
            "digestPublicKeyFingerprint":"f","previousDigestSignature":null,"logFiles":null{extra}}}"#
        )
    }

    #[test]
    fn a_starting_digest_signs_the_word_null() {
        let text = digest("");
        let digest = Digest::parse(text.as_bytes(), Sum::of(b"")).expect("digest");
        assert!(
            digest
                .string_to_sign()
                .starts_with("2024-01-01T01:00:00Z\nb/k\ne3b0c442")
        );
        assert!(digest.string_to_sign().ends_with("\nnull"));
        assert_eq!(digest.previous, None);
    }

    #[test]
    fn a_field_that_stands_twice_is_refused_with_its_place() {
        let text = digest(r#","digestEndTime":"2024-01-01T02:00:00Z""#);
        let problem = Digest::parse(text.as_bytes(), Sum::of(b"")).expect_err("twice");
        assert_eq!(problem.code, ProblemCode::JsonShape);
        assert!(problem.offset.is_some_and(|at| at > 200), "{problem:?}");
    }

    /// Found by fuzzing: other programs refuse such a file, so it must not be one to us.
    #[test]
    fn wrong_text_in_a_field_that_nobody_reads_is_refused() {
        let text = digest(r#","other":"@""#);
        let mut bytes = text.into_bytes();
        let at = bytes
            .iter()
            .rposition(|&byte| byte == b'@')
            .expect("the sign");
        bytes[at] = 0xff;
        let problem = Digest::parse(&bytes, Sum::of(b"")).expect_err("wrong text");
        assert_eq!(
            (problem.code, problem.offset),
            (ProblemCode::TextEncoding, Some(at as u64))
        );
    }

    #[test]
    fn the_signature_field_must_be_there() {
        let text = digest("").replace("previousDigestSignature", "other");
        assert!(Digest::parse(text.as_bytes(), Sum::of(b"")).is_err());
    }
}
