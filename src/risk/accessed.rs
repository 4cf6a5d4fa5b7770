//! The objects of buckets that calls name: Macie found its objects so, too. Who read, wrote and deleted each, from
//! where, how often and how much; its risk is told by its key alone.

use std::collections::HashMap;

use crate::activity::Store;
use crate::moment::Moment;
use crate::object::{Object, by_name};
use crate::order::sorted;
use crate::texts::Text;

use super::Values;
use super::objects::risks;

/// An object of a bucket, as calls on it tell.
#[derive(Clone, Debug, PartialEq)]
pub struct Accessed {
    /// The bucket.
    pub bucket: String,
    /// The key.
    pub key: String,
    /// What its key tells: content type, extension, themes.
    pub named: Object,
    /// The highest risk of these.
    pub risk: u8,
    /// Calls that read, wrote and deleted it; those that failed are counted apart.
    pub calls: [u32; 4],
    /// Who read, wrote and deleted it, the most frequent first, with their calls; failed calls are not theirs.
    pub actors: [Vec<(String, u32)>; 3],
    /// Who failed to.
    pub refused: Vec<(String, u32)>,
    /// Addresses that calls came from, the most frequent first, with their calls.
    pub addresses: Vec<(String, u32)>,
    /// Bytes of the object as far as S3 told: the most that one call handed in or out.
    pub size: Option<u64>,
    /// Bytes that were read and written in all.
    pub bytes: [u64; 2],
    /// The first and the last call.
    pub span: Option<(Moment, Moment)>,
}

/// Objects that calls name.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct All {
    /// Each object, the riskiest first.
    pub objects: Vec<Accessed>,
    /// Objects past the most that are listed.
    pub left_out: u64,
}

/// Objects that are listed at most: a bucket may hold any number.
const LISTED: usize = 200_000;
/// Actors and addresses of one object that are told apart.
const APART: usize = 100;

const READS: &[&str] = &[
    "GetObject",
    "HeadObject",
    "SelectObjectContent",
    "GetObjectAcl",
    "GetObjectTagging",
    "GetObjectTorrent",
    "GetObjectAttributes",
    "GetObjectLegalHold",
    "GetObjectRetention",
    "ListParts",
];
const WRITES: &[&str] = &[
    "PutObject",
    "CopyObject",
    "CompleteMultipartUpload",
    "CreateMultipartUpload",
    "UploadPart",
    "UploadPartCopy",
    "PutObjectAcl",
    "PutObjectTagging",
    "RestoreObject",
    "PutObjectRetention",
    "PutObjectLegalHold",
    "RenameObject",
    // They take tags off, and parts that never became the object.
    "DeleteObjectTagging",
    "AbortMultipartUpload",
];
const DELETES: &[&str] = &["DeleteObject", "DeleteObjects", "DeleteObjectVersion"];
/// Calls that hand over an object as a whole, so that their bytes tell its size.
const WHOLE: &[&str] = &["GetObject", "PutObject"];

/// Counts of a few texts.
#[derive(Default)]
struct Few(Vec<(Text, u32)>);

impl Few {
    fn count(&mut self, text: Text) {
        if let Some((_, count)) = self.0.iter_mut().find(|(one, _)| *one == text) {
            *count += 1;
        } else if self.0.len() < APART {
            self.0.push((text, 1));
        }
    }

    fn named(self, store: &Store) -> Vec<(String, u32)> {
        let all = self.0.into_iter().filter(|(text, _)| *text != 0);
        let all = all.map(|(text, count)| (store.texts.get(text).to_owned(), count));
        sorted(all.collect(), |a: &(String, u32), b: &(String, u32)| {
            b.1.cmp(&a.1).then_with(|| a.0.cmp(&b.0))
        })
    }
}

/// What is counted of an object.
#[derive(Default)]
struct Tally {
    target: Text,
    calls: [u32; 4],
    actors: [Few; 4],
    addresses: Few,
    size: Option<u64>,
    bytes: [u64; 2],
    span: Option<(Moment, Moment)>,
}

/// What calls on the objects of buckets tell, the riskiest first. `sizes` are the bytes that calls handed in or
/// out, in the order of events.
pub fn accessed(store: &Store, sizes: &[(u32, u64)], values: &Values) -> All {
    type Map<K, V> = HashMap<K, V, foldhash::fast::RandomState>;
    let mut kinds: Map<(Text, Text), Option<usize>> = Map::default();
    // The place of each target; `None` of what is no object.
    let mut places: Map<Text, Option<usize>> = Map::default();
    let (mut all, mut left_out): (Vec<Tally>, u64) = (Vec::new(), 0);
    for &event in &store.order {
        let Some(&call) = store.calls.of(event) else {
            continue;
        };
        let Some(does) = *kinds.entry(call).or_insert_with(|| does(store, call)) else {
            continue;
        };
        let failed = store.errors.of(event).is_some_and(|&error| error != 0);
        let bytes = sizes.binary_search_by_key(&event, |(one, _)| *one);
        let bytes = bytes.ok().map(|at| sizes[at].1);
        let is_whole = WHOLE.contains(&store.texts.get(call.0));
        for &target in store.targets.of(event).into_iter().flatten() {
            let place = *places.entry(target).or_insert_with(|| {
                object(store.texts.get(target))?;
                if all.len() >= LISTED {
                    left_out += 1;
                    return None;
                }
                all.push(Tally {
                    target,
                    ..Tally::default()
                });
                Some(all.len() - 1)
            });
            let Some(one) = place.and_then(|place| all.get_mut(place)) else {
                continue;
            };
            let kind = if failed { 3 } else { does };
            one.calls[kind] += 1;
            one.actors[kind].count(store.actors.of(event).map_or(0, |actor| actor.arn));
            one.addresses
                .count(store.ips.of(event).copied().unwrap_or(0));
            if let (Some(bytes), false, Some(sum)) = (bytes, failed, one.bytes.get_mut(does)) {
                *sum += bytes;
                one.size = if is_whole {
                    one.size.max(Some(bytes))
                } else {
                    one.size
                };
            }
            if let Some(time) = store.time(event) {
                one.span = Some((one.span.map_or(time, |(first, _)| first), time));
            }
        }
    }
    let objects = all
        .into_iter()
        .filter_map(|one| one.told(store, values))
        .collect();
    All {
        objects: sorted(objects, |a: &Accessed, b: &Accessed| {
            b.risk
                .cmp(&a.risk)
                .then_with(|| (&a.bucket, &a.key).cmp(&(&b.bucket, &b.key)))
        }),
        left_out,
    }
}

/// Whether a call reads, writes or deletes objects.
fn does(store: &Store, (name, source): (Text, Text)) -> Option<usize> {
    let name = store.texts.get(name);
    (store.texts.get(source) == "s3.amazonaws.com").then_some(())?;
    [READS, WRITES, DELETES]
        .iter()
        .position(|list| list.contains(&name))
}

/// Bucket and key out of an ARN; `None` where it names no object.
fn object(arn: &str) -> Option<(&str, &str)> {
    let (_, rest) = arn.strip_prefix("arn:")?.split_once(":s3:::")?;
    rest.split_once('/').filter(|(_, key)| !key.is_empty())
}

impl Tally {
    fn told(self, store: &Store, values: &Values) -> Option<Accessed> {
        let (bucket, key) = object(store.texts.get(self.target))?;
        let named = by_name(key);
        let [reads, writes, deletes, refused] = self.actors.map(|few| few.named(store));
        Some(Accessed {
            bucket: bucket.to_owned(),
            key: key.to_owned(),
            risk: risks(&named, values).1,
            named,
            calls: self.calls,
            actors: [reads, writes, deletes],
            refused,
            addresses: self.addresses.named(store),
            size: self.size,
            bytes: self.bytes,
            span: self.span,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::activity::store::tests::{log, store};

    #[test]
    fn data_events_name_their_objects() {
        let event = |id: u32, name: &str, more: &str| {
            format!(
                r#"{{"eventID":"0000000{id}-0000-0000-0000-00000000000a","eventName":"{name}","eventSource":"s3.amazonaws.com","eventTime":"2024-01-01T00:0{id}:00Z","sourceIPAddress":"192.0.2.{id}","userIdentity":{{"arn":"arn:aws:iam::111122223333:user/u{id}"}},"resources":[{{"ARN":"arn:aws:s3:::b/confidential/do-not-disclose/mail.pst"}},{{"ARN":"arn:aws:s3:::b"}}]{more}}}"#
            )
        };
        let text = [
            event(
                1,
                "GetObject",
                r#","additionalEventData":{"bytesTransferredOut":4096.0,"bytesTransferredIn":0}"#,
            ),
            event(
                2,
                "PutObject",
                r#","additionalEventData":{"bytesTransferredIn":5000}"#,
            ),
            event(
                3,
                "GetObject",
                r#","errorCode":"AccessDenied","additionalEventData":{"bytesTransferredOut":243}"#,
            ),
            event(4, "ListObjects", ""),
            event(5, "DeleteObject", ""),
            event(6, "DeleteObjectTagging", ""),
            event(7, "AbortMultipartUpload", ""),
        ]
        .join("\n");
        let all = accessed(&store(&[&text]), &log(&text).sizes, &Values::default());
        let [one] = &all.objects[..] else {
            panic!("{all:?}");
        };
        assert_eq!(
            (one.bucket.as_str(), one.key.as_str(), one.risk),
            ("b", "confidential/do-not-disclose/mail.pst", 8)
        );
        assert_eq!((one.calls, one.addresses.len()), ([1, 3, 1, 1], 6));
        assert_eq!(
            (one.size, one.bytes, all.left_out),
            (Some(5_000), [4_096, 5_000], 0)
        );
        let who = |at: usize| {
            one.actors[at]
                .iter()
                .map(|(name, _)| name.as_str())
                .collect::<Vec<_>>()
        };
        assert_eq!(who(0), ["arn:aws:iam::111122223333:user/u1"]);
        let changed =
            ["u2", "u6", "u7"].map(|user| format!("arn:aws:iam::111122223333:user/{user}"));
        assert_eq!(who(1), changed);
        assert_eq!(who(2), ["arn:aws:iam::111122223333:user/u5"]);
        assert_eq!(one.refused[0].0, "arn:aws:iam::111122223333:user/u3");
        assert!(
            !one.named.themes.is_empty(),
            "its folders tell what it is about"
        );
    }
}
