//! Names of objects, moments, regions in names, names of archive members.

#![no_main]

use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| {
    let text = String::from_utf8_lossy(data);
    let _ = exhibit::cloudtrail::ObjectName::parse(&text);
    let _ = exhibit::cloudtrail::key::region_in(&text);
    let _ = exhibit::config::name::place(&text);
    if let Some(moment) = exhibit::moment::Moment::parse(&text) {
        assert_eq!(
            exhibit::moment::Moment::parse(&moment.to_string()),
            Some(moment)
        );
    }
    let (safe, _) = exhibit::evidence::archive::safe_name(&text);
    assert!(!safe.is_empty() && safe.split(['/', '\\']).all(|part| part != ".."));
});
