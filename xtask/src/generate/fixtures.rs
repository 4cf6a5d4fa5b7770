//! `generate fixtures`: one folder a defect under `tests/evidence/`, with what must be found there.

use std::fs;

use anyhow::Result;
use pico_args::Arguments;
use serde_json::json;

use super::files::write;
use super::{defects, vectors};
use crate::shell;

/// Writes all fixtures anew.
pub(super) fn run(args: Arguments) -> Result<()> {
    shell::finish(args)?;
    let root = shell::root().join("tests/evidence");
    let _ = fs::remove_dir_all(&root);
    let all = defects::all()?;
    for defect in &all {
        let folder = root.join(defect.name);
        write(&defect.files, &folder.join("evidence"))?;
        let mut expected = json!({
            "about": defect.about,
            "verdict": defect.verdict,
            "digests": defects::counts(defect.digests),
            "logs": defects::counts(defect.logs),
            "gaps": defects::counts(defect.gaps),
            "lake": defects::counts(defect.lake),
            "problems": defects::counts(defect.problems),
        });
        // What only evidence with a stream has.
        if !defect.signatures.is_empty() {
            expected["signatures"] = defects::counts(defect.signatures);
        }
        fs::write(
            folder.join("expected.json"),
            serde_json::to_string_pretty(&expected)? + "\n",
        )?;
    }
    let vectors = shell::root().join("tests/vectors");
    fs::create_dir_all(&vectors)?;
    fs::write(
        vectors.join("pkcs1.json"),
        serde_json::to_string_pretty(&vectors::all()?)? + "\n",
    )?;
    println!("{} defects in {}", all.len(), root.display());
    Ok(())
}
