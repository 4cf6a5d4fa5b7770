//! Which events a trail records: event selectors, basic and advanced, and insight selectors (CloudTrail API reference).

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

/// Which kinds of events a trail records, some of them or all.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Selectors {
    /// `TrailARN`.
    pub trail: Option<String>,
    /// Management events, each selector of them; none where they are not recorded.
    pub management: Vec<Management>,
    /// Data events, each selector of them.
    pub data: Vec<Data>,
    /// Network activity events.
    pub network: bool,
    /// Insights.
    pub insight: bool,
}

/// A selector of management events.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Management {
    /// Whether calls that only read are taken; `None` where both are.
    pub reads: Option<bool>,
    /// Services whose calls are left out: `kms.amazonaws.com`, `rdsdata.amazonaws.com`.
    pub excluded: Vec<String>,
    /// Whether there are further conditions, on names or callers.
    pub narrowed: bool,
}

/// A selector of data events.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Data {
    /// The type of resource, as `AWS::S3::Object`.
    pub kind: String,
    /// Beginnings of the ARNs of resources; all of the type where it is empty.
    pub resources: Vec<String>,
    /// Whether calls that only read are taken; `None` where both are.
    pub reads: Option<bool>,
    /// Whether there are further conditions, on names or callers.
    pub narrowed: bool,
}

impl Data {
    fn new(kind: &str, arns: Vec<String>, reads: Option<bool>) -> Self {
        // `arn:aws:s3` stands for all buckets, `arn:aws:lambda` for all functions.
        let names_none = |arn: &String| arn.split(':').nth(5).is_none_or(str::is_empty);
        let all = arns.iter().any(names_none);
        Data {
            kind: kind.to_owned(),
            resources: if all { Vec::new() } else { arns },
            reads,
            narrowed: false,
        }
    }

    /// Whether events of a type are taken; of any type where it is not known.
    pub fn takes_kind(&self, kind: Option<&str>) -> bool {
        kind.is_none_or(|kind| kind == self.kind)
    }

    /// Whether events of a resource are taken, as far as its ARN or its bucket's name tells.
    pub fn takes(&self, resource: &str) -> bool {
        let bucket = format!(":::{resource}/");
        let fits = |arn: &String| {
            resource.starts_with(arn.as_str())
                || arn.starts_with(resource)
                || format!("{arn}/").contains(&bucket)
                || arn.contains(&bucket)
        };
        self.resources.is_empty() || self.resources.iter().any(fits)
    }
}

/// Selectors of either form: basic ones have flags and lists, advanced ones conditions.
pub(super) fn read(object: &Map<String, Value>) -> Selectors {
    let list = |name: &str| {
        let list = object.get(name).and_then(Value::as_array);
        list.into_iter().flatten()
    };
    let mut selectors = Selectors {
        trail: object
            .get("TrailARN")
            .and_then(Value::as_str)
            .map(str::to_owned),
        insight: list("InsightSelectors").next().is_some(),
        ..Selectors::default()
    };
    list("EventSelectors").for_each(|one| basic(one, &mut selectors));
    list("AdvancedEventSelectors").for_each(|one| advanced(one, &mut selectors));
    selectors
}

fn texts(value: &Value) -> Vec<String> {
    let list = value.as_array().into_iter().flatten();
    list.filter_map(Value::as_str).map(str::to_owned).collect()
}

fn basic(one: &Value, selectors: &mut Selectors) {
    let reads = match one["ReadWriteType"].as_str() {
        Some("ReadOnly") => Some(true),
        Some("WriteOnly") => Some(false),
        _ => None,
    };
    if one["IncludeManagementEvents"].as_bool().unwrap_or(true) {
        selectors.management.push(Management {
            reads,
            excluded: texts(&one["ExcludeManagementEventSources"]),
            narrowed: false,
        });
    }
    for data in one["DataResources"].as_array().into_iter().flatten() {
        let kind = data["Type"].as_str().unwrap_or_default();
        let data = Data::new(kind, texts(&data["Values"]), reads);
        selectors.data.push(data);
    }
}

fn advanced(one: &Value, selectors: &mut Selectors) {
    let (mut category, mut kind) = (String::new(), String::new());
    let (mut arns, mut excluded) = (Vec::new(), Vec::new());
    let (mut reads, mut narrowed) = (None, false);
    for field in one["FieldSelectors"].as_array().into_iter().flatten() {
        let equals = texts(&field["Equals"]);
        let first = equals.first().cloned().unwrap_or_default();
        let has = |how: &str| field[how].as_array().is_some_and(|list| !list.is_empty());
        let others = ["NotEquals", "NotStartsWith", "NotEndsWith", "EndsWith"];
        match field["Field"].as_str().unwrap_or_default() {
            "eventCategory" => category = first,
            "resources.type" => kind = first,
            "readOnly" => reads = Some(first == "true"),
            "resources.ARN" => {
                arns.extend(equals);
                arns.extend(texts(&field["StartsWith"]));
                narrowed |= others.into_iter().any(has);
            }
            "eventSource" if has("NotEquals") => excluded = texts(&field["NotEquals"]),
            _ => narrowed = true,
        }
    }
    match category.as_str() {
        "Management" => selectors.management.push(Management {
            reads,
            excluded,
            narrowed,
        }),
        "Data" => selectors.data.push(Data {
            narrowed: narrowed || !excluded.is_empty(),
            ..Data::new(&kind, arns, reads)
        }),
        "NetworkActivity" => selectors.network = true,
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(text: &str) -> Selectors {
        let value: Value = serde_json::from_str(text).expect("JSON");
        read(value.as_object().expect("an object"))
    }

    #[test]
    fn basic_selectors_tell_reads_services_and_resources() {
        let all = of(
            r#"{"TrailARN":"a","EventSelectors":[{"ReadWriteType":"WriteOnly","IncludeManagementEvents":true,
            "ExcludeManagementEventSources":["kms.amazonaws.com"],"DataResources":[
            {"Type":"AWS::S3::Object","Values":["arn:aws:s3:::payroll/"]},{"Type":"AWS::Lambda::Function","Values":["arn:aws:lambda"]}]}]}"#,
        );
        let [management] = &all.management[..] else {
            panic!("{all:?}")
        };
        assert_eq!(management.reads, Some(false));
        assert_eq!(management.excluded, ["kms.amazonaws.com"]);
        let [s3, lambda] = &all.data[..] else {
            panic!("{all:?}")
        };
        assert!(s3.takes("payroll") && s3.takes("arn:aws:s3:::payroll/x") && !s3.takes("other"));
        assert!(!s3.takes("arn:aws:s3:::other/x") && !s3.takes_kind(Some("AWS::Lambda::Function")));
        assert!(lambda.takes("arn:aws:lambda:eu-west-1:1:function:f") && lambda.takes_kind(None));
        let off = of(r#"{"EventSelectors":[{"IncludeManagementEvents":false}]}"#);
        assert!(off.management.is_empty());
    }

    #[test]
    fn advanced_selectors_tell_conditions() {
        let all = of(r#"{"AdvancedEventSelectors":[
            {"FieldSelectors":[{"Field":"eventCategory","Equals":["Management"]},{"Field":"readOnly","Equals":["false"]},{"Field":"eventSource","NotEquals":["kms.amazonaws.com","rdsdata.amazonaws.com"]}]},
            {"FieldSelectors":[{"Field":"eventCategory","Equals":["Data"]},{"Field":"resources.type","Equals":["AWS::S3::Object"]},{"Field":"resources.ARN","NotStartsWith":["arn:aws:s3:::logs/"]}]},
            {"FieldSelectors":[{"Field":"eventCategory","Equals":["Data"]},{"Field":"resources.type","Equals":["AWS::S3::Object"]},{"Field":"eventName","Equals":["DeleteObject"]}]},
            {"FieldSelectors":[{"Field":"eventCategory","Equals":["NetworkActivity"]}]}]}"#);
        let management = &all.management[0];
        assert_eq!(
            (
                management.reads,
                management.excluded.len(),
                management.narrowed
            ),
            (Some(false), 2, false)
        );
        assert!(
            all.data
                .iter()
                .all(|one| one.narrowed && one.resources.is_empty())
        );
        assert!(all.network && !all.insight);
    }
}
