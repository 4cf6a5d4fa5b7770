//! Users: their tiers, their sessions, and what is unusual against their own past.

use yew::prelude::*;

use exhibit::case::Table;
use exhibit::risk::users::Tier;

use super::{choices, picked};
use crate::app::route::Route;
use crate::app::widgets::table::Grid;

/// Tiers, sessions or what is unusual, as an address asks.
pub(super) fn users(route: &Route) -> Html {
    let all = [
        ("", "Tiers"),
        ("sessions", "Sessions of five minutes"),
        ("unusual", "Unusual"),
    ];
    let tier = Some(route.value("tier")).filter(|tier| !tier.is_empty());
    let facets = picked(Table::Users, "tier", tier.map(str::to_owned));
    let meaning = |tier: Tier| html! { <li key={tier.name()}><strong>{ tier.name() }</strong>{ format!(" – {}", tier.meaning()) }</li> };
    html! {
        <>
            { choices(route, &all) }
            { match route.value("show") {
                "sessions" => html! { <>
                    <p class="fine">{"The events of a user within five minutes of the clock, as Macie Classic counted them, the riskiest first."}</p>
                    <Grid table={Table::Windows} label="Sessions of five minutes" />
                </> },
                "unusual" => html! { <>
                    <p class="fine">{"Statistics, no verdict: what a user had not done before, after at least 50 events over at least three days. A call, an address or a region that is new, or an hour of the day (UTC) in which, as in those beside it, the user never worked."}</p>
                    <Grid table={Table::Unusual} label="Unusual" />
                </> },
                _ => html! { <>
                    <p class="fine">{"By what a user did with success, and by what its policies allow where AWS Config tells; the higher counts. Sessions of a role are one user; AWS's own services are left out."}</p>
                    <ul class="fine tiers" data-testid="tiers">{ for Tier::ALL.into_iter().map(meaning) }</ul>
                    <Grid table={Table::Users} label="Users" {facets} />
                </> },
            } }
        </>
    }
}
