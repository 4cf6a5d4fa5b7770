//! The verdicts in the words of the AWS CLI, and the commands for what is missing.

mod support;

use std::fs;
use std::path::Path;
use std::process::Command;

use exhibit::audit::script;
use exhibit::case::{Case, Export, Settings};
use support::{exported, files_below, judged};

const TRAIL: &str = "Validating log files for trail arn:aws:cloudtrail:us-east-1:111122223333:trail/management-events \
                     between 2026-03-01T00:00:00Z and 2026-03-01T08:00:00Z";
const ALL: &str = "Results found for 2026-03-01T00:00:00Z to 2026-03-01T08:00:00Z:";

fn case_of(defect: &str) -> Case {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/evidence");
    let files = files_below(&root.join(defect).join("evidence"));
    judged(&files, Settings::default())
}

fn words(defect: &str) -> Vec<String> {
    let text = exported(&mut case_of(defect), &Export::ValidateLogs);
    let text = String::from_utf8(text).expect("text");
    text.lines().map(str::to_owned).collect()
}

/// Lines of digest and log files by the time in their names and what is said of them.
fn short(line: &str) -> Option<String> {
    let mut parts = line.split('\t');
    let what = parts.next()?;
    let name = parts.next()?.rsplit('/').next()?;
    let time = name.split("_20260301T").nth(1)?.get(..4)?;
    let said = parts.next().filter(|_| !what.starts_with('#'));
    Some(format!("{what} {time} {}", said.unwrap_or("…")))
}

#[test]
fn lines_come_in_the_order_of_the_cli() {
    let lines = words("backfill");
    let all: Vec<String> = lines.iter().filter_map(|line| short(line)).collect();
    let first: Vec<&str> = all.iter().take(4).map(String::as_str).collect();
    assert_eq!(
        first,
        [
            "Digest file 0800 valid",
            "Log file 0720 valid",
            "Digest file 0700 valid",
            "Log file 0620 valid"
        ]
    );
    assert_eq!(
        all[all.len() - 3..],
        [
            "(backfill) Digest file 0400 valid",
            "(backfill) Digest file 0300 valid",
            "Log file 0225 valid"
        ]
    );
    assert_eq!(lines[0], TRAIL);
    let end = &lines[lines.len() - 8..];
    let asked = "Results requested for 2026-03-01T00:00:00Z to 2026-03-01T08:00:00Z";
    let counts = [
        "8/8 digest files valid",
        "2/2 backfill digest files valid",
        "9/9 log files valid",
    ];
    assert_eq!(end[1..4], [asked, ALL, ""]);
    assert_eq!(end[4..7], counts);
}

/// Each defect, a line that it brings, and the summary's counts.
#[test]
fn each_defect_has_the_words_of_the_cli() {
    let rows: &[(&str, &[&str], &[&str])] = &[
        (
            "log-modified",
            &["Log file 0320 INVALID: hash value doesn't match"],
            &[
                ALL,
                "8/8 digest files valid",
                "7/8 log files valid, 1/8 log files INVALID",
            ],
        ),
        (
            "log-deleted",
            &["Log file 0320 INVALID: not found"],
            &["7/8 log files valid, 1/8 log files INVALID"],
        ),
        (
            "appended-gzip-member",
            &["Log file 0320 INVALID: unexpected data after end of compressed stream"],
            &["7/8 log files valid, 1/8 log files INVALID"],
        ),
        (
            "one-digest-deleted",
            &[
                "Digest file 0400 INVALID: not found",
                "# Digest file 0300 …",
            ],
            &["6/8 digest files valid, 2/8 digest files INVALID"],
        ),
        (
            "digest-overwritten-with-its-successor",
            &["Digest file 0500 INVALID: has been moved from its original location"],
            &["7/8 digest files valid, 1/8 digest files INVALID"],
        ),
        (
            "garbage-digest",
            &[
                "Digest file 0400 INVALID: invalid format",
                "Digest file 0300 INVALID: signature verification failed",
                "# Log file 0220 …",
            ],
            &["6/8 digest files valid, 2/8 digest files INVALID"],
        ),
        // The CLI looks at no log file of a digest that does not verify, so none is counted.
        (
            "newest-without-metadata",
            &[
                "Digest file 0800 INVALID: signature verification failed",
                "# Digest file 0800 …",
                "# Log file 0720 …",
            ],
            &[
                "Results found for 2026-03-01T00:00:00Z to 2026-03-01T07:00:00Z:",
                "7/8 digest files valid, 1/8 digest files INVALID",
                "7/7 log files valid",
            ],
        ),
        (
            "no-keys",
            &["# Log file 0720 …"],
            &[
                "No valid digests found in range",
                "0/8 digest files valid, 8/8 digest files INVALID",
            ],
        ),
        (
            "extra-log",
            &["# Log file 0330 …"],
            &["8/8 digest files valid", "8/8 log files valid"],
        ),
    ];
    for (defect, lines, counts) in rows {
        let all = words(defect);
        let shorts: Vec<String> = all.iter().filter_map(|line| short(line)).collect();
        for line in *lines {
            let found = shorts.iter().any(|other| other == line);
            assert!(found, "{defect} lacks {line}: {shorts:#?}");
        }
        for count in *counts {
            assert!(all.iter().any(|line| line == count), "{defect}: {count}");
        }
    }
    let off = "No log files were delivered by CloudTrail between 2026-03-01T04:00:00Z and 2026-03-01T06:00:00Z";
    assert!(words("validation-off").iter().any(|line| line == off));
    let key = "INVALID: public key not found in region us-east-1 for fingerprint ";
    assert!(words("no-keys").iter().any(|line| line.contains(key)));
    let mut nothing = judged(&[], Settings::default());
    let text = exported(&mut nothing, &Export::ValidateLogs);
    assert_eq!(text, b"No digests found\n");
}

/// What is missing is said as commands, each with the region, time, bucket and key that it needs.
#[test]
fn what_is_missing_is_said_as_commands() {
    let bucket = "example-trail-bucket";
    let digests = "AWSLogs/111122223333/CloudTrail-Digest/us-east-1/2026/03/01";
    let newest = "111122223333_CloudTrail-Digest_us-east-1_management-events_us-east-1_20260301T080000Z.json.gz";
    let keys = "aws cloudtrail list-public-keys --region us-east-1 --start-time 2026-03-01T00:00:00Z \
                --end-time 2026-03-01T10:00:00Z > public-keys-us-east-1.json";
    let head = |name: &str| {
        format!("aws s3api head-object --bucket {bucket} --key {digests}/{name} > head-{name}.json")
    };
    let before = newest.replace("T08", "T03");
    let sync = |folder: &str| format!("aws s3 sync s3://{bucket}/{folder}/ ./{bucket}/{folder}/");
    let logs = digests.replace("-Digest", "");
    let rows = [
        ("no-keys", vec![keys.to_owned(), head(newest)]),
        ("newest-without-metadata", vec![head(newest)]),
        ("log-deleted", vec![sync(&logs)]),
        ("one-digest-deleted", vec![head(&before), sync(digests)]),
        ("complete", Vec::new()),
    ];
    let described = |line: &String| {
        line.starts_with("aws cloudtrail describe-trails")
            || line.starts_with("aws ec2 describe-regions")
            || line.starts_with("aws cloudtrail get-trail-status")
    };
    for (defect, expected) in rows {
        let case = case_of(defect);
        let needs = script::needs(&case);
        let commands = needs.into_iter().flat_map(|need| need.commands);
        let (known, commands): (Vec<String>, Vec<String>) = commands.partition(described);
        assert_eq!(known.len(), 3, "{defect}");
        assert_eq!(commands, expected, "{defect}");
        let text = script::script(&case);
        for command in commands.iter().chain(&known) {
            let words = command.split(" > ").next().unwrap_or_default();
            let line = |line: &str| line.starts_with("run ") && line.ends_with(words);
            assert!(text.lines().any(line), "the script lacks {words}");
        }
    }
    // What says already what should be there is not asked for again.
    let described = script::needs(&case_of("described-region-without-chain"));
    let commands: Vec<String> = described
        .into_iter()
        .flat_map(|need| need.commands)
        .collect();
    assert!(!commands.iter().any(|line| line.contains("describe-trails")));
    assert!(
        commands
            .iter()
            .any(|line| line.contains("get-trail-status"))
    );
}

/// What the listing of the bucket names of another trail, and what the running hour waits for.
#[test]
fn what_should_be_there_is_told_of_each_trail() {
    let waits = |defect: &str| case_of(defect).judgement().next_digest;
    assert_eq!(waits("complete"), None);
    let due = waits("young-logs").map(|at| at.to_string());
    assert_eq!(due.as_deref(), Some("2026-03-01T09:00:00Z"));

    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/evidence");
    let mut files = files_below(&root.join("complete/evidence"));
    let key = "AWSLogs/111122223333/CloudTrail-Digest/us-east-1/2026/03/01/111122223333_CloudTrail-Digest_us-east-1_another-trail_us-east-1_20260301T080000Z.json.gz";
    let listing = serde_json::json!({ "Contents": [{ "Key": key, "StorageClass": "STANDARD" }] });
    files.push(("listing.json".to_owned(), listing.to_string().into_bytes()));
    let case = judged(&files, Settings::default());
    let gaps = &case.judgement().gaps;
    assert_eq!(gaps.len(), 1, "{gaps:#?}");
    let trail = &case.judgement().trails[gaps[0].trail as usize].key;
    assert_eq!(gaps[0].kind.name(), "no-chain");
    assert_eq!(trail.trail, "another-trail");
}

/// What the script writes down stays JSON, whatever characters the names in its commands hold.
#[test]
fn the_script_notes_hostile_names_as_json() {
    let key = "a\u{1}\u{b}\u{1b}\u{7f}\"\\\n\r\t'$(id)`id`&é.json.gz";
    let digest = serde_json::json!({
        "awsAccountId": "111122223333", "digestStartTime": "2026-03-01T00:00:00Z", "digestEndTime": "2026-03-01T01:00:00Z",
        "digestS3Bucket": "trail", "digestS3Object": key, "digestPublicKeyFingerprint": "00", "digestSignatureAlgorithm": "SHA256withRSA",
        "newestEventTime": null, "oldestEventTime": null, "previousDigestS3Bucket": null, "previousDigestS3Object": null,
        "previousDigestHashValue": null, "previousDigestHashAlgorithm": null, "previousDigestSignature": null, "logFiles": [],
    });
    let path = "111122223333_CloudTrail-Digest_us-east-1_t_us-east-1_20260301T010000Z.json";
    let files = [(path.to_owned(), digest.to_string().into_bytes())];
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("hostile-script");
    let _ = fs::remove_dir_all(&folder);
    fs::create_dir_all(&folder).expect("a folder");
    fs::write(
        folder.join("aws"),
        "#!/usr/bin/env bash\nprintf 'aws\\001\\n'\n",
    )
    .expect("a file");
    let script = script::script(&judged(&files, Settings::default()));
    fs::write(folder.join("collect.sh"), script).expect("a file");
    let run = Command::new("bash")
        .args(["-c", "chmod +x aws && PATH=$PWD:$PATH bash collect.sh"])
        .current_dir(&folder)
        .output();
    let run = run.expect("bash");
    assert!(run.status.success(), "{run:?}");
    let noted = fs::read(folder.join("exhibit-collection/collection.json")).expect("a file");
    let noted: serde_json::Value = serde_json::from_slice(&noted).expect("JSON");
    let commands = noted["commands"].as_array().expect("commands").iter();
    let named = key.replace(
        |sign: char| sign.is_control() && !"\n\r\t".contains(sign),
        "\u{fffd}",
    );
    let head = commands.filter_map(|one| one["command"].as_str());
    let mut head = head.filter(|command| command.starts_with("aws s3api head-object"));
    assert_eq!(
        head.next(),
        Some(&*format!(
            "aws s3api head-object --bucket trail --key {named}"
        ))
    );
}
