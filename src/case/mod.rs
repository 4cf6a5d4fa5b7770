//! The case: all evidence of one audit, judged, and the answers to the page's questions.
//!
//! May use every other module. Runs in the case worker; the page asks and never writes.

pub mod question;
pub mod table;

pub use question::{
    Answer, Export, Facet, Filter, Inspection, KeySummary, Need, Overview, Progress, Question,
    Rows, Segment, Settings, Step, Subject, TrailSummary,
};
pub use table::{Cell, Column, Row, Shape, Table};
