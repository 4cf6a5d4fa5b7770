//! Lists of public keys, and keys themselves: what is accepted is of a size that can be checked.

#![no_main]

use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| {
    let _ = exhibit::cloudtrail::key::parse_list(data, None);
    if let Ok(key) = exhibit::cloudtrail::PublicKey::parse(data) {
        assert!(exhibit::cloudtrail::PublicKey::parse(&key.spki()).is_ok());
        assert!(!key.verifies(data, data));
    }
});
