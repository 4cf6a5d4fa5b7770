//! A value on show, the same in every table and in the inspector.

use yew::prelude::*;

use exhibit::case::{Cell, Shape};
use exhibit::integrity::State;

use super::risk::{InPlace, Switch};
use crate::app::download;
use crate::app::format;
use crate::app::widgets::told::{seen, seen_lines, told};

/// The icon of a state; with colour and word it is never colour alone.
pub(crate) fn icon(state: State) -> &'static str {
    match state {
        State::Proven => "✓",
        State::Unproven => "◌",
        State::Altered => "✕",
        State::Missing => "▢",
        State::NotCovered => "–",
    }
}

/// A state with its word.
pub(crate) fn state(state: State, hatched: bool, word: &str) -> Html {
    let class = classes!("state", state.name(), hatched.then_some("hatched"));
    html! {
        <span {class} title={state.label()}><span class="icon" aria-hidden="true">{ icon(state) }</span>{ word }</span>
    }
}

/// A value in a table, as its column wants it.
pub(crate) fn short(cell: &Cell, shape: Shape) -> Html {
    match cell {
        Cell::Code(text) if shape == Shape::Code => code(text, format::shorten(text)),
        Cell::Code(text) => {
            html! { <span class="path" title={seen(text)}>{ told(text) }</span> }
        }
        Cell::Number(risk) if shape == Shape::Risk => html! {
            <span class="number"><span class={format!("swatch risk-{}", risk.min(&10))} aria-hidden="true" />{ format::number(*risk) }</span>
        },
        _ => full(cell),
    }
}

/// A value with room for all of it.
pub(crate) fn full(cell: &Cell) -> Html {
    match cell {
        Cell::Empty => html! { <span class="none">{"–"}</span> },
        Cell::Text(text) => html! { <span title={seen(text)}>{ told(text) }</span> },
        Cell::Code(text) => code(text, text.clone()),
        Cell::Time(at) => {
            html! { <time title={format::local_time(*at)}>{ format::time(*at) }</time> }
        }
        Cell::Number(value) => html! { <span class="number">{ format::number(*value) }</span> },
        Cell::Size(bytes) => html! {
            <span class="number" title={format!("{} bytes", format::number(*bytes))}>{ format::size(*bytes as f64) }</span>
        },
        Cell::Rated { rated, name, risk } => {
            html! { <InPlace rated={*rated} name={name.clone()} risk={*risk} /> }
        }
        Cell::Enabled { of, name, on } => {
            html! { <Switch of={*of} name={name.clone()} on={*on} /> }
        }
        Cell::State {
            state: kind,
            hatched,
            word,
        } => state(*kind, *hatched, word),
    }
}

fn code(text: &str, shown: String) -> Html {
    let copied = text.to_owned();
    let onclick = Callback::from(move |event: MouseEvent| {
        event.stop_propagation();
        download::copy(&copied);
    });
    html! { <code class="code" title={format!("{}\nClick to copy", seen_lines(text))} {onclick}>{ told(&shown) }</code> }
}
