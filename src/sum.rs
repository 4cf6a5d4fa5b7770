//! A SHA-256 value. Hashing itself is done where the bytes are, in [`crate::evidence`].

use std::fmt;

use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

/// A SHA-256 value of 32 bytes; prints as 64 lower-case hexadecimal digits.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Sum(pub [u8; 32]);

impl Sum {
    /// Hashes `bytes` in one go.
    pub fn of(bytes: &[u8]) -> Self {
        use sha2::Digest as _;
        Sum(sha2::Sha256::digest(bytes).into())
    }

    /// Reads 64 hexadecimal digits of either case; `None` for anything else.
    pub fn from_hex(text: &str) -> Option<Self> {
        let mut bytes = [0; 32];
        hex::decode_to_slice(text, &mut bytes).ok()?;
        Some(Sum(bytes))
    }
}

/// Hexadecimal where people read it, 32 bytes between the roles.
impl Serialize for Sum {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        if to.is_human_readable() {
            to.collect_str(self)
        } else {
            self.0.serialize(to)
        }
    }
}

impl<'de> Deserialize<'de> for Sum {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        if !from.is_human_readable() {
            return <[u8; 32]>::deserialize(from).map(Sum);
        }
        let text = String::deserialize(from)?;
        Sum::from_hex(&text).ok_or_else(|| de::Error::custom("expected 64 hexadecimal digits"))
    }
}

impl fmt::Display for Sum {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut text = [0; 64];
        hex::encode_to_slice(self.0, &mut text).map_err(|_| fmt::Error)?;
        f.write_str(std::str::from_utf8(&text).map_err(|_| fmt::Error)?)
    }
}

impl fmt::Debug for Sum {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn prints_what_it_reads() {
        let text = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";
        assert_eq!(Sum::of(b"").to_string(), text);
        assert_eq!(Sum::from_hex(&text.to_uppercase()), Some(Sum::of(b"")));
        assert_eq!(Sum::from_hex("e3"), None);
    }
}
