//! A rule deletes silently, and no call tells of the objects.

#[cfg(test)]
use super::tests::Fixture;
use super::{Alert, Category, Condition, Severity};

pub(super) const ALERT: Alert = Alert {
    id: "objects-expire",
    title: "Objects of a bucket were made to expire",
    category: Category::Ransomware,
    severity: Severity::Medium,
    risk: 7,
    condition: Condition::Any(
        "name:(PutBucketLifecycle OR PutBucketLifecycleConfiguration) -weakens:no -error:*",
    ),
    recommendation: "Read the rule: after how many days does it delete what?",
};

#[cfg(test)]
pub(super) const FIXTURE: Fixture = Fixture {
    fires: &[
        ("PutBucketLifecycle", "", 1, 10),
    ],
    quiet: &[
        ("PutBucketLifecycle", r#""errorCode":"AccessDenied""#, 1, 10),
        ("PutBucketLifecycle", r#""requestParameters":{"bucketName":"b","LifecycleConfiguration":{"Rule":{"Status":"Enabled","Transition":{"Days":30,"StorageClass":"GLACIER"}}}}"#, 1, 10),
        ("DeleteBucketLifecycle", "", 1, 10),
    ],
};
