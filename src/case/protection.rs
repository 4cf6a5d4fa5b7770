//! How a trail's logs are kept private and safe: validation, encryption, and who may read, write, delete
//! and decrypt, from descriptions and from AWS Config's items.
//!
//! Who may is told by the policies of bucket and key alone. Identities of the same account may be allowed by
//! their own policies, which are not read.

use std::collections::BTreeMap;

use serde_json::Value;

use crate::cloudtrail::description::Setting;
use crate::cloudtrail::{Description, TrailDescription};
use crate::config::inventory::{Capture, Resource};
use crate::config::kept;
use crate::config::policy::{Grant, allowed, statements, texts};

use super::Case;

/// How one trail is protected. `None` where the evidence does not tell.
#[derive(Clone, Debug, Default)]
pub struct Protection {
    /// The trail's name.
    pub trail: String,
    /// Its ARN.
    pub arn: Option<String>,
    /// Whether log file validation is on.
    pub validation: Option<bool>,
    /// Whether it records all regions.
    pub multi_region: Option<bool>,
    /// The KMS key that logs are encrypted with; an empty text where there is none.
    pub kms_key: Option<String>,
    /// The log bucket.
    pub bucket: Option<String>,
    /// The bucket's own encryption.
    pub encryption: Option<String>,
    /// Whether all public access is blocked.
    pub blocked: Option<bool>,
    /// Versioning.
    pub versioning: Option<String>,
    /// Object lock.
    pub lock: Option<bool>,
    /// Who may read objects.
    pub read: Option<Vec<Grant>>,
    /// Who may write objects.
    pub write: Option<Vec<Grant>>,
    /// Who may delete objects.
    pub delete: Option<Vec<Grant>>,
    /// Who may decrypt with the key.
    pub decrypt: Option<Vec<Grant>>,
    /// Files that tell.
    pub sources: Vec<String>,
}

impl Protection {
    /// Who may both read and decrypt, by the two policies; `None` where one of them is not known.
    pub fn read_and_decrypt(&self) -> Option<Vec<&Grant>> {
        let (read, decrypt) = (self.read.as_ref()?, self.decrypt.as_ref()?);
        let has = |grant: &&Grant| {
            decrypt
                .iter()
                .any(|other| other.principal == grant.principal || other.principal == "*")
        };
        Some(read.iter().filter(has).collect())
    }
}

/// What is known of a trail's protection, for people: labels, words, and whether it is as audits ask for it
/// (`None` where the evidence does not tell).
pub fn facts(one: &Protection) -> Vec<(String, String, Option<bool>)> {
    let fact = |label: &str, words: Option<String>, good: Option<bool>| {
        (
            label.to_owned(),
            words.unwrap_or_else(|| "not told".to_owned()),
            good,
        )
    };
    let flag = |label: &str, value: Option<bool>, (yes, no): (&str, &str)| {
        fact(
            label,
            value.map(|value| if value { yes } else { no }.to_owned()),
            value,
        )
    };
    let own = one.arn.as_deref().and_then(|arn| arn.split(':').nth(4));
    let is_foreign = |grant: &Grant| {
        own.zip(account_of(&grant.principal))
            .is_some_and(|(own, other)| own != other)
    };
    let named = |grant: &Grant| {
        let note = match grant {
            _ if grant.is_public() => " (everyone)",
            _ if is_foreign(grant) => " (another account)",
            _ => "",
        };
        grant.words() + note
    };
    let who = |label: &str, grants: &Option<Vec<Grant>>| {
        let words = grants.as_ref().map(|all| match all.len() {
            0 => "nobody by this policy".to_owned(),
            _ => all.iter().map(named).collect::<Vec<_>>().join(", "),
        });
        let is_own = |grant: &Grant| !grant.is_public() && !is_foreign(grant);
        fact(
            label,
            words,
            grants.as_ref().map(|all| all.iter().all(is_own)),
        )
    };
    let both = one.read_and_decrypt().map(|all| match all.len() {
        0 => "nobody by these policies".to_owned(),
        _ => all
            .into_iter()
            .map(Grant::words)
            .collect::<Vec<_>>()
            .join(", "),
    });
    let encrypted = one.kms_key.as_ref().map(|key| !key.is_empty());
    let key = one.kms_key.as_ref().map(|key| {
        if key.is_empty() {
            "no: SSE-S3 or none".to_owned()
        } else {
            key.clone()
        }
    });
    vec![
        flag("Log file validation", one.validation, ("on", "off")),
        fact("Logs encrypted with SSE-KMS", key, encrypted),
        flag("Records all regions", one.multi_region, ("yes", "no")),
        fact("Log bucket", one.bucket.clone(), None),
        fact(
            "The bucket's own encryption",
            one.encryption.clone(),
            one.encryption.as_ref().map(|algorithm| algorithm != "none"),
        ),
        flag("Public access", one.blocked, ("blocked", "not blocked")),
        fact(
            "Versioning",
            one.versioning.clone(),
            one.versioning.as_ref().map(|status| status == "Enabled"),
        ),
        flag("Object lock", one.lock, ("on", "off")),
        who("May read objects", &one.read),
        who("May write objects", &one.write),
        who("May delete objects", &one.delete),
        who("May decrypt with the key", &one.decrypt),
        fact("May both read and decrypt", both, None),
    ]
}

/// The account that a principal names: by itself, or in its ARN.
fn account_of(principal: &str) -> Option<&str> {
    let part = if principal.starts_with("arn:") {
        principal.split(':').nth(4)?
    } else {
        principal
    };
    (part.len() == 12 && part.bytes().all(|byte| byte.is_ascii_digit())).then_some(part)
}

/// How each trail of the evidence is protected.
pub fn protection(case: &Case) -> Vec<Protection> {
    let mut trails: BTreeMap<(String, Option<String>), Protection> = BTreeMap::new();
    let path = |file| {
        case.register
            .file(file)
            .map_or(String::new(), |file| file.path.to_string())
    };
    for (file, description) in &case.holdings.descriptions {
        if let Description::Trail(trail) = description {
            described(&mut trails, trail, path(*file));
        }
    }
    let inventory = &case.inventory;
    for resource in &inventory.resources {
        if inventory.text(resource.kind) == "AWS::CloudTrail::Trail"
            && let Some(capture) = newest(case, resource)
        {
            let kept = |name: &str| inventory.kept(capture, &format!("configuration.{name}"));
            let flag = |name: &str| kept(name).and_then(|text| text.parse().ok());
            let text = |name: &str| kept(name).map(kept::plain);
            let trail = TrailDescription {
                name: text("name").unwrap_or_else(|| inventory.title(resource).to_owned()),
                arn: Some(inventory.arn(resource).to_owned()).filter(|arn| !arn.is_empty()),
                bucket: text("s3BucketName"),
                kms_key: text("kmsKeyId"),
                validation: flag("logFileValidationEnabled"),
                multi_region: flag("isMultiRegionTrail").unwrap_or_default(),
                ..TrailDescription::default()
            };
            described(&mut trails, &trail, path(capture.file));
        }
    }
    let mut all: Vec<Protection> = trails.into_values().collect();
    let buckets: Vec<String> = all.iter().filter_map(|one| one.bucket.clone()).collect();
    let is_only = buckets.iter().all(|bucket| *bucket == buckets[0]);
    for one in &mut all {
        let Some(bucket) = one.bucket.clone() else {
            continue;
        };
        from_items(case, one, &bucket);
        from_outputs(case, one, &bucket, is_only);
        one.sources.sort();
        one.sources.dedup();
    }
    all
}

fn newest<'c>(case: &'c Case, resource: &Resource) -> Option<&'c Capture> {
    let at = case.inventory.as_of(resource, None)?;
    case.inventory
        .capture(at)
        .filter(|capture| !capture.status.is_deleted())
}

fn described(
    trails: &mut BTreeMap<(String, Option<String>), Protection>,
    trail: &TrailDescription,
    source: String,
) {
    let one = trails
        .entry((trail.name.clone(), trail.arn.clone()))
        .or_default();
    one.trail.clone_from(&trail.name);
    one.arn.clone_from(&trail.arn);
    one.validation = trail.validation.or(one.validation);
    one.multi_region = Some(trail.multi_region);
    one.kms_key = Some(trail.kms_key.clone().unwrap_or_default());
    one.bucket = trail.bucket.clone().or(one.bucket.take());
    one.sources.push(source);
}

const READ: &[&str] = &["s3:GetObject", "s3:GetObjectVersion"];
const WRITE: &[&str] = &["s3:PutObject"];
const DELETE: &[&str] = &["s3:DeleteObject", "s3:DeleteObjectVersion"];
const DECRYPT: &[&str] = &["kms:Decrypt"];

fn bucket_policy(one: &mut Protection, policy: &Value) {
    one.read = Some(allowed(policy, READ));
    one.write = Some(allowed(policy, WRITE));
    one.delete = Some(allowed(policy, DELETE));
}

fn from_items(case: &Case, one: &mut Protection, bucket: &str) {
    let inventory = &case.inventory;
    let json = |text: &str| serde_json::from_str::<Value>(text).unwrap_or_default();
    for resource in &inventory.resources {
        let kind = inventory.text(resource.kind);
        let is_bucket = kind == "AWS::S3::Bucket" && inventory.text(resource.id) == bucket;
        let is_key = kind == "AWS::KMS::Key"
            && one.kms_key.as_ref().is_some_and(|key| {
                !key.is_empty()
                    && (*key == inventory.arn(resource)
                        || key.ends_with(inventory.text(resource.id)))
            });
        let Some(capture) = newest(case, resource).filter(|_| is_bucket || is_key) else {
            continue;
        };
        let kept = |name: &str| {
            inventory
                .kept(capture, &format!("supplementaryConfiguration.{name}"))
                .map(json)
        };
        if is_key {
            one.decrypt = kept("Policy")
                .map(|policy| allowed(&policy, DECRYPT))
                .or(one.decrypt.take());
        } else {
            // A bucket without a policy allows nobody by it.
            bucket_policy(
                one,
                &kept("BucketPolicy").map_or(Value::Null, |policy| policy["policyText"].clone()),
            );
            let block = kept("PublicAccessBlockConfiguration");
            let names = [
                "blockPublicAcls",
                "ignorePublicAcls",
                "blockPublicPolicy",
                "restrictPublicBuckets",
            ];
            one.blocked =
                Some(block.is_some_and(|block| names.iter().all(|name| block[*name] == true)));
            one.versioning = kept("BucketVersioningConfiguration")
                .and_then(|value| value["status"].as_str().map(str::to_owned))
                .or(Some("Off".to_owned()));
            one.encryption = Some(kept("ServerSideEncryptionConfiguration").map_or(
                "none".to_owned(),
                |value| {
                    value["rules"][0]["applyServerSideEncryptionByDefault"]["sseAlgorithm"]
                        .as_str()
                        .unwrap_or("none")
                        .to_owned()
                },
            ));
            one.lock = Some(
                kept("ObjectLockConfiguration")
                    .is_some_and(|value| value["objectLockEnabled"] == "Enabled"),
            );
        }
        one.sources.extend(
            case.register
                .file(capture.file)
                .map(|file| file.path.to_string()),
        );
    }
}

/// Outputs do not name their bucket: a policy by what it is about, others by the name of their file, or
/// where there is only one log bucket.
fn from_outputs(case: &Case, one: &mut Protection, bucket: &str, is_only: bool) {
    for (file, description) in &case.holdings.descriptions {
        let Description::Setting(setting) = description else {
            continue;
        };
        let Some(path) = case.register.file(*file).map(|file| file.path.to_string()) else {
            continue;
        };
        let is_its = path.contains(bucket) || is_only;
        match setting {
            Setting::BucketPolicy(policy) => {
                let policy: Value = serde_json::from_str(policy).unwrap_or_default();
                let arn = format!("arn:aws:s3:::{bucket}");
                let about = |text: &&str| {
                    text.ends_with(&arn[3..]) || text.contains(&format!("{}/", &arn[3..]))
                };
                let resources = statements(&policy)
                    .into_iter()
                    .flat_map(|statement| texts(&statement["Resource"]));
                if resources.clone().any(|text| about(&text)) {
                    bucket_policy(one, &policy);
                } else {
                    continue;
                }
            }
            Setting::Encryption(algorithm) if is_its => one.encryption = Some(algorithm.clone()),
            Setting::PublicAccessBlock(all) if is_its => one.blocked = Some(*all),
            Setting::Versioning(status) if is_its => one.versioning = Some(status.clone()),
            Setting::ObjectLock(on) if is_its => one.lock = Some(*on),
            Setting::KeyPolicy(policy)
                if one.kms_key.as_ref().is_some_and(|key| !key.is_empty()) =>
            {
                one.decrypt = Some(allowed(
                    &serde_json::from_str(policy).unwrap_or_default(),
                    DECRYPT,
                ));
            }
            Setting::Grants(grants) if one.kms_key.as_ref().is_some_and(|key| !key.is_empty()) => {
                let able = grants
                    .iter()
                    .filter(|(_, operations)| operations.iter().any(|name| name == "Decrypt"));
                let able = able.map(|(principal, _)| Grant {
                    principal: principal.clone(),
                    conditional: false,
                });
                one.decrypt.get_or_insert_default().extend(able);
            }
            _ => continue,
        }
        one.sources.push(path);
    }
}
