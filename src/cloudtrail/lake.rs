//! CloudTrail Lake query results: a sign file and the compressed results it names.

use serde::{Deserialize, Serialize};

use crate::evidence::{Problem, ProblemCode};
use crate::moment::Moment;
use crate::sum::Sum;

use crate::evidence::json;

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

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Wire {
    #[serde(default)]
    region: String,
    files: Vec<WireFile>,
    #[serde(default, deserialize_with = "json::any_time")]
    query_complete_time: Option<Moment>,
    hash_signature: String,
    public_key_fingerprint: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct WireFile {
    file_hash_value: String,
    file_name: String,
}

impl LakeSign {
    /// Reads a sign file.
    ///
    /// # Errors
    /// Broken JSON, a required field that is absent, or a hash that is no SHA-256 value.
    pub fn parse(bytes: &[u8]) -> Result<Self, Problem> {
        let wire: Wire = json::read(bytes)?;
        let file = |file: WireFile| {
            let shape = || {
                Problem::new(
                    ProblemCode::JsonShape,
                    format!("{:?} is no SHA-256 value", file.file_hash_value),
                )
            };
            Sum::from_hex(&file.file_hash_value)
                .map(|sum| (file.file_name.clone(), sum))
                .ok_or_else(shape)
        };
        Ok(LakeSign {
            region: wire.region,
            files: wire.files.into_iter().map(file).collect::<Result<_, _>>()?,
            completed: wire.query_complete_time,
            signature: wire.hash_signature,
            fingerprint: wire.public_key_fingerprint,
        })
    }
}
