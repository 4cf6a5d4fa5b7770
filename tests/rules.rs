//! Every rule on a resource that passes, one that fails and one that is deleted, through the reader and the case
//! to the report; and AWS's record beside our evaluation.

mod support;

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

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

/// What the rule says of items, by their accounts: the result, and whether it names a path.
fn results(
    identifier: &str,
    items: &[Value],
    parameters: Option<&Value>,
) -> BTreeMap<String, (String, bool)> {
    let history = json!({ "fileVersion": "1.0", "configurationItems": items });
    let mut files = vec![("history.json".to_owned(), history.to_string().into_bytes())];
    if let Some(parameters) = parameters {
        let rules = json!({ "ConfigRules": [{ "ConfigRuleName": "own-name", "Source": { "Owner": "AWS", "SourceIdentifier": identifier }, "InputParameters": parameters.to_string() }] });
        files.push(("rules.json".to_owned(), rules.to_string().into_bytes()));
    }
    let report = report(&files);
    let rules = report["compliance"]["rules"].as_array().expect("rules");
    let own = rules
        .iter()
        .find(|one| one["identifier"] == identifier)
        .unwrap_or_else(|| panic!("{identifier} has no result"));
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let resources = own["resources"].as_array().expect("resources");
    resources
        .iter()
        .map(|one| {
            (
                text(&one["account"]),
                (text(&one["evaluated"]), one["path"].is_string()),
            )
        })
        .collect()
}

/// Public example items by their types, whatever the case.
fn examples(folder: &Path) -> BTreeMap<String, Value> {
    let read = |(_, bytes): &(String, Vec<u8>)| {
        let value: Value = serde_json::from_slice(bytes).ok()?;
        let item = value.get("configurationItem").unwrap_or(&value);
        Some((item["resourceType"].as_str()?.to_lowercase(), item.clone()))
    };
    support::files_below(folder)
        .iter()
        .filter_map(read)
        .collect()
}

/// Lays one value over another: objects field by field, anything else as a whole.
fn lay(over: &Value, under: &mut Value) {
    match (over, under) {
        (Value::Object(over), Value::Object(under)) => {
            for (name, value) in over {
                lay(value, under.entry(name.clone()).or_insert(Value::Null));
            }
        }
        (over, under) => *under = over.clone(),
    }
}

/// An example with what a fixture tells, and without what the rule looks at otherwise.
fn overlaid(example: &Value, rule: &Rule, fixture: &Value) -> Value {
    let mut item = example.clone();
    for part in ["configuration", "supplementaryConfiguration"] {
        if let Some(text) = item[part].as_str() {
            item[part] = serde_json::from_str(text).unwrap_or_default();
        }
        if !item[part].is_object() {
            item[part] = json!({});
        }
    }
    for path in rule.paths() {
        let mut steps = path.split('.');
        let (part, field) = (
            steps.next().unwrap_or_default(),
            steps.next().unwrap_or_default(),
        );
        if let Some(fields) = item[part].as_object_mut() {
            fields.retain(|name, _| !name.eq_ignore_ascii_case(field));
        }
    }
    // What the fixture is, it is in all but what only the example tells.
    for name in [
        "accountId",
        "awsAccountId",
        "arn",
        "ARN",
        "configurationItemMD5Hash",
        "relationships",
        "tags",
        "version",
    ] {
        if let Some(fields) = item.as_object_mut() {
            fields.remove(name);
        }
    }
    lay(fixture, &mut item);
    item
}

#[test]
fn fixtures_hold_on_the_public_example_items() {
    let Some(folder) = support::data("config/rdk_example_ci") else {
        return;
    };
    let examples = examples(&folder);
    let mut held = 0;
    for line in FIXTURES.lines().filter(|line| !line.starts_with('#')) {
        let parts: Vec<&str> = line.split('\t').collect();
        let rule = rules::by_identifier(parts[0]).expect(parts[0]);
        let Some(example) = examples.get(&rule.kind.to_lowercase()) else {
            continue;
        };
        // It asks for another item too, which stands in the fixture's own test.
        if rule.identifier == "VPC_FLOW_LOGS_ENABLED" {
            continue;
        }
        let [good, bad]: [Value; 2] =
            [1, 2].map(|at| serde_json::from_str(parts[at]).expect(parts[0]));
        let items: Vec<Value> = [
            ("good", "OK", &good),
            ("bad", "OK", &bad),
            ("gone", "ResourceDeleted", &bad),
        ]
        .into_iter()
        .map(|(which, status, told)| overlaid(example, rule, &item(rule, which, status, told)))
        .collect();
        let results = results(rule.identifier, &items, good.get("p"));
        let of = |which: &str| results.get(which).map(|(result, _)| result.as_str());
        assert_eq!(
            (of("good"), of("bad"), of("gone")),
            (Some("COMPLIANT"), Some("NON_COMPLIANT"), None),
            "{}",
            rule.identifier
        );
        held += 1;
    }
    println!("{held} rules on example items");
    assert!(held >= 80, "{held}");
}

#[test]
fn paths_are_those_of_awss_schema() {
    let Some(folder) = support::data("config/config_resource_schema") else {
        return;
    };
    let (mut known, mut unknown) = (0, Vec::new());
    for rule in rules::all() {
        let Ok(bytes) = fs::read(folder.join(format!("{}.properties.json", rule.kind))) else {
            continue;
        };
        let schema: BTreeMap<String, Value> = serde_json::from_slice(&bytes).expect("a schema");
        let names: Vec<String> = schema.keys().map(|name| name.to_lowercase()).collect();
        for path in rule.paths() {
            let path = path.to_lowercase();
            // The schema tells leaves, and stops at properties that it holds for opaque.
            let fits = |name: &String| {
                *name == path
                    || name.starts_with(&format!("{path}."))
                    || path.starts_with(&format!("{name}."))
            };
            if names.iter().any(fits) {
                known += 1;
            } else {
                unknown.push(format!("{}: {path}", rule.identifier));
            }
        }
    }
    println!("{known} paths are in the schema; not in it: {unknown:#?}");
    assert!(unknown.len() * 8 <= known, "{known} known, {unknown:#?}");
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
        let results = results(identifier, &items, good.get("p"));
        let of = |which: &str| {
            results
                .get(which)
                .map(|(result, told)| (result.as_str(), *told))
        };
        assert_eq!(of("good"), Some(("COMPLIANT", true)), "{identifier}");
        assert_eq!(of("bad"), Some(("NON_COMPLIANT", true)), "{identifier}");
        assert_eq!(of("gone"), None, "{identifier}: a deleted resource");
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
    // One that chose a part of it.
    let part = r#"{"accountId":"1","awsRegion":"r","resourceType":"AWS::EC2::SecurityGroup","resourceId":"sg","configurationItemStatus":"OK","configurationItemCaptureTime":"2024-01-01T00:00:00Z","configuration":{"vpcId":"v","ipPermissions":[{"fromPort":22}]}}"#;
    let fields = [
        "configuration.vpcId",
        "configuration.ipPermissions.fromPort",
    ];
    let fields = fields.map(|name| json!({ "Name": name }));
    let report = report(&[(
        "x.json".to_owned(),
        json!({ "Results": [item, part], "QueryInfo": { "SelectFields": fields } })
            .to_string()
            .into_bytes(),
    )]);
    for rule in report["compliance"]["rules"].as_array().expect("rules") {
        let counts = ["compliant", "noncompliant"].map(|name| &rule["counts"][name]);
        assert_eq!(counts, [0, 0], "{rule}");
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
