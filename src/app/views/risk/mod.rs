//! Risk: what is dangerous in the evidence. A dashboard, and behind each of its numbers the rows that it counts.
//!
//! A part of the view is a file here and a row in [`PARTS`].

mod alerts;
mod calls;
mod chart;
mod dashboard;
mod objects;
mod own;
mod settings;
mod users;

use std::rc::Rc;

use yew::prelude::*;

use exhibit::case::{Answer, Facet, Question, Table};
use exhibit::risk::MOST;

use super::View;
use super::later::later;
use crate::app::ask::use_answer;
use crate::app::client::Client;
use crate::app::route::Route;
use crate::app::session::{Phase, Session};

#[derive(PartialEq, Properties)]
pub(crate) struct Props {
    /// What is looked at.
    pub(crate) route: Route,
}

/// The parts in the order of their tabs: the name in addresses and hooks, and the title. The first opens first.
const PARTS: &[(&str, &str)] = &[
    ("dashboard", "Dashboard"),
    ("alerts", "Alerts"),
    ("calls", "Calls"),
    ("errors", "Errors"),
    ("users", "Users"),
    ("objects", "Objects"),
    ("accessed", "Objects in calls"),
    ("buckets", "Who may reach buckets"),
    ("secrets", "Secrets"),
    ("classifiers", "Classifiers"),
    ("settings", "Settings"),
];

/// From which risk on something is high: Macie Classic's bound.
const HIGH: u8 = 8;

/// The part that an address names; objects with personal data are a narrowed part of objects.
fn part_of(route: &Route) -> &'static str {
    let asked = match route.value("part") {
        "personal" => "objects",
        other => other,
    };
    let found = PARTS.iter().find(|(name, _)| *name == asked);
    found.map_or("dashboard", |(name, _)| name)
}

/// The address of a part, and of what of it is shown.
fn address(route: &Route, part: &str) -> String {
    let part = if part == "dashboard" { "" } else { part };
    route.clone().with("part", part).with("show", "").address()
}

/// A column of a table, by its name.
fn column(table: Table, name: &str) -> u16 {
    let columns = table.columns().iter();
    columns.take_while(|column| column.name != name).count() as u16
}

/// Values of a column, as facets that are picked at first.
fn picked(table: Table, name: &str, values: impl IntoIterator<Item = String>) -> Vec<Facet> {
    let column = column(table, name);
    let facet = |value| Facet { column, value };
    values.into_iter().map(facet).collect()
}

/// The risks from one on, as facets.
fn risks(table: Table, least: u8) -> Vec<Facet> {
    picked(table, "risk", (least..=MOST).map(|risk| risk.to_string()))
}

/// A second row of tabs within a part.
fn choices(route: &Route, all: &[(&'static str, &'static str)]) -> Html {
    let shown = route.value("show");
    let choice = |(name, title): &(&'static str, &'static str)| {
        let current = (shown == *name).then_some("true");
        let address = route.clone().with("show", name).address();
        let testid = format!("show-{}", if name.is_empty() { "first" } else { name });
        html! { <a key={*name} href={address} aria-current={current} data-testid={testid}>{ *title }</a> }
    };
    html! { <nav class="choices" aria-label="What of it">{ for all.iter().map(choice) }</nav> }
}

/// Has readers look at records for Sigma rules whenever evidence or rules have changed, whatever view is open.
#[component]
pub(crate) fn Standing() -> Html {
    let session = use_context::<Rc<Session>>().unwrap_or_default();
    let client = use_context::<Client>();
    let overview = session.overview.as_ref();
    let suspects = overview.and_then(|overview| overview.suspects);
    let ready = session.intake.phase == Phase::Ready;
    use_effect_with((suspects, ready), move |(suspects, ready)| {
        if let (Some(client), Some(stamp), true) = (client, suspects, ready) {
            client.ask_sigma(*stamp);
        }
    });
    Html::default()
}

#[component]
pub(crate) fn Risk(props: &Props) -> Html {
    let session = use_context::<Rc<Session>>().unwrap_or_default();
    let answer = use_answer(Question::Risk(HIGH), session.revision);
    let Some(Answer::Risk(summary)) = answer.as_deref() else {
        return html! { <div class="page" data-testid="view-risk"><h1>{"Risk"}</h1><p class="loading">{"Asking the case…"}</p></div> };
    };
    let is_empty = summary.events == 0 && summary.objects == 0 && summary.sigma.0 == 0;
    if is_empty && session.intake.phase != Phase::Reading {
        return later(View::Risk, &session);
    }
    let route = &props.route;
    let part = part_of(route);
    let tab = |(name, title): &(&'static str, &'static str)| {
        let current = (part == *name).then_some("page");
        html! { <a key={*name} href={address(route, name)} aria-current={current} data-testid={format!("part-{name}")}>{ *title }</a> }
    };
    let shown = match part {
        "alerts" => alerts::alerts(route, summary.sigma),
        "calls" => calls::calls(route, Table::Calls),
        "errors" => calls::calls(route, Table::Errors),
        "users" => users::users(route),
        "objects" => objects::objects(route),
        "accessed" => objects::accessed(summary),
        "buckets" => objects::buckets(route, summary),
        "secrets" => objects::secrets(),
        "classifiers" => objects::classifiers(route),
        "settings" => html! { <settings::RiskSettings /> },
        _ => html! { <dashboard::Dashboard route={route.clone()} /> },
    };
    // What an address asks for is picked at first: another address is another table.
    let key = match part {
        "dashboard" => part.to_owned(),
        _ => route.address(),
    };
    html! {
        <div class="page fill risk" data-testid="view-risk">
            <div class="heading"><h1>{"Risk"}</h1><p class="summary">{"A model, not a measurement: values are published samples of Macie Classic where they are marked so, else this project's. Each can be changed."}</p></div>
            <nav class="tabs" aria-label="Parts of this view">{ for PARTS.iter().map(tab) }</nav>
            <div class="stack">
                <key={key}>{ shown }</>
            </div>
        </div>
    }
}
