//! Whether a policy allows more than before, the call alone does not say; what surely does not is left out.

#[cfg(test)]
use super::tests::Fixture;
use super::{Alert, Category, Condition, Severity};
use super::Scene;
use crate::activity::{Bits, EventIx};

pub(super) const ALERT: Alert = Alert {
    id: "policy-widened",
    title: "Permissions of an identity were changed",
    category: Category::PrivilegeEscalation,
    severity: Severity::Medium,
    risk: 7,
    condition: Condition::Found {
        query: "name:(AttachUserPolicy OR AttachRolePolicy OR AttachGroupPolicy OR PutUserPolicy OR PutRolePolicy OR PutGroupPolicy OR CreatePolicyVersion OR SetDefaultPolicyVersion OR UpdateAssumeRolePolicy OR DeleteUserPermissionsBoundary OR DeleteRolePermissionsBoundary) source:iam -error:*",
        words: "not where a policy, as the evidence has it, is replaced by one that allows the same or less, nor where a version is made that is not used yet",
        find,
    },
    recommendation: "Read the policy: does it allow more than is needed, or let others in?",
};

fn find(scene: &Scene<'_>, events: &Bits) -> Vec<EventIx> {
    let wider = events.iter().filter(|&event| !scene.narrowed.contains(event));
    wider.collect()
}

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
        ("CreateRole", r#""requestParameters":{"roleName":"r","assumeRolePolicyDocument":"{\"Statement\":[{\"Effect\":\"Allow\",\"Principal\":{\"AWS\":[\"a\",\"b\"]},\"Action\":\"sts:AssumeRole\"}]}"}"#, 1, 10),
        ("UpdateAssumeRolePolicy", r#""requestParameters":{"roleName":"r","policyDocument":"{\"Statement\":[{\"Effect\":\"Allow\",\"Principal\":{\"AWS\":\"a\"},\"Action\":\"sts:AssumeRole\"}]}"}"#, 1, 10),
        ("CreatePolicyVersion", r#""requestParameters":{"policyArn":"arn:aws:iam::111122223333:policy/p","policyDocument":"{}","setAsDefault":false}"#, 1, 10),
        ("CreatePolicyVersion", r#""eventSource":"iot.amazonaws.com""#, 1, 10),
    ],
};
