//! Secrets in texts: keys, tokens and passwords, by the forms that vendors give them and by the names that
//! people give the fields that hold them.
//!
//! May use: nothing. A value is handed on only to whoever asks for it in so many words; what readers send to the
//! case is masked ([`Secret::masked`]).

pub mod cover;
pub mod json;
pub mod mask;

use std::sync::OnceLock;

use aho_corasick::{AhoCorasick, AhoCorasickKind};
use regex::bytes::{Regex, RegexBuilder};
use serde::{Deserialize, Serialize};

/// What a secret is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Class {
    /// A key or token whose form tells it.
    Key,
    /// A private key.
    PrivateKey,
    /// What a name or its place tells: less sure.
    Password,
}

/// A form of secrets.
#[derive(Debug)]
pub struct Rule {
    /// What it is called.
    pub name: &'static str,
    /// What it is.
    pub class: Class,
    /// What must occur for the pattern to be tried, by `|`.
    pub hints: &'static str,
    source: &'static str,
    pattern: OnceLock<Option<Regex>>,
}

/// The rule of values whose field is named like a secret; it comes after those of [`rules`].
pub const NAMED: &str = "Value of a field with a secret's name";

/// A secret that was found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Secret {
    /// The place of its rule; see [`name_of`].
    pub rule: u8,
    /// The fields that lead to it, as `requestParameters.environment.variables.TOKEN`.
    pub path: String,
    /// The value itself.
    pub value: String,
}

impl Secret {
    /// The value with all but its beginning covered.
    pub fn masked(&self) -> String {
        mask::secret(&self.value)
    }
}

/// Something that was found, for a person who asks for it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Piece {
    /// What it is.
    pub kind: String,
    /// Where it stands.
    pub place: String,
    /// The value.
    pub value: String,
    /// The value, covered.
    pub masked: String,
}

/// All rules.
pub fn rules() -> &'static [Rule] {
    static RULES: OnceLock<Vec<Rule>> = OnceLock::new();
    RULES.get_or_init(|| {
        let lines = include_str!("rules.txt").lines();
        let rule = |line: &'static str| {
            let mut parts = line.split('\t');
            Some(Rule {
                name: parts.next()?,
                class: match parts.next()? {
                    "key" => Class::Key,
                    "private-key" => Class::PrivateKey,
                    _ => Class::Password,
                },
                hints: parts.next()?,
                source: parts.next()?,
                pattern: OnceLock::new(),
            })
        };
        lines
            .filter(|line| !line.starts_with('#'))
            .filter_map(rule)
            .collect()
    })
}

/// What a rule is called, by its place.
pub fn name_of(rule: u8) -> &'static str {
    rules()
        .get(usize::from(rule))
        .map_or(NAMED, |rule| rule.name)
}

/// What a secret of a rule is, by its place.
pub fn class_of(rule: u8) -> Class {
    rules()
        .get(usize::from(rule))
        .map_or(Class::Password, |rule| rule.class)
}

impl Rule {
    fn pattern(&self) -> Option<&Regex> {
        let make = || RegexBuilder::new(self.source).unicode(false).build().ok();
        self.pattern.get_or_init(make).as_ref()
    }

    /// Where in a text its secrets stand: offset and length of each, at most `most`.
    pub fn places(&self, text: &[u8], most: usize) -> Vec<(usize, usize)> {
        let Some(pattern) = self.pattern() else {
            return Vec::new();
        };
        let group = |found: regex::bytes::Captures<'_>| {
            let value = found.get(1).or_else(|| found.get(0))?;
            let told = String::from_utf8_lossy(value.as_bytes());
            let counts = self.class == Class::PrivateKey || !is_placeholder(&told);
            counts.then_some((value.start(), value.len()))
        };
        pattern
            .captures_iter(text)
            .filter_map(group)
            .take(most)
            .collect()
    }
}

/// Finds one of many words, in whatever case, at one look at each byte. A table, since texts are short.
fn finder<'w>(words: impl Iterator<Item = &'w str>) -> Option<AhoCorasick> {
    let builder = &mut AhoCorasick::builder();
    let builder = builder.ascii_case_insensitive(true).prefilter(false);
    builder.kind(Some(AhoCorasickKind::DFA)).build(words).ok()
}

/// Which rules' hints occur in a text, a bit for each rule.
fn hinted(text: &str) -> u64 {
    static HINTS: OnceLock<Option<(AhoCorasick, Vec<u8>)>> = OnceLock::new();
    let make = || {
        let all = rules().iter().zip(0..);
        let all = all.flat_map(|(rule, at)| rule.hints.split('|').map(move |hint| (hint, at)));
        let (words, of): (Vec<&str>, Vec<u8>) = all.unzip();
        Some((finder(words.into_iter())?, of))
    };
    let Some((hints, of)) = HINTS.get_or_init(make) else {
        return u64::MAX;
    };
    let found = hints.find_overlapping_iter(text);
    found.fold(0, |all, one| all | 1 << of[one.pattern().as_usize()])
}

/// The secrets in a text, by place; of several rules that find one place, the first counts.
pub fn in_text(text: &str) -> Vec<(u8, usize, usize)> {
    let mut all: Vec<(u8, usize, usize)> = Vec::new();
    let hinted = hinted(text);
    for (at, rule) in rules().iter().enumerate() {
        if hinted >> at & 1 == 0 {
            continue;
        }
        for (start, length) in rule.places(text.as_bytes(), MOST) {
            let again = |&(_, other, long): &(u8, usize, usize)| {
                start < other + long && other < start + length
            };
            if !all.iter().any(again) {
                all.push((at as u8, start, length));
            }
        }
    }
    crate::order::sorted(all, |a, b| a.1.cmp(&b.1))
}

/// Secrets that are told of one text or record; more say nothing more.
pub const MOST: usize = 50;

/// Parts of names of fields that hold secrets, lower case, without `_` and `-`.
const NAMES: &[&str] = &[
    "password",
    "passwd",
    "passphrase",
    "secretkey",
    "secretaccesskey",
    "clientsecret",
    "privatekey",
    "apikey",
    "apitoken",
    "authtoken",
    "accesstoken",
    "oauthtoken",
    "githubtoken",
    "connectionstring",
    "credentials",
];

/// Whether a field of this name holds a secret, if it holds a text.
pub fn is_named(name: &str) -> bool {
    // Fields of AWS's APIs that are long or short, and hold none.
    if name.len() < 5 || name.len() > 80 || name.eq_ignore_ascii_case("token") {
        return false;
    }
    let plain: Vec<u8> = name
        .bytes()
        .filter(|byte| byte.is_ascii_alphanumeric())
        .map(|byte| byte.to_ascii_lowercase())
        .collect();
    let about = |end: &[u8]| plain.ends_with(end);
    let is_about_one = [
        &b"id"[..],
        b"ids",
        b"arn",
        b"arns",
        b"name",
        b"policy",
        b"length",
        b"enabled",
        b"required",
        b"age",
        b"type",
        b"status",
        b"from",
        b"reset",
        b"expiry",
        b"mode",
        b"file",
        b"path",
        b"url",
        b"uri",
        b"used",
        b"changed",
        b"date",
        b"time",
        b"count",
    ];
    let ends_as_secret = about(b"secret") || about(b"token") && !is_paging(&plain);
    let holds = |part: &str| plain.windows(part.len()).any(|one| one == part.as_bytes());
    (ends_as_secret || NAMES.iter().any(|part| holds(part)))
        && !is_about_one.iter().any(|end| about(end))
}

/// Tokens of AWS's APIs that page through lists and keep calls from being made twice.
fn is_paging(name: &[u8]) -> bool {
    const NONE: &[&[u8]] = &[
        b"nexttoken",
        b"clienttoken",
        b"requesttoken",
        b"continuationtoken",
        b"paginationtoken",
        b"pagetoken",
        b"nextpagetoken",
        b"startingtoken",
        b"idempotencytoken",
        b"marker",
        b"creatortoken",
        b"locktoken",
        b"changetoken",
    ];
    NONE.iter().any(|one| name.ends_with(one))
}

/// Whether a value stands for a secret that is not there: covered by AWS, a reference, a documented example.
pub fn is_placeholder(value: &str) -> bool {
    let value = value.trim();
    let starts = [
        "$",
        "{{",
        "<",
        "arn:",
        "%",
        "!",
        "@",
        "ssm:",
        "vault:",
        "sm://",
        "HIDDEN",
        "[REDACTED",
        "REDACTED",
    ];
    let words = [
        "true",
        "false",
        "null",
        "none",
        "undefined",
        "changeme",
        "required",
        "optional",
        "default",
    ];
    value.len() < 6
        || starts.iter().any(|start| value.starts_with(start))
        || words.iter().any(|word| value.eq_ignore_ascii_case(word))
        || value.contains("EXAMPLE")
        || value.bytes().all(|byte| byte == value.as_bytes()[0])
        || value.bytes().all(|byte| b"*x.".contains(&byte))
}

/// Whether request parameters or an item may hold a secret: what is asked of every call that changes something and of
/// many items, so it looks at their bytes once, as they stand; JSON may stand in a text of theirs. What it says yes to is
/// looked into by [`json::search_value`] and [`json::search`].
pub fn may_hold(raw: &str) -> bool {
    static HINTS: OnceLock<Option<AhoCorasick>> = OnceLock::new();
    // Words that stand in records of all kinds are left out: what they hint at holds a word of those below as well, and
    // a password in an address stands before an `@`. A test holds that every rule is reached.
    const COMMON: &[&str] = &["secret", "session", "authorization", "://"];
    const FIELDS: &[&str] = &[
        "userdata\"",
        "user_data\"",
        "userdata\\",
        "user_data\\",
        "secretkey",
        "secret_access_key",
        "secretaccesskey",
        "secret_accesskey",
        "secretaccess_key",
        "sessiontoken",
        "clientsecret",
        "privatekey",
        "apitoken",
        "authtoken",
        "accesstoken",
        "oauthtoken",
        "connectionstring",
        "credentials\"",
        "credentials\\",
        "basic ",
        "bearer ",
        "secret\"",
        "secret\\",
        "_secret",
        "_token",
        "_pwd",
    ];
    let make = || {
        let of_rules = rules().iter().flat_map(|rule| rule.hints.split('|'));
        let all = of_rules
            .filter(|hint| !COMMON.contains(hint))
            .chain(FIELDS.iter().copied());
        finder(all)
    };
    // Of a hint that is the end of a field's name, JSON spaced in whatever way holds a text behind it.
    let counts = |end: usize| {
        let is_name = raw[..end].ends_with(['"', '\\']);
        let blank = |c: char| c.is_ascii_whitespace() || c == '\\';
        let behind = raw[end..].trim_start_matches(|c| blank(c) || c == '"');
        let value = behind
            .strip_prefix(':')
            .map(|rest| rest.trim_start_matches(blank));
        !is_name || value.is_some_and(|value| value.starts_with('"'))
    };
    let hints = HINTS.get_or_init(make).as_ref();
    hints.is_none_or(|hints| hints.find_iter(raw).any(|hint| counts(hint.end())))
        || raw.contains('@') && raw.contains("://")
}

/// Whether a field holds what an instance runs when it starts, in base64.
fn is_user_data(name: &str) -> bool {
    name.eq_ignore_ascii_case("userData") || name.eq_ignore_ascii_case("user_data")
}

/// A secret as it is handed on: without its value.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Masked {
    /// The place of its rule; see [`name_of`].
    pub rule: u8,
    /// The fields that lead to it.
    pub path: String,
    /// The value, covered.
    pub masked: String,
}

impl From<&Secret> for Masked {
    fn from(one: &Secret) -> Self {
        Masked {
            rule: one.rule,
            path: one.path.clone(),
            masked: one.masked(),
        }
    }
}
