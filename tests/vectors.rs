//! Signatures that verify and such that nearly do (`tests/vectors/pkcs1.json`), checked with the reference. The
//! browser's cryptography is asked the same in `src/app/roles/signatures.rs`.

use std::fs;
use std::path::Path;

use exhibit::cloudtrail::{KeyFault, PublicKey};
use exhibit::sum::Sum;
use serde_json::Value;

fn bytes(value: &Value) -> Vec<u8> {
    hex::decode(value.as_str().expect("text")).expect("hexadecimal")
}

#[test]
fn only_sound_signatures_verify() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/vectors/pkcs1.json");
    let vectors: Value = serde_json::from_slice(&fs::read(path).expect("vectors")).expect("JSON");
    let (mut valid, mut invalid) = (0, 0);
    for key in vectors["keys"].as_array().expect("keys") {
        let tests = key["tests"].as_array().expect("tests");
        let public = PublicKey::parse(&bytes(&key["spki"]));
        if key["usable"] == false {
            // What no key of CloudTrail looks like is never asked to verify anything.
            assert_eq!(public.err(), Some(KeyFault::Exponent));
            continue;
        }
        let public = public.expect("a usable key");
        for test in tests {
            let (message, signature) = (bytes(&test["message"]), bytes(&test["signature"]));
            let expected = test["valid"] == true;
            let comment = &test["comment"];
            assert_eq!(public.verifies(&message, &signature), expected, "{comment}");
            // Recovering is as strict as verifying.
            let recovered = public.recover(&signature) == Some(Sum::of(&message));
            assert_eq!(recovered, expected, "recovered: {comment}");
            *(if expected { &mut valid } else { &mut invalid }) += 1;
        }
    }
    assert!(valid >= 2 && invalid >= 45, "{valid} and {invalid}");
}
