//! RSA PKCS#1 v1.5 signatures with SHA-256, in hexadecimal.

use std::rc::Rc;

/// The bytes of a signature; copies share them.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Signature(pub Rc<[u8]>);

/// The longest signature that is read: that of an RSA key of 8,192 bits.
const LONGEST: usize = 1_024;

impl Signature {
    /// Reads hexadecimal digits of either case; `None` for anything else, or for more than any key makes.
    pub fn from_hex(text: &str) -> Option<Self> {
        if text.is_empty() || text.len() > 2 * LONGEST {
            return None;
        }
        hex::decode(text).ok().map(|bytes| Signature(bytes.into()))
    }
}
