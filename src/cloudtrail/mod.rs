//! The formats of CloudTrail: digest and log files, keys, signatures, object metadata, Lake results, descriptions.
//!
//! Formats only: nothing here judges. May use: `sum`, `moment`, `evidence`, `secret`.
//! A parser takes bytes and returns what it read with a list of problems; it never panics.

pub mod description;
pub mod digest;
pub mod event;
mod found;
mod further;
pub mod key;
pub mod lake;
pub mod lake_result;
pub mod log;
pub mod metadata;
pub mod name;
mod open;
pub mod records;
pub mod selectors;
pub mod signature;
mod weakens;
mod wire;

pub use description::{Description, ListedObject, TrailDescription, TrailStatus};
pub use digest::{Digest, ListedLog, Previous};
pub use key::{KeyFault, KeyRecord, PublicKey};
pub use lake::LakeSign;
pub use log::Log;
pub use metadata::ObjectMetadata;
pub use name::{DigestName, LogName, ObjectName};
pub use selectors::Selectors;
pub use signature::Signature;
