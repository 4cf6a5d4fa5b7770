//! Files that users open: a saved case, an earlier report, a list of controls.

#![no_main]

use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| {
    let _ = exhibit::case::saved::parse(data);
    let _ = exhibit::case::recheck::parse("report.json", data);
    let _ = exhibit::case::controls::catalog::parse("controls.csv", data);
});
