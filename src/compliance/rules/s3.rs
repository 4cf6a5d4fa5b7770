//! S3.

use serde_json::Value;

use crate::config::policy::{allowed, principals, statements, texts};

use super::super::facts::Facts;
use super::super::rule::Check::{All, Any, Code, Has, True};
use super::super::rule::{Finding, Rule};

const BUCKET: &str = "AWS::S3::Bucket";
const ALGORITHM: &str = "supplementaryConfiguration.ServerSideEncryptionConfiguration.rules.applyServerSideEncryptionByDefault.sseAlgorithm";
const POLICY: &str = "supplementaryConfiguration.BucketPolicy.policyText";
const ACL: &str = "supplementaryConfiguration.AccessControlList.grantList";
const BLOCK: &str = "supplementaryConfiguration.PublicAccessBlockConfiguration";

pub(super) const RULES: &[Rule] = &[
    Rule::new(
        "S3_BUCKET_SERVER_SIDE_ENCRYPTION_ENABLED",
        "s3-bucket-server-side-encryption-enabled",
        BUCKET,
        Code(&[ALGORITHM, POLICY], encrypted),
    ),
    Rule::new(
        "S3_DEFAULT_ENCRYPTION_KMS",
        "s3-default-encryption-kms",
        BUCKET,
        Code(&[ALGORITHM], encrypted_by_kms),
    )
    .with(&[("kmsKeyArns", "")]),
    Rule::new(
        "S3_BUCKET_VERSIONING_ENABLED",
        "s3-bucket-versioning-enabled",
        BUCKET,
        Code(
            &["supplementaryConfiguration.BucketVersioningConfiguration.status"],
            versioned,
        ),
    )
    .with(&[("isMfaDeleteEnabled", "")]),
    Rule::new(
        "S3_BUCKET_LOGGING_ENABLED",
        "s3-bucket-logging-enabled",
        BUCKET,
        Has("supplementaryConfiguration.BucketLoggingConfiguration.destinationBucketName"),
    ),
    Rule::new(
        "S3_BUCKET_LEVEL_PUBLIC_ACCESS_PROHIBITED",
        "s3-bucket-level-public-access-prohibited",
        BUCKET,
        True(&[
            "supplementaryConfiguration.PublicAccessBlockConfiguration.blockPublicAcls",
            "supplementaryConfiguration.PublicAccessBlockConfiguration.ignorePublicAcls",
            "supplementaryConfiguration.PublicAccessBlockConfiguration.blockPublicPolicy",
            "supplementaryConfiguration.PublicAccessBlockConfiguration.restrictPublicBuckets",
        ]),
    ),
    Rule::new(
        "S3_BUCKET_SSL_REQUESTS_ONLY",
        "s3-bucket-ssl-requests-only",
        BUCKET,
        Code(&[POLICY], ssl_only),
    )
    .approximate(),
    Rule::new(
        "S3_BUCKET_PUBLIC_READ_PROHIBITED",
        "s3-bucket-public-read-prohibited",
        BUCKET,
        Code(&[ACL, POLICY, BLOCK], |facts| {
            public(
                facts,
                &["READ", "Read", "FULL_CONTROL", "FullControl"],
                &["s3:GetObject", "s3:ListBucket"],
            )
        }),
    )
    .approximate(),
    Rule::new(
        "S3_BUCKET_PUBLIC_WRITE_PROHIBITED",
        "s3-bucket-public-write-prohibited",
        BUCKET,
        Code(&[ACL, POLICY, BLOCK], |facts| {
            public(
                facts,
                &[
                    "WRITE",
                    "Write",
                    "WRITE_ACP",
                    "WriteAcp",
                    "FULL_CONTROL",
                    "FullControl",
                ],
                &["s3:PutObject", "s3:DeleteObject", "s3:PutBucketAcl"],
            )
        }),
    )
    .approximate(),
    Rule::new(
        "S3_BUCKET_ACL_PROHIBITED",
        "s3-bucket-acl-prohibited",
        BUCKET,
        Code(
            &["supplementaryConfiguration.AccessControlList"],
            owner_only,
        ),
    )
    .approximate(),
    Rule::new(
        "S3_BUCKET_DEFAULT_LOCK_ENABLED",
        "s3-bucket-default-lock-enabled",
        BUCKET,
        All(
            "supplementaryConfiguration.ObjectLockConfiguration.objectLockEnabled",
            &["Enabled"],
        ),
    ),
    Rule::new(
        "S3_BUCKET_REPLICATION_ENABLED",
        "s3-bucket-replication-enabled",
        BUCKET,
        Has("supplementaryConfiguration.BucketReplicationConfiguration.roleARN"),
    ),
    Rule::new(
        "S3_LIFECYCLE_POLICY_CHECK",
        "s3-lifecycle-policy-check",
        BUCKET,
        Any(
            "supplementaryConfiguration.BucketLifecycleConfiguration.rules.status",
            &["Enabled"],
        ),
    ),
    Rule::new(
        "S3_ACCOUNT_LEVEL_PUBLIC_ACCESS_BLOCKS",
        "s3-account-level-public-access-blocks",
        "AWS::S3::AccountPublicAccessBlock",
        True(&[
            "configuration.blockPublicAcls",
            "configuration.ignorePublicAcls",
            "configuration.blockPublicPolicy",
            "configuration.restrictPublicBuckets",
        ]),
    ),
];

fn encrypted(facts: &Facts<'_>) -> Finding {
    let found = facts.one(ALGORITHM);
    if found.is_some() {
        return Finding::met(true, ALGORITHM, found, "Objects are encrypted by default.");
    }
    let policy = facts.one(POLICY);
    let denies = |statement: &&Value| {
        statement["Effect"] == "Deny"
            && crate::config::policy::covers(statement, &["s3:PutObject"])
            && statement["Condition"]
                .to_string()
                .contains("s3:x-amz-server-side-encryption")
    };
    let denied = policy.is_some_and(|policy| statements(policy).iter().any(denies));
    let reason = if denied {
        "The policy refuses objects that are not encrypted."
    } else {
        "No default encryption, and no policy that refuses objects without it."
    };
    Finding::met(
        denied,
        if denied { POLICY } else { ALGORITHM },
        policy.filter(|_| denied),
        reason,
    )
}

fn encrypted_by_kms(facts: &Facts<'_>) -> Finding {
    let found = facts.one(ALGORITHM);
    let by_kms = facts.text(ALGORITHM).starts_with("aws:kms");
    let keys = facts.list("kmsKeyArns");
    let key = "supplementaryConfiguration.ServerSideEncryptionConfiguration.rules.applyServerSideEncryptionByDefault.kmsMasterKeyID";
    if by_kms && !keys.is_empty() && !keys.contains(&facts.text(key)) {
        return Finding::met(
            false,
            key,
            facts.one(key),
            "The key is not among those of the parameter kmsKeyArns.",
        );
    }
    Finding::met(by_kms, ALGORITHM, found, "Must be aws:kms.")
}

fn versioned(facts: &Facts<'_>) -> Finding {
    let path = "supplementaryConfiguration.BucketVersioningConfiguration.status";
    let wants_mfa = facts.parameter("isMfaDeleteEnabled") == "true";
    let mfa = "supplementaryConfiguration.BucketVersioningConfiguration.isMfaDeleteEnabled";
    if wants_mfa && facts.text(mfa) != "true" {
        return Finding::met(
            false,
            mfa,
            facts.one(mfa),
            "MFA delete must be on, by the parameter.",
        );
    }
    Finding::met(
        facts.text(path) == "Enabled",
        path,
        facts.one(path),
        "Must be Enabled.",
    )
}

fn ssl_only(facts: &Facts<'_>) -> Finding {
    let policy = facts.one(POLICY);
    let refuses = |statement: &&Value| {
        let transport = &statement["Condition"]["Bool"]["aws:SecureTransport"];
        statement["Effect"] == "Deny"
            && principals(statement).contains(&"*".to_owned())
            && texts(transport).contains(&"false") | (*transport == false)
    };
    let met = policy.is_some_and(|policy| statements(policy).iter().any(refuses));
    Finding::met(
        met,
        POLICY,
        policy,
        "The policy must refuse everyone whose request is not by TLS (aws:SecureTransport).",
    )
}

fn public(facts: &Facts<'_>, permissions: &[&str], actions: &[&str]) -> Finding {
    let on = |name: &str| facts.text(&format!("{BLOCK}.{name}")) == "true";
    let grants = facts.all(ACL);
    let open = grants.into_iter().find(|grant| {
        let grantee = grant["grantee"].to_string();
        let everyone = ["AllUsers", "AuthenticatedUsers"]
            .iter()
            .any(|group| grantee.contains(group));
        everyone
            && permissions
                .iter()
                .any(|permission| grant["permission"] == *permission)
    });
    if let Some(grant) = open.filter(|_| !on("ignorePublicAcls")) {
        return Finding::met(
            false,
            ACL,
            Some(grant),
            "The access control list opens the bucket to everyone.",
        );
    }
    let policy = facts.one(POLICY);
    let granted = policy.is_some_and(|policy| {
        allowed(policy, actions)
            .iter()
            .any(|grant| grant.is_public())
    });
    if granted && !on("restrictPublicBuckets") {
        return Finding::met(
            false,
            POLICY,
            policy,
            "The policy opens the bucket to everyone, without a condition.",
        );
    }
    Finding::met(
        true,
        ACL,
        None,
        "Neither list nor policy opens it, or public access is blocked. The account's own block is not needed for that.",
    )
}

fn owner_only(facts: &Facts<'_>) -> Finding {
    let owner = facts.text("supplementaryConfiguration.AccessControlList.owner.id");
    let other = facts
        .all(ACL)
        .into_iter()
        .find(|grant| grant["grantee"]["id"].as_str() != Some(&owner));
    Finding::met(
        other.is_none(),
        ACL,
        other,
        "Only the owner may stand in the access control list.",
    )
}
