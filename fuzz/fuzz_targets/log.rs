//! Log files: every record stands where its row says.

#![no_main]

use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| {
    let read = exhibit::cloudtrail::records::parse_log(data, 1);
    for row in &read.log.rows {
        assert!(row.at as usize + row.length as usize <= data.len());
    }
});
