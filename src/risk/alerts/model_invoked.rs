//! Models are costly when stolen.

#[cfg(test)]
use super::tests::Fixture;
use super::{Alert, Category, Condition, Severity};

pub(super) const ALERT: Alert = Alert {
    id: "model-invoked",
    title: "Generative models were opened",
    category: Category::SuspiciousAccess,
    severity: Severity::Medium,
    risk: 6,
    condition: Condition::Any(
        "name:(PutFoundationModelEntitlement OR PutUseCaseForModelAccess OR CreateFoundationModelAgreement) -error:*",
    ),
    recommendation: "Check that it was asked for.",
};

#[cfg(test)]
pub(super) const FIXTURE: Fixture = Fixture {
    fires: &[
        ("PutFoundationModelEntitlement", "", 1, 10),
    ],
    quiet: &[
        ("PutFoundationModelEntitlement", r#""errorCode":"AccessDenied""#, 1, 10),
        ("DeleteFoundationModelAgreement", "", 1, 10),
    ],
};
