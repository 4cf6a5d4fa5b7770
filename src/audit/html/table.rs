//! Tables of the report, cut into parts so that a hundred thousand rows still open at once.

use crate::case::{Case, Cell, Facet, Filter, Sort, Table, each_row};
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

/// Writes a table under a heading; one sentence where it has no row. Ends of rows and cells are left out, as HTML
/// allows: with a hundred thousand rows they weigh.
pub(super) fn table(case: &mut Case, title: &str, frame: &Frame, say: &mut dyn FnMut(&str)) {
    let columns = frame.table.columns();
    let takes = |name: &str| frame.columns.is_empty() || frame.columns.contains(&name);
    let places: Vec<usize> = (0..columns.len())
        .filter(|&at| takes(columns[at].name))
        .collect();
    let whole: usize = places
        .iter()
        .map(|&at| usize::from(columns[at].width))
        .sum();
    let widths: String = places
        .iter()
        .map(|&at| {
            let share = usize::from(columns[at].width) * 100 / whole.max(1);
            format!("<col style=\"width:{share}%\">")
        })
        .collect();
    let heads: String = places
        .iter()
        .map(|&at| format!("<th scope=\"col\">{}</th>", escape(columns[at].title)))
        .collect();
    let head = format!("<colgroup>{widths}</colgroup><thead><tr>{heads}</tr></thead><tbody>\n");
    let group = frame
        .group
        .and_then(|name| columns.iter().position(|column| column.name == name));
    let sort = group.map_or(frame.sort, |at| Some((at as u16, false)));
    say(&format!("<h3>{}</h3>\n", escape(title)));
    let (mut rows, mut part, mut last) = (0, String::new(), None::<String>);
    let mut close = |rows: &mut usize, part: &mut String| {
        if *rows > 0 {
            // So tall it will be, more or less: the scroll bar tells the truth before anything is laid out.
            say(&format!(
                "<div class=\"part\" style=\"contain-intrinsic-size:auto {}px\"><table>{head}{part}</tbody></table></div>\n",
                *rows * ROW + ROW
            ));
            (*rows, *part) = (0, String::new());
        }
    };
    let mut any = false;
    each_row(case, (frame.table, &frame.filter, sort), &mut |row| {
        any = true;
        if rows == PART {
            close(&mut rows, &mut part);
            last = None;
        }
        rows += 1;
        if let Some(at) = group {
            let word = row.cells.get(at).map(Cell::shown).unwrap_or_default();
            if last.as_ref() != Some(&word) {
                part += &format!(
                    "<tr class=\"group\"><th colspan=\"{}\" scope=\"rowgroup\">{}</th></tr>\n",
                    places.len(),
                    escape(&word)
                );
                last = Some(word);
            }
        }
        part += "<tr>";
        for &at in &places {
            part += &cell(row.cells.get(at).unwrap_or(&Cell::Empty));
        }
        part.push('\n');
    });
    close(&mut rows, &mut part);
    if !any {
        say("<p class=\"none\">None.</p>\n");
    }
}

/// A cell; the style sheet sets each apart in its direction of writing, as `bdi` would.
fn cell(cell: &Cell) -> String {
    match cell {
        Cell::Empty => "<td>".to_owned(),
        Cell::Number(_) | Cell::Size(_) => format!("<td class=n>{}", cell.shown()),
        Cell::Code(text) => format!("<td class=c>{}", escape(text)),
        _ => format!("<td>{}", escape(&cell.shown())),
    }
}
