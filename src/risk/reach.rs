//! Who may reach a bucket: by its policy, by its access control list, and by what its public access block lets
//! through; and every change of it that calls and configuration items tell.
//!
//! An approximation, as [`crate::config::access`] is: what is denied to all for certain is taken away, other denials and
//! conditions are told, and policies of identities are not known. What the evidence does not tell is said to be not told.

use std::collections::HashMap;

use serde_json::Value;

use crate::activity::{Field, Store, field};
use crate::config::Inventory;
use crate::config::access::Access;
use crate::config::policy::texts;
use crate::moment::Moment;
use crate::order::sorted;

/// What somebody may do, and the actions of a policy that allow it.
const RIGHTS: [(&str, &[&str]); 5] = [
    ("list", &["s3:ListBucket"]),
    ("read", &["s3:GetObject", "s3:GetObjectVersion"]),
    ("write", &["s3:PutObject"]),
    ("delete", &["s3:DeleteObject", "s3:DeleteObjectVersion"]),
    (
        "change permissions",
        &["s3:PutBucketPolicy", "s3:PutBucketAcl", "s3:PutObjectAcl"],
    ),
];
const LIST: u8 = 1;
const WRITE: u8 = 1 << 2 | 1 << 3;
const PERMIT: u8 = 1 << 4;
const ALL: u8 = (1 << 5) - 1;

/// Any AWS account; written as policies and lists never do, so that it is no name of somebody.
const ANY_ACCOUNT: &str = "anybody with an AWS account";

/// Somebody with rights.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Holder {
    principal: String,
    conditional: bool,
    rights: u8,
}

impl Holder {
    fn is_public(&self) -> bool {
        !self.conditional && (self.principal == "*" || self.principal == ANY_ACCOUNT)
    }

    fn words(&self) -> String {
        let rights = RIGHTS.iter().enumerate();
        let rights = rights.filter(|(at, _)| self.rights & 1 << at != 0);
        let rights: Vec<&str> = rights.map(|(_, (name, _))| *name).collect();
        let who = if self.principal == "*" {
            "everyone"
        } else {
            &self.principal
        };
        let note = if self.conditional {
            " (on a condition)"
        } else {
            ""
        };
        format!("{who} may {}{note}", rights.join(", "))
    }
}

/// What a public access block holds back.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct Block {
    /// Access control lists that let everyone in count for nothing.
    lists: bool,
    /// Policies that let everyone in do so for the owner's account and services alone.
    policies: bool,
    /// All four settings are on.
    all: bool,
}

/// Whether everyone can reach a bucket.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Public {
    /// Nothing that is known lets everyone in.
    No,
    /// A policy or list does, and whether a block holds it back is not told.
    UnlessBlocked,
    /// A policy or list does, and a block holds it back.
    Blocked,
    /// Everyone can.
    Yes,
}

impl Public {
    /// In words.
    pub fn name(self) -> &'static str {
        match self {
            Public::No => "no",
            Public::UnlessBlocked => "yes, unless a block is on",
            Public::Blocked => "held back by a block",
            Public::Yes => "yes",
        }
    }
}

/// Who may reach a bucket; of each part `None` where it is not told.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Reach {
    policy: Option<Vec<Holder>>,
    /// Statements of the policy that deny some of it, in a way that is not solved.
    narrowed: usize,
    list: Option<Vec<Holder>>,
    block: Option<Block>,
}

impl Reach {
    /// In words.
    pub fn words(&self) -> String {
        let parts = [
            ("policy", &self.policy),
            ("access control list", &self.list),
        ];
        let part = |(name, holders): (&str, &Option<Vec<Holder>>)| {
            let holders = holders.as_ref()?;
            let words: Vec<String> = holders.iter().map(Holder::words).collect();
            Some(if words.is_empty() {
                format!("{name}: nobody else")
            } else {
                format!("{name}: {}", words.join(", "))
            })
        };
        let mut all: Vec<String> = parts.into_iter().filter_map(part).collect();
        if let (Some(first), 1..) = (all.first_mut(), self.narrowed) {
            *first += &format!(" (less what {} statements deny)", self.narrowed);
        }
        if let Some(block) = self.block {
            let words = match block {
                Block { all: true, .. } => "public access blocked",
                Block {
                    lists: false,
                    policies: false,
                    ..
                } => "public access not blocked",
                _ => "public access blocked in part",
            };
            all.push(words.to_owned());
        }
        if all.is_empty() {
            return "not told".to_owned();
        }
        all.join("; ")
    }

    /// Whether everyone can.
    pub fn public(&self) -> Public {
        let is_open = |part: &Option<Vec<Holder>>| {
            part.as_ref()
                .is_some_and(|holders| holders.iter().any(Holder::is_public))
        };
        let (policy, list) = (is_open(&self.policy), is_open(&self.list));
        match self.block {
            _ if !policy && !list => Public::No,
            None => Public::UnlessBlocked,
            Some(block) if policy && !block.policies || list && !block.lists => Public::Yes,
            Some(_) => Public::Blocked,
        }
    }

    /// The same behind the block of the account.
    fn behind(&self, account: Option<Block>) -> Reach {
        let both = |a: Block, b: Block| Block {
            lists: a.lists || b.lists,
            policies: a.policies || b.policies,
            all: a.all || b.all,
        };
        Reach {
            block: match (self.block, account) {
                (Some(a), Some(b)) => Some(both(a, b)),
                (a, b) => a.or(b),
            },
            ..self.clone()
        }
    }

    /// Takes what an item or a call states on top of what is known.
    fn take(&mut self, other: Reach) {
        if other.policy.is_some() {
            self.narrowed = other.narrowed;
        }
        self.policy = other.policy.or(self.policy.take());
        self.list = other.list.or(self.list.take());
        self.block = other.block.or(self.block.take());
    }
}

/// What a policy says.
fn of_policy(policy: &Value) -> Reach {
    let mut all: Vec<Holder> = Vec::new();
    let mut narrowed = 0;
    for (at, (_, actions)) in RIGHTS.iter().enumerate() {
        let access = Access::of(policy, actions, None);
        narrowed = narrowed.max(access.narrowed);
        for grant in access.who {
            add(&mut all, grant.principal, grant.conditional, 1 << at);
        }
    }
    Reach {
        policy: Some(sorted(all, Holder::cmp)),
        narrowed,
        ..Reach::default()
    }
}

fn add(all: &mut Vec<Holder>, principal: String, conditional: bool, rights: u8) {
    let same = |one: &&mut Holder| one.principal == principal && one.conditional == conditional;
    match all.iter_mut().find(same) {
        Some(one) => one.rights |= rights,
        None => all.push(Holder {
            principal,
            conditional,
            rights,
        }),
    }
}

/// The rights that a permission of an access control list gives on a bucket.
fn permission(name: &str) -> u8 {
    let plain: String = name.chars().filter(char::is_ascii_alphabetic).collect();
    match plain.to_ascii_lowercase().as_str() {
        "read" => LIST,
        "write" => WRITE,
        "writeacp" => PERMIT,
        "fullcontrol" => ALL,
        _ => 0,
    }
}

/// A grantee of a list: by what it ends with where it is a group, else by its ID.
fn grantee(text: &str) -> String {
    match text.rsplit('/').next().unwrap_or(text) {
        "AllUsers" => "*".to_owned(),
        "AuthenticatedUsers" => ANY_ACCOUNT.to_owned(),
        "LogDelivery" => "the delivery of S3's access logs".to_owned(),
        _ => text.to_owned(),
    }
}

/// A canned list, by its name.
fn canned(name: &str) -> Vec<Holder> {
    let (who, rights) = match name {
        "public-read" => ("AllUsers", LIST),
        "public-read-write" => ("AllUsers", LIST | WRITE),
        "authenticated-read" => ("AuthenticatedUsers", LIST),
        "log-delivery-write" => ("LogDelivery", WRITE),
        _ => return Vec::new(),
    };
    vec![Holder {
        principal: grantee(who),
        conditional: false,
        rights,
    }]
}

/// An access control list: as calls state it, or as items hold it.
fn of_list(list: &Value) -> Vec<Holder> {
    let own = [&list["owner"]["id"], &list["Owner"]["ID"]];
    let own = own.iter().find_map(|id| id.as_str());
    let grants = match &list["AccessControlList"]["Grant"] {
        Value::Null => &list["grantList"],
        grants => grants,
    };
    let one = std::slice::from_ref(grants);
    let grants = grants.as_array().map_or(one, Vec::as_slice);
    let mut all = Vec::new();
    for grant in grants {
        let to = match &grant["Grantee"] {
            Value::Null => &grant["grantee"],
            to => to,
        };
        let names = [to, &to["URI"], &to["ID"], &to["id"], &to["EmailAddress"]];
        let Some(name) = names.iter().find_map(|name| name.as_str()) else {
            continue;
        };
        let rights = [&grant["Permission"], &grant["permission"]];
        let rights = rights
            .iter()
            .find_map(|right| right.as_str())
            .map_or(0, permission);
        if rights != 0 && own != Some(name) {
            add(&mut all, grantee(name), false, rights);
        }
    }
    sorted(all, Holder::cmp)
}

fn of_block(block: &Value) -> Block {
    let is_on = |name: &str| {
        let upper = name[..1].to_ascii_uppercase() + &name[1..];
        [&block[name], &block[upper.as_str()]]
            .iter()
            .any(|value| **value == true || **value == "true")
    };
    let (lists, policies) = (is_on("ignorePublicAcls"), is_on("restrictPublicBuckets"));
    Block {
        lists,
        policies,
        all: lists && policies && is_on("blockPublicAcls") && is_on("blockPublicPolicy"),
    }
}

/// What a successful call makes of a bucket's reach.
fn of_call(name: &str, request: &Value) -> Reach {
    let mut reach = Reach::default();
    let embedded = |value: &Value| match value.as_str() {
        Some(text) => serde_json::from_str(text).unwrap_or_default(),
        None => value.clone(),
    };
    let named = texts(&request["x-amz-acl"])
        .first()
        .map(|name| canned(name));
    match name {
        "CreateBucket" => {
            reach.policy = Some(Vec::new());
            reach.list = Some(named.unwrap_or_default());
        }
        "PutBucketPolicy" => return of_policy(&embedded(&request["bucketPolicy"])),
        "DeleteBucketPolicy" => reach.policy = Some(Vec::new()),
        "PutBucketAcl" => {
            reach.list = Some(named.unwrap_or_else(|| of_list(&request["AccessControlPolicy"])));
        }
        "PutBucketPublicAccessBlock" | "PutAccountPublicAccessBlock" => {
            reach.block = Some(of_block(&request["PublicAccessBlockConfiguration"]));
        }
        "DeleteBucketPublicAccessBlock" | "DeleteAccountPublicAccessBlock" => {
            reach.block = Some(Block::default());
        }
        _ => {}
    }
    reach
}

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

/// All changes, in order. `requests` are the request parameters of the calls that change who may reach a bucket.
pub fn changes(store: &Store, requests: &[(u32, String)], inventory: &Inventory) -> Vec<Change> {
    let mut all: Vec<(Change, Tells<'_>)> = Vec::new();
    for (event, request) in requests {
        // Copies of an event tell nothing new.
        if store.shown.contains(*event) {
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
        let key = |one: &(Change, Tells<'_>)| (one.0.at, one.0.capture, one.0.event);
        key(a).cmp(&key(b))
    });
    let mut known: HashMap<String, Reach> = HashMap::new();
    let mut changes = Vec::new();
    for (mut change, tells) in all.drain(..) {
        match tells {
            Tells::Call(request) => {
                let request: Value = serde_json::from_str(request).unwrap_or_default();
                let bucket = request["bucketName"].as_str().unwrap_or_default();
                // What names no bucket says nothing of any.
                if bucket.is_empty() && !change.call.contains("Account") {
                    continue;
                }
                bucket.clone_into(&mut change.bucket);
                let account = known.get(&change.account).and_then(|one| one.block);
                let account = account.filter(|_| !bucket.is_empty());
                let key = if bucket.is_empty() {
                    &change.account
                } else {
                    bucket
                };
                let reach = known.entry(key.to_owned()).or_default();
                change.before = reach.behind(account);
                if change.error.is_empty() {
                    if change.call == "DeleteBucket" {
                        *reach = Reach::default();
                    }
                    reach.take(of_call(&change.call, &request));
                }
                change.after = reach.behind(account);
                changes.push(change);
            }
            Tells::Item { deleted, reach } => {
                let before = known.entry(change.bucket.clone()).or_default();
                let was_told = *before != Reach::default();
                let old = before.clone();
                if deleted {
                    *before = Reach::default();
                    continue;
                }
                before.take(reach);
                if was_told && differs(&old, before) {
                    (change.before, change.after) = (old, before.clone());
                    changes.push(change);
                }
            }
        }
    }
    changes
}

/// Whether a part that was told before is told otherwise now.
fn differs(old: &Reach, new: &Reach) -> bool {
    old.policy.is_some() && old.policy != new.policy
        || old.list.is_some() && old.list != new.list
        || old.block.is_some() && old.block != new.block
}

fn add_items(inventory: &Inventory, all: &mut Vec<(Change, Tells<'_>)>) {
    for resource in &inventory.resources {
        if inventory.text(resource.kind) != "AWS::S3::Bucket" {
            continue;
        }
        for &at in &resource.captures {
            let Some(capture) = inventory.capture(at) else {
                continue;
            };
            let part = |name: &str| {
                let path = format!("supplementaryConfiguration.{name}");
                let json = inventory.kept(capture, &path)?;
                serde_json::from_str::<Value>(json).ok()
            };
            let policy = part("BucketPolicy").map(|value| of_policy(&value["policyText"]));
            let reach = Reach {
                list: part("AccessControlList").map(|value| of_list(&value)),
                block: part("PublicAccessBlockConfiguration").map(|value| of_block(&value)),
                ..policy.unwrap_or_default()
            };
            let change = Change {
                at: capture.at,
                bucket: inventory.title(resource).to_owned(),
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
    use crate::cloudtrail::records::parse_events;

    fn event(minute: u32, name: &str, request: &str, more: &str) -> String {
        format!(
            r#"{{"eventID":"000000{minute:02}-0000-0000-0000-00000000000a","eventName":"{name}","eventSource":"s3.amazonaws.com","eventTime":"2024-01-01T00:{minute:02}:00Z","recipientAccountId":"111122223333","userIdentity":{{"arn":"arn:aws:iam::111122223333:user/a"}},"requestParameters":{request}{more}}}"#
        )
    }

    fn of(events: &[String]) -> Vec<Change> {
        let text = events.join("\n");
        let store = crate::activity::store::tests::store(&[&text]);
        let log = parse_events(text.as_bytes(), 7).log;
        changes(&store, &log.requests, &Inventory::default())
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
        assert_eq!(all[0].after.public(), Public::UnlessBlocked);
        assert_eq!(
            (all[1].bucket.as_str(), all[2].after.public()),
            ("", Public::Blocked)
        );
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
