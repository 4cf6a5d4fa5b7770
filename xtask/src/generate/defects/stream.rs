//! Messages of AWS Config's stream in envelopes of Amazon SNS, and what may be wrong with their signatures.

use anyhow::Result;
use serde_json::{Value, json};

use super::{Bench, Defect, SOUND};
use crate::generate::files::Files;
use crate::generate::sns::{CERTIFICATE, Topic, certificate};
use crate::generate::trail::{START, rfc3339};

impl Bench<'_> {
    pub(super) fn stream(&self) -> Result<Vec<Defect>> {
        let topic = Topic {
            signer: self.signer,
            region: "us-east-1",
            account: "111122223333",
        };
        let message = |word: &str| json!({ "awsAccountId": "111122223333", "messageType": "ScheduledNotification", "notificationCreationTime": rfc3339(START), "word": word, "recordVersion": "1.0" });
        let signed = |number, version| topic.envelope(number, START, &message("as sent"), version);
        let changed = |change: &dyn Fn(&mut Value)| -> Result<Value> {
            let mut envelope = signed(1, 2)?;
            change(&mut envelope);
            Ok(envelope)
        };
        let files = |envelopes: &[Value], pem: Option<Vec<u8>>| -> Files {
            let lines: Vec<String> = envelopes.iter().map(Value::to_string).collect();
            let mut files = Files::new();
            files.insert("messages.json".to_owned(), lines.join("\n").into_bytes());
            files.extend(pem.map(|pem| (CERTIFICATE.to_owned(), pem)));
            files
        };
        let (sound, none) = (topic.certificate(30)?, None);
        let edit =
            |field: &'static str, text: &'static str| changed(&|one| one[field] = json!(text));
        let altered = [
            changed(&|one| one["Message"] = json!(message("as edited").to_string()))?,
            edit("Subject", "another")?,
            changed(&|one| {
                if let Some(fields) = one.as_object_mut() {
                    fields.remove("Subject");
                }
            })?,
            edit("Timestamp", "2026-03-02T00:00:00.000Z")?,
            edit("TopicArn", "arn:aws:sns:us-east-1:111122223333:another")?,
            // A signature of the other hash.
            edit("SignatureVersion", "1")?,
            edit("Signature", "no base64")?,
        ];
        let foreign = [
            "http://sns.us-east-1.amazonaws.com/a.pem",
            "https://sns.us-east-1.amazonaws.com.example.com/a.pem",
            "https://example.com/sns.us-east-1.amazonaws.com/a.pem",
            "https://sns.us-east-1.example.amazonaws.com/a.pem",
        ];
        let foreign = foreign
            .iter()
            .map(|url| changed(&|one| one["SigningCertURL"] = json!(url)))
            .collect::<Result<Vec<_>>>()?;
        let unsigned = [
            message("without an envelope"),
            changed(&|one| one["Message"] = message("printed as an object"))?,
            changed(&|one| {
                if let Some(fields) = one.as_object_mut() {
                    fields.remove("Signature");
                }
            })?,
            edit("SignatureVersion", "3")?,
        ];
        let other = certificate(self.other, "sns.amazonaws.com", (START, START + 86_400))?;
        let defect = |name, about, signatures, files| Defect {
            name,
            about,
            verdict: "none",
            digests: &[],
            logs: &[],
            signatures,
            files,
            ..SOUND
        };
        let mut renamed = files(&[signed(1, 1)?], none.clone());
        renamed.insert("another-name.pem".to_owned(), other.clone());
        let cut = sound[..sound.len() / 2].to_vec();
        Ok(vec![
            defect(
                "sns-signed",
                "Two messages, signed with SHA-1 and with SHA-256, and the certificate.",
                &[("valid", 2)],
                files(&[signed(1, 1)?, signed(2, 2)?], Some(sound.clone())),
            ),
            defect(
                "sns-altered",
                "Each signed field was changed in one message, one lost its subject, one names the other hash, one has no signature to speak of.",
                &[("invalid-signature", 7)],
                files(&altered, Some(sound.clone())),
            ),
            defect(
                "sns-another-certificate",
                "Under the certificate's name there is one of another key.",
                &[("invalid-signature", 1)],
                files(&[signed(1, 2)?], Some(other)),
            ),
            defect(
                "sns-no-certificate",
                "A certificate is there, and it is not the one that the message names.",
                &[("no-certificate", 1)],
                renamed,
            ),
            defect(
                "sns-certificate-elsewhere",
                "The certificate is not at an address of Amazon SNS.",
                &[("foreign-certificate", 4)],
                files(&foreign, Some(sound.clone())),
            ),
            defect(
                "sns-certificate-expired",
                "The certificate had expired when the message was sent.",
                &[("valid-outside-validity", 1)],
                files(&[signed(1, 2)?], Some(topic.certificate(-1)?)),
            ),
            Defect {
                problems: &[("certificate-invalid", 1)],
                ..defect(
                    "sns-certificate-cut",
                    "Half of the certificate is missing.",
                    &[("no-certificate", 1)],
                    files(&[signed(1, 2)?], Some(cut)),
                )
            },
            defect(
                "sns-unsigned",
                "A message without an envelope, one printed as an object, one whose signature was taken out, one of an unknown scheme.",
                &[("unsigned", 4)],
                files(&unsigned, Some(sound)),
            ),
        ])
    }
}
