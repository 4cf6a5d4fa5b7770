//! With these policies an identity can do everything, or give itself everything.

#[cfg(test)]
use super::tests::Fixture;
use super::{Alert, Category, Condition, Severity};

pub(super) const ALERT: Alert = Alert {
    id: "administrator-made",
    title: "An identity was made an administrator",
    category: Category::PrivilegeEscalation,
    severity: Severity::High,
    risk: 9,
    condition: Condition::Any(
        "(name:(AttachUserPolicy OR AttachRolePolicy OR AttachGroupPolicy) resource:(*:policy/AdministratorAccess OR *:policy/IAMFullAccess) OR name:(PutUserPolicy OR PutRolePolicy OR PutGroupPolicy OR CreatePolicyVersion) source:iam weakens:yes) -error:*",
    ),
    recommendation: "Check that it was asked for; take it back where less is enough.",
};

#[cfg(test)]
pub(super) const FIXTURE: Fixture = Fixture {
    fires: &[
        ("AttachUserPolicy", r#""requestParameters":{"userName":"a","policyArn":"arn:aws:iam::aws:policy/AdministratorAccess"}"#, 1, 10),
        ("PutRolePolicy", r#""requestParameters":{"roleName":"r","policyName":"p","policyDocument":"{\"Statement\":[{\"Effect\":\"Allow\",\"Action\":\"*\",\"Resource\":\"*\"}]}"}"#, 1, 10),
    ],
    quiet: &[
        ("PutRolePolicy", r#""requestParameters":{"roleName":"r","policyName":"p","policyDocument":"{\"Statement\":[{\"Effect\":\"Allow\",\"Action\":\"s3:*\",\"Resource\":\"*\"}]}"}"#, 1, 10),
        ("AttachUserPolicy", r#""requestParameters":{"userName":"a","policyArn":"arn:aws:iam::aws:policy/ReadOnlyAccess"}"#, 1, 10),
        ("DetachUserPolicy", r#""requestParameters":{"userName":"a","policyArn":"arn:aws:iam::aws:policy/AdministratorAccess"}"#, 1, 10),
        ("AttachUserPolicy", r#""errorCode":"AccessDenied","requestParameters":{"userName":"a","policyArn":"arn:aws:iam::aws:policy/AdministratorAccess"}"#, 1, 10),
    ],
};
