//! What is not the same in two captures: both are read again from their files and compared here.

use yew::prelude::*;

use exhibit::case::Raw;
use exhibit::config::diff::{Change, diff};
use exhibit::config::item_text;
use exhibit::moment::Moment;
use exhibit::secret::{Secret, cover};
use serde_json::Value;

use crate::app::client::Client;
use crate::app::format;
use crate::app::widgets::told::{told, told_lines};

/// Changed properties that are listed.
const MOST: usize = 1_000;

#[derive(PartialEq, Properties)]
pub(super) struct Props {
    /// The earlier one.
    pub(super) before: (Raw, Option<Moment>),
    /// The later one.
    pub(super) after: (Raw, Option<Moment>),
}

fn milliseconds() -> f64 {
    let clock = web_sys::window().and_then(|window| window.performance());
    clock.map_or(0.0, |clock| clock.now())
}

/// A side as it was read, or why it was not.
type Side = Result<(String, bool), String>;

#[component]
pub(super) fn Diff(props: &Props) -> Html {
    let (before, after) = (use_side(&props.before.0), use_side(&props.after.0));
    let raw = use_state(|| false);
    let toggle = {
        let raw = raw.clone();
        Callback::from(move |_: MouseEvent| raw.set(!*raw))
    };
    let uncovered = use_state(|| false);
    let uncover = {
        let uncovered = uncovered.clone();
        Callback::from(move |_: Event| uncovered.set(!*uncovered))
    };
    let compared = {
        let text = |side: &Option<Side>| match side {
            Some(Ok((text, _))) => Some(text.clone()),
            _ => None,
        };
        use_memo((text(&before), text(&after)), |sides| match sides {
            (Some(before), Some(after)) => {
                let begun = milliseconds();
                let changes = diff(before, after).map_err(|error| error.to_string());
                let took = milliseconds() - begun;
                let secrets = [cover::secrets(before), cover::secrets(after)].concat();
                (changes, took, secrets)
            }
            _ => (Ok(Vec::new()), 0.0, Vec::new()),
        })
    };
    let (before, after) = match (before, after) {
        (Some(Ok(before)), Some(Ok(after))) => (before, after),
        (Some(Err(why)), _) | (_, Some(Err(why))) => {
            return html! { <p class="error">{ told(why) }</p> };
        }
        _ => return html! { <p class="loading">{"Reading both items again…"}</p> },
    };
    let is_same = before.1 && after.1;
    let (changes, took, secrets) = &*compared;
    let hidden: &[Secret] = if *uncovered { &[] } else { secrets };
    let whole = |text: &str| match cover::record(text) {
        Some(covered) if !*uncovered => indented(&covered),
        _ => indented(text),
    };
    let time = |at: Option<Moment>| at.map_or_else(|| "unknown time".to_owned(), format::time);
    let row = |(at, change): (usize, &Change)| {
        html! {
            <tr key={at.to_string()} class={change.kind().to_lowercase()}>
                <td><code>{ told(&change.path) }</code></td><td>{ change.kind() }</td>
                <td class="value">{ value(change.previous.as_ref(), hidden) }</td><td class="value">{ value(change.updated.as_ref(), hidden) }</td>
            </tr>
        }
    };
    html! {
        <section class="diff" data-testid="diff" data-ms={format!("{took:.1}")}>
            <div class="heading">
                <h3>{ format!("{} compared with {}", time(props.after.1), time(props.before.1)) }</h3>
                <p class="summary">{ if is_same { "Both items were read again just now; their files have the SHA-256 that was judged." } else { "A file has another SHA-256 than when it was judged: it was changed since. Drop it again." } }</p>
                <button onclick={toggle}>{ if *raw { "Changed properties" } else { "Both as raw JSON" } }</button>
                { (!secrets.is_empty()).then(|| html! { <label><input type="checkbox" data-testid="uncover-diff" checked={*uncovered} onchange={uncover} />{" Show secrets in full"}</label> }) }
            </div>
            { match changes {
                _ if *raw => html! { <div class="two"><pre class="raw">{ told_lines(whole(&before.0)) }</pre><pre class="raw">{ told_lines(whole(&after.0)) }</pre></div> },
                Err(error) => html! { <p class="error">{ format!("An item is no JSON: {error}.") }</p> },
                Ok(changes) if changes.is_empty() => html! { <p>{"Nothing changed: the same configuration, relationships and tags. Lists in another order are no change."}</p> },
                Ok(changes) => html! {
                    <table class="plain" data-testid="changes"><thead><tr><th>{"Property"}</th><th>{"Change"}</th><th>{ format!("Before ({})", time(props.before.1)) }</th><th>{ format!("After ({})", time(props.after.1)) }</th></tr></thead>
                        <tbody>{ for changes.iter().enumerate().take(MOST).map(row) }</tbody></table>
                },
            } }
        </section>
    }
}

fn value(value: Option<&Value>, hidden: &[Secret]) -> Html {
    match value {
        None => html! { <span class="none">{"–"}</span> },
        value => html! { <pre>{ told_lines(cover::text(&pretty(value), hidden)) }</pre> },
    }
}

fn pretty(value: Option<&Value>) -> String {
    match value {
        None => String::new(),
        Some(Value::String(text)) => text.clone(),
        Some(value) => serde_json::to_string_pretty(value).unwrap_or_default(),
    }
}

fn indented(text: &str) -> String {
    let value: Option<Value> = serde_json::from_str(text).ok();
    value.map_or_else(|| text.to_owned(), |value| pretty(Some(&value)))
}

/// An item, read again from its file.
#[hook]
fn use_side(raw: &Raw) -> Option<Side> {
    let side = use_state(|| None::<Side>);
    let client = use_context::<Client>();
    let setter = side.setter();
    use_effect_with(raw.clone(), move |raw| {
        setter.set(None);
        if let Some(client) = client {
            let judged = raw.content;
            client.raw(raw, move |result| {
                setter.set(Some(match result {
                    Ok((bytes, content)) => {
                        let same = content.is_none_or(|content| Some(content) == judged);
                        item_text(&bytes).map(|text| (text, same)).ok_or_else(|| {
                            "No configuration item stands there any more: drop the file again."
                                .to_owned()
                        })
                    }
                    Err(problem) => Err(format!(
                        "{} {}",
                        problem.message(),
                        problem.recommendation()
                    )),
                }));
            });
        }
    });
    (*side).clone()
}
