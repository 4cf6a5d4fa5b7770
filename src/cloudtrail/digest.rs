//! Digest files: one an hour for each trail and region, naming the log files delivered in that hour.

use serde::{Deserialize, Serialize};

use crate::moment::Moment;
use crate::sum::Sum;

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
