//! Any file as a reader takes it: archives, gzip, recognising, every parser by its kind.

#![no_main]

use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| {
    use std::io::Cursor;

    use exhibit::evidence::Limits;
    use exhibit::intake::{Reader, Shard};

    // The first byte chooses the name, which decides where content does not.
    let Some((first, bytes)) = data.split_first() else {
        return;
    };
    let name = NAMES[usize::from(*first) % NAMES.len()];
    let limits = Limits {
        content: 1 << 20,
        inflated: 4 << 20,
        ratio_from: 1 << 20,
        members: 200,
        ..Limits::default()
    };
    let clock = || 0.0;
    let mut reader = Reader::new(limits, 1, &clock);
    let mut entries = 0;
    let mut emit = |entry: exhibit::intake::Entry| {
        entries += 1;
        assert!(entry.path.starts_with(name));
        assert!(entry.sum.is_some() || !entry.problems.is_empty());
    };
    reader.read(
        name,
        &mut Cursor::new(bytes),
        bytes.len() as u64,
        Shard::default(),
        &mut emit,
    );
    assert!(entries > 0, "a file is never dropped silently");
});

const NAMES: &[&str] = &[
    "x",
    "notes.txt",
    "AWSLogs/111122223333/CloudTrail/us-east-1/2026/03/01/111122223333_CloudTrail_us-east-1_20260301T0020Z_aaaaaaaaaaaaaaaa.json.gz",
    "AWSLogs/111122223333/CloudTrail-Digest/us-east-1/2026/03/01/111122223333_CloudTrail-Digest_us-east-1_t_us-east-1_20260301T010000Z.json.gz",
    "result_1.csv.gz",
    "x_Config_us-east-1_ConfigHistory_AWS::S3::Bucket_20260301T000000Z_20260301T060000Z_1.json.gz",
    "report.pdf",
];
