//! What a dropped file is, recognised from its content.

use serde::{Deserialize, Serialize};

macro_rules! kinds {
    ($($variant:ident $name:literal $label:literal),+ $(,)?) => {
        /// The kind of a dropped file; the names are those of `report.json`.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
        pub enum Kind { $(#[doc = $label] $variant),+ }

        impl Kind {
            /// All kinds, in the order of the report's contract.
            pub const ALL: &[Kind] = &[$(Kind::$variant),+];

            /// The name in `report.json`.
            pub fn name(self) -> &'static str {
                match self { $(Kind::$variant => $name),+ }
            }

            /// The words for people, in the plural.
            pub fn label(self) -> &'static str {
                match self { $(Kind::$variant => $label),+ }
            }
        }
    };
}

kinds! {
    CloudtrailLog "cloudtrail-log" "CloudTrail log files",
    CloudtrailInsight "cloudtrail-insight" "CloudTrail Insights files",
    CloudtrailDigest "cloudtrail-digest" "CloudTrail digest files",
    CloudtrailPublicKeys "cloudtrail-public-keys" "CloudTrail public keys",
    S3ObjectMetadata "s3-object-metadata" "S3 object metadata",
    CloudtrailLakeSign "cloudtrail-lake-sign" "CloudTrail Lake sign files",
    CloudtrailLakeResult "cloudtrail-lake-result" "CloudTrail Lake query results",
    CloudtrailEvents "cloudtrail-events" "CloudTrail events outside log files",
    CloudtrailTrail "cloudtrail-trail" "Trail descriptions",
    S3Bucket "s3-bucket" "S3 bucket settings and listings",
    KmsKey "kms-key" "KMS key policies and grants",
    ConfigHistory "config-history" "AWS Config history files",
    ConfigSnapshot "config-snapshot" "AWS Config snapshots",
    ConfigItems "config-items" "AWS Config items",
    ConfigStream "config-stream" "AWS Config stream messages",
    SnsCertificate "sns-certificate" "Amazon SNS signing certificates",
    ConfigCompliance "config-compliance" "AWS Config compliance results",
    ConfigRules "config-rules" "AWS Config rules",
    ConfigRecorder "config-recorder" "AWS Config recorders",
    ArtifactReport "artifact-report" "AWS Artifact reports",
    ArtifactAgreement "artifact-agreement" "AWS Artifact agreements",
    SigmaRule "sigma-rule" "Sigma rules",
    ConformancePack "conformance-pack" "Conformance packs",
    ChangeTickets "change-tickets" "Change tickets",
    Collection "collection" "Records of collecting",
    ExhibitCase "exhibit-case" "Cases of Exhibit",
    ExhibitReport "exhibit-report" "Reports of Exhibit",
    Archive "archive" "Archives",
    Object "object" "Other objects",
    Ignored "ignored" "Empty marker files",
    Unreadable "unreadable" "Unreadable files",
}
