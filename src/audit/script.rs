//! What is missing, as commands, and the script that runs them all.
//!
//! Names of buckets, keys and regions come from the evidence, which the party under audit may have written:
//! each is one quoted word of the shell, whatever it holds.

use std::collections::{BTreeMap, BTreeSet};

use crate::case::{Case, Need};
use crate::integrity::judge::{digest_key, log_key};
use crate::integrity::{DigestAt, DigestStatus, GapKind, LogStatus};
use crate::moment::{HOUR, Moment};

use super::working::shell;

/// Commands of one sort that are written out; the folder commands above them cover the rest.
const MOST: usize = 500;

/// A command, and the file that its output goes to.
struct Command {
    words: String,
    output: Option<String>,
}

impl Command {
    fn line(&self) -> String {
        match &self.output {
            Some(file) => format!("{} > {}", self.words, shell(file)),
            None => self.words.clone(),
        }
    }
}

struct Wish {
    why: String,
    commands: Vec<Command>,
}

/// What is missing to prove the rest, as commands to run.
pub fn needs(case: &Case) -> Vec<Need> {
    let need = |wish: Wish| Need {
        why: wish.why,
        commands: wish.commands.iter().map(Command::line).collect(),
    };
    wishes(case).into_iter().map(need).collect()
}

fn wishes(case: &Case) -> Vec<Wish> {
    if case.holdings().digests.is_empty() && case.holdings().logs.is_empty() {
        return Vec::new();
    }
    let mut wishes = vec![keys(case), heads(case), files(case), descriptions(case)];
    wishes.retain(|wish| !wish.commands.is_empty());
    wishes
}

/// Keys, by region, for the span of the digests that lack theirs. The two hours more are the AWS CLI's
/// own margin for a rotation at the end.
fn keys(case: &Case) -> Wish {
    let mut spans: BTreeMap<&str, (Moment, Moment)> = BTreeMap::new();
    for row in &case.judgement().digests {
        let wanted = matches!(row.status, DigestStatus::NoKey | DigestStatus::BadKey);
        let (true, Some(trail), Some((from, to))) = (wanted, row.trail, row.window) else {
            continue;
        };
        let region = case.judgement().trails[trail as usize].key.region.as_str();
        let span = spans.entry(region).or_insert((from, to));
        *span = (span.0.min(from), span.1.max(to));
    }
    let command = |(region, (from, to)): (&str, (Moment, Moment))| Command {
        words: format!(
            "aws cloudtrail list-public-keys --region {} --start-time {from} --end-time {}",
            shell(region),
            to.plus(2 * HOUR)
        ),
        output: Some(format!("public-keys-{}.json", file_word(region))),
    };
    Wish {
        why: "The public keys of these regions and times, which every signature rests on."
            .to_owned(),
        commands: spans.into_iter().map(command).collect(),
    }
}

/// Metadata of digests that only their own signature can prove: the newest of each chain.
fn heads(case: &Case) -> Wish {
    let Some(proofs) = &case.judgement().proofs else {
        return Wish {
            why: String::new(),
            commands: Vec::new(),
        };
    };
    let mut commands = Vec::new();
    for row in &case.judgement().digests {
        let DigestAt::Item(ix) = row.at else { continue };
        let item = &case.holdings().digests[ix as usize];
        let open = matches!(
            row.status,
            DigestStatus::Unsigned | DigestStatus::NoKey | DigestStatus::BadKey
        );
        let last = open && proofs.links.after(item).iter().all(|&next| next == ix);
        if !last && row.status != DigestStatus::Unsigned || commands.len() >= MOST {
            continue;
        }
        let (bucket, key) = (
            case.holdings().text(item.bucket),
            case.holdings().text(item.key),
        );
        let name = key.rsplit('/').next().unwrap_or(key);
        commands.push(Command {
            words: format!(
                "aws s3api head-object --bucket {} --key {}",
                shell(bucket),
                shell(key)
            ),
            output: Some(format!("head-{}.json", file_word(name))),
        });
    }
    Wish {
        why: "The object metadata of the newest digest of each chain, which alone holds its signature.".to_owned(),
        commands,
    }
}

/// Folders of the bucket in which something is missing.
fn files(case: &Case) -> Wish {
    let judgement = case.judgement();
    let holdings = case.holdings();
    let mut folders: BTreeSet<(String, String)> = BTreeSet::new();
    let mut add = |bucket: &str, key: &str| {
        let folder = key.rsplit_once('/').map_or("", |(folder, _)| folder);
        folders.insert((bucket.to_owned(), folder.to_owned()));
    };
    for row in &judgement.digests {
        if let (DigestStatus::Missing, (Some(bucket), key)) =
            (row.status, digest_key(holdings, case.register(), row))
        {
            add(bucket, key);
        }
    }
    for row in &judgement.logs {
        if let (
            LogStatus::Missing | LogStatus::NotCollected | LogStatus::InvalidFormat,
            Some((bucket, key)),
        ) = (row.status, log_key(holdings, row))
        {
            add(bucket, key);
        }
    }
    for gap in judgement
        .gaps
        .iter()
        .filter(|gap| matches!(gap.kind, GapKind::MissingDigests | GapKind::EndsEarly))
    {
        let near = judgement
            .digests
            .iter()
            .find(|row| row.trail == Some(gap.trail));
        let Some((Some(bucket), key)) = near.map(|row| digest_key(holdings, case.register(), row))
        else {
            continue;
        };
        // Up to the region: AWSLogs/…/CloudTrail-Digest/REGION, then year, month and day.
        let region = key.rsplitn(5, '/').nth(4).unwrap_or_default();
        let mut day = gap.from.day();
        for _ in 0..MOST {
            if day > gap.to {
                break;
            }
            add(bucket, &format!("{region}/{}/x", day.folder()));
            day = day.plus(86_400);
        }
    }
    let command = |(bucket, folder): (String, String)| Command {
        words: format!(
            "aws s3 sync {} {}",
            shell(&format!("s3://{bucket}/{folder}/")),
            shell(&format!("./{bucket}/{folder}/"))
        ),
        output: None,
    };
    Wish {
        why: "Files that should be there, from the folders of the bucket in which they belong."
            .to_owned(),
        commands: folders.into_iter().take(MOST).map(command).collect(),
    }
}

/// Descriptions, where none says yet what should be there.
fn descriptions(case: &Case) -> Wish {
    let mut commands = Vec::new();
    if case.holdings().descriptions.is_empty() {
        let mut command = |words: &str, output: &str| {
            commands.push(Command {
                words: words.to_owned(),
                output: Some(output.to_owned()),
            });
        };
        command("aws cloudtrail describe-trails", "describe-trails.json");
        command("aws ec2 describe-regions", "describe-regions.json");
        let trail = case
            .judgement()
            .trails
            .iter()
            .find(|row| !row.key.trail.is_empty());
        if let Some(key) = trail.map(|row| &row.key) {
            command(
                &format!(
                    "aws cloudtrail get-trail-status --name {} --region {}",
                    shell(&key.trail),
                    shell(&key.home_region)
                ),
                "get-trail-status.json",
            );
        }
    }
    Wish {
        why: "Descriptions of the trail, which say what should be there.".to_owned(),
        commands,
    }
}

/// A name that is safe as part of a file name.
fn file_word(text: &str) -> String {
    text.chars()
        .map(|c| {
            if c.is_ascii_alphanumeric() || "-_.".contains(c) {
                c
            } else {
                '-'
            }
        })
        .take(200)
        .collect()
}

const HEAD: &str = r#"#!/usr/bin/env bash
# Collects what Exhibit found missing, into the folder exhibit-collection.
# Read it before you run it: names of buckets and keys come from the evidence. It only reads from AWS.
set -u
mkdir -p exhibit-collection && cd exhibit-collection || exit 1

text() {
  local s=$1
  s=${s//\\/\\\\}; s=${s//\"/\\\"}; s=${s//$'\n'/\\n}; s=${s//$'\r'/\\r}; s=${s//$'\t'/\\t}
  printf '"%s"' "$s"
}
now() { date -u +%Y-%m-%dT%H:%M:%SZ; }

first=1
# run OUTPUT COMMAND...: runs a command, its output into a file (- for none), and notes it.
run() {
  local output=$1 started code; shift
  started=$(now)
  echo "$*" >&2
  if [ "$output" = - ]; then "$@"; else "$@" > "$output"; fi
  code=$?
  if [ "$first" = 1 ]; then first=0; else printf ',\n' >> collection.json; fi
  { printf '    {"command": '; text "$*"; printf ', "output": '; text "$output"
    printf ', "started": "%s", "ended": "%s", "exitCode": %s}' "$started" "$(now)" "$code"; } >> collection.json
}

{ printf '{\n  "schema": "exhibit.collection/1",\n  "cli": '; text "$(aws --version 2>&1)"
  printf ',\n  "caller": '; text "$(aws sts get-caller-identity --output text 2>&1)"
  printf ',\n  "started": "%s",\n  "commands": [\n' "$(now)"; } > collection.json

"#;

const TAIL: &str = r#"
printf '\n  ],\n  "ended": "%s"\n}\n' "$(now)" >> collection.json
echo "Done. Drop the folder exhibit-collection on the page." >&2
"#;

/// The script that runs all commands and writes `collection.json`: what was run, when, by whom, with which CLI.
pub fn script(case: &Case) -> String {
    let mut script = HEAD.to_owned();
    for wish in wishes(case) {
        script += &format!("# {}\n", wish.why);
        for command in wish.commands {
            let output = command
                .output
                .as_deref()
                .map_or_else(|| "-".to_owned(), shell);
            script += &format!("run {output} {}\n", command.words);
        }
        script.push('\n');
    }
    script + TAIL
}
