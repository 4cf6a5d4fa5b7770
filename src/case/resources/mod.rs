//! Questions on the resources of AWS Config: the inventory as of a moment, one resource with its past, what
//! calls were behind a change, what was recorded.

mod calls;
pub(super) use calls::is_reading;
mod checksum;
mod listed;
pub(super) mod stream;
pub(super) mod view;

use std::collections::{BTreeMap, HashMap, HashSet};
use std::rc::Rc;

use crate::config::inventory::{Capture, CaptureIx, ResourceIx};
use crate::config::recorder::{Coverage, coverage};
use crate::config::sns::Signed;
use crate::config::{Body, Inventory, Resource, name};
use crate::evidence::Kind;
use crate::integrity::Files as _;
use crate::moment::Moment;
use crate::order::sorted;
use crate::sum::Sum;

use super::Case;
use super::question::{FileRecords, Raw};
use checksum::{Checksum, checksums};
use listed::taken;
pub(super) use listed::{Listed, list, row};
use view::{AsOf, CaptureView, ConfigSummary, GapView, RecorderView, RelationView, ResourceView};

/// Steps in which the density of captures is told.
const STEPS: usize = 240;
/// Captures of one resource that are listed.
const MOST_CAPTURES: usize = 5_000;
/// Resources without an item that are named.
const MOST_ABSENT: usize = 20;
/// Relationships of one resource that are listed.
const MOST_RELATIONS: usize = 2_000;

/// What is kept of the inventory between questions.
#[derive(Default)]
pub(super) struct State {
    pub(super) recorders: Vec<Coverage>,
    /// Resources whose configuration the last expression found.
    pub(super) found: HashSet<ResourceIx>,
    /// For files of AWS Config that a bucket listing names: what their checksum there says.
    pub(super) checksums: HashMap<u32, Checksum>,
    pub(super) signatures: stream::Signatures,
    /// For files that are snapshots: when they were taken.
    taken: HashMap<u32, Moment>,
}

/// Brings the inventory up to date.
pub(super) fn arrange(case: &mut Case) {
    let register = &case.register;
    case.inventory.arrange(&|file| register.rank(file));
    // Delivered files by their names, and whether any copy could be read in full.
    let mut names: HashMap<String, bool> = HashMap::new();
    for (_, file) in register.files() {
        let is_read = match file.kind {
            // Changes that were too large for a message are put to files as messages.
            Kind::ConfigHistory | Kind::ConfigSnapshot | Kind::ConfigItems | Kind::ConfigStream => {
                file.problems.is_empty()
            }
            // What is too broken to be recognised.
            Kind::Object | Kind::Unreadable if name::place(&file.path).is_some() => false,
            _ => continue,
        };
        *names.entry(name::base(&file.path)).or_default() |= is_read;
    }
    let place = |file| {
        let text = |text: &Option<Rc<str>>| text.as_deref().unwrap_or_default().to_owned();
        register.file(file).map_or_else(Default::default, |file| {
            (text(&file.account), text(&file.region))
        })
    };
    let taken = taken(case);
    case.resources.recorders = coverage(
        &case.inventory,
        &place,
        &|base| names.get(base).copied(),
        // One that could not be read in full does not tell all that there was.
        &|file, (account, region)| {
            let at = *taken.get(&file)?;
            let file = register.file(file)?;
            // Nor does one tell of other places than its own, whatever items are in it.
            let is_its = name::place(&file.path).is_none_or(|(of, within)| {
                of == account && (within == region || region == "global")
            });
            (is_its && file.problems.is_empty()).then_some(at)
        },
    );
    case.resources.taken = taken;
    case.resources.found.clear();
    case.resources.checksums = checksums(case);
    stream::judge(case);
}

pub(super) use stream::inspect as inspect_message;

/// What a resource is known by in addresses: a part of a hash, as addresses hold no evidence.
pub(super) fn key(inventory: &Inventory, resource: &Resource) -> String {
    let parts = [
        resource.kind,
        resource.account,
        resource.region,
        resource.id,
    ]
    .map(|text| inventory.text(text));
    let sum = Sum::of(parts.join("\n").as_bytes()).to_string();
    sum[..16].to_owned()
}

/// A resource with its past, and what holds at a moment.
pub(super) fn view(case: &Case, wanted: &str, at: Option<Moment>) -> Option<ResourceView> {
    let inventory = &case.inventory;
    let place = inventory
        .resources
        .iter()
        .position(|one| key(inventory, one) == wanted)?;
    let resource = &inventory.resources[place];
    let (calls, more_calls) = calls::of(case, resource);
    let mut captures = Vec::new();
    for (at, &ix) in resource.captures.iter().enumerate().take(MOST_CAPTURES) {
        let capture = inventory.capture(ix)?;
        let before = at
            .checked_sub(1)
            .and_then(|at| inventory.capture(resource.captures[at])?.at);
        captures.push(CaptureView {
            capture: ix,
            at: capture.at,
            status: capture.status.label().to_owned(),
            deleted: capture.status.is_deleted(),
            changed: if at == 0 {
                "first capture".to_owned()
            } else {
                inventory.changed(resource, at).words()
            },
            conflict: capture.conflict,
            items: capture.also.len() as u32 + 1,
            raw: raw(case, capture),
            signed: stream::signed_of(case, capture).map(stream::cell),
            causes: calls::causes(
                &calls,
                before,
                capture.at,
                inventory.text(capture.frequency) == "DAILY",
            ),
        });
    }
    let now = inventory.as_of(resource, at);
    let fact = |label: &str, text: &str| (label.to_owned(), text.to_owned());
    let mut facts = vec![
        fact("Type", inventory.text(resource.kind)),
        fact("ID", inventory.text(resource.id)),
        fact("ARN", inventory.arn(resource)),
        fact("Account", inventory.text(resource.account)),
        fact("Region", inventory.text(resource.region)),
    ];
    if let Some(capture) = now.and_then(|now| inventory.capture(now)) {
        facts.push(fact("Availability zone", inventory.text(capture.zone)));
        facts.push(fact(
            "Recording frequency",
            inventory.text(capture.frequency),
        ));
        facts.extend(capture.created.map(|at| fact("Created", &at.to_string())));
        let tag = |&(key, value): &(u32, u32)| {
            fact(
                &format!("Tag {}", inventory.text(key)),
                inventory.text(value),
            )
        };
        facts.extend(capture.tags.iter().map(tag));
    }
    facts.retain(|(_, value)| !value.is_empty());
    Some(ResourceView {
        resource: place as u32,
        title: inventory.title(resource).to_owned(),
        facts,
        kind: inventory.text(resource.kind).to_owned(),
        now: now
            .and_then(|now| resource.captures.iter().position(|&at| at == now))
            .map(|at| at as u32),
        captures,
        compliance: compliance(case, resource),
        calls,
        more_calls,
        relations: relations(inventory, resource, place as u32, at),
    })
}

/// Where an item stands, to be read again.
pub(super) fn raw(case: &Case, capture: &Capture) -> Option<Raw> {
    super::inspect::raw(case, capture.file, Some(capture.place))
}

fn relations(
    inventory: &Inventory,
    own: &Resource,
    at: ResourceIx,
    moment: Option<Moment>,
) -> Vec<RelationView> {
    let mut all = Vec::new();
    let other_key = |at: ResourceIx| inventory.resource(at).map(|one| key(inventory, one));
    let now = inventory
        .as_of(own, moment)
        .and_then(|at| inventory.capture(at));
    for relation in now
        .iter()
        .flat_map(|now| &now.relations)
        .take(MOST_RELATIONS)
    {
        let other = inventory.find(relation.kind, relation.id, own);
        let title = other
            .and_then(|at| inventory.resource(at))
            .map_or(inventory.text(relation.id), |one| inventory.title(one));
        all.push(RelationView {
            name: inventory.text(relation.name).to_owned(),
            inward: false,
            kind: inventory.text(relation.kind).to_owned(),
            title: title.to_owned(),
            key: other.and_then(other_key),
        });
    }
    for &other in inventory.stating(own).iter().take(MOST_RELATIONS) {
        let Some(stating) = inventory.resource(other) else {
            continue;
        };
        let then = inventory
            .as_of(stating, moment)
            .and_then(|at| inventory.capture(at));
        let named = |relation: &&crate::config::item::Relation| {
            relation.kind == own.kind && relation.id == own.id
        };
        let relation = then.and_then(|then| then.relations.iter().find(named));
        if let Some(relation) =
            relation.filter(|_| inventory.find(own.kind, own.id, stating) == Some(at))
        {
            all.push(RelationView {
                name: inventory.text(relation.name).to_owned(),
                inward: true,
                kind: inventory.text(stating.kind).to_owned(),
                title: inventory.title(stating).to_owned(),
                key: Some(key(inventory, stating)),
            });
        }
    }
    all
}

/// Results of rules on a resource: from its compliance items and from the stream's messages.
fn compliance(case: &Case, own: &Resource) -> Vec<(Moment, String, String, String)> {
    let inventory = &case.inventory;
    let mut all: Vec<(Moment, String, String, String)> = Vec::new();
    let id = format!("{}/{}", inventory.text(own.kind), inventory.text(own.id));
    let is_own = |one: &&Resource| {
        inventory.text(one.kind) == "AWS::Config::ResourceCompliance"
            && inventory.text(one.id) == id
            && one.account == own.account
    };
    for capture in inventory
        .resources
        .iter()
        .filter(is_own)
        .flat_map(|one| &one.captures)
    {
        let Some(capture) = inventory.capture(*capture) else {
            continue;
        };
        let Some(at) = capture.at else { continue };
        for (rule, result) in inventory.told(capture).results {
            all.push((at, rule, result, "item".to_owned()));
        }
    }
    for (_, message) in &inventory.messages {
        if let Body::Compliance {
            rule,
            kind,
            id,
            new,
            recorded,
            ..
        } = &message.body
            && (*kind, *id) == (own.kind, own.id)
            && let Some(at) = recorded.or(message.created)
        {
            let text = |text| inventory.text(text).to_owned();
            all.push((at, text(*rule), text(*new), "message".to_owned()));
        }
    }
    let mut all = sorted(all, |a, b| a.cmp(b));
    // A result that stays is told again by every item.
    let mut last: BTreeMap<String, String> = BTreeMap::new();
    all.retain(|(_, rule, result, _)| {
        last.insert(rule.clone(), result.clone()).as_ref() != Some(result)
    });
    all
}

/// Where the configurations stand that hold at a moment, file by file.
pub(super) fn items(case: &Case, as_of: &AsOf) -> Vec<FileRecords> {
    let inventory = &case.inventory;
    let mut files: BTreeMap<u32, Vec<(ResourceIx, CaptureIx)>> = BTreeMap::new();
    for (at, resource) in inventory.resources.iter().enumerate() {
        let Some(ix) = inventory.as_of(resource, as_of.at) else {
            continue;
        };
        if let Some(capture) = inventory.capture(ix) {
            files
                .entry(capture.file)
                .or_default()
                .push((at as ResourceIx, ix));
        }
    }
    let all = files.into_iter().filter_map(|(file, own)| {
        let file = case.register.file(file)?;
        Some(FileRecords {
            source: file.source,
            path: file.path.to_string(),
            parts: own
                .iter()
                .filter_map(|&(_, ix)| Some(inventory.capture(ix)?.place))
                .collect(),
            events: own.iter().map(|&(at, _)| at).collect(),
        })
    });
    sorted(all.collect(), |a, b| a.path.cmp(&b.path))
}

/// AWS Config at a glance.
pub(super) fn summary(case: &Case) -> ConfigSummary {
    let inventory = &case.inventory;
    let things = inventory
        .resources
        .iter()
        .filter(|one| !inventory.is_compliance(one));
    let captures = || {
        things
            .clone()
            .flat_map(|one| &one.captures)
            .filter_map(|&at| inventory.capture(at))
    };
    let mut density = vec![0; STEPS];
    if let Some((from, to)) = inventory.span {
        let length = (to.seconds() - from.seconds()).max(1);
        for at in captures().filter_map(|capture| capture.at) {
            let step = (at.seconds() - from.seconds()) * (STEPS as i64 - 1) / length;
            density[step.clamp(0, STEPS as i64 - 1) as usize] += 1;
        }
    }
    ConfigSummary {
        resources: things.clone().count() as u64,
        items: inventory.items(),
        changes: inventory.changes(),
        conflicts: captures().filter(|capture| capture.conflict).count() as u64,
        span: inventory.span,
        density,
        stream: inventory
            .stream()
            .into_iter()
            .map(|(kind, count)| (kind.to_owned(), count))
            .collect(),
        recorders: recorder_views(case),
        certificates: stream::certificates(case),
        messages: inventory.messages.len() as u64,
        altered: stream::counts(case)
            .into_iter()
            .filter(|(word, _)| *word == Signed::Invalid)
            .map(|(_, count)| count)
            .sum(),
    }
}

/// What was recorded of each account and region, for people.
pub(super) fn recorder_views(case: &Case) -> Vec<RecorderView> {
    case.resources.recorders.iter().map(recorder).collect()
}

fn recorder(one: &Coverage) -> RecorderView {
    let gap = |gap: &crate::config::recorder::Gap| {
        let what = if gap.what.is_empty() {
            String::new()
        } else {
            format!(" ({})", gap.what)
        };
        let message = format!("{}{what}", gap.kind.message());
        GapView {
            kind: gap.kind.name().to_owned(),
            from: gap.from,
            to: gap.to,
            message,
            recommendation: gap.kind.recommendation().to_owned(),
        }
    };
    RecorderView {
        account: one.account.clone(),
        region: one.region.clone(),
        recording: recording_words(one),
        scopes: one
            .scopes
            .iter()
            .map(|(from, scope)| (*from, scope.words()))
            .collect(),
        role: one.role.clone(),
        bucket: one.bucket.clone(),
        delivered: one
            .delivered
            .iter()
            .map(|(what, at)| (what.clone(), *at))
            .collect(),
        snapshots: one.snapshots.clone(),
        is_counted: one.population.total.is_some(),
        seen: one.seen,
        span: one.span,
        population: population_words(one),
        gaps: one.gaps.iter().map(gap).collect(),
    }
}

/// How many resources are known of how many.
fn population_words(one: &Coverage) -> String {
    let (seen, of) = (one.seen, &one.population);
    let counted = of.seen_of();
    let mut absent = String::new();
    if !of.absent.is_empty() {
        let named = of.absent.iter().take(MOST_ABSENT);
        let named: Vec<String> = named.map(|(kind, id)| format!("{kind} {id}")).collect();
        let more = of.absent.len() - named.len();
        absent = format!(
            "; {} listed without an item here: {}",
            of.absent.len(),
            named.join(", ")
        );
        if more > 0 {
            absent += &format!(" and {more} more");
        }
    }
    let known = match (of.total, one.snapshots.len()) {
        (Some(all), _) => {
            let here = counted.map_or(0, |(here, _)| here);
            format!("{here} seen of {all} that AWS Config counted")
        }
        (None, 0) => {
            let of_others = match counted {
                Some((here, all)) => format!(
                    " but of counted types, of which {here} of {all} are here ({})",
                    of.counted.keys().cloned().collect::<Vec<_>>().join(", ")
                ),
                None => String::new(),
            };
            format!(
                "{seen} seen, population unknown{of_others}: drop a snapshot, or the output of get-discovered-resource-counts without --resource-types"
            )
        }
        (None, 1) => format!("{seen} seen; a snapshot tells all that was recorded at its time"),
        (None, count) => {
            format!("{seen} seen; {count} snapshots tell all that was recorded at their times")
        }
    };
    known + &absent
}

/// Whether the recorder runs, and which others there are.
fn recording_words(one: &Coverage) -> String {
    let own = match one.recording {
        Some(true) => "recording",
        Some(false) => "stopped",
        None => "not told",
    };
    let mut words = own.to_owned();
    if one.untimed.is_some() && one.untimed != one.recording {
        words += "; an output that names no moment says the contrary: ask for it again";
    }
    if !one.linked.is_empty() {
        let linked: Vec<&str> = one.linked.iter().map(String::as_str).collect();
        words += "; services keep recorders for themselves, of which nothing is delivered here: ";
        words += &linked.join(", ");
    }
    words
}
