//! Policies: statements, principals, who may.

#![no_main]

use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| {
    let Ok(policy) = serde_json::from_slice::<serde_json::Value>(data) else {
        return;
    };
    let actions = ["s3:GetObject", "s3:PutObject"];
    let access = exhibit::config::access::Access::of(&policy, &actions, Some("arn:aws:s3:::b"));
    for grant in &access.who {
        let _ = (grant.is_public(), grant.words());
    }
    let _ = exhibit::config::access::both(&access.who, &access.who, Some("111122223333"));
    let _ = exhibit::config::policy::allowed(&policy, &actions);
});
