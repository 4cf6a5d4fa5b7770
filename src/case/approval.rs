//! How a change stands to a ticket: by what both tell of resource and actor.

use serde::{Deserialize, Serialize};

use crate::ticket::Ticket;

/// How a change stands to the tickets; the worst first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub enum Approval {
    /// No ticket fits.
    Unapproved,
    /// It is within the window of a ticket that names neither a resource nor an actor that could be compared.
    TimeOnly,
    /// Of resource and actor one fits a ticket of the time, the other does not.
    Partly,
    /// It is within a ticket's window, and whatever can be compared of resource and actor fits.
    Approved,
}

impl Approval {
    /// All, in order.
    pub const ALL: [Approval; 4] = [
        Approval::Unapproved,
        Approval::TimeOnly,
        Approval::Partly,
        Approval::Approved,
    ];

    /// The word.
    pub fn name(self) -> &'static str {
        match self {
            Approval::Unapproved => "unapproved",
            Approval::TimeOnly => "time only",
            Approval::Partly => "partly",
            Approval::Approved => "approved",
        }
    }
}

/// Whether one of the names that a ticket states is one of those that a change tells: the same, or the end of an ARN
/// or a path. `None` where one of both tells none.
fn fits(stated: &[String], told: &[String]) -> Option<bool> {
    if stated.is_empty() || told.is_empty() {
        return None;
    }
    let is_end = |whole: &str, name: &str| {
        whole == name
            || whole
                .strip_suffix(name)
                .is_some_and(|rest| rest.ends_with(['/', ':']))
    };
    Some(stated.iter().any(|name| {
        told.iter()
            .any(|one| is_end(one, name) || is_end(name, one))
    }))
}

/// How a change within a ticket's window stands to it.
pub(super) fn compare(ticket: &Ticket, names: &[String], actors: &[String]) -> Approval {
    match (fits(&ticket.resources, names), fits(&ticket.actors, actors)) {
        (Some(false), Some(false) | None) | (None, Some(false)) => Approval::Unapproved,
        (Some(false), Some(true)) | (Some(true), Some(false)) => Approval::Partly,
        (None, None) => Approval::TimeOnly,
        (Some(true), _) | (None, Some(true)) => Approval::Approved,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_change_fits_by_what_both_tell() {
        let names = |all: &[&str]| all.iter().map(|one| (*one).to_owned()).collect::<Vec<_>>();
        let of = |resources: &[&str], actors: &[&str], told: &[&str], by: &[&str]| {
            let ticket = Ticket {
                resources: names(resources),
                actors: names(actors),
                ..Ticket::default()
            };
            compare(&ticket, &names(told), &names(by))
        };
        let (sg, arn) = ("sg-1", "arn:aws:iam::1:user/alice");
        assert_eq!(of(&[sg], &["alice"], &[sg], &[arn]), Approval::Approved);
        assert_eq!(
            of(
                &[sg],
                &[],
                &["x", "arn:aws:ec2:::security-group/sg-1"],
                &[arn]
            ),
            Approval::Approved
        );
        assert_eq!(of(&[], &["alice"], &[sg], &[arn]), Approval::Approved);
        assert_eq!(of(&[sg], &["bob"], &[sg], &[arn]), Approval::Partly);
        assert_eq!(of(&["sg-2"], &["alice"], &[sg], &[arn]), Approval::Partly);
        assert_eq!(of(&["sg-2"], &[], &[sg], &[arn]), Approval::Unapproved);
        assert_eq!(of(&["g-1"], &[], &[sg], &[]), Approval::Unapproved);
        assert_eq!(of(&[], &["bob"], &[sg], &[arn]), Approval::Unapproved);
        assert_eq!(of(&[], &[], &[sg], &[arn]), Approval::TimeOnly);
        assert_eq!(of(&[], &["alice"], &[sg], &[]), Approval::TimeOnly);
    }
}
