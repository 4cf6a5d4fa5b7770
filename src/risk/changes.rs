//! Every change of who may reach a bucket that calls and configuration items tell.

use std::collections::HashMap;

use serde_json::Value;

use super::reach::{Block, Reach, differs, of_account_item, of_call, of_item};
use crate::activity::{Field, Store, field};
use crate::config::Inventory;
use crate::moment::Moment;
use crate::order::sorted;

/// A change of who may reach a bucket.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Change {
    /// When.
    pub at: Option<Moment>,
    /// The bucket; empty where it is about all buckets of an account.
    pub bucket: String,
    /// The account.
    pub account: String,
    /// The call; empty where only an item tells that something changed.
    pub call: String,
    /// Who called.
    pub actor: String,
    /// Why the call failed; nothing changed then.
    pub error: String,
    /// Who could before.
    pub before: Reach,
    /// Who can after.
    pub after: Reach,
    /// The event that tells.
    pub event: Option<u32>,
    /// The configuration item that tells.
    pub capture: Option<u32>,
}

/// What tells of a bucket at a moment.
enum Tells<'t> {
    Call(&'t str),
    Item { deleted: bool, reach: Reach },
}

/// Whose reach is told. A bucket may be named like an account.
#[derive(PartialEq, Eq, Hash)]
enum Owner {
    Account(String),
    Bucket(String),
}

/// What is known of an owner.
#[derive(Default)]
struct Known {
    account: String,
    reach: Reach,
}

/// Buckets that are looked at, in all, since the block of their account was changed.
const MOST: usize = 200_000;

/// All changes, in order. `requests` are the request parameters of the calls that change who may reach a bucket.
pub fn changes(store: &Store, requests: &[(u32, &str)], inventory: &Inventory) -> Vec<Change> {
    let mut all: Vec<(Change, Tells<'_>)> = Vec::new();
    for (event, request) in requests {
        // Copies of an event tell nothing new; other calls are about identities.
        let is_of_bucket =
            |call: &str| call.contains("Bucket") || call.contains("PublicAccessBlock");
        if store.shown.contains(*event) && is_of_bucket(field::value(store, Field::Name, *event)) {
            let value = |of: Field| field::value(store, of, *event).to_owned();
            let change = Change {
                at: store.time(*event),
                bucket: String::new(),
                account: value(Field::Account),
                call: value(Field::Name),
                actor: value(Field::Actor),
                error: value(Field::Error),
                before: Reach::default(),
                after: Reach::default(),
                event: Some(*event),
                capture: None,
            };
            all.push((change, Tells::Call(request)));
        }
    }
    add_items(inventory, &mut all);
    let mut all = sorted(all, |a, b| {
        // Events are numbered as their files came: of one second, their IDs order them.
        let id = |one: &Change| one.event.map(|event| (store.id(event), event));
        let key = |one: &(Change, Tells<'_>)| (one.0.at, one.0.capture, id(&one.0));
        key(a).cmp(&key(b))
    });
    let mut known: HashMap<Owner, Known> = HashMap::new();
    let mut changes = Vec::new();
    let mut left = MOST;
    for (mut change, tells) in all.drain(..) {
        let request: Value = match &tells {
            Tells::Call(request) => serde_json::from_str(request).unwrap_or_default(),
            Tells::Item { .. } => Value::Null,
        };
        if let Some(bucket) = request["bucketName"].as_str() {
            bucket.clone_into(&mut change.bucket);
        }
        let of_account = Owner::Account(change.account.clone());
        let is_of_account = change.bucket.is_empty();
        let (owner, block) = if is_of_account {
            // What names no bucket says nothing of any.
            if matches!(tells, Tells::Call(_)) && !change.call.contains("Account") {
                continue;
            }
            (of_account, None)
        } else {
            let block = known.get(&of_account).and_then(|one| one.reach.block);
            (Owner::Bucket(change.bucket.clone()), block)
        };
        let own = known.entry(owner).or_default();
        if change.error.is_empty() {
            own.account.clone_from(&change.account);
        }
        let reach = &mut own.reach;
        let old = reach.clone();
        let is_told = match tells {
            Tells::Call(_) => {
                if change.error.is_empty() {
                    if change.call == "DeleteBucket" {
                        *reach = Reach::default();
                    }
                    reach.take(of_call(&change.call, &request));
                }
                true
            }
            Tells::Item { deleted: true, .. } => {
                *reach = Reach::default();
                false
            }
            Tells::Item { reach: told, .. } => {
                reach.take(told);
                old != Reach::default() && differs(&old, reach)
            }
        };
        if !is_told {
            continue;
        }
        (change.before, change.after) = (old.behind(block), reach.behind(block));
        let blocks = (old.block, reach.block);
        let of_buckets = if is_of_account && blocks.0 != blocks.1 && known.len() <= left {
            left -= known.len();
            of_buckets(&known, &change, blocks)
        } else {
            Vec::new()
        };
        changes.push(change);
        changes.extend(of_buckets);
    }
    changes
}

/// What another block of an account makes of its buckets: those that everyone can reach otherwise than before.
fn of_buckets(
    known: &HashMap<Owner, Known>,
    of: &Change,
    (old, new): (Option<Block>, Option<Block>),
) -> Vec<Change> {
    let change = |(owner, one): (&Owner, &Known)| {
        let Owner::Bucket(bucket) = owner else {
            return None;
        };
        if one.account != of.account {
            return None;
        }
        let change = Change {
            bucket: bucket.clone(),
            before: one.reach.behind(old),
            after: one.reach.behind(new),
            ..of.clone()
        };
        let is_other = change.before.public() != change.after.public();
        is_other.then_some(change)
    };
    let all = known.iter().filter_map(change).collect();
    sorted(all, |a: &Change, b: &Change| a.bucket.cmp(&b.bucket))
}

fn add_items(inventory: &Inventory, all: &mut Vec<(Change, Tells<'_>)>) {
    for resource in &inventory.resources {
        let is_account = match inventory.text(resource.kind) {
            "AWS::S3::Bucket" => false,
            "AWS::S3::AccountPublicAccessBlock" => true,
            _ => continue,
        };
        for &at in &resource.captures {
            let Some(capture) = inventory.capture(at) else {
                continue;
            };
            let kept = |path: &str| {
                let json = inventory.kept(capture, path)?;
                serde_json::from_str::<Value>(json).ok()
            };
            let (bucket, reach) = if is_account {
                let part = |name: &str| kept(&format!("configuration.{name}"));
                (String::new(), of_account_item(&part))
            } else {
                let part = |name: &str| kept(&format!("supplementaryConfiguration.{name}"));
                (inventory.title(resource).to_owned(), of_item(&part))
            };
            let change = Change {
                at: capture.at,
                bucket,
                account: inventory.text(resource.account).to_owned(),
                call: String::new(),
                actor: String::new(),
                error: String::new(),
                before: Reach::default(),
                after: Reach::default(),
                event: None,
                capture: Some(at),
            };
            let deleted = capture.status.is_deleted();
            all.push((change, Tells::Item { deleted, reach }));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::activity::store::tests::{log, store};
    use crate::risk::reach::Public;

    fn event(minute: u32, name: &str, request: &str, more: &str) -> String {
        format!(
            r#"{{"eventID":"000000{minute:02}-0000-0000-0000-00000000000a","eventName":"{name}","eventSource":"s3.amazonaws.com","eventTime":"2024-01-01T00:{minute:02}:00Z","recipientAccountId":"111122223333","userIdentity":{{"arn":"arn:aws:iam::111122223333:user/a"}},"requestParameters":{request}{more}}}"#
        )
    }

    fn of(events: &[String]) -> Vec<Change> {
        let text = events.join("\n");
        changes(
            &store(&[&text]),
            &log(&text).requests(),
            &Inventory::default(),
        )
    }

    #[test]
    fn each_call_tells_who_could_before_and_who_can_after() {
        let open = r#"{"bucketName":"b","bucketPolicy":{"Statement":[{"Effect":"Allow","Principal":"*","Action":"s3:GetObject","Resource":"*"}]}}"#;
        let all = of(&[
            event(
                1,
                "CreateBucket",
                r#"{"bucketName":"b","x-amz-acl":"private"}"#,
                "",
            ),
            event(2, "PutBucketPolicy", open, r#","errorCode":"AccessDenied""#),
            event(3, "PutBucketPolicy", open, ""),
            event(
                4,
                "PutBucketPublicAccessBlock",
                r#"{"bucketName":"b","PublicAccessBlockConfiguration":{"RestrictPublicBuckets":true,"BlockPublicPolicy":true,"BlockPublicAcls":true,"IgnorePublicAcls":true}}"#,
                "",
            ),
            event(
                5,
                "DeleteBucketPublicAccessBlock",
                r#"{"bucketName":"b"}"#,
                "",
            ),
            event(6, "DeleteBucketPolicy", r#"{"bucketName":"b"}"#, ""),
            event(
                7,
                "PutBucketAcl",
                r#"{"bucketName":"b","AccessControlPolicy":{"Owner":{"ID":"me"},"AccessControlList":{"Grant":[{"Grantee":{"ID":"me"},"Permission":"FULL_CONTROL"},{"Grantee":{"URI":"http://acs.amazonaws.com/groups/global/AuthenticatedUsers"},"Permission":"READ"}]}}}"#,
                "",
            ),
        ]);
        let public: Vec<Public> = all.iter().map(|one| one.after.public()).collect();
        assert_eq!(
            public,
            [
                Public::No,
                Public::No,
                Public::UnlessBlocked,
                Public::Blocked,
                Public::Yes,
                Public::No,
                Public::Yes
            ]
        );
        assert_eq!(
            (all[1].error.as_str(), all[1].before == all[1].after),
            ("AccessDenied", true)
        );
        assert_eq!(
            all[2].after.words(),
            "policy: everyone may read; access control list: nobody else"
        );
        assert_eq!(all[2].before, all[0].after);
        assert!(all[3].after.words().ends_with("public access blocked"));
        assert_eq!(
            all[6].after.words(),
            "policy: nobody else; access control list: anybody with an AWS account may list; public access not blocked"
        );
    }

    #[test]
    fn the_block_of_the_account_counts_and_what_is_not_told_is_said() {
        let all = of(&[
            event(
                1,
                "PutBucketAcl",
                r#"{"bucketName":"b","x-amz-acl":["public-read"]}"#,
                "",
            ),
            event(
                2,
                "PutAccountPublicAccessBlock",
                r#"{"PublicAccessBlockConfiguration":{"RestrictPublicBuckets":true,"BlockPublicPolicy":true,"BlockPublicAcls":true,"IgnorePublicAcls":true}}"#,
                "",
            ),
            event(
                3,
                "PutBucketAcl",
                r#"{"bucketName":"b","x-amz-acl":["public-read-write"]}"#,
                "",
            ),
            event(4, "PutBucketPolicy", "[]", ""),
        ]);
        assert_eq!(all[0].before.words(), "not told");
        let told: Vec<(&str, Public, Public)> = all
            .iter()
            .map(|one| (&*one.bucket, one.before.public(), one.after.public()))
            .collect();
        assert_eq!(
            told[..4],
            [
                ("b", Public::No, Public::UnlessBlocked),
                ("", Public::No, Public::No),
                ("b", Public::UnlessBlocked, Public::Blocked),
                ("b", Public::Blocked, Public::Blocked),
            ]
        );
    }

    #[test]
    fn an_account_that_loses_its_block_opens_its_buckets() {
        let on = r#"{"PublicAccessBlockConfiguration":{"RestrictPublicBuckets":true,"BlockPublicPolicy":true,"BlockPublicAcls":true,"IgnorePublicAcls":true}}"#;
        let acl =
            |bucket: &str, acl: &str| format!(r#"{{"bucketName":"{bucket}","x-amz-acl":"{acl}"}}"#);
        let of_other = event(4, "PutBucketAcl", &acl("d", "public-read"), "").replace(
            r#"recipientAccountId":"111122223333"#,
            r#"recipientAccountId":"444455556666"#,
        );
        let all = of(&[
            event(1, "PutAccountPublicAccessBlock", on, ""),
            event(2, "PutBucketAcl", &acl("b", "public-read"), ""),
            event(3, "PutBucketAcl", &acl("c", "private"), ""),
            of_other,
            event(
                5,
                "DeleteAccountPublicAccessBlock",
                "{}",
                r#","errorCode":"AccessDenied""#,
            ),
            event(6, "DeleteAccountPublicAccessBlock", "{}", ""),
        ]);
        let [.., denied, of_account, bucket] = &all[..] else {
            panic!("{all:?}");
        };
        assert_eq!(
            (denied.error.as_str(), &*denied.bucket),
            ("AccessDenied", "")
        );
        assert_eq!((&*of_account.bucket, &*bucket.bucket), ("", "b"));
        assert_eq!(
            (bucket.before.public(), bucket.after.public()),
            (Public::Blocked, Public::Yes)
        );
        assert_eq!(
            (bucket.event, &*bucket.call),
            (of_account.event, "DeleteAccountPublicAccessBlock")
        );
    }

    #[test]
    fn headers_of_a_call_state_grants() {
        let all = of(&[event(
            1,
            "PutBucketAcl",
            r#"{"bucketName":"b","x-amz-grant-read":["uri=\"http://acs.amazonaws.com/groups/global/AllUsers\", id=\"other\""],"x-amz-grant-full-control":"id=\"other\""}"#,
            "",
        )]);
        assert_eq!(all[0].after.public(), Public::UnlessBlocked);
        assert_eq!(
            all[0].after.words(),
            "access control list: everyone may list, other may list, read, write, delete, change permissions"
        );
    }

    #[test]
    fn a_bucket_named_like_its_account_blocks_nothing_else() {
        let block = r#""PublicAccessBlockConfiguration":{"RestrictPublicBuckets":true,"BlockPublicPolicy":true,"BlockPublicAcls":true,"IgnorePublicAcls":true}}"#;
        let all = of(&[
            event(
                1,
                "PutBucketPublicAccessBlock",
                &format!(r#"{{"bucketName":"111122223333",{block}"#),
                "",
            ),
            event(
                2,
                "PutBucketAcl",
                r#"{"bucketName":"b","x-amz-acl":"public-read"}"#,
                "",
            ),
        ]);
        assert_eq!(all[1].after.public(), Public::UnlessBlocked);
    }

    #[test]
    fn items_tell_the_block_of_an_account() {
        use crate::config::read::items;
        let item = |at: &str, on: bool| {
            serde_json::json!({
                "awsAccountId": "111122223333", "awsRegion": "us-east-1", "resourceType": "AWS::S3::AccountPublicAccessBlock",
                "resourceId": "111122223333", "configurationItemCaptureTime": at, "configurationItemStatus": "OK",
                "configuration": {"blockPublicAcls": on, "ignorePublicAcls": on, "blockPublicPolicy": on, "restrictPublicBuckets": on},
            })
            .to_string()
        };
        let text = format!(
            "[{},{}]",
            item("2023-12-01T00:00:00Z", false),
            item("2023-12-02T00:00:00Z", true)
        );
        let read = items(text.as_bytes(), 7, |_| &[]);
        let mut inventory = Inventory::default();
        inventory.add(0, &read.config);
        inventory.arrange(&|file| file);
        let call = event(
            1,
            "PutBucketAcl",
            r#"{"bucketName":"b","x-amz-acl":"public-read"}"#,
            "",
        );
        let all = changes(&store(&[&call]), &log(&call).requests(), &inventory);
        let told: Vec<(&str, Public)> = all
            .iter()
            .map(|one| (one.bucket.as_str(), one.after.public()))
            .collect();
        assert_eq!(told, [("", Public::No), ("b", Public::Blocked)]);
    }

    #[test]
    fn items_tell_what_no_call_does() {
        use crate::config::read::items;
        let item = |at: &str, policy: &str| {
            serde_json::json!({
                "awsAccountId": "1", "awsRegion": "eu-west-1", "resourceType": "AWS::S3::Bucket", "resourceId": "b", "resourceName": "b",
                "configurationItemCaptureTime": at, "configurationItemStatus": "OK", "configuration": {"name": "b"},
                "supplementaryConfiguration": {
                    "BucketPolicy": {"policyText": policy},
                    "AccessControlList": "{\"grantList\":[{\"grantee\":{\"id\":\"me\"},\"permission\":\"FullControl\"}],\"owner\":{\"id\":\"me\"}}",
                },
            })
            .to_string()
        };
        let open = r#"{"Statement":[{"Effect":"Allow","Principal":{"AWS":"444455556666"},"Action":["s3:GetObject","s3:ListBucket"],"Resource":"*"}]}"#;
        let text = format!(
            "[{},{}]",
            item("2024-01-01T00:00:00Z", "{}"),
            item("2024-01-02T00:00:00Z", open)
        );
        let read = items(text.as_bytes(), 7, |_| &[]);
        let mut inventory = Inventory::default();
        inventory.add(0, &read.config);
        inventory.arrange(&|file| file);
        let all = changes(&Store::default(), &[], &inventory);
        let [one] = &all[..] else {
            panic!("{all:?}");
        };
        assert_eq!((one.call.as_str(), one.capture.is_some()), ("", true));
        assert_eq!(
            one.before.words(),
            "policy: nobody else; access control list: nobody else"
        );
        assert!(
            one.after
                .words()
                .starts_with("policy: 444455556666 may list, read;"),
            "{}",
            one.after.words()
        );
    }
}
