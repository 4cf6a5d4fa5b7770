//! The root user can do everything, and nobody else can be told apart behind it.

#[cfg(test)]
use super::tests::Fixture;
use super::{Alert, Category, Condition, Severity};

pub(super) const ALERT: Alert = Alert {
    id: "root-used",
    title: "The root user was used",
    category: Category::SuspiciousAccess,
    severity: Severity::High,
    risk: 8,
    condition: Condition::Any(
        "type:Root access:write -error:*",
    ),
    recommendation: "Root is for a few tasks only: ask who, and for what.",
};

#[cfg(test)]
pub(super) const FIXTURE: Fixture = Fixture {
    fires: &[
        ("CreateUser", r#""readOnly":false,"userIdentity":{"type":"Root","arn":"arn:aws:iam::1:root"}"#, 1, 10),
    ],
    quiet: &[
        ("ListBuckets", r#""readOnly":true,"userIdentity":{"type":"Root","arn":"arn:aws:iam::1:root"}"#, 1, 10),
    ],
};
