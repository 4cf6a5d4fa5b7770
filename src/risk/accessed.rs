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
    /// The partition of AWS that its ARN names.
    pub partition: String,
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
struct Tally<'s> {
    arn: &'s str,
    calls: [u32; 4],
    actors: [Few; 4],
    addresses: Few,
    size: Option<u64>,
    bytes: [u64; 2],
    span: Option<(Moment, Moment)>,
}

/// The objects by their ARNs.
#[derive(Default)]
struct Named<'s> {
    places: HashMap<&'s str, usize, foldhash::fast::RandomState>,
    all: Vec<Tally<'s>>,
    left_out: u64,
}

impl<'s> Named<'s> {
    /// The place of an object; `None` of what is no object, or is one too many.
    fn place(&mut self, arn: &'s str) -> Option<usize> {
        object(arn)?;
        if let Some(&place) = self.places.get(arn) {
            return Some(place);
        }
        if self.all.len() >= LISTED {
            self.left_out += 1;
            return None;
        }
        self.all.push(Tally {
            arn,
            ..Tally::default()
        });
        self.places.insert(arn, self.all.len() - 1);
        Some(self.all.len() - 1)
    }
}

/// What calls tell beside their events, in the order of these.
#[derive(Clone, Copy, Default)]
pub struct Told<'t> {
    /// Bytes that they handed in or out.
    pub sizes: &'t [(u32, u64)],
    /// ARNs of objects that their requests alone name, and whether they are read to be copied.
    pub objects: &'t [(u32, bool, String)],
}

/// What calls on the objects of buckets tell, the riskiest first.
pub fn accessed<'s>(store: &'s Store, told: Told<'s>, values: &Values) -> All {
    let Told { sizes, objects } = told;
    type Map<K, V> = HashMap<K, V, foldhash::fast::RandomState>;
    let mut kinds: Map<(Text, Text), Option<usize>> = Map::default();
    // The place of each target, so that its text is looked at once.
    let mut places: Map<Text, Option<usize>> = Map::default();
    let mut named = Named::default();
    let mut own: Vec<usize> = Vec::new();
    for &event in &store.order {
        let Some(&call) = store.calls.of(event) else {
            continue;
        };
        let Some(does) = *kinds.entry(call).or_insert_with(|| does(store, call)) else {
            continue;
        };
        let failed = store.errors.of(event).is_some_and(|&error| error != 0);
        let bytes = sizes.binary_search_by_key(&event, |(one, _)| *one);
        let bytes = bytes.ok().map(|at| sizes[at].1).filter(|_| !failed);
        let is_whole = WHOLE.contains(&store.texts.get(call.0));
        let took =
            |place: Option<usize>, does: usize, bytes: Option<u64>, named: &mut Named<'s>| {
                let Some(one) = place.and_then(|place| named.all.get_mut(place)) else {
                    return;
                };
                one.count(store, event, if failed { 3 } else { does });
                if let (Some(bytes), Some(sum)) = (bytes, one.bytes.get_mut(does)) {
                    *sum += bytes;
                    one.size = if is_whole {
                        one.size.max(Some(bytes))
                    } else {
                        one.size
                    };
                }
            };
        let from = objects.partition_point(|(one, ..)| *one < event);
        let requested = objects[from..].iter();
        let requested = requested.take_while(|(one, ..)| *one == event);
        let source = requested.clone().find(|(_, copied, _)| *copied);
        let copied = source.and_then(|(.., arn)| named.place(arn));
        took(copied, 0, None, &mut named);
        own.clear();
        for &target in store.targets.of(event).into_iter().flatten() {
            let place = places
                .entry(target)
                .or_insert_with(|| named.place(store.texts.get(target)));
            own.extend(*place);
        }
        let requested = requested.filter(|(_, copied, _)| !copied);
        own.extend(requested.filter_map(|(.., arn)| named.place(arn)));
        // What is copied may be named among what is written; an object can be copied onto itself, too.
        let is_elsewhere = own.iter().any(|place| Some(*place) != copied);
        for &place in &own {
            if !is_elsewhere || Some(place) != copied {
                took(Some(place), does, bytes, &mut named);
            }
        }
    }
    let Named { all, left_out, .. } = named;
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

impl Tally<'_> {
    fn count(&mut self, store: &Store, event: u32, kind: usize) {
        self.calls[kind] += 1;
        self.actors[kind].count(store.actors.of(event).map_or(0, |actor| actor.arn));
        self.addresses
            .count(store.ips.of(event).copied().unwrap_or(0));
        if let Some(time) = store.time(event) {
            self.span = Some((self.span.map_or(time, |(first, _)| first), time));
        }
    }

    fn told(self, store: &Store, values: &Values) -> Option<Accessed> {
        let (bucket, key) = object(self.arn)?;
        let named = by_name(key);
        let [reads, writes, deletes, refused] = self.actors.map(|few| few.named(store));
        Some(Accessed {
            partition: self.arn.split(':').nth(1)?.to_owned(),
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
        let log = log(&text);
        let told = Told {
            sizes: &log.sizes,
            objects: &log.objects,
        };
        let all = accessed(&store(&[&text]), told, &Values::default());
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

    #[test]
    fn who_copies_an_object_reads_it() {
        let copy = |id: u32, source: &str, more: &str| {
            format!(
                r#"{{"eventID":"0000000{id}-0000-0000-0000-00000000000a","eventName":"CopyObject","eventSource":"s3.amazonaws.com","eventCategory":"Data","eventTime":"2024-01-01T00:0{id}:00Z","userIdentity":{{"arn":"arn:aws:iam::111122223333:user/u{id}"}},"requestParameters":{{"bucketName":"out","key":"new","x-amz-copy-source":"{source}"}},"resources":[{{"ARN":"arn:aws:s3:::out/new"}}{more}]}}"#
            )
        };
        let text = [
            copy(1, "in/a%20b/old.csv?versionId=3", ""),
            copy(
                2,
                "/in/a%20b/old.csv",
                r#",{"ARN":"arn:aws:s3:::in/a b/old.csv"}"#,
            ),
            copy(3, "no object", ""),
            copy(4, "out/new", ""),
        ]
        .join("\n");
        let log = log(&text);
        let told = Told {
            sizes: &log.sizes,
            objects: &log.objects,
        };
        let all = accessed(&store(&[&text]), told, &Values::default());
        let calls = |key: &str| {
            all.objects
                .iter()
                .find(|one| one.key == key)
                .map(|one| one.calls)
        };
        assert_eq!(calls("a b/old.csv"), Some([2, 0, 0, 0]));
        assert_eq!(calls("new"), Some([1, 4, 0, 0]));
        assert_eq!(all.objects.len(), 2);
    }

    #[test]
    fn objects_that_requests_alone_name_have_rows() {
        let call = |id: u32, name: &str, region: &str, request: &str| {
            format!(
                r#"{{"eventID":"0000000{id}-0000-0000-0000-00000000000a","eventName":"{name}","eventSource":"s3.amazonaws.com","awsRegion":"{region}","eventTime":"2024-01-01T00:0{id}:00Z","userIdentity":{{"arn":"arn:aws:iam::111122223333:user/u"}},"requestParameters":{request}}}"#
            )
        };
        let text = [
            call(
                1,
                "GetObject",
                "us-east-1",
                r#"{"bucketName":"b","key":"a/x.csv"}"#,
            ),
            call(
                2,
                "PutObject",
                "cn-north-1",
                r#"{"bucketName":"b","key":"a/x.csv"}"#,
            ),
            call(
                3,
                "DeleteObjects",
                "eu-west-1",
                r#"{"bucketName":"b","delete":{"objects":[{"key":"1"},{"key":"2"}]}}"#,
            ),
            call(
                4,
                "DeleteObjects",
                "eu-west-1",
                r#"{"bucketName":"b","delete":""}"#,
            ),
            call(
                5,
                "CopyObject",
                "eu-west-1",
                r#"{"bucketName":"b","key":"2","x-amz-copy-source":"c/from"}"#,
            ),
            // A bucket that is named by an access point is not known by its name; a listing names no object.
            call(
                6,
                "GetObject",
                "eu-west-1",
                r#"{"bucketName":"arn:aws:s3:eu-west-1:1:accesspoint/p","key":"k"}"#,
            ),
            call(
                7,
                "ListObjects",
                "eu-west-1",
                r#"{"bucketName":"b","prefix":"k"}"#,
            ),
        ]
        .join("\n");
        let log = log(&text);
        let told = Told {
            sizes: &log.sizes,
            objects: &log.objects,
        };
        let all = accessed(&store(&[&text]), told, &Values::default()).objects;
        let row = |one: &Accessed| (format!("{}/{}", one.bucket, one.key), one.calls);
        let mut rows: Vec<_> = all.iter().map(row).collect();
        rows.sort();
        let expected = [
            ("b/1", [0, 0, 1, 0]),
            ("b/2", [0, 1, 1, 0]),
            // Buckets of two partitions.
            ("b/a/x.csv", [0, 1, 0, 0]),
            ("b/a/x.csv", [1, 0, 0, 0]),
            ("c/from", [1, 0, 0, 0]),
        ];
        let expected: Vec<_> = expected.map(|(key, calls)| (key.to_owned(), calls)).into();
        assert_eq!(rows, expected);
    }
}
