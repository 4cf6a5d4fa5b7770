//! Light and dark: as the system says, unless the user chose.

use web_sys::window;

const KEY: &str = "exhibit.theme";

/// Takes up the choice of an earlier visit.
pub(crate) fn restore() {
    let stored = window().and_then(|window| window.local_storage().ok().flatten());
    if let Some(choice) = stored.and_then(|stored| stored.get_item(KEY).ok().flatten()) {
        apply(&choice);
    }
}

/// Switches to the other of the two and remembers it: the only thing that is ever stored.
pub(crate) fn toggle() {
    let next = if is_dark() { "light" } else { "dark" };
    apply(next);
    if let Some(stored) = window().and_then(|window| window.local_storage().ok().flatten()) {
        // Where storing is forbidden the choice lasts for this visit.
        let _ = stored.set_item(KEY, next);
    }
}

fn is_dark() -> bool {
    let Some(window) = window() else { return false };
    let root = window
        .document()
        .and_then(|document| document.document_element());
    match root
        .and_then(|root| root.get_attribute("data-theme"))
        .as_deref()
    {
        Some("dark") => true,
        Some("light") => false,
        _ => window
            .match_media("(prefers-color-scheme: dark)")
            .ok()
            .flatten()
            .is_some_and(|query| query.matches()),
    }
}

fn apply(choice: &str) {
    let choice = if choice == "dark" { "dark" } else { "light" };
    let root = window().and_then(|window| window.document()?.document_element());
    if let Some(root) = root {
        // A plain attribute on a plain element.
        let _ = root.set_attribute("data-theme", choice);
    }
}
