//! The working of a verdict, so that it can be repeated by hand with openssl and sha256sum.

use crate::case::{Case, Step};
use crate::evidence::visible::visible_line;
use crate::integrity::SignatureSource;
use crate::integrity::holdings::{DigestItem, KeyItem};
use crate::integrity::judge::log_key;
use crate::integrity::prove::DigestIx;
use crate::integrity::{LogAt, LogRow};

fn step(title: &str, text: String) -> Step {
    Step {
        title: title.to_owned(),
        text,
    }
}

/// A path as one word of a shell; evidence chooses paths, so nothing in it may end the quotes.
pub(super) fn shell(text: &str) -> String {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-_./:=+@%,".contains(&byte);
    if !text.is_empty() && text.bytes().all(plain) && !text.starts_with('-') {
        return text.to_owned();
    }
    if visible_line(text) == text {
        return format!("'{}'", text.replace('\'', "'\\''"));
    }
    // Signs that hide stand as their numbers, so that what is pasted is what is read.
    let mut word = String::from("$'");
    for sign in text.chars() {
        let number = u32::from(sign);
        match sign {
            '\'' | '\\' => word.extend(['\\', sign]),
            _ if visible_line(sign.encode_utf8(&mut [0; 4])) == sign.to_string() => word.push(sign),
            _ if number > 0xffff => word += &format!("\\U{number:08x}"),
            _ => word += &format!("\\u{number:04x}"),
        }
    }
    word + "'"
}

fn hash_command(path: &str) -> String {
    let word = shell(path);
    if path.ends_with(".gz") {
        format!("gunzip -c {word} | sha256sum")
    } else {
        format!("sha256sum {word}")
    }
}

/// How a digest was proven, or what was tried.
pub fn digest(case: &Case, ix: DigestIx) -> Vec<Step> {
    let holdings = case.holdings();
    let item = &holdings.digests[ix as usize];
    let path = case
        .register()
        .file(item.file)
        .map_or("", |file| &file.path);
    let mut steps = vec![
        step(
            "Hash the uncompressed content",
            format!("{}\n# {}", hash_command(path), item.content),
        ),
        step(
            "Put together the string to sign",
            holdings.string_to_sign(item),
        ),
    ];
    let Some(proof) = case
        .judgement()
        .proofs
        .as_ref()
        .map(|proofs| proofs.of[ix as usize])
    else {
        return steps;
    };
    if proof.mismatch && proof.source.is_some() {
        let text = "Its own signature verifies all the same, so it is what was signed: only the holder of the private \
                    key can make the two disagree.";
        steps.push(step(
            "A proven next digest states another hash for it",
            format!("{}\n{text}", stated_by_next(case, proof.next)),
        ));
    } else if proof.mismatch {
        steps.push(step(
            "Compare with what the proven next digest states",
            stated_by_next(case, proof.next),
        ));
    }
    if proof.source == Some(SignatureSource::HashChain) {
        steps.push(step(
            "Compare with what the proven next digest states",
            stated_by_next(case, proof.next),
        ));
        return steps;
    }
    let key = proof
        .key
        .map(|key| &holdings.keys[key as usize])
        .or_else(|| named_key(case, item));
    if let Some(signature) = proof.signature.and_then(|at| at.signature(holdings)) {
        steps.push(step("The signature", hex::encode(&signature.0)));
        if let Some(public) = key.and_then(|key| key.key.as_ref().ok()) {
            steps.push(step(
                "The public key, as openssl reads it",
                pem(&public.spki()),
            ));
            steps.push(step(
                "Verify with openssl",
                commands(&holdings.string_to_sign(item), &hex::encode(&signature.0)),
            ));
        }
    }
    steps
}

/// The next digest, and the hash that it states for the one before it.
fn stated_by_next(case: &Case, next: Option<DigestIx>) -> String {
    let holdings = case.holdings();
    let Some(next) = next.map(|next| &holdings.digests[next as usize]) else {
        return String::new();
    };
    let stated = next.previous.as_ref().and_then(|(_, _, hash)| *hash);
    let stated = stated.map_or_else(|| "no SHA-256 value".to_owned(), |hash| hash.to_string());
    format!(
        "{}\npreviousDigestHashValue: {stated}",
        holdings.text(next.key)
    )
}

fn named_key<'a>(case: &'a Case, item: &DigestItem) -> Option<&'a KeyItem> {
    let fingerprint = case.holdings().text(item.fingerprint);
    case.holdings()
        .keys
        .iter()
        .find(|key| key.record.fingerprint == fingerprint || key.md5 == fingerprint)
}

fn pem(spki: &[u8]) -> String {
    use base64::Engine as _;
    let text = base64::engine::general_purpose::STANDARD.encode(spki);
    let lines: Vec<&str> = text
        .as_bytes()
        .chunks(64)
        .filter_map(|line| std::str::from_utf8(line).ok())
        .collect();
    format!(
        "-----BEGIN PUBLIC KEY-----\n{}\n-----END PUBLIC KEY-----",
        lines.join("\n")
    )
}

/// Commands to paste; the key is saved as `key.pem` before. The string has no line end after its last line.
fn commands(text: &str, signature: &str) -> String {
    format!(
        "printf %s {} > string-to-sign\nprintf %s {signature} | xxd -r -p > signature\n\
         openssl dgst -sha256 -verify key.pem -signature signature string-to-sign",
        quoted(text)
    )
}

/// A text with line ends as one word of a shell.
fn quoted(text: &str) -> String {
    let lines: Vec<String> = text
        .lines()
        .map(|line| format!("'{}'", line.replace('\'', "'\\''")))
        .collect();
    lines.join("$'\\n'")
}

/// How a log file was compared.
pub fn log(case: &Case, row: &LogRow) -> Vec<Step> {
    let holdings = case.holdings();
    let mut steps = Vec::new();
    if let LogAt::File(ix) = row.at {
        let item = &holdings.logs[ix as usize];
        let path = case
            .register()
            .file(item.file)
            .map_or("", |file| &file.path);
        let found = item.content.map_or_else(
            || "it cannot be decompressed".to_owned(),
            |sum| sum.to_string(),
        );
        steps.push(step(
            "Hash the uncompressed content",
            format!("{}\n# {found}", hash_command(path)),
        ));
    }
    if let Some((digest, listed)) = row.listed {
        let stated = holdings.listed[listed as usize].content;
        let stated = stated.map_or_else(|| "no SHA-256 value".to_owned(), |sum| sum.to_string());
        let key = log_key(holdings, row).map_or("", |(_, key)| key);
        let digest = holdings.text(holdings.digests[digest as usize].key);
        steps.push(step(
            "Compare with what its digest states",
            format!("{digest}\n{key}\nhashValue: {stated}"),
        ));
    }
    steps
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_ends_the_quotes() {
        assert_eq!(shell("a/b.json.gz"), "a/b.json.gz");
        assert_eq!(shell("a b'; rm -rf /"), "'a b'\\''; rm -rf /'");
        assert_eq!(shell("-x"), "'-x'");
        assert_eq!(shell(""), "''");
        assert_eq!(
            shell("a'\\\u{202e}\nb\u{e0001}"),
            "$'a\\'\\\\\\u202e\\u000ab\\U000e0001'"
        );
        assert_eq!(quoted("a\nb"), "'a'$'\\n''b'");
    }
}
