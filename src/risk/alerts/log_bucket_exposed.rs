//! Whoever reaches the bucket of the logs can read, change or delete them.

#[cfg(test)]
use super::tests::Fixture;
use super::{Alert, Category, Condition, Severity};
use super::Scene;
use crate::activity::{Bits, EventIx};
use std::collections::HashSet;

pub(super) const ALERT: Alert = Alert {
    id: "log-bucket-exposed",
    title: "Who may reach a bucket of logs was changed",
    category: Category::OpenPermissions,
    severity: Severity::High,
    risk: 9,
    condition: Condition::Found {
        query: "name:(PutBucketPolicy OR DeleteBucketPolicy OR PutBucketAcl OR DeletePublicAccessBlock OR DeleteBucketPublicAccessBlock OR PutBucketPublicAccessBlock OR PutBucketVersioning OR PutBucketLifecycle OR DeleteBucket) -weakens:no -error:*",
        words: "the bucket is one that a trail or AWS Config delivers to, as digests, descriptions and calls tell",
        find,
    },
    recommendation: "Look at Integrity, How trails are protected, and compare the policy before and after.",
};

fn find(scene: &Scene<'_>, events: &Bits) -> Vec<EventIx> {
    let store = scene.store;
    let targets = |event: EventIx| {
        let targets = store.targets.of(event).into_iter().flatten();
        targets.map(|&target| store.texts.get(target))
    };
    // Calls that set up a trail or a delivery channel name its bucket, too.
    let setting_up = scene.find("name:(CreateTrail OR UpdateTrail OR PutDeliveryChannel)");
    let named: HashSet<&str> = setting_up.iter().flat_map(targets).collect();
    let is_of_logs = |&event: &EventIx| {
        targets(event).any(|target| {
            let bucket = target.rsplit(":::").next().unwrap_or(target);
            scene.log_buckets.iter().any(|log| log == bucket) || named.contains(bucket)
        })
    };
    events.iter().filter(is_of_logs).collect()
}

#[cfg(test)]
pub(super) const FIXTURE: Fixture = Fixture {
    fires: &[
        ("CreateTrail", r#""requestParameters":{"name":"t","s3BucketName":"logs"}"#, 1, 10),
        ("PutBucketPolicy", r#""requestParameters":{"bucketName":"logs"}"#, 1, 10),
    ],
    quiet: &[
        ("PutBucketPolicy", r#""requestParameters":{"bucketName":"pictures"}"#, 1, 10),
        ("CreateTrail", r#""requestParameters":{"name":"t","s3BucketName":"logs"}"#, 1, 10),
        ("PutBucketPolicy", r#""requestParameters":{"bucketName":"logs","bucketPolicy":{"Statement":[{"Effect":"Allow","Principal":{"Service":"cloudtrail.amazonaws.com"},"Action":"s3:PutObject"}]}}"#, 1, 10),
        ("PutBucketVersioning", r#""requestParameters":{"bucketName":"logs","VersioningConfiguration":{"Status":"Enabled"}}"#, 1, 10),
        ("DeleteBucket", r#""errorCode":"BucketNotEmpty","requestParameters":{"bucketName":"logs"}"#, 1, 10),
    ],
};
