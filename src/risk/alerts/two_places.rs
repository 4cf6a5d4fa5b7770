//! An address tells no place without a database of addresses, which is not here. What can be told: one access key that is used from two networks by turns is in two places at once.

#[cfg(test)]
use super::tests::Fixture;
use super::{Alert, Category, Condition, Severity};
use super::Scene;
use crate::activity::{Bits, EventIx};
use std::collections::HashMap;
use std::net::IpAddr;

pub(super) const ALERT: Alert = Alert {
    id: "two-places",
    title: "One access key was used from two networks by turns",
    category: Category::LocationAnomaly,
    severity: Severity::Medium,
    risk: 7,
    condition: Condition::Found {
        query: "key:* ip:* -type:AWSService",
        words: "one access key calls from one network, from another, and from the first again within ten minutes (/16 of IPv4, /48 of IPv6; private addresses do not count)",
        find,
    },
    recommendation: "Ask the user: a tunnel and a proxy look the same. Else turn the key off.",
};

/// A network, by the bits that its addresses share.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Network {
    /// The first 16 bits of an address of IPv4.
    V4(u16),
    /// The first 48 bits of an address of IPv6.
    V6(u64),
}

impl Network {
    /// Whether another network of the same family is another place.
    pub(super) fn is_apart(&self, other: &Network) -> bool {
        std::mem::discriminant(self) == std::mem::discriminant(other) && self != other
    }
}

/// The network of an address; none of a private one, or of what is no address.
pub(super) fn network(address: &str) -> Option<Network> {
    match address.parse::<IpAddr>().ok()? {
        IpAddr::V4(v4) => {
            let [a, b, ..] = v4.octets();
            let is_shared = a == 100 && (64..128).contains(&b);
            let is_inner = v4.is_private() || v4.is_loopback() || v4.is_link_local() || is_shared;
            (!is_inner).then_some(Network::V4(u16::from_be_bytes([a, b])))
        }
        IpAddr::V6(v6) => {
            let bits = u128::from(v6);
            let is_inner = bits >> 121 == 0x7e || bits >> 118 == 0x3fa || v6.is_loopback();
            (!is_inner).then_some(Network::V6((bits >> 80) as u64))
        }
    }
}

/// Seconds within which a key comes back to the first network.
const TURNS: u32 = 600;

fn find(scene: &Scene<'_>, events: &Bits) -> Vec<EventIx> {
    let store = scene.store;
    // An address is looked at once.
    let networks: Vec<Option<Network>> = store.ips.values.iter().map(|&ip| network(store.texts.get(ip))).collect();
    // By key: the last call from each of the last networks, the newest last.
    let mut last: HashMap<u32, Vec<(Network, u32, EventIx)>> = HashMap::new();
    let mut found = Vec::new();
    for &event in store.order.iter().filter(|&&event| events.contains(event)) {
        let at = store.times().get(event);
        let network = networks.get(store.ips.column.get(event) as usize).copied().flatten();
        let (Some(actor), Some(network), true) = (store.actors.of(event), network, at > 0) else {
            continue;
        };
        let own = last.entry(actor.key).or_default();
        own.retain(|(_, then, _)| at - then <= TURNS);
        if let Some(first) = own.iter().position(|(one, ..)| *one == network) {
            let between = own.get(first + 1..).unwrap_or_default();
            if let Some((_, _, other)) = between.iter().find(|(one, ..)| one.is_apart(&network)) {
                found.extend([own[first].2, *other, event]);
            }
            own.remove(first);
        }
        own.push((network, at, event));
    }
    found
}

#[cfg(test)]
pub(super) const FIXTURE: Fixture = Fixture {
    fires: &[
        ("ListBuckets", r#""sourceIPAddress":"198.51.100.7","userIdentity":{"type":"IAMUser","arn":"arn:aws:iam::1:user/a","accessKeyId":"AKIA1"}"#, 1, 60),
        ("ListBuckets", r#""sourceIPAddress":"203.0.113.7","userIdentity":{"type":"IAMUser","arn":"arn:aws:iam::1:user/a","accessKeyId":"AKIA1"}"#, 1, 60),
        ("ListBuckets", r#""sourceIPAddress":"198.51.100.8","userIdentity":{"type":"IAMUser","arn":"arn:aws:iam::1:user/a","accessKeyId":"AKIA1"}"#, 1, 60),
    ],
    quiet: &[
        ("ListBuckets", r#""sourceIPAddress":"198.51.100.7","userIdentity":{"type":"IAMUser","arn":"arn:aws:iam::1:user/a","accessKeyId":"AKIA1"}"#, 2, 60),
        ("ListBuckets", r#""sourceIPAddress":"203.0.113.7","userIdentity":{"type":"IAMUser","arn":"arn:aws:iam::1:user/a","accessKeyId":"AKIA1"}"#, 2, 60),
        ("ListBuckets", r#""sourceIPAddress":"2001:db8::1","userIdentity":{"type":"IAMUser","arn":"arn:aws:iam::1:user/a","accessKeyId":"AKIA1"}"#, 1, 60),
        ("ListBuckets", r#""sourceIPAddress":"203.0.113.7","userIdentity":{"type":"IAMUser","arn":"arn:aws:iam::1:user/a","accessKeyId":"AKIA1"}"#, 1, 60),
        ("ListBuckets", r#""sourceIPAddress":"10.1.2.3","userIdentity":{"type":"IAMUser","arn":"arn:aws:iam::1:user/a","accessKeyId":"AKIA1"}"#, 1, 60),
        ("ListBuckets", r#""sourceIPAddress":"203.0.113.7","userIdentity":{"type":"IAMUser","arn":"arn:aws:iam::1:user/a","accessKeyId":"AKIA1"}"#, 1, 60),
        ("ListBuckets", r#""sourceIPAddress":"198.51.100.7","userIdentity":{"type":"IAMUser","arn":"arn:aws:iam::1:user/a","accessKeyId":"AKIA1"}"#, 1, 6000),
    ],
};
