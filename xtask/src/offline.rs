//! The service worker of dist/: `offline/worker.js` with the names and hashes of every file that the page needs.
//!
//! Its name holds a hash of its content, and `release.json`, which is never kept, names it: a page finds out
//! from that file that the host has a newer version, and takes it when the user says so.

use std::fs;
use std::path::Path;

use anyhow::{Context, Result, ensure};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Map, Value, json};
use sha2::{Digest as _, Sha256};

use crate::one_file;

/// The file that names the worker of the version on the host.
pub(crate) const RELEASE: &str = "release.json";

/// Whether a file of dist/ is the worker of some version.
pub(crate) fn is_worker(name: &str) -> bool {
    let version = name
        .strip_prefix("worker-")
        .and_then(|rest| rest.strip_suffix(".js"));
    version.is_some_and(|version| {
        version.len() == 12 && version.bytes().all(|byte| byte.is_ascii_hexdigit())
    })
}

/// Writes the worker and `release.json` beside what they keep; workers of other versions go.
///
/// # Errors
/// When dist/ is not as the build leaves it.
pub(crate) fn write(dist: &Path) -> Result<()> {
    let script = crate::shell::root().join("offline/worker.js");
    let script = fs::read_to_string(&script).with_context(|| script.display().to_string())?;
    let mut files = Map::new();
    for entry in fs::read_dir(dist)? {
        let path = entry?.path();
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        if is_worker(&name) {
            fs::remove_file(&path)?;
            continue;
        }
        if name == RELEASE || name == one_file::NAME {
            continue;
        }
        ensure!(path.is_file(), "{} is no file", path.display());
        let integrity = format!(
            "sha256-{}",
            STANDARD.encode(Sha256::digest(fs::read(&path)?))
        );
        // Hosts answer with the page for its folder, and some send its own name there.
        let name = if name == "index.html" { "./" } else { &*name };
        files.insert(name.to_owned(), Value::String(integrity));
    }
    ensure!(files.contains_key("./"), "dist/ has no index.html");
    let (worker, version) = fill(&script, &Value::Object(files))?;
    let name = format!("worker-{version}.js");
    fs::write(dist.join(&name), worker)?;
    let release = json!({ "version": version, "worker": name });
    fs::write(dist.join(RELEASE), format!("{release}\n"))?;
    Ok(())
}

/// The script with its files and its version, which is told by both.
fn fill(script: &str, files: &Value) -> Result<(String, String)> {
    for place in ["\"@FILES@\"", "\"@VERSION@\""] {
        ensure!(
            script.matches(place).count() == 1,
            "offline/worker.js has no single {place}"
        );
    }
    let script = script.replace("\"@FILES@\"", &serde_json::to_string_pretty(files)?);
    let version = hex::encode(&Sha256::digest(script.as_bytes())[..6]);
    let script = script.replace("@VERSION@", &version);
    Ok((script, version))
}

#[cfg(test)]
mod tests {
    use super::*;

    const SCRIPT: &str = "const VERSION = \"@VERSION@\";\nconst FILES = \"@FILES@\";\n";

    #[test]
    fn the_version_is_told_by_the_files() {
        let fill = |hash: &str| fill(SCRIPT, &json!({ "./": hash })).expect("a worker");
        let (one, version) = fill("sha256-a");
        assert!(
            one.contains(&format!("\"{version}\"")) && one.contains("\"./\": \"sha256-a\""),
            "{one}"
        );
        assert_eq!(version.len(), 12);
        assert_eq!(fill("sha256-a").1, version);
        assert_ne!(fill("sha256-b").1, version);
    }

    #[test]
    fn a_script_without_its_places_is_refused() {
        assert!(fill("const FILES = {};", &json!({})).is_err());
    }

    #[test]
    fn the_worker_hears_of_nothing_but_its_life_and_requests() {
        let path = crate::shell::root().join("offline/worker.js");
        let script = fs::read_to_string(path).expect("the worker's script");
        let heard: Vec<&str> = script
            .split("addEventListener(\"")
            .skip(1)
            .filter_map(|rest| rest.split('"').next())
            .collect();
        assert_eq!(heard, ["install", "activate", "fetch"]);
        assert!(!script.contains("onmessage") && !script.contains("claim"));
        assert!(fill(&script, &json!({})).is_ok());
    }

    #[test]
    fn workers_are_told_by_their_name() {
        assert!(is_worker("worker-0123456789ab.js") && !is_worker("boot.js"));
        assert!(!is_worker("worker-0123456789ab.js?data") && !is_worker("worker-data.js"));
    }
}
