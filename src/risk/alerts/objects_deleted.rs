//! How data is held to ransom, or lost.

#[cfg(test)]
use super::tests::Fixture;
use super::{Alert, Category, Condition, Severity};
use crate::activity::Field;

pub(super) const ALERT: Alert = Alert {
    id: "objects-deleted",
    title: "Objects were deleted by the hundred",
    category: Category::Ransomware,
    severity: Severity::Critical,
    risk: 10,
    condition: Condition::Often {
        query: "name:(DeleteObject OR DeleteObjects OR DeleteObjectVersion) -type:AWSService -error:*",
        by: Field::Actor,
        different: None,
        count: 100,
        seconds: 600,
    },
    recommendation: "Stop the actor; see whether versioning kept them. One DeleteObjects call deletes up to 1,000.",
};

#[cfg(test)]
pub(super) const FIXTURE: Fixture = Fixture {
    fires: &[
        ("DeleteObject", "", 100, 2),
    ],
    quiet: &[
        ("DeleteObject", "", 99, 2),
        ("DeleteObject", r#""errorCode":"AccessDenied""#, 50, 1),
    ],
};
