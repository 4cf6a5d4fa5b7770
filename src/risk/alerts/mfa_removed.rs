//! Whoever takes the second factor away needs only the password.

#[cfg(test)]
use super::tests::Fixture;
use super::{Alert, Category, Condition, Severity};

pub(super) const ALERT: Alert = Alert {
    id: "mfa-removed",
    title: "A second factor was taken away",
    category: Category::CredentialsLoss,
    severity: Severity::Medium,
    risk: 7,
    condition: Condition::Any(
        "name:(DeactivateMFADevice OR DeleteVirtualMFADevice) -error:*",
    ),
    recommendation: "Ask the user whose factor it is.",
};

#[cfg(test)]
pub(super) const FIXTURE: Fixture = Fixture {
    fires: &[
        ("DeactivateMFADevice", "", 1, 10),
    ],
    quiet: &[
        ("DeactivateMFADevice", r#""errorCode":"AccessDenied""#, 1, 10),
        ("CreateVirtualMFADevice", "", 1, 10),
        ("EnableMFADevice", "", 1, 10),
    ],
};
