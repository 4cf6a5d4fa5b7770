//! Chains that are not one row of hours: backfill, holes in time, forks, circles, edited links.

use anyhow::Result;

use super::{Bench, Defect, SOUND, content, edit};
use crate::generate::files::gzip;
use crate::generate::trail::{HOUR, START, Trail, head_backfill};

impl Bench<'_> {
    pub(super) fn chains(&self) -> Result<Vec<Defect>> {
        let (mut backfill, _) = self.plain()?;
        let late = Trail {
            backfill: true,
            hours: vec![vec![2], vec![]],
            start: START + 2 * HOUR,
            ..Trail::plain(self.signer)
        }
        .make(&mut backfill)?;
        backfill.insert(
            "head-object-backfill.json".to_owned(),
            head_backfill(&late[1].signature, START + 9 * HOUR),
        );
        let mut less = backfill.clone();
        for key in late[0].logs.iter().chain([&late[0].key]) {
            less.remove(key);
        }
        Ok(vec![
            Defect {
                name: "backfill-digest-deleted",
                about: "The oldest backfill digest is gone with its log file, while the hours before and after it are there.",
                verdict: "failed",
                digests: &[("valid", 9), ("missing", 1)],
                gaps: &[("missing-digests", 1)],
                files: less,
                ..SOUND
            },
            Defect {
                name: "backfill",
                about: "A second chain of backfill digests lists a log file that came late.",
                digests: &[("valid", 10)],
                logs: &[("valid", 9)],
                files: backfill,
                ..SOUND
            },
            Defect {
                name: "chain-does-not-fit-in-time",
                about: "A digest names the one before it by the right hash, but three hours lie between their windows.",
                verdict: "failed",
                gaps: &[("missing-digests", 1)],
                files: self
                    .sound(&Trail {
                        pause: Some((4, 3 * HOUR)),
                        ..Trail::plain(self.signer)
                    })?
                    .0,
                ..SOUND
            },
            self.changed(
                Defect {
                    name: "previous-hash-edited",
                    about: "A digest states another hash for its predecessor: it is the edited one, and the signature that it carries still proves the predecessor.",
                    verdict: "failed",
                    digests: &[("valid", 7), ("chain-mismatch", 1)],
                    logs: &[("valid", 7), ("unproven", 1)],
                    ..SOUND
                },
                |files, made| {
                    edit(files, &made[4].key, |text| {
                        let at = text.find("previousDigestHashValue").unwrap_or_default() + 26;
                        let (before, after) = text.split_at(at);
                        format!("{before}{}{}", "0".repeat(64), &after[64..])
                    })
                },
            )?,
            self.changed(
                Defect {
                    name: "fork",
                    about: "A second digest of one hour names the same predecessor; nothing signs it.",
                    verdict: "incomplete",
                    digests: &[("valid", 8), ("unsigned", 1)],
                    ..SOUND
                },
                |files, made| {
                    let key = &made[4].key;
                    let fork = key.replace("0000Z", "0001Z");
                    let text = String::from_utf8(content(files, key)?)?.replace(key.as_str(), &fork);
                    files.insert(fork, gzip(text.as_bytes())?);
                    Ok(())
                },
            )?,
            self.changed(
                Defect {
                    name: "cycle",
                    about: "The first digest was edited to name the last one as its predecessor.",
                    verdict: "failed",
                    digests: &[("valid", 7), ("chain-mismatch", 1)],
                    logs: &[("valid", 7), ("unproven", 1)],
                    ..SOUND
                },
                |files, made| {
                    edit(files, &made[0].key, |text| {
                        let place = |field: &str, value: &str| {
                            (format!("\"{field}\":null"), format!("\"{field}\":\"{value}\""))
                        };
                        [
                            place("previousDigestS3Bucket", "example-trail-bucket"),
                            place("previousDigestS3Object", &made[7].key),
                        ]
                        .iter()
                        .fold(text, |text, (from, to)| text.replace(from, to))
                    })
                },
            )?,
        ])
    }
}
