//! What a configuration item says, borrowed from its text: in one quick pass, or as `serde_json` reads it.

use std::borrow::Cow;
use std::fmt;

use serde::de::{IgnoredAny, MapAccess, Visitor};
use serde::{Deserialize, Deserializer};
use serde_json::value::RawValue;

use crate::evidence::lenient;
use crate::evidence::skim::{Skim, Skimmed};

/// What an item says, borrowed from its text.
#[derive(Debug, Default, PartialEq)]
pub(super) struct Wire<'a> {
    pub(super) account: Cow<'a, str>,
    pub(super) region: Cow<'a, str>,
    pub(super) zone: Cow<'a, str>,
    pub(super) kind: Cow<'a, str>,
    pub(super) id: Cow<'a, str>,
    pub(super) name: Cow<'a, str>,
    pub(super) arn: Cow<'a, str>,
    pub(super) status: Cow<'a, str>,
    pub(super) frequency: Cow<'a, str>,
    // Values as they stand in the item.
    pub(super) state: Option<&'a str>,
    pub(super) captured: Option<&'a str>,
    pub(super) created: Option<&'a str>,
    pub(super) delivered: Option<&'a str>,
    pub(super) tags: Option<&'a str>,
    pub(super) relations: Option<&'a str>,
    pub(super) configuration: Option<&'a str>,
    pub(super) supplementary: Option<&'a str>,
}

/// Where the value of a field goes.
enum Slot<'w, 'a> {
    Text(&'w mut Cow<'a, str>),
    Raw(&'w mut Option<&'a str>),
}

/// The longest name of a field that is wanted.
const LONGEST_NAME: usize = 32;

impl<'a> Wire<'a> {
    /// Reads an item's text.
    ///
    /// # Errors
    /// Where it is no JSON, or no object.
    pub(super) fn read(raw: &'a str) -> Result<Self, serde_json::Error> {
        let mut skim = Skim::new(raw);
        match Self::skim(&mut skim) {
            Some(wire) if skim.peek().is_none() => Ok(wire),
            _ => serde_json::from_str(raw),
        }
    }

    /// Which slot takes the field of a name, in any dialect's spelling.
    fn slot(&mut self, name: &str) -> Option<Slot<'_, 'a>> {
        let mut lower = [0; LONGEST_NAME];
        let lower = lower.get_mut(..name.len())?;
        lower.copy_from_slice(name.as_bytes());
        lower.make_ascii_lowercase();
        Some(match &*lower {
            b"awsaccountid" | b"accountid" => Slot::Text(&mut self.account),
            b"awsregion" => Slot::Text(&mut self.region),
            b"availabilityzone" | b"availibilityzone" => Slot::Text(&mut self.zone),
            b"resourcetype" => Slot::Text(&mut self.kind),
            b"resourceid" => Slot::Text(&mut self.id),
            b"resourcename" => Slot::Text(&mut self.name),
            b"arn" => Slot::Text(&mut self.arn),
            b"configurationitemstatus" | b"configurationitemstate" => Slot::Text(&mut self.status),
            b"recordingfrequency" => Slot::Text(&mut self.frequency),
            b"configurationstateid" => Slot::Raw(&mut self.state),
            b"configurationitemcapturetime" => Slot::Raw(&mut self.captured),
            b"resourcecreationtime" => Slot::Raw(&mut self.created),
            b"configurationitemdeliverytime" => Slot::Raw(&mut self.delivered),
            b"tags" => Slot::Raw(&mut self.tags),
            b"relationships" => Slot::Raw(&mut self.relations),
            b"configuration" => Slot::Raw(&mut self.configuration),
            b"supplementaryconfiguration" => Slot::Raw(&mut self.supplementary),
            _ => return None,
        })
    }
}

/// Where two spellings of a field stand side by side, the first that says something counts.
fn keep_first<'a>(slot: &mut Cow<'a, str>, value: Cow<'a, str>) {
    if slot.is_empty() {
        *slot = value;
    }
}

impl<'a> Skimmed<'a> for Wire<'a> {
    fn skim(skim: &mut Skim<'a>) -> Option<Self> {
        if skim.peek()? != b'{' {
            return None;
        }
        let mut wire = Wire::default();
        skim.fields(|skim, name| {
            match wire.slot(name) {
                Some(Slot::Text(slot)) => keep_first(slot, skim.text()?),
                Some(Slot::Raw(slot)) => {
                    let value = skim.raw()?;
                    slot.get_or_insert(value);
                }
                None => skim.skip()?,
            }
            Some(())
        })?;
        Some(wire)
    }
}

impl<'de: 'a, 'a> Deserialize<'de> for Wire<'a> {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        struct Fields;
        impl<'de> Visitor<'de> for Fields {
            type Value = Wire<'de>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a configuration item")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut fields: A) -> Result<Wire<'de>, A::Error> {
                let mut wire = Wire::default();
                while let Some(lenient::Text(name)) = fields.next_key()? {
                    match wire.slot(&name) {
                        Some(Slot::Text(slot)) => {
                            let lenient::Text(value) = fields.next_value()?;
                            keep_first(slot, value);
                        }
                        Some(Slot::Raw(slot)) => {
                            let value: &RawValue = fields.next_value()?;
                            slot.get_or_insert(value.get());
                        }
                        None => {
                            fields.next_value::<IgnoredAny>()?;
                        }
                    }
                }
                Ok(wire)
            }
        }
        from.deserialize_map(Fields)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_quick_way_agrees_with_serde() {
        let values = [
            "\"x\"",
            "\"\\u00e9\"",
            "3",
            "1e3",
            "null",
            "{\"a\":[1,{}]}",
            "[\"a\"]",
            "tru",
        ];
        let names = [
            "ARN",
            "arn",
            "resourceType",
            "ResourceId",
            "configuration",
            "tags",
            "configurationStateId",
            "\\u0061rn",
            "else",
        ];
        let mut texts = vec!["3".to_owned(), "[]".to_owned(), "{}".to_owned()];
        for name in names {
            for other in names {
                for (at, value) in values.iter().enumerate() {
                    let next = values[(at + 1) % values.len()];
                    texts.push(format!("{{\"{name}\":{value},\"{other}\": {next}}}"));
                }
            }
        }
        let mut quick = 0;
        for text in texts {
            let mut skim = Skim::new(&text);
            let Some(wire) = Wire::skim(&mut skim) else {
                continue;
            };
            quick += 1;
            let careful = serde_json::from_str::<Wire<'_>>(&text).ok();
            assert_eq!(Some(wire), careful, "{text}");
        }
        assert!(quick > 200, "{quick}");
    }
}
