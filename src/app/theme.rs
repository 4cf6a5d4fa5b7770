//! Light and dark: as the system says, unless the user chose.

use web_sys::window;

use super::stored;

/// Takes up the choice of an earlier visit, where the user has the browser keep it.
pub(crate) fn restore() {
    if let Some(choice) = stored::theme() {
        apply(&choice);
    }
}

/// Switches to the other of the two.
pub(crate) fn toggle() {
    apply(if is_dark() { "light" } else { "dark" });
}

/// What the user chose, if anything.
pub(crate) fn chosen() -> Option<String> {
    let root = window().and_then(|window| window.document()?.document_element());
    root.and_then(|root| root.get_attribute("data-theme"))
}

fn is_dark() -> bool {
    let Some(window) = window() else { return false };
    match chosen().as_deref() {
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
