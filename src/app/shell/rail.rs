//! The rail: every view, with its count.

use std::rc::Rc;

use yew::prelude::*;

use crate::app::format;
use crate::app::route::Route;
use crate::app::session::Session;
use crate::app::views::View;

#[derive(PartialEq, Properties)]
pub(super) struct Props {
    /// The view that is open.
    pub(super) view: View,
}

#[component]
pub(super) fn Rail(props: &Props) -> Html {
    let session = use_context::<Rc<Session>>().unwrap_or_default();
    let item = |&view: &View| {
        let current = (view == props.view).then_some("page");
        let count = view
            .count(&session)
            .filter(|&count| count > 0)
            .map(format::number);
        html! {
            <li key={view.name()}>
                <a href={Route::to(view).address()} title={view.title()} data-testid={format!("nav-{}", view.name())} aria-current={current}>
                    <span class="icon" aria-hidden="true">{ view.icon() }</span>
                    <span>{ view.title() }</span>
                    <span class="count">{ count.unwrap_or_default() }</span>
                </a>
            </li>
        }
    };
    html! {
        <nav class="rail" aria-label="Views">
            <p class="brand"><span aria-hidden="true">{"▚"}</span>{" Exhibit"}</p>
            <ul>{ for View::ALL.iter().map(item) }</ul>
            <p class="fine">{ format!("Version {}", env!("CARGO_PKG_VERSION")) }</p>
        </nav>
    }
}
