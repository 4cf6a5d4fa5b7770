//! The request names all addresses.

#[cfg(test)]
use super::tests::Fixture;
use super::{Alert, Category, Condition, Severity};

pub(super) const ALERT: Alert = Alert {
    id: "group-opened",
    title: "A security group was opened to all addresses, or a vast part of them",
    category: Category::OpenPermissions,
    severity: Severity::High,
    risk: 8,
    condition: Condition::Any(
        "name:(AuthorizeSecurityGroupIngress OR AuthorizeDBSecurityGroupIngress) open:yes -error:*",
    ),
    recommendation: "Look at the group in Resources: which port, and what stands behind it? Vast is a network of fewer than 8 fixed bits, of IPv6 16.",
};

#[cfg(test)]
pub(super) const FIXTURE: Fixture = Fixture {
    fires: &[
        ("AuthorizeSecurityGroupIngress", r#""requestParameters":{"groupId":"sg-1","ipPermissions":{"items":[{"ipProtocol":"tcp","fromPort":22,"toPort":22,"ipRanges":{"items":[{"cidrIp":"0.0.0.0/0"}]}}]}}"#, 1, 10),
        ("AuthorizeSecurityGroupIngress", r#""requestParameters":{"groupId":"sg-1","ipPermissions":{"items":[{"ipProtocol":"tcp","fromPort":22,"toPort":22,"ipRanges":{"items":[{"cidrIp":"128.0.0.0/1"}]}}]}}"#, 1, 10),
    ],
    quiet: &[
        ("ModifySecurityGroupRules", r#""requestParameters":{"ModifySecurityGroupRulesRequest":{"GroupId":"sg-1","SecurityGroupRule":{"SecurityGroupRuleId":"sgr-1","SecurityGroupRule":{"Description":"out","CidrIpv4":"0.0.0.0/0","IpProtocol":"-1"}}}}"#, 1, 10),
        ("AuthorizeSecurityGroupIngress", r#""requestParameters":{"groupId":"sg-1","ipPermissions":{"items":[{"ipProtocol":"tcp","ipRanges":{"items":[{"cidrIp":"10.0.0.0/8"}]}}]}}"#, 1, 10),
        ("RevokeSecurityGroupIngress", r#""requestParameters":{"groupId":"sg-1","ipPermissions":{"items":[{"ipRanges":{"items":[{"cidrIp":"0.0.0.0/0"}]}}]}}"#, 1, 10),
    ],
};
