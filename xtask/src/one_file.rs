//! `exhibit.html`: everything of dist/ in one file, which opens from a stick.
//!
//! Scripts and styles are inline and allowed by their hashes; glue and module stand in data blocks, compressed,
//! and run from `blob:` addresses as in dist/. Its policy closes all connections from the first byte.

use std::fs;
use std::io::Write as _;
use std::path::Path;

use anyhow::{Context, Result, bail};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use flate2::Compression;
use flate2::write::GzEncoder;
use sha2::{Digest as _, Sha256};

/// The file's name in dist/.
pub(crate) const NAME: &str = "exhibit.html";

/// The most that it may weigh, in bytes.
const LIMIT: usize = 3_500_000;

/// Writes the file beside what it is made of, and prints its SHA-256.
///
/// # Errors
/// When dist/ is not as the build leaves it, or the file is above its limit.
pub(crate) fn write(dist: &Path) -> Result<()> {
    let read = |end: &str| -> Result<Vec<(String, Vec<u8>)>> {
        let mut found = Vec::new();
        for entry in fs::read_dir(dist)? {
            let path = entry?.path();
            let name = path
                .file_name()
                .unwrap_or_default()
                .to_string_lossy()
                .into_owned();
            if name.ends_with(end) {
                found.push((name, fs::read(&path)?));
            }
        }
        found.sort();
        Ok(found)
    };
    let index = fs::read_to_string(dist.join("index.html")).context("dist/index.html")?;
    let boot = fs::read_to_string(dist.join("boot.js")).context("dist/boot.js")?;
    let scripts = read(".js")?;
    let glue = scripts
        .iter()
        .find(|(name, _)| name.starts_with("exhibit-"))
        .context("no glue in dist/")?;
    let wasm = read(".wasm")?
        .into_iter()
        .next()
        .context("no module in dist/")?;
    let page = compose(&index, &boot, &read(".css")?, &glue.1, &wasm.1)?;
    if page.len() > LIMIT {
        bail!(
            "{NAME} weighs {} bytes, above the limit of {LIMIT}: look for a heavy crate or embedded data",
            page.len()
        );
    }
    fs::write(dist.join(NAME), &page)?;
    println!(
        "{} bytes in dist/{NAME}\nSHA-256 {}",
        page.len(),
        hex::encode(Sha256::digest(page.as_bytes()))
    );
    Ok(())
}

fn compose(
    index: &str,
    boot: &str,
    styles: &[(String, Vec<u8>)],
    glue: &[u8],
    wasm: &[u8],
) -> Result<String> {
    // Layers stand in the order in which index.html names its sheets.
    let mut sheets: Vec<(usize, String)> = Vec::new();
    for (name, text) in styles {
        let place = index
            .find(name.as_str())
            .with_context(|| format!("index.html does not name {name}"))?;
        sheets.push((place, String::from_utf8(text.clone())?));
    }
    sheets.sort();
    let style: String = sheets.into_iter().map(|(_, text)| text).collect();
    if style.contains("</style") || boot.contains("</script") {
        bail!("a style or boot.js would end its own element");
    }
    let policy = format!(
        "default-src 'none'; script-src 'sha256-{}' blob: 'wasm-unsafe-eval'; connect-src 'none'; style-src 'sha256-{}'; img-src data: blob:; worker-src blob:; form-action 'none'; base-uri 'none'",
        hash(boot),
        hash(&style)
    );
    let head: Vec<String> = index
        .lines()
        .filter(|line| keeps(line))
        .map(str::to_owned)
        .collect();
    let head = head.join("\n");
    let (head, body) = head
        .split_once("</head>")
        .context("index.html has no head")?;
    let body = body.replace("</body>", &format!(
        "<script type=\"text/plain\" id=\"glue\">{}</script>\n<script type=\"text/plain\" id=\"module\">{}</script>\n<script data-glue=\"#glue\" data-wasm=\"#module\">{boot}</script>\n</body>",
        packed(glue)?, packed(wasm)?
    ));
    let charset = "<meta charset=\"utf-8\">";
    let head = head.replacen(
        charset,
        &format!("{charset}\n<meta http-equiv=\"Content-Security-Policy\" content=\"{policy}\">"),
        1,
    );
    Ok(format!("{head}<style>{style}</style>\n</head>{body}"))
}

/// Lines of index.html that name other files, or set the policy of dist/, are replaced.
fn keeps(line: &str) -> bool {
    let replaced = [
        "Content-Security-Policy",
        "rel=\"stylesheet\"",
        "boot.js",
        "offline.js",
        "rel=\"modulepreload\"",
        "rel=\"preload\"",
    ];
    !replaced.iter().any(|part| line.contains(part))
}

fn hash(text: &str) -> String {
    STANDARD.encode(Sha256::digest(text.as_bytes()))
}

/// Compressed as much as gzip can, without a time: the same content gives the same bytes.
fn packed(bytes: &[u8]) -> Result<String> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
    encoder.write_all(bytes)?;
    Ok(STANDARD.encode(encoder.finish()?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn everything_is_inside() {
        let index = "<!doctype html>\n<html><head>\n<meta charset=\"utf-8\">\n<meta http-equiv=\"Content-Security-Policy\" content=\"x\">\n<link rel=\"stylesheet\" href=\"./b.css\">\n<link rel=\"stylesheet\" href=\"./a.css\">\n<script defer src=\"offline.js\"></script>\n<script defer src=\"./boot.js\"></script>\n</head>\n<body>\n<p>x</p>\n</body></html>";
        let styles = [
            ("a.css".to_owned(), b"A".to_vec()),
            ("b.css".to_owned(), b"B".to_vec()),
        ];
        let page = compose(index, "go();", &styles, b"glue", b"wasm").expect("a page");
        assert!(
            page.contains("<style>BA</style>") && page.contains(">go();</script>"),
            "{page}"
        );
        assert!(
            !page.contains("href=")
                && !page.contains("src=\"")
                && page.matches("Content-Security-Policy").count() == 1
        );
        assert!(
            page.contains(&format!("'sha256-{}'", hash("go();")))
                && page.contains("connect-src 'none'")
        );
        assert!(page.find("Content-Security-Policy") < page.find("<style>"));
    }
}
