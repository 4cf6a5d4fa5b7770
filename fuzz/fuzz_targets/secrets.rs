//! Secrets in texts and in JSON, and how they are covered: what is covered is not shown.

#![no_main]

use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| {
    let text = String::from_utf8_lossy(data);
    for (rule, at, length) in exhibit::secret::in_text(&text) {
        let _ = exhibit::secret::name_of(rule);
        assert!(data.is_empty() || at + length <= text.len());
    }
    for one in exhibit::secret::json::pieces(&text) {
        assert!(one.value.is_empty() || one.masked != one.value);
    }
});
