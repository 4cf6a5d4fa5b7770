//! What is encrypted with the key is lost with it.

#[cfg(test)]
use super::tests::Fixture;
use super::{Alert, Category, Condition, Severity};

pub(super) const ALERT: Alert = Alert {
    id: "key-deletion",
    title: "A KMS key is to be deleted, or was turned off",
    category: Category::ServiceDisruption,
    severity: Severity::High,
    risk: 9,
    condition: Condition::Any(
        "name:(ScheduleKeyDeletion OR DisableKey OR DeleteImportedKeyMaterial) -error:*",
    ),
    recommendation: "Cancel it while the waiting time lasts, unless it was asked for.",
};

#[cfg(test)]
pub(super) const FIXTURE: Fixture = Fixture {
    fires: &[
        ("ScheduleKeyDeletion", "", 1, 10),
    ],
    quiet: &[
        ("ScheduleKeyDeletion", r#""errorCode":"AccessDenied""#, 1, 10),
        ("CancelKeyDeletion", "", 1, 10),
        ("EnableKey", "", 1, 10),
        ("PutKeyPolicy", "", 1, 10),
    ],
};
