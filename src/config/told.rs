//! What a compliance item tells: AWS's results of rules on a resource (developer guide, "Viewing compliance history").

use serde_json::Value;

use super::inventory::{Capture, Inventory};

/// The results that a compliance item tells.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Told {
    /// The type of the resource that they are of.
    pub kind: String,
    /// Its id.
    pub id: String,
    /// The result of all.
    pub overall: String,
    /// Rule and result.
    pub results: Vec<(String, String)>,
}

impl Inventory {
    /// What a capture of `AWS::Config::ResourceCompliance` tells; nothing for any other.
    pub fn told(&self, capture: &Capture) -> Told {
        let json = self.kept(capture, "configuration");
        let value: Value = json
            .and_then(|json| serde_json::from_str(json).ok())
            .unwrap_or_default();
        let word = |value: &Value| value.as_str().unwrap_or_default().to_owned();
        // Observed in two spellings.
        let rules = value.get("configRuleList").or(value.get("configrulelist"));
        let rules = rules.and_then(Value::as_array).into_iter().flatten();
        Told {
            kind: word(&value["targetResourceType"]),
            id: word(&value["targetResourceId"]),
            overall: word(&value["complianceType"]),
            results: rules
                .map(|rule| (word(&rule["configRuleName"]), word(&rule["complianceType"])))
                .collect(),
        }
    }
}
