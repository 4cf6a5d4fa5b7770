//! Populations and samples: which rows an auditor drew from, by which query, frozen so that anybody can repeat it.
//!
//! The canonical form of a population is a text: a line a row, its cells joined by tabs, in the order of the table's
//! columns (but for those that tell of the session), `\`, tab, line feed and carriage return in a cell written as `\\`,
//! `\t`, `\n`, `\r`; the lines in the order of their bytes, each ended by a line feed. Its SHA-256 names the population; it can be downloaded, so that
//! `sha256sum` says the same. A sample of `n` takes the lines whose numbers (from 1) have the smallest
//! SHA-256 of `SEED,NUMBER`, written in ASCII without spaces; the order of these hashes is the order of the sample.

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use crate::moment::Moment;
use crate::order::{order, sorted};
use crate::sum::Sum;

use super::Case;
use super::question::{Filter, Subject};
use super::rows::each_row;
use super::table::{Column, Row, Table};

/// Bytes of a canonical form that are held at most.
const MOST: usize = 400 << 20;
/// Items of a sample at most.
pub const MOST_ITEMS: u32 = 1_000;

/// A filtered table, frozen.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Population {
    /// What the auditor calls it.
    pub name: String,
    /// The table.
    pub table: Table,
    /// Which of its rows: the query.
    pub filter: Filter,
    /// How many rows there were.
    pub count: u64,
    /// SHA-256 of the canonical form.
    pub sha256: Sum,
    /// When it was frozen.
    pub at: Moment,
    /// Samples drawn from it.
    #[serde(default)]
    pub samples: Vec<Sample>,
}

/// A sample, and what was found of each of its items.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Sample {
    /// The seed.
    pub seed: String,
    /// When it was drawn.
    pub at: Moment,
    /// Its items, in the order in which they were drawn.
    pub items: Vec<Item>,
}

/// An item of a sample.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct Item {
    /// The number of its line in the canonical form, from 1.
    pub number: u64,
    /// The line.
    pub line: String,
    /// What was found: `pass`, `exception`, `notApplicable`; empty until somebody looked.
    pub result: String,
    /// Anything else.
    pub note: String,
}

/// The results of an item, with their words.
pub const RESULTS: [(&str, &str); 4] = [
    ("", "open"),
    ("pass", "pass"),
    ("exception", "exception"),
    ("notApplicable", "not applicable"),
];

/// The word of a result; what a file says otherwise stays open.
pub fn word(result: &str) -> &'static str {
    let found = RESULTS.iter().find(|(name, _)| *name == result);
    found.map_or("open", |(_, word)| word)
}

/// What is asked of a population: to freeze it, to draw from it, or how its samples stand now.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Draw {
    /// Seed and size of a sample.
    pub sample: Option<(String, u32)>,
    /// Samples whose items are looked for, and that are drawn again.
    pub held: Vec<Sample>,
}

/// A population as the evidence has it now.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Frozen {
    /// How many rows there are; `None` where they are too many to hold.
    pub count: Option<u64>,
    /// SHA-256 of the canonical form.
    pub sha256: Option<Sum>,
    /// The sample that was asked for.
    pub drawn: Vec<Item>,
    /// Of each sample that was looked for, whether its seed draws these items now, and what each of them opens; `None` where
    /// it is not there any more.
    pub held: Vec<(bool, Vec<Option<Subject>>)>,
}

impl Frozen {
    /// Whether a population is as it was frozen, for people.
    pub fn words(&self, own: &Population) -> String {
        match self.count {
            _ if self.sha256 == Some(own.sha256) => {
                "the evidence holds it as it was frozen".to_owned()
            }
            Some(count) => format!(
                "it differs: rows that the query shows now: {count}, with another SHA-256. Drop the same evidence, or freeze it anew."
            ),
            None => "its rows are too many to hold at a time: nothing tells whether it is as it was frozen. Narrow its query.".to_owned(),
        }
    }
}

/// What is said of a sample that cannot be drawn again.
pub const NOT_DRAWN: &str = "Its seed does not draw these rows from what the evidence holds now: draw it anew, or drop the evidence that it was drawn from.";

/// The columns of the canonical form.
fn lasting(table: Table) -> impl Iterator<Item = (usize, &'static Column)> {
    let all = table.columns().iter().enumerate();
    all.filter(move |(_, column)| !table.is_of_session(column))
}

/// A row in the canonical form, without its line feed.
fn line(table: Table, row: &Row, into: &mut String) {
    let cells = lasting(table).filter_map(|(at, _)| row.cells.get(at));
    for (at, cell) in cells.enumerate() {
        if at > 0 {
            into.push('\t');
        }
        for sign in cell.shown().chars() {
            match sign {
                '\\' => into.push_str("\\\\"),
                '\t' => into.push_str("\\t"),
                '\n' => into.push_str("\\n"),
                '\r' => into.push_str("\\r"),
                other => into.push(other),
            }
        }
    }
}

/// Cells of a line, for people.
pub fn cells(line: &str) -> Vec<String> {
    let plain = |cell: &str| {
        let mut out = String::new();
        let mut signs = cell.chars();
        while let Some(sign) = signs.next() {
            let escaped = (sign == '\\').then(|| signs.next()).flatten();
            out.push(match escaped {
                Some('t') => '\t',
                Some('n') => '\n',
                Some('r') => '\r',
                Some(other) => other,
                None => sign,
            });
        }
        out
    };
    line.split('\t').map(plain).collect()
}

/// All lines of a population in their order, with what they open.
struct Lines {
    text: String,
    /// Where each line ends, in the order of rows.
    ends: Vec<usize>,
    subjects: Vec<Subject>,
    /// Places in the order of lines.
    order: Vec<u32>,
}

impl Lines {
    fn of(case: &mut Case, table: Table, filter: &Filter) -> Option<Self> {
        let (mut text, mut ends, mut subjects) = (String::new(), Vec::new(), Vec::new());
        each_row(case, (table, filter, None), &mut |row| {
            if text.len() < MOST {
                line(table, row, &mut text);
                ends.push(text.len());
                subjects.push(row.subject);
            }
        });
        if text.len() >= MOST {
            return None;
        }
        let mut lines = Lines {
            text,
            ends,
            subjects,
            order: Vec::new(),
        };
        lines.order = order(lines.ends.len(), &|a, b| {
            lines.at(a).as_bytes().cmp(lines.at(b).as_bytes())
        });
        Some(lines)
    }

    /// A line by the place of its row.
    fn at(&self, row: usize) -> &str {
        let from = row
            .checked_sub(1)
            .and_then(|before| self.ends.get(before))
            .copied()
            .unwrap_or(0);
        &self.text[from..self.ends[row]]
    }

    fn sorted(&self) -> impl Iterator<Item = &str> {
        self.order.iter().map(|&row| self.at(row as usize))
    }
}

/// Writes the canonical form.
pub(super) fn write(case: &mut Case, table: Table, filter: &Filter, write: &mut dyn FnMut(&[u8])) {
    let Some(lines) = Lines::of(case, table, filter) else {
        return;
    };
    let mut part = String::new();
    for line in lines.sorted() {
        part += line;
        part.push('\n');
        if part.len() > 256 << 10 {
            write(part.as_bytes());
            part.clear();
        }
    }
    write(part.as_bytes());
}

/// Freezes a filtered table, draws from it, and finds lines in it.
pub(super) fn freeze(case: &mut Case, table: Table, filter: &Filter, draw: &Draw) -> Frozen {
    use sha2::Digest as _;
    let Some(lines) = Lines::of(case, table, filter) else {
        return Frozen::default();
    };
    let mut hash = sha2::Sha256::new();
    for line in lines.sorted() {
        hash.update(line.as_bytes());
        hash.update(b"\n");
    }
    let drawn = |seed: &str, size: u32| -> Vec<Item> {
        let numbers = sample(seed, lines.order.len() as u64, size);
        let item = |number: u64| Item {
            number,
            line: lines
                .at(lines.order[number as usize - 1] as usize)
                .to_owned(),
            ..Item::default()
        };
        numbers.into_iter().map(item).collect()
    };
    let find = |item: &Item| {
        let place = lines
            .order
            .binary_search_by(|&row| lines.at(row as usize).as_bytes().cmp(item.line.as_bytes()));
        Some(lines.subjects[lines.order[place.ok()?] as usize])
    };
    let stands = |held: &Sample| {
        let again = drawn(&held.seed, held.items.len() as u32);
        let row = |item: &Item| (item.number, item.line.clone());
        let is_drawn = again.iter().map(row).eq(held.items.iter().map(row));
        (is_drawn, held.items.iter().map(find).collect())
    };
    Frozen {
        count: Some(lines.order.len() as u64),
        sha256: Some(Sum(hash.finalize().into())),
        held: draw.held.iter().map(stands).collect(),
        drawn: (draw.sample.as_ref()).map_or(Vec::new(), |(seed, size)| drawn(seed, *size)),
    }
}

/// The numbers of a sample, out of those from 1 to `count`.
pub fn sample(seed: &str, count: u64, size: u32) -> Vec<u64> {
    let hash = |number: u64| Sum::of(format!("{seed},{number}").as_bytes());
    let mut all: Vec<(Sum, u64)> = Vec::new();
    let size = size.min(MOST_ITEMS) as usize;
    for number in 1..=count {
        all.push((hash(number), number));
        // Only the smallest are wanted; the rest is let go now and then.
        if all.len() > 4 * size + 4_096 {
            all = sorted(all, Ord::cmp);
            all.truncate(size);
        }
    }
    all = sorted(all, Ord::cmp);
    all.truncate(size);
    all.into_iter().map(|(_, number)| number).collect()
}

/// The query of a population, for people.
pub fn words(table: Table, filter: &Filter) -> String {
    let mut all = vec![format!("table {}", table.name())];
    if !filter.text.is_empty() {
        all.push(format!("text {:?}", filter.text));
    }
    for facet in &filter.facets {
        let column = table.columns().get(usize::from(facet.column));
        all.push(format!(
            "{} {:?}",
            column.map_or("", |column| column.name),
            facet.value
        ));
    }
    for (label, value) in [
        ("framework", &filter.framework),
        ("control", &filter.control),
    ] {
        if !value.is_empty() {
            all.push(format!("{label} {value:?}"));
        }
    }
    if let Some(at) = filter.as_of.at {
        all.push(format!("as of {at}"));
    }
    all.join(", ")
}

/// Looks at how each population and its samples stand now.
pub(super) fn work_out(case: &mut Case) {
    let all = case.settings.audit.populations.clone();
    let standing = all.into_iter().map(|one| {
        let held = one.samples;
        let draw = Draw {
            held,
            ..Draw::default()
        };
        freeze(case, one.table, &one.filter, &draw)
    });
    case.populations = standing.collect();
}

/// Each population with how it stands now.
pub(crate) fn standing(case: &Case) -> impl Iterator<Item = (&Population, &Frozen)> {
    let all = &case.settings.audit.populations;
    all.iter().zip(&case.populations)
}

/// The part of the report.
pub(crate) fn report(case: &Case) -> Vec<Value> {
    let sample = |(one, (holds, _)): (&Sample, &(bool, Vec<Option<Subject>>))| {
        let items: Vec<Value> = one
            .items
            .iter()
            .map(|item| json!({ "number": item.number, "line": item.line, "result": Some(&item.result).filter(|text| !text.is_empty()), "note": Some(&item.note).filter(|text| !text.is_empty()) }))
            .collect();
        json!({ "seed": one.seed, "at": one.at.to_string(), "holds": holds, "items": items })
    };
    let one = |(one, now): (&Population, &Frozen)| {
        let samples: Vec<Value> = one.samples.iter().zip(&now.held).map(sample).collect();
        json!({
            "name": one.name, "table": one.table.name(), "query": words(one.table, &one.filter), "count": one.count, "sha256": one.sha256.to_string(),
            "columns": lasting(one.table).map(|(_, column)| column.name).collect::<Vec<_>>(), "at": one.at.to_string(), "holds": now.sha256 == Some(one.sha256), "now": now.words(one), "samples": samples,
        })
    };
    standing(case).map(one).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::case::Cell;

    #[test]
    fn lines_hold_cells_that_hold_anything() {
        let texts = ["a\tb", "", "c\\n\n", "\r"];
        let row = Row {
            subject: Subject::File(0),
            cells: texts.map(|text| Cell::Text(text.to_owned())).to_vec(),
        };
        let mut text = String::new();
        line(Table::Calls, &row, &mut text);
        assert_eq!(text, "a\\tb\t\tc\\\\n\\n\t\\r");
        assert_eq!(cells(&text), texts);
    }

    /// What Python says: `sorted(range(1, 1001), key=lambda n: sha256(f"{seed},{n}".encode()).digest())[:8]`.
    #[test]
    fn a_sample_is_what_another_tool_draws() {
        assert_eq!(sample("20260301", 1_000, 8), PYTHON);
        assert_eq!(sample("20260301", 5, 8).len(), 5);
        assert_eq!(sample("x", 0, 8), Vec::<u64>::new());
    }

    const PYTHON: [u64; 8] = [854, 351, 423, 585, 270, 118, 596, 543];
}
