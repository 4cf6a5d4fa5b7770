//! Unusual types and regions are how accounts are misused.

#[cfg(test)]
use super::tests::Fixture;
use super::{Alert, Category, Condition, Severity};

pub(super) const ALERT: Alert = Alert {
    id: "instances-launched",
    title: "Instances were launched, or tried to be",
    category: Category::SuspiciousAccess,
    severity: Severity::Low,
    risk: 4,
    condition: Condition::Any(
        "name:(RunInstances OR RequestSpotInstances OR RequestSpotFleet)",
    ),
    recommendation: "Check type and region.",
};

#[cfg(test)]
pub(super) const FIXTURE: Fixture = Fixture {
    fires: &[
        ("RunInstances", r#""errorCode":"AccessDenied""#, 1, 10),
    ],
    quiet: &[
        ("StartInstances", "", 1, 10),
        ("TerminateInstances", "", 1, 10),
    ],
};
