//! Values within items: embedded JSON, differences, policies, JMESPath and CEL over them.

#![no_main]

use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| {
    let text = String::from_utf8_lossy(data);
    let _ = exhibit::config::canonical::embedded(&text);
    let (before, after) = text.split_at(text.floor_char_boundary(text.len() / 2));
    let _ = exhibit::config::diff::diff(before, after);
    if let Ok(value) = serde_json::from_slice::<serde_json::Value>(data) {
        let value = exhibit::config::canonical::decoded(value);
        for statement in exhibit::config::policy::statements(&value) {
            let _ = exhibit::config::policy::principals(statement);
        }
    }
});
