//! What users and roles can do by the policies that the newest items of AWS Config attach to them: managed ones,
//! those written into them, and those of a user's groups.

use std::collections::HashMap;

use serde_json::Value;

use crate::case::Case;
use crate::config::inventory::Resource;
use crate::risk::allowed::{Can, Held, can};

/// Where items of each type have the policies that are written into them.
const INLINE: &[(&str, &str)] = &[
    (USER, "configuration.userPolicyList"),
    (ROLE, "configuration.rolePolicyList"),
    (GROUP, "configuration.groupPolicyList"),
];
const USER: &str = "AWS::IAM::User";
const ROLE: &str = "AWS::IAM::Role";
const GROUP: &str = "AWS::IAM::Group";
const POLICY: &str = "AWS::IAM::Policy";

/// What is known of each, by the id that users of events have.
pub(super) fn known(case: &Case) -> HashMap<String, Can> {
    let look = Look::of(case);
    let mut found = HashMap::new();
    for resource in &case.inventory.resources {
        let sort = match case.inventory.text(resource.kind) {
            USER => "user",
            ROLE => "assumed-role",
            _ => continue,
        };
        let Some(policies) = look.held(resource) else {
            continue;
        };
        let Some(can) = can(&policies, &case.settings.risk) else {
            continue;
        };
        let account = case.inventory.text(resource.account);
        let title = case.inventory.title(resource);
        found.insert(format!("{account}:{sort}:{title}"), can);
    }
    found
}

/// The items of a case, and where to find groups and policies among them.
struct Look<'c> {
    case: &'c Case,
    groups: HashMap<(&'c str, &'c str), &'c Resource>,
    policies: HashMap<&'c str, &'c Resource>,
}

impl<'c> Look<'c> {
    fn of(case: &'c Case) -> Self {
        let inventory = &case.inventory;
        let of_kind = |kind: &'static str| {
            let all = inventory.resources.iter();
            all.filter(move |one| inventory.text(one.kind) == kind)
        };
        let group = |one: &'c Resource| (inventory.text(one.account), inventory.title(one));
        Look {
            case,
            groups: of_kind(GROUP).map(|one| (group(one), one)).collect(),
            policies: of_kind(POLICY)
                .map(|one| (inventory.arn(one), one))
                .collect(),
        }
    }

    /// A value of the newest item; `None` where that has none, or tells of no configuration.
    fn kept(&self, resource: &Resource, path: &str) -> Option<Value> {
        let inventory = &self.case.inventory;
        let newest = inventory.capture(*resource.captures.last()?)?;
        serde_json::from_str(inventory.kept(newest, path)?).ok()
    }

    /// The policies of a user, a role or a group; `None` where its newest item has no configuration.
    fn held(&self, resource: &Resource) -> Option<Vec<Held<'static>>> {
        self.kept(resource, crate::config::kept::CONFIGURED)?;
        let kind = self.case.inventory.text(resource.kind);
        let mut all = Vec::new();
        for policy in self.list(resource, "configuration.attachedManagedPolicies") {
            all.push(self.managed(&policy));
        }
        for (_, path) in INLINE.iter().filter(|(of, _)| *of == kind) {
            for policy in self.list(resource, path) {
                all.push(Held {
                    name: word(&policy["policyName"]).into(),
                    document: Some(policy["policyDocument"].clone()),
                });
            }
        }
        if kind != USER {
            return Some(all);
        }
        let account = self.case.inventory.text(resource.account);
        for group in self.list(resource, "configuration.groupList") {
            // A user's group may be named, or be an object with its name.
            let name = group.as_str().or(group["groupName"].as_str());
            let name = name.unwrap_or_default();
            let item = self.groups.get(&(account, name));
            match item.and_then(|group| self.held(group)) {
                Some(policies) => all.extend(policies),
                None => all.push(Held {
                    name: format!("group {name}").into(),
                    document: None,
                }),
            }
        }
        Some(all)
    }

    /// An attached policy: its text where the evidence has its item, else its name.
    fn managed(&self, policy: &Value) -> Held<'static> {
        let arn = word(&policy["policyArn"]);
        let name = if arn.is_empty() {
            word(&policy["policyName"])
        } else {
            arn.clone()
        };
        let item = self.policies.get(&*arn);
        let versions = item.map(|item| self.list(item, "configuration.policyVersionList"));
        let document = versions.into_iter().flatten().find_map(|version| {
            (version["isDefaultVersion"] == true).then(|| version["document"].clone())
        });
        Held {
            name: name.into(),
            document,
        }
    }

    fn list(&self, resource: &Resource, path: &str) -> Vec<Value> {
        match self.kept(resource, path) {
            Some(Value::Array(all)) => all,
            _ => Vec::new(),
        }
    }
}

fn word(value: &Value) -> String {
    value.as_str().unwrap_or_default().to_owned()
}
