//! Every rule on a resource that passes, one that fails and one that is deleted, through the reader and the case
//! to the report; and AWS's record beside our evaluation.

mod support;

use std::collections::BTreeMap;

use exhibit::compliance::{Rule, rules};
use serde_json::{Value, json};

use support::report;

const FIXTURES: &str = include_str!("rules.txt");

fn item(rule: &Rule, which: &str, status: &str, told: &Value) -> Value {
    let kind = if rule.kind == "*" {
        "AWS::Any::Thing"
    } else {
        rule.kind
    };
    let configuration = told
        .get("c")
        .cloned()
        .unwrap_or_else(|| json!({ "name": "x" }));
    let relations: Vec<Value> = told
        .get("r")
        .iter()
        .map(|kind| json!({ "resourceType": kind, "resourceId": "other", "name": "Is related to" }))
        .collect();
    json!({
        "awsAccountId": which, "awsRegion": "eu-west-1", "resourceType": kind, "resourceId": format!("{}-{which}", rule.identifier),
        "configurationItemStatus": status, "configurationItemCaptureTime": "2024-01-01T00:00:00Z", "configuration": configuration,
        "supplementaryConfiguration": told.get("s").cloned().unwrap_or_else(|| json!({})), "tags": told.get("t").cloned().unwrap_or_else(|| json!({})), "relationships": relations,
    })
}

#[test]
fn every_rule_passes_fails_and_does_not_apply() {
    let mut seen = Vec::new();
    for line in FIXTURES.lines().filter(|line| !line.starts_with('#')) {
        let parts: Vec<&str> = line.split('\t').collect();
        let [identifier, good, bad] = parts[..] else {
            panic!("{line}")
        };
        let rule =
            rules::by_identifier(identifier).unwrap_or_else(|| panic!("no rule {identifier}"));
        seen.push(identifier);
        let (good, bad): (Value, Value) = (
            serde_json::from_str(good).expect(identifier),
            serde_json::from_str(bad).expect(identifier),
        );
        let mut items = vec![
            item(rule, "good", "OK", &good),
            item(rule, "bad", "OK", &bad),
            item(rule, "gone", "ResourceDeleted", &bad),
        ];
        if identifier == "VPC_FLOW_LOGS_ENABLED" {
            items.push(json!({ "awsAccountId": "good", "resourceType": "AWS::EC2::FlowLog", "resourceId": "fl", "configurationItemStatus": "OK",
                "configurationItemCaptureTime": "2024-01-01T00:00:00Z", "configuration": { "resourceId": "VPC_FLOW_LOGS_ENABLED-good", "flowLogStatus": "ACTIVE" } }));
        }
        let mut files = vec![(
            "history.json".to_owned(),
            json!({ "fileVersion": "1.0", "configurationItems": items })
                .to_string()
                .into_bytes(),
        )];
        if let Some(parameters) = good.get("p") {
            let rules = json!({ "ConfigRules": [{ "ConfigRuleName": "own-name", "Source": { "Owner": "AWS", "SourceIdentifier": identifier }, "InputParameters": parameters.to_string() }] });
            files.push(("rules.json".to_owned(), rules.to_string().into_bytes()));
        }
        let report = report(&files);
        let rules = report["compliance"]["rules"].as_array().expect("rules");
        let own = rules
            .iter()
            .find(|one| one["identifier"] == identifier)
            .unwrap_or_else(|| panic!("{identifier} has no result"));
        let results: BTreeMap<&str, (&str, bool)> = own["resources"]
            .as_array()
            .expect("resources")
            .iter()
            .map(|one| {
                (
                    one["account"].as_str().unwrap_or(""),
                    (
                        one["evaluated"].as_str().unwrap_or(""),
                        one["path"].is_string(),
                    ),
                )
            })
            .collect();
        assert_eq!(
            results.get("good"),
            Some(&("COMPLIANT", true)),
            "{identifier}: {own}"
        );
        assert_eq!(
            results.get("bad"),
            Some(&("NON_COMPLIANT", true)),
            "{identifier}: {own}"
        );
        assert_eq!(
            results.get("gone"),
            None,
            "{identifier}: a deleted resource"
        );
    }
    let mut all: Vec<&str> = rules::all().map(|rule| rule.identifier).collect();
    all.sort_unstable();
    seen.sort_unstable();
    assert_eq!(seen, all, "each rule has its line");
}

#[test]
fn what_an_item_does_not_tell_is_not_held_against_it() {
    // An advanced query that chose no configuration.
    let item = r#"{"accountId":"1","awsRegion":"r","resourceType":"AWS::S3::Bucket","resourceId":"b","configurationItemStatus":"OK","configurationItemCaptureTime":"2024-01-01T00:00:00Z"}"#;
    let report = report(&[(
        "x.json".to_owned(),
        json!({ "Results": [item], "QueryInfo": {} })
            .to_string()
            .into_bytes(),
    )]);
    for rule in report["compliance"]["rules"].as_array().expect("rules") {
        assert_eq!(rule["counts"]["noncompliant"], 0, "{rule}");
    }
}

#[test]
fn both_results_stand_side_by_side_and_controls_follow() {
    let bucket = json!({ "awsAccountId": "111122223333", "awsRegion": "r", "resourceType": "AWS::S3::Bucket", "resourceId": "b", "configurationItemStatus": "OK", "configurationItemCaptureTime": "2024-01-02T00:00:00Z",
        "configuration": { "name": "b" }, "supplementaryConfiguration": { "BucketVersioningConfiguration": { "status": "Enabled" } } });
    let told = json!({ "EvaluationResults": [{ "EvaluationResultIdentifier": { "EvaluationResultQualifier": { "ConfigRuleName": "s3-bucket-versioning-enabled-conformance-pack-x1", "ResourceType": "AWS::S3::Bucket", "ResourceId": "b" } },
        "ResultRecordedTime": "2024-01-01T00:00:00Z", "ComplianceType": "NON_COMPLIANT" }] });
    let files = vec![
        ("a.json".to_owned(), json!({ "fileVersion": "1.0", "configSnapshotId": "s", "configurationItems": [bucket] }).to_string().into_bytes()),
        ("b.json".to_owned(), told.to_string().into_bytes()),
    ];
    let report = report(&files);
    let rules = report["compliance"]["rules"].as_array().expect("rules");
    let own = rules
        .iter()
        .find(|one| one["identifier"] == "S3_BUCKET_VERSIONING_ENABLED")
        .expect("the rule");
    let result = &own["resources"][0];
    assert_eq!(
        (&result["evaluated"], &result["recorded"]),
        (&json!("COMPLIANT"), &json!("NON_COMPLIANT"))
    );
    assert_eq!(
        result["path"],
        "supplementaryConfiguration.BucketVersioningConfiguration.status"
    );
    let frameworks = report["compliance"]["frameworks"]
        .as_array()
        .expect("frameworks");
    assert_eq!(frameworks.len(), 53);
    let speaks = |control: &&Value| {
        control["rules"].as_array().is_some_and(|rules| {
            rules
                .iter()
                .any(|rule| rule == "S3_BUCKET_VERSIONING_ENABLED")
        })
    };
    for control in frameworks
        .iter()
        .flat_map(|one| one["controls"].as_array().expect("controls"))
        .filter(speaks)
    {
        assert_eq!(
            control["status"], "failed",
            "either result is enough to fail"
        );
    }
}
