//! What each view tells at a glance.

use serde::{Deserialize, Serialize};

use crate::moment::Moment;

/// Compliance at a glance.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct ComplianceSummary {
    /// The moment that results are of.
    pub as_of: Option<Moment>,
    /// Results of each outcome, in the order of [`crate::compliance::Outcome::ALL`].
    pub counts: [u64; 4],
    /// Failing results that somebody accepted.
    pub muted: u64,
    /// Results on which AWS's record and our evaluation disagree.
    pub disagreements: u64,
    /// Whether it is known that all resources are in the evidence.
    pub population: bool,
    /// Frameworks: id, name, and how many controls are failed, not tested and met.
    pub frameworks: Vec<(String, String, [u32; 3])>,
}

/// Risk at a glance.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct RiskSummary {
    /// Events whose call has at least the risk that was asked for.
    pub calls: u64,
    /// Events whose error has.
    pub errors: u64,
    /// Alerts that were raised.
    pub alerts: u64,
    /// Those that are critical or high.
    pub grave: u64,
    /// Those of each severity, in the order of [`crate::risk::Severity::ALL`].
    pub severities: [u32; 5],
    /// Users of each tier, in the order of [`crate::risk::users::Tier::ALL`].
    pub tiers: [u32; 4],
    /// What was unusual of users.
    pub unusual: u64,
    /// Sigma rules, those that cannot be evaluated, and whether readers are still to look at records.
    pub sigma: (u32, u32, bool),
    /// Events in all.
    pub events: u64,
    /// Objects in all.
    pub objects: u64,
    /// Those of high risk.
    pub risky: u64,
    /// Those with personal data of high or moderate impact.
    pub personal: u64,
    /// Objects of each risk from 1 to 10.
    pub by_risk: [u32; 10],
    /// Objects of each class of their content type, the most frequent first.
    pub by_class: Vec<(String, u32)>,
    /// Objects that hold each type of personal data, the most frequent first.
    pub by_personal: Vec<(String, u32)>,
    /// Objects of buckets that calls name.
    pub accessed: u64,
    /// Secrets in events and configuration items.
    pub secrets: u64,
    /// Objects of buckets past the most that are listed.
    pub left_out: u64,
    /// Changes of who may reach a bucket.
    pub reach: u64,
    /// Those that let everyone in, or may have.
    pub opened: u64,
}

/// Reports and agreements at a glance.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct ArtifactSummary {
    /// Reports.
    pub reports: u64,
    /// Agreements.
    pub agreements: u64,
    /// Those that ask for something.
    pub warnings: u64,
    /// The moment that they are looked at.
    pub as_of: Option<Moment>,
    /// Accounts of the evidence without a Business Associate Addendum, where health data calls for one.
    pub without_baa: Vec<String>,
}
