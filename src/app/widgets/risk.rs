//! Changing the risk of a call, an error, or what objects are classified by; turning rows on and off.

use std::rc::Rc;

use wasm_bindgen::JsCast as _;
use web_sys::HtmlInputElement;
use yew::prelude::*;

use exhibit::case::{Settings, Switched};
use exhibit::risk::{MOST, Rated, Values};

use crate::app::client::Client;
use crate::app::session::Session;
use crate::app::widgets::told::seen;

#[derive(PartialEq, Properties)]
pub(crate) struct Props {
    /// What it is the risk of.
    pub(crate) rated: Rated,
    /// Its name.
    pub(crate) name: String,
    /// Its risk now.
    pub(crate) risk: u8,
}

/// What is changed of the settings of risk.
type Change = Rc<dyn Fn(&mut Values)>;

/// How the settings of risk are changed.
#[hook]
pub(crate) fn use_change() -> Callback<Change> {
    let session = use_context::<Rc<Session>>().unwrap_or_default();
    let client = use_context::<Client>();
    let settings = Rc::clone(&session.settings);
    Callback::from(move |change: Change| {
        let mut settings = Settings::clone(&settings);
        change(&mut settings.risk);
        if let Some(client) = &client {
            client.set(settings);
        }
    })
}

/// The risk that was typed.
fn typed(event: &Event) -> Option<u8> {
    let input: HtmlInputElement = event.target()?.dyn_into().ok()?;
    input.value().trim().parse().ok()
}

/// In the inspector: the risk, and back to the model's value.
#[component]
pub(crate) fn Risk(props: &Props) -> Html {
    let session = use_context::<Rc<Session>>().unwrap_or_default();
    let change = use_change();
    let values = &session.settings.risk;
    let is_own = values.set_of(props.rated, &props.name).is_some();
    let is_on = values.is_on(props.rated, &props.name);
    let set = {
        let (rated, name) = (props.rated, props.name.clone());
        move |risk: Option<u8>| {
            let name = name.clone();
            change.emit(Rc::new(move |values| values.set(rated, &name, risk)));
        }
    };
    let onchange = {
        let set = set.clone();
        Callback::from(move |event: Event| {
            if let Some(risk) = typed(&event) {
                set(Some(risk));
            }
        })
    };
    let reset = Callback::from(move |_: MouseEvent| set(None));
    html! {
        <div class="mute">
            <label>{"Risk, 0 to 10 "}<input type="number" data-testid="set-risk" min="0" max={MOST.to_string()} value={props.risk.to_string()} {onchange} /></label>
            <label><Switch of={Switched::Rated(props.rated)} name={props.name.clone()} on={is_on} />{" counts"}</label>
            { is_own.then(|| html! { <button onclick={reset}>{"Back to the model's value"}</button> }) }
        </div>
    }
}

/// In a table: the risk, on the ramp of risks, to be changed where it stands.
#[component]
pub(crate) fn InPlace(props: &Props) -> Html {
    let change = use_change();
    let onchange = {
        let (rated, name) = (props.rated, props.name.clone());
        Callback::from(move |event: Event| {
            if let Some(risk) = typed(&event) {
                let name = name.clone();
                change.emit(Rc::new(move |values| values.set(rated, &name, Some(risk))));
            }
        })
    };
    // A row opens when it is clicked or a key is pressed; what happens in the field stays there.
    let onclick = Callback::from(|event: MouseEvent| event.stop_propagation());
    let onkeydown = Callback::from(|event: KeyboardEvent| event.stop_propagation());
    html! {
        <span class="in-place">
            <span class={format!("ramp risk-{}", props.risk)} aria-hidden="true" />
            <input type="number" data-testid="risk-in-place" aria-label={format!("Risk of {}", seen(&props.name))} min="0" max={MOST.to_string()} value={props.risk.to_string()} {onchange} {onclick} {onkeydown} />
        </span>
    }
}

#[derive(PartialEq, Properties)]
pub(crate) struct SwitchProps {
    /// What it is.
    pub(crate) of: Switched,
    /// Its name or id.
    pub(crate) name: String,
    /// Whether it counts.
    pub(crate) on: bool,
}

/// Whether something counts, to be changed where it stands.
#[component]
pub(crate) fn Switch(props: &SwitchProps) -> Html {
    let change = use_change();
    let onchange = {
        let (of, name, on) = (props.of, props.name.clone(), props.on);
        Callback::from(move |_: Event| {
            let name = name.clone();
            change.emit(Rc::new(move |values| match of {
                Switched::Rated(rated) => values.turn(rated, &name, !on),
                Switched::Alert if on => {
                    values.disabled.alerts.insert(name.clone());
                }
                Switched::Alert => {
                    values.disabled.alerts.remove(&name);
                }
            }));
        })
    };
    let onclick = Callback::from(|event: MouseEvent| event.stop_propagation());
    let onkeydown = Callback::from(|event: KeyboardEvent| event.stop_propagation());
    html! { <input type="checkbox" aria-label={format!("{} counts", seen(&props.name))} checked={props.on} {onchange} {onclick} {onkeydown} /> }
}
