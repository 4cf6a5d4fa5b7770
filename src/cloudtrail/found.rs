//! Names and ARNs, found wherever they stand in request parameters.

use std::borrow::Cow;
use std::fmt;

use serde::de::{DeserializeSeed, IgnoredAny, MapAccess, SeqAccess, Visitor};
use serde::{Deserialize, Deserializer};

use crate::evidence::lenient::{Text, ignore};

/// Names and ARNs that are kept of one record.
pub(super) const MOST_RESOURCES: usize = 16;
/// Bytes of a name; a longer one is no name.
const LONGEST_NAME: usize = 1_024;
/// How deep request parameters are searched for names.
const DEEPEST: usize = 5;

/// Names and ARNs, found wherever they stand in a value.
#[derive(Default)]
pub(super) struct Found<'a>(pub(super) Vec<Cow<'a, str>>);

impl<'de: 'a, 'a> Deserialize<'de> for Found<'a> {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        let mut found = Vec::new();
        let search = Search {
            found: &mut found,
            takes: false,
            depth: 0,
        };
        search.deserialize(from)?;
        Ok(Found(found))
    }
}

struct Search<'f, 'a> {
    found: &'f mut Vec<Cow<'a, str>>,
    /// Whether a text that stands here is a name.
    takes: bool,
    depth: usize,
}

impl<'a> Search<'_, 'a> {
    fn take(&mut self, text: Cow<'a, str>) {
        let is_name = self.takes || text.starts_with("arn:");
        let fits = !text.is_empty() && text.len() <= LONGEST_NAME;
        if is_name && fits && self.found.len() < MOST_RESOURCES && !self.found.contains(&text) {
            self.found.push(text);
        }
    }
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
    fn visit_borrowed_str<E>(mut self, text: &'de str) -> Result<(), E> {
        self.take(Cow::Borrowed(text));
        Ok(())
    }
    fn visit_str<E>(mut self, text: &str) -> Result<(), E> {
        self.take(Cow::Owned(text.to_owned()));
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
