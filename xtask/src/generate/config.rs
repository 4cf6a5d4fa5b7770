//! What AWS Config leaves behind: a snapshot, history files, a message of the stream, CLI outputs. The demo's
//! tells a story with its trail: a security group opened to the world and closed again, a bucket that lost its
//! encryption, a volume deleted, a recorder stopped for two hours.

use anyhow::Result;
use serde_json::{Value, json};

use super::files::{Files, gzip};
use super::key::Signer;
use super::secrets;
use super::sns::{self, Topic};
use super::trail::{Call, HOUR, START, rfc3339};

const ACCOUNT: &str = "111122223333";
const REGION: &str = "us-east-1";
const BUCKET: &str = "example-config-bucket";
/// The groups, buckets and volumes of the story.
pub(super) const GROUP: &str = "sg-0a1b2c3d4e5f60718";
pub(super) const PAYROLL: &str = "example-payroll";
const VOLUME: &str = "vol-0f1e2d3c4b5a69788";

/// Minutes after the story's beginning.
pub(super) fn at(hour: i64, minute: i64) -> i64 {
    START + hour * HOUR + minute * 60
}

/// The calls behind the changes; each is in the trail's log of its hour.
pub(super) fn calls() -> Vec<Call> {
    let call = Call::new;
    let open = json!({ "groupId": GROUP, "ipPermissions": { "items": [{ "ipProtocol": "tcp", "fromPort": 22, "toPort": 22, "ipRanges": { "items": [{ "cidrIp": "0.0.0.0/0" }] } }] } });
    vec![
        call(
            at(8, 6),
            "bob",
            "ec2.amazonaws.com",
            "AuthorizeSecurityGroupIngress",
            open.clone(),
        ),
        call(
            at(11, 3),
            "deploy",
            "s3.amazonaws.com",
            "DeleteBucketEncryption",
            json!({ "bucketName": PAYROLL }),
        ),
        call(
            at(13, 5),
            "deploy",
            "s3.amazonaws.com",
            "GetObject",
            json!({ "bucketName": PAYROLL, "key": "exports/customers.csv" }),
        ),
        call(
            at(13, 7),
            "bob",
            "s3.amazonaws.com",
            "GetObject",
            json!({ "bucketName": PAYROLL, "key": "exports/customers.csv" }),
        ),
        call(
            at(13, 8),
            "bob",
            "s3.amazonaws.com",
            "PutObject",
            json!({ "bucketName": PAYROLL, "key": "deploy/config.env" }),
        ),
        call(
            at(26, 9),
            "auditor",
            "ec2.amazonaws.com",
            "RevokeSecurityGroupIngress",
            open,
        ),
        call(
            at(27, 5),
            "deploy",
            "ec2.amazonaws.com",
            "DeleteVolume",
            json!({ "volumeId": VOLUME }),
        ),
        call(
            at(30, 4),
            "bob",
            "config.amazonaws.com",
            "StopConfigurationRecorder",
            json!({ "configurationRecorderName": "default" }),
        ),
        call(
            at(32, 4),
            "auditor",
            "config.amazonaws.com",
            "StartConfigurationRecorder",
            json!({ "configurationRecorderName": "default" }),
        ),
    ]
}

/// A resource at a moment.
struct Thing<'t> {
    kind: &'t str,
    id: &'t str,
    arn: String,
    configuration: Value,
    supplementary: Value,
    relations: Vec<(&'t str, &'t str, String)>,
    tags: Value,
}

impl Thing<'_> {
    fn item(&self, at: i64, status: &str) -> Value {
        let relations: Vec<Value> = self
            .relations
            .iter()
            .map(|(name, kind, id)| json!({ "resourceType": kind, "resourceId": id, "name": name }))
            .collect();
        let gone = status == "ResourceDeleted";
        json!({
            "relatedEvents": [], "relationships": if gone { json!([]) } else { json!(relations) },
            "configuration": if gone { Value::Null } else { self.configuration.clone() },
            "supplementaryConfiguration": if gone { json!({}) } else { self.supplementary.clone() },
            "tags": if gone { json!({}) } else { self.tags.clone() },
            "configurationItemVersion": "1.3", "configurationItemCaptureTime": rfc3339(at).replace('Z', ".118Z"),
            "configurationStateId": at * 1_000 + 118, "awsAccountId": ACCOUNT, "configurationItemStatus": status,
            "resourceType": self.kind, "resourceId": self.id, "resourceName": self.id, "ARN": self.arn,
            "awsRegion": REGION, "availabilityZone": "Not Applicable", "configurationStateMd5Hash": "",
            "resourceCreationTime": rfc3339(START - 40 * 24 * HOUR),
        })
    }
}

fn bucket<'t>(name: &'t str, encrypted: bool, owner: &str) -> Thing<'t> {
    let algorithm = json!({ "rules": [{ "applyServerSideEncryptionByDefault": { "sseAlgorithm": "AES256", "kmsMasterKeyID": null }, "bucketKeyEnabled": false }] });
    let mut supplementary = json!({
        "AccessControlList": "{\"grantSet\":null,\"grantList\":[{\"grantee\":{\"id\":\"8ac8\",\"displayName\":null},\"permission\":\"FullControl\"}],\"owner\":{\"displayName\":null,\"id\":\"8ac8\"},\"isRequesterCharged\":false}",
        "BucketLoggingConfiguration": { "destinationBucketName": null, "logFilePrefix": null },
        "BucketPolicy": { "policyText": null },
        "BucketVersioningConfiguration": { "status": "Enabled", "isMfaDeleteEnabled": null },
        "PublicAccessBlockConfiguration": { "blockPublicAcls": true, "ignorePublicAcls": true, "blockPublicPolicy": true, "restrictPublicBuckets": true },
    });
    if encrypted {
        supplementary["ServerSideEncryptionConfiguration"] = algorithm;
    }
    Thing {
        kind: "AWS::S3::Bucket",
        id: name,
        arn: format!("arn:aws:s3:::{name}"),
        configuration: json!({ "name": name, "owner": { "displayName": null, "id": "8ac8" }, "creationDate": rfc3339(START - 40 * 24 * HOUR) }),
        supplementary,
        relations: Vec::new(),
        tags: json!({ "owner": owner }),
    }
}

fn group(open: bool) -> Thing<'static> {
    let world = json!({ "ipProtocol": "tcp", "fromPort": 22, "toPort": 22, "userIdGroupPairs": [], "ipRanges": ["0.0.0.0/0"], "prefixListIds": [] });
    Thing {
        kind: "AWS::EC2::SecurityGroup",
        id: GROUP,
        arn: format!("arn:aws:ec2:{REGION}:{ACCOUNT}:security-group/{GROUP}"),
        configuration: json!({ "groupId": GROUP, "groupName": "web", "description": "web servers", "vpcId": "vpc-01",
            "ipPermissions": if open { vec![world] } else { Vec::new() } }),
        supplementary: json!({}),
        relations: vec![
            ("Is contained in Vpc", "AWS::EC2::VPC", "vpc-01".to_owned()),
            (
                "Is associated with Instance",
                "AWS::EC2::Instance",
                "i-0123".to_owned(),
            ),
        ],
        tags: json!({ "owner": "web" }),
    }
}

fn ec2<'t>(
    kind: &'t str,
    id: &'t str,
    configuration: Value,
    relations: Vec<(&'t str, &'t str, &str)>,
) -> Thing<'t> {
    let word = kind.rsplit("::").next().unwrap_or_default().to_lowercase();
    Thing {
        kind,
        id,
        arn: format!("arn:aws:ec2:{REGION}:{ACCOUNT}:{word}/{id}"),
        configuration,
        supplementary: json!({}),
        relations: relations
            .into_iter()
            .map(|(name, kind, id)| (name, kind, id.to_owned()))
            .collect(),
        tags: json!({ "owner": "web" }),
    }
}

fn volume() -> Thing<'static> {
    ec2(
        "AWS::EC2::Volume",
        VOLUME,
        json!({ "volumeId": VOLUME, "size": 100, "encrypted": false, "state": { "value": "in-use" } }),
        vec![("Is attached to Instance", "AWS::EC2::Instance", "i-0123")],
    )
}

fn task() -> Thing<'static> {
    Thing {
        kind: "AWS::ECS::TaskDefinition",
        id: "notify",
        arn: format!("arn:aws:ecs:{REGION}:{ACCOUNT}:task-definition/notify:3"),
        configuration: json!({ "Family": "notify", "NetworkMode": "awsvpc", "ContainerDefinitions": secrets::containers() }),
        supplementary: json!({}),
        relations: Vec::new(),
        tags: json!({ "owner": "web" }),
    }
}

fn recorder(recording: bool) -> Thing<'static> {
    Thing {
        kind: "AWS::Config::ConfigurationRecorder",
        id: "default",
        arn: format!("arn:aws:config:{REGION}:{ACCOUNT}:configuration-recorder/default"),
        configuration: json!({ "Id": "default", "Name": "default", "RoleARN": format!("arn:aws:iam::{ACCOUNT}:role/config"), "Recording": recording,
            "RecordingGroup": { "AllSupported": true, "IncludeGlobalResourceTypes": true, "ResourceTypes": [], "RecordingStrategy": { "UseOnly": "ALL_SUPPORTED_RESOURCE_TYPES" } },
            "RecordingMode": { "RecordingFrequency": "CONTINUOUS" } }),
        supplementary: json!({}),
        relations: Vec::new(),
        tags: json!({}),
    }
}

/// AWS's result of a rule on a bucket.
fn result(name: &str, when: i64, met: bool) -> Value {
    let word = if met { "COMPLIANT" } else { "NON_COMPLIANT" };
    let id = format!("AWS::S3::Bucket/{name}");
    let rule = "s3-bucket-server-side-encryption-enabled";
    Thing {
        kind: "AWS::Config::ResourceCompliance",
        id: &id,
        arn: String::new(),
        configuration: json!({ "complianceType": word, "targetResourceId": name, "targetResourceType": "AWS::S3::Bucket",
            "configRuleList": [{ "configRuleArn": format!("arn:aws:config:{REGION}:{ACCOUNT}:config-rule/config-rule-sse001"), "configRuleId": "config-rule-sse001", "configRuleName": rule, "complianceType": word }] }),
        supplementary: json!({}),
        relations: vec![("Is associated with ", "AWS::S3::Bucket", name.to_owned())],
        tags: json!({}),
    }
    .item(when, "OK")
}

/// Buckets of the demo, and whether they are encrypted in the beginning.
const BUCKETS: [(&str, bool, &str); 12] = [
    ("example-artifacts", false, "build"),
    ("example-backups", false, "ops"),
    ("example-billing", true, "finance"),
    ("example-config-bucket", true, "audit"),
    ("example-exports", false, "data"),
    ("example-invoices", false, "finance"),
    ("example-logs", false, "ops"),
    ("example-media", false, "web"),
    ("example-payroll", true, "finance"),
    ("example-reports", false, "data"),
    ("example-trail-bucket", true, "audit"),
    ("example-uploads", true, "web"),
];

fn folder(kind: &str, when: i64) -> String {
    let day = rfc3339(when);
    let number = |text: &str| text.trim_start_matches('0').to_owned();
    format!(
        "AWSLogs/{ACCOUNT}/Config/{REGION}/{}/{}/{}/{kind}",
        &day[..4],
        number(&day[5..7]),
        number(&day[8..10])
    )
}

fn stamp(when: i64) -> String {
    rfc3339(when).replace(['-', ':'], "")
}

/// Adds the demo's files of AWS Config.
pub(super) fn add(files: &mut Files) -> Result<()> {
    let signer = Signer::of(3)?;
    let topic = Topic {
        signer: &signer,
        region: REGION,
        account: ACCOUNT,
    };
    let instance = ec2(
        "AWS::EC2::Instance",
        "i-0123",
        json!({ "instanceId": "i-0123", "instanceType": "t3.micro", "state": { "code": 16, "name": "running" }, "subnetId": "subnet-01", "vpcId": "vpc-01" }),
        vec![
            ("Is contained in Subnet", "AWS::EC2::Subnet", "subnet-01"),
            ("Is contained in Vpc", "AWS::EC2::VPC", "vpc-01"),
            (
                "Is associated with SecurityGroup",
                "AWS::EC2::SecurityGroup",
                GROUP,
            ),
            ("Is attached to Volume", "AWS::EC2::Volume", VOLUME),
            (
                "Contains NetworkInterface",
                "AWS::EC2::NetworkInterface",
                "eni-0456",
            ),
        ],
    );
    let vpc = ec2(
        "AWS::EC2::VPC",
        "vpc-01",
        json!({ "vpcId": "vpc-01", "cidrBlock": "10.0.0.0/16" }),
        vec![],
    );
    let subnet = ec2(
        "AWS::EC2::Subnet",
        "subnet-01",
        json!({ "subnetId": "subnet-01", "vpcId": "vpc-01" }),
        vec![("Is contained in Vpc", "AWS::EC2::VPC", "vpc-01")],
    );
    let begun = at(1, 0);
    let mut all: Vec<Value> = [
        &instance,
        &vpc,
        &subnet,
        &group(false),
        &volume(),
        &recorder(true),
    ]
    .map(|thing| thing.item(begun, "ResourceDiscovered"))
    .into();
    all.extend(
        BUCKETS
            .iter()
            .map(|(name, encrypted, owner)| bucket(name, *encrypted, owner).item(begun, "OK")),
    );
    all.extend(
        BUCKETS
            .iter()
            .map(|(name, encrypted, _)| result(name, begun, *encrypted)),
    );
    let id = "5f3c1c2e-7a54-4d1f-9a3e-2f1f0a6b7c8d";
    let snapshot =
        json!({ "fileVersion": "1.0", "configSnapshotId": id, "configurationItems": all });
    let name = format!(
        "{}/{ACCOUNT}_Config_{REGION}_ConfigSnapshot_{}_{id}.json.gz",
        folder("ConfigSnapshot", begun),
        stamp(begun)
    );
    files.insert(name, gzip(snapshot.to_string().as_bytes())?);

    let payroll = |encrypted| bucket(PAYROLL, encrypted, "finance");
    for (kind, items) in [
        (
            "AWS::EC2::SecurityGroup",
            vec![
                (at(8, 8), group(true).item(at(8, 8), "OK")),
                (at(26, 11), group(false).item(at(26, 11), "OK")),
            ],
        ),
        (
            "AWS::S3::Bucket",
            vec![(at(11, 5), payroll(false).item(at(11, 5), "OK"))],
        ),
        (
            "AWS::EC2::Volume",
            vec![(at(27, 7), volume().item(at(27, 7), "ResourceDeleted"))],
        ),
        (
            "AWS::Config::ConfigurationRecorder",
            vec![
                (at(30, 5), recorder(false).item(at(30, 5), "OK")),
                (at(32, 5), recorder(true).item(at(32, 5), "OK")),
            ],
        ),
        (
            "AWS::ECS::TaskDefinition",
            vec![(at(16, 8), task().item(at(16, 8), "ResourceDiscovered"))],
        ),
        (
            "AWS::Config::ResourceCompliance",
            vec![(at(11, 9), result(PAYROLL, at(11, 9), false))],
        ),
    ] {
        for (number, (when, item)) in items.into_iter().enumerate() {
            files.insert(
                history_name(kind, when, number),
                gzip(
                    json!({ "fileVersion": "1.0", "configurationItems": [item] })
                        .to_string()
                        .as_bytes(),
                )?,
            );
        }
    }
    files.insert("describe-trails.json".to_owned(), trails());
    files.insert(
        "get-bucket-policy-example-trail-bucket.json".to_owned(),
        bucket_policy(),
    );
    files.insert("config-stream.json".to_owned(), messages(&topic)?);
    files.insert(sns::CERTIFICATE.to_owned(), topic.certificate(30)?);
    files.insert(
        "configuration-recorders-us-east-1.json".to_owned(),
        recorders(),
    );
    Ok(())
}

fn history_name(kind: &str, when: i64, number: usize) -> String {
    format!(
        "{}/{ACCOUNT}_Config_{REGION}_ConfigHistory_{kind}_{}_{}_{number}.json.gz",
        folder("ConfigHistory", when),
        stamp(when),
        stamp(when)
    )
    .replace("::", "__")
}

/// The stream's message of the opened group, in its SNS envelope; one that announces a file which is not there; AWS's
/// result of a rule; and one that was edited after Amazon SNS had signed it.
fn messages(topic: &Topic<'_>) -> Result<Vec<u8>> {
    let open = group(true).item(at(8, 8), "OK");
    let change = json!({
        "configurationItemDiff": { "changedProperties": { "Configuration.IpPermissions.0": { "previousValue": null, "updatedValue": open["configuration"]["ipPermissions"][0], "changeType": "CREATE" } }, "changeType": "UPDATE" },
        "configurationItem": open, "notificationCreationTime": rfc3339(at(8, 9)), "messageType": "ConfigurationItemChangeNotification", "recordVersion": "1.3",
    });
    let key = format!(
        "{}/{ACCOUNT}_Config_{REGION}_ConfigHistory_AWS::EC2::Instance_{}_{}_1.json.gz",
        folder("ConfigHistory", at(33, 0)),
        stamp(at(33, 0)),
        stamp(at(33, 0))
    );
    // AWS's record of the opened group, which was never told to be closed again.
    let result = |word: &str| json!({ "complianceType": word, "resultRecordedTime": rfc3339(at(8, 12)), "configRuleInvokedTime": rfc3339(at(8, 12)) });
    let failed = json!({ "awsAccountId": ACCOUNT, "configRuleName": "restricted-ssh", "configRuleARN": format!("arn:aws:config:{REGION}:{ACCOUNT}:config-rule/config-rule-ssh001"),
        "resourceType": "AWS::EC2::SecurityGroup", "resourceId": GROUP, "awsRegion": REGION, "newEvaluationResult": result("NON_COMPLIANT"), "oldEvaluationResult": result("COMPLIANT"),
        "notificationCreationTime": rfc3339(at(8, 13)), "messageType": "ComplianceChangeNotification", "recordVersion": "1.0" });
    let delivered = json!({ "s3ObjectKey": key, "s3Bucket": BUCKET, "notificationCreationTime": rfc3339(at(33, 1)), "messageType": "ConfigurationHistoryDeliveryCompleted", "recordVersion": "1.1" });
    let started = |id: &str| json!({ "configSnapshotId": id, "notificationCreationTime": rfc3339(at(1, 0)), "messageType": "ConfigurationSnapshotDeliveryStarted", "recordVersion": "1.1" });
    let mut edited = topic.envelope(
        4,
        at(1, 0),
        &started("0c9e7a52-2b4e-4a7c-9f0d-6f1f3a6d2e11"),
        2,
    )?;
    edited["Message"] = json!(started("5f3c1c2e-7a54-4d1f-9a3e-2f1f0a6b7c8d").to_string());
    let all = [
        topic.envelope(1, at(8, 9), &change, 1)?,
        topic.envelope(2, at(33, 1), &delivered, 1)?,
        topic.envelope(3, at(8, 13), &failed, 2)?,
        edited,
    ];
    Ok(all
        .iter()
        .map(|envelope| format!("{envelope}\n"))
        .collect::<String>()
        .into_bytes())
}

fn trails() -> Vec<u8> {
    let trail = json!({ "Name": "management-events", "S3BucketName": "example-trail-bucket", "IncludeGlobalServiceEvents": true, "IsMultiRegionTrail": true, "HomeRegion": REGION,
        "TrailARN": format!("arn:aws:cloudtrail:{REGION}:{ACCOUNT}:trail/management-events"), "LogFileValidationEnabled": true, "IsOrganizationTrail": false });
    json!({ "trailList": [trail] }).to_string().into_bytes()
}

fn bucket_policy() -> Vec<u8> {
    let allow = |principal: Value, action: &str, resource: &str| json!({ "Effect": "Allow", "Principal": principal, "Action": action, "Resource": resource });
    let policy = json!({ "Version": "2012-10-17", "Statement": [
        allow(json!({ "Service": "cloudtrail.amazonaws.com" }), "s3:GetBucketAcl", "arn:aws:s3:::example-trail-bucket"),
        allow(json!({ "Service": "cloudtrail.amazonaws.com" }), "s3:PutObject", "arn:aws:s3:::example-trail-bucket/AWSLogs/*"),
        allow(json!({ "AWS": "arn:aws:iam::444455556666:root" }), "s3:GetObject", "arn:aws:s3:::example-trail-bucket/*"),
    ] });
    json!({ "Policy": policy.to_string() })
        .to_string()
        .into_bytes()
}

fn recorders() -> Vec<u8> {
    let output = json!({ "ConfigurationRecorders": [{ "name": "default", "roleARN": format!("arn:aws:iam::{ACCOUNT}:role/config"), "recordingGroup": { "allSupported": true, "includeGlobalResourceTypes": true, "resourceTypes": [] } }] });
    let status = json!({ "ConfigurationRecordersStatus": [{ "name": "default", "recording": true, "lastStartTime": rfc3339(at(32, 4)), "lastStopTime": rfc3339(at(30, 4)), "lastStatus": "SUCCESS" }] });
    format!("{output}\n{status}\n").into_bytes()
}
