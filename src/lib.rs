//! The domain library of Exhibit: reads AWS evidence, proves what can be proven, answers the audit's questions.
//!
//! It compiles for the host and knows no browser; the application around it is `src/main.rs`.
//! A value moves forward only: bytes -> [`evidence`] -> [`cloudtrail`], [`config`] -> [`integrity`] -> [`case`].
//! `tests/tidy.rs` holds these arrows.
#![forbid(unsafe_code)]

pub mod activity;
pub mod artifact;
pub mod audit;
pub mod case;
pub mod cloudtrail;
pub mod compliance;
pub mod config;
pub mod document;
pub mod evidence;
pub mod intake;
pub mod integrity;
pub mod moment;
pub mod object;
pub mod order;
pub mod percent;
pub mod risk;
pub mod room;
pub mod secret;
pub mod sigma;
pub mod sum;
pub mod texts;
pub mod ticket;
