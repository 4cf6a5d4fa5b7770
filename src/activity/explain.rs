//! The events that explain why something is missing, altered or not covered.
//!
//! Calls that end or change logging, by the CloudTrail user guide: StopLogging, DeleteTrail, UpdateTrail,
//! PutEventSelectors; and calls that change objects of a bucket, by the S3 user guide's list of data events.
//! An attempt that failed explains nothing.

use crate::integrity::chain::TrailKey;
use crate::moment::{HOUR, Moment};

use super::field::{self, Field};
use super::store::{EventIx, Store};

/// Events that one explanation names at most.
const MOST: usize = 20;

/// Calls that end or change what a trail records.
const LOGGING: &[&str] = &[
    "StopLogging",
    "DeleteTrail",
    "UpdateTrail",
    "PutEventSelectors",
    "StartLogging",
    "CreateTrail",
];

/// Calls that change objects of a bucket.
const OBJECTS: &[&str] = &[
    "PutObject",
    "DeleteObject",
    "DeleteObjects",
    "CopyObject",
    "CompleteMultipartUpload",
    "RestoreObject",
    "PutBucketLifecycle",
    "PutBucketLifecycleConfiguration",
    "PutLifecycleConfiguration",
    "DeleteBucket",
];

/// An event that explains something.
#[derive(Clone, Debug, PartialEq)]
pub struct Cause {
    /// Which.
    pub event: EventIx,
    /// The call.
    pub name: String,
    /// Who.
    pub actor: String,
    /// When.
    pub time: Moment,
    /// Its ID.
    pub id: String,
    /// What is known of its file.
    pub proof: &'static str,
}

impl Cause {
    /// It in words.
    pub fn words(&self) -> String {
        format!(
            "{} at {} by {} ({})",
            self.name, self.time, self.actor, self.proof
        )
    }
}

/// What explains that a trail's coverage has a gap between two moments. Calls within an hour of it count.
pub fn of_gap(
    store: &Store,
    trail: &TrailKey,
    bucket: &str,
    from: Moment,
    to: Moment,
) -> Vec<Cause> {
    let (from, to) = (from.plus(-HOUR), to.plus(HOUR));
    causes(store, from, Some(to), &|event, name| {
        let stops = LOGGING.contains(&name) && on_trail(store, event, trail);
        stops || (OBJECTS.contains(&name) && on_digests(store, event, bucket))
    })
}

/// What explains that an object of a log bucket is not what was delivered, or is gone.
pub fn of_object(store: &Store, bucket: &str, key: &str, delivered: Moment) -> Vec<Cause> {
    causes(store, delivered, None, &|event, name| {
        OBJECTS.contains(&name) && on_object(store, event, bucket, key, name)
    })
}

fn causes(
    store: &Store,
    from: Moment,
    to: Option<Moment>,
    explains: &dyn Fn(EventIx, &str) -> bool,
) -> Vec<Cause> {
    let first = store
        .order
        .partition_point(|&event| store.time(event).is_none_or(|at| at < from));
    let mut found = Vec::new();
    for &event in store.order.get(first..).unwrap_or_default() {
        let Some(time) = store.time(event) else {
            continue;
        };
        if to.is_some_and(|to| time > to) || found.len() >= MOST {
            break;
        }
        let name = field::value(store, Field::Name, event);
        let failed = !field::value(store, Field::Error, event).is_empty();
        // What CloudTrail itself delivers is no tampering.
        let actor = field::value(store, Field::Actor, event);
        let delivers = name == "PutObject" && actor == "cloudtrail.amazonaws.com";
        if failed || delivers || !explains(event, name) {
            continue;
        }
        found.push(Cause {
            event,
            name: name.to_owned(),
            actor: actor.to_owned(),
            time,
            id: store.id_text(event),
            proof: store.standing(event).name(),
        });
    }
    found
}

fn targets(store: &Store, event: EventIx) -> impl Iterator<Item = &str> {
    let all = store.targets.of(event).into_iter().flatten();
    all.map(|&text| store.texts.get(text))
}

/// Whether a call on a trail concerns this one. An organization's trail is changed in another account than
/// those that it covers.
fn on_trail(store: &Store, event: EventIx, trail: &TrailKey) -> bool {
    let account = field::value(store, Field::Account, event);
    let is_here = account.is_empty() || account == trail.account || trail.organization.is_some();
    let arn = format!(":trail/{}", trail.trail);
    let mut named = targets(store, event).peekable();
    let is_it = trail.trail.is_empty()
        || named.peek().is_none()
        || named.any(|one| one == trail.trail || one.ends_with(&arn));
    is_here && is_it
}

/// Whether a call on a bucket concerns digest files: it names one, or no object at all.
fn on_digests(store: &Store, event: EventIx, bucket: &str) -> bool {
    let on_bucket =
        targets(store, event).any(|one| one == bucket || one.ends_with(&format!(":::{bucket}")));
    let objects: Vec<&str> = targets(store, event)
        .filter(|one| one.contains('/'))
        .collect();
    let names_digest = objects.iter().any(|one| one.contains("CloudTrail-Digest"));
    !bucket.is_empty() && on_bucket && (names_digest || objects.is_empty())
}

fn on_object(store: &Store, event: EventIx, bucket: &str, key: &str, name: &str) -> bool {
    let whole = format!(":::{bucket}/{key}");
    let names_it = targets(store, event).any(|one| one == key || one.ends_with(&whole));
    let of_bucket =
        targets(store, event).any(|one| one == bucket || one.ends_with(&format!(":::{bucket}")));
    let many = matches!(
        name,
        "DeleteObjects"
            | "DeleteBucket"
            | "PutBucketLifecycle"
            | "PutBucketLifecycleConfiguration"
            | "PutLifecycleConfiguration"
    );
    names_it || (many && of_bucket)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::activity::store::tests::store;

    #[test]
    fn names_who_stopped_logging_and_who_deleted_the_file() {
        let text = r#"{"eventID":"00000001-0000-0000-0000-00000000000a","eventName":"StopLogging","eventTime":"2024-01-01T05:00:00Z","recipientAccountId":"1","userIdentity":{"arn":"arn:mallory"}}
{"eventID":"00000002-0000-0000-0000-00000000000a","eventName":"StopLogging","eventTime":"2024-01-01T05:01:00Z","recipientAccountId":"1","errorCode":"AccessDenied"}
{"eventID":"00000003-0000-0000-0000-00000000000a","eventName":"DeleteObject","eventTime":"2024-01-01T06:00:00Z","requestParameters":{"bucketName":"logs","key":"AWSLogs/1/x.json.gz"}}
{"eventID":"00000004-0000-0000-0000-00000000000a","eventName":"StopLogging","eventTime":"2024-01-01T05:02:00Z","recipientAccountId":"1","requestParameters":{"name":"another"}}
{"eventID":"00000005-0000-0000-0000-00000000000a","eventName":"PutObject","eventTime":"2024-01-01T05:03:00Z","userIdentity":{"invokedBy":"cloudtrail.amazonaws.com"},"requestParameters":{"bucketName":"logs","key":"AWSLogs/1/x.json.gz"}}
{"eventID":"00000006-0000-0000-0000-00000000000a","eventName":"UpdateTrail","eventTime":"2024-01-01T05:04:00Z","recipientAccountId":"9","requestParameters":{"name":"arn:aws:cloudtrail:us-east-1:9:trail/main"}}"#;
        let store = store(&[text]);
        let at = |text: &str| Moment::parse(text).expect("a time");
        let of_trail = |organization: Option<&str>| {
            let trail = TrailKey {
                organization: organization.map(str::to_owned),
                account: "1".to_owned(),
                trail: "main".to_owned(),
                ..TrailKey::default()
            };
            let (from, to) = (at("2024-01-01T05:30:00Z"), at("2024-01-01T07:00:00Z"));
            of_gap(&store, &trail, "logs", from, to)
        };
        let gap = of_trail(None);
        assert_eq!(gap.len(), 1);
        assert_eq!(of_trail(Some("o-1")).len(), 2);
        assert_eq!(
            (gap[0].name.as_str(), gap[0].actor.as_str()),
            ("StopLogging", "arn:mallory")
        );
        let object = of_object(
            &store,
            "logs",
            "AWSLogs/1/x.json.gz",
            at("2024-01-01T00:00:00Z"),
        );
        assert_eq!(object.len(), 1);
        assert_eq!(object[0].name, "DeleteObject");
        assert!(
            of_object(
                &store,
                "logs",
                "AWSLogs/1/other",
                at("2024-01-01T00:00:00Z")
            )
            .is_empty()
        );
    }
}
