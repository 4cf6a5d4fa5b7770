//! What the page asks of the case, and what the case answers: only what is on screen.

use serde::{Deserialize, Serialize};

use super::changes::ChangesSummary;
use super::controls::{Audit, Control};
use super::custody::{Custody, Done};
pub use super::glance::{
    ArtifactSummary, ComplianceSummary, KeySummary, Need, Overview, ProtectionView, RiskSummary,
    Segment, TrailSummary,
};
pub use super::inspection::{Inspection, Pieces, Raw, Step, Subject};
use super::population::{Draw, Frozen};
use super::recheck::{Earlier, Recheck};
pub use super::resources::view::{
    AsOf, CallView, CaptureView, CertificateView, ConfigSummary, GapView, RecorderView,
    RelationView, ResourceView,
};
use super::saved::{Exception, SavedView};
use super::sharing::{Masks, Sharing};
use super::table::{Row, Table};
pub use crate::activity::complete::Completions;
pub use crate::activity::facet::Values;
pub use crate::activity::query::QueryError;

pub use crate::activity::timeline::Histogram;
use crate::audit::mask;
pub use crate::compliance::custom::{CustomRule, Verdict as RuleVerdict};
pub use crate::config::graph::{Graph, Wanted};
pub use crate::integrity::Scope;
use crate::moment::Moment;
pub use crate::risk::over_time::OverTime;
use crate::risk::{CustomAlert, Rated, Values as RiskValues};
use crate::sigma::Rule;

/// A column, and whether descending; the table's own order without.
pub type Sort = Option<(u16, bool)>;

/// For each column that has facets: its values with counts among all rows, most frequent first.
pub type Facets = Vec<(u16, Vec<(String, u32)>)>;

/// A question of the page.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum Question {
    /// Counts, verdict, trails and their strips.
    Overview,
    /// A window of a table.
    Rows {
        /// Which table.
        table: Table,
        /// Which of its rows.
        filter: Filter,
        /// Column and whether descending; the table's own order without.
        sort: Sort,
        /// The first row wanted, counted after filter and sort.
        first: u32,
        /// How many rows are wanted.
        count: u32,
    },
    /// Everything about one thing.
    Inspect(Subject),
    /// A resource, by its key, and what holds at a moment.
    Resource(String, Option<Moment>),
    /// What a filtered table is now, frozen, and a sample of it.
    Freeze {
        /// The table.
        table: Table,
        /// Which of its rows.
        filter: Filter,
        /// What is asked of it.
        draw: Draw,
    },
    /// Changes and the tickets that approve them.
    Changes,
    /// What tells of the evidence's past.
    Custody,
    /// What masking would do.
    Masks(Sharing),
    /// Whether what was written down earlier still holds.
    Recheck(Earlier),
    /// The controls of a framework or a dropped pack, by its id.
    ControlsOf(String),
    /// What AWS Artifact gave.
    Artifacts,
    /// What is dangerous in the evidence; calls and errors from a risk on.
    Risk(u8),
    /// The riskiest calls or errors from a risk on, by day or by week.
    RiskOverTime {
        /// Calls or errors.
        rated: Rated,
        /// From which risk on.
        least: u8,
        /// By week.
        by_week: bool,
    },
    /// What an alert of the user's own would do now.
    Trial(CustomAlert),
    /// The records that readers look at for Sigma rules.
    Suspects,
    /// How frameworks are met as of a moment.
    Compliance(Option<Moment>),
    /// What is within some steps of a resource.
    Graph(u32, Wanted),
    /// Where the configurations stand that hold at a moment.
    Items(AsOf),
    /// What a query shows of all events.
    Activity(Ask),
    /// Where the records of the events stand that a query shows.
    Records(String),
    /// Where the records stand that contradict each other until they are compared by their content.
    Unsettled,
}

/// Records that stand in one file.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FileRecords {
    /// The number of the dropped file.
    pub source: u32,
    /// The path of the file.
    pub path: String,
    /// The events.
    pub events: Vec<u32>,
    /// Offset and length in bytes of each of their records within the file's content.
    pub parts: Vec<(u32, u32)>,
}

/// Records that Sigma rules are asked of: of those that the call alone does not decide.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Suspects {
    /// The evidence that it is of: what is found is void for another.
    pub stamp: u32,
    /// The rules, by their place; none where one is not evaluated.
    pub rules: Vec<Option<Rule>>,
    /// Rules that are asked together.
    pub groups: Vec<Vec<u32>>,
    /// The records, by file.
    pub files: Vec<FileRecords>,
    /// Beside them, for each record its group.
    pub asked: Vec<Vec<u32>>,
}

/// What an alert of the user's own would do.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Trial {
    /// Why it cannot be understood.
    pub error: Option<QueryError>,
    /// Events that its query shows.
    pub matching: u64,
    /// Those that count: without what is allowed.
    pub counting: u64,
}

/// A query on events, and how its answer is shown.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Ask {
    /// The query as it was typed.
    pub query: String,
    /// Where the caret is, in characters.
    pub caret: u32,
    /// The time that the chart shows; all of it without.
    pub zoom: Option<(Moment, Moment)>,
    /// The field that is stacked, by its name in queries.
    pub stack: String,
    /// Steps of the chart at most.
    pub steps: u32,
}

/// What a query shows of all events.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Activity {
    /// The query that this answers.
    pub query: String,
    /// What is wrong with the query; nothing else is told then.
    pub error: Option<QueryError>,
    /// Events in all.
    pub total: u64,
    /// Events that the query shows.
    pub matching: u64,
    /// Those whose ID has another record in the evidence.
    pub conflicts: u64,
    /// First and last event of all.
    pub span: Option<(Moment, Moment)>,
    /// The events that the query shows, by time.
    pub chart: Histogram,
    /// The same over all of the time.
    pub map: Histogram,
    /// What may be written at the caret.
    pub completions: Completions,
    /// Values of fields, with counts.
    pub facets: Vec<Values>,
    /// What it means that nothing is shown.
    pub meaning: Option<String>,
}

/// A document to download; it is handed over in parts.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum Export {
    /// `report.json`.
    Report {
        /// `generatedAt`: the page's clock, as the library asks none.
        generated: Moment,
    },
    /// The report for people.
    Html {
        /// When it is made.
        generated: Moment,
    },
    /// Controls as assessment results of OSCAL.
    Oscal {
        /// When it is made.
        generated: Moment,
    },
    /// The case: what the user decided, and the hash of every file.
    Case,
    /// The canonical form of a filtered table, whose SHA-256 names the population.
    Population {
        /// The table.
        table: Table,
        /// Which of its rows.
        filter: Filter,
    },
    /// What the user changed of the model of risk.
    RiskSettings,
    /// Hashes of all files in `sha256sum` format.
    Manifest,
    /// The script that collects what is missing.
    Script,
    /// The verdicts in the form of `aws cloudtrail validate-logs --verbose`.
    ValidateLogs,
    /// Exactly the rows of a table that its filter shows.
    Rows {
        /// In which form.
        form: Form,
        /// Which table.
        table: Table,
        /// Which of its rows.
        filter: Filter,
        /// In which order.
        sort: Sort,
        /// When it is made.
        generated: Moment,
    },
}

impl Export {
    /// How a document is written that is for others; `None` for what stays with the auditor: the case, which holds
    /// the secret of the pseudonyms; the script, whose commands need the names; settings of risk, which are opened again; and what a population is hashed by.
    pub fn shared(&self) -> Option<mask::Form> {
        match self {
            Export::Case | Export::Script | Export::RiskSettings | Export::Population { .. } => {
                None
            }
            Export::Report { .. } | Export::Oscal { .. } => Some(mask::Form::Json),
            Export::Html { .. } => Some(mask::Form::Html),
            Export::Manifest | Export::ValidateLogs => Some(mask::Form::Plain),
            Export::Rows { form, .. } => Some(match form {
                Form::Csv => mask::Form::Csv,
                Form::Json | Form::Ocsf => mask::Form::Json,
                Form::Html => mask::Form::Html,
            }),
        }
    }
}

/// The form of rows that are handed over.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Form {
    /// Comma-separated values.
    Csv,
    /// A list of objects.
    Json,
    /// A page to print.
    Html,
    /// Compliance Findings of OCSF; only of results of rules.
    Ocsf,
}

/// Which rows of a table are wanted. All conditions must hold.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Filter {
    /// Words that must all occur in the row, case not minded.
    pub text: String,
    /// Values of columns; several of one column are alternatives.
    pub facets: Vec<Facet>,
    /// Of the inventory: as of when, and which resources.
    pub as_of: AsOf,
    /// Of controls and of results of rules: the framework.
    pub framework: String,
    /// Of results of rules: the control of the framework.
    pub control: String,
}

/// A chosen value of a column.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Facet {
    /// Index of the column.
    pub column: u16,
    /// The value as the table shows it.
    pub value: String,
}

/// What the user decides; the case judges by it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct Settings {
    /// SHA-256 of the public keys that the auditor fetched himself. Keys that come later are not among them.
    pub confirmed_keys: Vec<String>,
    /// Those that whoever saved a case says to have fetched: shown, and no part of any verdict, as the file may come
    /// from the party under audit.
    pub stated_keys: Vec<String>,
    /// Check every signature with WebCrypto and with the reference both.
    pub verify_twice: bool,
    /// The scope, as `validate-logs` narrows; empty fields do not narrow.
    pub scope: Scope,
    /// Views under names.
    pub views: Vec<SavedView>,
    /// Failing results that somebody accepted.
    pub exceptions: Vec<Exception>,
    /// Risk of calls and errors, where the user changed it.
    pub risk: RiskValues,
    /// What the auditor states and concludes.
    pub audit: Audit,
    /// Rules of the user's own.
    pub rules: Vec<CustomRule>,
    /// What is masked in what is handed over.
    pub sharing: Sharing,
    /// What was done in the case, the oldest first.
    pub log: Vec<Done>,
}

/// An answer of the case.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum Answer {
    /// To [`Question::Overview`].
    Overview(Box<Overview>),
    /// To [`Question::Rows`].
    Rows(Rows),
    /// To [`Question::Inspect`]; `None` where the thing is gone.
    Inspection(Option<Box<Inspection>>),
    /// To [`Question::Activity`].
    Activity(Box<Activity>),
    /// To [`Question::Records`], by file.
    Records(Vec<FileRecords>),
    /// To [`Question::Resource`]; `None` where there is none of that key.
    Resource(Option<Box<ResourceView>>),
    /// To [`Question::Freeze`].
    Frozen(Box<Frozen>),
    /// To [`Question::Changes`].
    Changes(Box<ChangesSummary>),
    /// To [`Question::Custody`].
    Custody(Custody),
    /// To [`Question::Masks`].
    Masks(Box<Masks>),
    /// To [`Question::Recheck`].
    Recheck(Recheck),
    /// To [`Question::ControlsOf`], with the id.
    Controls(String, Vec<Control>),
    /// To [`Question::Artifacts`].
    Artifacts(ArtifactSummary),
    /// To [`Question::Risk`].
    Risk(Box<RiskSummary>),
    /// To [`Question::RiskOverTime`].
    RiskOverTime(OverTime),
    /// To [`Question::Trial`].
    Trial(Trial),
    /// To [`Question::Suspects`].
    Suspects(Box<Suspects>),
    /// To [`Question::Compliance`].
    Compliance(Box<ComplianceSummary>),
    /// To [`Question::Graph`].
    Graph(Box<Graph>),
}

/// How far reading and judging are.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Progress {
    /// Files read, members of archives included.
    pub files: u64,
    /// Bytes read, as dropped.
    pub bytes: u64,
    /// Signatures still to be checked.
    pub checks: u64,
}

/// A window of a table.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Rows {
    /// Which table.
    pub table: Table,
    /// Rows in all.
    pub total: u32,
    /// Rows that the filter shows.
    pub matching: u32,
    /// Index of the first row here.
    pub first: u32,
    /// The rows.
    pub rows: Vec<Row>,
    /// For each column that has facets: its values with counts among all rows, most frequent first.
    pub facets: Facets,
}
