//! What objects are classified by: themes, documents. Regexes and personal data are measured in `detectors.rs`.

use std::io::Cursor;

use exhibit::document;
use exhibit::evidence::Limits;
use exhibit::intake::{Facts, Reader, Shard};
use exhibit::object::{FAR, Personal, Way, classify, found};
use exhibit::risk::Values;
use exhibit::risk::objects::risks;

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

/// A PDF file of one page whose text stands in a compressed stream.
fn pdf(title: &str, text: &str) -> Vec<u8> {
    use std::io::Write as _;
    let text = text.replace('(', "\\(").replace(')', "\\)");
    let page = format!("BT /F1 12 Tf 72 720 Td ({text}) Tj ET");
    let mut packed = flate2::write::ZlibEncoder::new(Vec::new(), flate2::Compression::default());
    packed.write_all(page.as_bytes()).expect("memory");
    let packed = packed.finish().expect("memory");
    let mut out = b"%PDF-1.4\n1 0 obj\n<< /Type /Catalog /Pages 2 0 R >>\nendobj\n2 0 obj\n<< /Type /Pages /Kids [3 0 R] /Count 1 >>\nendobj\n3 0 obj\n<< /Type /Page /Parent 2 0 R /Contents 4 0 R /Resources << /Font << /F1 5 0 R >> >> >>\nendobj\n".to_vec();
    out.extend(
        format!(
            "4 0 obj\n<< /Length {} /Filter /FlateDecode >>\nstream\n",
            packed.len()
        )
        .bytes(),
    );
    out.extend(&packed);
    out.extend(format!("\nendstream\nendobj\n5 0 obj\n<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>\nendobj\n6 0 obj\n<< /Title ({title}) /CreationDate (D:20250630120000Z) >>\nendobj\ntrailer\n<< /Root 1 0 R /Info 6 0 R >>\n%%EOF\n").bytes());
    out
}
