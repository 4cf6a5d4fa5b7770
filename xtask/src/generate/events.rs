//! `generate events`: log files of many events with the spread of a busy account: a few actors, calls and
//! addresses make most of them, and many more make a few. Unsigned: they are for measuring queries.

use std::fs;
use std::path::PathBuf;

use anyhow::Result;
use pico_args::Arguments;
use serde_json::{Value, json};

use super::files::{gzip, sha256};
use super::trail::{START, rfc3339};
use crate::shell;

/// Events of one file.
const PER_FILE: usize = 2_500;
/// Seconds over which all events are spread: a quarter of a year.
const LONG: u64 = 90 * 86_400;

const SERVICES: [&str; 24] = [
    "ec2",
    "s3",
    "sts",
    "iam",
    "kms",
    "lambda",
    "logs",
    "cloudtrail",
    "config",
    "dynamodb",
    "rds",
    "sns",
    "sqs",
    "ssm",
    "monitoring",
    "autoscaling",
    "ecr",
    "ecs",
    "eks",
    "elasticloadbalancing",
    "secretsmanager",
    "cloudformation",
    "athena",
    "glue",
];
const VERBS: [&str; 18] = [
    "Describe",
    "List",
    "Get",
    "Assume",
    "Decrypt",
    "Put",
    "Create",
    "Update",
    "Delete",
    "Attach",
    "Detach",
    "Tag",
    "Start",
    "Stop",
    "Invoke",
    "Authorize",
    "Revoke",
    "Register",
];
const NOUNS: [&str; 24] = [
    "Instances",
    "Role",
    "Object",
    "BucketPolicy",
    "Key",
    "Function",
    "LogEvents",
    "Trail",
    "Rule",
    "Item",
    "DBInstance",
    "Topic",
    "Queue",
    "Parameter",
    "Metrics",
    "Group",
    "Image",
    "Task",
    "Cluster",
    "LoadBalancer",
    "SecretValue",
    "Stack",
    "Query",
    "Table",
];
const REGIONS: [&str; 12] = [
    "us-east-1",
    "eu-west-1",
    "us-west-2",
    "eu-central-1",
    "ap-southeast-2",
    "us-east-2",
    "ap-northeast-1",
    "eu-west-2",
    "sa-east-1",
    "ca-central-1",
    "ap-south-1",
    "eu-north-1",
];
const ERRORS: [&str; 6] = [
    "AccessDenied",
    "Client.UnauthorizedOperation",
    "ThrottlingException",
    "NoSuchEntity",
    "ValidationException",
    "ResourceNotFoundException",
];

/// The `generate events` command.
pub(super) fn run(mut args: Arguments) -> Result<()> {
    let count: usize = args.value_from_str("--count")?;
    let out: PathBuf = args.value_from_str("--out")?;
    shell::finish(args)?;
    fs::create_dir_all(&out)?;
    for (file, first) in (0..count).step_by(PER_FILE).enumerate() {
        let events: Vec<Value> = (first..count.min(first + PER_FILE))
            .map(|number| event(number, count))
            .collect();
        let content = serde_json::to_vec(&json!({ "Records": events }))?;
        fs::write(
            out.join(format!("events-{file:05}.json.gz")),
            gzip(&content)?,
        )?;
    }
    Ok(())
}

/// Numbers that look random and are the same on every machine (splitmix64, after Steele, Lea and Flood, 2014).
struct Dice(u64);

impl Dice {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    /// A number below `most`, small ones far more often.
    fn skewed(&mut self, most: u64) -> u64 {
        let share = (self.next() >> 11) as f64 / (1_u64 << 53) as f64;
        ((most as f64).powf(share) - 1.0) as u64 % most
    }

    fn of<'a>(&mut self, list: &[&'a str]) -> &'a str {
        list[self.skewed(list.len() as u64) as usize]
    }
}

fn event(number: usize, count: usize) -> Value {
    let mut dice = Dice(number as u64 * 77 + 5);
    let time = START + (number as u64 * LONG / count.max(1) as u64 + dice.next() % 300) as i64;
    let service = dice.of(&SERVICES);
    let verb = dice.of(&VERBS);
    let name = format!("{verb}{}", dice.of(&NOUNS));
    let account = format!("{:012}", 111_122_223_333 + dice.skewed(8) * 1_111);
    let who = dice.skewed(400);
    // A role's session has keys of its own; a user has two at most.
    let keys = if who.is_multiple_of(3) { 12 } else { 2 };
    let key = Dice(who * 31 + dice.skewed(keys)).next();
    let key = format!("{key:016X}");
    let identity = if who.is_multiple_of(3) {
        json!({
            "type": "AssumedRole", "principalId": format!("AROA{who:012}:session-{who}"), "accountId": account,
            "arn": format!("arn:aws:sts::{account}:assumed-role/service-role-{who}/session-{}", who % 40), "accessKeyId": format!("ASIA{key}"),
            "sessionContext": {
                "sessionIssuer": { "type": "Role", "principalId": format!("AROA{who:012}"), "arn": format!("arn:aws:iam::{account}:role/service-role-{who}"), "accountId": account, "userName": format!("service-role-{who}") },
                "attributes": { "creationDate": rfc3339(time - 1_800), "mfaAuthenticated": "false" },
            },
        })
    } else {
        json!({
            "type": "IAMUser", "principalId": format!("AIDA{who:012}"), "accountId": account, "userName": format!("user-{who}"),
            "arn": format!("arn:aws:iam::{account}:user/user-{who}"), "accessKeyId": format!("AKIA{key}"),
        })
    };
    let hash = sha256(format!("event {number}").as_bytes());
    let target = dice.skewed(20_000);
    let mut event = json!({
        "eventVersion": "1.11",
        "userIdentity": identity,
        "eventTime": rfc3339(time),
        "eventSource": format!("{service}.amazonaws.com"),
        "eventName": name,
        "awsRegion": dice.of(&REGIONS),
        "sourceIPAddress": format!("198.51.{}.{}", dice.skewed(40), dice.skewed(200)),
        "userAgent": format!("aws-sdk-go-v2/1.{}.0 os/linux lang/go#1.{} md/GOARCH#amd64 api/{service}", dice.skewed(60), dice.skewed(20)),
        "requestParameters": { "name": format!("resource-{target}"), "roleArn": format!("arn:aws:iam::{account}:role/target-{}", target % 500), "maxResults": 100, "note": &hash[..40] },
        "responseElements": null,
        "requestID": format!("{}-{}-{}-{}-{}", &hash[..8], &hash[8..12], &hash[12..16], &hash[16..20], &hash[20..32]),
        "eventID": format!("{}-{}-{}-{}-{}", &hash[32..40], &hash[40..44], &hash[44..48], &hash[48..52], &hash[52..64]),
        "readOnly": matches!(verb, "Describe" | "List" | "Get" | "Decrypt"),
        "eventType": "AwsApiCall",
        "managementEvent": service != "s3",
        "recipientAccountId": account,
        "eventCategory": if service == "s3" { "Data" } else { "Management" },
        "tlsDetails": { "tlsVersion": "TLSv1.3", "cipherSuite": "TLS_AES_128_GCM_SHA256", "clientProvidedHostHeader": format!("{service}.us-east-1.amazonaws.com") },
    });
    if dice.next().is_multiple_of(20) {
        event["errorCode"] = json!(dice.of(&ERRORS));
        event["errorMessage"] =
            json!("User is not authorized to perform this action on the resource");
    }
    event
}
