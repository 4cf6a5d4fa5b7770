//! Outputs about recorders and delivery channels.

#![no_main]

use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| {
    let _ = exhibit::config::read::recorder(data);
});
