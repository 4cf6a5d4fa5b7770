//! Nobody knows who it was.

#[cfg(test)]
use super::tests::Fixture;
use super::{Alert, Category, Condition, Severity};

pub(super) const ALERT: Alert = Alert {
    id: "anonymous-access",
    title: "Something was reached without any identity",
    category: Category::AnonymousAccess,
    severity: Severity::Medium,
    risk: 7,
    condition: Condition::Any(
        "actor:(ANONYMOUS_PRINCIPAL OR anonymous) -error:*",
    ),
    recommendation: "Close the bucket, unless it is meant for everyone.",
};

#[cfg(test)]
pub(super) const FIXTURE: Fixture = Fixture {
    fires: &[
        ("GetObject", r#""userIdentity":{"type":"AWSAccount","principalId":"","accountId":"ANONYMOUS_PRINCIPAL"}"#, 1, 10),
        ("GetObject", r#""userIdentity":{"type":"AWSAccount","principalId":"","accountId":"anonymous"}"#, 1, 10),
    ],
    quiet: &[
        ("GetObject", r#""errorCode":"AccessDenied","userIdentity":{"type":"AWSAccount","principalId":"","accountId":"ANONYMOUS_PRINCIPAL"}"#, 1, 10),
        ("GetObject", r#""userIdentity":{"type":"AWSAccount","principalId":"AIDA","accountId":"444455556666"}"#, 1, 10),
    ],
};
