//! The chain of custody: where files came from, when they were added, what was done, and the case as a file.

use std::rc::Rc;

use yew::prelude::*;

use exhibit::case::{Answer, Custody, Question, Raw, Table};

use crate::app::ask::use_answer;
use crate::app::client::Client;
use crate::app::commands::{Command, Runner};
use crate::app::session::Session;
use crate::app::widgets::table::Grid;
use crate::app::widgets::told::told;

#[derive(PartialEq, Properties)]
pub(super) struct Props {
    /// Whether the record is shown, not the files.
    pub(super) done: bool,
}

#[component]
pub(super) fn Past(props: &Props) -> Html {
    let session = use_context::<Rc<Session>>().unwrap_or_default();
    let client = use_context::<Client>();
    let runner = use_context::<Runner>();
    let answer = use_answer(Question::Custody, session.revision);
    let custody = match answer.as_deref() {
        Some(Answer::Custody(custody)) => custody.clone(),
        _ => Custody::default(),
    };
    let run = |command| {
        let runner = runner.clone();
        Callback::from(move |_: MouseEvent| {
            if let Some(runner) = &runner {
                runner.run(command);
            }
        })
    };
    let found = |words: &'static str, testid: &'static str, act: fn(&Client, &Raw), all: &[Raw]| {
        let one = |raw: &Raw| {
            let (client, raw_) = (client.clone(), raw.clone());
            let onclick = Callback::from(move |_: MouseEvent| {
                if let Some(client) = &client {
                    act(client, &raw_);
                }
            });
            html! { <p key={raw.path.clone()}><code>{ told(&raw.path) }</code>{" "}<button data-testid={testid} {onclick}>{ words }</button></p> }
        };
        html! { <div>{ for all.iter().map(one) }</div> }
    };
    let told = |(at, (path, words)): (usize, &(String, String))| {
        html! { <li key={at.to_string()}><code>{ told(path) }</code>{": "}{ told(words) }</li> }
    };
    let table = if props.done {
        Table::Done
    } else {
        Table::Custody
    };
    let label = if props.done { "What was done" } else { "Files" };
    html! {
        <div class="stack" data-testid="custody">
            <div class="prose">
                <p class="actions">
                    <button onclick={run(Command::SaveManifest)}>{"Hashes of all files"}</button>
                    <button data-testid="save-case" onclick={run(Command::SaveSettings)}>{"Download the case"}</button>
                    <button data-testid="save-bundle" onclick={run(Command::SaveBundle)}>{"Download the case with the evidence itself"}</button>
                    <button data-testid="keep" aria-pressed={session.keeps.to_string()} onclick={run(Command::ToggleKeeping)}>{ if session.keeps { "Forget what this browser keeps" } else { "Keep settings in this browser" } }</button>
                </p>
                <p class="fine">{ if session.keeps {
                    "This browser keeps your settings, controls, notes and samples with the rows that were drawn, and the choice of light or dark; never files of evidence. “Forget all evidence” forgets them too."
                } else {
                    "Nothing is stored in the browser: what you decided is gone with the tab unless you download the case."
                } }</p>
                { found("Take up this case", "take-up", Client::take_up, &custody.cases) }
                { found("Compare with this report", "compare-report", Client::compare_with, &custody.reports) }
                { (!props.done && !custody.collections.is_empty()).then(|| html! { <div data-testid="collections"><h2>{"How it was collected"}</h2><p class="fine">{"By what whoever collected wrote down; nothing proves it."}</p><ul>{ for custody.collections.iter().enumerate().map(told) }</ul></div> }) }
            </div>
            <Grid key={label} {table} {label} />
        </div>
    }
}
