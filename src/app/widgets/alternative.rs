//! A chart as a table, for whoever cannot see it or wants the numbers.

use yew::prelude::*;

use crate::app::widgets::told::told;

/// Rows at most; more are counted.
const MOST: usize = 1_000;

#[derive(PartialEq, Properties)]
pub(crate) struct Props {
    /// What the columns hold.
    pub(crate) head: &'static [&'static str],
    /// The rows, asked for only when the table is opened.
    pub(crate) rows: Callback<(), Vec<Vec<String>>>,
}

/// Closed at first; nothing is made until it is opened.
#[component]
pub(crate) fn Alternative(props: &Props) -> Html {
    let open = use_state_eq(|| false);
    let ontoggle = {
        let open = open.clone();
        Callback::from(move |_: Event| open.set(!*open))
    };
    let table = || {
        let rows = props.rows.emit(());
        let left = rows.len().saturating_sub(MOST);
        let cell = |text: String| html! { <td>{ told(text) }</td> };
        let row = |row: Vec<String>| html! { <tr>{ for row.into_iter().map(cell) }</tr> };
        html! {
            <>
                <table>
                    <thead><tr>{ for props.head.iter().map(|head| html! { <th key={*head}>{ *head }</th> }) }</tr></thead>
                    <tbody>{ for rows.into_iter().take(MOST).map(row) }</tbody>
                </table>
                { (left > 0).then(|| html! { <p class="fine">{ format!("{left} more are not shown.") }</p> }) }
            </>
        }
    };
    html! {
        <details class="alternative" {ontoggle}><summary>{"As a table"}</summary>{ if *open { table() } else { Html::default() } }</details>
    }
}
