//! What AWS Config does not record is not known later.

#[cfg(test)]
use super::tests::Fixture;
use super::{Alert, Category, Condition, Severity};

pub(super) const ALERT: Alert = Alert {
    id: "recorder-changed",
    title: "AWS Config's recording was stopped or changed",
    category: Category::ConfigurationCompliance,
    severity: Severity::High,
    risk: 8,
    condition: Condition::Any(
        "name:(StopConfigurationRecorder OR DeleteConfigurationRecorder OR DeleteDeliveryChannel OR PutConfigurationRecorder) -weakens:no -error:*",
    ),
    recommendation: "See Resources, What was recorded, for the time that is not known.",
};

#[cfg(test)]
pub(super) const FIXTURE: Fixture = Fixture {
    fires: &[
        ("StopConfigurationRecorder", "", 1, 10),
    ],
    quiet: &[
        ("StopConfigurationRecorder", r#""errorCode":"AccessDenied""#, 1, 10),
        ("PutConfigurationRecorder", r#""requestParameters":{"configurationRecorder":{"name":"default","recordingGroup":{"allSupported":true,"includeGlobalResourceTypes":true}}}"#, 1, 10),
        ("StartConfigurationRecorder", "", 1, 10),
        ("PutDeliveryChannel", "", 1, 10),
    ],
};
