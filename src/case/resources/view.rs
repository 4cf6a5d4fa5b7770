//! What the page is told of AWS Config's resources.

use serde::{Deserialize, Serialize};

use crate::moment::Moment;

use super::super::question::Raw;
use super::super::table::Cell;

/// Which moment of the inventory is wanted, and which resources.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct AsOf {
    /// The moment; the newest captures without.
    pub at: Option<Moment>,
    /// An earlier moment to compare with: only resources that were added, removed or changed since.
    pub since: Option<Moment>,
    /// Deleted resources too.
    pub deleted: bool,
    /// Exactly what the snapshots of the two moments hold, and nothing that history tells besides.
    pub exact: bool,
    /// Only those whose configuration the last expression found.
    pub found: bool,
}

/// A resource with its past.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct ResourceView {
    /// Its place, good until evidence is added.
    pub resource: u32,
    /// Its name, else its id.
    pub title: String,
    /// Type, id, ARN, account and region: labels and values.
    pub facts: Vec<(String, String)>,
    /// The type.
    pub kind: String,
    /// The capture that holds at the moment, by its place in the list.
    pub now: Option<u32>,
    /// All captures, the oldest first.
    pub captures: Vec<CaptureView>,
    /// Results of rules, the oldest first: when, rule, result, from where.
    pub compliance: Vec<(Moment, String, String, String)>,
    /// Calls that name it, the oldest first.
    pub calls: Vec<CallView>,
    /// Calls that are not listed, as there are too many.
    pub more_calls: u64,
    /// Relationships at the moment.
    pub relations: Vec<RelationView>,
}

/// A capture of a resource.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct CaptureView {
    /// Its place, for the inspector.
    pub capture: u32,
    /// When.
    pub at: Option<Moment>,
    /// The state of the resource, for people.
    pub status: String,
    /// Whether the resource is gone.
    pub deleted: bool,
    /// What changed against the capture before, in words.
    pub changed: String,
    /// Whether another item tells this capture with another configuration.
    pub conflict: bool,
    /// How many items tell it.
    pub items: u32,
    /// Where the item stands.
    pub raw: Option<Raw>,
    /// What is known of the signature of the message that it came in; `None` where it came in a file.
    pub signed: Option<Cell>,
    /// Calls that may have made the change: places in the list of calls.
    pub causes: Vec<u32>,
}

/// A call that names a resource.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct CallView {
    /// The event.
    pub event: u32,
    /// When.
    pub at: Moment,
    /// The call.
    pub name: String,
    /// Who made it.
    pub actor: String,
    /// Why it failed; empty where it did not.
    pub error: String,
    /// Whether it only reads.
    pub reads: bool,
    /// The status of its file.
    pub proof: Cell,
}

/// A relationship, stated by the resource or to it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RelationView {
    /// As `Is contained in Vpc`.
    pub name: String,
    /// Whether the other resource states it.
    pub inward: bool,
    /// The type of the other.
    pub kind: String,
    /// Its name or id.
    pub title: String,
    /// Its key; `None` where the evidence holds no item of it.
    pub key: Option<String>,
}

/// AWS Config at a glance.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct ConfigSummary {
    /// Resources.
    pub resources: u64,
    /// Captures, compliance items included.
    pub items: u64,
    /// Captures that changed something.
    pub changes: u64,
    /// Captures that two items tell differently.
    pub conflicts: u64,
    /// First and last capture.
    pub span: Option<(Moment, Moment)>,
    /// Captures in each of equal steps of that span.
    pub density: Vec<u32>,
    /// Messages of the stream, by type.
    pub stream: Vec<(String, u64)>,
    /// Recorders, one an account and region.
    pub recorders: Vec<RecorderView>,
    /// Certificates of Amazon SNS.
    pub certificates: Vec<CertificateView>,
    /// Messages of the stream.
    pub messages: u64,
    /// Messages whose signature does not verify with the certificate that they name.
    pub altered: u64,
}

/// A certificate that messages of the stream are signed with.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CertificateView {
    /// Its file.
    pub path: String,
    /// Whose it says it is.
    pub subject: String,
    /// Who issued it.
    pub issuer: String,
    /// Since when it holds.
    pub from: Option<Moment>,
    /// Until when.
    pub to: Option<Moment>,
    /// SHA-256 of its DER form.
    pub sha256: String,
    /// Whether its key can check signatures.
    pub serves: bool,
    /// Messages that verify with it.
    pub signed: u64,
}

/// What was recorded of an account and region.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RecorderView {
    /// The account.
    pub account: String,
    /// The region.
    pub region: String,
    /// Whether it records, in words.
    pub recording: String,
    /// What it records, in words, and since when; the last is that of the end of the evidence.
    pub scopes: Vec<(Option<Moment>, String)>,
    /// The role that it records by.
    pub role: String,
    /// The bucket that it delivers to.
    pub bucket: String,
    /// The last delivery of each sort that is known to have succeeded.
    pub delivered: Vec<(String, Moment)>,
    /// When snapshots were taken.
    pub snapshots: Vec<Moment>,
    /// Whether an output says how many resources there are of all types.
    pub is_counted: bool,
    /// Resources in the evidence.
    pub seen: u64,
    /// First and last capture.
    pub span: Option<(Moment, Moment)>,
    /// How many resources are known of how many, in words.
    pub population: String,
    /// What was not recorded, or is not here.
    pub gaps: Vec<GapView>,
}

/// A gap of what was recorded.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct GapView {
    /// Its kind.
    pub kind: String,
    /// Since when, where told.
    pub from: Option<Moment>,
    /// Until when.
    pub to: Option<Moment>,
    /// What happened.
    pub message: String,
    /// What to do.
    pub recommendation: String,
}
