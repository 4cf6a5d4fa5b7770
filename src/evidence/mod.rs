//! What was dropped: kinds, recognition, unpacking within limits, problems.
//!
//! May use: `sum`, `moment`. Knows no format of a service beyond telling its kind.

pub mod kind;
pub mod problem;

pub use kind::Kind;
pub use problem::{Problem, ProblemCode};
