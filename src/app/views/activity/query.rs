//! The query: what is typed, what is wrong with it, what may come next.

use wasm_bindgen::JsCast as _;
use web_sys::{HtmlElement, HtmlInputElement};
use yew::prelude::*;

use exhibit::activity::complete;
use exhibit::activity::field::FIELDS;
use exhibit::case::{Completions, QueryError};

use crate::app::widgets::told::{marked, told};

#[derive(PartialEq, Properties)]
pub(super) struct Props {
    /// What is typed.
    pub(super) text: String,
    /// What is wrong with it.
    pub(super) error: Option<QueryError>,
    /// What may stand at the caret.
    pub(super) completions: Completions,
    /// The text and the caret.
    pub(super) onchange: Callback<(String, u32)>,
}

#[component]
pub(super) fn QueryBox(props: &Props) -> Html {
    let input = use_node_ref();
    // By its words: a newer answer may bring other completions, or these in another order.
    let chosen = use_state(|| None::<String>);
    let is_open = use_state(|| false);
    let take = {
        let (input, onchange) = (input.clone(), props.onchange.clone());
        move || {
            if let Some(input) = input.cast::<HtmlInputElement>() {
                onchange.emit(typed(&input));
            }
        }
    };
    let oninput = {
        let (take, is_open, chosen) = (take.clone(), is_open.clone(), chosen.clone());
        Callback::from(move |_: InputEvent| {
            chosen.set(None);
            is_open.set(true);
            take();
        })
    };
    let insert = {
        let (input, onchange, is_open, chosen) = (
            input.clone(),
            props.onchange.clone(),
            is_open.clone(),
            chosen.clone(),
        );
        move |word: &str| {
            let Some(field) = input.cast::<HtmlInputElement>() else {
                return;
            };
            // What stands there now: the completions may be of what stood there some keys ago.
            let (text, at) = typed(&field);
            let (from, to) = complete::word(&text, at);
            let chars: Vec<char> = text.chars().collect();
            let before: String = chars.iter().take(from as usize).collect();
            let after: String = chars.iter().skip(to as usize).collect();
            // A finished term is followed by the next one.
            let space = if word.ends_with(':') || after.starts_with(' ') {
                ""
            } else {
                " "
            };
            let begun = format!("{before}{word}{space}");
            let at = begun.chars().count() as u32;
            let text = format!("{begun}{after}");
            field.set_value(&text);
            let units = begun.encode_utf16().count() as u32;
            // Where the browser refuses, the caret stands at the end.
            let _ = field.set_selection_range(units, units);
            let _ = field.unchecked_into::<HtmlElement>().focus();
            chosen.set(None);
            is_open.set(word.ends_with(':'));
            onchange.emit((text, at));
        }
    };
    let all = &props.completions;
    let is_shown = *is_open && !all.is_empty();
    let place = all
        .iter()
        .position(|(word, _)| chosen.as_ref() == Some(word));
    let onkeydown = {
        let (chosen, is_open, insert) = (chosen.clone(), is_open.clone(), insert.clone());
        let words: Vec<String> = all.iter().map(|(word, _)| word.clone()).collect();
        Callback::from(move |event: KeyboardEvent| {
            let count = words.len();
            match event.key().as_str() {
                "ArrowDown" if is_shown => {
                    let next = place.map_or(0, |at| (at + 1) % count);
                    chosen.set(words.get(next).cloned());
                }
                "ArrowUp" if is_shown => {
                    let next = place.map_or(count - 1, |at| (at + count - 1) % count);
                    chosen.set(words.get(next).cloned());
                }
                "Enter" | "Tab" if is_shown => {
                    let Some(word) = place.and_then(|at| words.get(at)) else {
                        is_open.set(false);
                        return;
                    };
                    insert(word);
                }
                "Escape" if is_shown => {
                    event.stop_propagation();
                    is_open.set(false);
                    return;
                }
                _ => return,
            }
            event.prevent_default();
        })
    };
    let onblur = {
        let is_open = is_open.clone();
        Callback::from(move |_: FocusEvent| is_open.set(false))
    };
    let option = |(at, (word, note)): (usize, &(String, String))| {
        let (insert, word_) = (insert.clone(), word.clone());
        // Before the field loses its focus.
        let onmousedown = Callback::from(move |event: MouseEvent| {
            event.prevent_default();
            insert(&word_);
        });
        let is_chosen = place == Some(at);
        html! {
            <li key={word.clone()} id={format!("completion-{at}")} role="option" aria-selected={is_chosen.to_string()} {onmousedown}>
                <code>{ told(word) }</code><span class="fine">{ note }</span>
            </li>
        }
    };
    let clear = {
        let onchange = props.onchange.clone();
        Callback::from(move |_: MouseEvent| onchange.emit((String::new(), 0)))
    };
    let active = place
        .filter(|_| is_shown)
        .map(|at| format!("completion-{at}"));
    html! {
        <div class="query">
            <div class="line">
                <input ref={input} type="text" data-testid="query" role="combobox" spellcheck="false" autocomplete="off"
                    aria-label="Query" aria-expanded={is_shown.to_string()} aria-controls="completions" aria-activedescendant={active}
                    aria-invalid={props.error.is_some().to_string()} aria-describedby="query-error"
                    placeholder="name:ConsoleLogin user:alice -region:us-east-1 error:* since:2024-01-01 proven:no, or any words"
                    value={props.text.clone()} {oninput} {onkeydown} {onblur} />
                <button disabled={props.text.is_empty()} onclick={clear}>{"Clear"}</button>
            </div>
            <ul id="completions" role="listbox" class="completions" hidden={!is_shown}>{ for all.iter().enumerate().map(option) }</ul>
            <div id="query-error" class="wrong" role="status">{ props.error.as_ref().map(|error| wrong(&props.text, error)) }</div>
            <details class="help"><summary>{"How to ask"}</summary>{ help() }</details>
        </div>
    }
}

/// What stands in the field, and its caret.
fn typed(field: &HtmlInputElement) -> (String, u32) {
    let text = field.value();
    let units = field.selection_start().ok().flatten().unwrap_or(0);
    let at = caret(&text, units);
    (text, at)
}

/// The caret in characters; the browser counts in UTF-16 units.
fn caret(text: &str, units: u32) -> u32 {
    let mut seen = 0;
    let before = text.chars().take_while(|c| {
        seen += c.len_utf16() as u32;
        seen <= units
    });
    before.count() as u32
}

fn wrong(text: &str, error: &QueryError) -> Html {
    html! {
        <div>
            { marked(text, error.at) }
            <p class="error">{ &error.message }{" What is shown is the answer to the query before."}</p>
        </div>
    }
}

fn help() -> Html {
    let row = |entry: &exhibit::activity::field::Entry| {
        html! { <tr key={entry.title}><td><code>{ entry.names.iter().map(|name| format!("{name}:")).collect::<Vec<_>>().join(" ") }</code></td><td>{ entry.title }</td><td>{ entry.help }</td></tr> }
    };
    html! {
        <div class="two">
            <ul>
                <li><code>{"user:alice name:ConsoleLogin"}</code>{" — both must hold; "}<code>{"field:value"}</code>{" is the whole value, upper and lower case alike"}</li>
                <li><code>{"name:Delete*"}</code>{" — a star stands for anything; "}<code>{"error:*"}</code>{" for any value"}</li>
                <li><code>{"-region:us-east-1"}</code>{" — must not hold"}</li>
                <li><code>{"(error:* OR proven:no)"}</code>{" — one must hold; also "}<code>{"name:(A OR B)"}</code></li>
                <li><code>{"payroll"}</code>{" or "}<code>{"\"any words\""}</code>{" — anywhere in the columns"}</li>
                <li><code>{"since:2024-01-31 until:2024-02-02T08:00Z"}</code>{" — in UTC; a date until includes its day"}</li>
            </ul>
            <table><tbody>{ for FIELDS.iter().map(row) }</tbody></table>
        </div>
    }
}
