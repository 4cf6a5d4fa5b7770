//! What the auditor takes away: the report, the manifest, the working, the script that collects what is missing.
//!
//! May use every module; reads the case and changes nothing.

pub mod html;
pub mod manifest;
pub mod mask;
pub mod ocsf;
pub mod oscal;
pub mod report;
pub mod script;
pub mod validate_logs;
pub mod working;
