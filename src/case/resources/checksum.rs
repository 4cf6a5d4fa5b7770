//! Files of AWS Config beside what S3 says of them: a listing of their bucket, or the metadata of an object.

use std::collections::{HashMap, HashSet};

use md5::{Digest as _, Md5};

use crate::cloudtrail::Description;
use crate::config::name;
use crate::sum::Sum;

use super::super::Case;

/// What S3's own checksum, as a listing has it, says of a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::case) enum Checksum {
    /// The file is what was in the bucket when it was listed.
    Same,
    /// It is not; or the bucket encrypts with a key of KMS, where the ETag is no MD5.
    Differs,
    /// Uploaded in parts: the ETag is no MD5.
    Unknown,
}

impl Checksum {
    /// The name in the report.
    pub(in crate::case) fn name(self) -> &'static str {
        match self {
            Checksum::Same => "same",
            Checksum::Differs => "differs",
            Checksum::Unknown => "unknown",
        }
    }

    /// For people.
    pub(in crate::case) fn words(self) -> &'static str {
        match self {
            Checksum::Same => "same as the bucket at listing time",
            Checksum::Differs => {
                "not the one of the listing: the file was changed, or the bucket encrypts with SSE-KMS, where the ETag is no MD5"
            }
            Checksum::Unknown => "the object was uploaded in parts: its ETag is no MD5",
        }
    }
}

/// Compares files of AWS Config with the ETags of bucket listings.
pub(super) fn checksums(case: &Case) -> HashMap<u32, Checksum> {
    let mut listed: HashMap<String, &str> = HashMap::new();
    for (_, description) in &case.holdings.descriptions {
        if let Description::Listing(objects) = description {
            let of_config = objects
                .iter()
                .filter(|object| object.key.contains("_Config_"));
            listed.extend(of_config.map(|object| (name::base(&object.key), object.etag.as_str())));
        }
    }
    // Metadata of one object names no key: it belongs to the file that it fits.
    let stated = &case.holdings.checksums;
    let sums: HashSet<Sum> = stated.iter().filter_map(|(_, sum, _)| *sum).collect();
    let etags: HashSet<&str> = stated
        .iter()
        .filter_map(|(_, _, etag)| etag.as_deref())
        .collect();
    let mut found = HashMap::new();
    if listed.is_empty() && stated.is_empty() {
        return found;
    }
    for (place, file) in case.register.files() {
        let Some(md5) = &file.md5 else { continue };
        let hex = hex::encode(**md5);
        // An upload in one part gives the MD5 of that part's MD5, and says so.
        let of_part = hex::encode(Md5::digest(**md5)) + "-1";
        let is_stated = file.sum.is_some_and(|sum| sums.contains(&sum))
            || etags.contains(&*hex)
            || etags.contains(&*of_part);
        if is_stated {
            found.insert(place, Checksum::Same);
            continue;
        }
        let Some(etag) = listed.get(&name::base(&file.path)) else {
            continue;
        };
        let checksum = match etag.len() {
            32 if etag.eq_ignore_ascii_case(&hex) => Checksum::Same,
            34 if etag.eq_ignore_ascii_case(&of_part) => Checksum::Same,
            32 => Checksum::Differs,
            _ => Checksum::Unknown,
        };
        found.insert(place, checksum);
    }
    found
}
