//! Built-in alerts: one row each, with a query of Activity as its condition, how often it must hold, and what to do.

use serde::{Deserialize, Serialize};

use crate::activity::search::Path;
use crate::activity::{EventIx, Query, Search, Store};
use crate::moment::Moment;

/// How grave an alert is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub enum Severity {
    /// Act now.
    Critical,
    /// Look at it today.
    High,
    /// Look at it.
    Medium,
    /// Know of it.
    Low,
}

impl Severity {
    /// The word in the report.
    pub fn name(self) -> &'static str {
        match self {
            Severity::Critical => "critical",
            Severity::High => "high",
            Severity::Medium => "medium",
            Severity::Low => "low",
        }
    }
}

/// How often the condition must hold.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Times {
    /// Once.
    Once,
    /// So often by one actor within so many seconds.
    Within(u32, u32),
}

/// An alert.
#[derive(Clone, Copy, Debug)]
pub struct Alert {
    /// Its id.
    pub id: &'static str,
    /// What it says.
    pub title: &'static str,
    /// Its category, as Macie Classic named them.
    pub category: &'static str,
    /// How grave.
    pub severity: Severity,
    /// 1 to 10.
    pub risk: u8,
    /// The events, as a query of Activity.
    pub query: &'static str,
    /// How often.
    pub times: Times,
    /// What to do.
    pub recommendation: &'static str,
}

const fn alert(
    id: &'static str,
    title: &'static str,
    category: &'static str,
    (severity, risk): (Severity, u8),
    query: &'static str,
    recommendation: &'static str,
) -> Alert {
    Alert {
        id,
        title,
        category,
        severity,
        risk,
        query,
        times: Times::Once,
        recommendation,
    }
}

const fn often(alert: Alert, count: u32, seconds: u32) -> Alert {
    Alert {
        times: Times::Within(count, seconds),
        ..alert
    }
}

use Severity::{Critical, High, Low, Medium};

/// All of them.
pub const ALERTS: &[Alert] = &[
    alert(
        "logging-stopped",
        "Logging was stopped or a trail deleted",
        "Anonymized access",
        (Critical, 10),
        "name:(StopLogging OR DeleteTrail OR DeleteEventDataStore) -error:*",
        "Ask the actor why; turn logging on again; see Integrity for what is missing since.",
    ),
    alert(
        "trail-changed",
        "What a trail records was changed",
        "Configuration compliance",
        (High, 8),
        "name:(UpdateTrail OR PutEventSelectors OR PutInsightSelectors) -error:*",
        "Compare the trail's selectors and bucket with what they should be.",
    ),
    alert(
        "recorder-changed",
        "AWS Config's recording was stopped or changed",
        "Configuration compliance",
        (High, 8),
        "name:(StopConfigurationRecorder OR DeleteConfigurationRecorder OR DeleteDeliveryChannel OR PutConfigurationRecorder) -error:*",
        "See Resources, What was recorded, for the time that is not known.",
    ),
    alert(
        "other-logs-removed",
        "Flow logs, DNS logs or detectors were removed",
        "Configuration compliance",
        (High, 8),
        "name:(DeleteFlowLogs OR DeleteResolverQueryLogConfig OR DisassociateResolverQueryLogConfig OR DeleteDetector OR DisableSecurityHub OR DeleteLogGroup OR DeleteLogStream) -error:*",
        "Ask the actor why, and turn them on again.",
    ),
    alert(
        "bucket-opened",
        "Who may reach a bucket was changed",
        "Open permissions",
        (Medium, 6),
        "name:(PutBucketPolicy OR DeleteBucketPolicy OR PutBucketAcl OR PutObjectAcl OR DeletePublicAccessBlock OR DeleteBucketPublicAccessBlock OR PutBucketPublicAccessBlock) -error:*",
        "Look at the bucket in Resources before and after.",
    ),
    alert(
        "bucket-encryption-removed",
        "A bucket lost its encryption, versioning or lifecycle protection",
        "Configuration compliance",
        (Medium, 6),
        "name:(DeleteBucketEncryption OR PutBucketVersioning OR DeleteBucketLifecycle) -error:*",
        "Look at the bucket in Resources before and after.",
    ),
    alert(
        "root-used",
        "The root user was used",
        "Privileged access",
        (High, 8),
        "type:Root access:write -error:*",
        "Root is for a few tasks only: ask who, and for what.",
    ),
    alert(
        "login-without-mfa",
        "A console sign-in without a second factor",
        "Privileged access",
        (High, 8),
        "name:ConsoleLogin mfa:no type:(IAMUser OR Root) -error:*",
        "Require a second factor. Federated sign-ins do not tell theirs here.",
    ),
    alert(
        "sign-ins-failed",
        "Sign-ins failed again and again",
        "Credential loss",
        (Medium, 6),
        "name:ConsoleLogin error:*",
        "Ask the user; look at the address.",
    ),
    alert(
        "key-made",
        "An access key or a password was made",
        "Credential loss",
        (Medium, 7),
        "name:(CreateAccessKey OR CreateLoginProfile OR UpdateLoginProfile OR CreateServiceSpecificCredential OR CreateVirtualMFADevice OR DeactivateMFADevice) -error:*",
        "See whether the actor made it for somebody else.",
    ),
    alert(
        "user-made",
        "A user was made",
        "Identity enumeration",
        (Low, 5),
        "name:(CreateUser OR AddUserToGroup) -error:*",
        "Check that the user was asked for.",
    ),
    alert(
        "policy-widened",
        "Permissions of an identity were changed",
        "Privilege escalation",
        (Medium, 7),
        "name:(AttachUserPolicy OR AttachRolePolicy OR AttachGroupPolicy OR PutUserPolicy OR PutRolePolicy OR PutGroupPolicy OR CreatePolicyVersion OR SetDefaultPolicyVersion OR UpdateAssumeRolePolicy OR DeleteUserPermissionsBoundary OR DeleteRolePermissionsBoundary) -error:*",
        "Read the policy: does it allow more than is needed, or let others in?",
    ),
    alert(
        "federation",
        "A way in from outside was made",
        "Privilege escalation",
        (High, 8),
        "name:(CreateTrustAnchor OR CreateSAMLProvider OR UpdateSAMLProvider OR CreateOpenIDConnectProvider OR GetFederationToken) -error:*",
        "Check that it was asked for; sessions of it outlive keys that are taken back.",
    ),
    alert(
        "group-opened",
        "A security group or network was opened",
        "Open permissions",
        (Medium, 6),
        "name:(AuthorizeSecurityGroupIngress OR CreateNetworkAclEntry OR ReplaceNetworkAclEntry) -error:*",
        "Look at the group in Resources: to whom was it opened?",
    ),
    alert(
        "key-deletion",
        "A KMS key is to be deleted, or was turned off",
        "Service disruption",
        (High, 9),
        "name:(ScheduleKeyDeletion OR DisableKey OR PutKeyPolicy) -error:*",
        "Cancel it while the waiting time lasts, unless it was asked for.",
    ),
    alert(
        "image-shared",
        "A snapshot or an image was shared",
        "Data compliance",
        (High, 8),
        "name:(ModifySnapshotAttribute OR ModifyImageAttribute OR ModifyDBSnapshotAttribute OR ModifyDBClusterSnapshotAttribute OR SharedSnapshotCopyInitiated) -error:*",
        "See with which account; take it back if it is not yours.",
    ),
    alert(
        "organization-left",
        "An account left or tried to leave its organization",
        "Service disruption",
        (Critical, 9),
        "name:(LeaveOrganization OR RemoveAccountFromOrganization)",
        "Guard rails of the organization end with it: ask at once.",
    ),
    alert(
        "code-replaced",
        "The code or the rights of a function were changed",
        "Privilege escalation",
        (Medium, 6),
        "name:(UpdateFunctionCode* OR AddPermission2* OR UpdateFunctionConfiguration* OR AddLayerVersionPermission*) -error:*",
        "Compare the function's code with what was deployed.",
    ),
    alert(
        "commands-sent",
        "Commands or keys were sent to instances",
        "Suspicious access",
        (Medium, 7),
        "name:(SendCommand OR StartSession OR SendSSHPublicKey OR SendSerialConsoleSSHPublicKey OR EnableSerialConsoleAccess) -error:*",
        "Ask the actor; look at what ran.",
    ),
    alert(
        "user-data-changed",
        "The start-up script of an instance was changed or read",
        "Suspicious access",
        (Medium, 6),
        "name:(ModifyInstanceAttribute OR DescribeInstanceAttribute)",
        "User data often holds secrets, and runs as root at the next start.",
    ),
    often(
        alert(
            "secrets-read",
            "Secrets were read one after the other",
            "Data compliance",
            (High, 8),
            "name:(GetSecretValue OR BatchGetSecretValue OR GetParameters OR GetParameter OR GetPasswordData)",
            "Treat them as known, and replace them.",
        ),
        5,
        600,
    ),
    often(
        alert(
            "denials",
            "One actor was denied again and again",
            "Suspicious access",
            (Medium, 7),
            "error:(AccessDenied* OR *UnauthorizedOperation)",
            "Somebody tries what is open, or a role lacks a permission.",
        ),
        10,
        600,
    ),
    often(
        alert(
            "enumeration",
            "One actor listed a great deal in a short time",
            "Identity enumeration",
            (Medium, 6),
            "name:(List* OR Describe* OR GetAccountAuthorizationDetails OR GetAccountSummary)",
            "Is it a tool that you run?",
        ),
        100,
        300,
    ),
    often(
        alert(
            "objects-deleted",
            "Objects were deleted by the hundred",
            "Service disruption",
            (Critical, 10),
            "name:(DeleteObject OR DeleteObjects OR DeleteObjectVersion) -error:*",
            "Stop the actor; see whether versioning kept them.",
        ),
        100,
        600,
    ),
    alert(
        "instances-launched",
        "Instances were launched, or tried to be",
        "Hosted resources",
        (Low, 4),
        "name:(RunInstances OR RequestSpotInstances OR RequestSpotFleet)",
        "Unusual types and regions are how accounts are misused.",
    ),
    alert(
        "model-invoked",
        "Generative models were opened or invoked",
        "Hosted resources",
        (Medium, 6),
        "name:(PutFoundationModelEntitlement OR PutUseCaseForModelAccess OR CreateFoundationModelAgreement) -error:*",
        "Check that it was asked for: models are costly when stolen.",
    ),
];

/// An alert that was raised.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Raised {
    /// Which: place in [`ALERTS`].
    pub alert: u32,
    /// Events.
    pub count: u64,
    /// The first and the last of them.
    pub span: Option<(Moment, Moment)>,
    /// Who, the most frequent first.
    pub actors: Vec<String>,
}

/// Actors of an alert that are told.
const MOST_ACTORS: usize = 20;

/// Runs all alerts over the events; those that fire, the gravest first.
pub fn raised<'s>(store: &'s Store, path: &'s Path<'s>) -> Vec<Raised> {
    let search = Search::new(store, path);
    let mut all = Vec::new();
    for (at, alert) in ALERTS.iter().enumerate() {
        // Our own queries: a test parses them all.
        let Ok(query) = Query::parse(alert.query) else {
            continue;
        };
        let found = search.find(&query);
        let events: Vec<EventIx> = match alert.times {
            Times::Once => found.iter().collect(),
            Times::Within(count, seconds) => {
                dense(store, found.iter(), count as usize, i64::from(seconds))
            }
        };
        if events.is_empty() {
            continue;
        }
        let times = events.iter().filter_map(|&event| store.time(event));
        let span = times.clone().min().zip(times.max());
        let mut actors: std::collections::BTreeMap<&str, u32> = std::collections::BTreeMap::new();
        for &event in &events {
            *actors.entry(super::actor(store, event)).or_default() += 1;
        }
        let named = actors.into_iter().filter(|(name, _)| !name.is_empty());
        let named: Vec<(String, u32)> = named
            .map(|(name, count)| (name.to_owned(), count))
            .collect();
        let mut actors =
            crate::order::sorted(named, |a, b| b.1.cmp(&a.1).then_with(|| a.0.cmp(&b.0)));
        actors.truncate(MOST_ACTORS);
        all.push(Raised {
            alert: at as u32,
            count: events.len() as u64,
            span,
            actors: actors.into_iter().map(|(name, _)| name).collect(),
        });
    }
    let key = |one: &Raised| {
        (
            ALERTS[one.alert as usize].severity,
            u8::MAX - ALERTS[one.alert as usize].risk,
            one.alert,
        )
    };
    crate::order::sorted(all, |a, b| key(a).cmp(&key(b)))
}

/// Events of actors who have at least `count` of them within `seconds`.
fn dense(
    store: &Store,
    events: impl Iterator<Item = EventIx>,
    count: usize,
    seconds: i64,
) -> Vec<EventIx> {
    let mut by_actor: std::collections::BTreeMap<&str, Vec<(i64, EventIx)>> =
        std::collections::BTreeMap::new();
    for event in events {
        if let Some(at) = store.time(event) {
            by_actor
                .entry(super::actor(store, event))
                .or_default()
                .push((at.seconds(), event));
        }
    }
    let mut found = Vec::new();
    for mut own in by_actor.into_values() {
        own.sort_unstable();
        if own
            .windows(count)
            .any(|window| window[count - 1].0 - window[0].0 <= seconds)
        {
            found.extend(own.into_iter().map(|(_, event)| event));
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::activity::store::tests::store;

    #[test]
    fn all_queries_can_be_understood() {
        for alert in ALERTS {
            assert!(Query::parse(alert.query).is_ok(), "{}", alert.id);
            assert!((1..=10).contains(&alert.risk) && !alert.recommendation.is_empty());
        }
        let mut ids: Vec<&str> = ALERTS.iter().map(|alert| alert.id).collect();
        ids.sort_unstable();
        ids.dedup();
        assert_eq!(ids.len(), ALERTS.len());
    }

    #[test]
    fn fires_on_what_succeeded_and_on_what_is_dense() {
        let event = |id: u32, name: &str, second: u32, more: &str| {
            format!(
                r#"{{"eventID":"{id:08x}-0000-0000-0000-00000000000a","eventName":"{name}","eventTime":"2024-01-01T05:{:02}:{:02}Z","userIdentity":{{"arn":"arn:m"}}{more}}}"#,
                second / 60,
                second % 60
            )
        };
        let fired = |events: &[String]| {
            let store = store(&[&events.join("\n")]);
            raised(&store, &|_| "")
                .iter()
                .map(|one| ALERTS[one.alert as usize].id)
                .collect::<Vec<_>>()
        };
        assert_eq!(
            fired(&[event(1, "StopLogging", 0, "")]),
            ["logging-stopped"]
        );
        assert!(fired(&[event(1, "StopLogging", 0, r#","errorCode":"AccessDenied""#)]).is_empty());
        let reads = |gap: u32| {
            (0..6)
                .map(|at| event(at + 1, "GetSecretValue", at * gap, ""))
                .collect::<Vec<_>>()
        };
        assert_eq!(fired(&reads(10)), ["secrets-read"]);
        assert!(fired(&reads(300)).is_empty());
    }
}
