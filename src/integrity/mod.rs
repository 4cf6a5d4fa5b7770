//! What is proven: statuses, chains, coverage, verdicts, and what is missing to prove the rest.
//!
//! May use: `sum`, `moment`, `evidence`, `cloudtrail`. It reads no bytes and asks no clock.

pub mod status;

pub use status::{DigestStatus, GapKind, LakeStatus, LogStatus, SignatureSource, State, Verdict};
