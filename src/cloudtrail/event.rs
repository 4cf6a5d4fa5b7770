//! One CloudTrail record: what it tells of who did what, from where, when, and with what outcome.
//!
//! Fields and their meanings: CloudTrail user guide, "CloudTrail record contents". Each may hold anything
//! in hostile evidence: what is not of its type counts as absent, and the raw record stays where it is.

use std::borrow::Cow;

use serde::{Deserialize, Deserializer, Serialize};

use crate::evidence::lenient::Object;
use crate::evidence::skim::{Skim, Skimmed as _};
use crate::moment::Moment;

use super::found::MOST_RESOURCES;
use super::wire::Wire;

/// A record. Texts borrow from it where they can; an absent one is empty.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Event<'a> {
    /// `eventID`.
    pub id: Cow<'a, str>,
    /// `eventTime`.
    pub time: Option<Moment>,
    /// `eventName`; of an insight, the call that it is about.
    pub name: Cow<'a, str>,
    /// `eventSource`.
    pub source: Cow<'a, str>,
    /// `awsRegion`.
    pub region: Cow<'a, str>,
    /// `recipientAccountId`, else the account of the actor.
    pub account: Cow<'a, str>,
    /// Who.
    pub actor: Actor<'a>,
    /// `sourceIPAddress`: an address, or the name of a service.
    pub ip: Cow<'a, str>,
    /// `userAgent`.
    pub agent: Cow<'a, str>,
    /// `errorCode`; where a sign-in failed without one, its `errorMessage`.
    pub error: Cow<'a, str>,
    /// `readOnly`.
    pub access: Access,
    /// `eventCategory`, else by `managementEvent` and the kind of record.
    pub category: Category,
    /// Whether the actor signed in with a second factor.
    pub mfa: Answer,
    /// ARNs of resources, and names found in request parameters; the access key that the call issued.
    pub resources: Vec<Cow<'a, str>>,
    /// `requestParameters` as they stand, JSON; empty where there are none.
    pub request: &'a str,
    /// The fields of [`OF_OUTCOMES`](crate::secret::json::OF_OUTCOMES) as they stand, JSON; empty where there are none.
    pub outcome: [&'a str; 4],
    /// Bytes that S3 handed out or took in.
    pub bytes: Option<u64>,
    /// Whether it is the envelope that EventBridge puts an event in.
    pub is_envelope: bool,
}

/// Who made a call.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Actor<'a> {
    /// `userIdentity.type`.
    pub kind: Cow<'a, str>,
    /// `userIdentity.arn`; else the service or the principal.
    pub arn: Cow<'a, str>,
    /// The user's name, or the name of the role that was assumed.
    pub user: Cow<'a, str>,
    /// The name of the role's session.
    pub session: Cow<'a, str>,
    /// `userIdentity.accessKeyId`.
    pub key: Cow<'a, str>,
}

macro_rules! codes {
    ($(#[$doc:meta])* $type:ident { $($(#[$default:meta])* $variant:ident $name:literal),+ $(,)? }) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
        pub enum $type { $(#[doc = $name] $(#[$default])* $variant),+ }

        impl $type {
            /// All of them.
            pub const ALL: &[$type] = &[$($type::$variant),+];

            /// The word for it, in queries and in exports.
            pub fn name(self) -> &'static str {
                match self { $($type::$variant => $name),+ }
            }
        }
    };
}

codes! {
    /// Whether a call reads or changes.
    Access { #[default] Unknown "unknown", Read "read", Write "write" }
}

codes! {
    /// The category of an event.
    Category {
        #[default] Management "management",
        Data "data",
        Insight "insight",
        Network "network",
        Other "other",
    }
}

codes! {
    /// Yes, no, or not told.
    Answer { #[default] Unknown "unknown", Yes "yes", No "no" }
}

impl<'a> Event<'a> {
    /// Reads one record.
    ///
    /// # Errors
    /// What is no object, or holds one of the fields above twice.
    pub fn parse(raw: &'a str) -> serde_json::Result<Self> {
        serde_json::from_str(raw)
    }

    /// Reads the record that comes next, quickly; `None` where [`Event::parse`] must tell.
    pub fn skim(skim: &mut Skim<'a>) -> Option<Self> {
        if skim.peek()? != b'{' {
            return None;
        }
        Wire::skim(skim).map(Event::from)
    }
}

impl<'de: 'a, 'a> Deserialize<'de> for Event<'a> {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        Wire::deserialize(from).map(Event::from)
    }
}

impl<'a> From<Wire<'a>> for Event<'a> {
    fn from(wire: Wire<'a>) -> Self {
        let Object(identity) = wire.identity;
        let Object(context) = identity.context;
        let outcome = [
            wire.response.text,
            wire.message.text,
            wire.additional.text,
            wire.service.text,
        ];
        let Object(response) = wire.response.value;
        let Object(additional) = wire.additional.value;
        let Object(insight) = wire.insight;
        let mut resources = wire.resources.0;
        let issued = [
            response.credentials.0.key.0,
            response.assumed.0.arn.0,
            response.key.0.key.0,
            additional.from.0,
            wire.endpoint.0,
        ];
        let named = wire.request.value.0.into_iter().chain(insight.context.0);
        for one in named.chain(issued) {
            if !one.is_empty() && resources.len() < MOST_RESOURCES && !resources.contains(&one) {
                resources.push(one);
            }
        }
        let failed_login = response.login.0 == "Failure";
        let error = match (wire.code.0, wire.message.value.0) {
            (code, _) if !code.is_empty() => code,
            (_, message) if !message.is_empty() => message,
            _ if failed_login => Cow::Borrowed("Failure"),
            _ if !insight.code.0.is_empty() => insight.code.0,
            _ => Cow::Borrowed(""),
        };
        let mfa = match (
            context.attributes.0.mfa.0,
            additional.mfa.0,
            additional.device.0.is_empty(),
        ) {
            (Some(true), _, _) | (_, Some(true), _) | (_, _, false) => Answer::Yes,
            (Some(false), _, _) | (_, Some(false), _) => Answer::No,
            _ => Answer::Unknown,
        };
        let category = category(
            &wire.category.0,
            &wire.kind.0,
            wire.management.0,
            !insight.name.0.is_empty(),
        );
        // Who has no identity has only this.
        let anonymous = match &*identity.account.0 {
            "ANONYMOUS_PRINCIPAL" | "anonymous" => identity.account.0.clone(),
            _ => Cow::Borrowed(""),
        };
        let account = first([wire.recipient.0, identity.account.0]);
        // arn:aws:sts::account:assumed-role/role/session
        let role = identity.arn.0.splitn(6, ':').nth(5);
        let session = role
            .and_then(|role| role.strip_prefix("assumed-role/"))
            .and_then(|role| role.split_once('/'))
            .map_or("", |(_, session)| session);
        let session = match &identity.arn.0 {
            Cow::Borrowed(arn) => Cow::Borrowed(&arn[arn.len() - session.len()..]),
            Cow::Owned(_) => Cow::Owned(session.to_owned()),
        };
        Event {
            id: wire.id.0,
            time: Moment::parse(&wire.time.0),
            name: first([wire.name.0, insight.name.0]),
            source: first([wire.source.0, insight.source.0]),
            region: wire.region.0,
            account,
            ip: wire.ip.0,
            agent: wire.agent.0,
            error,
            access: match wire.read_only.0 {
                Some(true) => Access::Read,
                Some(false) => Access::Write,
                None => Access::Unknown,
            },
            category,
            mfa,
            resources,
            request: wire.request.text,
            outcome,
            // A read hands out and a write takes in; the other of the two is 0.
            bytes: additional.bytes_in.0.max(additional.bytes_out.0),
            is_envelope: wire.envelope.0,
            actor: Actor {
                user: first([
                    identity.user.0,
                    context.issuer.0.user.0,
                    identity.service.0.clone(),
                ]),
                arn: first([
                    identity.arn.0,
                    identity.service.0,
                    identity.principal.0,
                    anonymous,
                ]),
                kind: identity.kind.0,
                session,
                key: identity.key.0,
            },
        }
    }
}

/// The first text that is not empty.
fn first<const N: usize>(texts: [Cow<'_, str>; N]) -> Cow<'_, str> {
    let mut found = texts.into_iter().filter(|text| !text.is_empty());
    found.next().unwrap_or_default()
}

fn category(stated: &str, kind: &str, management: Option<bool>, insight: bool) -> Category {
    match stated {
        "Management" => Category::Management,
        "Data" => Category::Data,
        "Insight" => Category::Insight,
        "NetworkActivity" => Category::Network,
        "" if insight || kind == "AwsCloudTrailInsight" => Category::Insight,
        "" if kind == "AwsVpceEvent" => Category::Network,
        "" if management == Some(false) => Category::Data,
        "" => Category::Management,
        _ => Category::Other,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_an_assumed_role() {
        let raw = r#"{"eventVersion":"1.08","userIdentity":{"type":"AssumedRole","principalId":"AROA:alice",
            "arn":"arn:aws:sts::111122223333:assumed-role/admin/alice","accountId":"111122223333","accessKeyId":"ASIA1",
            "sessionContext":{"sessionIssuer":{"type":"Role","userName":"admin"},"attributes":{"mfaAuthenticated":"true"}}},
            "eventTime":"2024-01-31T23:59:59Z","eventSource":"s3.amazonaws.com","eventName":"PutObject","awsRegion":"eu-west-1",
            "sourceIPAddress":"203.0.113.9","userAgent":"aws-cli","requestParameters":{"bucketName":"payroll","key":"a/b","x":{"y":"z"}},
            "responseElements":null,"readOnly":false,"managementEvent":false,"recipientAccountId":"444455556666",
            "resources":[{"type":"AWS::S3::Object","ARN":"arn:aws:s3:::payroll/a/b"},{"accountId":"1"}],"eventID":"e"}"#;
        let event = Event::parse(raw).expect("a record");
        assert_eq!(
            (&*event.actor.user, &*event.actor.session),
            ("admin", "alice")
        );
        assert_eq!(event.account, "444455556666");
        assert_eq!(
            (event.access, event.category, event.mfa),
            (Access::Write, Category::Data, Answer::Yes)
        );
        assert_eq!(
            event.resources,
            ["arn:aws:s3:::payroll/a/b", "payroll", "a/b"]
        );
    }

    #[test]
    fn a_failed_sign_in_without_a_code_is_an_error() {
        let raw = r#"{"eventName":"ConsoleLogin","errorMessage":"Failed authentication","responseElements":{"ConsoleLogin":"Failure"},
            "additionalEventData":{"MFAUsed":"No"},"userIdentity":"odd","requestParameters":[1,{"name":5}],"eventTime":7}"#;
        let event = Event::parse(raw).expect("a record");
        assert_eq!(event.error, "Failed authentication");
        assert_eq!((event.mfa, event.time), (Answer::No, None));
        assert_eq!(event.actor, Actor::default());
    }

    #[test]
    fn finds_the_key_that_a_call_issued() {
        let raw = r#"{"eventName":"AssumeRole","requestParameters":{"roleArn":"arn:aws:iam::1:role/x","roleSessionName":"s"},
            "responseElements":{"credentials":{"accessKeyId":"ASIA2","sessionToken":"t"},"assumedRoleUser":{"arn":"arn:aws:sts::1:assumed-role/x/s"}}}"#;
        let event = Event::parse(raw).expect("a record");
        assert_eq!(
            event.resources,
            [
                "arn:aws:iam::1:role/x",
                "s",
                "ASIA2",
                "arn:aws:sts::1:assumed-role/x/s"
            ]
        );
    }

    #[test]
    fn an_insight_names_whom_it_is_attributed_to() {
        let raw = r#"{"eventType":"AwsCloudTrailInsight","eventCategory":"Insight","insightDetails":{"state":"Start","eventSource":"ec2.amazonaws.com",
            "eventName":"RunInstances","insightType":"ApiErrorRateInsight","errorCode":"Client.UnauthorizedOperation","insightContext":{"statistics":{"insightDuration":1},
            "attributions":[{"attribute":"userIdentityArn","insight":[{"value":"arn:aws:sts::1:assumed-role/x/s","average":3.2}]}]}}}"#;
        let event = Event::parse(raw).expect("a record");
        assert_eq!(
            (&*event.name, &*event.source),
            ("RunInstances", "ec2.amazonaws.com")
        );
        assert_eq!(
            (event.category, &*event.error),
            (Category::Insight, "Client.UnauthorizedOperation")
        );
        assert_eq!(event.resources, ["arn:aws:sts::1:assumed-role/x/s"]);
    }

    #[test]
    fn network_activity_names_its_endpoint() {
        let raw = r#"{"eventType":"AwsVpceEvent","eventCategory":"NetworkActivity","eventName":"Decrypt","eventSource":"kms.amazonaws.com",
            "vpcEndpointId":"vpce-01","vpcEndpointAccountId":"123456789012","errorCode":"VpceAccessDenied","userIdentity":{"type":"AWSAccount","accountId":"1"}}"#;
        let event = Event::parse(raw).expect("a record");
        assert_eq!(
            (event.category, &*event.error),
            (Category::Network, "VpceAccessDenied")
        );
        assert_eq!(event.resources, ["vpce-01"]);
    }
}
