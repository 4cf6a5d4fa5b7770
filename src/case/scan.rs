//! Answering a question for rows, step by step: which rows a filter shows, in which order, and what the
//! columns hold.

use std::collections::{HashMap, HashSet};

use crate::activity::Store;
use crate::activity::seen::{Following, Seeing, Seen, Sessions};
use crate::order::{order, sorted};

use super::activity::InTime;
use super::question::{Facets, Filter, Rows, Sort};
use super::rows::{length, row};
use super::table::{Cell, Column, Row, Table};
use super::{
    Case, accessed, activity, changes, compliance, controls, custody, reach, resources, risk,
};

/// Values of a column that are offered as facets.
const MOST_FACETS: usize = 100;
/// Rows that one answer holds.
const MOST_ROWS: u32 = 1_000;

/// Rows that one step of a question looks at: a few milliseconds.
const STEP: u32 = 4_000;
/// Events that one step of a question walks through.
const STRETCH: usize = 200_000;

/// The last question's order of rows, kept while only the window moves.
#[derive(Default)]
pub(super) struct View {
    key: Option<(Table, Filter, Sort)>,
    order: Places,
    facets: HashMap<Table, Facets>,
    /// What [`Table::Seen`] shows.
    pub(super) seen: Vec<Seen>,
    /// What [`Table::Sessions`] shows.
    pub(super) sessions: Sessions,
    /// What [`Table::Resources`] shows.
    pub(super) listed: resources::Listed,
    /// The framework of [`Table::Controls`].
    pub(super) framework: String,
}

/// The rows of a view in its order.
enum Places {
    /// Each by its place in the table.
    Listed(Vec<u32>),
    /// Events, which are looked up when they are asked for.
    InTime(InTime),
}

impl Default for Places {
    fn default() -> Self {
        Places::Listed(Vec::new())
    }
}

impl View {
    /// How many rows there are.
    pub(super) fn len(&self) -> u32 {
        match &self.order {
            Places::Listed(places) => places.len() as u32,
            Places::InTime(events) => events.len(),
        }
    }

    /// The places of `count` rows from the `first` on.
    pub(super) fn places(&mut self, store: &Store, first: u32, count: u32) -> Vec<u32> {
        match &mut self.order {
            Places::Listed(places) => {
                let rest = places.get(first as usize..).unwrap_or_default();
                rest[..rest.len().min(count as usize)].to_vec()
            }
            Places::InTime(events) => events.window(store, first, count),
        }
    }
}

/// Events that are walked through, to see who and what they tell of.
enum Walk {
    Seen(Seeing),
    Sessions(Following),
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
    /// Of findings: the rules that are asked for; all without.
    only: Option<HashSet<u32>>,
    /// What is to be walked through before there are rows.
    walk: Option<Walk>,
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
            only: None,
            walk: None,
            at: u32::MAX,
        }
    }

    /// Looks at some more rows; says whether the case's view is ready for a window.
    pub(super) fn step(&mut self, case: &mut Case) -> bool {
        let is_known = case.view.key.as_ref().is_some_and(|(table, filter, sort)| {
            (*table, filter, *sort) == (self.table, &self.filter, self.sort)
        });
        // What was done is written down without a new judgement.
        if is_known && self.table != Table::Done {
            return true;
        }
        if self.at == u32::MAX || self.epoch != case.epoch {
            self.epoch = case.epoch;
            self.order = Order::new(self.table, &self.filter, self.sort);
            let is_tallied = case.view.facets.contains_key(&self.table);
            self.tally = (!is_tallied).then(|| Tally::new(self.table));
            self.at = 0;
            if self.table == Table::Events {
                let query = &self.filter.text;
                case.view.order = match activity::sorted_by(case, query, self.sort) {
                    Some(events) => Places::Listed(events),
                    None => Places::InTime(InTime::new(case, query, self.sort)),
                };
                case.view.key = Some((self.table, self.filter.clone(), self.sort));
                return true;
            }
            if self.table == Table::Resources {
                // Another moment has other values.
                self.tally = Some(Tally::new(self.table));
                case.view.listed = resources::list(case, &self.filter.as_of);
            }
            if matches!(
                self.table,
                Table::Findings | Table::Rules | Table::Controls | Table::Scores
            ) {
                compliance::results(case, self.filter.as_of.at);
                case.view.framework.clone_from(&self.filter.framework);
                let asks = self.table == Table::Findings && !self.filter.framework.is_empty();
                self.only = asks.then(|| {
                    compliance::rules_of(case, &self.filter.framework, &self.filter.control)
                });
                self.tally = Some(Tally::new(self.table));
            }
            if matches!(
                self.table,
                Table::Calls | Table::Errors | Table::Alerts | Table::Conditions
            ) {
                risk::results(case);
            }
            if matches!(self.table, Table::Users | Table::Windows | Table::Unusual) {
                risk::users::known(case);
            }
            if matches!(self.table, Table::Audit) {
                controls::arrange(case);
                self.tally = Some(Tally::new(self.table));
            }
            if matches!(self.table, Table::Changes) {
                changes::work_out(case);
                self.tally = Some(Tally::new(self.table));
            }
            if matches!(self.table, Table::Custody) {
                custody::work_out(case);
            }
            if matches!(self.table, Table::Done) {
                self.tally = Some(Tally::new(self.table));
            }
            if matches!(self.table, Table::Accessed) {
                accessed::list(case);
            }
            if matches!(self.table, Table::Reach) {
                reach::list(case);
            }
            if matches!(self.table, Table::Seen | Table::Sessions) {
                // Another query sees other things.
                self.tally = (self.table == Table::Seen).then(|| Tally::new(self.table));
                self.walk = Some(match self.table {
                    Table::Seen => Walk::Seen(Seeing::new(&case.activity)),
                    _ => Walk::Sessions(Following::new(&case.activity)),
                });
            }
        }
        if let Some(walk) = self.walk.take() {
            self.walk = self.walk_on(walk, case);
            return false;
        }
        let length = length(case, self.table);
        let to = self.at.saturating_add(STEP).min(length);
        for at in self.at..to {
            if let Some(only) = &self.only
                && !compliance::rule_at(case, at).is_some_and(|rule| only.contains(&rule))
            {
                continue;
            }
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
        let places = std::mem::replace(&mut self.order, order).sorted();
        case.view.order = Places::Listed(places);
        case.view.key = Some((self.table, self.filter.clone(), self.sort));
        true
    }

    /// Walks through some more events; what is still to be walked through.
    fn walk_on(&mut self, mut walk: Walk, case: &mut Case) -> Option<Walk> {
        let found = activity::found(case, &self.filter.text);
        let store = &case.activity;
        let from = self.at as usize;
        let to = (from + STRETCH).min(store.order.len());
        let stretch = store.order.get(from..to).unwrap_or_default().iter();
        for &event in stretch.filter(|event| found.contains(**event)) {
            match &mut walk {
                Walk::Seen(seeing) => seeing.take(store, event),
                Walk::Sessions(following) => following.take(store, event),
            }
        }
        if to < store.order.len() {
            self.at = to as u32;
            return Some(walk);
        }
        self.at = 0;
        match walk {
            Walk::Seen(seeing) => case.view.seen = seeing.finish(),
            Walk::Sessions(following) => case.view.sessions = following.finish(),
        }
        None
    }
}

/// A window of the view that a finished scan left.
pub(super) fn window(case: &mut Case, table: Table, first: u32, count: u32) -> Rows {
    let matching = case.view.len();
    let first = first.min(matching);
    let places = case
        .view
        .places(&case.activity, first, count.min(MOST_ROWS));
    Rows {
        table,
        total: length(case, table),
        matching,
        first,
        rows: places.into_iter().map(|at| row(case, table, at)).collect(),
        facets: case.view.facets.get(&table).cloned().unwrap_or_default(),
    }
}

/// The rows that a filter shows, in the order of a sort.
struct Order {
    columns: &'static [Column],
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
        let columns = table.columns();
        let sort = sort.filter(|(column, _)| usize::from(*column) < columns.len());
        let text = if table.takes_query() {
            ""
        } else {
            &filter.text
        };
        let words: Vec<String> = text.split_whitespace().map(str::to_lowercase).collect();
        Order {
            columns,
            all: sort.is_none() && words.is_empty() && filter.facets.is_empty(),
            words,
            sort,
            places: Vec::new(),
            keys: Vec::new(),
        }
    }

    fn take(&mut self, at: u32, mut row: Row, filter: &Filter) {
        if !shows(&row, filter, &self.words, self.columns) {
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

fn shows(row: &Row, filter: &Filter, words: &[String], columns: &[Column]) -> bool {
    let picked = filter.facets.iter().all(|facet| {
        let alternatives = filter
            .facets
            .iter()
            .filter(|other| other.column == facet.column);
        let at = usize::from(facet.column);
        let shown = row.cells.get(at).map(Cell::shown).unwrap_or_default();
        // A column that offers no values holds several in one text.
        let is_one = columns.get(at).is_none_or(|column| column.facet);
        alternatives.into_iter().any(|other| match is_one {
            true => shown == other.value,
            false => shown.contains(&other.value),
        })
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
