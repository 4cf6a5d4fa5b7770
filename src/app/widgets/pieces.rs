//! What was found in an object or a record, value by value: covered, unless the user asks to see it.

use js_sys::{Array, Uint8Array};
use yew::prelude::*;

use exhibit::case::rows::csv_line;
use exhibit::case::{Pieces as Of, Raw};
use exhibit::secret::Piece;

use crate::app::client::Client;
use crate::app::widgets::told::told;

/// What pieces are saved as.
const FOUND: &str = "found.csv";

#[derive(PartialEq, Properties)]
pub(crate) struct Props {
    /// Where it stands.
    pub(crate) raw: Raw,
    /// What is looked for.
    pub(crate) of: Of,
}

/// Pieces, whether there are more, and whether the file is still what was judged.
type Read = Result<(Vec<Piece>, bool, bool), String>;

#[component]
pub(crate) fn Pieces(props: &Props) -> Html {
    let read = use_state(|| None::<Read>);
    let uncovered = use_state(|| false);
    let client = use_context::<Client>();
    let onclick = {
        let (read, raw, of, client) = (read.setter(), props.raw.clone(), props.of, client.clone());
        Callback::from(move |_: MouseEvent| {
            let (read, judged) = (read.clone(), raw.content);
            if let Some(client) = &client {
                client.pieces(&raw, of, move |result| {
                    read.set(Some(match result {
                        Ok((bytes, content)) => {
                            let (pieces, more) = postcard::from_bytes(&bytes).unwrap_or_default();
                            let same = content.is_none_or(|content| Some(content) == judged);
                            Ok((pieces, more, same))
                        }
                        Err(problem) => Err(format!(
                            "{} {}",
                            problem.message(),
                            problem.recommendation()
                        )),
                    }));
                });
            }
        })
    };
    let toggle = {
        let uncovered = uncovered.clone();
        Callback::from(move |_: Event| uncovered.set(!*uncovered))
    };
    let shown = match &*read {
        None => {
            html! { <p><button data-testid="show-pieces" {onclick}>{"Read it again and show what was found"}</button></p> }
        }
        Some(Err(why)) => html! { <p role="alert">{ told(why) }</p> },
        Some(Ok((pieces, more, same))) => {
            table(pieces, (*more, *same), (*uncovered, toggle), client.clone())
        }
    };
    html! { <div class="pieces"><h3>{"What was found, value by value"}</h3>{ shown }</div> }
}

fn table(
    pieces: &[Piece],
    (more, same): (bool, bool),
    (uncovered, toggle): (bool, Callback<Event>),
    client: Option<Client>,
) -> Html {
    if pieces.is_empty() {
        return html! { <p class="fine">{"No personal data, key or password is told apart in it. Regexes and themes are counted, not listed."}</p> };
    }
    let value = move |piece: &Piece| {
        if uncovered {
            piece.value.clone()
        } else {
            piece.masked.clone()
        }
    };
    let row = |(at, piece): (usize, &Piece)| {
        html! { <tr key={at.to_string()}><td>{ told(&piece.kind) }</td><td class="code">{ told(value(piece)) }</td><td>{ told(&piece.place) }</td></tr> }
    };
    let save = {
        let row = |piece: &Piece| csv_line([&*piece.kind, &value(piece), &piece.place].into_iter());
        let text = "kind,value,place\r\n".to_owned() + &pieces.iter().map(row).collect::<String>();
        Callback::from(move |_: MouseEvent| {
            if let Some(client) = client.as_ref().filter(|client| !client.refuses(FOUND)) {
                let how = if uncovered { "in full" } else { "covered" };
                client.note("Document handed over", format!("{FOUND}, {how}"));
                client.save(&Array::of1(&Uint8Array::from(text.as_bytes())), FOUND);
            }
        })
    };
    html! {
        <>
            { (!same).then(|| html! { <p class="todo" role="alert">{"The file has another SHA-256 than when it was judged: it was changed since. Drop it again."}</p> }) }
            <p class="actions">
                <label><input type="checkbox" data-testid="uncover" checked={uncovered} onchange={toggle} />{" Show values in full"}</label>
                <button onclick={save}>{ if uncovered { "Save as CSV, in full" } else { "Save as CSV, covered" } }</button>
            </p>
            { more.then(|| html! { <p class="fine">{"There is more than is listed here; the counts above hold for all."}</p> }) }
            <table class="plain" data-testid="pieces"><thead><tr><th>{"What"}</th><th>{"Value"}</th><th>{"Where"}</th></tr></thead><tbody>{ for pieces.iter().enumerate().map(row) }</tbody></table>
        </>
    }
}
