//! The request itself names everyone.

#[cfg(test)]
use super::tests::Fixture;
use super::{Alert, Category, Condition, Severity};

pub(super) const ALERT: Alert = Alert {
    id: "bucket-public",
    title: "A bucket, an object or a secret was opened to everyone",
    category: Category::OpenPermissions,
    severity: Severity::High,
    risk: 9,
    condition: Condition::Any(
        "name:(PutBucketPolicy OR PutBucketAcl OR PutObjectAcl OR CreateBucket OR PutObject OR CopyObject OR PutResourcePolicy) source:(s3 OR secretsmanager) open:yes -error:*",
    ),
    recommendation: "Take it back, unless the data is meant for everyone; look at who read it since. A condition of the policy may narrow it.",
};

#[cfg(test)]
pub(super) const FIXTURE: Fixture = Fixture {
    fires: &[
        ("PutBucketPolicy", r#""requestParameters":{"bucketName":"b","bucketPolicy":{"Statement":[{"Effect":"Allow","Principal":"*","Action":"s3:GetObject"}]}}"#, 1, 10),
        ("PutObject", r#""requestParameters":{"bucketName":"b","key":"k","x-amz-grant-read":"uri=\"http://acs.amazonaws.com/groups/global/AllUsers\", id=\"x\""}"#, 1, 10),
        ("PutResourcePolicy", r#""eventSource":"secretsmanager.amazonaws.com","requestParameters":{"secretId":"s","resourcePolicy":"{\"Statement\":[{\"Effect\":\"Allow\",\"Principal\":\"*\",\"Action\":\"secretsmanager:GetSecretValue\",\"Resource\":\"*\"}]}"}"#, 1, 10),
    ],
    quiet: &[
        ("PutBucketPolicy", r#""requestParameters":{"bucketName":"b","bucketPolicy":{"Statement":[{"Effect":"Deny","Principal":"*","Action":"s3:*"}]}}"#, 1, 10),
        ("PutBucketPolicy", r#""requestParameters":{"bucketName":"b","bucketPolicy":{"Statement":[{"Effect":"Allow","Principal":"*","Action":"s3:GetObject","Condition":{"StringEquals":{"aws:PrincipalOrgID":"o-1"}}}]}}"#, 1, 10),
        ("PutBucketAcl", r#""requestParameters":{"bucketName":"b","x-amz-acl":["private"]}"#, 1, 10),
    ],
};
