//! User data often holds secrets, and runs as root at the next start.

#[cfg(test)]
use super::tests::Fixture;
use super::{Alert, Category, Condition, Severity};

pub(super) const ALERT: Alert = Alert {
    id: "user-data-changed",
    title: "The start-up script of an instance was changed or read",
    category: Category::SuspiciousAccess,
    severity: Severity::Medium,
    risk: 6,
    condition: Condition::Any(
        "name:(ModifyInstanceAttribute OR DescribeInstanceAttribute)",
    ),
    recommendation: "See whether it is the attribute userData; then read what it held and holds.",
};

#[cfg(test)]
pub(super) const FIXTURE: Fixture = Fixture {
    fires: &[
        ("ModifyInstanceAttribute", "", 1, 10),
    ],
    quiet: &[
        ("DescribeInstances", "", 1, 10),
    ],
};
