//! `serve`: builds, serves dist/ on this machine only, and prints the address.

use anyhow::{Context, Result};
use pico_args::Arguments;

use crate::build::{self, Profile};
use crate::server::{Folder, Server};
use crate::shell;

const PORT: u16 = 8080;

/// The `serve` command.
pub(crate) fn run(mut args: Arguments) -> Result<()> {
    let port = args.opt_value_from_str("--port")?.unwrap_or(PORT);
    let profile = Profile::from_args(&mut args);
    let is_built = args.contains("--no-build");
    shell::finish(args)?;

    if !is_built {
        build::build(profile)?;
    }
    let folder = Folder::open(&build::dist())?;
    let server = Server::start(port, move |request| folder.answer(request)).with_context(|| {
        format!("port {port} is taken or not allowed: choose another with --port N")
    })?;
    println!("\nserving on {}   (Ctrl-C ends it)", server.url());
    server.wait();
    Ok(())
}
