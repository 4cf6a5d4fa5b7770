//! Themes, regexes, keys and drugs: all keywords and hints in one pass, then the patterns whose hint was there.

use std::sync::OnceLock;

use aho_corasick::{AhoCorasick, MatchKind};
use regex::bytes::{Regex, RegexBuilder};

use super::personal::hints::{Hint, Hints};
use super::tables::{Row, Way};
use crate::secret;

/// Matches of one pattern that are counted; more say nothing more.
const MOST: u32 = 10_000;

/// What was found.
#[derive(Default)]
pub(super) struct Found {
    /// Places of themes that hold.
    pub(super) themes: Vec<u8>,
    /// Places of patterns with their matches, whatever is needed.
    pub(super) patterns: Vec<(u8, u32)>,
    /// Keys, by the rules of [`crate::secret`].
    pub(super) keys: u32,
    /// Where names of drugs stand.
    pub(super) drugs: Vec<usize>,
    /// Where words stand that tell what numbers are.
    pub(super) hints: Hints,
}

/// What a word belongs to.
#[derive(Clone, Copy)]
enum Owner {
    /// The theme of a row, of which it is the word of a place.
    Theme(u8, u8),
    /// The pattern of a row, for which it is a hint.
    Regex(u8),
    /// The secret of a rule, for which it is a hint.
    Secret(u8),
    /// A drug.
    Drug,
    /// What a number behind it is.
    Hint(Hint),
}

struct Words {
    automaton: AhoCorasick,
    /// For each word.
    owners: Vec<Owner>,
}

fn words() -> Option<&'static Words> {
    static WORDS: OnceLock<Option<Words>> = OnceLock::new();
    let make = || {
        let (mut owners, mut all) = (Vec::new(), Vec::new());
        let mut add = |owner: &dyn Fn(u8) -> Owner, words: &'static str, sign: char| {
            for (place, word) in words
                .split(sign)
                .filter(|word| !word.is_empty())
                .enumerate()
            {
                owners.push(owner(place as u8));
                all.push(word);
            }
        };
        for (row, of) in Way::Theme.rows().iter().enumerate() {
            add(&|place| Owner::Theme(row as u8, place), of.words, '|');
        }
        for (row, of) in Way::Regex.rows().iter().enumerate() {
            add(&|_| Owner::Regex(row as u8), of.words, '|');
        }
        for (rule, of) in secret::rules().iter().enumerate() {
            if of.class == secret::Class::Key {
                add(&|_| Owner::Secret(rule as u8), of.hints, '|');
            }
        }
        let drugs = include_str!("drugs.txt").lines();
        for line in drugs.filter(|line| !line.starts_with('#')) {
            add(&|_| Owner::Drug, line, ' ');
        }
        for hint in Hint::ALL {
            owners.extend(hint.words().iter().map(|_| Owner::Hint(hint)));
            all.extend(hint.words());
        }
        let automaton = AhoCorasick::builder()
            .ascii_case_insensitive(true)
            .match_kind(MatchKind::Standard)
            .build(all);
        Some(Words {
            automaton: automaton.ok()?,
            owners,
        })
    };
    WORDS.get_or_init(make).as_ref()
}

/// The pattern of a row, made when it is first needed; `None` where it has none or a word decides alone.
pub(super) fn pattern(row: usize) -> Option<&'static Regex> {
    static PATTERNS: [OnceLock<Option<Regex>>; 80] = [const { OnceLock::new() }; 80];
    let of: &Row = Way::Regex.rows().get(row)?;
    PATTERNS.get(row)?.get_or_init(|| made(of.pattern)).as_ref()
}

fn made(pattern: &str) -> Option<Regex> {
    let builder = &mut RegexBuilder::new(&wherever(pattern));
    builder.unicode(false).crlf(true).build().ok()
}

/// Where in a text of a row's pattern stands what must not be shown: from and to, at most `most`.
pub(super) fn secrets(row: &Row, text: &[u8], most: usize) -> Vec<(usize, usize)> {
    let pattern = (!row.secret.is_empty()).then(|| made(row.secret)).flatten();
    let all = pattern
        .iter()
        .flat_map(|pattern| pattern.captures_iter(text));
    let group =
        |found: regex::bytes::Captures<'_>| Some((found.get(1)?.start(), found.get(1)?.end()));
    all.filter_map(group).take(most).collect()
}

/// A pattern for texts of JSON too, in which line ends and quotes stand with a backslash, and for indented ones.
fn wherever(pattern: &str) -> String {
    let word = r"(?:\b|\\[nrt])";
    let pattern = pattern
        .strip_prefix(r"\b")
        .map_or_else(|| pattern.to_owned(), |rest| word.to_owned() + rest);
    pattern
        .replace(r"\s+", r"(?:\s|\\[nrt])+")
        .replace(r"\s*", r"(?:\s|\\[nrt])*")
        .replace("(?m)^", r"(?m)(?:^[ \t]*|\\n)")
        .replace("|^", r"|(?:^[ \t]*|\\n)")
        .replace(r"|\b", &format!("|{word}"))
        .replace(r#"["']?"#, r#"["'\\]{0,3}"#)
        .replace(r#"",""#, r#"\\?",\\?""#)
}

/// Looks for themes and hinted patterns.
pub(super) fn search(text: &[u8]) -> Found {
    let Some(words) = words() else {
        return Found::default();
    };
    let mut themes = Themes::new();
    let mut hinted = [false; 80];
    let mut keys = [false; 64];
    let mut drugs = Vec::new();
    let mut hints = Hints::default();
    for found in words.automaton.find_overlapping_iter(text) {
        let alone = || stands_alone(text, found.start(), found.end());
        match words.owners[found.pattern().as_usize()] {
            Owner::Regex(row) => hinted[row as usize] = true,
            Owner::Hint(hint) => hints.add(hint, found.start(), found.end()),
            Owner::Secret(rule) => keys[rule as usize] = true,
            Owner::Theme(row, place) if alone() => {
                themes.add(row, place, (found.start(), found.end()));
            }
            Owner::Drug if drugs.len() < MOST as usize && alone() => drugs.push(found.start()),
            Owner::Theme(..) | Owner::Drug => {}
        }
    }
    let counted = |at: usize| {
        let count = count(pattern(at)?, text);
        (count > 0).then_some((at as u8, count))
    };
    Found {
        themes: themes.holding(),
        patterns: (0..Way::Regex.rows().len())
            .filter(|&at| hinted[at])
            .filter_map(counted)
            .collect(),
        keys: secret::rules()
            .iter()
            .zip(keys)
            .filter(|(_, is_hinted)| *is_hinted)
            .map(|(rule, _)| rule.places(text, MOST as usize).len() as u32)
            .sum(),
        drugs,
        hints,
    }
}

/// The keywords of each theme that occurred. Of keywords over the same text, as "secret" in "top secret", one counts: the
/// leftmost, and of those the longest.
struct Themes([Seen; 64]);

#[derive(Clone, Copy, Default)]
struct Seen {
    /// A bit for each keyword.
    places: u64,
    /// Where the last one that counts ends.
    settled: usize,
    /// A keyword that counts unless a longer one holds it: its place, start and end.
    last: Option<(u8, usize, usize)>,
}

impl Themes {
    fn new() -> Self {
        Themes([Seen::default(); 64])
    }

    /// Takes a keyword of a row; they come in the order of their ends.
    fn add(&mut self, row: u8, place: u8, (start, end): (usize, usize)) {
        let Some(seen) = self.0.get_mut(row as usize) else {
            return;
        };
        if start < seen.settled {
            return;
        }
        if let Some((last, from, to)) = seen.last {
            if from < start && start < to || (from, to) == (start, end) {
                return;
            }
            if to <= start {
                seen.places |= 1 << last;
                seen.settled = to;
            }
        }
        seen.last = Some((place, start, end));
    }

    /// The themes of which enough keywords occurred.
    fn holding(&self) -> Vec<u8> {
        let rows = Way::Theme.rows().iter().zip(&self.0).enumerate();
        let enough = |(_, (row, seen)): &(usize, (&Row, &Seen))| {
            let last = seen.last.map_or(0, |(place, ..)| 1 << place);
            (seen.places | last).count_ones() >= row.least
        };
        rows.filter(enough).map(|(at, _)| at as u8).collect()
    }
}

/// Looks for themes alone, in a short text.
pub(super) fn themes(text: &[u8]) -> Vec<u8> {
    let Some(words) = words() else {
        return Vec::new();
    };
    let mut seen = Themes::new();
    for found in words.automaton.find_overlapping_iter(text) {
        if let Owner::Theme(row, place) = words.owners[found.pattern().as_usize()]
            && stands_alone(text, found.start(), found.end())
        {
            seen.add(row, place, (found.start(), found.end()));
        }
    }
    seen.holding()
}

/// Whether a word is no part of a longer one.
fn stands_alone(text: &[u8], start: usize, end: usize) -> bool {
    let joins = |outer: Option<&u8>, inner: u8| {
        outer.is_some_and(u8::is_ascii_alphanumeric) && inner.is_ascii_alphanumeric()
    };
    !joins(
        start.checked_sub(1).and_then(|at| text.get(at)),
        text[start],
    ) && !joins(text.get(end), text[end - 1])
}

/// Matches, without those that are AWS's documented examples.
fn count(pattern: &Regex, text: &[u8]) -> u32 {
    let is_example = |found: &[u8]| found.windows(7).any(|part| part == b"EXAMPLE");
    let found = pattern.find_iter(text);
    let real = found.filter(|found| !is_example(found.as_bytes()));
    real.take(MOST as usize).count() as u32
}

#[cfg(test)]
mod tests {
    use super::*;

    fn counts(text: &str) -> Vec<(&'static str, u32)> {
        let rows = Way::Regex.rows();
        let found = search(text.as_bytes()).patterns;
        found
            .into_iter()
            .map(|(at, n)| (rows[at as usize].name, n))
            .collect()
    }

    #[test]
    fn every_pattern_compiles() {
        for (at, row) in Way::Regex.rows().iter().enumerate() {
            assert!(pattern(at).is_some(), "{}", row.name);
        }
    }

    #[test]
    fn keys_are_found_and_examples_are_not() {
        assert_eq!(
            counts("id AKIAQ3EGRFSOTVBNAB2C end"),
            [("aws_access_key", 1)]
        );
        assert_eq!(counts("id AKIAIOSFODNN7EXAMPLE end"), []);
        let secret = "aws_secret_access_key = 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";
        assert!(counts(secret).contains(&("aws_secret_key", 1)));
        let passwd =
            "root:x:0:0:root:/root:/bin/bash\ndaemon:x:1:1:daemon:/usr/sbin:/usr/sbin/nologin\n";
        assert_eq!(counts(passwd), [("Password etc passwd", 2)]);
    }

    #[test]
    fn themes_need_their_words() {
        let themes = |text: &str| {
            search(text.as_bytes())
                .themes
                .iter()
                .map(|&at| Way::Theme.rows()[at as usize].name)
                .collect::<Vec<_>>()
        };
        assert_eq!(
            themes("Strictly confidential. Do not disclose."),
            ["Confidential Markings"]
        );
        assert_eq!(themes("confidentiality"), Vec::<&str>::new());
        // Of words over the same text one counts.
        for one in [
            "company confidential",
            "Top secret, noforn",
            "access restricted access",
            "social security number",
        ] {
            assert_eq!(themes(one), Vec::<&str>::new(), "{one}");
            assert_eq!(super::themes(one.as_bytes()), Vec::<u8>::new(), "{one}");
        }
        assert_eq!(themes("Secret and top secret, noforn"), ["Secret Markings"]);
        assert_eq!(
            themes("restricted access, access restricted"),
            ["Restricted Markings"]
        );
        assert_eq!(themes("user name and password"), ["Password Keywords"]);
    }
}
