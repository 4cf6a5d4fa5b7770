//! Only sign-ins of IAM users and of root tell whether a second factor was used.

#[cfg(test)]
use super::tests::Fixture;
use super::{Alert, Category, Condition, Severity};

pub(super) const ALERT: Alert = Alert {
    id: "login-without-mfa",
    title: "A console sign-in without a second factor",
    category: Category::SuspiciousAccess,
    severity: Severity::High,
    risk: 8,
    condition: Condition::Any(
        "name:ConsoleLogin mfa:no type:(IAMUser OR Root) -error:*",
    ),
    recommendation: "Require a second factor. Federated sign-ins do not tell theirs here.",
};

#[cfg(test)]
pub(super) const FIXTURE: Fixture = Fixture {
    fires: &[
        ("ConsoleLogin", r#""userIdentity":{"type":"IAMUser","arn":"arn:aws:iam::1:user/a"},"additionalEventData":{"MFAUsed":"No"}"#, 1, 10),
    ],
    quiet: &[
        ("ConsoleLogin", r#""userIdentity":{"type":"AssumedRole","arn":"arn:aws:sts::1:assumed-role/sso/a"},"additionalEventData":{"MFAUsed":"No"}"#, 1, 10),
        ("ConsoleLogin", r#""userIdentity":{"type":"IAMUser","arn":"arn:aws:iam::1:user/a"},"additionalEventData":{"MFAUsed":"Yes"}"#, 1, 10),
    ],
};
