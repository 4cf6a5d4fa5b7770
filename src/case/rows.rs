//! Rows of the case's tables: made when asked for, filtered, sorted, and handed out by the window.

use std::cmp::Ordering;
use std::collections::HashMap;

use crate::activity::Field;
use crate::activity::seen::{Seen, seen};
use crate::evidence::Kind;
use crate::integrity::judge::{digest_key, log_key, log_place};
use crate::integrity::{DigestAt, DigestStatus, LogAt, LogStatus, State};
use crate::moment::Moment;
use crate::order::{order, sorted};
use crate::sum::Sum;

use super::activity;
use super::overview::log_path;
use super::question::{Facets, Filter, Rows, Sort, Subject};
use super::table::{Cell, Row, Table};
use super::{Case, Registered};

/// Values of a column that are offered as facets.
const MOST_FACETS: usize = 100;
/// Rows that one answer holds.
const MOST_ROWS: u32 = 1_000;

/// Rows that one step of a question looks at: a few milliseconds.
const STEP: u32 = 4_000;

/// The last question's order of rows, kept while only the window moves.
#[derive(Default)]
pub(super) struct View {
    key: Option<(Table, Filter, Sort)>,
    order: Vec<u32>,
    facets: HashMap<Table, Facets>,
    /// What [`Table::Seen`] shows.
    pub(super) seen: Vec<Seen>,
}

/// A question for rows while it is being answered, step by step, so that a newer one can overtake it.
pub(super) struct Scan {
    table: Table,
    filter: Filter,
    sort: Sort,
    /// The judgement it looks at; another one begins it anew.
    epoch: u32,
    order: Order,
    tally: Option<Tally>,
    at: u32,
}

impl Scan {
    pub(super) fn new(table: Table, filter: Filter, sort: Sort) -> Self {
        Scan {
            order: Order::new(table, &filter, sort),
            table,
            filter,
            sort,
            epoch: 0,
            tally: None,
            at: u32::MAX,
        }
    }

    /// Looks at some more rows; says whether the case's view is ready for a window.
    pub(super) fn step(&mut self, case: &mut Case) -> bool {
        let is_known = case.view.key.as_ref().is_some_and(|(table, filter, sort)| {
            (*table, filter, *sort) == (self.table, &self.filter, self.sort)
        });
        if is_known {
            return true;
        }
        if self.at == u32::MAX || self.epoch != case.epoch {
            self.epoch = case.epoch;
            self.order = Order::new(self.table, &self.filter, self.sort);
            let is_tallied = case.view.facets.contains_key(&self.table);
            self.tally = (!is_tallied).then(|| Tally::new(self.table));
            self.at = 0;
            if self.table == Table::Events {
                case.view.order = activity::order(case, &self.filter.text, self.sort);
                case.view.key = Some((self.table, self.filter.clone(), self.sort));
                return true;
            }
            if self.table == Table::Seen {
                // Another query sees other things.
                self.tally = Some(Tally::new(self.table));
                let found = activity::found(case, &self.filter.text);
                case.view.seen = seen(&case.activity, &found);
            }
        }
        let length = length(case, self.table);
        let to = self.at.saturating_add(STEP).min(length);
        for at in self.at..to {
            if self.order.all && self.tally.is_none() {
                self.order.places.push(at);
                continue;
            }
            let row = row(case, self.table, at);
            if let Some(tally) = &mut self.tally {
                tally.take(&row);
            }
            self.order.take(at, row, &self.filter);
        }
        self.at = to;
        if to < length {
            return false;
        }
        if let Some(tally) = self.tally.take() {
            case.view.facets.insert(self.table, tally.facets());
        }
        let order = Order::new(self.table, &self.filter, self.sort);
        case.view.order = std::mem::replace(&mut self.order, order).sorted();
        case.view.key = Some((self.table, self.filter.clone(), self.sort));
        true
    }
}

/// A window of the view that a finished scan left.
pub(super) fn window(case: &Case, table: Table, first: u32, count: u32) -> Rows {
    let order = &case.view.order;
    let from = (first as usize).min(order.len());
    let to = from
        .saturating_add(count.min(MOST_ROWS) as usize)
        .min(order.len());
    Rows {
        table,
        total: length(case, table),
        matching: order.len() as u32,
        first: from as u32,
        rows: order[from..to]
            .iter()
            .map(|&at| row(case, table, at))
            .collect(),
        facets: case.view.facets.get(&table).cloned().unwrap_or_default(),
    }
}

/// Writes exactly the rows that a filter shows as CSV. A cell that a spreadsheet would take for a formula
/// gets an apostrophe in front.
pub(super) fn csv(
    case: &mut Case,
    table: Table,
    filter: &Filter,
    sort: Sort,
    write: &mut dyn FnMut(&[u8]),
) {
    let mut scan = Scan::new(table, filter.clone(), sort);
    while !scan.step(case) {}
    let names: Vec<&str> = table.columns().iter().map(|column| column.name).collect();
    let mut part = names.join(",") + "\r\n";
    for &at in &case.view.order {
        let cells = row(case, table, at).cells;
        let texts: Vec<String> = cells.iter().map(|cell| quote(&cell.shown())).collect();
        part += &texts.join(",");
        part += "\r\n";
        if part.len() > 256 << 10 {
            write(part.as_bytes());
            part.clear();
        }
    }
    write(part.as_bytes());
}

fn quote(text: &str) -> String {
    let risky = text.starts_with(['=', '+', '-', '@', '\t', '\r']);
    let text = if risky {
        format!("'{text}")
    } else {
        text.to_owned()
    };
    if text.contains([',', '"', '\n', '\r']) {
        format!("\"{}\"", text.replace('"', "\"\""))
    } else {
        text
    }
}

fn length(case: &Case, table: Table) -> u32 {
    let rows = match table {
        Table::Files => case.register.files().len(),
        Table::Digests => case.judgement.digests.len(),
        Table::Logs => case.judgement.logs.len(),
        Table::Gaps => case.judgement.gaps.len(),
        Table::Events => case.activity.order.len(),
        Table::Seen => case.view.seen.len(),
    };
    rows as u32
}

/// The rows that a filter shows, in the order of a sort.
struct Order {
    words: Vec<String>,
    /// The column to sort by, and whether descending.
    sort: Sort,
    /// Whether every row is shown in the table's own order.
    all: bool,
    places: Vec<u32>,
    keys: Vec<Cell>,
}

impl Order {
    fn new(table: Table, filter: &Filter, sort: Sort) -> Self {
        let columns = table.columns().len();
        let sort = sort.filter(|(column, _)| usize::from(*column) < columns);
        let text = if table.takes_query() {
            ""
        } else {
            &filter.text
        };
        let words: Vec<String> = text.split_whitespace().map(str::to_lowercase).collect();
        Order {
            all: sort.is_none() && words.is_empty() && filter.facets.is_empty(),
            words,
            sort,
            places: Vec::new(),
            keys: Vec::new(),
        }
    }

    fn take(&mut self, at: u32, mut row: Row, filter: &Filter) {
        if !shows(&row, filter, &self.words) {
            return;
        }
        self.places.push(at);
        if let Some((column, _)) = self.sort {
            self.keys.push(row.cells.swap_remove(usize::from(column)));
        }
    }

    fn sorted(self) -> Vec<u32> {
        let Some((_, descending)) = self.sort else {
            return self.places;
        };
        let keys = &self.keys;
        order(keys.len(), &|a, b| {
            let by = keys[a].compare(&keys[b]);
            if descending { by.reverse() } else { by }
        })
        .into_iter()
        .map(|at| self.places[at as usize])
        .collect()
    }
}

fn shows(row: &Row, filter: &Filter, words: &[String]) -> bool {
    let picked = filter.facets.iter().all(|facet| {
        let alternatives = filter
            .facets
            .iter()
            .filter(|other| other.column == facet.column);
        let shown = row.cells.get(usize::from(facet.column)).map(Cell::shown);
        alternatives
            .into_iter()
            .any(|other| shown.as_deref() == Some(&other.value))
    });
    picked
        && (words.is_empty() || {
            let text: String = row
                .cells
                .iter()
                .map(|cell| cell.shown().to_lowercase() + "\n")
                .collect();
            words.iter().all(|word| text.contains(word.as_str()))
        })
}

/// Counts the values of the columns that have facets.
struct Tally {
    columns: Vec<usize>,
    counts: Vec<HashMap<String, u32>>,
}

impl Tally {
    fn new(table: Table) -> Self {
        let columns: Vec<usize> = table
            .columns()
            .iter()
            .enumerate()
            .filter(|(_, column)| column.facet)
            .map(|(at, _)| at)
            .collect();
        Tally {
            counts: vec![HashMap::new(); columns.len()],
            columns,
        }
    }

    fn take(&mut self, row: &Row) {
        for (count, &column) in self.counts.iter_mut().zip(&self.columns) {
            let text = row.cells.get(column).map(Cell::shown).unwrap_or_default();
            // A table of hostile names may hold millions of values; those past the first are not offered.
            if count.len() < 100_000 || count.contains_key(&text) {
                *count.entry(text).or_default() += 1;
            }
        }
    }

    fn facets(self) -> Facets {
        let sorted = |counts: HashMap<String, u32>| {
            let all: Vec<(String, u32)> = counts.into_iter().collect();
            let mut all = sorted(all, |a, b| b.1.cmp(&a.1).then_with(|| a.0.cmp(&b.0)));
            all.truncate(MOST_FACETS);
            all
        };
        self.columns
            .into_iter()
            .map(|at| at as u16)
            .zip(self.counts.into_iter().map(sorted))
            .collect()
    }
}

fn row(case: &Case, table: Table, at: u32) -> Row {
    match table {
        Table::Files => file_row(case, at),
        Table::Digests => digest_row(case, at),
        Table::Logs => log_row(case, at),
        Table::Gaps => gap_row(case, at),
        Table::Events => event_row(case, at),
        Table::Seen => seen_row(case, at),
    }
}

fn text(text: &str) -> Cell {
    if text.is_empty() {
        Cell::Empty
    } else {
        Cell::Text(text.to_owned())
    }
}

fn code(text: &str) -> Cell {
    if text.is_empty() {
        Cell::Empty
    } else {
        Cell::Code(text.to_owned())
    }
}

fn time(at: Option<Moment>) -> Cell {
    at.map_or(Cell::Empty, Cell::Time)
}

fn sum(sum: Option<Sum>) -> Cell {
    sum.map_or(Cell::Empty, |sum| Cell::Code(sum.to_string()))
}

/// The kind in one word, as the report has it.
fn kind(kind: Kind) -> Cell {
    Cell::Text(kind.name().to_owned())
}

fn file_row(case: &Case, at: u32) -> Row {
    let Some(file) = case.register.at(at) else {
        return Row {
            subject: Subject::File(at),
            cells: Vec::new(),
        };
    };
    let entry: &Registered = file.1;
    Row {
        subject: Subject::File(file.0),
        cells: vec![
            code(&entry.path),
            kind(entry.kind),
            text(entry.account.as_deref().unwrap_or_default()),
            text(entry.region.as_deref().unwrap_or_default()),
            Cell::Size(entry.size),
            sum(entry.sum),
            text(
                entry
                    .problems
                    .first()
                    .map_or("", |problem| problem.code.what()),
            ),
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
    let gap = &case.judgement.gaps[at as usize];
    let key = &case.judgement.trails[gap.trail as usize].key;
    let state = gap.kind.state();
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
            text(&key.account),
            text(&key.region),
            text(&key.trail),
        ],
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
            text(value(Field::Name)),
            text(source.strip_suffix(".amazonaws.com").unwrap_or(source)),
            code(store.texts.get(actor.arn)),
            text(value(Field::Ip)),
            text(value(Field::Region)),
            text(value(Field::Account)),
            text(value(Field::Error)),
            code(&targets.join(" ")),
            Cell::State {
                state: standing.state(),
                hatched: standing.0 == Some(LogStatus::Unlisted),
                word: standing.name().to_owned(),
            },
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

impl Cell {
    /// The text that filters, facets and exports go by.
    pub fn shown(&self) -> String {
        match self {
            Cell::Empty => String::new(),
            Cell::Text(text) | Cell::Code(text) => text.clone(),
            Cell::Time(at) => at.to_string(),
            Cell::Number(number) | Cell::Size(number) => number.to_string(),
            Cell::State { word, .. } => word.clone(),
        }
    }

    /// The order of a column; empty cells come first.
    fn compare(&self, other: &Cell) -> Ordering {
        match (self, other) {
            (Cell::Number(a) | Cell::Size(a), Cell::Number(b) | Cell::Size(b)) => a.cmp(b),
            (Cell::Time(a), Cell::Time(b)) => a.cmp(b),
            (Cell::Empty, Cell::Empty) => Ordering::Equal,
            (Cell::Empty, _) => Ordering::Less,
            (_, Cell::Empty) => Ordering::Greater,
            _ => self.shown().cmp(&other.shown()),
        }
    }
}
