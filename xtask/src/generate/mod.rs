//! `generate`: evidence made from a seed, with keys of its own. The same bytes on every machine.

mod artifacts;
mod audit;
mod bulk;
mod config;
mod defects;
mod demo;
mod dependencies;
mod events;
mod files;
mod fixtures;
mod key;
mod objects;
mod pdf;
mod secrets;
mod sns;
mod trail;
mod vectors;

use anyhow::{Result, bail};
use pico_args::Arguments;

/// The `generate` command.
pub(crate) fn run(mut args: Arguments) -> Result<()> {
    match args.subcommand()?.as_deref() {
        Some("fixtures") => fixtures::run(args),
        Some("demo") => demo::run(args),
        Some("dependencies") => dependencies::run(args),
        Some("bulk") => bulk::run(args),
        Some("events") => events::run(args),
        _ => bail!("generate takes one of fixtures, demo, dependencies, bulk, events"),
    }
}
