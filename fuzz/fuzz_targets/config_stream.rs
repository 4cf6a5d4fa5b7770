//! Messages of the configuration stream, in every wrapping.

#![no_main]

use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| {
    let _ = exhibit::config::read::stream(data, 1, exhibit::compliance::rules::kept_paths);
});
