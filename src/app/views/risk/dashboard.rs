//! Risk at a glance: tiles, each of which leads to the rows that it counts.

use yew::prelude::*;

use exhibit::case::RiskSummary;

use crate::app::format;
use crate::app::route::Route;

#[derive(PartialEq, Properties)]
pub(super) struct Props {
    /// What is counted.
    pub(super) summary: RiskSummary,
    /// What is looked at.
    pub(super) route: Route,
}

#[component]
pub(super) fn Dashboard(props: &Props) -> Html {
    let (summary, route) = (&props.summary, &props.route);
    let tile = |part: &str, testid: &'static str, count: u64, words: &str, note: String| {
        let address = super::address(route, part);
        html! { <a key={testid} class="tile" href={address} data-testid={testid}><strong>{ format::number(count) }</strong><span>{ words.to_owned() }</span><span class="fine">{ note }</span></a> }
    };
    let number = format::number;
    html! {
        <nav class="tiles" aria-label="At a glance">
            { tile("alerts", "tile-alerts", summary.alerts, "alerts", format!("{} critical or high", number(summary.grave))) }
            { tile("calls", "tile-calls", summary.calls, "high-risk calls", "risk 8 to 10".to_owned()) }
            { tile("errors", "tile-errors", summary.errors, "high-risk errors", "risk 8 to 10".to_owned()) }
            { tile("objects", "tile-objects", summary.objects, "objects", format!("{} of high risk", number(summary.risky))) }
            { tile("personal", "tile-personal", summary.personal, "objects with personal data", "impact high or moderate".to_owned()) }
            { tile("accessed", "tile-accessed", summary.accessed, "objects in calls", "of S3 data events".to_owned()) }
            { tile("secrets", "tile-secrets", summary.secrets, "secrets", "in events and configurations".to_owned()) }
            { tile("buckets", "tile-buckets", summary.opened, "buckets opened", format!("of {} changes of who may reach one", number(summary.reach))) }
        </nav>
    }
}
