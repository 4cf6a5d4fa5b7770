//! Every defect: what is done to sound evidence, and what the contract says must be found. The
//! expectations are written by hand from the contract, never taken from a run.

mod archives;
mod chains;
mod described;
mod digests;
mod hostile;
mod keys;
mod lake;
mod logs;
mod packed;
mod stream;

use std::collections::BTreeMap;

use anyhow::Result;
use serde_json::{Value, json};

use super::files::{Files, gzip};
use super::key::{Signer, list};
use super::trail::{Made, Trail, head_object};

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
    /// How many messages have each verdict on their signature.
    pub(super) signatures: Counts,
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
    signatures: &[],
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
    signatures: &[],
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
    all.extend(bench.chains()?);
    all.extend(bench.described()?);
    all.extend(bench.archives()?);
    all.extend(bench.keys()?);
    all.extend(bench.logs()?);
    all.extend(bench.layouts()?);
    all.extend(bench.metadata()?);
    all.extend(bench.lake()?);
    all.extend(bench.files()?);
    all.extend(bench.hostile()?);
    all.extend(bench.stream()?);
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
