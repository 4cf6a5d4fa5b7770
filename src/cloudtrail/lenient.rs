//! Fields of records that may hold anything: what is not of the wanted type counts as absent, in one pass.

use std::borrow::Cow;
use std::fmt;

use serde::de::{DeserializeSeed, IgnoredAny, MapAccess, SeqAccess, Visitor};
use serde::{Deserialize, Deserializer};

/// Names and ARNs that are kept of one record.
pub(super) const MOST_RESOURCES: usize = 16;
/// Bytes of a name; a longer one is no name.
const LONGEST_NAME: usize = 1_024;
/// How deep request parameters are searched for names.
const DEEPEST: usize = 4;

/// A text without a copy, where it has no escapes; any other value counts as absent.
#[derive(Default)]
pub(super) struct Text<'a>(pub(super) Cow<'a, str>);

/// An object; any other value counts as absent.
#[derive(Default)]
pub(super) struct Object<T>(pub(super) T);

/// True or false, also as a text, as some outputs have it.
#[derive(Default)]
pub(super) struct Flag(pub(super) Option<bool>);

macro_rules! ignore {
    () => {
        fn visit_bool<E>(self, _: bool) -> Result<Self::Value, E> {
            Ok(Self::Value::default())
        }
        ignore!(numbers);
    };
    (numbers) => {
        fn visit_i64<E>(self, _: i64) -> Result<Self::Value, E> {
            Ok(Self::Value::default())
        }
        fn visit_u64<E>(self, _: u64) -> Result<Self::Value, E> {
            Ok(Self::Value::default())
        }
        fn visit_f64<E>(self, _: f64) -> Result<Self::Value, E> {
            Ok(Self::Value::default())
        }
        fn visit_unit<E>(self) -> Result<Self::Value, E> {
            Ok(Self::Value::default())
        }
    };
    (lists) => {
        fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Self::Value, A::Error> {
            while items.next_element::<IgnoredAny>()?.is_some() {}
            Ok(Self::Value::default())
        }
    };
    (objects) => {
        fn visit_map<A: MapAccess<'de>>(self, mut fields: A) -> Result<Self::Value, A::Error> {
            while fields.next_entry::<IgnoredAny, IgnoredAny>()?.is_some() {}
            Ok(Self::Value::default())
        }
    };
    (texts) => {
        fn visit_str<E>(self, _: &str) -> Result<Self::Value, E> {
            Ok(Self::Value::default())
        }
    };
}

impl<'de: 'a, 'a> Deserialize<'de> for Text<'a> {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        struct Reads;
        impl<'de> Visitor<'de> for Reads {
            type Value = Text<'de>;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("any value")
            }
            fn visit_borrowed_str<E>(self, text: &'de str) -> Result<Self::Value, E> {
                Ok(Text(Cow::Borrowed(text)))
            }
            fn visit_str<E>(self, text: &str) -> Result<Self::Value, E> {
                Ok(Text(Cow::Owned(text.to_owned())))
            }
            ignore!();
            ignore!(lists);
            ignore!(objects);
        }
        from.deserialize_any(Reads)
    }
}

impl<'de> Deserialize<'de> for Flag {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        struct Reads;
        impl<'de> Visitor<'de> for Reads {
            type Value = Flag;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("any value")
            }
            fn visit_bool<E>(self, value: bool) -> Result<Flag, E> {
                Ok(Flag(Some(value)))
            }
            fn visit_str<E>(self, text: &str) -> Result<Flag, E> {
                Ok(Flag(match text {
                    "true" | "Yes" => Some(true),
                    "false" | "No" => Some(false),
                    _ => None,
                }))
            }
            ignore!(numbers);
            ignore!(lists);
            ignore!(objects);
        }
        from.deserialize_any(Reads)
    }
}

impl<'de, T: Deserialize<'de> + Default> Deserialize<'de> for Object<T> {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        struct Reads<T>(std::marker::PhantomData<T>);
        impl<'de, T: Deserialize<'de> + Default> Visitor<'de> for Reads<T> {
            type Value = Object<T>;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("any value")
            }
            fn visit_map<A: MapAccess<'de>>(self, fields: A) -> Result<Self::Value, A::Error> {
                T::deserialize(serde::de::value::MapAccessDeserializer::new(fields)).map(Object)
            }
            ignore!();
            ignore!(lists);
            ignore!(texts);
        }
        from.deserialize_any(Reads(std::marker::PhantomData))
    }
}

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
