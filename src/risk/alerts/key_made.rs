//! Usual work, and what somebody does who wants to stay.

#[cfg(test)]
use super::tests::Fixture;
use super::{Alert, Category, Condition, Severity};

pub(super) const ALERT: Alert = Alert {
    id: "key-made",
    title: "An access key, a password or a federated session was made",
    category: Category::CredentialsLoss,
    severity: Severity::Medium,
    risk: 7,
    condition: Condition::Any(
        "name:(CreateAccessKey OR CreateLoginProfile OR UpdateLoginProfile OR CreateServiceSpecificCredential OR ResetServiceSpecificCredential OR UploadSSHPublicKey OR UploadSigningCertificate OR GetFederationToken) -error:*",
    ),
    recommendation: "See for whom it was made, and whether that was asked for.",
};

#[cfg(test)]
pub(super) const FIXTURE: Fixture = Fixture {
    fires: &[
        ("CreateAccessKey", "", 1, 10),
        ("GetFederationToken", "", 1, 10),
    ],
    quiet: &[
        ("CreateAccessKey", r#""errorCode":"AccessDenied""#, 1, 10),
        ("DeleteAccessKey", "", 1, 10),
        ("UpdateAccessKey", "", 1, 10),
    ],
};
