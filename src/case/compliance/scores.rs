//! Scores: how much of what was evaluated passes, by framework, pack, account, region, type and owner.

use std::collections::{BTreeMap, HashSet};

use crate::compliance::Outcome;
use crate::order::sorted;

use super::super::Case;
use super::super::question::{Inspection, Subject};
use super::super::rows::text;
use super::super::table::{Cell, Row};
use super::{FindingRow, Results, known, over_time};

/// A group of results.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Score {
    /// What it is grouped by.
    pub(crate) by: &'static str,
    /// The group.
    pub(crate) group: String,
    /// Failing, passing, not told, accepted.
    pub(crate) counts: [u32; 4],
    /// Of a conformance pack: its result by AWS's definition.
    pub(crate) result: Option<Outcome>,
    /// Of a conformance pack: the result that AWS recorded.
    pub(crate) recorded: String,
    /// Identifiers of its rules, of frameworks and packs.
    rules: Vec<String>,
}

impl Score {
    /// Percent of passing among failing and passing results.
    pub(crate) fn percent(&self) -> Option<u64> {
        let [failing, passing, ..] = self.counts.map(u64::from);
        (passing * 100).checked_div(failing + passing)
    }
}

fn add(counts: &mut [u32; 4], row: &FindingRow) {
    let place = match row.worst() {
        _ if row.muted => 3,
        Some(Outcome::NonCompliant) => 0,
        Some(Outcome::Compliant) => 1,
        Some(Outcome::InsufficientData) => 2,
        _ => return,
    };
    counts[place] += 1;
}

/// All groups.
pub(super) fn scores(case: &Case, results: &Results) -> Vec<Score> {
    let inventory = &case.inventory;
    let mut groups: BTreeMap<(&'static str, String), [u32; 4]> = BTreeMap::new();
    for row in &results.findings {
        let Some(resource) = row.resource.and_then(|at| inventory.resource(at)) else {
            continue;
        };
        let tags = row
            .capture
            .and_then(|ix| inventory.capture(ix))
            .map(|capture| &capture.tags);
        let owner = tags
            .into_iter()
            .flatten()
            .find(|(key, _)| inventory.text(*key).eq_ignore_ascii_case("owner"));
        let named = [
            ("account", inventory.text(resource.account)),
            ("region", inventory.text(resource.region)),
            ("type", inventory.text(resource.kind)),
            (
                "owner tag",
                owner.map_or("no owner tag", |(_, value)| inventory.text(*value)),
            ),
        ];
        for (by, group) in named {
            add(groups.entry((by, group.to_owned())).or_default(), row);
        }
    }
    let plain = groups.into_iter().map(|((by, group), counts)| Score {
        by,
        group,
        counts,
        result: None,
        recorded: String::new(),
        rules: Vec::new(),
    });
    frameworks(case, results).into_iter().chain(plain).collect()
}

fn frameworks(case: &Case, results: &Results) -> Vec<Score> {
    let mut by_rule: BTreeMap<&str, [u32; 4]> = BTreeMap::new();
    for row in &results.findings {
        let identifier = &results.rules[row.rule as usize].identifier;
        add(by_rule.entry(identifier).or_default(), row);
    }
    let sum = |one: &super::FrameworkRow| {
        let rules: HashSet<&str> = one
            .controls
            .iter()
            .flat_map(|(_, _, rules)| rules)
            .map(String::as_str)
            .collect();
        let mut counts = [0; 4];
        let mut seen = [false; 4];
        for own in rules.iter().filter_map(|rule| by_rule.get(rule)) {
            for (place, count) in own.iter().enumerate() {
                counts[place] += count;
            }
            // A rule fails if any of its resources does, and passes if one passes and none fails.
            let worst = [0, 1, 2].into_iter().find(|&place| own[place] > 0);
            worst.into_iter().for_each(|place| seen[place] = true);
        }
        let is_pack = one.id.starts_with("pack:");
        let result = worst(seen.map(u32::from));
        let rules = rules.into_iter().map(str::to_owned);
        let rules = sorted(rules.collect(), String::cmp);
        Score {
            by: if is_pack {
                "conformance pack"
            } else {
                "framework"
            },
            group: one.name.clone(),
            counts,
            result: is_pack.then_some(result),
            recorded: if is_pack {
                recorded(case, &one.id)
            } else {
                String::new()
            },
            rules,
        }
    };
    let mut all: Vec<Score> = results.frameworks.iter().map(sum).collect();
    all.extend(recorded_packs(case));
    all
}

/// The result of a pack, by AWS's definition, from how many of its rules fail, pass and tell nothing.
fn worst([failing, passing, ..]: [u32; 4]) -> Outcome {
    match (failing, passing) {
        (0, 0) => Outcome::InsufficientData,
        (0, _) => Outcome::Compliant,
        _ => Outcome::NonCompliant,
    }
}

/// What AWS recorded of a pack whose template was dropped: by the name that the file has.
fn recorded(case: &Case, id: &str) -> String {
    let file = id.trim_start_matches("pack:");
    let stem = file.rsplit_once('.').map_or(file, |(stem, _)| stem);
    let known =
        upkeep(case).filter(|one| one.rule.is_empty() && one.pack.eq_ignore_ascii_case(stem));
    known.last().map_or(String::new(), |one| one.result.clone())
}

fn upkeep(case: &Case) -> impl Iterator<Item = &crate::compliance::upkeep::Overall> {
    case.compliance
        .recorded
        .iter()
        .flat_map(|(_, one)| &one.upkeep.overall)
}

/// Packs that only AWS's own results tell of: items of their compliance, and outputs.
fn recorded_packs(case: &Case) -> Vec<Score> {
    let inventory = &case.inventory;
    let mut packs: BTreeMap<String, (String, [u32; 4])> = BTreeMap::new();
    for resource in &inventory.resources {
        if inventory.text(resource.kind) != "AWS::Config::ConformancePackCompliance" {
            continue;
        }
        let newest = resource
            .captures
            .iter()
            .rev()
            .find_map(|&ix| inventory.capture(ix));
        let Some(capture) = newest else {
            continue;
        };
        let told = inventory.told(capture);
        let mut counts = [0; 4];
        for (_, result) in &told.results {
            let place = [
                Outcome::NonCompliant,
                Outcome::Compliant,
                Outcome::InsufficientData,
            ]
            .iter()
            .position(|one| one.name() == result);
            place.into_iter().for_each(|place| counts[place] += 1);
        }
        packs.insert(inventory.title(resource).to_owned(), (told.overall, counts));
    }
    for one in upkeep(case).filter(|one| !one.pack.is_empty()) {
        let (result, counts) = packs.entry(one.pack.clone()).or_default();
        if one.rule.is_empty() {
            result.clone_from(&one.result);
        } else {
            let place = match one.result.as_str() {
                "NON_COMPLIANT" => 0,
                "COMPLIANT" => 1,
                _ => 2,
            };
            counts[place] += 1;
        }
    }
    let score = |(group, (recorded, counts)): (String, (String, [u32; 4]))| Score {
        by: "conformance pack, as AWS recorded",
        result: Some(worst(counts)),
        group,
        counts,
        recorded,
        rules: Vec::new(),
    };
    packs.into_iter().map(score).collect()
}

/// How the result of a pack changed, as items of its compliance tell.
fn recorded_over_time(case: &Case, pack: &str) -> over_time::Changes {
    let inventory = &case.inventory;
    let packs = inventory.resources.iter().filter(|one| {
        inventory.text(one.kind) == "AWS::Config::ConformancePackCompliance"
            && inventory.title(one) == pack
    });
    let captures = packs
        .flat_map(|one| &one.captures)
        .filter_map(|&ix| inventory.capture(ix));
    let mut changes: over_time::Changes = Vec::new();
    for capture in captures {
        let result = inventory.told(capture).overall;
        if let Some(at) = capture.at
            && changes.last().is_none_or(|(_, last)| *last != result)
        {
            changes.push((at, result));
        }
    }
    changes
}

/// A row of the table.
pub(in crate::case) fn row(case: &Case, at: u32) -> Row {
    let score = known(case).and_then(|results| results.scores.get(at as usize));
    let cells = score.map_or(Vec::new(), |one| {
        let number = |place: usize| Cell::Number(u64::from(one.counts[place]));
        vec![
            text(one.by),
            text(&one.group),
            one.percent().map_or(Cell::Empty, Cell::Number),
            number(0),
            number(1),
            number(2),
            number(3),
            text(one.result.map_or("", Outcome::name)),
            text(&one.recorded),
        ]
    });
    Row {
        subject: Subject::Score(at),
        cells,
    }
}

/// Everything about a group.
pub(in crate::case) fn inspect(case: &Case, at: u32, mut it: Inspection) -> Option<Inspection> {
    let results = known(case)?;
    let one = results.scores.get(at as usize)?;
    it.title.clone_from(&one.group);
    let mut fact = |label: &str, cell: Cell| it.what.push((label.to_owned(), cell));
    fact("Grouped by", text(one.by));
    fact(
        "Score in percent",
        one.percent().map_or(Cell::Empty, Cell::Number),
    );
    for (label, count) in ["Failing", "Passing", "Not told", "Accepted"]
        .into_iter()
        .zip(one.counts)
    {
        fact(label, Cell::Number(u64::from(count)));
    }
    if let Some(result) = one.result {
        fact("Result of the pack", text(result.name()));
        fact("AWS recorded", text(&one.recorded));
        it.why.push("By AWS's definition a conformance pack is noncompliant if any of its rules is, compliant if its rules are, and of insufficient data only if none can be evaluated.".to_owned());
    }
    it.why.push("The score is the share of passing among failing and passing results. Accepted results count as neither, and rules that the evidence cannot decide are left out: it is no statement on them.".to_owned());
    let takes = |rule: u32| one.rules.contains(&results.rules[rule as usize].identifier);
    it.over_time = if one.rules.is_empty() {
        recorded_over_time(case, &one.group)
    } else {
        over_time::of_rules(case, results, &takes)
    };
    Some(it)
}
