//! Personal data in text: what is counted, and what impact that has.
//!
//! One pass over the bytes looks at each word once: number-like words by the lengths of their groups, words
//! in capitals by a short list of names, and the few words before, where only they tell what a number is.
//! It counts; values are neither kept nor handed on.

use std::net::Ipv6Addr;

use serde::{Deserialize, Serialize};

use super::names::{FAMILY, GIVEN, STREETS, WORDS};

macro_rules! kinds {
    ($($variant:ident $name:literal $label:literal),+ $(,)?) => {
        /// What is counted.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
        pub enum Personal { $(#[doc = $label] $variant),+ }

        impl Personal {
            /// All kinds.
            pub const ALL: &[Personal] = &[$(Personal::$variant),+];

            /// The name in the report.
            pub fn name(self) -> &'static str {
                match self { $(Personal::$variant => $name),+ }
            }

            /// For people.
            pub fn label(self) -> &'static str {
                match self { $(Personal::$variant => $label),+ }
            }
        }
    };
}

kinds! {
    Name "fullName" "Full names",
    Address "mailingAddress" "Mailing addresses",
    Email "emailAddress" "E-mail addresses",
    Card "creditCard" "Credit card numbers",
    Ipv4 "ipv4Address" "IPv4 addresses",
    Ipv6 "ipv6Address" "IPv6 addresses",
    Licence "usDriverLicense" "US driver's licences",
    National "usNationalId" "US national identification numbers",
    Birth "birthDate" "Birth dates",
    Health "healthInformation" "Protected health information",
    AccessKey "accessKey" "Access and API keys",
}

/// How many of each kind, in the order of [`Personal::ALL`].
pub type Counts = [u32; 11];

/// The impact of personal data.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub enum Impact {
    /// None was found.
    #[default]
    None,
    /// One to four names or e-mail addresses, or other personal data without any.
    Low,
    /// Five or more names or e-mail addresses with other personal data.
    Moderate,
    /// A name with a credit card, or fifty names or e-mail addresses with other personal data.
    High,
}

impl Impact {
    /// The name in the report.
    pub fn name(self) -> &'static str {
        match self {
            Impact::None => "none",
            Impact::Low => "low",
            Impact::Moderate => "moderate",
            Impact::High => "high",
        }
    }

    /// The impact of counts, by the bounds that the guide of Macie Classic publishes. They overlap at five:
    /// five counts as moderate. Health data and keys are categories of their own and have no part in it.
    pub fn of(counts: &Counts) -> Self {
        let of = |kind: Personal| counts[kind as usize];
        let people = of(Personal::Name).saturating_add(of(Personal::Email));
        let others = [
            Personal::Address,
            Personal::Card,
            Personal::Ipv4,
            Personal::Ipv6,
            Personal::Licence,
            Personal::National,
            Personal::Birth,
        ];
        let has_others = others.into_iter().any(|kind| of(kind) > 0);
        if of(Personal::Name) > 0 && of(Personal::Card) > 0 || people >= 50 && has_others {
            Impact::High
        } else if people >= 5 && has_others {
            Impact::Moderate
        } else if people > 0 || has_others {
            Impact::Low
        } else {
            Impact::None
        }
    }
}

/// Number-like words that regexes of the model count, by their names.
pub(super) const SHAPES: [&str; 7] = [
    "California Drivers License",
    "HIPAA PHI National Drug Code",
    "Individual Taxpayer Identification Numbers (ITIN)",
    "Large number of US Phone Numbers",
    "Large number of US Zip Codes",
    "UK Drivers License Numbers",
    "",
];
const DRIVER: usize = 0;
const DRUG: usize = 1;
const ITIN: usize = 2;
const PHONE: usize = 3;
const ZIP: usize = 4;
const UK_DRIVER: usize = 5;

/// What one pass counted.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Tally {
    pub(super) personal: Counts,
    /// Of [`SHAPES`].
    pub(super) shapes: [u32; 7],
}

impl Tally {
    fn count(&mut self, kind: Personal) {
        self.personal[kind as usize] = self.personal[kind as usize].saturating_add(1);
    }
}

/// Bytes before a number in which words tell what it is.
const NEAR: usize = 48;

/// Counts personal data.
pub(super) fn count(text: &[u8]) -> Tally {
    let mut scan = Scan {
        text,
        tally: Tally::default(),
        header: header(text),
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
            _ => at + 1,
        };
    }
    scan.tally
}

/// The first line of a table, lower case: its headings stand for words before each number.
fn header(text: &[u8]) -> Vec<u8> {
    let line = text.split(|&byte| byte == b'\n').next().unwrap_or_default();
    let fields = line.iter().filter(|byte| b",;\t|".contains(byte)).count();
    if fields == 0 || line.len() > 4_096 || line.iter().any(u8::is_ascii_digit) {
        return Vec::new();
    }
    line.to_ascii_lowercase()
}

struct Scan<'t> {
    text: &'t [u8],
    tally: Tally,
    header: Vec<u8>,
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

impl Scan<'_> {
    fn get(&self, at: usize) -> u8 {
        self.text.get(at).copied().unwrap_or(b' ')
    }

    fn word_end(&self, at: usize) -> usize {
        let rest = self.text.get(at..).unwrap_or_default();
        let length = rest.iter().position(|byte| !byte.is_ascii_alphanumeric());
        at + length.unwrap_or(rest.len())
    }

    /// Whether one of `words` stands shortly before, in the same line, or among the headings.
    fn near(&self, at: usize, words: &[&str]) -> bool {
        let before = &self.text[at.saturating_sub(NEAR)..at];
        let line = before
            .iter()
            .rposition(|&byte| byte == b'\n')
            .map_or(0, |at| at + 1);
        let before = before[line..].to_ascii_lowercase();
        let has =
            |hay: &[u8], word: &str| hay.windows(word.len()).any(|part| part == word.as_bytes());
        words
            .iter()
            .any(|word| has(&before, word) || has(&self.header, word))
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
        let is_bounded = !last.is_ascii_alphanumeric() && last != b'_';
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
            self.address(first_end + 1);
        }
        first_end
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
            [13..=19] | [4, 4, 4, 4] | [4, 6, 5] if same && b" -\0".contains(&sign) => {
                let all = self.text[at..end]
                    .iter()
                    .filter(|byte| byte.is_ascii_digit());
                let all: Vec<u8> = all.map(|byte| byte - b'0').collect();
                let is_card = is_card(&all);
                if is_card {
                    self.tally.count(Personal::Card);
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
                let is_told = sign == b'-' || self.near(at, NATIONAL);
                if (is_itin || is_ssn) && is_told {
                    self.tally.count(Personal::National);
                }
                is_told
            }
            [9] if self.near(at, NATIONAL) => {
                self.tally.count(Personal::National);
                true
            }
            [7..=9] if self.near(at, LICENCE) => {
                self.tally.count(Personal::Licence);
                true
            }
            [4..=12] if self.near(at, HEALTH) => {
                self.tally.count(Personal::Health);
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
                if self.near(at, DRUGS) {
                    self.tally.count(Personal::Health);
                }
                true
            }
            [1..=3, 1..=3, 1..=3, 1..=3] if same && sign == b'.' => {
                let is_address = (0..4).all(|place| digits(place) < 256) && digits(0) > 0;
                let is_version = matches!(before, b'v' | b'V' | b'.' | b'-')
                    || self.near(at, &["version", "release"]);
                if is_address && !is_version {
                    self.tally.count(Personal::Ipv4);
                }
                true
            }
            [4, 2, 2] | [1..=2, 1..=2, 4] if same && b"-/.".contains(&sign) => {
                let year = if groups.lengths[0] == 4 {
                    digits(0)
                } else {
                    digits(2)
                };
                if (1_900..2_030).contains(&year) && self.near(at, BIRTH) {
                    self.tally.count(Personal::Birth);
                }
                true
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

    /// After the number of a house: words, then one for a street.
    fn address(&mut self, mut at: usize) {
        for _ in 0..4 {
            let end = self.word_end(at);
            let word = self.text.get(at..end).unwrap_or_default();
            if !word.first().is_some_and(u8::is_ascii_uppercase)
                && !word.first().is_some_and(u8::is_ascii_digit)
            {
                return;
            }
            let lower = String::from_utf8_lossy(word).to_ascii_lowercase();
            if STREETS.binary_search(&lower.as_str()).is_ok() {
                self.tally.count(Personal::Address);
                return;
            }
            let joined =
                self.get(end) == b' ' || self.get(end) == b'.' && self.get(end + 1) == b' ';
            if !joined {
                return;
            }
            at = end + if self.get(end) == b' ' { 1 } else { 2 };
        }
    }

    /// Looks at a word that begins with a capital letter; returns where to go on.
    fn capital(&mut self, at: usize) -> usize {
        let end = self.word_end(at);
        let word = &self.text[at..end];
        if word.iter().any(u8::is_ascii_digit) {
            self.licence(at, word);
            return end;
        }
        let is_name =
            |word: &[u8]| word.len() > 1 && (word[1..].iter().all(u8::is_ascii_lowercase));
        if !is_name(word) {
            return end;
        }
        let Ok(given) = std::str::from_utf8(word) else {
            return end;
        };
        if GIVEN.binary_search(&given).is_err() {
            return end;
        }
        // A space, the signs between two fields of a table, or an initial between.
        let rest = &self.text[end..self.text.len().min(end + 5)];
        let gap = match rest {
            [b' ', initial, b'.', b' ', ..] if initial.is_ascii_uppercase() => 4,
            [b'"', b',', b'"', ..] => 3,
            [b' ' | b',' | b'\t' | b';', next, ..] if next.is_ascii_uppercase() => 1,
            _ => return end,
        };
        let next = end + gap;
        let stop = self.word_end(next);
        let family = &self.text[next..stop];
        let is_family = family.len() > 1
            && family[0].is_ascii_uppercase()
            && family.iter().all(u8::is_ascii_alphabetic)
            && family[1..].iter().any(u8::is_ascii_lowercase);
        let family = std::str::from_utf8(family).unwrap_or_default();
        let known = FAMILY.binary_search(&family).is_ok();
        let is_word = WORDS.binary_search(&given).is_ok();
        let is_common = STREETS
            .binary_search(&family.to_ascii_lowercase().as_str())
            .is_ok();
        if !is_family || is_word && !known || is_common && !known {
            return end;
        }
        self.tally.count(Personal::Name);
        stop
    }

    /// Numbers of licences and health insurances: letters and digits.
    fn licence(&mut self, at: usize, word: &[u8]) {
        let digits = word[1..].iter().all(u8::is_ascii_digit);
        if word.len() == 8 && digits {
            self.tally.shapes[DRIVER] += 1;
        }
        if word.len() == 16 && is_uk_licence(word) {
            self.tally.shapes[UK_DRIVER] += 1;
        }
        let upper = word
            .iter()
            .all(|byte| byte.is_ascii_uppercase() || byte.is_ascii_digit());
        if upper && (6..=14).contains(&word.len()) && self.near(at, LICENCE) {
            self.tally.count(Personal::Licence);
        } else if upper && word.len() >= 4 && self.near(at, HEALTH)
            || is_diagnosis(word) && self.near(at, &["icd", "diagnos"])
        {
            self.tally.count(Personal::Health);
        }
    }

    fn email(&mut self, at: usize) -> usize {
        let is_local = |byte: &u8| byte.is_ascii_alphanumeric() || b"._%+-".contains(byte);
        let local = self.text[..at]
            .iter()
            .rev()
            .take(65)
            .take_while(|byte| is_local(byte))
            .count();
        let is_domain = |byte: &u8| byte.is_ascii_alphanumeric() || b".-".contains(byte);
        let rest = &self.text[at + 1..];
        let length = rest
            .iter()
            .take(255)
            .take_while(|byte| is_domain(byte))
            .count();
        let domain = rest[..length].trim_ascii_end();
        let domain = domain.strip_suffix(b".").unwrap_or(domain);
        let last = domain
            .rsplit(|&byte| byte == b'.')
            .next()
            .unwrap_or_default();
        let fits = (1..=64).contains(&local)
            && last.len() < domain.len()
            && (2..=18).contains(&last.len())
            && last.iter().all(u8::is_ascii_alphabetic)
            && domain.first() != Some(&b'.');
        if fits {
            self.tally.count(Personal::Email);
        }
        at + 1 + length
    }

    /// Looks at the word around a colon: an IPv6 address, if it reads as one and tells enough.
    fn colon(&mut self, at: usize) -> usize {
        let part = |byte: &u8| byte.is_ascii_hexdigit() || *byte == b':' || *byte == b'.';
        let before = self.text[..at]
            .iter()
            .rev()
            .take(5)
            .take_while(|byte| part(byte))
            .count();
        let start = at - before;
        let is_inner = start > 0 && self.text[start - 1].is_ascii_alphanumeric();
        let length = self.text[start..]
            .iter()
            .take(46)
            .take_while(|byte| part(byte))
            .count();
        let end = start + length;
        if is_inner || length < 6 || self.get(end).is_ascii_alphanumeric() {
            return at + 1;
        }
        let word = self.text[start..end]
            .strip_suffix(b".")
            .unwrap_or(&self.text[start..end]);
        let word = word.strip_suffix(b":").unwrap_or(word);
        let digits = word.iter().filter(|byte| byte.is_ascii_hexdigit()).count();
        let parsed = std::str::from_utf8(word)
            .ok()
            .and_then(|word| word.parse::<Ipv6Addr>().ok());
        if digits >= 4
            && parsed.is_some_and(|address| !address.is_loopback() && !address.is_unspecified())
        {
            self.tally.count(Personal::Ipv6);
            return end.max(at + 1);
        }
        at + 1
    }
}

const NATIONAL: &[&str] = &[
    "ssn",
    "social security",
    "social_security",
    "taxpayer",
    "itin",
];
const LICENCE: &[&str] = &[
    "driver",
    "licence no",
    "license no",
    "license_n",
    "licence_n",
    "dl#",
    "dl no",
    "dl:",
];
const BIRTH: &[&str] = &["birth", "born", "dob", "b-day"];
const HEALTH: &[&str] = &[
    "mrn",
    "medical record",
    "medical_record",
    "patient id",
    "patient_id",
    "member id",
    "member_id",
    "insurance id",
    "insurance_id",
    "policy number",
    "hicn",
    "medicare",
];
const DRUGS: &[&str] = &["ndc", "drug", "prescri", "patient", "mg"];

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

/// The check digit of ISO/IEC 7812-1.
fn luhn(digits: &[u8]) -> bool {
    let doubled = |(place, &digit): (usize, &u8)| {
        let double = u32::from(digit) * if place % 2 == 1 { 2 } else { 1 };
        double / 10 + double % 10
    };
    digits.iter().rev().enumerate().map(doubled).sum::<u32>() % 10 == 0
}

/// Five letters of the name, the birth date between, two initials, a check: as DVLA writes it.
fn is_uk_licence(word: &[u8]) -> bool {
    let letter = |byte: &u8| byte.is_ascii_uppercase() || *byte == b'9';
    word[..5].iter().all(letter)
        && word[5..11].iter().all(u8::is_ascii_digit)
        && word[11..13].iter().all(letter)
        && word[13].is_ascii_digit()
        && word[14..].iter().all(u8::is_ascii_uppercase)
}

/// A code of ICD-10: a letter, two digits, perhaps more after a dot, which ends the word here.
fn is_diagnosis(word: &[u8]) -> bool {
    matches!(word, [b'A'..=b'Z', a, b] if a.is_ascii_digit() && b.is_ascii_digit())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(text: &str) -> Vec<(&'static str, u32)> {
        let tally = count(text.as_bytes());
        let all = Personal::ALL.iter().zip(tally.personal);
        all.filter(|(_, n)| *n > 0)
            .map(|(kind, n)| (kind.name(), n))
            .collect()
    }

    #[test]
    fn each_kind_is_found_alone() {
        assert_eq!(found("Dear Alice Walker,"), [("fullName", 1)]);
        assert_eq!(found("\"Alice\",\"Walker\""), [("fullName", 1)]);
        assert_eq!(
            found("lives at 12 Old Mill Road, Leeds"),
            [("mailingAddress", 1)]
        );
        assert_eq!(found("write to bob@example.org."), [("emailAddress", 1)]);
        assert_eq!(found("pay 4539 1488 0343 6467 now"), [("creditCard", 1)]);
        assert_eq!(found("from 203.0.113.7 to"), [("ipv4Address", 1)]);
        assert_eq!(
            found("at 2001:db8::8a2e:370:7334 today"),
            [("ipv6Address", 1)]
        );
        assert_eq!(
            found("driver license no D1234567"),
            [("usDriverLicense", 1)]
        );
        assert_eq!(found("SSN 123-45-6789"), [("usNationalId", 1)]);
        assert_eq!(found("date of birth: 1984-03-12"), [("birthDate", 1)]);
        assert_eq!(found("MRN 00482913"), [("healthInformation", 1)]);
    }

    #[test]
    fn what_only_looks_alike_is_not_counted() {
        for text in [
            "4539 1488 0343 6468",
            "0000 0000 0000 0000",
            "1.2.3.999",
            "version 1.2.3.4",
            "12:30:45",
            "std::fmt",
            "a@b",
            "@handle",
            "000-12-3456",
            "2026-01-01T00:00:00Z",
            "Grant Access",
            "Will Return",
            "Mark Complete",
            "aa:bb:cc:dd:ee:ff",
            "1984-03-12",
            "5 Apples",
            "arn:aws:iam::111122223333:user/x",
        ] {
            assert_eq!(found(text), [], "{text}");
        }
    }

    #[test]
    fn impact_by_the_published_bounds() {
        let of = |names: u32, emails: u32, cards: u32, addresses: u32| {
            let mut counts = Counts::default();
            counts[Personal::Name as usize] = names;
            counts[Personal::Email as usize] = emails;
            counts[Personal::Card as usize] = cards;
            counts[Personal::Ipv4 as usize] = addresses;
            Impact::of(&counts)
        };
        assert_eq!(of(0, 0, 0, 0), Impact::None);
        assert_eq!(
            (of(1, 0, 1, 0), of(0, 50, 0, 1)),
            (Impact::High, Impact::High)
        );
        assert_eq!(
            (of(0, 5, 0, 1), of(3, 2, 0, 1)),
            (Impact::Moderate, Impact::Moderate)
        );
        assert_eq!(
            (of(0, 4, 0, 1), of(0, 0, 9, 0), of(2, 0, 0, 0)),
            (Impact::Low, Impact::Low, Impact::Low)
        );
    }

    #[test]
    fn lists_are_sorted() {
        for list in [GIVEN, FAMILY, STREETS, WORDS] {
            assert!(list.is_sorted(), "{list:?}");
        }
    }
}
