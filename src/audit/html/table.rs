//! Tables of the report, cut into parts so that a hundred thousand rows still open at once.

use crate::case::{Case, Cell, Column, Facet, Filter, Shape, Sort, Table, each_row};
use crate::evidence::visible::visible;

/// Rows of one part. Browsers lay out only the parts that are on screen.
const PART: usize = 500;
/// The usual height of a row in pixels.
const ROW: usize = 25;

/// Which rows and columns of a table are written.
pub(super) struct Frame {
    pub(super) table: Table,
    pub(super) filter: Filter,
    pub(super) sort: Sort,
    /// Names of columns; all where it is empty.
    pub(super) columns: Vec<&'static str>,
    /// The column whose values head groups of rows.
    pub(super) group: Option<&'static str>,
}

impl Frame {
    /// Only rows that have one of these values in a column.
    pub(super) fn picking(mut self, column: &str, values: &[&str]) -> Self {
        let names = self.table.columns().iter().map(|one| one.name);
        let place = names.take_while(|name| *name != column).count() as u16;
        self.filter.facets = values
            .iter()
            .map(|value| Facet {
                column: place,
                value: (*value).to_owned(),
            })
            .collect();
        self
    }

    /// Only these columns.
    pub(super) fn only(mut self, columns: &[&'static str]) -> Self {
        self.columns = columns.to_vec();
        self
    }

    /// With the values of a column as headings of groups.
    pub(super) fn grouped(mut self, column: &'static str) -> Self {
        self.group = Some(column);
        self
    }
}

/// Text in HTML.
pub(in crate::audit) fn escape(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for sign in visible(text).chars() {
        match sign {
            '&' => out += "&amp;",
            '<' => out += "&lt;",
            '>' => out += "&gt;",
            '"' => out += "&quot;",
            '\'' => out += "&#39;",
            _ => out.push(sign),
        }
    }
    out
}

/// Rows of a table that are written together, as one part.
struct Part<'f> {
    /// Places of the columns, and whether any row has something there: an empty column takes room from the others.
    places: &'f [(usize, bool)],
    table: Table,
    /// Cells of each row; the heading of a group where there is but one.
    rows: Vec<Vec<String>>,
}

impl Part<'_> {
    fn take(&mut self, say: &mut dyn FnMut(&str)) {
        if self.rows.is_empty() {
            return;
        }
        let rows = std::mem::take(&mut self.rows);
        let columns = self.table.columns();
        let is_filled = |at: usize| {
            let mut cells = rows.iter().filter_map(|row| row.get(at));
            cells.any(|cell| cell != EMPTY) && rows.iter().any(|row| row.len() > 1)
        };
        let filled: Vec<(usize, usize)> = self
            .places
            .iter()
            .enumerate()
            .filter(|(at, (_, stays))| *stays || is_filled(*at))
            .map(|(at, (place, _))| (at, *place))
            .collect();
        let weights: Vec<usize> = filled
            .iter()
            .map(|(_, place)| weight(&columns[*place]))
            .collect();
        let whole: usize = weights.iter().sum();
        // So tall it will be, more or less: the scroll bar tells the truth before anything is laid out.
        let mut out = format!(
            "<div class=\"part\" style=\"contain-intrinsic-size:auto {}px\"><table><colgroup>",
            (rows.len() + 1) * ROW
        );
        for weight in weights {
            out += &format!("<col style=\"width:{}%\">", weight * 100 / whole.max(1));
        }
        out += "</colgroup><thead><tr>";
        for (_, place) in &filled {
            out += &format!("<th scope=\"col\">{}</th>", escape(columns[*place].title));
        }
        out += "</tr></thead><tbody>\n";
        for row in &rows {
            match row.as_slice() {
                [heading] if self.places.len() > 1 => {
                    out += &format!(
                        "<tr class=\"group\"><th colspan=\"{}\" scope=\"rowgroup\">{heading}</th></tr>\n",
                        filled.len()
                    );
                }
                cells => {
                    out += "<tr>";
                    out.extend(
                        filled
                            .iter()
                            .filter_map(|(at, _)| cells.get(*at))
                            .map(String::as_str),
                    );
                    out.push('\n');
                }
            }
        }
        out += "</tbody></table></div>\n";
        say(&out);
    }
}

/// How much of the width a column gets on paper: paths and hashes are long, times and numbers are not.
fn weight(column: &Column) -> usize {
    let width = usize::from(column.width);
    match column.shape {
        Shape::Path => width.max(260) * 3 / 2,
        Shape::Code => width * 3 / 2,
        Shape::Time => 125,
        _ => width,
    }
}

/// Writes a table under a heading; one sentence where it has no row. Ends of rows and cells are left out, as HTML
/// allows: with a hundred thousand rows they weigh.
pub(super) fn table(case: &mut Case, title: &str, frame: &Frame, say: &mut dyn FnMut(&str)) {
    let columns = frame.table.columns();
    let takes = |name: &str| frame.columns.is_empty() || frame.columns.contains(&name);
    let places: Vec<(usize, bool)> = (0..columns.len())
        .filter(|&at| takes(columns[at].name))
        .enumerate()
        .map(|(at, place)| (place, at == 0))
        .collect();
    let group = frame
        .group
        .and_then(|name| columns.iter().position(|column| column.name == name));
    let sort = group.map_or(frame.sort, |at| Some((at as u16, false)));
    say(&format!("<h3>{}</h3>\n", escape(title)));
    let mut part = Part {
        places: &places,
        table: frame.table,
        rows: Vec::new(),
    };
    let (mut any, mut last) = (false, None::<String>);
    each_row(case, (frame.table, &frame.filter, sort), &mut |row| {
        any = true;
        if part.rows.len() >= PART {
            part.take(say);
            last = None;
        }
        if let Some(at) = group {
            let word = row.cells.get(at).map(Cell::shown).unwrap_or_default();
            if last.as_ref() != Some(&word) {
                part.rows.push(vec![escape(&word)]);
                last = Some(word);
            }
        }
        let cells = places
            .iter()
            .map(|(at, _)| cell(row.cells.get(*at).unwrap_or(&Cell::Empty)));
        part.rows.push(cells.collect());
    });
    part.take(say);
    if !any {
        say("<p class=\"none\">None.</p>\n");
    }
}

/// A cell that holds nothing.
const EMPTY: &str = "<td>";

/// A cell; the style sheet sets each apart in its direction of writing, as `bdi` would.
fn cell(cell: &Cell) -> String {
    match cell {
        Cell::Empty => EMPTY.to_owned(),
        Cell::Number(_) | Cell::Size(_) => format!("<td class=n>{}", cell.shown()),
        Cell::Code(text) => format!("<td class=c>{}", escape(text)),
        _ => format!("<td>{}", escape(&cell.shown())),
    }
}
