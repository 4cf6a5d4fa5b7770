//! Signatures of Amazon SNS: an envelope is signed with a certificate that it names by an address. The page
//! reaches no address, so the certificate must be dropped; whoever dropped it may have made it, so all that is said
//! holds "if this certificate is AWS's".
//!
//! What is signed, and how (Amazon SNS developer guide, "Verifying the signatures of Amazon SNS messages"): some
//! fields, each as a line with its name and a line with its value, in the order of names; with SHA-1 where
//! `SignatureVersion` is 1, with SHA-256 where it is 2; RSA, PKCS#1 v1.5.

use std::borrow::Cow;

use base64::Engine as _;
use rsa::Pkcs1v15Sign;
use serde::{Deserialize, Serialize};
use sha2::Digest as _;

use crate::evidence::lenient::Text as Lenient;
use crate::moment::Moment;
use crate::sum::Sum;
use crate::texts::{Held, Text};

use super::certificate::Certificate;

/// What an envelope's signature is made of.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Seal {
    /// `SignatureVersion`: 1 or 2; 0 for any other.
    pub version: u8,
    /// The hash of what is signed: SHA-1 or SHA-256, by the version.
    pub hash: Vec<u8>,
    /// `Signature`; empty where it is no base64.
    pub signature: Vec<u8>,
    /// The file that `SigningCertURL` names; empty where the address is not one of Amazon SNS.
    pub certificate: Text,
    /// `TopicArn`.
    pub topic: Text,
    /// `Timestamp`.
    pub at: Option<Moment>,
}

/// What is known of a message's origin.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub enum Signed {
    /// Its signature verifies with a certificate of the evidence.
    Valid,
    /// It verifies, and the certificate did not hold at the time that the message states.
    ValidOutside,
    /// The certificate that it names is in the evidence, and its signature does not verify with it.
    Invalid,
    /// The certificate that it names is not in the evidence.
    NoCertificate,
    /// It names a certificate outside of AWS.
    Foreign,
    /// It came without an envelope, or the envelope without a signature that can be checked.
    Unsigned,
}

impl Signed {
    /// All of them.
    pub const ALL: &[Signed] = &[
        Signed::Valid,
        Signed::ValidOutside,
        Signed::Invalid,
        Signed::NoCertificate,
        Signed::Foreign,
        Signed::Unsigned,
    ];

    /// The name in the report.
    pub fn name(self) -> &'static str {
        match self {
            Signed::Valid => "valid",
            Signed::ValidOutside => "valid-outside-validity",
            Signed::Invalid => "invalid-signature",
            Signed::NoCertificate => "no-certificate",
            Signed::Foreign => "foreign-certificate",
            Signed::Unsigned => "unsigned",
        }
    }

    /// What is known, for people.
    pub fn message(self) -> &'static str {
        match self {
            Signed::Valid => {
                "Signed by Amazon SNS, if this certificate is AWS's, and not changed since."
            }
            Signed::ValidOutside => {
                "The signature verifies, if this certificate is AWS's, but the certificate did not hold at the time that the message states."
            }
            Signed::Invalid => {
                "The signature does not verify with the certificate that the message names: the message was altered, or this is not that certificate."
            }
            Signed::NoCertificate => {
                "The message is signed with a certificate that is not in the evidence."
            }
            Signed::Foreign => {
                "The message names a certificate outside of Amazon SNS: anybody can sign like that."
            }
            Signed::Unsigned => "The message carries no signature of Amazon SNS.",
        }
    }

    /// What to do about it, for people.
    pub fn recommendation(self) -> &'static str {
        match self {
            Signed::Valid => {
                "Fetch the certificate yourself from the message's SigningCertURL and compare its SHA-256."
            }
            Signed::ValidOutside => {
                "Fetch the certificate yourself from the message's SigningCertURL, compare it, and ask when the message was sent."
            }
            Signed::Invalid => {
                "Fetch the certificate yourself from the message's SigningCertURL and drop it; if the signature still does not verify, ask who changed the message."
            }
            Signed::NoCertificate => {
                "Fetch the certificate from the message's SigningCertURL and drop it under the name that it has there."
            }
            Signed::Foreign => "Do not rely on it; ask where the message came from.",
            Signed::Unsigned => {
                "Ask for the messages as Amazon SNS delivered them, without raw message delivery."
            }
        }
    }

    /// Whether the signature verifies.
    pub fn is_valid(self) -> bool {
        matches!(self, Signed::Valid | Signed::ValidOutside)
    }
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Envelope<'a> {
    #[serde(rename = "Type", borrow)]
    kind: Lenient<'a>,
    #[serde(rename = "MessageId", borrow)]
    id: Lenient<'a>,
    #[serde(rename = "TopicArn", borrow)]
    topic: Lenient<'a>,
    #[serde(rename = "Subject", borrow)]
    subject: Option<Cow<'a, str>>,
    #[serde(rename = "Message", borrow)]
    message: Option<Cow<'a, str>>,
    #[serde(rename = "Timestamp", borrow)]
    timestamp: Lenient<'a>,
    #[serde(rename = "SignatureVersion", borrow)]
    version: Lenient<'a>,
    #[serde(rename = "Signature", borrow)]
    signature: Lenient<'a>,
    #[serde(
        rename = "SigningCertURL",
        alias = "SigningCertUrl",
        alias = "SigningCertLocation",
        borrow
    )]
    url: Lenient<'a>,
    #[serde(rename = "SubscribeURL", borrow)]
    subscribe: Lenient<'a>,
    #[serde(rename = "Token", borrow)]
    token: Lenient<'a>,
}

impl Envelope<'_> {
    /// What is signed.
    fn text(&self) -> Option<String> {
        let mut text = String::new();
        let mut line = |name: &str, value: &str| {
            for part in [name, "\n", value, "\n"] {
                text.push_str(part);
            }
        };
        line("Message", self.message.as_deref()?);
        line("MessageId", &self.id.0);
        if self.kind.0 == "Notification" {
            if let Some(subject) = &self.subject {
                line("Subject", subject);
            }
        } else {
            line("SubscribeURL", &self.subscribe.0);
        }
        line("Timestamp", &self.timestamp.0);
        if self.kind.0 != "Notification" {
            line("Token", &self.token.0);
        }
        line("TopicArn", &self.topic.0);
        line("Type", &self.kind.0);
        Some(text)
    }
}

/// The seal of an envelope; `None` where it carries none, or its message is no text as SNS sends it.
pub(super) fn seal(raw: &str, held: &mut Held) -> Option<Seal> {
    let envelope: Envelope<'_> = serde_json::from_str(raw).ok()?;
    if envelope.signature.0.is_empty() {
        return None;
    }
    let text = envelope.text()?;
    let version = match envelope.version.0.as_ref() {
        "" | "1" => 1,
        "2" => 2,
        _ => 0,
    };
    let hash = match version {
        2 => sha2::Sha256::digest(&text).to_vec(),
        _ => sha1::Sha1::digest(&text).to_vec(),
    };
    let signature: String = envelope.signature.0.split_whitespace().collect();
    Some(Seal {
        version,
        hash,
        signature: base64::engine::general_purpose::STANDARD
            .decode(signature)
            .unwrap_or_default(),
        certificate: held.hold(served(&envelope.url.0).unwrap_or_default()),
        topic: held.hold(&envelope.topic.0),
        at: Moment::parse(&envelope.timestamp.0),
    })
}

/// The file at an address of Amazon SNS, `https://sns.REGION.amazonaws.com/SimpleNotificationService-….pem`;
/// `None` for any other address.
fn served(url: &str) -> Option<&str> {
    let (host, path) = url.strip_prefix("https://")?.split_once('/')?;
    let region = host.strip_prefix("sns.")?;
    let region = region
        .strip_suffix(".amazonaws.com")
        .or_else(|| region.strip_suffix(".amazonaws.com.cn"))?;
    let is_region = !region.is_empty()
        && region
            .bytes()
            .all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-');
    let file = path.rsplit('/').next().unwrap_or(path);
    (is_region && file.ends_with(".pem")).then_some(file)
}

/// A certificate of the evidence, ready to check signatures.
pub struct Signer {
    /// The name of its file, without folders.
    pub name: String,
    /// The certificate.
    pub certificate: Certificate,
    key: Option<rsa::PublicKey>,
}

impl Signer {
    /// A certificate that stands in the file at `path`.
    pub fn new(path: &str, certificate: Certificate) -> Self {
        Signer {
            name: path
                .rsplit(['/', '\\'])
                .next()
                .unwrap_or(path)
                .to_ascii_lowercase(),
            key: certificate.public_key(),
            certificate,
        }
    }

    /// Whether it can check signatures at all.
    pub fn serves(&self) -> bool {
        self.key.is_some()
    }

    fn verifies(&self, seal: &Seal) -> bool {
        let scheme = match seal.version {
            1 => Pkcs1v15Sign::new::<sha1::Sha1>(),
            2 => Pkcs1v15Sign::new::<sha2::Sha256>(),
            _ => return false,
        };
        let key = self.key.as_ref();
        key.is_some_and(|key| key.verify(scheme, &seal.hash, &seal.signature).is_ok())
    }
}

/// What is known of a seal, and which certificate says so. `named` is the file that it names.
pub fn judge(seal: &Seal, named: &str, signers: &[Signer]) -> (Signed, Option<usize>) {
    if named.is_empty() {
        return (Signed::Foreign, None);
    }
    if seal.version == 0 {
        return (Signed::Unsigned, None);
    }
    if let Some(at) = signers.iter().position(|signer| signer.verifies(seal)) {
        let holds = seal.at.is_none_or(|at_| signers[at].certificate.holds(at_));
        let word = if holds {
            Signed::Valid
        } else {
            Signed::ValidOutside
        };
        return (word, Some(at));
    }
    // A certificate that only happens to be here condemns nothing.
    let is_named = |signer: &Signer| signer.serves() && signer.name == named.to_ascii_lowercase();
    match signers.iter().position(is_named) {
        Some(at) => (Signed::Invalid, Some(at)),
        None => (Signed::NoCertificate, None),
    }
}

/// Identifies what a seal's verdict depends on, so that it need not be reached again.
pub fn id(seal: &Seal, named: &str) -> Sum {
    let mut hasher = sha2::Sha256::new();
    for part in [&seal.hash[..], &seal.signature, named.as_bytes()] {
        hasher.update((part.len() as u64).to_le_bytes());
        hasher.update(part);
    }
    hasher.update([seal.version]);
    Sum(hasher.finalize().into())
}
