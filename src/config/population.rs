//! How many resources there are by AWS Config's own count, and whether all of them are here.
//!
//! No output says what it was asked for (API reference): `get-discovered-resource-counts` takes up to 20 types, and its total is
//! then that of these types; `list-discovered-resources` takes one type and may be narrowed to some IDs or a name. So a
//! count tells the population of its type, the total that of all only where more types are named than can be asked for, and
//! a list only that these are there.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::described::{GLOBAL, Scope, get};
use super::recorder::Coverage;
use crate::moment::Moment;
use crate::order::Gather as _;

/// Types that `get-discovered-resource-counts` can be asked for at most.
const MOST_ASKED: usize = 20;

/// What one output counts, of one account and region.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Counts {
    /// The account; empty where the output names none.
    pub account: String,
    /// The region; empty where the output names none.
    pub region: String,
    /// How many there are of each type.
    pub kinds: BTreeMap<String, u64>,
    /// Resources of all types, where the output is certainly of all.
    pub total: Option<u64>,
    /// Resources that it lists, by type and id; there may be more.
    pub named: BTreeSet<Named>,
}

/// Type and id of a resource.
pub type Named = (String, String);

impl Counts {
    /// Reads `get-discovered-resource-counts`.
    pub(super) fn counted(value: &Value) -> Option<Self> {
        let list = get(value, "resourceCounts").as_array()?;
        let count = |one: &Value| {
            let kind = get(one, "resourceType").as_str()?.to_owned();
            Some((kind, get(one, "count").as_u64()?))
        };
        let kinds: BTreeMap<String, u64> = list.iter().filter_map(count).gathered();
        let total = get(value, "totalDiscoveredResources").as_u64();
        let is_whole = kinds.len() > MOST_ASKED && get(value, "nextToken").is_null();
        Some(Counts {
            total: total.filter(|&total| is_whole && kinds.values().sum::<u64>() == total),
            kinds,
            ..Counts::default()
        })
    }

    /// Reads `list-discovered-resources`, and that of an aggregator, which names account and region. Deleted resources are
    /// listed on demand, with the time of it.
    pub(super) fn listed(value: &Value) -> Vec<Self> {
        let list = get(value, "resourceIdentifiers").as_array();
        let mut all: BTreeMap<(&str, &str), Counts> = BTreeMap::new();
        for one in list.into_iter().flatten() {
            let text = |name: &str| get(one, name).as_str().unwrap_or_default();
            let kind = text("resourceType");
            if kind.is_empty() || !get(one, "resourceDeletionTime").is_null() {
                continue;
            }
            let place = (text("sourceAccountId"), text("sourceRegion"));
            let counts = all.entry(place).or_insert_with(|| Counts {
                account: place.0.to_owned(),
                region: place.1.to_owned(),
                ..Counts::default()
            });
            counts
                .named
                .insert((kind.to_owned(), text("resourceId").to_owned()));
        }
        all.into_values().collect()
    }
}

/// How many resources there are of an account and region, and how many of them are here.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Population {
    /// Resources that have an item and are there at the end of the evidence, by type.
    pub living: BTreeMap<String, u64>,
    /// Resources that AWS Config counted, by type.
    pub counted: BTreeMap<String, u64>,
    /// Resources that a list names and that have no item here.
    pub absent: BTreeSet<Named>,
    /// Resources of all types, where an output is certainly of all.
    pub total: Option<u64>,
}

impl Population {
    /// Takes an output; `has` says whether a resource has an item.
    pub(super) fn take(&mut self, counts: &Counts, has: &dyn Fn(&Named) -> bool) {
        for (kind, &count) in &counts.kinds {
            let most = self.counted.entry(kind.clone()).or_default();
            *most = (*most).max(count);
        }
        let absent = counts.named.iter().filter(|one| !has(one));
        self.absent.extend(absent.cloned());
        self.total = self.total.max(counts.total);
    }

    fn living_of(&self, kind: &str) -> u64 {
        self.living.get(kind).copied().unwrap_or(0)
    }

    /// How many resources of the types that were counted are here, and how many there are.
    pub fn seen_of(&self) -> Option<(u64, u64)> {
        let here = self.counted.keys().map(|kind| self.living_of(kind)).sum();
        (!self.counted.is_empty()).then(|| (here, self.counted.values().sum()))
    }
}

/// Whether all resources of a type are in the evidence as of a moment, the newest without one; of all types where none is
/// named. A snapshot tells all that was recorded at its time, a count all that there is at the end.
pub fn is_known(all: &[Coverage], kind: Option<&str>, at: Option<Moment>) -> bool {
    let global_of = |one: &Coverage| {
        let is = |other: &&Coverage| other.account == one.account && other.region == "global";
        all.iter().find(is).map(|other| &other.population)
    };
    let is_newest = |one: &Coverage| at.is_none_or(|at| one.span.is_none_or(|(_, to)| to <= at));
    // A snapshot tells of what was recorded. Resources of no region may be recorded in another one.
    let takes = |scope: &Scope| match kind {
        Some(kind) => scope.takes(kind),
        None => scope.all && scope.excluded.is_empty() && scope.global,
    };
    let takes_elsewhere = |one: &Coverage, scope: &Scope| {
        let is_global = match kind {
            Some(kind) => GLOBAL.contains(&kind),
            None => scope.all && scope.excluded.is_empty(),
        };
        let does = |other: &Coverage| {
            other.account == one.account
                && other.scope().is_some_and(|scope| match kind {
                    Some(kind) => scope.takes(kind),
                    None => scope.takes_global(),
                })
        };
        is_global && all.iter().any(does)
    };
    let has_snapshot = |one: &Coverage| {
        let takes = |scope: &Scope| takes(scope) || takes_elsewhere(one, scope);
        let tells = |taken: &Moment| {
            (is_newest(one) || at.is_none_or(|at| *taken <= at)) && one.is_kept(*taken, at, &takes)
        };
        one.snapshots.iter().any(tells)
    };
    // Resources of no region are counted in each region that records them.
    let is_short = |one: &Coverage, kind: &str| {
        let of = &one.population;
        let here = of.living_of(kind)
            + global_of(one)
                .filter(|_| one.region != "global")
                .map_or(0, |global| global.living_of(kind));
        of.counted.get(kind).is_some_and(|&told| told > here)
    };
    let lacks = |one: &Coverage| {
        let of = &one.population;
        let is_short = |kind: &str| is_short(one, kind);
        is_newest(one)
            && match kind {
                Some(kind) => is_short(kind) || of.absent.iter().any(|absent| absent.0 == kind),
                None => of.counted.keys().any(|kind| is_short(kind)) || !of.absent.is_empty(),
            }
    };
    let is_counted = |one: &Coverage| {
        let of = &one.population;
        let names = kind.is_some_and(|kind| of.counted.contains_key(kind));
        is_newest(one) && (names || of.total.is_some())
    };
    let is_based = |one: &Coverage| {
        let is_sibling = |other: &&Coverage| other.account == one.account && is_counted(other);
        has_snapshot(one)
            || is_counted(one)
            || (one.region == "global" && all.iter().any(|other| is_sibling(&other)))
    };
    !all.is_empty() && all.iter().all(|one| is_based(one) && !lacks(one))
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn counts(kinds: usize, each: u64, more: Value) -> Value {
        let counts: Vec<Value> = (0..kinds)
            .map(|at| json!({ "resourceType": format!("T{at}"), "count": each }))
            .collect();
        json!({ "totalDiscoveredResources": kinds as u64 * each, "resourceCounts": counts, "nextToken": more })
    }

    /// Every resource is called `a`.
    fn place(region: &str, living: &[(&str, u64)], outputs: &[Counts]) -> Coverage {
        let mut population = Population {
            living: living
                .iter()
                .map(|&(kind, count)| (kind.to_owned(), count))
                .collect(),
            ..Population::default()
        };
        let has = |(kind, id): &Named| {
            let is = |one: &(&str, u64)| one.0 == kind && one.1 > 0;
            id == "a" && living.iter().any(is)
        };
        outputs.iter().for_each(|one| population.take(one, &has));
        Coverage {
            account: "1".to_owned(),
            region: region.to_owned(),
            population,
            ..Coverage::default()
        }
    }

    #[test]
    fn a_total_is_that_of_all_only_where_no_filter_takes_so_many_types() {
        let total = |value: &Value| Counts::counted(value).expect("counts").total;
        assert_eq!(total(&counts(20, 2, Value::Null)), None);
        assert_eq!(total(&counts(21, 2, Value::Null)), Some(42));
        assert_eq!(total(&counts(21, 2, json!("more"))), None);
    }

    #[test]
    fn a_count_tells_of_its_type_only() {
        let one = Counts::counted(&counts(1, 2, Value::Null)).expect("counts");
        let all = [place(
            "r",
            &[("T0", 2), ("U", 9)],
            std::slice::from_ref(&one),
        )];
        assert!(is_known(&all, Some("T0"), None));
        assert!(!is_known(&all, Some("U"), None) && !is_known(&all, None, None));
        // Nine of another type do not stand for one that is not here.
        assert!(!is_known(
            &[place("r", &[("T0", 1), ("U", 9)], &[one])],
            Some("T0"),
            None
        ));
        let whole = Counts::counted(&counts(21, 0, Value::Null)).expect("counts");
        assert!(is_known(&[place("r", &[], &[whole])], None, None));
    }

    #[test]
    fn resources_of_no_region_are_counted_in_one() {
        let one = Counts::counted(&counts(1, 2, Value::Null)).expect("counts");
        let global = place("global", &[("T0", 2)], &[]);
        assert!(is_known(
            &[place("r", &[], &[one]), global.clone()],
            Some("T0"),
            None
        ));
        assert!(!is_known(&[place("r", &[], &[]), global], Some("T0"), None));
    }

    #[test]
    fn a_list_names_some_and_leaves_out_what_is_deleted() {
        let list = json!({ "resourceIdentifiers": [
            { "resourceType": "T", "resourceId": "a" },
            { "resourceType": "T", "resourceId": "b", "resourceDeletionTime": "2024-01-01T00:00:00Z" },
            { "ResourceType": "T", "ResourceId": "c", "SourceAccountId": "2", "SourceRegion": "s" },
        ] });
        let all = Counts::listed(&list);
        let named = |id: &str| BTreeSet::from([("T".to_owned(), id.to_owned())]);
        let told: Vec<_> = all
            .iter()
            .map(|one| (one.region.as_str(), one.named.clone()))
            .collect();
        assert_eq!(told, [("", named("a")), ("s", named("c"))]);
        let based = |outputs: &[Counts]| Coverage {
            snapshots: vec![Moment::parse("2024-01-01T00:00:00Z").expect("time")],
            ..place("r", &[("T", 9)], outputs)
        };
        let known = |one: Coverage, kind| is_known(&[one], Some(kind), None);
        // A list is no count.
        assert!(!known(place("r", &[("T", 9)], &all[..1]), "T"));
        assert!(known(based(&all[..1]), "T"));
        // Nine others do not stand for the one that is not here.
        assert!(!known(based(&all[1..]), "T") && known(based(&all[1..]), "U"));
        assert_eq!(based(&all[1..]).population.absent, named("c"));
    }

    #[test]
    fn a_snapshot_tells_nothing_of_types_that_were_not_recorded() {
        let time = |day: u8| Moment::parse(&format!("2024-01-0{day}T00:00:00Z")).expect("time");
        let scope = |group: Value| Scope::read(&group, &Value::Null);
        let every = || scope(json!({ "allSupported": true }));
        let without = || {
            scope(
                json!({ "allSupported": true, "exclusionByResourceTypes": { "resourceTypes": ["U"] } }),
            )
        };
        let one = |scopes: Vec<(Option<Moment>, Scope)>| Coverage {
            snapshots: vec![time(3)],
            span: Some((time(1), time(7))),
            scopes,
            ..place("r", &[], &[])
        };
        let known = |one: &Coverage, at: Option<u8>| {
            let of = |kind| is_known(std::slice::from_ref(one), kind, at.map(time));
            (of(Some("T")), of(Some("U")), of(None))
        };
        assert_eq!(known(&one(vec![(None, every())]), None), (true, true, true));
        let excluded = one(vec![(None, without())]);
        assert_eq!(known(&excluded, None), (true, false, false));
        // Recorded when it was taken, and no more since.
        let later = one(vec![(Some(time(1)), every()), (Some(time(5)), without())]);
        assert_eq!(known(&later, Some(4)), (true, true, true));
        assert_eq!(known(&later, Some(6)), (true, false, false));
        // Not recorded until a time before it.
        let earlier = one(vec![(Some(time(1)), without()), (Some(time(2)), every())]);
        assert_eq!(known(&earlier, None), (true, true, true));
        // Nor of what came while the recorder was stopped.
        let mut stopped = one(vec![(None, every())]);
        stopped.gaps.push(super::super::gap::Gap {
            kind: super::super::gap::GapKind::Stopped,
            from: Some(time(5)),
            to: Some(time(6)),
            what: String::new(),
        });
        assert_eq!(known(&stopped, Some(4)), (true, true, true));
        assert_eq!(known(&stopped, None), (false, false, false));
        // Resources of no region are recorded in one region of an account.
        let local = || scope(json!({ "allSupported": true, "includeGlobalResourceTypes": false }));
        let user = Some("AWS::IAM::User");
        let mut all = vec![one(vec![(None, local())])];
        assert!(!is_known(&all, user, None) && !is_known(&all, None, None));
        assert!(is_known(&all, Some("T"), None));
        all.push(Coverage {
            region: "s".to_owned(),
            ..one(vec![(None, every())])
        });
        assert!(is_known(&all, user, None) && is_known(&all, None, None));
    }

    #[test]
    fn a_snapshot_tells_nothing_of_the_time_before_it() {
        let time = |day: u8| Moment::parse(&format!("2024-01-0{day}T00:00:00Z")).expect("time");
        let mut one = place("r", &[], &[]);
        one.snapshots.push(time(5));
        one.span = Some((time(1), time(4)));
        let all = [one];
        assert!(!is_known(&all, None, Some(time(3))));
        assert!(is_known(&all, None, Some(time(4))) && is_known(&all, None, None));
    }
}
