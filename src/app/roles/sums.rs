//! SHA-256 by the browser's own cryptography, beside the reader that goes on meanwhile: several times faster than this
//! program can be, which has no access to the processor's instructions for it. Where a page has none (its origin is
//! not secure), the reader hashes itself.

use std::cell::RefCell;

use js_sys::{ArrayBuffer, Promise, Reflect, Uint8Array};
use wasm_bindgen::JsCast as _;
use wasm_bindgen::JsValue;
use wasm_bindgen_futures::JsFuture;
use web_sys::{Blob, DedicatedWorkerGlobalScope, SubtleCrypto};

use exhibit::sum::Sum;

use crate::app::buffer;

/// The browser's cryptography, if the page's origin is secure and so has it.
pub(super) fn subtle(scope: &DedicatedWorkerGlobalScope) -> Option<SubtleCrypto> {
    let subtle = scope.crypto().ok().map(|crypto| crypto.subtle());
    // Where there is none, the browser says `undefined`.
    subtle.filter(|subtle| !subtle.is_undefined())
}

/// Hashes that were begun, by their numbers.
pub(super) struct Sums {
    subtle: Option<SubtleCrypto>,
    begun: RefCell<Vec<Promise>>,
}

impl Sums {
    /// By what the browser has.
    pub(super) fn new(subtle: Option<SubtleCrypto>) -> Self {
        Sums {
            subtle,
            begun: RefCell::default(),
        }
    }

    /// Whether the browser hashes.
    pub(super) fn can(&self) -> bool {
        self.subtle.is_some()
    }

    /// Hashes all of a blob at once; `None` where the browser cannot.
    pub(super) async fn whole(&self, blob: &Blob) -> Option<Sum> {
        let subtle = self.subtle.as_ref()?;
        let bytes = JsFuture::from(blob.array_buffer()).await.ok()?;
        let asked = subtle.digest_with_str_and_buffer_source("SHA-256", bytes.unchecked_ref());
        let hashed = match asked {
            Ok(asked) => JsFuture::from(asked).await.ok(),
            Err(_) => None,
        };
        buffer::free(bytes.unchecked_ref());
        sum_in(&hashed?)
    }

    /// Begins to hash a copy of some bytes; returns its number.
    pub(super) fn begin(&self, bytes: &[u8]) -> u32 {
        let asked = self
            .subtle
            .as_ref()
            .ok_or(JsValue::UNDEFINED)
            .and_then(|subtle| subtle.digest_with_str_and_u8_array("SHA-256", bytes));
        let mut begun = self.begun.borrow_mut();
        begun.push(asked.unwrap_or_else(|error| Promise::reject(&error)));
        begun.len() as u32 - 1
    }

    /// Waits for all that were begun, and begins to count from 0 again; `None` stands for what could not be hashed.
    pub(super) async fn all(&self) -> Vec<Option<Sum>> {
        let begun = self.begun.take();
        if begun.is_empty() {
            return Vec::new();
        }
        let all = Promise::all_settled(&begun.into_iter().collect::<js_sys::Array>());
        let Ok(all) = JsFuture::from(all).await else {
            return Vec::new();
        };
        all.unchecked_into::<js_sys::Array>()
            .iter()
            .map(|settled| {
                let value = Reflect::get(&settled, &"value".into()).ok()?;
                sum_in(&value)
            })
            .collect()
    }
}

/// The hash in a buffer that the browser answers with.
fn sum_in(buffer: &JsValue) -> Option<Sum> {
    let bytes = Uint8Array::new(buffer.dyn_ref::<ArrayBuffer>()?).to_vec();
    bytes.try_into().ok().map(Sum)
}

#[cfg(test)]
mod tests {
    use wasm_bindgen_test::{wasm_bindgen_test, wasm_bindgen_test_configure};

    use super::*;

    wasm_bindgen_test_configure!(run_in_browser);

    #[wasm_bindgen_test]
    async fn browser_and_reference_agree() {
        let subtle = web_sys::window().expect("a window").crypto().ok();
        let sums = Sums::new(subtle.map(|crypto| crypto.subtle()));
        assert!(sums.can(), "tests run in a secure context");
        // Around each border of SHA-256's blocks, and some longer ones.
        let lengths = (0..200).chain([1_000, 65_535, 65_536, 1 << 20]);
        let texts: Vec<Vec<u8>> = lengths
            .map(|length| (0..length).map(|at| (at * 31 % 251) as u8).collect())
            .collect();
        for _ in 0..2 {
            let numbers: Vec<u32> = texts.iter().map(|text| sums.begin(text)).collect();
            let known = sums.all().await;
            for (text, number) in texts.iter().zip(numbers) {
                assert_eq!(known[number as usize], Some(Sum::of(text)));
            }
        }
    }

    #[wasm_bindgen_test]
    async fn a_whole_blob_is_hashed_at_once() {
        let subtle = web_sys::window().expect("a window").crypto().ok();
        let sums = Sums::new(subtle.map(|crypto| crypto.subtle()));
        let parts = js_sys::Array::of2(&"evi".into(), &"dence".into());
        let blob = Blob::new_with_str_sequence(&parts).expect("a blob");
        assert_eq!(sums.whole(&blob).await, Some(Sum::of(b"evidence")));
        assert_eq!(Sums::new(None).whole(&blob).await, None);
    }

    #[wasm_bindgen_test]
    async fn where_there_is_none_nothing_is_promised() {
        let sums = Sums::new(None);
        assert!(!sums.can());
        let number = sums.begin(b"a");
        assert_eq!(sums.all().await[number as usize], None);
    }
}
