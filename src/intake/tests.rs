//! Archives of many members, shared by readers; hashes that are worked out beside.

use std::collections::BTreeSet;
use std::io::Write as _;

use super::*;

/// Members of many sizes, so that archives of them are read in several steps and by several readers.
fn members() -> Vec<(String, Vec<u8>)> {
    let size = |at: usize| at * 7_919 % 60_000 + at % 3 * 512;
    let name = |at: usize| format!("{}{at}.bin", "folder/".repeat(at % 40));
    (0..100)
        .map(|at| (name(at), vec![at as u8; size(at)]))
        .collect()
}

fn tar(members: &[(String, Vec<u8>)]) -> Vec<u8> {
    let mut archive = tar::Builder::new(Vec::new());
    for (name, bytes) in members {
        let mut header = tar::Header::new_gnu();
        header.set_size(bytes.len() as u64);
        header.set_mode(0o644);
        archive
            .append_data(&mut header, name, bytes.as_slice())
            .expect("a member");
    }
    archive.into_inner().expect("an archive")
}

fn zip(members: &[(String, Vec<u8>)]) -> Vec<u8> {
    let mut archive = zip::ZipWriter::new(io::Cursor::new(Vec::new()));
    // Stored, so that there is something to read.
    let options =
        zip::write::SimpleFileOptions::default().compression_method(zip::CompressionMethod::Stored);
    for (name, bytes) in members {
        archive.start_file(name, options).expect("a member");
        archive.write_all(bytes).expect("a member");
    }
    archive.finish().expect("an archive").into_inner()
}

#[test]
fn hashes_that_are_worked_out_beside_are_those_of_the_reader() {
    let packed = |content: &[u8]| {
        let mut packed = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
        packed.write_all(content).expect("room");
        packed.finish().expect("a stream")
    };
    let record = br#"{"eventName":"A","eventTime":"2026-03-01T00:00:00Z"}"#;
    let log = |events: usize| {
        [
            br#"{"Records":["#,
            &[&record[..]; 1].concat()[..],
            &[&b","[..], record].concat().repeat(events),
            b"]}",
        ]
        .concat()
    };
    let digest = br#"{"awsAccountId":"111122223333","digestStartTime":"2026-03-01T00:00:00Z","digestEndTime":"2026-03-01T01:00:00Z","digestS3Bucket":"b","digestS3Object":"k","digestPublicKeyFingerprint":"0123","digestSignatureAlgorithm":"SHA256withRSA","newestEventTime":null,"oldestEventTime":null,"previousDigestS3Bucket":null,"previousDigestS3Object":null,"previousDigestHashValue":null,"previousDigestHashAlgorithm":null,"previousDigestSignature":null,"logFiles":[]}"#;
    // Space after a digest is no part of what it says.
    let digest = [&digest[..], &b" ".repeat(60_000)].concat();
    // Content that is hashed beside, content that turns out too long for that, and a damaged stream.
    for (content, is_beside) in [
        (log(3), false),
        (log(2_000), true),
        (log(40_000), false),
        (digest.clone(), true),
    ] {
        for bytes in [packed(&content), packed(&content)[..40].to_vec()] {
            let read = |beside: Option<&Beside<'_>>| {
                let mut entries = Vec::new();
                Reader::new(Limits::default(), 1, &|| 0.0)
                    .hashing_beside(beside)
                    .read(
                        "a.json.gz",
                        &mut io::Cursor::new(&bytes),
                        bytes.len() as u64,
                        Shard::default(),
                        &mut |entry| {
                            entries.push(entry);
                        },
                    );
                entries
            };
            let own = read(None);
            let sums = std::cell::RefCell::new(Vec::new());
            let mut others = read(Some(&|bytes: &[u8]| {
                sums.borrow_mut().push(Sum::of(bytes));
                sums.borrow().len() as u32 - 1
            }));
            assert_eq!(
                sums.borrow().len(),
                usize::from(is_beside && bytes.len() > 40)
            );
            for entry in &mut others {
                entry.settle(|number| sums.borrow().get(number as usize).copied());
            }
            assert_eq!(others, own);
        }
    }
    let mut lost = blank("a", 1);
    lost.awaited = Some(0);
    lost.settle(|_| None);
    assert_eq!(
        lost.kind,
        Kind::Unreadable,
        "what cannot be hashed is no evidence"
    );
}

#[test]
fn every_member_is_read_once_by_any_number_of_readers() {
    let members = members();
    let clock = || 0.0;
    for (bytes, of) in [tar(&members), zip(&members)]
        .iter()
        .flat_map(|bytes| [1, 3].map(|of| (bytes, of)))
    {
        assert!(bytes.len() > 2 << 20);
        let mut found = Vec::new();
        let mut busy = BTreeSet::new();
        for index in 0..of {
            let mut reader = Reader::new(Limits::default(), 1, &clock);
            let mut source = io::Cursor::new(bytes);
            let size = bytes.len() as u64;
            reader.read("a", &mut source, size, Shard { index, of }, &mut |entry| {
                assert!(
                    entry.problems.iter().all(|p| p.code == ProblemCode::Empty),
                    "{entry:?}"
                );
                if entry.kind != Kind::Archive {
                    found.push((entry.path, entry.sum));
                    busy.insert(index);
                }
            });
        }
        found.sort();
        let mut wanted: Vec<_> = members
            .iter()
            .map(|(name, bytes)| (format!("a/{name}"), Some(Sum::of(bytes))))
            .collect();
        wanted.sort();
        assert!(
            found == wanted,
            "{} of {} by {of}",
            found.len(),
            wanted.len()
        );
        assert_eq!(busy.len() as u32, of, "each has something to do");
    }
}

#[test]
fn an_archive_is_hashed_by_the_reader_where_nobody_else_did() {
    let archive = zip(&members());
    let sum_with = |known: Option<Sum>| {
        let clock = || 0.0;
        let mut entries = Vec::new();
        Reader::new(Limits::default(), 1, &clock)
            .knowing(known)
            .read(
                "a.zip",
                &mut io::Cursor::new(&archive),
                archive.len() as u64,
                Shard::default(),
                &mut |entry| entries.push(entry),
            );
        assert_eq!(entries.len(), 101);
        (entries[0].sum, entries[0].size)
    };
    let length = archive.len() as u64;
    assert_eq!(sum_with(None), (Some(Sum::of(&archive)), length));
    let other = Sum::of(b"somebody else's");
    assert_eq!(sum_with(Some(other)), (Some(other), length));
}

fn gzip(content: &[u8]) -> Vec<u8> {
    let mut packed = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    packed.write_all(content).expect("room");
    packed.finish().expect("a stream")
}

/// Entries of a file, read by a reader that holds little.
fn entries(path: &str, bytes: &[u8]) -> Vec<Entry> {
    let limits = Limits {
        content: 256 << 10,
        ..Limits::default()
    };
    let mut entries = Vec::new();
    Reader::new(limits, 1, &|| 0.0).read(
        path,
        &mut io::Cursor::new(bytes),
        bytes.len() as u64,
        Shard::default(),
        &mut |entry| entries.push(entry),
    );
    entries
}

#[test]
fn a_packed_archive_is_read_whatever_its_length() {
    let members = members();
    let archive = tar(&members);
    assert!(archive.len() > 2 << 20);
    for name in ["a.tar.gz", "a.tgz", "a"] {
        let bytes = gzip(&archive);
        let read = entries(name, &bytes);
        assert_eq!(read.len(), members.len() + 1, "{name}");
        for (member, content) in &members {
            let path = format!("{name}/{member}");
            let entry = read.iter().find(|one| one.path == path).expect("a member");
            assert_eq!(entry.sum, Some(Sum::of(content)), "{path}");
        }
        let own = read.iter().find(|one| one.path == name).expect("itself");
        assert_eq!(
            (own.kind, own.sum, own.content, own.problems.len()),
            (
                Kind::Archive,
                Some(Sum::of(&bytes)),
                Some(Sum::of(&archive)),
                0
            )
        );
        // The last member, read again for a person.
        let (member, content) = members.last().expect("members");
        let again = Reader::new(Limits::default(), 0, &|| 0.0).extract(
            Some(member),
            &mut io::Cursor::new(&bytes),
            bytes.len() as u64,
            usize::MAX,
        );
        assert_eq!(again.as_ref(), Ok(content));
    }
    // Cut short, it says so, and what was read stays.
    let bytes = gzip(&archive);
    let cut = entries("a.tar.gz", &bytes[..bytes.len() / 2]);
    let own = cut
        .iter()
        .find(|one| one.path == "a.tar.gz")
        .expect("itself");
    assert_eq!(own.problems[0].code, ProblemCode::GzipTruncated);
    assert!(cut.len() > 10 && cut.iter().any(|one| one.path == "a.tar.gz/(unread)"));
    // What must be held whole and is too long says so too.
    let packed = entries("a.zip.gz", &gzip(&zip(&members)));
    let codes: Vec<_> = packed.iter().flat_map(|one| &one.problems).collect();
    assert_eq!(
        (packed.len(), codes[0].code),
        (1, ProblemCode::ArchiveTooLarge)
    );
}

#[test]
fn an_archive_goes_on_after_a_member_that_is_too_long() {
    let inner = tar(&members());
    let files = [
        ("a".to_owned(), vec![1; 10]),
        ("inner.tar".to_owned(), inner),
        ("z".to_owned(), vec![2; 10]),
    ];
    for (name, bytes) in [("x.tar", tar(&files)), ("x.tar.gz", gzip(&tar(&files)))] {
        let read = entries(name, &bytes);
        let of = |member: &str| {
            let path = format!("{name}/{member}");
            read.iter().find(|one| one.path == path).expect("a member")
        };
        assert_eq!(
            of("inner.tar").problems[0].code,
            ProblemCode::ArchiveTooLarge
        );
        assert_eq!(of("z").sum, Some(Sum::of(&[2; 10])));
        assert_eq!(read.len(), 4, "{name}");
    }
}

#[test]
fn a_directory_that_is_too_long_is_refused_in_either_form() {
    // From 65,536 members on an archive has the longer end record.
    for (count, directories) in [(100, &[1 << 10, 8 << 20][..]), (66_000, &[1 << 10])] {
        let members: Vec<_> = (0..count).map(|at| (format!("{at}"), Vec::new())).collect();
        let bytes = zip(&members);
        for &directory in directories {
            let fits = directory > 1 << 20;
            let clock = || 0.0;
            let limits = Limits {
                directory,
                ..Limits::default()
            };
            let mut entries = Vec::new();
            Reader::new(limits, 0, &clock).read(
                "a.zip",
                &mut io::Cursor::new(&bytes),
                bytes.len() as u64,
                Shard::default(),
                &mut |entry| entries.push(entry),
            );
            let refused = entries.iter().flat_map(|entry| &entry.problems);
            let refused = refused.filter(|problem| problem.code == ProblemCode::ArchiveTooLarge);
            assert_eq!(refused.count(), usize::from(!fits), "{count} {directory}");
            assert_eq!(entries.len(), if fits { count + 1 } else { 2 });
        }
    }
}
