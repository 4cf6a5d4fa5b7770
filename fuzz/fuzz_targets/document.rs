//! PDF and office files.

#![no_main]

use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| {
    if let Some(document) = exhibit::document::read(data) {
        assert!(document.text.len() < 64 << 20);
    }
});
