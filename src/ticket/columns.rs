//! What the columns of a table of tickets mean.

use serde::{Deserialize, Serialize};

/// What a column tells.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Role {
    /// The ticket's number.
    Id,
    /// What it is for.
    Title,
    /// When the change may begin.
    Start,
    /// When it must be over.
    End,
    /// What may be changed.
    Resource,
    /// Who may change it.
    Actor,
    /// Approved, rejected, closed.
    State,
}

/// All roles, with their words and the headings that tell them: lower case, letters and digits only. The first
/// column of the first heading that fits counts.
pub const ROLES: [(Role, &str, &[&str]); 7] = [
    (
        Role::Id,
        "Number",
        &[
            "number",
            "ticket",
            "ticketid",
            "ticketnumber",
            "changeid",
            "changenumber",
            "change",
            "changerequest",
            "key",
            "issuekey",
            "id",
            "reference",
            "ref",
        ],
    ),
    (
        Role::Title,
        "What for",
        &[
            "shortdescription",
            "summary",
            "title",
            "subject",
            "description",
            "name",
        ],
    ),
    (
        Role::Start,
        "From",
        &[
            "plannedstart",
            "plannedstartdate",
            "plannedstarttime",
            "scheduledstart",
            "scheduledstartdate",
            "changestart",
            "changestartdate",
            "windowstart",
            "actualstart",
            "implementationstart",
            "startdate",
            "starttime",
            "start",
            "from",
            "begin",
            "validfrom",
            "date",
            "opened",
            "created",
        ],
    ),
    (
        Role::End,
        "To",
        &[
            "plannedend",
            "plannedenddate",
            "plannedendtime",
            "scheduledend",
            "scheduledenddate",
            "changeend",
            "changeenddate",
            "windowend",
            "actualend",
            "implementationend",
            "enddate",
            "endtime",
            "end",
            "to",
            "until",
            "validto",
            "closed",
            "resolved",
        ],
    ),
    (
        Role::Resource,
        "Resource",
        &[
            "configurationitem",
            "configurationitems",
            "ci",
            "cis",
            "resource",
            "resources",
            "resourceid",
            "affectedresource",
            "affectedresources",
            "affectedci",
            "affectedcis",
            "asset",
            "assets",
            "component",
            "components",
            "system",
        ],
    ),
    (
        Role::Actor,
        "Who",
        &[
            "implementer",
            "implementor",
            "implementedby",
            "assignedto",
            "assignee",
            "actor",
            "user",
            "executor",
            "changeowner",
            "owner",
            "engineer",
            "who",
        ],
    ),
    (
        Role::State,
        "State",
        &[
            "approval",
            "approvalstatus",
            "approvalstate",
            "state",
            "status",
        ],
    ),
];

/// Which column has which role: places of columns, as in [`ROLES`].
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Columns {
    /// The place of each role's column.
    pub places: [Option<u16>; 7],
    /// Hours by which times without a zone are ahead of UTC.
    pub hours: i8,
    /// Minutes beside them, ahead or behind as the hours are.
    pub minutes: u8,
}

impl Columns {
    /// Seconds by which times without a zone are ahead of UTC.
    pub fn ahead(&self) -> i64 {
        let minutes = 60 * i64::from(self.minutes);
        3_600 * i64::from(self.hours) + if self.hours < 0 { -minutes } else { minutes }
    }

    /// The same as it is written, `5:30`.
    pub fn offset(&self) -> String {
        format!("{}:{:02}", self.hours, self.minutes)
    }

    /// Takes what is written so, or hours alone; says whether it could be read.
    pub fn set_offset(&mut self, text: &str) -> bool {
        let (hours, minutes) = text.trim().split_once(':').unwrap_or((text.trim(), "0"));
        let both = hours.parse().ok().zip(minutes.parse().ok());
        let both = both.filter(|(hours, minutes)| (-14..=14).contains(hours) && *minutes < 60);
        if let Some(both) = both {
            (self.hours, self.minutes) = both;
        }
        both.is_some()
    }

    /// The column of a role.
    pub fn place(&self, role: Role) -> Option<usize> {
        let at = ROLES.iter().position(|(one, ..)| *one == role)?;
        self.places[at].map(usize::from)
    }

    /// Whether enough is known to match tickets: a number and a time.
    pub fn is_whole(&self) -> bool {
        self.place(Role::Id).is_some() && self.place(Role::Start).is_some()
    }
}

/// Recognises the columns of a table by their headings.
pub fn recognise(headings: &[String]) -> Columns {
    let plain: Vec<String> = headings
        .iter()
        .map(|heading| {
            let signs = heading.chars().filter(|sign| sign.is_alphanumeric());
            signs.flat_map(char::to_lowercase).collect()
        })
        .collect();
    let mut columns = Columns::default();
    for (at, (.., names)) in ROLES.iter().enumerate() {
        let is_free = |place: usize, taken: &Columns| !taken.places.contains(&Some(place as u16));
        columns.places[at] = names.iter().find_map(|name| {
            let place = plain.iter().position(|heading| heading == name)?;
            is_free(place, &columns).then_some(place as u16)
        });
    }
    columns
}

/// Whether headings are those of change tickets beyond doubt: they name a ticket, and when the change may happen.
pub(crate) fn are_tickets(headings: &[String]) -> bool {
    let columns = recognise(headings);
    let words = headings.join(" ").to_lowercase();
    let names = [
        "change",
        "ticket",
        "planned",
        "scheduled",
        "implement",
        "approv",
    ];
    columns.is_whole() && names.iter().any(|name| words.contains(name))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(headings: &str) -> (Columns, bool) {
        let headings: Vec<String> = headings.split(',').map(str::to_owned).collect();
        (recognise(&headings), are_tickets(&headings))
    }

    #[test]
    fn zones_are_hours_and_minutes() {
        let ahead = |text: &str| {
            let mut columns = Columns::default();
            columns
                .set_offset(text)
                .then(|| (columns.ahead(), columns.offset()))
        };
        assert_eq!(ahead("5:30"), Some((19_800, "5:30".to_owned())));
        assert_eq!(ahead(" -3:30"), Some((-12_600, "-3:30".to_owned())));
        assert_eq!(ahead("1"), Some((3_600, "1:00".to_owned())));
        for text in ["", "5:60", "99", "half", "5:3:0"] {
            assert_eq!(ahead(text), None, "{text}");
        }
    }

    #[test]
    fn headings_of_ticket_systems() {
        let (columns, sure) = of(
            "Number,Short description,State,Planned start date,Planned end date,Assigned to,Configuration item",
        );
        assert_eq!(
            columns.places,
            [
                Some(0),
                Some(1),
                Some(3),
                Some(4),
                Some(6),
                Some(5),
                Some(2)
            ]
        );
        assert!(sure);
        let (columns, sure) =
            of("Issue key,Summary,Status,Assignee,Change start date,Change end date");
        assert_eq!(
            columns.places,
            [Some(0), Some(1), Some(4), Some(5), None, Some(3), Some(2)]
        );
        assert!(sure);
        let (columns, sure) = of("id,date,amount");
        assert!(columns.is_whole() && !sure);
        let (columns, sure) = of("Kennung,Beginn,Ende");
        assert!(!columns.is_whole() && !sure);
    }
}
