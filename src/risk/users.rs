//! Who does what: users in tiers, their sessions, and what is unusual against their own past. It is statistics;
//! [`super::conduct`] works it out.

use crate::activity::EventIx;
use crate::moment::Moment;

/// Seconds of a session: Macie Classic counted the events of each user by five minutes of the clock.
pub const SESSION: u32 = 300;
/// Reading calls from which on a user who changed nothing is silver.
pub const MANY_READS: u32 = 100;
/// From this risk on a call that changes something is an administrator's.
pub const HIGH: u8 = 8;
/// Events and seconds of a user's own past without which nothing is unusual.
pub const PAST: (u32, u32) = (50, 3 * 86_400);

/// The tiers of users that Macie Classic had, by how much harm they could do. Its bounds were told in words only;
/// these are this project's: what succeeded counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Tier {
    /// Root, or a call that changes something and has a risk from 8 to 10; a policy that allows one.
    Platinum,
    /// A call that changes something; a policy that allows one.
    Gold,
    /// Read objects of buckets, or at least a hundred reading calls; a policy that allows reading objects.
    Silver,
    /// Less than that.
    Bronze,
}

impl Tier {
    /// All of them, the highest first.
    pub const ALL: [Tier; 4] = [Tier::Platinum, Tier::Gold, Tier::Silver, Tier::Bronze];

    /// The word for it.
    pub fn name(self) -> &'static str {
        match self {
            Tier::Platinum => "platinum",
            Tier::Gold => "gold",
            Tier::Silver => "silver",
            Tier::Bronze => "bronze",
        }
    }

    /// What makes it, in words.
    pub fn meaning(self) -> &'static str {
        match self {
            Tier::Platinum => {
                "root, a call of risk 8 to 10 that changed something, or a policy that allows one"
            }
            Tier::Gold => "a call that changed something, or a policy that allows one",
            Tier::Silver => {
                "read objects of buckets or made at least 100 reading calls, or has a policy that allows reading objects"
            }
            Tier::Bronze => "less than that",
        }
    }

    /// What a policy allows whose text is not known, by its name among AWS's own and those called alike.
    pub fn of_policy(name: &str) -> Option<Tier> {
        let name = name.rsplit('/').next().unwrap_or(name);
        let is = |names: &[&str]| names.contains(&name);
        if is(&[
            "AdministratorAccess",
            "IAMFullAccess",
            "AdministratorAccess-Amplify",
            "AWSOrganizationsFullAccess",
        ]) {
            Some(Tier::Platinum)
        } else if is(&[
            "PowerUserAccess",
            "SystemAdministrator",
            "DatabaseAdministrator",
            "NetworkAdministrator",
        ]) || name.ends_with("FullAccess")
        {
            Some(Tier::Gold)
        } else if is(&["ReadOnlyAccess", "SecurityAudit", "ViewOnlyAccess"])
            || name.ends_with("ReadOnlyAccess")
        {
            Some(Tier::Silver)
        } else {
            None
        }
    }
}

/// A user: an IAM user, a role whoever took it on, root, or whoever else signs in.
#[derive(Clone, Debug, PartialEq)]
pub struct User {
    /// As Macie Classic wrote it: account, kind and name, `111122223333:user:bob`.
    pub id: String,
    /// The query of its events.
    pub query: String,
    /// The tier by what it did.
    pub did: Tier,
    /// Events, and those with an error.
    pub events: [u32; 2],
    /// Events that changed something, and those of high risk among all.
    pub changes: [u32; 2],
    /// The riskiest call.
    pub top: (u8, String),
    /// Its sessions.
    pub sessions: u32,
    /// What was unusual.
    pub unusual: u32,
    /// The first and the last event.
    pub span: (Moment, Moment),
    /// Whether it is the root user.
    pub(super) is_root: bool,
    pub(super) reads: u32,
    pub(super) read_objects: bool,
}

/// What a user did within five minutes.
#[derive(Clone, Debug, PartialEq)]
pub struct Session {
    /// Whose: place among users.
    pub user: u32,
    /// The beginning of the five minutes.
    pub from: Moment,
    /// Events, and those with an error.
    pub events: [u32; 2],
    /// Different calls and addresses.
    pub different: [u32; 2],
    /// The riskiest call.
    pub top: (u8, String),
}

/// What is new of a user.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum New {
    /// A call that the user never made before.
    Call,
    /// An address that the user never called from before.
    Address,
    /// A region that the user never worked in before.
    Region,
    /// An hour of the day in which, as in those beside it, the user never worked before.
    Hour,
}

impl New {
    /// The words for it.
    pub fn name(self) -> &'static str {
        match self {
            New::Call => "rare call",
            New::Address => "new IP",
            New::Region => "new region",
            New::Hour => "unusual hour",
        }
    }
}

/// Something that a user had not done before, after some time.
#[derive(Clone, Debug, PartialEq)]
pub struct Unusual {
    /// Whose: place among users.
    pub user: u32,
    /// What is new.
    pub new: New,
    /// The call, address, region or hour.
    pub value: String,
    /// The event.
    pub event: EventIx,
    /// The risk of its call.
    pub risk: u8,
    /// How many events the user had before, over how many days.
    pub past: (u32, u32),
}

/// What events tell of users.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Users {
    /// Users, the highest tier first.
    pub users: Vec<User>,
    /// Their sessions, the riskiest first.
    pub sessions: Vec<Session>,
    /// What was unusual, the riskiest first.
    pub unusual: Vec<Unusual>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn attached_policies_have_tiers_by_their_names() {
        assert_eq!(
            Tier::of_policy("arn:aws:iam::aws:policy/AdministratorAccess"),
            Some(Tier::Platinum)
        );
        assert_eq!(
            Tier::of_policy("arn:aws:iam::aws:policy/job-function/ViewOnlyAccess"),
            Some(Tier::Silver)
        );
    }
}
