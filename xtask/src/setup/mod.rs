//! What a fresh machine lacks, one piece a file. Each `ensure` is quick when its piece is
//! there, gets it when it can, and otherwise says what is missing, why, and how to get it.

mod apt;
mod axe;
mod browser;
mod fuzzer;
mod lints;
mod lock;
mod models;
mod tools;
mod wasm_std;

pub(crate) use axe::ensure as axe;
pub(crate) use browser::{Browser, ENGINES, Engine};
pub(crate) use fuzzer::Fuzzer;
pub(crate) use lints::ensure as lints;
pub(crate) use models::models;
pub(crate) use tools::{Tools, cargo_home, deny};
pub(crate) use wasm_std::WasmStd;
