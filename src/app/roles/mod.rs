//! The roles, each from its start to its end.

mod blob;
pub(crate) mod case;
pub(crate) mod page;
pub(crate) mod reader;
pub(crate) mod rehearsal;
mod signatures;
mod sums;
