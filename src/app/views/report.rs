//! What is handed over: the report, the hashes, and the verdicts as the AWS CLI words them.

use std::rc::Rc;

use yew::prelude::*;

use exhibit::case::Export;

use crate::app::client::Client;
use crate::app::commands::{Command, Runner};
use crate::app::download;
use crate::app::session::Session;

#[component]
pub(crate) fn Report() -> Html {
    let session = use_context::<Rc<Session>>().unwrap_or_default();
    let runner = use_context::<Runner>();
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
    let run = |command| {
        let runner = runner.clone();
        Callback::from(move |_: MouseEvent| {
            if let Some(runner) = &runner {
                runner.run(command);
            }
        })
    };
    let copy = {
        let text = text.clone();
        Callback::from(move |_: MouseEvent| download::copy(&text))
    };
    let statement = session.overview.as_ref().map_or(
        "Nothing was dropped yet: drop evidence to report on.".to_owned(),
        |o| o.statement.clone(),
    );
    // A screenful; the download has all of it.
    let shown: String = text.lines().take(400).collect::<Vec<_>>().join("\n");
    html! {
        <div class="page" data-testid="view-report">
            <h1>{"Report"}</h1>
            <p class="lead">{ statement }</p>
            <p class="actions">
                <button class="primary" data-testid="export-report-json" onclick={run(Command::SaveReport)}>{"Download report.json"}</button>{" "}
                <button onclick={run(Command::SaveManifest)}>{"Hashes of all files"}</button>{" "}
                <button data-testid="export-script" onclick={run(Command::SaveScript)}>{"Script that collects what is missing"}</button>
            </p>
            <h2>{"In the words of aws cloudtrail validate-logs --verbose"}</h2>
            <p class="fine">{"The same verdicts in the AWS CLI's form, to quote. The CLI itself was not run."}</p>
            <p class="actions">
                <button onclick={copy}>{"Copy"}</button>{" "}
                <button onclick={run(Command::SaveValidateLogs)}>{"Download"}</button>
            </p>
            <pre class="cli" data-testid="validate-logs">{ shown }</pre>
        </div>
    }
}
