//! Changing the risk of a call or an error.

use std::rc::Rc;

use wasm_bindgen::JsCast as _;
use web_sys::HtmlInputElement;
use yew::prelude::*;

use exhibit::case::Settings;
use exhibit::risk::MOST;

use crate::app::client::Client;
use crate::app::session::Session;

#[derive(PartialEq, Properties)]
pub(crate) struct Props {
    /// Whether it is a call; an error otherwise.
    pub(crate) is_call: bool,
    /// Its name.
    pub(crate) name: String,
    /// Its risk now.
    pub(crate) risk: u8,
}

#[component]
pub(crate) fn Risk(props: &Props) -> Html {
    let session = use_context::<Rc<Session>>().unwrap_or_default();
    let client = use_context::<Client>();
    let set = {
        let (settings, name, is_call) = (
            Rc::clone(&session.settings),
            props.name.clone(),
            props.is_call,
        );
        move |risk: Option<u8>| {
            let mut settings = Settings::clone(&settings);
            let values = if is_call {
                &mut settings.risk.calls
            } else {
                &mut settings.risk.errors
            };
            match risk {
                Some(risk) => values.insert(name.clone(), risk),
                None => values.remove(&name),
            };
            if let Some(client) = &client {
                client.set(settings);
            }
        }
    };
    let values = if props.is_call {
        &session.settings.risk.calls
    } else {
        &session.settings.risk.errors
    };
    let is_own = values.contains_key(&props.name);
    let onchange = {
        let set = set.clone();
        Callback::from(move |event: Event| {
            let input = event
                .target()
                .and_then(|target| target.dyn_into::<HtmlInputElement>().ok());
            if let Some(risk) = input.and_then(|input| input.value().parse::<u8>().ok()) {
                set(Some(risk.min(MOST)));
            }
        })
    };
    let reset = Callback::from(move |_: MouseEvent| set(None));
    html! {
        <div class="mute">
            <label>{"Risk, 0 to 10 "}<input type="number" data-testid="set-risk" min="0" max={MOST.to_string()} value={props.risk.to_string()} {onchange} /></label>
            { is_own.then(|| html! { <button onclick={reset}>{"Back to the model's value"}</button> }) }
        </div>
    }
}
