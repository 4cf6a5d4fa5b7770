//! Public keys as `aws cloudtrail list-public-keys` prints them.

use serde::{Deserialize, Serialize};

use crate::moment::Moment;

/// One entry of a key list, with its bytes as returned.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct KeyRecord {
    /// The DER bytes of `Value`, PKCS#1 or SubjectPublicKeyInfo.
    pub value: Vec<u8>,
    /// `Fingerprint` as stated; empty where absent.
    pub fingerprint: String,
    /// `ValidityStartTime`.
    pub from: Option<Moment>,
    /// `ValidityEndTime`.
    pub to: Option<Moment>,
    /// The region, where the file's name or the output tells it; keys are per region.
    pub region: Option<String>,
}

/// A key that can verify: RSA, 2048 to 4096 bits, exponent 65537.
#[derive(Clone, Debug)]
pub struct PublicKey {
    pub(crate) inner: rsa::PublicKey,
}

/// Why the bytes of a key cannot verify anything.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum KeyFault {
    /// Neither PKCS#1 nor SubjectPublicKeyInfo of an RSA key.
    Encoding,
    /// A modulus below 2048 or above 4096 bits, or an even one.
    Size,
    /// An exponent other than 65537, which every key of CloudTrail has.
    Exponent,
}
