//! Rules of the user's own: written, tried on the evidence, and kept with the case.

use std::rc::Rc;

use wasm_bindgen::JsCast as _;
use web_sys::{HtmlInputElement, HtmlTextAreaElement};
use yew::prelude::*;

use exhibit::case::{CustomRule, Settings, Subject};
use exhibit::compliance::custom::EXAMPLES;
use exhibit::moment::Moment;

use crate::app::client::Client;
use crate::app::format;
use crate::app::session::{Phase, Session, Tried};
use crate::app::shell::Open;
use crate::app::widgets::told::{seen, told};

/// Milliseconds after the last key until an expression is tried.
const PAUSE: u32 = 500;

/// Asks the rules of the case as of the end of the period under audit, else of the newest captures, whatever view is open:
/// the report tells of them.
#[component]
pub(crate) fn Standing() -> Html {
    let session = use_context::<Rc<Session>>().unwrap_or_default();
    use_own_rules(Some(session.settings.audit.to));
    Html::default()
}

/// Asks the rules of the case again whenever evidence, moment or rules change; never without a moment.
#[hook]
pub(super) fn use_own_rules(at: Option<Option<Moment>>) {
    let session = use_context::<Rc<Session>>().unwrap_or_default();
    let client = use_context::<Client>();
    let judged = session
        .overview
        .as_ref()
        .map_or(0, |overview| overview.judgements);
    let rules = session.settings.rules.clone();
    let ready = session.intake.phase == Phase::Ready;
    use_effect_with(
        (judged, at, rules, ready),
        move |(judged, at, rules, ready)| {
            if let Some(client) = client
                && *judged > 0
                && let Some(at) = at
                && !rules.is_empty()
                && *ready
            {
                client.ask_rules(rules.clone(), *at, false);
            }
        },
    );
}

#[derive(PartialEq, Properties)]
pub(super) struct Props {
    /// The moment that results are of.
    pub(super) at: Option<Moment>,
}

#[component]
pub(super) fn Own(props: &Props) -> Html {
    let session = use_context::<Rc<Session>>().unwrap_or_default();
    let client = use_context::<Client>();
    let open = use_context::<Open>();
    let draft = use_state(CustomRule::default);
    let wrong = use_state(String::new);
    {
        // What is written is tried once the keys rest.
        let (client, at) = (client.clone(), props.at);
        use_effect_with((*draft).clone(), move |draft| {
            let draft = draft.clone();
            let timer = gloo::timers::callback::Timeout::new(PAUSE, move || {
                if let (Some(client), false) = (&client, draft.expression.trim().is_empty()) {
                    client.ask_rules(vec![draft], at, true);
                }
            });
            move || drop(timer)
        });
    }
    let field = |label: &'static str,
                 testid: &'static str,
                 value: &str,
                 take: fn(&mut CustomRule, String)| {
        let draft = draft.clone();
        let oninput = Callback::from(move |event: InputEvent| {
            let target = event.target();
            let input = target.and_then(|target| target.dyn_into::<HtmlInputElement>().ok());
            let mut new = (*draft).clone();
            take(&mut new, input.map_or(String::new(), |input| input.value()));
            draft.set(new);
        });
        html! { <label><span>{ label }</span><input type="text" data-testid={testid} value={value.to_owned()} {oninput} autocomplete="off" /></label> }
    };
    let onexpression = {
        let draft = draft.clone();
        Callback::from(move |event: InputEvent| {
            let target = event.target();
            let area = target.and_then(|target| target.dyn_into::<HtmlTextAreaElement>().ok());
            draft.set(CustomRule {
                expression: area.map_or(String::new(), |area| area.value()),
                ..(*draft).clone()
            });
        })
    };
    let change = {
        let (settings, client) = (Rc::clone(&session.settings), client.clone());
        move |change: &dyn Fn(&mut Vec<CustomRule>)| {
            let mut settings = Settings::clone(&settings);
            change(&mut settings.rules);
            if let Some(client) = &client {
                client.set(settings);
            }
        }
    };
    let onsubmit = {
        let (draft, wrong, change) = (draft.clone(), wrong.setter(), change.clone());
        Callback::from(move |event: SubmitEvent| {
            event.prevent_default();
            let own = (*draft).clone();
            if own.name.trim().is_empty() || own.expression.trim().is_empty() {
                wrong.set("A rule needs a name and an expression.".to_owned());
                return;
            }
            wrong.set(String::new());
            // A name stands for one rule: the newest.
            change(&|rules| {
                rules.retain(|rule| rule.name != own.name);
                rules.push(own.clone());
            });
        })
    };
    let row = |rule: &CustomRule| {
        let (change, name) = (change.clone(), rule.name.clone());
        let remove = Callback::from(move |_: MouseEvent| {
            change(&|rules| rules.retain(|rule| rule.name != name))
        });
        let (draft, own) = (draft.clone(), rule.clone());
        let edit = Callback::from(move |_: MouseEvent| draft.set(own.clone()));
        html! {
            <tr key={rule.name.clone()}><td>{ told(&rule.name) }</td><td>{ if rule.kind.is_empty() { "all types" } else { &rule.kind } }</td><td><code>{ told(&rule.expression) }</code></td><td>{ told(&rule.note) }</td>
                <td class="actions"><button onclick={edit}>{"Edit"}</button><button aria-label={format!("Remove {}", seen(&rule.name))} onclick={remove}>{"✕"}</button></td></tr>
        }
    };
    let example = |(kind, expression, note): &(&'static str, &'static str, &'static str)| {
        let own = CustomRule {
            name: String::new(),
            kind: (*kind).to_owned(),
            expression: (*expression).to_owned(),
            note: (*note).to_owned(),
        };
        let draft = draft.clone();
        let onclick = Callback::from(move |_: MouseEvent| draft.set(own.clone()));
        html! { <li key={*note}><button type="button" class="link" {onclick}>{ *note }</button></li> }
    };
    html! {
        <div class="own-rules">
            <form class="form" {onsubmit}>
                <p class="fine">{"An expression of CEL on configuration, supplementaryConfiguration, tags and resource: true passes, false fails, anything else tells too little. Rules are kept with the case: Report, Case."}</p>
                { field("Name", "own-name", &draft.name, |rule, text| rule.name = text) }
                { field("Type of resource; all without", "own-kind", &draft.kind, |rule, text| rule.kind = text) }
                <label><span>{"Expression"}</span><textarea data-testid="own-expression" rows="4" spellcheck="false" value={draft.expression.clone()} oninput={onexpression} /></label>
                { field("Why", "own-note", &draft.note, |rule, text| rule.note = text) }
                <p class="error" role="status">{ &*wrong }</p>
                <p class="actions"><button type="submit" data-testid="own-save">{"Keep this rule"}</button></p>
                <p class="fine">{"For example:"}</p><ul class="related">{ for EXAMPLES.iter().map(example) }</ul>
            </form>
            <div>
                { session.tried.as_ref().filter(|tried| tried.expression == draft.expression).map(|tried| outcome(tried, open)) }
                <h2>{"Rules of this case"}</h2>
                { if session.settings.rules.is_empty() {
                    html! { <p class="fine">{"None yet."}</p> }
                } else {
                    html! { <table class="plain"><thead><tr><th>{"Name"}</th><th>{"Type"}</th><th>{"Expression"}</th><th>{"Why"}</th><th /></tr></thead><tbody>{ for session.settings.rules.iter().map(row) }</tbody></table> }
                } }
            </div>
        </div>
    }
}

fn outcome(tried: &Tried, open: Option<Open>) -> Html {
    let [failing, passing, unknown] = tried.counts.map(|count| format::number(count as u64));
    let resource = |(at, title): &(u32, String)| {
        let (open, at) = (open.clone(), *at);
        let onclick = Callback::from(move |_: MouseEvent| {
            if let Some(open) = &open {
                open.0.emit(Some(Subject::Resource(at)));
            }
        });
        html! { <li key={at.to_string()}><button class="link" {onclick}>{ told(format!("Fails: {title}")) }</button></li> }
    };
    html! {
        <div data-testid="own-tried" role="status"><h2>{"On this evidence"}</h2>
            <p>{ format!("{failing} fail, {passing} pass, {unknown} tell too little.") }</p>
            <ul class="related">{ for tried.reasons.iter().map(|reason| html! { <li key={reason.clone()} class="error">{ told(reason) }</li> }) }</ul>
            <ul class="related">{ for tried.failing.iter().map(resource) }</ul>
        </div>
    }
}
