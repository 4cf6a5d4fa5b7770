//! Outputs that say what should be there: trails, their status, regions, accounts, bucket listings.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::selectors::{self, Selectors};
use crate::evidence::Problem;
use crate::moment::Moment;

use crate::evidence::json;

/// One thing that an output of the AWS CLI describes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Description {
    /// From `describe-trails` or `get-trail`.
    Trail(TrailDescription),
    /// From `get-trail-status`.
    Status(TrailStatus),
    /// From `ec2 describe-regions`: regions that are enabled for the account.
    Regions(Vec<String>),
    /// From `organizations list-accounts`: active accounts, each with its ARN, which names the organization; and whether
    /// these are all of them.
    Accounts(Vec<(String, Option<String>)>, bool),
    /// From `get-event-selectors` or `get-insight-selectors`.
    Selectors(Selectors),
    /// A setting of a log bucket, or of the key that its logs are encrypted with.
    Setting(Setting),
    /// From `s3api list-objects-v2` (or `list-objects`), and whether these are all.
    Listing(Vec<ListedObject>, bool),
}

/// A trail as its owner configured it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct TrailDescription {
    /// `Name`.
    pub name: String,
    /// `TrailARN`.
    pub arn: Option<String>,
    /// `HomeRegion`.
    pub home_region: Option<String>,
    /// `S3BucketName`.
    pub bucket: Option<String>,
    /// `S3KeyPrefix`.
    pub prefix: Option<String>,
    /// `IsMultiRegionTrail`.
    pub multi_region: bool,
    /// `IsOrganizationTrail`.
    pub organization: bool,
    /// `LogFileValidationEnabled`.
    pub validation: Option<bool>,
    /// `KmsKeyId`.
    pub kms_key: Option<String>,
}

/// What `get-trail-status` prints; it does not name its trail.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct TrailStatus {
    /// `IsLogging`.
    pub logging: Option<bool>,
    /// `LatestDigestDeliveryTime`.
    pub latest_digest: Option<Moment>,
    /// `LatestDeliveryTime`.
    pub latest_log: Option<Moment>,
    /// `StartLoggingTime`.
    pub started: Option<Moment>,
    /// `StopLoggingTime`.
    pub stopped: Option<Moment>,
}

/// What an output tells of a bucket or a key; it does not name which.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Setting {
    /// From `get-bucket-policy`: the policy's JSON.
    BucketPolicy(String),
    /// From `get-bucket-encryption`: the algorithm.
    Encryption(String),
    /// From `get-public-access-block`: whether all four are on.
    PublicAccessBlock(bool),
    /// From `get-bucket-versioning`: the status.
    Versioning(String),
    /// From `get-bucket-policy-status`: whether S3 calls the policy public.
    PolicyStatus(bool),
    /// From `get-object-lock-configuration`.
    ObjectLock(bool),
    /// From `get-bucket-acl`: its JSON.
    AccessList(String),
    /// From `kms get-key-policy`: the policy's JSON.
    KeyPolicy(String),
    /// From `kms list-grants`: grantees and operations.
    Grants(Vec<(String, Vec<String>)>),
}

/// One object of a bucket listing.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ListedObject {
    /// `Key`.
    pub key: String,
    /// `Size` in bytes.
    pub size: Option<u64>,
    /// `ETag` without its quotes: the MD5, unless it was uploaded in parts or is encrypted with a key of KMS.
    pub etag: String,
}

/// Reads all descriptions out of an output; several outputs may stand one after the other in one file;
/// with what could not be read.
pub fn parse(bytes: &[u8]) -> (Vec<Description>, Vec<Problem>) {
    let mut all = Vec::new();
    let problems = json::values(bytes, |value: Value| {
        if let Value::Object(object) = value {
            read(&object, &mut all);
        }
    });
    (all, problems)
}

fn read(object: &Map<String, Value>, all: &mut Vec<Description>) {
    let list = |name: &str| {
        object
            .get(name)
            .and_then(Value::as_array)
            .map(Vec::as_slice)
    };
    let objects = |name: &str| {
        list(name)
            .unwrap_or_default()
            .iter()
            .filter_map(Value::as_object)
    };
    let is_whole = object.get("NextToken").is_none_or(Value::is_null);
    all.extend(objects("trailList").map(trail).map(Description::Trail));
    if let Some(one) = object.get("Trail").and_then(Value::as_object) {
        all.push(Description::Trail(trail(one)));
    }
    if object.contains_key("IsLogging") {
        all.push(Description::Status(TrailStatus {
            logging: object.get("IsLogging").and_then(Value::as_bool),
            latest_digest: moment(object, "LatestDigestDeliveryTime"),
            latest_log: moment(object, "LatestDeliveryTime"),
            started: moment(object, "StartLoggingTime")
                .or_else(|| moment(object, "TimeLoggingStarted")),
            stopped: moment(object, "StopLoggingTime")
                .or_else(|| moment(object, "TimeLoggingStopped")),
        }));
    }
    let is_selectors = [
        "EventSelectors",
        "AdvancedEventSelectors",
        "InsightSelectors",
    ];
    if is_selectors.iter().any(|name| list(name).is_some()) {
        all.push(Description::Selectors(selectors::read(object)));
    }
    all.extend(setting(object).map(Description::Setting));
    if list("Regions").is_some() {
        let open = |region: &&Map<String, Value>| {
            text(region, "OptInStatus").as_deref() != Some("not-opted-in")
        };
        let names = objects("Regions")
            .filter(open)
            .filter_map(|region| text(region, "RegionName"));
        all.push(Description::Regions(names.collect()));
    }
    if list("Accounts").is_some() {
        let active = |account: &&Map<String, Value>| {
            text(account, "Status").is_none_or(|status| status == "ACTIVE")
        };
        let ids = objects("Accounts")
            .filter(active)
            .filter_map(|account| Some((text(account, "Id")?, text(account, "Arn"))));
        all.push(Description::Accounts(ids.collect(), is_whole));
    }
    if list("Contents").is_some() {
        let one = |object: &Map<String, Value>| {
            Some(ListedObject {
                key: text(object, "Key")?,
                size: object.get("Size").and_then(Value::as_u64),
                etag: text(object, "ETag")
                    .unwrap_or_default()
                    .trim_matches('"')
                    .to_owned(),
            })
        };
        all.push(Description::Listing(
            objects("Contents").filter_map(one).collect(),
            is_whole && object.get("IsTruncated") != Some(&Value::Bool(true)),
        ));
    }
}

fn setting(object: &Map<String, Value>) -> Option<Setting> {
    let value = |name: &str| object.get(name);
    if let Some(policy) = text(object, "Policy") {
        let is_bucket = policy.contains(":s3:::");
        return Some(if is_bucket {
            Setting::BucketPolicy(policy)
        } else {
            Setting::KeyPolicy(policy)
        });
    }
    if let Some(rules) = value("ServerSideEncryptionConfiguration") {
        let default = &rules["Rules"][0]["ApplyServerSideEncryptionByDefault"];
        let algorithm = default["SSEAlgorithm"].as_str().unwrap_or("none");
        return Some(Setting::Encryption(algorithm.to_owned()));
    }
    if let Some(block) = value("PublicAccessBlockConfiguration") {
        let names = [
            "BlockPublicAcls",
            "IgnorePublicAcls",
            "BlockPublicPolicy",
            "RestrictPublicBuckets",
        ];
        return Some(Setting::PublicAccessBlock(
            names.iter().all(|name| block[*name] == true),
        ));
    }
    if let Some(status) = value("PolicyStatus") {
        return status["IsPublic"].as_bool().map(Setting::PolicyStatus);
    }
    if let Some(lock) = value("ObjectLockConfiguration") {
        return Some(Setting::ObjectLock(lock["ObjectLockEnabled"] == "Enabled"));
    }
    if let Some(grants) = value("Grants").and_then(Value::as_array) {
        if value("Owner").is_some() {
            let list = Value::Object(object.clone());
            return Some(Setting::AccessList(list.to_string()));
        }
        let one = |grant: &Value| {
            let operations = grant["Operations"].as_array().into_iter().flatten();
            let operations = operations
                .filter_map(Value::as_str)
                .map(str::to_owned)
                .collect();
            Some((grant["GranteePrincipal"].as_str()?.to_owned(), operations))
        };
        return Some(Setting::Grants(grants.iter().filter_map(one).collect()));
    }
    let status =
        text(object, "Status").filter(|_| object.contains_key("MFADelete") || object.len() == 1);
    status.map(Setting::Versioning)
}

fn trail(object: &Map<String, Value>) -> TrailDescription {
    let flag = |name: &str| object.get(name).and_then(Value::as_bool);
    TrailDescription {
        name: text(object, "Name").unwrap_or_default(),
        arn: text(object, "TrailARN"),
        home_region: text(object, "HomeRegion"),
        bucket: text(object, "S3BucketName"),
        prefix: text(object, "S3KeyPrefix"),
        multi_region: flag("IsMultiRegionTrail").unwrap_or_default(),
        organization: flag("IsOrganizationTrail").unwrap_or_default(),
        validation: flag("LogFileValidationEnabled"),
        kms_key: text(object, "KmsKeyId"),
    }
}

fn text(object: &Map<String, Value>, name: &str) -> Option<String> {
    object
        .get(name)
        .and_then(Value::as_str)
        .filter(|text| !text.is_empty())
        .map(str::to_owned)
}

fn moment(object: &Map<String, Value>, name: &str) -> Option<Moment> {
    json::moment(object.get(name)?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_each_output() {
        let text = r#"{"trailList":[{"Name":"t","IsMultiRegionTrail":true,"HomeRegion":"us-east-1"}]}
            {"IsLogging":true,"LatestDigestDeliveryTime":1700000000.5}
            {"Regions":[{"RegionName":"a","OptInStatus":"opted-in"},{"RegionName":"b","OptInStatus":"not-opted-in"}]}
            {"Accounts":[{"Id":"1","Status":"ACTIVE"},{"Id":"2","Status":"SUSPENDED"}]}
            {"Contents":[{"Key":"k","Size":3},{"Size":4}]}
            {"TrailARN":"a","EventSelectors":[{"IncludeManagementEvents":true,"DataResources":[{"Type":"AWS::S3::Object"}]}]}
            {"AdvancedEventSelectors":[{"FieldSelectors":[{"Field":"eventCategory","Equals":["NetworkActivity"]}]}]}"#;
        let all = parse(text.as_bytes()).0;
        assert_eq!(all.len(), 7);
        assert!(matches!(&all[5], Description::Selectors(one) if one.trail.is_some()));
        assert!(matches!(&all[6], Description::Selectors(one) if one.network));
        assert!(
            matches!(&all[0], Description::Trail(trail) if trail.multi_region && trail.name == "t")
        );
        assert!(matches!(&all[1], Description::Status(status) if status.latest_digest.is_some()));
        assert_eq!(all[2], Description::Regions(vec!["a".into()]));
        assert_eq!(
            all[3],
            Description::Accounts(vec![("1".into(), None)], true)
        );
        assert!(matches!(&all[4], Description::Listing(list, true) if list.len() == 1));
    }
}
