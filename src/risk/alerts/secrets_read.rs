//! Whoever reads one after the other collects them; one that is read again and again is what programs do.

#[cfg(test)]
use super::tests::Fixture;
use super::{Alert, Category, Condition, Severity};
use crate::activity::Field;

pub(super) const ALERT: Alert = Alert {
    id: "secrets-read",
    title: "Secrets were read one after the other, or tried to be",
    category: Category::InformationLoss,
    severity: Severity::High,
    risk: 8,
    condition: Condition::Often {
        query: "name:(GetSecretValue OR BatchGetSecretValue OR GetParameters OR GetParameter OR GetParametersByPath OR GetPasswordData) -type:AWSService",
        by: Field::Actor,
        different: Some(Field::Resource),
        count: 5,
        seconds: 600,
    },
    recommendation: "Treat those that were read as known, and replace them, unless it is a job of yours.",
};

#[cfg(test)]
pub(super) const FIXTURE: Fixture = Fixture {
    fires: &[
        ("GetSecretValue", "", 5, 10),
    ],
    quiet: &[
        ("GetSecretValue", "", 6, 300),
        ("GetSecretValue", r#""requestParameters":{"secretId":"prod/db"}"#, 50, 1),
    ],
};
