//! PDF and office files, and what PDF files carry.

#![no_main]

use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| {
    if let Some(document) = exhibit::document::read(data) {
        assert!(document.text.len() < 64 << 20);
    }
    let mut attached = exhibit::document::attached(data);
    while let Some((_, content)) = attached.next(1 << 20) {
        assert!(content.is_none_or(|content| content.len() <= 1 << 20));
    }
});
