//! Themes and regexes: all keywords and hints in one pass, then the patterns whose hint was there.

use std::sync::OnceLock;

use aho_corasick::{AhoCorasick, MatchKind};
use regex::bytes::{Regex, RegexBuilder};

use super::tables::{Row, Way};

/// Matches of one pattern that are counted; more say nothing more.
const MOST: u32 = 10_000;

/// What was found.
#[derive(Default)]
pub(super) struct Found {
    /// Places of themes that hold.
    pub(super) themes: Vec<u8>,
    /// Places of patterns with their matches, whatever is needed.
    pub(super) patterns: Vec<(u8, u32)>,
}

struct Words {
    automaton: AhoCorasick,
    /// For each word: whether it is a theme's, and the place of its row.
    owners: Vec<(bool, u8)>,
    /// For each word of a theme: its place among the theme's words.
    places: Vec<u8>,
}

fn words() -> Option<&'static Words> {
    static WORDS: OnceLock<Option<Words>> = OnceLock::new();
    let make = || {
        let (mut owners, mut places, mut all) = (Vec::new(), Vec::new(), Vec::new());
        for (is_theme, way) in [(true, Way::Theme), (false, Way::Regex)] {
            for (row, of) in way.rows().iter().enumerate() {
                let words = of.words.split('|').filter(|word| !word.is_empty());
                for (place, word) in words.enumerate() {
                    owners.push((is_theme, row as u8));
                    places.push(place as u8);
                    all.push(word);
                }
            }
        }
        let automaton = AhoCorasick::builder()
            .ascii_case_insensitive(true)
            .match_kind(MatchKind::Standard)
            .build(all);
        Some(Words {
            automaton: automaton.ok()?,
            owners,
            places,
        })
    };
    WORDS.get_or_init(make).as_ref()
}

/// The pattern of a row, made when it is first needed; `None` where it has none or a word decides alone.
pub(super) fn pattern(row: usize) -> Option<&'static Regex> {
    static PATTERNS: [OnceLock<Option<Regex>>; 80] = [const { OnceLock::new() }; 80];
    let of: &Row = Way::Regex.rows().get(row)?;
    let make = || RegexBuilder::new(of.pattern).unicode(false).build().ok();
    PATTERNS.get(row)?.get_or_init(make).as_ref()
}

/// Looks for themes and hinted patterns.
pub(super) fn search(text: &[u8]) -> Found {
    let Some(words) = words() else {
        return Found::default();
    };
    let mut themes = [0_u64; 64];
    let mut hinted = [false; 80];
    for found in words.automaton.find_overlapping_iter(text) {
        let word = found.pattern().as_usize();
        let (is_theme, row) = words.owners[word];
        if !is_theme {
            hinted[row as usize] = true;
        } else if stands_alone(text, found.start(), found.end()) {
            themes[row as usize] |= 1 << words.places[word];
        }
    }
    let holds =
        |(at, row): (usize, &Row)| (themes[at].count_ones() >= row.least).then_some(at as u8);
    let counted = |at: usize| {
        let count = count(pattern(at)?, text);
        (count > 0).then_some((at as u8, count))
    };
    Found {
        themes: Way::Theme
            .rows()
            .iter()
            .enumerate()
            .filter_map(holds)
            .collect(),
        patterns: (0..Way::Regex.rows().len())
            .filter(|&at| hinted[at])
            .filter_map(counted)
            .collect(),
    }
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
        assert_eq!(themes("user name and password"), ["Password Keywords"]);
    }
}
