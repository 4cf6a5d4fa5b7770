//! User data often holds secrets, and runs as root at the next start.

#[cfg(test)]
use super::tests::Fixture;
use super::{Alert, Category, Condition, Severity};

pub(super) const ALERT: Alert = Alert {
    id: "user-data-changed",
    title: "The start-up script of an instance was changed or read, or somebody tried",
    category: Category::SuspiciousAccess,
    severity: Severity::Medium,
    risk: 6,
    condition: Condition::Any(
        "name:(ModifyInstanceAttribute OR DescribeInstanceAttribute) -weakens:no",
    ),
    recommendation: "Read what it held and holds; where the request does not say which attribute, see whether it is userData.",
};

#[cfg(test)]
pub(super) const FIXTURE: Fixture = Fixture {
    fires: &[
        ("ModifyInstanceAttribute", "", 1, 10),
    ],
    quiet: &[
        ("DescribeInstances", "", 1, 10),
        ("DescribeInstanceAttribute", r#""requestParameters":{"instanceId":"i-1","attribute":"disableApiTermination"}"#, 1, 10),
        ("ModifyInstanceAttribute", r#""requestParameters":{"instanceId":"i-1","instanceType":{"value":"t3.small"}}"#, 1, 10),
    ],
};
