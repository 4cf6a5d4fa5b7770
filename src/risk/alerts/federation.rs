//! Whoever controls the other side can come in.

#[cfg(test)]
use super::tests::Fixture;
use super::{Alert, Category, Condition, Severity};

pub(super) const ALERT: Alert = Alert {
    id: "federation",
    title: "A way in from outside was made",
    category: Category::PrivilegeEscalation,
    severity: Severity::High,
    risk: 8,
    condition: Condition::Any(
        "name:(CreateTrustAnchor OR CreateSAMLProvider OR UpdateSAMLProvider OR CreateOpenIDConnectProvider OR UpdateOpenIDConnectProviderThumbprint OR GetFederationToken) -error:*",
    ),
    recommendation: "Check that it was asked for; sessions of it outlive keys that are taken back.",
};

#[cfg(test)]
pub(super) const FIXTURE: Fixture = Fixture {
    fires: &[
        ("CreateTrustAnchor", "", 1, 10),
    ],
    quiet: &[
        ("CreateTrustAnchor", r#""errorCode":"AccessDenied""#, 1, 10),
        ("DeleteSAMLProvider", "", 1, 10),
    ],
};
