//! Objects that are no evidence: type, themes, regexes, class, personal data.

#![no_main]

use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| {
    let document = exhibit::document::read(data);
    let _ = exhibit::object::classify("notes.txt", data, document.as_ref());
});
