//! Alerts: those that were raised, all that is looked for, and the user's own.

use yew::prelude::*;

use exhibit::case::Table;

use super::{choices, own, picked};
use crate::app::format;
use crate::app::route::Route;
use crate::app::widgets::table::Grid;

/// What was raised or what is looked for, as an address asks; `rules` counts Sigma rules, those that cannot be evaluated, and whether
/// readers are still to look.
pub(super) fn alerts(route: &Route, rules: (u32, u32, bool)) -> Html {
    let all = [
        ("", "Raised"),
        ("conditions", "All that is looked for"),
        ("sigma", "Sigma rules"),
        ("own", "Your own"),
    ];
    let from_sigma = || picked(Table::Conditions, "from", ["Sigma".to_owned()]);
    html! {
        <>
            { choices(route, &all) }
            { match route.value("show") {
                "conditions" => html! { <Grid table={Table::Conditions} label="Alerts that are looked for" /> },
                "sigma" => html! { <>{ sigma(rules) }<Grid table={Table::Conditions} label="Sigma rules" facets={from_sigma()} /></> },
                "own" => html! { <own::Own /> },
                _ => html! { <Grid table={Table::Alerts} label="Alerts" /> },
            } }
        </>
    }
}

fn sigma((rules, wrong, pending): (u32, u32, bool)) -> Html {
    let count = |count: u32| format::number(u64::from(count));
    let state = match () {
        () if rules == 0 => "None was dropped yet.".to_owned(),
        () if pending => format!(
            "{} rules, {} not evaluated; the records are still being read.",
            count(rules),
            count(wrong)
        ),
        () => format!(
            "{} rules, {} not evaluated, each with its reason.",
            count(rules),
            count(wrong)
        ),
    };
    html! {
        <p class="fine" role="status" data-testid="sigma-state" data-rules={rules.to_string()} data-pending={pending.to_string()}>
            { state }{" Drop Sigma rules for CloudTrail (YAML) anywhere on the page, as those of SigmaHQ. What the call alone decides is decided by the columns; else the records of the calls that a rule asks for are read again. Matches carry the rule's author and licence."}
        </p>
    }
}
