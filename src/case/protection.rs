//! How a trail's logs are kept private and safe: validation, encryption, and who may read, write, delete
//! and decrypt, from descriptions and from AWS Config's items.
//!
//! Who may is told by the policies of bucket and key, the bucket's access control list and the key's grants. Identities of the same account may be allowed by
//! their own policies, which are not read.

use std::collections::BTreeMap;

use serde_json::Value;

use crate::cloudtrail::description::Setting;
use crate::cloudtrail::{Description, TrailDescription};
use crate::config::access::{Access, account_of, both, decrypters};
use crate::config::inventory::{Capture, Resource};
use crate::config::kept;
use crate::config::policy::{Grant, statements, texts};
use crate::order::sorted;
use crate::risk::reach::{ANY_ACCOUNT, writers};

use super::Case;

mod facts;
mod whose;

pub use facts::facts;
use whose::{Whose, owners, whose};

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
    /// Who may write and delete objects by the bucket's access control list, its owner aside.
    pub listed: Vec<Grant>,
    /// Statements of the policies that deny some of this in a way that is not solved.
    pub narrowed: usize,
    /// Whether S3 itself calls the bucket's policy public.
    pub called_public: Option<bool>,
    /// Whether it records now, by its status.
    pub logging: Option<bool>,
    /// Who may decrypt with the key.
    pub decrypt: Option<Vec<Grant>>,
    /// Files that tell.
    pub sources: Vec<String>,
    /// Outputs that name no bucket, taken to be of this one as the evidence has no other log bucket.
    pub assumed: Vec<String>,
    /// Outputs on a bucket of which it is open whether it is this one.
    pub open: Vec<String>,
}

impl Protection {
    /// The trail's account, by its ARN.
    fn account(&self) -> Option<&str> {
        self.arn.as_deref().and_then(|arn| arn.split(':').nth(4))
    }

    /// Who may read, write or delete, as far as the bucket's policy is known.
    pub fn reaching(&self) -> impl Iterator<Item = &Grant> {
        let all = [&self.read, &self.write, &self.delete];
        all.into_iter().flatten().flatten()
    }

    /// Whether everyone may read, write or delete, or anybody with an account.
    pub fn is_open(&self) -> bool {
        self.reaching().any(is_open)
    }

    /// Whether it is another account than the trail's.
    fn is_foreign(&self, grant: &Grant) -> bool {
        // Lists name an account by an ID of their own, and it is not the owner's.
        let is_listed = grant.principal == ANY_ACCOUNT
            || (grant.principal != "*" && self.listed.contains(grant));
        is_listed
            || self
                .account()
                .zip(account_of(&grant.principal))
                .is_some_and(|(own, other)| own != other)
    }

    /// Whether another account than the trail's may read, write or delete without a condition.
    pub fn is_shared(&self) -> bool {
        self.reaching()
            .any(|grant| !grant.conditional && self.is_foreign(grant))
    }

    /// Who may both read and decrypt, by the two policies and the key's grants; whoever may read where no key of KMS
    /// is asked for; `None` where one of them is not known.
    pub fn read_and_decrypt(&self) -> Option<Vec<Grant>> {
        let read = self.read.as_ref()?;
        if self.kms_key.as_ref().is_some_and(String::is_empty) {
            return Some(read.clone());
        }
        Some(both(read, self.decrypt.as_ref()?, self.account()))
    }
}

/// Whether anybody has it, who may need an account for it.
fn is_open(grant: &Grant) -> bool {
    grant.is_public() || grant.principal == ANY_ACCOUNT
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
            described(
                &mut trails,
                trail,
                trail.kms_key.clone().or(Some(String::new())),
                path(*file),
            );
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
            let key = (trail.name.clone(), trail.arn.clone());
            let told = trails.get(&key).and_then(|one| one.kms_key.clone());
            // An output of the CLI tells it as it is; an item, of its capture, and only with a configuration.
            let carried = inventory.kept(capture, kept::CONFIGURED).is_some();
            let own = trail.kms_key.clone().or_else(|| carried.then(String::new));
            described(&mut trails, &trail, told.or(own), path(capture.file));
        }
    }
    let mut all: Vec<Protection> = trails.into_values().collect();
    let buckets: Vec<String> = all.iter().filter_map(|one| one.bucket.clone()).collect();
    let is_only = buckets.iter().all(|bucket| *bucket == buckets[0]);
    let owners = owners(case, &buckets);
    for one in &mut all {
        let Some(bucket) = one.bucket.clone() else {
            continue;
        };
        from_items(case, one, &bucket);
        from_outputs(case, one, &bucket, (is_only, &owners));
        by_list(one);
        one.sources = sorted(std::mem::take(&mut one.sources), Ord::cmp);
        one.sources.dedup();
        one.decrypt = one.decrypt.take().map(|able| {
            let mut able = sorted(able, Ord::cmp);
            able.dedup();
            able
        });
    }
    // A status does not name its trail.
    let statuses = case.holdings.descriptions.iter();
    let statuses = statuses.filter_map(|(_, description)| match description {
        Description::Status(status) => Some(status.logging),
        _ => None,
    });
    if let ([only], [logging]) = (&mut all[..], &statuses.collect::<Vec<_>>()[..]) {
        only.logging = *logging;
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
    kms_key: Option<String>,
    source: String,
) {
    let one = trails
        .entry((trail.name.clone(), trail.arn.clone()))
        .or_default();
    one.trail.clone_from(&trail.name);
    one.arn.clone_from(&trail.arn);
    one.validation = trail.validation.or(one.validation);
    one.multi_region = Some(trail.multi_region);
    one.kms_key = kms_key;
    one.bucket = trail.bucket.clone().or(one.bucket.take());
    one.sources.push(source);
}

const READ: &[&str] = &["s3:GetObject", "s3:GetObjectVersion"];
const WRITE: &[&str] = &["s3:PutObject"];
const DELETE: &[&str] = &["s3:DeleteObject", "s3:DeleteObjectVersion"];
const DECRYPT: &[&str] = &["kms:Decrypt"];

fn bucket_policy(one: &mut Protection, policy: &Value, bucket: &str) {
    let thing = format!("arn:aws:s3:::{bucket}");
    let mut take = |actions| {
        let access = Access::of(policy, actions, Some(&thing));
        one.narrowed = one.narrowed.max(access.narrowed);
        Some(access.who)
    };
    (one.read, one.write, one.delete) = (take(READ), take(WRITE), take(DELETE));
}

/// Takes a bucket's access control list, of which everyone's part counts for nothing where public access is blocked.
fn by_list(one: &mut Protection) {
    if one.blocked == Some(true) {
        one.listed.retain(|grant| !is_open(grant));
    }
    if one.listed.is_empty() {
        return;
    }
    for who in [&mut one.write, &mut one.delete] {
        let mut all = who.take().unwrap_or_default();
        all.extend(one.listed.iter().cloned());
        let all = who.insert(crate::order::sorted(all, |a, b| a.cmp(b)));
        all.dedup();
    }
}

/// Takes a key's policy and what its grants add to it: a grant allows without the policy.
fn key_policy(one: &mut Protection, policy: &Value) {
    let access = Access::of(policy, DECRYPT, None);
    one.narrowed = one.narrowed.max(access.narrowed);
    one.decrypt.get_or_insert_default().extend(access.who);
}

fn grant(principal: String) -> Grant {
    Grant {
        principal,
        conditional: false,
        delegated: false,
    }
}

fn grants(one: &mut Protection, able: impl Iterator<Item = String>) {
    one.decrypt.get_or_insert_default().extend(able.map(grant));
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
            if let Some(policy) = kept("Policy") {
                key_policy(one, &policy);
            }
            if let Some(all) = kept("Grants") {
                grants(one, decrypters(&all).into_iter());
            }
        } else {
            // What an item lacks says that there is none only where it came with its configuration.
            let is_whole = inventory.kept(capture, kept::CONFIGURED).is_some();
            let part = |name: &str| kept(name).or_else(|| is_whole.then_some(Value::Null));
            let word = |value: &Value, or: &str| value.as_str().unwrap_or(or).to_owned();
            if let Some(policy) = part("BucketPolicy") {
                bucket_policy(one, &policy["policyText"], bucket);
            }
            if let Some(list) = kept("AccessControlList") {
                one.listed = writers(&list).map(grant).collect();
            }
            if let Some(block) = part("PublicAccessBlockConfiguration") {
                let names = [
                    "blockPublicAcls",
                    "ignorePublicAcls",
                    "blockPublicPolicy",
                    "restrictPublicBuckets",
                ];
                one.blocked = Some(names.iter().all(|name| block[*name] == true));
            }
            if let Some(versioning) = part("BucketVersioningConfiguration") {
                one.versioning = Some(word(&versioning["status"], "Off"));
            }
            if let Some(value) = part("ServerSideEncryptionConfiguration") {
                let default = &value["rules"][0]["applyServerSideEncryptionByDefault"];
                one.encryption = Some(word(&default["sseAlgorithm"], "none"));
            }
            if let Some(lock) = part("ObjectLockConfiguration") {
                one.lock = Some(lock["objectLockEnabled"] == "Enabled");
            }
        }
        one.sources.extend(
            case.register
                .file(capture.file)
                .map(|file| file.path.to_string()),
        );
    }
}

/// Outputs do not name their bucket: a policy by what it is about, others by the name of their file, or
/// where there is only one log bucket and no other output of its sort says otherwise.
fn from_outputs(
    case: &Case,
    one: &mut Protection,
    bucket: &str,
    (is_only, owners): (bool, &[Whose<'_>]),
) {
    for ((file, description), owner) in case.holdings.descriptions.iter().zip(owners) {
        let Description::Setting(setting) = description else {
            continue;
        };
        let Some(path) = case.register.file(*file).map(|file| file.path.to_string()) else {
            continue;
        };
        let is_its = match owner {
            Whose::Of(name) => *name == bucket,
            Whose::Unnamed => is_only,
            Whose::Open => false,
        };
        let is_of_key = |one: &Protection| is_of_key(case, one, &path);
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
                    bucket_policy(one, &policy, bucket);
                } else {
                    continue;
                }
            }
            Setting::AccessList(list) if is_its => {
                let list = serde_json::from_str(list).unwrap_or_default();
                one.listed = writers(&list).map(grant).collect();
            }
            Setting::Encryption(algorithm) if is_its => one.encryption = Some(algorithm.clone()),
            Setting::PublicAccessBlock(all) if is_its => one.blocked = Some(*all),
            Setting::Versioning(status) if is_its => one.versioning = Some(status.clone()),
            Setting::ObjectLock(on) if is_its => one.lock = Some(*on),
            Setting::PolicyStatus(is_public) if is_its => one.called_public = Some(*is_public),
            Setting::KeyPolicy(policy) if is_of_key(one) => {
                key_policy(one, &serde_json::from_str(policy).unwrap_or_default());
            }
            Setting::Grants(all) if is_of_key(one) => {
                let decrypts = |(_, operations): &&(String, Vec<String>)| {
                    operations.iter().any(|name| name == "Decrypt")
                };
                let able = all.iter().filter(decrypts);
                grants(one, able.map(|(principal, _)| principal.clone()));
            }
            Setting::KeyPolicy(_) | Setting::Grants(_) => continue,
            _ => {
                if !matches!(owner, Whose::Of(_)) {
                    one.open.push(path);
                }
                continue;
            }
        }
        let is_on_bucket = !matches!(
            setting,
            Setting::BucketPolicy(_) | Setting::KeyPolicy(_) | Setting::Grants(_)
        );
        if is_on_bucket && matches!(owner, Whose::Unnamed) {
            one.assumed.push(path.clone());
        }
        one.sources.push(path);
    }
}

/// Whether an output on a key is on a trail's: by the name of its file, or where all trails have one key and no other
/// policy of a key is here.
fn is_of_key(case: &Case, one: &Protection, path: &str) -> bool {
    let Some(key) = one.kms_key.as_deref().filter(|key| !key.is_empty()) else {
        return false;
    };
    let id = key.rsplit('/').next().unwrap_or(key);
    let policies = case
        .holdings
        .descriptions
        .iter()
        .filter(|(_, description)| {
            matches!(description, Description::Setting(Setting::KeyPolicy(_)))
        });
    let others =
        case.holdings
            .descriptions
            .iter()
            .filter_map(|(_, description)| match description {
                Description::Trail(trail) => trail.kms_key.as_deref(),
                _ => None,
            });
    whose(path, std::iter::once(id)) == Whose::Of(id)
        || (policies.count() <= 1 && others.into_iter().all(|other| other == key))
}
