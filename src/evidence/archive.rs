//! Names of archive members, made safe.

/// The name under which a member is registered, and whether it tried to point outside its archive.
pub fn safe_name(name: &str) -> (String, bool) {
    let mut tricked = name.starts_with(['/', '\\']) || name.contains('\0');
    let mut parts: Vec<String> = Vec::new();
    for part in name.split(['/', '\\']) {
        match part {
            "" | "." => {}
            ".." => tricked = true,
            _ if part.len() == 2 && part.ends_with(':') => tricked = true,
            _ => parts.push(part.replace('\0', "\u{fffd}")),
        }
    }
    if parts.is_empty() {
        parts.push("unnamed".to_owned());
    }
    (parts.join("/"), tricked)
}

/// What a file is, by its first bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Wrapping {
    /// A zip archive.
    Zip,
    /// A tar archive.
    Tar,
    /// A gzip stream.
    Gzip,
    /// A zip archive that begins as the package of an office program does.
    Package,
    /// None of these.
    Plain,
}

/// How many first bytes [`wrapping`] looks at.
pub const HEAD: usize = 512;

/// Tells archives and gzip by their first bytes.
pub fn wrapping(head: &[u8]) -> Wrapping {
    if is_package(head) {
        return Wrapping::Package;
    }
    if head.starts_with(b"PK\x03\x04") || head.starts_with(b"PK\x05\x06") {
        return Wrapping::Zip;
    }
    if head.starts_with(&[0x1f, 0x8b]) {
        return Wrapping::Gzip;
    }
    if head.get(257..262) == Some(b"ustar") || is_old_tar(head) {
        return Wrapping::Tar;
    }
    Wrapping::Plain
}

/// Whether the first block is a header of tar's first form, which has no mark of its own: its sum is right, counted with
/// spaces where it stands itself (POSIX.1-1988, the header block).
fn is_old_tar(head: &[u8]) -> bool {
    let Some(block) = head.get(..512).filter(|block| block[0] != 0) else {
        return false;
    };
    let stated = str::from_utf8(&block[148..156]).unwrap_or_default();
    let stated = stated.trim_matches(['\0', ' ']);
    let sum = block.iter().enumerate().map(|(at, &byte)| match at {
        148..156 => u32::from(b' '),
        _ => u32::from(byte),
    });
    u32::from_str_radix(stated, 8) == Ok(sum.sum())
}

/// Whether a zip archive is the package of an office program: its first member says so. Those are documents, not folders
/// of evidence, unless they hold more ([`is_part`]).
fn is_package(head: &[u8]) -> bool {
    let name = head.get(30..).unwrap_or_default();
    head.starts_with(b"PK\x03\x04")
        && [
            &b"[Content_Types].xml"[..],
            b"_rels/.rels",
            b"docProps/",
            b"xl/workbook.xml",
            b"word/document.xml",
            b"ppt/presentation.xml",
            b"mimetypeapplication/",
        ]
        .iter()
        .any(|first| name.starts_with(first))
}

/// Whether a member of a package is a part of it, by the folder that it stands in (ECMA-376 part 2 and OpenDocument 1.3 part 2
/// name them; EPUB leaves them open, and these are common).
pub fn is_part(name: &str) -> bool {
    const FOLDERS: &[&str] = &[
        "_rels",
        "_xmlsignatures",
        "customXml",
        "docMetadata",
        "docProps",
        "ppt",
        "visio",
        "word",
        "xl",
        "Configurations2",
        "META-INF",
        "ObjectReplacements",
        "Pictures",
        "Thumbnails",
        "media",
        "EPUB",
        "OEBPS",
        "OPS",
        "text",
    ];
    match name.split_once('/') {
        Some((folder, _)) => FOLDERS.contains(&folder) || folder.starts_with("Object "),
        None => name == "mimetype" || name.ends_with(".xml") || name.ends_with(".rdf"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_stay_inside() {
        assert_eq!(safe_name("a/b.json"), ("a/b.json".into(), false));
        assert_eq!(safe_name("../../etc/passwd"), ("etc/passwd".into(), true));
        assert_eq!(safe_name("/abs"), ("abs".into(), true));
        assert_eq!(safe_name("C:\\x\\y"), ("x/y".into(), true));
        assert_eq!(safe_name("..").0, "unnamed");
    }

    #[test]
    fn archives_are_told_by_their_first_block() {
        for mut header in [tar::Header::new_old(), tar::Header::new_gnu()] {
            header.set_path("a/b.json").expect("a name");
            header.set_size(3);
            header.set_cksum();
            assert_eq!(wrapping(header.as_bytes()), Wrapping::Tar);
        }
        let mut old = tar::Header::new_old();
        old.set_path("a").expect("a name");
        old.set_cksum();
        let mut block = *old.as_bytes();
        block[0] = b'b';
        assert_eq!(wrapping(&block), Wrapping::Plain, "its sum is wrong");
        assert_eq!(wrapping(&[0; 512]), Wrapping::Plain);
        assert_eq!(wrapping(&[b' '; 512]), Wrapping::Plain);
    }
}
