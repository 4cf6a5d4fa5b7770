//! What is known of the file that an event is in.

use crate::integrity::{LogStatus, State};

/// What is known of the file that an event is in.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Standing(pub Option<LogStatus>);

impl Standing {
    /// How it is shown; files that no digest could ever list are not covered.
    pub fn state(self) -> State {
        self.0.map_or(State::NotCovered, LogStatus::state)
    }

    /// The word for it.
    pub fn name(self) -> &'static str {
        self.0.map_or("not-covered", LogStatus::name)
    }

    /// How good it is as proof; the best comes first.
    pub(super) fn rank(self) -> u8 {
        match self.0 {
            Some(LogStatus::Valid) => 0,
            Some(LogStatus::Unproven) => 1,
            Some(LogStatus::Uncovered) => 2,
            None => 3,
            Some(LogStatus::Unlisted) => 4,
            Some(_) => 5,
        }
    }
}
