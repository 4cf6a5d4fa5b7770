//! What AWS recorded itself: rules as they are configured, and their results in outputs of the AWS CLI.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::evidence::{Problem, json};
use crate::moment::Moment;
use crate::order::Gather as _;

use super::framework::PackRule;
use super::upkeep::{self, Upkeep};

/// What was read of a file.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Recorded {
    /// Rules.
    pub rules: Vec<ConfigRule>,
    /// Results.
    pub results: Vec<RecordedResult>,
    /// Rules of a conformance pack.
    pub pack: Vec<PackRule>,
    /// How the rules are kept up.
    pub upkeep: Upkeep,
}

/// A rule as it is configured.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ConfigRule {
    /// `ConfigRuleName`.
    pub name: String,
    /// `Source.SourceIdentifier`; empty for a custom policy.
    pub identifier: String,
    /// `InputParameters`.
    pub parameters: BTreeMap<String, String>,
    /// The text of a custom policy (Guard): shown, not evaluated.
    pub policy: String,
    /// Which resources it is asked of.
    pub scope: Scope,
    /// `MaximumExecutionFrequency`; empty for a rule that only changes trigger.
    pub frequency: String,
}

/// Which resources a rule is asked of; what is empty narrows nothing (API reference of AWS Config, Scope).
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Scope {
    /// `ComplianceResourceTypes`.
    pub kinds: Vec<String>,
    /// `ComplianceResourceId`.
    pub id: String,
    /// `TagKey`.
    pub tag: String,
    /// `TagValue`; any value of the key where it is empty.
    pub value: String,
}

impl Scope {
    /// Whether a resource is within it.
    pub fn takes(&self, kind: &str, id: &str, tags: &BTreeMap<String, String>) -> bool {
        let of_tag = |value: &String| self.value.is_empty() || *value == self.value;
        (self.kinds.is_empty() || self.kinds.iter().any(|one| one == kind))
            && (self.id.is_empty() || self.id == id)
            && (self.tag.is_empty() || tags.get(&self.tag).is_some_and(of_tag))
    }

    /// For people; empty where it takes all.
    pub fn words(&self) -> String {
        let mut words = self.kinds.clone();
        words.extend(Some(self.id.clone()).filter(|id| !id.is_empty()));
        if !self.tag.is_empty() {
            words.push(format!(
                "tag {}={}",
                self.tag,
                if self.value.is_empty() {
                    "*"
                } else {
                    &self.value
                }
            ));
        }
        words.join(", ")
    }
}

/// The result of a rule on a resource.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct RecordedResult {
    /// The rule.
    pub rule: String,
    /// The type of the resource.
    pub kind: String,
    /// Its id.
    pub id: String,
    /// `COMPLIANT` and so on.
    pub result: String,
    /// When it was recorded.
    pub at: Option<Moment>,
    /// AWS's annotation.
    pub note: String,
}

/// Reads all rules and results out of an output; several may stand one after the other in one file; with what could not
/// be read.
pub fn parse(bytes: &[u8]) -> (Recorded, Vec<Problem>) {
    let mut all = Recorded::default();
    let problems = json::values(bytes, |value| read(&value, &mut all));
    (all, problems)
}

fn read(value: &Value, all: &mut Recorded) {
    upkeep::read(value, &mut all.upkeep);
    let list = |name: &str| value[name].as_array().into_iter().flatten();
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    for rule in list("ConfigRules") {
        let parameters: BTreeMap<String, Value> = rule["InputParameters"]
            .as_str()
            .and_then(|text| serde_json::from_str(text).ok())
            .unwrap_or_default();
        all.rules.push(ConfigRule {
            name: text(&rule["ConfigRuleName"]),
            identifier: text(&rule["Source"]["SourceIdentifier"]),
            parameters: parameters
                .into_iter()
                .map(|(name, value)| (name, super::facts::plain(&value)))
                .gathered(),
            policy: text(&rule["Source"]["CustomPolicyDetails"]["PolicyText"]),
            scope: Scope {
                kinds: rule["Scope"]["ComplianceResourceTypes"]
                    .as_array()
                    .into_iter()
                    .flatten()
                    .map(text)
                    .collect(),
                id: text(&rule["Scope"]["ComplianceResourceId"]),
                tag: text(&rule["Scope"]["TagKey"]),
                value: text(&rule["Scope"]["TagValue"]),
            },
            frequency: text(&rule["MaximumExecutionFrequency"]),
        });
    }
    let lists = [
        "EvaluationResults",
        "AggregateEvaluationResults",
        "ConformancePackRuleEvaluationResults",
    ];
    for one in lists.into_iter().flat_map(list) {
        let identifier = &one["EvaluationResultIdentifier"];
        let of = &identifier["EvaluationResultQualifier"];
        all.results.push(RecordedResult {
            rule: text(&of["ConfigRuleName"]),
            kind: text(&of["ResourceType"]),
            id: text(&of["ResourceId"]),
            result: text(&one["ComplianceType"]),
            at: json::moment(&one["ResultRecordedTime"])
                .or_else(|| json::moment(&identifier["OrderingTimestamp"])),
            note: text(&one["Annotation"]),
        });
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_rules_and_results() {
        let text = r#"{"ConfigRules":[{"ConfigRuleName":"tags","Source":{"Owner":"AWS","SourceIdentifier":"REQUIRED_TAGS"},"InputParameters":"{\"tag1Key\":\"owner\",\"n\":3}"}]}
            {"EvaluationResults":[{"EvaluationResultIdentifier":{"OrderingTimestamp":1443610576.349,"EvaluationResultQualifier":{"ResourceType":"AWS::EC2::Instance","ResourceId":"i-1","ConfigRuleName":"tags"}},"ResultRecordedTime":1443751425.083,"ComplianceType":"NON_COMPLIANT"}]}"#;
        let all = parse(text.as_bytes()).0;
        assert_eq!(
            all.rules[0].parameters.get("n").map(String::as_str),
            Some("3")
        );
        assert_eq!(
            (all.results[0].id.as_str(), all.results[0].result.as_str()),
            ("i-1", "NON_COMPLIANT")
        );
        assert_eq!(all.results[0].at.map(Moment::seconds), Some(1_443_751_425));
    }
}
