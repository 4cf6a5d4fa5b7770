//! Whoever copies it has the data of the disk.

#[cfg(test)]
use super::tests::Fixture;
use super::{Alert, Category, Condition, Severity};

pub(super) const ALERT: Alert = Alert {
    id: "image-shared",
    title: "A snapshot or an image was shared",
    category: Category::InformationLoss,
    severity: Severity::High,
    risk: 8,
    condition: Condition::Any(
        "name:(ModifySnapshotAttribute OR ModifyImageAttribute OR ModifyDBSnapshotAttribute OR ModifyDBClusterSnapshotAttribute OR SharedSnapshotCopyInitiated) -error:*",
    ),
    recommendation: "See with which account; take it back if it is not yours.",
};

#[cfg(test)]
pub(super) const FIXTURE: Fixture = Fixture {
    fires: &[
        ("ModifySnapshotAttribute", "", 1, 10),
    ],
    quiet: &[
        ("ModifySnapshotAttribute", r#""errorCode":"AccessDenied""#, 1, 10),
    ],
};
