//! Query results of CloudTrail Lake.

use anyhow::Result;
use serde_json::json;

use super::{Bench, Defect, KEYS, SOUND};
use crate::generate::files::{Files, gzip, sha256};
use crate::generate::key::list;

impl Bench<'_> {
    pub(super) fn lake(&self) -> Result<Vec<Defect>> {
        let folder = "AWSLogs/111122223333/CloudTrail-Lake/Query/2026/03/01/0f1e2d3c-aaaa-bbbb-cccc-1234567890ab";
        let make = |change: &dyn Fn(&mut Files)| -> Result<Files> {
            let result = gzip(b"eventName,eventTime\nCreateUser,2026-03-01 01:02:03.000\n")?;
            let hash = sha256(&result);
            let sign = json!({
                "version": "1.0",
                "region": "us-east-1",
                "files": [{ "fileHashValue": hash, "fileName": "result_1.csv.gz" }],
                "hashAlgorithm": "SHA-256",
                "signatureAlgorithm": "SHA256withRSA",
                "queryCompleteTime": "2026-03-01T01:10:00Z",
                "hashSignature": self.signer.sign(&hash)?,
                "publicKeyFingerprint": self.signer.fingerprint,
            });
            let mut files = Files::from([
                (KEYS.to_owned(), list(&[self.signer.entry()])),
                (format!("{folder}/result_1.csv.gz"), result),
                (
                    format!("{folder}/result_sign.json"),
                    serde_json::to_vec(&sign)?,
                ),
            ]);
            change(&mut files);
            Ok(files)
        };
        let lake = |name, about, lake, files| Defect {
            name,
            about,
            verdict: "none",
            digests: &[],
            logs: &[],
            lake,
            files,
            ..SOUND
        };
        let result = format!("{folder}/result_1.csv.gz");
        Ok(vec![
            lake(
                "lake-valid",
                "A Lake query result as it was exported.",
                &[("valid", 1)],
                make(&|_| ())?,
            ),
            // The changed byte is of the checksum at the end, so inflating notices too.
            Defect {
                problems: &[("gzip-corrupt", 1)],
                ..lake(
                    "lake-modified",
                    "A Lake result file was changed.",
                    &[("modified", 1)],
                    make(&|files| {
                        if let Some(last) =
                            files.get_mut(&result).and_then(|bytes| bytes.last_mut())
                        {
                            *last ^= 1;
                        }
                    })?,
                )
            },
            lake(
                "lake-missing",
                "A Lake result file is gone.",
                &[("missing", 1)],
                make(&|files| {
                    files.remove(&result);
                })?,
            ),
        ])
    }
}
