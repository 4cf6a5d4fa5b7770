//! Whoever a key's policy names may decrypt with it, wherever the data lies.

#[cfg(test)]
use super::tests::Fixture;
use super::{Alert, Category, Condition, Severity};

pub(super) const ALERT: Alert = Alert {
    id: "key-policy",
    title: "Who may use a KMS key or a secret was changed",
    category: Category::OpenPermissions,
    severity: Severity::Medium,
    risk: 6,
    condition: Condition::Any(
        "(name:PutKeyPolicy -weakens:no OR name:PutResourcePolicy source:secretsmanager -weakens:no OR name:CreateGrant weakens:yes) -type:AWSService -error:*",
    ),
    recommendation: "Compare the policy before and after: does it let another account in, or lock its owner out?",
};

#[cfg(test)]
pub(super) const FIXTURE: Fixture = Fixture {
    fires: &[
        ("PutKeyPolicy", r#""requestParameters":{"keyId":"k","policy":"{\"Statement\":[{\"Effect\":\"Allow\",\"Principal\":{\"AWS\":\"arn:aws:iam::444455556666:root\"},\"Action\":\"kms:Decrypt\"}]}"}"#, 1, 10),
        ("CreateGrant", r#""requestParameters":{"keyId":"k","granteePrincipal":"arn:aws:iam::444455556666:role/r","operations":["Decrypt"]}"#, 1, 10),
        ("PutResourcePolicy", r#""eventSource":"secretsmanager.amazonaws.com""#, 1, 10),
    ],
    quiet: &[
        ("CreateGrant", r#""requestParameters":{"keyId":"k","granteePrincipal":"arn:aws:sts::111122223333:assumed-role/r/i-1","operations":["Decrypt"]}"#, 1, 10),
        ("PutResourcePolicy", r#""eventSource":"dynamodb.amazonaws.com""#, 1, 10),
        ("PutKeyPolicy", r#""errorCode":"AccessDenied""#, 1, 10),
        ("PutKeyPolicy", r#""requestParameters":{"keyId":"k","policy":"{\"Statement\":[{\"Effect\":\"Allow\",\"Principal\":{\"AWS\":\"arn:aws:iam::111122223333:root\"},\"Action\":\"kms:*\"}]}"}"#, 1, 10),
        ("GetKeyPolicy", "", 1, 10),
    ],
};
