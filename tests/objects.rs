//! What objects are classified by: themes, documents; and the calls on objects of buckets. Regexes and personal data are measured in `detectors.rs`.

mod support;

use std::io::Cursor;

use exhibit::case::{Answer, Case, Facet, Filter, Question, Row as TableRow, Settings, Table};
use exhibit::document;
use exhibit::evidence::{Kind, Limits};
use exhibit::intake::{Facts, Reader, Shard};
use exhibit::object::{FAR, Personal, Way, classify, found};
use exhibit::risk::Values;
use exhibit::risk::objects::risks;

use support::{judged, pdf};

#[test]
fn every_theme_holds_with_its_keywords_and_not_with_one_less() {
    for (at, row) in Way::Theme.rows().iter().enumerate() {
        // Longer words first: they may hold shorter ones.
        let mut words: Vec<&str> = row.words.split('|').collect();
        words.sort_by_key(|word| std::cmp::Reverse(word.len()));
        let holds = |count: usize| {
            let text = words[..count].join(" . ");
            classify("x", text.as_bytes(), None)
                .themes
                .contains(&(at as u8))
        };
        assert!(holds(words.len()), "{}", row.name);
        assert!(!holds(0), "{}", row.name);
    }
}

/// A package of an office program.
fn package(parts: &[(&str, &str)]) -> Vec<u8> {
    use std::io::Write as _;
    let mut archive = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
    for (name, text) in parts {
        archive
            .start_file(*name, zip::write::SimpleFileOptions::default())
            .expect("a part");
        archive.write_all(text.as_bytes()).expect("memory");
    }
    archive.finish().expect("an archive").into_inner()
}

fn packed(text: &[u8]) -> Vec<u8> {
    use std::io::Write as _;
    let mut packed = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::default());
    packed.write_all(text).expect("memory");
    packed.finish().expect("memory")
}

#[test]
fn a_package_that_holds_more_than_its_parts_is_an_archive() {
    let list = r#"{"trailList":[]}"#;
    for first in [
        "[Content_Types].xml",
        "mimetypeapplication/x",
        "docProps/app.xml",
    ] {
        let bytes = package(&[(first, "<Types/>"), ("AWSLogs/1/trails.json", list)]);
        for (name, bytes) in [("a.zip", bytes.clone()), ("a.zip.gz", packed(&bytes))] {
            let mut paths = Vec::new();
            let clock = || 0.0;
            let size = bytes.len() as u64;
            Reader::new(Limits::default(), 7, &clock).read(
                name,
                &mut Cursor::new(bytes.as_slice()),
                size,
                Shard::default(),
                &mut |entry| paths.push((entry.path, entry.kind)),
            );
            let member = format!("{name}/AWSLogs/1/trails.json");
            assert!(
                paths.contains(&(member, Kind::CloudtrailTrail)),
                "{paths:?}"
            );
            let mut reader = Reader::new(Limits::default(), 7, &clock);
            let mut source = Cursor::new(bytes.as_slice());
            let again = reader.extract(Some("AWSLogs/1/trails.json"), &mut source, size, 100);
            assert_eq!(again.expect("the member"), list.as_bytes());
        }
    }
}

#[test]
fn text_is_found_in_archives_office_files_and_other_encodings() {
    let line = "Patient: Alice Walker, card 4539 1488 0343 6467\n";
    let docx = package(&[
        ("[Content_Types].xml", "<Types/>"),
        (
            "word/document.xml",
            &format!("<w:document><w:p><w:t>{line}</w:t></w:p></w:document>"),
        ),
    ]);
    let xlsx = package(&[
        ("docProps/app.xml", "<Properties/>"),
        ("xl/workbook.xml", "<workbook/>"),
        (
            "xl/sharedStrings.xml",
            "<sst><si><t>Alice Walker</t></si></sst>",
        ),
        (
            "xl/worksheets/sheet1.xml",
            "<worksheet><row><c><v>4539148803436467</v></c></row></worksheet>",
        ),
    ]);
    let wide: Vec<u8> = [0xff, 0xfe]
        .into_iter()
        .chain(line.encode_utf16().flat_map(u16::to_le_bytes))
        .collect();
    let files = [
        ("people.docx", docx.clone()),
        ("people.docx.gz", packed(&docx)),
        ("people.xlsx", xlsx),
        ("people.txt.gz", packed(line.as_bytes())),
        ("people-wide.txt", wide),
        ("bucket.zip", package(&[("inner/people.txt", line)])),
        ("packed.zip.gz", packed(&package(&[("people.txt", line)]))),
    ];
    let clock = || 0.0;
    for (name, bytes) in files {
        let mut reader = Reader::new(Limits::default(), 7, &clock);
        let mut entries = Vec::new();
        let size = bytes.len() as u64;
        reader.read(
            name,
            &mut Cursor::new(bytes.as_slice()),
            size,
            Shard::default(),
            &mut |entry| entries.push(entry),
        );
        let object = entries.iter().find_map(|entry| match &entry.facts {
            Facts::Object(object) => Some(object),
            _ => None,
        });
        let object = object.unwrap_or_else(|| panic!("{name}: {entries:?}"));
        let of = |kind: Personal| object.personal[kind as usize];
        assert_eq!((of(Personal::Name), of(Personal::Card)), (1, 1), "{name}");
    }
    // What was found is told again from the same bytes.
    let (pieces, _) = found(&docx);
    assert_eq!(
        pieces
            .iter()
            .map(|one| one.masked.as_str())
            .collect::<Vec<_>>(),
        ["A•••• W•••••", "•••• •••• •••• 6467"]
    );
}

#[test]
fn no_more_than_the_first_20_megabytes_are_looked_at() {
    let mut text = "words and nothing else. ".repeat(FAR / 24 + 1);
    text.truncate(FAR);
    text += "\ncard 4539 1488 0343 6467\n";
    let object = classify("x.txt", text.as_bytes(), None);
    assert_eq!(
        (
            object.personal[Personal::Card as usize],
            object.searched as usize
        ),
        (0, FAR)
    );
}

#[test]
fn documents_are_read() {
    let pdf = pdf(
        "Statement of controls",
        "Strictly confidential: do not disclose. Call (alice) \\\\ AKIAQ3EGRFSOTVBNAB2C",
    );
    let document = document::read(&pdf).expect("a document");
    assert_eq!(
        (document.title.as_str(), document.created.as_str()),
        ("Statement of controls", "2025-06-30")
    );
    assert!(
        document
            .text
            .contains("do not disclose. Call (alice) \\ AKIA"),
        "{:?}",
        document.text
    );
    let object = classify("x.pdf", &pdf, Some(&document));
    assert_eq!(object.personal[Personal::AccessKey as usize], 1);
    assert_eq!(risks(&object, &Values::default()).1, 5);
    // Whatever is cut or changed: no panic, and it stays a PDF.
    for cut in (8..pdf.len()).step_by(7) {
        let mut broken = pdf[..cut].to_vec();
        broken[cut / 2] ^= 0x55;
        document::read(&broken);
    }
}

#[test]
fn each_class_of_text_is_told() {
    // Written by hand: neither of the generator nor of the packages that the classifier learned from.
    let texts = [
        ("Source code and markup", include_str!("objects.rs")),
        (
            "Source code and markup",
            include_str!("../src/object/search.rs"),
        ),
        (
            "Source code and markup",
            "<!doctype html>\n<html lang=\"en\"><head><title>Bees</title><link rel=\"stylesheet\" href=\"bees.css\"></head>\n<body><nav><a href=\"/honey\">Honey</a></nav><script>const hive = document.querySelector('#hive'); hive.addEventListener('click', () => open('/hive'));</script></body></html>\n",
        ),
        (
            "Application logs",
            "2025-03-04T10:00:01.120Z INFO [main] server started on port 8443\n2025-03-04T10:00:02.511Z WARN [pool-2] connection to cache lost, retry 1\n2025-03-04T10:00:03.002Z ERROR [pool-2] timeout after 500 ms: request 8812 failed\n2025-03-04T10:00:04.900Z INFO [pool-1] request 8813 done in 12 ms status=200\n",
        ),
        (
            "Encryption keys",
            "-----BEGIN RSA PRIVATE KEY-----\nMIIEowIBAAKCAQEAx8Wk3TqzPq7bq0yJm9kVd3vN1Zc5hQe2Lr7Tj4uYpXoSgBf1\nKa6EwRz0CnMhDl9Gi8Ut2Vb5Jx3Fy7PqQsWeRtYuIoPaSdFgHjKlZxCvBnMq1w2E\n3r4T5y6U7i8O9p0AaSsDdFfGgHhJjKkLlZzXxCcVvBbNnMm1Qq2Ww3Ee4Rr5Tt6Y\n-----END RSA PRIVATE KEY-----\n",
        ),
        (
            "Email",
            "From: Joan Lark <joan@lark.example>\nTo: Ivo Finch <ivo@finch.example>\nSubject: The boat on Saturday\nDate: Tue, 4 Mar 2025 10:00:01 +0000\nMessage-ID: <a1@lark.example>\n\nHi Ivo,\n\nshall we meet at the pier at nine? I bring the oars.\n\nBest regards,\nJoan\n",
        ),
        (
            "JSON",
            r#"{"Records":[{"eventVersion":"1.08","eventName":"ListBuckets","awsRegion":"eu-west-1","userIdentity":{"type":"IAMUser","userName":"ivo"},"requestParameters":null,"readOnly":true}]}"#,
        ),
        (
            "Databases",
            "-- MySQL dump 10.13\nDROP TABLE IF EXISTS `boats`;\nCREATE TABLE `boats` (\n  `id` int NOT NULL AUTO_INCREMENT,\n  `name` varchar(64) DEFAULT NULL,\n  PRIMARY KEY (`id`)\n) ENGINE=InnoDB;\nINSERT INTO `boats` VALUES (1,'Tern'),(2,'Gull'),(3,'Skua');\n",
        ),
        (
            "Financial",
            "Consolidated balance sheet\nTotal current assets 1,204,300\nAccounts payable (88,410)\nAccrued liabilities (41,200)\nNet income for the fiscal year ended December 31 312,900\nEarnings per share 1.42\nTotal stockholders' equity 908,100\n",
        ),
        (
            "Other text",
            "The heron stood in the shallows all morning. Nobody on the bank moved, and the river went on as it always had, slow and brown, past the mill and the bridge and the last of the orchards, until the light was gone and we walked home.\n",
        ),
    ];
    for (expected, text) in texts {
        let object = classify("x", text.as_bytes(), None);
        let told = object
            .class
            .map(|at| Way::Classifier.rows()[usize::from(at)].name);
        assert_eq!(told, Some(expected), "{text}");
    }
}

fn rows(case: &mut Case, table: Table, filter: Filter) -> Vec<TableRow> {
    let question = Question::Rows {
        table,
        filter,
        sort: None,
        first: 0,
        count: 9,
    };
    match case.answer(&question) {
        Answer::Rows(rows) => rows.rows,
        other => panic!("{other:?}"),
    }
}

fn words(text: &str) -> Filter {
    Filter {
        text: text.to_owned(),
        ..Filter::default()
    }
}

#[test]
fn objects_are_picked_by_one_kind_of_their_personal_data() {
    let files = [
        ("card.txt", "pay 4539 1488 0343 6467 now, from 203.0.113.7"),
        ("Credit card numbers.txt", "write to bob@example.org"),
    ];
    let files = files.map(|(path, text)| (path.to_owned(), text.as_bytes().to_vec()));
    let mut case = judged(&files, Settings::default());
    let columns = Table::Objects.columns().iter();
    let column = columns
        .take_while(|column| column.name != "piiTypes")
        .count() as u16;
    let value = Personal::Card.label().to_owned();
    let filter = Filter {
        facets: vec![Facet { column, value }],
        ..Filter::default()
    };
    let found = rows(&mut case, Table::Objects, filter);
    let [one] = &found[..] else {
        panic!("{found:?}")
    };
    assert_eq!(one.cells[1].shown(), "card.txt");
}

#[test]
fn the_calls_on_an_object_are_found_however_they_name_it() {
    let event = |id: u32, name: &str, more: &str| {
        format!(
            r#"{{"eventVersion":"1.08","eventID":"{id:08x}-0000-0000-0000-00000000000a","eventName":"{name}","eventSource":"s3.amazonaws.com","awsRegion":"cn-north-1","eventTime":"2026-03-01T05:00:0{id}Z","eventCategory":"Data",{more}}}"#
        )
    };
    let events = [
        event(
            1,
            "GetObject",
            r#""resources":[{"ARN":"arn:aws-cn:s3:::b/a k.pst"}]"#,
        ),
        event(
            2,
            "GetObject",
            r#""requestParameters":{"bucketName":"b","key":"a k.pst"}"#,
        ),
        event(
            3,
            "CopyObject",
            r#""requestParameters":{"bucketName":"c","key":"x","x-amz-copy-source":"b/a%20k.pst"}"#,
        ),
        event(
            4,
            "DeleteObjects",
            r#""requestParameters":{"bucketName":"b","delete":{"objects":[{"key":"a k.pst"}]}}"#,
        ),
        event(
            5,
            "GetObject",
            r#""requestParameters":{"bucketName":"b","key":"other"}"#,
        ),
    ];
    let log = format!("{{\"Records\":[{}]}}", events.join(","));
    let mut case = judged(
        &[("a.json".to_owned(), log.into_bytes())],
        Settings::default(),
    );
    let object = rows(&mut case, Table::Accessed, words("pst"))
        .remove(0)
        .subject;
    let Answer::Inspection(Some(told)) = case.answer(&Question::Inspect(object)) else {
        panic!("an object")
    };
    let (_, query) = &told.queries[0];
    assert_eq!(
        rows(&mut case, Table::Events, words(query)).len(),
        4,
        "{query}"
    );
}
