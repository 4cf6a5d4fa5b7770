//! Files that users open or their scripts write: a saved case, an earlier report, a list of controls, settings of risk,
//! the record of collecting.

#![no_main]

use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| {
    let _ = exhibit::case::saved::parse(data);
    let _ = exhibit::case::recheck::parse("report.json", data);
    let _ = exhibit::case::controls::catalog::parse("controls.csv", data);
    let _ = exhibit::risk::values::parse(data);
    let _ = exhibit::evidence::collection::parse(data);
});
