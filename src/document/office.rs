//! Packages of office programs: a zip archive whose parts are XML.

use std::io::{Cursor, Read as _};

use super::{Document, MOST};

/// Which parts hold the text, by what the package is.
const FORMS: &[(&str, &[&str], &str)] = &[
    (
        "word/document.xml",
        &["word/"],
        "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    ),
    (
        "xl/workbook.xml",
        &["xl/sharedStrings.xml", "xl/worksheets/"],
        "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    ),
    (
        "ppt/presentation.xml",
        &["ppt/slides/"],
        "application/vnd.openxmlformats-officedocument.presentationml.presentation",
    ),
];

/// Of OpenDocument, `mimetype` says what it is and `content.xml` holds the text.
const OPEN: &[&str] = &[
    "application/vnd.oasis.opendocument.text",
    "application/vnd.oasis.opendocument.spreadsheet",
    "application/vnd.oasis.opendocument.presentation",
    "application/epub+zip",
];

/// Reads a package; `None` where the archive is none.
pub(super) fn read(bytes: &[u8]) -> Option<Document> {
    let mut archive = zip::ZipArchive::new(Cursor::new(bytes)).ok()?;
    let names: Vec<String> = archive
        .file_names()
        .filter_map(Result::ok)
        .map(|name| name.into_owned())
        .collect();
    let mut left = MOST;
    let mut part = |name: &str| {
        let mut text = Vec::new();
        let file = archive.by_name(name).ok()?;
        file.take(left as u64).read_to_end(&mut text).ok()?;
        left -= text.len();
        Some(String::from_utf8_lossy(&text).into_owned())
    };
    let form = FORMS
        .iter()
        .find(|(name, ..)| names.iter().any(|one| one == name));
    let (form, holds): (&str, &[&str]) = match form {
        Some(&(_, holds, form)) => (form, holds),
        None => {
            let kind = part("mimetype")?;
            let form = OPEN.iter().find(|form| **form == kind.trim())?;
            (form, &["content.xml", "OEBPS/", "text/"])
        }
    };
    let mut document = Document {
        form,
        ..Document::default()
    };
    if let Some(core) = part("docProps/core.xml").or_else(|| part("meta.xml")) {
        document.title = between(&core, "<dc:title>", "</dc:title>");
        let created = between(&core, "<dcterms:created", "</dcterms:created>");
        let created = created.rsplit('>').next().unwrap_or_default();
        document.created = created.chars().take(10).collect();
    }
    let text = names.iter().filter(|name| {
        holds.iter().any(|start| name.starts_with(start))
            && (name.ends_with("ml"))
            && !name.contains("_rels")
    });
    for name in text {
        if let Some(xml) = part(name) {
            strip(&xml, &mut document.text);
        }
    }
    Some(document)
}

fn between(text: &str, start: &str, end: &str) -> String {
    let rest = text.split_once(start).map_or("", |(_, rest)| rest);
    let mut plain = String::new();
    strip(
        rest.split_once(end).map_or("", |(inner, _)| inner),
        &mut plain,
    );
    plain.trim().to_owned()
}

/// The text of XML without its tags; paragraphs, rows and cells end lines or words.
fn strip(xml: &str, into: &mut String) {
    let mut rest = xml;
    while let Some(at) = rest.find('<') {
        unescape(&rest[..at], into);
        rest = &rest[at + 1..];
        let end = rest.find('>').unwrap_or(rest.len());
        let tag = &rest[..end];
        let name = tag
            .trim_start_matches('/')
            .split([' ', '/'])
            .next()
            .unwrap_or_default();
        let name = name.rsplit(':').next().unwrap_or_default();
        let closes = tag.starts_with('/') || tag.ends_with('/');
        match name {
            "p" | "row" | "si" | "h" | "br" | "table-row" | "div" | "li" if closes => {
                into.push('\n')
            }
            "c" | "tc" | "tab" | "table-cell" | "v" | "td" if closes => into.push(' '),
            _ => {}
        }
        rest = rest.get(end + 1..).unwrap_or_default();
    }
    unescape(rest, into);
}

fn unescape(text: &str, into: &mut String) {
    let mut rest = text;
    while let Some(at) = rest.find('&') {
        into.push_str(&rest[..at]);
        rest = &rest[at..];
        let end = rest.find(';').filter(|end| *end < 12);
        let Some(end) = end else {
            into.push('&');
            rest = &rest[1..];
            continue;
        };
        let name = &rest[1..end];
        let number = name
            .strip_prefix("#x")
            .map(|hex| u32::from_str_radix(hex, 16));
        let number = number.or_else(|| name.strip_prefix('#').map(str::parse));
        match (name, number) {
            ("amp", _) => into.push('&'),
            ("lt", _) => into.push('<'),
            ("gt", _) => into.push('>'),
            ("quot", _) => into.push('"'),
            ("apos", _) => into.push('\''),
            (_, Some(Ok(code))) => into.extend(char::from_u32(code)),
            _ => into.push_str(&rest[..=end]),
        }
        rest = &rest[end + 1..];
    }
    into.push_str(rest);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tags_go_and_text_stays() {
        let mut text = String::new();
        strip(
            "<w:p><w:t>Fish &amp; ch</w:t><w:t>ips</w:t></w:p><w:p>&#65;&#x42;&nope;</w:p>",
            &mut text,
        );
        assert_eq!(text, "Fish & chips\nAB&nope;\n");
    }
}
