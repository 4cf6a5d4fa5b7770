//! Bytes that the browser hands over in buffers of its own.

use js_sys::{Array, ArrayBuffer, Uint8Array, WebAssembly};
use wasm_bindgen::{JsCast as _, JsValue};
use web_sys::MessageChannel;

/// Bytes of this role's Wasm memory, which only grows.
pub(crate) fn memory() -> f64 {
    let memory = wasm_bindgen::memory().dyn_into::<WebAssembly::Memory>();
    let buffer = memory
        .ok()
        .and_then(|memory| memory.buffer().dyn_into::<ArrayBuffer>().ok());
    buffer.map_or(0.0, |buffer| f64::from(buffer.byte_length()))
}

/// Moves a buffer's bytes into `into`, in the place of what it held, and gives the browser its memory back.
pub(crate) fn take_into(buffer: &ArrayBuffer, into: &mut Vec<u8>) {
    let bytes = Uint8Array::new(buffer);
    into.resize(bytes.length() as usize, 0);
    bytes.copy_to(into);
    free(buffer);
}

/// The same into a new vector.
pub(crate) fn take(buffer: &ArrayBuffer) -> Vec<u8> {
    let mut bytes = Vec::new();
    take_into(buffer, &mut bytes);
    bytes
}

/// Frees a buffer's memory at once. Browsers collect buffers by what their handles weigh, which is next to nothing, so
/// that hundreds of megabytes of them would wait. Chromium holds the memory even of a buffer that was detached; what
/// was handed over to a channel goes with the channel (100 buffers of 4 MB, observed in Chromium 148: 10 MB held, else 400).
pub(crate) fn free(buffer: &ArrayBuffer) {
    // Without a channel, the buffer waits for the collector.
    if let Ok(channel) = MessageChannel::new() {
        let port = channel.port1();
        let _ = port.post_message_with_transferable(&JsValue::NULL, &Array::of1(buffer));
        port.close();
        channel.port2().close();
    }
}

#[cfg(test)]
mod tests {
    use wasm_bindgen_test::{wasm_bindgen_test, wasm_bindgen_test_configure};

    use super::*;

    wasm_bindgen_test_configure!(run_in_browser);

    #[wasm_bindgen_test]
    fn what_was_taken_is_given_back() {
        let buffer = Uint8Array::from(&b"evidence"[..]).buffer();
        assert_eq!(take(&buffer), b"evidence");
        assert_eq!(buffer.byte_length(), 0);
        let mut piece = vec![7; 20];
        take_into(&Uint8Array::from(&b"log"[..]).buffer(), &mut piece);
        assert_eq!(piece, b"log");
    }
}
