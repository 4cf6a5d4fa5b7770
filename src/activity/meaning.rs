//! What an empty answer means: that nothing happened, that it was not recorded, or that it cannot be told.
//!
//! A trail records management events unless told otherwise, data and network events only when told, and
//! events of global services in us-east-1 (CloudTrail user guide, "Global service events").

use crate::cloudtrail::Selectors;
use crate::moment::Moment;

use super::field::{Field, is_service};
use super::query::{Pattern, Query};

/// Services whose events are recorded in us-east-1 wherever the caller was.
const GLOBAL: &[&str] = &[
    "iam.amazonaws.com",
    "sts.amazonaws.com",
    "cloudfront.amazonaws.com",
    "route53.amazonaws.com",
    "organizations.amazonaws.com",
    "signin.amazonaws.com",
    "globalaccelerator.amazonaws.com",
    "waf.amazonaws.com",
];

/// Calls that are data events: the S3, Lambda, DynamoDB and SNS calls that CloudTrail's user guide lists.
const DATA: &[&str] = &[
    "GetObject",
    "PutObject",
    "DeleteObject",
    "DeleteObjects",
    "HeadObject",
    "CopyObject",
    "ListObjects",
    "ListObjectsV2",
    "GetObjectAcl",
    "PutObjectAcl",
    "GetObjectTagging",
    "PutObjectTagging",
    "CreateMultipartUpload",
    "UploadPart",
    "CompleteMultipartUpload",
    "RestoreObject",
    "Invoke",
    "GetItem",
    "PutItem",
    "DeleteItem",
    "UpdateItem",
    "Query",
    "Scan",
    "BatchGetItem",
    "BatchWriteItem",
    "Publish",
    "PublishBatch",
];

/// What the evidence covers.
#[derive(Clone, Debug, Default)]
pub struct Coverage<'a> {
    /// First and last moment of which proven digests tell that log files are complete.
    pub proven: Option<(Moment, Moment)>,
    /// Whether anything in that time is missing or not covered.
    pub holes: bool,
    /// Regions of which there are log files.
    pub regions: Vec<&'a str>,
    /// What the trails record, where their selectors are in the evidence.
    pub selectors: Vec<&'a Selectors>,
}

/// The meaning of an answer without events, in sentences.
pub fn meaning(query: &Query, coverage: &Coverage<'_>) -> String {
    let asked = Asked::new(query);
    if let Some(sentence) = elsewhere(&asked) {
        return sentence;
    }
    if let Some(sentence) = not_selected(&asked, coverage) {
        return sentence;
    }
    let Some((from, to)) = coverage.proven else {
        return "It cannot be told whether there were such events: no proven digest says that the log files are complete.".to_owned();
    };
    if let Some(region) = &asked.region
        && !coverage.regions.iter().any(|one| region.is(one))
    {
        return "It cannot be told whether there were such events: no log file of that region is in the evidence.".to_owned();
    }
    if asked.since.is_none_or(|since| since < from) || asked.before.is_none_or(|before| before > to)
    {
        let holes = if coverage.holes { ", with holes" } else { "" };
        return format!(
            "Within {from} to {to}{holes}, which proven digests cover, no such event was recorded. For other times it cannot be told."
        );
    }
    if coverage.holes {
        return format!(
            "It cannot be told for certain: digests cover {from} to {to}, but log files of that time are missing, altered or unproven. See Integrity."
        );
    }
    format!("No such event was recorded: proven digests cover all of that time ({from} to {to}).")
}

/// What must hold of every event that the query asks for.
#[derive(Default)]
struct Asked {
    name: Option<Pattern>,
    source: Option<Pattern>,
    region: Option<Pattern>,
    category: Option<Pattern>,
    resource: Option<Pattern>,
    since: Option<Moment>,
    before: Option<Moment>,
}

impl Asked {
    fn new(query: &Query) -> Self {
        let mut asked = Asked::default();
        query.required(&mut |one| match one {
            Query::Has(Field::Name, pattern) => asked.name = Some(pattern.clone()),
            Query::Has(Field::Source, pattern) => asked.source = Some(pattern.clone()),
            Query::Has(Field::Region, pattern) => asked.region = Some(pattern.clone()),
            Query::Has(Field::Bucket | Field::Resource, pattern) => {
                asked.resource = Some(pattern.clone())
            }
            Query::Has(Field::Category, pattern) => asked.category = Some(pattern.clone()),
            Query::Since(at) => asked.since = Some(*at),
            Query::Before(at) => asked.before = Some(*at),
            _ => {}
        });
        asked
    }
}

fn elsewhere(asked: &Asked) -> Option<String> {
    let source = asked.source.as_ref()?;
    let region = asked.region.as_ref()?;
    let fits = |one: &&&str| is_service(source, one);
    let service = GLOBAL.iter().find(fits)?;
    (!region.is("us-east-1")).then(|| {
        format!("Events of {service}, a global service, are recorded in us-east-1 alone: take the region out of the query.")
    })
}

fn not_selected(asked: &Asked, coverage: &Coverage<'_>) -> Option<String> {
    let is_data = asked
        .category
        .as_ref()
        .is_some_and(|category| category.is("data"))
        || asked
            .name
            .as_ref()
            .is_some_and(|name| DATA.iter().any(|one| name.is(one)));
    let is_network = asked
        .category
        .as_ref()
        .is_some_and(|category| category.is("network"));
    let is_insight = asked
        .category
        .as_ref()
        .is_some_and(|category| category.is("insight"));
    let (what, recorded) = if is_data {
        let plain = asked.resource.as_ref().and_then(Pattern::plain);
        let takes = |one: &&&Selectors| plain.is_none_or(|resource| one.takes(resource));
        let mut recording = coverage.selectors.iter().filter(|one| one.data).peekable();
        if recording.peek().is_some() && !recording.clone().any(|one| takes(&one)) {
            return Some(format!(
                "Data events of {} were not recorded: the selectors in the evidence name other resources, so their absence means nothing.",
                plain.unwrap_or_default()
            ));
        }
        ("Data events", recording.peek().is_some())
    } else if is_network {
        (
            "Network activity events",
            coverage.selectors.iter().any(|one| one.network),
        )
    } else if is_insight {
        ("Insights", coverage.selectors.iter().any(|one| one.insight))
    } else {
        let off =
            !coverage.selectors.is_empty() && coverage.selectors.iter().all(|one| !one.management);
        return off.then(|| "Management events are not recorded by the trails whose selectors are in the evidence.".to_owned());
    };
    if recorded {
        return None;
    }
    Some(if coverage.selectors.is_empty() {
        format!(
            "It cannot be told: {what} are recorded only where a trail's selectors ask for them. Drop the output of `aws cloudtrail get-event-selectors` (and `get-insight-selectors`)."
        )
    } else {
        format!(
            "{what} were not recorded by the trails whose selectors are in the evidence: their absence means nothing."
        )
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(query: &str, coverage: &Coverage<'_>) -> String {
        meaning(&Query::parse(query).expect("a query"), coverage)
    }

    #[test]
    fn tells_absence_from_ignorance() {
        let at = |text: &str| Moment::parse(text).expect("a time");
        let none = Coverage::default();
        assert!(of("name:CreateUser", &none).contains("no proven digest"));
        assert!(of("name:GetObject", &none).contains("get-event-selectors"));
        assert!(of("source:iam region:eu-west-1", &none).contains("us-east-1 alone"));
        let selectors = Selectors {
            management: true,
            ..Selectors::default()
        };
        let full = Coverage {
            proven: Some((at("2024-01-01T00:00:00Z"), at("2024-02-01T00:00:00Z"))),
            regions: vec!["us-east-1"],
            selectors: vec![&selectors],
            holes: false,
        };
        let some = Selectors {
            data: true,
            management: true,
            resources: vec!["arn:aws:s3:::payroll/".to_owned()],
            ..Selectors::default()
        };
        let narrow = Coverage {
            selectors: vec![&some],
            ..full.clone()
        };
        assert!(of("name:GetObject bucket:other", &narrow).contains("name other resources"));
        assert!(!of("name:GetObject bucket:payroll", &narrow).contains("name other resources"));
        assert!(of("category:data", &full).contains("were not recorded"));
        assert!(
            of("name:CreateUser since:2024-01-03 until:2024-01-04", &full)
                .starts_with("No such event")
        );
        assert!(of("name:CreateUser", &full).contains("For other times"));
        assert!(of("name:X region:eu-west-1", &full).contains("no log file of that region"));
    }
}
