//! Rows of the case's tables: made when asked for, filtered, sorted, and handed out by the window.

use std::cmp::Ordering;

use crate::activity::explain::Cause;
use crate::activity::{Field, Standing};
use crate::evidence::Kind;
use crate::integrity::judge::{digest_key, log_key, log_place};
use crate::integrity::{DigestAt, DigestStatus, LogAt, LogStatus, State};
use crate::moment::Moment;
use crate::order::Gather as _;
use crate::sum::Sum;

use super::activity;
use super::inspect::causes;
use super::overview::log_path;
use super::question::{Filter, Sort, Subject};
use super::scan::Scan;
use super::table::{Cell, Row, Table};
use super::{
    Case, Registered, accessed, artifacts, changes, compliance, controls, custody, objects, reach,
    resources, risk, secrets,
};

/// Which rows of which table, and in which order.
pub(crate) type Wanted<'w> = (Table, &'w Filter, Sort);

/// Writes exactly the rows that a filter shows as CSV. A cell that a spreadsheet would take for a formula
/// gets an apostrophe in front.
pub(super) fn csv(case: &mut Case, wanted: Wanted<'_>, write: &mut dyn FnMut(&[u8])) {
    let names: Vec<&str> = wanted
        .0
        .columns()
        .iter()
        .map(|column| column.name)
        .collect();
    let mut part = names.join(",") + "\r\n";
    each_row(case, wanted, &mut |row| {
        let texts: Vec<String> = row.cells.iter().map(|cell| quote(&cell.shown())).collect();
        part += &texts.join(",");
        part += "\r\n";
        if part.len() > PART {
            write(part.as_bytes());
            part.clear();
        }
    });
    write(part.as_bytes());
}

/// Bytes after which a part is handed over.
const PART: usize = 256 << 10;

/// The same as a list of objects, with the names of columns as keys.
pub(super) fn json(case: &mut Case, wanted: Wanted<'_>, write: &mut dyn FnMut(&[u8])) {
    let columns = wanted.0.columns();
    let mut part = String::from("[");
    let mut first = true;
    each_row(case, wanted, &mut |row| {
        let value = |cell: &Cell| match cell {
            Cell::Empty => serde_json::Value::Null,
            Cell::Number(number) | Cell::Size(number) => (*number).into(),
            Cell::Rated { risk, .. } => (*risk).into(),
            Cell::Enabled { on, .. } => (*on).into(),
            other => other.shown().into(),
        };
        let pairs = columns
            .iter()
            .zip(&row.cells)
            .map(|(column, cell)| (column.name.to_owned(), value(cell)));
        part += if first { "\n" } else { ",\n" };
        first = false;
        part += &serde_json::Value::Object(pairs.gathered()).to_string();
        if part.len() > PART {
            write(part.as_bytes());
            part.clear();
        }
    });
    part += "\n]\n";
    write(part.as_bytes());
}

/// Hands over the rows that a filter shows, one after the other.
pub(crate) fn each_row(
    case: &mut Case,
    (table, filter, sort): Wanted<'_>,
    take: &mut dyn FnMut(&Row),
) {
    let mut scan = Scan::new(table, filter.clone(), sort);
    while !scan.step(case) {}
    let all = case.view.len();
    for first in (0..all).step_by(WINDOW as usize) {
        for at in case.view.places(&case.activity, first, WINDOW) {
            if table == Table::Artifacts && artifacts::is_left_out(case, at) {
                continue;
            }
            take(&row(case, table, at));
        }
    }
}

/// Rows that are looked up at a time.
const WINDOW: u32 = 1_000;

/// A line of CSV, as exports write it.
pub fn csv_line<'t>(cells: impl Iterator<Item = &'t str>) -> String {
    let cells: Vec<String> = cells.map(quote).collect();
    cells.join(",") + "\r\n"
}

fn quote(text: &str) -> String {
    // Programs that open tables take these for formulas, some also in full width.
    const SIGNS: &[char] = &['=', '+', '-', '@', '\t', '\r', '\n', '＝', '＋', '－', '＠'];
    let mut plain = String::with_capacity(text.len());
    // In much of Europe they split cells at semicolons, and what ends a line does not stand behind a quote for them then.
    let mut begins = true;
    for sign in text.chars() {
        if begins && SIGNS.contains(&sign) && (plain.is_empty() || !sign.is_whitespace()) {
            plain.push('\'');
        }
        begins = matches!(sign, ';' | '\t' | '\r' | '\n');
        plain.push(sign);
    }
    if plain.contains([',', ';', '\t', '"', '\n', '\r']) {
        format!("\"{}\"", plain.replace('"', "\"\""))
    } else {
        plain
    }
}

pub(super) fn length(case: &Case, table: Table) -> u32 {
    let rows = match table {
        Table::Files => case.register.files().len(),
        Table::Digests => case.judgement.digests.len(),
        Table::Logs => case.judgement.logs.len(),
        Table::Gaps => case.judgement.gaps.len(),
        Table::Events => case.activity.order.len(),
        Table::Seen => case.view.seen.len(),
        Table::Sessions => case.view.sessions.all.len(),
        Table::Resources => case.view.listed.len(),
        Table::Messages => case.inventory.messages.len(),
        Table::Findings => compliance::known(case).map_or(0, |results| results.findings.len()),
        Table::Rules => compliance::known(case).map_or(0, |results| results.rules.len()),
        Table::Scores => compliance::known(case).map_or(0, |results| results.scores.len()),
        Table::Calls
        | Table::Errors
        | Table::Alerts
        | Table::Conditions
        | Table::Users
        | Table::Windows
        | Table::Unusual => risk::length(case, table),
        Table::Objects | Table::Classifiers => objects::length(case, table),
        Table::Accessed => accessed::length(case),
        Table::Reach => reach::length(case),
        Table::Secrets => secrets::length(case),
        Table::Artifacts => case.artifacts.len(),
        Table::Audit => controls::length(case),
        Table::Changes => changes::length(case),
        Table::Custody => case.register.files().len(),
        Table::Done => case.settings.log.len(),
        Table::Controls => compliance::controls(case, &case.view.framework).len(),
    };
    rows as u32
}

pub(super) fn row(case: &Case, table: Table, at: u32) -> Row {
    match table {
        Table::Files => file_row(case, at),
        Table::Digests => digest_row(case, at),
        Table::Logs => log_row(case, at),
        Table::Gaps => gap_row(case, at),
        Table::Events => event_row(case, at),
        Table::Seen => seen_row(case, at),
        Table::Sessions => session_row(case, at),
        Table::Resources => resources::row(case, at),
        Table::Messages => resources::stream::row(case, at),
        Table::Findings => compliance::finding_row(case, at),
        Table::Rules => compliance::rule_row(case, at),
        Table::Scores => compliance::scores::row(case, at),
        Table::Controls => compliance::control_row(case, at),
        Table::Calls => risk::calls::row(case, at, false),
        Table::Errors => risk::calls::row(case, at, true),
        Table::Alerts => risk::alerts::row(case, at),
        Table::Conditions => risk::alerts::condition_row(case, at),
        Table::Users => risk::users::row(case, at),
        Table::Windows => risk::users::session_row(case, at),
        Table::Unusual => risk::users::unusual_row(case, at),
        Table::Objects => objects::row(case, at),
        Table::Accessed => accessed::row(case, at),
        Table::Reach => reach::row(case, at),
        Table::Secrets => secrets::row(case, at),
        Table::Classifiers => objects::classifier_row(case, at),
        Table::Artifacts => artifacts::row(case, at),
        Table::Audit => controls::row(case, at),
        Table::Changes => changes::row(case, at),
        Table::Custody => custody::row(case, at),
        Table::Done => custody::done_row(case, at),
    }
}

pub(super) fn text(text: &str) -> Cell {
    if text.is_empty() {
        Cell::Empty
    } else {
        Cell::Text(text.to_owned())
    }
}

pub(super) fn code(text: &str) -> Cell {
    if text.is_empty() {
        Cell::Empty
    } else {
        Cell::Code(text.to_owned())
    }
}

pub(super) fn time(at: Option<Moment>) -> Cell {
    at.map_or(Cell::Empty, Cell::Time)
}

fn sum(sum: Option<Sum>) -> Cell {
    sum.map_or(Cell::Empty, |sum| Cell::Code(sum.to_string()))
}

/// The kind in one word, as the report has it.
fn kind(kind: Kind) -> Cell {
    Cell::Text(kind.name().to_owned())
}

/// What is registered of a file, a cell each.
pub(super) struct FileCells {
    pub(super) path: Cell,
    pub(super) kind: Cell,
    pub(super) account: Cell,
    pub(super) region: Cell,
    pub(super) size: Cell,
    pub(super) sha256: Cell,
    pub(super) problem: Cell,
}

impl FileCells {
    pub(super) fn of(file: &Registered) -> Self {
        let problem = file.problems.first();
        FileCells {
            path: code(&file.path),
            kind: kind(file.kind),
            account: text(file.account.as_deref().unwrap_or_default()),
            region: text(file.region.as_deref().unwrap_or_default()),
            size: Cell::Size(file.size),
            sha256: sum(file.sum),
            problem: text(problem.map_or("", |problem| problem.code.what())),
        }
    }
}

fn file_row(case: &Case, at: u32) -> Row {
    let Some((place, file)) = case.register.at(at) else {
        return Row {
            subject: Subject::File(at),
            cells: Vec::new(),
        };
    };
    let of = FileCells::of(file);
    Row {
        subject: Subject::File(place),
        cells: vec![
            of.path, of.kind, of.account, of.region, of.size, of.sha256, of.problem,
        ],
    }
}

/// The cell of a digest's status.
pub(super) fn digest_state(status: DigestStatus) -> Cell {
    let state = status.state();
    Cell::State {
        state,
        hatched: state == State::Missing,
        word: status.name().to_owned(),
    }
}

/// The cell of a log file's status.
pub(super) fn log_state(status: LogStatus) -> Cell {
    let state = status.state();
    let hatched = state == State::Missing || status == LogStatus::Unlisted;
    Cell::State {
        state,
        hatched,
        word: status.name().to_owned(),
    }
}

fn digest_row(case: &Case, at: u32) -> Row {
    let row = &case.judgement.digests[at as usize];
    let trail = row
        .trail
        .map(|trail| &case.judgement.trails[trail as usize].key);
    let logs = match row.at {
        DigestAt::Item(ix) => Cell::Number(case.holdings.digests[ix as usize].logs.len() as u64),
        _ => Cell::Empty,
    };
    let (_, key) = digest_key(&case.holdings, &case.register, row);
    Row {
        subject: Subject::Digest(at),
        cells: vec![
            digest_state(row.status),
            time(row.window.map(|(from, _)| from)),
            time(row.window.map(|(_, to)| to)),
            text(trail.map_or("", |key| &key.account)),
            text(trail.map_or("", |key| &key.region)),
            text(trail.map_or("", |key| &key.trail)),
            logs,
            text(row.source.map_or("", |source| source.name())),
            code(key),
        ],
    }
}

fn log_row(case: &Case, at: u32) -> Row {
    let row = &case.judgement.logs[at as usize];
    let (account, region, delivered) = log_place(&case.holdings, row);
    let (events, content) = match row.at {
        LogAt::File(ix) => {
            let item = &case.holdings.logs[ix as usize];
            (Cell::Number(item.events), item.content)
        }
        LogAt::Absent(ix) => (Cell::Empty, case.holdings.listed[ix as usize].content),
    };
    let key = log_key(&case.holdings, row).map_or_else(|| log_path(case, row.at), |(_, key)| key);
    Row {
        subject: Subject::Log(at),
        cells: vec![
            log_state(row.status),
            time(delivered),
            text(account),
            text(region),
            events,
            sum(content),
            code(key),
        ],
    }
}

fn gap_row(case: &Case, at: u32) -> Row {
    // The inspector names them all.
    const MOST: usize = 3;
    let gap = &case.judgement.gaps[at as usize];
    let key = &case.judgement.trails[gap.trail as usize].key;
    let state = gap.kind.state();
    let causes = causes(case, gap);
    let mut explained: Vec<String> = causes.iter().take(MOST).map(Cause::words).collect();
    match causes.len() {
        0 => explained.push("unexplained".to_owned()),
        all if all > MOST => explained.push(format!("{} more", all - MOST)),
        _ => {}
    }
    Row {
        subject: Subject::Gap(at),
        cells: vec![
            Cell::State {
                state,
                hatched: true,
                word: gap.kind.name().to_owned(),
            },
            Cell::Time(gap.from),
            Cell::Time(gap.to),
            Cell::Number(gap.digests),
            text(&explained.join(", ")),
            text(&key.account),
            text(&key.region),
            text(&key.trail),
        ],
    }
}

/// The cell of what is known of an event's file.
pub(super) fn standing_cell(standing: Standing) -> Cell {
    Cell::State {
        state: standing.state(),
        hatched: standing.0 == Some(LogStatus::Unlisted),
        word: standing.name().to_owned(),
    }
}

fn event_row(case: &Case, event: u32) -> Row {
    let store = &case.activity;
    let value = |field| activity::value(store, field, event);
    let standing = store.standing(event);
    let source = value(Field::Source);
    let actor = store.actors.of(event).copied().unwrap_or_default();
    let targets = store.targets.of(event).into_iter().flatten();
    let targets: Vec<&str> = targets.map(|&one| store.texts.get(one)).collect();
    Row {
        subject: Subject::Event(event),
        cells: vec![
            time(store.time(event)),
            standing_cell(standing),
            text(value(Field::Name)),
            text(source.strip_suffix(".amazonaws.com").unwrap_or(source)),
            code(store.texts.get(actor.arn)),
            text(value(Field::Ip)),
            text(value(Field::Region)),
            text(value(Field::Account)),
            text(value(Field::Error)),
            code(&targets.join(" ")),
            code(&store.id_text(event)),
        ],
    }
}

fn seen_row(case: &Case, at: u32) -> Row {
    let Some(seen) = case.view.seen.get(at as usize) else {
        return Row {
            subject: Subject::Event(u32::MAX),
            cells: Vec::new(),
        };
    };
    let entry = seen.field.entry();
    let name = entry.names.first().copied().unwrap_or_default();
    Row {
        subject: Subject::Seen(at),
        cells: vec![
            text(name),
            code(&seen.value),
            Cell::Number(u64::from(seen.events)),
            Cell::Number(u64::from(seen.errors)),
            Cell::Number(u64::from(seen.sessions)),
            Cell::Time(seen.first),
            Cell::Time(seen.last),
        ],
    }
}

fn session_row(case: &Case, at: u32) -> Row {
    let sessions = &case.view.sessions;
    let cells = sessions.all.get(at as usize).map(|one| {
        let actor = sessions.actors.get(one.actor as usize);
        let number = |count: u32| Cell::Number(u64::from(count));
        vec![
            Cell::Time(one.from),
            code(actor.map_or("", String::as_str)),
            Cell::Number((one.to.seconds() - one.from.seconds()).unsigned_abs()),
            number(one.events),
            number(one.errors),
            number(one.risky),
            number(one.calls),
            number(one.addresses),
        ]
    });
    Row {
        subject: Subject::Session(at),
        cells: cells.unwrap_or_default(),
    }
}

impl Cell {
    /// The text that filters, facets and exports go by.
    pub fn shown(&self) -> String {
        match self {
            Cell::Empty => String::new(),
            Cell::Text(text) | Cell::Code(text) => text.clone(),
            Cell::Time(at) => at.to_string(),
            Cell::Number(number) | Cell::Size(number) => number.to_string(),
            Cell::State { word, .. } => word.clone(),
            Cell::Rated { risk, .. } => risk.to_string(),
            Cell::Enabled { on, .. } => if *on { "yes" } else { "no" }.to_owned(),
        }
    }

    /// The order of a column; empty cells come first.
    pub(super) fn compare(&self, other: &Cell) -> Ordering {
        match (self, other) {
            (Cell::Number(a) | Cell::Size(a), Cell::Number(b) | Cell::Size(b)) => a.cmp(b),
            (Cell::Rated { risk: a, .. }, Cell::Rated { risk: b, .. }) => a.cmp(b),
            (Cell::Time(a), Cell::Time(b)) => a.cmp(b),
            (Cell::Empty, Cell::Empty) => Ordering::Equal,
            (Cell::Empty, _) => Ordering::Less,
            (_, Cell::Empty) => Ordering::Greater,
            _ => self.shown().cmp(&other.shown()),
        }
    }
}
