//! Whether a request lets everyone in: all addresses or a vast part of them, all users, any principal that a policy allows.

use std::net::IpAddr;
use std::sync::OnceLock;

use aho_corasick::AhoCorasick;
use serde_json::Value;

use super::event::{Access, Event};
use crate::evidence::condition::names_callers;

/// Without one of these, or a network as large as [`is_vast`], no request lets everyone in; only a record with one is decoded.
const HINTS: &[&str] = &[
    "AllUsers",
    "AuthenticatedUsers",
    "public-read",
    "authenticated-read",
    "\"*\"",
    "\\\"*\\\"",
    "\"all\"",
];

/// Whom a text names, by its field.
#[derive(Clone, Copy, PartialEq)]
enum Names {
    /// Nobody in particular: addresses, groups of S3 and canned ACLs say by themselves what they are.
    Nobody,
    /// The principal of a policy's statement: `*` is everyone.
    Principal,
    /// A group of accounts: `all` is everyone.
    Group,
}

/// Whether the request of an event lets everyone in.
pub(super) fn is_open(event: &Event<'_>) -> bool {
    static FINDER: OnceLock<Option<AhoCorasick>> = OnceLock::new();
    if event.access == Access::Read {
        return false;
    }
    // Our own list: it can be made into a finder.
    let finder = FINDER.get_or_init(|| {
        let vast = (0..VAST.1).flat_map(|bits| ["\"", "\\\""].map(|end| format!("/{bits}{end}")));
        let all = HINTS.iter().map(|hint| (*hint).to_owned()).chain(vast);
        AhoCorasick::new(all).ok()
    });
    let has_hint = finder
        .as_ref()
        .is_none_or(|finder| finder.is_match(event.request));
    has_hint
        && !takes_back(&event.name)
        && serde_json::from_str::<Value>(event.request)
            .is_ok_and(|request| lets_in(&request, Names::Nobody, true))
}

/// Calls whose names say that they let nobody in: they take back, describe, or are about what goes out.
fn takes_back(name: &str) -> bool {
    let starts = [
        "Revoke",
        "Delete",
        "Remove",
        "UpdateSecurityGroupRuleDescriptions",
    ];
    starts.iter().any(|start| name.starts_with(start)) || name.ends_with("Egress")
}

/// Whether a value lets everyone in. A policy may stand in a text, but none within its text.
fn lets_in(value: &Value, names: Names, outer: bool) -> bool {
    match value {
        Value::String(text) => {
            let is_policy = outer && text.starts_with('{') && text.contains("\"Principal\"");
            is_everyone(text, names)
                || is_policy
                    && serde_json::from_str::<Value>(text)
                        .is_ok_and(|policy| lets_in(&policy, Names::Nobody, false))
        }
        Value::Array(items) => items.iter().any(|item| lets_in(item, names, outer)),
        // What a statement or an entry of a list denies lets nobody in, and neither does what is of certain callers.
        Value::Object(fields)
            if ["Effect", "ruleAction"].iter().any(|part| {
                let told = fields.get(*part).and_then(Value::as_str);
                told.is_some_and(|told| told.eq_ignore_ascii_case("deny"))
            }) || names_callers(&value["Condition"]) =>
        {
            false
        }
        Value::Object(fields) if fields.get("egress").is_some_and(|egress| egress == true) => false,
        Value::Object(fields) => fields.iter().any(|(key, value)| {
            // What is taken away from everyone, and where packets go, lets nobody in.
            if key == "remove" || key.starts_with("destination") {
                return false;
            }
            let named = match key.as_str() {
                "Principal" => Names::Principal,
                "AWS" | "CanonicalUser" if names == Names::Principal => Names::Principal,
                "group" | "groups" | "userGroups" | "valuesToAdd" => Names::Group,
                _ => Names::Nobody,
            };
            lets_in(value, named, outer)
        }),
        _ => false,
    }
}

fn is_everyone(text: &str, names: Names) -> bool {
    match names {
        Names::Principal => text == "*",
        Names::Group if text == "all" => true,
        _ => {
            let is_canned = matches!(
                text,
                "public-read" | "public-read-write" | "authenticated-read"
            );
            // A header that grants names several, each in quotes.
            let is_group = |named: &str| {
                let named = named.trim_end_matches(['"', ' ']);
                named.ends_with("/groups/global/AllUsers")
                    || named.ends_with("/groups/global/AuthenticatedUsers")
            };
            is_canned || is_vast(text) || text.split(',').any(is_group)
        }
    }
}

/// Fixed bits of a network of version 4 and 6 from which on it is not vast.
const VAST: (u8, u8) = (8, 16);

/// Whether a network is all addresses or so many of the public ones that a few of its like are, whatever address stands in it.
fn is_vast(text: &str) -> bool {
    let parts = text.split_once('/');
    let parts = parts.and_then(|(address, bits)| Some((address.parse().ok()?, bits.parse().ok()?)));
    match parts {
        Some((IpAddr::V4(_), bits)) => bits < VAST.0,
        // From fc00:: on nothing is public.
        Some((IpAddr::V6(address), bits @ 1..)) => bits < VAST.1 && address.octets()[0] < 0xfc,
        Some((_, bits)) => bits == 0,
        None => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn open(request: &str) -> bool {
        open_by("A", request)
    }

    fn open_by(name: &str, request: &str) -> bool {
        let raw =
            format!(r#"{{"eventName":"{name}","readOnly":false,"requestParameters":{request}}}"#);
        is_open(&Event::parse(&raw).expect("a record"))
    }

    #[test]
    fn tells_whether_a_request_lets_everyone_in() {
        for request in [
            r#"{"ipPermissions":{"items":[{"ipRanges":{"items":[{"cidrIp":"0.0.0.0/0"}]}}]}}"#,
            r#"{"ModifySecurityGroupRulesRequest":{"SecurityGroupRule":{"SecurityGroupRule":{"CidrIpv6":"::/0"}}}}"#,
            r#"{"cidrIp":"198.51.100.7/0","ipProtocol":"tcp"}"#,
            r#"{"cidrIp":"128.0.0.0/1"}"#,
            r#"{"cidrIp":"8.0.0.0/7"}"#,
            r#"{"CidrIpv6":"2000::/3"}"#,
            r#"{"x-amz-acl":["public-read"]}"#,
            r#"{"x-amz-grant-read":"uri=\"http://acs.amazonaws.com/groups/global/AllUsers\", id=\"x\""}"#,
            r#"{"x-amz-grant-read":["id=\"x\", uri=\"http://acs.amazonaws.com/groups/global/AuthenticatedUsers\""]}"#,
            r#"{"AccessControlPolicy":{"AccessControlList":{"Grant":[{"Grantee":{"URI":"http://acs.amazonaws.com/groups/global/AllUsers"}}]}}}"#,
            r#"{"createVolumePermission":{"add":{"items":[{"group":"all"}]}}}"#,
            r#"{"attributeName":"restore","valuesToAdd":["all"]}"#,
            r#"{"bucketPolicy":{"Statement":[{"Effect":"Allow","Principal":{"AWS":"*"}}]}}"#,
            r#"{"policy":"{\"Statement\":[{\"Principal\":\"*\",\"Effect\":\"Allow\"}]}"}"#,
        ] {
            assert!(open(request), "{request}");
        }
        for request in [
            r#"{"ipRanges":{"items":[{"cidrIp":"10.0.0.0/8"}]}}"#,
            r#"{"cidrIpv6":"fc00::/7","other":"2600::/16","path":"a/1"}"#,
            r#"{"x-amz-grant-write":"uri=\"http://acs.amazonaws.com/groups/s3/LogDelivery\""}"#,
            r#"{"bucketPolicy":{"Statement":[{"Effect":"Deny","Principal":"*"},{"Effect":"Allow","Principal":{"AWS":"arn:aws:iam::1:root"}}]}}"#,
            r#"{"policy":"{\"Statement\":[{\"Principal\":\"*\",\"Effect\":\"Deny\"}]}"}"#,
            r#"{"policy":"{\"Principal\":\"*\""}"#,
            r#"{"name":"all","resource":"*"}"#,
            r#"{"bucketPolicy":{"Statement":[{"Effect":"Allow","Principal":"*","Condition":{"StringEquals":{"aws:PrincipalOrgID":"o-1"}}}]}}"#,
            r#"{"policy":"{\"Statement\":[{\"Principal\":{\"AWS\":\"*\"},\"Effect\":\"Allow\",\"Condition\":{\"StringEquals\":{\"kms:CallerAccount\":[\"111122223333\"]}}}]}"}"#,
            r#"{"createVolumePermission":{"remove":{"items":[{"group":"all"}]}}}"#,
            r#"{"routeTableId":"rtb-1","destinationCidrBlock":"0.0.0.0/0"}"#,
            r#"{"cidrBlock":"0.0.0.0/0","egress":false,"ruleAction":"deny"}"#,
            r#"{"cidrBlock":"0.0.0.0/0","egress":true,"ruleAction":"allow"}"#,
            "null",
        ] {
            assert!(!open(request), "{request}");
        }
        let all =
            r#"{"ipPermissions":{"items":[{"ipRanges":{"items":[{"cidrIp":"0.0.0.0/0"}]}}]}}"#;
        assert!(open_by("AuthorizeSecurityGroupIngress", all));
        for name in ["RevokeSecurityGroupIngress", "AuthorizeSecurityGroupEgress"] {
            assert!(!open_by(name, all), "{name}");
        }
    }
}
