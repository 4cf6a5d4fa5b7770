//! From then on nothing is recorded.

#[cfg(test)]
use super::tests::Fixture;
use super::{Alert, Category, Condition, Severity};

pub(super) const ALERT: Alert = Alert {
    id: "logging-stopped",
    title: "Logging was stopped or a trail deleted",
    category: Category::ConfigurationCompliance,
    severity: Severity::Critical,
    risk: 10,
    condition: Condition::Any(
        "name:(StopLogging OR DeleteTrail OR DeleteEventDataStore OR StopEventDataStoreIngestion) -error:*",
    ),
    recommendation: "Ask the actor why; turn logging on again; see Integrity for what is missing since.",
};

#[cfg(test)]
pub(super) const FIXTURE: Fixture = Fixture {
    fires: &[
        ("StopLogging", "", 1, 10),
    ],
    quiet: &[
        ("StopLogging", r#""errorCode":"AccessDenied""#, 1, 10),
        ("StartLogging", "", 1, 10),
    ],
};
