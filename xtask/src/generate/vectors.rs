//! `tests/vectors/pkcs1.json`: signatures that verify and, above all, such that nearly do. In the manner of
//! Wycheproof's vectors, and of our own making: the reference and the browser must say the same of each.

use anyhow::{Context, Result};
use rsa::BoxedUint;
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};

use super::key::Signer;

/// The DigestInfo of SHA-256 in DER, before the hash (RFC 8017, section 9.2, note 1).
const SHA256: &[u8] = &[
    0x30, 0x31, 0x30, 0x0d, 0x06, 0x09, 0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x02, 0x01, 0x05,
    0x00, 0x04, 0x20,
];
/// Bytes of the key, and of a signature.
const SIZE: usize = 256;
const TEXT: &[u8] = b"2026-03-01T01:00:00Z\nbucket/key\nhash\nnull";

/// One vector: what is special about it, the text, the signature, and whether it verifies.
type Vector = (&'static str, Vec<u8>, Vec<u8>, bool);

/// All vectors.
pub(super) fn all() -> Result<Value> {
    let (signer, other) = (Signer::of(11)?, Signer::of(12)?);
    let key = |spki: &[u8], is_usable: bool, vectors: Vec<Vector>| {
        let tests = vectors
            .into_iter()
            .map(|(comment, message, signature, valid)| {
                json!({
                    "comment": comment,
                    "message": hex::encode(message),
                    "signature": hex::encode(signature),
                    "valid": valid,
                })
            });
        json!({ "spki": hex::encode(spki), "usable": is_usable, "tests": tests.collect::<Vec<_>>() })
    };
    let mut vectors = lengths(&signer)?;
    vectors.extend(blocks(&signer)?);
    vectors.push((
        "signed by another key",
        TEXT.to_vec(),
        other.raw(&block(SHA256, &hash()))?,
        false,
    ));
    Ok(json!({
        "about": "PKCS#1 v1.5 with SHA-256; made by `cargo xtask generate fixtures`",
        "keys": [
            key(signer.spki(), true, vectors),
            key(&signer.spki_with_exponent_3()?, false, vec![forged_by_cube_root()?]),
        ],
    }))
}

fn hash() -> Vec<u8> {
    Sha256::digest(TEXT).to_vec()
}

/// The padded block: 00 01, ff as far as needed, 00, then these.
fn block(info: &[u8], hash: &[u8]) -> Vec<u8> {
    let padding = vec![0xff; SIZE.saturating_sub(3 + info.len() + hash.len())];
    [&[0, 1], padding.as_slice(), &[0], info, hash].concat()
}

/// Signatures that are numbers of the wrong size or range.
fn lengths(signer: &Signer) -> Result<Vec<Vector>> {
    let sound = signer.raw(&block(SHA256, &hash()))?;
    // A signature that begins with a zero byte: one of 256 texts has one.
    let (text, zero) = (0_u32..20_000)
        .find_map(|number| {
            let text = format!("text {number}").into_bytes();
            let signature = signer.raw(&block(SHA256, &Sha256::digest(&text))).ok()?;
            (signature[0] == 0).then_some((text, signature))
        })
        .context("no signature begins with zero")?;
    let modulus = signer.modulus();
    let wide = |bytes: &[u8]| BoxedUint::from_be_slice(bytes, 2_112).context("a number");
    let beyond = wide(&sound)?.wrapping_add(&wide(&modulus)?).to_be_bytes();
    let beyond = beyond[beyond.len() - SIZE - 1..].to_vec();
    let one = |last: u8| [vec![0; SIZE - 1], vec![last]].concat();
    let mut below = modulus.clone();
    below[SIZE - 1] -= 1;
    let text_of = |signature: Vec<u8>, about| (about, TEXT.to_vec(), signature, false);
    Ok(vec![
        ("sound", TEXT.to_vec(), sound.clone(), true),
        (
            "sound, over another text",
            b"another text".to_vec(),
            sound.clone(),
            false,
        ),
        (
            "sound, with a leading zero byte",
            text.clone(),
            zero.clone(),
            true,
        ),
        (
            "with its leading zero byte cut",
            text,
            zero[1..].to_vec(),
            false,
        ),
        text_of(sound[1..].to_vec(), "its first byte cut"),
        text_of(sound[..SIZE - 1].to_vec(), "its last byte cut"),
        text_of([&[0][..], &sound].concat(), "a zero byte before"),
        text_of([&sound[..], &[0]].concat(), "a zero byte after"),
        text_of(beyond, "the modulus added, a byte longer"),
        text_of(Vec::new(), "empty"),
        text_of(vec![0], "one zero byte"),
        text_of(one(0), "the number 0"),
        text_of(one(1), "the number 1"),
        text_of(below, "the modulus less one"),
        text_of(modulus, "the modulus"),
        text_of(vec![0xff; SIZE], "all ones, beyond the modulus"),
    ])
}

/// Blocks that a lax reader takes for a padded hash.
fn blocks(signer: &Signer) -> Result<Vec<Vector>> {
    let hash = hash();
    let sound = block(SHA256, &hash);
    let with = |at: usize, byte: u8| {
        let mut block = sound.clone();
        block[at] = byte;
        block
    };
    // Eight bytes of padding, the hash, and anything after it.
    let short = |after: u8| {
        let head = [&[0, 1][..], &[0xff; 8], &[0], SHA256, &hash].concat();
        [head.clone(), vec![after; SIZE - head.len()]].concat()
    };
    let info = |text: &str| hex::decode(text.replace(' ', "")).unwrap_or_default();
    let of = |text: &str| block(&info(text), &hash);
    let oid = "06 09 60 86 48 01 65 03 04 02 01";
    let all = [
        ("the first byte is not zero", with(0, 1)),
        ("block type 2", with(1, 2)),
        ("block type 0", with(1, 0)),
        ("a zero byte within the padding", with(40, 0)),
        ("a byte of the padding is fe", with(40, 0xfe)),
        ("the first byte of the padding is not ff", with(2, 0xfe)),
        ("no zero byte after the padding", with(SIZE - 52, 0xff)),
        ("a bit of the hash", with(SIZE - 1, sound[SIZE - 1] ^ 1)),
        ("short padding, zeros after the hash", short(0)),
        ("short padding, ones after the hash", short(0xff)),
        ("no padding at all, zeros after the hash", {
            let head = [&[0, 1, 0][..], SHA256, &hash].concat();
            [head.clone(), vec![0; SIZE - head.len()]].concat()
        }),
        (
            "a byte after the hash",
            block(SHA256, &[&hash[..], &[0]].concat()),
        ),
        ("the hash a byte short", block(SHA256, &hash[..31])),
        ("the hash alone, without its DigestInfo", block(&[], &hash)),
        (
            "the id of SHA-1",
            of("30 2d 30 09 06 05 2b 0e 03 02 1a 05 00 04 20"),
        ),
        (
            "the id of SHA-512",
            of("30 31 30 0d 06 09 60 86 48 01 65 03 04 02 03 05 00 04 20"),
        ),
        (
            "the id of SHA-224",
            of("30 31 30 0d 06 09 60 86 48 01 65 03 04 02 04 05 00 04 20"),
        ),
        (
            "the id of MD5",
            of("30 2c 30 0c 06 08 2a 86 48 86 f7 0d 02 05 05 00 04 20"),
        ),
        (
            "BER: no parameters",
            of(&format!("30 2f 30 0b {oid} 04 20")),
        ),
        (
            "BER: long form of the outer length",
            of(&format!("30 81 31 30 0d {oid} 05 00 04 20")),
        ),
        (
            "BER: long form in two bytes",
            of(&format!("30 82 00 31 30 0d {oid} 05 00 04 20")),
        ),
        (
            "BER: long form of the inner length",
            of(&format!("30 32 30 81 0d {oid} 05 00 04 20")),
        ),
        (
            "BER: long form of the hash's length",
            of(&format!("30 32 30 0d {oid} 05 00 04 81 20")),
        ),
        (
            "BER: long form of the null's length",
            of(&format!("30 32 30 0e {oid} 05 81 00 04 20")),
        ),
        (
            "BER: indefinite length",
            block(
                &info(&format!("30 80 30 0d {oid} 05 00 04 20")),
                &[&hash[..], &[0, 0]].concat(),
            ),
        ),
        (
            "BER: the hash in a constructed string",
            of(&format!("30 33 30 0d {oid} 05 00 24 22 04 20")),
        ),
        (
            "parameters that are not null",
            of(&format!("30 33 30 0f {oid} 04 02 ab cd 04 20")),
        ),
        (
            "null parameters with content",
            of(&format!("30 33 30 0f {oid} 05 02 ab cd 04 20")),
        ),
        (
            "bytes within the DigestInfo after the hash",
            block(
                &info(&format!("30 33 30 0d {oid} 05 00 04 20")),
                &[&hash[..], &[5, 0]].concat(),
            ),
        ),
        (
            "the outer tag is a set",
            of(&format!("31 31 30 0d {oid} 05 00 04 20")),
        ),
        (
            "the length of the DigestInfo is wrong",
            of(&format!("30 30 30 0d {oid} 05 00 04 20")),
        ),
        (
            "the hash's length is wrong",
            of(&format!("30 31 30 0d {oid} 05 00 04 1f")),
        ),
    ];
    let signed = all.into_iter().map(|(about, block)| {
        let signature = signer.raw(&block).with_context(|| about.to_owned())?;
        Ok((about, TEXT.to_vec(), signature, false))
    });
    signed.collect()
}

/// With the exponent 3, the cube root of a block with short padding is a signature in the eyes of a reader that
/// does not look at what stands after the hash (Bleichenbacher, 2006). No private key is needed for it.
fn forged_by_cube_root() -> Result<Vector> {
    let head = [&[0, 1][..], &[0xff; 8], &[0], SHA256, &hash()].concat();
    let number = |fill: u8| {
        let block = [head.clone(), vec![fill; SIZE - head.len()]].concat();
        BoxedUint::from_be_slice(&block, 2_048).context("a number")
    };
    let (low, high) = (number(0)?, number(0xff)?);
    let cube = |root: &[u8]| -> Result<BoxedUint> {
        let root = BoxedUint::from_be_slice(root, 2_048).context("a number")?;
        Ok(root.wrapping_mul(&root).wrapping_mul(&root))
    };
    let mut root = vec![0_u8; SIZE];
    // The largest root of which the cube does not pass the block; below 2^683, so that no cube overflows.
    for bit in (0..683).rev() {
        let (byte, mask) = (SIZE - 1 - bit / 8, 1 << (bit % 8));
        root[byte] |= mask;
        if cube(&root)? > high {
            root[byte] &= !mask;
        }
    }
    anyhow::ensure!(cube(&root)? >= low, "no cube has this beginning");
    Ok((
        "a cube root, forged for the exponent 3",
        TEXT.to_vec(),
        root,
        false,
    ))
}
