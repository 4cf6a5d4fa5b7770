//! Words: names and addresses of people, licences, e-mail and IPv6 addresses.

use std::net::Ipv6Addr;

use super::names::List;
use super::numbers::{HEALTH, LICENCE, Scan};
use super::{DRIVER, Personal, UK_DRIVER};

impl Scan<'_> {
    /// After the number of a house: words, then one for a street.
    pub(super) fn address(&mut self, mut at: usize) {
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
    pub(super) fn capital(&mut self, at: usize) -> usize {
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
        if !List::Given.has(given) {
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
        let known = List::Family.has(family);
        let is_word = List::Words.has(given);
        let is_common = List::Streets.has(&family.to_ascii_lowercase());
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
            self.tally.count(Personal::Email);
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
            self.tally.count(Personal::Ipv6);
            return end.max(at + 1);
        }
        at + 1
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
