//! One configuration item: three dialects and old spellings in, one form out.
//!
//! Dialects (AWS Config developer guide and API reference): files, streams and rule events say
//! `awsAccountId`, `ARN`, `configurationItemVersion`; the API and the CLI say `accountId`, `arn`, `version`
//! and hold the configuration as a text; advanced queries list tags. The developer guide's older examples
//! spell some names otherwise; they are accepted.

use std::borrow::Cow;

use serde::{Deserialize, Serialize};

use crate::evidence::{json, lenient};
use crate::moment::Moment;
use crate::order::sorted;
use crate::texts::{Held, Text};

use super::kept;
use super::wire::Wire;

/// The state of a resource at a capture, by `configurationItemStatus`.
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize,
)]
pub enum Status {
    /// Captured after a change.
    #[default]
    Ok,
    /// Captured for the first time.
    Discovered,
    /// Its type is not recorded any more.
    NotRecorded,
    /// Deleted.
    Deleted,
    /// Deleted while its type was not recorded.
    DeletedNotRecorded,
    /// Something else, or nothing.
    Unknown,
}

impl Status {
    /// All of them.
    pub const ALL: &[Status] = &[
        Status::Ok,
        Status::Discovered,
        Status::NotRecorded,
        Status::Deleted,
        Status::DeletedNotRecorded,
        Status::Unknown,
    ];

    /// As AWS writes it.
    pub fn name(self) -> &'static str {
        match self {
            Status::Ok => "OK",
            Status::Discovered => "ResourceDiscovered",
            Status::NotRecorded => "ResourceNotRecorded",
            Status::Deleted => "ResourceDeleted",
            Status::DeletedNotRecorded => "ResourceDeletedNotRecorded",
            Status::Unknown => "unknown",
        }
    }

    /// For people.
    pub fn label(self) -> &'static str {
        match self {
            Status::Ok => "OK",
            Status::Discovered => "discovered",
            Status::NotRecorded => "not recorded",
            Status::Deleted => "deleted",
            Status::DeletedNotRecorded => "deleted, not recorded",
            Status::Unknown => "unknown",
        }
    }

    /// Whether the resource is gone.
    pub fn is_deleted(self) -> bool {
        matches!(self, Status::Deleted | Status::DeletedNotRecorded)
    }

    fn read(text: &str) -> Self {
        // The developer guide's oldest examples say `Discovered`.
        let found = Status::ALL.iter().find(|status| status.name() == text);
        found.copied().unwrap_or(match text {
            "Discovered" => Status::Discovered,
            "Deleted" => Status::Deleted,
            _ => Status::Unknown,
        })
    }
}

/// A relationship as an item states it.
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize,
)]
pub struct Relation {
    /// `name` or `relationshipName`, as `Is contained in Vpc`.
    pub name: Text,
    /// `resourceType`.
    pub kind: Text,
    /// `resourceId`; else `resourceName`.
    pub id: Text,
}

/// A configuration item without its configuration, which stays in the file.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Item {
    /// Where it stands in the content of its file, in bytes; of one within a text, where that text stands.
    pub at: u64,
    /// Bytes of it there.
    pub length: u32,
    /// The account.
    pub account: Text,
    /// The region; `global` for resources that belong to none.
    pub region: Text,
    /// The availability zone.
    pub zone: Text,
    /// `resourceType`.
    pub kind: Text,
    /// `resourceId`.
    pub id: Text,
    /// `resourceName`.
    pub name: Text,
    /// The ARN.
    pub arn: Text,
    /// The state of the resource.
    pub status: Status,
    /// `configurationItemCaptureTime`.
    pub captured: Option<Moment>,
    /// Milliseconds of the capture time.
    pub millis: u16,
    /// `configurationStateId`; 0 where it is absent or no number. Orders captures of one moment.
    pub state: u64,
    /// `resourceCreationTime`.
    pub created: Option<Moment>,
    /// `configurationItemDeliveryTime`: of daily recording only.
    pub delivered: Option<Moment>,
    /// `recordingFrequency`.
    pub frequency: Text,
    /// Tags: key and value.
    pub tags: Vec<(Text, Text)>,
    /// Relationships.
    pub relations: Vec<Relation>,
    /// Equal for equal configurations, supplementary ones included; see [`super::canonical::print`].
    pub print: u64,
    /// Values of the configuration that the case needs: path and JSON.
    pub kept: Vec<(Text, Text)>,
    /// Which of its parts it carries.
    pub carries: Carries,
}

/// The parts that an item carries. Summaries of oversized changes have no configuration, results of queries what was
/// asked for, and base items neither relationships nor tags; that says nothing of the resource.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Carries {
    /// The configuration, all of it.
    pub configuration: bool,
    /// Relationships with their names, which results of queries lack.
    pub relations: bool,
    /// Tags.
    pub tags: bool,
}

/// Relationships and tags that are kept of one item.
const MOST: usize = 2_000;

#[derive(Deserialize)]
struct WireRelation<'a> {
    #[serde(default, borrow, alias = "relationshipName")]
    name: lenient::Text<'a>,
    #[serde(default, borrow, rename = "resourceType")]
    kind: lenient::Text<'a>,
    #[serde(default, borrow, rename = "resourceId")]
    id: lenient::Text<'a>,
    #[serde(default, borrow, rename = "resourceName")]
    resource_name: lenient::Text<'a>,
}

#[derive(Deserialize)]
struct WireTag<'a> {
    #[serde(borrow)]
    key: lenient::Text<'a>,
    #[serde(default, borrow)]
    value: lenient::Text<'a>,
}

impl Item {
    /// An item out of what its text says. `at` and `length` say where that stands.
    ///
    /// # Errors
    /// Why it is none, in words: no type and id of a resource.
    pub(super) fn of(
        wire: &Wire<'_>,
        (at, length): (u64, usize),
        held: &mut Held,
        prints: &foldhash::quality::FixedState,
        more: kept::More,
    ) -> Result<Self, String> {
        if wire.kind.is_empty() || (wire.id.is_empty() && wire.name.is_empty()) {
            return Err("a configuration item has a resourceType and a resourceId".to_owned());
        }
        let (captured, millis) = wire.captured.map_or((None, 0), stamp);
        let configuration = wire.configuration.unwrap_or("null");
        let supplementary = wire.supplementary.unwrap_or("null");
        let print = super::canonical::print(configuration, prints)
            .wrapping_add(super::canonical::print(supplementary, prints).rotate_left(1));
        let kept = kept::of(&wire.kind, configuration, supplementary, more);
        let id = if wire.id.is_empty() {
            &wire.name
        } else {
            &wire.id
        };
        let relations = relations(wire.relations, held);
        Ok(Item {
            at,
            length: u32::try_from(length).unwrap_or(u32::MAX),
            account: held.hold(&wire.account),
            region: held.hold(&wire.region),
            zone: held.hold(&wire.zone),
            kind: held.hold(&wire.kind),
            id: held.hold(id),
            name: held.hold(&wire.name),
            arn: held.hold(&wire.arn),
            status: Status::read(&wire.status),
            captured,
            millis,
            state: wire.state.map_or(0, number),
            created: wire.created.and_then(|raw| stamp(raw).0),
            delivered: wire.delivered.and_then(|raw| stamp(raw).0),
            frequency: held.hold(&wire.frequency),
            tags: tags(wire.tags, held),
            print,
            kept: kept
                .into_iter()
                .map(|(path, value)| (held.hold(path), held.hold(&value)))
                .collect(),
            carries: Carries {
                // A query's result without its output may hold some properties of a configuration; see [`super::query`].
                configuration: wire.configuration.is_some()
                    && (wire.supplementary.is_some()
                        || wire.relations.is_some()
                        || (wire.captured.is_some() && !wire.status.is_empty())),
                relations: wire.relations.is_some() && relations.iter().all(|one| one.name != 0),
                tags: wire.tags.is_some(),
            },
            relations,
        })
    }
}

/// A time in any dialect, and its milliseconds: RFC 3339, or seconds with a fraction.
fn stamp(raw: &str) -> (Option<Moment>, u16) {
    let text = raw.trim_matches('"');
    let at = json::time(text);
    let digits: String = text
        .split_once('.')
        .map_or("", |(_, rest)| rest)
        .chars()
        .take_while(char::is_ascii_digit)
        .take(3)
        .collect();
    let millis = format!("{digits:0<3}").parse().unwrap_or(0);
    (at, if at.is_some() { millis } else { 0 })
}

/// A state ID: a number in files, a text in API outputs.
fn number(raw: &str) -> u64 {
    raw.trim_matches('"').parse().unwrap_or(0)
}

fn tags(raw: Option<&str>, held: &mut Held) -> Vec<(Text, Text)> {
    use std::collections::BTreeMap;
    let Some(raw) = raw else {
        return Vec::new();
    };
    let tags: Vec<(String, String)> = if raw.starts_with('[') {
        let list: Vec<WireTag<'_>> = serde_json::from_str(raw).unwrap_or_default();
        list.into_iter()
            .map(|tag| (tag.key.0.into_owned(), tag.value.0.into_owned()))
            .collect()
    } else {
        let map: BTreeMap<String, lenient::Text<'_>> =
            serde_json::from_str(raw).unwrap_or_default();
        map.into_iter()
            .map(|(key, value)| (key, value.0.into_owned()))
            .collect()
    };
    let mut tags = sorted(tags, Ord::cmp);
    tags.truncate(MOST);
    tags.iter()
        .map(|(key, value)| (held.hold(key), held.hold(value)))
        .collect()
}

fn relations(raw: Option<&str>, held: &mut Held) -> Vec<Relation> {
    let Some(raw) = raw else {
        return Vec::new();
    };
    let list: Vec<WireRelation<'_>> = serde_json::from_str(raw).unwrap_or_default();
    let texts = list.into_iter().take(MOST).map(|one| {
        let id = if one.id.0.is_empty() {
            one.resource_name.0
        } else {
            one.id.0
        };
        // API outputs leave a space behind `Is associated with `.
        (one.name.0.trim().to_owned(), one.kind.0, id)
    });
    let mut texts = sorted(texts.collect(), Ord::cmp);
    texts.dedup();
    let hold = |(name, kind, id): &(String, Cow<'_, str>, Cow<'_, str>)| Relation {
        name: held.hold(name),
        kind: held.hold(kind),
        id: held.hold(id),
    };
    texts.iter().map(hold).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use foldhash::quality::FixedState;

    fn read(raw: &str) -> (Item, Held) {
        let mut held = Held::default();
        let item = Item::of(
            &Wire::read(raw).expect("an item"),
            (0, raw.len()),
            &mut held,
            &FixedState::with_seed(7),
            |_| &[],
        )
        .expect("an item");
        (item, held)
    }

    #[test]
    fn three_dialects_are_one() {
        let file = r#"{"configurationItemVersion":"1.3","awsAccountId":"1","ARN":"arn:x","configurationItemStatus":"OK","resourceType":"AWS::EC2::Volume","resourceId":"vol-1","resourceName":null,
            "awsRegion":"eu-west-1","configurationStateId":1549956556288,"configurationItemCaptureTime":"2019-02-12T07:29:16.288Z","tags":{"a":"b"},"relationships":[{"name":"Is attached to Instance","resourceType":"AWS::EC2::Instance","resourceId":"i-1"}],
            "configuration":{"size":8},"supplementaryConfiguration":{}}"#;
        let api = r#"{"version":"1.3","accountId":"1","arn":"arn:x","configurationItemStatus":"OK","resourceType":"AWS::EC2::Volume","resourceId":"vol-1",
            "awsRegion":"eu-west-1","configurationStateId":"1549956556288","configurationItemCaptureTime":1549956556.288,"tags":{"a":"b"},"relationships":[{"relationshipName":"Is attached to Instance ","resourceType":"AWS::EC2::Instance","resourceId":"i-1"}],
            "configuration":"{\"size\": 8}","supplementaryConfiguration":{}}"#;
        let query = r#"{"version":"1.3","accountId":"1","arn":"arn:x","configurationItemStatus":"OK","resourceType":"AWS::EC2::Volume","resourceId":"vol-1",
            "awsRegion":"eu-west-1","configurationStateId":"1549956556288","configurationItemCaptureTime":"2019-02-12T07:29:16.288Z","tags":[{"tag":"a=b","key":"a","value":"b"}],"relationships":[{"resourceType":"AWS::EC2::Instance","resourceId":"i-1"}],
            "configuration":{"size":8},"supplementaryConfiguration":{}}"#;
        let ((one, texts), (two, other)) = (read(file), read(api));
        let named = |item: &Item, held: &Held| {
            let texts = [
                item.account,
                item.region,
                item.kind,
                item.id,
                item.arn,
                item.tags[0].0,
                item.tags[0].1,
                item.relations[0].name,
                item.relations[0].id,
            ];
            texts.map(|text| held.get(text).to_owned())
        };
        assert_eq!(named(&one, &texts), named(&two, &other));
        assert_eq!(
            (one.captured, one.millis, one.state, one.print),
            (two.captured, 288, two.state, two.print)
        );
        let (three, texts) = read(query);
        assert_eq!(texts.get(three.tags[0].1), "b");
        assert_eq!(three.print, one.print);
    }

    #[test]
    fn says_what_is_no_item() {
        let mut held = Held::default();
        let state = FixedState::with_seed(7);
        for raw in [
            "{}",
            "3",
            r#"{"resourceType":"x"}"#,
            r#"{"resourceType":5,"resourceId":"x"}"#,
        ] {
            let item = Wire::read(raw)
                .map_err(|error| error.to_string())
                .and_then(|wire| Item::of(&wire, (0, 0), &mut held, &state, |_| &[]));
            assert!(item.is_err(), "{raw}");
        }
    }
}
