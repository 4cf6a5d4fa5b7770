//! Databases, file systems, search.

use super::super::facts::Facts;
use super::super::rule::Check::{All, Code, Has, Positive};
use super::super::rule::{Finding, Rule, unknown};

const INSTANCE: &str = "AWS::RDS::DBInstance";
const SNAPSHOT: &str = "AWS::RDS::DBSnapshot";
const CLUSTER: &str = "AWS::Redshift::Cluster";
const TABLE: &str = "AWS::DynamoDB::Table";
const SEARCH: &str = "AWS::OpenSearch::Domain";

pub(super) const RULES: &[Rule] = &[
    Rule::new(
        "RDS_STORAGE_ENCRYPTED",
        "rds-storage-encrypted",
        INSTANCE,
        All("configuration.storageEncrypted", &["true"]),
    )
    .with(&[("kmsKeyId", "")]),
    Rule::new(
        "RDS_INSTANCE_PUBLIC_ACCESS_CHECK",
        "rds-instance-public-access-check",
        INSTANCE,
        All("configuration.publiclyAccessible", &["false"]),
    ),
    Rule::new(
        "RDS_MULTI_AZ_SUPPORT",
        "rds-multi-az-support",
        INSTANCE,
        All("configuration.multiAZ", &["true"]),
    ),
    Rule::new(
        "DB_INSTANCE_BACKUP_ENABLED",
        "db-instance-backup-enabled",
        INSTANCE,
        Code(&["configuration.backupRetentionPeriod"], |facts| {
            let path = "configuration.backupRetentionPeriod";
            let least = facts
                .parameter("backupRetentionPeriod")
                .parse::<f64>()
                .unwrap_or(1.0);
            facts
                .one(path)
                .and_then(|value| value.as_f64())
                .map_or_else(
                    || unknown(path),
                    |days| {
                        Finding::met(
                            days >= least && days > 0.0,
                            path,
                            facts.one(path),
                            format!("Must be {least} days or more."),
                        )
                    },
                )
        }),
    )
    .with(&[("backupRetentionPeriod", "")]),
    Rule::new(
        "RDS_INSTANCE_DELETION_PROTECTION_ENABLED",
        "rds-instance-deletion-protection-enabled",
        INSTANCE,
        All("configuration.deletionProtection", &["true"]),
    ),
    Rule::new(
        "RDS_AUTOMATIC_MINOR_VERSION_UPGRADE_ENABLED",
        "rds-automatic-minor-version-upgrade-enabled",
        INSTANCE,
        All("configuration.autoMinorVersionUpgrade", &["true"]),
    ),
    Rule::new(
        "RDS_INSTANCE_IAM_AUTHENTICATION_ENABLED",
        "rds-instance-iam-authentication-enabled",
        INSTANCE,
        All("configuration.iAMDatabaseAuthenticationEnabled", &["true"]),
    ),
    Rule::new(
        "RDS_LOGGING_ENABLED",
        "rds-logging-enabled",
        INSTANCE,
        Code(
            &[
                "configuration.enabledCloudwatchLogsExports",
                "configuration.engine",
            ],
            logging,
        ),
    )
    .with(&[("additionalLogs", "")]),
    Rule::new(
        "RDS_ENHANCED_MONITORING_ENABLED",
        "rds-enhanced-monitoring-enabled",
        INSTANCE,
        Positive("configuration.monitoringInterval"),
    ),
    Rule::new(
        "RDS_INSTANCE_DEFAULT_ADMIN_CHECK",
        "rds-instance-default-admin-check",
        INSTANCE,
        Code(&["configuration.masterUsername"], |facts| {
            let path = "configuration.masterUsername";
            let name = facts.text(path);
            if name.is_empty() {
                return unknown(path);
            }
            Finding::met(
                !["admin", "postgres"].contains(&name.as_str()),
                path,
                facts.one(path),
                "Must not be the default, admin or postgres.",
            )
        }),
    )
    .with(&[("validAdminUserNames", "")]),
    Rule::new(
        "RDS_SNAPSHOTS_PUBLIC_PROHIBITED",
        "rds-snapshots-public-prohibited",
        SNAPSHOT,
        Code(
            &["supplementaryConfiguration.DBSnapshotAttributes"],
            |facts| {
                let path = "supplementaryConfiguration.DBSnapshotAttributes";
                let open = facts.all(path).into_iter().find(|one| {
                    one["attributeName"] == "restore"
                        && one["attributeValues"]
                            .as_array()
                            .is_some_and(|all| all.iter().any(|value| value == "all"))
                });
                Finding::met(
                    open.is_none(),
                    path,
                    open,
                    "The snapshot must not be shared with everyone.",
                )
            },
        ),
    ),
    Rule::new(
        "RDS_SNAPSHOT_ENCRYPTED",
        "rds-snapshot-encrypted",
        SNAPSHOT,
        All("configuration.encrypted", &["true"]),
    ),
    Rule::new(
        "REDSHIFT_CLUSTER_PUBLIC_ACCESS_CHECK",
        "redshift-cluster-public-access-check",
        CLUSTER,
        All("configuration.publiclyAccessible", &["false"]),
    ),
    Rule::new(
        "REDSHIFT_CLUSTER_CONFIGURATION_CHECK",
        "redshift-cluster-configuration-check",
        CLUSTER,
        Code(
            &[
                "configuration.encrypted",
                "supplementaryConfiguration.LoggingStatus",
                "configuration.nodeType",
            ],
            |facts| {
                for (name, path) in [
                    ("clusterDbEncrypted", "configuration.encrypted"),
                    (
                        "loggingEnabled",
                        "supplementaryConfiguration.LoggingStatus.loggingEnabled",
                    ),
                ] {
                    let wanted = facts.parameter(name);
                    if facts.one(path).is_none() {
                        return unknown(path);
                    }
                    if !wanted.is_empty() && facts.text(path) != wanted {
                        return Finding::met(
                            false,
                            path,
                            facts.one(path),
                            format!("Must be {wanted}, the parameter {name}."),
                        );
                    }
                }
                let (path, types) = ("configuration.nodeType", facts.list("nodeTypes"));
                Finding::met(
                    types.is_empty() || types.contains(&facts.text(path)),
                    path,
                    facts.one(path),
                    "As the parameters say.",
                )
            },
        ),
    )
    .with(&[
        ("clusterDbEncrypted", "true"),
        ("loggingEnabled", "true"),
        ("nodeTypes", ""),
    ]),
    Rule::new(
        "REDSHIFT_ENHANCED_VPC_ROUTING_ENABLED",
        "redshift-enhanced-vpc-routing-enabled",
        CLUSTER,
        All("configuration.enhancedVpcRouting", &["true"]),
    ),
    Rule::new(
        "REDSHIFT_BACKUP_ENABLED",
        "redshift-backup-enabled",
        CLUSTER,
        Positive("configuration.automatedSnapshotRetentionPeriod"),
    )
    .with(&[("MinRetentionPeriod", ""), ("MaxRetentionPeriod", "")]),
    Rule::new(
        "DYNAMODB_PITR_ENABLED",
        "dynamodb-pitr-enabled",
        TABLE,
        All(
            "supplementaryConfiguration.ContinuousBackupsDescription.pointInTimeRecoveryDescription.pointInTimeRecoveryStatus",
            &["ENABLED"],
        ),
    ),
    Rule::new(
        "DYNAMODB_TABLE_ENCRYPTED_KMS",
        "dynamodb-table-encrypted-kms",
        TABLE,
        Code(&["configuration.ssedescription"], |facts| {
            let (kind, status) = (
                "configuration.ssedescription.ssetype",
                "configuration.ssedescription.status",
            );
            let met = facts.text(kind).eq_ignore_ascii_case("kms")
                && facts.text(status).eq_ignore_ascii_case("enabled");
            Finding::met(
                met,
                kind,
                facts.one(kind),
                "Must be encrypted with a KMS key.",
            )
        }),
    )
    .with(&[("kmsKeyArns", "")]),
    Rule::new(
        "EFS_ENCRYPTED_CHECK",
        "efs-encrypted-check",
        "AWS::EFS::FileSystem",
        All("configuration.Encrypted", &["true"]),
    )
    .with(&[("KmsKeyId", "")]),
    Rule::new(
        "ELASTICSEARCH_ENCRYPTED_AT_REST",
        "elasticsearch-encrypted-at-rest",
        "AWS::Elasticsearch::Domain",
        All("configuration.encryptionAtRestOptions.enabled", &["true"]),
    ),
    Rule::new(
        "OPENSEARCH_ENCRYPTED_AT_REST",
        "opensearch-encrypted-at-rest",
        SEARCH,
        All("configuration.EncryptionAtRestOptions.Enabled", &["true"]),
    ),
    Rule::new(
        "OPENSEARCH_HTTPS_REQUIRED",
        "opensearch-https-required",
        SEARCH,
        All(
            "configuration.DomainEndpointOptions.EnforceHTTPS",
            &["true"],
        ),
    ),
    Rule::new(
        "OPENSEARCH_IN_VPC_ONLY",
        "opensearch-in-vpc-only",
        SEARCH,
        Has("configuration.VPCOptions.SubnetIds"),
    ),
    Rule::new(
        "OPENSEARCH_NODE_TO_NODE_ENCRYPTION_CHECK",
        "opensearch-node-to-node-encryption-check",
        SEARCH,
        All(
            "configuration.NodeToNodeEncryptionOptions.Enabled",
            &["true"],
        ),
    ),
    Rule::new(
        "OPENSEARCH_AUDIT_LOGGING_ENABLED",
        "opensearch-audit-logging-enabled",
        SEARCH,
        All(
            "configuration.LogPublishingOptions.AUDIT_LOGS.Enabled",
            &["true"],
        ),
    ),
];

/// Logs that an engine must export (developer guide, rds-logging-enabled).
fn logging(facts: &Facts<'_>) -> Finding {
    let path = "configuration.enabledCloudwatchLogsExports";
    let engine = facts.text("configuration.engine");
    let wanted: &[&str] = match engine.as_str() {
        engine if engine.starts_with("aurora-postgresql") => &["postgresql"],
        engine if engine.starts_with("postgres") => &["postgresql", "upgrade"],
        engine
            if engine.contains("mysql")
                || engine.starts_with("aurora")
                || engine.starts_with("mariadb") =>
        {
            &["audit", "error", "general", "slowquery"]
        }
        engine if engine.starts_with("oracle") => &["trace", "audit", "alert", "listener"],
        engine if engine.starts_with("sqlserver") => &["error", "agent"],
        _ => return unknown("configuration.engine"),
    };
    let exported: Vec<String> = facts
        .all(path)
        .into_iter()
        .map(super::super::facts::plain)
        .collect();
    let missing = wanted
        .iter()
        .find(|name| !exported.iter().any(|one| one == *name));
    Finding::met(
        missing.is_none(),
        path,
        facts.one(path),
        format!("Must export {}.", wanted.join(", ")),
    )
}
