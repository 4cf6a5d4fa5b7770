//! The project's one tool. `cargo xtask` alone lists what it can do.

mod bench;
mod build;
mod deny;
mod e2e;
mod fuzz;
mod generate;
mod offline;
mod one_file;
mod pack;
mod reproduce;
mod serve;
mod server;
mod setup;
mod shell;
mod shots;
mod test;
mod webdriver;

use std::process::ExitCode;

use anyhow::{Result, bail};
use pico_args::Arguments;

/// One subcommand: its name, what it does in one line, and the function that does it.
struct Command {
    name: &'static str,
    about: &'static str,
    run: fn(Arguments) -> Result<()>,
}

const COMMANDS: &[Command] = &[
    Command {
        name: "serve",
        about: "build and serve on 127.0.0.1:8080  [--port N] [--dev] [--no-build]",
        run: serve::run,
    },
    Command {
        name: "build",
        about: "make dist/, ready for any static host  [--dev]",
        run: build::run,
    },
    Command {
        name: "test",
        about: "format, lints, tests on the host and in the browser  [--full] [--only fmt|lint|deny|domain|peer|web|e2e|reproduce|load|fuzz|firefox] [--browser chromium|firefox] [--e2e-filter NAME] [--dev] [--no-build]",
        run: test::run,
    },
    Command {
        name: "bench",
        about: "measure dist/ beside its peers in a real browser  [--only CASE] [--runs N] [--readers N] [--start] [--queries N] [--items N] [--objects MB] [--risk N] [--report N] [--no-build]",
        run: bench::run,
    },
    Command {
        name: "generate",
        about: "make evidence and lists  fixtures | demo | dependencies | bulk --logs N --digests N --json-bytes N --out DIR | events --count N --out DIR",
        run: generate::run,
    },
    Command {
        name: "load",
        about: "much evidence in a real browser, over dist/ as it is; minutes each  [--only NAME]",
        run: |mut args| {
            let only: Option<String> = args.opt_value_from_str("--only")?;
            shell::finish(args)?;
            e2e::run_load(only.as_deref())
        },
    },
    Command {
        name: "fuzz",
        about: "run the targets under fuzz/, with a nightly compiler  [--seconds N] [--target NAME]",
        run: fuzz::run,
    },
    Command {
        name: "shots",
        about: "pictures of every view of dist/ into target/shots/, or those of the documents  [--view NAME] [--small] [--parts] [--drop FOLDER] [--docs]",
        run: shots::run,
    },
];

fn main() -> ExitCode {
    match dispatch() {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn dispatch() -> Result<()> {
    let mut args = Arguments::from_env();
    let Some(name) = args.subcommand()? else {
        print_commands();
        return Ok(());
    };
    let Some(command) = COMMANDS.iter().find(|command| command.name == name) else {
        print_commands();
        bail!("there is no command `{name}`: choose one of those above");
    };
    (command.run)(args)
}

fn print_commands() {
    println!("cargo xtask <command> [options]\n");
    for command in COMMANDS {
        println!("  {:<9} {}", command.name, command.about);
    }
}
