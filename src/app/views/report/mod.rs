//! What is handed over: controls with their conclusions, the report, the hashes, and the verdicts as the AWS CLI
//! words them.

mod changes;
mod controls;
mod custody;
mod earlier;
mod samples;
mod sharing;

use std::rc::Rc;

use yew::prelude::*;

use exhibit::case::Export;
use exhibit::evidence::Kind;

use crate::app::client::Client;
use crate::app::commands::{Command, Runner};
use crate::app::download;
use crate::app::route::Route;
use crate::app::session::Session;
use crate::app::widgets::told::told_lines;

#[derive(PartialEq, Properties)]
pub(crate) struct Props {
    /// What is looked at.
    pub(crate) route: Route,
}

#[component]
pub(crate) fn Report(props: &Props) -> Html {
    let session = use_context::<Rc<Session>>().unwrap_or_default();
    let part = props.route.value("part").to_owned();
    let tab = |name: &'static str, title: &'static str| {
        let current = (part == name).then_some("page");
        let address = props.route.clone().with("part", name).address();
        html! { <a key={name} href={address} aria-current={current}>{ title }</a> }
    };
    // Nobody's settings are taken up unasked.
    let has_case = session.overview.as_ref().is_some_and(|overview| {
        let mut kinds = overview.kinds.iter();
        kinds.any(|(kind, _)| *kind == Kind::ExhibitCase)
    });
    let statement = session.overview.as_ref().map_or(
        "Nothing was dropped yet: drop evidence to report on.".to_owned(),
        |o| o.statement.clone(),
    );
    let fill = if matches!(
        part.as_str(),
        "controls" | "samples" | "changes" | "custody" | "done"
    ) {
        "page fill"
    } else {
        "page"
    };
    html! {
        <div class={fill} data-testid="view-report">
            <div class="heading"><h1>{"Report"}</h1><p class="summary">{ statement }</p></div>
            <div>{ (has_case && part != "custody").then(|| html! { <p class="note" role="status">{"A case of Exhibit is among the evidence. "}<a href={props.route.clone().with("part", "custody").address()}>{"Take it up under Custody"}</a></p> }) }</div>
            <nav class="tabs" aria-label="Parts of this view">
                { tab("", "Hand over") }
                { tab("controls", "Controls") }
                { tab("samples", "Samples") }
                { tab("changes", "Changes and tickets") }
                { tab("custody", "Custody") }
                { tab("done", "What was done") }
                { tab("words", "In the words of validate-logs") }
            </nav>
            { match part.as_str() {
                "controls" => html! { <div class="stack"><controls::Controls /></div> },
                "samples" => html! { <div class="stack"><samples::Samples /></div> },
                "changes" => html! { <changes::Changes /> },
                "custody" => html! { <custody::Past done={false} /> },
                "done" => html! { <custody::Past done={true} /> },
                "words" => html! { <Words /> },
                _ => html! { <HandOver /> },
            } }
        </div>
    }
}

/// Everything that can be taken away.
#[component]
fn HandOver() -> Html {
    let run = use_run();
    let session = use_context::<Rc<Session>>().unwrap_or_default();
    let client = use_context::<Client>();
    let masks = session.settings.sharing.masks();
    html! {
        <div class="handover">
            <h2>{"The audit"}</h2>
            <controls::About />
            <h2>{"For people"}</h2>
            <p class="fine">{"One HTML file without scripts, to read and to print. Confidential documents of AWS are left out of it unless you ask for them below."}</p>
            <p class={if masks { "note" } else { "fine" }} role="status">{ if masks { "Documents are masked as chosen below." } else { "Nothing is masked: documents hold what the evidence holds. Choose below what others must not read." } }</p>
            { sharing::options(&session, client, &sharing::RECORD) }
            <p class="actions">
                <button class="primary" data-testid="export-report-html" onclick={run(Command::SaveHtml)}>{"Download report.html"}</button>
            </p>
            <h2>{"For programs"}</h2>
            <p class="actions">
                <button data-testid="export-report-json" onclick={run(Command::SaveReport)}>{"report.json"}</button>
                <button data-testid="export-ocsf" onclick={run(Command::SaveOcsf)}>{"Results of rules (OCSF)"}</button>
                <button data-testid="export-oscal" onclick={run(Command::SaveOscal)}>{"Controls (OSCAL assessment results)"}</button>
            </p>
            <h2>{"For others: what is masked"}</h2>
            <sharing::Masking />
            <h2>{"For the chain of custody"}</h2>
            <p class="actions">
                <button onclick={run(Command::SaveManifest)}>{"Hashes of all files"}</button>
                <button data-testid="export-script" onclick={run(Command::SaveScript)}>{"Script that collects what is missing"}</button>
                <button data-testid="export-case" onclick={run(Command::SaveSettings)}>{"Case: settings, controls, exceptions, hashes"}</button>
                <button onclick={run(Command::SaveBundle)}>{"Case with the evidence itself"}</button>
            </p>
            <h2>{"Does an earlier report still hold?"}</h2>
            <earlier::EarlierReport />
        </div>
    }
}

#[hook]
fn use_run() -> impl Fn(Command) -> Callback<MouseEvent> {
    let runner = use_context::<Runner>();
    move |command| {
        let runner = runner.clone();
        Callback::from(move |_: MouseEvent| {
            if let Some(runner) = &runner {
                runner.run(command);
            }
        })
    }
}

/// The verdicts in the AWS CLI's form.
#[component]
fn Words() -> Html {
    let session = use_context::<Rc<Session>>().unwrap_or_default();
    let run = use_run();
    let text = use_state(String::new);
    let client = use_context::<Client>();
    {
        let text = text.clone();
        use_effect_with(session.revision, move |_| {
            if let Some(client) = client {
                client.text(
                    Export::ValidateLogs,
                    Callback::from(move |new| text.set(new)),
                );
            }
        });
    }
    let copy = {
        let text = text.clone();
        Callback::from(move |_: MouseEvent| download::copy(&text))
    };
    // A screenful; the download has all of it.
    let shown: String = text.lines().take(400).collect::<Vec<_>>().join("\n");
    html! {
        <div>
            <p class="fine">{"The same verdicts as aws cloudtrail validate-logs --verbose has them, to quote. The CLI itself was not run."}</p>
            <p class="actions">
                <button onclick={copy}>{"Copy"}</button>{" "}
                <button onclick={run(Command::SaveValidateLogs)}>{"Download"}</button>
            </p>
            <pre class="cli" data-testid="validate-logs" tabindex="0">{ told_lines(shown) }</pre>
        </div>
    }
}
