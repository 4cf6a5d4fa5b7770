//! Files of AWS Config beside what a listing of their bucket says of them.

use std::collections::HashMap;

use crate::cloudtrail::Description;
use crate::config::name;

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
    let mut found = HashMap::new();
    if listed.is_empty() {
        return found;
    }
    for (place, file) in case.register.files() {
        let Some(md5) = &file.md5 else { continue };
        let Some(etag) = listed.get(&name::base(&file.path)) else {
            continue;
        };
        let checksum = match etag.len() {
            32 if etag.eq_ignore_ascii_case(&hex::encode(**md5)) => Checksum::Same,
            32 => Checksum::Differs,
            _ => Checksum::Unknown,
        };
        found.insert(place, checksum);
    }
    found
}
