//! `docs/dependencies.md`: every crate that the manifests ask for, and why, as their comments say.

use std::fmt::Write as _;
use std::fs;

use anyhow::{Context, Result, bail};
use pico_args::Arguments;

use crate::shell;

const HEAD: &str = "# Dependencies

Written by `cargo xtask generate dependencies` from the comments in Cargo.toml; `tests/tidy.rs` holds that none is missing.
What they bring in their turn, with versions and hashes, is in Cargo.lock; `deny.toml` says which licences and origins are
allowed, and `cargo xtask test` checks it.
";

/// Manifests, the table of each, and what its crates are for.
const TABLES: &[(&str, &str, &str)] = &[
    ("Cargo.toml", "[dependencies]", "In the page"),
    ("Cargo.toml", "[dev-dependencies]", "In tests of the page"),
    (
        "xtask/Cargo.toml",
        "[dependencies]",
        "In the tool that builds, tests and measures; never in the page",
    ),
    (
        "fuzz/Cargo.toml",
        "[dependencies]",
        "In the targets of the fuzzer, a workspace of their own",
    ),
];

/// Programs and scripts that are no crates of a manifest.
const TOOLS: &str = "
## Programs that are fetched once

| what | why |
|---|---|
| trunk | bundles the page |
| wasm-bindgen-cli | writes the JavaScript beside the Wasm; must be of the library's version |
| Chromium, chromedriver | tests and figures |
| Firefox, geckodriver | the same tests in another engine (`cargo xtask test --full`) |
| axe-core (npm, MPL-2.0) | accessibility; runs in tests and is not part of the page |
| cargo-deny | licences, origins and advisories of crates |
| cargo-fuzz | runs the targets of the fuzzer (`cargo xtask fuzz`) |
| oscal-pydantic, py-ocsf-models (PyPI) | read what is handed over by published models, in an environment of their own |
| cryptography (PyPI) | the peer that is measured beside Exhibit (`cargo xtask bench`) |
";

/// The `generate dependencies` command.
pub(super) fn run(args: Arguments) -> Result<()> {
    shell::finish(args)?;
    let mut page = HEAD.to_owned();
    for (manifest, table, title) in TABLES {
        let text = fs::read_to_string(shell::root().join(manifest))
            .with_context(|| (*manifest).to_owned())?;
        write!(page, "\n## {title}\n\n| crate | why |\n|---|---|\n")?;
        for (name, why) in rows(&text, table)? {
            writeln!(page, "| {name} | {why} |")?;
        }
    }
    page.push_str(TOOLS);
    fs::write(shell::root().join("docs/dependencies.md"), page)?;
    Ok(())
}

/// Each crate of a table with the comment on its line. web-sys has a table of its own.
fn rows(manifest: &str, table: &str) -> Result<Vec<(String, String)>> {
    let mut rows = Vec::new();
    let mut lines = manifest.lines().skip_while(|line| *line != table).skip(1);
    for line in lines.by_ref().take_while(|line| !line.starts_with('[')) {
        let Some((name, rest)) = line.split_once(" = ").filter(|_| !line.starts_with('#')) else {
            continue;
        };
        let Some((_, why)) = rest.split_once("  # ") else {
            bail!("{name} has no reason: write `  # why` behind it");
        };
        rows.push((name.to_owned(), why.replace('|', "\\|")));
    }
    rows.sort();
    Ok(rows)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_line_has_its_reason() {
        let manifest = "[dependencies]\n# All.\nb = \"1\"  # bytes\na = { version = \"1\" }  # letters | signs\n\n[other]\nc = \"1\"\n";
        let rows = rows(manifest, "[dependencies]").expect("rows");
        let expected = [("a", "letters \\| signs"), ("b", "bytes")];
        assert_eq!(
            rows,
            expected.map(|(name, why)| (name.to_owned(), why.to_owned()))
        );
        assert!(super::rows("[dependencies]\nc = \"1\"\n", "[dependencies]").is_err());
    }
}
