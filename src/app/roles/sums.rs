//! SHA-256 by the browser's own cryptography, beside the reader that goes on meanwhile: several times faster than this
//! program can be, which has no access to the processor's instructions for it. Where a page has none (its origin is
//! not secure), the reader hashes itself.

use std::cell::{Cell, RefCell};

use js_sys::{ArrayBuffer, Promise, Reflect, Uint8Array};
use wasm_bindgen::JsCast as _;
use wasm_bindgen::JsValue;
use wasm_bindgen_futures::JsFuture;
use web_sys::{Blob, DedicatedWorkerGlobalScope, SubtleCrypto};

use exhibit::evidence::inflate::Beside;
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
    /// The bytes of a content that is taken piece by piece, with room for more, and how many they are.
    taken: RefCell<Uint8Array>,
    length: Cell<u32>,
}

/// Room that is made at first for content that comes in pieces, in bytes.
const ROOM: u32 = 8 << 20;
/// Bytes of a content that are given back at a time.
const PIECE: u32 = 1 << 20;

impl Sums {
    /// By what the browser has.
    pub(super) fn new(subtle: Option<SubtleCrypto>) -> Self {
        Sums {
            subtle,
            begun: RefCell::default(),
            taken: RefCell::new(Uint8Array::new_with_length(0)),
            length: Cell::new(0),
        }
    }

    /// Who hashes beside a reader, if the browser does.
    pub(super) fn beside(&self) -> Option<&dyn Beside> {
        self.subtle.as_ref().map(|_| self as &dyn Beside)
    }

    /// Hashes all of a blob at once; `None` where the browser cannot.
    pub(super) async fn of_blob(&self, blob: &Blob) -> Option<Sum> {
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

    /// Takes note of what was asked; returns its number.
    fn begin(&self, ask: impl FnOnce(&SubtleCrypto) -> Result<Promise, JsValue>) -> u32 {
        let asked = self.subtle.as_ref().ok_or(JsValue::UNDEFINED).and_then(ask);
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

/// The browser takes a copy of what it hashes before it returns (Web Cryptography, `digest`, step 2).
impl Beside for Sums {
    fn whole(&self, content: &[u8]) -> u32 {
        self.begin(|subtle| subtle.digest_with_str_and_u8_array("SHA-256", content))
    }

    fn take(&self, piece: &[u8]) {
        let mut taken = self.taken.borrow_mut();
        let from = self.length.get();
        let to = from + piece.len() as u32;
        if to > taken.length() {
            let grown = Uint8Array::new_with_length(to.saturating_mul(2).max(ROOM));
            grown.set(&taken.subarray(0, from), 0);
            buffer::free(&taken.buffer());
            *taken = grown;
        }
        taken.subarray(from, to).copy_from(piece);
        self.length.set(to);
    }

    fn end(&self) -> u32 {
        let taken = self.taken.borrow().subarray(0, self.length.take());
        self.begin(|subtle| subtle.digest_with_str_and_buffer_source("SHA-256", taken.as_ref()))
    }

    fn give_back(&self, to: &mut dyn FnMut(&[u8])) {
        let taken = self.taken.borrow();
        let length = self.length.take();
        for from in (0..length).step_by(PIECE as usize) {
            to(&taken.subarray(from, (from + PIECE).min(length)).to_vec());
        }
    }
}

impl Drop for Sums {
    fn drop(&mut self) {
        buffer::free(&self.taken.borrow().buffer());
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
        let beside = sums.beside().expect("tests run in a secure context");
        // Around each border of SHA-256's blocks, and some longer ones.
        let lengths = (0..200).chain([1_000, 65_535, 65_536, 1 << 20, 9 << 20]);
        let texts: Vec<Vec<u8>> = lengths
            .map(|length| (0..length).map(|at| (at * 31 % 251) as u8).collect())
            .collect();
        for _ in 0..2 {
            let whole = texts.iter().map(|text| beside.whole(text));
            let whole: Vec<u32> = whole.collect();
            let in_pieces = texts.iter().map(|text| {
                text.chunks(70_000).for_each(|piece| beside.take(piece));
                beside.end()
            });
            let in_pieces: Vec<u32> = in_pieces.collect();
            let known = sums.all().await;
            for numbers in [whole, in_pieces] {
                for (text, number) in texts.iter().zip(numbers) {
                    assert_eq!(known[number as usize], Some(Sum::of(text)));
                }
            }
            // What is longer than can be held is given back, and the next content begins anew.
            for text in &texts {
                text.chunks(70_000).for_each(|piece| beside.take(piece));
                let mut back = Vec::new();
                beside.give_back(&mut |piece| back.extend_from_slice(piece));
                assert!(back == *text);
            }
        }
    }

    #[wasm_bindgen_test]
    async fn a_whole_blob_is_hashed_at_once() {
        let subtle = web_sys::window().expect("a window").crypto().ok();
        let sums = Sums::new(subtle.map(|crypto| crypto.subtle()));
        let parts = js_sys::Array::of2(&"evi".into(), &"dence".into());
        let blob = Blob::new_with_str_sequence(&parts).expect("a blob");
        assert_eq!(sums.of_blob(&blob).await, Some(Sum::of(b"evidence")));
        assert_eq!(Sums::new(None).of_blob(&blob).await, None);
    }

    #[wasm_bindgen_test]
    async fn where_there_is_none_nothing_is_promised() {
        let sums = Sums::new(None);
        assert!(sums.beside().is_none());
        let number = sums.whole(b"a");
        assert_eq!(sums.all().await[number as usize], None);
    }
}
