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
    /// None of these.
    Plain,
}

/// How many first bytes [`wrapping`] looks at.
pub const HEAD: usize = 512;

/// Tells archives and gzip by their first bytes.
pub fn wrapping(head: &[u8]) -> Wrapping {
    if is_package(head) {
        return Wrapping::Plain;
    }
    if head.starts_with(b"PK\x03\x04") || head.starts_with(b"PK\x05\x06") {
        return Wrapping::Zip;
    }
    if head.starts_with(&[0x1f, 0x8b]) {
        return Wrapping::Gzip;
    }
    if head.get(257..262) == Some(b"ustar") {
        return Wrapping::Tar;
    }
    Wrapping::Plain
}

/// Whether a zip archive is the package of an office program: its first member says so. Those are documents,
/// not folders of evidence.
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
}
