//! Whether it was opened or closed, the call alone does not always say.

#[cfg(test)]
use super::tests::Fixture;
use super::{Alert, Category, Condition, Severity};

pub(super) const ALERT: Alert = Alert {
    id: "bucket-opened",
    title: "Who may reach a bucket was changed",
    category: Category::OpenPermissions,
    severity: Severity::Medium,
    risk: 6,
    condition: Condition::Any(
        "name:(PutBucketPolicy OR DeleteBucketPolicy OR PutBucketAcl OR PutObjectAcl OR DeletePublicAccessBlock OR DeleteBucketPublicAccessBlock OR DeleteAccountPublicAccessBlock OR PutBucketPublicAccessBlock OR PutAccountPublicAccessBlock) -weakens:no -error:*",
    ),
    recommendation: "Look at the bucket in Resources before and after.",
};

#[cfg(test)]
pub(super) const FIXTURE: Fixture = Fixture {
    fires: &[
        ("PutBucketPolicy", "", 1, 10),
    ],
    quiet: &[
        ("PutBucketPolicy", r#""errorCode":"AccessDenied""#, 1, 10),
        ("PutBucketPublicAccessBlock", r#""requestParameters":{"bucketName":"b","PublicAccessBlockConfiguration":{"BlockPublicAcls":true,"IgnorePublicAcls":true,"BlockPublicPolicy":true,"RestrictPublicBuckets":true}}"#, 1, 10),
        ("PutBucketAcl", r#""requestParameters":{"bucketName":"b","x-amz-acl":["private"]}"#, 1, 10),
    ],
};
