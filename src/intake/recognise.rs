//! What a file is, from its content; its name only breaks ties.

use crate::cloudtrail::{ObjectName, metadata};
use crate::config;
use crate::evidence::Kind;
use crate::evidence::outline::Outline;

/// Which JSON texts are of a kind: one row a form, the first that fits decides.
struct Form {
    kind: Kind,
    /// `{` or `[`.
    opens: u8,
    /// Keys that must all stand at the top.
    all: &'static [&'static str],
    /// Keys of which one must stand at the top, unless there are none here.
    any: &'static [&'static str],
    /// Keys of which one must stand in the first object below, unless there are none here.
    inner: &'static [&'static str],
    /// Whether no other key may stand at the top.
    alone: bool,
}

const fn alone(kind: Kind, all: &'static [&'static str]) -> Form {
    Form {
        kind,
        opens: b'{',
        all,
        any: &[],
        inner: &[],
        alone: true,
    }
}

const fn object(kind: Kind, all: &'static [&'static str], any: &'static [&'static str]) -> Form {
    Form {
        kind,
        opens: b'{',
        all,
        any,
        inner: &[],
        alone: false,
    }
}

const fn holding(kind: Kind, all: &'static [&'static str], inner: &'static [&'static str]) -> Form {
    Form {
        kind,
        opens: b'{',
        all,
        any: &[],
        inner,
        alone: false,
    }
}

const fn list(kind: Kind, any: &'static [&'static str]) -> Form {
    Form {
        kind,
        opens: b'[',
        all: &[],
        any,
        inner: &[],
        alone: false,
    }
}

/// The forms of AWS's files and of the AWS CLI's outputs.
const FORMS: &[Form] = &[
    object(
        Kind::CloudtrailDigest,
        &["digestS3Object"],
        &["digestEndTime", "digestS3Bucket"],
    ),
    object(
        Kind::CloudtrailPublicKeys,
        &[],
        &["PublicKeyList", "publicKeyList"],
    ),
    object(Kind::CloudtrailLakeSign, &["hashSignature", "files"], &[]),
    holding(Kind::CloudtrailInsight, &["Records"], &["insightDetails"]),
    holding(
        Kind::Object,
        &["Records"],
        &["s3", "Sns", "kinesis", "dynamodb"],
    ),
    object(Kind::CloudtrailLog, &["Records"], &[]),
    holding(Kind::CloudtrailEvents, &["Events"], &["CloudTrailEvent"]),
    object(Kind::CloudtrailEvents, &["eventSource", "eventName"], &[]),
    list(
        Kind::CloudtrailEvents,
        &["eventSource", "eventName", "eventVersion", "insightDetails"],
    ),
    object(
        Kind::CloudtrailEvents,
        &["insightDetails"],
        &["eventID", "eventCategory", "sharedEventID"],
    ),
    Form {
        opens: b'[',
        ..holding(
            Kind::CloudtrailEvents,
            &["detail-type", "detail"],
            &["eventSource", "eventName", "insightDetails"],
        )
    },
    holding(
        Kind::CloudtrailEvents,
        &["detail-type", "detail"],
        &["eventSource", "eventName"],
    ),
    object(Kind::CloudtrailTrail, &["IsLogging"], &[]),
    object(
        Kind::CloudtrailTrail,
        &[],
        &[
            "trailList",
            "Trail",
            "EventSelectors",
            "AdvancedEventSelectors",
            "InsightSelectors",
        ],
    ),
    holding(Kind::CloudtrailTrail, &["Regions"], &["RegionName"]),
    holding(
        Kind::CloudtrailTrail,
        &["Accounts"],
        &["Id", "JoinedMethod"],
    ),
    object(Kind::KmsKey, &[], &["KeyMetadata"]),
    object(Kind::KmsKey, &["Policy", "PolicyName"], &[]),
    alone(Kind::S3Bucket, &["Policy"]),
    alone(Kind::S3Bucket, &["Status"]),
    holding(Kind::KmsKey, &["Grants"], &["GrantId", "GranteePrincipal"]),
    object(
        Kind::S3Bucket,
        &[],
        &[
            "ServerSideEncryptionConfiguration",
            "PublicAccessBlockConfiguration",
            "PolicyStatus",
            "ObjectLockConfiguration",
        ],
    ),
    holding(Kind::S3Bucket, &["Contents"], &["Key", "StorageClass"]),
    object(Kind::S3Bucket, &["Grants", "Owner"], &[]),
    object(Kind::S3Bucket, &["Status"], &["MFADelete"]),
    object(
        Kind::ConfigStream,
        &["messageType"],
        &[
            "configurationItem",
            "configurationItemSummary",
            "notificationCreationTime",
            "recordVersion",
        ],
    ),
    object(Kind::ConfigStream, &["invokingEvent"], &[]),
    object(
        Kind::ConfigStream,
        &["Type", "Message"],
        &["TopicArn", "MessageId"],
    ),
    holding(
        Kind::ConfigStream,
        &["detail-type", "detail"],
        &["messageType", "configurationItem", "newEvaluationResult"],
    ),
    object(
        Kind::ConfigSnapshot,
        &["configurationItems", "configSnapshotId"],
        &[],
    ),
    object(
        Kind::ConfigHistory,
        &["configurationItems", "fileVersion"],
        &[],
    ),
    object(
        Kind::ConfigItems,
        &[],
        &[
            "configurationItems",
            "baseConfigurationItems",
            "BaseConfigurationItems",
            "resourceIdentifiers",
            "resourceCounts",
        ],
    ),
    object(Kind::ConfigItems, &["Results", "QueryInfo"], &[]),
    object(
        Kind::ConfigItems,
        &["configurationItemStatus", "resourceType"],
        &[],
    ),
    list(
        Kind::ConfigItems,
        &["configurationItemStatus", "configurationItemCaptureTime"],
    ),
    object(
        Kind::ConfigCompliance,
        &[],
        &[
            "EvaluationResults",
            "ComplianceByConfigRules",
            "ComplianceByResources",
            "AggregateComplianceByConfigRules",
            "AggregateEvaluationResults",
            "ConformancePackRuleComplianceList",
            "ConformancePackRuleEvaluationResults",
            "ConformancePackComplianceSummaryList",
        ],
    ),
    object(
        Kind::ConfigRules,
        &[],
        &[
            "ConfigRules",
            "ConfigRulesEvaluationStatus",
            "RemediationConfigurations",
            "RemediationExecutionStatuses",
            "RemediationExceptions",
        ],
    ),
    object(
        Kind::ConfigRecorder,
        &[],
        &[
            "ConfigurationRecorders",
            "ConfigurationRecordersStatus",
            "DeliveryChannels",
            "DeliveryChannelsStatus",
        ],
    ),
    // What is handed to put-delivery-channel, and what deliver-config-snapshot prints.
    object(
        Kind::ConfigRecorder,
        &["name", "s3BucketName"],
        &["snsTopicARN", "configSnapshotDeliveryProperties"],
    ),
    alone(Kind::ConfigRecorder, &["configSnapshotId"]),
    object(Kind::ArtifactReport, &[], &["reportDetails"]),
    holding(
        Kind::ArtifactReport,
        &["reports"],
        &["series", "periodStart", "acceptanceType"],
    ),
    object(Kind::ArtifactAgreement, &[], &["customerAgreements"]),
    object(Kind::Collection, &["schema", "commands"], &["caller"]),
    object(Kind::ExhibitCase, &["schema", "settings"], &[]),
    object(
        Kind::ExhibitReport,
        &["schema", "generatedAt", "evidence"],
        &[],
    ),
    object(Kind::S3ObjectMetadata, &["Metadata"], &[]),
    object(
        Kind::S3ObjectMetadata,
        &["ObjectSize"],
        &["Checksum", "ETag", "ObjectParts"],
    ),
    // What `head-object --query Metadata` prints.
    object(
        Kind::S3ObjectMetadata,
        &["signature", "signature-algorithm"],
        &[],
    ),
    list(Kind::S3ObjectMetadata, &["Metadata", "signature-algorithm"]),
];

/// What the beginning of a text says it is.
pub(super) fn by_content(text: &[u8]) -> Option<Kind> {
    let outline = Outline::of(text);
    if outline.opens == 0 {
        return by_words(text);
    }
    if outline
        .keys
        .iter()
        .any(|key| key.to_ascii_lowercase().starts_with("x-amz-meta-"))
    {
        return Some(Kind::S3ObjectMetadata);
    }
    let fits = |form: &&Form| {
        form.opens == outline.opens
            && form.all.iter().all(|key| outline.has(key))
            && (form.any.is_empty() || form.any.iter().any(|key| outline.has(key)))
            && (!form.alone || outline.keys.len() == form.all.len())
            && (form.inner.is_empty() || form.inner.iter().any(|key| outline.holds(key)))
    };
    FORMS.iter().find(fits).map(|form| form.kind)
}

/// Texts that are no JSON: headers, signatures, YAML.
fn by_words(text: &[u8]) -> Option<Kind> {
    let head = &text[..text.len().min(64 << 10)];
    if metadata::is_text(&String::from_utf8_lossy(head)) {
        return Some(Kind::S3ObjectMetadata);
    }
    let head = String::from_utf8_lossy(head).to_lowercase();
    if head.contains("-----begin certificate-----")
        && std::str::from_utf8(text).is_ok_and(config::certificate::is_of_sns)
    {
        return Some(Kind::SnsCertificate);
    }
    let line = |start: &str| head.lines().any(|line| line.starts_with(start));
    let is_correlation = line("correlation:") && line("title:");
    if line("detection:") && line("logsource:") || is_correlation {
        return Some(Kind::SigmaRule);
    }
    if is_events_table(&head) {
        return Some(Kind::CloudtrailLakeResult);
    }
    if line("resources:") && head.contains("aws::config::configrule") {
        return Some(Kind::ConformancePack);
    }
    None
}

/// Whether the headings of a table, in small letters, are those of events: what CloudTrail Lake and Athena print of a
/// query that was saved under any name.
fn is_events_table(head: &str) -> bool {
    let headings = head
        .lines()
        .find(|line| !line.is_empty() && !line.starts_with('#'));
    let has = |name: &str| {
        let mut all = headings.into_iter().flat_map(|line| line.split(','));
        all.any(|heading| heading.trim_matches(['"', ' ', '\r', '\u{feff}']) == name)
    };
    has("eventname") && ["eventid", "eventtime", "eventsource"].into_iter().any(has)
}

/// What a name says, where the content does not: a damaged digest is still one that should be readable.
pub(super) fn by_name(path: &str) -> Option<Kind> {
    let file = path.rsplit(['/', '\\']).next().unwrap_or(path);
    if file == "ConfigWritabilityCheckFile" {
        return Some(Kind::Ignored);
    }
    // As Amazon SNS serves them.
    if file.starts_with("SimpleNotificationService-") && file.ends_with(".pem") {
        return Some(Kind::SnsCertificate);
    }
    let stem = file.strip_suffix(".gz").unwrap_or(file);
    let number = stem
        .strip_prefix("result_")
        .and_then(|rest| rest.strip_suffix(".csv"));
    if number.is_some_and(|number| {
        !number.is_empty() && number.bytes().all(|byte| byte.is_ascii_digit())
    }) {
        return Some(Kind::CloudtrailLakeResult);
    }
    match ObjectName::parse(path)? {
        ObjectName::Digest(_) => Some(Kind::CloudtrailDigest),
        ObjectName::Log(name) if name.insight => Some(Kind::CloudtrailInsight),
        ObjectName::Log(_) => Some(Kind::CloudtrailLog),
    }
}

/// The kind of a file: by content; a file that stands where a digest or log belongs is judged as one.
pub(super) fn kind(path: &str, text: &[u8]) -> Kind {
    // A marker is empty: nothing hides behind its name.
    let named = by_name(path).filter(|kind| *kind != Kind::Ignored || text.is_empty());
    match (by_content(text), named) {
        (_, Some(Kind::Ignored)) => Kind::Ignored,
        (_, Some(named @ Kind::CloudtrailDigest)) => named,
        (Some(Kind::CloudtrailInsight), _) => Kind::CloudtrailInsight,
        (_, Some(named @ (Kind::CloudtrailLog | Kind::CloudtrailInsight))) => named,
        (Some(found), _) => found,
        (None, Some(named)) => named,
        (None, None) => Kind::Object,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn content_decides_and_names_break_ties() {
        assert_eq!(
            kind("x.txt", br#"{"Records":[{"eventVersion":"1"}]}"#),
            Kind::CloudtrailLog
        );
        assert_eq!(kind("x.json", br#"{"Records":[{"s3":{}}]}"#), Kind::Object);
        assert_eq!(
            kind("x", br#"{"digestEndTime":"","digestS3Object":"k"}"#),
            Kind::CloudtrailDigest
        );
        assert_eq!(
            kind("x", br#"{"ETag":"","Metadata":{}}"#),
            Kind::S3ObjectMetadata
        );
        assert_eq!(
            kind("x", br#"[{"Path":"","Metadata":{}}]"#),
            Kind::S3ObjectMetadata
        );
        let of_query = br#"{"signature":"ab","signature-algorithm":"SHA256withRSA"}"#;
        assert_eq!(kind("x", of_query), Kind::S3ObjectMetadata);
        let quoted = format!("\"{}\"", "ab".repeat(256));
        assert_eq!(kind("x", quoted.as_bytes()), Kind::S3ObjectMetadata);
        assert_eq!(
            kind("a/result_1.csv.gz", b"eventTime,x"),
            Kind::CloudtrailLakeResult
        );
        assert_eq!(
            kind("x.yml", b"title: a\nlogsource:\n  x: y\ndetection:\n"),
            Kind::SigmaRule
        );
        for events in [
            &br#"[{"version":"0","detail-type":"AWS API Call via CloudTrail","detail":{"eventName":"A","eventSource":"b"}}]"#[..],
            br#"{"eventVersion":"1.07","eventID":"a","insightDetails":{"state":"Start"}}"#,
            br#"[{"insightDetails":{"state":"Start"}}]"#,
        ] {
            let name = String::from_utf8_lossy(events);
            assert_eq!(kind("x", events), Kind::CloudtrailEvents, "{name}");
        }
        let table = b"# Query: SELECT\neventID,\"eventName\",eventTime\na,B,c\n";
        assert_eq!(kind("saved.csv", table), Kind::CloudtrailLakeResult);
        let other = b"name,eventName in the calendar\na,b\n";
        assert_eq!(kind("saved.csv", other), Kind::Object);
        let digest =
            "111122223333_CloudTrail-Digest_eu-west-1_t_eu-west-1_20240101T000000Z.json.gz";
        assert_eq!(kind(digest, b"garbage"), Kind::CloudtrailDigest);
        assert_eq!(kind("x", b"garbage"), Kind::Object);
    }
}
