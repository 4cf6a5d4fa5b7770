//! Checking signatures in bulk: with the browser's own cryptography where it is there, which is some
//! thirty times as fast, else with the reference.

use std::collections::HashMap;
use std::rc::Rc;

use js_sys::{Array, Object, Promise, Reflect, Uint8Array};
use wasm_bindgen::{JsCast as _, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::{CryptoKey, SubtleCrypto};

use exhibit::cloudtrail::PublicKey;
use exhibit::integrity::{Check, CheckId};

/// Checks that the browser works on at a time.
const AT_ONCE: usize = 256;
/// The name of the algorithm in WebCrypto.
const ALGORITHM: &str = "RSASSA-PKCS1-v1_5";

/// Outcomes, and what the user must hear of.
#[derive(Debug, Default)]
pub(crate) struct Outcomes {
    /// Whether each signature verifies.
    pub(crate) known: Vec<(CheckId, bool)>,
    /// How often the browser and the reference did not agree; the reference's word stands.
    pub(crate) disagreements: usize,
}

/// Checks signatures.
#[derive(Default)]
pub(crate) struct Verifier {
    subtle: Option<SubtleCrypto>,
    /// Imported keys by their SubjectPublicKeyInfo; `None` where the browser refuses one.
    keys: HashMap<Vec<u8>, Option<CryptoKey>>,
}

impl Verifier {
    /// Takes the browser's cryptography, where the page's origin is secure and so has it.
    pub(crate) fn new(subtle: Option<SubtleCrypto>) -> Self {
        Verifier {
            subtle,
            keys: HashMap::new(),
        }
    }

    /// Checks all; `twice` asks the reference too and compares. `rest` is awaited between batches,
    /// so that questions are answered meanwhile.
    pub(crate) async fn check<F: Future<Output = ()>>(
        &mut self,
        checks: &[Check],
        twice: bool,
        rest: impl Fn() -> F,
    ) -> Outcomes {
        let mut outcomes = Outcomes::default();
        for batch in checks.chunks(AT_ONCE) {
            let fast = self.ask_browser(batch).await;
            for (check, fast) in batch.iter().zip(fast) {
                let verifies = match fast {
                    Some(verifies) if !twice => verifies,
                    _ => check.key.verifies(&check.message, &check.signature),
                };
                if fast.is_some_and(|fast| fast != verifies) {
                    outcomes.disagreements += 1;
                }
                outcomes.known.push((check.id, verifies));
            }
            rest().await;
        }
        outcomes
    }

    /// What the browser says of each check; `None` where it says nothing.
    async fn ask_browser(&mut self, batch: &[Check]) -> Vec<Option<bool>> {
        let Some(subtle) = self.subtle.clone() else {
            return vec![None; batch.len()];
        };
        let mut asked = Vec::with_capacity(batch.len());
        let promises = Array::new();
        for check in batch {
            let promise = match self.import(&subtle, &check.key).await {
                Some(key) => verify(&subtle, &key, check).ok(),
                None => None,
            };
            asked.push(promise.is_some());
            if let Some(promise) = promise {
                promises.push(&promise);
            }
        }
        let Ok(answers) = JsFuture::from(Promise::all_settled(&promises)).await else {
            return vec![None; batch.len()];
        };
        let mut answers = Array::from(&answers).to_vec().into_iter();
        asked
            .into_iter()
            .map(|asked| {
                let settled = if asked { answers.next()? } else { return None };
                Reflect::get(&settled, &"value".into()).ok()?.as_bool()
            })
            .collect()
    }

    async fn import(&mut self, subtle: &SubtleCrypto, key: &Rc<PublicKey>) -> Option<CryptoKey> {
        let spki = key.spki();
        if let Some(known) = self.keys.get(&spki) {
            return known.clone();
        }
        let imported = import(subtle, &spki).await.ok();
        self.keys.insert(spki, imported.clone());
        imported
    }
}

async fn import(subtle: &SubtleCrypto, spki: &[u8]) -> Result<CryptoKey, JsValue> {
    let algorithm = Object::new();
    Reflect::set(&algorithm, &"name".into(), &ALGORITHM.into())?;
    Reflect::set(&algorithm, &"hash".into(), &"SHA-256".into())?;
    let data = Uint8Array::from(spki);
    let usages = Array::of1(&"verify".into());
    let promise = subtle.import_key_with_object("spki", &data, &algorithm, false, &usages)?;
    JsFuture::from(promise).await?.dyn_into()
}

fn verify(subtle: &SubtleCrypto, key: &CryptoKey, check: &Check) -> Result<Promise, JsValue> {
    let signature = Uint8Array::from(check.signature.as_slice());
    let message = Uint8Array::from(check.message.as_slice());
    subtle.verify_with_str_and_js_u8_array_and_js_u8_array(ALGORITHM, key, &signature, &message)
}

#[cfg(test)]
mod tests {
    use std::io::Cursor;

    use exhibit::case::Case;
    use exhibit::evidence::Limits;
    use exhibit::intake::{Reader, Shard};
    use wasm_bindgen_test::{wasm_bindgen_test, wasm_bindgen_test_configure};

    use super::*;

    wasm_bindgen_test_configure!(run_in_browser);

    macro_rules! evidence {
        ($name:literal) => {
            (
                $name,
                include_bytes!(concat!("../../../tests/evidence/complete/evidence/", $name))
                    .as_slice(),
            )
        };
    }

    /// A digest, the next one, which carries its signature, and the key.
    const FILES: &[(&str, &[u8])] = &[
        evidence!("public-keys-us-east-1.json"),
        evidence!(
            "AWSLogs/111122223333/CloudTrail-Digest/us-east-1/2026/03/01/111122223333_CloudTrail-Digest_us-east-1_management-events_us-east-1_20260301T070000Z.json.gz"
        ),
        evidence!(
            "AWSLogs/111122223333/CloudTrail-Digest/us-east-1/2026/03/01/111122223333_CloudTrail-Digest_us-east-1_management-events_us-east-1_20260301T080000Z.json.gz"
        ),
    ];

    /// The checks that a judgement asks for, then the same with a byte of the text or of the
    /// signature changed, or with the signature cut short.
    fn checks() -> Vec<Check> {
        let clock = || 0.0;
        let mut reader = Reader::new(Limits::default(), 1, &clock);
        let mut case = Case::default();
        for (path, bytes) in FILES {
            let size = bytes.len() as u64;
            reader.read(
                path,
                &mut Cursor::new(bytes),
                size,
                Shard::default(),
                &mut |entry| case.add(0, entry),
            );
        }
        let sound = case.judge();
        let mut all = sound.clone();
        for check in &sound {
            let mut text = check.clone();
            text.message[0] ^= 1;
            let mut signature = check.clone();
            signature.signature[9] ^= 1;
            let mut cut = check.clone();
            cut.signature.remove(0);
            all.extend([text, signature, cut]);
        }
        for (at, check) in all.iter_mut().enumerate() {
            check.id = [at as u8; 32];
        }
        all
    }

    #[wasm_bindgen_test]
    async fn browser_and_reference_agree() {
        let checks = checks();
        assert!(!checks.is_empty());
        let subtle = web_sys::window()
            .expect("a window")
            .crypto()
            .expect("crypto")
            .subtle();
        let mut verifier = Verifier::new(Some(subtle));
        let outcomes = verifier.check(&checks, true, || async {}).await;
        assert_eq!(outcomes.disagreements, 0);
        let fast = verifier.ask_browser(&checks).await;
        for (check, fast) in checks.iter().zip(&fast) {
            let reference = check.key.verifies(&check.message, &check.signature);
            assert_eq!(*fast, Some(reference));
        }
        assert!(fast.contains(&Some(true)) && fast.contains(&Some(false)));
    }

    fn bytes(value: &serde_json::Value) -> Vec<u8> {
        hex::decode(value.as_str().expect("text")).expect("hexadecimal")
    }

    /// Signatures that nearly verify: the browser says of each what the reference says (`tests/vectors.rs`).
    #[wasm_bindgen_test]
    async fn browser_and_reference_agree_on_vectors() {
        let text = include_str!("../../../tests/vectors/pkcs1.json");
        let vectors: serde_json::Value = serde_json::from_str(text).expect("JSON");
        let subtle = web_sys::window()
            .expect("a window")
            .crypto()
            .expect("crypto")
            .subtle();
        let mut verifier = Verifier::new(Some(subtle.clone()));
        let mut asked = 0;
        for key in vectors["keys"].as_array().expect("keys") {
            let tests = key["tests"].as_array().expect("tests");
            let spki = bytes(&key["spki"]);
            let Ok(public) = PublicKey::parse(&spki) else {
                // Exhibit never asks about such a key; the browser would not be taken in either.
                let imported = import(&subtle, &spki).await;
                for (test, key) in tests.iter().zip(imported) {
                    let check = Check {
                        id: [0; 32],
                        key: Rc::new(any_key()),
                        message: bytes(&test["message"]),
                        signature: bytes(&test["signature"]),
                    };
                    let promise = verify(&subtle, &key, &check).expect("a promise");
                    let verifies = JsFuture::from(promise).await.expect("an answer");
                    assert_eq!(verifies.as_bool(), Some(false), "{}", test["comment"]);
                }
                continue;
            };
            let public = Rc::new(public);
            let check = |test: &serde_json::Value| Check {
                id: [0; 32],
                key: Rc::clone(&public),
                message: bytes(&test["message"]),
                signature: bytes(&test["signature"]),
            };
            let checks: Vec<Check> = tests.iter().map(check).collect();
            let fast = verifier.ask_browser(&checks).await;
            for (test, fast) in tests.iter().zip(fast) {
                assert_eq!(fast, test["valid"].as_bool(), "{}", test["comment"]);
                asked += 1;
            }
        }
        assert!(asked > 40);
    }

    fn any_key() -> PublicKey {
        (*checks().first().expect("a check").key).clone()
    }
}
