//! Outputs about rules and their results, and conformance packs.

#![no_main]

use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| {
    let _ = exhibit::compliance::recorded::parse(data);
    let rules = exhibit::compliance::framework::pack(&String::from_utf8_lossy(data));
    let _ = exhibit::compliance::framework::of_pack("pack.yaml", &rules);
});
