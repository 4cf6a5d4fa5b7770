//! From content to facts: calls the parser of each kind.

use crate::artifact;
use crate::cloudtrail::{
    Description, Digest, LakeSign, ObjectName, description, key, lake_result, log, metadata,
    records,
};
use crate::compliance::framework;
use crate::compliance::recorded::{self, Recorded};
use crate::compliance::rules::kept_paths;
use crate::config;
use crate::evidence::collection;
use crate::evidence::outline::Outline;
use crate::evidence::{Kind, Problem, ProblemCode};
use crate::sigma;
use crate::sum::Sum;

use super::content::Flow;
use super::entry::{Entry, Facts};

/// Parses `text`, the content of `entry`, by its kind; fills in facts, problems, account and region.
pub(super) fn parse(entry: &mut Entry, text: &[u8], seed: u64) {
    let problems = match entry.kind {
        Kind::CloudtrailDigest => digest(entry, text),
        Kind::CloudtrailLog => rows(entry, records::parse_log(text, seed)),
        Kind::CloudtrailInsight => rows(entry, records::parse_log(text, seed)),
        Kind::CloudtrailEvents => rows(entry, records::parse_events(text, seed)),
        Kind::CloudtrailPublicKeys => keys(entry, text),
        Kind::S3ObjectMetadata => object_metadata(entry, text),
        Kind::CloudtrailLakeResult => rows(entry, lake_result::parse(text, seed)),
        Kind::ConfigHistory | Kind::ConfigSnapshot | Kind::ConfigItems => {
            config_rows(entry, config::read::items(text, seed, kept_paths))
        }
        Kind::ConfigStream => config_rows(entry, config::read::stream(text, seed, kept_paths)),
        Kind::SnsCertificate => config_rows(entry, config::read::certificates(text)),
        Kind::ConfigRules | Kind::ConfigCompliance => {
            let (all, problems) = recorded::parse(text);
            entry.facts = Facts::Compliance(Box::new(all));
            problems
        }
        Kind::ConformancePack => {
            entry.facts = Facts::Compliance(Box::new(Recorded {
                pack: framework::pack(&String::from_utf8_lossy(text)),
                ..Recorded::default()
            }));
            Vec::new()
        }
        Kind::ConfigRecorder => config_rows(entry, config::read::recorder(text)),
        Kind::ArtifactReport | Kind::ArtifactAgreement => {
            let (all, problems) = artifact::parse(text);
            entry.facts = Facts::Artifacts(all);
            problems
        }
        Kind::Collection => match collection::parse(text) {
            Ok(read) => {
                entry.facts = Facts::Collection(Box::new(read));
                Vec::new()
            }
            Err(problem) => vec![problem],
        },
        Kind::SigmaRule => {
            // What is wrong with a rule is told where rules are listed.
            entry.facts = Facts::Sigma(sigma::parse(text));
            Vec::new()
        }
        Kind::CloudtrailLakeSign => lake(entry, text),
        Kind::CloudtrailTrail | Kind::S3Bucket | Kind::KmsKey => descriptions(entry, text),
        _ => Vec::new(),
    };
    entry.problems.extend(problems);
}

/// Account and region from the name, for what the content did not tell.
pub(super) fn place(entry: &mut Entry) {
    let (account, region) = match ObjectName::parse(&entry.path) {
        Some(ObjectName::Digest(name)) => (name.account, name.region),
        Some(ObjectName::Log(name)) => (name.account, name.region),
        None => match config::name::place(&entry.path) {
            Some((account, region)) => (account.to_owned(), region.to_owned()),
            None => return,
        },
    };
    entry.account.get_or_insert(account);
    entry.region.get_or_insert(region);
}

/// Its hash is put right when the entry is settled, where that is still awaited.
fn digest(entry: &mut Entry, text: &[u8]) -> Vec<Problem> {
    match Digest::parse(
        text,
        entry.content.or(entry.sum).unwrap_or_else(|| Sum::of(text)),
    ) {
        Ok(digest) => {
            if let Some(ObjectName::Digest(name)) = ObjectName::parse(&digest.key) {
                entry.region = Some(name.region);
            }
            entry.account = Some(digest.account.clone()).filter(|account| !account.is_empty());
            entry.facts = Facts::Digest(Box::new(digest));
            Vec::new()
        }
        Err(problem) => vec![problem],
    }
}

/// Takes what was read of a file while it came; `rest` is what is left of it.
pub(super) fn flowed(entry: &mut Entry, flow: Flow, rest: &[u8]) {
    let problems = match flow {
        Flow::Items(flow) => config_rows(entry, flow.finish(rest)),
        Flow::Records(mut stream) => {
            stream.take(rest, true);
            rows(entry, stream.finish())
        }
    };
    entry.problems.extend(problems);
}

fn config_rows(entry: &mut Entry, read: config::read::Read) -> Vec<Problem> {
    let rows = read.config;
    let places = rows.items.first().map(|item| (item.account, item.region));
    if let Some((account, region)) = places {
        let text = |place| Some(rows.texts.get(place).to_owned()).filter(|text| !text.is_empty());
        entry.account = text(account);
        entry.region = text(region);
    } else if entry.kind == Kind::ConfigRecorder {
        entry.region = key::region_in(&entry.path).map(str::to_owned);
    }
    entry.facts = Facts::Config(Box::new(rows));
    read.problems
}

fn rows(entry: &mut Entry, read: log::Read) -> Vec<Problem> {
    entry.facts = Facts::Log(read.log);
    read.problems
}

fn keys(entry: &mut Entry, text: &[u8]) -> Vec<Problem> {
    entry.region = key::region_in(&entry.path).map(str::to_owned);
    match key::parse_list(text, entry.region.as_deref()) {
        Ok((keys, problems)) => {
            entry.facts = Facts::Keys(keys);
            problems
        }
        Err(problem) => vec![problem],
    }
}

fn object_metadata(entry: &mut Entry, text: &[u8]) -> Vec<Problem> {
    if Outline::of(text).opens != 0 {
        let (all, problems) = metadata::parse_json(text);
        entry.facts = Facts::Metadata(all);
        return problems;
    }
    let all = metadata::parse_text(&String::from_utf8_lossy(text));
    if all.is_empty() {
        return vec![Problem::new(
            ProblemCode::JsonShape,
            "no signature is among the headers",
        )];
    }
    entry.facts = Facts::Metadata(all);
    Vec::new()
}

fn lake(entry: &mut Entry, text: &[u8]) -> Vec<Problem> {
    match LakeSign::parse(text) {
        Ok(sign) => {
            entry.region = Some(sign.region.clone()).filter(|region| !region.is_empty());
            entry.facts = Facts::LakeSign(Box::new(sign));
            Vec::new()
        }
        Err(problem) => vec![problem],
    }
}

fn descriptions(entry: &mut Entry, text: &[u8]) -> Vec<Problem> {
    let (all, mut problems) = description::parse(text);
    // Pages stand one after the other: the last says whether there are more.
    if matches!(all.last(), Some(Description::Listing(_, false))) {
        problems.push(Problem::new(ProblemCode::ListingCut, ""));
    }
    entry.facts = Facts::Descriptions(all);
    problems
}
