//! What should be covered and is not: regions and accounts without digests, chains that end before their time.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

use crate::cloudtrail::{Description, ObjectName};
use crate::moment::{HOUR, Moment};
use crate::order::Gather as _;

use super::chain::{Chains, Gap, TrailKey, TrailRow};
use super::holdings::Holdings;
use super::status::GapKind;

/// A trail that should have digests, the span in which, and what says so.
type Expected = (TrailKey, (Moment, Moment), String);

/// Digests were seen to be written up to 201 minutes after their window's end; past this much, one is overdue.
const OVERDUE: i64 = 5 * HOUR;
/// The longest delay seen, rounded up: a digest delivered later than this after a window is of a later one.
pub const LATEST: i64 = 3 * HOUR + HOUR / 2;

/// Pairs of account and region that descriptions are taken to expect: 1,000 accounts in 40 regions are 40,000.
const MOST_EXPECTED: usize = 50_000;

/// Adds the gaps `ends-early` and `no-chain`.
pub fn expect(holdings: &Holdings, chains: &mut Chains) {
    let logs = log_spans(holdings);
    let listing = Listing::new(holdings);
    ends_early(holdings, &logs, &listing, chains);
    no_chain(holdings, &logs, &listing, chains);
}

/// What bucket listings name.
#[derive(Default)]
struct Listing {
    /// The newest digest of each trail, without backfill.
    newest: BTreeMap<TrailKey, Moment>,
    /// First and last delivery by account and region, of digests and logs alike.
    spans: Spans,
}

impl Listing {
    fn new(holdings: &Holdings) -> Self {
        let mut listing = Listing::default();
        let objects =
            holdings
                .descriptions
                .iter()
                .filter_map(|(_, description)| match description {
                    Description::Listing(objects, _) => Some(objects),
                    _ => None,
                });
        for object in objects.flatten() {
            let (account, region, at) = match ObjectName::parse(&object.key) {
                Some(ObjectName::Digest(name)) => {
                    let place = (name.account.clone(), name.region.clone(), name.end);
                    if !name.backfill {
                        let end = name.end;
                        let key = TrailKey {
                            organization: name.organization,
                            account: name.account,
                            region: name.region,
                            trail: name.trail,
                            home_region: name.home_region,
                        };
                        let newest = listing.newest.entry(key).or_insert(end);
                        *newest = end.max(*newest);
                    }
                    place
                }
                Some(ObjectName::Log(name)) if !name.insight => {
                    (name.account, name.region, name.delivered)
                }
                _ => continue,
            };
            let span = listing.spans.entry((account, region)).or_insert((at, at));
            *span = (span.0.min(at), span.1.max(at));
        }
        listing
    }
}

/// First and last delivery of log files by account and region.
type Spans = BTreeMap<(String, String), (Moment, Moment)>;

fn log_spans(holdings: &Holdings) -> Spans {
    let mut by_name: HashMap<_, (Moment, Moment), foldhash::fast::RandomState> = HashMap::default();
    for item in holdings.logs.iter().filter(|item| !item.optional) {
        let (Some(account), Some(region), Some(at)) = (item.account, item.region, item.delivered)
        else {
            continue;
        };
        let span = by_name.entry((account, region)).or_insert((at, at));
        *span = (span.0.min(at), span.1.max(at));
    }
    let text = |name| holdings.text(name).to_owned();
    by_name
        .into_iter()
        .map(|((account, region), span)| ((text(account), text(region)), span))
        .gathered()
}

fn ends_early(holdings: &Holdings, logs: &Spans, listing: &Listing, chains: &mut Chains) {
    let newest_here = newest_by(&chains.trails, |key| {
        (key.account.clone(), key.region.clone())
    });
    let newest_of_trail = newest_by(&chains.trails, whole_trail);
    let status = latest_status(holdings, &newest_of_trail);
    for (at, row) in chains.trails.iter().enumerate() {
        let Some(end) = row.newest else { continue };
        let place = (row.key.account.clone(), row.key.region.clone());
        let mut later: Vec<(Moment, String)> = Vec::new();
        let told = [
            (logs, "A log file was delivered at"),
            (&listing.spans, "The bucket's listing names a file of"),
        ];
        for (spans, words) in told {
            if newest_here.get(&place) == Some(&end)
                && let Some((_, last)) = spans.get(&place)
                && last.seconds() - end.seconds() > OVERDUE
            {
                later.push((*last, format!("{words} {last}.")));
            }
        }
        if let Some(sibling) = newest_of_trail.get(&whole_trail(&row.key)) {
            if sibling.seconds() - end.seconds() > OVERDUE {
                later.push((
                    *sibling,
                    format!("Another region of this trail has digests up to {sibling}."),
                ));
            }
            if let Some(latest) =
                status.filter(|latest| *sibling == end && latest.seconds() - end.seconds() > LATEST)
            {
                later.push((
                    latest,
                    format!("The trail's status says that a digest was delivered at {latest}."),
                ));
            }
        }
        if let Some(listed) = listing.newest.get(&row.key).filter(|listed| **listed > end) {
            later.push((
                *listed,
                format!("The bucket's listing names a digest that ends at {listed}."),
            ));
        }
        let Some(to) = later.iter().map(|(at, _)| *at).max() else {
            continue;
        };
        let evidence: Vec<String> = later.into_iter().map(|(_, sentence)| sentence).collect();
        chains.gaps.push(Gap {
            kind: GapKind::EndsEarly,
            trail: at as u32,
            from: end,
            to,
            digests: ((to.seconds() - end.seconds()) / HOUR).max(1) as u64,
            best: GapKind::EndsEarly.best(),
            evidence: evidence.join(" "),
        });
    }
}

fn whole_trail(key: &TrailKey) -> TrailKey {
    TrailKey {
        region: String::new(),
        ..key.clone()
    }
}

fn newest_by<K: Ord>(trails: &[TrailRow], group: impl Fn(&TrailKey) -> K) -> BTreeMap<K, Moment> {
    let mut newest = BTreeMap::new();
    for row in trails {
        let Some(end) = row.newest else { continue };
        let known = newest.entry(group(&row.key)).or_insert(end);
        *known = end.max(*known);
    }
    newest
}

/// The latest digest delivery that a status names. A status does not name its trail, so it is used only
/// where the evidence holds digests of no other trail.
fn latest_status(holdings: &Holdings, trails: &BTreeMap<TrailKey, Moment>) -> Option<Moment> {
    if trails
        .keys()
        .map(|key| (&key.trail, &key.home_region))
        .gathered::<BTreeSet<_>>()
        .len()
        != 1
    {
        return None;
    }
    let latest = holdings
        .descriptions
        .iter()
        .filter_map(|(_, description)| match description {
            Description::Status(status) => status.latest_digest,
            _ => None,
        });
    latest.max()
}

fn no_chain(holdings: &Holdings, logs: &Spans, listing: &Listing, chains: &mut Chains) {
    let have: BTreeSet<(String, String)> = chains
        .trails
        .iter()
        .map(|row| (row.key.account.clone(), row.key.region.clone()))
        .gathered();
    let span = chains
        .trails
        .iter()
        .filter_map(|row| row.span)
        .reduce(|a, b| (a.0.min(b.0), a.1.max(b.1)));
    let mut expected: BTreeMap<(String, String), Expected> = BTreeMap::new();
    let mut other = other_trails(listing, chains, &have);
    let seen = [
        (
            logs,
            "Log files of this account and region are in the evidence.",
        ),
        (
            &listing.spans,
            "The bucket's listing names files of this account and region.",
        ),
    ];
    for (spans, evidence) in seen {
        for ((account, region), span) in spans {
            let key = TrailKey {
                account: account.clone(),
                region: region.clone(),
                ..TrailKey::default()
            };
            expected
                .entry((account.clone(), region.clone()))
                .or_insert((key, *span, evidence.to_owned()));
        }
    }
    if let Some(span) = span {
        let here = chains.trails.iter().map(|row| &row.key);
        let known = here.chain(other.iter().map(|(key, ..)| key));
        let mut known: BTreeSet<TrailKey> = known.map(nameable).gathered();
        for (key, evidence, is_beside) in described(holdings, &have) {
            let place = (key.account.clone(), key.region.clone());
            if !have.contains(&place) {
                expected.entry(place).or_insert((key, span, evidence));
            } else if is_beside && known.insert(nameable(&key)) {
                other.push((key, span, evidence));
            }
        }
    }
    let absent = expected
        .into_iter()
        .filter(|(place, _)| !have.contains(place));
    let absent: Vec<Expected> = absent.map(|(_, expected)| expected).collect();
    for (key, (from, to), evidence) in absent.into_iter().chain(other) {
        chains.gaps.push(Gap {
            kind: GapKind::NoChain,
            trail: chains.trails.len() as u32,
            from,
            to,
            digests: ((to.seconds() - from.seconds()) / HOUR).max(1) as u64,
            best: GapKind::NoChain.best(),
            evidence,
        });
        chains.trails.push(TrailRow {
            key,
            span: None,
            digests: 0,
            missing: 0,
            missing_named: 0,
            chains: Vec::new(),
            newest: None,
        });
    }
}

/// A trail in one account and region by what a description tells of it too, which leaves out the organization.
fn nameable(key: &TrailKey) -> TrailKey {
    TrailKey {
        organization: None,
        ..key.clone()
    }
}

/// Trails of which a listing names digests and the evidence has none, where it has digests of another trail.
fn other_trails(
    listing: &Listing,
    chains: &Chains,
    have: &BTreeSet<(String, String)>,
) -> Vec<Expected> {
    let known: BTreeSet<&TrailKey> = chains.trails.iter().map(|row| &row.key).gathered();
    let absent = listing.newest.iter().filter(|(key, _)| {
        !known.contains(key) && have.contains(&(key.account.clone(), key.region.clone()))
    });
    let expected = |(key, newest): (&TrailKey, &Moment)| {
        let evidence = "The bucket's listing names digest files of this trail.".to_owned();
        (key.clone(), (newest.plus(-HOUR), *newest), evidence)
    };
    absent.map(expected).collect()
}

/// The accounts and regions that descriptions expect: a trail's home region, all regions of a multi-region
/// trail, all accounts of an organization's trail; and whether the trail delivers to where digests in the evidence come
/// from, so that its own would be among them. Lists of regions and accounts count for themselves where no trail is
/// described.
fn described(
    holdings: &Holdings,
    have: &BTreeSet<(String, String)>,
) -> Vec<(TrailKey, String, bool)> {
    let mut regions = BTreeSet::new();
    let mut accounts = BTreeSet::new();
    let mut trails = Vec::new();
    for (_, description) in &holdings.descriptions {
        match description {
            Description::Regions(list) => regions.extend(list.iter().cloned()),
            Description::Accounts(list, _) => {
                accounts.extend(list.iter().map(|(account, _)| account.clone()))
            }
            Description::Trail(trail) => trails.push(trail),
            _ => {}
        }
    }
    let mut all = Vec::new();
    let mut push = |account: &str,
                    region: &str,
                    (trail, home, is_beside): (&str, &str, bool),
                    evidence: &str| {
        let key = TrailKey {
            organization: None,
            account: account.to_owned(),
            region: region.to_owned(),
            trail: trail.to_owned(),
            home_region: home.to_owned(),
        };
        all.push((key, evidence.to_owned(), is_beside));
        // No more are told, and lists may be of any length.
        all.len() < MOST_EXPECTED
    };
    let roots = holdings.digests.iter().filter_map(|item| {
        let (prefix, _) = holdings.text(item.key).rsplit_once("AWSLogs/")?;
        Some((holdings.text(item.bucket), prefix.trim_end_matches('/')))
    });
    let roots: HashSet<(&str, &str)> = roots.collect();
    for trail in &trails {
        let owner = trail
            .arn
            .as_deref()
            .and_then(|arn| arn.split(':').nth(4))
            .unwrap_or_default();
        let mut of: BTreeSet<&str> = [owner]
            .into_iter()
            .filter(|owner| !owner.is_empty())
            .gathered();
        if trail.organization {
            of.extend(accounts.iter().map(String::as_str));
        }
        if of.is_empty() {
            of.extend(have.iter().map(|(account, _)| account.as_str()));
        }
        let home = trail.home_region.as_deref().unwrap_or_default();
        let mut places: BTreeSet<&str> = [home]
            .into_iter()
            .filter(|home| !home.is_empty())
            .gathered();
        if trail.multi_region {
            places.extend(regions.iter().map(String::as_str));
        }
        let evidence = match trail.validation {
            Some(false) => "This trail is described with log file validation switched off.",
            _ => {
                "The trail's description, with the lists of regions and accounts, says that it records here."
            }
        };
        let prefix = trail.prefix.as_deref().unwrap_or_default();
        let bucket = trail.bucket.as_deref().unwrap_or_default();
        let is_beside = roots.contains(&(bucket, prefix.trim_end_matches('/')));
        let named = (trail.name.as_str(), home, is_beside);
        for account in of {
            if !places
                .iter()
                .all(|region| push(account, region, named, evidence))
            {
                return all;
            }
        }
    }
    if trails.is_empty() {
        let known: BTreeSet<&str> = have.iter().map(|(account, _)| account.as_str()).gathered();
        let seen: BTreeSet<&str> = have.iter().map(|(_, region)| region.as_str()).gathered();
        let beside = known.iter().flat_map(|account| {
            let evidence = "This region is enabled for the account.";
            let regions = regions.iter().map(String::as_str);
            regions.map(move |region| (*account, region, evidence))
        });
        let others = accounts.iter().map(String::as_str);
        let others = others.filter(|account| !known.contains(account));
        let others = others.flat_map(|account| {
            let evidence = "The organization has this account.";
            seen.iter().map(move |region| (account, *region, evidence))
        });
        for (account, region, evidence) in beside.chain(others) {
            if !push(account, region, ("", "", false), evidence) {
                return all;
            }
        }
    }
    all
}
