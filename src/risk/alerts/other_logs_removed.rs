//! Other records and detectors than the trail.

#[cfg(test)]
use super::tests::Fixture;
use super::{Alert, Category, Condition, Severity};

pub(super) const ALERT: Alert = Alert {
    id: "other-logs-removed",
    title: "Flow logs, DNS logs or detectors were removed or turned off",
    category: Category::ConfigurationCompliance,
    severity: Severity::High,
    risk: 8,
    condition: Condition::Any(
        "name:(DeleteFlowLogs OR DeleteResolverQueryLogConfig OR DisassociateResolverQueryLogConfig OR DeleteDetector OR DisableSecurityHub OR DisassociateMembers OR DisassociateFromMasterAccount OR DeleteLogGroup OR DisableMacie OR DeleteAnalyzer OR UpdateDetector) -weakens:no -error:*",
    ),
    recommendation: "Ask the actor why, and turn them on again.",
};

#[cfg(test)]
pub(super) const FIXTURE: Fixture = Fixture {
    fires: &[
        ("DeleteFlowLogs", "", 1, 10),
        ("UpdateDetector", r#""requestParameters":{"detectorId":"d","enable":false}"#, 1, 10),
    ],
    quiet: &[
        ("DeleteFlowLogs", r#""errorCode":"AccessDenied""#, 1, 10),
        ("CreateFlowLogs", "", 1, 10),
        ("UpdateDetector", r#""requestParameters":{"detectorId":"d","enable":true}"#, 1, 10),
        ("DeleteLogStream", "", 1, 10),
    ],
};
