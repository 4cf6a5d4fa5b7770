//! Files of AWS Config beside what S3 says of them: a listing of their bucket, or the metadata of an object.

use std::collections::HashMap;

use crate::cloudtrail::Description;
use crate::cloudtrail::description::ListedObject;
use crate::cloudtrail::metadata::Stated;
use crate::config::name;
use crate::evidence::Kind;
use crate::evidence::parts::Checksums;
use crate::sum::Sum;

use super::super::Case;
use super::super::register::Registered;

/// What S3's own checksum says of a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::case) enum Checksum {
    /// The file is what was in the bucket when it was asked for.
    Same,
    /// It is not: another length, or another hash that S3 states of this object for certain.
    Differs,
    /// Its MD5 is not the ETag, which is no MD5 where the object is encrypted with SSE-KMS or SSE-C.
    Unlike,
    /// It was uploaded in parts of a size that was not worked out.
    Unknown,
}

impl Checksum {
    /// The name in the report.
    pub(in crate::case) fn name(self) -> &'static str {
        match self {
            Checksum::Same => "same",
            Checksum::Differs => "differs",
            Checksum::Unlike => "unlike",
            Checksum::Unknown => "unknown",
        }
    }

    /// For people.
    pub(in crate::case) fn words(self) -> &'static str {
        match self {
            Checksum::Same => "same as the bucket at listing time",
            Checksum::Differs => {
                "not the same as the bucket at listing time: this file, or the object since, was changed"
            }
            Checksum::Unlike => {
                "its MD5 is not the ETag of the listing: the file was changed, or the object is encrypted with SSE-KMS or SSE-C, where an ETag is no MD5; head-object tells which"
            }
            Checksum::Unknown => {
                "the object was uploaded in parts of an unknown size: drop get-object-attributes with its parts"
            }
        }
    }
}

/// Objects of a listing by the name of the file.
type Listed<'c> = HashMap<String, &'c ListedObject>;

/// Whether a file is the content of an object: many programs inflate while they download. Then it is not compared.
fn is_inflated(file: &Registered, key: &str) -> bool {
    let is_read = matches!(
        file.kind,
        Kind::ConfigHistory | Kind::ConfigSnapshot | Kind::ConfigItems | Kind::ConfigStream
    );
    key.ends_with(".gz") && file.content.is_none() && is_read
}

/// Compares files of AWS Config with listings of buckets and with the metadata of objects.
pub(super) fn checksums(case: &Case) -> HashMap<u32, Checksum> {
    let mut listed: Listed<'_> = HashMap::new();
    for (_, description) in &case.holdings.descriptions {
        if let Description::Listing(objects, _) = description {
            let of_config = objects
                .iter()
                .filter(|object| object.key.contains("_Config_"));
            listed.extend(of_config.map(|object| (name::base(&object.key), object)));
        }
    }
    let stated = &case.holdings.checksums;
    let mut found = HashMap::new();
    if listed.is_empty() && stated.is_empty() {
        return found;
    }
    for (place, file) in case.register.files() {
        let Some(own) = &file.checksums else { continue };
        let base = name::base(&file.path);
        // Metadata of one object often names no key: then it speaks for the file that it fits, and against none.
        let mut said = stated.iter().filter_map(|(_, one)| {
            let names = one.key.as_ref().map(|key| name::base(key) == base);
            let key = one.key.as_deref().unwrap_or_default();
            match (compare(file, own, one), names) {
                (_, Some(false)) => None,
                (Some(false), _) if is_inflated(file, key) => None,
                (Some(true), _) => Some(Checksum::Same),
                (Some(false), Some(true)) => Some(Checksum::Differs),
                _ => None,
            }
        });
        let best = said.clone().find(|one| *one == Checksum::Same);
        let by_metadata = best.or_else(|| said.next());
        let by_listing = || {
            let object = listed.get(&base)?;
            let checksum = by_etag(file, own, object.size, &object.etag);
            let is_told = checksum == Checksum::Same || !is_inflated(file, &object.key);
            is_told.then_some(checksum)
        };
        if let Some(checksum) = by_metadata.or_else(by_listing) {
            found.insert(place, checksum);
        }
    }
    found
}

/// Whether a file is the object that metadata are of; `None` where they do not tell.
fn compare(file: &Registered, own: &Checksums, stated: &Stated) -> Option<bool> {
    if let Some(sum) = stated.sum {
        return Some(file.sum == Some(sum));
    }
    if let Some((sum, count)) = stated.in_parts {
        return in_parts(own, count, stated.part_size, |size| match size {
            None => Some(file.sum.map(|sum| Sum::of(&sum.0)) == Some(sum)),
            Some(part) => Some(part.sha256 == sum),
        });
    }
    let etag = stated.etag.as_deref()?;
    match by_etag(file, own, None, etag) {
        Checksum::Same => Some(true),
        Checksum::Unknown => stated.part_size.and_then(|size| {
            let known = own.parts.iter().any(|part| part.size == size);
            known.then_some(false)
        }),
        // An ETag that is no MD5 was left out, where the output tells (`get-object-attributes` does not).
        _ => stated.tells_encryption.then_some(false),
    }
}

/// Compares parts of each size of which there would be as many; `None` where no size is known to be the right one.
fn in_parts(
    own: &Checksums,
    count: u32,
    size: Option<u64>,
    fits: impl Fn(Option<&crate::evidence::parts::InParts>) -> Option<bool>,
) -> Option<bool> {
    if count == 1 {
        return fits(None);
    }
    let likely = own
        .parts
        .iter()
        .filter(|part| part.count == count && size.is_none_or(|size| size == part.size));
    let mut any = false;
    for part in likely {
        if fits(Some(part)) == Some(true) {
            return Some(true);
        }
        any = true;
    }
    (any && size.is_some()).then_some(false)
}

/// Compares with an ETag, and a length where it is stated.
fn by_etag(file: &Registered, own: &Checksums, size: Option<u64>, etag: &str) -> Checksum {
    if size.is_some_and(|size| size != file.size) {
        return Checksum::Differs;
    }
    let is = |md5: [u8; 16], text: &str| hex::encode(md5).eq_ignore_ascii_case(text);
    let Some((hash, count)) = etag.split_once('-') else {
        return if is(own.md5, etag) {
            Checksum::Same
        } else {
            Checksum::Unlike
        };
    };
    let count: u32 = count.parse().unwrap_or_default();
    let fits = in_parts(own, count, None, |part| {
        Some(is(
            part.map_or_else(|| own.md5_of_one_part(), |part| part.md5),
            hash,
        ))
    });
    match (fits, count) {
        (Some(true), _) => Checksum::Same,
        (_, 1) => Checksum::Unlike,
        _ => Checksum::Unknown,
    }
}
