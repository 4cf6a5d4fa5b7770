//! The pass over a text, and number-like words: told by the lengths of their groups, and by what stands before.

use super::super::search::Found;
use super::header::Header;
use super::hints::{Hint, Hints};
use super::{DRUG, ITIN, PHONE, Personal, Tally, ZIP};

/// Bytes before a number in which words tell what it is.
const NEAR: usize = 48;

/// Counts personal data by what was found in the text: hints, and names of drugs. Where `told` is there, it takes the place
/// of each.
pub(in crate::object) fn count<'f>(
    text: &[u8],
    found: &Found,
    told: Option<&'f mut Told<'f>>,
) -> Tally {
    let mut scan = Scan {
        text,
        tally: Tally::default(),
        hints: &found.hints,
        header: Header::of(text),
        people: Vec::new(),
        diagnoses: Vec::new(),
        told,
    };
    let mut at = 0;
    while at < text.len() {
        let byte = text[at];
        at = match byte {
            b'0'..=b'9' => scan.number(at),
            b'A'..=b'Z' => scan.capital(at),
            b'a'..=b'z' => scan.word_end(at),
            b'@' => scan.email(at),
            b':' => scan.colon(at),
            // Line ends within texts of JSON: what follows begins a word.
            b'\\' if matches!(scan.get(at + 1), b'n' | b'r' | b't') => at + 2,
            _ => at + 1,
        };
    }
    scan.health(&found.drugs);
    scan.tally
}

/// Takes what was counted, with its place: offset and end in bytes.
pub(super) type Told<'f> = dyn FnMut(Personal, usize, usize) + 'f;

/// Places of people, and of diagnoses, that are kept to be compared; what comes later in a text is not.
const KEPT: usize = 100_000;
/// Bytes between a person and a diagnosis or a drug that belong together: a line, a row of a table.
const BESIDE: usize = 160;

pub(super) struct Scan<'t, 'f> {
    pub(super) text: &'t [u8],
    pub(super) tally: Tally,
    hints: &'t Hints,
    pub(super) header: Header,
    /// Where people stand.
    people: Vec<usize>,
    /// Where codes of diagnoses stand.
    diagnoses: Vec<usize>,
    told: Option<&'f mut Told<'f>>,
}

/// The groups of a number-like word: digits joined by single signs.
#[derive(Default)]
struct Groups {
    lengths: [usize; 6],
    starts: [usize; 6],
    signs: [u8; 6],
    count: usize,
    end: usize,
}

impl Scan<'_, '_> {
    /// Counts one that stands from `at` to `end`.
    pub(super) fn count(&mut self, kind: Personal, at: usize, end: usize) {
        self.tally.count(kind);
        let is_person = matches!(kind, Personal::Name | Personal::Email | Personal::National);
        if is_person && self.people.len() < KEPT {
            self.people.push(at);
        }
        if let Some(told) = &mut self.told {
            told(kind, at, end);
        }
    }

    /// Takes the code of a diagnosis.
    pub(super) fn diagnosis(&mut self, at: usize) {
        if self.diagnoses.len() < KEPT {
            self.diagnoses.push(at);
        }
    }

    /// Counts the diagnoses and drugs that stand beside a person.
    fn health(&mut self, drugs: &[usize]) {
        let people = std::mem::take(&mut self.people);
        let diagnoses = std::mem::take(&mut self.diagnoses);
        for &at in diagnoses.iter().chain(drugs) {
            let after = people.partition_point(|&person| person + BESIDE < at);
            if people
                .get(after)
                .is_some_and(|&person| person <= at + BESIDE)
            {
                let end = self.text[at..]
                    .iter()
                    .position(|byte| !byte.is_ascii_alphanumeric() && *byte != b'.');
                self.count(
                    Personal::Health,
                    at,
                    end.map_or(self.text.len(), |length| at + length),
                );
            }
        }
    }

    pub(super) fn get(&self, at: usize) -> u8 {
        self.text.get(at).copied().unwrap_or(b' ')
    }

    pub(super) fn word_end(&self, at: usize) -> usize {
        let rest = self.text.get(at..).unwrap_or_default();
        let length = rest.iter().position(|byte| !byte.is_ascii_alphanumeric());
        at + length.unwrap_or(rest.len())
    }

    /// Whether a word of a hint stands shortly before, in the same line, or is in the heading of its column.
    pub(super) fn near(&self, at: usize, hint: Hint) -> bool {
        let is_before = |from| self.hints.within(self.text, hint, from, at);
        let from = at.saturating_sub(NEAR);
        let is_in_line = || {
            let before = &self.text[from..at];
            let line = before.iter().rposition(|&byte| byte == b'\n');
            line.is_none_or(|line| is_before(from + line + 1))
        };
        is_before(from) && is_in_line() || self.header.tells(self.text, at, hint.words())
    }

    fn groups(&self, start: usize) -> Groups {
        let mut groups = Groups::default();
        let mut at = start;
        while groups.count < groups.lengths.len() {
            let rest = self.text.get(at..).unwrap_or_default();
            let length = rest
                .iter()
                .position(|byte| !byte.is_ascii_digit())
                .unwrap_or(rest.len());
            if length == 0 {
                break;
            }
            let place = groups.count;
            (groups.starts[place], groups.lengths[place]) = (at, length);
            groups.count += 1;
            groups.end = at + length;
            let sign = self.get(groups.end);
            if !b"-. /".contains(&sign) || !self.get(groups.end + 1).is_ascii_digit() {
                break;
            }
            groups.signs[place] = sign;
            at = groups.end + 1;
        }
        groups
    }

    /// Looks at a word that begins with a digit; returns where to go on.
    fn number(&mut self, at: usize) -> usize {
        let groups = self.groups(at);
        // Hexadecimal, units, versions as `2x`: no number of a person.
        let last = self.get(groups.end);
        let is_moment = groups.lengths[..groups.count] == [4, 2, 2]
            && last == b'T'
            && self.get(groups.end + 1).is_ascii_digit()
            && self.near(at, Hint::Birth);
        let is_bounded = is_moment || !last.is_ascii_alphanumeric() && last != b'_';
        let first_end = at + groups.lengths[0];
        for take in (1..=groups.count).rev() {
            let end = groups.starts[take - 1] + groups.lengths[take - 1];
            if (end != groups.end || is_bounded) && self.shape(at, end, &groups, take) {
                return end;
            }
        }
        if first_end == groups.end && !is_bounded {
            // An IPv6 address may begin with digits, and goes on after them.
            return if last == b':' {
                first_end
            } else {
                self.word_end(at)
            };
        }
        if groups.lengths[0] <= 5 && self.get(first_end) == b' ' {
            self.address(at, first_end + 1);
        }
        first_end
    }

    /// Where a date begins whose year stands at a place and whose month is a word, as "12 March 1984" and "Mar 12, 1984".
    fn day_and_month(&self, at: usize) -> Option<usize> {
        let from = at.saturating_sub(DATE);
        let before = &self.text[from..at];
        let (mut day, mut month) = (None, None);
        let mut end = before.len();
        for word in before.rsplit(|byte| !byte.is_ascii_alphanumeric()) {
            let start = end - word.len();
            end = start.saturating_sub(1);
            if month.is_none() && is_month(word) {
                month = Some(start);
            } else if day.is_none() && is_day(word) {
                day = Some(start);
            } else if !word.is_empty() && !word.eq_ignore_ascii_case(b"of") {
                return None;
            }
            if let (Some(day), Some(month)) = (day, month) {
                return Some(from + day.min(month));
            }
        }
        None
    }

    /// Whether the first `take` groups are something that is counted.
    fn shape(&mut self, at: usize, end: usize, groups: &Groups, take: usize) -> bool {
        let lengths = &groups.lengths[..take];
        let sign = groups.signs[0];
        let same = groups.signs[..take - 1].iter().all(|&one| one == sign);
        let digits = |place: usize| {
            let start = groups.starts[place];
            let text = &self.text[start..start + groups.lengths[place]];
            text.iter().fold(0_u32, |sum, byte| {
                sum.wrapping_mul(10).wrapping_add(u32::from(byte - b'0'))
            })
        };
        let before = at.checked_sub(1).map_or(b' ', |place| self.text[place]);
        match *lengths {
            // Behind a whole number its date or code may stand.
            [13..=19] | [4, 4, 4, 4] | [4, 6, 5]
                if same && (b" -\0".contains(&sign) || take == 1 && sign == b'/') =>
            {
                let all = self.text[at..end]
                    .iter()
                    .filter(|byte| byte.is_ascii_digit());
                let all: Vec<u8> = all.map(|byte| byte - b'0').collect();
                let is_card = is_card(&all);
                if is_card {
                    self.count(Personal::Card, at, end);
                }
                is_card
            }
            [3, 2, 4] if same && b"- ".contains(&sign) => {
                let (area, group, serial) = (digits(0), digits(1), digits(2));
                let is_itin = area >= 900 && matches!(group, 50..=65 | 70..=88 | 90..=92 | 94..=99);
                let is_ssn = !matches!(area, 0 | 666 | 900..) && group != 0 && serial != 0;
                if is_itin && sign == b'-' {
                    self.tally.shapes[ITIN] += 1;
                }
                let is_told = sign == b'-' || self.near(at, Hint::National);
                if (is_itin || is_ssn) && is_told {
                    self.count(Personal::National, at, end);
                }
                is_told
            }
            [9] if self.near(at, Hint::National) => {
                self.count(Personal::National, at, end);
                true
            }
            [7..=12] | [14] | [3, 3, 3] | [2, 3, 3] | [2, 3, 4]
                if same && self.near(at, Hint::Licence) =>
            {
                self.count(Personal::Licence, at, end);
                true
            }
            [4..=12] if self.near(at, Hint::Health) => {
                self.count(Personal::Health, at, end);
                true
            }
            [3, 3, 4] if b"-. ".contains(&sign) && digits(0) >= 200 && digits(1) >= 200 => {
                self.tally.shapes[PHONE] += 1;
                true
            }
            [3, 4] if before == b' ' || before == b')' => {
                let area = self.text[..at].trim_ascii_end();
                let told = area.len() >= 5 && area.ends_with(b")") && area[area.len() - 5] == b'(';
                if told {
                    self.tally.shapes[PHONE] += 1;
                }
                told
            }
            [4, 4, 2] | [5, 3, 2] | [5, 4, 1..=2] if same && sign == b'-' => {
                self.tally.shapes[DRUG] += 1;
                if self.near(at, Hint::Drug) {
                    self.count(Personal::Health, at, end);
                }
                true
            }
            [1..=3, 1..=3, 1..=3, 1..=3] if same && sign == b'.' => {
                let is_address = (0..4).all(|place| digits(place) < 256) && digits(0) > 0;
                let is_version =
                    matches!(before, b'v' | b'V' | b'.' | b'-') || self.near(at, Hint::Version);
                if is_address && !is_version {
                    self.count(Personal::Ipv4, at, end);
                }
                true
            }
            [4, 2, 2] | [1..=2, 1..=2, 4] if same && b"-/.".contains(&sign) => {
                let year = if groups.lengths[0] == 4 {
                    digits(0)
                } else {
                    digits(2)
                };
                if (1_900..2_030).contains(&year) && self.near(at, Hint::Birth) {
                    self.count(Personal::Birth, at, end);
                }
                true
            }
            // In two digits a year is less sure: a day and a month must stand before it.
            [1..=2, 1..=2, 2] if same && b"-/.".contains(&sign) => {
                let (day, month) = (digits(0).max(digits(1)), digits(0).min(digits(1)));
                let is_date = (1..=31).contains(&day) && (1..=12).contains(&month);
                if is_date && self.near(at, Hint::Birth) {
                    self.count(Personal::Birth, at, end);
                }
                is_date
            }
            [4] if (1_900..2_030).contains(&digits(0)) => {
                let from = self
                    .day_and_month(at)
                    .filter(|&from| self.near(from, Hint::Birth));
                if let Some(from) = from {
                    self.count(Personal::Birth, from, end);
                }
                from.is_some()
            }
            [5] | [5, 4] if sign == b'-' || take == 1 => {
                if before != b'.' && !before.is_ascii_alphanumeric() {
                    self.tally.shapes[ZIP] += 1;
                }
                // It may also be the number of a house.
                take == 2
            }
            _ => false,
        }
    }
}

/// Bytes before a year in which day and month stand.
const DATE: usize = 24;
const MONTHS: [&str; 12] = [
    "january",
    "february",
    "march",
    "april",
    "may",
    "june",
    "july",
    "august",
    "september",
    "october",
    "november",
    "december",
];

/// Whether a word is a month, in full or shortened.
fn is_month(word: &[u8]) -> bool {
    let word = word.to_ascii_lowercase();
    word.len() >= 3
        && MONTHS
            .iter()
            .any(|month| month.as_bytes().starts_with(&word))
}

/// Whether a word is a day of a month, as `12` or `3rd`.
fn is_day(word: &[u8]) -> bool {
    let digits = word.iter().take_while(|byte| byte.is_ascii_digit()).count();
    let end = word[digits..].to_ascii_lowercase();
    matches!(digits, 1..=2) && matches!(&*end, b"" | b"st" | b"nd" | b"rd" | b"th")
}

/// Whether digits are the number of a card: a known issuer's first digits, its length, and the check digit.
fn is_card(digits: &[u8]) -> bool {
    let start = |count: usize| {
        digits
            .iter()
            .take(count)
            .fold(0_u32, |sum, &digit| sum * 10 + u32::from(digit))
    };
    let (two, three, four) = (start(2), start(3), start(4));
    let fits = match digits.len() {
        // UnionPay.
        16..=19 if two == 62 => true,
        13 | 19 => digits[0] == 4,
        14 => matches!(two, 36 | 38) || (300..=305).contains(&three),
        15 => matches!(two, 34 | 37),
        16 => {
            digits[0] == 4
                || (51..=55).contains(&two)
                || (2_221..=2_720).contains(&four)
                || four == 6_011
                || two == 65
                || (644..=649).contains(&three)
                || two == 35
        }
        _ => false,
    };
    // The first digits of all cards and a check digit leave one in a hundred numbers; repeated ones are none.
    fits && luhn(digits) && digits[1..].iter().any(|&digit| digit != digits[0])
}

/// Whether digits, each a number from 0 to 9, end in their check digit (ISO/IEC 7812-1).
pub fn luhn(digits: &[u8]) -> bool {
    let doubled = |(place, &digit): (usize, &u8)| {
        let double = u32::from(digit) * if place % 2 == 1 { 2 } else { 1 };
        double / 10 + double % 10
    };
    digits.iter().rev().enumerate().map(doubled).sum::<u32>() % 10 == 0
}
