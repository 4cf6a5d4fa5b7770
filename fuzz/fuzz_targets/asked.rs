//! An expression of a person, on the first line, asked of an item of the evidence, on those that follow.

#![no_main]

use exhibit::compliance::custom::{CustomRule, Prepared};
use exhibit::config::expression::Expression;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| {
    let line = data.iter().position(|&byte| byte == b'\n');
    let (line, item) = data.split_at(line.unwrap_or(data.len()));
    let line = String::from_utf8_lossy(line);
    if let Ok(expression) = Expression::parse(&line) {
        let _ = expression.holds(item);
    }
    let rules = [CustomRule {
        expression: line.into_owned(),
        ..CustomRule::default()
    }];
    let mut verdicts = Vec::new();
    Prepared::new(&rules).ask(0, item, &mut verdicts);
    assert!(verdicts.len() <= 1);
});
