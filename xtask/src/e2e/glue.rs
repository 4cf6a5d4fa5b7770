//! The built program cannot call what is not bound: the JavaScript beside the Wasm imports
//! nothing that reaches a network.

use std::fs;
use std::path::PathBuf;

use anyhow::{Context, Result, bail, ensure};

use super::{Stage, Test};
use crate::build;

pub(super) const TESTS: &[Test] = &[Test {
    name: "glue_imports_no_network",
    run: imports_no_network,
}];

/// Everything by which a browser's program can send something.
const NETWORK: &[&str] = &[
    "fetch",
    "fetchLater",
    "XMLHttpRequest",
    "WebSocket",
    "WebSocketStream",
    "WebTransport",
    "EventSource",
    "sendBeacon",
    "RTCPeerConnection",
    "importScripts",
    "serviceWorker",
];

/// wasm-bindgen's own loader, which is cut off with the network before evidence comes.
const LOADER: &[&str] = &[
    "module_or_path = fetch(module_or_path);",
    "throw new Error(`failed to fetch Wasm: ${module.status} ${module.statusText} fetching '${module.url}'`);",
];

fn imports_no_network(_: &Stage) -> Result<()> {
    let glue = find_glue()?;
    let text = fs::read_to_string(&glue)?;
    ensure!(
        text.contains("__wbg_"),
        "{} is not wasm-bindgen's",
        glue.display()
    );
    for (number, line) in text.lines().enumerate() {
        if LOADER.contains(&line.trim()) {
            continue;
        }
        if let Some(word) = NETWORK.iter().find(|word| mentions(line, word)) {
            bail!(
                "{}:{} names {word}: {}",
                glue.display(),
                number + 1,
                line.trim()
            );
        }
    }
    Ok(())
}

fn find_glue() -> Result<PathBuf> {
    let files = fs::read_dir(build::dist())?.flatten();
    files
        .map(|entry| entry.path())
        .find(|path| {
            let name = path.file_name().unwrap_or_default().to_string_lossy();
            name.starts_with("exhibit-") && name.ends_with(".js")
        })
        .context("dist/ has no exhibit-*.js")
}

/// Whether a line holds a word, alone or as the name of an import (`__wbg_fetch_0a1b`).
fn mentions(line: &str, word: &str) -> bool {
    let is_letter = |c: char| c.is_ascii_alphabetic();
    line.match_indices(word).any(|(at, _)| {
        let before = line[..at].chars().next_back();
        let after = line[at + word.len()..].chars().next();
        !before.is_some_and(is_letter) && !after.is_some_and(is_letter)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_found_whole() {
        assert!(mentions("imports.wbg.__wbg_fetch_0a1b = f;", "fetch"));
        assert!(mentions("arg0.fetch(arg1)", "fetch"));
        assert!(mentions("new WebSocket(url)", "WebSocket"));
        assert!(!mentions("prefetched", "fetch"));
        assert!(!mentions("is_fetching", "fetch"));
    }
}
