//! Passwords may be weaker from then on.

#[cfg(test)]
use super::tests::Fixture;
use super::{Alert, Category, Condition, Severity};

pub(super) const ALERT: Alert = Alert {
    id: "password-policy-weakened",
    title: "The password policy of an account was changed or removed",
    category: Category::ConfigurationCompliance,
    severity: Severity::Low,
    risk: 4,
    condition: Condition::Any(
        "name:(UpdateAccountPasswordPolicy OR DeleteAccountPasswordPolicy) -weakens:no -error:*",
    ),
    recommendation: "Compare the policy in Resources with what it should be.",
};

#[cfg(test)]
pub(super) const FIXTURE: Fixture = Fixture {
    fires: &[
        ("UpdateAccountPasswordPolicy", "", 1, 10),
    ],
    quiet: &[
        ("UpdateAccountPasswordPolicy", r#""errorCode":"AccessDenied""#, 1, 10),
        ("UpdateAccountPasswordPolicy", r#""requestParameters":{"minimumPasswordLength":16,"requireSymbols":true,"requireNumbers":true,"requireUppercaseCharacters":true,"requireLowercaseCharacters":true}"#, 1, 10),
    ],
};
