//! Whether a request gives something away or takes protection off, for calls that can do the contrary too.
//!
//! Forms of the requests: CloudTrail user guide, "CloudTrail record contents", and the API reference of each service; the
//! first letter of members is large or small by service. What a request does not tell is unknown, so that nothing is passed over.

use serde_json::Value;

use super::event::{Answer, Event};
use crate::evidence::condition::names_callers;

/// Whether the request of an event weakens.
pub(super) fn weakens(event: &Event<'_>) -> Answer {
    let Some(rule) = rule(&event.name) else {
        return Answer::Unknown;
    };
    match serde_json::from_str::<Value>(event.request) {
        Ok(request) if request.is_object() => rule(&request, &event.account),
        _ => Answer::Unknown,
    }
}

/// What tells it for a call: its request, and the account that it happened in.
type Rule = fn(&Value, &str) -> Answer;

fn rule(name: &str) -> Option<Rule> {
    Some(match name {
        "ModifySnapshotAttribute" | "ModifyImageAttribute" => image_shared,
        "ModifyDBSnapshotAttribute" | "ModifyDBClusterSnapshotAttribute" => snapshot_shared,
        "ModifyInstanceAttribute" | "DescribeInstanceAttribute" => user_data,
        "PutConfigurationRecorder" => recorder,
        "PutEventSelectors" => selectors,
        "UpdateTrail" => trail,
        "PutBucketVersioning" => versioning,
        "PutBucketObjectLockConfiguration" | "PutObjectLockConfiguration" => lock,
        "PutBucketLifecycle" | "PutBucketLifecycleConfiguration" => lifecycle,
        "PutBucketPublicAccessBlock" | "PutAccountPublicAccessBlock" => block,
        "PutBucketAcl" | "PutObjectAcl" => list,
        "PutBucketPolicy" => |request, own| policy(&request["bucketPolicy"], own, false),
        "PutKeyPolicy" => |request, own| policy(&request["policy"], own, true),
        "PutResourcePolicy" => |request, own| policy(&request["resourcePolicy"], own, false),
        "CreateRole" => |request, own| policy(&request["assumeRolePolicyDocument"], own, false),
        "UpdateAssumeRolePolicy" => |request, own| policy(&request["policyDocument"], own, false),
        "PutUserPolicy" | "PutRolePolicy" | "PutGroupPolicy" | "CreatePolicyVersion" => {
            administrator
        }
        "CreateGrant" => |request, own| given_to(&request["granteePrincipal"], own),
        "PutBucketReplication" => replication,
        "UpdateDetector" => detector,
        "UpdateContinuousBackups" => backups,
        "UpdateAccountPasswordPolicy" => passwords,
        _ if name.starts_with("AddPermission2") => function_shared,
        _ if name.starts_with("UpdateFunctionConfiguration") => function,
        _ if name.contains("FunctionUrlConfig") => {
            |request, _| yes_if(request["authType"] == "NONE")
        }
        _ => return None,
    })
}

fn yes_if(weakens: bool) -> Answer {
    if weakens { Answer::Yes } else { Answer::No }
}

/// The parts of a field that holds one or several.
fn parts(value: &Value) -> &[Value] {
    match value {
        Value::Null => &[],
        Value::Array(all) => all,
        one => std::slice::from_ref(one),
    }
}

/// Whether a value is on, said as JSON or as a text.
fn is_on(value: &Value) -> bool {
    *value == true || *value == "true"
}

/// The account of an ARN; what is none names itself.
fn account(name: &str) -> &str {
    name.split(':').nth(4).unwrap_or(name)
}

fn is_account(name: &str) -> bool {
    name.len() == 12 && name.bytes().all(|b| b.is_ascii_digit())
}

/// Whether a text within a value names somebody else than an account.
fn names_other(value: &Value, own: &str) -> bool {
    match value {
        Value::String(text) => text != own,
        Value::Array(all) => all.iter().any(|one| names_other(one, own)),
        Value::Object(fields) => fields.values().any(|one| names_other(one, own)),
        _ => false,
    }
}

/// Who may make volumes of a snapshot, or launch an image: only what is added gives it to somebody.
fn image_shared(request: &Value, own: &str) -> Answer {
    let shared = ["createVolumePermission", "launchPermission"].map(|name| &request[name]);
    if let Some(shared) = shared.into_iter().find(|shared| shared.is_object()) {
        return yes_if(names_other(&shared["add"], own));
    }
    match request["attributeType"].as_str() {
        Some(text) if !text.to_ascii_lowercase().contains("permission") => Answer::No,
        _ => Answer::Unknown,
    }
}

fn snapshot_shared(request: &Value, own: &str) -> Answer {
    match request["attributeName"].as_str() {
        Some(name) => yes_if(name == "restore" && names_other(&request["valuesToAdd"], own)),
        None => Answer::Unknown,
    }
}

/// Of the attributes of an instance, its start-up script: it holds secrets and runs as root.
fn user_data(request: &Value, _: &str) -> Answer {
    yes_if(!request["userData"].is_null() || request["attribute"] == "userData")
}

/// A recorder that records every type, all the time, misses nothing. Types of all regions are recorded in one of them: whether
/// this was the one is not told.
fn recorder(request: &Value, _: &str) -> Answer {
    let recorder = &request["configurationRecorder"];
    let (group, mode) = (&recorder["recordingGroup"], &recorder["recordingMode"]);
    if !group.is_object() {
        return Answer::Unknown;
    }
    let is_daily = mode.to_string().contains("\"DAILY\"");
    match is_on(&group["includeGlobalResourceTypes"]) {
        _ if !is_on(&group["allSupported"]) || is_daily => Answer::Yes,
        true => Answer::No,
        false => Answer::Unknown,
    }
}

/// Selectors take the place of all that were there: those that record every management event and all objects leave none of
/// these out. Whether more of the data was recorded before is not told.
fn selectors(request: &Value, _: &str) -> Answer {
    if !request["advancedEventSelectors"].is_null() {
        let records_all = |selector: &Value| {
            let fields = parts(&selector["fieldSelectors"]);
            matches!(fields, [only] if only["field"] == "eventCategory" && only["equals"] == serde_json::json!(["Management"]))
        };
        let all = parts(&request["advancedEventSelectors"]);
        return recorded(all.iter().any(records_all), all);
    }
    let records_all = |selector: &Value| {
        is_on(&selector["includeManagementEvents"])
            && selector["readWriteType"] == "All"
            && parts(&selector["excludeManagementEventSources"]).is_empty()
    };
    match &request["eventSelectors"] {
        Value::Null => Answer::Unknown,
        all => recorded(parts(all).iter().any(records_all), parts(all)),
    }
}

/// Whether selectors weaken, by whether they record every management event: of data, those of all objects must be among them.
fn recorded(is_managed: bool, selectors: &[Value]) -> Answer {
    let is_of_objects = |selector: &Value| {
        let basic = parts(&selector["dataResources"]).iter().any(|data| {
            let all = ["arn:aws:s3", "arn:aws:s3:::"];
            parts(&data["values"])
                .iter()
                .any(|value| all.iter().any(|all| value == all))
        });
        let objects = serde_json::json!(["AWS::S3::Object"]);
        let fields = parts(&selector["fieldSelectors"]);
        let of = |field: &Value| field["field"] == "resources.type" && field["equals"] == objects;
        basic && selector["readWriteType"] == "All" || fields.len() == 2 && fields.iter().any(of)
    };
    match selectors.iter().any(is_of_objects) {
        _ if !is_managed => Answer::Yes,
        true => Answer::No,
        false => Answer::Unknown,
    }
}

/// What a trail has on: where it delivers to, and what it encrypts with, may be weaker or not.
fn trail(request: &Value, _: &str) -> Answer {
    let settings = [
        "isMultiRegionTrail",
        "enableLogFileValidation",
        "includeGlobalServiceEvents",
        "isOrganizationTrail",
    ];
    let told = settings.map(|name| &request[name]);
    if told.iter().any(|value| **value == false) {
        return Answer::Yes;
    }
    let is_other = |key: &String| key != "name" && !settings.contains(&key.as_str());
    let others = request
        .as_object()
        .is_some_and(|all| all.keys().any(is_other));
    if others || told.iter().all(|value| value.is_null()) {
        return Answer::Unknown;
    }
    Answer::No
}

fn versioning(request: &Value, _: &str) -> Answer {
    let told = &request["VersioningConfiguration"];
    match told["Status"].as_str() {
        Some("Suspended") => Answer::Yes,
        Some("Enabled") if told["MfaDelete"] != "Disabled" => Answer::No,
        _ => Answer::Unknown,
    }
}

/// Without a rule new objects are not locked any more; whether a rule locks them for less long than before is not told.
fn lock(request: &Value, _: &str) -> Answer {
    match &request["ObjectLockConfiguration"] {
        Value::Null => Answer::Unknown,
        told if told["Rule"].is_null() => Answer::Yes,
        _ => Answer::Unknown,
    }
}

/// Rules that are on and let objects or their versions expire.
fn lifecycle(request: &Value, _: &str) -> Answer {
    let expires = |rule: &Value| {
        let parts = ["Expiration", "NoncurrentVersionExpiration"];
        rule["Status"] != "Disabled" && parts.iter().any(|part| !rule[*part].is_null())
    };
    match &request["LifecycleConfiguration"]["Rule"] {
        Value::Null => Answer::Unknown,
        rules => yes_if(parts(rules).iter().any(expires)),
    }
}

fn block(request: &Value, _: &str) -> Answer {
    let told = &request["PublicAccessBlockConfiguration"];
    let settings = [
        "BlockPublicAcls",
        "IgnorePublicAcls",
        "BlockPublicPolicy",
        "RestrictPublicBuckets",
    ];
    if !told.is_object() {
        return Answer::Unknown;
    }
    yes_if(!settings.iter().all(|name| is_on(&told[*name])))
}

/// Access control lists: those that name the owner alone give nothing away. Whose another name is, they do not tell.
fn list(request: &Value, _: &str) -> Answer {
    let canned = parts(&request["x-amz-acl"]).first();
    if let Some(canned) = canned.and_then(Value::as_str) {
        return match canned {
            "private" | "bucket-owner-read" | "bucket-owner-full-control" => Answer::No,
            "public-read" | "public-read-write" | "authenticated-read" => Answer::Yes,
            _ => Answer::Unknown,
        };
    }
    let told = &request["AccessControlPolicy"];
    let grants = parts(&told["AccessControlList"]["Grant"]);
    let (owner, mut answer) = (&told["Owner"]["ID"], Answer::No);
    if owner.is_null() {
        return Answer::Unknown;
    }
    for grant in grants {
        let grantee = &grant["Grantee"];
        match grantee["URI"].as_str() {
            Some(group) if !group.ends_with("/LogDelivery") => return Answer::Yes,
            None if grantee["ID"] == *owner => {}
            _ => answer = Answer::Unknown,
        }
    }
    answer
}

/// A policy of a resource: what lets outsiders in gives it away, what names services alone does not. Whether somebody
/// of the same account may do more than before it does not tell; but that a key's policy names its account is how it must be
/// (AWS KMS developer guide, "Default key policy").
fn policy(policy: &Value, own: &str, is_of_key: bool) -> Answer {
    let embedded = policy.as_str().map(serde_json::from_str::<Value>);
    let policy = match &embedded {
        Some(Ok(policy)) => policy,
        Some(Err(_)) => return Answer::Unknown,
        None => policy,
    };
    let statements = parts(&policy["Statement"]);
    let mut answer = if statements.is_empty() {
        Answer::Unknown
    } else {
        Answer::No
    };
    for statement in statements.iter().filter(|one| one["Effect"] != "Deny") {
        let named = match &statement["Principal"] {
            Value::Object(kinds) => {
                let people = kinds.iter().filter(|(kind, _)| *kind != "Service");
                people.flat_map(|(_, named)| parts(named)).collect()
            }
            Value::Null => vec![&Value::Null],
            other => vec![other],
        };
        for name in named {
            let name = name.as_str().unwrap_or_default();
            let account = account(name);
            let is_other = name == "*" || is_account(account) && account != own;
            if is_other && !names_callers(&statement["Condition"]) {
                return Answer::Yes;
            }
            let is_root = account == own && (name == own || name.ends_with(":root"));
            if !(is_of_key && is_root) {
                answer = Answer::Unknown;
            }
        }
    }
    answer
}

fn backups(request: &Value, _: &str) -> Answer {
    match &request["pointInTimeRecoverySpecification"]["pointInTimeRecoveryEnabled"] {
        Value::Null => Answer::Unknown,
        told => yes_if(!is_on(told)),
    }
}

/// As strong as the CIS AWS Foundations Benchmark asks for, with all kinds of characters, is not weak.
fn passwords(request: &Value, _: &str) -> Answer {
    let kinds = [
        "requireSymbols",
        "requireNumbers",
        "requireUppercaseCharacters",
        "requireLowercaseCharacters",
    ];
    let length = request["minimumPasswordLength"].as_u64();
    if length >= Some(14) && kinds.iter().all(|kind| is_on(&request[*kind])) {
        return Answer::No;
    }
    Answer::Unknown
}

/// Who may call a function: for resources of the own account is what triggers are. An ARN of a bucket names no account, and of
/// which organization a name is, nothing tells.
fn function_shared(request: &Value, own: &str) -> Answer {
    let Some(principal) = request["principal"].as_str() else {
        return Answer::Unknown;
    };
    let told = |name: &str| request[name].as_str().map(account);
    let is_own = |name: &&str| *name == own;
    let mut sources = ["sourceAccount", "sourceArn"].into_iter().filter_map(told);
    if account(principal) == own || sources.clone().any(|name| is_own(&name)) {
        return Answer::No;
    }
    let is_of_service =
        principal.ends_with(".amazonaws.com") || !request["principalOrgID"].is_null();
    match sources.any(|name| !name.is_empty()) {
        false if is_of_service => Answer::Unknown,
        _ => Answer::Yes,
    }
}

/// A policy that allows everything.
fn administrator(request: &Value, _: &str) -> Answer {
    let policy = request["policyDocument"].as_str().unwrap_or_default();
    let policy: Value = serde_json::from_str(policy).unwrap_or_default();
    let is_all = |value: &Value| parts(value).iter().any(|one| one == "*" || one == "*:*");
    let is_of_all = |one: &Value| {
        one["Effect"] == "Allow"
            && is_all(&one["Action"])
            && is_all(&one["Resource"])
            && one["Condition"].is_null()
    };
    match request["setAsDefault"] != false && parts(&policy["Statement"]).iter().any(is_of_all) {
        true => Answer::Yes,
        false => Answer::Unknown,
    }
}

/// Something that is given to a principal or an account.
fn given_to(whom: &Value, own: &str) -> Answer {
    let account = account(whom.as_str().unwrap_or_default());
    match is_account(account) {
        true => yes_if(account != own),
        false => Answer::Unknown,
    }
}

/// Where objects of a bucket are copied to: whose another bucket is, is told by its account alone.
fn replication(request: &Value, own: &str) -> Answer {
    let rules = parts(&request["ReplicationConfiguration"]["Rule"]).iter();
    let mut told = rules.map(|rule| given_to(&rule["Destination"]["Account"], own));
    match told.find(|one| *one != Answer::No) {
        _ if request["ReplicationConfiguration"].is_null() => Answer::Unknown,
        Some(one) => one,
        None => Answer::No,
    }
}

/// A detector that is turned off, as a whole or in part.
fn detector(request: &Value, _: &str) -> Answer {
    let text = request.to_string();
    let is_off = |off: &&str| text.contains(*off);
    yes_if(["\"enable\":false", "\"DISABLED\""].iter().any(is_off))
}

/// Of what a function has, layers and another role bring code and rights.
fn function(request: &Value, _: &str) -> Answer {
    let is_told = |names: &[&str]| names.iter().any(|name| !request[*name].is_null());
    if is_told(&["layers", "role"]) {
        return Answer::Yes;
    }
    if is_told(&["handler", "runtime", "imageConfig"]) {
        return Answer::Unknown;
    }
    Answer::No
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(name: &str, request: &str) -> Answer {
        let raw = format!(
            r#"{{"eventName":"{name}","recipientAccountId":"111122223333","requestParameters":{request}}}"#
        );
        weakens(&Event::parse(&raw).expect("a record"))
    }

    #[test]
    fn tells_giving_from_taking_back() {
        let cases = include_str!("../../tests/weakens.txt").lines();
        for case in cases.filter(|line| !line.starts_with('#')) {
            let mut parts = case.splitn(3, ' ');
            let (name, expected) = (parts.next().expect("a call"), parts.next().expect("a word"));
            let told = of(name, parts.next().expect("a request"));
            assert_eq!(told.name(), expected, "{case}");
        }
    }

    #[test]
    fn a_block_weakens_unless_all_of_it_is_on() {
        let block = |last: &str| {
            format!(
                r#"{{"PublicAccessBlockConfiguration":{{"BlockPublicAcls":true,"IgnorePublicAcls":"true","BlockPublicPolicy":true,"RestrictPublicBuckets":{last}}}}}"#
            )
        };
        let of = |last| of("PutBucketPublicAccessBlock", &block(last));
        assert_eq!((of("true"), of("false")), (Answer::No, Answer::Yes));
    }
}
