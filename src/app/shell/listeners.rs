//! What the page hears anywhere: drops, pastes, keys, the address.

use gloo::events::{EventListener, EventListenerOptions};
use wasm_bindgen::JsCast as _;
use web_sys::{ClipboardEvent, DragEvent, Element, KeyboardEvent};
use yew::prelude::*;

use super::Open;
use crate::app::commands::{self, Overlay, Runner};
use crate::app::dropped::{self, Drop};
use crate::app::route::Route;

/// Listens; says whether something is being dragged over the page.
#[hook]
pub(super) fn use_listeners(
    runner: &Runner,
    open: &Open,
    route: UseStateSetter<Route>,
    overlay: Option<Overlay>,
) -> bool {
    let dragging = use_state(|| false);
    {
        let (client, dragging) = (runner.client.clone(), dragging.setter());
        use_effect_with((), move |()| {
            let listeners = [
                listen("dragover", {
                    let dragging = dragging.clone();
                    move |event| {
                        event.prevent_default();
                        dragging.set(true);
                    }
                }),
                listen("dragleave", {
                    let dragging = dragging.clone();
                    move |event| {
                        let event: &DragEvent = event.unchecked_ref();
                        if event.related_target().is_none() {
                            dragging.set(false);
                        }
                    }
                }),
                listen("drop", {
                    let client = client.clone();
                    move |event| {
                        event.prevent_default();
                        dragging.set(false);
                        let event: &DragEvent = event.unchecked_ref();
                        if let Some(transfer) = event.data_transfer() {
                            client.add_drop(Drop::take(&transfer));
                        }
                    }
                }),
                listen("paste", move |event| {
                    if is_typing(event) {
                        return;
                    }
                    let event: &ClipboardEvent = event.unchecked_ref();
                    let Some(data) = event.clipboard_data() else {
                        return;
                    };
                    let files = data.files().filter(|files| files.length() > 0);
                    let text = data.get_data("text/plain").unwrap_or_default();
                    if let Some(files) = files {
                        client.add(dropped::listed(&files));
                    } else if !text.trim().is_empty() {
                        client.add_text(&text);
                    }
                }),
            ];
            move || drop(listeners)
        });
    }
    {
        let (runner, open) = (runner.clone(), open.clone());
        use_effect_with(overlay.is_some(), move |&covered| {
            let listener = listen("keydown", move |event| {
                press(event, covered, &runner, &open)
            });
            move || drop(listener)
        });
    }
    use_effect_with((), move |()| {
        let window = web_sys::window();
        let listener = window.map(|window| {
            EventListener::new(&window, "hashchange", move |_| route.set(Route::read()))
        });
        move || drop(listener)
    });
    *dragging
}

fn press(event: &Event, covered: bool, runner: &Runner, open: &Open) {
    let key: &KeyboardEvent = event.unchecked_ref();
    if key.key() == "Escape" {
        if covered {
            runner.overlay.emit(None);
        } else {
            open.0.emit(None);
        }
        return;
    }
    if key.alt_key() {
        return;
    }
    let control = key.ctrl_key() || key.meta_key();
    if let Some(command) = commands::by_keys(&key.key(), control, is_typing(event)) {
        event.prevent_default();
        runner.run(command);
    }
}

fn listen(name: &'static str, run: impl FnMut(&Event) + 'static) -> Option<EventListener> {
    let document = web_sys::window()?.document()?;
    let options = EventListenerOptions::enable_prevent_default();
    Some(EventListener::new_with_options(
        &document, name, options, run,
    ))
}

/// Whether the user is in a field to type in.
fn is_typing(event: &Event) -> bool {
    let element = event
        .target()
        .and_then(|target| target.dyn_into::<Element>().ok());
    element.is_some_and(|element| {
        matches!(element.tag_name().as_str(), "INPUT" | "TEXTAREA" | "SELECT")
    })
}
