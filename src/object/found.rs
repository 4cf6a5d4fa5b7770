//! What was found in an object, piece by piece, for a person who asks: read again from the file, since readers hand
//! on counts alone.

use super::personal::{self, Personal};
use super::search;
use super::tables::Way;
use super::{FAR, content_type};
use crate::document;
use crate::order::sorted;
use crate::secret::{self, Piece, mask};

/// Pieces that are told of one object.
const MOST: usize = 2_000;

/// What is found in an object, by place; of documents in their text. Says too whether there is more.
pub fn found(content: &[u8]) -> (Vec<Piece>, bool) {
    let document = document::read(content);
    let text = match &document {
        Some(document) => document.text.as_bytes(),
        None if content_type::is_text(content) => content,
        None => return (Vec::new(), false),
    };
    let text = &text[..text.len().min(FAR)];
    let (places, more) = places(text);
    let (mut line, mut seen) = (1, 0);
    let piece = |(kind, at, end, cover): (&'static str, usize, usize, Cover)| {
        line += text[seen..at].iter().filter(|&&byte| byte == b'\n').count() as u32;
        seen = at;
        let value = String::from_utf8_lossy(text.get(at..end).unwrap_or_default()).into_owned();
        Piece {
            kind: kind.to_owned(),
            place: format!("line {line}"),
            masked: cover.cover(&value),
            value,
        }
    };
    (places.into_iter().map(piece).collect(), more)
}

/// The beginning of an object as it is shown unless somebody asks for its values: what is found in it is covered; `None` where
/// that is nothing.
pub fn covered(text: &str) -> Option<String> {
    let (places, more) = places(text.as_bytes());
    let mut spans = places.iter().map(|&(_, at, end, _)| (at, end)).enumerate();
    let cover = |place: usize, value: &str| places[place].3.cover(value);
    let out = secret::cover::places_in(text, &mut spans, more, &cover);
    let out = secret::cover::lines(&out).unwrap_or(out);
    (out != text).then_some(out)
}

/// What is found in a text, by place, and whether there is more.
fn places(text: &[u8]) -> (Vec<(&'static str, usize, usize, Cover)>, bool) {
    let mut places: Vec<(&'static str, usize, usize, Cover)> = Vec::new();
    let found = search::search(text);
    let mut told = |kind: Personal, at: usize, end: usize| {
        if places.len() <= MOST {
            places.push((kind.label(), at, end, Cover::of(kind)));
        }
    };
    personal::count(text, &found, Some(&mut told));
    for rule in secret::rules() {
        let left = (2 * MOST).saturating_sub(places.len());
        let all = rule.places(text, left.min(MOST)).into_iter();
        places.extend(all.map(|(at, length)| (rule.name, at, at + length, Cover::Secret)));
    }
    for (row, _) in &found.patterns {
        let row = &Way::Regex.rows()[usize::from(*row)];
        let left = (2 * MOST).saturating_sub(places.len());
        let all = search::secrets(row, text, left.min(MOST)).into_iter();
        places.extend(all.map(|(at, end)| (row.name, at, end, Cover::Secret)));
    }
    let mut places = sorted(places, |a, b| (a.1, a.2).cmp(&(b.1, b.2)));
    places.dedup_by_key(|place| (place.1, place.2));
    let more = places.len() > MOST;
    places.truncate(MOST);
    (places, more)
}

/// How a value is covered.
#[derive(Clone, Copy)]
enum Cover {
    Secret,
    Initials,
    Email,
    /// All but the last signs.
    ButLast(usize),
}

impl Cover {
    fn of(kind: Personal) -> Self {
        match kind {
            Personal::AccessKey => Cover::Secret,
            Personal::Name | Personal::Address | Personal::Health => Cover::Initials,
            Personal::Email => Cover::Email,
            Personal::Card | Personal::National | Personal::Licence => Cover::ButLast(4),
            Personal::Birth => Cover::ButLast(0),
            Personal::Ipv4 | Personal::Ipv6 => Cover::ButLast(2),
        }
    }

    fn cover(self, value: &str) -> String {
        match self {
            Cover::Secret => mask::secret(value),
            Cover::Initials => mask::initials(value),
            Cover::Email => mask::email(value),
            Cover::ButLast(count) => mask::but_last(value, count),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tells_what_stands_where_and_covers_it() {
        let text = "Patient: Alice Walker takes metformin\ncard 4539 1488 0343 6467\nkey AKIAQ3EGRFSOTVBNAB2C\n";
        let (pieces, more) = found(text.as_bytes());
        assert!(!more);
        let told: Vec<_> = pieces
            .iter()
            .map(|piece| {
                (
                    piece.kind.as_str(),
                    piece.place.as_str(),
                    piece.masked.as_str(),
                )
            })
            .collect();
        assert_eq!(
            told,
            [
                ("Full names", "line 1", "A•••• W•••••"),
                ("Protected health information", "line 1", "m••••••••"),
                ("Credit card numbers", "line 2", "•••• •••• •••• 6467"),
                (
                    "AWS access key ID",
                    "line 3",
                    "AKIA•••••••• (20 characters)"
                ),
            ]
        );
        assert_eq!(pieces[2].value, "4539 1488 0343 6467");
        assert_eq!(found(&[0, 1, 2, 3]), (Vec::new(), false));
        assert_eq!(
            covered(text).as_deref(),
            Some(
                "Patient: A•••• W••••• takes m••••••••\ncard •••• •••• •••• 6467\nkey AKIA•••••••• (20 characters)\n"
            )
        );
        assert_eq!(covered("nothing to hide\n"), None);
        let shown =
            covered("Account: heroku\nHEROKU_API_KEY=0f1e2d3c-4b5a-6978-8796-a5b4c3d2e1f0\n")
                .expect("a key");
        assert!(!shown.contains("4b5a"), "{shown}");
        let hash = "$6$rounds$ZmFrZWZha2VmYWtl";
        for (text, value) in [
            (format!("root:{hash}:19000:0:99999:7:::\n").repeat(5), hash),
            (
                "\"Account\",\"Login Name\",\"Password\",\"Web Site\",\"Comments\"\n\"Mail\",\"alice\",\"hunter2-x\",\"\",\"\"\n".to_owned(),
                "hunter2-x",
            ),
            (
                format!("bob:1001:{}:{}:[U          ]:LCT-5A2B3C4D:\n", "X".repeat(32), "0123456789ABCDEF".repeat(2)),
                "0123456789ABCDEF",
            ),
            (
                "PuTTY-User-Key-File-2: ssh-rsa\nEncryption: none\nPrivate-Lines: 2\nAAAAgQDfirst\nAAAAsecond==\nPrivate-MAC: 0a1b\n".to_owned(),
                "AAAAsecond",
            ),
        ] {
            let shown = covered(&text).expect("something to cover");
            assert!(text.contains(value) && !shown.contains(value), "{shown}");
            let (pieces, _) = found(text.as_bytes());
            assert!(pieces.iter().any(|piece| piece.value.contains(value)), "{value}");
        }
        let many = "card 4539 1488 0343 6467\n".repeat(MOST + 9);
        assert!(!covered(&many).expect("cards").contains("4539"));
        // What readers count and what is told to a person come of the same pass.
        let object = super::super::classify("x.txt", text.as_bytes(), None);
        assert_eq!(object.personal.iter().sum::<u32>(), 4);
    }
}
