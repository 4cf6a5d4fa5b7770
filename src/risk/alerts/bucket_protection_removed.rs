//! Protection of what is kept.

#[cfg(test)]
use super::tests::Fixture;
use super::{Alert, Category, Condition, Severity};

pub(super) const ALERT: Alert = Alert {
    id: "bucket-protection-removed",
    title: "A bucket lost its encryption, its versions or its lock",
    category: Category::DataCompliance,
    severity: Severity::Medium,
    risk: 6,
    condition: Condition::Any(
        "name:(DeleteBucketEncryption OR PutBucketVersioning OR PutBucketObjectLockConfiguration OR PutObjectLockConfiguration) -weakens:no -error:*",
    ),
    recommendation: "Look at the bucket in Resources before and after; versions and locks can be turned on by the same calls.",
};

#[cfg(test)]
pub(super) const FIXTURE: Fixture = Fixture {
    fires: &[
        ("DeleteBucketEncryption", "", 1, 10),
        ("PutBucketVersioning", r#""requestParameters":{"bucketName":"b","VersioningConfiguration":{"Status":"Suspended"}}"#, 1, 10),
        ("PutBucketObjectLockConfiguration", r#""requestParameters":{"ObjectLockConfiguration":{"ObjectLockEnabled":"Enabled","Rule":{"DefaultRetention":{"Mode":"GOVERNANCE","Days":1}}}}"#, 1, 10),
    ],
    quiet: &[
        ("DeleteBucketEncryption", r#""errorCode":"AccessDenied""#, 1, 10),
        ("PutBucketVersioning", r#""requestParameters":{"bucketName":"b","VersioningConfiguration":{"Status":"Enabled"}}"#, 1, 10),
        ("PutBucketEncryption", "", 1, 10),
    ],
};
