//! A bucket that serves pages serves them to everyone.

#[cfg(test)]
use super::tests::Fixture;
use super::{Alert, Category, Condition, Severity};

pub(super) const ALERT: Alert = Alert {
    id: "website-made",
    title: "Storage was made to serve websites",
    category: Category::FileHosting,
    severity: Severity::Medium,
    risk: 5,
    condition: Condition::Any(
        "name:(PutBucketWebsite OR PutBucketCors OR CreateDistribution OR CreateDistributionWithTags) -error:*",
    ),
    recommendation: "Is it meant to serve files? Accounts are misused to host what others look for.",
};

#[cfg(test)]
pub(super) const FIXTURE: Fixture = Fixture {
    fires: &[
        ("PutBucketWebsite", "", 1, 10),
    ],
    quiet: &[
        ("PutBucketWebsite", r#""errorCode":"AccessDenied""#, 1, 10),
        ("DeleteBucketWebsite", "", 1, 10),
    ],
};
