//! The manifest: the hash of every file, in the format of `sha256sum`.

use crate::case::Case;

/// Writes the manifest in parts. A name with a backslash or line end is escaped as `sha256sum` does it;
/// members of archives are named below their archive, which `sha256sum -c` cannot check.
pub fn write(case: &Case, write: &mut dyn FnMut(&[u8])) {
    let mut part = String::new();
    for (_, file) in case.register().files() {
        let Some(sum) = file.sum else { continue };
        let escaped = file
            .path
            .replace('\\', "\\\\")
            .replace('\n', "\\n")
            .replace('\r', "\\r");
        let mark = if escaped.len() == file.path.len() {
            ""
        } else {
            "\\"
        };
        part += &format!("{mark}{sum}  {escaped}\n");
        if part.len() > 256 << 10 {
            write(part.as_bytes());
            part.clear();
        }
    }
    write(part.as_bytes());
}
