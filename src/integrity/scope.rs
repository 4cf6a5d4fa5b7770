//! What is to be judged: narrowed as `aws cloudtrail validate-logs` is.

use serde::{Deserialize, Serialize};

use crate::moment::Moment;

/// What was asked for, or what was found; empty fields do not narrow.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct Scope {
    /// Delivered at or after.
    pub from: Option<Moment>,
    /// Delivered at or before.
    pub to: Option<Moment>,
    /// Only these accounts.
    pub accounts: Vec<String>,
    /// Only these regions.
    pub regions: Vec<String>,
    /// Only these trails, by name.
    pub trails: Vec<String>,
    /// Only this bucket.
    pub bucket: Option<String>,
    /// Only keys that begin with this prefix.
    pub prefix: Option<String>,
}
