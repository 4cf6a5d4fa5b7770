//! Somebody tries what is open, or a role lacks a permission.

#[cfg(test)]
use super::tests::Fixture;
use super::{Alert, Category, Condition, Severity};
use crate::activity::Field;

pub(super) const ALERT: Alert = Alert {
    id: "denials",
    title: "One actor was denied again and again",
    category: Category::SuspiciousAccess,
    severity: Severity::Medium,
    risk: 7,
    condition: Condition::Often {
        query: "error:(*AccessDenied* OR *UnauthorizedOperation OR Forbidden* OR NotAuthorized* OR AuthorizationError*) -type:AWSService",
        by: Field::Actor,
        different: None,
        count: 10,
        seconds: 600,
    },
    recommendation: "Look at what was tried: one call is a missing permission, many different ones are a search.",
};

#[cfg(test)]
pub(super) const FIXTURE: Fixture = Fixture {
    fires: &[
        ("GetObject", r#""errorCode":"AccessDenied""#, 10, 30),
    ],
    quiet: &[
        ("GetObject", r#""errorCode":"AccessDenied""#, 9, 30),
        ("GetObject", "", 5, 1),
    ],
};
