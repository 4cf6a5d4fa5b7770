//! Fields that may hold anything: what is not of the wanted type counts as absent, in one pass.

use std::borrow::Cow;
use std::fmt;

use serde::de::{Error, MapAccess, Visitor};
use serde::{Deserialize, Deserializer};
use serde_json::value::RawValue;

use super::skim::{Skim, Skimmed};

/// A text without a copy, where it has no escapes; any other value counts as absent.
#[derive(Default)]
pub struct Text<'a>(pub Cow<'a, str>);

/// An object; any other value counts as absent.
#[derive(Default)]
pub struct Object<T>(pub T);

/// True or false, also as a text, as some outputs have it.
#[derive(Default)]
pub struct Flag(pub Option<bool>);

/// A number that is not negative, also one written with a fraction; any other value counts as absent.
#[derive(Default)]
pub struct Count(pub Option<u64>);

/// Whether a field is there, whatever it holds.
#[derive(Default)]
pub struct Given(pub bool);

/// A value with its JSON as it stands, which is empty where the field is absent.
#[derive(Default)]
pub struct Spanned<'a, T> {
    /// What was read of it.
    pub value: T,
    /// All of it.
    pub text: &'a str,
}

/// The methods of a visitor to whom values of other types count as absent.
macro_rules! ignore_values {
    () => {
        fn visit_bool<E>(self, _: bool) -> Result<Self::Value, E> {
            Ok(Self::Value::default())
        }
        $crate::evidence::lenient::ignore!(numbers);
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
        fn visit_seq<A: serde::de::SeqAccess<'de>>(
            self,
            mut items: A,
        ) -> Result<Self::Value, A::Error> {
            while items.next_element::<serde::de::IgnoredAny>()?.is_some() {}
            Ok(Self::Value::default())
        }
    };
    (objects) => {
        fn visit_map<A: serde::de::MapAccess<'de>>(
            self,
            mut fields: A,
        ) -> Result<Self::Value, A::Error> {
            while fields
                .next_entry::<serde::de::IgnoredAny, serde::de::IgnoredAny>()?
                .is_some()
            {}
            Ok(Self::Value::default())
        }
    };
    (texts) => {
        fn visit_str<E>(self, _: &str) -> Result<Self::Value, E> {
            Ok(Self::Value::default())
        }
    };
}

pub(crate) use ignore_values as ignore;

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

impl<'de> Deserialize<'de> for Count {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        struct Reads;
        impl<'de> Visitor<'de> for Reads {
            type Value = Option<u64>;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("any value")
            }
            fn visit_bool<E>(self, _: bool) -> Result<Self::Value, E> {
                Ok(None)
            }
            fn visit_u64<E>(self, number: u64) -> Result<Self::Value, E> {
                Ok(Some(number))
            }
            fn visit_i64<E>(self, _: i64) -> Result<Self::Value, E> {
                Ok(None)
            }
            fn visit_f64<E>(self, number: f64) -> Result<Self::Value, E> {
                // CloudTrail writes counts of bytes as `4096.0`.
                Ok((0.0..9e15).contains(&number).then_some(number as u64))
            }
            fn visit_unit<E>(self) -> Result<Self::Value, E> {
                Ok(None)
            }
            ignore!(texts);
            ignore!(lists);
            ignore!(objects);
        }
        from.deserialize_any(Reads).map(Count)
    }
}

impl<'de> Deserialize<'de> for Given {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        serde::de::IgnoredAny::deserialize(from).map(|_| Given(true))
    }
}

/// True or false as a text.
fn said(text: &str) -> Option<bool> {
    match text {
        "true" | "Yes" => Some(true),
        "false" | "No" => Some(false),
        _ => None,
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
                Ok(Flag(said(text)))
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

impl<'de: 'a, 'a, T: Deserialize<'de>> Deserialize<'de> for Spanned<'a, T> {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        let text = <&'de RawValue>::deserialize(from)?.get();
        let value = serde_json::from_str(text).map_err(Error::custom)?;
        Ok(Spanned { value, text })
    }
}

impl<'a, T: Skimmed<'a>> Skimmed<'a> for Spanned<'a, T> {
    fn skim(skim: &mut Skim<'a>) -> Option<Self> {
        skim.peek()?;
        let from = skim.at();
        let value = T::skim(skim)?;
        let text = skim.since(from);
        Some(Spanned { value, text })
    }
}

impl<'a> Skimmed<'a> for Text<'a> {
    fn skim(skim: &mut Skim<'a>) -> Option<Self> {
        skim.text().map(Text)
    }
}

impl Skimmed<'_> for Flag {
    fn skim(skim: &mut Skim<'_>) -> Option<Self> {
        match skim.peek()? {
            b't' | b'f' => skim.truth().map(|value| Flag(Some(value))),
            _ => skim.text().map(|text| Flag(said(&text))),
        }
    }
}

impl Skimmed<'_> for Count {
    fn skim(skim: &mut Skim<'_>) -> Option<Self> {
        let raw = skim.raw()?;
        let is_number = raw.starts_with(|c: char| c == '-' || c.is_ascii_digit());
        if !is_number {
            return Some(Count(None));
        }
        let number: f64 = serde_json::from_str(raw).ok()?;
        Some(Count(
            (0.0..9e15).contains(&number).then_some(number as u64),
        ))
    }
}

impl Skimmed<'_> for Given {
    fn skim(skim: &mut Skim<'_>) -> Option<Self> {
        skim.skip().map(|()| Given(true))
    }
}

impl<'a, T: Skimmed<'a> + Default> Skimmed<'a> for Object<T> {
    fn skim(skim: &mut Skim<'a>) -> Option<Self> {
        match skim.peek()? {
            b'{' => T::skim(skim).map(Object),
            _ => skim.skip().map(|()| Object(T::default())),
        }
    }
}
