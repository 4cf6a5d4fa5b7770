//! What policies allow, measured by the risk of the calls that they allow: so that what a user can do and what it
//! did are told by the same values.
//!
//! An approximation, and it errs on the side of "can": conditions, permissions boundaries, policies of an organization
//! and the resources that a statement names are not solved; a `Deny` counts only where it is of all resources and
//! has no condition. The prefix of an action is taken to be the name of the service that the call is recorded of.

use std::borrow::Cow;

use serde_json::Value;

use super::calls::{calls, of_call};
use super::users::{HIGH, Tier};
use super::values::Values;
use crate::config::policy::{covers, statements, texts};

/// Actions whose names begin so change nothing.
const READS: &[&str] = &[
    "get", "list", "describe", "head", "lookup", "batchget", "view", "search", "select", "query",
    "scan", "simulate", "check", "read", "generate", "discover", "detect",
];

/// A policy that somebody holds: its name or ARN, and its text where the evidence has it.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Held<'p> {
    /// Its name or ARN.
    pub name: Cow<'p, str>,
    /// The document; `None` where only its name is known.
    pub document: Option<Value>,
}

/// What somebody can do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Can {
    /// The tier of it.
    pub tier: Tier,
    /// Which policy decides, and by what, for people.
    pub reason: String,
    /// How many policies were known by no more than a name that tells nothing.
    pub unknown: usize,
}

/// What some policies allow together; `None` where nothing is known of any, and there are some.
pub fn can(policies: &[Held<'_>], values: &Values) -> Option<Can> {
    let denied: Vec<&Value> = policies
        .iter()
        .filter_map(|held| held.document.as_ref())
        .flat_map(statements)
        .filter(|statement| {
            statement["Effect"] == "Deny"
                && statement["Condition"].is_null()
                && texts(&statement["Resource"]).contains(&"*")
        })
        .collect();
    let mut best: Option<(Tier, String)> = None;
    let mut unknown = 0;
    for held in policies {
        let told = match &held.document {
            Some(document) => Some(of_document(document, &denied, values)),
            None => Tier::of_policy(&held.name).map(|tier| (tier, String::new())),
        };
        let Some((tier, by)) = told else {
            unknown += 1;
            continue;
        };
        if best.as_ref().is_none_or(|(known, _)| tier < *known) {
            best = Some((tier, format!("{}{by}", held.name)));
        }
    }
    if best.is_none() && unknown == 0 {
        best = Some((Tier::Bronze, "no policy is attached".to_owned()));
    }
    best.map(|(tier, reason)| Can {
        tier,
        reason,
        unknown,
    })
}

/// What a document allows, and the words for the action that decides.
fn of_document(document: &Value, denied: &[&Value], values: &Values) -> (Tier, String) {
    let allows: Vec<&Value> = statements(document)
        .into_iter()
        .filter(|statement| statement["Effect"] == "Allow")
        .collect();
    let allowed = |action: &str| {
        let covered = |all: &[&Value]| all.iter().any(|one| covers(one, &[action]));
        covered(&allows) && !covered(denied)
    };
    let risky = calls()
        .iter()
        .filter(|(name, call)| is_change(name) && of_call(name, call.service(), values) >= HIGH)
        .map(|(name, call)| format!("{}:{}", call.service(), unversioned(name)))
        .find(|action| allowed(action));
    if let Some(action) = risky {
        return (Tier::Platinum, format!(": allows {action}"));
    }
    let changing = allows.iter().find_map(|statement| {
        let listed = texts(&statement["Action"]);
        let listed = listed.into_iter().find(|action| {
            let name = action.split_once(':').map_or(*action, |(_, name)| name);
            is_change(name) && !denied.iter().any(|one| covers(one, &[action]))
        });
        // Nothing is left of it where everything is denied.
        let denies_all = |one: &&Value| texts(&one["Action"]).contains(&"*");
        let is_left = !denied.iter().any(denies_all);
        let all_but =
            (is_left && !statement["NotAction"].is_null()).then_some("all but some actions");
        listed.or(all_but)
    });
    if let Some(action) = changing {
        return (Tier::Gold, format!(": allows {action}"));
    }
    if allowed("s3:GetObject") {
        return (Tier::Silver, ": allows s3:GetObject".to_owned());
    }
    (Tier::Bronze, String::new())
}

fn is_change(name: &str) -> bool {
    let name = name.to_ascii_lowercase();
    !READS.iter().any(|read| name.starts_with(read))
}

/// Lambda records its calls with a version of its interface, as in `UpdateFunctionCode20150331v2`.
fn unversioned(name: &str) -> &str {
    name.find("20").map_or(name, |at| &name[..at])
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn tier(documents: &[Value]) -> Tier {
        let held: Vec<Held> = documents
            .iter()
            .map(|document| Held {
                name: "a".into(),
                document: Some(document.clone()),
            })
            .collect();
        can(&held, &Values::default()).expect("a tier").tier
    }

    fn statement(effect: &str, action: &str) -> Value {
        json!({ "Statement": { "Effect": effect, "Action": action, "Resource": "*" } })
    }

    #[test]
    fn a_policy_is_as_grave_as_the_calls_that_it_allows() {
        for (action, expected) in [
            ("*", Tier::Platinum),
            ("iam:*", Tier::Platinum),
            ("iam:AttachUserPolicy", Tier::Platinum),
            ("cloudtrail:Stop*", Tier::Platinum),
            ("sqs:SendMessage", Tier::Gold),
            ("s3:Get*", Tier::Silver),
            ("ec2:Describe*", Tier::Bronze),
        ] {
            assert_eq!(tier(&[statement("Allow", action)]), expected, "{action}");
        }
        let all_but =
            json!({ "Statement": [{ "Effect": "Allow", "NotAction": "iam:*", "Resource": "*" }] });
        assert_eq!(
            tier(std::slice::from_ref(&all_but)),
            Tier::Platinum,
            "StopLogging is among the rest"
        );
        assert_eq!(tier(&[all_but, statement("Deny", "*")]), Tier::Bronze);
    }

    #[test]
    fn versions_of_an_interface_are_no_part_of_an_action() {
        assert_eq!(
            unversioned("UpdateFunctionCode20150331v2"),
            "UpdateFunctionCode"
        );
        assert_eq!(unversioned("PutBucketPolicy"), "PutBucketPolicy");
    }

    #[test]
    fn a_denial_takes_away_only_where_it_holds_everywhere() {
        let own = statement("Allow", "iam:AttachUserPolicy");
        assert_eq!(
            tier(&[own.clone(), statement("Deny", "iam:*")]),
            Tier::Bronze
        );
        let mut here = statement("Deny", "iam:*");
        here["Statement"]["Resource"] = json!("arn:aws:iam::111122223333:user/bob");
        assert_eq!(tier(&[own, here]), Tier::Platinum);
    }

    #[test]
    fn a_name_tells_only_where_it_is_one_of_amazons() {
        let named = |name: &'static str| Held {
            name: name.into(),
            document: None,
        };
        let told = |held: &[Held<'_>]| can(held, &Values::default());
        let admin = told(&[named("arn:aws:iam::aws:policy/AdministratorAccess")]);
        assert_eq!(admin.map(|can| can.tier), Some(Tier::Platinum));
        assert_eq!(told(&[named("Something")]), None);
        let none = told(&[]).expect("known");
        assert_eq!((none.tier, none.unknown), (Tier::Bronze, 0));
    }
}
