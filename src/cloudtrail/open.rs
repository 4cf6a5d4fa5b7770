//! Whether a request lets everyone in: all addresses, all users, any principal that a policy allows.

use std::net::IpAddr;
use std::sync::OnceLock;

use aho_corasick::AhoCorasick;
use serde_json::Value;

use super::event::{Access, Event};

/// Without one of these no request lets everyone in; only a record with one is decoded.
const HINTS: &[&str] = &[
    "/0\"",
    "/0\\\"",
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
    let finder = FINDER.get_or_init(|| AhoCorasick::new(HINTS).ok());
    let has_hint = finder
        .as_ref()
        .is_none_or(|finder| finder.is_match(event.request));
    has_hint
        && serde_json::from_str::<Value>(event.request)
            .is_ok_and(|request| lets_in(&request, Names::Nobody, true))
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
        // What a statement denies lets nobody in.
        Value::Object(fields) if fields.get("Effect").is_some_and(|effect| effect == "Deny") => {
            false
        }
        Value::Object(fields) => fields.iter().any(|(key, value)| {
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
            // A network without a single fixed bit is all addresses, whatever address stands before it.
            let network = text.strip_suffix("/0");
            is_canned
                || network.is_some_and(|address| address.parse::<IpAddr>().is_ok())
                || text.ends_with("/groups/global/AllUsers")
                || text.ends_with("/groups/global/AuthenticatedUsers")
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn open(request: &str) -> bool {
        let raw = format!(r#"{{"eventName":"A","readOnly":false,"requestParameters":{request}}}"#);
        is_open(&Event::parse(&raw).expect("a record"))
    }

    #[test]
    fn tells_whether_a_request_lets_everyone_in() {
        for request in [
            r#"{"ipPermissions":{"items":[{"ipRanges":{"items":[{"cidrIp":"0.0.0.0/0"}]}}]}}"#,
            r#"{"ModifySecurityGroupRulesRequest":{"SecurityGroupRule":{"SecurityGroupRule":{"CidrIpv6":"::/0"}}}}"#,
            r#"{"cidrIp":"198.51.100.7/0","ipProtocol":"tcp"}"#,
            r#"{"x-amz-acl":["public-read"]}"#,
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
            r#"{"bucketPolicy":{"Statement":[{"Effect":"Deny","Principal":"*"},{"Effect":"Allow","Principal":{"AWS":"arn:aws:iam::1:root"}}]}}"#,
            r#"{"policy":"{\"Statement\":[{\"Principal\":\"*\",\"Effect\":\"Deny\"}]}"}"#,
            r#"{"policy":"{\"Principal\":\"*\""}"#,
            r#"{"name":"all","resource":"*"}"#,
            "null",
        ] {
            assert!(!open(request), "{request}");
        }
    }
}
