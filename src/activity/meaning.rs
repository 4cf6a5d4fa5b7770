//! What an empty answer means: that nothing happened, that it was not recorded, or that it cannot be told.
//!
//! A trail records management events unless told otherwise, data and network events only when told, and
//! events of global services in one region of the partition (CloudTrail user guide, "Global service events").
//! Digests cover what was delivered in their windows, and CloudTrail delivers some minutes after the call.

use std::collections::BTreeMap;

use crate::cloudtrail::Selectors;
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

/// Those regions: of AWS, of AWS GovCloud and of AWS China.
const HOMES: [&str; 3] = ["us-east-1", "us-gov-west-1", "cn-north-1"];

/// Seconds that a call may take to be delivered: about five minutes, without guarantee, says the user guide.
const DELIVERY: i64 = 900;

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

/// What the digests of a trail cover in one account and region.
#[derive(Clone, Debug, PartialEq)]
pub struct Covered<'a> {
    /// The account.
    pub account: &'a str,
    /// The region.
    pub region: &'a str,
    /// The beginning of the first proven window.
    pub from: Moment,
    /// The end of the last.
    pub to: Moment,
    /// Times of which something is missing, altered or unproven.
    pub holes: Vec<(Moment, Moment)>,
}

/// What the evidence covers.
#[derive(Clone, Debug, Default)]
pub struct Coverage<'a> {
    /// By proven digests; several trails may cover one account and region.
    pub covered: Vec<Covered<'a>>,
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
    if coverage.covered.is_empty() {
        return "It cannot be told whether there were such events: no proven digest says that the log files are complete.".to_owned();
    }
    let places = asked.places(coverage);
    if places.is_empty() {
        let service = asked.global().map_or(String::new(), |service| {
            format!(
                " Events of {service}, a global service, are recorded in {} alone.",
                HOMES[0]
            )
        });
        return format!(
            "It cannot be told whether there were such events: no proven digest covers the account and region that they would be recorded in.{service}"
        );
    }
    let from = places
        .iter()
        .map(|place| place.from)
        .max()
        .unwrap_or(Moment::MIN);
    let to = places
        .iter()
        .map(|place| place.to)
        .min()
        .unwrap_or(Moment::MAX);
    let (from, to) = (from, to.plus(-DELIVERY));
    let place = named(&places);
    if from >= to {
        return format!(
            "It cannot be told for certain: the proven digests of {place} have no time in common."
        );
    }
    let (since, before) = (
        asked.since.unwrap_or(Moment::MIN),
        asked.before.unwrap_or(Moment::MAX),
    );
    let is_hole =
        |(begin, end): &(Moment, Moment)| *begin < before.min(to) && *end > since.max(from);
    if places.iter().any(|place| place.holes.iter().any(is_hole)) {
        return format!(
            "It cannot be told for certain: digests of {place} cover {from} to {to}, but files of that time are missing, altered or unproven. See Integrity."
        );
    }
    let global = match places.iter().any(|place| HOMES.contains(&place.region)) {
        false if asked.region.is_none() => {
            " Events of IAM and other global services are recorded in us-east-1, which is not covered."
        }
        _ => "",
    };
    if since >= from && before <= to {
        return format!(
            "No such event was recorded in {place}: proven digests cover all of that time ({from} to {to}).{global}"
        );
    }
    format!(
        "Within {from} to {to}, which proven digests of {place} cover, no such event was recorded. For other times it cannot be told.{global}"
    )
}

/// Accounts and regions in words.
fn named(places: &[&Covered<'_>]) -> String {
    let mut accounts: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    for place in places {
        accounts
            .entry(place.account)
            .or_default()
            .push(place.region);
    }
    let regions = |regions: &Vec<&str>| match &regions[..] {
        few @ ([_] | [_, _] | [_, _, _]) => few.join(", "),
        many => format!("{} regions", many.len()),
    };
    match accounts.len() {
        1..4 => {
            let all = accounts.iter();
            let all = all.map(|(account, own)| format!("account {account} ({})", regions(own)));
            all.collect::<Vec<_>>().join(" and ")
        }
        many => format!("{many} accounts"),
    }
}

/// What must hold of every event that the query asks for.
#[derive(Default)]
struct Asked {
    name: Option<Pattern>,
    account: Option<Pattern>,
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
            Query::Has(Field::Account, pattern) => asked.account = Some(pattern.clone()),
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

impl Asked {
    /// The global service that is asked for.
    fn global(&self) -> Option<&'static str> {
        let source = self.source.as_ref()?;
        GLOBAL.iter().copied().find(|one| is_service(source, one))
    }

    /// Where such events would be recorded, of each account and region the trail that covers it best.
    fn places<'c>(&self, coverage: &'c Coverage<'_>) -> Vec<&'c Covered<'c>> {
        let fits = |asked: &Option<Pattern>, value: &str| {
            asked.as_ref().is_none_or(|pattern| pattern.is(value))
        };
        let is_global = self.global().is_some();
        let mut best: BTreeMap<(&str, &str), &Covered<'_>> = BTreeMap::new();
        let wanted = coverage.covered.iter().filter(|one| {
            let is_home = !is_global || HOMES.contains(&one.region);
            is_home && fits(&self.account, one.account) && fits(&self.region, one.region)
        });
        for one in wanted {
            let known = best.entry((one.account, one.region)).or_insert(one);
            let worth =
                |of: &Covered<'_>| (of.holes.is_empty(), of.to.seconds() - of.from.seconds());
            if worth(one) > worth(known) {
                *known = one;
            }
        }
        best.into_values().collect()
    }
}

fn elsewhere(asked: &Asked) -> Option<String> {
    let (service, region) = (asked.global()?, asked.region.as_ref()?);
    let is_home = HOMES.iter().any(|home| region.is(home));
    (!is_home).then(|| {
        format!("Events of {service}, a global service, are recorded in us-east-1 alone (AWS GovCloud: us-gov-west-1, AWS China: cn-north-1): take the region out of the query.")
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
        // Calls of STS and of the sign-in service are recorded in the region of the endpoint.
        assert!(!of("source:sts region:eu-west-1", &none).contains("us-east-1 alone"));
        assert!(!of("source:iam region:us-gov-west-1", &none).contains("us-east-1 alone"));
        let selectors = Selectors {
            management: true,
            ..Selectors::default()
        };
        let of_region = |region| Covered {
            account: "111122223333",
            region,
            from: at("2024-01-01T00:00:00Z"),
            to: at("2024-02-01T00:00:00Z"),
            holes: Vec::new(),
        };
        let full = Coverage {
            covered: vec![of_region("us-east-1")],
            selectors: vec![&selectors],
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
        let days = "name:CreateUser time:2024-01-03..2024-01-04";
        assert!(
            of(days, &full)
                .starts_with("No such event was recorded in account 111122223333 (us-east-1)")
        );
        assert!(of("name:CreateUser", &full).contains("For other times"));
        // What was called in the last minutes of a window is delivered after it.
        assert!(
            of(
                "name:X since:2024-01-31T22:00Z until:2024-01-31T23:50Z",
                &full
            )
            .contains("For other times")
        );
        assert!(of("name:X region:eu-west-1", &full).contains("no proven digest covers"));
        assert!(of("name:X account:444455556666", &full).contains("no proven digest covers"));
    }

    #[test]
    fn coverage_of_one_region_proves_nothing_of_another() {
        let at = |text: &str| Moment::parse(text).expect("a time");
        let ireland = Covered {
            account: "111122223333",
            region: "eu-west-1",
            from: at("2024-01-01T00:00:00Z"),
            to: at("2024-02-01T00:00:00Z"),
            holes: vec![(at("2024-01-10T00:00:00Z"), at("2024-01-10T03:00:00Z"))],
        };
        let only = Coverage {
            covered: vec![ireland.clone()],
            selectors: Vec::new(),
        };
        assert!(of("source:iam name:CreateUser", &only).contains("recorded in us-east-1 alone"));
        assert!(of("name:CreateUser time:2024-01-03", &only).contains("which is not covered"));
        // A hole counts for the time that is asked for, and only where no other trail fills it.
        assert!(of("name:X time:2024-01-10", &only).contains("cannot be told for certain"));
        let again = Covered {
            holes: Vec::new(),
            ..ireland.clone()
        };
        let twice = Coverage {
            covered: vec![ireland, again],
            ..only
        };
        assert!(of("name:X time:2024-01-10", &twice).starts_with("No such event"));
    }
}
