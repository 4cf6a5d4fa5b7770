//! Public keys as `aws cloudtrail list-public-keys` prints them.

use base64::Engine as _;
use serde::{Deserialize, Serialize};

use crate::evidence::{Problem, ProblemCode};
use crate::moment::Moment;
use crate::sum::Sum;

use crate::evidence::json;

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

impl KeyFault {
    /// What is wrong, in a few words.
    pub fn message(self) -> &'static str {
        match self {
            KeyFault::Encoding => "neither PKCS#1 nor SubjectPublicKeyInfo of an RSA key",
            KeyFault::Size => "not of 2,048 to 4,096 bits",
            KeyFault::Exponent => "its exponent is not 65537",
        }
    }
}

/// The DigestInfo of SHA-256 (RFC 8017, section 9.2, note 1), which stands before the hash.
const SHA256_INFO: [u8; 19] = [
    0x30, 0x31, 0x30, 0x0d, 0x06, 0x09, 0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x02, 0x01, 0x05,
    0x00, 0x04, 0x20,
];

impl PublicKey {
    /// Reads DER, PKCS#1 or SubjectPublicKeyInfo; AWS prints both.
    ///
    /// # Errors
    /// Why the key cannot be used.
    pub fn parse(der: &[u8]) -> Result<Self, KeyFault> {
        use rsa::pkcs1::DecodeRsaPublicKey as _;
        use rsa::pkcs8::DecodePublicKey as _;
        use rsa::traits::PublicKeyParts as _;
        // Longer than any key of 4,096 bits: not worth decoding.
        if der.len() > 1_024 {
            return Err(KeyFault::Encoding);
        }
        let inner = rsa::PublicKey::from_pkcs1_der(der)
            .or_else(|_| rsa::PublicKey::from_public_key_der(der).map_err(|_| ()))
            .map_err(|()| KeyFault::Encoding)?;
        if !(256..=512).contains(&inner.size()) || inner.n().bit_width() < 2_048 {
            return Err(KeyFault::Size);
        }
        if *inner.e() != rsa::BoxedUint::from(65_537_u64) {
            return Err(KeyFault::Exponent);
        }
        Ok(PublicKey { inner })
    }

    /// DER SubjectPublicKeyInfo: the form that WebCrypto and openssl take. Empty if it cannot be encoded.
    pub fn spki(&self) -> Vec<u8> {
        use rsa::pkcs8::EncodePublicKey as _;
        self.inner
            .to_public_key_der()
            .map(|der| der.as_bytes().to_vec())
            .unwrap_or_default()
    }

    /// DER PKCS#1: the form that the API documents. Empty if it cannot be encoded.
    pub fn pkcs1(&self) -> Vec<u8> {
        use rsa::pkcs1::EncodeRsaPublicKey as _;
        self.inner
            .to_pkcs1_der()
            .map(|der| der.as_bytes().to_vec())
            .unwrap_or_default()
    }

    /// Whether `signature` is this key's over `message`: RSA PKCS#1 v1.5 with SHA-256, strictly.
    pub fn verifies(&self, message: &[u8], signature: &[u8]) -> bool {
        let hash = Sum::of(message);
        self.inner
            .verify(rsa::Pkcs1v15Sign::new::<sha2::Sha256>(), &hash.0, signature)
            .is_ok()
    }

    /// The SHA-256 value that `signature` signs, if it is a well-formed signature of this key.
    ///
    /// It says which text belongs to a signature that came without a name. The whole padded block must be
    /// exactly the one that PKCS#1 v1.5 prescribes, so the answer is as strict as verifying.
    pub fn recover(&self, signature: &[u8]) -> Option<Sum> {
        use rsa::traits::PublicKeyParts as _;
        let size = self.inner.size();
        if signature.len() != size {
            return None;
        }
        let bits = self.inner.n().bits_precision();
        let number = rsa::BoxedUint::from_be_slice(signature, bits).ok()?;
        if number >= **self.inner.n() {
            return None;
        }
        let block = rsa::hazmat::rsa_encrypt(&self.inner, &number)
            .ok()?
            .to_be_bytes();
        let block = block.get(block.len().checked_sub(size)?..)?;
        let rest = block.strip_prefix(&[0, 1])?;
        let padding = size.checked_sub(3 + SHA256_INFO.len() + 32)?;
        let (ones, rest) = rest.split_at_checked(padding)?;
        let hash = rest.strip_prefix(&[0])?.strip_prefix(&SHA256_INFO)?;
        (ones.iter().all(|&byte| byte == 0xff)).then_some(Sum(hash.try_into().ok()?))
    }
}

/// A key list on the wire. The API writes `PublicKeyList`, one page of the documentation `publicKeyList`.
#[derive(Deserialize)]
pub(crate) struct WireKeys {
    #[serde(rename = "PublicKeyList", alias = "publicKeyList")]
    list: Vec<json::Lenient<WireKey>>,
}

#[derive(Deserialize)]
struct WireKey {
    #[serde(rename = "Value")]
    value: String,
    #[serde(rename = "Fingerprint", default)]
    fingerprint: String,
    #[serde(
        rename = "ValidityStartTime",
        default,
        deserialize_with = "json::any_time"
    )]
    from: Option<Moment>,
    #[serde(
        rename = "ValidityEndTime",
        default,
        deserialize_with = "json::any_time"
    )]
    to: Option<Moment>,
}

/// Reads a key list. Entries that cannot be read are reported; the others are kept.
///
/// # Errors
/// Where `bytes` are no key list at all.
pub fn parse_list(
    bytes: &[u8],
    region: Option<&str>,
) -> Result<(Vec<KeyRecord>, Vec<Problem>), Problem> {
    let wire: WireKeys = json::read(bytes)?;
    let mut keys = Vec::new();
    let mut problems = Vec::new();
    for (at, entry) in wire.list.into_iter().enumerate() {
        let Some(entry) = entry.value() else {
            problems.push(Problem::new(
                ProblemCode::KeyInvalid,
                format!("entry {at} has no Value"),
            ));
            continue;
        };
        let text: String = entry.value.split_whitespace().collect();
        let Ok(value) = base64::engine::general_purpose::STANDARD.decode(text) else {
            problems.push(Problem::new(
                ProblemCode::KeyInvalid,
                format!("the Value of entry {at} is no base64"),
            ));
            continue;
        };
        if let Err(fault) = PublicKey::parse(&value) {
            problems.push(Problem::new(
                ProblemCode::KeyInvalid,
                format!("entry {at} is {}", fault.message()),
            ));
        }
        let (fingerprint, from, to) = (entry.fingerprint, entry.from, entry.to);
        keys.push(KeyRecord {
            value,
            fingerprint,
            from,
            to,
            region: region.map(str::to_owned),
        });
    }
    Ok((keys, problems))
}

/// The region that a file's name tells, as in `public-keys-us-gov-west-1.json`.
pub fn region_in(path: &str) -> Option<&str> {
    let name = path.rsplit(['/', '\\']).next().unwrap_or(path);
    let name = name.split('.').next().unwrap_or(name);
    let starts = name
        .char_indices()
        .filter(|&(at, _)| at == 0 || matches!(name.as_bytes()[at - 1], b'-' | b'_'));
    starts
        .map(|(at, _)| &name[at..])
        .find(|rest| is_region(rest))
        .or_else(|| {
            // A region in the middle, as in `us-east-1-keys.json`.
            name.split('_').find_map(|part| {
                let ends = part
                    .match_indices('-')
                    .map(|(at, _)| at)
                    .chain([part.len()]);
                ends.map(|end| &part[..end]).find(|text| is_region(text))
            })
        })
}

/// `xx-word[-word]-N`: the form of every region so far, without a list of them.
fn is_region(text: &str) -> bool {
    let parts: Vec<&str> = text.split('-').collect();
    let letters = |part: &str| part.bytes().all(|byte| byte.is_ascii_lowercase());
    let [first, middle @ .., last] = parts.as_slice() else {
        return false;
    };
    (2..=4).contains(&first.len())
        && letters(first)
        && (1..=2).contains(&middle.len())
        && middle.iter().all(|part| part.len() > 2 && letters(part))
        && matches!(last.len(), 1 | 2)
        && last.bytes().all(|byte| byte.is_ascii_digit())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn finds_the_region_in_a_name() {
        assert_eq!(
            region_in("x/public-keys-us-gov-west-1.json"),
            Some("us-gov-west-1")
        );
        assert_eq!(region_in("keys_eu-central-1.json"), Some("eu-central-1"));
        assert_eq!(region_in("us-east-1-keys.json"), Some("us-east-1"));
        assert_eq!(region_in("public-keys.json"), None);
    }

    #[test]
    fn bad_entries_do_not_hide_good_ones() {
        let text = br#"{"PublicKeyList":[{"Value":"!!"},3,{"Value":"AAAA","Fingerprint":"f","ValidityStartTime":1453076702.0}]}"#;
        let (keys, problems) = parse_list(text, None).expect("list");
        assert_eq!((keys.len(), problems.len()), (1, 3));
        assert_eq!(keys[0].from, Some(Moment::from_seconds(1_453_076_702)));
        assert_eq!(
            PublicKey::parse(&keys[0].value).err(),
            Some(KeyFault::Encoding)
        );
    }
}
