//! A text that the evidence chose, as people see it: nothing in it hides, or turns what stands beside it around.

use yew::prelude::*;

use exhibit::evidence::visible::{visible, visible_line};

/// On one line.
pub(crate) fn told(text: impl AsRef<str>) -> Html {
    apart(seen(text.as_ref()))
}

/// With its line ends.
pub(crate) fn told_lines(text: impl AsRef<str>) -> Html {
    apart(seen_lines(text.as_ref()))
}

/// A query with all from the character `at` on marked: what cannot be understood.
pub(crate) fn marked(text: &str, at: u32) -> Html {
    let before: String = text.chars().take(at as usize).collect();
    let rest: String = text.chars().skip(at as usize).collect();
    let rest = if rest.is_empty() { " " } else { &rest };
    html! { <pre class="place"><bdi>{ seen(&before) }<mark>{ seen(rest) }</mark></bdi></pre> }
}

/// For a title or a choice, which hold text alone.
pub(crate) fn seen(text: &str) -> String {
    visible_line(text).into_owned()
}

/// The same with its line ends.
pub(crate) fn seen_lines(text: &str) -> String {
    visible(text).into_owned()
}

fn apart(text: String) -> Html {
    html! { <bdi>{ text }</bdi> }
}
