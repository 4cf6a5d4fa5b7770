//! Object metadata, as JSON and as headers.

#![no_main]

use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| {
    let _ = exhibit::cloudtrail::metadata::parse_json(data);
    let _ = exhibit::cloudtrail::metadata::parse_headers(&String::from_utf8_lossy(data));
});
