//! What the case knows of what is to be masked.

use std::collections::{BTreeSet, HashSet};
use std::fmt::Write as _;

use crate::case::{Case, Sharing, artifacts};
use crate::evidence::Kind as File;
use crate::evidence::visible::visible;
use crate::order::Gather as _;
use crate::percent;

use super::{Kind, Listed};

/// Values of one kind that are held in the list.
pub(super) const MOST: usize = 200_000;

/// Types of identities that are no person's and no customer's.
const SERVICES: &[&str] = &["AWSService"];

/// Everything that is looked for by its text; `None` where that is too much.
pub(super) fn listed(case: &Case, sharing: &Sharing) -> Option<Vec<Listed>> {
    let words = vocabulary(case);
    let except: HashSet<String> = sharing
        .except
        .iter()
        .map(|text| text.to_lowercase())
        .collect();
    let mut all = Vec::new();
    for kind in [
        Kind::Own,
        Kind::Closed,
        Kind::Arn,
        Kind::Actor,
        Kind::Address,
        Kind::Account,
    ] {
        if !kind.is_chosen(sharing) {
            continue;
        }
        let mut count = 0;
        for value in known(case, kind, sharing) {
            let lower = value.to_lowercase();
            // What a pattern finds whole needs no place in the list.
            let is_plain = kind == Kind::Arn
                && !value.contains([' ', '"', '\'', '<', '>', '|', ';', '(', ')', '[', ']']);
            if is_plain || except.contains(&lower) {
                continue;
            }
            count += 1;
            if count > MOST {
                match kind {
                    // Its pattern finds what lies beyond.
                    Kind::Address => break,
                    _ => return None,
                }
            }
            let common = matches!(kind, Kind::Actor | Kind::Closed)
                && (lower.chars().count() < 4 || words.contains(&lower));
            all.extend(written(&value).map(|written| Listed {
                kind,
                value: value.clone(),
                written,
                common,
            }));
        }
    }
    Some(all)
}

/// How a value may be written: as it is, with what hides in it made visible, percent-encoded as in addresses, within a text of JSON, and there with nothing
/// but ASCII. What is compressed or in base64 is not looked through.
fn written(value: &str) -> impl Iterator<Item = String> {
    let encoded = percent::encoded(value);
    let json = serde_json::Value::from(value).to_string();
    let json = json[1..json.len() - 1].to_owned();
    let mut ascii = String::new();
    for sign in json.chars() {
        let mut units = [0; 2];
        match sign.is_ascii() {
            true => ascii.push(sign),
            false => {
                for unit in sign.encode_utf16(&mut units) {
                    let _ = write!(ascii, "\\u{unit:04x}");
                }
            }
        }
    }
    let spaced = encoded.replace("%20", "+");
    let all = [
        value.to_owned(),
        visible(value).into_owned(),
        encoded,
        spaced,
        json,
        ascii,
    ];
    let distinct: BTreeSet<String> = all.into_iter().gathered();
    distinct.into_iter()
}

/// All values of a kind, in order.
pub(super) fn known(case: &Case, kind: Kind, sharing: &Sharing) -> Vec<String> {
    let mut all: BTreeSet<String> = match kind {
        Kind::Own => sharing.also.iter().cloned().gathered(),
        Kind::Closed => closed(case),
        Kind::Account => accounts(case),
        Kind::Actor => actors(case),
        Kind::Address => addresses(case),
        Kind::Arn => arns(case),
        Kind::Person => people(case),
    };
    all.retain(|value| value.trim().len() > 1);
    all.into_iter().collect()
}

/// Titles and paths of documents that are not handed on, and paths of the covers that carry them.
fn closed(case: &Case) -> BTreeSet<String> {
    let mut all = BTreeSet::new();
    let mut around = BTreeSet::new();
    for (title, path) in artifacts::confidential(case) {
        all.extend([title, path].map(str::to_owned));
        around.extend(path.match_indices('/').map(|(at, _)| &path[..at]));
    }
    let files = case.register().files().map(|(_, file)| file);
    let covers = files.filter(|file| file.kind == File::Object && around.contains(&*file.path));
    all.extend(covers.map(|file| file.path.to_string()));
    all
}

fn accounts(case: &Case) -> BTreeSet<String> {
    let is_account =
        |text: &&str| text.len() == 12 && text.bytes().all(|byte| byte.is_ascii_digit());
    let store = case.activity();
    let inventory = case.inventory();
    let files = case.register().files();
    let of_files = files.filter_map(|(_, file)| file.account.as_deref());
    let of_events = store
        .places
        .values
        .iter()
        .map(|&(account, _)| store.texts.get(account));
    let of_resources = inventory
        .resources
        .iter()
        .map(|one| inventory.text(one.account));
    let of_trails = case
        .judgement()
        .trails
        .iter()
        .map(|one| one.key.account.as_str());
    let all = of_files
        .chain(of_events)
        .chain(of_resources)
        .chain(of_trails);
    all.filter(is_account).map(str::to_owned).gathered()
}

fn actors(case: &Case) -> BTreeSet<String> {
    let store = case.activity();
    let inventory = case.inventory();
    let mut all = BTreeSet::new();
    for actor in &store.actors.values {
        if SERVICES.contains(&store.texts.get(actor.kind)) {
            continue;
        }
        for part in [actor.user, actor.session, actor.key] {
            all.insert(store.texts.get(part).to_owned());
        }
    }
    for one in &inventory.resources {
        if inventory.text(one.kind) == "AWS::IAM::User" {
            all.insert(inventory.text(one.id).to_owned());
            all.insert(inventory.title(one).to_owned());
        }
    }
    // A user may be created, changed or deleted and never call.
    let of_users = store.calls.fitting(|&(name, source)| {
        let name = store.texts.get(name);
        store.texts.get(source) == "iam.amazonaws.com"
            && ["User", "LoginProfile", "AccessKey"]
                .iter()
                .any(|word| name.contains(word))
    });
    let counts = store.targets.counts(&of_users);
    for (targets, _) in store
        .targets
        .values
        .iter()
        .zip(counts)
        .filter(|(_, count)| *count > 0)
    {
        let names = targets.iter().map(|&one| store.texts.get(one));
        all.extend(names.filter(|name| !name.contains(':')).map(str::to_owned));
    }
    // The account's own name for its owner is everybody's; services call by their addresses.
    all.retain(|name| {
        let lower = name.to_lowercase();
        lower != "root" && !lower.ends_with(".amazonaws.com")
    });
    all
}

fn addresses(case: &Case) -> BTreeSet<String> {
    let store = case.activity();
    let texts = store.ips.values.iter().map(|&ip| store.texts.get(ip));
    texts
        .filter(|text| {
            text.parse::<std::net::IpAddr>()
                .is_ok_and(|address| !address.is_unspecified())
        })
        .map(str::to_owned)
        .gathered()
}

fn arns(case: &Case) -> BTreeSet<String> {
    let store = case.activity();
    let inventory = case.inventory();
    let callers = store
        .actors
        .values
        .iter()
        .map(|actor| store.texts.get(actor.arn));
    let targets = store
        .targets
        .values
        .iter()
        .flat_map(|all| all.iter().map(|&one| store.texts.get(one)));
    let resources = inventory.resources.iter().map(|one| inventory.arn(one));
    let all = callers.chain(targets).chain(resources);
    all.filter(|text| text.starts_with("arn:"))
        .map(str::to_owned)
        .gathered()
}

/// Of personal data only e-mail addresses of those who called can be listed beforehand: of objects it is counted,
/// never kept.
fn people(case: &Case) -> BTreeSet<String> {
    let mut all = actors(case);
    all.retain(|name| name.contains('@'));
    all
}

/// Words that names of calls, services, types, rules and files have: a user called so is not to be found by them.
fn vocabulary(case: &Case) -> HashSet<String> {
    let store = case.activity();
    let inventory = case.inventory();
    let mut words = HashSet::new();
    for &(name, source) in &store.calls.values {
        split(store.texts.get(name), &mut words);
        split(store.texts.get(source), &mut words);
    }
    let mut last = "";
    for one in &inventory.resources {
        let kind = inventory.text(one.kind);
        if kind != last {
            split(kind, &mut words);
            last = kind;
        }
    }
    for rule in crate::compliance::rules::all() {
        split(rule.identifier, &mut words);
    }
    for kind in File::ALL {
        split(kind.name(), &mut words);
        split(kind.label(), &mut words);
    }
    for text in super::super::html::prose() {
        split(text, &mut words);
    }
    words
}

/// Takes a text's words: runs of letters, each also by its inner capitals.
fn split(text: &str, words: &mut HashSet<String>) {
    for run in text.split(|sign: char| !sign.is_ascii_alphabetic()) {
        if run.is_empty() {
            continue;
        }
        words.insert(run.to_lowercase());
        let mut from = 0;
        for (at, pair) in run.as_bytes().windows(2).enumerate() {
            if pair[0].is_ascii_lowercase() && pair[1].is_ascii_uppercase() {
                words.insert(run[from..=at].to_lowercase());
                from = at + 1;
            }
        }
        words.insert(run[from..].to_lowercase());
    }
}
