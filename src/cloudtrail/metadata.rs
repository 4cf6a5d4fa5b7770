//! S3 object metadata: where the newest digest's signature is.

use serde::{Deserialize, Serialize};

use crate::moment::Moment;

/// Metadata of one object, whatever tool printed it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ObjectMetadata {
    /// The object's bucket, where the output names it.
    pub bucket: Option<String>,
    /// The object's key, where the output names it; `head-object` does not.
    pub key: Option<String>,
    /// `signature`, in hexadecimal.
    pub signature: Option<String>,
    /// `backfill-generation-timestamp`.
    pub backfill_generated: Option<Moment>,
}
