//! Events outside log files: arrays, JSON Lines, outputs of lookup-events.

#![no_main]

use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| {
    let read = exhibit::cloudtrail::records::parse_events(data, 1);
    for row in &read.log.rows {
        let record = &data[row.at as usize..][..row.length as usize];
        let _ = exhibit::cloudtrail::log::record_text(record);
    }
});
