//! Keys in other encodings, missing, wrong, damaged, changed; trails laid out in other ways.

use anyhow::Result;

use super::{Bench, Defect, HEAD, KEYLESS, KEYS, SOUND};
use crate::generate::files::{Files, zip};
use crate::generate::key::{Signer, list};
use crate::generate::trail::{HOUR, START, Trail, head_object};

impl Bench<'_> {
    pub(super) fn keys(&self) -> Result<Vec<Defect>> {
        let with = |defect: Defect, keys: Option<Vec<u8>>| {
            self.changed(defect, |files, _| {
                files.remove(KEYS);
                files.extend(keys.map(|keys| (KEYS.to_owned(), keys)));
                Ok(())
            })
        };
        let spki = Signer::of(13)?.listed_as_spki();
        let (mut as_spki, _) = self.sound(&Trail::plain(&spki))?;
        as_spki.insert(KEYS.to_owned(), list(&[spki.entry()]));
        Ok(vec![
            Defect {
                name: "key-spki",
                about: "The key is SubjectPublicKeyInfo.",
                files: as_spki,
                ..SOUND
            },
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

    pub(super) fn layouts(&self) -> Result<Vec<Defect>> {
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

        let (mut accounts, _) = self.sound(&plain())?;
        let second = Trail {
            account: "444455556666",
            ..plain()
        }
        .make(&mut accounts)?;
        accounts.insert(
            "head-object-444455556666.json".to_owned(),
            head_object(&second[7].signature),
        );

        let (sound, _) = self.sound(&plain())?;
        let inner = Files::from([("inner.zip".to_owned(), zip(&sound)?)]);
        let nested = Files::from([("outer.zip".to_owned(), zip(&inner)?)]);

        Ok(vec![
            Defect {
                name: "two-accounts",
                about: "Two accounts of one bucket, each with a chain of its own.",
                digests: &[("valid", 16)],
                logs: &[("valid", 16)],
                files: accounts,
                ..SOUND
            },
            Defect {
                name: "nested-archive",
                about: "All of it in a zip archive within another.",
                files: nested,
                ..SOUND
            },
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
}
