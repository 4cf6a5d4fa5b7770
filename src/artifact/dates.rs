//! Dates in the text of a report: the period that it covers, and when it expires.
//!
//! Only dates that name their month, or that are written year first, are read: `04/05/2024` is two days.

use std::sync::OnceLock;

use regex::Regex;

use crate::moment::Moment;

/// What a text tells.
#[derive(Debug, Default, PartialEq)]
pub(super) struct Dated {
    pub(super) from: Option<Moment>,
    pub(super) to: Option<Moment>,
    pub(super) expires: Option<Moment>,
}

const MONTHS: [&str; 12] = [
    "jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec",
];

/// Characters before a date that say what it is.
const BEFORE: usize = 90;

fn pattern() -> Option<&'static Regex> {
    static PATTERN: OnceLock<Option<Regex>> = OnceLock::new();
    const DATE: &str = r"(?-u:(?:(\d{1,2})(?:st|nd|rd|th)?[ \n]+(?:of[ \n]+)?)?\b(jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]{0,6}\.?[ \n]+(?:(\d{1,2})(?:st|nd|rd|th)?,?[ \n]+)?(\d{4})\b|\b(\d{4})-(\d{2})-(\d{2})\b)";
    PATTERN.get_or_init(|| Regex::new(DATE).ok()).as_ref()
}

/// Reads a text in lower case. The first period counts; of a letter the last one, which may restate that of a report.
pub(super) fn read(text: &str, is_letter: bool) -> Dated {
    let mut dated = Dated::default();
    let Some(pattern) = pattern() else {
        return dated;
    };
    let mut last: Option<(usize, (u16, u8, u8))> = None;
    for found in pattern.captures_iter(text).take(2_000) {
        let Some(whole) = found.get(0) else {
            continue;
        };
        let Some(day) = day(&found) else {
            continue;
        };
        let start = text.floor_char_boundary(whole.start().saturating_sub(BEFORE));
        let before = &text[start..whole.start()];
        let says = |words: &[&str]| words.iter().any(|word| before.contains(word));
        if let Some((end, first)) = last {
            let between = text.get(end..whole.start()).unwrap_or_default();
            let between = between.trim_start_matches(',').trim();
            let joins = ["to", "through", "until", "and", "-", "–", "—", "thru"].contains(&between);
            let to = end_of(day);
            let counts = dated.to.is_none() || is_letter && to > dated.to;
            if counts && joins && says(&["period", "throughout", "from", "between"]) {
                (dated.from, dated.to) = (begin(first), to);
            }
        }
        if dated.expires.is_none() && tells_end(before) {
            dated.expires = end_of(day);
        }
        last = Some((whole.end(), day));
    }
    dated
}

/// Whether the words right before a date say that something ends with it; another date between would be meant.
fn tells_end(before: &str) -> bool {
    let near = &before[before.floor_char_boundary(before.len().saturating_sub(40))..];
    let found = ["expir", "valid until", "valid through", "valid to"]
        .iter()
        .filter_map(|word| near.rfind(word))
        .max();
    let between = found.map(|at| &near[at..]);
    between
        .is_some_and(|text| !text.contains(". ") && !text.bytes().any(|byte| byte.is_ascii_digit()))
}

/// Year, month, day. A month without a day is its first.
fn day(found: &regex::Captures<'_>) -> Option<(u16, u8, u8)> {
    let number = |at: usize| {
        found
            .get(at)
            .and_then(|one| one.as_str().parse::<u16>().ok())
    };
    let (year, month, day) = match number(5) {
        Some(year) => (year, number(6)?, number(7)?),
        None => {
            let name = found.get(2)?.as_str();
            let month = MONTHS.iter().position(|month| *month == name)? as u16 + 1;
            (number(4)?, month, number(3).or_else(|| number(1))?)
        }
    };
    let fits = (1990..2100).contains(&year) && (1..=12).contains(&month) && (1..=31).contains(&day);
    fits.then_some((year, month as u8, day as u8))
}

fn begin((year, month, day): (u16, u8, u8)) -> Option<Moment> {
    Moment::parse(&format!("{year}-{month:02}-{day:02}T00:00:00Z"))
}

fn end_of((year, month, day): (u16, u8, u8)) -> Option<Moment> {
    Moment::parse(&format!("{year}-{month:02}-{day:02}T23:59:59Z"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn periods_and_ends_in_their_forms() {
        let at = Moment::parse;
        for text in [
            "for the period october 1, 2023 to september 30, 2024",
            "throughout the period 1 october 2023 through 30 september 2024",
            "period from 2023-10-01 - 2024-09-30",
            "period october 1, 2023, to september 30, 2024; the period before, october 1, 2022 to september 30, 2023",
        ] {
            let dated = read(text, false);
            assert_eq!(
                (dated.from, dated.to),
                (at("2023-10-01T00:00:00Z"), at("2024-09-30T23:59:59Z")),
                "{text}"
            );
        }
        assert_eq!(
            read("expiration date: 9th of november 2026", false).expires,
            at("2026-11-09T23:59:59Z")
        );
        assert_eq!(
            read("valid until: 2026-11-09", false).expires,
            at("2026-11-09T23:59:59Z")
        );
        assert_eq!(
            read("expires never. issued 2023-01-01 and 2024-01-01", false).expires,
            None
        );
        assert_eq!(
            read("04/05/2024 to 05/06/2024, period", false),
            Dated::default()
        );
        assert_eq!(read("november 31, 9999", false), Dated::default());
    }
}
