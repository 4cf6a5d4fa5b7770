//! Certificates of Amazon SNS, as text.

#![no_main]

use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| {
    let text = String::from_utf8_lossy(data);
    let _ = exhibit::config::certificate::is_of_sns(&text);
    let (certificates, _) = exhibit::config::certificate::read(&text);
    for one in certificates {
        let _ = one.public_key();
        let _ = exhibit::config::sns::Signer::new("x.pem", one).serves();
    }
});
