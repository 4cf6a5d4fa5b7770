//! Lists of AWS Artifact.

#![no_main]

use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| {
    let _ = exhibit::artifact::parse(data);
});
