//! Archives that are encrypted or that trick, copies, texts in other encodings.

use anyhow::Result;

use super::{Bench, Defect, SOUND};
use crate::generate::files::{Files, zip};

/// A local file header of a zip archive, and an entry of its central directory.
const LOCAL: &[u8] = b"PK\x03\x04";
const CENTRAL: &[u8] = b"PK\x01\x02";

impl Bench<'_> {
    pub(super) fn archives(&self) -> Result<Vec<Defect>> {
        let (sound, _) = self.plain()?;
        let one = |name: &str| Files::from([(name.to_owned(), b"{\"note\":1}".to_vec())]);
        let beside = |defect: Defect, name: &str, bytes: Vec<u8>| {
            self.changed(defect, |files, _| {
                files.insert(name.to_owned(), bytes);
                Ok(())
            })
        };
        let backslashes: Files = sound
            .iter()
            .map(|(path, bytes)| (path.replace('/', "\\"), bytes.clone()))
            .collect();
        let copies: Files = sound
            .iter()
            .flat_map(|(path, bytes)| {
                ["", "copy/"].map(|folder| (format!("{folder}{path}"), bytes.clone()))
            })
            .collect();
        Ok(vec![
            beside(
                Defect {
                    name: "encrypted-zip",
                    about: "An archive beside sound evidence is encrypted.",
                    problems: &[("archive-encrypted", 1)],
                    ..SOUND
                },
                "notes.zip",
                encrypted(zip(&one("notes.json"))?),
            )?,
            beside(
                Defect {
                    name: "zip-slip",
                    about: "A member of an archive points outside of it.",
                    problems: &[("member-path", 1)],
                    ..SOUND
                },
                "notes.zip",
                zip(&one("../../../etc/notes.json"))?,
            )?,
            Defect {
                name: "zip-made-on-windows",
                about: "All of it in an archive whose names have backslashes.",
                files: Files::from([("evidence.zip".to_owned(), zip(&backslashes)?)]),
                ..SOUND
            },
            Defect {
                name: "copies",
                about: "Every file twice: copies add nothing and take nothing away.",
                files: copies,
                ..SOUND
            },
            beside(
                Defect {
                    name: "not-utf-8",
                    about: "An output was saved in another encoding.",
                    problems: &[("text-encoding", 1)],
                    ..SOUND
                },
                "describe-trails.json",
                b"{\"trailList\":[{\"Name\":\"caf\xe9\"}]}".to_vec(),
            )?,
        ])
    }
}

/// Marks every member as encrypted, which readers see before any of its bytes.
fn encrypted(mut archive: Vec<u8>) -> Vec<u8> {
    for at in 0..archive.len().saturating_sub(10) {
        let flags = if archive[at..].starts_with(LOCAL) {
            at + 6
        } else if archive[at..].starts_with(CENTRAL) {
            at + 8
        } else {
            continue;
        };
        archive[flags] |= 1;
    }
    archive
}
