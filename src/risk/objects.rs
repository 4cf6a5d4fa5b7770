//! The risk of an object: the highest of what it is classified by.

use crate::activity::{Field, Store, field};
use crate::moment::Moment;
use crate::object::{Object, Row, Way, by_name};
use crate::order::sorted;

use super::{MOST, Rated, Values};

/// The risk of a row, as the user set it or as the model has it; 0 where it, or its way, is turned off.
pub fn of_row(way: Way, row: &Row, values: &Values) -> u8 {
    if values.off.contains(&way) {
        return 0;
    }
    let own = values.set_of(Rated::Object(way), row.name);
    own.unwrap_or(row.risk).min(MOST)
}

/// The rows that an object is classified by, with the matches of each.
pub fn rows(object: &Object, way: Way) -> Vec<(&'static Row, u32)> {
    let row = |at: usize, count: u32| way.rows().get(at).map(|row| (row, count));
    match way {
        Way::ContentType => row(usize::from(object.content_type), 1)
            .into_iter()
            .collect(),
        Way::Extension => one(way, object.extension),
        Way::Classifier => one(way, object.class),
        Way::Theme => object
            .themes
            .iter()
            .filter_map(|&at| row(at.into(), 1))
            .collect(),
        Way::Regex => object
            .regexes
            .iter()
            .filter_map(|&(at, count)| row(at.into(), count))
            .collect(),
    }
}

fn one(way: Way, at: Option<u8>) -> Vec<(&'static Row, u32)> {
    let row = at.and_then(|at| way.rows().get(usize::from(at)));
    row.into_iter().map(|row| (row, 1)).collect()
}

/// The risk of an object in each way, in the order of [`Way::ALL`], and of all.
pub fn risks(object: &Object, values: &Values) -> ([u8; 5], u8) {
    let of = |way: Way| {
        let risks = rows(object, way)
            .into_iter()
            .map(|(row, _)| of_row(way, row, values));
        risks.max().unwrap_or(0)
    };
    let each = Way::ALL.map(of);
    // An object is never without risk.
    (each, each.into_iter().max().unwrap_or(0).max(1))
}

/// An object of a bucket, as calls on it tell.
#[derive(Clone, Debug, PartialEq)]
pub struct Accessed {
    /// The bucket.
    pub bucket: String,
    /// The key.
    pub key: String,
    /// By its name alone: the risk of content type and extension.
    pub risk: u8,
    /// Calls that read, wrote and deleted it; those that failed are counted apart.
    pub calls: [u32; 4],
    /// Who called, the most frequent first, up to five.
    pub actors: Vec<String>,
    /// Addresses that calls came from.
    pub addresses: u32,
    /// The first and the last call.
    pub span: Option<(Moment, Moment)>,
}

/// Objects that are listed at most: a bucket may hold any number.
const LISTED: usize = 200_000;

const READS: &[&str] = &[
    "GetObject",
    "HeadObject",
    "SelectObjectContent",
    "GetObjectAcl",
    "GetObjectTagging",
    "GetObjectTorrent",
    "GetObjectAttributes",
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
];
const DELETES: &[&str] = &[
    "DeleteObject",
    "DeleteObjects",
    "DeleteObjectTagging",
    "AbortMultipartUpload",
    "DeleteObjectVersion",
];

/// What calls on the objects of buckets tell, the riskiest first: Macie found its objects so, too.
pub fn accessed(store: &Store, values: &Values) -> Vec<Accessed> {
    type Map<'s, T> = std::collections::HashMap<&'s str, T, foldhash::fast::RandomState>;
    let mut places: Map<'_, usize> = Map::default();
    let mut all: Vec<(Accessed, Map<'_, u32>, Map<'_, ()>)> = Vec::new();
    for &event in &store.order {
        if field::value(store, Field::Source, event) != "s3.amazonaws.com" {
            continue;
        }
        let name = field::value(store, Field::Name, event);
        let lists = [READS, WRITES, DELETES];
        let Some(does) = lists.iter().position(|list| list.contains(&name)) else {
            continue;
        };
        let failed = !field::value(store, Field::Error, event).is_empty();
        let targets = store.targets.of(event).into_iter().flatten();
        for target in targets.map(|&target| store.texts.get(target)) {
            let Some((bucket, key)) = target.strip_prefix("arn:").and_then(object) else {
                continue;
            };
            if all.len() >= LISTED && !places.contains_key(target) {
                continue;
            }
            let place = *places.entry(target).or_insert_with(|| {
                all.push((blank(bucket, key, values), Map::default(), Map::default()));
                all.len() - 1
            });
            let (one, actors, addresses) = &mut all[place];
            one.calls[if failed { 3 } else { does }] += 1;
            *actors
                .entry(field::value(store, Field::Actor, event))
                .or_default() += 1;
            addresses.insert(field::value(store, Field::Ip, event), ());
            if let Some(time) = store.time(event) {
                one.span = Some((one.span.map_or(time, |(first, _)| first), time));
            }
        }
    }
    let done = all.into_iter().map(|(one, actors, addresses)| {
        let actors = actors
            .into_iter()
            .filter(|(actor, _)| !actor.is_empty())
            .collect();
        let actors = sorted(actors, |a: &(&str, u32), b: &(&str, u32)| {
            b.1.cmp(&a.1).then_with(|| a.0.cmp(b.0))
        });
        Accessed {
            actors: actors
                .into_iter()
                .take(5)
                .map(|(actor, _)| actor.to_owned())
                .collect(),
            addresses: addresses.len() as u32,
            ..one
        }
    });
    sorted(done.collect(), |a: &Accessed, b: &Accessed| {
        b.risk
            .cmp(&a.risk)
            .then_with(|| (&a.bucket, &a.key).cmp(&(&b.bucket, &b.key)))
    })
}

/// Bucket and key out of an ARN without its first word; `None` where it names no object.
fn object(arn: &str) -> Option<(&str, &str)> {
    let (_, rest) = arn.split_once(":s3:::")?;
    rest.split_once('/').filter(|(_, key)| !key.is_empty())
}

fn blank(bucket: &str, key: &str, values: &Values) -> Accessed {
    let (content_type, extension) = by_name(key);
    let named = Object {
        content_type,
        extension,
        ..Object::default()
    };
    Accessed {
        bucket: bucket.to_owned(),
        key: key.to_owned(),
        risk: risks(&named, values).1,
        calls: [0; 4],
        actors: Vec::new(),
        addresses: 0,
        span: None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_highest_of_the_enabled_counts() {
        // The example that the model is described with: 2, 1, 1, 2, 5 make 5.
        let place = |way: Way, risk: u8| {
            way.rows()
                .iter()
                .position(|row| row.risk == risk)
                .expect("a row")
        };
        let object = Object {
            content_type: place(Way::ContentType, 1) as u16,
            extension: Some(place(Way::Extension, 1) as u8),
            themes: vec![place(Way::Theme, 2) as u8],
            regexes: vec![(
                Way::Regex
                    .rows()
                    .iter()
                    .position(|row| row.risk == 5)
                    .expect("a row") as u8,
                1,
            )],
            class: Some(7),
            ..Object::default()
        };
        let mut values = Values::default();
        values.set(
            Rated::Object(Way::Classifier),
            Way::Classifier.rows()[7].name,
            Some(2),
        );
        assert_eq!(risks(&object, &values), ([1, 1, 2, 5, 2], 5));
        values.off.insert(Way::Regex);
        assert_eq!(risks(&object, &values), ([1, 1, 2, 0, 2], 2));
        values.set(
            Rated::Object(Way::Theme),
            rows(&object, Way::Theme)[0].0.name,
            Some(9),
        );
        assert_eq!(risks(&object, &values).1, 9);
    }

    #[test]
    fn data_events_name_their_objects() {
        let event = |id: u32, name: &str, error: &str| {
            format!(
                r#"{{"eventID":"0000000{id}-0000-0000-0000-00000000000a","eventName":"{name}","eventSource":"s3.amazonaws.com","eventTime":"2024-01-01T00:0{id}:00Z","sourceIPAddress":"192.0.2.{id}","userIdentity":{{"arn":"arn:aws:iam::111122223333:user/a"}},"resources":[{{"ARN":"arn:aws:s3:::b/keys/mail.pst"}},{{"ARN":"arn:aws:s3:::b"}}]{error}}}"#
            )
        };
        let text = [
            event(1, "GetObject", ""),
            event(2, "PutObject", ""),
            event(3, "GetObject", r#","errorCode":"AccessDenied""#),
            event(4, "ListObjects", ""),
        ]
        .join("\n");
        let store = crate::activity::store::tests::store(&[&text]);
        let all = accessed(&store, &Values::default());
        let [one] = &all[..] else {
            panic!("{all:?}");
        };
        assert_eq!(
            (
                one.bucket.as_str(),
                one.key.as_str(),
                one.risk,
                one.calls,
                one.addresses
            ),
            ("b", "keys/mail.pst", 8, [1, 1, 0, 1], 3)
        );
    }
}
