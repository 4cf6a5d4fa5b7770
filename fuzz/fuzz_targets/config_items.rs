//! Configuration items: history files, snapshots, outputs.

#![no_main]

use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| {
    let _ = exhibit::config::read::items(data, 1, exhibit::compliance::rules::kept_paths);
});
