//! What runs on an instance, CloudTrail does not see.

#[cfg(test)]
use super::tests::Fixture;
use super::{Alert, Category, Condition, Severity};

pub(super) const ALERT: Alert = Alert {
    id: "commands-sent",
    title: "Commands or keys were sent to instances",
    category: Category::SuspiciousAccess,
    severity: Severity::Medium,
    risk: 7,
    condition: Condition::Any(
        "name:(SendCommand OR StartSession OR SendSSHPublicKey OR SendSerialConsoleSSHPublicKey OR EnableSerialConsoleAccess OR ExecuteCommand) source:(ssm OR ecs OR ec2 OR ec2-instance-connect) -error:*",
    ),
    recommendation: "Ask the actor; look at what ran.",
};

#[cfg(test)]
pub(super) const FIXTURE: Fixture = Fixture {
    fires: &[
        ("SendCommand", "", 1, 10),
    ],
    quiet: &[
        ("SendCommand", r#""errorCode":"AccessDenied""#, 1, 10),
        ("TerminateSession", "", 1, 10),
        ("DescribeInstanceInformation", "", 1, 10),
        ("StartSession", r#""eventSource":"athena.amazonaws.com""#, 1, 10),
    ],
};
