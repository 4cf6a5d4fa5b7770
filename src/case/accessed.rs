//! The objects of buckets that calls name, as a table and in the report.

use std::collections::HashMap;

use serde_json::{Value, json};

use crate::activity::complete::term;
use crate::cloudtrail::Log;
use crate::object::{Row as ModelRow, Way};
use crate::risk::accessed::{self, Accessed, All, Told};
use crate::risk::objects::{of_row, rows};

use super::Case;
use super::question::{Inspection, Subject};
use super::rows::{code, text, time};
use super::table::{Cell, Row};

/// What is known of the objects of buckets.
#[derive(Default)]
pub(super) struct State {
    /// Bytes that calls handed in or out, by event.
    sizes: Vec<(u32, u64)>,
    /// Objects that requests alone name, by event, and whether they are read to be copied.
    objects: Vec<(u32, bool, String)>,
    /// How many more of these files had than are kept.
    more: u64,
    all: Option<Listed>,
}

struct Listed {
    all: All,
    /// For each object: the place of the object that was dropped too, and whether its whole key is the same.
    dropped: Vec<Option<(u32, bool)>>,
}

impl State {
    /// Takes what the calls of a file tell, of which `first` is the first.
    pub(super) fn take(&mut self, first: u32, log: &Log) {
        let sizes = log.sizes.iter();
        self.sizes
            .extend(sizes.map(|&(row, bytes)| (first + row, bytes)));
        let objects = log.objects.iter();
        self.objects
            .extend(objects.map(|(row, copied, arn)| (first + row, *copied, arn.clone())));
        self.more += u64::from(log.more_objects);
    }

    /// What is known has changed.
    pub(super) fn reset(&mut self) {
        self.all = None;
    }
}

/// Looks for the objects that calls name, unless that is done.
pub(super) fn list(case: &mut Case) {
    if case.accessed.all.is_none() {
        let told = Told {
            sizes: &case.accessed.sizes,
            objects: &case.accessed.objects,
        };
        let all = accessed::accessed(&case.activity, told, &case.settings.risk);
        let dropped = join(case, &all.objects);
        case.accessed.all = Some(Listed { all, dropped });
    }
}

/// Finds each object among those that were dropped: by the whole key, else by the name of the file.
fn join(case: &Case, all: &[Accessed]) -> Vec<Option<(u32, bool)>> {
    let mut by_name: HashMap<&str, Vec<(u32, &str)>> = HashMap::new();
    for (place, (file, _)) in case.objects.held.iter().enumerate() {
        let path = case.register.file(*file).map_or("", |file| &*file.path);
        let name = path.rsplit('/').next().unwrap_or(path);
        by_name.entry(name).or_default().push((place as u32, path));
    }
    let found = |one: &Accessed| {
        let name = one.key.rsplit('/').next().unwrap_or(&one.key);
        let same = by_name.get(name)?;
        let is_whole = |path: &str| {
            path.strip_suffix(one.key.as_str())
                .is_some_and(|rest| rest.is_empty() || rest.ends_with('/'))
        };
        let whole = same.iter().find(|(_, path)| is_whole(path));
        whole
            .map(|(place, _)| (*place, true))
            .or_else(|| same.first().map(|(place, _)| (*place, false)))
    };
    all.iter().map(found).collect()
}

fn get(case: &Case, at: u32) -> Option<(&Accessed, Option<(u32, bool)>)> {
    let listed = case.accessed.all.as_ref()?;
    let one = listed.all.objects.get(at as usize)?;
    Some((one, listed.dropped.get(at as usize).copied().flatten()))
}

/// How many rows the table has.
pub(super) fn length(case: &Case) -> usize {
    case.accessed
        .all
        .as_ref()
        .map_or(0, |listed| listed.all.objects.len())
}

/// Objects past the most that are listed; those of which only the requests are counted may be the same one several times.
pub(super) fn left_out(case: &Case) -> u64 {
    let listed = case.accessed.all.as_ref();
    case.accessed.more + listed.map_or(0, |listed| listed.all.left_out)
}

fn most(all: &[(String, u32)]) -> String {
    let names: Vec<&str> = all.iter().take(5).map(|(name, _)| name.as_str()).collect();
    names.join(" ")
}

fn named(one: &Accessed, way: Way) -> String {
    let rows: Vec<&str> = rows(&one.named, way)
        .into_iter()
        .map(|(row, _)| row.name)
        .collect();
    rows.join(", ")
}

/// A row of the table.
pub(super) fn row(case: &Case, at: u32) -> Row {
    let number = |count: u32| Cell::Number(u64::from(count));
    let cells = get(case, at).map_or(Vec::new(), |(one, dropped)| {
        vec![
            number(one.risk.into()),
            text(&one.bucket),
            code(&one.key),
            one.size.map_or(Cell::Empty, Cell::Size),
            number(one.calls[0]),
            code(&most(&one.actors[0])),
            number(one.calls[1]),
            code(&most(&one.actors[1])),
            number(one.calls[2]),
            code(&most(&one.actors[2])),
            number(one.calls[3]),
            code(&most(&one.addresses)),
            text(&named(one, Way::Extension)),
            text(&named(one, Way::Theme)),
            text(match dropped {
                Some((_, true)) => "same key",
                Some((_, false)) => "same name",
                None => "no",
            }),
            time(one.span.map(|(first, _)| first)),
            time(one.span.map(|(_, last)| last)),
        ]
    });
    Row {
        subject: Subject::Accessed(at),
        cells,
    }
}

/// Everything about an object of a bucket.
pub(super) fn inspect(case: &Case, at: u32, mut it: Inspection) -> Option<Inspection> {
    let (one, dropped) = get(case, at)?;
    it.title.clone_from(&one.key);
    let mut fact = |label: &str, cell: Cell| it.what.push((label.to_owned(), cell));
    fact("Risk by its key", Cell::Number(u64::from(one.risk)));
    fact("Bucket", text(&one.bucket));
    fact("Key", code(&one.key));
    let values = &case.settings.risk;
    for (label, way) in [
        ("Content type", Way::ContentType),
        ("Extension", Way::Extension),
        ("Theme", Way::Theme),
    ] {
        for (row, _) in rows(&one.named, way) {
            let row: &ModelRow = row;
            fact(
                label,
                text(&format!("{} — risk {}", row.name, of_row(way, row, values))),
            );
        }
    }
    if let Some(size) = one.size {
        fact("Size, as far as S3 told", Cell::Size(size));
    }
    for (label, count) in ["Reads", "Writes", "Deletes", "Failed calls"]
        .into_iter()
        .zip(one.calls)
    {
        fact(label, Cell::Number(u64::from(count)));
    }
    fact("Bytes read in all", Cell::Size(one.bytes[0]));
    fact("Bytes written in all", Cell::Size(one.bytes[1]));
    let who = ["Read by", "Written by", "Deleted by", "Refused", "From"];
    let lists = one.actors.iter().chain([&one.refused, &one.addresses]);
    for (label, list) in who.into_iter().zip(lists) {
        for (name, count) in list.iter().take(20) {
            fact(label, code(&format!("{name} ({count})")));
        }
    }
    if let Some((first, last)) = one.span {
        fact("First call", Cell::Time(first));
        fact("Last call", Cell::Time(last));
    }
    it.why.push("Known by the calls on it that the evidence records; only a trail with data events of its bucket records them. Its risk is told by its key alone: what it holds is known only where it was dropped too. Whoever copies an object reads it. Calls that delete many objects at once hardly ever name them.".to_owned());
    it.queries
        .push(("Its calls".to_owned(), calls_on(case, one)));
    if let Some((place, is_whole)) = dropped {
        let file = case.objects.held.get(place as usize).map(|(file, _)| *file);
        let path = file
            .and_then(|file| case.register.file(file))
            .map_or("", |file| &*file.path);
        let same = if is_whole {
            "of the same key"
        } else {
            "of the same name, perhaps another"
        };
        it.related.push((
            format!("Dropped too, {same}: {path}"),
            Subject::Object(place),
        ));
    }
    Some(it)
}

/// Calls that a query names by their IDs, at most.
const MOST_IDS: usize = 50;

/// The query of the calls on an object: those that name its ARN, those that name bucket and key alone, and by their IDs those
/// whose request names it elsewhere, in a list or as what is copied.
fn calls_on(case: &Case, one: &Accessed) -> String {
    let arn = format!("arn:{}:s3:::{}/{}", one.partition, one.bucket, one.key);
    let store = &case.activity;
    let is_told = |event: u32| {
        let mut targets = store.targets.of(event).into_iter().flatten();
        targets.any(|&target| store.texts.get(target) == one.key)
    };
    let named = case.accessed.objects.iter().filter(|told| told.2 == arn);
    let named = named.map(|told| told.0).filter(|&event| !is_told(event));
    let ids = named.map(|event| format!(" OR {}", term("id", &store.id_text(event))));
    let ids: String = ids.take(MOST_IDS).collect();
    let resource = |name: &str| term("resource", name);
    format!(
        "{} OR ({} {}){ids}",
        resource(&arn),
        resource(&one.bucket),
        resource(&one.key)
    )
}

/// The objects of the report.
pub(crate) fn report(case: &Case) -> impl Iterator<Item = Value> {
    let count = length(case) as u32;
    let counts = |list: &[(String, u32)]| -> Value {
        list.iter()
            .map(|(name, count)| json!({ "name": name, "count": count }))
            .collect()
    };
    (0..count).filter_map(move |at| {
        let (one, dropped) = get(case, at)?;
        let file = dropped.and_then(|(place, _)| case.objects.held.get(place as usize));
        let path = file.and_then(|(file, _)| case.register.file(*file)).map(|file| &*file.path);
        Some(json!({
            "bucket": one.bucket, "key": one.key, "risk": one.risk, "size": one.size,
            "reads": one.calls[0], "writes": one.calls[1], "deletes": one.calls[2], "failed": one.calls[3],
            "readBy": counts(&one.actors[0]), "writtenBy": counts(&one.actors[1]), "deletedBy": counts(&one.actors[2]),
            "from": counts(&one.addresses), "dropped": path,
            "first": one.span.map(|(first, _)| first.to_string()), "last": one.span.map(|(_, last)| last.to_string()),
        }))
    })
}
