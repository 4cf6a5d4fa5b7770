//! Activity: every CloudTrail event as columns, searched in an instant.
//!
//! May use: `sum`, `moment`, `order`, `evidence`, `cloudtrail`, `intake`, `integrity`. It reads no bytes: an
//! event knows its file, offset and length, and its record is read again when it is opened.
//!
//! Rows of [`Store`] stand in the order in which files came. What the same record in another file is, which
//! events are shown and in which order, is found by [`Store::arrange`] after each judgement.

mod asked;
mod bits;
pub mod column;
pub mod complete;
mod copies;
mod dictionary;
pub mod explain;
pub mod facet;
pub mod field;
pub mod follow;
pub mod meaning;
mod parser;
pub mod query;
pub mod search;
pub mod seen;
mod standing;
pub mod store;
pub mod timeline;

pub use bits::Bits;
pub use field::Field;
pub use query::{Query, QueryError};
pub use search::Search;
pub use standing::Standing;
pub use store::{EventIx, Store};
