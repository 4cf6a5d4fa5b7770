//! Sigma rules, asked of a record.

#![no_main]

use libfuzzer_sys::fuzz_target;

const RECORD: &str = r#"{"eventName":"PutBucketPolicy","eventSource":"s3.amazonaws.com","sourceIPAddress":"192.0.2.1","userIdentity":{"type":"IAMUser","userName":"a"},"requestParameters":{"bucketName":"b"}}"#;

fuzz_target!(|data: &[u8]| {
    let rules = exhibit::sigma::parse(data);
    let rules: Vec<_> = rules.into_iter().filter_map(|one| one.rule.ok()).collect();
    let _ = exhibit::sigma::holding(&rules, RECORD);
});
