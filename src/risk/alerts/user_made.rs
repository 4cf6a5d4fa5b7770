//! New users are how somebody stays.

#[cfg(test)]
use super::tests::Fixture;
use super::{Alert, Category, Condition, Severity};

pub(super) const ALERT: Alert = Alert {
    id: "user-made",
    title: "A user was made, or added to a group",
    category: Category::PrivilegeEscalation,
    severity: Severity::Low,
    risk: 5,
    condition: Condition::Any(
        "name:(CreateUser OR AddUserToGroup) source:(iam OR sso-directory OR identitystore) -error:*",
    ),
    recommendation: "Check that the user was asked for.",
};

#[cfg(test)]
pub(super) const FIXTURE: Fixture = Fixture {
    fires: &[
        ("CreateUser", "", 1, 10),
    ],
    quiet: &[
        ("CreateUser", r#""errorCode":"AccessDenied""#, 1, 10),
        ("DeleteUser", "", 1, 10),
        ("RemoveUserFromGroup", "", 1, 10),
        ("CreateUser", r#""eventSource":"transfer.amazonaws.com""#, 1, 10),
    ],
};
