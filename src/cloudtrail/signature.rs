//! RSA PKCS#1 v1.5 signatures with SHA-256, in hexadecimal.

use serde::{Deserialize, Serialize};

/// The bytes of a signature.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Signature(pub Box<[u8]>);
