//! The scripts of `docs/by-hand.md` say of the demo what the document says that they say.

use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use flate2::read::GzDecoder;

const NEWEST: &str = "AWSLogs/111122223333/CloudTrail-Digest/us-east-1/2026/03/02/111122223333_CloudTrail-Digest_us-east-1_management-events_us-east-1_20260302T120000Z.json.gz";

/// The demo, unpacked into a folder of its own.
fn demo(name: &str) -> PathBuf {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
    let _ = fs::remove_dir_all(&folder);
    let packed = File::open(root().join("demo/case.tar.gz")).expect("the demo");
    tar::Archive::new(GzDecoder::new(packed))
        .unpack(&folder)
        .expect("unpacked");
    folder
}

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// Whether all programs are here; says so loudly if not.
fn has_tools() -> bool {
    let tools = "command -v bash gzip sha256sum openssl jq xxd md5sum base64 > /dev/null || exit 1; for tool in gzip sha256sum openssl jq xxd; do command -v $tool > /dev/null || exit 1; done";
    let found = Command::new("bash").args(["-c", tools]).status();
    let has = found.is_ok_and(|status| status.success());
    if !has {
        eprintln!("NOT TESTED: docs/by-hand.md needs gzip, sha256sum, openssl, jq and xxd");
    }
    has
}

fn run(script: &str, folder: &Path, args: &[&str]) -> Output {
    Command::new("bash")
        .arg(root().join("docs").join(script))
        .args(args)
        .current_dir(folder)
        .output()
        .expect("bash")
}

fn said(output: &Output) -> String {
    String::from_utf8_lossy(&output.stdout).into_owned()
}

#[test]
fn the_newest_digest_verifies_and_an_altered_one_does_not() {
    if !has_tools() {
        return;
    }
    let folder = demo("by-hand-digest");
    let metadata = fs::read(folder.join("head-object-us-east-1.json")).expect("metadata");
    let metadata: serde_json::Value = serde_json::from_slice(&metadata).expect("JSON");
    let signature = metadata["Metadata"]["signature"].as_str().expect("hex");
    let args = [NEWEST, signature, "public-keys-us-east-1.json"];
    let good = said(&run("check-digest.sh", &folder, &args));
    let document = fs::read_to_string(root().join("docs/by-hand.md")).expect("the document");
    assert!(
        good.starts_with("Verified OK\n") && document.contains(good.trim()),
        "{good}"
    );

    let altered = signature.replacen(|c: char| c.is_ascii_digit(), "f", 1);
    let output = run(
        "check-digest.sh",
        &folder,
        &[NEWEST, &altered, "public-keys-us-east-1.json"],
    );
    assert!(
        !output.status.success() && !said(&output).contains("Verified OK"),
        "{output:?}"
    );
}

#[test]
fn log_files_differ_where_the_document_says() {
    if !has_tools() {
        return;
    }
    let folder = demo("by-hand-logs");
    let shown = said(&run("check-logs.sh", &folder, &["."]));
    let document = fs::read_to_string(root().join("docs/by-hand.md")).expect("the document");
    assert_eq!(shown.lines().count(), 3, "{shown}");
    for line in shown.lines() {
        assert!(document.contains(line), "docs/by-hand.md lacks {line}");
    }
}
