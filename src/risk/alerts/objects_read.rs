//! Data may be leaving.

#[cfg(test)]
use super::tests::Fixture;
use super::{Alert, Category, Condition, Severity};
use crate::activity::Field;

pub(super) const ALERT: Alert = Alert {
    id: "objects-read",
    title: "One actor read objects by the hundred",
    category: Category::InformationLoss,
    severity: Severity::Medium,
    risk: 6,
    condition: Condition::Often {
        query: "name:GetObject -type:AWSService -error:*",
        by: Field::Actor,
        different: None,
        count: 500,
        seconds: 600,
    },
    recommendation: "Is it a job that you run? Look at the buckets, and at the address.",
};

#[cfg(test)]
pub(super) const FIXTURE: Fixture = Fixture {
    fires: &[
        ("GetObject", "", 500, 1),
    ],
    quiet: &[
        ("GetObject", "", 499, 1),
    ],
};
