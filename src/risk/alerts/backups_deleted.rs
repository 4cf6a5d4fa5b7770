//! Without backups, what is deleted or encrypted is lost.

#[cfg(test)]
use super::tests::Fixture;
use super::{Alert, Category, Condition, Severity};

pub(super) const ALERT: Alert = Alert {
    id: "backups-deleted",
    title: "Backups were deleted",
    category: Category::Ransomware,
    severity: Severity::High,
    risk: 8,
    condition: Condition::Any(
        "name:(DeleteRecoveryPoint OR DeleteBackupVault OR DeleteBackupPlan OR DeleteDBClusterSnapshot OR DeleteDBSnapshot OR DeleteBackup OR DeleteBackupVaultLockConfiguration OR UpdateContinuousBackups OR DisassociateRecoveryPoint) -weakens:no -error:*",
    ),
    recommendation: "Ask the actor at once; look at what it deleted beside.",
};

#[cfg(test)]
pub(super) const FIXTURE: Fixture = Fixture {
    fires: &[
        ("DeleteRecoveryPoint", "", 1, 10),
        ("UpdateContinuousBackups", r#""requestParameters":{"tableName":"t","pointInTimeRecoverySpecification":{"pointInTimeRecoveryEnabled":false}}"#, 1, 10),
    ],
    quiet: &[
        ("DeleteRecoveryPoint", r#""errorCode":"AccessDenied""#, 1, 10),
        ("UpdateContinuousBackups", r#""requestParameters":{"tableName":"t","pointInTimeRecoverySpecification":{"pointInTimeRecoveryEnabled":true}}"#, 1, 10),
        ("DeleteBackupSelection", "", 1, 10),
    ],
};
