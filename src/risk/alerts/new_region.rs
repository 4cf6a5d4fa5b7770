//! Somebody works where the account never did before.

#[cfg(test)]
use super::tests::Fixture;
use super::{Alert, Category, Condition, Severity};
use super::Scene;
use crate::activity::{Bits, EventIx};
use std::collections::HashMap;

pub(super) const ALERT: Alert = Alert {
    id: "new-region",
    title: "Something was changed in a region in which nothing was before",
    category: Category::LocationAnomaly,
    severity: Severity::Medium,
    risk: 6,
    condition: Condition::Found {
        query: "access:write region:* -type:AWSService -error:*",
        words: "the first change of an account in a region, after three days of events of the account with at least a hundred of them elsewhere",
        find,
    },
    recommendation: "Look at what was made there; turn off regions that are not used.",
};

/// Seconds and events of an account's past without which nothing is unusual.
const PAST: (u32, u32) = (3 * 86_400, 100);

fn find(scene: &Scene<'_>, events: &Bits) -> Vec<EventIx> {
    let store = scene.store;
    // By account: when it began, how many events it had. By its region: how many of them, and when something was changed first;
    // 0 where that is nothing unusual.
    let mut past: HashMap<u32, (u32, u32)> = HashMap::new();
    let mut regions: HashMap<(u32, u32), (u32, Option<u32>)> = HashMap::new();
    let mut found = Vec::new();
    for &event in &store.order {
        let (Some(&(account, region)), at) = (store.places.of(event), store.times().get(event)) else {
            continue;
        };
        if at == 0 || region == 0 {
            continue;
        }
        let (begun, count) = past.entry(account).or_insert((at, 0));
        let (own, changed) = regions.entry((account, region)).or_default();
        let is_unusual = at - *begun >= PAST.0 && *count - *own >= PAST.1;
        (*count, *own) = (*count + 1, *own + 1);
        if events.contains(event) {
            // A region is new for a day: what was changed there first is the alert.
            let since = *changed.get_or_insert(if is_unusual { at } else { 0 });
            if since > 0 && at - since < 86_400 {
                found.push(event);
            }
        }
    }
    found
}

#[cfg(test)]
pub(super) const FIXTURE: Fixture = Fixture {
    fires: &[
        ("DescribeInstances", r#""awsRegion":"eu-west-1","userIdentity":{"type":"IAMUser","arn":"arn:aws:iam::1:user/a"}"#, 100, 3000),
        ("DescribeInstances", r#""readOnly":true,"awsRegion":"sa-east-1","userIdentity":{"type":"IAMUser","arn":"arn:aws:iam::1:user/a"}"#, 1, 60),
        ("RunInstances", r#""errorCode":"AccessDenied","readOnly":false,"awsRegion":"sa-east-1","userIdentity":{"type":"IAMUser","arn":"arn:aws:iam::1:user/a"}"#, 1, 90_000),
        ("RunInstances", r#""readOnly":false,"awsRegion":"sa-east-1","userIdentity":{"type":"IAMUser","arn":"arn:aws:iam::1:user/a"}"#, 2, 60),
    ],
    quiet: &[
        ("DescribeInstances", r#""awsRegion":"eu-west-1","userIdentity":{"type":"IAMUser","arn":"arn:aws:iam::1:user/a"}"#, 150, 3000),
        ("RunInstances", r#""readOnly":false,"awsRegion":"eu-west-1","userIdentity":{"type":"IAMUser","arn":"arn:aws:iam::1:user/a"}"#, 1, 60),
    ],
};
