//! Risk: what is dangerous in the evidence. A dashboard, and behind each of its numbers the rows that it counts.
//!
//! A part of the view is a file here and a row in [`PARTS`].

mod dashboard;
mod objects;

use std::rc::Rc;

use yew::prelude::*;

use exhibit::case::{Answer, Question, Table};

use super::View;
use super::later::Later;
use crate::app::ask::use_answer;
use crate::app::route::Route;
use crate::app::session::{Phase, Session};
use crate::app::widgets::table::Grid;

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
    ("objects", "Objects"),
    ("accessed", "Objects in calls"),
    ("buckets", "Who may reach buckets"),
    ("secrets", "Secrets"),
    ("classifiers", "Classifiers"),
];

/// The part that an address names; objects with personal data are a narrowed part of objects.
fn part_of(route: &Route) -> &'static str {
    let asked = match route.value("part") {
        "personal" => "objects",
        other => other,
    };
    let found = PARTS.iter().find(|(name, _)| *name == asked);
    found.map_or("dashboard", |(name, _)| name)
}

/// The address of a part.
fn address(route: &Route, part: &str) -> String {
    let part = if part == "dashboard" { "" } else { part };
    route.clone().with("part", part).address()
}

#[component]
pub(crate) fn Risk(props: &Props) -> Html {
    let session = use_context::<Rc<Session>>().unwrap_or_default();
    let answer = use_answer(Question::Risk, session.revision);
    let Some(Answer::Risk(summary)) = answer.as_deref() else {
        return html! { <div class="page" data-testid="view-risk"><h1>{"Risk"}</h1><p class="loading">{"Asking the case…"}</p></div> };
    };
    if summary.events == 0 && summary.objects == 0 && session.intake.phase != Phase::Reading {
        return html! { <Later view={View::Risk} /> };
    }
    let route = &props.route;
    let part = part_of(route);
    let tab = |(name, title): &(&'static str, &'static str)| {
        let current = (part == *name).then_some("page");
        html! { <a key={*name} href={address(route, name)} aria-current={current} data-testid={format!("part-{name}")}>{ *title }</a> }
    };
    html! {
        <div class="page fill risk" data-testid="view-risk">
            <div class="heading"><h1>{"Risk"}</h1><p class="summary">{"A model, not a measurement: values are published samples of Macie Classic where they are marked so, else this project's. Each can be changed."}</p></div>
            <nav class="tabs" aria-label="Parts of this view">{ for PARTS.iter().map(tab) }</nav>
            <div class="stack">
                { match part {
                    "alerts" => html! { <Grid key="alerts" table={Table::Alerts} label="Alerts" /> },
                    "calls" => html! { <Grid key="calls" table={Table::Calls} label="Calls" /> },
                    "errors" => html! { <Grid key="errors" table={Table::Errors} label="Errors" /> },
                    "objects" => html! { <objects::Objects key={route.value("part").to_owned()} route={route.clone()} /> },
                    "accessed" => html! { <objects::Accessed key="accessed" summary={*summary} /> },
                    "buckets" => html! { <objects::Buckets key="buckets" summary={*summary} /> },
                    "secrets" => html! { <objects::Secrets key="secrets" /> },
                    "classifiers" => html! { <objects::Classifiers key="classifiers" route={route.clone()} /> },
                    _ => html! { <dashboard::Dashboard summary={*summary} route={route.clone()} /> },
                } }
            </div>
        </div>
    }
}
