//! Risk: alerts, calls and errors, the riskiest first.

use std::rc::Rc;

use yew::prelude::*;

use exhibit::case::{Answer, Facet, Question, Settings, Table};
use exhibit::object::{Impact, Way};

use super::View;
use super::later::Later;
use crate::app::ask::use_answer;
use crate::app::client::Client;
use crate::app::format;
use crate::app::route::Route;
use crate::app::session::{Phase, Session};
use crate::app::widgets::table::Grid;

#[derive(PartialEq, Properties)]
pub(crate) struct Props {
    /// What is looked at.
    pub(crate) route: Route,
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
    let part = props.route.value("part").to_owned();
    let tile = |name: &'static str,
                testid: &'static str,
                count: u64,
                words: String,
                note: String| {
        let current = (part == name).then_some("page");
        let address = props.route.clone().with("part", name).address();
        html! { <a key={testid} class="tile" href={address} aria-current={current} data-testid={testid}><strong>{ format::number(count) }</strong><span>{ words }</span><span class="fine">{ note }</span></a> }
    };
    html! {
        <div class="page fill risk" data-testid="view-risk">
            <div class="heading"><h1>{"Risk"}</h1><p class="summary">{"A model, not a measurement: values are published samples of Macie Classic where they are marked so, else this project's. Each can be changed."}</p></div>
            <nav class="tiles" aria-label="Parts of this view">
                { tile("", "tile-alerts", summary.alerts, "alerts".to_owned(), format!("{} critical or high", format::number(summary.grave))) }
                { tile("calls", "tile-calls", summary.calls, "high-risk calls".to_owned(), "risk 8 to 10".to_owned()) }
                { tile("errors", "tile-errors", summary.errors, "high-risk errors".to_owned(), "risk 8 to 10".to_owned()) }
                { tile("objects", "tile-objects", summary.objects, "objects".to_owned(), format!("{} of high risk", format::number(summary.risky))) }
                { tile("personal", "tile-personal", summary.personal, "objects with personal data".to_owned(), "impact high or moderate".to_owned()) }
                { tile("accessed", "tile-accessed", summary.accessed, "objects in calls".to_owned(), "of S3 data events".to_owned()) }
            </nav>
            <div class="stack">
                { match part.as_str() {
                    "calls" => html! { <Grid key="calls" table={Table::Calls} label="Calls" /> },
                    "errors" => html! { <Grid key="errors" table={Table::Errors} label="Errors" /> },
                    "objects" | "personal" => html! { <><Ways route={props.route.clone()} /><Grid key={part.clone()} table={Table::Objects} label="Objects" facets={impacts(&part)} /></> },
                    "accessed" => html! { <Grid key="accessed" table={Table::Accessed} label="Objects of buckets in calls" /> },
                    "classifiers" => html! { <><Ways route={props.route.clone()} /><Grid key="classifiers" table={Table::Classifiers} label="What objects are classified by" /></> },
                    _ => html! { <Grid key="alerts" table={Table::Alerts} label="Alerts" /> },
                } }
            </div>
        </div>
    }
}

/// Objects with personal data that matters, where those are asked for.
fn impacts(part: &str) -> Vec<Facet> {
    let columns = Table::Objects.columns().iter();
    let column = columns
        .take_while(|column| column.name != "piiImpact")
        .count() as u16;
    let facet = |impact: Impact| Facet {
        column,
        value: impact.name().to_owned(),
    };
    if part == "personal" {
        vec![facet(Impact::High), facet(Impact::Moderate)]
    } else {
        Vec::new()
    }
}

/// The ways in which objects are classified: each can be turned off.
#[component]
fn Ways(props: &Props) -> Html {
    let session = use_context::<Rc<Session>>().unwrap_or_default();
    let client = use_context::<Client>();
    let ways = Way::ALL.into_iter().map(|way| {
        let (settings, client) = (Rc::clone(&session.settings), client.clone());
        let is_on = !settings.risk.off.contains(&way);
        let onchange = Callback::from(move |_: Event| {
            let mut settings = Settings::clone(&settings);
            if is_on {
                settings.risk.off.insert(way);
            } else {
                settings.risk.off.remove(&way);
            }
            if let Some(client) = &client {
                client.set(settings);
            }
        });
        html! { <label key={way.name()}><input type="checkbox" checked={is_on} {onchange} />{ format!(" {}", way.name()) }</label> }
    });
    html! {
        <p class="actions fine">{"Classified by "}{ for ways }
            <a href={props.route.clone().with("part", "classifiers").address()} data-testid="open-classifiers">{"All rows and their risk"}</a></p>
    }
}
