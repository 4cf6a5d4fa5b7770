//! Resources: the inventory as of any moment, what was recorded, and one resource with its past.

mod diff;
mod graph;
mod inventory;
mod layout;
mod recorders;
mod resource;
mod stream;

use std::rc::Rc;

use yew::prelude::*;

use exhibit::case::AsOf;
use exhibit::moment::Moment;

use super::View;
use super::later::later;
use crate::app::format;
use crate::app::route::{Route, use_noted};
use crate::app::session::{Phase, Session};
use inventory::{Stock, stock};
use resource::Past;
use stream::stream;

#[derive(PartialEq, Properties)]
pub(crate) struct Props {
    /// What is looked at.
    pub(crate) route: Route,
}

#[component]
pub(crate) fn Resources(props: &Props) -> Html {
    let session = use_context::<Rc<Session>>().unwrap_or_default();
    let (route, go) = use_noted(&props.route);
    let config = session
        .overview
        .as_ref()
        .map(|overview| overview.config.clone())
        .unwrap_or_default();
    let is_empty = config.items == 0 && config.recorders.is_empty() && config.messages == 0;
    if is_empty && session.intake.phase != Phase::Reading {
        return later(View::Resources, &session);
    }
    let key = route.value("r").to_owned();
    let part = route.value("part").to_owned();
    let tab = |name: &'static str, title: String| {
        let current = (key.is_empty() && part == name).then_some("page");
        let go = go.clone();
        let new = (*route).clone().with("r", "").with("part", name);
        let address = new.address();
        let onclick = Callback::from(move |event: MouseEvent| {
            event.prevent_default();
            go.emit(new.clone());
        });
        html! { <a key={name} href={address} aria-current={current} data-testid={format!("part-{name}")} {onclick}>{ title }</a> }
    };
    let gaps: usize = config.recorders.iter().map(|one| one.gaps.len()).sum();
    let recorders = if gaps == 0 {
        "What was recorded".to_owned()
    } else {
        format!("What was recorded: {}", format::count(gaps as u64, "gap"))
    };
    let messages = if config.altered == 0 {
        format!("Stream: {}", format::count(config.messages, "message"))
    } else {
        format!(
            "Stream: {}, {} altered",
            format::count(config.messages, "message"),
            format::number(config.altered)
        )
    };
    html! {
        <div class="page fill resources" data-testid="view-resources">
            <div class="heading">
                <h1>{"Resources"}</h1>
                <p class="summary" role="status">{ format!("{} in {}, {}", format::count(config.resources, "resource"), format::count(config.items, "configuration item"), format::count(config.changes, "change")) }
                    { if config.conflicts > 0 { format!("; {} told in two ways", format::count(config.conflicts, "capture")) } else { String::new() } }</p>
            </div>
            <div class="banner">{ (gaps > 0).then(|| html! {
                <p class="note" role="status">{ format!("What AWS Config recorded has {}: see ", format::count(gaps as u64, "hole")) }<em>{"What was recorded"}</em>{". What is not here may have changed unseen."}</p>
            }) }</div>
            <nav class="tabs" aria-label="Parts of this view">{ tab("", "Inventory".to_owned()) }{ tab("recorders", recorders) }{ (config.messages > 0 || !config.certificates.is_empty()).then(|| tab("stream", messages)) }</nav>
            <div class="stack">
                { if !key.is_empty() {
                    html! { <Past key={key.clone()} resource={key.clone()} route={(*route).clone()} {go} /> }
                } else if part == "recorders" {
                    html! { <key="recorders">{ recorders::recorders(&config) }</> }
                } else if part == "stream" {
                    html! { <key="stream">{ stream(&config) }</> }
                } else {
                    html! { <key="inventory">{ stock(&Stock { config: &config, route: &route, go }) }</> }
                } }
            </div>
        </div>
    }
}

/// The moment and the choice of resources that the address holds.
fn as_of(route: &Route) -> AsOf {
    AsOf {
        at: Moment::parse(route.value("at")),
        since: Moment::parse(route.value("since")),
        deleted: route.value("deleted") == "1",
        exact: route.value("exact") == "1",
        found: !route.value("ask").is_empty(),
    }
}
