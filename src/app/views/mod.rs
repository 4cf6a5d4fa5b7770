//! The eight views. Each is a file or folder of its own; this table is where the next one goes.

mod activity;
mod artifacts;
pub(crate) mod compliance;
mod evidence;
mod integrity;
mod later;
mod protection;
mod report;
mod resources;
pub(crate) mod risk;

use yew::prelude::*;

use super::route::Route;
use super::session::Session;

/// A view of the page.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum View {
    /// What was dropped.
    #[default]
    Evidence,
    /// What is proven.
    Integrity,
    /// Who did what.
    Activity,
    /// What every resource looked like.
    Resources,
    /// Which rules were met.
    Compliance,
    /// What is dangerous.
    Risk,
    /// AWS's own reports and agreements.
    Artifacts,
    /// What is handed over.
    Report,
}

impl View {
    /// All views, in the order of the rail.
    pub(crate) const ALL: &[View] = &[
        View::Evidence,
        View::Integrity,
        View::Activity,
        View::Resources,
        View::Compliance,
        View::Risk,
        View::Artifacts,
        View::Report,
    ];

    /// The name in addresses and hooks.
    pub(crate) fn name(self) -> &'static str {
        match self {
            View::Evidence => "evidence",
            View::Integrity => "integrity",
            View::Activity => "activity",
            View::Resources => "resources",
            View::Compliance => "compliance",
            View::Risk => "risk",
            View::Artifacts => "artifacts",
            View::Report => "report",
        }
    }

    /// The view of a name.
    pub(crate) fn by_name(name: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|view| view.name() == name)
    }

    /// The word in the rail.
    pub(crate) fn title(self) -> &'static str {
        match self {
            View::Evidence => "Evidence",
            View::Integrity => "Integrity",
            View::Activity => "Activity",
            View::Resources => "Resources",
            View::Compliance => "Compliance",
            View::Risk => "Risk",
            View::Artifacts => "Artifacts",
            View::Report => "Report",
        }
    }

    /// The sign in the rail.
    pub(crate) fn icon(self) -> &'static str {
        match self {
            View::Evidence => "▤",
            View::Integrity => "✓",
            View::Activity => "◷",
            View::Resources => "◫",
            View::Compliance => "☑",
            View::Risk => "△",
            View::Artifacts => "❏",
            View::Report => "≡",
        }
    }

    /// The number beside it, once there is one.
    pub(crate) fn count(self, session: &Session) -> Option<u64> {
        let overview = session.overview.as_ref()?;
        match self {
            View::Evidence => Some(overview.files),
            View::Integrity => Some(overview.digests.iter().map(|(_, count)| count).sum()),
            View::Activity => Some(overview.events),
            View::Resources => Some(overview.config.resources),
            _ => None,
        }
    }
}

/// The view that a route opens.
pub(crate) fn show(route: &Route) -> Html {
    match route.view {
        View::Evidence => html! { <evidence::Evidence /> },
        View::Integrity => {
            html! { <integrity::Integrity part={Some(route.value("part").to_owned()).filter(|part| !part.is_empty())} /> }
        }
        View::Activity => html! { <activity::Activity route={route.clone()} /> },
        View::Compliance => html! { <compliance::Compliance route={route.clone()} /> },
        View::Risk => html! { <risk::Risk route={route.clone()} /> },
        View::Resources => html! { <resources::Resources route={route.clone()} /> },
        View::Artifacts => html! { <artifacts::Artifacts /> },
        View::Report => html! { <report::Report route={route.clone()} /> },
    }
}
