//! Envelopes as Amazon SNS sends them, signed with a key of the generator, and the certificate of that key.

use anyhow::Result;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};

use super::key::Signer;
use super::trail::{HOUR, START, rfc3339};

/// The file that the certificate is served as.
pub(super) const CERTIFICATE: &str =
    "SimpleNotificationService-0123456789abcdef0123456789abcdef.pem";

/// A topic, whose messages a key signs.
pub(super) struct Topic<'k> {
    pub(super) signer: &'k Signer,
    pub(super) region: &'k str,
    pub(super) account: &'k str,
}

impl Topic<'_> {
    /// An envelope around a message, signed by a version of the scheme.
    pub(super) fn envelope(
        &self,
        number: u32,
        at: i64,
        message: &Value,
        version: u8,
    ) -> Result<Value> {
        let (region, account) = (self.region, self.account);
        let subject = message["messageType"]
            .as_str()
            .map(|kind| format!("[AWS Config:{region}] {kind}"));
        let mut envelope = json!({
            "Type": "Notification", "MessageId": format!("8f2e0c5a-0000-4000-8000-{number:012}"),
            "TopicArn": format!("arn:aws:sns:{region}:{account}:config-topic"), "Message": message.to_string(),
            "Timestamp": rfc3339(at).replace('Z', ".482Z"), "SignatureVersion": version.to_string(),
            "SigningCertURL": format!("https://sns.{region}.amazonaws.com/{CERTIFICATE}"),
            "UnsubscribeURL": format!("https://sns.{region}.amazonaws.com/?Action=Unsubscribe"),
        });
        if let Some(subject) = subject {
            envelope["Subject"] = json!(subject);
        }
        let mut text = String::new();
        for name in [
            "Message",
            "MessageId",
            "Subject",
            "Timestamp",
            "TopicArn",
            "Type",
        ] {
            if let Some(value) = envelope[name].as_str() {
                text += &format!("{name}\n{value}\n");
            }
        }
        envelope["Signature"] = json!(STANDARD.encode(self.signer.sign_sns(&text, version)?));
        Ok(envelope)
    }

    /// The certificate of the topic's key, valid for a number of days around the story.
    pub(super) fn certificate(&self, days: i64) -> Result<Vec<u8>> {
        certificate(
            self.signer,
            "sns.amazonaws.com",
            (START - 24 * HOUR, START + days * 24 * HOUR),
        )
    }
}

/// A certificate of a key, issued by nobody but itself, as PEM.
pub(super) fn certificate(signer: &Signer, name: &str, (from, to): (i64, i64)) -> Result<Vec<u8>> {
    // 1.2.840.113549.1.1.11, sha256WithRSAEncryption.
    let algorithm = tlv(
        0x30,
        &[
            tlv(6, &[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 1, 11]),
            tlv(5, &[]),
        ]
        .concat(),
    );
    let part = |number: u8, text: &str| {
        let pair = [tlv(6, &[0x55, 4, number]), tlv(0x0c, text.as_bytes())].concat();
        tlv(0x31, &tlv(0x30, &pair))
    };
    let issuer = [
        part(6, "US"),
        part(10, "Exhibit"),
        part(3, "Made by the generator"),
    ]
    .concat();
    let stamp = |at: i64| {
        let digits: String = rfc3339(at)
            .chars()
            .filter(|c| c.is_ascii_alphanumeric() && *c != 'T')
            .collect();
        // UTCTime has two digits of the year.
        tlv(0x17, &digits.as_bytes()[2..])
    };
    let body = tlv(
        0x30,
        &[
            tlv(0xa0, &tlv(2, &[2])),
            tlv(2, &[1]),
            algorithm.clone(),
            tlv(0x30, &issuer),
            tlv(0x30, &[stamp(from), stamp(to)].concat()),
            tlv(0x30, &part(3, name)),
            signer.spki().to_vec(),
        ]
        .concat(),
    );
    let signature = [&[0][..], &signer.sign_bytes(&body)?].concat();
    let der = tlv(0x30, &[body, algorithm, tlv(3, &signature)].concat());
    let lines: Vec<String> = STANDARD
        .encode(der)
        .as_bytes()
        .chunks(64)
        .map(|line| String::from_utf8_lossy(line).into_owned())
        .collect();
    let text = format!(
        "-----BEGIN CERTIFICATE-----\n{}\n-----END CERTIFICATE-----\n",
        lines.join("\n")
    );
    Ok(text.into_bytes())
}

/// A value of DER: tag, length, bytes.
fn tlv(tag: u8, value: &[u8]) -> Vec<u8> {
    let length = value.len();
    let head = match length {
        0..0x80 => vec![tag, length as u8],
        0x80..0x100 => vec![tag, 0x81, length as u8],
        _ => vec![tag, 0x82, (length >> 8) as u8, length as u8],
    };
    [head, value.to_vec()].concat()
}
