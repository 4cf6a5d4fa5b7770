//! Usual work, and a way to let somebody in.

#[cfg(test)]
use super::tests::Fixture;
use super::{Alert, Category, Condition, Severity};

pub(super) const ALERT: Alert = Alert {
    id: "network-changed",
    title: "Who may reach a network was changed",
    category: Category::OpenPermissions,
    severity: Severity::Low,
    risk: 4,
    condition: Condition::Any(
        "name:(AuthorizeSecurityGroupIngress OR AuthorizeSecurityGroupEgress OR ModifySecurityGroupRules OR CreateNetworkAclEntry OR ReplaceNetworkAclEntry) -error:*",
    ),
    recommendation: "Look at the group or list in Resources before and after.",
};

#[cfg(test)]
pub(super) const FIXTURE: Fixture = Fixture {
    fires: &[
        ("AuthorizeSecurityGroupIngress", "", 1, 10),
    ],
    quiet: &[
        ("AuthorizeSecurityGroupIngress", r#""errorCode":"AccessDenied""#, 1, 10),
        ("RevokeSecurityGroupIngress", "", 1, 10),
        ("DeleteNetworkAclEntry", "", 1, 10),
    ],
};
