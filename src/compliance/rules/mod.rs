//! AWS's managed rules that configuration items can decide: one row each, by service. What each asks for
//! is told by AWS's list of managed rules (developer guide); the paths are those of the resource schema.

mod compute;
mod data;
mod network;
mod other;
mod s3;
mod security;

use std::collections::BTreeMap;
use std::sync::OnceLock;

use super::facts::kept;
use super::rule::Rule;

/// All rules, in the order of their services.
pub static RULES: &[&[Rule]] = &[
    s3::RULES,
    network::RULES,
    compute::RULES,
    data::RULES,
    security::RULES,
    other::RULES,
];

/// All rules.
pub fn all() -> impl Iterator<Item = &'static Rule> {
    RULES.iter().flat_map(|part| part.iter())
}

/// The rule of an identifier.
pub fn by_identifier(identifier: &str) -> Option<&'static Rule> {
    all().find(|rule| rule.identifier == identifier)
}

/// The rule whose usual name this is, with or without what AWS puts around it in packs.
pub fn by_name(name: &str) -> Option<&'static Rule> {
    let name = name.to_ascii_lowercase();
    let inner = name.split("-conformance-pack").next().unwrap_or(&name);
    all().find(|rule| {
        rule.name == inner || rule.identifier.to_ascii_lowercase().replace('_', "-") == inner
    })
}

/// Documents of AWS Systems Manager that AWS proposes for a rule (Systems Manager automation runbook reference).
const AUTOMATIONS: &[(&str, &str)] = &[
    (
        "S3_BUCKET_SERVER_SIDE_ENCRYPTION_ENABLED",
        "AWS-EnableS3BucketEncryption",
    ),
    (
        "S3_BUCKET_VERSIONING_ENABLED",
        "AWS-ConfigureS3BucketVersioning",
    ),
    ("S3_BUCKET_LOGGING_ENABLED", "AWS-ConfigureS3BucketLogging"),
    (
        "S3_BUCKET_PUBLIC_READ_PROHIBITED",
        "AWS-DisableS3BucketPublicReadWrite",
    ),
    (
        "S3_BUCKET_PUBLIC_WRITE_PROHIBITED",
        "AWS-DisableS3BucketPublicReadWrite",
    ),
    (
        "S3_BUCKET_LEVEL_PUBLIC_ACCESS_PROHIBITED",
        "AWSConfigRemediation-ConfigureS3BucketPublicAccessBlock",
    ),
    (
        "S3_ACCOUNT_LEVEL_PUBLIC_ACCESS_BLOCKS",
        "AWSConfigRemediation-ConfigureS3PublicAccessBlock",
    ),
    (
        "S3_BUCKET_SSL_REQUESTS_ONLY",
        "AWSConfigRemediation-RestrictBucketSSLRequestsOnly",
    ),
    (
        "INCOMING_SSH_DISABLED",
        "AWS-DisablePublicAccessForSecurityGroup",
    ),
    (
        "VPC_DEFAULT_SECURITY_GROUP_CLOSED",
        "AWSConfigRemediation-RemoveVPCDefaultSecurityGroupRules",
    ),
    (
        "EC2_IMDSV2_CHECK",
        "AWSConfigRemediation-EnforceEC2InstanceIMDSv2",
    ),
    ("EC2_STOPPED_INSTANCE", "AWS-TerminateEC2Instance"),
    ("EIP_ATTACHED", "AWS-ReleaseElasticIP"),
    (
        "SUBNET_AUTO_ASSIGN_PUBLIC_IP_DISABLED",
        "AWSConfigRemediation-DisableSubnetAutoAssignPublicIP",
    ),
    ("VPC_FLOW_LOGS_ENABLED", "AWS-EnableVPCFlowLogs"),
    (
        "RDS_INSTANCE_PUBLIC_ACCESS_CHECK",
        "AWSConfigRemediation-DisablePublicAccessToRDSInstance",
    ),
    (
        "RDS_MULTI_AZ_SUPPORT",
        "AWSConfigRemediation-EnableMultiAZOnRDSInstance",
    ),
    (
        "RDS_INSTANCE_DELETION_PROTECTION_ENABLED",
        "AWSConfigRemediation-EnableRDSInstanceDeletionProtection",
    ),
    (
        "REDSHIFT_CLUSTER_PUBLIC_ACCESS_CHECK",
        "AWSConfigRemediation-DisablePublicAccessToRedshiftCluster",
    ),
    (
        "DYNAMODB_PITR_ENABLED",
        "AWSConfigRemediation-EnablePITRForDynamoDbTable",
    ),
    (
        "CLOUD_TRAIL_LOG_FILE_VALIDATION_ENABLED",
        "AWSConfigRemediation-EnableCloudTrailLogFileValidation",
    ),
    (
        "CLOUD_TRAIL_ENCRYPTION_ENABLED",
        "AWSConfigRemediation-EnableCloudTrailEncryptionWithKMS",
    ),
    (
        "CMK_BACKING_KEY_ROTATION_ENABLED",
        "AWSConfigRemediation-EnableKeyRotation",
    ),
    (
        "KMS_CMK_NOT_SCHEDULED_FOR_DELETION",
        "AWSConfigRemediation-CancelKeyDeletion",
    ),
];

/// The automation document that AWS proposes for a rule, where one is known.
pub fn automation(identifier: &str) -> Option<&'static str> {
    let mut found = AUTOMATIONS.iter().filter(|(name, _)| *name == identifier);
    found.next().map(|(_, document)| *document)
}

/// Managed rules that AWS evaluates from time to time alone (AWS Config developer guide, list of managed rules).
const PERIODIC: &[&str] = &[
    "CLOUD_TRAIL_CLOUD_WATCH_LOGS_ENABLED",
    "CLOUD_TRAIL_ENCRYPTION_ENABLED",
    "CLOUD_TRAIL_LOG_FILE_VALIDATION_ENABLED",
    "CMK_BACKING_KEY_ROTATION_ENABLED",
    "EC2_STOPPED_INSTANCE",
    "ECR_PRIVATE_IMAGE_SCANNING_ENABLED",
    "EFS_ENCRYPTED_CHECK",
    "EKS_ENDPOINT_NO_PUBLIC_ACCESS",
    "EKS_SECRETS_ENCRYPTED",
    "ELASTICSEARCH_ENCRYPTED_AT_REST",
    "IAM_POLICY_IN_USE",
    "KMS_CMK_NOT_SCHEDULED_FOR_DELETION",
    "MULTI_REGION_CLOUD_TRAIL_ENABLED",
    "SAGEMAKER_NOTEBOOK_INSTANCE_KMS_KEY_CONFIGURED",
    "SAGEMAKER_NOTEBOOK_NO_DIRECT_INTERNET_ACCESS",
    "VPC_FLOW_LOGS_ENABLED",
];

/// Those that both changes and time trigger.
const BOTH: &[&str] = &[
    "ACM_CERTIFICATE_EXPIRATION_CHECK",
    "S3_BUCKET_PUBLIC_READ_PROHIBITED",
    "S3_BUCKET_PUBLIC_WRITE_PROHIBITED",
];

/// What has AWS evaluate a rule.
pub fn trigger(identifier: &str) -> &'static str {
    if PERIODIC.contains(&identifier) {
        "periodic"
    } else if BOTH.contains(&identifier) {
        "configuration changes, and periodic"
    } else {
        "configuration changes"
    }
}

/// The values of a type that rules look at, so that a reader keeps them.
pub fn kept_paths(kind: &str) -> &'static [&'static str] {
    static PATHS: OnceLock<BTreeMap<&'static str, Vec<&'static str>>> = OnceLock::new();
    let paths = PATHS.get_or_init(|| {
        let mut paths: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
        for rule in all() {
            let own = paths.entry(rule.kind).or_default();
            for path in rule.paths() {
                if path.contains("onfiguration.") && !own.contains(&kept(path)) {
                    own.push(kept(path));
                }
            }
        }
        paths
            .entry("AWS::EC2::FlowLog")
            .or_default()
            .extend(["configuration.resourceId", "configuration.flowLogStatus"]);
        paths
    });
    paths.get(kind).map_or(&[], Vec::as_slice)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_rule_stands_once() {
        let mut names: Vec<&str> = all().map(|rule| rule.identifier).collect();
        assert_eq!(names.len(), 116);
        names.sort_unstable();
        names.dedup();
        assert_eq!(names.len(), 116);
        assert!(
            by_name("restricted-ssh-conformance-pack-abc")
                .is_some_and(|rule| rule.identifier == "INCOMING_SSH_DISABLED")
        );
    }
}
