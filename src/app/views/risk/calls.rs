//! Calls or errors: the whole model, and what of it is in the evidence.

use yew::prelude::*;

use exhibit::case::Table;

use super::{picked, risks};
use crate::app::route::Route;
use crate::app::widgets::table::Grid;

/// Calls or errors.
pub(super) fn calls(route: &Route, table: Table) -> Html {
    // A tile asks for what is in the evidence, from a risk on.
    let least: Option<u8> = route.value("least").parse().ok();
    let facets = least.map_or(Vec::new(), |least| {
        let mut facets = risks(table, least);
        for name in ["inEvidence", "enabled"] {
            facets.extend(picked(table, name, ["yes".to_owned()]));
        }
        facets
    });
    let (label, what) = if table == Table::Errors {
        (
            "Errors",
            "What is denied has the highest risk: somebody tried what he may not do. Codes of one kind share a row of the model where they begin alike: what you set or turn off there holds for all of them.",
        )
    } else {
        (
            "Calls",
            "A call without a row in the model has no risk until you give it one.",
        )
    };
    html! {
        <>
            <p class="fine">{ what }{" Risk is changed where it stands; a row that is turned off counts as without risk. A row opens its events by day and in Activity."}</p>
            <Grid {table} {label} {facets} />
        </>
    }
}
