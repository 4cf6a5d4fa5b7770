//! The tables of the case, and rows of cells that any view can show.

use serde::{Deserialize, Serialize};

use super::question::Subject;
use crate::integrity::State;
use crate::moment::Moment;
use crate::risk::Rated;

/// A table of the case.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub enum Table {
    /// Every dropped file.
    Files,
    /// Digest files, missing ones included.
    Digests,
    /// Log files, missing ones included.
    Logs,
    /// Gaps in coverage.
    Gaps,
    /// Events.
    Events,
    /// Actors, addresses and calls, and when they were seen.
    Seen,
    /// What each actor did within five minutes.
    Sessions,
    /// Resources of AWS Config, as of a moment.
    Resources,
    /// Messages of the configuration stream.
    Messages,
    /// Results of rules on resources.
    Findings,
    /// Rules.
    Rules,
    /// Controls of a framework.
    Controls,
    /// Calls and their risk.
    Calls,
    /// Errors and their risk.
    Errors,
    /// Alerts that were raised.
    Alerts,
    /// All alerts that are looked for.
    Conditions,
    /// Users and their tiers.
    Users,
    /// Five minutes of users.
    Windows,
    /// What users had not done before.
    Unusual,
    /// Objects that were dropped, and what they hold.
    Objects,
    /// Objects of buckets that calls name.
    Accessed,
    /// What objects are classified by.
    Classifiers,
    /// Changes of who may reach buckets.
    Reach,
    /// Secrets in events and configuration items.
    Secrets,
    /// Reports and agreements of AWS.
    Artifacts,
    /// Controls of the audit.
    Audit,
    /// Scores of groups of results.
    Scores,
    /// Changes, and the tickets that approve them.
    Changes,
    /// Where files came from.
    Custody,
    /// What was done in the case.
    Done,
}

/// A column of a table.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Column {
    /// The name in exports.
    pub name: &'static str,
    /// The heading.
    pub title: &'static str,
    /// How its cells look.
    pub shape: Shape,
    /// Its first width in pixels.
    pub width: u16,
    /// Whether its values can be picked as facets.
    pub facet: bool,
}

/// How the cells of a column look.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shape {
    /// Plain text.
    Text,
    /// A path or key: monospace, the beginning shortened.
    Path,
    /// A hash or id: monospace, the middle shortened, copied on click.
    Code,
    /// A time in UTC.
    Time,
    /// A number, to the right.
    Number,
    /// Bytes, to the right.
    Size,
    /// A state with its word.
    State,
    /// A risk, on the ramp of risks.
    Risk,
}

/// A row of a table.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Row {
    /// What the row opens.
    pub subject: Subject,
    /// One a column.
    pub cells: Vec<Cell>,
}

/// What can be turned on and off.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Switched {
    /// A row of the model of risk.
    Rated(Rated),
    /// An alert, by its id.
    Alert,
}

/// A value on show.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum Cell {
    /// Nothing known.
    Empty,
    /// Plain text.
    Text(String),
    /// A path, key, hash or id.
    Code(String),
    /// A time.
    Time(Moment),
    /// A number.
    Number(u64),
    /// Bytes.
    Size(u64),
    /// A risk that can be changed in its place.
    Rated {
        /// What it is the risk of.
        rated: Rated,
        /// Its name.
        name: String,
        /// The risk.
        risk: u8,
    },
    /// Whether something counts, which can be changed in its place.
    Enabled {
        /// What it is.
        of: Switched,
        /// Its name or id.
        name: String,
        /// Whether it does.
        on: bool,
    },
    /// A state with the word for the status; `hatched` where something is not there or not listed.
    State {
        /// Colour and icon.
        state: State,
        /// Whether the colour is hatched.
        hatched: bool,
        /// The word.
        word: String,
    },
}

impl Table {
    /// All tables.
    pub const ALL: &[Table] = &[
        Table::Files,
        Table::Digests,
        Table::Logs,
        Table::Gaps,
        Table::Events,
        Table::Seen,
        Table::Sessions,
        Table::Resources,
        Table::Messages,
        Table::Findings,
        Table::Rules,
        Table::Controls,
        Table::Calls,
        Table::Errors,
        Table::Alerts,
        Table::Conditions,
        Table::Users,
        Table::Windows,
        Table::Unusual,
        Table::Objects,
        Table::Accessed,
        Table::Classifiers,
        Table::Reach,
        Table::Secrets,
        Table::Artifacts,
        Table::Audit,
        Table::Scores,
        Table::Changes,
        Table::Custody,
        Table::Done,
    ];

    /// The name in addresses and file names.
    pub fn name(self) -> &'static str {
        match self {
            Table::Files => "files",
            Table::Digests => "digests",
            Table::Logs => "logs",
            Table::Gaps => "gaps",
            Table::Events => "events",
            Table::Seen => "seen",
            Table::Sessions => "sessions",
            Table::Resources => "resources",
            Table::Messages => "messages",
            Table::Findings => "findings",
            Table::Rules => "rules",
            Table::Controls => "controls",
            Table::Calls => "calls",
            Table::Errors => "errors",
            Table::Alerts => "alerts",
            Table::Conditions => "conditions",
            Table::Users => "users",
            Table::Windows => "windows",
            Table::Unusual => "unusual",
            Table::Objects => "objects",
            Table::Accessed => "accessed",
            Table::Classifiers => "classifiers",
            Table::Reach => "reach",
            Table::Secrets => "secrets",
            Table::Artifacts => "artifacts",
            Table::Audit => "audit",
            Table::Scores => "scores",
            Table::Changes => "changes",
            Table::Custody => "custody",
            Table::Done => "done",
        }
    }

    /// Whether a column tells of the session, not of the evidence: it is another one each time.
    pub fn is_of_session(self, column: &Column) -> bool {
        self == Table::Custody && column.name == "added"
    }

    /// Whether its filter's text is a query on events, not words.
    pub fn takes_query(self) -> bool {
        matches!(self, Table::Events | Table::Seen | Table::Sessions)
    }
}
