//! The controls of the audit: where they come from, and what is concluded of them.

use std::rc::Rc;

use wasm_bindgen::JsCast as _;
use web_sys::HtmlInputElement;
use yew::prelude::*;

use exhibit::case::{Answer, Audit, Control, Question, Settings, Table};

use super::super::compliance::USUAL;
use crate::app::ask::use_answer;
use crate::app::client::Client;
use crate::app::session::Session;
use crate::app::widgets::correction::{day, shown};
use crate::app::widgets::form::{Field, Form};
use crate::app::widgets::table::Grid;

/// Settings with controls added that are not there yet.
fn with(settings: &Settings, new: Vec<Control>) -> Settings {
    let mut settings = settings.clone();
    let all = &mut settings.audit.controls;
    for one in new {
        if !all
            .iter()
            .any(|known| known.id == one.id && known.source == one.source)
        {
            all.push(one);
        }
    }
    settings
}

#[component]
pub(super) fn Controls() -> Html {
    let session = use_context::<Rc<Session>>().unwrap_or_default();
    let client = use_context::<Client>();
    let summary = use_answer(Question::Compliance(None), session.revision);
    let frameworks = match summary.as_deref() {
        Some(Answer::Compliance(summary)) => summary.frameworks.clone(),
        _ => Vec::new(),
    };
    let wanted = use_state(String::new);
    let found = use_answer(Question::ControlsOf((*wanted).clone()), session.revision);
    {
        // The controls of a framework come from the case, and are added once they are here.
        let (session, client, setter) = (Rc::clone(&session), client.clone(), wanted.setter());
        let key = (found.clone(), (*wanted).clone());
        use_effect_with(key, move |(found, wanted)| {
            if let (Some(Answer::Controls(of, all)), Some(client)) = (found.as_deref(), client)
                && of == wanted
                && !wanted.is_empty()
            {
                client.set(with(&session.settings, all.clone()));
                setter.set(String::new());
            }
        });
    }
    let add_framework = {
        let wanted = wanted.setter();
        Callback::from(move |values: Vec<String>| {
            wanted.set(values.into_iter().next().unwrap_or_default());
            None
        })
    };
    let add_one = {
        let (session, client) = (Rc::clone(&session), client.clone());
        Callback::from(move |values: Vec<String>| {
            let [id, title] = <[String; 2]>::try_from(values).ok()?;
            if id.is_empty() {
                return Some("A control needs an ID.".to_owned());
            }
            let own = Control {
                id,
                title,
                source: "written by hand".to_owned(),
                ..Control::default()
            };
            if let Some(client) = &client {
                client.set(with(&session.settings, vec![own]));
            }
            None
        })
    };
    let onfile = {
        let (session, client) = (Rc::clone(&session), client.clone());
        Callback::from(move |event: Event| {
            let input = event
                .target()
                .and_then(|target| target.dyn_into::<HtmlInputElement>().ok());
            let file = input.as_ref().and_then(|input| input.files()?.get(0));
            if let (Some(client), Some(file)) = (&client, file) {
                let settings = Rc::clone(&session.settings);
                client.open_controls(file, move |all| with(&settings, all));
            }
            if let Some(input) = input {
                input.set_value("");
            }
        })
    };
    let options: Vec<(String, String)> = frameworks
        .iter()
        .map(|(id, name, _)| (id.clone(), format!("{name} ({id})")))
        .collect();
    let first = options
        .iter()
        .find(|(id, _)| id.starts_with("pack:"))
        .map_or(USUAL.to_owned(), |(id, _)| id.clone());
    let fields = vec![Field::choice(
        "Framework or pack",
        "add-framework",
        first,
        options,
    )];
    let own = vec![
        Field::text("ID", "new-control-id", ""),
        Field::text("What it asks", "new-control-title", ""),
    ];
    html! {
        <>
            <details class="adding"><summary data-testid="add-controls">{"Add controls"}</summary>
                <div class="columns">
                    <Form {fields} button="Add its controls" testid="add-framework-controls" onsubmit={add_framework} />
                    <Form fields={own} button="Add a control" testid="add-one-control" onsubmit={add_one} />
                    <label class="form"><span>{"A file: OSCAL catalog (JSON), or CSV with the columns id and title"}</span>
                        <input id="controls-file" type="file" accept=".json,.csv" onchange={onfile} /></label>
                </div>
            </details>
            <Grid table={Table::Audit} label="Controls of the audit" />
        </>
    }
}

/// What the auditor states of the audit itself.
#[component]
pub(super) fn About() -> Html {
    let session = use_context::<Rc<Session>>().unwrap_or_default();
    let client = use_context::<Client>();
    let own = &session.settings.audit;
    let fields = vec![
        Field::text(
            "Period under audit, from (2026-01-01)",
            "audit-from",
            shown(own.from),
        ),
        Field::text("To", "audit-to", shown(own.to)),
        Field::text("Prepared by", "audit-by", own.prepared_by.as_str()),
        Field::text("Notes", "audit-notes", own.notes.as_str()),
    ];
    let onsubmit = {
        let session = Rc::clone(&session);
        Callback::from(move |values: Vec<String>| {
            let [from, to, prepared_by, notes] = <[String; 4]>::try_from(values).ok()?;
            let (from, to) = match (day(&from, "00:00:00"), day(&to, "23:59:59")) {
                (Ok(from), Ok(to)) => (from, to),
                (Err(wrong), _) | (_, Err(wrong)) => return Some(wrong),
            };
            let mut settings = Settings::clone(&session.settings);
            let audit = settings.audit.clone();
            settings.audit = Audit {
                from,
                to,
                prepared_by,
                notes,
                ..audit
            };
            if let Some(client) = &client {
                client.set(settings);
            }
            None
        })
    };
    let key = format!("{:?}{:?}{}{}", own.from, own.to, own.prepared_by, own.notes);
    html! { <Form {key} {fields} button="Save" testid="audit-save" {onsubmit} /> }
}
