//! Digests deleted, edited, empty, or without their metadata.

use anyhow::Result;
use serde_json::json;

use super::{Bench, Defect, HEAD, SOUND, edit};
use crate::generate::trail::{Made, Trail, head_object};

/// Makes a file with a digest's metadata, or none.
type Make = fn(&Made) -> Option<(&'static str, Vec<u8>)>;

impl Bench<'_> {
    pub(super) fn digests(&self) -> Result<Vec<Defect>> {
        let without = |defect: Defect, hours: std::ops::Range<usize>| {
            self.changed(defect, |files, made| {
                made[hours].iter().for_each(|digest| {
                    files.remove(&digest.key);
                });
                Ok(())
            })
        };
        Ok(vec![
            Defect { files: self.plain()?.0, ..SOUND },
            without(Defect {
                name: "one-digest-deleted",
                about: "A digest in the middle is gone. The one before it loses the signature that it carried.",
                verdict: "failed",
                digests: &[("valid", 6), ("unsigned", 1), ("missing", 1)],
                logs: &[("valid", 6), ("unproven", 1), ("uncovered", 1)],
                gaps: &[("missing-digests", 1)],
                ..SOUND
            }, 3..4)?,
            without(Defect {
                name: "two-neighbouring-digests-deleted",
                about: "Two digests side by side are gone; one of them is named, both are counted.",
                verdict: "failed",
                digests: &[("valid", 5), ("unsigned", 1), ("missing", 1)],
                logs: &[("valid", 5), ("unproven", 1), ("uncovered", 2)],
                gaps: &[("missing-digests", 1)],
                ..SOUND
            }, 3..5)?,
            self.changed(Defect {
                name: "newest-digests-deleted",
                about: "The tail of the chain is gone while log files go on for more than five hours.",
                verdict: "incomplete",
                digests: &[("valid", 2)],
                logs: &[("valid", 2), ("uncovered", 6)],
                gaps: &[("ends-early", 1)],
                ..SOUND
            }, |files, made| {
                made[2..].iter().for_each(|digest| { files.remove(&digest.key); });
                files.insert(HEAD.to_owned(), head_object(&made[1].signature));
                Ok(())
            })?,
            without(Defect {
                name: "oldest-digests-deleted",
                about: "The head of the chain is gone: it starts late.",
                verdict: "incomplete",
                digests: &[("valid", 5)],
                logs: &[("valid", 5), ("uncovered", 3)],
                gaps: &[("starts-late", 1)],
                ..SOUND
            }, 0..3)?,
            self.changed(Defect {
                name: "space-added-to-digest",
                about: "A byte that changes nothing but the hash.",
                verdict: "failed",
                digests: &[("valid", 7), ("chain-mismatch", 1)],
                logs: &[("valid", 7), ("unproven", 1)],
                ..SOUND
            }, |files, made| edit(files, &made[3].key, |text| format!("{text} ")))?,
            self.changed(Defect {
                name: "newest-digest-edited",
                about: "The newest digest is edited; the only metadata left is certainly its own, and does not verify.",
                verdict: "failed",
                digests: &[("valid", 7), ("invalid-signature", 1)],
                logs: &[("valid", 7), ("unproven", 1)],
                ..SOUND
            }, |files, made| edit(files, &made[7].key, |text| format!("{text} ")))?,
            self.changed(Defect {
                name: "garbage-digest",
                about: "A digest was overwritten with something else.",
                verdict: "failed",
                digests: &[("valid", 6), ("unsigned", 1), ("invalid-format", 1)],
                logs: &[("valid", 6), ("unproven", 1), ("uncovered", 1)],
                problems: &[("json-syntax", 1)],
                ..SOUND
            }, |files, made| edit(files, &made[3].key, |_| "not a digest".to_owned()))?,
            Defect {
                name: "empty-digests",
                about: "Hours without log files have digests all the same.",
                logs: &[("valid", 4)],
                files: self.sound(&Trail {
                    hours: (0..8).map(|hour| if hour % 2 == 0 { vec![3] } else { vec![] }).collect(),
                    ..Trail::plain(self.signer)
                })?.0,
                ..SOUND
            },
        ])
    }

    pub(super) fn metadata(&self) -> Result<Vec<Defect>> {
        let with = |defect: Defect, make: Make| {
            self.changed(defect, |files, made| {
                files.remove(HEAD);
                files.extend(make(&made[7]).map(|(name, bytes)| (name.to_owned(), bytes)));
                Ok(())
            })
        };
        Ok(vec![
            with(
                Defect {
                    name: "newest-without-metadata",
                    about: "Only the newest digest lacks a signature; the others have theirs in their successors.",
                    verdict: "incomplete",
                    digests: &[("valid", 7), ("unsigned", 1)],
                    logs: &[("valid", 7), ("unproven", 1)],
                    ..SOUND
                },
                |_| None,
            )?,
            with(
                Defect {
                    name: "metadata-raw-headers",
                    about: "The metadata is a dump of HTTP headers.",
                    ..SOUND
                },
                |made| {
                    let text = format!(
                        "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nx-amz-meta-signature: {}\r\nx-amz-meta-signature-algorithm: SHA256withRSA\r\n\r\n",
                        made.signature
                    );
                    Some(("headers.txt", text.into_bytes()))
                },
            )?,
            with(
                Defect {
                    name: "metadata-get-object",
                    about: "The metadata is what an SDK's get-object prints, with capitals.",
                    ..SOUND
                },
                |made| {
                    let output = json!({ "ContentLength": 717, "ContentType": "application/json", "Metadata": {
                    "Signature": made.signature, "Signature-Algorithm": "SHA256withRSA" } });
                    Some(("get-object.json", output.to_string().into_bytes()))
                },
            )?,
            with(
                Defect {
                    name: "metadata-rclone",
                    about: "The metadata is the output of rclone lsjson -M.",
                    ..SOUND
                },
                |made| {
                    let entry = json!([{ "Path": made.key, "Name": made.key.rsplit('/').next(), "Size": 700, "IsDir": false,
                    "Metadata": { "signature": made.signature, "signature-algorithm": "SHA256withRSA" } }]);
                    Some(("rclone.json", entry.to_string().into_bytes()))
                },
            )?,
        ])
    }
}
