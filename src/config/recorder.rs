//! What was recorded when: recorders, their stops and their scope, deliveries, and the baseline that says
//! whether all resources are known.
//!
//! A quiet interval is no gap: history files are only written when something changed (developer guide,
//! "Viewing configuration history").

use std::collections::{BTreeMap, BTreeSet, HashSet};

use crate::moment::Moment;
use crate::order::{Gather as _, sorted};
use crate::texts::Text;

use super::described::{self, Described, Scope};
use super::gap::joined;
pub use super::gap::{Gap, GapKind};
use super::inventory::{Capture, FileIx, Inventory};
use super::item::Status;
use super::message::Body;
use super::name;
use super::population::{Named, Population};
use super::runs;

/// The recorder of one account and region, as far as the evidence tells.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Coverage {
    /// The account; empty where unknown.
    pub account: String,
    /// The region; empty where unknown.
    pub region: String,
    /// Whether it records, at the end of the evidence.
    pub recording: Option<bool>,
    /// When that began, as the newest item or output has it.
    pub since: Option<Moment>,
    /// What outputs say of it without a moment, so that they cannot be put in order with what is known otherwise.
    pub untimed: Option<bool>,
    /// Recorders that a service keeps for itself: they deliver to it alone, so that nothing else here is of them.
    pub linked: BTreeSet<String>,
    /// First and last capture of the account and region.
    pub span: Option<(Moment, Moment)>,
    /// What it recorded since when, where that is told; without a moment where an output tells it.
    pub scopes: Vec<(Option<Moment>, Scope)>,
    /// The role that it records by.
    pub role: String,
    /// The bucket that it delivers to.
    pub bucket: String,
    /// The last delivery of each sort that is known to have succeeded.
    pub delivered: BTreeMap<String, Moment>,
    /// What is not recorded, or not here.
    pub gaps: Vec<Gap>,
    /// Resources in the evidence.
    pub seen: u64,
    /// How many there are, as far as an output tells.
    pub population: Population,
    /// When snapshots were taken: all resources that were recorded then are known.
    pub snapshots: Vec<Moment>,
    /// Files that tell.
    pub sources: Vec<FileIx>,
}

/// Where a file is from, as far as its name or content tells: account and region.
pub type PlaceOf<'p> = &'p dyn Fn(FileIx) -> (String, String);

impl Coverage {
    /// What it records at the end of the evidence.
    pub fn scope(&self) -> Option<&Scope> {
        self.scopes.last().map(|(_, scope)| scope)
    }

    /// Whether a snapshot of this place that was taken at a moment tells which resources of a type there are at another.
    pub fn tells(&self, taken: Moment, kind: &str, at: Moment) -> bool {
        self.snapshots.contains(&taken) && self.is_kept(taken, Some(at), &|scope| scope.takes(kind))
    }

    /// Whether what a snapshot told still tells all of a type at a moment, the newest without one: whether the type was
    /// recorded from then on, as far as the recorder is known, and the recorder was not stopped meanwhile.
    pub(super) fn is_kept(
        &self,
        taken: Moment,
        at: Option<Moment>,
        takes: &dyn Fn(&Scope) -> bool,
    ) -> bool {
        let overlaps = |from: Option<Moment>, to: Option<Moment>| {
            from.zip(at).is_none_or(|(from, at)| from < at) && to.is_none_or(|to| to > taken)
        };
        let is_stop = |gap: &Gap| gap.kind == GapKind::Stopped && overlaps(gap.from, gap.to);
        let mut scopes = self.scopes.iter().enumerate();
        scopes.all(|(place, (from, scope))| {
            let to = self.scopes.get(place + 1).and_then(|(next, _)| *next);
            takes(scope) || !overlaps(*from, to)
        }) && !self.gaps.iter().any(is_stop)
    }

    pub(super) fn takes(&mut self, from: Option<Moment>, scope: Scope) {
        if self.scope() != Some(&scope) {
            self.scopes.push((from, scope));
        }
    }

    /// Whether resources of no region are recorded here, or have items.
    fn takes_global(&self) -> bool {
        self.region == "global" || self.scope().is_some_and(Scope::takes_global)
    }

    fn has_delivered(&mut self, what: &str, at: Option<Moment>) {
        if let Some(at) = at {
            let last = self.delivered.entry(what.to_owned()).or_insert(at);
            *last = (*last).max(at);
        }
    }

    /// Types that were not recorded, from one change of the scope to the next. Resources of no region are recorded in one
    /// region as a rule: `is_global` says whether any of the account's does.
    fn not_recorded(&mut self, is_global: bool) {
        for (at, (from, scope)) in self.scopes.iter().enumerate() {
            let lacks_global = scope.all && !scope.global && !is_global;
            if !scope.all || !scope.excluded.is_empty() || lacks_global {
                self.gaps.push(Gap {
                    kind: GapKind::TypesNotRecorded,
                    from: *from,
                    to: self.scopes.get(at + 1).and_then(|(next, _)| *next),
                    what: format!("recorded: {}", scope.words()),
                });
            }
        }
    }
}

/// When a snapshot was taken, by its file; `None` where the file is none, or none of this account and region.
pub type TakenAt<'p> = &'p dyn Fn(FileIx, (&str, &str)) -> Option<Moment>;

/// Whether a file of a name ([`name::base`]) is in the evidence, and then whether it could be read in full.
pub type Holds<'p> = &'p dyn Fn(&str) -> Option<bool>;

/// Coverage of each account and region that the evidence knows. `taken_at` says when a file that is a snapshot was taken.
pub fn coverage(
    inventory: &Inventory,
    place: PlaceOf<'_>,
    holds: Holds<'_>,
    taken_at: TakenAt<'_>,
) -> Vec<Coverage> {
    let mut all = All { list: Vec::new() };
    all.items(inventory, taken_at);
    all.descriptions(inventory, place);
    all.messages(inventory, holds);
    let global: BTreeSet<String> = all
        .list
        .iter()
        .filter(|one| one.takes_global())
        .map(|one| one.account.clone())
        .gathered();
    for one in &mut all.list {
        one.not_recorded(global.contains(&one.account));
        one.snapshots = sorted(std::mem::take(&mut one.snapshots), Ord::cmp);
        one.sources = sorted(std::mem::take(&mut one.sources), Ord::cmp);
        one.sources.dedup();
        let gaps = std::mem::take(&mut one.gaps);
        one.gaps = sorted(gaps, |a, b| {
            (a.from, a.kind, &a.what).cmp(&(b.from, b.kind, &b.what))
        });
        one.gaps.dedup();
        one.gaps = joined(std::mem::take(&mut one.gaps));
    }
    sorted(all.list, |a, b| {
        (&a.account, &a.region).cmp(&(&b.account, &b.region))
    })
}

struct All {
    list: Vec<Coverage>,
}

impl All {
    fn of(&mut self, account: &str, region: &str) -> &mut Coverage {
        let is = |one: &Coverage| one.account == account && one.region == region;
        let at = self.list.iter().position(is).unwrap_or_else(|| {
            self.list.push(Coverage {
                account: account.to_owned(),
                region: region.to_owned(),
                ..Coverage::default()
            });
            self.list.len() - 1
        });
        &mut self.list[at]
    }

    fn items(&mut self, inventory: &Inventory, taken_at: TakenAt<'_>) {
        let mut recorders: BTreeMap<(Text, Text), Vec<(Text, &Capture)>> = BTreeMap::new();
        for resource in inventory
            .resources
            .iter()
            .filter(|one| !inventory.is_compliance(one))
        {
            let place = (
                inventory.text(resource.account),
                inventory.text(resource.region),
            );
            let one = self.of(place.0, place.1);
            one.seen += 1;
            let captures = resource
                .captures
                .iter()
                .filter_map(|&at| inventory.capture(at));
            let times: Vec<Moment> = captures.clone().filter_map(|capture| capture.at).collect();
            for at in times {
                let (from, to) = one.span.get_or_insert((at, at));
                (*from, *to) = ((*from).min(at), (*to).max(at));
            }
            for capture in captures.clone() {
                let also = capture.also.iter().filter_map(|&at| inventory.capture(at));
                let files = std::iter::once(capture.file).chain(also.map(|other| other.file));
                for file in files {
                    let Some(at) = taken_at(file, place) else {
                        continue;
                    };
                    if !one.snapshots.contains(&at) {
                        one.sources.push(file);
                        one.snapshots.push(at);
                        one.has_delivered("snapshot", Some(at));
                    }
                }
            }
            let kind = inventory.text(resource.kind);
            match captures.clone().next_back() {
                Some(last) if last.status == Status::NotRecorded => one.gaps.push(Gap {
                    kind: GapKind::TypesNotRecorded,
                    from: last.at,
                    to: None,
                    what: kind.to_owned(),
                }),
                Some(last) if !last.status.is_deleted() => {
                    *one.population.living.entry(kind.to_owned()).or_default() += 1;
                }
                _ => {}
            }
            if kind == "AWS::Config::ConfigurationRecorder"
                && !described::is_linked(inventory.title(resource), "")
            {
                let place = (resource.account, resource.region);
                let states = captures.map(|capture| (resource.id, capture));
                recorders.entry(place).or_default().extend(states);
            }
        }
        for ((account, region), states) in recorders {
            let one = self.of(inventory.text(account), inventory.text(region));
            runs::of_items(inventory, states, one);
        }
    }

    fn descriptions(&mut self, inventory: &Inventory, place: PlaceOf<'_>) {
        let since = |described: &Described| match described {
            Described::Status(status) => status.since(),
            _ => None,
        };
        let names_any = inventory
            .described
            .iter()
            .any(|(_, one)| matches!(one, Described::Counts(counts) if !counts.named.is_empty()));
        let resources = inventory.resources.iter().filter(|_| names_any);
        let items: HashSet<[&str; 3]> = resources
            .map(|one| [one.account, one.kind, one.id].map(|text| inventory.text(text)))
            .collect();
        let all = inventory.described.iter().collect();
        for (file, described) in sorted(all, |(_, a), (_, b)| since(a).cmp(&since(b))) {
            let (mut account, mut region) = place(*file);
            if let Described::Recorder(recorder) = described {
                let parts =
                    |arn: &str| -> Vec<String> { arn.split(':').map(str::to_owned).collect() };
                let (arn, role) = (parts(&recorder.arn), parts(&recorder.role));
                if let Some(own) = role.get(4).or(arn.get(4)).filter(|own| !own.is_empty()) {
                    account.clone_from(own);
                }
                if let Some(own) = arn.get(3).filter(|own| !own.is_empty()) {
                    region.clone_from(own);
                }
            }
            if let Described::Counts(counts) = described {
                let own = |of: &String, or: String| if of.is_empty() { or } else { of.clone() };
                account = own(&counts.account, account);
                region = own(&counts.region, region);
            }
            // An output that names no account or region is that of the only one there is.
            let fits = |one: &&Coverage| {
                (account.is_empty() || one.account == account)
                    && (region.is_empty() || one.region == region)
                    && one.region != "global"
            };
            let mut known = self.list.iter().filter(fits);
            if let (Some(only), None) = (known.next(), known.next()) {
                (account, region) = (only.account.clone(), only.region.clone());
            }
            let one = self.of(&account, &region);
            one.sources.push(*file);
            describe(described, one, &|(kind, id)| {
                items.contains(&[&account, kind, id].map(String::as_str))
            });
        }
    }

    fn messages(&mut self, inventory: &Inventory, holds: Holds<'_>) {
        let lacks = |key: &str| match holds(&name::base(key)) {
            Some(true) => None,
            Some(false) => Some((GapKind::FileUnread, key.to_owned())),
            None => Some((GapKind::FileMissing, key.to_owned())),
        };
        for (file, message) in &inventory.messages {
            let text = |text| inventory.text(text);
            let (mut account, mut region) = (text(message.account), text(message.region));
            let gap = match &message.body {
                Body::Delivered { key, .. } => {
                    let key = text(*key);
                    (account, region) = name::place(key).unwrap_or((account, region));
                    let what = if key.contains("ConfigSnapshot") {
                        "snapshot"
                    } else {
                        "history"
                    };
                    self.of(account, region)
                        .has_delivered(what, message.created);
                    lacks(key)
                }
                Body::Oversized {
                    error, kind, id, ..
                } if *error != 0 => {
                    let what = format!("{} {}: {}", text(*kind), text(*id), text(*error));
                    Some((GapKind::DeliveryFailed, what))
                }
                Body::Oversized { place, .. } if *place != 0 => lacks(text(*place)),
                _ => None,
            };
            let Some(gap) = gap else { continue };
            let one = self.of(account, region);
            one.sources.push(*file);
            one.gaps.push(Gap {
                kind: gap.0,
                from: message.created,
                to: message.created,
                what: gap.1,
            });
        }
    }
}

/// Takes a description; `has` says whether a resource of the account has an item.
fn describe(described: &Described, one: &mut Coverage, has: &dyn Fn(&Named) -> bool) {
    match described {
        Described::Recorder(recorder) => {
            if recorder.is_linked {
                one.linked.insert(recorder.name.clone());
                return;
            }
            one.takes(None, recorder.scope.clone());
            one.role.clone_from(&recorder.role);
        }
        Described::Status(status) => runs::of_status(status, one),
        Described::Delivery {
            what,
            succeeded: false,
            at,
            error,
        } => {
            one.gaps.push(Gap {
                kind: GapKind::DeliveryFailed,
                from: *at,
                to: None,
                what: format!("{what} {error}").trim().to_owned(),
            });
        }
        Described::Counts(counts) => one.population.take(counts, has),
        Described::Delivery { what, at, .. } => one.has_delivered(what, *at),
        Described::Channel { bucket, .. } => one.bucket.clone_from(bucket),
    }
}

#[cfg(test)]
mod tests {
    use super::super::inventory::tests::{inventory, item};
    use super::super::read::{recorder, stream};
    use super::*;

    #[test]
    fn tells_stops_failures_and_missing_files() {
        let mut inventory = inventory(&[&[item("V", "v", "2024-01-01T00:00:00Z", 1, "OK", &[])]]);
        let text = r#"{"ConfigurationRecorders":[{"name":"default","roleARN":"arn:aws:iam::1:role/r","recordingGroup":{"allSupported":false,"resourceTypes":["V"]}}]}
            {"ConfigurationRecordersStatus":[{"name":"default","recording":true,"lastStopTime":"2024-01-02T00:00:00Z","lastStartTime":"2024-01-03T00:00:00Z"}]}"#;
        inventory.add(1, &recorder(text.as_bytes()).config);
        let message = r#"{"messageType":"ConfigurationHistoryDeliveryCompleted","s3Bucket":"b","s3ObjectKey":"x/111122223333_Config_eu-west-1_ConfigHistory_V_1.json.gz"}"#;
        inventory.add(2, &stream(message.as_bytes(), 7, |_| &[]).config);
        inventory.arrange(&|file| file);
        let place = |_: u32| (String::new(), "eu-west-1".to_owned());
        let all = coverage(&inventory, &place, &|_| None, &|_, _| None);
        let [own, other] = &all[..] else {
            panic!("{all:?}")
        };
        let kinds = |one: &Coverage| one.gaps.iter().map(|gap| gap.kind).collect::<Vec<_>>();
        assert_eq!(
            (own.account.as_str(), own.seen, own.recording),
            ("1", 1, Some(true))
        );
        assert_eq!(kinds(own), [GapKind::TypesNotRecorded, GapKind::Stopped]);
        assert_eq!(
            (other.account.as_str(), kinds(other)),
            ("111122223333", vec![GapKind::FileMissing])
        );
    }

    #[test]
    fn global_types_are_recorded_in_one_region() {
        let output = |region: &str, global: bool| {
            format!(
                r#"{{"ConfigurationRecorders":[{{"name":"default","arn":"arn:aws:config:{region}:1:configuration-recorder/default/x","recordingGroup":{{"allSupported":true,"includeGlobalResourceTypes":{global}}}}}]}}"#
            )
        };
        let gaps = |outputs: &[String]| {
            let mut inventory = inventory(&[]);
            for (file, text) in outputs.iter().enumerate() {
                inventory.add(file as u32, &recorder(text.as_bytes()).config);
            }
            inventory.arrange(&|file| file);
            let place = |_: u32| (String::new(), String::new());
            let all = coverage(&inventory, &place, &|_| None, &|_, _| None);
            assert_eq!(all.len(), outputs.len());
            all.iter().map(|one| one.gaps.len()).sum::<usize>()
        };
        assert_eq!(gaps(&[output("r", true)]), 0);
        assert_eq!(gaps(&[output("r", false)]), 1);
        assert_eq!(gaps(&[output("r", false), output("s", true)]), 0);
    }
}
