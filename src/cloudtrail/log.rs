//! Log files: `{"Records": […]}`.

use serde::{Deserialize, Serialize};

use crate::moment::Moment;

/// What integrity needs to know of a log file's records.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Log {
    /// Number of records.
    pub events: u64,
    /// 64 bits of each record's event ID, in order of the file; to tell whether an unlisted file repeats proven events.
    pub event_ids: Vec<u64>,
    /// The earliest and the latest `eventTime`.
    pub times: Option<(Moment, Moment)>,
}
