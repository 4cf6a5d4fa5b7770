//! Percent-encoding, as addresses, headers of S3 and policies of IAM are written (RFC 3986, 2.1).

use std::fmt::Write as _;

/// The text that was encoded; `None` where a sign is cut off, is none, or what comes out is no text.
pub fn decoded(text: &str) -> Option<String> {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let [first, after @ ..] = rest {
        rest = after;
        if *first == b'%' {
            let hex = |byte: &u8| char::from(*byte).to_digit(16);
            let (high, low) = (hex(rest.first()?)?, hex(rest.get(1)?)?);
            bytes.push((high << 4 | low) as u8);
            rest = &rest[2..];
        } else {
            bytes.push(*first);
        }
    }
    String::from_utf8(bytes).ok()
}

/// The text with all but letters, digits and `-._~` encoded.
pub fn encoded(text: &str) -> String {
    text.bytes().fold(String::new(), |mut out, byte| {
        if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
            out.push(char::from(byte));
        } else {
            let _ = write!(out, "%{byte:02X}");
        }
        out
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_encoded_is_decoded_again() {
        assert_eq!(encoded("a b/ü~"), "a%20b%2F%C3%BC~");
        assert_eq!(decoded("a%20b%2f%C3%bc~+").as_deref(), Some("a b/ü~+"));
        for broken in ["%", "%2", "%zz", "%+1", "%ff"] {
            assert_eq!(decoded(broken), None, "{broken}");
        }
    }
}
