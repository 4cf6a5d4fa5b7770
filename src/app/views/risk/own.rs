//! Alerts of the user's own: written, tried while they are written, and kept with the settings of risk.

use std::rc::Rc;

use wasm_bindgen::JsCast as _;
use web_sys::{HtmlInputElement, HtmlSelectElement, HtmlTextAreaElement};
use yew::prelude::*;

use exhibit::case::{Answer, Question, Switched, Trial};
use exhibit::risk::alerts::Category;
use exhibit::risk::{CustomAlert, Severity, Values};

use crate::app::ask::use_answer;
use crate::app::format;
use crate::app::session::Session;
use crate::app::widgets::risk::{Switch, use_change};
use crate::app::widgets::told::{marked, seen, told};

/// What is in a field, whatever element it is.
fn value(event: &Event) -> String {
    let Some(target) = event.target() else {
        return String::new();
    };
    if let Some(input) = target.dyn_ref::<HtmlInputElement>() {
        return input.value();
    }
    if let Some(select) = target.dyn_ref::<HtmlSelectElement>() {
        return select.value();
    }
    let area = target.dyn_ref::<HtmlTextAreaElement>();
    area.map_or_else(String::new, HtmlTextAreaElement::value)
}

/// One entry a line.
fn lines(text: &str) -> Vec<String> {
    let lines = text.lines().map(str::trim).filter(|line| !line.is_empty());
    lines.map(str::to_owned).collect()
}

#[component]
pub(super) fn Own() -> Html {
    let session = use_context::<Rc<Session>>().unwrap_or_default();
    let change = use_change();
    let draft = use_state(CustomAlert::default);
    let wrong = use_state(String::new);
    let answer = use_answer(Question::Trial((*draft).clone()), session.revision);
    let trial = match answer.as_deref() {
        Some(Answer::Trial(trial)) => trial.clone(),
        _ => Trial::default(),
    };
    let take = |take: fn(&mut CustomAlert, String)| {
        let draft = draft.clone();
        move |event: Event| {
            let mut new = (*draft).clone();
            take(&mut new, value(&event));
            draft.set(new);
        }
    };
    let typed = |set: fn(&mut CustomAlert, String)| {
        let take = take(set);
        Callback::from(move |event: InputEvent| take(event.into()))
    };
    let picked = |set: fn(&mut CustomAlert, String)| Callback::from(take(set));
    let option = |name: &'static str, chosen: bool| html! { <option key={name} value={name} selected={chosen}>{ name }</option> };
    let onsubmit = {
        let (draft, wrong, change) = (draft.clone(), wrong.setter(), change.clone());
        Callback::from(move |event: SubmitEvent| {
            event.prevent_default();
            let own = (*draft).clone();
            if own.title.trim().is_empty() {
                wrong.set("An alert needs a title: it is told apart by it.".to_owned());
                return;
            }
            if own.parse().is_err() {
                wrong.set("The query cannot be understood yet: see where, above.".to_owned());
                return;
            }
            wrong.set(String::new());
            change.emit(Rc::new(move |values: &mut Values| values.keep(own.clone())));
        })
    };
    let row = |alert: &CustomAlert| {
        let id = alert.id();
        let is_on = !session.settings.risk.disabled.alerts.contains(&id);
        let edit = {
            let (draft, alert) = (draft.clone(), alert.clone());
            Callback::from(move |_: MouseEvent| draft.set(alert.clone()))
        };
        let remove = {
            let (change, id) = (change.clone(), id.clone());
            Callback::from(move |_: MouseEvent| {
                let id = id.clone();
                change.emit(Rc::new(move |values: &mut Values| {
                    values.alerts.retain(|alert| alert.id() != id)
                }));
            })
        };
        html! {
            <tr key={id.clone()}><td><Switch of={Switched::Alert} name={id.clone()} on={is_on} /></td><td>{ told(&alert.title) }</td><td>{ alert.severity.name() }</td><td><code>{ told(&alert.query) }</code></td><td class="numeric">{ alert.least }</td>
                <td class="actions"><button onclick={edit}>{"Edit"}</button><button aria-label={format!("Remove {}", seen(&alert.title))} onclick={remove}>{"✕"}</button></td></tr>
        }
    };
    let is_there = |alert: &CustomAlert| alert.id() == draft.id() && *alert != *draft;
    let replaces = session
        .settings
        .risk
        .alerts
        .iter()
        .find(|alert| is_there(alert));
    let is_begun = !draft.query.is_empty();
    let error = trial.error.as_ref().filter(|_| is_begun);
    html! {
        <div class="own-rules">
            <form class="form" {onsubmit}>
                <p class="fine">{"An alert is raised by events that a query of Activity shows, from a number on. It is kept with the settings of risk."}</p>
                <label><span>{"Title"}</span><input type="text" data-testid="alert-title" value={draft.title.clone()} oninput={typed(|alert, text| alert.title = text)} autocomplete="off" /></label>
                <label><span>{"Description: why, and what to do"}</span><textarea rows="2" data-testid="alert-description" value={draft.description.clone()} oninput={typed(|alert, text| alert.description = text)} /></label>
                <div class="pair">
                    <label><span>{"Category"}</span><select data-testid="alert-category" onchange={picked(|alert, text| alert.category = text)}>{ for Category::ALL.into_iter().map(|one| option(one.name(), draft.category == one.name())) }</select></label>
                    <label><span>{"Severity"}</span><select data-testid="alert-severity" onchange={picked(|alert, text| alert.severity = Severity::by_name(&text).unwrap_or_default())}>{ for Severity::ALL.into_iter().map(|one| option(one.name(), draft.severity == one)) }</select></label>
                    <label><span>{"Least events"}</span><input type="number" min="1" data-testid="alert-least" value={draft.least.to_string()} oninput={typed(|alert, text| alert.least = text.parse().unwrap_or(1).max(1))} /></label>
                </div>
                <label><span>{"Query"}</span><input type="text" class="mono" spellcheck="false" data-testid="alert-query" aria-invalid={error.is_some().to_string()} aria-describedby="alert-query-error" placeholder="name:DeleteBucket -error:*" value={draft.query.clone()} oninput={typed(|alert, text| alert.query = text)} autocomplete="off" /></label>
                <div id="alert-query-error" class="wrong" role="status" data-testid="alert-error">{ error.map(|error| html! { <div>{ marked(&draft.query, error.at) }<p class="error">{ &error.message }</p></div> }) }</div>
                <div class="pair">
                    <label><span>{"Users that may, one a line"}</span><textarea rows="2" spellcheck="false" data-testid="alert-users" value={draft.allowed_users.join("\n")} onchange={picked(|alert, text| alert.allowed_users = lines(&text))} /></label>
                    <label><span>{"Buckets that may, one a line"}</span><textarea rows="2" spellcheck="false" data-testid="alert-buckets" value={draft.allowed_buckets.join("\n")} onchange={picked(|alert, text| alert.allowed_buckets = lines(&text))} /></label>
                </div>
                <p class="error" role="status">{ &*wrong }</p>
                <p class="fine" role="status" data-testid="alert-replaces">{ replaces.map(|one| format!("This replaces your alert “{}”, which has the same title. To keep both, choose another title.", one.title)) }</p>
                <p class="actions"><button type="submit" data-testid="alert-save">{"Keep this alert"}</button></p>
            </form>
            <div>
                { (is_begun && error.is_none()).then(|| outcome(&trial, &draft)) }
                <h2>{"Your alerts"}</h2>
                { if session.settings.risk.alerts.is_empty() {
                    html! { <p class="fine">{"None yet."}</p> }
                } else {
                    html! { <table class="plain"><thead><tr><th>{"On"}</th><th>{"Title"}</th><th>{"Severity"}</th><th>{"Query"}</th><th class="numeric">{"From"}</th><th /></tr></thead><tbody>{ for session.settings.risk.alerts.iter().map(row) }</tbody></table> }
                } }
            </div>
        </div>
    }
}

fn outcome(trial: &Trial, draft: &CustomAlert) -> Html {
    let is_raised = trial.counting > 0 && trial.counting >= u64::from(draft.least);
    html! {
        <div data-testid="alert-trial" role="status"><h2>{"On this evidence"}</h2>
            <p>{ format!("{} events, {} of them by others than those that may: it would {}be raised.", format::number(trial.matching), format::number(trial.counting), if is_raised { "" } else { "not " }) }
            {" "}<a href={crate::app::route::activity(&draft.query)}>{"See them in Activity"}</a></p></div>
    }
}
