//! Objects: files that are no evidence themselves, what they hold and how risky that is.

use std::collections::BTreeMap;

use serde_json::{Map, Value, json};

use crate::object::{FAR, Impact, Object, Personal, Row, Way};
use crate::order::sorted;
use crate::risk::objects::{of_row, risks, rows, value};
use crate::risk::{Rated, Values};

use super::inspect::add_file;
use super::question::{Inspection, RiskSummary, Subject};
use super::risk::HIGH;
use super::rows::{code, text};
use super::table::{Cell, Row as Line, Switched};
use super::{Case, Pieces, Table, accessed, reach, secrets};

/// What is known of objects.
#[derive(Default)]
pub(super) struct State {
    /// Files and what readers found in them; by risk after [`arrange`].
    pub(super) held: Vec<(u32, Object)>,
}

/// Orders objects by their risk, and then by path.
pub(super) fn arrange(case: &mut Case) {
    let (register, values) = (&case.register, &case.settings.risk);
    let held = std::mem::take(&mut case.objects.held).into_iter();
    let path = |file: u32| register.file(file).map_or("", |file| &*file.path);
    let all = held
        .map(|(file, object)| (risks(&object, values).1, file, object))
        .collect();
    let all = sorted(all, |a: &(u8, u32, Object), b: &(u8, u32, Object)| {
        b.0.cmp(&a.0).then_with(|| path(a.1).cmp(path(b.1)))
    });
    case.objects.held = all
        .into_iter()
        .map(|(_, file, object)| (file, object))
        .collect();
}

/// How many rows a table of objects has.
pub(super) fn length(case: &Case, table: Table) -> usize {
    match table {
        Table::Objects => case.objects.held.len(),
        _ => Way::ALL.iter().map(|way| way.rows().len()).sum(),
    }
}

/// Objects at a glance; the rest of the summary is as by default.
pub(super) fn summary(case: &mut Case) -> RiskSummary {
    accessed::list(case);
    reach::list(case);
    let mut summary = RiskSummary {
        objects: case.objects.held.len() as u64,
        accessed: accessed::length(case) as u64,
        secrets: secrets::length(case) as u64,
        reach: reach::length(case) as u64,
        opened: reach::opened(case),
        left_out: accessed::left_out(case),
        reach_left_out: reach::left_out(case),
        ..RiskSummary::default()
    };
    let (mut classes, mut kinds) = (BTreeMap::new(), BTreeMap::new());
    for (_, object) in &case.objects.held {
        *classes.entry(class(object)).or_insert(0) += 1;
        for (kind, _) in personal(object) {
            *kinds.entry(kind.label()).or_insert(0) += 1;
        }
        let (_, risk) = risks(object, &case.settings.risk);
        summary.by_risk[usize::from(risk.clamp(1, 10)) - 1] += 1;
        summary.risky += u64::from(risk >= HIGH);
        summary.personal += u64::from(Impact::of(&object.personal) >= Impact::Moderate);
    }
    summary.by_class = frequent(classes);
    summary.by_personal = frequent(kinds);
    summary
}

/// The most frequent first.
fn frequent(counts: BTreeMap<&str, u32>) -> Vec<(String, u32)> {
    let all = counts
        .into_iter()
        .map(|(name, count)| (name.to_owned(), count));
    sorted(all.collect(), |a: &(String, u32), b: &(String, u32)| {
        b.1.cmp(&a.1)
    })
}

/// The class of an object's content type.
fn class(object: &Object) -> &'static str {
    let row = rows(object, Way::ContentType).into_iter().next();
    row.map_or("none", |(row, _)| row.class)
}

/// The object that a file is.
pub(super) fn of_file(case: &Case, file: u32) -> Option<u32> {
    let found = case.objects.held.iter().position(|(one, _)| *one == file);
    found.map(|at| at as u32)
}

fn names(object: &Object, way: Way) -> Vec<&'static str> {
    rows(object, way)
        .into_iter()
        .map(|(row, _)| row.name)
        .collect()
}

fn joined(object: &Object, way: Way) -> Cell {
    text(&names(object, way).join(", "))
}

fn personal(object: &Object) -> impl Iterator<Item = (&'static Personal, u32)> {
    Personal::ALL
        .iter()
        .zip(object.personal)
        .filter(|(_, count)| *count > 0)
}

/// A row of the table of objects.
pub(super) fn row(case: &Case, at: u32) -> Line {
    let subject = Subject::Object(at);
    let Some((file, object)) = case.objects.held.get(at as usize) else {
        return Line {
            subject,
            cells: Vec::new(),
        };
    };
    let entry = case.register.file(*file);
    let kinds: Vec<String> = personal(object)
        .map(|(kind, count)| format!("{} {count}", kind.label()))
        .collect();
    Line {
        subject,
        cells: vec![
            Cell::Number(u64::from(risks(object, &case.settings.risk).1)),
            code(entry.map_or("", |entry| &entry.path)),
            joined(object, Way::ContentType),
            text(Impact::of(&object.personal).name()),
            text(&kinds.join(", ")),
            joined(object, Way::Regex),
            joined(object, Way::Theme),
            joined(object, Way::Classifier),
            joined(object, Way::Extension),
            Cell::Size(entry.map_or(0, |entry| entry.size)),
            text(class(object)),
        ],
    }
}

/// The row of the model at a place among all ways.
fn classifier(at: u32) -> Option<(Way, &'static Row)> {
    let all = Way::ALL
        .into_iter()
        .flat_map(|way| way.rows().iter().map(move |row| (way, row)));
    all.into_iter().nth(at as usize)
}

fn classified(case: &Case, way: Way, row: &Row) -> usize {
    let held = case.objects.held.iter();
    held.filter(|(_, object)| {
        rows(object, way)
            .iter()
            .any(|(one, _)| one.name == row.name)
    })
    .count()
}

fn origin(way: Way, row: &Row, values: &Values) -> &'static str {
    match way {
        _ if values.set_of(Rated::Object(way), row.name).is_some() => "set by you",
        Way::Classifier => "this project",
        _ => "published",
    }
}

/// What a row is, in words: its own, else what it looks for.
fn description(way: Way, row: &Row) -> &str {
    match way {
        Way::Theme => row.words,
        Way::Regex => row.pattern,
        _ => row.description,
    }
}

/// A row of the table of what objects are classified by.
pub(super) fn classifier_row(case: &Case, at: u32) -> Line {
    let values = &case.settings.risk;
    let cells = classifier(at).map_or(Vec::new(), |(way, row)| {
        vec![
            Cell::Rated {
                rated: Rated::Object(way),
                name: row.name.to_owned(),
                risk: value(way, row, values),
            },
            Cell::Enabled {
                of: Switched::Rated(Rated::Object(way)),
                name: row.name.to_owned(),
                on: values.is_on(Rated::Object(way), row.name),
            },
            text(row.name),
            text(description(way, row)),
            text(way.name()),
            text(row.class),
            Cell::Number(classified(case, way, row) as u64),
            text(origin(way, row, values)),
        ]
    });
    Line {
        subject: Subject::Classifier(at),
        cells,
    }
}

/// Everything about an object.
pub(super) fn inspect(case: &Case, at: u32, mut it: Inspection) -> Option<Inspection> {
    let (file, object) = case.objects.held.get(at as usize)?;
    let values = &case.settings.risk;
    let (each, risk) = risks(object, values);
    let path = &case.register.file(*file)?.path;
    path.rsplit('/')
        .next()
        .unwrap_or(path)
        .clone_into(&mut it.title);
    let mut fact = |label: &str, cell: Cell| it.what.push((label.to_owned(), cell));
    fact("Risk", Cell::Number(u64::from(risk)));
    for (way, of_way) in Way::ALL.into_iter().zip(each) {
        for (row, count) in rows(object, way) {
            let times = if count > 1 {
                format!(", {count} times")
            } else {
                String::new()
            };
            fact(
                &capital(way.name()),
                text(&format!(
                    "{} — risk {}{times}",
                    row.name,
                    of_row(way, row, values)
                )),
            );
        }
        if of_way == 0 && values.off.contains(&way) {
            fact(&capital(way.name()), text("turned off"));
        }
    }
    fact("Personal data", text(Impact::of(&object.personal).name()));
    for (kind, count) in personal(object) {
        fact(kind.label(), Cell::Number(u64::from(count)));
    }
    it.why.push("The highest of the five counts. Content types, extensions, themes and regexes have the risk that the guide of Macie Classic published; the class is a guess of a linear model, with a risk of this project's. Personal data is counted and never kept.".to_owned());
    if object.searched == 0 {
        it.why.push(
            "No text could be read out of it (no text, encrypted, or of a form that is not read): it was told by its first bytes and its name alone."
                .to_owned(),
        );
    } else if object.searched as usize >= FAR {
        it.why
            .push("Only its first 20 MB were looked at.".to_owned());
    }
    it.why.push(format!("Impact: {}", Impact::BOUNDS));
    it.todo = match Impact::of(&object.personal) {
        Impact::High | Impact::Moderate => {
            Some("Check who may read it, and whether it may be where it was found.".to_owned())
        }
        _ if risk >= HIGH => {
            Some("Check who may read it; replace keys and passwords that it holds.".to_owned())
        }
        _ => None,
    };
    for way in Way::ALL {
        for (row, _) in rows(object, way) {
            it.related.push((
                format!("Change the risk of {}", row.name),
                Subject::Classifier(place(way, row)),
            ));
        }
    }
    add_file(case, *file, &mut it);
    if object.searched > 0 {
        it.pieces = it.raw.clone().map(|raw| (raw, Pieces::Object));
    }
    Some(it)
}

fn place(way: Way, row: &Row) -> u32 {
    let before: usize = Way::ALL
        .iter()
        .take_while(|one| **one != way)
        .map(|one| one.rows().len())
        .sum();
    (before + way.find(row.name).unwrap_or(0)) as u32
}

fn capital(word: &str) -> String {
    let (first, rest) = word.split_at(word.len().min(1));
    first.to_uppercase() + rest
}

/// Everything about a row of the model.
pub(super) fn inspect_classifier(case: &Case, at: u32, mut it: Inspection) -> Option<Inspection> {
    let (way, row) = classifier(at)?;
    let values = &case.settings.risk;
    row.name.clone_into(&mut it.title);
    let risk = value(way, row, values);
    let mut fact = |label: &str, cell: Cell| it.what.push((label.to_owned(), cell));
    fact("Classified by", text(way.name()));
    fact("Class", text(row.class));
    fact("Risk", Cell::Number(u64::from(risk)));
    fact("Value from", text(origin(way, row, values)));
    if row.least > 0 {
        fact("Needed", Cell::Number(u64::from(row.least)));
    }
    if way == Way::Theme {
        fact("Keywords", text(&row.words.replace('|', ", ")));
    }
    if way == Way::Regex {
        fact("Pattern", code(row.pattern));
    }
    if !row.description.is_empty() {
        fact("What it is", text(row.description));
    }
    if way == Way::Theme || way == Way::Regex {
        it.why.push("Name, needed matches and risk are published; Amazon never published keywords and patterns, so these are this project's.".to_owned());
    }
    it.risk = Some((Rated::Object(way), row.name.to_owned(), risk));
    for (place, (file, object)) in case.objects.held.iter().enumerate() {
        if rows(object, way)
            .iter()
            .any(|(one, _)| one.name == row.name)
            && it.related.len() < 50
        {
            let path = case.register.file(*file).map_or("", |file| &*file.path);
            it.related
                .push((path.to_owned(), Subject::Object(place as u32)));
        }
    }
    Some(it)
}

/// The objects of the report.
pub(crate) fn report(case: &Case) -> impl Iterator<Item = Value> {
    case.objects.held.iter().map(|(file, object)| {
        let (each, risk) = risks(object, &case.settings.risk);
        let one = |way: Way| names(object, way).first().copied();
        let kinds: Map<String, Value> = personal(object).map(|(kind, count)| (kind.name().to_owned(), count.into())).collect();
        json!({
            "path": case.register.file(*file).map(|file| &*file.path), "risk": risk,
            "contentType": one(Way::ContentType), "contentTypeRisk": each[0], "fileExtension": one(Way::Extension), "fileExtensionRisk": each[1],
            "themes": names(object, Way::Theme), "themeRisk": each[2], "regexes": names(object, Way::Regex), "regexRisk": each[3],
            "classifier": one(Way::Classifier), "classifierRisk": each[4],
            "piiImpact": Impact::of(&object.personal).name(), "piiTypes": kinds, "searched": object.searched,
        })
    })
}
