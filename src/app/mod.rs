//! The application around the library: three roles of one program.
//!
//! The page shows and asks, the case worker owns the evidence, the readers read. `boot.js` has
//! compiled the program and sealed the network before any of this runs.

mod ask;
mod boot;
mod breathe;
mod buffer;
mod client;
mod commands;
mod download;
mod dropped;
mod format;
mod messages;
mod offline;
mod pool;
mod roles;
mod route;
mod session;
mod shell;
mod stored;
mod theme;
mod views;
mod widgets;

use wasm_bindgen::JsCast as _;

/// The built-in demo case; `cargo xtask generate demo` makes it.
const DEMO: &[u8] = include_bytes!("../../demo/case.tar.gz");

/// Begins the role for which this copy of the program was started.
pub(crate) fn start() {
    let Ok(scope) = js_sys::global().dyn_into::<web_sys::DedicatedWorkerGlobalScope>() else {
        roles::page::start();
        return;
    };
    match scope.name().as_str() {
        boot::CASE => roles::case::start(scope),
        boot::REHEARSAL => roles::rehearsal::start(&scope),
        _ => roles::reader::start(scope),
    }
}
