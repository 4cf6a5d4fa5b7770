//! Saved views: what is on show now under a name, and back to what was.

use std::rc::Rc;

use wasm_bindgen::JsCast as _;
use web_sys::HtmlInputElement;
use yew::prelude::*;

use exhibit::case::{SavedView, Settings};

use crate::app::client::Client;
use crate::app::commands::{Command, Runner};
use crate::app::route::Route;
use crate::app::session::Session;
use crate::app::widgets::told::{seen, told};

#[component]
pub(super) fn Saved() -> Html {
    let session = use_context::<Rc<Session>>().unwrap_or_default();
    let (client, runner) = (use_context::<Client>(), use_context::<Runner>());
    let input = use_node_ref();
    let change = {
        let (client, settings) = (client.clone(), Rc::clone(&session.settings));
        move |change: &dyn Fn(&mut Vec<SavedView>)| {
            let mut settings = Settings::clone(&settings);
            change(&mut settings.views);
            if let Some(client) = &client {
                client.set(settings);
            }
        }
    };
    let save = {
        let (input, change) = (input.clone(), change.clone());
        Callback::from(move |event: SubmitEvent| {
            event.prevent_default();
            let Some(input) = input.cast::<HtmlInputElement>() else {
                return;
            };
            let name = input.value().trim().to_owned();
            if name.is_empty() {
                return;
            }
            let address = Route::read().address();
            // A name stands for one view: the newest.
            change(&|views| {
                views.retain(|view| view.name != name);
                views.push(SavedView {
                    name: name.clone(),
                    address: address.clone(),
                });
            });
            input.set_value("");
        })
    };
    let run = |command| {
        let runner = runner.clone();
        Callback::from(move |_: MouseEvent| {
            if let Some(runner) = &runner {
                runner.run(command);
            }
        })
    };
    let row = |view: &SavedView| {
        let (change, name) = (change.clone(), view.name.clone());
        let onclick = Callback::from(move |_: MouseEvent| {
            change(&|views| views.retain(|view| view.name != name));
        });
        let close = {
            let runner = runner.clone();
            Callback::from(move |event: MouseEvent| {
                let is_link = event
                    .target()
                    .is_some_and(|target| target.dyn_ref::<web_sys::HtmlAnchorElement>().is_some());
                if let Some(runner) = runner.as_ref().filter(|_| is_link) {
                    runner.overlay.emit(None);
                }
            })
        };
        html! {
            <li key={view.name.clone()} onclick={close}><a href={view.address.clone()}>{ told(&view.name) }</a><button aria-label={format!("Remove {}", seen(&view.name))} {onclick}>{"✕"}</button></li>
        }
    };
    html! {
        <div class="saved">
            <form onsubmit={save}>
                <input ref={input} type="text" data-testid="view-name" placeholder="Name of what is on show now" aria-label="Name of the view" autocomplete="off" />
                <button type="submit">{"Save this view"}</button>
            </form>
            <ul data-testid="views">{ for session.settings.views.iter().map(row) }</ul>
            <p class="fine">{"A view is what is looked at: the view, its query, its stretch of time. It holds no evidence. Views are gone with the tab unless you download them."}</p>
            <p class="actions">
                <button data-testid="save-settings" onclick={run(Command::SaveSettings)}>{"Download the case"}</button>
                <button onclick={run(Command::OpenSettings)}>{"Open a file"}</button>
            </p>
        </div>
    }
}
