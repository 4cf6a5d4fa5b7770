//! Digest files: what is read signs a text, and a digest that was read holds what was hashed.

#![no_main]

use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| {
    let content = exhibit::sum::Sum::of(data);
    if let Ok(digest) = exhibit::cloudtrail::Digest::parse(data, content) {
        assert!(digest.string_to_sign().contains(&content.to_string()));
        assert!(
            std::str::from_utf8(data).is_ok(),
            "other programs refuse such a file"
        );
    }
});
