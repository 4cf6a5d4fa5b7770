//! What an empty answer means: that nothing happened, that it was not recorded, or that it cannot be told.
//!
//! A trail records management events unless told otherwise, data and network events only when told, and
//! events of global services in one region of the partition (CloudTrail user guide, "Global service events").
//! Digests cover what was delivered in their windows, and CloudTrail delivers some minutes after the call.

use std::collections::{BTreeMap, BTreeSet};

use crate::cloudtrail::Selectors;
use crate::cloudtrail::selectors::{Data, Management};
use crate::moment::Moment;
use crate::order::Gather as _;

use super::asked::{Asked, Class};
use super::field::is_service;
use super::query::{Pattern, Query};

/// Those regions: of AWS, of AWS GovCloud and of AWS China.
const HOMES: [&str; 3] = ["us-east-1", "us-gov-west-1", "cn-north-1"];

/// Seconds that a call may take to be delivered: about five minutes, without guarantee, says the user guide.
const DELIVERY: i64 = 900;

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
    let remarks = match selected(&asked, coverage) {
        Ok(remarks) => remarks,
        Err(sentence) => return sentence,
    };
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
    let home = places.iter().filter(|place| HOMES.contains(&place.region));
    let home: BTreeSet<&str> = home.map(|place| place.account).gathered();
    let lacks_home = places.iter().any(|place| !home.contains(place.account));
    let global = match asked.may_be_global && lacks_home {
        true if home.is_empty() => {
            " Events of IAM and other global services are recorded in us-east-1, which is not covered here."
        }
        true => {
            " Events of IAM and other global services are recorded in us-east-1, which is not covered here for every account."
        }
        false => "",
    };
    if since >= from && before <= to {
        return format!(
            "No such event was recorded in {place}: proven digests cover all of that time ({from} to {to}).{global}{remarks}"
        );
    }
    format!(
        "Within {from} to {to}, which proven digests of {place} cover, no such event was recorded. For other times it cannot be told.{global}{remarks}"
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

impl Asked {
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

/// What of the events of a kind was recorded.
enum Recorded {
    /// All of them, or some, as the remark says.
    Yes(String),
    /// None, for the reason that the sentence gives.
    No(String),
}

/// What selectors say of a kind of events; there are some in the evidence.
fn recorded(class: Class, asked: &Asked, selectors: &[&Selectors]) -> Recorded {
    let what = class.words();
    let no = |why: &str| Recorded::No(format!("{what} {why}"));
    let absent = "were not recorded by the trails whose selectors are in the evidence: their absence means nothing.";
    match class {
        Class::Management => {
            let all = || selectors.iter().flat_map(|one| &one.management);
            if all().next().is_none() {
                return no(absent);
            }
            let is_left_out = |of: &Management| {
                let source = asked.source.as_ref();
                let is =
                    |service: &String| source.is_some_and(|source| is_service(source, service));
                of.excluded.iter().any(is)
            };
            if all().all(is_left_out) {
                return no(
                    "of this service are left out by the selectors: their absence means nothing.",
                );
            }
            let some = all().all(|of| of.narrowed || !of.excluded.is_empty());
            access(what, asked, all().map(|of| of.reads), some)
        }
        Class::Data => {
            let kinds = &asked.kinds;
            let of_kind =
                |of: &&Data| kinds.is_empty() || kinds.iter().any(|kind| of.takes_kind(Some(kind)));
            let all = || selectors.iter().flat_map(|one| &one.data).filter(of_kind);
            if all().next().is_none() {
                return no(absent);
            }
            let resource = asked.resource.as_ref().and_then(Pattern::plain);
            let takes = |of: &&Data| resource.is_none_or(|resource| of.takes(resource));
            if !all().any(|of| takes(&of)) {
                return no(&format!(
                    "of {} were not recorded: the selectors in the evidence name other resources, so their absence means nothing.",
                    resource.unwrap_or_default()
                ));
            }
            let all = || all().filter(takes);
            let is_part = |of: &Data| of.narrowed || resource.is_none() && !of.resources.is_empty();
            // Selectors of one type say nothing of the others.
            let some = all().all(is_part) || kinds.is_empty();
            access(what, asked, all().map(|of| of.reads), some)
        }
        Class::Network if selectors.iter().any(|one| one.network) => Recorded::Yes(String::new()),
        Class::Insight if selectors.iter().any(|one| one.insight) => Recorded::Yes(String::new()),
        Class::Network | Class::Insight => no(absent),
    }
}

/// What is recorded of calls that only read and of others; `reads` tells it of each selector, `some` whether they all
/// have conditions besides.
fn access(
    what: &str,
    asked: &Asked,
    reads: impl Iterator<Item = Option<bool>> + Clone,
    some: bool,
) -> Recorded {
    let takes = |read: bool| reads.clone().any(|of| of.is_none_or(|of| of == read));
    let lacks = [
        (asked.reads, true, "only read"),
        (asked.writes, false, "change something"),
    ];
    let lacks: Vec<&str> = lacks
        .into_iter()
        .filter(|(is_asked, read, _)| *is_asked && !takes(*read))
        .map(|(.., words)| words)
        .collect();
    if let [words] = lacks[..] {
        let sentence =
            format!("{what} that {words} were not recorded: their absence means nothing.");
        return match asked.reads && asked.writes {
            true => Recorded::Yes(sentence),
            false => Recorded::No(sentence),
        };
    }
    Recorded::Yes(match some {
        true => format!("{what} were recorded in part only: the selectors have conditions."),
        false => String::new(),
    })
}

/// What was recorded of the events that are asked for: remarks, or why none of them was.
fn selected(asked: &Asked, coverage: &Coverage<'_>) -> Result<String, String> {
    let is_management = asked.classes.contains(&Class::Management);
    if coverage.selectors.is_empty() {
        let Some(first) = asked.classes.first() else {
            return Err(
                "No event can fit this query: its conditions exclude each other.".to_owned(),
            );
        };
        return match is_management {
            true => Ok(" The trails' event selectors are not in the evidence: management events are recorded unless they say otherwise, other events only where they ask for them.".to_owned()),
            false => Err(format!(
                "It cannot be told: {} are recorded only where a trail's selectors ask for them. Drop the output of `aws cloudtrail get-event-selectors` (and `get-insight-selectors`).",
                first.words().to_lowercase()
            )),
        };
    }
    let mut remarks = String::new();
    let mut reasons = Vec::new();
    for class in &asked.classes {
        match recorded(*class, asked, &coverage.selectors) {
            Recorded::Yes(remark) if remark.is_empty() => {}
            Recorded::Yes(remark) => remarks += &format!(" {remark}"),
            Recorded::No(reason) => reasons.push(reason),
        }
    }
    if reasons.len() == asked.classes.len() {
        return Err(match reasons.first() {
            Some(reason) => reason.clone(),
            None => "No event can fit this query: its conditions exclude each other.".to_owned(),
        });
    }
    reasons
        .iter()
        .for_each(|reason| remarks += &format!(" {reason}"));
    Ok(remarks)
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
            management: vec![Management::default()],
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
            management: vec![Management::default()],
            data: vec![Data {
                kind: "AWS::S3::Object".to_owned(),
                resources: vec!["arn:aws:s3:::payroll/".to_owned()],
                ..Data::default()
            }],
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
    fn an_answer_says_what_was_not_recorded() {
        let at = |text: &str| Moment::parse(text).expect("a time");
        let selectors = Selectors {
            management: vec![Management {
                reads: Some(false),
                excluded: vec!["kms.amazonaws.com".to_owned()],
                narrowed: false,
            }],
            ..Selectors::default()
        };
        let coverage = |selectors| Coverage {
            covered: vec![Covered {
                account: "111122223333",
                region: "us-east-1",
                from: at("2024-01-01T00:00:00Z"),
                to: at("2024-02-01T00:00:00Z"),
                holes: Vec::new(),
            }],
            selectors,
        };
        let (some, none) = (coverage(vec![&selectors]), coverage(Vec::new()));
        let in_time = |query: &str, coverage: &Coverage<'_>| {
            of(&format!("({query}) time:2024-01-03"), coverage)
        };
        for query in [
            "name:GetObject OR name:CreateUser",
            "payroll",
            "-category:management",
        ] {
            assert!(
                in_time(query, &some).contains("Data events were not recorded"),
                "{query}"
            );
        }
        let reads = in_time("name:DescribeInstances", &some);
        assert!(
            reads.starts_with("Management events that only read were not recorded"),
            "{reads}"
        );
        assert!(in_time("actor:x", &some).contains("Management events that only read were not"));
        let write = in_time("name:CreateUser category:management", &some);
        assert!(write.starts_with("No such event was recorded"), "{write}");
        assert!(write.contains("in part only"), "{write}");
        assert!(in_time("source:kms category:management", &some).contains("left out"));
        assert!(in_time("name:X", &none).contains("unless they say otherwise"));
        assert!(in_time("category:data category:network", &none).contains("exclude each other"));
        // An alternative of a global service is recorded elsewhere.
        let ireland = Coverage {
            covered: vec![Covered {
                region: "eu-west-1",
                ..none.covered[0].clone()
            }],
            ..Coverage::default()
        };
        let either = in_time("(source:ec2 OR source:iam) region:eu-west-1", &ireland);
        assert!(either.contains("which is not covered here"), "{either}");
        assert!(!in_time("source:ec2 region:eu-west-1", &ireland).contains("global services"));
        let mut two = none.clone();
        two.covered.push(Covered {
            account: "444455556666",
            ..ireland.covered[0].clone()
        });
        assert!(in_time("name:CreateUser", &two).contains("not covered here for every account"));
        assert!(
            !in_time("name:CreateUser account:111122223333", &two).contains("not covered here")
        );
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
        assert!(of("name:CreateUser time:2024-01-03", &only).contains("which is not covered here"));
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
