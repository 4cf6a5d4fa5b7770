//! The frame around every view: rail, top bar, inspector, overlays, toasts.

mod bar;
mod listeners;
mod overlays;
mod rail;
mod saved;

use std::rc::Rc;

use wasm_bindgen::JsCast as _;
use web_sys::HtmlElement;
use yew::prelude::*;

use exhibit::case::Subject;

use super::boot;
use super::client::Client;
use super::commands::{Overlay, Runner};
use super::route::{self, Route};
use super::session::Session;
use super::views;
use super::widgets::inspector::Inspector;
use bar::Bar;
use overlays::Overlays;
use rail::Rail;

/// Readers at most; the browser's own process is the limit beyond that.
const MOST_READERS: usize = 8;

/// Opens a thing in the inspector; `None` closes it.
#[derive(Clone, PartialEq)]
pub(crate) struct Open(pub(crate) Callback<Option<Subject>>);

/// The whole page.
#[component]
pub(crate) fn App() -> Html {
    let session = use_state(|| Rc::new(Session::default()));
    let route = use_state(Route::read);
    let overlay = use_state(|| None::<Overlay>);
    let subject = use_state(|| None::<Subject>);
    // Where the focus was before something came over the page.
    let before = use_mut_ref(|| None::<HtmlElement>);

    let client = {
        let session = session.setter();
        use_memo((), move |()| {
            let changed = Callback::from(move |new: Session| session.set(Rc::new(new)));
            Client::start(readers(), changed)
                .inspect_err(|error| {
                    boot::crash(&format!("The browser refused to start workers: {error:?}"))
                })
                .ok()
        })
    };
    let Some(client) = (*client).clone() else {
        return html! { <div /> };
    };
    let runner = Runner {
        client: client.clone(),
        overlay: {
            let (overlay, before) = (overlay.setter(), before.clone());
            Callback::from(move |new: Option<Overlay>| {
                if new.is_some() && before.borrow().is_none() {
                    *before.borrow_mut() = focused();
                }
                overlay.set(new);
            })
        },
    };
    use_effect_with(overlay.is_some(), move |&covered| {
        let back = if covered {
            None
        } else {
            before.borrow_mut().take()
        };
        if let Some(element) = back {
            // What had it may be gone.
            let _ = element.focus();
        }
    });
    let open = {
        let subject = subject.setter();
        Open(Callback::from(move |new| subject.set(new)))
    };
    // Places in the case change with the evidence, so what is open would become something else.
    {
        let subject = subject.setter();
        use_effect_with(session.intake.files, move |_| subject.set(None));
    }
    let dragging = listeners::use_listeners(&runner, &open, route.setter(), *overlay);

    html! {
        <ContextProvider<Client> context={client}>
        <ContextProvider<Rc<Session>> context={(*session).clone()}>
        <ContextProvider<Runner> context={runner}>
        <ContextProvider<Open> context={open}>
            // The keyboard stays in what lies over the page.
            <div class={classes!("shell", subject.is_some().then_some("inspecting"))} inert={overlay.is_some()}>
                <Rail view={route.view} />
                <Bar />
                <main class="view" id="main" tabindex="0" aria-label="View">{ views::show(&route) }</main>
                <div class="side">{ (*subject).map(|subject| html! { <Inspector {subject} /> }) }</div>
            </div>
            // What is missing is hatched in drawings too; one pattern serves them all.
            <svg class="defs" width="0" height="0" aria-hidden="true">
                <defs><pattern id="hatch" width="80" height="22" patternUnits="userSpaceOnUse">
                    <rect width="80" height="22" /><path d="M0 22 L40 0 H80 L40 22 Z" />
                </pattern></defs>
            </svg>
            <views::compliance::own::Standing />
            <views::risk::Standing />
            <Overlays overlay={*overlay} />
            <div class="curtains">
                { dragging.then(|| html! { <div class="dropping"><p>{"Drop the evidence anywhere"}</p></div> }) }
            </div>
        </ContextProvider<Open>>
        </ContextProvider<Runner>>
        </ContextProvider<Rc<Session>>>
        </ContextProvider<Client>>
    }
}

/// What has the focus.
fn focused() -> Option<HtmlElement> {
    let document = web_sys::window()?.document()?;
    document.active_element()?.dyn_into().ok()
}

/// One a core, unless the address asks for another number.
fn readers() -> usize {
    let cores = web_sys::window().map_or(2.0, |window| window.navigator().hardware_concurrency());
    route::number("readers")
        .unwrap_or(cores as usize)
        .clamp(1, MOST_READERS)
}
