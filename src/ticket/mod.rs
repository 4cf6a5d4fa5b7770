//! Change tickets: CSV as ticket systems export it, and what its columns mean.
//!
//! May use: `evidence`, `moment`. Columns are recognised by their headings; what no heading tells is mapped by hand.

mod columns;
mod times;

use serde::{Deserialize, Serialize};

use crate::moment::Moment;

pub(crate) use columns::are_tickets;
pub use columns::{Columns, ROLES, Role, recognise};
pub use times::{read, window};

/// Rows of a sheet that are kept.
const MOST_ROWS: usize = 50_000;
/// Columns of a sheet.
const MOST_COLUMNS: usize = 200;
/// Bytes of a file that may be a sheet of tickets.
const MOST_BYTES: usize = 16 << 20;
/// Characters of a cell that are kept.
const MOST_CELL: usize = 400;
/// Rows that are looked at for times.
const LOOK: usize = 20;

/// A table that may hold change tickets.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Sheet {
    /// The headings.
    pub headings: Vec<String>,
    /// The rows.
    pub rows: Vec<Vec<String>>,
    /// Whether rows were left out, as there are too many.
    pub cut: bool,
}

/// Parts of states that come after an approval.
const APPROVED: &[&str] = &[
    "approved",
    "authorised",
    "authorized",
    "accepted",
    "scheduled",
    "implement",
    "in progress",
    "review",
    "closed",
    "complete",
    "resolved",
    "done",
    "released",
    "deployed",
];
/// Parts that take it back, whatever else a state says.
const NOT_APPROVED: &[&str] = &[
    "not ",
    "unapproved",
    "unauthori",
    "pending",
    "await",
    "waiting",
    "request",
    "for approval",
    "for review",
    "in review",
    "under review",
    "incomplete",
    "unscheduled",
    "reject",
    "declin",
    "cancel",
    "withdraw",
    "draft",
    "denied",
    "unresolved",
];

/// A change ticket.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Ticket {
    /// Its number.
    pub id: String,
    /// What it is for.
    pub title: String,
    /// When the change may happen; `None` where the cells tell no time.
    pub window: Option<(Moment, Moment)>,
    /// What may be changed; lower case.
    pub resources: Vec<String>,
    /// Who may change it; lower case.
    pub actors: Vec<String>,
    /// Its state.
    pub state: String,
}

impl Ticket {
    /// Whether its state says that somebody approved it, as tools of change management name their states; a sheet
    /// without states is taken for a list of what was approved.
    pub fn is_approved(&self) -> bool {
        let state = self.state.to_lowercase();
        let says = |words: &[&str]| words.iter().any(|word| state.contains(word));
        state.is_empty() || says(APPROVED) && !says(NOT_APPROVED)
    }
}

/// The rows of a text as programs for tables write it: with commas, semicolons or tabs, whichever its first line has most.
pub fn table(text: &[u8]) -> csv::Reader<&[u8]> {
    let first = text.split(|&byte| byte == b'\n').next().unwrap_or_default();
    let count = |sign: u8| first.iter().filter(|&&byte| byte == sign).count();
    let most = [b'\t', b';', b',']
        .into_iter()
        .max_by_key(|&sign| count(sign));
    csv::ReaderBuilder::new()
        .has_headers(false)
        .flexible(true)
        .delimiter(most.unwrap_or(b','))
        .from_reader(text)
}

/// Reads a text as a sheet; `None` where it is none: a table with headings, of which some column tells times.
pub fn sheet(path: &str, text: &[u8]) -> Option<Sheet> {
    if !path.to_lowercase().ends_with(".csv") || text.len() > MOST_BYTES {
        return None;
    }
    let mut reader = table(text);
    let mut records = reader.byte_records();
    let cells = |record: &csv::ByteRecord| -> Vec<String> {
        let cell = |bytes: &[u8]| {
            let text = String::from_utf8_lossy(bytes);
            text.trim().chars().take(MOST_CELL).collect()
        };
        record.iter().take(MOST_COLUMNS).map(cell).collect()
    };
    let headings = cells(&records.next()?.ok()?);
    let is_heading = |text: &String| !text.is_empty() && read(text).is_none();
    if headings.len() < 2
        || !headings.iter().any(is_heading)
        || headings.iter().any(|text| read(text).is_some())
    {
        return None;
    }
    let mut sheet = Sheet {
        headings,
        ..Sheet::default()
    };
    for record in records {
        // A broken row ends nothing; what it held is in no ticket.
        let Ok(record) = record else { continue };
        if sheet.rows.len() >= MOST_ROWS {
            sheet.cut = true;
            break;
        }
        sheet.rows.push(cells(&record));
    }
    let tells_times = |column: usize| {
        let seen = sheet
            .rows
            .iter()
            .take(LOOK)
            .filter_map(|row| row.get(column));
        let (filled, times) = seen
            .filter(|cell| !cell.is_empty())
            .fold((0, 0), |(filled, times), cell| {
                (filled + 1, times + usize::from(read(cell).is_some()))
            });
        times * 2 > filled
    };
    (0..sheet.headings.len()).any(tells_times).then_some(sheet)
}

impl Sheet {
    /// The tickets, by the meaning of the columns.
    pub fn tickets(&self, columns: &Columns) -> Vec<Ticket> {
        let one = |row: &Vec<String>| {
            let cell = |role: Role| {
                let place = columns.place(role);
                place.and_then(|at| row.get(at)).map_or("", String::as_str)
            };
            let names = |role: Role| -> Vec<String> {
                cell(role)
                    .split([';', ',', '\n', '|'])
                    .map(|name| name.trim().to_lowercase())
                    .filter(|name| name.len() > 1)
                    .collect()
            };
            Ticket {
                id: cell(Role::Id).to_owned(),
                title: cell(Role::Title).to_owned(),
                window: window(cell(Role::Start), cell(Role::End), columns.ahead()),
                resources: names(Role::Resource),
                actors: names(Role::Actor),
                state: cell(Role::State).to_owned(),
            }
        };
        self.rows
            .iter()
            .filter(|row| row.iter().any(|cell| !cell.is_empty()))
            .map(one)
            .collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_table_with_times_is_a_sheet() {
        let text = "Number,Short description,Planned start,Planned end,Configuration item,Assigned to\nCHG1,\"Open, then close\",2026-03-01 02:00:00,2026-03-01 04:00:00,sg-1; sg-2,alice\n,,,,,\n";
        let sheet = sheet("a/changes.CSV", text.as_bytes()).expect("a sheet");
        let columns = recognise(&sheet.headings);
        assert!(columns.is_whole());
        let tickets = sheet.tickets(&columns);
        assert_eq!(tickets.len(), 1);
        assert_eq!(
            (tickets[0].id.as_str(), tickets[0].title.as_str()),
            ("CHG1", "Open, then close")
        );
        assert_eq!(tickets[0].resources, ["sg-1", "sg-2"]);
        assert_eq!(
            tickets[0].window,
            Some((
                Moment::parse("2026-03-01T02:00:00Z").expect("a moment"),
                Moment::parse("2026-03-01T04:00:00Z").expect("a moment")
            ))
        );
    }

    #[test]
    fn only_states_after_an_approval_approve() {
        let is_approved = |state: &str| {
            let state = state.to_owned();
            Ticket {
                state,
                ..Ticket::default()
            }
            .is_approved()
        };
        for state in [
            "",
            "Approved",
            "Closed",
            "Closed Successful",
            "Scheduled",
            "Implement",
            "Review",
            "Done",
            "CAB Approved",
        ] {
            assert!(is_approved(state), "{state}");
        }
        for state in [
            "Rejected",
            "Not approved",
            "Pending approval",
            "Not Yet Requested",
            "Requested",
            "Unapproved",
            "New",
            "Draft",
            "Assess",
            "Authorize",
            "Canceled",
            "Waiting for approval",
            "In Review",
            "Open",
            "To Do",
            "Closed - rejected",
        ] {
            assert!(!is_approved(state), "{state}");
        }
    }

    #[test]
    fn other_tables_are_not() {
        for text in [
            "name,email\nAlice,alice@example.org\n",
            "2026-03-01,1\n2026-03-02,2\n",
            "",
            "one column\n2026-03-01\n",
            "\u{0},\u{0}\n\u{0}",
        ] {
            assert_eq!(sheet("x.csv", text.as_bytes()), None, "{text:?}");
        }
        assert_eq!(sheet("x.txt", b"id,start\n1,2026-03-01\n"), None);
        assert!(sheet("x.csv", b"Kennung;Beginn\n1;2026-03-01\n").is_some());
    }
}
