//! Which bucket or key an output is of that does not name it (API reference of S3 and KMS: they answer for the one that was
//! asked for): by its file's name, which must hold the whole name. Names of buckets are of letters, digits, `-` and `.`
//! (user guide, "Bucket naming rules"), so that `logs` also begins `logs-archive`: what is joined to it by these must be
//! words of the command.

use std::mem::discriminant;

use crate::case::Case;
use crate::cloudtrail::Description;
use crate::cloudtrail::description::Setting;
use crate::integrity::Files as _;

/// Words that commands and endings are made of.
const WORDS: &str = " get bucket s3 s3api kms key list grants encryption public access block policy status versioning object lock configuration config acl json txt out output gz ";

/// What a file's name says of whose output it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Whose<'n> {
    /// It names this one.
    Of(&'n str),
    /// It names none that is known.
    Unnamed,
    /// It names several, or perhaps another whose name begins or ends so.
    Open,
}

/// Whose each output on a bucket or key is by the name of its file, of log buckets and all others that have items. Outputs of one
/// sort that name none and contradict each other are of several.
pub(super) fn owners<'c>(case: &'c Case, buckets: &'c [String]) -> Vec<Whose<'c>> {
    let inventory = &case.inventory;
    let resources = inventory.resources.iter();
    let others = resources.filter(|one| inventory.text(one.kind) == "AWS::S3::Bucket");
    let others = others.map(|one| inventory.text(one.id));
    let names: Vec<&str> = buckets.iter().map(String::as_str).chain(others).collect();
    // Of each sort the first that names none, and whether all others say the same.
    let mut unnamed: Vec<(&Setting, bool)> = Vec::new();
    let is_sort = |a: &Setting, b: &Setting| discriminant(a) == discriminant(b);
    let descriptions = &case.holdings.descriptions;
    let mut owners: Vec<Whose<'_>> = Vec::with_capacity(descriptions.len());
    for (file, description) in descriptions {
        let Description::Setting(setting) = description else {
            owners.push(Whose::Unnamed);
            continue;
        };
        let owner = whose(case.register.path(*file), names.iter().copied());
        if owner == Whose::Unnamed {
            match unnamed.iter_mut().find(|(one, _)| is_sort(one, setting)) {
                Some((first, agree)) => *agree &= *first == setting,
                None => unnamed.push((setting, true)),
            }
        }
        owners.push(owner);
    }
    for ((_, description), owner) in descriptions.iter().zip(&mut owners) {
        let contradicts = |setting| {
            let mut sorts = unnamed.iter();
            sorts.any(|(one, agree)| !agree && is_sort(one, setting))
        };
        if let (Description::Setting(setting), Whose::Unnamed) = (description, &owner)
            && contradicts(setting)
        {
            *owner = Whose::Open;
        }
    }
    owners
}

/// Whose an output at `path` is, of those of these names.
pub(super) fn whose<'n>(path: &str, names: impl Iterator<Item = &'n str> + Clone) -> Whose<'n> {
    // The file's own name, then the folders that it lies in.
    let parts = path.rsplit(['/', '\\']);
    let mut told = parts.map(|part| of_part(part, names.clone()));
    told.find(|one| *one != Whose::Unnamed)
        .unwrap_or(Whose::Unnamed)
}

fn of_part<'n>(part: &str, names: impl Iterator<Item = &'n str> + Clone) -> Whose<'n> {
    let found = names.filter_map(|name| Some((name, rest(part, name)?)));
    let longest = found.clone().max_by_key(|(name, _)| name.len());
    let Some((name, is_whole)) = longest else {
        return Whose::Unnamed;
    };
    let is_only = found.into_iter().all(|(other, _)| name.contains(other));
    if is_whole && is_only {
        Whose::Of(name)
    } else {
        Whose::Open
    }
}

/// Whether a name stands in a text by itself, but for words of commands and numbers; `None` where it does not stand in it.
fn rest(part: &str, name: &str) -> Option<bool> {
    let is_word = |word: &str| {
        word.bytes().all(|byte| byte.is_ascii_digit()) || WORDS.contains(&format!(" {word} "))
    };
    let is_apart = |joined: &str| joined.split(['-', '.']).all(is_word);
    let joined = |c: char| c.is_alphanumeric() || c == '-' || c == '.';
    let mut is_there = None;
    for (at, _) in part.match_indices(name).filter(|_| !name.is_empty()) {
        let (before, after) = (&part[..at], &part[at + name.len()..]);
        if before.ends_with(char::is_alphanumeric) || after.starts_with(char::is_alphanumeric) {
            continue;
        }
        let before = &before[before.trim_end_matches(joined).len()..];
        let after = &after[..after.len() - after.trim_start_matches(joined).len()];
        is_there = is_there.max(Some(is_apart(before) && is_apart(after)));
    }
    is_there
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_a_whole_one() {
        let of = |path| whose(path, ["logs", "logs-archive", "audit"].into_iter());
        for (path, name) in [
            ("logs.json", "logs"),
            ("logs-encryption.json", "logs"),
            ("get-bucket-versioning-logs.json", "logs"),
            ("a/logs_encryption 2.json", "logs"),
            ("logs-archive-encryption.json", "logs-archive"),
            ("logs/get-bucket-acl.json", "logs"),
            ("audit/logs-acl.json", "logs"),
            ("audit/logs-archive/acl.json", "logs-archive"),
        ] {
            assert_eq!(of(path), Whose::Of(name), "{path}");
        }
        for path in ["encryption.json", "catalogs.json", "logs2/acl.json", ""] {
            assert_eq!(of(path), Whose::Unnamed, "{path}");
        }
        // Another bucket may be called so.
        for path in [
            "logs-old-encryption.json",
            "my.logs.json",
            "audit_logs.json",
            "audit+logs-archive.json",
        ] {
            assert_eq!(of(path), Whose::Open, "{path}");
        }
    }
}
