//! What `boot.js` left for the program: the compiled module, the worker's script, the seal.

use js_sys::Reflect;
use wasm_bindgen::prelude::*;
use web_sys::{Worker, WorkerOptions};

use super::offline::Offline;

/// The name of the case worker.
pub(crate) const CASE: &str = "case";
/// The name of the worker that rehearses; every other worker is a reader.
pub(crate) const REHEARSAL: &str = "rehearsal";
/// The name of readers.
pub(crate) const READER: &str = "reader";

#[wasm_bindgen]
extern "C" {
    /// `window.exhibit`, as `boot.js` makes it.
    #[wasm_bindgen(js_name = exhibit)]
    type Boot;

    #[wasm_bindgen(thread_local_v2, js_namespace = window, js_name = exhibit)]
    static BOOT: Boot;

    #[wasm_bindgen(method, getter)]
    fn module(this: &Boot) -> JsValue;
    #[wasm_bindgen(method, getter)]
    fn worker(this: &Boot) -> String;
    #[wasm_bindgen(method, getter)]
    fn policy(this: &Boot) -> String;
    #[wasm_bindgen(method, getter)]
    fn sealed(this: &Boot) -> bool;
    #[wasm_bindgen(method, getter, js_name = sealedAt)]
    fn sealed_at(this: &Boot) -> f64;
    #[wasm_bindgen(method, getter, js_name = sealedMark)]
    fn sealed_mark(this: &Boot) -> f64;
    #[wasm_bindgen(method)]
    fn blocked(this: &Boot) -> u32;
    #[wasm_bindgen(method, js_name = crash)]
    fn crash_screen(this: &Boot, report: &str);
    #[wasm_bindgen(method, getter)]
    fn offline(this: &Boot) -> Option<Offline>;
}

/// What is known of the seal, for the privacy panel.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Seal {
    /// Whether the browser was seen to hold to the policy.
    pub(crate) holds: bool,
    /// The policy that `boot.js` added.
    pub(crate) policy: String,
    /// Milliseconds since 1970.
    pub(crate) sealed_at: f64,
    /// Requests that the page made since, by the browser's own record; workers have records of their own.
    pub(crate) requests: u32,
    /// Requests that were tried since and refused by the policy.
    pub(crate) refused: u32,
}

/// Starts a worker with a name, and hands it the compiled module.
///
/// # Errors
/// When the browser refuses, for want of memory say.
pub(crate) fn spawn(name: &str) -> Result<Worker, JsValue> {
    let options = WorkerOptions::new();
    options.set_name(name);
    let worker = Worker::new_with_options(&BOOT.with(Boot::worker), &options)?;
    worker.post_message(&BOOT.with(Boot::module))?;
    Ok(worker)
}

/// Replaces the page by the crash screen.
pub(crate) fn crash(report: &str) {
    BOOT.with(|boot| boot.crash_screen(report));
}

/// What keeps the program for use without a network; `None` in `exhibit.html`.
pub(super) fn offline() -> Option<Offline> {
    BOOT.with(Boot::offline)
}

/// Whether the browser was seen to hold to the policy that closes the network.
pub(crate) fn is_sealed() -> bool {
    BOOT.with(Boot::sealed)
}

/// The seal as it is now.
pub(crate) fn seal() -> Seal {
    BOOT.with(|boot| Seal {
        holds: is_sealed(),
        policy: boot.policy(),
        sealed_at: boot.sealed_at(),
        requests: requests_since(boot.sealed_mark()),
        refused: boot.blocked(),
    })
}

/// Counts the requests in the browser's record that began after a moment; what is read out of
/// memory (`blob:`, `data:`) is none.
fn requests_since(mark: f64) -> u32 {
    let Some(performance) = web_sys::window().and_then(|window| window.performance()) else {
        return 0;
    };
    let entries = performance.get_entries_by_type("resource");
    let is_request = |entry: &JsValue| {
        let field = |name: &str| Reflect::get(entry, &name.into()).unwrap_or_default();
        let name = field("name").as_string().unwrap_or_default();
        let start = field("startTime").as_f64().unwrap_or_default();
        start > mark && !name.starts_with("blob:") && !name.starts_with("data:")
    };
    entries.iter().filter(is_request).count() as u32
}
