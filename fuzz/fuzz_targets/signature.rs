//! Signatures of a sound key: checking and recovering agree, and neither accepts what nobody signed.

#![no_main]

use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| {
    use exhibit::cloudtrail::{PublicKey, Signature};
    let Ok(key) = PublicKey::parse(include_bytes!("../key.der")) else {
        panic!("the key of this target cannot be read")
    };
    let text = String::from_utf8_lossy(data);
    let bytes = Signature::from_hex(&text).map_or_else(|| data.to_vec(), |one| one.0.to_vec());
    assert_eq!(key.recover(&bytes), None);
    assert!(!key.verifies(b"text", &bytes));
});
