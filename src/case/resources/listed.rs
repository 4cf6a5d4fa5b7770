//! The inventory as a table: the resources of a moment or of a snapshot, and what changed since another.

use std::collections::{HashMap, HashSet};

use crate::config::Resource;
use crate::config::inventory::{Capture, ResourceIx};
use crate::config::item::Status;
use crate::config::name;
use crate::config::recorder::Coverage;
use crate::evidence::Kind;
use crate::moment::Moment;

use super::super::Case;
use super::super::question::Subject;
use super::super::rows::{code, text, time};
use super::super::table::{Cell, Row};
use super::view::AsOf;

/// Resources that a table shows.
#[derive(Default)]
pub(in crate::case) struct Listed {
    resources: Vec<(ResourceIx, &'static str)>,
    as_of: AsOf,
}

impl Listed {
    pub(in crate::case) fn len(&self) -> usize {
        self.resources.len()
    }
}

/// When the snapshots of the evidence were taken: by their names, else by the newest item in them.
pub(super) fn taken(case: &Case) -> HashMap<u32, Moment> {
    let snapshots = case.register.files();
    let snapshots = snapshots.filter(|(_, file)| file.kind == Kind::ConfigSnapshot);
    let mut taken: HashMap<u32, Option<Moment>> = snapshots
        .map(|(place, file)| (place, name::taken_at(&file.path)))
        .collect();
    let unnamed: HashSet<u32> = taken
        .iter()
        .filter(|(_, at)| at.is_none())
        .map(|(&file, _)| file)
        .collect();
    for resource in &case.inventory.resources {
        for capture in &resource.captures {
            let Some(capture) = case.inventory.capture(*capture) else {
                continue;
            };
            if unnamed.contains(&capture.file) {
                let at = taken.entry(capture.file).or_default();
                *at = (*at).max(capture.at);
            }
        }
    }
    let known = taken.into_iter();
    known.filter_map(|(file, at)| Some((file, at?))).collect()
}

/// The capture of a resource that is looked at: the one that holds at a moment, or the one that the snapshot of that
/// moment has.
fn held<'c>(
    case: &'c Case,
    resource: &Resource,
    as_of: &AsOf,
    at: Option<Moment>,
) -> Option<&'c Capture> {
    let inventory = &case.inventory;
    if !as_of.exact {
        return inventory.capture(inventory.as_of(resource, at)?);
    }
    let is_in = |capture: &&Capture| {
        let also = capture.also.iter().filter_map(|&at| inventory.capture(at));
        let mut files = std::iter::once(capture.file).chain(also.map(|other| other.file));
        files.any(|file| case.resources.taken.get(&file).copied() == at && at.is_some())
    };
    let captures = resource.captures.iter().rev();
    captures.filter_map(|&at| inventory.capture(at)).find(is_in)
}

/// The resources that exist at a moment; with an earlier one, those that are not as they were then, or of which only one of
/// the two tells.
pub(in crate::case) fn list(case: &Case, as_of: &AsOf) -> Listed {
    let inventory = &case.inventory;
    let mut resources = Vec::new();
    for (at, resource) in inventory.resources.iter().enumerate() {
        let at = at as ResourceIx;
        if inventory.is_compliance(resource) || (as_of.found && !case.resources.found.contains(&at))
        {
            continue;
        }
        let held = |moment| held(case, resource, as_of, moment);
        let there = |capture: &&Capture| !capture.status.is_deleted();
        let now = held(as_of.at);
        let Some(since) = as_of.since else {
            if now.is_some_and(|now| as_of.deleted || there(&now)) {
                resources.push((at, ""));
            }
            continue;
        };
        let before = held(Some(since));
        let is_new = || before.is_some() || was_absent(case, resource, as_of.exact, since);
        let change = match (before.filter(there), now.filter(there)) {
            (None, Some(_)) if is_new() => "added",
            (None, Some(_)) => "first seen",
            (Some(_), None) if is_gone(case, resource, as_of) => "removed",
            (Some(_), None) => "not told",
            (Some(before), Some(now)) if inventory.between(before, now).any() => "changed",
            _ => continue,
        };
        resources.push((at, change));
    }
    Listed {
        resources,
        as_of: as_of.clone(),
    }
}

/// What was recorded where a resource is.
fn coverage<'c>(case: &'c Case, resource: &Resource) -> Option<&'c Coverage> {
    let text = |text| case.inventory.text(text);
    let (account, region) = (text(resource.account), text(resource.region));
    let mut all = case.resources.recorders.iter();
    all.find(|one| one.account == account && one.region == region)
}

/// Whether a resource that has no capture until `since` was not there then: a snapshot would have it, or its first capture
/// tells that it was made later. Else it may only not have changed, or not have been recorded.
fn was_absent(case: &Case, resource: &Resource, exact: bool, since: Moment) -> bool {
    let inventory = &case.inventory;
    let kind = inventory.text(resource.kind);
    let is_asked = |taken: Moment| taken == since || (!exact && taken < since);
    let told = coverage(case, resource).is_some_and(|one| {
        let mut taken = one.snapshots.iter();
        taken.any(|&taken| is_asked(taken) && one.tells(taken, kind, since))
    });
    let captures = resource.captures.iter();
    let mut captures = captures.filter_map(|&at| inventory.capture(at));
    let first = captures.find(|capture| capture.at.is_some_and(|at| at > since));
    told || first.is_some_and(|first| {
        first.status == Status::Discovered || first.created.is_some_and(|at| at > since)
    })
}

/// Whether a resource that was there before is gone: its deletion was captured, or the snapshot that is looked at would
/// have it, were it there.
fn is_gone(case: &Case, resource: &Resource, as_of: &AsOf) -> bool {
    let kind = case.inventory.text(resource.kind);
    let tells = |at| coverage(case, resource).is_some_and(|one| one.tells(at, kind, at));
    !as_of.exact || as_of.at.is_some_and(tells)
}

/// A row of the table of resources.
pub(in crate::case) fn row(case: &Case, at: u32) -> Row {
    let inventory = &case.inventory;
    let listed = &case.view.listed;
    let blank = Row {
        subject: Subject::Resource(u32::MAX),
        cells: Vec::new(),
    };
    let Some(&(at, change)) = listed.resources.get(at as usize) else {
        return blank;
    };
    let Some(resource) = inventory.resource(at) else {
        return blank;
    };
    let now = held(case, resource, &listed.as_of, listed.as_of.at);
    let captured = now.and_then(|now| now.at);
    let end = listed.as_of.at.or(inventory.span.map(|(_, to)| to));
    let age = captured
        .zip(end)
        .map(|(at, end)| (end.seconds() - at.seconds()).max(0) as u64 / 86_400);
    let tags: Vec<String> = now
        .iter()
        .flat_map(|now| now.tags.iter())
        .map(|&(key, value)| format!("{}={}", inventory.text(key), inventory.text(value)))
        .collect();
    Row {
        subject: Subject::Resource(at),
        cells: vec![
            text(inventory.text(resource.kind)),
            code(inventory.title(resource)),
            text(now.map_or("", |now| now.status.label())),
            text(inventory.text(resource.account)),
            text(inventory.text(resource.region)),
            time(captured),
            age.map_or(Cell::Empty, Cell::Number),
            Cell::Number(resource.captures.len() as u64),
            text(change),
            text(&tags.join(" ")),
            code(inventory.text(resource.id)),
        ],
    }
}
