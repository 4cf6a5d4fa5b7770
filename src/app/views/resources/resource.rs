//! One resource with its past: captures, rules' results and calls on one axis; differences; relationships.

use std::collections::HashSet;
use std::rc::Rc;

use yew::prelude::*;

use exhibit::case::{Answer, CallView, CaptureView, Question, RelationView, ResourceView, Subject};
use exhibit::moment::Moment;

use super::diff::Diff;
use super::graph::Neighbours;
use crate::app::ask::use_answer;
use crate::app::format;
use crate::app::route::Route;
use crate::app::session::Session;
use crate::app::shell::Open;
use crate::app::widgets::cell;
use crate::app::widgets::told::{seen_lines, told};

/// Rows of a list that are shown; tables of thousands help nobody.
const MOST: usize = 500;

#[derive(PartialEq, Properties)]
pub(super) struct Props {
    /// Its key.
    pub(super) resource: String,
    /// What is looked at.
    pub(super) route: Route,
    /// Looks at something else.
    pub(super) go: Callback<Route>,
}

#[component]
pub(super) fn Past(props: &Props) -> Html {
    let session = use_context::<Rc<Session>>().unwrap_or_default();
    let open = use_context::<Open>();
    let at = super::as_of(&props.route).at;
    let answer = use_answer(
        Question::Resource(props.resource.clone(), at),
        session.revision,
    );
    let view = match answer.as_deref() {
        Some(Answer::Resource(Some(view))) => view,
        Some(Answer::Resource(None)) => {
            return html! { <p class="note">{"No resource of this address is in the evidence: drop the files that it was seen in."}</p> };
        }
        _ => return html! { <p class="loading">{"Asking the case…"}</p> },
    };
    let set = |name: &'static str| {
        let (route, go) = (props.route.clone(), props.go.clone());
        Callback::from(move |value: String| go.emit(route.clone().with(name, &value)))
    };
    let pick = {
        let (route, go) = (props.route.clone(), props.go.clone());
        Callback::from(move |(a, b): (u32, u32)| {
            go.emit(
                route
                    .clone()
                    .with("a", &a.to_string())
                    .with("b", &b.to_string()),
            );
        })
    };
    let place = |name: &str| {
        props
            .route
            .value(name)
            .parse::<usize>()
            .ok()
            .filter(|&at| at < view.captures.len())
    };
    // The last change is what is asked for first.
    let last = view
        .now
        .map_or(view.captures.len().saturating_sub(1), |now| now as usize);
    let (a, b) = (
        place("a").unwrap_or(last.saturating_sub(1)),
        place("b").unwrap_or(last),
    );
    let tab = |name: &'static str, title: String| {
        let current = (props.route.value("tab") == name).then_some("page");
        let set = set("tab");
        let onclick = Callback::from(move |event: MouseEvent| {
            event.prevent_default();
            set.emit(name.to_owned());
        });
        html! { <a key={name} href={props.route.clone().with("tab", name).address()} aria-current={current} data-testid={format!("tab-{name}")} {onclick}>{ title }</a> }
    };
    let back = {
        let (route, go) = (props.route.clone(), props.go.clone());
        Callback::from(move |_: MouseEvent| {
            go.emit(
                ["r", "a", "b", "tab"]
                    .iter()
                    .fold(route.clone(), |route, name| route.with(name, "")),
            )
        })
    };
    html! {
        <div class="past" data-testid="resource">
            <div class="heading">
                <button onclick={back}>{"← Inventory"}</button>
                <h2>{ told(&view.title) }</h2>
                <p class="summary">{ told(&view.kind) }</p>
            </div>
            <details class="alternative"><summary>{"What it is"}{ at.map(|at| format!(", as of {}", format::time(at))) }</summary>
                <dl class="facts">{ for view.facts.iter().enumerate().map(|(at, (label, value))| html! { <div key={at.to_string()}><dt>{ told(label) }</dt><dd>{ told(value) }</dd></div> }) }</dl>
            </details>
            { axis(&Axis { view, picked: (a, b), onpick: pick.clone(), open: open.clone() }) }
            <nav class="tabs" aria-label="Parts of the resource">
                { tab("", format!("Captures ({})", view.captures.len())) }
                { tab("calls", format!("Calls ({})", view.calls.len() as u64 + view.more_calls)) }
                { tab("rules", format!("Rules ({})", view.compliance.len())) }
                { tab("relations", format!("Relationships ({})", view.relations.len())) }
            </nav>
            <div class="scroll" tabindex="0">
                { match props.route.value("tab") {
                    "calls" => calls(view, open.as_ref()),
                    "rules" => rules(view),
                    "relations" => html! { <>
                        <Neighbours resource={view.resource} {at} />
                        { relations(&view.relations) }
                    </> },
                    _ => html! { <>
                        { captures(view, (a, b), &pick, open.as_ref()) }
                        { pair(view, a, b) }
                    </> },
                } }
            </div>
        </div>
    }
}

/// What is not the same in two captures.
fn pair(view: &ResourceView, a: usize, b: usize) -> Html {
    let side = |at: usize| {
        view.captures
            .get(at)
            .and_then(|capture| Some((capture.raw.clone()?, capture.at)))
    };
    match (side(a), side(b)) {
        (Some(before), Some(after)) if a != b => html! { <Diff {before} {after} /> },
        _ => html! { <p class="fine">{"There is one capture: nothing to compare it with."}</p> },
    }
}

fn captures(
    view: &ResourceView,
    picked: (usize, usize),
    pick: &Callback<(u32, u32)>,
    open: Option<&Open>,
) -> Html {
    let row = |(at, capture): (usize, &CaptureView)| {
        let radio = |name: &'static str, chosen: bool, pair: (u32, u32)| {
            let pick = pick.clone();
            let onchange = Callback::from(move |_: Event| pick.emit(pair));
            html! { <td><input type="radio" {name} checked={chosen} aria-label={format!("{name} of the comparison")} {onchange} /></td> }
        };
        let at32 = at as u32;
        let show = opens(open, Subject::Capture(capture.capture));
        let cause = |&place: &u32| {
            let call = &view.calls[place as usize];
            let onclick = opens(open, Subject::Event(call.event));
            html! { <li key={place.to_string()}><button class="link" data-testid="cause" {onclick}>{ told(format!("{} by {}", call.name, who(&call.actor))) }</button>{" "}{ cell::full(&call.proof) }</li> }
        };
        html! {
            <tr key={at.to_string()} class={classes!(capture.deleted.then_some("gone"))}>
                { radio("before", at == picked.0, (at32, picked.1 as u32)) }
                { radio("after", at == picked.1, (picked.0 as u32, at32)) }
                <td><button class="link" onclick={show}>{ capture.at.map_or_else(|| "unknown time".to_owned(), format::time) }</button></td>
                <td>{ told(&capture.status) }</td>
                <td>{ if capture.changed.is_empty() { "nothing" } else { &capture.changed } }{ capture.conflict.then(|| html! { <strong class="error">{" told in two ways"}</strong> }) }</td>
                <td>{ format::count(u64::from(capture.items), "item") }{ capture.signed.as_ref().map(|signed| html! { <>{", message "}{ cell::full(signed) }</> }) }</td>
                <td><ul class="causes">{ for capture.causes.iter().rev().take(5).map(cause) }</ul></td>
            </tr>
        }
    };
    html! {
        <table class="plain" data-testid="captures">
            <thead><tr><th>{"Before"}</th><th>{"After"}</th><th>{"Captured (UTC)"}</th><th>{"State"}</th><th>{"Changed"}</th><th>{"Told by"}</th><th>{"Calls in the hour before that name it"}</th></tr></thead>
            <tbody>{ for view.captures.iter().enumerate().rev().take(MOST).map(row) }</tbody>
        </table>
    }
}

fn opens(open: Option<&Open>, subject: Subject) -> Callback<MouseEvent> {
    let open = open.cloned();
    Callback::from(move |_: MouseEvent| {
        if let Some(open) = &open {
            open.0.emit(Some(subject));
        }
    })
}

/// The last part of an ARN, which is what people know an actor by.
fn who(arn: &str) -> &str {
    let name = arn.rsplit(':').next().unwrap_or(arn);
    if name.is_empty() {
        "someone unknown"
    } else {
        name
    }
}

fn calls(view: &ResourceView, open: Option<&Open>) -> Html {
    let row = |(at, call): (usize, &CallView)| {
        let onclick = opens(open, Subject::Event(call.event));
        html! {
            <tr key={at.to_string()}><td>{ format::time(call.at) }</td><td><button class="link" {onclick}>{ told(&call.name) }</button></td><td>{ told(&call.actor) }</td><td>{ told(if call.error.is_empty() { "succeeded" } else { &call.error }) }</td><td>{ cell::full(&call.proof) }</td></tr>
        }
    };
    if view.calls.is_empty() {
        return html! { <p class="fine">{"No call in the evidence names this resource, by its ARN, its id, or its name in a call of its own service."}</p> };
    }
    html! {
        <table class="plain"><thead><tr><th>{"Time (UTC)"}</th><th>{"Call"}</th><th>{"Actor"}</th><th>{"Outcome"}</th><th>{"Proof"}</th></tr></thead>
            <tbody>{ for view.calls.iter().enumerate().rev().take(MOST).map(row) }</tbody></table>
    }
}

fn rules(view: &ResourceView) -> Html {
    let row = |(at, (moment, rule, result, from)): (usize, &(Moment, String, String, String))| {
        html! {
            <tr key={at.to_string()}><td>{ format::time(*moment) }</td><td>{ told(rule) }</td><td>{ told(result) }</td><td>{ format!("AWS Config, {from}") }</td></tr>
        }
    };
    if view.compliance.is_empty() {
        return html! { <p class="fine">{"AWS Config's results of rules on this resource are not in the evidence."}</p> };
    }
    html! {
        <table class="plain"><thead><tr><th>{"Since (UTC)"}</th><th>{"Rule"}</th><th>{"Result"}</th><th>{"Told by"}</th></tr></thead>
            <tbody>{ for view.compliance.iter().enumerate().rev().take(MOST).map(row) }</tbody></table>
    }
}

fn relations(all: &[RelationView]) -> Html {
    let row = |(at, one): (usize, &RelationView)| {
        let title = match &one.key {
            Some(key) => {
                html! { <a data-testid="relation" href={Route::read().with("r", key).with("a", "").with("b", "").address()}>{ told(&one.title) }</a> }
            }
            None => {
                html! { <span title="No item of it is in the evidence">{ told(&one.title) }{" (unknown)"}</span> }
            }
        };
        html! { <tr key={at.to_string()}><td>{ told(if one.inward { format!("states of this: {}", one.name) } else { one.name.clone() }) }</td><td>{ told(&one.kind) }</td><td>{ title }</td></tr> }
    };
    if all.is_empty() {
        return html! { <p class="fine">{"No relationship is stated at this moment."}</p> };
    }
    html! {
        <table class="plain" data-testid="relations"><thead><tr><th>{"Relationship"}</th><th>{"Type"}</th><th>{"Resource"}</th></tr></thead>
            <tbody>{ for all.iter().enumerate().take(MOST).map(row) }</tbody></table>
    }
}

struct Axis<'v> {
    view: &'v ResourceView,
    picked: (usize, usize),
    onpick: Callback<(u32, u32)>,
    open: Option<Open>,
}

/// Everything that happened to the resource, on one axis.
fn axis(props: &Axis<'_>) -> Html {
    let view = props.view;
    let times = view.captures.iter().filter_map(|capture| capture.at);
    let times = times
        .chain(view.calls.iter().map(|call| call.at))
        .chain(view.compliance.iter().map(|one| one.0));
    let (Some(from), Some(to)) = (times.clone().min(), times.max()) else {
        return html! { <p class="fine">{"No item tells when it was captured."}</p> };
    };
    let length = (to.seconds() - from.seconds()).max(1) as f64;
    // Per cent of the width, so that marks keep their form at any.
    let x = |at: Moment| 1.0 + (at.seconds() - from.seconds()) as f64 / length * 98.0;
    let capture = |(at, capture): (usize, &CaptureView)| {
        let when = capture.at?;
        let class = classes!(
            "capture",
            capture.deleted.then_some("deleted"),
            (at == props.picked.0 || at == props.picked.1).then_some("picked"),
            capture.changed.is_empty().then_some("same"),
        );
        let pick = props.onpick.clone();
        let onclick = Callback::from(move |_: MouseEvent| {
            pick.emit(((at as u32).saturating_sub(1), at as u32))
        });
        let changed = if capture.changed.is_empty() {
            "nothing changed"
        } else {
            &capture.changed
        };
        let title = format!("{}\n{}: {changed}", format::time(when), capture.status);
        Some(
            html! { <circle key={format!("c{at}")} {class} cx={format!("{:.2}%", x(when))} cy="16" r="6" {onclick}><title>{ seen_lines(&title) }</title></circle> },
        )
    };
    let causes: HashSet<u32> = view
        .captures
        .iter()
        .flat_map(|capture| capture.causes.iter().copied())
        .collect();
    let call = |(at, call): (usize, &CallView)| {
        let class = classes!(
            "call",
            causes.contains(&(at as u32)).then_some("cause"),
            (!call.error.is_empty()).then_some("failed")
        );
        let onclick = opens(props.open.as_ref(), Subject::Event(call.event));
        let title = format!("{}\n{} by {}", format::time(call.at), call.name, call.actor);
        html! { <rect key={format!("e{at}")} {class} x={format!("{:.2}%", x(call.at))} y="52" width="4" height="12" {onclick}><title>{ seen_lines(&title) }</title></rect> }
    };
    let rule = |(at, (when, rule, result, _)): (usize, &(Moment, String, String, String))| {
        let class = classes!("rule", (result == "NON_COMPLIANT").then_some("failed"));
        let title = format!("{}\n{rule}: {result}", format::time(*when));
        html! { <rect key={format!("r{at}")} {class} x={format!("{:.2}%", x(*when))} y="30" width="8" height="12"><title>{ seen_lines(&title) }</title></rect> }
    };
    // What only reads would hide what changes.
    let shown = view
        .calls
        .iter()
        .enumerate()
        .filter(|(_, call)| !call.reads);
    html! {
        <div class="lifeline">
            <div class="names" aria-hidden="true"><span>{"captures"}</span><span>{"rules"}</span><span>{"calls"}</span></div>
            <svg role="img" aria-label={format!("{} captures, {} results of rules, {} calls; the tables below tell the same", view.captures.len(), view.compliance.len(), view.calls.len())}>
                <line x1="0" x2="100%" y1="16" y2="16" /><line x1="0" x2="100%" y1="36" y2="36" /><line x1="0" x2="100%" y1="58" y2="58" />
                { for shown.map(call) }
                { for view.compliance.iter().enumerate().map(rule) }
                { for view.captures.iter().enumerate().filter_map(capture) }
            </svg>
            <p class="ends"><span>{ format::time(from) }</span><span>{ format::time(to) }</span></p>
        </div>
    }
}
