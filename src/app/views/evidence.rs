//! What was dropped: every file with its kind, place, hash and problem.

use std::rc::Rc;

use yew::prelude::*;

use exhibit::case::Table;

use crate::app::commands::{Command, Runner};
use crate::app::format;
use crate::app::session::{Phase, Session};
use crate::app::widgets::table::Grid;

/// How evidence is collected; the README has the same, which `tests/tidy.rs` holds.
const COLLECT: &str = include_str!("collect.txt");

#[component]
pub(crate) fn Evidence() -> Html {
    let session = use_context::<Rc<Session>>().unwrap_or_default();
    let runner = use_context::<Runner>();
    let run = |command| {
        let runner = runner.clone();
        Callback::from(move |_: MouseEvent| {
            if let Some(runner) = &runner {
                runner.run(command);
            }
        })
    };
    let empty = session.intake.phase == Phase::Empty;
    html! {
        <div class="page fill" data-testid="view-evidence">
            { if empty { welcome(run) } else { files(&session, run(Command::SaveManifest)) } }
        </div>
    }
}

/// The first sight of an empty case.
fn welcome(run: impl Fn(Command) -> Callback<MouseEvent>) -> Html {
    html! {
        <div class="welcome">
            <h1>{"See which AWS evidence is proven"}</h1>
            <p class="lead">{"Drop what a CloudTrail trail wrote to its bucket: Exhibit checks hashes, signatures and digest chains here in the browser, and shows what is proven, what was altered and what is missing."}</p>
            <div class="dropzone">
                <p><strong>{"Drop files, folders, .zip or .tar anywhere"}</strong></p>
                <p>
                    <button class="primary" onclick={run(Command::AddFolder)}>{"Choose a folder"}</button>{" "}
                    <button onclick={run(Command::AddFiles)}>{"Choose files"}</button>{" "}
                    <button data-testid="load-demo" onclick={run(Command::LoadDemo)}>{"Open the demo case"}</button>
                </p>
                <p class="fine">{"The demo is made up, signed with a key of its own, and has planted faults."}</p>
            </div>
            <div class="two">
                <section><h2>{"How to collect evidence"}</h2><pre>{ COLLECT }</pre></section>
                <section>
                    <h2>{"Why nothing leaves this page"}</h2>
                    <p>{"Before the first file can be dropped, the page closes its own network: a policy that the browser enforces, for the page and every worker, and that nothing can reopen."}</p>
                    <p><button onclick={run(Command::ShowPrivacy)}>{"Show the seal"}</button></p>
                    <h2>{"What is proven, and what is not"}</h2>
                    <p>{"A log file is proven when a proven digest file states its SHA-256. A digest file is proven by its own signature, by the next proven digest that states its hash, or by the signature that the next one carries. All rests on the public keys: fetch them yourself."}</p>
                </section>
            </div>
        </div>
    }
}

fn files(session: &Session, manifest: Callback<MouseEvent>) -> Html {
    let overview = session.overview.clone();
    let (files, bytes, problems) = overview
        .as_ref()
        .map_or((0, 0, 0), |o| (o.files, o.bytes, o.problems));
    let kinds = overview
        .map(|overview| overview.kinds.clone())
        .unwrap_or_default();
    let summary = format!(
        "{}, {}; {}",
        format::count(files, "file"),
        format::size(bytes as f64),
        if problems == 0 {
            "no problem".to_owned()
        } else {
            format!("{} with a problem", format::number(problems))
        }
    );
    html! {
        <div class="stack">
            <div class="heading">
                <h1>{"Evidence"}</h1>
                <p class="summary">{ summary }</p>
                <button onclick={manifest}>{"Hashes of all files"}</button>
            </div>
            <ul class="kinds">{ for kinds.iter().map(|(kind, count)| html! {
                <li key={kind.name()}><strong>{ format::number(*count) }</strong>{" "}{ kind.label() }</li>
            }) }</ul>
            <Grid table={Table::Files} label="Files" />
        </div>
    }
}
