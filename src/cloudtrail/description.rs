//! Outputs that say what should be there: trails, their status, regions, accounts, bucket listings.

use serde::{Deserialize, Serialize};

use crate::moment::Moment;

/// One thing that an output of the AWS CLI describes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Description {
    /// From `describe-trails` or `get-trail`.
    Trail(TrailDescription),
    /// From `get-trail-status`.
    Status(TrailStatus),
    /// From `ec2 describe-regions`: regions that are enabled for the account.
    Regions(Vec<String>),
    /// From `organizations list-accounts`: active accounts.
    Accounts(Vec<String>),
    /// From `s3api list-objects-v2` (or `list-objects`).
    Listing(Vec<ListedObject>),
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

/// One object of a bucket listing.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ListedObject {
    /// `Key`.
    pub key: String,
    /// `Size` in bytes.
    pub size: Option<u64>,
}
