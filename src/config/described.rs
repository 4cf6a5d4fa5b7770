//! Outputs of the AWS CLI that say what was recorded: recorders, delivery channels, counts.

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::evidence::json;
use crate::moment::Moment;

use super::population::Counts;

/// One thing that an output describes. None of them names its account and region but by an ARN.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Described {
    /// From `describe-configuration-recorders`.
    Recorder(Recorder),
    /// From `describe-configuration-recorder-status`.
    Status(RecorderStatus),
    /// From `describe-delivery-channels`.
    Channel {
        /// `name`.
        name: String,
        /// `s3BucketName`.
        bucket: String,
    },
    /// From `describe-delivery-channel-status`, one for each of history, snapshot and stream.
    Delivery {
        /// `history`, `snapshot` or `stream`.
        what: String,
        /// Whether the last one succeeded.
        succeeded: bool,
        /// When, as far as it tells.
        at: Option<Moment>,
        /// Why it failed.
        error: String,
    },
    /// From `get-discovered-resource-counts` or `list-discovered-resources`.
    Counts(Counts),
}

/// A recorder as it is configured.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Recorder {
    /// `name`.
    pub name: String,
    /// `roleARN`, whose account is the recorder's.
    pub role: String,
    /// `arn`, where it tells one.
    pub arn: String,
    /// What it records, in words.
    pub scope: Scope,
    /// Whether a service keeps it for itself.
    pub is_linked: bool,
}

/// What a recorder records.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Scope {
    /// All supported types, but for the excluded ones.
    pub all: bool,
    /// Resources of no region too, IAM's for one.
    pub global: bool,
    /// Types recorded, where not all are.
    pub types: Vec<String>,
    /// Types left out.
    pub excluded: Vec<String>,
    /// `CONTINUOUS` or `DAILY`.
    pub frequency: String,
    /// Frequencies of some types that are others: `recordingModeOverrides`.
    pub overrides: Vec<(String, Vec<String>)>,
}

/// Types that `includeGlobalResourceTypes` is about (API reference, `RecordingGroup`).
pub(super) const GLOBAL: [&str; 4] = [
    "AWS::IAM::User",
    "AWS::IAM::Group",
    "AWS::IAM::Role",
    "AWS::IAM::Policy",
];

/// Whether a recorder runs.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct RecorderStatus {
    /// `name`.
    pub name: String,
    /// `recording`.
    pub recording: bool,
    /// `lastStartTime`.
    pub started: Option<Moment>,
    /// `lastStopTime`.
    pub stopped: Option<Moment>,
    /// Why its last delivery failed; empty where it did not.
    pub error: String,
    /// Whether a service keeps it for itself.
    pub is_linked: bool,
}

impl RecorderStatus {
    /// Since when it has run, or has not.
    pub fn since(&self) -> Option<Moment> {
        if self.recording {
            self.started
        } else {
            self.stopped
        }
    }
}

/// Whether a recorder is linked to a service (API reference, `ConfigurationRecorder`): it names that, and has a name that
/// AWS Config gave it.
pub(super) fn is_linked(name: &str, service: &str) -> bool {
    !service.is_empty() || name.starts_with("AWSConfigurationRecorderFor")
}

impl Scope {
    /// Reads `recordingGroup` and `recordingMode`, of outputs (`allSupported`) and of items (`AllSupported`).
    pub fn read(group: &Value, mode: &Value) -> Self {
        let list = |value: &Value| -> Vec<String> {
            let texts = value.as_array().into_iter().flatten();
            texts.filter_map(Value::as_str).map(str::to_owned).collect()
        };
        let excluded = get(group, "exclusionByResourceTypes");
        let strategy = get(get(group, "recordingStrategy"), "useOnly");
        let excluded = list(get(excluded, "resourceTypes"));
        let types = list(get(group, "resourceTypes"));
        let all = get(group, "allSupported")
            .as_bool()
            .unwrap_or(types.is_empty());
        let frequency = |mode: &Value| get(mode, "recordingFrequency").as_str().map(str::to_owned);
        let overrides = get(mode, "recordingModeOverrides").as_array();
        // With exclusions, global types are recorded unless they are among these (API reference, `RecordingStrategy`).
        let excludes = strategy.as_str() == Some("EXCLUSION_BY_RESOURCE_TYPES");
        Scope {
            all: all || excludes,
            global: excludes
                || get(group, "includeGlobalResourceTypes")
                    .as_bool()
                    .unwrap_or(true),
            types,
            excluded,
            frequency: frequency(mode).unwrap_or_else(|| "CONTINUOUS".to_owned()),
            overrides: overrides
                .into_iter()
                .flatten()
                .filter_map(|one| Some((frequency(one)?, list(get(one, "resourceTypes")))))
                .collect(),
        }
    }

    /// Whether a type is recorded.
    pub fn takes(&self, kind: &str) -> bool {
        let listed = |list: &[String]| list.iter().any(|one| one == kind);
        if self.all {
            !listed(&self.excluded) && (self.global || !GLOBAL.contains(&kind))
        } else {
            listed(&self.types)
        }
    }

    /// Whether resources of no region are recorded, each type of them.
    pub fn takes_global(&self) -> bool {
        GLOBAL.iter().all(|kind| self.takes(kind))
    }

    /// What is recorded, in words.
    pub fn words(&self) -> String {
        let mut words = if self.all {
            "all supported types".to_owned()
        } else {
            format!("only {}", self.types.join(", "))
        };
        if !self.excluded.is_empty() {
            words += &format!(", but not {}", self.excluded.join(", "));
        }
        if self.all && !self.global {
            words += ", without global types";
        }
        let often = |frequency: &str| match frequency {
            "DAILY" => "once a day".to_owned(),
            "CONTINUOUS" => "whenever they change".to_owned(),
            other => other.to_owned(),
        };
        if self.frequency != "CONTINUOUS" {
            words += &format!(", {}", often(&self.frequency));
        }
        for (frequency, types) in &self.overrides {
            words += &format!("; {} {}", types.join(", "), often(frequency));
        }
        words
    }
}

/// A field by its name, whatever the case of its first letter.
pub(super) fn get<'v>(value: &'v Value, name: &str) -> &'v Value {
    static NULL: Value = Value::Null;
    let fields = value.as_object().into_iter().flatten();
    let mut found = fields.filter(|(field, _)| field.eq_ignore_ascii_case(name));
    found.next().map_or(&NULL, |(_, value)| value)
}

/// Reads all descriptions out of an output.
pub(super) fn read(value: &Value, all: &mut Vec<Described>) {
    let list = |name: &str| get(value, name).as_array().into_iter().flatten();
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    for one in list("ConfigurationRecorders") {
        let name = text(get(one, "name"));
        all.push(Described::Recorder(Recorder {
            is_linked: is_linked(&name, &text(get(one, "servicePrincipal"))),
            name,
            role: text(get(one, "roleARN")),
            arn: text(get(one, "arn")),
            scope: Scope::read(get(one, "recordingGroup"), get(one, "recordingMode")),
        }));
    }
    for one in list("ConfigurationRecordersStatus") {
        let name = text(get(one, "name"));
        let Some(recording) = get(one, "recording").as_bool() else {
            continue;
        };
        all.push(Described::Status(RecorderStatus {
            is_linked: is_linked(&name, &text(get(one, "servicePrincipal"))),
            name,
            recording,
            started: json::moment(get(one, "lastStartTime")),
            stopped: json::moment(get(one, "lastStopTime")),
            error: failure(one).unwrap_or_default(),
        }));
    }
    let single = get(value, "s3BucketName").is_string().then_some(value);
    for one in list("DeliveryChannels").chain(single) {
        all.push(Described::Channel {
            name: text(get(one, "name")),
            bucket: text(get(one, "s3BucketName")),
        });
    }
    for one in list("DeliveryChannelsStatus") {
        for (what, field) in [
            ("history", "configHistoryDeliveryInfo"),
            ("snapshot", "configSnapshotDeliveryInfo"),
            ("stream", "configStreamDeliveryInfo"),
        ] {
            let info = get(one, field);
            // Where nothing is delivered, as to no topic, there is no status, or `Not_Applicable`.
            let failure = failure(info);
            let succeeded = has_status(info, "Success");
            if failure.is_none() && !succeeded {
                continue;
            }
            let times = [
                "lastSuccessfulTime",
                "lastStatusChangeTime",
                "lastAttemptTime",
            ];
            all.push(Described::Delivery {
                what: what.to_owned(),
                succeeded,
                at: times.iter().find_map(|name| json::moment(get(info, name))),
                error: failure.unwrap_or_default(),
            });
        }
    }
    let counts = Counts::listed(value).into_iter();
    all.extend(counts.chain(Counts::counted(value)).map(Described::Counts));
}

/// Whether `lastStatus` is this one: the CLI prints SUCCESS where the API's model says Success.
fn has_status(info: &Value, name: &str) -> bool {
    let status = get(info, "lastStatus").as_str();
    status.is_some_and(|status| status.eq_ignore_ascii_case(name))
}

/// What went wrong last, where `lastStatus` says that it did: code and message are those of the last failure, and stay when
/// the next attempt succeeds (API reference).
fn failure(info: &Value) -> Option<String> {
    if !has_status(info, "Failure") {
        return None;
    }
    let texts = ["lastErrorCode", "lastErrorMessage"].map(|name| get(info, name).as_str());
    let texts: Vec<&str> = texts.into_iter().flatten().collect();
    Some(if texts.is_empty() {
        "without a reason".to_owned()
    } else {
        texts.join(" ")
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn described(text: &str) -> Vec<Described> {
        super::super::read::recorder(text.as_bytes())
            .config
            .described
    }

    #[test]
    fn reads_each_output() {
        let text = r#"{"ConfigurationRecorders":[{"name":"default","roleARN":"arn:aws:iam::1:role/r","recordingGroup":{"allSupported":true,"includeGlobalResourceTypes":false,"resourceTypes":[]},"recordingMode":{"recordingFrequency":"DAILY"}}]}
            {"ConfigurationRecordersStatus":[{"name":"default","recording":false,"lastStopTime":1700000000.5,"lastStatus":"SUCCESS"}]}
            {"DeliveryChannelsStatus":[{"name":"default","configHistoryDeliveryInfo":{"lastStatus":"FAILURE","lastErrorMessage":"denied"},"configStreamDeliveryInfo":{"lastStatus":"SUCCESS","lastStatusChangeTime":1}}]}
            {"totalDiscoveredResources":3,"resourceCounts":[{"resourceType":"AWS::EC2::Instance","count":2}]}
            {"name":"default","s3BucketName":"b"}"#;
        let all = described(text);
        let [
            Described::Recorder(recorder),
            Described::Status(status),
            Described::Delivery {
                succeeded: false, ..
            },
            Described::Delivery {
                succeeded: true, ..
            },
            Described::Counts(counts),
            Described::Channel { .. },
        ] = &all[..]
        else {
            panic!("{all:?}");
        };
        assert_eq!(
            recorder.scope.words(),
            "all supported types, without global types, once a day"
        );
        assert!(!status.recording && status.stopped.is_some() && status.error.is_empty());
        assert_eq!(
            (counts.kinds["AWS::EC2::Instance"], counts.total),
            (2, None)
        );
        assert!(recorder.scope.takes("AWS::S3::Bucket") && !recorder.scope.takes("AWS::IAM::Role"));
    }

    #[test]
    fn a_scope_has_its_exceptions() {
        let read = |text: &str| {
            let value: Value = serde_json::from_str(text).expect("json");
            Scope::read(get(&value, "recordingGroup"), get(&value, "recordingMode"))
        };
        let scope = read(
            r#"{"recordingGroup":{"allSupported":false,"includeGlobalResourceTypes":false,"resourceTypes":[],"exclusionByResourceTypes":{"resourceTypes":["A"]},"recordingStrategy":{"useOnly":"EXCLUSION_BY_RESOURCE_TYPES"}},
                "recordingMode":{"recordingFrequency":"CONTINUOUS","recordingModeOverrides":[{"description":"x","resourceTypes":["B","C"],"recordingFrequency":"DAILY"}]}}"#,
        );
        assert!(scope.takes_global() && scope.takes("B") && !scope.takes("A"));
        assert_eq!(
            scope.words(),
            "all supported types, but not A; B, C once a day"
        );
        // As items have it.
        let scope = read(
            r#"{"recordingGroup":{"AllSupported":true,"IncludeGlobalResourceTypes":false},"recordingMode":{"RecordingFrequency":"DAILY","RecordingModeOverrides":[{"ResourceTypes":["B"],"RecordingFrequency":"CONTINUOUS"}]}}"#,
        );
        assert_eq!(
            scope.words(),
            "all supported types, without global types, once a day; B whenever they change"
        );
    }

    #[test]
    fn only_a_failure_is_one() {
        let text = r#"{"ConfigurationRecordersStatus":[
                {"name":"a","recording":true,"lastStatus":"SUCCESS","lastErrorCode":"Old","lastErrorMessage":"long mended"},
                {"name":"b","recording":true,"lastStatus":"Pending"},
                {"name":"c","recording":true,"lastStatus":"FAILURE","lastErrorCode":"AccessDenied"}]}
            {"DeliveryChannelsStatus":[
                {"name":"a","configStreamDeliveryInfo":{"lastStatus":"NOT_APPLICABLE"},"configSnapshotDeliveryInfo":{}},
                {"name":"b","configStreamDeliveryInfo":{"lastStatus":"Not_Applicable"},"configHistoryDeliveryInfo":{"lastStatus":"Failure"}}]}"#;
        let all = described(text);
        let [
            Described::Status(a),
            Described::Status(b),
            Described::Status(c),
            Described::Delivery {
                what,
                succeeded: false,
                ..
            },
        ] = &all[..]
        else {
            panic!("{all:?}");
        };
        assert_eq!(
            [&a.error, &b.error, &c.error].map(String::as_str),
            ["", "", "AccessDenied"]
        );
        assert_eq!(what, "history");
    }
}
