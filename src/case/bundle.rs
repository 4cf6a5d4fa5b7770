//! A case and its evidence as one file: a tar archive, whose parts are written around bytes that are never copied.

/// The name of the case's own file within it.
pub const CASE: &str = "case.exhibit.json";

/// Bytes of a block.
const BLOCK: usize = 512;

/// What stands before the bytes of a member: its name (as an extended header of POSIX, of any length) and its size.
pub fn before(path: &str, size: u64) -> Vec<u8> {
    let record = extended(path);
    let mut out = header("PaxHeader", record.len() as u64, b'x');
    out.extend_from_slice(record.as_bytes());
    out.extend(after(record.len() as u64));
    // Readers that know no extended headers show the end of the name.
    let name = path.rsplit('/').next().unwrap_or(path);
    out.extend(header(name, size, b'0'));
    out
}

/// What stands behind the bytes of a member.
pub fn after(size: u64) -> Vec<u8> {
    let over = (size % BLOCK as u64) as usize;
    vec![0; if over == 0 { 0 } else { BLOCK - over }]
}

/// The end of the archive.
pub fn end() -> Vec<u8> {
    vec![0; 2 * BLOCK]
}

/// `LENGTH path=PATH`, where the length counts itself.
fn extended(path: &str) -> String {
    let rest = format!(" path={path}\n");
    let mut length = rest.len() + 1;
    while length != rest.len() + length.to_string().len() {
        length = rest.len() + length.to_string().len();
    }
    format!("{length}{rest}")
}

fn header(name: &str, size: u64, kind: u8) -> Vec<u8> {
    let mut block = vec![0; BLOCK];
    let mut put = |at: usize, bytes: &[u8]| block[at..at + bytes.len()].copy_from_slice(bytes);
    let mut end = name.len().min(99);
    while !name.is_char_boundary(end) {
        end -= 1;
    }
    put(0, &name.as_bytes()[..end]);
    put(100, b"0000644\0");
    put(108, b"0000000\0");
    put(116, b"0000000\0");
    put(124, format!("{size:011o} ").as_bytes());
    put(136, b"00000000000 ");
    put(148, b"        ");
    put(156, &[kind]);
    put(257, b"ustar\x0000");
    let sum: u32 = block.iter().map(|&byte| u32::from(byte)).sum();
    block[148..156].copy_from_slice(format!("{sum:06o}\0 ").as_bytes());
    block
}

#[cfg(test)]
mod tests {
    use std::io::Read as _;

    use super::*;

    #[test]
    fn other_tools_read_it() {
        let long = format!("evidence/{}/é.json", "x".repeat(300));
        let files = [
            (CASE, b"{}".as_slice()),
            (long.as_str(), &[7; 512]),
            ("empty", b""),
        ];
        let mut bytes = Vec::new();
        for (path, content) in files {
            bytes.extend(before(path, content.len() as u64));
            bytes.extend_from_slice(content);
            bytes.extend(after(content.len() as u64));
        }
        bytes.extend(end());
        let mut archive = tar::Archive::new(bytes.as_slice());
        let mut seen = Vec::new();
        for entry in archive.entries().expect("entries") {
            let mut entry = entry.expect("an entry");
            let path = String::from_utf8(entry.path_bytes().into_owned()).expect("a path");
            let mut content = Vec::new();
            entry.read_to_end(&mut content).expect("bytes");
            seen.push((path, content));
        }
        let expected = files.map(|(path, content)| (path.to_owned(), content.to_vec()));
        assert_eq!(seen, expected);
    }
}
