//! CloudTrail Lake query results: a sign file and the compressed results it names.

use serde::{Deserialize, Serialize};

use crate::moment::Moment;
use crate::sum::Sum;

/// `result_sign.json`. File names, region and time in it are not signed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct LakeSign {
    /// `region`.
    pub region: String,
    /// `files`: name and SHA-256 of the compressed bytes, in the order that is signed.
    pub files: Vec<(String, Sum)>,
    /// `queryCompleteTime`.
    pub completed: Option<Moment>,
    /// `hashSignature` in hexadecimal.
    pub signature: String,
    /// `publicKeyFingerprint`.
    pub fingerprint: String,
}
