//! Risk at a glance: tiles, what is risky by time, and what objects there are. Each leads to the rows that it counts.

use std::rc::Rc;

use wasm_bindgen::JsCast as _;
use web_sys::HtmlInputElement;
use yew::prelude::*;

use exhibit::case::{Answer, OverTime, Question, RiskSummary};
use exhibit::risk::users::Tier;
use exhibit::risk::{MOST, Rated, Severity};

use super::chart::{Chart, Part, shares, stacked};
use super::{HIGH, Props, address};
use crate::app::ask::use_answer;
use crate::app::format;
use crate::app::route::{Route, use_noted};
use crate::app::session::Session;

#[component]
pub(super) fn Dashboard(props: &Props) -> Html {
    let session = use_context::<Rc<Session>>().unwrap_or_default();
    let (route, go) = use_noted(&props.route);
    let least = route.value("least").parse().unwrap_or(HIGH).clamp(1, MOST);
    let by_week = route.value("by") == "week";
    let ask = |rated| Question::RiskOverTime {
        rated,
        least,
        by_week,
    };
    let summary = use_answer(Question::Risk(least), session.revision);
    let calls = use_answer(ask(Rated::Call), session.revision);
    let errors = use_answer(ask(Rated::Error), session.revision);
    let Some(Answer::Risk(summary)) = summary.as_deref() else {
        return html! { <p class="loading">{"Asking the case…"}</p> };
    };
    let oninput = {
        let (route, go) = ((*route).clone(), go.clone());
        Callback::from(move |event: InputEvent| {
            let target = event.target();
            let input = target.and_then(|target| target.dyn_into::<HtmlInputElement>().ok());
            if let Some(input) = input {
                go.emit(route.clone().with("least", &input.value()));
            }
        })
    };
    let by = |name: &'static str, title: &'static str| {
        let (new, go) = ((*route).clone().with("by", name), go.clone());
        let is_chosen = route.value("by") == name;
        let onclick = Callback::from(move |_: MouseEvent| go.emit(new.clone()));
        html! { <button aria-pressed={is_chosen.to_string()} data-testid={format!("by-{title}")} {onclick}>{ format!("By {title}") }</button> }
    };
    html! {
        <div class="dashboard">
            <div class="dashboard-tools">
                <label>{"Calls and errors from risk "}<input type="range" data-testid="least-risk" min="1" max={MOST.to_string()} value={least.to_string()} {oninput} /><output>{ range(least) }</output></label>
                <span class="segmented" role="group" aria-label="Steps of time">{ by("", "day") }{ by("week", "week") }</span>
                <span class="fine ramp-legend">{"Risk"}{ for (1..=MOST).map(|risk| html! { <span key={risk.to_string()} class={format!("swatch risk-{risk}")} title={risk.to_string()} /> }) }{"1 to 10"}</span>
            </div>
            { tiles(summary, &route, least) }
            { stacked(&Chart { title: "Riskiest calls", testid: "chart-calls", field: "name", over: over(calls.as_deref()), empty: "No call of this risk is in the evidence." }) }
            { stacked(&Chart { title: "Riskiest errors", testid: "chart-errors", field: "error", over: over(errors.as_deref()), empty: "No error of this risk is in the evidence." }) }
            { objects(summary, &route) }
        </div>
    }
}

fn over(answer: Option<&Answer>) -> OverTime {
    match answer {
        Some(Answer::RiskOverTime(over)) => over.clone(),
        _ => OverTime::default(),
    }
}

fn range(least: u8) -> String {
    if least == MOST {
        least.to_string()
    } else {
        format!("{least} to {MOST}")
    }
}

fn tiles(summary: &RiskSummary, route: &Route, least: u8) -> Html {
    let number = format::number;
    let route = route.clone().with("least", "").with("by", "");
    let from = route.clone().with("least", &least.to_string());
    let tile = |address: String, testid: &'static str, count: u64, words: &str, note: String| {
        html! { <a key={testid} class="tile" href={address} data-testid={testid}><strong>{ number(count) }</strong><span>{ words.to_owned() }</span><span class="fine">{ note }</span></a> }
    };
    let severities = Severity::ALL.iter().zip(summary.severities);
    let severities: Vec<String> = severities
        .filter(|(_, count)| *count > 0)
        .map(|(severity, count)| format!("{count} {}", severity.name()))
        .collect();
    let users: u32 = summary.tiers.iter().sum();
    let (rules, wrong, pending) = summary.sigma;
    let high = if least >= HIGH { "high-risk " } else { "" };
    html! {
        <nav class="tiles" aria-label="At a glance">
            { tile(address(&route, "alerts"), "tile-alerts", summary.alerts, "alerts", if severities.is_empty() { "none raised".to_owned() } else { severities.join(", ") }) }
            { tile(address(&from, "calls"), "tile-calls", summary.calls, &format!("{high}calls"), format!("risk {}", range(least))) }
            { tile(address(&from, "errors"), "tile-errors", summary.errors, &format!("{high}errors"), format!("risk {}", range(least))) }
            { tile(address(&route, "users"), "tile-users", u64::from(users), "users", format!("{} {}, {} unusual events", summary.tiers[0], Tier::Platinum.name(), number(summary.unusual))) }
            { tile(address(&route, "objects"), "tile-objects", summary.objects, "objects", format!("{} of high risk", number(summary.risky))) }
            { tile(address(&route, "personal"), "tile-personal", summary.personal, "objects with personal data", "impact high or moderate".to_owned()) }
            { tile(address(&route, "accessed"), "tile-accessed", summary.accessed, "objects in calls", "of S3 data events".to_owned()) }
            { tile(address(&route, "secrets"), "tile-secrets", summary.secrets, "secrets", "in events and configurations".to_owned()) }
            { tile(route.clone().with("part", "buckets").with("show", "opened").address(), "tile-buckets", summary.opened, "buckets opened", format!("of {} changes of who may reach one", number(summary.reach))) }
            { if rules > 0 {
                let note = if pending { "reading the records…".to_owned() } else { format!("{wrong} not evaluated") };
                tile(route.clone().with("part", "alerts").with("show", "sigma").address(), "tile-sigma", u64::from(rules), "Sigma rules", note)
            } else { Html::default() } }
        </nav>
    }
}

fn objects(summary: &RiskSummary, route: &Route) -> Html {
    if summary.objects == 0 {
        return html! { <p class="fine">{"No object was dropped: any file that is no evidence itself is classified."}</p> };
    }
    let route = route.clone().with("by", "").with("least", "");
    let part = |name: String, count: u32, class: String, key: &str, value: &str| Part {
        name,
        count,
        class,
        address: route
            .clone()
            .with("part", "objects")
            .with(key, value)
            .address(),
    };
    let by_risk = (1..=MOST).rev().map(|risk| {
        let count = summary
            .by_risk
            .get(usize::from(risk) - 1)
            .copied()
            .unwrap_or(0);
        part(
            format!("Risk {risk}"),
            count,
            format!("risk-{risk}"),
            "least",
            &risk.to_string(),
        )
    });
    let plain = |key: &'static str| {
        move |(name, count): &(String, u32)| {
            part(name.clone(), *count, "plain-bar".to_owned(), key, name)
        }
    };
    let by_class: Vec<Part> = summary.by_class.iter().map(plain("class")).collect();
    let by_personal: Vec<Part> = summary.by_personal.iter().map(plain("holds")).collect();
    html! {
        <div class="three-shares">
            { shares("Objects by risk", "share-risk", &by_risk.collect::<Vec<_>>(), "None.") }
            { shares("Objects by class", "share-class", &by_class, "None.") }
            { shares("Objects by personal data", "share-personal", &by_personal, "No personal data was found.") }
        </div>
    }
}
