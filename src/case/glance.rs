//! What the case and each view tell at a glance.

use serde::{Deserialize, Serialize};

use super::inspection::Subject;
use super::question::Settings;
use super::resources::view::ConfigSummary;
use crate::evidence::Kind;
use crate::integrity::{DigestStatus, GapKind, LogStatus, Scope, State, Verdict};
use crate::moment::Moment;

/// The case at a glance.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Overview {
    /// Counts judgements: what readers were asked of an older one is asked anew.
    pub judgements: u32,
    /// Files in the register.
    pub files: u64,
    /// Bytes as dropped.
    pub bytes: u64,
    /// Files with a problem.
    pub problems: u64,
    /// Files of each kind, those that occur.
    pub kinds: Vec<(Kind, u64)>,
    /// Records of one ID that are still to be compared by their content.
    pub unsettled: u64,
    /// The verdict.
    pub verdict: Verdict,
    /// The verdict in one sentence, with its period and conditions.
    pub statement: String,
    /// Digests of each status, those that occur.
    pub digests: Vec<(DigestStatus, u64)>,
    /// Log files of each status, those that occur.
    pub logs: Vec<(LogStatus, u64)>,
    /// Records in log files.
    pub events: u64,
    /// Bytes of the columns of events and of their lists.
    pub event_bytes: u64,
    /// Gaps in all.
    pub gaps: u64,
    /// One a trail, account and region.
    pub trails: Vec<TrailSummary>,
    /// The keys that everything rests on.
    pub keys: Vec<KeySummary>,
    /// What is missing, as commands.
    pub needs: Vec<Need>,
    /// The end of the hour of the next digest, where log files wait for it.
    pub next_digest: Option<Moment>,
    /// Files with signatures of object metadata that are of no digest of the evidence.
    pub unmatched: Vec<String>,
    /// What was found: the span of digests and logs.
    pub found: Scope,
    /// The settings it was judged by.
    pub settings: Settings,
    /// AWS Config.
    pub config: ConfigSummary,
    /// How trails are protected: the trail, facts, and the files that tell.
    pub protection: Vec<ProtectionView>,
    /// The evidence of which readers are to look at records for Sigma rules; none where they have.
    pub suspects: Option<u32>,
}

/// How a trail is protected: its name, labels with words and whether each is as audits ask for, and the files that tell.
pub type ProtectionView = (String, Vec<(String, String, Option<bool>)>, Vec<String>);

/// The digests of one trail in one account and region.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct TrailSummary {
    /// The organization, for its trail.
    pub organization: Option<String>,
    /// The account whose events they are.
    pub account: String,
    /// The region that delivered.
    pub region: String,
    /// The trail's name.
    pub trail: String,
    /// Where the trail was made.
    pub home_region: String,
    /// The beginning of the first window and the end of the last; `None` without a digest.
    pub span: Option<(Moment, Moment)>,
    /// Digests in the evidence.
    pub digests: u64,
    /// Digests missing at most, by the hour.
    pub missing: u64,
    /// What covers which time, in order, without overlap.
    pub strip: Vec<Segment>,
    /// What opens its chains.
    pub subject: Subject,
    /// Its gaps: kind, span, digests, and what to open.
    pub gaps: Vec<(GapKind, Moment, Moment, u64, Subject)>,
}

/// A stretch of a coverage strip.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Segment {
    /// Its beginning.
    pub from: Moment,
    /// Its end.
    pub to: Moment,
    /// How it is shown.
    pub state: State,
    /// What it says, in a few words.
    pub label: String,
    /// What it opens.
    pub subject: Option<Subject>,
}

/// A public key of the evidence.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct KeySummary {
    /// As stated, lower-case.
    pub fingerprint: String,
    /// SHA-256 of its bytes.
    pub sha256: String,
    /// Its region, where known.
    pub region: Option<String>,
    /// The file that it came from.
    pub path: String,
    /// Digests that name it.
    pub used_by: u64,
    /// Whether the stated fingerprint is the MD5 of its bytes.
    pub fingerprint_matches: bool,
    /// Whether all of them were signed while it was valid, as far as the times tell.
    pub used_while_valid: bool,
    /// Why it cannot be used; `None` for a good key.
    pub fault: Option<String>,
}

/// Something that is missing, and how to get it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Need {
    /// What it is for, in one sentence.
    pub why: String,
    /// Commands to run, one a line.
    pub commands: Vec<String>,
}

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
    /// Calls that change who may reach a bucket or what an identity may do, past what is kept of such.
    pub reach_left_out: u64,
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
    /// Those of them that may be of an organization with one: nothing tells whether they belong to it.
    pub baa_untold: Vec<String>,
}
