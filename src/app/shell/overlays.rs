//! What lies over the page: palette, shortcuts, the seal, warnings.

use std::rc::Rc;

use wasm_bindgen::JsCast as _;
use web_sys::{HtmlElement, HtmlInputElement};
use yew::prelude::*;

use super::saved::Saved;
use crate::app::boot;
use crate::app::client::Client;
use crate::app::commands::{COMMANDS, Entry, Overlay, Runner};
use crate::app::offline;
use crate::app::session::{Phase, Session};
use crate::app::widgets::told::seen_lines;

#[derive(PartialEq, Properties)]
pub(super) struct Props {
    /// What is to be shown, if anything.
    pub(super) overlay: Option<Overlay>,
}

#[component]
pub(super) fn Overlays(props: &Props) -> Html {
    let runner = use_context::<Runner>();
    let close = Callback::from(move |_: MouseEvent| {
        if let Some(runner) = &runner {
            runner.overlay.emit(None);
        }
    });
    let dismiss = use_node_ref();
    use_effect_with((props.overlay, dismiss.clone()), |(overlay, dismiss)| {
        // The palette takes the focus into its field.
        let takes = overlay.is_some_and(|overlay| overlay != Overlay::Palette);
        if let (true, Some(button)) = (takes, dismiss.cast::<HtmlElement>()) {
            // Without the focus it still works by mouse.
            let _ = button.focus();
        }
    });
    let stay = Callback::from(|event: MouseEvent| event.stop_propagation());
    let (testid, label, content) = match props.overlay {
        None => ("", "", html! { <span /> }),
        Some(Overlay::Help) => ("help-overlay", "Keyboard shortcuts", help()),
        Some(Overlay::Views) => ("views-overlay", "Saved views", html! { <Saved /> }),
        Some(Overlay::Palette) => ("palette", "Find a command", html! { <Palette /> }),
        Some(Overlay::Offline) => (
            "offline-panel",
            "Use without a network",
            html! { <Offline /> },
        ),
        Some(Overlay::Privacy) => ("privacy-panel", "Why nothing leaves this page", privacy()),
    };
    html! {
        <>
            <div class="overlays">
                { props.overlay.map(|_| html! {
                    <div class="overlay" onclick={close.clone()}>
                        <div class="panel" role="dialog" aria-modal="true" aria-label={label} data-testid={testid} onclick={stay}>
                            <div class="panel-head"><h2>{ label }</h2><button ref={dismiss} aria-label="Close" onclick={close}>{"✕"}</button></div>
                            { content }
                        </div>
                    </div>
                }) }
            </div>
            <Toasts />
        </>
    }
}

fn help() -> Html {
    let rows = COMMANDS.iter().filter(|entry| !entry.keys.is_empty()).map(|entry| html! {
        <tr key={entry.title}><td>{ entry.title }</td><td><kbd>{ entry.keys }</kbd></td></tr>
    });
    html! {
        <table class="plain"><tbody>
            { for rows }
            <tr key="arrows"><td>{"Move through a table; open a row; close the inspector"}</td><td><kbd>{"↑ ↓"}</kbd>{" "}<kbd>{"Enter"}</kbd>{" "}<kbd>{"Esc"}</kbd></td></tr>
        </tbody></table>
    }
}

#[component]
fn Palette() -> Html {
    let words = use_state(String::new);
    let at = use_state(|| 0_usize);
    let input = use_node_ref();
    let runner = use_context::<Runner>();
    use_effect_with(input.clone(), |input| {
        if let Some(input) = input.cast::<HtmlElement>() {
            // Without the focus it still works by mouse.
            let _ = input.focus();
        }
    });
    let needle = words.to_lowercase();
    let matches: Vec<&'static Entry> = COMMANDS
        .iter()
        .filter(|entry| {
            needle
                .split_whitespace()
                .all(|word| entry.title.to_lowercase().contains(word))
        })
        .collect();
    let run = {
        let runner = runner.clone();
        move |entry: &Entry| {
            if let Some(runner) = &runner {
                runner.run(entry.command);
            }
        }
    };
    let oninput = {
        let (words, at) = (words.clone(), at.clone());
        Callback::from(move |event: InputEvent| {
            if let Some(input) = event
                .target()
                .and_then(|target| target.dyn_into::<HtmlInputElement>().ok())
            {
                words.set(input.value());
                at.set(0);
            }
        })
    };
    let onkeydown = {
        let (at, matches, run) = (at.clone(), matches.clone(), run.clone());
        Callback::from(move |event: KeyboardEvent| match event.key().as_str() {
            "ArrowDown" => at.set((*at + 1).min(matches.len().saturating_sub(1))),
            "ArrowUp" => at.set(at.saturating_sub(1)),
            "Enter" => {
                if let Some(entry) = matches.get(*at) {
                    run(entry);
                }
            }
            _ => {}
        })
    };
    let row = |(place, &entry): (usize, &&'static Entry)| {
        let run = run.clone();
        let onclick = Callback::from(move |_: MouseEvent| run(entry));
        html! {
            <li key={entry.title} role="none">
                <button id={format!("command-{place}")} role="option" tabindex="-1" aria-selected={(place == *at).to_string()} {onclick}>
                    <span>{ entry.title }</span><kbd>{ entry.keys }</kbd>
                </button>
            </li>
        }
    };
    html! {
        <div class="palette">
            <input ref={input} type="search" placeholder="What do you want to do?" aria-label="Command" role="combobox" aria-expanded="true" aria-controls="commands" aria-activedescendant={format!("command-{}", *at)} {oninput} {onkeydown} />
            <ul id="commands" role="listbox" aria-label="Commands">{ for matches.iter().enumerate().map(row) }</ul>
        </div>
    }
}

fn privacy() -> Html {
    let seal = boot::seal();
    let date = js_sys::Date::new(&seal.sealed_at.into());
    html! {
        <div class="prose">
            <p>{ if seal.holds {
                "The program was loaded, then this policy was added and the network closed for the page and all its workers; a request that was made on purpose was refused, which the browser's console shows. Policies can only be tightened: nothing can take it back but leaving the page."
            } else {
                "This policy was added, but the browser did not refuse what it forbids. Do not drop evidence here: use another browser, or the one file without a network."
            } }</p>
            <dl class="facts">
                <dt>{"Sealed at"}</dt><dd>{ String::from(date.to_iso_string()) }</dd>
                <dt>{"Requests of the page since"}</dt><dd data-testid="requests-since">{ seal.requests.to_string() }</dd>
                <dt>{"Attempts refused"}</dt><dd>{ seal.refused.to_string() }</dd>
                <dt>{"Policy"}</dt><dd><code>{ seal.policy }</code></dd>
            </dl>
            <p>{"The program itself has no way to call the network: none of the browser's functions for it are built in. You can also see it for yourself: load the page, disconnect, then drop the evidence; or watch the network panel of the browser's developer tools."}</p>
            <p>{"Evidence stays in this tab's memory and is gone when it closes. Where the page comes from a host, the program's own files are stored for use without a network: by a service worker that hears no messages and answers for nothing but these files. Nothing else is stored unless you turn that on under Report, Custody: then what you decided, with the rows of samples that you drew, and the choice of light or dark; never a file of the evidence. “Forget all evidence” forgets those too."}</p>
        </div>
    }
}

/// How the page is kept, installed and updated.
#[component]
fn Offline() -> Html {
    let standing = offline::use_standing();
    let session = use_context::<Rc<Session>>().unwrap_or_default();
    let has_case = session.intake.phase != Phase::Empty;
    html! {
        <div class="prose">
            <p data-testid="keeping">{ standing.keeping.message() }</p>
            <div>{ standing.update.map(|version| html! {
                <>
                    <h3>{ format!("A newer version is on this host ({version})") }</h3>
                    <p>{"It is taken only when you ask for it. The page starts again for that"}{ if has_case { ", which forgets the evidence in this tab: download the case and the report before." } else { "." } }</p>
                    <p><button class="primary" data-testid="accept-update" onclick={|_| offline::accept_update()}>{"Start again with the newer version"}</button></p>
                </>
            }) }</div>
            <h3>{"As an app"}</h3>
            <div>{ if standing.installable {
                html! { <p><button data-testid="install" onclick={|_| offline::install()}>{"Install"}</button></p> }
            } else {
                html! { <p>{"This browser offers no installation here, or it is installed. Some have it in their menu: “Install” in Chrome and Edge, “Add to Dock” or “Add to Home Screen” in Safari."}</p> }
            } }</div>
        </div>
    }
}

#[component]
fn Toasts() -> Html {
    let session = use_context::<Rc<Session>>().unwrap_or_default();
    let client = use_context::<Client>();
    let toast = |toast: &crate::app::session::Toast| {
        let (client, id) = (client.clone(), toast.id);
        let onclick = Callback::from(move |_: MouseEvent| {
            if let Some(client) = &client {
                client.dismiss(id);
            }
        });
        html! {
            <li key={toast.id.to_string()}><span>{ seen_lines(&toast.text) }</span><button aria-label="Dismiss" {onclick}>{"✕"}</button></li>
        }
    };
    html! { <ul class="toasts" role="status">{ for session.toasts.iter().map(toast) }</ul> }
}
