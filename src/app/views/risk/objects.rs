//! Objects: those that were dropped, those that calls name, and what they are classified by.

use std::rc::Rc;

use yew::prelude::*;

use exhibit::case::{Facet, Settings, Table};
use exhibit::object::{Impact, Way};

use super::{Props, address};
use crate::app::client::Client;
use crate::app::session::Session;
use crate::app::widgets::table::Grid;

/// Objects that were dropped.
#[component]
pub(super) fn Objects(props: &Props) -> Html {
    html! { <><Ways route={props.route.clone()} /><Grid table={Table::Objects} label="Objects" facets={impacts(props.route.value("part"))} /></> }
}

/// Objects of buckets that calls name.
#[component]
pub(super) fn Accessed() -> Html {
    html! { <Grid table={Table::Accessed} label="Objects of buckets in calls" /> }
}

/// What objects are classified by.
#[component]
pub(super) fn Classifiers(props: &Props) -> Html {
    html! { <><Ways route={props.route.clone()} /><Grid table={Table::Classifiers} label="What objects are classified by" /></> }
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
            <a href={address(&props.route, "classifiers")} data-testid="open-classifiers">{"All rows and their risk"}</a></p>
    }
}
