//! The records themselves, read again from their files: searched for any text, or exported.

use std::rc::Rc;

use web_sys::HtmlInputElement;
use yew::prelude::*;

use exhibit::activity::complete::{has_term, joined, toggled};

use crate::app::client::{Client, Purpose};
use crate::app::session::Session;

/// The term that shows what was found.
const FOUND: &str = "found:yes";

#[derive(PartialEq, Properties)]
pub(super) struct Props {
    /// The query whose records are read.
    pub(super) query: AttrValue,
    /// Shows what was found.
    pub(super) onfound: Callback<String>,
}

#[component]
pub(super) fn Records(props: &Props) -> Html {
    let session = use_context::<Rc<Session>>().unwrap_or_default();
    let client = use_context::<Client>();
    let input = use_node_ref();
    let read = {
        let client = client.clone();
        move |query: &str, purpose: Purpose| {
            if let Some(client) = &client {
                client.read_records(query, purpose);
            }
        }
    };
    let onsearch = {
        let (read, input, onfound, query) = (
            read.clone(),
            input.clone(),
            props.onfound.clone(),
            props.query.clone(),
        );
        Callback::from(move |event: SubmitEvent| {
            event.prevent_default();
            let text = input
                .cast::<HtmlInputElement>()
                .map(|input| input.value())
                .unwrap_or_default();
            if text.trim().is_empty() {
                return;
            }
            // What the last search found is not what this one searches.
            let base = match has_term(&query, FOUND) {
                true => toggled(&query, FOUND),
                false => query.to_string(),
            };
            read(&base, Purpose::Grep(text.trim().to_owned()));
            onfound.emit(joined(&base, FOUND));
        })
    };
    let export = |covered| {
        let (read, query) = (read.clone(), props.query.clone());
        Callback::from(move |_: MouseEvent| {
            read(
                &query,
                Purpose::Export {
                    covered,
                    query: query.to_string(),
                },
            );
        })
    };
    let cancel = Callback::from(move |_: MouseEvent| {
        if let Some(client) = &client {
            client.stop_reading_records();
        }
    });
    html! {
        <div class="records">
            { match &session.task {
                Some(task) => html! {
                    <p class="task" role="status">{ format!("{}: {} of {} files", task.title, task.done, task.total) }
                        <progress max={task.total.to_string()} value={task.done.to_string()} aria-label="Files read" />
                        <button onclick={cancel}>{"Cancel"}</button></p>
                },
                None => html! {
                    <form class="task" onsubmit={onsearch}>
                        <input ref={input} type="search" data-testid="deep" placeholder="Any text in the records of these events" aria-label="Text in the records" />
                        <button type="submit" title="Reads the records again; what is found is shown by found:yes">{"Search records"}</button>
                        <button type="button" data-testid="export-jsonl" title="JSON Lines; keys, tokens and passwords in requests are covered" onclick={export(true)}>{"Export records, secrets covered"}</button>
                        <button type="button" data-testid="export-jsonl-raw" title="JSON Lines; as they stand in the evidence, with all their secrets" onclick={export(false)}>{"Export records in full"}</button>
                    </form>
                },
            } }
        </div>
    }
}
