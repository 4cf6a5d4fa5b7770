//! Usual work, and a way to let somebody in.

#[cfg(test)]
use super::tests::Fixture;
use super::{Alert, Category, Condition, Severity};

pub(super) const ALERT: Alert = Alert {
    id: "network-changed",
    title: "Who may reach a network was changed",
    category: Category::OpenPermissions,
    severity: Severity::Medium,
    risk: 5,
    condition: Condition::Any(
        "name:(AuthorizeSecurityGroupIngress OR AuthorizeSecurityGroupEgress OR ModifySecurityGroupRules OR CreateNetworkAclEntry OR ReplaceNetworkAclEntry) -error:*",
    ),
    recommendation: "Look at the group or list in Resources before and after: which way a rule goes that was modified, its call does not tell.",
};

#[cfg(test)]
pub(super) const FIXTURE: Fixture = Fixture {
    fires: &[
        ("AuthorizeSecurityGroupIngress", "", 1, 10),
        ("ModifySecurityGroupRules", "", 1, 10),
    ],
    quiet: &[
        ("AuthorizeSecurityGroupIngress", r#""errorCode":"AccessDenied""#, 1, 10),
        ("RevokeSecurityGroupIngress", "", 1, 10),
        ("DeleteNetworkAclEntry", "", 1, 10),
    ],
};
