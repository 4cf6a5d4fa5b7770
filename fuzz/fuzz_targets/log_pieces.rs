//! Log files that come piece by piece give what they give as a whole. The first byte says how long pieces are.

#![no_main]

use exhibit::cloudtrail::records::{Stream, parse_log};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| {
    let Some((first, text)) = data.split_first() else {
        return;
    };
    let mut stream = Stream::new(1);
    let mut held = Vec::new();
    for piece in text.chunks(1 + usize::from(*first)) {
        held.extend_from_slice(piece);
        let used = stream.take(&held, false);
        held.drain(..used);
    }
    stream.take(&held, true);
    let (read, whole) = (stream.finish(), parse_log(text, 1));
    assert_eq!(read.log.rows, whole.log.rows);
    assert_eq!(read.problems, whole.problems);
});
