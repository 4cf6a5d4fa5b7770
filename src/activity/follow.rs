//! From a role's session back to who assumed the role, across accounts.
//!
//! The call that issues a session's credentials names the access key and the session in its response (AWS STS API
//! reference). Of a call from another account there are two records: one in each, with the same response.

use super::field::{self, Field};
use super::store::{EventIx, Store, Text};

/// Roles that assume roles, followed at most: a chain of real ones is short.
const MOST: usize = 8;

/// The calls that led to an event's session: the last one first, then the one that led to its actor, and so on.
pub fn assumed(store: &Store, event: EventIx) -> Vec<EventIx> {
    let mut calls: Vec<EventIx> = Vec::new();
    let mut at = event;
    while calls.len() < MOST {
        match issued(store, at) {
            Some(call) if call != event && !calls.contains(&call) => {
                calls.push(call);
                at = call;
            }
            _ => break,
        }
    }
    calls
}

/// The call that issued the credentials with which an event was made.
fn issued(store: &Store, event: EventIx) -> Option<EventIx> {
    let actor = store.actors.of(event)?;
    let is_session = !matches!(
        store.texts.get(actor.kind),
        "IAMUser" | "Root" | "AWSService"
    );
    let by = |what: Text| {
        (what != 0 && is_session)
            .then(|| issuing(store, event, what))
            .flatten()
    };
    // A key is of one session; a session's name may be used again and again.
    by(actor.key).or_else(|| by(actor.arn))
}

/// The last call before an event that issued what it names, told by who called rather than by which account.
fn issuing(store: &Store, event: EventIx, what: Text) -> Option<EventIx> {
    let issues = |name: &str| {
        name.starts_with("AssumeRole")
            || matches!(
                name,
                "AssumeRoot" | "GetFederationToken" | "GetSessionToken" | "SwitchRole"
            )
    };
    let named = store.targets.fitting(|targets| targets.contains(&what));
    let calls = store.calls.fitting(|call| issues(store.texts.get(call.0)));
    let before = |call: &EventIx| store.time(*call) <= store.time(event) && *call != event;
    let candidates = named & calls & &store.shown;
    candidates.iter().filter(before).max_by_key(|&call| {
        let tells_who = field::value(store, Field::Actor, call).starts_with("arn:");
        (store.time(call), tells_who, call)
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::activity::store::tests::store;

    #[test]
    fn follows_roles_back_over_accounts() {
        let call = |id: u32, minute: u32, account: &str, identity: &str, role: &str, key: &str| {
            format!(
                r#"{{"eventID":"0000000{id}-0000-0000-0000-00000000000a","eventName":"AssumeRole","eventTime":"2024-01-01T00:{minute:02}:00Z","recipientAccountId":"{account}","userIdentity":{identity},"responseElements":{{"credentials":{{"accessKeyId":"{key}"}},"assumedRoleUser":{{"arn":"arn:aws:sts::{account}:assumed-role/{role}/s"}}}}}}"#
            )
        };
        let session = |role: &str, account: &str, key: &str| {
            format!(
                r#"{{"type":"AssumedRole","arn":"arn:aws:sts::{account}:assumed-role/{role}/s","accessKeyId":"{key}"}}"#
            )
        };
        let alice = r#"{"type":"IAMUser","arn":"arn:aws:iam::1:user/alice","accessKeyId":"AKIA1"}"#;
        let outside = r#"{"type":"AWSAccount","principalId":"AIDA1","accountId":"1"}"#;
        let text = [
            call(1, 0, "1", alice, "hop", "ASIA1"),
            // The same call as the account of the role sees it: it does not tell the user's ARN.
            call(2, 0, "2", outside, "hop", "ASIA1"),
            call(3, 5, "3", &session("hop", "2", "ASIA1"), "admin", "ASIA2"),
            // Another session of the same name, later.
            call(4, 9, "3", alice, "admin", "ASIA3"),
            format!(r#"{{"eventID":"00000005-0000-0000-0000-00000000000a","eventName":"DeleteTrail","eventTime":"2024-01-01T00:30:00Z","userIdentity":{}}}"#, session("admin", "3", "ASIA2")),
            format!(r#"{{"eventID":"00000006-0000-0000-0000-00000000000a","eventName":"GetTrail","eventTime":"2024-01-01T00:08:00Z","userIdentity":{}}}"#, session("admin", "3", "")),
        ]
        .join("\n");
        let store = store(&[&text]);
        assert_eq!(assumed(&store, 4), [2, 0]);
        // Without a key: the session of that name that was open at the time.
        assert_eq!(assumed(&store, 5), [2, 0]);
        assert!(assumed(&store, 0).is_empty());
    }
}
