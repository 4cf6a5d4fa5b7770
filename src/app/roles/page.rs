//! The page: mounts the views, listens for drops and pastes.

use std::panic;

use crate::app::boot;
use crate::app::shell::App;
use crate::app::theme;

/// Starts the role in its window.
pub(crate) fn start() {
    panic::set_hook(Box::new(|info| {
        // The place alone: a panic's message could hold evidence.
        let place = info
            .location()
            .map_or_else(String::new, ToString::to_string);
        boot::crash(&format!(
            "Exhibit {} stopped at {place}",
            env!("CARGO_PKG_VERSION")
        ));
    }));
    theme::restore();
    let document = web_sys::window().and_then(|window| window.document());
    if let Some(root) = document.and_then(|document| document.get_element_by_id("app")) {
        root.set_inner_html("");
        yew::Renderer::<App>::with_root(root).render();
    }
}
