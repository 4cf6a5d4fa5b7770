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
