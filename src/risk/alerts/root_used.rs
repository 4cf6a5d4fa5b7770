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
        "type:Root -(name:ConsoleLogin error:*) -ip:(*.amazonaws.com OR \"AWS Internal\")",
    ),
    recommendation: "Root is for a few tasks only: ask who, and for what. Sign-ins, reads, changes and tries count; what services call on its behalf does not.",
};

#[cfg(test)]
pub(super) const FIXTURE: Fixture = Fixture {
    fires: &[
        ("ListBuckets", r#""readOnly":true,"userIdentity":{"type":"Root","arn":"arn:aws:iam::1:root"}"#, 1, 10),
    ],
    quiet: &[
        ("ListBuckets", r#""readOnly":true,"userIdentity":{"type":"IAMUser","arn":"arn:aws:iam::1:user/root","userName":"root"}"#, 1, 10),
        ("ConsoleLogin", r#""errorMessage":"Failed authentication","userIdentity":{"type":"Root","arn":"arn:aws:iam::1:root"}"#, 1, 10),
        ("DescribeVpcs", r#""sourceIPAddress":"cloudformation.amazonaws.com","userIdentity":{"type":"Root","arn":"arn:aws:iam::1:root","invokedBy":"cloudformation.amazonaws.com"}"#, 1, 10),
        ("CreateGrant", r#""sourceIPAddress":"AWS Internal","userIdentity":{"type":"Root","arn":"arn:aws:iam::1:root","invokedBy":"AWS Internal"}"#, 1, 10),
    ],
};
