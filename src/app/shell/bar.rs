//! The top bar: the case and its verdict, the intake, the seal, the menu.

use std::rc::Rc;

use wasm_bindgen::JsCast as _;
use web_sys::HtmlInputElement;
use yew::prelude::*;

use exhibit::integrity::Verdict;

use crate::app::boot;
use crate::app::client::Client;
use crate::app::commands::{Command, Runner};
use crate::app::dropped;
use crate::app::format;
use crate::app::offline;
use crate::app::session::{Intake, Phase, Session};

#[component]
pub(super) fn Bar() -> Html {
    let session = use_context::<Rc<Session>>().unwrap_or_default();
    let Some(runner) = use_context::<Runner>() else {
        return html! { <header class="bar" /> };
    };
    let run = |command| {
        let runner = runner.clone();
        Callback::from(move |_: MouseEvent| runner.run(command))
    };
    let has_case = session.intake.phase != Phase::Empty;
    let sealed = boot::is_sealed();
    let update = offline::use_standing().update.is_some();
    html! {
        <header class="bar">
            <div class="case">
                { verdict(&session) }
                <span class="demo">{ session.demo.then(|| html! { <strong class="tag">{"Demo: made-up evidence"}</strong> }) }</span>
            </div>
            { progress(&session.intake, run(Command::Cancel)) }
            <div class="tools">
                <Inputs />
                <button onclick={run(Command::AddFiles)}>{"Add files"}</button>
                <button onclick={run(Command::AddFolder)}>{"Add folder"}</button>
                <button data-testid="clear-case" disabled={!has_case && !session.keeps} onclick={run(Command::ClearCase)}>{"Clear"}</button>
                <button data-testid="saved-views" title="Saved views (w)" onclick={run(Command::ShowViews)}>{"Views"}</button>
                <span class="news">{ update.then(|| html! { <button class="primary" data-testid="update" title="A newer version is on this host" onclick={run(Command::ShowOffline)}>{"New version"}</button> }) }</span>
                <button class={classes!("seal", (!sealed).then_some("open"))} data-testid="network-seal" data-sealed={sealed.to_string()} title="Why nothing leaves this page" onclick={run(Command::ShowPrivacy)}>
                    <span aria-hidden="true">{ if sealed { "✓" } else { "✕" } }</span>{ if sealed { " Network sealed" } else { " Network not sealed" } }
                </button>
                <button title="Light or dark (t)" aria-label="Light or dark" onclick={run(Command::ToggleTheme)}>{"◐"}</button>
                <button title="Find a command (Ctrl+K)" aria-label="Find a command" onclick={run(Command::ShowPalette)}>{"⌘"}</button>
                <button title="Keyboard shortcuts (?)" aria-label="Keyboard shortcuts" onclick={run(Command::ShowHelp)}>{"?"}</button>
            </div>
        </header>
    }
}

fn verdict(session: &Session) -> Html {
    let overview = session
        .overview
        .as_ref()
        .filter(|overview| overview.files > 0);
    let (name, word) = match overview.map(|overview| overview.verdict) {
        None => ("none", "No evidence yet"),
        Some(Verdict::None) => ("none", "Nothing to judge by"),
        Some(Verdict::Verified) => ("verified", "✓ Verified"),
        Some(Verdict::Incomplete) => ("incomplete", "◌ Incomplete"),
        Some(Verdict::Failed) => ("failed", "✕ Failed"),
    };
    html! { <a class={classes!("chip", format!("verdict-{name}"))} data-testid="verdict" data-verdict={name} href="#/v1/integrity">{ word }</a> }
}

/// The two inputs of the contract: always there, and good for any number of times.
#[component]
fn Inputs() -> Html {
    let client = use_context::<Client>();
    let folder = use_node_ref();
    use_effect_with(folder.clone(), |folder| {
        if let Some(input) = folder.cast::<HtmlInputElement>() {
            // Yew does not know the attribute.
            let _ = input.set_attribute("webkitdirectory", "");
        }
    });
    let input_of = |event: &Event| {
        let target = event.target()?;
        target.dyn_into::<HtmlInputElement>().ok()
    };
    let onsettings = {
        let client = client.clone();
        Callback::from(move |event: Event| {
            let Some(input) = input_of(&event) else {
                return;
            };
            let file = input.files().and_then(|files| files.get(0));
            if let (Some(client), Some(file)) = (&client, file) {
                client.open_settings(file);
            }
            input.set_value("");
        })
    };
    let onchange = Callback::from(move |event: Event| {
        let Some(input) = input_of(&event) else {
            return;
        };
        if let (Some(client), Some(files)) = (&client, input.files()) {
            client.add(dropped::listed(&files));
        }
        // The same folder can be chosen again.
        input.set_value("");
    });
    html! {
        <>
            <input id="evidence-files" class="hidden-input" tabindex="-1" aria-label="Evidence files" type="file" multiple=true onchange={onchange.clone()} />
            <input id="settings-file" class="hidden-input" tabindex="-1" aria-label="A file of saved views and settings" type="file" accept=".json" onchange={onsettings} />
            <input id="evidence-folder" ref={folder} class="hidden-input" tabindex="-1" aria-label="Evidence folder" type="file" {onchange} />
        </>
    }
}

fn progress(intake: &Intake, cancel: Callback<MouseEvent>) -> Html {
    let reading = intake.phase == Phase::Reading;
    let share = if intake.total > 0.0 {
        (intake.done / intake.total).min(1.0)
    } else {
        0.0
    };
    html! {
        <div class="intake" data-testid="intake" data-state={intake.phase.name()} data-files={intake.files.to_string()}>
            <span class="words" role="status">{ words(intake) }</span>
            <span class="meter">
                { reading.then(|| html! { <progress max="1" value={format!("{share:.3}")} aria-label="Bytes read" /> }) }
                { (reading && !intake.judging && !intake.cancelled).then(|| html! { <button onclick={cancel}>{"Cancel"}</button> }) }
            </span>
        </div>
    }
}

/// The intake in words: phase, files, bytes, rate, time left.
fn words(intake: &Intake) -> String {
    let files = format::count(intake.files, "file");
    match intake.phase {
        Phase::Empty => "Drop evidence anywhere on this page".to_owned(),
        Phase::Ready if intake.cancelled => format!("{files} read, the rest was cancelled"),
        Phase::Ready => format!("{files}, {}", format::size(intake.total)),
        Phase::Reading if intake.judging && intake.checks > 0 => {
            format!(
                "Checking signatures: {} to go, {files}",
                format::number(intake.checks)
            )
        }
        Phase::Reading if intake.judging => format!("Judging {files}"),
        Phase::Reading => {
            let listing = if intake.listing {
                "Listing and reading"
            } else {
                "Reading"
            };
            let left = intake
                .left()
                .map(|left| format!(", {} left", format::duration(left)));
            format!(
                "{listing}: {files}, {} of {}{}, {}/s{}",
                format::size(intake.done),
                if intake.is_exact { "" } else { "about " },
                format::size(intake.total),
                format::size(intake.rate()),
                left.unwrap_or_default()
            )
        }
    }
}
