//! Names and ARNs, found wherever they stand in request parameters.

use std::borrow::Cow;
use std::fmt;

use serde::de::{DeserializeSeed, IgnoredAny, MapAccess, SeqAccess, Visitor};
use serde::{Deserialize, Deserializer};

use crate::evidence::lenient::{Text, ignore};
use crate::evidence::skim::{Skim, Skimmed};

/// Names and ARNs that are kept of one record.
pub(super) const MOST_RESOURCES: usize = 16;
/// Bytes of a name; a longer one is no name.
const LONGEST_NAME: usize = 1_024;
/// How ARNs begin.
const ARN: &str = "arn:";
/// How deep request parameters are searched for names.
const DEEPEST: usize = 5;

/// Names and ARNs, found wherever they stand in a value.
#[derive(Default)]
pub(super) struct Found<'a>(pub(super) Vec<Cow<'a, str>>);

impl<'de: 'a, 'a> Deserialize<'de> for Found<'a> {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        let mut found = Found::default();
        let search = Search {
            found: &mut found,
            takes: false,
            depth: 0,
        };
        search.deserialize(from)?;
        Ok(found)
    }
}

impl<'a> Found<'a> {
    /// Takes a text that stands under a name, or that is an ARN.
    fn take(&mut self, text: Cow<'a, str>, is_named: bool) {
        let is_name = is_named || text.starts_with(ARN);
        let fits = !text.is_empty() && text.len() <= LONGEST_NAME;
        if is_name && fits && self.0.len() < MOST_RESOURCES && !self.0.contains(&text) {
            self.0.push(text);
        }
    }

    fn search(&mut self, skim: &mut Skim<'a>, is_named: bool, depth: usize) -> Option<()> {
        match skim.peek()? {
            b'"' => {
                // Long texts, policies say, are not decoded to learn that they are no ARN.
                let may_be = |text: &str| {
                    let mut head = text.bytes().take(ARN.len());
                    is_named || text.starts_with(ARN) || head.any(|byte| byte == b'\\')
                };
                let text = skim.text_where(may_be)?;
                self.take(text, is_named);
                Some(())
            }
            b'{' if depth < DEEPEST => {
                skim.fields(|skim, key| self.search(skim, is_name(key), depth + 1))
            }
            b'[' if depth < DEEPEST => skim.items(|skim| self.search(skim, is_named, depth + 1)),
            _ => skim.skip(),
        }
    }
}

impl<'a> Skimmed<'a> for Found<'a> {
    fn skim(skim: &mut Skim<'a>) -> Option<Self> {
        let mut found = Found::default();
        found.search(skim, false, 0)?;
        Some(found)
    }
}

struct Search<'f, 'a> {
    found: &'f mut Found<'a>,
    /// Whether a text that stands here is a name.
    takes: bool,
    depth: usize,
}

impl<'de> DeserializeSeed<'de> for Search<'_, 'de> {
    type Value = ();
    fn deserialize<D: Deserializer<'de>>(self, from: D) -> Result<(), D::Error> {
        from.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Search<'_, 'de> {
    type Value = ();
    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("any value")
    }
    fn visit_borrowed_str<E>(self, text: &'de str) -> Result<(), E> {
        self.found.take(Cow::Borrowed(text), self.takes);
        Ok(())
    }
    fn visit_str<E>(self, text: &str) -> Result<(), E> {
        self.found.take(Cow::Owned(text.to_owned()), self.takes);
        Ok(())
    }
    ignore!();
    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<(), A::Error> {
        let deep = self.depth >= DEEPEST;
        loop {
            let more = if deep {
                items.next_element::<IgnoredAny>()?.map(|_| ())
            } else {
                items.next_element_seed(Search {
                    found: self.found,
                    takes: self.takes,
                    depth: self.depth + 1,
                })?
            };
            if more.is_none() {
                return Ok(());
            }
        }
    }
    fn visit_map<A: MapAccess<'de>>(self, mut fields: A) -> Result<(), A::Error> {
        while let Some(Text(key)) = fields.next_key::<Text<'_>>()? {
            if self.depth >= DEEPEST {
                fields.next_value::<IgnoredAny>()?;
                continue;
            }
            fields.next_value_seed(Search {
                found: self.found,
                takes: is_name(&key),
                depth: self.depth + 1,
            })?;
        }
        Ok(())
    }
}

/// Whether a field of request parameters holds the name of something, by how AWS's APIs call such fields.
fn is_name(key: &str) -> bool {
    let ends = |end: &str| key.len() >= end.len() && key.ends_with(end);
    let is_noise = ends("Token") || ends("RequestId") || ends("ccountId") || ends("VersionId");
    !is_noise
        && (matches!(
            key,
            "key"
                | "name"
                | "id"
                | "resource"
                | "bucket"
                | "keyId"
                | "arn"
                | "ARN"
                | "Arn"
                | "Host"
        ) || ends("Name")
            || ends("Id")
            || ends("Arn")
            || ends("ARN")
            || ends("Ids")
            || ends("Names")
            || ends("Identifier"))
}
