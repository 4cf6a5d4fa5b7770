//! Tables of the report, cut into parts so that a hundred thousand rows still open at once.

use std::cmp::Reverse;

use crate::case::{Case, Cell, Facet, Filter, Sort, Table, each_row};
use crate::evidence::visible::visible;

/// Rows of one part. Browsers lay out only the parts that are on screen.
const PART: usize = 500;
/// The usual height of a row in pixels.
const ROW: usize = 25;

/// Characters that a line of a printed table has room for, on A4 and on Letter, upright and lying.
const UPRIGHT: usize = 105;
const LYING: usize = 158;
/// So few rows stay on a page that stands, however narrow their columns become.
const FEW: usize = 8;
/// Words and codes of up to so many characters are not broken.
const WORD: usize = 20;
const CODE: usize = 16;
/// The room between two columns, in characters.
const AROUND: usize = 4;

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
    /// Only rows that have one of these values in a column, beside what was asked for before.
    pub(super) fn picking(mut self, column: &str, values: &[&str]) -> Self {
        let names = self.table.columns().iter().map(|one| one.name);
        let place = names.take_while(|name| *name != column).count() as u16;
        self.filter.facets.extend(values.iter().map(|value| Facet {
            column: place,
            value: (*value).to_owned(),
        }));
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
    /// What stands above the first part, on the same page.
    heading: String,
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
        let rooms = filled.iter().map(|(at, place)| {
            let cells = rows.iter().filter(|row| row.len() > 1);
            cells
                .filter_map(|row| row.get(*at))
                .fold(Room::of_title(columns[*place].title), |room, cell| {
                    room.or(Room::of(cell))
                })
        });
        let (widths, is_wide) = widths(&rooms.collect::<Vec<_>>(), rows.len());
        let whole: usize = widths.iter().sum();
        // So tall it will be, more or less: the scroll bar tells the truth before anything is laid out.
        let mut out = format!(
            "<div class=\"part{}\" style=\"contain-intrinsic-size:auto {}px\">{}<table><colgroup>",
            if is_wide { " wide" } else { "" },
            (rows.len() + 1) * ROW,
            std::mem::take(&mut self.heading)
        );
        for width in widths {
            let share = width as f64 * 100.0 / whole.max(1) as f64;
            out += &format!("<col style=\"width:{share:.1}%\">");
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

/// How much room a column asks for, in characters.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
struct Room {
    /// Where no word is broken.
    least: usize,
    /// Where nothing is.
    most: usize,
    /// Characters of all its cells.
    all: usize,
}

impl Room {
    fn of_title(title: &str) -> Self {
        // A heading is bold, and its words are broken before cells are.
        let word = title.split(' ').map(str::len).max().unwrap_or(0) + 1;
        Room {
            least: word,
            most: word,
            all: 0,
        }
    }

    /// What a cell asks for, as it stands in the markup.
    fn of(cell: &str) -> Self {
        let (tag, text) = cell.split_once('>').unwrap_or_default();
        // Paths and codes are broken anywhere.
        let unbroken = if tag.ends_with("=c") { CODE } else { WORD };
        let count = |text: &str| text.chars().count();
        let words = text.split(BREAK).flat_map(|part| part.split([' ', '/']));
        let word = words.map(count).max().unwrap_or(0);
        let most = text.split(BREAK).map(count).sum();
        Room {
            least: word.min(unbroken),
            most,
            all: most,
        }
    }

    fn or(self, other: Room) -> Self {
        Room {
            least: self.least.max(other.least),
            most: self.most.max(other.most),
            all: self.all + other.all,
        }
    }
}

/// The width of each column in characters, and whether their rows are worth a page that lies. Each gets what it
/// needs at least; what is left goes where it saves most lines.
fn widths(columns: &[Room], rows: usize) -> (Vec<usize>, bool) {
    let mut widths: Vec<usize> = columns.iter().map(|room| room.least + AROUND).collect();
    // Long cells would stand in a column of a few letters.
    let is_wide = widths.iter().sum::<usize>() > UPRIGHT * 3 / 4
        && columns.iter().map(|room| room.most + AROUND).sum::<usize>() > UPRIGHT
        && rows > FEW;
    let page = if is_wide { LYING } else { UPRIGHT };
    for _ in widths.iter().sum::<usize>()..page {
        let tallest = (0..columns.len())
            .filter(|&at| widths[at] < columns[at].most + AROUND)
            .max_by_key(|&at| (columns[at].all * 1_000 / widths[at], Reverse(at)));
        match tallest {
            Some(at) => widths[at] += 1,
            None => break,
        }
    }
    (widths, is_wide)
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
    let mut part = Part {
        places: &places,
        table: frame.table,
        heading: format!("<h3>{}</h3>\n", escape(title)),
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
        say(&part.heading);
        say("<p class=\"none\">None.</p>\n");
    }
}

/// Where a time may be broken: before the time of day.
const BREAK: &str = "<wbr>";
/// A cell that holds nothing.
const EMPTY: &str = "<td>";

/// A cell; the style sheet sets each apart in its direction of writing, as `bdi` would.
fn cell(cell: &Cell) -> String {
    match cell {
        Cell::Empty => EMPTY.to_owned(),
        Cell::Number(_) | Cell::Size(_) => format!("<td class=n>{}", cell.shown()),
        Cell::Code(text) => format!("<td class=c>{}", escape(text)),
        Cell::Time(at) => format!(
            "<td>{}",
            at.to_string().replacen('T', &format!("T{BREAK}"), 1)
        ),
        _ => format!("<td>{}", escape(&cell.shown())),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The room of a column whose cells are all like one.
    fn room(title: &str, text: &str) -> Room {
        Room::of_title(title).or(Room::of(&cell(&Cell::Text(text.to_owned()))))
    }

    fn time() -> Room {
        let at = crate::moment::Moment::parse("2026-03-01T04:20:00Z");
        Room::of_title("Delivered").or(Room::of(&cell(&Cell::Time(at.expect("a time")))))
    }

    #[test]
    fn words_are_not_broken_and_long_cells_share_the_rest() {
        let sum = "0".repeat(64);
        let columns = [
            room("Status", "uncovered"),
            time(),
            room("Account", "111122223333"),
            Room::of(&cell(&Cell::Code(sum))),
            Room::of(&cell(&Cell::Code("a/b".repeat(40)))),
        ];
        let (got, is_wide) = widths(&columns, 9);
        assert!(!is_wide);
        assert_eq!(got[..3], [13, 15, 16]);
        assert_eq!(got.iter().sum::<usize>(), UPRIGHT);
        assert!(got[4] > got[3] && got[3] > 19, "{got:?}");
    }

    #[test]
    fn a_table_with_many_columns_lies() {
        let (got, is_wide) = widths(&[time(); 10], 9);
        assert!(is_wide);
        assert_eq!(got.iter().sum::<usize>(), LYING);
        assert!(got.iter().all(|width| *width >= 15), "{got:?}");
        assert!(!widths(&[time(); 10], FEW).1);
    }

    #[test]
    fn empty_tables_have_widths_too() {
        assert_eq!(widths(&[Room::default(); 2], 9), (vec![AROUND; 2], false));
    }
}
