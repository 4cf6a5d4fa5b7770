//! Keys that sign made-up digests. They come from a seed, so they protect nothing.

use anyhow::{Context, Result};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use md5::Md5;
use rand_chacha::ChaCha20Rng;
use rand_chacha::rand_core::SeedableRng as _;
use rsa::pkcs1::EncodeRsaPublicKey as _;
use rsa::pkcs8::EncodePublicKey as _;
use rsa::traits::PublicKeyParts as _;
use rsa::{BoxedUint, Pkcs1v15Sign, PrivateKey};
use serde_json::{Value, json};
use sha1::Sha1;
use sha2::{Digest as _, Sha256};

/// A private key, with its public half as `list-public-keys` prints it.
pub(super) struct Signer {
    key: PrivateKey,
    spki: Vec<u8>,
    /// The public key as it is listed: as PKCS#1, which AWS documents, or as SubjectPublicKeyInfo, which it prints too.
    listed: Vec<u8>,
    /// MD5 of the public key as it is listed, in hexadecimal.
    pub(super) fingerprint: String,
}

impl Signer {
    /// The key of a seed.
    pub(super) fn of(seed: u64) -> Result<Self> {
        let mut random = ChaCha20Rng::seed_from_u64(seed);
        let key = PrivateKey::new(&mut random, 2_048).context("no key from this seed")?;
        let public = key.to_public_key();
        let pkcs1 = public.to_pkcs1_der()?.as_bytes().to_vec();
        let spki = public.to_public_key_der()?.as_bytes().to_vec();
        let fingerprint = hex::encode(Md5::digest(&pkcs1));
        Ok(Self {
            key,
            spki,
            listed: pkcs1,
            fingerprint,
        })
    }

    /// The same key, listed as SubjectPublicKeyInfo: its fingerprint is another.
    pub(super) fn listed_as_spki(self) -> Self {
        Self {
            fingerprint: hex::encode(Md5::digest(&self.spki)),
            listed: self.spki.clone(),
            ..self
        }
    }

    /// The signature of a text: RSA PKCS#1 v1.5 with SHA-256, in hexadecimal.
    pub(super) fn sign(&self, text: &str) -> Result<String> {
        Ok(hex::encode(self.sign_bytes(text.as_bytes())?))
    }

    /// The signature of a text by a version of Amazon SNS's scheme.
    pub(super) fn sign_sns(&self, text: &str, version: u8) -> Result<Vec<u8>> {
        Ok(match version {
            1 => {
                let hash = Sha1::digest(text.as_bytes());
                self.key.sign(Pkcs1v15Sign::new::<Sha1>(), &hash)?
            }
            _ => self.sign_bytes(text.as_bytes())?,
        })
    }

    /// The signature of bytes: RSA PKCS#1 v1.5 with SHA-256.
    pub(super) fn sign_bytes(&self, bytes: &[u8]) -> Result<Vec<u8>> {
        let hash = Sha256::digest(bytes);
        Ok(self.key.sign(Pkcs1v15Sign::new::<Sha256>(), &hash)?)
    }

    /// The private operation on a block of the modulus's size, whatever is in it.
    pub(super) fn raw(&self, block: &[u8]) -> Result<Vec<u8>> {
        let number = BoxedUint::from_be_slice(block, 2_048).context("a block of another size")?;
        let random: Option<&mut ChaCha20Rng> = None;
        let signature = rsa::hazmat::rsa_decrypt(random, &self.key, &number)?;
        let bytes = signature.to_be_bytes();
        Ok(bytes[bytes.len() - block.len()..].to_vec())
    }

    /// The modulus.
    pub(super) fn modulus(&self) -> Vec<u8> {
        let bytes = self.key.n().to_be_bytes();
        bytes[bytes.len() - 256..].to_vec()
    }

    /// The public key as SubjectPublicKeyInfo.
    pub(super) fn spki(&self) -> &[u8] {
        &self.spki
    }

    /// The same modulus with the exponent 3, as SubjectPublicKeyInfo.
    pub(super) fn spki_with_exponent_3(&self) -> Result<Vec<u8>> {
        let key = rsa::PublicKey::new(self.key.n().as_ref().clone(), BoxedUint::from(3_u64))?;
        Ok(key.to_public_key_der()?.as_bytes().to_vec())
    }

    /// An entry whose key is anything, under the fingerprint that its digests name.
    pub(super) fn entry_with(&self, der: &[u8]) -> Value {
        self.entry_of(der)
    }

    /// Its entry in a key list.
    pub(super) fn entry(&self) -> Value {
        self.entry_of(&self.listed)
    }

    /// Its entry with the last bytes of the key cut off.
    pub(super) fn entry_cut(&self) -> Value {
        self.entry_of(&self.listed[..self.listed.len() - 20])
    }

    fn entry_of(&self, der: &[u8]) -> Value {
        json!({
            "Value": STANDARD.encode(der),
            "ValidityStartTime": "2026-02-20T00:00:00+00:00",
            "ValidityEndTime": "2026-03-22T00:00:00+00:00",
            "Fingerprint": self.fingerprint,
        })
    }
}

/// The output of `aws cloudtrail list-public-keys`.
pub(super) fn list(entries: &[Value]) -> Vec<u8> {
    serde_json::to_vec_pretty(&json!({ "PublicKeyList": entries })).unwrap_or_default()
}
