//! Object metadata, as JSON and as text.

#![no_main]

use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| {
    let _ = exhibit::cloudtrail::metadata::parse_json(data);
    let _ = exhibit::cloudtrail::metadata::parse_text(&String::from_utf8_lossy(data));
});
