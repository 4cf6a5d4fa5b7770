//! Tables of change tickets: columns by their headings, windows out of cells.

#![no_main]

use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| {
    if let Some(sheet) = exhibit::ticket::sheet("changes.csv", data) {
        let columns = exhibit::ticket::recognise(&sheet.headings);
        for ticket in sheet.tickets(&columns) {
            assert!(ticket.window.is_none_or(|(from, to)| from <= to));
        }
    }
    // Cells that no table would bring, as mapped by hand.
    let text = String::from_utf8_lossy(data);
    let (from, to) = text.split_at(text.floor_char_boundary(text.len() / 2));
    let _ = exhibit::ticket::window(from, to, 7_200);
});
