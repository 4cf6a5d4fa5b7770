//! Results of Lake queries, as CSV.

#![no_main]

use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| {
    let _ = exhibit::cloudtrail::lake_result::parse(data, 1);
});
