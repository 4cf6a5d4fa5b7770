//! Tables of the report, cut into parts so that a hundred thousand rows still open at once.

use crate::case::{Case, Cell, Facet, Filter, Sort, Table, each_row};
use crate::evidence::visible::visible;

/// Rows of one part. Browsers lay out only the parts that are on screen.
const PART: usize = 500;

/// Which rows and columns of a table are written.
pub(super) struct Frame {
    pub(super) table: Table,
    pub(super) filter: Filter,
    pub(super) sort: Sort,
    /// Names of columns; all where it is empty.
    pub(super) columns: Vec<&'static str>,
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

/// Writes a table under a heading; one sentence where it has no row.
pub(super) fn table(case: &mut Case, title: &str, frame: &Frame, say: &mut dyn FnMut(&str)) {
    let columns = frame.table.columns();
    let takes = |name: &str| frame.columns.is_empty() || frame.columns.contains(&name);
    let places: Vec<usize> = (0..columns.len())
        .filter(|&at| takes(columns[at].name))
        .collect();
    let heads: String = places
        .iter()
        .map(|&at| format!("<th scope=\"col\">{}</th>", escape(columns[at].title)))
        .collect();
    say(&format!("<h3>{}</h3>\n", escape(title)));
    let (mut rows, mut part) = (0, String::new());
    each_row(case, (frame.table, &frame.filter, frame.sort), &mut |row| {
        if rows % PART == 0 {
            if rows > 0 {
                part += "</tbody></table>\n";
            }
            part += &format!("<table class=\"part\"><thead><tr>{heads}</tr></thead><tbody>\n");
        }
        rows += 1;
        part += "<tr>";
        for &at in &places {
            part += &cell(row.cells.get(at).unwrap_or(&Cell::Empty));
        }
        part += "</tr>\n";
        if part.len() > 256 << 10 {
            say(&part);
            part.clear();
        }
    });
    part += if rows > 0 {
        "</tbody></table>\n"
    } else {
        "<p class=\"none\">None.</p>\n"
    };
    say(&part);
}

fn cell(cell: &Cell) -> String {
    match cell {
        Cell::Empty => "<td></td>".to_owned(),
        Cell::Number(_) | Cell::Size(_) => format!("<td class=\"n\">{}</td>", cell.shown()),
        Cell::Code(text) => format!("<td class=\"c\"><bdi>{}</bdi></td>", escape(text)),
        _ => format!("<td><bdi>{}</bdi></td>", escape(&cell.shown())),
    }
}
