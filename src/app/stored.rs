//! What this browser keeps, once the user turned that on: what they decided, with the rows of
//! samples that they drew, and the choice of light or dark; never a file of the evidence.

use web_sys::{Storage, window};

use exhibit::case::{Settings, saved};

const SETTINGS: &str = "exhibit.settings";
const THEME: &str = "exhibit.theme";

fn storage() -> Option<Storage> {
    window().and_then(|window| window.local_storage().ok().flatten())
}

/// Whether the user turned it on.
pub(crate) fn is_on() -> bool {
    storage().is_some_and(|stored| matches!(stored.get_item(SETTINGS), Ok(Some(_))))
}

/// Keeps settings, if that is on.
pub(crate) fn keep(settings: &Settings) {
    if is_on() {
        // A full or forbidden storage keeps nothing; the case can still be downloaded.
        let _ = turn_on(settings);
    }
}

/// Turns it on.
///
/// # Errors
/// When the browser refuses to store.
pub(crate) fn turn_on(settings: &Settings) -> Result<(), wasm_bindgen::JsValue> {
    let Some(stored) = storage() else {
        return Err(wasm_bindgen::JsValue::NULL);
    };
    stored.set_item(SETTINGS, &saved::write(settings, Vec::new()))?;
    if let Some(theme) = super::theme::chosen() {
        stored.set_item(THEME, &theme)?;
    }
    Ok(())
}

/// Forgets everything that is stored, and turns it off.
pub(crate) fn forget() {
    if let Some(stored) = storage() {
        for key in [SETTINGS, THEME] {
            let _ = stored.remove_item(key);
        }
    }
}

/// What was kept in an earlier visit; keys are to be confirmed again.
pub(crate) fn settings() -> Option<Settings> {
    let text = storage()?.get_item(SETTINGS).ok()??;
    let (mut settings, _) = saved::parse(text.as_bytes()).ok()?;
    settings.distrust();
    Some(settings)
}

/// The choice of light or dark of an earlier visit.
pub(crate) fn theme() -> Option<String> {
    is_on().then(|| storage()?.get_item(THEME).ok()?).flatten()
}

/// A secret that nobody can guess, for pseudonyms.
pub(crate) fn secret() -> String {
    let mut bytes = [0_u8; 16];
    let crypto = window().and_then(|window| window.crypto().ok());
    let filled = crypto.is_some_and(|crypto| {
        crypto
            .get_random_values_with_u8_array(&mut bytes)
            .is_ok_and(|_| bytes.iter().any(|byte| *byte != 0))
    });
    if !filled {
        // Without the browser's cryptography pseudonyms are only as hidden as its common random numbers.
        bytes.fill_with(|| (js_sys::Math::random() * 256.0) as u8);
    }
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}
