//! Trails, keys, identities, secrets, certificates.

use serde_json::Value;

use crate::config::policy::{fits, statements, texts};
use crate::moment::Moment;

use super::super::facts::Facts;
use super::super::rule::Check::{All, Code, Has, Never, Positive};
use super::super::rule::{Finding, Outcome, Rule, unknown};

const TRAIL: &str = "AWS::CloudTrail::Trail";
const POLICY: &str = "AWS::IAM::Policy";
const USER: &str = "AWS::IAM::User";
const VERSIONS: &str = "configuration.policyVersionList";

pub(super) const RULES: &[Rule] = &[
    Rule::new("CLOUD_TRAIL_LOG_FILE_VALIDATION_ENABLED", "cloud-trail-log-file-validation-enabled", TRAIL, All("configuration.logFileValidationEnabled", &["true"])),
    Rule::new("CLOUD_TRAIL_ENCRYPTION_ENABLED", "cloud-trail-encryption-enabled", TRAIL, Has("configuration.kmsKeyId")),
    Rule::new("CLOUD_TRAIL_CLOUD_WATCH_LOGS_ENABLED", "cloud-trail-cloud-watch-logs-enabled", TRAIL, Has("configuration.cloudWatchLogsLogGroupArn")),
    Rule::new("MULTI_REGION_CLOUD_TRAIL_ENABLED", "multi-region-cloudtrail-enabled", TRAIL, Code(&["configuration.isMultiRegionTrail"], |facts| {
        let path = "configuration.isMultiRegionTrail";
        let met = facts.others.multi_region.contains(facts.account);
        Finding::met(met, path, facts.one(path), if met { "The account has a trail of all regions; whether it logs is not in the item." } else { "No trail of the account records all regions." })
    })).several(),
    Rule::new("CMK_BACKING_KEY_ROTATION_ENABLED", "cmk-backing-key-rotation-enabled", "AWS::KMS::Key", Code(&["supplementaryConfiguration.KeyRotationStatus", "configuration.keyManager", "configuration.keySpec", "configuration.origin"], rotation)),
    Rule::new("KMS_CMK_NOT_SCHEDULED_FOR_DELETION", "kms-cmk-not-scheduled-for-deletion", "AWS::KMS::Key", Never("configuration.keyState", &["PendingDeletion"])).with(&[("kmsKeyIds", "")]),
    Rule::new("IAM_POLICY_NO_STATEMENTS_WITH_ADMIN_ACCESS", "iam-policy-no-statements-with-admin-access", POLICY, Code(&[VERSIONS], |facts| statement(facts, &|action| action == "*"))).approximate(),
    Rule::new("IAM_POLICY_NO_STATEMENTS_WITH_FULL_ACCESS", "iam-policy-no-statements-with-full-access", POLICY, Code(&[VERSIONS], |facts| statement(facts, &|action| action == "*" || action.ends_with(":*")))).approximate(),
    Rule::new("IAM_POLICY_IN_USE", "iam-policy-in-use", POLICY, Positive("configuration.attachmentCount")).with(&[("policyARN", "")]),
    Rule::new("IAM_USER_NO_POLICIES_CHECK", "iam-user-no-policies-check", USER, Code(&["configuration.attachedManagedPolicies", "configuration.userPolicyList"], |facts| none_of(facts, &["configuration.attachedManagedPolicies", "configuration.userPolicyList"]))),
    Rule::new("IAM_USER_GROUP_MEMBERSHIP_CHECK", "iam-user-group-membership-check", USER, Has("configuration.groupList")).with(&[("groupNames", "")]),
    Rule::new("IAM_NO_INLINE_POLICY_CHECK", "iam-no-inline-policy-check", USER, Code(&["configuration.userPolicyList"], |facts| none_of(facts, &["configuration.userPolicyList"]))),
    Rule::new("IAM_GROUP_HAS_USERS_CHECK", "iam-group-has-users-check", "AWS::IAM::Group", Code(&["relationships.resourceType"], |facts| {
        Finding::met(facts.related.contains(USER), "relationships.resourceType", None, "Must be related to a user.")
    })),
    Rule::new("IAM_ROLE_MANAGED_POLICY_CHECK", "iam-role-managed-policy-check", "AWS::IAM::Role", Code(&["configuration.attachedManagedPolicies"], |facts| {
        let path = "configuration.attachedManagedPolicies.policyArn";
        let wanted = facts.list("managedPolicyArns");
        if wanted.is_empty() {
            return Finding::new(Outcome::InsufficientData, path, facts.one(path), "The parameter managedPolicyArns is not known: drop the output of describe-config-rules.");
        }
        let all: Vec<String> = facts.all(path).into_iter().map(super::super::facts::plain).collect();
        let missing = wanted.iter().find(|arn| !all.contains(arn));
        Finding::met(missing.is_none(), path, facts.one(path), "Must have the policies of the parameter.")
    })).with(&[("managedPolicyArns", "")]),
    Rule::new("SECRETSMANAGER_ROTATION_ENABLED_CHECK", "secretsmanager-rotation-enabled-check", "AWS::SecretsManager::Secret", All("configuration.RotationEnabled", &["true"])).with(&[("maximumAllowedRotationFrequency", "")]),
    Rule::new("SECRETSMANAGER_USING_CMK", "secretsmanager-using-cmk", "AWS::SecretsManager::Secret", Code(&["configuration.KMSKeyId"], |facts| {
        let path = "configuration.KMSKeyId";
        let key = facts.text(path);
        Finding::met(!key.is_empty() && !key.contains("alias/aws/"), path, facts.one(path), "Must be a key of the customer.")
    })).with(&[("kmsKeyArns", "")]),
    Rule::new("SNS_ENCRYPTED_KMS", "sns-encrypted-kms", "AWS::SNS::Topic", Has("configuration.KmsMasterKeyId")).with(&[("kmsKeyIds", "")]),
    Rule::new("ACM_CERTIFICATE_EXPIRATION_CHECK", "acm-certificate-expiration-check", "AWS::ACM::Certificate", Code(&["configuration.notAfter"], expires)).with(&[("daysToExpiration", "14")]).approximate(),
];

fn none_of(facts: &Facts<'_>, paths: &[&str]) -> Finding {
    let found = paths.iter().find(|path| facts.one(path).is_some());
    let path = found.copied().unwrap_or(paths[0]);
    Finding::met(found.is_none(), path, facts.one(path), "Must be empty.")
}

fn rotation(facts: &Facts<'_>) -> Finding {
    let asks = [
        ("configuration.keyManager", "CUSTOMER"),
        ("configuration.keySpec", "SYMMETRIC_DEFAULT"),
        ("configuration.origin", "AWS_KMS"),
    ];
    for (path, wanted) in asks {
        let found = facts.text(path);
        if !found.is_empty() && found != wanted {
            return Finding::new(
                Outcome::NotApplicable,
                path,
                facts.one(path),
                "Rotation is for symmetric keys of customers with material of AWS KMS.",
            );
        }
    }
    let path = "supplementaryConfiguration.KeyRotationStatus";
    facts.one(path).map_or_else(
        || unknown(path),
        |value| {
            Finding::met(
                *value == true || *value == "true",
                path,
                Some(value),
                "Must be true.",
            )
        },
    )
}

/// No statement of the default version may allow such actions on everything.
fn statement(facts: &Facts<'_>, is_wide: &dyn Fn(&str) -> bool) -> Finding {
    let default = facts
        .all(VERSIONS)
        .into_iter()
        .find(|version| version["isDefaultVersion"] == true);
    let Some(version) = default else {
        return unknown(VERSIONS);
    };
    let document = match &version["document"] {
        // Old items hold a list with the document.
        Value::Array(list) => list.first().unwrap_or(&Value::Null),
        document => document,
    };
    let wide = statements(document).into_iter().find(|statement| {
        let everything = texts(&statement["Resource"])
            .into_iter()
            .any(|resource| fits(resource, "anything at all"));
        statement["Effect"] == "Allow"
            && everything
            && texts(&statement["Action"]).into_iter().any(is_wide)
    });
    Finding::met(
        wide.is_none(),
        &format!("{VERSIONS}.document"),
        wide,
        "No statement may allow that on all resources.",
    )
}

fn expires(facts: &Facts<'_>) -> Finding {
    let path = "configuration.notAfter";
    let end = facts.one(path).and_then(|value| match value {
        Value::Number(number) => number.as_f64().map(|number| {
            Moment::from_seconds(if number > 1e11 {
                number / 1_000.0
            } else {
                number
            } as i64)
        }),
        value => Moment::parse(value.as_str()?),
    });
    let days = facts
        .parameter("daysToExpiration")
        .parse::<i64>()
        .unwrap_or(14);
    match (end, facts.at) {
        (Some(end), Some(at)) => {
            let left = (end.seconds() - at.seconds()).div_euclid(86_400);
            Finding::met(
                left >= days,
                path,
                facts.one(path),
                format!("It ends in {left} days as of {at}; {days} must be left."),
            )
        }
        _ => unknown(path),
    }
}
