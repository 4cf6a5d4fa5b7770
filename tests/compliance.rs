//! Compliance beyond single results: scores, packs by AWS's definition, upkeep of rules, changes over time, and
//! exactly the rows of a filter in every form.

mod support;

use exhibit::case::{
    Answer, Case, Export, Facet, Filter, Form, Inspection, Question, Settings, Subject, Table,
};
use exhibit::moment::Moment;
use serde_json::{Value, json};

use support::{exported, judged};

const RULE: &str = "s3-bucket-versioning-enabled";

fn bucket(id: &str, time: &str, status: &str, owner: &str) -> Value {
    json!({
        "awsAccountId": "111122223333", "awsRegion": "eu-west-1", "resourceType": "AWS::S3::Bucket", "resourceId": id, "resourceName": id,
        "configurationItemStatus": "OK", "configurationItemCaptureTime": time, "configuration": { "name": id },
        "supplementaryConfiguration": { "BucketVersioningConfiguration": { "status": status } }, "tags": { "Owner": owner },
    })
}

fn pack_item(time: &str, result: &str) -> Value {
    json!({
        "awsAccountId": "111122223333", "awsRegion": "eu-west-1", "resourceType": "AWS::Config::ConformancePackCompliance", "resourceId": "conformance-pack-1", "resourceName": "recorded",
        "configurationItemStatus": "OK", "configurationItemCaptureTime": time,
        "configuration": { "complianceType": result, "configRuleList": [{ "configRuleName": "x", "complianceType": result, "controls": [] }] },
    })
}

fn evidence() -> Vec<(String, Vec<u8>)> {
    let items = [
        bucket("one", "2024-01-01T00:00:00Z", "Enabled", "ann"),
        bucket("one", "2024-01-03T00:00:00Z", "Off", "ann"),
        bucket("two", "2024-01-02T00:00:00Z", "Enabled", "bob"),
    ];
    let event = json!({ "eventVersion": "1.08", "eventID": "00000001-0000-0000-0000-000000000001", "eventTime": "2024-01-02T23:30:00Z", "eventSource": "s3.amazonaws.com", "eventName": "PutBucketVersioning", "awsRegion": "eu-west-1", "recipientAccountId": "111122223333", "userIdentity": { "arn": "arn:aws:iam::111122223333:user/eve" }, "requestParameters": { "bucketName": "one" } });
    let file = |name: &str, value: Value| (name.to_owned(), value.to_string().into_bytes());
    vec![
        file("snapshot.json", json!({ "fileVersion": "1.0", "configSnapshotId": "x", "configurationItems": items })),
        file("rules.json", json!({ "ConfigRules": [{ "ConfigRuleName": RULE, "Source": { "Owner": "AWS", "SourceIdentifier": "S3_BUCKET_VERSIONING_ENABLED" } }] })),
        file("results.json", json!({ "EvaluationResults": [{ "EvaluationResultIdentifier": { "EvaluationResultQualifier": { "ConfigRuleName": RULE, "ResourceType": "AWS::S3::Bucket", "ResourceId": "one" } }, "ComplianceType": "COMPLIANT", "ResultRecordedTime": "2024-01-01T01:00:00Z" }] })),
        file("status.json", json!({ "ConfigRulesEvaluationStatus": [{ "ConfigRuleName": RULE, "LastSuccessfulEvaluationTime": "2024-01-01T01:00:00Z", "LastFailedEvaluationTime": "2024-01-02T00:00:00Z", "LastErrorMessage": "no permission" }] })),
        file("by-rule.json", json!({ "ComplianceByConfigRules": [{ "ConfigRuleName": RULE, "Compliance": { "ComplianceType": "NON_COMPLIANT", "ComplianceContributorCount": { "CappedCount": 1, "CapExceeded": false } } }] })),
        file("repairs.json", json!({ "RemediationConfigurations": [{ "ConfigRuleName": RULE, "TargetId": "AWS-ConfigureS3BucketVersioning", "Automatic": false, "Parameters": { "BucketName": { "ResourceValue": { "Value": "RESOURCE_ID" } } } }] })),
        file("repaired.json", json!({ "RemediationExecutionStatuses": [{ "ResourceKey": { "resourceType": "AWS::S3::Bucket", "resourceId": "one" }, "State": "FAILED", "LastUpdatedTime": "2024-01-03T02:00:00Z" }] })),
        file("pack.json", json!({ "ConformancePackName": "own", "ConformancePackRuleComplianceList": [{ "ConfigRuleName": "a", "ComplianceType": "COMPLIANT" }, { "ConfigRuleName": "b", "ComplianceType": "INSUFFICIENT_DATA" }] })),
        file("by-resource.json", json!({ "ComplianceByResources": [{ "ResourceType": "AWS::S3::Bucket", "ResourceId": "two", "Compliance": { "ComplianceType": "COMPLIANT" } }] })),
        file("pack-items.json", json!({ "fileVersion": "1.0", "configurationItems": [pack_item("2024-01-01T00:00:00Z", "COMPLIANT"), pack_item("2024-01-02T00:00:00Z", "NON_COMPLIANT")] })),
        ("own-pack.yaml".to_owned(), b"Resources:\n  One:\n    Type: AWS::Config::ConfigRule\n    Properties:\n      ConfigRuleName: versioning\n      Source:\n        Owner: AWS\n        SourceIdentifier: S3_BUCKET_VERSIONING_ENABLED\n".to_vec()),
        file("events.json", json!([event])),
    ]
}

fn case() -> Case {
    judged(&evidence(), Settings::default())
}

fn rows(case: &mut Case, table: Table, filter: &Filter) -> Vec<(Subject, Vec<String>)> {
    let question = Question::Rows {
        table,
        filter: filter.clone(),
        sort: None,
        first: 0,
        count: 500,
    };
    let Answer::Rows(rows) = case.answer(&question) else {
        panic!("rows");
    };
    rows.rows
        .into_iter()
        .map(|row| {
            (
                row.subject,
                row.cells.iter().map(exhibit::case::Cell::shown).collect(),
            )
        })
        .collect()
}

fn inspect(case: &mut Case, subject: Subject) -> Inspection {
    match case.answer(&Question::Inspect(subject)) {
        Answer::Inspection(Some(it)) => *it,
        other => panic!("{other:?}"),
    }
}

/// The finding of the rule on a bucket.
fn finding(case: &mut Case, id: &str) -> (Subject, Vec<String>) {
    let all = rows(case, Table::Findings, &Filter::default());
    let own = all.into_iter().find(|(_, cells)| {
        cells.iter().any(|cell| cell == RULE) && cells.iter().any(|cell| cell == id)
    });
    own.unwrap_or_else(|| panic!("no finding of {id}"))
}

#[test]
fn a_finding_tells_its_past_its_cause_and_its_repair() {
    let mut case = case();
    let (subject, cells) = finding(&mut case, "one");
    assert!(
        cells.contains(&"disagree".to_owned())
            && cells.contains(&"stale".to_owned())
            && cells.contains(&"Owner=ann".to_owned()),
        "{cells:?}"
    );
    let it = inspect(&mut case, subject);
    let changes: Vec<(String, &str)> = it
        .over_time
        .iter()
        .map(|(at, what)| (at.to_string(), what.as_str()))
        .collect();
    assert_eq!(
        changes,
        [
            (
                "2024-01-01T00:00:00Z".to_owned(),
                "COMPLIANT as evaluated here"
            ),
            (
                "2024-01-01T01:00:00Z".to_owned(),
                "COMPLIANT as AWS recorded"
            ),
            (
                "2024-01-03T00:00:00Z".to_owned(),
                "NON_COMPLIANT as evaluated here"
            ),
        ]
    );
    let (_, query) = it.queries.first().expect("a query");
    let ask = exhibit::case::Ask {
        query: query.clone(),
        steps: 10,
        stack: "name".to_owned(),
        ..exhibit::case::Ask::default()
    };
    let Answer::Activity(found) = case.answer(&Question::Activity(ask)) else {
        panic!("activity");
    };
    assert_eq!((found.error, found.matching), (None, 1), "{query}");
    assert!(
        it.working[0]
            .text
            .contains("AWS-ConfigureS3BucketVersioning --parameters 'BucketName=one'"),
        "{:?}",
        it.working
    );
    assert!(
        it.what
            .iter()
            .any(|(label, cell)| label == "AWS's repair" && cell.shown().starts_with("FAILED"))
    );
    assert!(
        it.what
            .iter()
            .any(|(label, cell)| label == "For days" && cell.shown() == "0")
    );
    let (two, _) = finding(&mut case, "two");
    let two = inspect(&mut case, two);
    let resource = two
        .related
        .iter()
        .find(|(label, _)| label == "Its resource")
        .expect("a resource")
        .1;
    let resource = inspect(&mut case, resource);
    assert!(
        resource
            .what
            .iter()
            .any(|(label, cell)| label == "AWS says" && cell.shown() == "COMPLIANT")
    );
    let Some(rule) = it.related.iter().find(|(label, _)| label == "Its rule") else {
        panic!("no rule");
    };
    let rule = inspect(&mut case, rule.1);
    let steps: Vec<&str> = rule
        .over_time
        .iter()
        .map(|(_, what)| what.as_str())
        .collect();
    assert_eq!(
        steps,
        [
            "0 failing, 1 passing",
            "0 failing, 2 passing",
            "1 failing, 1 passing"
        ]
    );
    assert!(
        rule.what
            .iter()
            .any(|(label, cell)| label == "AWS says" && cell.shown() == "NON_COMPLIANT, 1 failing")
    );
}

#[test]
fn scores_count_by_group_and_packs_by_awss_definition() {
    let mut case = case();
    let scores = rows(&mut case, Table::Scores, &Filter::default());
    let of = |by: &str, group: &str| {
        let found = scores
            .iter()
            .find(|(_, cells)| cells[0] == by && cells[1] == group);
        found
            .unwrap_or_else(|| panic!("no {by} {group}: {scores:?}"))
            .1
            .clone()
    };
    let pack = of("conformance pack", "Conformance pack own-pack.yaml");
    assert_eq!(&pack[2..5], ["50", "1", "1"]);
    assert_eq!(pack[7], "NON_COMPLIANT");
    // A rule without data does not keep a pack from being compliant.
    assert_eq!(
        of("conformance pack, as AWS recorded", "own")[7],
        "COMPLIANT"
    );
    let (recorded, _) = scores
        .iter()
        .find(|(_, cells)| cells[1] == "recorded")
        .expect("the recorded pack");
    let changes: Vec<String> = inspect(&mut case, *recorded)
        .over_time
        .into_iter()
        .map(|(_, what)| what)
        .collect();
    assert_eq!(changes, ["COMPLIANT", "NON_COMPLIANT"]);
    let owner = |name: &str| of("owner tag", name)[3].parse::<u32>().expect("a number");
    assert_eq!(owner("ann"), owner("bob") + 1);
    assert!(of("framework", "SOC 2 (Trust Services Criteria)")[3] != "0");
}

#[test]
fn every_form_holds_exactly_the_rows_of_the_filter() {
    let mut case = case();
    let columns = Table::Findings.columns();
    let place = |name: &str| {
        columns
            .iter()
            .position(|column| column.name == name)
            .expect(name) as u16
    };
    let filter = Filter {
        facets: vec![Facet {
            column: place("evaluated"),
            value: "NON_COMPLIANT".to_owned(),
        }],
        framework: "pack:own-pack.yaml".to_owned(),
        ..Filter::default()
    };
    let shown = rows(&mut case, Table::Findings, &filter);
    assert_eq!(shown.len(), 1, "{shown:?}");
    let mut export = |form: Form| {
        let export = Export::Rows {
            form,
            table: Table::Findings,
            filter: filter.clone(),
            sort: None,
            generated: Moment::MIN,
        };
        String::from_utf8(exported(&mut case, &export)).expect("text")
    };
    assert_eq!(export(Form::Csv).lines().count(), 2);
    for form in [Form::Json, Form::Ocsf] {
        let all: Value = serde_json::from_str(&export(form)).expect("JSON");
        assert_eq!(all.as_array().map(Vec::len), Some(1), "{form:?}");
    }
    assert_eq!(export(Form::Html).matches("<tr><td>").count(), 1);
    let none = Filter {
        control: "no such".to_owned(),
        ..filter
    };
    assert!(rows(&mut case, Table::Findings, &none).is_empty());
}

#[test]
fn results_are_of_the_end_of_the_period_under_audit() {
    let items = json!({ "fileVersion": "1.0", "configurationItems": [bucket("one", "2024-01-01T00:00:00Z", "Off", "ann"), bucket("one", "2024-01-03T00:00:00Z", "Enabled", "ann")] });
    let files = [("items.json".to_owned(), items.to_string().into_bytes())];
    let failing = |to: Option<&str>| {
        let mut settings = Settings::default();
        settings.audit.to = to.and_then(Moment::parse);
        let report = support::report_of(&mut judged(&files, settings));
        let rules = report["compliance"]["rules"].as_array().expect("rules");
        let own = |one: &&Value| one["identifier"] == "S3_BUCKET_VERSIONING_ENABLED";
        let own = rules.iter().find(own).expect("the rule");
        let as_of = report["compliance"]["asOf"].as_str().expect("a moment");
        (as_of.to_owned(), own["counts"]["noncompliant"].clone())
    };
    assert_eq!(failing(None), ("2024-01-03T00:00:00Z".to_owned(), json!(0)));
    let end = "2024-01-02T00:00:00Z";
    assert_eq!(failing(Some(end)), (end.to_owned(), json!(1)));
}

#[test]
fn a_scope_narrows_what_a_rule_is_asked_of() {
    let items = json!({ "fileVersion": "1.0", "configurationItems": [bucket("one", "2024-01-01T00:00:00Z", "Off", "ann"), bucket("two", "2024-01-01T00:00:00Z", "Off", "bob")] });
    let asked = |scope: Value| {
        let rules = json!({ "ConfigRules": [{ "ConfigRuleName": RULE, "Source": { "Owner": "AWS", "SourceIdentifier": "S3_BUCKET_VERSIONING_ENABLED" }, "Scope": scope }] });
        let files = [
            ("items.json".to_owned(), items.to_string().into_bytes()),
            ("rules.json".to_owned(), rules.to_string().into_bytes()),
        ];
        let mut case = judged(&files, Settings::default());
        let all = rows(&mut case, Table::Findings, &Filter::default());
        all.iter()
            .filter(|(_, cells)| cells.iter().any(|cell| cell == RULE))
            .count()
    };
    assert_eq!(asked(json!({})), 2);
    assert_eq!(
        asked(
            json!({ "ComplianceResourceTypes": ["AWS::S3::Bucket"], "ComplianceResourceId": "two" })
        ),
        1
    );
    assert_eq!(asked(json!({ "TagKey": "Owner", "TagValue": "ann" })), 1);
    assert_eq!(asked(json!({ "TagKey": "Owner" })), 2);
    assert_eq!(
        asked(json!({ "ComplianceResourceTypes": ["AWS::EC2::Instance"] })),
        0
    );
}
