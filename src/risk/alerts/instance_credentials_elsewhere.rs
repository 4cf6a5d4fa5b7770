//! The session of an instance is named after it. From another network its credentials were carried away, or the instance has another way out.

#[cfg(test)]
use super::tests::Fixture;
use super::{Alert, Category, Condition, Severity};
use super::Scene;
use super::two_places::{Network, network};
use crate::activity::{Bits, EventIx, Field, field};
use std::collections::HashMap;

pub(super) const ALERT: Alert = Alert {
    id: "instance-credentials-elsewhere",
    title: "An instance's credentials were used from two networks",
    category: Category::CredentialsLoss,
    severity: Severity::Medium,
    risk: 7,
    condition: Condition::Found {
        query: "actor:*:assumed-role/*/i-* ip:*",
        words: "the session of one instance calls from addresses of two networks (/16 of IPv4, /48 of IPv6) that are not private",
        find,
    },
    recommendation: "See whether both are the instance's own ways out; else replace its role's credentials.",
};

fn find(scene: &Scene<'_>, events: &Bits) -> Vec<EventIx> {
    let store = scene.store;
    let mut seen: HashMap<&str, (Vec<Network>, Vec<EventIx>)> = HashMap::new();
    for event in events.iter() {
        if let Some(network) = network(field::value(store, Field::Ip, event)) {
            let actor = field::value(store, Field::Actor, event);
            let (networks, own) = seen.entry(actor).or_default();
            // Addresses of another family are no other place.
            if !networks.contains(&network) {
                networks.push(network);
            }
            own.push(event);
        }
    }
    let apart = |networks: &[Network]| networks.iter().any(|one| networks.iter().any(|two| one.is_apart(two)));
    let found = seen.into_values().filter(|(networks, _)| apart(networks));
    found.flat_map(|(_, own)| own).collect()
}

#[cfg(test)]
pub(super) const FIXTURE: Fixture = Fixture {
    fires: &[
        ("ListBuckets", r#""userIdentity":{"type":"AssumedRole","arn":"arn:aws:sts::1:assumed-role/web/i-0123456789abcdef0","accessKeyId":"ASIA1"},"sourceIPAddress":"198.51.100.7""#, 2, 60),
        ("ListBuckets", r#""userIdentity":{"type":"AssumedRole","arn":"arn:aws:sts::1:assumed-role/web/i-0123456789abcdef0","accessKeyId":"ASIA1"},"sourceIPAddress":"203.0.113.7""#, 1, 60),
    ],
    quiet: &[
        ("ListBuckets", r#""userIdentity":{"type":"AssumedRole","arn":"arn:aws:sts::1:assumed-role/web/i-0123456789abcdef0","accessKeyId":"ASIA1"},"sourceIPAddress":"198.51.100.7""#, 2, 60),
        ("ListBuckets", r#""userIdentity":{"type":"AssumedRole","arn":"arn:aws:sts::1:assumed-role/web/i-0123456789abcdef0","accessKeyId":"ASIA1"},"sourceIPAddress":"10.0.0.4""#, 1, 60),
        ("ListBuckets", r#""userIdentity":{"type":"AssumedRole","arn":"arn:aws:sts::1:assumed-role/web/i-0123456789abcdef0","accessKeyId":"ASIA1"},"sourceIPAddress":"198.51.9.7""#, 1, 60),
    ],
};
