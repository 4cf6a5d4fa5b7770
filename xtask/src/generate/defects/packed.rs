//! Archives that programs read in different ways.

use std::io::Write as _;

use anyhow::Result;

use super::{Bench, Defect, SOUND};
use crate::generate::files::{Files, zip};

/// Names of files that look like something else, or are something else to a careless reader.
const NAMES: &[&str] = &[
    "<img src=x onerror=alert(1)>.json",
    "gnp.\u{202e}nosj.json",
    "\u{2066}a\u{200f}b\u{2069}.json",
    "zero\u{200b}width\u{feff}.json",
    "line\nend\tand\u{1b}[31mcolour.json",
    "=HYPERLINK(\"http:evil\",\"x\").json",
    "@SUM(A1).json",
    "'; DROP TABLE evidence; --.json",
    "../../outside.json",
    "C:\\outside-too.json",
];

impl Bench<'_> {
    /// Archives that programs read in different ways.
    pub(super) fn packed(&self) -> Result<Vec<Defect>> {
        let beside = |defect: Defect, name: &str, bytes: Vec<u8>| {
            self.changed(defect, |files, _| {
                files.insert(name.to_owned(), bytes);
                Ok(())
            })
        };
        let two = Files::from([
            ("a.json".to_owned(), b"{\"note\":1}".to_vec()),
            ("b.json".to_owned(), b"{\"note\":2}".to_vec()),
        ]);
        let mut same = zip(&two)?;
        for at in 0..same.len() - 6 {
            if same[at..].starts_with(b"b.json") {
                same[at] = b'a';
            }
        }
        let mut links = tar::Builder::new(Vec::new());
        for (kind, name) in [
            (tar::EntryType::Symlink, "soft.json"),
            (tar::EntryType::Link, "hard.json"),
        ] {
            let mut header = tar::Header::new_ustar();
            header.set_entry_type(kind);
            header.set_size(0);
            links.append_link(&mut header, name, "../../../etc/passwd")?;
        }
        let mut cut = tar::Builder::new(Vec::new());
        let mut header = tar::Header::new_ustar();
        header.set_size(1_000);
        cut.append_data(&mut header, "notes.txt", [b'x'; 1_000].as_slice())?;
        let mut cut = cut.into_inner()?;
        cut.truncate(512 + 700);
        let mut odd = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
        let options =
            zip::write::SimpleFileOptions::default().last_modified_time(zip::DateTime::default());
        for name in NAMES {
            odd.start_file(*name, options)?;
            odd.write_all(b"{\"note\":1}")?;
        }
        Ok(vec![
            beside(
                Defect {
                    name: "zip-of-one-name-twice",
                    about: "Two members of an archive share a name: programs differ in which they read.",
                    problems: &[("archive-names", 1)],
                    ..SOUND
                },
                "notes.zip",
                same,
            )?,
            beside(
                Defect {
                    name: "tar-of-links",
                    about: "Members that are links are listed, and nothing is read for them.",
                    problems: &[("member-link", 2)],
                    ..SOUND
                },
                "notes.tar",
                links.into_inner()?,
            )?,
            beside(
                Defect {
                    name: "tar-cut-short",
                    about: "An archive ends within a member.",
                    problems: &[("archive-corrupt", 1)],
                    ..SOUND
                },
                "notes.tar",
                cut,
            )?,
            beside(
                Defect {
                    name: "names-that-lie",
                    about: "Names with markup, marks that turn text around, control characters, formulas and ways out.",
                    problems: &[("member-path", 2)],
                    ..SOUND
                },
                "odd.zip",
                odd.finish()?.into_inner(),
            )?,
        ])
    }
}
