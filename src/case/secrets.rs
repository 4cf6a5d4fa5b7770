//! Secrets in events and configuration items, as a table and in the report: what, where, never the value.

use std::collections::HashMap;

use serde_json::{Value, json};

use crate::activity::{Field, field};
use crate::moment::Moment;
use crate::order::sorted;
use crate::secret::{Class, Masked, class_of, name_of};

use super::Case;
use super::inspect::add_file;
use super::question::{Inspection, Pieces, Subject};
use super::rows::{code, text, time};
use super::table::{Cell, Row};

/// What holds a secret.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Of {
    /// An event.
    Event,
    /// A configuration item.
    Item,
}

/// A secret of an event or an item, by its place.
struct Found {
    file: u32,
    of: Of,
    place: u32,
    secret: Masked,
    /// Captures that hold it, of an item; and the first and last time it was seen.
    times: u32,
    span: Option<(Moment, Moment)>,
}

/// What readers found, and what of it is on show.
#[derive(Default)]
pub(super) struct State {
    all: Vec<(u32, Of, u32, Masked)>,
    shown: Vec<Found>,
}

impl State {
    /// Takes the secrets of a file; `first` is the place of its first event or item.
    pub(super) fn take(&mut self, file: u32, of: Of, first: u32, secrets: &[(u32, Masked)]) {
        let all = secrets.iter();
        self.all
            .extend(all.map(|(row, secret)| (file, of, first + row, secret.clone())));
    }
}

/// Puts on show what stands in events and items that are: copies tell nothing new, and one that stays over many
/// captures of a resource is told once.
pub(super) fn arrange(case: &mut Case) {
    let (store, inventory) = (&case.activity, &case.inventory);
    let mut captures: HashMap<u32, u32> = HashMap::new();
    if case.secrets.all.iter().any(|(_, of, ..)| *of == Of::Item) {
        for (at, resource) in inventory.resources.iter().enumerate() {
            captures.extend(
                resource
                    .captures
                    .iter()
                    .map(|&capture| (capture, at as u32)),
            );
        }
    }
    let mut shown: Vec<Found> = Vec::new();
    let mut known: HashMap<(u32, &Masked), usize> = HashMap::new();
    for (file, of, place, secret) in &case.secrets.all {
        let (is_shown, at) = match of {
            Of::Event => (store.shown.contains(*place), store.time(*place)),
            Of::Item => (
                captures.contains_key(place),
                inventory.capture(*place).and_then(|capture| capture.at),
            ),
        };
        if !is_shown || case.register.is_gone(*file) {
            continue;
        }
        if let Some(resource) = captures.get(place).filter(|_| *of == Of::Item) {
            if let Some(one) = known
                .get(&(*resource, secret))
                .and_then(|&at| shown.get_mut(at))
            {
                one.times += 1;
                one.span = one.span.zip(at).map(|((a, b), at)| (a.min(at), b.max(at)));
                continue;
            }
            known.insert((*resource, secret), shown.len());
        }
        shown.push(Found {
            file: *file,
            of: *of,
            place: *place,
            secret: secret.clone(),
            times: 1,
            span: at.map(|at| (at, at)),
        });
    }
    let path = |file: u32| case.register.file(file).map_or("", |file| &*file.path);
    let rank = |one: &Found| match class_of(one.secret.rule) {
        Class::PrivateKey => 0,
        Class::Key => 1,
        Class::Password => 2,
    };
    let shown = sorted(shown, |a: &Found, b: &Found| {
        let key = |one: &Found| (rank(one), one.secret.rule, one.span.map(|(first, _)| first));
        key(a)
            .cmp(&key(b))
            .then_with(|| path(a.file).cmp(path(b.file)))
            .then_with(|| (a.place, &a.secret.path).cmp(&(b.place, &b.secret.path)))
    });
    case.secrets.shown = shown;
}

/// How many rows the table has.
pub(super) fn length(case: &Case) -> usize {
    case.secrets.shown.len()
}

/// What holds it, in a word, and its name.
fn holder<'c>(case: &'c Case, one: &Found) -> (&'static str, &'c str) {
    match one.of {
        Of::Event => (
            "event",
            field::value(&case.activity, Field::Name, one.place),
        ),
        Of::Item => {
            let inventory = &case.inventory;
            let resource = inventory
                .capture(one.place)
                .and_then(|one| inventory.resource(one.resource));
            (
                "configuration item",
                resource.map_or("", |one| inventory.title(one)),
            )
        }
    }
}

/// Offset and length of the record.
fn place(case: &Case, one: &Found) -> (u32, u32) {
    match one.of {
        Of::Event => case.activity.place(one.place),
        Of::Item => case
            .inventory
            .capture(one.place)
            .map_or((0, 0), |capture| capture.place),
    }
}

/// A row of the table.
pub(super) fn row(case: &Case, at: u32) -> Row {
    let cells = case
        .secrets
        .shown
        .get(at as usize)
        .map_or(Vec::new(), |one| {
            let (of, name) = holder(case, one);
            vec![
                text(name_of(one.secret.rule)),
                code(&one.secret.masked),
                text(of),
                text(name),
                code(&one.secret.path),
                time(one.span.map(|(first, _)| first)),
                Cell::Number(u64::from(one.times)),
                code(case.register.file(one.file).map_or("", |file| &*file.path)),
                Cell::Number(u64::from(place(case, one).0)),
            ]
        });
    Row {
        subject: Subject::Secret(at),
        cells,
    }
}

/// Everything about a secret but its value.
pub(super) fn inspect(case: &Case, at: u32, mut it: Inspection) -> Option<Inspection> {
    let one = case.secrets.shown.get(at as usize)?;
    let (of, name) = holder(case, one);
    name_of(one.secret.rule).clone_into(&mut it.title);
    let mut fact = |label: &str, cell: Cell| it.what.push((label.to_owned(), cell));
    fact("Value", code(&one.secret.masked));
    fact("Stands in", text(&format!("{of} {name}")));
    fact("Path", code(&one.secret.path));
    if let Some((first, last)) = one.span {
        fact("First seen", Cell::Time(first));
        if one.times > 1 {
            fact("Last seen", Cell::Time(last));
            fact("Captures that hold it", Cell::Number(u64::from(one.times)));
        }
    }
    it.why.push(match class_of(one.secret.rule) {
        Class::Password => "Told by the name of its field or by the words before it, so it may be none. Whoever reads these files can use it.",
        Class::Key | Class::PrivateKey => "Told by the form that its maker gives it. Whoever reads these files can use it, for as long as it is valid.",
    }.to_owned());
    it.why.push("Looked for in the request parameters and outcomes of calls that change something, and in configuration items of the types that hold environments, user data, definitions and parameters; values that AWS covers itself are not told.".to_owned());
    it.todo = Some("Replace it, keep it in AWS Secrets Manager or Parameter Store, and check who could read these files and whether it was used.".to_owned());
    add_file(case, one.file, &mut it);
    let place = place(case, one);
    it.proof.push((
        "Offset of the record".to_owned(),
        Cell::Number(u64::from(place.0)),
    ));
    // The record would show the value at once; it is shown to whoever asks.
    it.pieces = it.raw.take().map(|mut raw| {
        raw.record = Some(place);
        (raw, Pieces::Record)
    });
    it.related.push(match one.of {
        Of::Event => (
            "The event, with its record".to_owned(),
            Subject::Event(one.place),
        ),
        Of::Item => (
            "The configuration item".to_owned(),
            Subject::Capture(one.place),
        ),
    });
    Some(it)
}

/// The secrets of the report.
pub(crate) fn report(case: &Case) -> impl Iterator<Item = Value> {
    case.secrets.shown.iter().map(|one| {
        let (of, name) = holder(case, one);
        json!({
            "kind": name_of(one.secret.rule), "masked": one.secret.masked, "in": of, "name": name, "fields": one.secret.path,
            "path": case.register.file(one.file).map(|file| &*file.path), "offset": place(case, one).0, "times": one.times,
            "first": one.span.map(|(first, _)| first.to_string()), "last": one.span.map(|(_, last)| last.to_string()),
        })
    })
}
