//! Whether a policy allows more than before, the call alone does not say.

#[cfg(test)]
use super::tests::Fixture;
use super::{Alert, Category, Condition, Severity};

pub(super) const ALERT: Alert = Alert {
    id: "policy-widened",
    title: "Permissions of an identity were changed",
    category: Category::PrivilegeEscalation,
    severity: Severity::Medium,
    risk: 7,
    condition: Condition::Any(
        "name:(AttachUserPolicy OR AttachRolePolicy OR AttachGroupPolicy OR PutUserPolicy OR PutRolePolicy OR PutGroupPolicy OR CreatePolicyVersion OR SetDefaultPolicyVersion OR UpdateAssumeRolePolicy OR DeleteUserPermissionsBoundary OR DeleteRolePermissionsBoundary) -error:*",
    ),
    recommendation: "Read the policy: does it allow more than is needed, or let others in?",
};

#[cfg(test)]
pub(super) const FIXTURE: Fixture = Fixture {
    fires: &[
        ("AttachUserPolicy", "", 1, 10),
    ],
    quiet: &[
        ("AttachUserPolicy", r#""errorCode":"AccessDenied""#, 1, 10),
        ("DetachUserPolicy", "", 1, 10),
        ("DeleteRolePolicy", "", 1, 10),
        ("DeletePolicyVersion", "", 1, 10),
    ],
};
