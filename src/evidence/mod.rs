//! What was dropped: kinds, recognition, unpacking within limits, problems.
//!
//! May use: `sum`, `moment`. Knows no format of a service beyond telling its kind.

pub mod archive;
pub mod buffer;
pub mod collection;
pub mod condition;
pub mod inflate;
pub mod json;
pub mod kind;
pub mod lenient;
pub mod limits;
pub mod outline;
pub mod parts;
pub mod problem;
pub mod skim;
pub mod stream;
pub mod visible;
pub mod walk;

pub use buffer::Buffer;
pub use kind::Kind;
pub use limits::Limits;
pub use problem::{Problem, ProblemCode};
pub use stream::{Hashing, Source};
