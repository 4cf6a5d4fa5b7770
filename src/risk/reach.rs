//! Who may reach a bucket: by its policy, by its access control list, and by what its public access block lets
//! through; [`super::changes`] follows it through the evidence.
//!
//! An approximation, as [`crate::config::access`] is: what is denied to all for certain is taken away, other denials and
//! conditions are told, and policies of identities are not known. What the evidence does not tell is said to be not told.

use serde_json::Value;

use crate::config::access::Access;
use crate::config::policy::texts;
use crate::order::{Gather as _, sorted};

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
pub const ANY_ACCOUNT: &str = "anybody with an AWS account";

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
pub(super) struct Block {
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
    pub(super) block: Option<Block>,
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
    pub(super) fn behind(&self, account: Option<Block>) -> Reach {
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
    pub(super) fn take(&mut self, other: Reach) {
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

/// The list that the headers of a call state, `uri="http://acs.amazonaws.com/groups/global/AllUsers"` or
/// `id="…"` under each permission (Amazon S3 API reference, `PutBucketAcl`); `None` where it has none.
fn granted(request: &Value) -> Option<Vec<Holder>> {
    let mut all = Vec::new();
    let mut is_told = false;
    for right in ["read", "write", "read-acp", "write-acp", "full-control"] {
        for header in texts(&request[format!("x-amz-grant-{right}").as_str()]) {
            is_told = true;
            let named = header.split(',').filter_map(|one| one.split_once('='));
            for (_, name) in named {
                let rights = permission(right);
                if rights != 0 {
                    let name = grantee(name.trim().trim_matches('"'));
                    add(&mut all, name, false, rights);
                }
            }
        }
    }
    is_told.then(|| sorted(all, Holder::cmp))
}

/// An access control list: as calls state it, as items hold it, or as `get-bucket-acl` prints it.
fn of_list(list: &Value) -> Vec<Holder> {
    let own = [&list["owner"]["id"], &list["Owner"]["ID"]];
    let own = own.iter().find_map(|id| id.as_str());
    let forms = [
        &list["AccessControlList"]["Grant"],
        &list["grantList"],
        &list["Grants"],
    ];
    let grants = forms.into_iter().find(|grants| !grants.is_null());
    let Some(grants) = grants else {
        return Vec::new();
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

/// Whom a bucket's access control list lets write and delete objects, its owner aside: `*`, [`ANY_ACCOUNT`], or the ID of an
/// account as lists have it.
pub fn writers(list: &Value) -> impl Iterator<Item = String> {
    let all = of_list(list).into_iter();
    all.filter(|one| one.rights & WRITE != 0)
        .map(|one| one.principal)
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
pub(super) fn of_call(name: &str, request: &Value) -> Reach {
    let mut reach = Reach::default();
    let embedded = |value: &Value| match value.as_str() {
        Some(text) => serde_json::from_str(text).unwrap_or_default(),
        None => value.clone(),
    };
    let named = texts(&request["x-amz-acl"])
        .first()
        .map(|name| canned(name))
        .or_else(|| granted(request));
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

/// What an item holds of a bucket's reach, by the names of its parts.
pub(super) fn of_item(part: &dyn Fn(&str) -> Option<Value>) -> Reach {
    let policy = part("BucketPolicy").map(|value| of_policy(&value["policyText"]));
    Reach {
        list: part("AccessControlList").map(|value| of_list(&value)),
        block: part("PublicAccessBlockConfiguration").map(|value| of_block(&value)),
        ..policy.unwrap_or_default()
    }
}

/// What an item of an account's public access block holds.
pub(super) fn of_account_item(part: &dyn Fn(&str) -> Option<Value>) -> Reach {
    let names = [
        "blockPublicAcls",
        "ignorePublicAcls",
        "blockPublicPolicy",
        "restrictPublicBuckets",
    ];
    let told = names.map(|name| part(name).map(|value| (name.to_owned(), value)));
    let told: serde_json::Map<String, Value> = told.into_iter().flatten().gathered();
    Reach {
        block: (!told.is_empty()).then(|| of_block(&Value::Object(told))),
        ..Reach::default()
    }
}

/// Whether a part that was told before is told otherwise now.
pub(super) fn differs(old: &Reach, new: &Reach) -> bool {
    old.policy.is_some() && old.policy != new.policy
        || old.list.is_some() && old.list != new.list
        || old.block.is_some() && old.block != new.block
}
