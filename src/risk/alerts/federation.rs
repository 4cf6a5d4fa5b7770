//! Whoever controls the other side can come in.

#[cfg(test)]
use super::tests::Fixture;
use super::{Alert, Category, Condition, Severity};

pub(super) const ALERT: Alert = Alert {
    id: "federation",
    title: "A way in from outside was made",
    category: Category::PrivilegeEscalation,
    severity: Severity::High,
    risk: 8,
    condition: Condition::Any(
        "(name:(CreateTrustAnchor OR CreateSAMLProvider OR UpdateSAMLProvider OR CreateOpenIDConnectProvider OR UpdateOpenIDConnectProviderThumbprint) OR name:(CreateRole OR UpdateAssumeRolePolicy) source:iam weakens:yes) -error:*",
    ),
    recommendation: "Check that it was asked for; sessions of it outlive keys that are taken back.",
};

#[cfg(test)]
pub(super) const FIXTURE: Fixture = Fixture {
    fires: &[
        ("CreateTrustAnchor", "", 1, 10),
        ("UpdateAssumeRolePolicy", r#""requestParameters":{"roleName":"r","policyDocument":"{\"Statement\":[{\"Effect\":\"Allow\",\"Principal\":{\"AWS\":\"arn:aws:iam::444455556666:root\"},\"Action\":\"sts:AssumeRole\"}]}"}"#, 1, 10),
        ("CreateRole", r#""requestParameters":{"roleName":"r","assumeRolePolicyDocument":"{\"Statement\":[{\"Effect\":\"Allow\",\"Principal\":{\"AWS\":\"arn:aws:iam::444455556666:root\"},\"Action\":\"sts:AssumeRole\"}]}"}"#, 1, 10),
    ],
    quiet: &[
        ("CreateRole", r#""requestParameters":{"roleName":"r","assumeRolePolicyDocument":"{\"Statement\":[{\"Effect\":\"Allow\",\"Principal\":{\"AWS\":\"arn:aws:iam::111122223333:root\"},\"Action\":\"sts:AssumeRole\"}]}"}"#, 1, 10),
        ("CreateRole", "", 1, 10),
        ("GetFederationToken", "", 1, 10),
        ("CreateTrustAnchor", r#""errorCode":"AccessDenied""#, 1, 10),
        ("DeleteSAMLProvider", "", 1, 10),
    ],
};
