//! The content type of an object: by its first bytes, else by how its text begins, else by its name.

use super::tables::Way;
use crate::evidence::outline::Outline;

/// Types that `infer` calls otherwise than the model does.
const ALIASES: &[(&str, &str)] = &[
    ("application/gzip", "application/x-gzip"),
    ("application/vnd.rar", "application/x-rar-compressed"),
    ("application/x-ole-storage", "application/msword"),
    (
        "application/vnd.microsoft.portable-executable",
        "application/x-dosexec",
    ),
    ("application/vnd.ms-cab-compressed", "application/x-cab"),
    ("application/x-mach-binary", "application/x-executable"),
    ("application/java", "application/java-vm"),
    ("application/rtf", "text/rtf"),
    ("application/font-sfnt", "application/x-font-ttf"),
    ("application/font-woff", "application/x-font-woff"),
    ("application/vnd.sqlite3", "application/x-dbm"),
    ("text/x-shellscript", "application/x-shellscript"),
    ("application/x-rpm", "application/x-redhat-package-manager"),
];

/// First bytes that `infer` does not know.
const MAGIC: &[(&[u8], &str)] = &[
    (&[0xd4, 0xc3, 0xb2, 0xa1], "application/vnd.tcpdump.pcap"),
    (&[0xa1, 0xb2, 0xc3, 0xd4], "application/vnd.tcpdump.pcap"),
    (&[0x0a, 0x0d, 0x0d, 0x0a], "application/vnd.tcpdump.pcap"),
    (
        &[0xac, 0xed, 0x00, 0x05],
        "application/java-serialized-object",
    ),
    (b"!BDN", "application/vns.ms-outlook"),
    (b"-----BEGIN PGP PRIVATE KEY", "application/pgp-keys"),
    (b"-----BEGIN PGP PUBLIC KEY", "application/pgp-keys"),
    (b"-----BEGIN PGP MESSAGE", "application/pgp-encrypted"),
    (b"-----BEGIN PGP SIGNATURE", "application/pgp-signature"),
    (b"-----BEGIN CERTIFICATE", "application/x-x509-ca-cert"),
    // Keys as text: `infer` takes all of this form for certificates.
    (b"-----BEGIN ", "text/plain"),
    (b"{\\rtf", "text/rtf"),
    (b"OggS", "application/ogg"),
    (b"OTTO", "application/x-font-otf"),
    (b"gimp xcf", "application/x-xcf"),
    (b"ITSF", "application/vnd.ms-htmlhelp"),
    (b"#FIG", "application/x-xfig"),
    (b"%!PS-AdobeFont", "application/x-font-type1"),
    (&[0xf7, 0x02, 0x01], "application/x-dvi"),
    (
        &[0xe4, 0x52, 0x5c, 0x7b, 0x8c, 0xd8, 0xa7, 0x4d],
        "application/onenote",
    ),
    (b"BEGIN:VCARD", "text/x-vcard"),
    (b"BEGIN:VCALENDAR", "text/calendar"),
    (b"diff --git ", "text/x-diff"),
];

/// Forms that hold files of many types, as the bytes tell them: what a file is then, its name tells, if it is one of these.
const CONTAINERS: &[(&[&str], &[&str])] = &[
    (
        &[
            "application/zip",
            "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
            "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
            "application/vnd.openxmlformats-officedocument.presentationml.presentation",
        ],
        &[
            "apk", "bmpr", "docm", "dotx", "fla", "jar", "keynote", "kmz", "numbers", "odc", "odg",
            "pages", "potx", "ppsm", "ppsx", "pptm", "sldx", "thmx", "xap", "xlam", "xlsb", "xlsm",
            "xltm", "xltx", "xmind", "xpi", "xps",
        ],
    ),
    (
        &["application/x-ole-storage", "application/msword"],
        &[
            "fla", "mpp", "msg", "msi", "pps", "ppt", "pub", "vsd", "vss", "vst", "xls", "xlw",
        ],
    ),
    (&["application/x-executable"], &["core", "o", "so"]),
];

/// Whether bytes are text: no byte that texts do not hold among the first.
pub(super) fn is_text(bytes: &[u8]) -> bool {
    let head = &bytes[..bytes.len().min(4_096)];
    if head.is_empty() {
        return false;
    }
    let odd = |byte: &&u8| {
        **byte < 0x09 || (0x0e..0x20).contains(*byte) && **byte != 0x1b || **byte == 0x7f
    };
    head.iter().filter(odd).count() * 200 <= head.len() && !head.contains(&0)
}

/// The place of the content type among the model's rows.
pub(super) fn of(extension: &str, bytes: &[u8]) -> u16 {
    let found = by_magic(extension, bytes).or_else(|| {
        let text = is_text(bytes);
        let by_name = by_extension(extension);
        if !text {
            return by_name.or_else(|| Way::ContentType.find("application/octet-stream"));
        }
        by_words(bytes)
            .or(by_name)
            .or_else(|| Way::ContentType.find("text/plain"))
    });
    found.unwrap_or(0) as u16
}

fn by_magic(extension: &str, bytes: &[u8]) -> Option<usize> {
    let trimmed = bytes.trim_ascii_start();
    let own = MAGIC.iter().find(|(start, _)| trimmed.starts_with(start));
    if let Some((_, name)) = own {
        return Way::ContentType.find(name);
    }
    let found = infer::get(&bytes[..bytes.len().min(8_192)])?.mime_type();
    // Markup and scripts are told more finely below.
    if found.starts_with("text/") {
        return None;
    }
    let holds = |(forms, names): &&(&[&str], &[&str])| {
        forms.contains(&found) && names.iter().any(|one| one.eq_ignore_ascii_case(extension))
    };
    if CONTAINERS.iter().any(|container| holds(&container)) {
        return by_extension(extension);
    }
    let alias = ALIASES.iter().find(|(other, _)| *other == found);
    Way::ContentType.find(alias.map_or(found, |(_, name)| name))
}

fn by_extension(extension: &str) -> Option<usize> {
    let rows = Way::ContentType.rows();
    let tells = |row: &super::Row| {
        row.pattern
            .split(' ')
            .any(|one| one.eq_ignore_ascii_case(extension))
    };
    (!extension.is_empty())
        .then(|| rows.iter().position(tells))
        .flatten()
}

fn by_words(bytes: &[u8]) -> Option<usize> {
    let text = bytes.trim_ascii_start();
    let head = String::from_utf8_lossy(&text[..text.len().min(1_024)]).to_ascii_lowercase();
    let name = match text.first()? {
        b'{' | b'[' if is_json(text) => "application/json",
        b'<' if head.contains("<html") || head.starts_with("<!doctype html") => "text/html",
        b'<' if head.starts_with("<?xml") && head.contains("<rss") => "application/rss+xml",
        b'<' if head.starts_with("<?xml") => "text/xml",
        b'#' if head.starts_with("#!") => {
            let first = head.lines().next().unwrap_or_default();
            if first.contains("python") {
                "text/x-python"
            } else if first.contains("perl") {
                "text/x-perl"
            } else {
                "application/x-shellscript"
            }
        }
        _ if is_mail(&head) => "message/rfc822",
        _ if head.contains("begin_document") || head.starts_with("\\documentclass") => "text/x-tex",
        _ if head.contains("insert into ") && head.contains(" values")
            || head.starts_with("create table") =>
        {
            "text/x-sql"
        }
        _ => return None,
    };
    Way::ContentType.find(name)
}

/// Sections of settings begin with a bracket too.
fn is_json(text: &[u8]) -> bool {
    let next = text[1..].trim_ascii_start().first();
    !Outline::of(text).keys.is_empty()
        || next.is_some_and(|byte| b"\"]}{[0123456789-".contains(byte))
}

fn is_mail(head: &str) -> bool {
    let has = |name: &str| head.lines().take(40).any(|line| line.starts_with(name));
    has("from:")
        && (has("to:") || has("subject:"))
        && (has("date:") || has("message-id:") || has("received:"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn name(extension: &str, bytes: &[u8]) -> &'static str {
        Way::ContentType.rows()[of(extension, bytes) as usize].name
    }

    #[test]
    fn bytes_come_before_names() {
        assert_eq!(name("txt", b"%PDF-1.7\n%x"), "application/pdf");
        assert_eq!(name("txt", br#"{"a":[1]}"#), "application/json");
        assert_eq!(name("", b"#!/usr/bin/env python3\n"), "text/x-python");
        assert_eq!(
            name("", b"From: a@b\nTo: c@d\nDate: x\n\nhi"),
            "message/rfc822"
        );
        assert_eq!(name("csv", b"a,b\n1,2\n"), "text/csv");
        assert_eq!(name("", b"plain words"), "text/plain");
        assert_eq!(name("zzz", &[0, 1, 2, 3]), "application/octet-stream");
        assert_eq!(name("mdb", &[0, 1, 2, 3]), "application/msaccess");
        assert_eq!(
            name("", b"-----BEGIN PGP PRIVATE KEY BLOCK-----"),
            "application/pgp-keys"
        );
    }

    #[test]
    fn names_tell_what_a_container_holds() {
        let zip = b"PK\x03\x04\x14\0\0\0\0\0";
        assert_eq!(name("zip", zip), "application/zip");
        assert_eq!(name("txt", zip), "application/zip");
        assert_eq!(name("KMZ", zip), "application/vnd.google-earth.kmz");
        assert_eq!(
            name("odg", zip),
            "application/vnd.oasis.opendocument.graphics"
        );
        let mut ole = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1".to_vec();
        ole.resize(600, 0);
        assert_eq!(name("msg", &ole), "application/vns.ms-outlook");
        assert_eq!(name("", &ole), "application/msword");
    }

    #[test]
    fn every_row_is_told_by_bytes_or_by_a_name_or_is_another_name_of_one_that_is() {
        let told = include_str!("content_type.rs");
        let told = &told[..told.find("#[cfg(test)]").expect("tests")];
        let (mut alike, mut never) = (0, Vec::new());
        for (at, row) in Way::ContentType.rows().iter().enumerate() {
            let is_in = |name: &str| told.contains(&format!("\"{name}\""));
            if let Some(other) = row.pattern.strip_prefix('=') {
                let other = Way::ContentType
                    .find(other)
                    .map(|at| &Way::ContentType.rows()[at]);
                assert!(
                    other.is_some_and(|other| !other.pattern.starts_with(['=', '-'])),
                    "{}",
                    row.name
                );
                alike += 1;
            } else if row.pattern == "-" {
                never.push(row.name);
            } else if !is_in(row.name) && !infer::is_mime_supported(row.name) {
                let mut names = row.pattern.split(' ');
                let told = names.any(|name| of(name, &[1, 2, 0]) as usize == at);
                assert!(told, "{} is never told", row.name);
            }
        }
        assert_eq!((alike, never.len()), (20, 5), "{never:?}");
    }

    #[test]
    fn every_name_here_is_a_row() {
        let names = ALIASES.iter().map(|(_, name)| name);
        let missing: Vec<_> = names
            .chain(MAGIC.iter().map(|(_, name)| name))
            .filter(|name| Way::ContentType.find(name).is_none())
            .collect();
        assert!(missing.is_empty(), "{missing:?}");
    }
}
