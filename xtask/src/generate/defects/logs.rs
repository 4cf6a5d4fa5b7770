//! Log files modified, deleted, added, not collected; files that are no evidence.

use anyhow::Result;

use super::{Bench, Counts, Defect, SOUND, content, edit};
use crate::generate::files::{Files, gzip};
use crate::generate::trail::{HOUR, START, Trail};

impl Bench<'_> {
    pub(super) fn logs(&self) -> Result<Vec<Defect>> {
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

    pub(super) fn files(&self) -> Result<Vec<Defect>> {
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
