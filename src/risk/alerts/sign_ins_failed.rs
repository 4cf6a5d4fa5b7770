//! Passwords are being tried, or forgotten. Names that are not known are hidden, so that addresses are counted.

#[cfg(test)]
use super::tests::Fixture;
use super::{Alert, Category, Condition, Severity};
use crate::activity::Field;

pub(super) const ALERT: Alert = Alert {
    id: "sign-ins-failed",
    title: "Sign-ins failed again and again from one address",
    category: Category::CredentialsLoss,
    severity: Severity::Medium,
    risk: 6,
    condition: Condition::Often {
        query: "name:ConsoleLogin error:*",
        by: Field::Ip,
        different: None,
        count: 5,
        seconds: 900,
    },
    recommendation: "Ask the user; look at the address, and whether a sign-in followed.",
};

#[cfg(test)]
pub(super) const FIXTURE: Fixture = Fixture {
    fires: &[
        ("ConsoleLogin", r#""errorMessage":"Failed authentication""#, 5, 60),
    ],
    quiet: &[
        ("ConsoleLogin", r#""errorMessage":"Failed authentication""#, 5, 600),
    ],
};
