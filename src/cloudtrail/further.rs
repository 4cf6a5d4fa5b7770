//! What few records hold beside the facts of a row: secrets, who may reach a bucket, bytes of objects.

use serde_json::Value;

use crate::percent;
use crate::secret::{self, Masked};

use super::event::{Access, Category, Event};
use super::log::Log;

/// Secrets that are told of one file; more say nothing more.
const MOST_SECRETS: usize = 5_000;
/// Bytes of request parameters that are kept: a bucket policy has at most 20 kB.
const LONGEST: usize = 64 << 10;
/// Bytes of all request parameters that are kept of one file.
const MOST_REQUESTS: usize = 16 << 20;

/// Calls that change who may reach a bucket.
pub(super) const REACH: &[&str] = &[
    "CreateBucket",
    "DeleteBucket",
    "PutBucketPolicy",
    "DeleteBucketPolicy",
    "PutBucketAcl",
    "PutBucketPublicAccessBlock",
    "DeleteBucketPublicAccessBlock",
    "PutAccountPublicAccessBlock",
    "DeleteAccountPublicAccessBlock",
];

/// Calls that write the policies of identities.
const POLICIES: &[&str] = &[
    "CreatePolicy",
    "CreatePolicyVersion",
    "CreateRole",
    "DeleteGroupPolicy",
    "DeletePolicy",
    "DeleteRolePolicy",
    "DeleteUserPolicy",
    "PutGroupPolicy",
    "PutRolePolicy",
    "PutUserPolicy",
    "SetDefaultPolicyVersion",
    "UpdateAssumeRolePolicy",
];

/// Calls that read one object to write another.
const COPIES: &[&str] = &["CopyObject", "UploadPartCopy"];
/// Objects of one file that requests alone name.
const MOST_OBJECTS: usize = 100_000;

/// The ARN of the object that a call copies: its header names bucket and key, percent-encoded, and may name a version
/// (Amazon S3 API reference, `CopyObject`).
fn copied(event: &Event<'_>) -> Option<String> {
    let request: Value = serde_json::from_str(event.request).ok()?;
    let header = &request["x-amz-copy-source"];
    let header = header.as_str().or_else(|| header[0].as_str())?;
    let path = header.split("?versionId=").next()?.trim_start_matches('/');
    let path = percent::decoded(path)?;
    let (bucket, key) = path.split_once('/')?;
    arn(event, bucket, key)
}

/// The ARNs of the objects that a request names, for a record that names none among its `resources`: older ones and those that other
/// tools wrote out have no such list (CloudTrail record contents: `resources` is optional). A call on many names their keys, if at all,
/// in the list that S3 takes (Amazon S3 API reference, `DeleteObjects`).
fn named(event: &Event<'_>) -> Vec<String> {
    let is_object = |arn: &str| {
        arn.split_once(":s3:::")
            .is_some_and(|(_, path)| path.contains('/'))
    };
    // Nearly every record names its object, so that few requests are looked through.
    let may_name = event.source == "s3.amazonaws.com"
        && !event.resources.iter().any(|arn| is_object(arn))
        && ["\"key\"", "\"Key\""]
            .iter()
            .any(|field| event.request.contains(field));
    if !may_name {
        return Vec::new();
    }
    let request: Value = serde_json::from_str(event.request).unwrap_or_default();
    let listed = ["objects", "object", "Objects", "Object"].iter();
    let listed = listed.filter_map(|field| request["delete"][field].as_array());
    let all = std::iter::once(&request).chain(listed.flatten());
    let key = |one: &Value| {
        let key = one["key"].as_str().or_else(|| one["Key"].as_str())?;
        arn(event, request["bucketName"].as_str()?, key)
    };
    all.filter_map(key).collect()
}

/// The ARN of an object that a call names by bucket and key; `None` where the bucket is told in another form.
fn arn(event: &Event<'_>, bucket: &str, key: &str) -> Option<String> {
    let is_object = !bucket.is_empty()
        && !bucket.contains([':', '/'])
        && !key.is_empty()
        && bucket.len() + key.len() < LONGEST_SOURCE;
    // Those of China and of GovCloud have a partition of their own.
    let told = event.resources.iter().find_map(|arn| {
        let (partition, _) = arn.strip_prefix("arn:")?.split_once(":s3:::")?;
        Some(partition)
    });
    let partition = told.unwrap_or(match event.region.get(..3) {
        Some("cn-") => "aws-cn",
        _ if event.region.starts_with("us-gov-") => "aws-us-gov",
        _ => "aws",
    });
    is_object.then(|| format!("arn:{partition}:s3:::{bucket}/{key}"))
}

/// Bytes of a bucket's and a key's name together.
const LONGEST_SOURCE: usize = 1_100;

/// Takes what the record of an event holds, before the event becomes the next row of `log`.
pub(super) fn take(log: &mut Log, event: &Event<'_>) {
    let row = log.rows.len() as u32;
    if let Some(bytes) = event.bytes {
        log.sizes.push((row, bytes));
    }
    let is_copy = COPIES.contains(&&*event.name);
    let source = is_copy.then(|| copied(event)).flatten();
    let named = named(event).into_iter().map(|arn| (row, false, arn));
    for one in source.map(|arn| (row, true, arn)).into_iter().chain(named) {
        if log.objects.len() < MOST_OBJECTS {
            log.objects.push(one);
        } else {
            log.more_objects += 1;
        }
    }
    // Only a call that changes something can hand a secret in; those that read hand out tokens of sessions day by day.
    if event.access == Access::Read || event.category != Category::Management {
        return;
    }
    let request = event.request;
    if log.secrets.len() < MOST_SECRETS {
        let found = secret::json::of_event(request, &event.outcome);
        log.secrets
            .extend(found.iter().map(|one| (row, Masked::from(one))));
    }
    let is_kept = REACH.contains(&&*event.name) || POLICIES.contains(&&*event.name);
    if !is_kept || request.is_empty() {
        return;
    }
    if request.len() > LONGEST || log.kept + request.len() > MOST_REQUESTS {
        log.left_out += 1;
        return;
    }
    log.kept += request.len();
    log.requests.push((row, request.to_owned()));
}

#[cfg(test)]
mod tests {
    use super::super::event::Event;
    use super::super::log::Log;
    use super::{MOST_OBJECTS, take};
    use crate::secret::{name_of, rules};

    /// Letters and digits that no example of AWS and no placeholder is made of.
    fn letters(count: usize) -> String {
        "q7Wz3kRt9Xb5Lm2Vn8Jc4Hd6Gf"
            .chars()
            .cycle()
            .take(count)
            .collect()
    }

    #[test]
    fn every_rule_finds_its_secret_in_a_record() {
        let hex = |count| {
            "0a9b8c7d6e5f4a3b2c1d0e9f8a7b6c5d"
                .chars()
                .cycle()
                .take(count)
                .collect::<String>()
        };
        let alone = |count| letters(count).replace(|c: char| c.is_ascii_digit(), "Q");
        let capitals = |count| letters(count).to_uppercase().replace(['8', '9'], "2");
        let examples = [
            ("AWS access key ID", format!("AKIA{}", capitals(16))),
            (
                "AWS secret access key",
                format!("secretaccess_key = {}", letters(40)),
            ),
            (
                "AWS session token",
                format!("sessionToken={}", letters(120)),
            ),
            ("Azure storage key", format!("AccountKey={}==", letters(86))),
            ("Docker Hub token", format!("dckr_pat_{}", letters(24))),
            ("GitHub token", format!("ghp_{}", letters(36))),
            ("GitLab token", format!("glpat-{}", letters(20))),
            ("Google API key", format!("AIza{}", letters(35))),
            ("Google OAuth secret", format!("GOCSPX-{}", letters(28))),
            ("Hugging Face token", format!("hf_{}", alone(34))),
            (
                "JSON Web Token",
                format!("eyJ{}.eyJ{}.{}", letters(20), letters(20), letters(20)),
            ),
            ("New Relic key", format!("NRAK-{}", capitals(27))),
            ("npm token", format!("npm_{}", letters(36))),
            ("PyPI token", format!("pypi-AgE{}", letters(60))),
            (
                "SendGrid key",
                format!("SG.{}.{}", letters(22), letters(43)),
            ),
            ("Shopify token", format!("shpat_{}", hex(32))),
            ("Slack token", format!("xoxb-{}", letters(30))),
            (
                "Slack webhook",
                format!(
                    "https://hooks.slack.com/services/T{0}/B{0}/{1}",
                    capitals(9),
                    letters(24)
                ),
            ),
            ("Stripe key", format!("sk_live_{}", letters(24))),
            ("Twilio key", format!("twilio SK{}", hex(32))),
            (
                "Private key",
                "-----BEGIN PGP PRIVATE KEY BLOCK-----".to_owned(),
            ),
            (
                "Password in an address",
                format!("postgres://app:{}@db", letters(12)),
            ),
            (
                "Authorization header",
                format!("Authorization=Basic {}", letters(20)),
            ),
            (
                "Password on a command line",
                format!("--token {}", letters(12)),
            ),
            ("Assigned password", format!("PWD={}", letters(12))),
            ("Assigned key or token", format!("api-key: {}", letters(20))),
        ];
        let names: Vec<&str> = examples.iter().map(|(name, _)| *name).collect();
        let all: Vec<&str> = rules().iter().map(|rule| rule.name).collect();
        assert_eq!(names, all, "each rule has an example");
        for (name, example) in &examples {
            let record = format!(
                r#"{{"eventID":"1","eventName":"PutThing","readOnly":false,"requestParameters":{{"note":"{example}"}}}}"#
            );
            let mut log = Log::default();
            take(&mut log, &Event::parse(&record).expect("a record"));
            let found: Vec<&str> = log
                .secrets
                .iter()
                .map(|(_, one)| name_of(one.rule))
                .collect();
            assert_eq!(found, [*name], "{example}");
        }
    }

    #[test]
    fn outcomes_tell_what_the_request_did_not() {
        let found = |access: &str| {
            let record = format!(
                r#"{{"eventName":"CreateThing","readOnly":{access},
                "requestParameters":{{"masterPassword":"correct-horse-1"}},
                "responseElements":{{"masterPassword":"correct-horse-1","accessKey":{{"accessKeyId":"AKIAQ7WZ3KRTAXB5LM2V"}},
                "servicePassword":"correct-horse-2"}},
                "errorMessage":"Bad value --password correct-horse-3",
                "additionalEventData":{{"clientSecret":"correct-horse-4"}},
                "serviceEventDetails":{{"apiToken":"correct-horse-5"}}}}"#
            );
            let mut log = Log::default();
            take(&mut log, &Event::parse(&record).expect("a record"));
            let paths = log.secrets.into_iter().map(|(_, one)| one.path);
            paths.collect::<Vec<String>>()
        };
        let all = [
            "requestParameters.masterPassword",
            "responseElements.servicePassword",
            "errorMessage",
            "additionalEventData.clientSecret",
            "serviceEventDetails.apiToken",
        ];
        assert_eq!(found("false"), all);
        assert_eq!(found("true"), [""; 0]);
    }

    #[test]
    fn objects_past_the_most_are_counted() {
        let keys: Vec<String> = (0..MOST_OBJECTS + 3)
            .map(|at| format!(r#"{{"key":"k{at}"}}"#))
            .collect();
        let record = format!(
            r#"{{"eventName":"DeleteObjects","eventSource":"s3.amazonaws.com","requestParameters":{{"bucketName":"b","delete":{{"objects":[{}]}}}}}}"#,
            keys.join(",")
        );
        let mut log = Log::default();
        take(&mut log, &Event::parse(&record).expect("a record"));
        assert_eq!((log.objects.len(), log.more_objects), (MOST_OBJECTS, 3));
        assert_eq!(log.objects[7].2, "arn:aws:s3:::b/k7");
    }
}
