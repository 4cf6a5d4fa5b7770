//! AWS Config: configuration items in three dialects, the stream's messages, recorders, and the inventory
//! that they add up to.
//!
//! What Amazon SNS delivered of the stream is signed; see [`sns`].
//!
//! May use: `sum`, `moment`, `order`, `texts`, `evidence`. Config files carry no signature and no digest
//! chain: nothing else here proves, it only reads.

pub mod access;
pub mod canonical;
mod capture;
pub mod certificate;
mod changed;
pub mod described;
pub mod diff;
pub mod expression;
pub mod flow;
pub mod gap;
pub mod graph;
pub mod inventory;
pub mod item;
pub mod kept;
pub mod message;
pub mod name;
pub mod policy;
pub mod population;
mod query;
pub mod read;
pub mod recorder;
mod runs;
pub mod sns;
pub mod told;
mod value;
mod wire;

pub use described::Described;
pub use diff::Change;
pub use inventory::{Capture, Inventory, Resource};
pub use item::{Item, Status};
pub use message::{Body, Message};
pub use read::{Config, item_text};
