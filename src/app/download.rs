//! Handing a document to the browser's downloads, and text to its clipboard.

use js_sys::Array;
use wasm_bindgen::{JsCast as _, JsValue};
use web_sys::{Blob, HtmlAnchorElement, Url};

/// Saves the parts of a document under a name.
///
/// # Errors
/// When the browser refuses.
pub(crate) fn save(parts: &Array, name: &str) -> Result<(), JsValue> {
    let blob = Blob::new_with_buffer_source_sequence(parts)?;
    let address = Url::create_object_url_with_blob(&blob)?;
    let document = web_sys::window()
        .and_then(|window| window.document())
        .ok_or(JsValue::NULL)?;
    let link: HtmlAnchorElement = document.create_element("a")?.unchecked_into();
    link.set_href(&address);
    link.set_download(name);
    link.click();
    // The browser takes hold of the blob before it returns from the click, but not everywhere.
    gloo::timers::callback::Timeout::new(60_000, move || {
        // Nothing is lost if it is gone already.
        let _ = Url::revoke_object_url(&address);
    })
    .forget();
    Ok(())
}

/// Copies text to the clipboard.
pub(crate) fn copy(text: &str) {
    if let Some(window) = web_sys::window() {
        let clipboard = window.navigator().clipboard();
        // A page whose origin is not secure has none; there, and where the browser refuses, the text can still be marked and
        // copied by hand.
        if !clipboard.is_undefined() {
            let _ = clipboard.write_text(text);
        }
    }
}
