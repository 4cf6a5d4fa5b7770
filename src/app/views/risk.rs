//! Risk: alerts, calls and errors, the riskiest first.

use std::rc::Rc;

use yew::prelude::*;

use exhibit::case::{Answer, Question, Table};

use super::View;
use super::later::Later;
use crate::app::ask::use_answer;
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
    if summary.events == 0 && session.intake.phase != Phase::Reading {
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
            </nav>
            <div class="stack">
                { match part.as_str() {
                    "calls" => html! { <Grid key="calls" table={Table::Calls} label="Calls" /> },
                    "errors" => html! { <Grid key="errors" table={Table::Errors} label="Errors" /> },
                    _ => html! { <Grid key="alerts" table={Table::Alerts} label="Alerts" /> },
                } }
            </div>
        </div>
    }
}
