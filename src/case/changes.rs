//! Changes and the tickets that approve them: configuration changes, and calls that change something, each beside
//! the ticket whose window, resource and actor fit.

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use crate::activity::{EventIx, Field, field};
use crate::cloudtrail::event::Access;
use crate::evidence::Kind;
use crate::moment::Moment;
use crate::order::sorted;
use crate::sum::Sum;
use crate::ticket::{Columns, Role, Sheet, Ticket, recognise};

use super::Case;
use super::approval::{Approval, compare};
use super::question::Subject;
use super::resources::is_reading;
use super::rows::{code, text, time};
use super::table::Row;

/// Seconds after a window within which a capture still belongs to it: AWS Config follows changes within minutes.
const SLACK: i64 = 900;
/// Tickets that are compared with one change; more at the same time tell nothing apart.
const MOST: usize = 2_000;
/// Rows of a sheet that are shown while its columns are mapped.
const SAMPLE: usize = 3;

/// Columns of a file of tickets, as mapped by hand.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Mapped {
    /// SHA-256 of the file.
    pub file: Option<Sum>,
    /// What its columns mean.
    pub columns: Columns,
}

/// A change.
#[derive(Clone, Copy, Debug)]
struct Change {
    what: What,
    at: Moment,
    approval: Approval,
    /// The ticket that fits best, or that would fit but for its state.
    ticket: Option<u32>,
    /// Whether that ticket's state says that nobody approved it.
    refused: bool,
}

#[derive(Clone, Copy, Debug)]
enum What {
    Call(EventIx),
    /// A resource, and the place of the capture among its captures; the first is its creation.
    Capture(u32, u32),
}

/// Changes, and the tickets that they were compared with.
#[derive(Default)]
pub(super) struct State {
    /// Tables that may hold tickets, with their files.
    pub(super) sheets: Vec<(u32, Sheet)>,
    known: Option<Known>,
}

#[derive(Default)]
struct Known {
    tickets: Vec<(u32, Ticket)>,
    changes: Vec<Change>,
    /// Tickets with a change, one a ticket.
    used: Vec<bool>,
}

impl State {
    /// Forgets what was worked out.
    pub(super) fn reset(&mut self) {
        self.known = None;
    }
}

/// Tickets and changes at a glance.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct ChangesSummary {
    /// Tables that may hold tickets.
    pub sheets: Vec<SheetView>,
    /// Tickets.
    pub tickets: u64,
    /// Those whose window could not be read.
    pub timeless: u64,
    /// Those that no change belongs to.
    pub unused: u64,
    /// Changes of each approval, in the order of [`Approval::ALL`].
    pub counts: [u64; 4],
}

/// A table that may hold tickets.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct SheetView {
    /// The file.
    pub path: String,
    /// Its SHA-256.
    pub sha256: Option<Sum>,
    /// Its headings.
    pub headings: Vec<String>,
    /// Its first rows.
    pub rows: Vec<Vec<String>>,
    /// How many there are, and whether more were left out.
    pub count: u64,
    /// Whether rows were left out.
    pub cut: bool,
    /// What its columns mean.
    pub columns: Columns,
    /// Whether its rows count as tickets.
    pub counts: bool,
    /// Whether a person said what its columns mean.
    pub by_hand: bool,
}

/// What the columns of a sheet mean, whether its rows count, and whether a person said so.
fn columns(case: &Case, file: u32, sheet: &Sheet) -> (Columns, bool, bool) {
    let registered = case.register.file(file);
    let sum = registered.and_then(|file| file.sum);
    let mapped = case
        .settings
        .audit
        .tickets
        .iter()
        .find(|one| one.file.is_some() && one.file == sum);
    match mapped {
        Some(mapped) => (mapped.columns.clone(), mapped.columns.is_whole(), true),
        None => {
            let columns = recognise(&sheet.headings);
            let is_sure = registered.is_some_and(|file| file.kind == Kind::ChangeTickets);
            (columns, is_sure, false)
        }
    }
}

/// Works out all changes, unless that is done.
pub(super) fn work_out(case: &mut Case) {
    if case.changes.known.is_some() {
        return;
    }
    let mut tickets = Vec::new();
    for (file, sheet) in &case.changes.sheets {
        let (columns, counts, _) = columns(case, *file, sheet);
        if counts {
            tickets.extend(sheet.tickets(&columns).into_iter().map(|one| (*file, one)));
        }
    }
    let tickets = sorted(tickets, |(_, a), (_, b)| {
        (a.window, &a.id).cmp(&(b.window, &b.id))
    });
    let is_over = |place: u32, at: Moment, slack: i64| {
        let window = tickets[place as usize].1.window;
        window.is_none_or(|(_, to)| to.plus(slack) < at)
    };
    // Tickets that began and are not over, the latest last. Those without a window stand first and never join them.
    let mut begun = 0;
    let mut open: Vec<u32> = Vec::new();
    let mut used = vec![false; tickets.len()];
    let mut changes = Vec::new();
    for (what, at) in all(case) {
        let (names, actors) = told(case, what);
        let slack = if matches!(what, What::Capture(..)) {
            SLACK
        } else {
            0
        };
        while tickets
            .get(begun)
            .is_some_and(|(_, one)| one.window.is_none_or(|(from, _)| from <= at))
        {
            open.push(begun as u32);
            begun += 1;
        }
        open.retain(|&place| !is_over(place, at, SLACK));
        let mut change = Change {
            what,
            at,
            approval: Approval::Unapproved,
            ticket: None,
            refused: false,
        };
        let fitting = open
            .iter()
            .rev()
            .filter(|&&place| !is_over(place, at, slack));
        for &place in fitting.take(MOST) {
            let ticket = &tickets[place as usize].1;
            let approval = compare(ticket, &names, &actors);
            if approval == Approval::Unapproved {
                continue;
            }
            if !ticket.is_approved() {
                if change.ticket.is_none() {
                    (change.ticket, change.refused) = (Some(place), true);
                }
                continue;
            }
            if approval > change.approval {
                change.approval = approval;
                (change.ticket, change.refused) = (Some(place), false);
            }
        }
        if let Some(place) = change.ticket.filter(|_| !change.refused) {
            used[place as usize] = true;
        }
        changes.push(change);
    }
    case.changes.known = Some(Known {
        tickets,
        changes,
        used,
    });
}

/// All changes within the period under audit, in order of time.
fn all(case: &Case) -> Vec<(What, Moment)> {
    let audit = &case.settings.audit;
    let within =
        |at: Moment| audit.from.is_none_or(|from| at >= from) && audit.to.is_none_or(|to| at <= to);
    let store = &case.activity;
    let writes = |event: EventIx| {
        let name = field::value(store, Field::Name, event);
        let access = store.flags.of(event).map(|flags| flags.access);
        let changes = match access {
            Some(Access::Write) => true,
            Some(Access::Read) => false,
            _ => !is_reading(name),
        };
        changes && field::value(store, Field::Error, event).is_empty()
    };
    let calls = store.order.iter().filter(|&&event| writes(event));
    let calls = calls.filter_map(|&event| Some((What::Call(event), store.time(event)?)));
    let inventory = &case.inventory;
    let captures = inventory
        .resources
        .iter()
        .enumerate()
        .filter(|(_, one)| !inventory.is_compliance(one))
        .flat_map(|(at, one)| {
            // What was made since AWS Config began to record is a change too, when it was made.
            let first = one.captures.first().and_then(|&at| inventory.capture(at));
            let made = first.and_then(|capture| capture.created);
            let made = made.filter(|made| inventory.span.is_some_and(|(from, _)| from <= *made));
            let made = made.map(|made| (What::Capture(at as u32, 0), made));
            let later = (1..one.captures.len()).filter_map(move |place| {
                let capture = inventory.capture(one.captures[place])?;
                let changed = inventory.changed(one, place).any();
                let what = What::Capture(at as u32, place as u32);
                changed.then_some((what, capture.at?))
            });
            made.into_iter().chain(later)
        });
    let all: Vec<(What, Moment)> = calls
        .chain(captures)
        .filter(|(_, at)| within(*at))
        .collect();
    sorted(all, |a, b| a.1.cmp(&b.1))
}

/// What a change tells of its resource and its actor, in lower case; nothing where it does not.
fn told(case: &Case, what: What) -> (Vec<String>, Vec<String>) {
    let lower = |texts: Vec<&str>| -> Vec<String> {
        let filled = texts.into_iter().filter(|text| !text.is_empty());
        filled.map(str::to_lowercase).collect()
    };
    match what {
        What::Call(event) => {
            let store = &case.activity;
            let actor = store.actors.of(event).copied().unwrap_or_default();
            let targets = store.targets.of(event).into_iter().flatten();
            (
                lower(targets.map(|&one| store.texts.get(one)).collect()),
                lower(
                    [actor.arn, actor.user, actor.session]
                        .map(|one| store.texts.get(one))
                        .to_vec(),
                ),
            )
        }
        What::Capture(at, _) => {
            let inventory = &case.inventory;
            let names = inventory.resource(at).map_or(Vec::new(), |one| {
                vec![
                    inventory.text(one.id),
                    inventory.title(one),
                    inventory.arn(one),
                ]
            });
            (lower(names), Vec::new())
        }
    }
}

/// Tickets and changes at a glance.
pub(super) fn summary(case: &mut Case) -> ChangesSummary {
    work_out(case);
    let Some(known) = &case.changes.known else {
        return ChangesSummary::default();
    };
    let view = |(file, sheet): &(u32, Sheet)| {
        let (columns, counts, by_hand) = columns(case, *file, sheet);
        let registered = case.register.file(*file);
        SheetView {
            path: registered.map_or(String::new(), |file| file.path.to_string()),
            sha256: registered.and_then(|file| file.sum),
            headings: sheet.headings.clone(),
            rows: sheet.rows.iter().take(SAMPLE).cloned().collect(),
            count: sheet.rows.len() as u64,
            cut: sheet.cut,
            columns,
            counts,
            by_hand,
        }
    };
    let sheets: Vec<SheetView> = case.changes.sheets.iter().map(view).collect();
    let mut counts = [0; 4];
    for one in &known.changes {
        counts[one.approval as usize] += 1;
    }
    let unused = known.tickets.iter().zip(&known.used);
    ChangesSummary {
        sheets: sorted(sheets, |a, b| a.path.cmp(&b.path)),
        tickets: known.tickets.len() as u64,
        timeless: known
            .tickets
            .iter()
            .filter(|(_, one)| one.window.is_none())
            .count() as u64,
        unused: unused
            .filter(|((_, one), used)| one.window.is_some() && !**used)
            .count() as u64,
        counts,
    }
}

/// How many rows the table has.
pub(super) fn length(case: &Case) -> usize {
    case.changes
        .known
        .as_ref()
        .map_or(0, |known| known.changes.len())
}

/// A row of the table.
pub(super) fn row(case: &Case, at: u32) -> Row {
    let found = case.changes.known.as_ref();
    let found = found.and_then(|known| Some((known, known.changes.get(at as usize)?)));
    let Some((known, change)) = found else {
        return Row {
            subject: Subject::File(u32::MAX),
            cells: Vec::new(),
        };
    };
    let ticket = change.ticket.and_then(|at| known.tickets.get(at as usize));
    let (subject, kind, what, resource, actor, account, region) = match change.what {
        What::Call(event) => {
            let store = &case.activity;
            let value = |field| field::value(store, field, event);
            let targets = store.targets.of(event).into_iter().flatten();
            let targets: Vec<&str> = targets.map(|&one| store.texts.get(one)).collect();
            (
                Subject::Event(event),
                "call",
                value(Field::Name).to_owned(),
                targets.join(" "),
                value(Field::Actor),
                value(Field::Account),
                value(Field::Region),
            )
        }
        What::Capture(resource, place) => {
            let inventory = &case.inventory;
            let Some(one) = inventory.resource(resource) else {
                return Row {
                    subject: Subject::Resource(resource),
                    cells: Vec::new(),
                };
            };
            let capture = one.captures[place as usize];
            (
                Subject::Capture(capture),
                "configuration",
                match place {
                    0 => "created".to_owned(),
                    _ => inventory.changed(one, place as usize).words(),
                },
                format!("{} {}", inventory.text(one.kind), inventory.title(one)),
                "",
                inventory.text(one.account),
                inventory.text(one.region),
            )
        }
    };
    let why = match (ticket, change.refused, change.approval) {
        (None, ..) => "no ticket of this time fits".to_owned(),
        (Some((_, one)), true, _) => {
            format!("it would fit, but its state is \"{}\"", one.state)
        }
        (_, _, Approval::TimeOnly) => "only the time could be compared".to_owned(),
        (_, _, Approval::Partly) => "of resource and actor only one fits".to_owned(),
        _ => "time fits, and what could be compared of resource and actor".to_owned(),
    };
    Row {
        subject,
        cells: vec![
            text(change.approval.name()),
            text(ticket.map_or("", |(_, one)| &one.id)),
            text(&why),
            time(Some(change.at)),
            text(kind),
            text(&what),
            code(&resource),
            code(actor),
            text(account),
            text(region),
            text(ticket.map_or("", |(_, one)| &one.title)),
        ],
    }
}

/// The files whose tickets count by columns that a person mapped, and those of which no column tells a state.
fn stated(case: &Case) -> [Vec<&str>; 2] {
    let mut all = [Vec::new(), Vec::new()];
    for (file, sheet) in &case.changes.sheets {
        let (columns, counts, by_hand) = columns(case, *file, sheet);
        let path = case.register.file(*file).map_or("", |file| &*file.path);
        let is_stateless = columns.place(Role::State).is_none();
        for (list, is) in all.iter_mut().zip([by_hand, is_stateless]) {
            list.extend((counts && is).then_some(path));
        }
    }
    all
}

/// The part of the report; `null` where no ticket is known.
pub(crate) fn report(case: &Case) -> Value {
    let Some(known) = case
        .changes
        .known
        .as_ref()
        .filter(|known| !known.tickets.is_empty())
    else {
        return Value::Null;
    };
    let count = |approval: Approval| {
        let fitting = known.changes.iter().filter(|one| one.approval == approval);
        fitting.count()
    };
    let [by_hand, stateless] = stated(case);
    json!({
        "mappedByHand": by_hand, "withoutState": stateless,
        "tickets": known.tickets.len(), "unapproved": count(Approval::Unapproved), "timeOnly": count(Approval::TimeOnly),
        "partly": count(Approval::Partly), "approved": count(Approval::Approved),
    })
}

/// Tickets that are known, and whether changes were compared with any.
pub(crate) fn tickets(case: &Case) -> usize {
    case.changes
        .known
        .as_ref()
        .map_or(0, |known| known.tickets.len())
}
