//! Accepting a failing result: with a reason, a name, and until when. It stays visible and is counted apart.

use std::rc::Rc;

use web_sys::HtmlInputElement;
use yew::prelude::*;

use exhibit::case::{Exception, Settings};
use exhibit::moment::Moment;

use crate::app::client::Client;
use crate::app::session::Session;
use crate::app::widgets::told::told;

#[derive(PartialEq, Properties)]
pub(crate) struct Props {
    /// The exception that there is; one without a reason could be made.
    pub(crate) exception: Exception,
}

#[component]
pub(crate) fn Mute(props: &Props) -> Html {
    let session = use_context::<Rc<Session>>().unwrap_or_default();
    let client = use_context::<Client>();
    let (reason, by, until) = (use_node_ref(), use_node_ref(), use_node_ref());
    let wrong = use_state(String::new);
    let set = {
        let (settings, own) = (Rc::clone(&session.settings), props.exception.clone());
        move |new: Option<Exception>| {
            let mut settings = Settings::clone(&settings);
            settings
                .exceptions
                .retain(|one| one.rule != own.rule || one.resource != own.resource);
            settings.exceptions.extend(new);
            if let Some(client) = &client {
                client.set(settings);
            }
        }
    };
    let onsubmit = {
        let (set, own, wrong) = (set.clone(), props.exception.clone(), wrong.setter());
        let fields = [reason.clone(), by.clone(), until.clone()];
        Callback::from(move |event: SubmitEvent| {
            event.prevent_default();
            let [reason, by, until] = fields.clone().map(|field| {
                field
                    .cast::<HtmlInputElement>()
                    .map(|input| input.value().trim().to_owned())
                    .unwrap_or_default()
            });
            if reason.is_empty() || by.is_empty() {
                wrong.set("An exception needs a reason and the name of who accepts it.".to_owned());
                return;
            }
            let end = Moment::parse(&format!("{until}T23:59:59Z"));
            if !until.is_empty() && end.is_none() {
                wrong.set("The end is a day, as 2026-12-31.".to_owned());
                return;
            }
            wrong.set(String::new());
            set(Some(Exception {
                reason,
                by,
                until: end,
                ..own.clone()
            }));
        })
    };
    let own = &props.exception;
    if !own.reason.is_empty() {
        let onclick = Callback::from(move |_: MouseEvent| set(None));
        let until = own
            .until
            .map_or_else(|| "no end".to_owned(), |at| format!("until {at}"));
        return html! {
            <div data-testid="muted"><h3>{"Accepted"}</h3>
                <p>{ told(&own.reason) }{" — "}{ told(&own.by) }{ format!(", {until}") }</p>
                <p class="actions"><button data-testid="unmute" {onclick}>{"Take the exception back"}</button></p></div>
        };
    }
    html! {
        <form class="mute" {onsubmit}>
            <h3>{"Accept it"}</h3>
            <p class="fine">{"It stays visible and is counted apart. Exceptions are saved with the views: Ctrl+K, Download saved views and settings."}</p>
            <input ref={reason} type="text" data-testid="mute-reason" placeholder="Reason" aria-label="Reason" />
            <input ref={by} type="text" data-testid="mute-by" placeholder="Accepted by" aria-label="Accepted by" />
            <input ref={until} type="text" placeholder="Until (2026-12-31), or no end" aria-label="Until" />
            <p class="error" role="status">{ &*wrong }</p>
            <button type="submit" data-testid="mute">{"Accept"}</button>
        </form>
    }
}
