//! A trail's bucket as `aws s3 sync` brings it: hourly digests in a chain, and the logs they list.

use std::fmt::Write as _;

use anyhow::Result;
use serde_json::{Value, json};
use time::OffsetDateTime;

use super::files::{Files, gzip, sha256};
use super::key::Signer;

/// Seconds of an hour.
pub(super) const HOUR: i64 = 3_600;
/// 2026-03-01T00:00:00Z, when all made-up trails begin.
pub(super) const START: i64 = 1_772_323_200;

/// The number of the first log file of an hour that came late.
const LATE: usize = 5;

/// What to make.
#[derive(Clone)]
pub(super) struct Trail<'k> {
    pub(super) prefix: &'k str,
    pub(super) organization: Option<&'k str>,
    pub(super) account: &'k str,
    pub(super) region: &'k str,
    pub(super) name: &'k str,
    pub(super) bucket: &'k str,
    /// The first digest's beginning.
    pub(super) start: i64,
    /// Keys, each from the hour with this number on.
    pub(super) keys: Vec<(usize, &'k Signer)>,
    /// For each hour the records of each of its log files.
    pub(super) hours: Vec<Vec<usize>>,
    /// Whether it is the chain of backfill digests: they list log files that came late.
    pub(super) backfill: bool,
    /// Before the hour with this number, so many seconds without any digest, though the chain goes on.
    pub(super) pause: Option<(usize, i64)>,
    /// The hour with this number states another hash for the digest before it, and signs that.
    pub(super) misstated: Option<usize>,
    /// Calls that are told beside the random ones, in the first log file of their hour.
    pub(super) calls: Vec<Call>,
}

/// A call of a user, within the first eighteen minutes of an hour.
#[derive(Clone)]
pub(super) struct Call {
    /// Seconds since 1970.
    pub(super) at: i64,
    pub(super) user: &'static str,
    pub(super) source: &'static str,
    pub(super) name: &'static str,
    pub(super) request: Value,
}

impl Call {
    pub(super) fn new(
        at: i64,
        user: &'static str,
        source: &'static str,
        name: &'static str,
        request: Value,
    ) -> Self {
        Call {
            at,
            user,
            source,
            name,
            request,
        }
    }
}

/// A digest that was made.
pub(super) struct Made {
    /// Its object key.
    pub(super) key: String,
    /// The signature of its object metadata.
    pub(super) signature: String,
    /// The keys of the logs that it lists.
    pub(super) logs: Vec<String>,
}

impl<'k> Trail<'k> {
    /// One account and region, eight hours, a log file an hour.
    pub(super) fn plain(signer: &'k Signer) -> Self {
        Trail {
            prefix: "",
            organization: None,
            account: "111122223333",
            region: "us-east-1",
            name: "management-events",
            bucket: "example-trail-bucket",
            start: START,
            keys: vec![(0, signer)],
            hours: vec![vec![3]; 8],
            backfill: false,
            pause: None,
            misstated: None,
            calls: Vec::new(),
        }
    }

    /// Makes all files and says what they are, the oldest digest first.
    pub(super) fn make(&self, files: &mut Files) -> Result<Vec<Made>> {
        let mut all: Vec<Made> = Vec::new();
        let mut previous: Option<(String, String, String)> = None;
        for (hour, logs) in self.hours.iter().enumerate() {
            let paused = self.pause.filter(|(before, _)| hour >= *before);
            let pause = paused.map_or(0, |(_, seconds)| seconds);
            let from = self.start + hour as i64 * HOUR + pause;
            let mut listed = Vec::new();
            let mut keys = Vec::new();
            for (at, &records) in logs.iter().enumerate() {
                let at = if self.backfill { at + LATE } else { at };
                // Well inside the hour: near its edge the neighbour could hold a log as well.
                let delivered = from + 1_200 + at as i64 * 60 % 1_200;
                let content = self.records(delivered, at, records);
                let key = self.log_key(delivered, at);
                listed.push(json!({
                    "s3Bucket": self.bucket,
                    "s3Object": key,
                    "hashValue": sha256(&content),
                    "hashAlgorithm": "SHA-256",
                    "newestEventTime": rfc3339(delivered - 120),
                    "oldestEventTime": rfc3339(delivered - 420),
                }));
                files.insert(key.clone(), gzip(&content)?);
                keys.push(key);
            }
            let signer = self.signer(hour);
            let key = self.digest_key(from + HOUR);
            let mut digest = self.digest(from, &key, listed, signer, previous.as_ref());
            if self.misstated == Some(hour) {
                digest["previousDigestHashValue"] = json!("0".repeat(64));
            }
            let content = serde_json::to_vec(&digest)?;
            let hash = sha256(&content);
            let before = previous
                .as_ref()
                .map_or("null", |(_, _, signature)| signature);
            let text = format!(
                "{}\n{}/{key}\n{hash}\n{before}",
                rfc3339(from + HOUR),
                self.bucket
            );
            let signature = signer.sign(&text)?;
            files.insert(key.clone(), gzip(&content)?);
            previous = Some((key.clone(), hash, signature.clone()));
            all.push(Made {
                key,
                signature,
                logs: keys,
            });
        }
        Ok(all)
    }

    fn signer(&self, hour: usize) -> &'k Signer {
        let begun = self.keys.iter().rev().find(|(from, _)| *from <= hour);
        begun.unwrap_or(&self.keys[0]).1
    }

    fn digest(
        &self,
        from: i64,
        key: &str,
        logs: Vec<Value>,
        signer: &Signer,
        previous: Option<&(String, String, String)>,
    ) -> Value {
        let times = |which: &str, at: &dyn Fn(&[Value]) -> Option<Value>| {
            at(&logs).map_or(Value::Null, |log| log[which].clone())
        };
        json!({
            "awsAccountId": self.account,
            "digestStartTime": rfc3339(from),
            "digestEndTime": rfc3339(from + HOUR),
            "digestS3Bucket": self.bucket,
            "digestS3Object": key,
            "digestPublicKeyFingerprint": signer.fingerprint,
            "digestSignatureAlgorithm": "SHA256withRSA",
            "newestEventTime": times("newestEventTime", &|logs| logs.last().cloned()),
            "oldestEventTime": times("oldestEventTime", &|logs| logs.first().cloned()),
            "previousDigestS3Bucket": previous.map(|_| self.bucket),
            "previousDigestS3Object": previous.map(|(key, _, _)| key),
            "previousDigestHashValue": previous.map(|(_, hash, _)| hash),
            "previousDigestHashAlgorithm": previous.map(|_| "SHA-256"),
            "previousDigestSignature": previous.map(|(_, _, signature)| signature),
            "logFiles": logs,
        })
    }

    fn folder(&self, kind: &str, at: i64) -> String {
        let organization = self
            .organization
            .map(|id| format!("{id}/"))
            .unwrap_or_default();
        let time = utc(at);
        format!(
            "{}AWSLogs/{organization}{}/{kind}/{}/{}/{:02}/{:02}",
            self.prefix,
            self.account,
            self.region,
            time.year(),
            u8::from(time.month()),
            time.day()
        )
    }

    fn digest_key(&self, end: i64) -> String {
        format!(
            "{}/{}_CloudTrail-Digest_{}_{}_us-east-1_{}{}.json.gz",
            self.folder("CloudTrail-Digest", end),
            self.account,
            self.region,
            self.name,
            stamp(end, true),
            if self.backfill { "_backfill" } else { "" }
        )
    }

    /// The key of a log file delivered at a time; `at` tells those of one minute apart.
    pub(super) fn log_key(&self, delivered: i64, at: usize) -> String {
        let unique =
            &sha256(format!("{}{}{delivered}{at}", self.account, self.region).as_bytes())[..16];
        format!(
            "{}/{}_CloudTrail_{}_{}_{unique}.json.gz",
            self.folder("CloudTrail", delivered),
            self.account,
            self.region,
            stamp(delivered, false)
        )
    }

    /// A log file's content.
    pub(super) fn records(&self, delivered: i64, at: usize, count: usize) -> Vec<u8> {
        let mut text = String::from("{\"Records\":[");
        for number in 0..count {
            if number > 0 {
                text.push(',');
            }
            // Our own values into a string: nothing can fail.
            let _ = write!(text, "{}", self.record(delivered, at, number));
        }
        let told = self
            .calls
            .iter()
            .filter(|call| at == 0 && (delivered - 1_200..delivered - 120).contains(&call.at));
        for (number, call) in told.enumerate() {
            let mut record = self.record(delivered, 1_000, number);
            record["userIdentity"]["arn"] =
                json!(format!("arn:aws:iam::{}:user/{}", self.account, call.user));
            record["userIdentity"]["userName"] = json!(call.user);
            record["eventTime"] = json!(rfc3339(call.at));
            record["eventSource"] = json!(call.source);
            record["eventName"] = json!(call.name);
            record["readOnly"] = json!(false);
            record["requestParameters"] = call.request.clone();
            if let (Some(bucket), Some(key)) = (
                call.request["bucketName"].as_str(),
                call.request["key"].as_str(),
            ) {
                record["readOnly"] = json!(call.name.starts_with("Get"));
                record["managementEvent"] = json!(false);
                record["eventCategory"] = json!("Data");
                let bytes = 5_314 + 97 * key.len();
                let (taken, handed) = match call.name {
                    "GetObject" => (0, bytes),
                    "PutObject" => (bytes, 0),
                    _ => (0, 0),
                };
                record["additionalEventData"] =
                    json!({ "bytesTransferredIn": taken, "bytesTransferredOut": handed });
                record["resources"] = json!([
                    { "type": "AWS::S3::Object", "ARN": format!("arn:aws:s3:::{bucket}/{key}") },
                    { "type": "AWS::S3::Bucket", "ARN": format!("arn:aws:s3:::{bucket}"), "accountId": self.account },
                ]);
            }
            let _ = write!(text, ",{record}");
        }
        text.push_str("]}");
        text.into_bytes()
    }

    fn record(&self, delivered: i64, at: usize, number: usize) -> Value {
        let id =
            sha256(format!("{}{}{delivered}{at}-{number}", self.account, self.region).as_bytes());
        let (name, source, read_only) = CALLS[usize::from(id.as_bytes()[0]) % CALLS.len()];
        let user = USERS[usize::from(id.as_bytes()[1]) % USERS.len()];
        json!({
            "eventVersion": "1.11",
            "userIdentity": {
                "type": "IAMUser",
                "principalId": format!("AIDAEXAMPLE{}", &id[..10].to_uppercase()),
                "arn": format!("arn:aws:iam::{}:user/{user}", self.account),
                "accountId": self.account,
                "accessKeyId": format!("AKIAEXAMPLE{}", &id[10..19].to_uppercase()),
                "userName": user,
            },
            "eventTime": rfc3339(delivered - 300 + number as i64 % 240),
            "eventSource": source,
            "eventName": name,
            "awsRegion": self.region,
            "sourceIPAddress": format!("203.0.113.{}", id.as_bytes()[2]),
            "userAgent": "aws-cli/2.31.0 md/awscrt#0.27.6 ua/2.1 os/linux#6.8 md/arch#x86_64 lang/python#3.13.7",
            "requestParameters": { "name": format!("resource-{}", &id[20..28]), "token": &id[28..60] },
            "responseElements": null,
            "requestID": uuid(&id[..32]),
            "eventID": uuid(&id[32..]),
            "readOnly": read_only,
            "eventType": "AwsApiCall",
            "managementEvent": true,
            "recipientAccountId": self.account,
            "eventCategory": "Management",
        })
    }
}

const CALLS: [(&str, &str, bool); 8] = [
    ("DescribeInstances", "ec2.amazonaws.com", true),
    ("RunInstances", "ec2.amazonaws.com", false),
    ("AssumeRole", "sts.amazonaws.com", true),
    ("CreateUser", "iam.amazonaws.com", false),
    ("GetBucketPolicy", "s3.amazonaws.com", true),
    ("PutBucketPolicy", "s3.amazonaws.com", false),
    ("Decrypt", "kms.amazonaws.com", true),
    ("LookupEvents", "cloudtrail.amazonaws.com", true),
];

const USERS: [&str; 4] = ["alice", "bob", "deploy", "auditor"];

/// The output of `aws s3api head-object` for a backfill digest.
pub(super) fn head_backfill(signature: &str, generated: i64) -> Vec<u8> {
    let output = json!({
        "ContentType": "application/json",
        "Metadata": {
            "signature": signature,
            "signature-algorithm": "SHA256withRSA",
            "backfill-generation-timestamp": rfc3339(generated),
        },
    });
    serde_json::to_vec_pretty(&output).unwrap_or_default()
}

/// The output of `aws s3api head-object` for a digest.
pub(super) fn head_object(signature: &str) -> Vec<u8> {
    let output = json!({
        "AcceptRanges": "bytes",
        "ContentType": "application/json",
        "Metadata": { "signature": signature, "signature-algorithm": "SHA256withRSA" },
    });
    serde_json::to_vec_pretty(&output).unwrap_or_default()
}

fn uuid(hex: &str) -> String {
    format!(
        "{}-{}-{}-{}-{}",
        &hex[..8],
        &hex[8..12],
        &hex[12..16],
        &hex[16..20],
        &hex[20..32]
    )
}

fn utc(at: i64) -> OffsetDateTime {
    OffsetDateTime::from_unix_timestamp(at).unwrap_or(OffsetDateTime::UNIX_EPOCH)
}

/// `2026-03-01T00:00:00Z`.
pub(super) fn rfc3339(at: i64) -> String {
    let t = utc(at);
    format!(
        "{}-{:02}-{:02}T{:02}:{:02}:{:02}Z",
        t.year(),
        u8::from(t.month()),
        t.day(),
        t.hour(),
        t.minute(),
        t.second()
    )
}

fn stamp(at: i64, seconds: bool) -> String {
    let t = utc(at);
    let tail = if seconds {
        format!("{:02}", t.second())
    } else {
        String::new()
    };
    format!(
        "{}{:02}{:02}T{:02}{:02}{tail}Z",
        t.year(),
        u8::from(t.month()),
        t.day(),
        t.hour(),
        t.minute()
    )
}
