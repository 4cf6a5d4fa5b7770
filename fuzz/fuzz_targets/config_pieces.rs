//! Items of AWS Config that come piece by piece are those of the whole. The first byte says how long pieces are.

#![no_main]

use exhibit::compliance::rules::kept_paths;
use exhibit::config::flow::Flow;
use exhibit::config::read::items;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| {
    let Some((first, text)) = data.split_first() else {
        return;
    };
    let Some(mut flow) = Flow::new(text, 1, kept_paths) else {
        return;
    };
    let mut from = flow.taken() as usize;
    let mut to = from;
    while to < text.len() {
        to = (to + 1 + usize::from(*first)).min(text.len());
        from += flow.take(&text[from..to]);
    }
    let read = flow.finish(&text[from..]);
    // A file that does not begin with its list is read in another way, as a whole.
    let whole = items(text, 1, kept_paths);
    if whole.config.items.is_empty() {
        return;
    }
    assert_eq!(read.config, whole.config);
});
