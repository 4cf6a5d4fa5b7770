//! Changing the risk of a call, an error, or what objects are classified by.

use std::rc::Rc;

use wasm_bindgen::JsCast as _;
use web_sys::HtmlInputElement;
use yew::prelude::*;

use exhibit::case::Settings;
use exhibit::risk::{MOST, Rated};

use crate::app::client::Client;
use crate::app::session::Session;

#[derive(PartialEq, Properties)]
pub(crate) struct Props {
    /// What it is the risk of.
    pub(crate) rated: Rated,
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
        let (settings, name, rated) = (
            Rc::clone(&session.settings),
            props.name.clone(),
            props.rated,
        );
        move |risk: Option<u8>| {
            let mut settings = Settings::clone(&settings);
            settings.risk.set(rated, &name, risk);
            if let Some(client) = &client {
                client.set(settings);
            }
        }
    };
    let is_own = session
        .settings
        .risk
        .set_of(props.rated, &props.name)
        .is_some();
    let onchange = {
        let set = set.clone();
        Callback::from(move |event: Event| {
            let input = event
                .target()
                .and_then(|target| target.dyn_into::<HtmlInputElement>().ok());
            if let Some(risk) = input.and_then(|input| input.value().parse::<u8>().ok()) {
                set(Some(risk));
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
