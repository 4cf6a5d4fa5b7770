//! Small PDF files: a title, and lines of text on one page.

use std::io::Write as _;

use anyhow::Result;
use flate2::Compression;
use flate2::write::ZlibEncoder;

/// Writes a file with a table of its objects, as readers of PDF expect it.
pub(super) fn write(title: &str, lines: &[&str]) -> Result<Vec<u8>> {
    let plain = |text: &str| {
        text.replace('\\', "\\\\")
            .replace('(', "\\(")
            .replace(')', "\\)")
    };
    let mut page = "BT /F1 12 Tf 56 760 Td 18 TL\n".to_owned();
    for line in lines {
        page += &format!("({}) Tj T*\n", plain(line));
    }
    page += "ET";
    let mut packed = ZlibEncoder::new(Vec::new(), Compression::new(6));
    packed.write_all(page.as_bytes())?;
    let packed = packed.finish()?;
    let objects: [Vec<u8>; 6] = [
        b"<< /Type /Catalog /Pages 2 0 R >>".to_vec(),
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>".to_vec(),
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R /Resources << /Font << /F1 5 0 R >> >> >>".to_vec(),
        [format!("<< /Length {} /Filter /FlateDecode >>\nstream\n", packed.len()).as_bytes(), &packed, b"\nendstream"].concat(),
        b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>".to_vec(),
        format!("<< /Title ({}) /CreationDate (D:20240110090000Z) >>", plain(title)).into_bytes(),
    ];
    let mut out = b"%PDF-1.4\n".to_vec();
    let mut places = Vec::new();
    for (at, object) in objects.iter().enumerate() {
        places.push(out.len());
        writeln!(out, "{} 0 obj", at + 1)?;
        out.extend_from_slice(object);
        out.extend_from_slice(b"\nendobj\n");
    }
    let table = out.len();
    write!(out, "xref\n0 {}\n0000000000 65535 f \n", objects.len() + 1)?;
    for place in places {
        writeln!(out, "{place:010} 00000 n ")?;
    }
    write!(
        out,
        "trailer\n<< /Size {} /Root 1 0 R /Info 6 0 R >>\nstartxref\n{table}\n%%EOF\n",
        objects.len() + 1
    )?;
    Ok(out)
}
