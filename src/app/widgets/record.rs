//! A JSON record, as it stands in its file or as a tree that can be folded, or the beginning of a file; secrets, and personal data of
//! objects, are covered, unless the user asks to see them.

use serde_json::value::RawValue;
use yew::prelude::*;

use exhibit::evidence::json::fields;
use exhibit::object;
use exhibit::secret::cover;

use crate::app::download;
use crate::app::widgets::told::{seen_lines, told, told_lines};

/// Depth to which the tree is open at first.
const OPEN: usize = 2;
/// Values of one list or object that are shown.
const MOST: usize = 500;

/// What a text is.
#[derive(Clone, Copy, PartialEq)]
pub(crate) enum Of {
    Record,
    /// The beginning of a file of evidence.
    Evidence,
    /// The beginning of one that is none.
    Object,
}

#[derive(PartialEq, Properties)]
pub(crate) struct Props {
    /// The text as it stands in the file.
    pub(crate) text: String,
    pub(crate) of: Of,
}

/// A record, or the beginning of a file.
#[component]
pub(crate) fn Record(props: &Props) -> Html {
    let is_record = props.of == Of::Record;
    let as_is = use_state(|| !is_record);
    let toggle = {
        let as_is = as_is.clone();
        Callback::from(move |_: MouseEvent| as_is.set(!*as_is))
    };
    let uncovered = use_state(|| false);
    let covered = use_memo((props.text.clone(), props.of), |(text, of)| match of {
        Of::Record => cover::record(text),
        Of::Evidence => cover::beginning(text),
        Of::Object => object::covered(text),
    });
    let uncover = {
        let uncovered = uncovered.clone();
        Callback::from(move |_: Event| uncovered.set(!*uncovered))
    };
    let text = match &*covered {
        Some(covered) if !*uncovered => covered,
        _ => &props.text,
    };
    let copy = {
        let text = text.clone();
        Callback::from(move |_: MouseEvent| download::copy(&text))
    };
    let tree = (!*as_is).then(|| serde_json::from_str::<&RawValue>(text).ok());
    html! {
        <div class="record">
            <p>
                { is_record.then(|| html! { <button onclick={toggle}>{ if *as_is { "As a tree" } else { "As it stands in the file" } }</button> }) }
                <button onclick={copy}>{"Copy"}</button>
                { covered.is_some().then(|| html! { <label><input type="checkbox" data-testid="uncover-record" checked={*uncovered} onchange={uncover} />{" Show what is covered"}</label> }) }
            </p>
            { match tree.flatten() {
                Some(value) => html! { <div class="tree">{ show(None, value.get(), 0) }</div> },
                _ => html! { <pre class="raw">{ told_lines(text) }</pre> },
            } }
        </div>
    }
}

/// A value as it stands in the file: fields keep their order, numbers their digits.
fn show(name: Option<&str>, raw: &str, depth: usize) -> Html {
    let label = name.map(|name| html! { <span class="name">{ told(name) }{": "}</span> });
    let inner: Vec<(Option<String>, &RawValue)> = match raw.as_bytes().first() {
        Some(b'{') => {
            let fields = fields(raw).unwrap_or_default().into_iter();
            fields.map(|(name, value)| (Some(name), value)).collect()
        }
        Some(b'[') => {
            let items: Vec<&RawValue> = serde_json::from_str(raw).unwrap_or_default();
            items.into_iter().map(|value| (None, value)).collect()
        }
        Some(b'"') => {
            let text = serde_json::from_str::<String>(raw).unwrap_or_else(|_| raw.to_owned());
            return html! { <div>{ label }<span class="text">{ told_lines(&text) }</span></div> };
        }
        _ => {
            return html! { <div>{ label }<span class="plain">{ seen_lines(raw) }</span></div> };
        }
    };
    let brackets = if raw.starts_with('[') {
        ("[", "]")
    } else {
        ("{", "}")
    };
    if inner.is_empty() {
        return html! { <div>{ label }{ brackets.0 }{ brackets.1 }</div> };
    }
    let count = inner.len();
    let rows = inner
        .iter()
        .take(MOST)
        .enumerate()
        .map(|(at, (name, value))| {
            html! { <li key={at.to_string()}>{ show(name.as_deref(), value.get(), depth + 1) }</li> }
        });
    let more = (count > MOST).then(|| html! { <li key="more" class="fine">{ format!("{} more: see it as it stands in the file", count - MOST) }</li> });
    let summary = html! { <summary>{ label }<span class="fine">{ format!("{}{count}{}", brackets.0, brackets.1) }</span></summary> };
    // A record of hostile depth: its text is shown as it stands.
    if depth > 60 {
        return html! { <pre class="raw">{ told_lines(raw) }</pre> };
    }
    html! { <details open={depth < OPEN}>{ summary }<ul>{ for rows }{ for more }</ul></details> }
}
