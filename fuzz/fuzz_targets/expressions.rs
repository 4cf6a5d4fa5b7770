//! What people and their files ask: queries of events, JMESPath, CEL.

#![no_main]

use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| {
    let text = String::from_utf8_lossy(data);
    let _ = exhibit::activity::Query::parse(&text);
    let _ = exhibit::config::expression::Expression::parse(&text);
    let _ = exhibit::compliance::custom::check(&text);
});
