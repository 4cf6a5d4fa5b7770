//! Whoever copies it has the data of the disk.

#[cfg(test)]
use super::tests::Fixture;
use super::{Alert, Category, Condition, Severity};

pub(super) const ALERT: Alert = Alert {
    id: "image-shared",
    title: "A snapshot or an image was shared, or objects go to another account",
    category: Category::InformationLoss,
    severity: Severity::High,
    risk: 8,
    condition: Condition::Any(
        "(name:PutBucketReplication weakens:yes OR name:(ModifySnapshotAttribute OR ModifyImageAttribute OR ModifyDBSnapshotAttribute OR ModifyDBClusterSnapshotAttribute OR SharedSnapshotCopyInitiated) -weakens:no) -error:*",
    ),
    recommendation: "See with which account; take it back if it is not yours.",
};

#[cfg(test)]
pub(super) const FIXTURE: Fixture = Fixture {
    fires: &[
        ("ModifySnapshotAttribute", "", 1, 10),
        ("ModifyDBSnapshotAttribute", r#""requestParameters":{"attributeName":"restore","valuesToAdd":["444455556666"]}"#, 1, 10),
        ("PutBucketReplication", r#""requestParameters":{"bucketName":"b","ReplicationConfiguration":{"Rule":{"Status":"Enabled","Destination":{"Bucket":"arn:aws:s3:::x","Account":"444455556666"}}}}"#, 1, 10),
    ],
    quiet: &[
        ("PutBucketReplication", r#""requestParameters":{"bucketName":"b","ReplicationConfiguration":{"Rule":{"Status":"Enabled","Destination":{"Bucket":"arn:aws:s3:::x"}}}}"#, 1, 10),
        ("ModifySnapshotAttribute", r#""errorCode":"AccessDenied""#, 1, 10),
        ("ModifySnapshotAttribute", r#""requestParameters":{"snapshotId":"snap-1","createVolumePermission":{"remove":{"items":[{"userId":"444455556666"}]}}}"#, 1, 10),
        ("ModifyImageAttribute", r#""requestParameters":{"imageId":"ami-1","launchPermission":{"add":{"items":[{"userId":"111122223333"}]}}}"#, 1, 10),
        ("ModifyDBSnapshotAttribute", r#""requestParameters":{"attributeName":"restore","valuesToRemove":["444455556666"]}"#, 1, 10),
    ],
};
