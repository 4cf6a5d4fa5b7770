//! Whoever finds keys looks first at what they open.

#[cfg(test)]
use super::tests::Fixture;
use super::{Alert, Category, Condition, Severity};
use crate::activity::Field;

pub(super) const ALERT: Alert = Alert {
    id: "enumeration",
    title: "One actor listed a great deal in a short time",
    category: Category::IdentityEnumeration,
    severity: Severity::Medium,
    risk: 6,
    condition: Condition::Often {
        query: "name:(List* OR Describe*) -type:AWSService",
        by: Field::Actor,
        different: Some(Field::Name),
        count: 25,
        seconds: 300,
    },
    recommendation: "Is it a tool that you run, as an inventory or a security scanner?",
};

#[cfg(test)]
pub(super) const FIXTURE: Fixture = Fixture {
    fires: &[
        ("DescribeInstances", "", 1, 5),
        ("DescribeVpcs", "", 1, 5),
        ("DescribeSubnets", "", 1, 5),
        ("DescribeSecurityGroups", "", 1, 5),
        ("DescribeSnapshots", "", 1, 5),
        ("DescribeImages", "", 1, 5),
        ("ListBuckets", "", 1, 5),
        ("ListFunctions", "", 1, 5),
        ("ListRoles", "", 1, 5),
        ("ListUsers", "", 1, 5),
        ("ListTables", "", 1, 5),
        ("ListKeys", "", 1, 5),
        ("ListSecrets", "", 1, 5),
        ("ListTopics", "", 1, 5),
        ("ListQueues", "", 1, 5),
        ("DescribeDBInstances", "", 1, 5),
        ("DescribeClusters", "", 1, 5),
        ("DescribeTrails", "", 1, 5),
        ("DescribeVolumes", "", 1, 5),
        ("DescribeAddresses", "", 1, 5),
        ("ListStacks", "", 1, 5),
        ("ListClusters", "", 1, 5),
        ("ListAliases", "", 1, 5),
        ("ListGroups", "", 1, 5),
        ("ListPolicies", "", 1, 5),
    ],
    quiet: &[
        ("DescribeInstances", "", 200, 1),
    ],
};
