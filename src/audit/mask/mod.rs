//! Masking: what must not be read by others is replaced by pseudonyms, in every document alike.
//!
//! Values are found in two ways. A list holds what the case knows (accounts, actors, addresses), so that it is found
//! inside longer texts too; patterns find what no list holds. Documents are masked after they are written, text by
//! text, so that no part of one can be forgotten ([`forms`]). A pseudonym is a hash keyed with a secret of the case.

mod forms;
mod values;

use std::borrow::Cow;
use std::collections::HashSet;
use std::net::Ipv6Addr;

use aho_corasick::{AhoCorasick, MatchKind};
use regex::{Captures, Regex};

use crate::case::{Case, Sharing};
use crate::object::luhn;
use crate::percent;
use crate::sum::Sum;

pub use forms::Form;

/// What sort of value a pseudonym stands for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Kind {
    /// A whole ARN.
    Arn,
    /// Somebody or something that calls.
    Actor,
    /// Personal data.
    Person,
    /// An IP address.
    Address,
    /// An account ID.
    Account,
    /// Titles and paths of documents that are not handed on.
    Closed,
    /// What the user named.
    Own,
}

impl Kind {
    /// All kinds, in the order in which they are looked for.
    pub const ALL: [Kind; 7] = [
        Kind::Arn,
        Kind::Actor,
        Kind::Person,
        Kind::Address,
        Kind::Account,
        Kind::Closed,
        Kind::Own,
    ];

    /// For people.
    pub fn word(self) -> &'static str {
        match self {
            Kind::Arn => "ARNs",
            Kind::Actor => "Actors",
            Kind::Person => "Personal data",
            Kind::Address => "IP addresses",
            Kind::Account => "Accounts",
            Kind::Closed => "Confidential artifacts",
            Kind::Own => "Your own",
        }
    }

    /// The beginning of its pseudonyms.
    fn prefix(self) -> &'static str {
        match self {
            Kind::Arn => "arn",
            Kind::Actor => "actor",
            Kind::Person => "person",
            Kind::Address => "ip",
            Kind::Account => "account",
            Kind::Closed => "confidential",
            Kind::Own => "masked",
        }
    }

    /// Whether it is masked.
    pub fn is_chosen(self, sharing: &Sharing) -> bool {
        match self {
            Kind::Arn => sharing.arns,
            Kind::Actor => sharing.actors,
            Kind::Person => sharing.personal,
            Kind::Address => sharing.addresses,
            Kind::Account => sharing.accounts,
            Kind::Closed => !sharing.confidential,
            Kind::Own => !sharing.also.is_empty(),
        }
    }
}

/// A value of the list.
struct Listed {
    kind: Kind,
    value: String,
    /// How it is looked for: as it is, or as it is written within addresses and JSON.
    written: String,
    /// A word that texts of AWS and of the report have too: only where it stands alone or in a path.
    common: bool,
}

/// Where a pattern needs to look only: a sign that its matches have.
#[derive(Clone, Copy)]
enum Needs {
    Text(&'static str),
    Digit,
    Upper,
}

/// A pattern, what it finds, and what a match must be beyond that.
struct Pattern {
    kind: Kind,
    needs: Needs,
    regex: Regex,
    holds: fn(&str) -> bool,
}

/// Replaces values by pseudonyms.
pub struct Mask {
    sharing: Sharing,
    except: HashSet<String>,
    listed: Vec<Listed>,
    list: Option<AhoCorasick>,
    patterns: Vec<Pattern>,
}

/// What is said where not all values can be looked for.
const TOO_MUCH: &str = "Nothing was written: there are more names than can be looked for, and some would stay as they are. Mask fewer kinds under Report, or drop less evidence.";

const TAIL: &str = "[^ \t\r\n\"'<>|\\\\;()\\[\\]]";

impl Mask {
    /// The mask of a case; `None` where nothing is to be masked.
    ///
    /// # Errors
    /// Where values would have to stay as they are.
    pub fn of(case: &Case, sharing: &Sharing) -> Result<Option<Self>, &'static str> {
        if !sharing.masks() {
            return Ok(None);
        }
        let patterns = patterns(sharing);
        let listed = values::listed(case, sharing).ok_or(TOO_MUCH)?;
        if patterns.is_empty() && listed.is_empty() {
            return Ok(None);
        }
        let list = AhoCorasick::builder()
            .ascii_case_insensitive(true)
            .match_kind(MatchKind::LeftmostLongest)
            .build(listed.iter().map(|one| one.written.as_bytes()))
            .map_err(|_| TOO_MUCH)?;
        Ok(Some(Mask {
            except: sharing
                .except
                .iter()
                .map(|text| text.to_lowercase())
                .collect(),
            sharing: sharing.clone(),
            list: Some(list).filter(|_| !listed.is_empty()),
            listed,
            patterns,
        }))
    }

    /// What the case knows of a kind, each with whether it is a common word.
    pub fn known(&self, case: &Case, kind: Kind) -> Vec<(String, bool)> {
        let mut all = values::known(case, kind, &self.sharing);
        all.retain(|value| self.text(value) != *value);
        let common = |value: &str| {
            self.listed
                .iter()
                .any(|one| one.common && one.value == value)
        };
        all.into_iter()
            .map(|value| (value.clone(), common(&value)))
            .collect()
    }

    /// What stands for a value, whatever the case of its letters.
    fn pseudonym(&self, kind: Kind, value: &str) -> String {
        let text = format!(
            "{}\n{}\n{}",
            self.sharing.key,
            kind.prefix(),
            value.to_lowercase()
        );
        let sum = Sum::of(text.as_bytes()).to_string();
        format!("{}-{}", kind.prefix(), &sum[..10])
    }

    /// Masks a text.
    pub fn text<'t>(&self, text: &'t str) -> Cow<'t, str> {
        let mut out = Cow::Borrowed(text);
        for pattern in self.patterns.iter().filter(|one| one.kind == Kind::Arn) {
            self.replace(pattern, &mut out);
        }
        if let Some(list) = &self.list {
            self.replace_listed(list, &mut out);
        }
        for pattern in self.patterns.iter().filter(|one| one.kind != Kind::Arn) {
            self.replace(pattern, &mut out);
        }
        out
    }

    fn replace(&self, pattern: &Pattern, text: &mut Cow<'_, str>) {
        let applies = match pattern.needs {
            Needs::Text(sign) => text.contains(sign),
            Needs::Digit => text.bytes().any(|byte| byte.is_ascii_digit()),
            Needs::Upper => text.bytes().any(|byte| byte.is_ascii_uppercase()),
        };
        if !applies || !pattern.regex.is_match(text) {
            return;
        }
        let by = |found: &Captures<'_>| {
            let whole = found.get(0).map_or("", |found| found.as_str());
            // Signs around a value, where the pattern needs them to tell where it begins.
            let value = found.get(1).map_or(whole, |found| found.as_str());
            let bare = value.trim_end_matches(['.', ',', ':']);
            if !(pattern.holds)(bare) || self.except.contains(&bare.to_lowercase()) {
                return whole.to_owned();
            }
            whole.replacen(bare, &self.pseudonym(pattern.kind, &canonical(bare)), 1)
        };
        // Two values may share the sign between them: the second is found by the second pass.
        for _ in 0..2 {
            let new = pattern.regex.replace_all(text, by).into_owned();
            if new == **text {
                break;
            }
            *text = Cow::Owned(new);
        }
    }

    fn replace_listed(&self, list: &AhoCorasick, text: &mut Cow<'_, str>) {
        let mut new = String::new();
        let mut from = 0;
        for found in list.find_iter(text.as_bytes()) {
            let one = &self.listed[found.pattern()];
            let (start, end) = (found.start(), found.end());
            if one.common && !stands_alone(text, start, end) {
                continue;
            }
            new += &text[from..start];
            new += &self.pseudonym(one.kind, &one.value);
            from = end;
        }
        if from > 0 {
            new += &text[from..];
            *text = Cow::Owned(new);
        }
    }

    /// Masks a part of a document; parts end between values.
    pub fn part(&self, form: Form, part: &[u8]) -> Vec<u8> {
        let Ok(text) = std::str::from_utf8(part) else {
            // Documents are text; what is none is not handed over.
            return Vec::new();
        };
        forms::mask(form, text, &|text| self.text(text)).into_bytes()
    }
}

/// Whether a word is all of a text, or a step of a path in it.
fn stands_alone(text: &str, start: usize, end: usize) -> bool {
    let bytes = text.as_bytes();
    let before = start
        .checked_sub(1)
        .and_then(|at| bytes.get(at))
        .is_none_or(|byte| *byte == b'/');
    let after = bytes.get(end).is_none_or(|byte| b"/ \"'),;".contains(byte));
    before && after
}

/// One form of what is written in several.
fn canonical(value: &str) -> String {
    let value = percent::decoded(value).unwrap_or_else(|| value.to_owned());
    let dashed = value
        .strip_prefix("ip-")
        .or_else(|| value.strip_prefix("ec2-"));
    dashed.map_or(value.clone(), |address| address.replace('-', "."))
}

/// A pattern as it is written down here.
type Row<'r> = (Kind, Needs, &'r str, fn(&str) -> bool);

fn patterns(sharing: &Sharing) -> Vec<Pattern> {
    let arn = format!("arn(?::|%3[Aa])aws[a-z-]*(?::|%3[Aa]){TAIL}+");
    let any: fn(&str) -> bool = |_| true;
    let rows: [Row<'_>; 10] = [
        (Kind::Arn, Needs::Text("arn"), &arn, any),
        (
            Kind::Actor,
            Needs::Upper,
            "(?:AIDA|AROA|AKIA|ASIA|AGPA|AIPA|ANPA|ANVA|ABIA|ACCA|APKA|ASCA)[A-Z0-9]{12,}",
            any,
        ),
        (
            Kind::Person,
            Needs::Text("@"),
            "[A-Za-z0-9._%+-]+@[A-Za-z0-9-]+(?:\\.[A-Za-z0-9-]+)+",
            any,
        ),
        (
            Kind::Person,
            Needs::Text("%40"),
            "[A-Za-z0-9._+-]+%40[A-Za-z0-9-]+(?:\\.[A-Za-z0-9-]+)+",
            any,
        ),
        (
            Kind::Person,
            Needs::Text("+"),
            "\\+[0-9][0-9 ().-]{7,16}[0-9]",
            any,
        ),
        (
            Kind::Person,
            Needs::Digit,
            "(?:^|[^0-9A-Za-z-])([0-9]{3}-[0-9]{2}-[0-9]{4})(?:$|[^0-9A-Za-z-])",
            any,
        ),
        (
            Kind::Person,
            Needs::Digit,
            "(?:^|[^0-9A-Za-z.-])((?:[0-9][ -]?){12,18}[0-9])(?:$|[^0-9A-Za-z.-])",
            is_card,
        ),
        (
            Kind::Person,
            Needs::Digit,
            "(?:^|[^0-9A-Za-z])([A-Z]{2}[0-9]{2}[A-Z0-9]{11,30})(?:$|[^0-9A-Za-z])",
            is_iban,
        ),
        (
            Kind::Address,
            Needs::Digit,
            "(?:(?:ip|ec2)-)?[0-9]{1,3}(?:(?:\\.[0-9]{1,3}){3}|(?:-[0-9]{1,3}){3})|[0-9A-Fa-f]{0,4}:(?:[0-9A-Fa-f]{0,4}:){1,6}(?:[0-9]{1,3}(?:\\.[0-9]{1,3}){3}|[0-9A-Fa-f]{0,4})",
            is_address,
        ),
        (
            Kind::Account,
            Needs::Digit,
            // A point may end a sentence or begin a file's ending; between digits it is a decimal's.
            "(?:^|[^0-9A-Za-z.]|(?:^|[^0-9])\\.)([0-9]{12})(?:$|[^0-9A-Za-z.]|\\.(?:$|[^0-9]))",
            any,
        ),
    ];
    let chosen = rows
        .into_iter()
        .filter(|(kind, ..)| kind.is_chosen(sharing));
    chosen
        .filter_map(|(kind, needs, regex, holds)| {
            Some(Pattern {
                kind,
                needs,
                regex: Regex::new(regex).ok()?,
                holds,
            })
        })
        .collect()
}

/// An address of one machine: what stands for all of them tells of nobody, and a dashed one has a name in front.
fn is_address(text: &str) -> bool {
    let plain = canonical(text);
    let is_dashed = text.contains('-');
    if is_dashed && plain == text {
        return false;
    }
    match plain.parse::<std::net::IpAddr>() {
        Ok(std::net::IpAddr::V4(address)) => !address.is_unspecified(),
        Ok(std::net::IpAddr::V6(address)) => address != Ipv6Addr::UNSPECIFIED,
        Err(_) => false,
    }
}

/// The check digit of cards (Luhn).
fn is_card(text: &str) -> bool {
    let digits = text.chars().filter_map(|sign| sign.to_digit(10));
    let digits: Vec<u8> = digits.map(|digit| digit as u8).collect();
    (13..=19).contains(&digits.len()) && luhn(&digits) && digits.iter().any(|&digit| digit > 0)
}

/// The check digits of IBANs (ISO 7064, modulo 97).
fn is_iban(text: &str) -> bool {
    let moved = text.get(4..).unwrap_or_default().chars();
    let all = moved.chain(text.chars().take(4));
    let rest = all.fold(0_u32, |rest, sign| {
        let value = sign.to_digit(36).unwrap_or(0);
        (rest * if value > 9 { 100 } else { 10 } + value) % 97
    });
    rest == 1
}

#[cfg(test)]
mod tests;
