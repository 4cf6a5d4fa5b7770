//! What is missing, as commands, and the script that runs them all.
//!
//! Names of buckets, keys and regions come from the evidence, which the party under audit may have written:
//! each is one quoted word of the shell, whatever it holds.

use std::collections::{BTreeMap, BTreeSet};

use crate::case::{Case, Need};
use crate::cloudtrail::Description;
use crate::evidence::archive::safe_name;
use crate::integrity::judge::{digest_key, log_key};
use crate::integrity::{DigestAt, DigestStatus, GapKind, LogStatus};
use crate::moment::{HOUR, Moment};
use crate::order::Gather as _;

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
        if !last && row.status != DigestStatus::Unsigned {
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
    let more = left_out(commands.len().saturating_sub(MOST));
    commands.truncate(MOST);
    Wish {
        why: format!(
            "The object metadata of the newest digest of each chain, which alone holds its signature.{more}"
        ),
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
    // The folder of an account and region of which there is nothing, beside that of one of which there is something.
    let known = judgement.digests.iter().find_map(|row| {
        let (bucket, key) = digest_key(holdings, case.register(), row);
        let accounts = key.rsplitn(8, '/').nth(7)?;
        Some((bucket?, accounts))
    });
    let absent = judgement
        .gaps
        .iter()
        .filter(|gap| gap.kind == GapKind::NoChain);
    for (gap, (bucket, accounts)) in absent.filter_map(|gap| Some((gap, known?))) {
        let key = &judgement.trails[gap.trail as usize].key;
        let region = format!(
            "{accounts}/{}/CloudTrail-Digest/{}/x",
            key.account, key.region
        );
        add(bucket, &region);
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
    // What a digest names may lead out of the folder that things are collected into.
    let all = folders.len();
    folders.retain(|(bucket, folder)| {
        let place = format!("{bucket}/{folder}");
        !bucket.is_empty() && safe_name(&place).0 == place
    });
    let hostile = match all - folders.len() {
        0 => String::new(),
        count => format!(
            " The names of {count} more lead elsewhere, as CloudTrail's never do: look at those by hand."
        ),
    };
    while folders.len() > MOST && widen(&mut folders) {}
    let more = left_out(folders.len().saturating_sub(MOST));
    let command = |(bucket, folder): (String, String)| Command {
        words: format!(
            "aws s3 sync {} {}",
            shell(&format!("s3://{bucket}/{folder}/")),
            shell(&format!("./{bucket}/{folder}/"))
        ),
        output: None,
    };
    Wish {
        why: format!(
            "Files that should be there, from the folders of the bucket in which they belong.{hostile}{more}"
        ),
        commands: folders.into_iter().take(MOST).map(command).collect(),
    }
}

/// Takes months for days, then years for months, then whole regions; says whether anything became wider.
fn widen(folders: &mut BTreeSet<(String, String)>) -> bool {
    let before = folders.clone();
    let wider = |(bucket, folder): (String, String)| {
        let date = |part: &str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit());
        match folder.rsplit_once('/') {
            // An account is a number too, of twelve digits.
            Some((parent, last)) if last.len() <= 4 && date(last) => (bucket, parent.to_owned()),
            _ => (bucket, folder),
        }
    };
    *folders = std::mem::take(folders).into_iter().map(wider).gathered();
    *folders != before
}

/// That commands are left out, if any are.
fn left_out(count: usize) -> String {
    match count {
        0 => String::new(),
        _ => format!(
            " {count} more are left out here: run these, drop what they bring, and look again."
        ),
    }
}

/// Descriptions that say what should be there, where none of a sort does yet.
fn descriptions(case: &Case) -> Wish {
    let has = |of: fn(&Description) -> bool| {
        let mut all = case.holdings().descriptions.iter();
        all.any(|(_, description)| of(description))
    };
    let trails = &case.judgement().trails;
    let trail = trails.iter().find(|row| !row.key.trail.is_empty());
    let of_organization = trails.iter().any(|row| row.key.organization.is_some());
    let status = trail.map(|row| {
        let (name, region) = (shell(&row.key.trail), shell(&row.key.home_region));
        format!("aws cloudtrail get-trail-status --name {name} --region {region}")
    });
    let mut commands = Vec::new();
    let mut command = |wanted: bool, words: String, output: &str| {
        if wanted {
            commands.push(Command {
                words,
                output: Some(output.to_owned()),
            });
        }
    };
    command(
        !has(|one| matches!(one, Description::Trail(_))),
        "aws cloudtrail describe-trails".to_owned(),
        "describe-trails.json",
    );
    command(
        !has(|one| matches!(one, Description::Regions(_))),
        "aws ec2 describe-regions".to_owned(),
        "describe-regions.json",
    );
    if let Some(status) = status {
        let wanted = !has(|one| matches!(one, Description::Status(_)));
        command(wanted, status, "get-trail-status.json");
    }
    command(
        of_organization && !has(|one| matches!(one, Description::Accounts(_, true))),
        "aws organizations list-accounts".to_owned(),
        "list-accounts.json",
    );
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
  s=${s//\\/\\\\}; s=${s//\"/\\\"}; s=${s//$'\n'/\\n}; s=${s//$'\r'/\\r}; s=${s//$'\t'/\\t}; s=${s//[[:cntrl:]]/\\ufffd}
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
