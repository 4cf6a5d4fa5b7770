//! Much is taken down in a short time.

#[cfg(test)]
use super::tests::Fixture;
use super::{Alert, Category, Condition, Severity};
use crate::activity::Field;

pub(super) const ALERT: Alert = Alert {
    id: "resources-deleted",
    title: "One actor deleted a great deal in a short time",
    category: Category::ServiceDisruption,
    severity: Severity::High,
    risk: 8,
    condition: Condition::Often {
        query: "name:(Delete* OR Terminate* OR Deregister*) access:write -name:(DeleteObject* OR DeleteMessage* OR DeleteNetworkInterface* OR DeleteItem OR DeleteTags OR DeleteAlarms OR DeleteLogStream) -type:AWSService -error:*",
        by: Field::Actor,
        different: None,
        count: 20,
        seconds: 600,
    },
    recommendation: "Stop the actor, unless it is a clean-up that was asked for; see Resources for what was there.",
};

#[cfg(test)]
pub(super) const FIXTURE: Fixture = Fixture {
    fires: &[
        ("TerminateInstances", r#""readOnly":false"#, 20, 20),
    ],
    quiet: &[
        ("TerminateInstances", r#""readOnly":false"#, 19, 20),
        ("DeleteObject", r#""readOnly":false"#, 50, 1),
    ],
};
