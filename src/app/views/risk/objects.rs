//! Objects: those that were dropped, those that calls name, and what they are classified by.

use std::rc::Rc;

use yew::prelude::*;

use exhibit::case::{Facet, RiskSummary, Settings, Table};
use exhibit::object::{Impact, Way};
use exhibit::risk::reach::Public;

use super::{Props, address, picked};
use crate::app::client::Client;
use crate::app::format;
use crate::app::route::Route;
use crate::app::session::Session;
use crate::app::widgets::table::Grid;
use crate::app::widgets::told::told;

/// Objects that were dropped.
pub(super) fn objects(route: &Route) -> Html {
    let asked = |key: &str| Some(route.value(key).to_owned()).filter(|value| !value.is_empty());
    let mut facets = impacts(route.value("part"));
    facets.extend(picked(Table::Objects, "risk", asked("least")));
    facets.extend(picked(Table::Objects, "class", asked("class")));
    let holds = asked("holds");
    facets.extend(picked(Table::Objects, "piiTypes", holds.clone()));
    let holds = holds.map(|kind| html! { <p class="fine">{"Only those with "}{ told(&kind) }{" are shown. "}<a href={route.clone().with("holds", "").address()}>{"All objects"}</a></p> });
    html! { <><Ways route={route.clone()} /><p class="fine">{"Impact of personal data: "}{ Impact::BOUNDS }</p>{ holds }<Grid table={Table::Objects} label="Objects" {facets} /></> }
}

/// Objects of buckets that calls name.
pub(super) fn accessed(summary: &RiskSummary) -> Html {
    let left_out = summary.left_out;
    html! {
        <>
            <p class="fine">{"Known by S3 data events, which a trail records only where it is told to. The risk is that of the key alone: extension and the words in it. An object that was dropped too says what it holds."}
                { (left_out > 0).then(|| format!(" {} more mentions of objects are past the most that are listed.", format::number(left_out))) }</p>
            <Grid table={Table::Accessed} label="Objects of buckets in calls" />
        </>
    }
}

/// Changes of who may reach buckets.
pub(super) fn buckets(route: &Route, summary: &RiskSummary) -> Html {
    let opened = match summary.opened {
        0 => "None of these changes let everyone in.".to_owned(),
        1 => {
            "1 bucket was opened to everyone by one of these changes, or may have been.".to_owned()
        }
        count => format!(
            "{} buckets were opened to everyone by these changes, or may have been.",
            format::number(count)
        ),
    };
    let column = |name, all: [Public; 2]| {
        let values = all.map(|public| public.name().to_owned()).into_iter();
        let is_asked = route.value("show") == "opened";
        picked(Table::Reach, name, values.filter(move |_| is_asked))
    };
    let mut facets = column("publicBefore", [Public::No, Public::Blocked]);
    facets.extend(column("publicAfter", [Public::UnlessBlocked, Public::Yes]));
    html! {
        <>
            <p class="fine" data-testid="buckets-opened">{ opened }{" By policies, access control lists and public access blocks of buckets, as calls and configuration items state them; what is denied to all is taken away, other denials and conditions are told, not solved."}
                { (summary.reach_left_out > 0).then(|| format!(" {} calls that change policies are not followed: their requests are longer than 64 kB, or later than the first 64 MB of them. They are not among these rows, and alerts take every change of a policy for a wider one. Look at them in Activity.", format::number(summary.reach_left_out))) }</p>
            <Grid table={Table::Reach} label="Changes of who may reach buckets" {facets} />
        </>
    }
}

/// Secrets in events and configuration items.
pub(super) fn secrets() -> Html {
    html! {
        <>
            <p class="fine">{"Keys, tokens and passwords in the request parameters and the outcomes of calls that change something (user data, environments, definitions, parameters, messages) and in configuration items of the types that hold such. Values are covered here and in exports; open a row to see one. Those of dropped files are under Objects."}</p>
            <Grid table={Table::Secrets} label="Secrets in events and configuration items" />
        </>
    }
}

/// What objects are classified by.
pub(super) fn classifiers(route: &Route) -> Html {
    html! { <><Ways route={route.clone()} /><Grid table={Table::Classifiers} label="What objects are classified by" /></> }
}

/// Objects with personal data that matters, where those are asked for.
fn impacts(part: &str) -> Vec<Facet> {
    let asked = [Impact::High, Impact::Moderate].map(|impact| impact.name().to_owned());
    let is_asked = part == "personal";
    picked(
        Table::Objects,
        "piiImpact",
        asked.into_iter().filter(|_| is_asked),
    )
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
