//! A trail can be made to record less, or elsewhere.

#[cfg(test)]
use super::tests::Fixture;
use super::{Alert, Category, Condition, Severity};

pub(super) const ALERT: Alert = Alert {
    id: "trail-changed",
    title: "What a trail records was changed",
    category: Category::ConfigurationCompliance,
    severity: Severity::High,
    risk: 8,
    condition: Condition::Any(
        "name:(UpdateTrail OR PutEventSelectors OR PutInsightSelectors OR UpdateEventDataStore) -weakens:no -error:*",
    ),
    recommendation: "Compare the trail's selectors and bucket with what they should be.",
};

#[cfg(test)]
pub(super) const FIXTURE: Fixture = Fixture {
    fires: &[
        ("UpdateTrail", "", 1, 10),
        ("PutEventSelectors", r#""requestParameters":{"eventSelectors":[{"readWriteType":"All","includeManagementEvents":true}]}"#, 1, 10),
    ],
    quiet: &[
        ("UpdateTrail", r#""errorCode":"AccessDenied""#, 1, 10),
        ("UpdateTrail", r#""requestParameters":{"name":"t","enableLogFileValidation":true}"#, 1, 10),
        ("PutEventSelectors", r#""requestParameters":{"eventSelectors":[{"readWriteType":"All","includeManagementEvents":true,"dataResources":[{"type":"AWS::S3::Object","values":["arn:aws:s3"]}]}]}"#, 1, 10),
        ("CreateTrail", "", 1, 10),
    ],
};
