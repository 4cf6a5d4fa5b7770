//! Compliance: AWS's managed rules evaluated over configuration items, beside what AWS recorded itself.
//!
//! May use: `sum`, `moment`, `order`, `texts`, `evidence`, `config`. Each result names the path and the value
//! that it rests on. Rules that evidence cannot decide say so; nothing is guessed.

pub mod custom;
pub mod facts;
pub mod framework;
pub mod recorded;
pub mod rule;
pub mod rules;
pub mod upkeep;

pub use facts::Facts;
pub use rule::{Check, Class, Finding, Outcome, Rule};
pub use rules::RULES;
