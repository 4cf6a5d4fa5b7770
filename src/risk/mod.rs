//! What is dangerous in the events: how risky each call and each error is held to be, alerts, and who does what.
//!
//! May use: `activity`, `object`, `config`, `sigma`. Values are the product's own unless marked as published samples of Macie Classic
//! (Amazon never published the rest); users can change each. They are a model, not a measurement.

pub mod accessed;
pub mod alerts;
pub mod allowed;
pub mod calls;
pub mod changes;
pub mod conduct;
pub mod errors;
pub mod objects;
pub mod over_time;
pub mod reach;
pub mod users;
pub mod values;
pub mod widened;

pub use alerts::{ALERTS, Alert, CustomAlert, Severity};
pub use calls::{counted_calls, of_call};
pub use errors::{counted_errors, of_error};
pub use values::{Disabled, MOST, Rated, Values};

/// Whose value a row of the model has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Origin {
    /// A published sample of Macie Classic.
    Published,
    /// This project's, not Amazon's.
    Ours,
    /// The user's.
    Yours,
    /// There is none.
    None,
}

impl Origin {
    /// The words for it.
    pub fn name(self) -> &'static str {
        match self {
            Origin::Published => "published sample",
            Origin::Ours => "ours, not Amazon's",
            Origin::Yours => "set by you",
            Origin::None => "none",
        }
    }
}

/// A call or an error: its name, its service, how often it occurs, how risky it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Counted {
    /// The name.
    pub name: String,
    /// By what its value is kept; see [`calls::key`].
    pub key: String,
    /// The service; empty for errors.
    pub source: String,
    /// What it is about.
    pub class: &'static str,
    /// Events.
    pub count: u32,
    /// Its value, whether it counts or not.
    pub value: u8,
    /// The risk of one: 0 where it does not count.
    pub risk: u8,
    /// Whether it counts.
    pub is_on: bool,
    /// Whose value that is.
    pub origin: Origin,
    /// Why.
    pub reason: String,
    /// What it does, or what happened.
    pub description: String,
}

fn riskiest(all: Vec<Counted>) -> Vec<Counted> {
    crate::order::sorted(all, |a, b| {
        b.risk
            .cmp(&a.risk)
            .then_with(|| b.count.cmp(&a.count))
            .then_with(|| (&a.name, &a.source).cmp(&(&b.name, &b.source)))
    })
}
