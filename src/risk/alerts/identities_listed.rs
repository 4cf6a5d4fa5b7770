//! Whoever wants more permissions looks at who has them.

#[cfg(test)]
use super::tests::Fixture;
use super::{Alert, Category, Condition, Severity};
use crate::activity::Field;

pub(super) const ALERT: Alert = Alert {
    id: "identities-listed",
    title: "Users, roles and policies were listed one after the other",
    category: Category::IdentityEnumeration,
    severity: Severity::Medium,
    risk: 6,
    condition: Condition::Often {
        query: "name:(ListUsers OR ListRoles OR ListGroups OR ListPolicies OR ListAccessKeys OR ListAttachedUserPolicies OR ListAttachedRolePolicies OR ListUserPolicies OR ListRolePolicies OR ListGroupsForUser OR ListInstanceProfiles OR ListMFADevices OR ListAccountAliases OR GetAccountAuthorizationDetails OR GetAccountSummary OR GetUser) source:iam -type:AWSService",
        by: Field::Actor,
        different: Some(Field::Name),
        count: 6,
        seconds: 300,
    },
    recommendation: "Is it a tool that you run, as a security scanner?",
};

#[cfg(test)]
pub(super) const FIXTURE: Fixture = Fixture {
    fires: &[
        ("ListUsers", r#""eventSource":"iam.amazonaws.com""#, 1, 5),
        ("ListRoles", r#""eventSource":"iam.amazonaws.com""#, 1, 5),
        ("ListGroups", r#""eventSource":"iam.amazonaws.com""#, 1, 5),
        ("ListPolicies", r#""eventSource":"iam.amazonaws.com""#, 1, 5),
        ("ListAccessKeys", r#""eventSource":"iam.amazonaws.com""#, 1, 5),
        ("GetAccountSummary", r#""eventSource":"iam.amazonaws.com""#, 1, 5),
    ],
    quiet: &[
        ("ListUsers", "", 50, 5),
        ("ListUsers", r#""eventSource":"quicksight.amazonaws.com""#, 1, 5),
        ("ListRoles", r#""eventSource":"quicksight.amazonaws.com""#, 1, 5),
        ("ListGroups", r#""eventSource":"quicksight.amazonaws.com""#, 1, 5),
        ("ListPolicies", r#""eventSource":"quicksight.amazonaws.com""#, 1, 5),
        ("ListAccessKeys", r#""eventSource":"quicksight.amazonaws.com""#, 1, 5),
        ("GetAccountSummary", r#""eventSource":"quicksight.amazonaws.com""#, 1, 5),
    ],
};
