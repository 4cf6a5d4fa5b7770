//! The three roles, each from its start to its end.

mod blob;
pub(crate) mod case;
pub(crate) mod page;
pub(crate) mod reader;
mod signatures;
mod sums;
