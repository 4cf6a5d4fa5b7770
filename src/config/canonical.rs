//! When two configurations are the same: JSON within texts is taken for what it says, wrappers around a
//! value do not count, and neither does the order of a list (observed: AWS's own diffs treat lists as sets).

use std::hash::BuildHasher as _;

use foldhash::quality::FixedState;
use serde::Deserializer;
use serde::de::{DeserializeSeed, IgnoredAny, MapAccess, SeqAccess, Visitor};
use serde_json::{Map, Value};
use std::fmt;

use crate::evidence::skim::{self, Skim};
use crate::order::Gather as _;
use crate::percent;

/// How deep JSON within JSON is followed.
const DEEPEST: u8 = 4;
/// Whether a name wraps what stands under it, as some versions of an item do: `{"value":"Active"}`,
/// `{"struct":{"name":…}}`.
fn wraps(name: &str, is_container: bool) -> bool {
    matches!(
        (name, is_container),
        ("value" | "string", false) | ("struct", true)
    )
}

/// The JSON that a text holds: as it stands (bucket policies, API outputs), or percent-encoded (IAM
/// documents). `None` for any other text.
pub fn embedded(text: &str) -> Option<String> {
    let text = text.trim();
    let holds = |text: &str| {
        text.starts_with(['{', '[']) && serde_json::from_str::<IgnoredAny>(text).is_ok()
    };
    if holds(text) {
        return Some(text.to_owned());
    }
    // Encoded twice, as policies of functions are.
    if text.starts_with("\"{") || text.starts_with("\"[") {
        return embedded(&serde_json::from_str::<String>(text).ok()?);
    }
    let head = text.get(..3)?;
    if head.eq_ignore_ascii_case("%7b") || head.eq_ignore_ascii_case("%5b") {
        let decoded = percent::decoded(text)?;
        return holds(decoded.trim()).then_some(decoded);
    }
    None
}

/// A value with all JSON within texts decoded and wrappers taken away, for people and for comparing.
pub fn decoded(value: Value) -> Value {
    decode(value, DEEPEST)
}

fn decode(value: Value, left: u8) -> Value {
    match value {
        Value::String(text) => {
            let inner = if left == 0 { None } else { embedded(&text) };
            match inner.and_then(|inner| serde_json::from_str(&inner).ok()) {
                Some(inner) => decode(inner, left - 1),
                None => Value::String(text),
            }
        }
        Value::Array(items) => items.into_iter().map(|item| decode(item, left)).collect(),
        Value::Object(fields) => {
            let fields = fields
                .into_iter()
                .map(|(name, value)| (name, decode(value, left)));
            let fields: Map<_, _> = fields.gathered();
            let wraps = fields.len() == 1
                && fields.iter().all(|(name, value)| {
                    let is_container = value.is_object() || value.is_array();
                    wraps(name, is_container)
                });
            if wraps {
                fields
                    .into_iter()
                    .next()
                    .map_or(Value::Null, |(_, value)| value)
            } else {
                Value::Object(fields)
            }
        }
        other => other,
    }
}

/// A number that is equal for equal configurations. `state` is keyed by a secret of the session, so that
/// nobody can make two configurations look alike.
pub fn print(json: &str, state: &FixedState) -> u64 {
    let seed = Print {
        state,
        left: DEEPEST,
    };
    // What is no JSON is compared as it stands.
    seed.json(json)
        .map_or_else(|| state.hash_one(json), |(print, _)| print)
}

#[derive(Clone, Copy)]
struct Print<'s> {
    state: &'s FixedState,
    /// How deep JSON within JSON is still followed.
    left: u8,
}

/// The number, and whether the value is a container.
type Printed = (u64, bool);

impl Print<'_> {
    /// Of a whole text; `None` where it is no JSON.
    fn json(self, json: &str) -> Option<Printed> {
        let mut skim = Skim::new(json);
        match self.skim(&mut skim, skim::DEEPEST) {
            Some(print) if skim.peek().is_none() => Some(print),
            _ => {
                let mut from = serde_json::Deserializer::from_str(json);
                self.deserialize(&mut from).ok()
            }
        }
    }

    /// The quick way: `None` where it does not know. `levels` may follow.
    fn skim(self, skim: &mut Skim<'_>, levels: u32) -> Option<Printed> {
        match skim.peek()? {
            b'"' => Some(self.text(&skim.text()?)),
            b'{' => {
                let levels = levels.checked_sub(1)?;
                let mut all = Fields::default();
                skim.fields(|skim, name| {
                    let printed = self.skim(skim, levels)?;
                    all.add(self, name, printed);
                    Some(())
                })?;
                Some(all.end(self))
            }
            b'[' => {
                let levels = levels.checked_sub(1)?;
                let mut all = Items::default();
                skim.items(|skim| {
                    let (print, _) = self.skim(skim, levels)?;
                    all.add(self, print);
                    Some(())
                })?;
                Some(all.end(self))
            }
            b't' | b'f' => Some(self.plain(2, skim.truth()?)),
            b'n' => skim.skip().map(|()| self.plain(0, ())),
            _ => {
                let number = skim.raw()?;
                if let Ok(whole) = number.parse::<i64>() {
                    // serde_json takes it for a fraction.
                    return (number != "-0").then(|| self.plain(3, i128::from(whole)));
                }
                let fraction: f64 = number.parse().ok()?;
                Some(self.plain(4, fraction.to_bits()))
            }
        }
    }

    fn plain(self, tag: u8, value: impl std::hash::Hash) -> Printed {
        (self.state.hash_one((tag, value)), false)
    }

    fn text(self, text: &str) -> Printed {
        let inner = if self.left == 0 { None } else { embedded(text) };
        match inner {
            Some(inner) => {
                let deeper = Print {
                    left: self.left - 1,
                    ..self
                };
                deeper.json(&inner).unwrap_or_else(|| self.plain(1, text))
            }
            None => self.plain(1, text),
        }
    }
}

/// The items of a list so far. A sum does not mind the order; each part is mixed again, so that parts cannot cancel out.
#[derive(Default)]
struct Items {
    sum: u64,
    count: u64,
}

impl Items {
    fn add(&mut self, by: Print<'_>, print: u64) {
        self.sum = self.sum.wrapping_add(by.state.hash_one((5_u8, print)));
        self.count += 1;
    }

    fn end(self, by: Print<'_>) -> Printed {
        (by.state.hash_one((6_u8, self.sum, self.count)), true)
    }
}

/// The fields of an object so far.
#[derive(Default)]
struct Fields {
    sum: u64,
    count: u64,
    /// The last one's value, if its name says that it only wraps.
    wrapped: Option<Printed>,
}

impl Fields {
    fn add(&mut self, by: Print<'_>, name: &str, (print, is_container): Printed) {
        self.wrapped = wraps(name, is_container).then_some((print, is_container));
        let print = by.state.hash_one((7_u8, name, print));
        self.sum = self.sum.wrapping_add(print);
        self.count += 1;
    }

    fn end(self, by: Print<'_>) -> Printed {
        match self.wrapped {
            Some(inner) if self.count == 1 => inner,
            _ => (by.state.hash_one((8_u8, self.sum, self.count)), true),
        }
    }
}

impl<'de> DeserializeSeed<'de> for Print<'_> {
    type Value = Printed;
    fn deserialize<D: Deserializer<'de>>(self, from: D) -> Result<Printed, D::Error> {
        from.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Print<'_> {
    type Value = Printed;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("any value")
    }
    fn visit_unit<E>(self) -> Result<Printed, E> {
        Ok(self.plain(0, ()))
    }
    fn visit_bool<E>(self, value: bool) -> Result<Printed, E> {
        Ok(self.plain(2, value))
    }
    fn visit_u64<E>(self, value: u64) -> Result<Printed, E> {
        Ok(self.plain(3, i128::from(value)))
    }
    fn visit_i64<E>(self, value: i64) -> Result<Printed, E> {
        Ok(self.plain(3, i128::from(value)))
    }
    fn visit_f64<E>(self, value: f64) -> Result<Printed, E> {
        Ok(self.plain(4, value.to_bits()))
    }
    fn visit_str<E>(self, text: &str) -> Result<Printed, E> {
        Ok(self.text(text))
    }
    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Printed, A::Error> {
        let mut all = Items::default();
        while let Some((print, _)) = items.next_element_seed(self)? {
            all.add(self, print);
        }
        Ok(all.end(self))
    }
    fn visit_map<A: MapAccess<'de>>(self, mut fields: A) -> Result<Printed, A::Error> {
        let mut all = Fields::default();
        while let Some(name) = fields.next_key::<std::borrow::Cow<'_, str>>()? {
            let printed = fields.next_value_seed(self)?;
            all.add(self, &name, printed);
        }
        Ok(all.end(self))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn of(json: &str) -> u64 {
        print(json, &FixedState::with_seed(7))
    }

    #[test]
    fn form_does_not_count_and_content_does() {
        let plain = of(r#"{"a":[1,2],"p":{"x":"y"},"s":"Active"}"#);
        assert_eq!(
            plain,
            of(r#"{ "s":"Active","p":"{\"x\": \"y\"}","a":[2,1] }"#)
        );
        assert_eq!(
            plain,
            of(r#"{"s":{"value":"Active"},"p":"%7B%22x%22%3A%22y%22%7D","a":[1,2]}"#)
        );
        assert_eq!(
            of(r#"{"state":{"struct":{"name":"on"}}}"#),
            of(r#"{"state":{"name":"on"}}"#)
        );
        assert_ne!(plain, of(r#"{"a":[1,2,2],"p":{"x":"y"},"s":"Active"}"#));
        assert_ne!(plain, of(r#"{"a":[1,2],"p":{"x":"z"},"s":"Active"}"#));
        assert_ne!(of("[[1],[2]]"), of("[[1,2]]"));
        assert_ne!(of("1"), of("\"1\""));
        assert_ne!(of("{}"), of("[]"));
    }

    fn any_value() -> impl Strategy<Value = String> {
        let leaf = prop_oneof![
            "[ -~é]{0,12}".prop_map(|text| Value::String(text).to_string()),
            prop::sample::select(vec![
                "0",
                "-0",
                "-0.0",
                "7",
                "-7",
                "1.5",
                "0.1",
                "1e3",
                "123456789012345",
                "12345678901234567890",
                "true",
                "null",
                "\"{\\\"a\\\":1}\"",
                "x"
            ])
            .prop_map(str::to_owned),
        ];
        leaf.prop_recursive(4, 40, 6, |inner| {
            prop_oneof![
                prop::collection::vec(inner.clone(), 0..4)
                    .prop_map(|all| format!("[{}]", all.join(","))),
                prop::collection::vec(
                    (
                        prop::sample::select(vec!["a", "value", "struct", "\\u0061"]),
                        inner
                    ),
                    0..4
                )
                .prop_map(|all| {
                    let fields = all.iter().map(|(key, value)| format!("\"{key}\": {value}"));
                    format!("{{{}}}", fields.collect::<Vec<_>>().join(","))
                }),
            ]
        })
    }

    proptest! {
        #[test]
        fn the_quick_way_agrees_with_serde(json in any_value()) {
            let state = FixedState::with_seed(7);
            let by = Print { state: &state, left: DEEPEST };
            let mut skim = Skim::new(&json);
            if let Some(quick) = by.skim(&mut skim, skim::DEEPEST) {
                let careful = by.deserialize(&mut serde_json::Deserializer::from_str(skim.since(0)));
                prop_assert_eq!(Some(quick), careful.ok());
            }
        }

        #[test]
        fn printing_agrees_with_decoding(text in "[ -~]{0,60}") {
            let value = Value::String(text);
            let written = value.to_string();
            prop_assert_eq!(of(&written), of(&decoded(value).to_string()));
        }
    }
}
