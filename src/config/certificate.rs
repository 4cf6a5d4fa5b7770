//! X.509 certificates, as far as a signature needs them: whose they are, who issued them, how long they hold, and the
//! public key. Who vouches for a certificate is not checked here: no list of authorities is carried, and a
//! certificate comes from whoever dropped it. So its SHA-256 is shown, to be compared with the one that AWS serves.

use base64::Engine as _;
use der::asn1::{AnyRef, GeneralizedTime, UtcTime};
use der::{Decode as _, Reader as _, SliceReader, Tag};
use rsa::pkcs8::DecodePublicKey as _;
use rsa::traits::PublicKeyParts as _;
use serde::{Deserialize, Serialize};

use crate::evidence::{Problem, ProblemCode};
use crate::moment::Moment;
use crate::sum::Sum;

/// A certificate.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Certificate {
    /// Whose it is, as `CN=sns.amazonaws.com, O=…`.
    pub subject: String,
    /// Who issued it.
    pub issuer: String,
    /// Since when it holds.
    pub from: Option<Moment>,
    /// Until when.
    pub to: Option<Moment>,
    /// SHA-256 of its DER form: the fingerprint that other programs show.
    pub sha256: Sum,
    /// Its public key, as SubjectPublicKeyInfo.
    pub key: Vec<u8>,
}

/// Certificates that one file may hold, and bytes of each.
const MOST: usize = 100;
const LARGEST: usize = 64 << 10;

const BEGIN: &str = "-----BEGIN CERTIFICATE-----";
const END: &str = "-----END CERTIFICATE-----";

/// Parts of a name that are told (RFC 4519): the last number of `2.5.4.…`, and its word.
const PARTS: &[(u8, &str)] = &[
    (3, "CN"),
    (11, "OU"),
    (10, "O"),
    (7, "L"),
    (8, "ST"),
    (6, "C"),
];

/// Reads the certificates of a PEM file; what is none has its place.
pub fn read(text: &str) -> (Vec<Certificate>, Vec<Problem>) {
    let (mut all, mut problems) = (Vec::new(), Vec::new());
    for (at, _) in text.match_indices(BEGIN).take(MOST) {
        let body = &text[at + BEGIN.len()..];
        let read = body
            .find(END)
            .filter(|&end| end < LARGEST)
            .ok_or("it has no end")
            .and_then(|end| {
                let body: String = body[..end].split_whitespace().collect();
                let der = base64::engine::general_purpose::STANDARD.decode(body);
                der.map_err(|_| "it is no base64")
            })
            .and_then(|der| Certificate::parse(&der).ok_or("it is no X.509"));
        match read {
            Ok(one) => all.push(one),
            Err(why) => {
                problems.push(Problem::new(ProblemCode::CertificateInvalid, why).at(at as u64));
            }
        }
    }
    if all.is_empty() && problems.is_empty() {
        problems.push(Problem::new(
            ProblemCode::CertificateInvalid,
            "no certificate stands in it",
        ));
    }
    (all, problems)
}

/// Whether a text holds a certificate that says it is of Amazon SNS, and no private key.
pub fn is_of_sns(text: &str) -> bool {
    text.contains(BEGIN)
        && !text.contains("PRIVATE KEY")
        && read(text).0.iter().any(|one| {
            let subject = one.subject.to_ascii_lowercase();
            subject.contains("sns.") && subject.contains("amazonaws.com")
        })
}

impl Certificate {
    /// Reads DER.
    fn parse(der: &[u8]) -> Option<Self> {
        let mut reader = SliceReader::new(der).ok()?;
        let read = reader.sequence(|whole| {
            let fields = whole.sequence(fields)?;
            // The algorithm and the issuer's signature.
            whole.tlv_bytes()?;
            whole.tlv_bytes()?;
            Ok::<_, der::Error>(fields)
        });
        let mut one = read.ok()?;
        one.sha256 = Sum::of(der);
        Some(one)
    }

    /// Its public key, if it is an RSA key that can be used.
    pub fn public_key(&self) -> Option<rsa::PublicKey> {
        let key = rsa::PublicKey::from_public_key_der(&self.key).ok()?;
        (256..=512).contains(&key.size()).then_some(key)
    }

    /// Whether it held at a moment.
    pub fn holds(&self, at: Moment) -> bool {
        self.from.is_none_or(|from| from <= at) && self.to.is_none_or(|to| at <= to)
    }
}

/// The fields of a certificate's body (RFC 5280, 4.1); extensions are passed over.
fn fields(body: &mut SliceReader<'_>) -> der::Result<Certificate> {
    // The version has a tag of its own, and is absent from the oldest form.
    if body.peek_byte() == Some(0xa0) {
        body.tlv_bytes()?;
    }
    let (_serial, _algorithm) = (body.tlv_bytes()?, body.tlv_bytes()?);
    let issuer = name(body)?;
    let (from, to) = body.sequence(|both| Ok::<_, der::Error>((time(both)?, time(both)?)))?;
    let subject = name(body)?;
    let key = body.tlv_bytes()?.to_vec();
    while !body.is_finished() {
        body.tlv_bytes()?;
    }
    Ok(Certificate {
        subject,
        issuer,
        from,
        to,
        sha256: Sum([0; 32]),
        key,
    })
}

/// A name: a list of sets of pairs, of which those in [`PARTS`] are told.
fn name(reader: &mut SliceReader<'_>) -> der::Result<String> {
    let mut words: Vec<String> = Vec::new();
    reader.sequence(|parts| {
        while !parts.is_finished() {
            let set = AnyRef::decode(parts)?;
            let mut pairs = SliceReader::new(set.value())?;
            while !pairs.is_finished() {
                let (kind, value) = pairs.sequence(|pair| {
                    Ok::<_, der::Error>((AnyRef::decode(pair)?, AnyRef::decode(pair)?))
                })?;
                let [0x55, 0x04, number] = kind.value() else {
                    continue;
                };
                if let Some((_, word)) = PARTS.iter().find(|(known, _)| known == number) {
                    words.push(format!("{word}={}", String::from_utf8_lossy(value.value())));
                }
            }
        }
        Ok::<_, der::Error>(())
    })?;
    Ok(words.join(", "))
}

/// A time in either of its two forms.
fn time(reader: &mut SliceReader<'_>) -> der::Result<Option<Moment>> {
    let seconds = if Tag::peek(reader)? == Tag::UtcTime {
        UtcTime::decode(reader)?.to_unix_duration().as_secs()
    } else {
        GeneralizedTime::decode(reader)?
            .to_unix_duration()
            .as_secs()
    };
    Ok(i64::try_from(seconds).ok().map(Moment::from_seconds))
}
