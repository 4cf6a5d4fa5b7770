//! Guard rails of an organization end with it; the try alone is grave.

#[cfg(test)]
use super::tests::Fixture;
use super::{Alert, Category, Condition, Severity};

pub(super) const ALERT: Alert = Alert {
    id: "organization-left",
    title: "An account left or tried to leave its organization",
    category: Category::ServiceDisruption,
    severity: Severity::Critical,
    risk: 9,
    condition: Condition::Any(
        "name:(LeaveOrganization OR RemoveAccountFromOrganization OR CloseAccount)",
    ),
    recommendation: "Guard rails of the organization end with it: ask at once.",
};

#[cfg(test)]
pub(super) const FIXTURE: Fixture = Fixture {
    fires: &[
        ("LeaveOrganization", r#""errorCode":"AccessDenied""#, 1, 10),
    ],
    quiet: &[
        ("DescribeOrganization", "", 1, 10),
        ("InviteAccountToOrganization", "", 1, 10),
    ],
};
