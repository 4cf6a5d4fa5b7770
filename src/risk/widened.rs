//! Which calls certainly allow no more than what held before: they replace a policy, which calls before them wrote, by one
//! that allows the same or less, or make a version of it that is not used yet.
//!
//! Told only where that is sure: what cannot be compared counts as wider. The evidence may lack calls between two of it.

use std::collections::HashMap;

use roaring::RoaringBitmap;
use serde_json::Value;

use crate::activity::{Field, Store, field};
use crate::config::policy::{principals, statements, texts};
use crate::moment::Moment;
use crate::order::sorted;

/// A policy as it is held.
#[derive(Default)]
struct Held {
    /// What it says, as it stands: decoded it would take many times as much memory. `None` where the evidence does not tell.
    now: Option<String>,
    /// Its versions, as far as they are told since it was made: `v1` is the first.
    versions: Option<Vec<String>>,
    /// When it was written last.
    at: Option<Moment>,
}

/// The events that allow no more than before. `requests` are the request parameters of calls that write policies.
pub fn narrowed(store: &Store, requests: &[(u32, &str)]) -> RoaringBitmap {
    let is_told = |(event, _): &&(u32, &str)| {
        // AWS IoT has policies with calls of the same names.
        store.shown.contains(*event)
            && field::value(store, Field::Error, *event).is_empty()
            && field::value(store, Field::Source, *event) == "iam.amazonaws.com"
    };
    let all = sorted(requests.iter().filter(is_told).collect(), |a, b| {
        let key = |one: &&(u32, &str)| (store.time(one.0), store.id(one.0), one.0);
        key(a).cmp(&key(b))
    });
    let mut known: HashMap<String, Held> = HashMap::new();
    let mut found = RoaringBitmap::new();
    for (event, request) in all {
        let name = field::value(store, Field::Name, *event);
        let account = field::value(store, Field::Account, *event);
        let Ok(request) = serde_json::from_str::<Value>(request) else {
            continue;
        };
        let Some((of, document)) = written(name, &request) else {
            continue;
        };
        let held = known.entry(format!("{account} {of}")).or_default();
        let time = store.time(*event);
        // Which of two calls within a second came first, nothing tells.
        let is_after = held.at < time;
        held.at = time;
        if held.take(name, &request, document) == Some(true) && is_after {
            found.insert(*event);
        }
    }
    found
}

/// Which policy a call writes, and the document that it states.
fn written(name: &str, request: &Value) -> Option<(String, String)> {
    let word = |key: &str| request[key].as_str().unwrap_or_default();
    let holder = ["userName", "roleName", "groupName"].map(|key| format!("{key} {}", word(key)));
    let holder = holder.iter().zip(["User", "Role", "Group"]);
    let mut holder = holder
        .filter(|(_, kind)| name.contains(*kind))
        .map(|(holder, _)| holder);
    let document = |key: &str| word(key).to_owned();
    Some(match name {
        "PutUserPolicy" | "PutRolePolicy" | "PutGroupPolicy" | "DeleteUserPolicy"
        | "DeleteRolePolicy" | "DeleteGroupPolicy" => (
            format!("{} {}", holder.next()?, word("policyName")),
            document("policyDocument"),
        ),
        "UpdateAssumeRolePolicy" => (
            format!("trust {}", word("roleName")),
            document("policyDocument"),
        ),
        "CreateRole" => (
            format!("trust {}", word("roleName")),
            document("assumeRolePolicyDocument"),
        ),
        "CreatePolicy" => {
            let path = request["path"].as_str().unwrap_or("/");
            (
                format!("{path}{}", word("policyName")),
                document("policyDocument"),
            )
        }
        "CreatePolicyVersion" | "SetDefaultPolicyVersion" | "DeletePolicy" => {
            let (_, path) = word("policyArn").split_once(":policy")?;
            (path.to_owned(), document("policyDocument"))
        }
        _ => return None,
    })
}

impl Held {
    /// Takes what a call makes of it; whether that allows no more, where the call may allow more at all.
    fn take(&mut self, name: &str, request: &Value, document: String) -> Option<bool> {
        let new = match name {
            "CreatePolicy" => {
                self.versions = Some(vec![document.clone()]);
                self.now = Some(document);
                return None;
            }
            "CreatePolicyVersion" => {
                if let Some(versions) = &mut self.versions {
                    versions.push(document.clone());
                }
                if request["setAsDefault"] != true {
                    return Some(true);
                }
                Some(document)
            }
            "SetDefaultPolicyVersion" => {
                let version = request["versionId"]
                    .as_str()
                    .and_then(|id| id.strip_prefix('v'));
                let version = version.and_then(|id| id.parse::<usize>().ok()?.checked_sub(1));
                let versions = self.versions.as_ref();
                version.and_then(|at| versions?.get(at).cloned())
            }
            "CreateRole" => {
                self.now = Some(document);
                return None;
            }
            _ if name.starts_with("Delete") => {
                (self.now, self.versions) = (Some(String::new()), None);
                return None;
            }
            _ => Some(document),
        };
        let is_narrowed = match (&self.now, &new) {
            (Some(old), Some(new)) => allows_no_more(old, new),
            (None, Some(new)) => allows_no_more("", new),
            _ => false,
        };
        self.now = new;
        Some(is_narrowed)
    }
}

/// Whether one policy certainly allows no more than another.
fn allows_no_more(old: &str, new: &str) -> bool {
    let decoded = |text: &str| serde_json::from_str::<Value>(text).unwrap_or_default();
    let (old, new) = (decoded(old), decoded(new));
    let bare = |statement: &Value| {
        let mut statement = statement.clone();
        if let Some(fields) = statement.as_object_mut() {
            fields.remove("Sid");
        }
        statement
    };
    let of = |policy: &Value, effect: &str| -> Vec<Value> {
        let all = statements(policy).into_iter();
        let all = all.filter(|statement| (statement["Effect"] == "Deny") == (effect == "Deny"));
        all.map(bare).collect()
    };
    // A document that is no policy tells nothing.
    let is_read = !statements(&new).is_empty();
    let (before, denied) = (of(&old, "Allow"), of(&new, "Deny"));
    is_read
        && of(&old, "Deny").iter().all(|one| denied.contains(one))
        && of(&new, "Allow")
            .iter()
            .all(|one| before.iter().any(|old| covers(old, one)))
}

/// Whether a statement that allows covers another.
fn covers(old: &Value, new: &Value) -> bool {
    let same = |key: &str| old[key] == new[key];
    let within = |key: &str, minds_case: bool| {
        let (old, new) = (texts(&old[key]), texts(&new[key]));
        let fits = |new: &&str| {
            old.iter().any(|old| match minds_case {
                true => is_within(old, new),
                false => is_within(&old.to_ascii_lowercase(), &new.to_ascii_lowercase()),
            })
        };
        !new.is_empty() && new.iter().all(fits)
    };
    let before = principals(old);
    let is_whom = ["Principal", "NotPrincipal"].into_iter().all(same)
        || same("NotPrincipal") && principals(new).iter().all(|one| before.contains(one));
    is_whom
        && ["NotAction", "NotResource"].into_iter().all(same)
        && (same("Action") || within("Action", false))
        && (same("Resource") || within("Resource", true))
        && (old["Condition"].is_null() || same("Condition"))
}

/// Whether every text that one pattern of `*` fits is fitted by another.
fn is_within(old: &str, new: &str) -> bool {
    if old == new {
        return true;
    }
    let mut parts = old.split('*');
    let first = parts.next().unwrap_or_default();
    // A `?` is a letter, but not any number of them.
    let (Some(mut rest), false, Some(last)) = (
        new.strip_prefix(first),
        old.contains('?'),
        parts.next_back(),
    ) else {
        return false;
    };
    for part in parts {
        let Some((_, after)) = rest.split_once(part) else {
            return false;
        };
        rest = after;
    }
    rest.ends_with(last)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::activity::store::tests::{log, store};

    #[test]
    fn a_policy_is_compared_with_the_one_that_it_replaces() {
        let allow = |action: &str| {
            format!(r#"{{"Statement":[{{"Effect":"Allow","Action":"{action}","Resource":"*"}}]}}"#)
        };
        let put = |document: &str| json!({ "roleName": "r", "policyName": "p", "policyDocument": document });
        let version = |document: &str, is_default: bool| json!({ "policyArn": "arn:aws:iam::1:policy/x", "policyDocument": document, "setAsDefault": is_default });
        let default = |id: &str| json!({ "policyArn": "arn:aws:iam::1:policy/x", "versionId": id });
        let calls = [
            ("PutRolePolicy", put(&allow("s3:*")), false),
            ("PutRolePolicy", put(&allow("s3:Get*")), true),
            ("PutRolePolicy", put(&allow("s3:*")), false),
            ("DeleteRolePolicy", put(""), false),
            ("PutRolePolicy", put(&allow("s3:Get*")), false),
            (
                "CreatePolicy",
                json!({ "policyName": "x", "policyDocument": allow("ec2:*") }),
                false,
            ),
            ("CreatePolicyVersion", version(&allow("*"), false), true),
            (
                "CreatePolicyVersion",
                version(&allow("ec2:Describe*"), true),
                true,
            ),
            ("SetDefaultPolicyVersion", default("v2"), false),
            ("SetDefaultPolicyVersion", default("v3"), true),
            ("SetDefaultPolicyVersion", default("v1"), false),
            ("SetDefaultPolicyVersion", default("v9"), false),
            (
                "PutUserPolicy",
                json!({ "userName": "u", "policyName": "p", "policyDocument": "{" }),
                false,
            ),
            (
                "PutUserPolicy",
                json!({ "userName": "u", "policyName": "q", "policyDocument": r#"{"Statement":{"Effect":"Deny","Action":"*","Resource":"*"}}"# }),
                true,
            ),
        ];
        let record = |(at, (name, request, _)): (usize, &(&str, Value, bool))| {
            format!(
                r#"{{"eventID":"{at:08}-0000-0000-0000-00000000000a","eventName":"{name}","eventSource":"iam.amazonaws.com","eventTime":"2024-01-01T00:{at:02}:00Z","recipientAccountId":"1","requestParameters":{request}}}"#
            )
        };
        let text: Vec<String> = calls.iter().enumerate().map(record).collect();
        let text = text.join("\n");
        let found = narrowed(&store(&[&text]), &log(&text).requests());
        for (at, (name, request, expected)) in calls.iter().enumerate() {
            assert_eq!(
                found.contains(at as u32),
                *expected,
                "{at} {name} {request}"
            );
        }
    }

    #[test]
    fn statements_cover_others_only_where_it_is_sure() {
        let no_more = |old: &Value, new: &Value| allows_no_more(&old.to_string(), &new.to_string());
        let allow = |more: Value| {
            let mut statement = json!({ "Effect": "Allow", "Action": "s3:*", "Resource": "*" });
            for (key, value) in more.as_object().into_iter().flatten() {
                statement[key] = value.clone();
            }
            json!({ "Statement": [statement] })
        };
        let plain = allow(json!({}));
        let narrow = [
            json!({ "Sid": "other" }),
            json!({ "Action": ["s3:GetObject", "S3:Put*"] }),
            json!({ "Resource": "arn:aws:s3:::b/*" }),
            json!({ "Condition": { "Bool": { "aws:MultiFactorAuthPresent": "true" } } }),
        ];
        for more in narrow {
            let other = allow(more.clone());
            assert!(no_more(&plain, &other), "{more}");
            assert!(
                no_more(&other, &plain) == (other == plain || more.get("Sid").is_some()),
                "{more}"
            );
        }
        for more in [
            json!({ "Action": "*" }),
            json!({ "Action": null, "NotAction": "s3:GetObject" }),
            json!({ "Resource": null, "NotResource": "arn:aws:s3:::b" }),
        ] {
            assert!(!no_more(&plain, &allow(more.clone())), "{more}");
        }
        let trust = |who: Value| {
            allow(
                json!({ "Principal": { "AWS": who }, "Action": "sts:AssumeRole", "Resource": null }),
            )
        };
        assert!(no_more(&trust(json!(["a", "b"])), &trust(json!("a"))));
        assert!(!no_more(&trust(json!("a")), &trust(json!("*"))));
        let mut denied = plain.clone();
        denied["Statement"]
            .as_array_mut()
            .expect("a list")
            .push(json!({ "Effect": "Deny", "Action": "s3:Put*", "Resource": "*" }));
        assert!(no_more(&plain, &denied) && !no_more(&denied, &plain));
        assert!(is_within("a*b*", "a*xb?") && !is_within("a?", "a*") && !is_within("a*b", "a*"));
    }
}
