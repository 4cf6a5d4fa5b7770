//! Words: names and addresses of people, licences, e-mail and IPv6 addresses.

use std::net::Ipv6Addr;

use super::hints::Hint;
use super::names::List;
use super::numbers::Scan;
use super::{DRIVER, Personal, UK_DRIVER};

impl Scan<'_, '_> {
    /// After the number of a house: words, then one for a street.
    pub(super) fn address(&mut self, start: usize, mut at: usize) {
        for _ in 0..4 {
            let end = self.word_end(at);
            let word = self.text.get(at..end).unwrap_or_default();
            if !word.first().is_some_and(u8::is_ascii_uppercase)
                && !word.first().is_some_and(u8::is_ascii_digit)
            {
                return;
            }
            let lower = String::from_utf8_lossy(word).to_ascii_lowercase();
            if List::Streets.has(&lower) {
                self.count(Personal::Address, start, end);
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
    pub(super) fn capital(&mut self, at: usize) -> usize {
        let end = self.word_end(at);
        let word = &self.text[at..end];
        if word.iter().any(u8::is_ascii_digit) {
            return self.licence(at, end);
        }
        if !is_proper(word) {
            // Letters may begin a number in groups.
            return if self.get(end) == b'-' {
                self.licence(at, end)
            } else {
                end
            };
        }
        let given = std::str::from_utf8(word).unwrap_or_default();
        // A title tells the name that follows, whatever it is.
        let titled = List::Titles.has(given);
        let first = if titled { self.after_title(end) } else { at };
        let Some((family_at, stop)) = self.family(first) else {
            return end;
        };
        let given =
            std::str::from_utf8(&self.text[first..self.word_end(first)]).unwrap_or_default();
        let family = std::str::from_utf8(&self.text[family_at..stop]).unwrap_or_default();
        let is_street = List::Streets.has(&family.to_ascii_lowercase());
        let known = List::Family.has(family);
        let counts = if List::Given.has(given) {
            known || !List::Words.has(given) && !is_street && !List::Nouns.has(family)
        } else {
            let is_word = List::Nouns.has(given) || List::Nouns.has(family) || is_street;
            titled || !is_word && self.is_labelled(at, known)
        };
        if !counts {
            return end;
        }
        self.count(Personal::Name, first, stop);
        stop
    }

    /// Where the word after a title begins.
    fn after_title(&self, end: usize) -> usize {
        let dot = usize::from(self.get(end) == b'.');
        end + dot + usize::from(self.get(end + dot) == b' ')
    }

    /// The family name after a given name: where it begins and ends.
    fn family(&self, at: usize) -> Option<(usize, usize)> {
        let end = self.word_end(at);
        if !is_proper(self.text.get(at..end)?) {
            return None;
        }
        // A space, the signs between two fields of a table, or an initial between.
        let rest = &self.text[end..self.text.len().min(end + 5)];
        let gap = match rest {
            [b' ', initial, b'.', b' ', ..] if initial.is_ascii_uppercase() => 4,
            [b'"', b',', b'"', ..] => 3,
            [b' ' | b',' | b'\t' | b';' | b'-', next, ..] if next.is_ascii_uppercase() => 1,
            _ => return None,
        };
        let next = end + gap;
        let stop = self.word_end(next);
        let family = &self.text[next..stop];
        let is_family = family.len() > 1
            && family[0].is_ascii_uppercase()
            && family.iter().all(u8::is_ascii_alphabetic)
            && family[1..].iter().any(u8::is_ascii_lowercase);
        is_family.then_some((next, stop))
    }

    /// Whether what stands before, or the heading, says that a name comes. Of a family name that is known, less is asked.
    fn is_labelled(&self, at: usize, known: bool) -> bool {
        let column = self.header.column(self.text, at);
        if column.is_some() {
            return column == self.header.given || column == self.header.full;
        }
        let before = &self.text[at.saturating_sub(24)..at];
        let line = before.iter().rposition(|&byte| byte == b'\n');
        let before = before[line.map_or(0, |at| at + 1)..].to_ascii_lowercase();
        let before = before.trim_ascii_end();
        let before = before
            .strip_suffix(b"\"")
            .unwrap_or(before)
            .trim_ascii_end();
        let (told, before) = match before {
            [rest @ .., b':' | b'=' | b'>'] => (true, rest),
            _ => (false, before),
        };
        let before = before.strip_suffix(b"\"").unwrap_or(before);
        let ends = |words: &[&str]| {
            words.iter().any(|word| {
                before
                    .strip_suffix(word.as_bytes())
                    .is_some_and(|rest| !rest.last().is_some_and(u8::is_ascii_alphabetic))
            })
        };
        // Fields of records: `"name": "…"`, `Patient: …`.
        told && ends(FIELDS) || ends(&["dear"]) || known && ends(BEFORE)
    }

    /// Numbers of licences and health insurances: letters and digits. Returns where to go on.
    fn licence(&mut self, at: usize, end: usize) -> usize {
        let word = &self.text[at..end];
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
        if !upper {
            return end;
        }
        if let Some(stop) = self.licence_end(at)
            && self.near(at, Hint::Licence)
        {
            self.count(Personal::Licence, at, stop);
            return stop;
        }
        let is_diagnosis = is_diagnosis(word);
        if word.len() >= 4 && word.iter().any(u8::is_ascii_digit) && self.near(at, Hint::Health)
            || is_diagnosis && self.near(at, Hint::Code)
        {
            self.count(Personal::Health, at, end);
        } else if is_diagnosis && self.get(end) == b'.' && self.get(end + 1).is_ascii_alphanumeric()
            || is_diagnosis && self.near(at, Hint::Diagnosis)
        {
            self.diagnosis(at);
        }
        end
    }

    /// Where the number of a licence ends that begins here with letters: in one piece, or in groups of digits.
    fn licence_end(&self, at: usize) -> Option<usize> {
        let mut plain = Vec::with_capacity(20);
        let mut end = at;
        loop {
            let stop = self.word_end(end);
            plain.extend_from_slice(&self.text[end..stop]);
            end = stop;
            let joins = matches!(self.get(end), b'-' | b' ') && self.get(end + 1).is_ascii_digit();
            if !joins || plain.len() > 20 {
                break;
            }
            end += 1;
        }
        is_licence(&plain).then_some(end)
    }

    pub(super) fn email(&mut self, at: usize) -> usize {
        let is_local = |byte: &u8| byte.is_ascii_alphanumeric() || b"._%+-".contains(byte);
        let local = self.text[..at]
            .iter()
            .rev()
            .take(65)
            .take_while(|byte| is_local(byte))
            .count();
        // The name and password of an address of the web are no mailbox.
        let before = &self.text[..at - local];
        let is_login =
            before.ends_with(b"/") || before.ends_with(b":") && !before.ends_with(b"mailto:");
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
        let fits = !is_login
            && (1..=64).contains(&local)
            && last.len() < domain.len()
            && (2..=18).contains(&last.len())
            && last.iter().all(u8::is_ascii_alphabetic)
            && domain.first() != Some(&b'.');
        if fits {
            self.count(Personal::Email, at - local, at + 1 + domain.len());
        }
        at + 1 + length
    }

    /// Looks at the word around a colon: an IPv6 address, if it reads as one and tells enough.
    pub(super) fn colon(&mut self, at: usize) -> usize {
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
            self.count(Personal::Ipv6, start, start + word.len());
            return end.max(at + 1);
        }
        at + 1
    }
}

/// Whether a word looks like a name: a capital letter and small ones.
fn is_proper(word: &[u8]) -> bool {
    word.len() > 1 && word[0].is_ascii_uppercase() && word[1..].iter().all(u8::is_ascii_lowercase)
}

/// Fields whose value is the name of a person.
const FIELDS: &[&str] = &[
    "name",
    "patient",
    "customer",
    "employee",
    "contact",
    "author",
    "signed",
    "attn",
    "manager",
    "owner",
    "holder",
    "recipient",
    "approver",
    "reviewer",
    "from",
    "cc",
    "beneficiary",
    "insured",
    "member",
    "client",
    "tenant",
];
/// Words before a name whose family name is known.
const BEFORE: &[&str] = &[
    "by", "with", "for", "and", "to", "from", "name", "is", "called", "regards,", "contact", "ask",
    "told", "met", "patient", "employee", "customer", "of",
];

/// The forms of licences of the states of the US, put together: up to three letters and digits. Washington's begin
/// with letters of the name; those of all digits are told with the numbers.
fn is_licence(plain: &[u8]) -> bool {
    let letters = plain
        .iter()
        .take_while(|byte| byte.is_ascii_uppercase())
        .count();
    let rest = &plain[letters..];
    let digits = rest.iter().take_while(|byte| byte.is_ascii_digit()).count();
    let after = rest.len() - digits;
    match (letters, digits, after) {
        (1, 5..=14, 0) | (2, 3..=7, 0) | (3, 6, 0) => true,
        // Idaho, Missouri, and the letter that Vermont may put last.
        (2, 6, 1) | (0, 7..=9, 1) | (0, 8, 2) => rest[digits..].iter().all(u8::is_ascii_uppercase),
        // Iowa, New Hampshire, Kansas.
        (0, 2..=3, 7..=8) | (1, 1, 3) => {
            let signs = rest[digits..].iter().map(u8::is_ascii_digit);
            let shape: Vec<bool> = signs.collect();
            matches!(
                &shape[..],
                [false, false, true, true, true, true]
                    | [false, false, false, true, true, true, true, true]
                    | [false, true, false]
            )
        }
        _ => plain.len() == 12 && plain.starts_with(b"WDL"),
    }
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
