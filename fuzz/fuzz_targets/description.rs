//! Descriptions of trails, buckets, keys, listings.

#![no_main]

use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| {
    let _ = exhibit::cloudtrail::description::parse(data);
});
