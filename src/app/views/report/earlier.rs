//! An earlier report or case beside the evidence of now.

use std::rc::Rc;

use wasm_bindgen::JsCast as _;
use web_sys::HtmlInputElement;
use yew::prelude::*;

use exhibit::case::{Answer, Earlier, Question, Recheck};

use crate::app::ask::use_answer;
use crate::app::client::Client;
use crate::app::format;
use crate::app::session::Session;
use crate::app::widgets::told::told;

#[component]
pub(super) fn EarlierReport() -> Html {
    let session = use_context::<Rc<Session>>().unwrap_or_default();
    let client = use_context::<Client>();
    let onchange = Callback::from(move |event: Event| {
        let input = event
            .target()
            .and_then(|target| target.dyn_into::<HtmlInputElement>().ok());
        let file = input.as_ref().and_then(|input| input.files()?.get(0));
        if let (Some(client), Some(file)) = (&client, file) {
            client.open_report(file);
        }
        if let Some(input) = input {
            input.set_value("");
        }
    });
    html! {
        <>
            <p class="fine">{"Open a report.json, or the file of a case, beside the evidence: every hash in it is compared."}</p>
            <p><input id="earlier-report" type="file" accept=".json" aria-label="An earlier report.json" {onchange} /></p>
            { session.earlier.as_ref().map(|earlier| html! { <Compared earlier={Earlier::clone(earlier)} /> }) }
        </>
    }
}

#[derive(PartialEq, Properties)]
struct Props {
    earlier: Earlier,
}

#[component]
fn Compared(props: &Props) -> Html {
    let session = use_context::<Rc<Session>>().unwrap_or_default();
    let answer = use_answer(Question::Recheck(props.earlier.clone()), session.revision);
    let Some(Answer::Recheck(recheck)) = answer.as_deref() else {
        return html! { <p class="loading">{"Comparing…"}</p> };
    };
    let Recheck {
        held,
        unhashed,
        changed,
        missing,
        added,
        verdict,
        differing,
    } = recheck;
    let all = props.earlier.files.len() as u64;
    let holds = held + unhashed == all && verdict.is_none() && differing.1 == 0;
    let list = |title: String, paths: &[String]| {
        (!paths.is_empty()).then(|| html! { <div><h3>{ title }</h3><ul class="related">{ for paths.iter().map(|path| html! { <li key={path.clone()}><code>{ told(path) }</code></li> }) }</ul></div> })
    };
    let made = if props.earlier.generated.is_empty() {
        String::new()
    } else {
        format!(", made {}", props.earlier.generated)
    };
    html! {
        <div data-testid="recheck" data-holds={holds.to_string()} role="status">
            <p>{ format!("{}{made}: {} of its {} files are here with the hash that they had.", props.earlier.name, format::number(*held), format::number(all)) }
                { if holds { " Its hashes, its verdict, and what it states of digests, logs and rules hold; nothing else of it was compared." } else { " It does not hold as it stands." } }</p>
            <p>{ (*unhashed > 0).then(|| format!("{} files had no hash then: nothing tells whether they are the same.", format::number(*unhashed))) }</p>
            <p>{ verdict.as_ref().map(|(then, now)| format!("The verdict was {then} and is {now}.")) }</p>
            { list(format!("Stated otherwise now: {}", differing.1), &differing.0.iter().map(|(what, then, now)| format!("{what}: was {then}, is {now}")).collect::<Vec<_>>()) }
            { list(format!("Changed: {}", changed.len()), changed) }
            { list(format!("Not here: {}", missing.1), &missing.0) }
            { list(format!("New since then: {}", added.1), &added.0) }
        </div>
    }
}
