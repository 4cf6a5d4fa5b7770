//! Every defect: what is done to sound evidence, and what the contract says must be found. The
//! expectations are written by hand from the contract, never taken from a run.

use std::collections::BTreeMap;

use anyhow::Result;
use serde_json::{Value, json};

use super::files::{Files, gzip, sha256};
use super::key::{Signer, list};
use super::trail::{HOUR, Made, START, Trail, head_object};

type Counts = &'static [(&'static str, u64)];

/// Evidence with a defect, and what must be found in it.
pub(super) struct Defect {
    pub(super) name: &'static str,
    pub(super) about: &'static str,
    pub(super) verdict: &'static str,
    pub(super) digests: Counts,
    pub(super) logs: Counts,
    pub(super) gaps: Counts,
    pub(super) lake: Counts,
    /// How many files have each problem.
    pub(super) problems: Counts,
    pub(super) files: Files,
}

const SOUND: Defect = Defect {
    name: "complete",
    about: "Nothing is wrong.",
    verdict: "verified",
    digests: &[("valid", 8)],
    logs: &[("valid", 8)],
    gaps: &[],
    lake: &[],
    problems: &[],
    files: Files::new(),
};

/// What is found where no key serves.
const KEYLESS: Defect = Defect {
    name: "",
    about: "",
    verdict: "incomplete",
    digests: &[],
    logs: &[("unproven", 8)],
    gaps: &[],
    lake: &[],
    problems: &[],
    files: Files::new(),
};

/// Counts as an object.
pub(super) fn counts(counts: Counts) -> Value {
    counts
        .iter()
        .map(|(name, count)| ((*name).to_owned(), json!(count)))
        .collect::<BTreeMap<_, Value>>()
        .into_iter()
        .collect()
}

/// All defects.
pub(super) fn all() -> Result<Vec<Defect>> {
    let (signer, other) = (Signer::of(11)?, Signer::of(12)?);
    let bench = Bench {
        signer: &signer,
        other: &other,
    };
    let mut all = bench.digests()?;
    all.extend(bench.keys()?);
    all.extend(bench.logs()?);
    all.extend(bench.layouts()?);
    all.extend(bench.metadata()?);
    all.extend(bench.lake()?);
    all.extend(bench.files()?);
    Ok(all)
}

/// The keys at hand.
struct Bench<'k> {
    signer: &'k Signer,
    other: &'k Signer,
}

const KEYS: &str = "public-keys-us-east-1.json";
const HEAD: &str = "head-object.json";

impl<'k> Bench<'k> {
    /// Sound evidence of a trail, with its keys and the newest digest's metadata.
    fn sound(&self, trail: &Trail<'_>) -> Result<(Files, Vec<Made>)> {
        let mut files = Files::new();
        let made = trail.make(&mut files)?;
        files.insert(
            KEYS.to_owned(),
            list(&[self.signer.entry(), self.other.entry()]),
        );
        if let Some(newest) = made.last() {
            files.insert(HEAD.to_owned(), head_object(&newest.signature));
        }
        Ok((files, made))
    }

    fn plain(&self) -> Result<(Files, Vec<Made>)> {
        self.sound(&Trail::plain(self.signer))
    }

    /// Plain evidence, changed.
    fn changed(
        &self,
        defect: Defect,
        change: impl FnOnce(&mut Files, &[Made]) -> Result<()>,
    ) -> Result<Defect> {
        let (mut files, made) = self.plain()?;
        change(&mut files, &made)?;
        Ok(Defect { files, ..defect })
    }

    fn digests(&self) -> Result<Vec<Defect>> {
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

    fn keys(&self) -> Result<Vec<Defect>> {
        let with = |defect: Defect, keys: Option<Vec<u8>>| {
            self.changed(defect, |files, _| {
                files.remove(KEYS);
                files.extend(keys.map(|keys| (KEYS.to_owned(), keys)));
                Ok(())
            })
        };
        Ok(vec![
            with(
                Defect {
                    name: "key-spki",
                    about: "The key is SubjectPublicKeyInfo.",
                    ..SOUND
                },
                Some(list(&[self.signer.entry_spki()])),
            )?,
            with(
                Defect {
                    name: "no-keys",
                    about: "No public key.",
                    digests: &[("no-key", 8)],
                    ..KEYLESS
                },
                None,
            )?,
            with(
                Defect {
                    name: "wrong-key",
                    about: "Only another key.",
                    digests: &[("no-key", 8)],
                    ..KEYLESS
                },
                Some(list(&[self.other.entry()])),
            )?,
            with(
                Defect {
                    name: "bad-key",
                    about: "The key is cut short.",
                    digests: &[("bad-key", 8)],
                    problems: &[("key-invalid", 1)],
                    ..KEYLESS
                },
                Some(list(&[self.signer.entry_cut()])),
            )?,
            Defect {
                name: "key-rotation",
                about: "The key changes in the middle of the chain.",
                files: self
                    .sound(&Trail {
                        keys: vec![(0, self.other), (4, self.signer)],
                        ..Trail::plain(self.signer)
                    })?
                    .0,
                ..SOUND
            },
        ])
    }

    fn logs(&self) -> Result<Vec<Defect>> {
        let trail = Trail::plain(self.signer);
        let one = |name, about, status: Counts, verdict| Defect {
            name,
            about,
            logs: status,
            verdict,
            ..SOUND
        };
        let extra = |files: &mut Files, at: i64| -> Result<()> {
            files.insert(trail.log_key(at, 7), gzip(&trail.records(at, 7, 2))?);
            Ok(())
        };
        Ok(vec![
            self.changed(
                one(
                    "log-modified",
                    "A log file has another content.",
                    &[("valid", 7), ("modified", 1)],
                    "failed",
                ),
                |files, made| {
                    edit(files, &made[3].logs[0], |text| {
                        text.replace("Management", "Data")
                    })
                },
            )?,
            self.changed(
                one(
                    "log-deleted",
                    "A log file is gone.",
                    &[("valid", 7), ("missing", 1)],
                    "failed",
                ),
                |files, made| {
                    files.remove(&made[3].logs[0]);
                    Ok(())
                },
            )?,
            self.changed(
                Defect {
                    problems: &[("gzip-truncated", 1)],
                    ..one(
                        "log-truncated",
                        "A log file is cut short.",
                        &[("valid", 7), ("invalid-format", 1)],
                        "failed",
                    )
                },
                |files, made| {
                    if let Some(log) = files.get_mut(&made[3].logs[0]) {
                        log.truncate(200);
                    }
                    Ok(())
                },
            )?,
            self.changed(
                Defect {
                    problems: &[("gzip-trailing", 1)],
                    ..one(
                        "appended-gzip-member",
                        "A second gzip member follows.",
                        &[("valid", 7), ("trailing-data", 1)],
                        "failed",
                    )
                },
                |files, made| {
                    files
                        .entry(made[3].logs[0].clone())
                        .or_default()
                        .extend(gzip(b"{\"Records\":[]}")?);
                    Ok(())
                },
            )?,
            self.changed(
                one(
                    "extra-log",
                    "A log file that no digest lists.",
                    &[("valid", 8), ("unlisted", 1)],
                    "incomplete",
                ),
                |files, _| extra(files, START + 3 * HOUR + 1_800),
            )?,
            self.changed(
                one(
                    "young-logs",
                    "The running hour has no digest yet.",
                    &[("valid", 8), ("uncovered", 1)],
                    "verified",
                ),
                |files, _| extra(files, START + 8 * HOUR + 1_800),
            )?,
            self.changed(
                one(
                    "logs-not-collected",
                    "Only the digests were fetched.",
                    &[("not-collected", 8)],
                    "incomplete",
                ),
                |files, made| {
                    made.iter().flat_map(|digest| &digest.logs).for_each(|log| {
                        files.remove(log);
                    });
                    Ok(())
                },
            )?,
            self.changed(
                one(
                    "log-gunzipped-by-hand",
                    "A log file was decompressed; its content is the same.",
                    &[("valid", 8)],
                    "verified",
                ),
                |files, made| {
                    let key = &made[3].logs[0];
                    let text = content(files, key)?;
                    files.remove(key);
                    files.insert(key.trim_end_matches(".gz").to_owned(), text);
                    Ok(())
                },
            )?,
        ])
    }

    fn layouts(&self) -> Result<Vec<Defect>> {
        let plain = || Trail::plain(self.signer);
        let (mut off, first) = self.sound(&Trail {
            hours: vec![vec![3]; 4],
            ..plain()
        })?;
        off.insert(
            "head-object-before.json".to_owned(),
            head_object(&first[3].signature),
        );
        let second = Trail {
            hours: vec![vec![3]; 4],
            start: START + 6 * HOUR,
            ..plain()
        }
        .make(&mut off)?;
        off.insert(HEAD.to_owned(), head_object(&second[3].signature));

        let (mut regions, _) = self.sound(&plain())?;
        let west = Trail {
            region: "eu-west-1",
            keys: vec![(0, self.other)],
            ..plain()
        }
        .make(&mut regions)?;
        regions.insert(
            "head-object-eu-west-1.json".to_owned(),
            head_object(&west[7].signature),
        );

        Ok(vec![
            Defect {
                name: "validation-off",
                about: "A new chain starts two hours after the old one ended.",
                verdict: "incomplete",
                gaps: &[("validation-off", 1)],
                files: off,
                ..SOUND
            },
            Defect {
                name: "several-regions",
                about: "Two regions, each with a chain and a key of its own.",
                digests: &[("valid", 16)],
                logs: &[("valid", 16)],
                files: regions,
                ..SOUND
            },
            Defect {
                name: "org-trail-with-prefix",
                about: "An organization's trail below a prefix.",
                files: self
                    .sound(&Trail {
                        prefix: "audit/",
                        organization: Some("o-exampleorgid"),
                        ..plain()
                    })?
                    .0,
                ..SOUND
            },
            Defect {
                name: "trail-name-with-underscores",
                about: "Trail names may hold what separates the parts of a file's name.",
                files: self
                    .sound(&Trail {
                        name: "all_regions_audit",
                        ..plain()
                    })?
                    .0,
                ..SOUND
            },
        ])
    }

    fn metadata(&self) -> Result<Vec<Defect>> {
        let with = |defect: Defect, make: fn(&Made) -> Option<(&'static str, Vec<u8>)>| {
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

    fn lake(&self) -> Result<Vec<Defect>> {
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

    fn files(&self) -> Result<Vec<Defect>> {
        let with = |defect: Defect, name: &str, bytes: &[u8]| {
            self.changed(defect, |files, _| {
                files.insert(name.to_owned(), bytes.to_vec());
                Ok(())
            })
        };
        let bomb = gzip(&vec![b' '; 40 << 20])?;
        Ok(vec![
            with(
                Defect {
                    name: "marker-file",
                    about: "AWS Config's empty marker is ignored.",
                    ..SOUND
                },
                "AWSLogs/111122223333/Config/ConfigWritabilityCheckFile",
                b"",
            )?,
            with(
                Defect {
                    name: "zero-byte-file",
                    about: "An empty file.",
                    problems: &[("empty", 1)],
                    ..SOUND
                },
                "notes.json",
                b"",
            )?,
            with(
                Defect {
                    name: "gzip-bomb",
                    about: "A file that inflates beyond any ratio that evidence has.",
                    problems: &[("inflated-ratio", 1)],
                    ..SOUND
                },
                "bomb.json.gz",
                &bomb,
            )?,
        ])
    }
}

/// Changes the text within a compressed file.
fn edit(files: &mut Files, key: &str, change: impl FnOnce(String) -> String) -> Result<()> {
    let text = String::from_utf8(content(files, key)?)?;
    files.insert(key.to_owned(), gzip(change(text).as_bytes())?);
    Ok(())
}

fn content(files: &Files, key: &str) -> Result<Vec<u8>> {
    use std::io::Read as _;
    let mut text = Vec::new();
    let packed = files.get(key).map_or(&[][..], Vec::as_slice);
    flate2::read::GzDecoder::new(packed).read_to_end(&mut text)?;
    Ok(text)
}
