//! The inventory: a moment, perhaps an earlier one to compare with, and the resources.

use std::rc::Rc;

use wasm_bindgen::JsCast as _;
use web_sys::{HtmlInputElement, HtmlSelectElement};
use yew::prelude::*;

use exhibit::case::{ConfigSummary, RecorderView, Table};
use exhibit::config::expression::{Expression, Wrong};
use exhibit::moment::Moment;
use exhibit::order::sorted;

use crate::app::client::Client;
use crate::app::format;
use crate::app::route::Route;
use crate::app::session::Session;
use crate::app::widgets::table::Grid;

/// Steps of the slider.
const STEPS: i64 = 1_000;

/// What the inventory is of.
pub(super) struct Stock<'v> {
    /// What there is.
    pub(super) config: &'v ConfigSummary,
    /// What is looked at.
    pub(super) route: &'v Route,
    /// Looks at something else.
    pub(super) go: Callback<Route>,
}

/// The inventory as of a moment, and what is asked of it.
pub(super) fn stock(props: &Stock<'_>) -> Html {
    let as_of = super::as_of(props.route);
    let density = &*props.config.density;
    let set = |name: &'static str| {
        let (route, go) = (props.route.clone(), props.go.clone());
        Callback::from(move |value: String| {
            let new = route.clone().with(name, &value);
            // Another moment is that of no snapshot.
            let is_moment = matches!(name, "at" | "since");
            go.emit(if is_moment {
                new.with("exact", "")
            } else {
                new
            });
        })
    };
    let deleted = {
        let set = set("deleted");
        let next = if as_of.deleted { "" } else { "1" };
        Callback::from(move |_: Event| set.emit(next.to_owned()))
    };
    let compare = {
        let (set, is_on) = (set("since"), as_of.since.is_some());
        let first = props
            .config
            .span
            .map(|(from, _)| from.to_string())
            .unwrap_or_default();
        Callback::from(move |_: Event| set.emit(if is_on { String::new() } else { first.clone() }))
    };
    html! {
        <>
            <div class="moments">
                { props.config.span.map(|span| html! { <>
                    { slider(&Slider { name: "at", label: "As of", span, density, value: as_of.at, onchange: set("at") }) }
                    { as_of.since.map(|since| slider(&Slider { name: "since", label: "Compared with", span, density, value: Some(since), onchange: set("since") })) }
                </> }) }
                <div class="switches">
                    <label class="switch"><input type="checkbox" data-testid="compare" checked={as_of.since.is_some()} onchange={compare} />{" Compare with another moment"}</label>
                    { as_of.since.is_none().then(|| html! { <label class="switch"><input type="checkbox" data-testid="with-deleted" checked={as_of.deleted} onchange={deleted} />{" With deleted resources"}</label> }) }
                    { snapshots(props.config, props.route, &props.go) }
                </div>
                <p class="fine" data-testid="baseline">{ baseline(props.config, as_of.at) }</p>
            </div>
            <Ask text={props.route.value("ask").to_owned()} as_of={as_of.clone()} onask={set("ask")} />
            <Grid table={Table::Resources} label="Resources" {as_of} />
        </>
    }
}

/// How much is known of what there was: history files tell changes only, so without a baseline nobody knows what else
/// there was.
fn baseline(config: &ConfigSummary, at: Option<Moment>) -> String {
    let known = config.recorders.iter().filter(|one| one.seen > 0);
    let has = |one: &&RecorderView| {
        let mut taken = one.snapshots.iter();
        (one.is_counted && at.is_none()) || taken.any(|taken| at.is_none_or(|at| *taken <= at))
    };
    let (all, based) = (known.clone().count(), known.clone().filter(has).count());
    let seen: u64 = known.map(|one| one.seen).sum();
    if all == based {
        return "Baseline: each account and region has a snapshot, or a count, until then. A snapshot has only what was recorded: see “What was recorded”."
            .to_owned();
    }
    let of = match all {
        1 => "no snapshot was taken until then, and nothing else counts the resources".to_owned(),
        _ => format!(
            "{} of {all} accounts and regions have no snapshot until then, nor a count",
            all - based
        ),
    };
    format!(
        "{} seen, population unknown: {of}. Drop a snapshot, or the output of get-discovered-resource-counts.",
        format::number(seen)
    )
}

/// The moments of snapshots, and two of them compared.
fn snapshots(config: &ConfigSummary, route: &Route, go: &Callback<Route>) -> Html {
    let taken: Vec<Moment> = config
        .recorders
        .iter()
        .flat_map(|one| one.snapshots.iter().copied())
        .collect();
    let mut taken = sorted(taken, Ord::cmp);
    taken.dedup();
    let Some(&last) = taken.last() else {
        return Html::default();
    };
    let as_of = super::as_of(route);
    let to = |at: Option<Moment>, since: Option<Moment>, exact: bool| {
        let text = |at: Option<Moment>| at.map(|at| at.to_string()).unwrap_or_default();
        let new = route
            .clone()
            .with("at", &text(at))
            .with("since", &text(since))
            .with("exact", if exact { "1" } else { "" });
        let go = go.clone();
        move || go.emit(new.clone())
    };
    let choose = |label: &'static str, name: &'static str, now: Option<Moment>, is_since: bool| {
        let options: Vec<_> = taken
            .iter()
            .map(|&at| match is_since {
                true => to(as_of.at, Some(at), as_of.exact),
                false => to(Some(at), as_of.since, as_of.exact),
            })
            .collect();
        let onchange = Callback::from(move |event: Event| {
            let select = event
                .target()
                .and_then(|target| target.dyn_into::<HtmlSelectElement>().ok());
            let at = select.and_then(|select| usize::try_from(select.selected_index()).ok());
            if let Some(go) = at.and_then(|at| options.get(at.checked_sub(1)?)) {
                go();
            }
        });
        let option = |at: &Moment| html! { <option key={at.to_string()} selected={now == Some(*at)}>{ format::time(*at) }</option> };
        html! { <label class="facet"><span>{ label }</span><select data-testid={name} {onchange}><option key="none" selected={!now.is_some_and(|at| taken.contains(&at))}>{"choose…"}</option>{ for taken.iter().map(option) }</select></label> }
    };
    let is_taken = |at: Option<Moment>| at.is_some_and(|at| taken.contains(&at));
    let can_be_exact = is_taken(as_of.at) && (as_of.since.is_none() || is_taken(as_of.since));
    let exact = {
        let to = to(as_of.at, as_of.since, !as_of.exact);
        Callback::from(move |_: Event| to())
    };
    let both = (taken.len() > 1).then(|| {
        let to = to(Some(last), taken.iter().rev().nth(1).copied(), true);
        let onclick = Callback::from(move |_: MouseEvent| to());
        html! { <button data-testid="compare-snapshots" {onclick}>{"Compare the last two snapshots"}</button> }
    });
    html! {
        <>
            { choose("As of the snapshot", "at-snapshot", as_of.at, false) }
            { as_of.since.is_some().then(|| choose("Compared with the snapshot", "since-snapshot", as_of.since, true)) }
            { both }
            { (can_be_exact || as_of.exact).then(|| html! { <label class="switch"><input type="checkbox" data-testid="exact" checked={as_of.exact} onchange={exact} />{" Only what the snapshots themselves hold"}</label> }) }
        </>
    }
}

struct Slider<'v> {
    name: &'static str,
    label: &'static str,
    span: (Moment, Moment),
    density: &'v [u32],
    value: Option<Moment>,
    onchange: Callback<String>,
}

/// A moment, over how many captures there are at each.
fn slider(props: &Slider<'_>) -> Html {
    let (from, to) = props.span;
    let length = (to.seconds() - from.seconds()).max(1);
    let place = props.value.map_or(STEPS, |at| {
        ((at.seconds() - from.seconds()) * STEPS / length).clamp(0, STEPS)
    });
    let input_of = |event: &Event| {
        event
            .target()
            .and_then(|target| target.dyn_into::<HtmlInputElement>().ok())
    };
    let slide = {
        let onchange = props.onchange.clone();
        Callback::from(move |event: InputEvent| {
            let Some(input) = event
                .target()
                .and_then(|target| target.dyn_into::<HtmlInputElement>().ok())
            else {
                return;
            };
            let step = input.value_as_number() as i64;
            // The end stands for the newest captures.
            let at = if step >= STEPS {
                String::new()
            } else {
                from.plus(length * step / STEPS).to_string()
            };
            onchange.emit(at);
        })
    };
    let typed = {
        let onchange = props.onchange.clone();
        Callback::from(move |event: Event| {
            let Some(input) = input_of(&event) else {
                return;
            };
            let text = input.value().trim().replace(' ', "T");
            let whole = match text.len() {
                10 => format!("{text}T23:59:59Z"),
                16 => format!("{text}:59Z"),
                19 => format!("{text}Z"),
                _ => text,
            };
            let at = Moment::parse(&whole)
                .map(|at| at.to_string())
                .unwrap_or_default();
            onchange.emit(at);
        })
    };
    let most = props.density.iter().copied().max().unwrap_or(1).max(1);
    let bar = |(at, &count): (usize, &u32)| {
        let height = (f64::from(count) / f64::from(most)).sqrt() * 18.0;
        (count > 0).then(|| html! { <rect key={at.to_string()} x={at.to_string()} y={format!("{:.1}", 20.0 - height)} width="1" height={format!("{height:.1}")} /> })
    };
    let shown = props
        .value
        .map_or_else(|| "newest".to_owned(), format::time);
    html! {
        <div class="slider">
            <label>{ props.label }{" "}<input type="text" data-testid={format!("{}-text", props.name)} value={shown} placeholder="2024-01-31 or 2024-01-31 08:00:00" aria-label={format!("{} (UTC)", props.label)} onchange={typed} /></label>
            <div class="track">
                <svg viewBox={format!("0 0 {} 20", props.density.len().max(1))} preserveAspectRatio="none" aria-hidden="true">{ for props.density.iter().enumerate().filter_map(bar) }</svg>
                <input type="range" min="0" max={STEPS.to_string()} value={place.to_string()} data-testid={format!("{}-slider", props.name)} aria-label={props.label} oninput={slide} />
                <p class="ends"><span>{ format::time(from) }</span><span>{ format::time(to) }</span></p>
            </div>
        </div>
    }
}

#[derive(PartialEq, Properties)]
struct AskProps {
    text: String,
    as_of: exhibit::case::AsOf,
    onask: Callback<String>,
}

/// A JMESPath expression over the configurations of the moment.
#[component]
fn Ask(props: &AskProps) -> Html {
    let session = use_context::<Rc<Session>>().unwrap_or_default();
    let client = use_context::<Client>();
    let input = use_node_ref();
    let wrong = use_state(|| None::<Wrong>);
    let ask = {
        let (client, at) = (client.clone(), props.as_of.clone());
        move |text: &str| {
            if let Some(client) = &client {
                client.match_items(at.clone(), text.to_owned());
            }
        }
    };
    // What an address or a moment asks for is asked anew: nothing else knows the answer.
    {
        let (ask, text) = (ask.clone(), props.text.clone());
        use_effect_with(
            (props.text.clone(), props.as_of.at, session.intake.files),
            move |_| {
                if !text.is_empty() && Expression::parse(&text).is_ok() {
                    ask(&text);
                }
            },
        );
    }
    let onsubmit = {
        let (input, wrong, onask) = (input.clone(), wrong.setter(), props.onask.clone());
        Callback::from(move |event: SubmitEvent| {
            event.prevent_default();
            let text = input
                .cast::<HtmlInputElement>()
                .map(|input| input.value())
                .unwrap_or_default();
            let text = text.trim().to_owned();
            let fault = if text.is_empty() {
                None
            } else {
                Expression::parse(&text).err()
            };
            if fault.is_none() {
                onask.emit(text);
            }
            wrong.set(fault);
        })
    };
    let cancel = Callback::from(move |_: MouseEvent| {
        if let Some(client) = &client {
            client.stop_reading_records();
        }
    });
    html! {
        <div class="records">
            <form class="task" {onsubmit}>
                <input ref={input} type="search" class="wide" data-testid="jmespath" value={props.text.clone()} spellcheck="false"
                    placeholder="configuration.ipPermissions[?contains(ipRanges, '0.0.0.0/0')]" aria-label="JMESPath expression on configurations" />
                <button type="submit" title="Reads the configurations of this moment again and shows those of which it holds">{"Ask the configurations"}</button>
                { session.task.as_ref().map(|task| html! { <>
                    <span role="status">{ format!("{} of {} files", task.done, task.total) }</span>
                    <progress max={task.total.to_string()} value={task.done.to_string()} aria-label="Files read" />
                    <button type="button" onclick={cancel}>{"Cancel"}</button>
                </> }) }
            </form>
            <p class="error">{ wrong.as_ref().map(|wrong| format!("At character {}: {}. Expressions are JMESPath, as in aws --query.", wrong.at + 1, wrong.message)) }</p>
        </div>
    }
}
