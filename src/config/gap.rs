//! What was not recorded, or is not here.

use crate::moment::Moment;

/// Something that was not recorded, or is not in the evidence.
#[derive(Clone, Debug, PartialEq)]
pub struct Gap {
    /// Why.
    pub kind: GapKind,
    /// Since when, where told.
    pub from: Option<Moment>,
    /// Until when; `None` where it had not ended.
    pub to: Option<Moment>,
    /// More of it, in words.
    pub what: String,
}

/// Why something is not known.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum GapKind {
    /// The recorder was stopped.
    Stopped,
    /// Types are not recorded.
    TypesNotRecorded,
    /// A delivery failed.
    DeliveryFailed,
    /// A delivery is announced whose file is not here.
    FileMissing,
    /// A delivery is announced whose file is here, and could not be read, or not all of it.
    FileUnread,
}

impl GapKind {
    /// The name in the report.
    pub fn name(self) -> &'static str {
        match self {
            GapKind::Stopped => "recorder-stopped",
            GapKind::TypesNotRecorded => "types-not-recorded",
            GapKind::DeliveryFailed => "delivery-failed",
            GapKind::FileMissing => "file-missing",
            GapKind::FileUnread => "file-unread",
        }
    }

    /// What happened, for people.
    pub fn message(self) -> &'static str {
        match self {
            GapKind::Stopped => "The recorder was stopped: changes of that time are not known.",
            GapKind::TypesNotRecorded => {
                "Some types of resources are not recorded: nothing is known of them."
            }
            GapKind::DeliveryFailed => {
                "AWS Config could not deliver: files of that time may never have been written."
            }
            GapKind::FileMissing => {
                "A message announces the delivery of a file that is not in the evidence."
            }
            GapKind::FileUnread => {
                "A message announces the delivery of a file that is in the evidence and could not be read in full: what it tells is not all known."
            }
        }
    }

    /// What to do about it, for people.
    pub fn recommendation(self) -> &'static str {
        match self {
            GapKind::Stopped => {
                "Look in Activity for who stopped it (name:StopConfigurationRecorder)."
            }
            GapKind::TypesNotRecorded => {
                "Ask why they are left out, and collect their state in another way."
            }
            GapKind::DeliveryFailed => "Check the delivery channel's bucket and its policy.",
            GapKind::FileMissing => {
                "Fetch it from the bucket; if it is gone there, ask who deleted it."
            }
            GapKind::FileUnread => "See in Evidence what is wrong with it, and fetch it again.",
        }
    }
}

/// Stops that overlap are one: the recorder's items and its status tell the same.
pub(super) fn joined(gaps: Vec<Gap>) -> Vec<Gap> {
    let mut all: Vec<Gap> = Vec::new();
    for gap in gaps {
        let overlaps = |other: &&mut Gap| {
            other.kind == GapKind::Stopped
                && gap.kind == GapKind::Stopped
                && other
                    .to
                    .is_none_or(|to| gap.from.is_none_or(|from| from <= to))
        };
        match all.iter_mut().rev().find(overlaps) {
            Some(other) => other.to = other.to.zip(gap.to).map(|(a, b)| a.max(b)),
            None => all.push(gap),
        }
    }
    all
}
