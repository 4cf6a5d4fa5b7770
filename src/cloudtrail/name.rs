//! Names of objects in a trail's bucket.

use serde::{Deserialize, Serialize};

use crate::moment::Moment;

/// What an object's name says. Folders in front of it may be missing, `:` may have been changed by Windows.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum ObjectName {
    /// A digest file.
    Digest(DigestName),
    /// A log file.
    Log(LogName),
}

/// `ACCOUNT_CloudTrail-Digest_REGION_TRAIL_HOMEREGION_STAMP[_backfill].json.gz`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct DigestName {
    /// `o-…` of the folder above, for an organization's trail.
    pub organization: Option<String>,
    /// The account whose events they are.
    pub account: String,
    /// The region that delivered.
    pub region: String,
    /// The trail's name; may hold underscores.
    pub trail: String,
    /// The region where the trail was made.
    pub home_region: String,
    /// The end of the digest's window.
    pub end: Moment,
    /// Whether it is a backfill digest.
    pub backfill: bool,
}

/// `ACCOUNT_CloudTrail_REGION_STAMP_UNIQUE.json.gz` (`CloudTrail-Insight` for Insights).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct LogName {
    /// `o-…` of the folder above, for an organization's trail.
    pub organization: Option<String>,
    /// The account whose events they are.
    pub account: String,
    /// The region that delivered.
    pub region: String,
    /// Delivery time, to the minute.
    pub delivered: Moment,
    /// Whether it holds Insights events.
    pub insight: bool,
}
