//! What the events that a query asks for may be. An answer says too much where it leaves one of them out, so whatever
//! cannot be told is taken for possible: each branch of a query widens, each condition that must hold narrows.

use crate::moment::Moment;

use super::field::{Field, is_service};
use super::query::{Pattern, Query};

/// Services whose events are recorded in one region wherever the caller was. STS and the sign-in service are
/// none: they have endpoints in regions, whose calls are recorded there.
const GLOBAL: &[&str] = &[
    "iam.amazonaws.com",
    "cloudfront.amazonaws.com",
    "route53.amazonaws.com",
    "organizations.amazonaws.com",
    "waf.amazonaws.com",
];

/// Calls that are data events, by the type of resource that selectors name (CloudTrail user guide, "Data events").
const DATA: &[(&str, &[&str])] = &[
    (
        "AWS::S3::Object",
        &[
            "AbortMultipartUpload",
            "CompleteMultipartUpload",
            "CopyObject",
            "CreateMultipartUpload",
            "DeleteObject",
            "DeleteObjectTagging",
            "DeleteObjects",
            "GetObject",
            "GetObjectAcl",
            "GetObjectAttributes",
            "GetObjectLegalHold",
            "GetObjectRetention",
            "GetObjectTagging",
            "GetObjectTorrent",
            "HeadBucket",
            "HeadObject",
            "ListMultipartUploads",
            "ListObjectVersions",
            "ListObjects",
            "ListObjectsV2",
            "ListParts",
            "PutObject",
            "PutObjectAcl",
            "PutObjectLegalHold",
            "PutObjectRetention",
            "PutObjectTagging",
            "RestoreObject",
            "SelectObjectContent",
            "UploadPart",
            "UploadPartCopy",
        ],
    ),
    ("AWS::Lambda::Function", &["Invoke"]),
    (
        "AWS::DynamoDB::Table",
        &[
            "BatchExecuteStatement",
            "BatchGetItem",
            "BatchWriteItem",
            "DeleteItem",
            "ExecuteStatement",
            "ExecuteTransaction",
            "GetItem",
            "PutItem",
            "Query",
            "Scan",
            "TransactGetItems",
            "TransactWriteItems",
            "UpdateItem",
        ],
    ),
    ("AWS::SNS::Topic", &["Publish", "PublishBatch"]),
    (
        "AWS::SQS::Queue",
        &[
            "ChangeMessageVisibility",
            "ChangeMessageVisibilityBatch",
            "DeleteMessage",
            "DeleteMessageBatch",
            "ReceiveMessage",
            "SendMessage",
            "SendMessageBatch",
        ],
    ),
    (
        "AWS::Kinesis::Stream",
        &["GetRecords", "GetShardIterator", "PutRecord", "PutRecords"],
    ),
];

/// How the names of calls begin that CloudTrail calls reading, as far as names tell.
const READS: &[&str] = &["describe", "list", "lookup"];
/// And of those that change something.
const WRITES: &[&str] = &[
    "add",
    "attach",
    "authorize",
    "create",
    "delete",
    "detach",
    "disable",
    "enable",
    "modify",
    "put",
    "remove",
    "revoke",
    "run",
    "set",
    "start",
    "stop",
    "terminate",
    "update",
];

/// A kind of events, as selectors tell them apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Class {
    /// Calls that configure.
    Management,
    /// Calls that use what is configured.
    Data,
    /// Calls by way of an endpoint of a network.
    Network,
    /// Insights.
    Insight,
}

impl Class {
    pub(super) const ALL: [Class; 4] = [
        Class::Management,
        Class::Data,
        Class::Network,
        Class::Insight,
    ];

    /// As `category:` has it.
    fn name(self) -> &'static str {
        match self {
            Class::Management => "management",
            Class::Data => "data",
            Class::Network => "network",
            Class::Insight => "insight",
        }
    }

    /// In words, at the beginning of a sentence.
    pub(super) fn words(self) -> &'static str {
        match self {
            Class::Management => "Management events",
            Class::Data => "Data events",
            Class::Network => "Network activity events",
            Class::Insight => "Insights",
        }
    }
}

/// What must hold of every event that the query asks for, and what may.
#[derive(Default)]
pub(super) struct Asked {
    pub(super) account: Option<Pattern>,
    pub(super) region: Option<Pattern>,
    pub(super) source: Option<Pattern>,
    pub(super) resource: Option<Pattern>,
    pub(super) since: Option<Moment>,
    pub(super) before: Option<Moment>,
    /// The kinds that such events may be of.
    pub(super) classes: Vec<Class>,
    /// The types of resources that such data events may be of; any where it is empty.
    pub(super) kinds: Vec<&'static str>,
    /// Whether they may be calls that only read.
    pub(super) reads: bool,
    /// Whether they may be calls that change something.
    pub(super) writes: bool,
    /// Whether they may be of a global service.
    pub(super) may_be_global: bool,
}

impl Asked {
    pub(super) fn new(query: &Query) -> Self {
        let is_possible = |class: &Class| may_be(query, &|one| one.class(*class));
        let mut asked = Asked {
            classes: Class::ALL.into_iter().filter(is_possible).collect(),
            reads: may_be(query, &|one| one.access("read", READS, WRITES)),
            writes: may_be(query, &|one| one.access("write", WRITES, READS)),
            may_be_global: may_be(query, &Query::is_global),
            ..Asked::default()
        };
        query.required(&mut |one| match one {
            Query::Has(Field::Account, pattern) => asked.account = Some(pattern.clone()),
            Query::Has(Field::Source, pattern) => asked.source = Some(pattern.clone()),
            Query::Has(Field::Region, pattern) => asked.region = Some(pattern.clone()),
            Query::Has(Field::Bucket | Field::Resource, pattern) => {
                asked.resource = Some(pattern.clone());
            }
            Query::Has(Field::Name, pattern) => asked.kinds = kinds(pattern),
            Query::Since(at) => asked.since = asked.since.max(Some(*at)),
            Query::Before(at) => {
                asked.before = Some(asked.before.map_or(*at, |before| before.min(*at)));
            }
            _ => {}
        });
        asked
    }

    /// The global service that every such event is of.
    pub(super) fn global(&self) -> Option<&'static str> {
        let source = self.source.as_ref()?;
        GLOBAL.iter().copied().find(|one| is_service(source, one))
    }
}

/// The types of resources whose calls are named.
fn kinds(pattern: &Pattern) -> Vec<&'static str> {
    let named = |(_, names): &&(&str, &[&str])| names.iter().any(|name| pattern.is(name));
    DATA.iter().filter(named).map(|(kind, _)| *kind).collect()
}

/// Whether an event of which `of` tells may fit a query: `Some(false)` of a term where it cannot, `Some(true)` where the
/// term says nothing else, so that its negation leaves none.
fn may_be(query: &Query, of: &dyn Fn(&Query) -> Option<bool>) -> bool {
    match query {
        Query::And(all) => all.iter().all(|one| may_be(one, of)),
        Query::Or(all) => all.iter().any(|one| may_be(one, of)),
        Query::Not(inner) => of(inner) != Some(true),
        one => of(one) != Some(false),
    }
}

impl Query {
    fn class(&self, class: Class) -> Option<bool> {
        match self {
            Query::Has(Field::Category, pattern) => Some(pattern.is(class.name())),
            Query::Has(Field::Name, pattern) => {
                let plain = pattern.plain();
                let is_data = !kinds(pattern).is_empty();
                match class {
                    // A name that is no known data event may be one of a newer service; what it is called tells nothing.
                    Class::Management if is_data && plain.is_some() => Some(false),
                    Class::Data if !is_data && plain.is_some() => Some(false),
                    _ => None,
                }
            }
            _ => None,
        }
    }

    /// Whether an event of an access may fit, where names begin with some words and do not with others.
    fn access(&self, access: &str, own: &[&str], other: &[&str]) -> Option<bool> {
        match self {
            Query::Has(Field::Access, pattern) => Some(pattern.is(access)),
            Query::Has(Field::Name, pattern) => {
                let name = pattern.plain()?;
                let begins = |words: &[&str]| words.iter().any(|word| name.starts_with(word));
                (begins(other) && !begins(own)).then_some(false)
            }
            _ => None,
        }
    }

    fn is_global(&self) -> Option<bool> {
        match self {
            Query::Has(Field::Source, pattern) => {
                let is = GLOBAL.iter().any(|one| is_service(pattern, one));
                // Without one of them there are the others.
                (!is).then_some(false)
            }
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(query: &str) -> Asked {
        Asked::new(&Query::parse(query).expect(query))
    }

    #[test]
    fn every_branch_widens_and_every_condition_narrows() {
        use Class::{Data, Insight, Management, Network};
        for (query, classes) in [
            ("", &Class::ALL[..]),
            ("payroll", &Class::ALL[..]),
            ("name:ConsoleLogin", &[Management, Network, Insight][..]),
            ("name:GetObject", &[Data, Network, Insight]),
            ("name:(GetObject OR ConsoleLogin)", &Class::ALL[..]),
            ("name:GetObject OR name:ConsoleLogin", &Class::ALL[..]),
            ("category:data", &[Data]),
            ("-category:data", &[Management, Network, Insight]),
            ("category:data category:management", &[]),
            ("category:management name:GetObject", &[]),
            (
                "name:Get* category:(data OR management)",
                &[Management, Data],
            ),
        ] {
            assert_eq!(of(query).classes, classes, "{query}");
        }
        let access = |query| (of(query).reads, of(query).writes);
        assert_eq!(access("access:read"), (true, false));
        assert_eq!(access("-access:read"), (false, true));
        assert_eq!(access("name:CreateUser"), (false, true));
        assert_eq!(access("name:DescribeInstances"), (true, false));
        assert_eq!(access("name:ConsoleLogin"), (true, true));
        assert_eq!(access("name:(CreateUser OR ListUsers)"), (true, true));
        assert!(of("name:CreateUser").may_be_global);
        assert!(of("source:ec2 OR source:iam").may_be_global);
        assert!(!of("source:ec2").may_be_global);
        assert_eq!(of("name:GetObject").kinds, ["AWS::S3::Object"]);
    }

    #[test]
    fn the_narrowest_time_counts() {
        let asked = of("since:2024-01-01 since:2024-01-03 until:2024-01-09 until:2024-01-05");
        let at = |text: &str| Moment::parse(text);
        assert_eq!(asked.since, at("2024-01-03T00:00:00Z"));
        assert!(asked.before < at("2024-01-07T00:00:00Z"));
        assert_eq!(of("since:2024-01-01 OR x").since, None);
    }
}
