//! Activity: who did what, from where, when, whether it succeeded, and whether that record is proven.

mod facets;
mod query;
mod records;
mod timeline;

use std::rc::Rc;

use yew::prelude::*;

use exhibit::activity::Query;
use exhibit::activity::complete::{joined, term, toggled};
use exhibit::case::{self, Answer, Ask, Link, Question, Table};
use exhibit::moment::Moment;

use super::View;
use crate::app::ask::use_answer;
use crate::app::format;
use crate::app::route::{Route, use_noted};
use crate::app::session::{Phase, Session};
use crate::app::views::later::later;
use crate::app::widgets::control::Add;
use crate::app::widgets::table::Grid;
use facets::Facets;
use query::QueryBox;
use records::Records;
use timeline::Timeline;

/// Steps of the chart at most: more are not told apart.
const STEPS: u32 = 180;

#[derive(PartialEq, Properties)]
pub(crate) struct Props {
    /// The query, the time that is shown, the stack and the table, as the address has them.
    pub(crate) route: Route,
}

/// A stretch of time.
type Zoom = Option<(Moment, Moment)>;

#[component]
pub(crate) fn Activity(props: &Props) -> Html {
    let session = use_context::<Rc<Session>>().unwrap_or_default();
    let has_events = session
        .overview
        .as_ref()
        .is_some_and(|overview| overview.events > 0);
    if !has_events && session.intake.phase != Phase::Reading {
        return later(View::Activity, &session);
    }
    html! { <Events route={props.route.clone()} /> }
}

#[component]
fn Events(props: &Props) -> Html {
    let session = use_context::<Rc<Session>>().unwrap_or_default();
    let (route, go) = use_noted(&props.route);
    let caret = use_state(|| 0_u32);
    // The last answer that could be understood stays while a query is being typed.
    let good = use_mut_ref(|| None::<Rc<Answer>>);
    let query = route.value("q").to_owned();
    let zoom = zoom_of(route.value("time"));
    let stack = Some(route.value("stack")).filter(|stack| !stack.is_empty());
    let stack = stack.unwrap_or("source").to_owned();
    let ask = Ask {
        query: query.clone(),
        caret: *caret,
        zoom,
        stack: stack.clone(),
        steps: STEPS,
    };
    let answer = use_answer(Question::Activity(ask), session.revision);
    let found = of(answer.as_deref());
    if let (Some(found), Some(answer)) = (found, &answer)
        && found.error.is_none()
    {
        *good.borrow_mut() = Some(Rc::clone(answer));
    }
    let last = good.borrow().clone();
    let Some(shown) = of(last.as_deref()).cloned().or_else(|| found.cloned()) else {
        return html! { <div class="page fill" data-testid="view-activity"><h1>{"Activity"}</h1><p class="loading">{"Asking the case…"}</p></div> };
    };
    let set = |key: &'static str| {
        let (go, route) = (go.clone(), (*route).clone());
        Callback::from(move |value: String| go.emit(route.clone().with(key, &value)))
    };
    let set_zoom = {
        let set = set("time");
        Callback::from(move |zoom: Zoom| {
            set.emit(zoom.map_or(String::new(), |(from, to)| format!("{from}..{to}")));
        })
    };
    let toggle = {
        let (set, query) = (set("q"), query.clone());
        Callback::from(move |term: String| set.emit(toggled(&query, &term)))
    };
    let narrow = {
        let (go, route, query) = (go.clone(), (*route).clone(), query.clone());
        Callback::from(move |(from, to): (Moment, Moment)| {
            let query = joined(&query, &format!("since:{from} until:{to}"));
            go.emit(route.clone().with("q", &query).with("time", ""));
        })
    };
    let onquery = {
        let (set, caret) = (set("q"), caret.setter());
        Callback::from(move |(text, at): (String, u32)| {
            caret.set(at);
            set.emit(text);
        })
    };
    let tab = |name: &'static str, title: &'static str| {
        let current = (route.value("part") == name).then_some("page");
        let set = set("part");
        let onclick = Callback::from(move |event: MouseEvent| {
            event.prevent_default();
            set.emit(name.to_owned());
        });
        html! { <a key={title} href={(*route).clone().with("part", name).address()} aria-current={current} {onclick}>{ title }</a> }
    };
    let (table, label) = match route.value("part") {
        "seen" => (Table::Seen, "Actors, addresses and calls"),
        "sessions" => (Table::Sessions, "Sessions"),
        _ => (Table::Events, "Events"),
    };
    // A query that is being typed and cannot be understood yet does not empty the table.
    let is_wrong = Query::parse(&query).is_err();
    let table_query = use_mut_ref(String::new);
    if !is_wrong {
        table_query.replace(query.clone());
    }
    let table_query: AttrValue = table_query.borrow().clone().into();
    let error = found.and_then(|found| found.error.clone());
    let completions = found
        .map(|found| found.completions.clone())
        .unwrap_or_default();
    // The chart as a piece of evidence: what it shows, and of which query.
    let chart = Link {
        title: format!(
            "Chart of events: {} of {} events, query {:?}{}",
            shown.matching,
            shown.total,
            shown.query,
            zoom.or(shown.span)
                .map_or(String::new(), |(from, to)| format!(", {from} to {to}"))
        ),
        ..Link::default()
    };
    html! {
        <div class="page fill activity" data-testid="view-activity">
            <div class="heading">
                <h1>{"Activity"}</h1>
                <p class="summary" role="status" data-testid="event-count" data-count={shown.matching.to_string()} data-total={shown.total.to_string()} data-query={shown.query.clone()}>
                    { summary(&shown) }
                </p>
            </div>
            <QueryBox text={query.clone()} {error} {completions} onchange={onquery} />
            <Timeline query={query.clone()} chart={shown.chart.clone()} map={shown.map.clone()} span={shown.span} {zoom} {stack}
                lanes={route.value("lanes") == "1"} onzoom={set_zoom} onstack={set("stack")} onlanes={set("lanes")} onnarrow={narrow} />
            <div class="chart-link"><Add link={chart} /></div>
            <div class="meaning">{ shown.meaning.as_ref().map(|meaning| html! { <p class="note" role="status">{ meaning }</p> }) }</div>
            <div class="found">
                <Facets values={shown.facets.clone()} query={query.clone()} ontoggle={toggle} />
                <div class="stack">
                    <div class="over">
                        <nav class="tabs" aria-label="Tables">{ tab("", "Events") }{ tab("sessions", "Sessions") }{ tab("seen", "First and last seen") }</nav>
                        <Records query={table_query.clone()} onfound={set("q")} />
                    </div>
                    <Grid key={table.name()} {table} label={label} query={Some(table_query)} sort={route.value("sort").to_owned()} onsort={set("sort")} />
                </div>
            </div>
        </div>
    }
}

fn of(answer: Option<&Answer>) -> Option<&case::Activity> {
    match answer {
        Some(Answer::Activity(found)) => Some(found),
        _ => None,
    }
}

fn summary(shown: &case::Activity) -> String {
    let all = format::count(shown.total, "event");
    let some = if shown.matching == shown.total {
        all
    } else {
        format!("{} of {all}", format::number(shown.matching))
    };
    if shown.conflicts > 0 {
        format!(
            "{some}; {} contradict each other: conflict:yes",
            format::number(shown.conflicts)
        )
    } else {
        some
    }
}

fn zoom_of(text: &str) -> Zoom {
    let (from, to) = text.split_once("..")?;
    let (from, to) = (Moment::parse(from)?, Moment::parse(to)?);
    (from < to).then_some((from, to))
}

/// The term that a value of a facet adds to the query.
fn facet_term(field: &str, value: &str, negated: bool) -> String {
    let minus = if negated { "-" } else { "" };
    format!("{minus}{}", term(field, value))
}
