//! Sigma rules that were dropped, and what they find.
//!
//! What the call alone decides is decided by the columns. For the rest the page has readers look at the records of the
//! calls that a rule may ask for, as a search in the records does; what they find comes back by [`State::take`].

use std::collections::{BTreeMap, HashMap};

use roaring::RoaringBitmap;
use serde_json::{Value, json};

use crate::activity::Field;
use crate::activity::Store;
use crate::activity::field::value;
use crate::case::Case;
use crate::case::question::{FileRecords, Suspects};
use crate::order::sorted;
use crate::risk::Severity;
use crate::risk::alerts::{Raised, Source};
use crate::sigma::detection::Call;
use crate::sigma::{Dropped, Level};

use super::alerts::licence;

/// What is known of Sigma rules.
#[derive(Default)]
pub(in crate::case) struct State {
    /// Files and their rules; by path after [`arrange`].
    pub(in crate::case) held: Vec<(u32, Dropped)>,
    /// Counts changes of the evidence: what readers say of an older one is void.
    stamp: u32,
    /// What readers said, and of which evidence.
    told: Option<(u32, Vec<RoaringBitmap>)>,
    /// Rules that say the same as one before them.
    again: Vec<Option<String>>,
}

impl State {
    /// The evidence has changed.
    pub(in crate::case) fn touch(&mut self) {
        self.stamp += 1;
    }

    pub(super) fn len(&self) -> usize {
        self.held.len()
    }

    /// A rule and its file.
    pub(super) fn rule(&self, at: u32) -> Option<(u32, &Dropped)> {
        self.held.get(at as usize).map(|(file, rule)| (*file, rule))
    }

    /// Why a rule is not evaluated.
    pub(super) fn problem(&self, at: u32) -> Option<String> {
        let (_, rule) = self.rule(at)?;
        let own = rule.rule.as_ref().err().cloned();
        own.or_else(|| self.again.get(at as usize)?.clone())
    }

    /// The evidence of which readers have records to look at, if they have not.
    pub(in crate::case) fn asks(&self) -> Option<u32> {
        let is_told = self
            .told
            .as_ref()
            .is_some_and(|(stamp, _)| *stamp == self.stamp);
        let has_rules = (0..self.len() as u32).any(|at| self.problem(at).is_none());
        (has_rules && !is_told).then_some(self.stamp)
    }

    /// Takes what readers found; says whether it is of this evidence.
    pub(in crate::case) fn take(&mut self, stamp: u32, hits: &[(u32, u32)]) -> bool {
        if stamp != self.stamp {
            return false;
        }
        let mut found = vec![RoaringBitmap::new(); self.len()];
        for &(rule, event) in hits {
            if let Some(found) = found.get_mut(rule as usize) {
                found.insert(event);
            }
        }
        self.told = Some((stamp, found));
        true
    }

    /// Rules in all, those that cannot be evaluated, and whether readers are still to look.
    pub(super) fn counts(&self) -> (u32, u32, bool) {
        let wrong = (0..self.len() as u32).filter(|&at| self.problem(at).is_some());
        (
            self.len() as u32,
            wrong.count() as u32,
            self.asks().is_some(),
        )
    }
}

/// Orders rules by their files, and tells those that were dropped twice.
pub(in crate::case) fn arrange(case: &mut Case) {
    let register = &case.register;
    let path = |file: u32| register.file(file).map_or("", |file| &*file.path);
    let held = std::mem::take(&mut case.risk.sigma.held);
    let held = sorted(held, |a: &(u32, Dropped), b: &(u32, Dropped)| {
        path(a.0).cmp(path(b.0))
    });
    let mut ids: BTreeMap<&str, &str> = BTreeMap::new();
    let again = held.iter().map(|(file, rule)| {
        let first = (!rule.id.is_empty()).then(|| *ids.entry(&rule.id).or_insert(path(*file)));
        let other = first.filter(|first| *first != path(*file))?;
        Some(format!("a rule of the same id is in {other}"))
    });
    case.risk.sigma.again = again.collect();
    case.risk.sigma.held = held;
}

/// The id by which `alert:` asks for its events.
pub(super) fn id(rule: &Dropped) -> String {
    let name = if rule.id.is_empty() {
        &rule.title
    } else {
        &rule.id
    };
    let name: String = name
        .chars()
        .map(|c| {
            if c.is_alphanumeric() {
                c.to_ascii_lowercase()
            } else {
                '-'
            }
        })
        .collect();
    format!("sigma-{name}")
}

/// The tactics that it is tagged with.
pub(super) fn category(rule: &Dropped) -> String {
    let tactics = rule
        .tags
        .iter()
        .filter_map(|tag| tag.strip_prefix("attack."));
    let tactics = tactics.filter(|tag| {
        !tag.starts_with(['t', 'g', 's'])
            || tag.contains('-')
            || !tag.contains(|c: char| c.is_ascii_digit())
    });
    let mut all: Vec<String> = tactics.map(|tag| tag.replace(['-', '_'], " ")).collect();
    all.dedup();
    if all.is_empty() {
        "Sigma".to_owned()
    } else {
        all.join(", ")
    }
}

/// How grave it is.
pub(super) fn severity(rule: &Dropped) -> Severity {
    match rule.level {
        Level::Critical => Severity::Critical,
        Level::High => Severity::High,
        Level::Medium => Severity::Medium,
        Level::Low => Severity::Low,
        Level::Informational => Severity::Informational,
    }
}

/// What the call alone says: for each call, by its place, the rules that hold and those that it leaves open.
fn by_call(case: &Case) -> Vec<(Vec<u32>, Vec<u32>)> {
    let store = &case.activity;
    let call = |&(name, source): &(u32, u32)| {
        let call = Call::new(store.texts.get(name), store.texts.get(source));
        let (mut holds, mut open) = (Vec::new(), Vec::new());
        for at in 0..case.risk.sigma.len() as u32 {
            let rule = case
                .risk
                .sigma
                .rule(at)
                .and_then(|(_, rule)| rule.rule.as_ref().ok());
            let Some(rule) = rule.filter(|_| case.risk.sigma.problem(at).is_none()) else {
                continue;
            };
            match rule.holds(&call) {
                Some(true) => holds.push(at),
                None => open.push(at),
                Some(false) => {}
            }
        }
        (holds, open)
    };
    store.calls.values.iter().map(call).collect()
}

/// Events that are calls: an Insights record is about calls, and has none of their fields.
fn is_call(store: &Store, event: u32) -> bool {
    value(store, Field::Category, event) != "insight"
}

/// The records that readers look at, and the rules that each is asked.
pub(in crate::case) fn suspects(case: &Case) -> Suspects {
    let store = &case.activity;
    let calls = by_call(case);
    let mut found = Suspects {
        stamp: case.risk.sigma.stamp,
        ..Suspects::default()
    };
    let mut groups: HashMap<&[u32], u32> = HashMap::new();
    let of_call = calls.iter().map(|(_, open)| {
        (!open.is_empty()).then(|| {
            *groups.entry(open).or_insert_with(|| {
                found.groups.push(open.clone());
                (found.groups.len() - 1) as u32
            })
        })
    });
    let of_call: Vec<Option<u32>> = of_call.collect();
    let rules = case.risk.sigma.held.iter();
    found.rules = rules.map(|(_, rule)| rule.rule.clone().ok()).collect();
    for span in store.spans() {
        let Some(file) = case.register.file(span.file) else {
            continue;
        };
        let mut records = FileRecords {
            source: file.source,
            path: file.path.to_string(),
            events: Vec::new(),
            parts: Vec::new(),
        };
        let mut asked = Vec::new();
        for event in span.first..span.first + span.count {
            let group = of_call
                .get(store.calls.column.get(event) as usize)
                .copied()
                .flatten();
            if let Some(group) =
                group.filter(|_| store.shown.contains(event) && is_call(store, event))
            {
                records.events.push(event);
                records.parts.push(store.place(event));
                asked.push(group);
            }
        }
        if !asked.is_empty() {
            found.files.push(records);
            found.asked.push(asked);
        }
    }
    found
}

/// The rules that found something.
pub(super) fn raised(case: &Case) -> Vec<Raised> {
    let (state, store) = (&case.risk.sigma, &case.activity);
    if state.held.is_empty() {
        return Vec::new();
    }
    let mut events = vec![RoaringBitmap::new(); state.len()];
    for (at, (holds, _)) in by_call(case).into_iter().enumerate() {
        if holds.is_empty() {
            continue;
        }
        let wanted = store.calls.values.get(at);
        let own = store.calls.fitting(|call| Some(call) == wanted) & &store.shown;
        let own: RoaringBitmap = own.iter().filter(|&event| is_call(store, event)).collect();
        holds.iter().for_each(|&rule| events[rule as usize] |= &own);
    }
    if let Some((stamp, told)) = &state.told
        && *stamp == state.stamp
    {
        for (all, told) in events.iter_mut().zip(told) {
            for event in told {
                // Another copy of the same event may be shown now.
                if store.shown.contains(event) {
                    all.insert(event);
                } else {
                    let copies = store.copies_of(event).iter().copied();
                    all.extend(copies.filter(|&one| store.shown.contains(one)));
                }
            }
        }
    }
    let off = &case.settings.risk.disabled.alerts;
    let mut all = Vec::new();
    for (at, events) in events
        .into_iter()
        .enumerate()
        .filter(|(_, events)| !events.is_empty())
    {
        let Some((_, rule)) = state.rule(at as u32) else {
            continue;
        };
        let (id, severity) = (id(rule), severity(rule));
        if !off.contains(&id) {
            all.push(Raised::new(
                store,
                Source::Sigma(at as u32),
                (&id, &rule.title, &category(rule)),
                (severity, severity.risk()),
                events,
            ));
        }
    }
    all
}

/// The rules of the report: each with what came of it.
pub(super) fn report(case: &Case) -> Vec<Value> {
    let state = &case.risk.sigma;
    let rule = |at: u32| {
        let (file, rule) = state.rule(at)?;
        let path = case.register.file(file).map(|file| &*file.path);
        let problem = state.problem(at);
        let outcome = match () {
            () if problem.is_some() => "notEvaluated",
            () if state.asks().is_some() => "pending",
            () => "evaluated",
        };
        Some(json!({
            "id": rule.id, "title": rule.title, "path": path, "author": rule.author, "licence": licence(rule), "level": severity(rule).name(),
            "status": outcome, "reason": problem,
        }))
    };
    (0..state.len() as u32).filter_map(rule).collect()
}
