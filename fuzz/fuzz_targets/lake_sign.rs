//! Sign files of Lake queries.

#![no_main]

use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| {
    let _ = exhibit::cloudtrail::LakeSign::parse(data);
});
