//! What the inspector opens, and what it shows of it.

use serde::{Deserialize, Serialize};

use super::artifacts::Correction;
use super::controls::{Control, Link};
use super::saved::Exception;
use super::table::Cell;
use crate::moment::Moment;
use crate::risk::Rated;
use crate::sum::Sum;

/// A thing that the inspector can open. Numbers are places in the case, good until evidence is added.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub enum Subject {
    /// A file of the register.
    File(u32),
    /// A digest, in the evidence or missing.
    Digest(u32),
    /// A log file, in the evidence or missing.
    Log(u32),
    /// A gap.
    Gap(u32),
    /// A key.
    Key(u32),
    /// A Lake result.
    Lake(u32),
    /// A resource of AWS Config.
    Resource(u32),
    /// A configuration item.
    Capture(u32),
    /// A message of the configuration stream.
    Message(u32),
    /// A rule.
    Rule(u32),
    /// The result of a rule on a resource.
    Finding(u32),
    /// A control of a framework.
    Control(u32),
    /// A call and its risk.
    Call(u32),
    /// An error and its risk.
    Error(u32),
    /// An alert that was raised.
    Alert(u32),
    /// An alert that is looked for, whether it was raised or not.
    Condition(u32),
    /// A user and its tier.
    User(u32),
    /// Five minutes of a user.
    Window(u32),
    /// Something that a user had not done before.
    Unusual(u32),
    /// An object.
    Object(u32),
    /// An object of a bucket that calls name.
    Accessed(u32),
    /// What objects are classified by.
    Classifier(u32),
    /// A change of who may reach a bucket.
    Reach(u32),
    /// A secret in an event or a configuration item.
    Secret(u32),
    /// A report or an agreement of AWS.
    Artifact(u32),
    /// A control of the audit.
    Audited(u32),
    /// Something that was done in the case, by its row.
    Done(u32),
    /// The digests of one trail in one account and region.
    Chain(u32),
    /// A group of results and its score.
    Score(u32),
    /// An event.
    Event(u32),
    /// An actor, address or call that was seen, by its row.
    Seen(u32),
    /// What an actor did in one go, by its row.
    Session(u32),
}

/// Everything about one thing, in the order of the inspector.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Inspection {
    /// What it is called.
    pub title: String,
    /// What sort of thing it is.
    pub sort: String,
    /// Its state and the word for its status.
    pub status: Option<Cell>,
    /// What it is: labels and values.
    pub what: Vec<(String, Cell)>,
    /// Of those that events have in common: the row, and the term that asks for them.
    pub pivots: Vec<(u32, String)>,
    /// Why it is judged so, in sentences.
    pub why: Vec<String>,
    /// What to do about it.
    pub todo: Option<String>,
    /// Hashes, signature, file, offset.
    pub proof: Vec<(String, Cell)>,
    /// The working, step by step, to be repeated by hand.
    pub working: Vec<Step>,
    /// Things that belong to it.
    pub related: Vec<(String, Subject)>,
    /// Queries on events that lead on from it: a label and the query.
    pub queries: Vec<(String, String)>,
    /// The key of the resource whose past can be opened.
    pub history: Option<String>,
    /// Of a failing result: the exception that there is, or that could be made.
    pub exception: Option<Exception>,
    /// Results of rules that belong to it: a framework and its control.
    pub results: Option<(String, String)>,
    /// How it changed.
    pub over_time: Vec<(Moment, String)>,
    /// Its events by day, of those days that have any.
    pub days: Vec<(Moment, u32)>,
    /// The query of those events.
    pub days_query: String,
    /// Of an artifact: what can be corrected.
    pub correction: Option<Correction>,
    /// Of a control of the audit: what can be concluded.
    pub control: Option<Control>,
    /// As a piece of evidence of a control.
    pub link: Link,
    /// A risk that can be changed: whose, its name and value.
    pub risk: Option<(Rated, String, u8)>,
    /// The bytes that are shown as raw.
    pub raw: Option<Raw>,
    /// Bytes that are read again for whoever asks what was found in them, value by value.
    pub pieces: Option<(Raw, Pieces)>,
}

/// What values are looked for in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Pieces {
    /// An object: personal data and keys.
    Object,
    /// An event or a configuration item: secrets.
    Record,
}

/// Where bytes stand that can be read again.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Raw {
    /// The number of the dropped file.
    pub source: u32,
    /// The path of the file.
    pub path: String,
    /// A record within its content, offset and length in bytes; the beginning of the file without.
    pub record: Option<(u32, u32)>,
    /// SHA-256 that the content had when it was judged.
    pub content: Option<Sum>,
    /// Whether it is of an object, and no evidence: personal data may stand anywhere in it.
    pub is_object: bool,
}

/// A step of a working.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Step {
    /// What is done.
    pub title: String,
    /// Text to look at or to paste.
    pub text: String,
}
