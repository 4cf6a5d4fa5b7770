//! The configuration stream: messages in any of the wrappings that they are handed around in.
//!
//! An SNS envelope (its `Message` a text, or an object as the developer guide prints it), the message alone,
//! an EventBridge event with it in `detail`, or a Lambda rule's `invokingEvent`.

use serde::{Deserialize, Serialize};
use serde_json::Value;
use serde_json::value::RawValue;

use crate::evidence::lenient::Text as Lenient;
use crate::moment::Moment;
use crate::texts::{Held, Text};

use super::sns::{self, Seal};

/// A message of the stream.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Message {
    /// Where it stands in the content of its file, in bytes, with its wrapping.
    pub at: u64,
    /// Bytes of it there.
    pub length: u32,
    /// `messageType`.
    pub kind: Text,
    /// `notificationCreationTime`.
    pub created: Option<Moment>,
    /// The account, where it tells.
    pub account: Text,
    /// The region, where it tells.
    pub region: Text,
    /// The signature of its SNS envelope, where it came in one that is signed.
    pub seal: Option<Box<Seal>>,
    /// What it says.
    pub body: Body,
}

/// What a message says.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum Body {
    /// A change: the item stands among the file's items.
    Item {
        /// `resourceType`.
        kind: Text,
        /// `resourceId`.
        id: Text,
    },
    /// A change that was too large for the message.
    Oversized {
        /// `resourceType`.
        kind: Text,
        /// `resourceId`.
        id: Text,
        /// `configurationItemCaptureTime`.
        captured: Option<Moment>,
        /// Where the whole item was put: `s3BucketLocation`.
        place: Text,
        /// Why it could not be put there.
        error: Text,
    },
    /// A history file or a snapshot was delivered.
    Delivered {
        /// `s3Bucket`.
        bucket: Text,
        /// `s3ObjectKey`.
        key: Text,
        /// `configSnapshotId`.
        snapshot: Text,
    },
    /// The result of a rule changed.
    Compliance {
        /// `configRuleName`.
        rule: Text,
        /// `resourceType`.
        kind: Text,
        /// `resourceId`.
        id: Text,
        /// The result before; empty where there was none.
        old: Text,
        /// The result now.
        new: Text,
        /// When the new result was recorded.
        recorded: Option<Moment>,
        /// `annotation` of the new result.
        note: Text,
    },
    /// Anything else: evaluations started, snapshots started, schedules.
    Other,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Wrapping<'a> {
    #[serde(rename = "Message", borrow)]
    message: Option<&'a RawValue>,
    #[serde(borrow)]
    detail: Option<&'a RawValue>,
    #[serde(rename = "invokingEvent", borrow)]
    invoking: Option<&'a RawValue>,
    #[serde(rename = "messageType", borrow)]
    kind: Lenient<'a>,
}

/// Wrappings within wrappings that are taken off.
const DEEPEST: u8 = 4;

/// A message without its wrappings.
#[derive(Clone, Copy)]
pub(super) struct Unwrapped<'a> {
    /// The message.
    pub(super) text: &'a str,
    /// Whether it stands in the file as it is.
    pub(super) stands: bool,
    /// The SNS envelope around it.
    pub(super) envelope: Option<&'a str>,
}

/// Takes all wrappings off a message and hands it to `then`. `false` where there is none.
pub(super) fn unwrapped(raw: &str, then: &mut dyn FnMut(Unwrapped<'_>)) -> bool {
    let outer = Unwrapped {
        text: raw,
        stands: true,
        envelope: None,
    };
    unwrap(outer, DEEPEST, then)
}

fn unwrap(outer: Unwrapped<'_>, left: u8, then: &mut dyn FnMut(Unwrapped<'_>)) -> bool {
    let Ok(wrapping) = serde_json::from_str::<Wrapping<'_>>(outer.text) else {
        return false;
    };
    if !wrapping.kind.0.is_empty() {
        then(outer);
        return true;
    }
    let envelope = wrapping.message.map(|_| outer.text).or(outer.envelope);
    let inner = wrapping.message.or(wrapping.invoking).or(wrapping.detail);
    let Some(inner) = inner.map(RawValue::get).filter(|_| left > 0) else {
        return false;
    };
    let decoded = serde_json::from_str::<String>(inner).ok();
    let next = Unwrapped {
        text: decoded.as_deref().unwrap_or(inner),
        stands: outer.stands && decoded.is_none(),
        envelope,
    };
    unwrap(next, left - 1, then)
}

/// The items within a message: one, or a list as old messages had it; where it was too large for the message, the
/// summary of it, which says that it changed and not how.
pub(super) fn items<'a>(message: &'a str) -> Vec<&'a str> {
    #[derive(Deserialize)]
    struct Holds<'a> {
        #[serde(rename = "configurationItem", borrow, default)]
        item: Option<&'a RawValue>,
        #[serde(rename = "configurationItemSummary", borrow, default)]
        summary: Option<&'a RawValue>,
    }
    let holds: Option<Holds<'a>> = serde_json::from_str(message).ok();
    let item = holds.and_then(|holds| holds.item.or(holds.summary));
    let Some(item) = item.map(RawValue::get) else {
        return Vec::new();
    };
    if item.starts_with('[') {
        let list: Vec<&'a RawValue> = serde_json::from_str(item).unwrap_or_default();
        return list.into_iter().map(RawValue::get).collect();
    }
    if item == "null" {
        Vec::new()
    } else {
        vec![item]
    }
}

impl Message {
    /// Reads a message without its wrapping, and without its items.
    pub(super) fn read(
        message: Unwrapped<'_>,
        (at, length): (u64, usize),
        held: &mut Held,
    ) -> Option<Self> {
        let value: Value = serde_json::from_str(message.text).ok()?;
        let kind = value["messageType"].as_str()?;
        let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
        let time = |value: &Value| value.as_str().and_then(Moment::parse);
        let summary = &value["configurationItemSummary"];
        let item = match &value["configurationItem"] {
            Value::Array(items) => items.first().unwrap_or(&Value::Null),
            item => item,
        };
        let of = |names: &[&str]| {
            let places = [&value, summary, item];
            let found = places
                .iter()
                .find_map(|place| names.iter().find_map(|name| place[*name].as_str()));
            found.unwrap_or_default().to_owned()
        };
        let (account, region) = (of(&["awsAccountId", "accountId"]), of(&["awsRegion"]));
        let body = if kind == "ComplianceChangeNotification" {
            let (old, new) = (&value["oldEvaluationResult"], &value["newEvaluationResult"]);
            Body::Compliance {
                rule: held.hold(&text(&value["configRuleName"])),
                kind: held.hold(&text(&value["resourceType"])),
                id: held.hold(&text(&value["resourceId"])),
                old: held.hold(&text(&old["complianceType"])),
                new: held.hold(&text(&new["complianceType"])),
                recorded: time(&new["resultRecordedTime"]),
                note: held.hold(&text(&new["annotation"])),
            }
        } else if summary.is_object() {
            let delivery = &value["s3DeliverySummary"];
            Body::Oversized {
                kind: held.hold(&text(&summary["resourceType"])),
                id: held.hold(&text(&summary["resourceId"])),
                captured: time(&summary["configurationItemCaptureTime"]),
                place: held.hold(&text(&delivery["s3BucketLocation"])),
                error: held.hold(
                    ["errorMessage", "errorCode"]
                        .iter()
                        .find_map(|name| delivery[*name].as_str())
                        .unwrap_or_default(),
                ),
            }
        } else if value["s3ObjectKey"].is_string() {
            Body::Delivered {
                bucket: held.hold(&text(&value["s3Bucket"])),
                key: held.hold(&text(&value["s3ObjectKey"])),
                snapshot: held.hold(&text(&value["configSnapshotId"])),
            }
        } else if item.is_object() {
            Body::Item {
                kind: held.hold(&text(&item["resourceType"])),
                id: held.hold(&text(&item["resourceId"])),
            }
        } else {
            Body::Other
        };
        Some(Message {
            at,
            length: u32::try_from(length).unwrap_or(u32::MAX),
            kind: held.hold(kind),
            created: time(&value["notificationCreationTime"])
                .or_else(|| time(&value["NotificationCreateTime"])),
            account: held.hold(&account),
            region: held.hold(&region),
            seal: message
                .envelope
                .and_then(|raw| sns::seal(raw, held))
                .map(Box::new),
            body,
        })
    }

    /// The same with its texts elsewhere.
    pub(super) fn moved(&self, text: &dyn Fn(Text) -> Text) -> Message {
        let body = match &self.body {
            Body::Item { kind, id } => Body::Item {
                kind: text(*kind),
                id: text(*id),
            },
            Body::Other => Body::Other,
            Body::Oversized {
                kind,
                id,
                captured,
                place,
                error,
            } => Body::Oversized {
                kind: text(*kind),
                id: text(*id),
                captured: *captured,
                place: text(*place),
                error: text(*error),
            },
            Body::Delivered {
                bucket,
                key,
                snapshot,
            } => Body::Delivered {
                bucket: text(*bucket),
                key: text(*key),
                snapshot: text(*snapshot),
            },
            Body::Compliance {
                rule,
                kind,
                id,
                old,
                new,
                recorded,
                note,
            } => Body::Compliance {
                rule: text(*rule),
                kind: text(*kind),
                id: text(*id),
                old: text(*old),
                new: text(*new),
                recorded: *recorded,
                note: text(*note),
            },
        };
        Message {
            kind: text(self.kind),
            account: text(self.account),
            region: text(self.region),
            seal: self.seal.as_ref().map(|seal| {
                Box::new(Seal {
                    certificate: text(seal.certificate),
                    topic: text(seal.topic),
                    ..(**seal).clone()
                })
            }),
            body,
            ..*self
        }
    }
}
