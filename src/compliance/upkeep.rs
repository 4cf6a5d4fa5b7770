//! How rules are kept up in the account: when AWS last evaluated them, what repairs what they find, and what was
//! accepted there (API reference of AWS Config: ConfigRuleEvaluationStatus, RemediationConfiguration,
//! RemediationExecutionStatus, RemediationException).

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::evidence::json;
use crate::moment::Moment;

/// What outputs tell of the upkeep of rules.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Upkeep {
    /// When rules were last evaluated.
    pub statuses: Vec<RuleStatus>,
    /// What repairs what a rule finds.
    pub remediations: Vec<Remediation>,
    /// How repairs went.
    pub executions: Vec<Execution>,
    /// What is not to be repaired.
    pub exceptions: Vec<Accepted>,
    /// Results of whole rules, resources and packs.
    pub overall: Vec<Overall>,
}

/// When a rule was last evaluated.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct RuleStatus {
    /// The rule.
    pub rule: String,
    /// `LastSuccessfulInvocationTime`.
    pub invoked: Option<Moment>,
    /// `LastSuccessfulEvaluationTime`.
    pub evaluated: Option<Moment>,
    /// The later of the last failed invocation and evaluation.
    pub failed: Option<Moment>,
    /// `LastErrorCode` and `LastErrorMessage`.
    pub error: String,
}

/// What repairs what a rule finds.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Remediation {
    /// The rule.
    pub rule: String,
    /// The document of Systems Manager.
    pub document: String,
    /// Whether it runs by itself.
    pub automatic: bool,
    /// Percent of resources that are repaired at a time.
    pub concurrent: Option<u64>,
    /// Percent of errors after which it stops.
    pub errors: Option<u64>,
    /// The parameter that takes the ID of the resource.
    pub parameter: String,
}

/// How the repair of a resource went.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Execution {
    /// The type of the resource.
    pub kind: String,
    /// Its ID.
    pub id: String,
    /// `QUEUED`, `IN_PROGRESS`, `SUCCEEDED`, `FAILED` and so on.
    pub state: String,
    /// When it was last updated.
    pub at: Option<Moment>,
    /// What the step that failed says.
    pub error: String,
}

/// A resource that is not to be repaired.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Accepted {
    /// The rule.
    pub rule: String,
    /// The type of the resource.
    pub kind: String,
    /// Its ID.
    pub id: String,
    /// Why.
    pub message: String,
    /// Until when.
    pub until: Option<Moment>,
}

/// The result of a whole rule, resource or conformance pack.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Overall {
    /// The pack; empty for none.
    pub pack: String,
    /// The rule; empty for none.
    pub rule: String,
    /// Type and ID of the resource; empty for none.
    pub resource: (String, String),
    /// `COMPLIANT` and so on.
    pub result: String,
    /// Resources that fail, or rules that a resource fails; at least so many where it is capped.
    pub failing: Option<(u64, bool)>,
}

fn text(value: &Value) -> String {
    value.as_str().unwrap_or_default().to_owned()
}

/// Adds what an output tells.
pub(super) fn read(value: &Value, all: &mut Upkeep) {
    let list = |name: &str| value[name].as_array().into_iter().flatten();
    for one in list("ConfigRulesEvaluationStatus") {
        let time = |name: &str| json::moment(&one[name]);
        let error = format!(
            "{} {}",
            text(&one["LastErrorCode"]),
            text(&one["LastErrorMessage"])
        );
        all.statuses.push(RuleStatus {
            rule: text(&one["ConfigRuleName"]),
            invoked: time("LastSuccessfulInvocationTime"),
            evaluated: time("LastSuccessfulEvaluationTime"),
            failed: time("LastFailedInvocationTime").max(time("LastFailedEvaluationTime")),
            error: error.trim().to_owned(),
        });
    }
    for one in list("RemediationConfigurations") {
        let parameters = one["Parameters"].as_object().into_iter().flatten();
        let mut takes =
            parameters.filter(|(_, value)| value["ResourceValue"]["Value"] == "RESOURCE_ID");
        let controls = &one["ExecutionControls"]["SsmControls"];
        all.remediations.push(Remediation {
            rule: text(&one["ConfigRuleName"]),
            document: text(&one["TargetId"]),
            automatic: one["Automatic"].as_bool().unwrap_or_default(),
            concurrent: controls["ConcurrentExecutionRatePercentage"].as_u64(),
            errors: controls["ErrorPercentage"].as_u64(),
            parameter: takes
                .next()
                .map(|(name, _)| name.clone())
                .unwrap_or_default(),
        });
    }
    for one in list("RemediationExecutionStatuses") {
        let steps = one["StepDetails"].as_array().into_iter().flatten();
        all.executions.push(Execution {
            kind: text(&one["ResourceKey"]["resourceType"]),
            id: text(&one["ResourceKey"]["resourceId"]),
            state: text(&one["State"]),
            at: json::moment(&one["LastUpdatedTime"])
                .or_else(|| json::moment(&one["InvocationTime"])),
            error: steps
                .map(|step| text(&step["ErrorMessage"]))
                .find(|error| !error.is_empty())
                .unwrap_or_default(),
        });
    }
    for one in list("RemediationExceptions") {
        all.exceptions.push(Accepted {
            rule: text(&one["ConfigRuleName"]),
            kind: text(&one["ResourceType"]),
            id: text(&one["ResourceId"]),
            message: text(&one["Message"]),
            until: json::moment(&one["ExpirationTime"]),
        });
    }
    overall(value, all);
}

fn overall(value: &Value, all: &mut Upkeep) {
    let list = |name: &str| value[name].as_array().into_iter().flatten();
    for name in [
        "ComplianceByConfigRules",
        "AggregateComplianceByConfigRules",
        "ComplianceByResources",
    ] {
        for one in list(name) {
            let count = &one["Compliance"]["ComplianceContributorCount"];
            let failing = count["CappedCount"].as_u64();
            all.overall.push(Overall {
                rule: text(&one["ConfigRuleName"]),
                resource: (text(&one["ResourceType"]), text(&one["ResourceId"])),
                result: text(&one["Compliance"]["ComplianceType"]),
                failing: failing.map(|failing| (failing, count["CapExceeded"] == true)),
                ..Overall::default()
            });
        }
    }
    for one in list("ConformancePackRuleComplianceList") {
        all.overall.push(Overall {
            pack: text(&value["ConformancePackName"]),
            rule: text(&one["ConfigRuleName"]),
            result: text(&one["ComplianceType"]),
            ..Overall::default()
        });
    }
    for one in list("ConformancePackComplianceSummaryList") {
        all.overall.push(Overall {
            pack: text(&one["ConformancePackName"]),
            result: text(&one["ConformancePackComplianceStatus"]),
            ..Overall::default()
        });
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_output_is_read() {
        let value = serde_json::json!({
            "ConfigRulesEvaluationStatus": [{ "ConfigRuleName": "r", "LastSuccessfulEvaluationTime": 100, "LastFailedInvocationTime": 200, "LastFailedEvaluationTime": 150, "LastErrorCode": "AccessDenied" }],
            "RemediationConfigurations": [{ "ConfigRuleName": "r", "TargetType": "SSM_DOCUMENT", "TargetId": "AWS-Doc", "Automatic": true, "Parameters": { "BucketName": { "ResourceValue": { "Value": "RESOURCE_ID" } } }, "ExecutionControls": { "SsmControls": { "ConcurrentExecutionRatePercentage": 10, "ErrorPercentage": 5 } } }],
            "RemediationExecutionStatuses": [{ "ResourceKey": { "resourceType": "AWS::S3::Bucket", "resourceId": "b" }, "State": "FAILED", "StepDetails": [{ "Name": "x", "State": "FAILED", "ErrorMessage": "denied" }], "LastUpdatedTime": 300 }],
            "RemediationExceptions": [{ "ConfigRuleName": "r", "ResourceType": "AWS::S3::Bucket", "ResourceId": "b", "Message": "later", "ExpirationTime": 400 }],
            "ComplianceByConfigRules": [{ "ConfigRuleName": "r", "Compliance": { "ComplianceType": "NON_COMPLIANT", "ComplianceContributorCount": { "CappedCount": 25, "CapExceeded": true } } }],
            "ConformancePackName": "p", "ConformancePackRuleComplianceList": [{ "ConfigRuleName": "r", "ComplianceType": "COMPLIANT", "Controls": [] }],
            "ConformancePackComplianceSummaryList": [{ "ConformancePackName": "p", "ConformancePackComplianceStatus": "NON_COMPLIANT" }],
        });
        let mut all = Upkeep::default();
        read(&value, &mut all);
        assert_eq!(
            (
                all.statuses[0].failed.map(Moment::seconds),
                all.statuses[0].error.as_str()
            ),
            (Some(200), "AccessDenied")
        );
        assert_eq!(
            (
                all.remediations[0].parameter.as_str(),
                all.remediations[0].concurrent
            ),
            ("BucketName", Some(10))
        );
        assert_eq!(
            (
                all.executions[0].state.as_str(),
                all.executions[0].error.as_str()
            ),
            ("FAILED", "denied")
        );
        assert_eq!(all.exceptions[0].until.map(Moment::seconds), Some(400));
        let overall: Vec<_> = all
            .overall
            .iter()
            .map(|one| {
                (
                    one.pack.as_str(),
                    one.rule.as_str(),
                    one.result.as_str(),
                    one.failing,
                )
            })
            .collect();
        assert_eq!(
            overall,
            [
                ("", "r", "NON_COMPLIANT", Some((25, true))),
                ("p", "r", "COMPLIANT", None),
                ("p", "", "NON_COMPLIANT", None)
            ]
        );
    }
}
