//! The inspector: the same for every kind of thing. What it is, why it is judged so, proof, raw.

use std::rc::Rc;

use yew::prelude::*;

use exhibit::activity::complete::joined;
use exhibit::case::{Answer, Cell, Inspection, Question, Raw, Step, Subject};
use exhibit::moment::Moment;

use super::cell;
use super::control::{Add, Conclude};
use super::correction::Correct;
use super::days::by_day;
use super::mute::Mute;
use super::pieces::Pieces;
use super::record::{Of, Record};
use super::risk::Risk;
use crate::app::ask::use_answer;
use crate::app::client::Client;
use crate::app::download;
use crate::app::format;
use crate::app::route::{self, Route};
use crate::app::session::Session;
use crate::app::shell::Open;
use crate::app::views::View;
use crate::app::widgets::told::{seen, seen_lines, told, told_lines};

#[derive(PartialEq, Properties)]
pub(crate) struct Props {
    /// What is open.
    pub(crate) subject: Subject,
}

/// Everything about one thing.
#[component]
pub(crate) fn Inspector(props: &Props) -> Html {
    let session = use_context::<Rc<Session>>().unwrap_or_default();
    let open = use_context::<Open>();
    let answer = use_answer(Question::Inspect(props.subject), session.revision);
    let close = Callback::from({
        let open = open.clone();
        move |_: MouseEvent| {
            if let Some(open) = &open {
                open.0.emit(None);
            }
        }
    });
    let content = match answer.as_deref() {
        Some(Answer::Inspection(Some(it))) => show(it, open),
        Some(Answer::Inspection(None)) => {
            html! { <p class="fine">{"This is no longer in the case."}</p> }
        }
        _ => html! { <p class="loading">{"Asking the case…"}</p> },
    };
    html! {
        <aside class="inspector" aria-label="Inspector" data-testid="inspector">
            <button class="close" aria-label="Close (Esc)" title="Close (Esc)" onclick={close}>{"✕"}</button>
            { content }
        </aside>
    }
}

fn show(it: &Inspection, open: Option<Open>) -> Html {
    // What is opened has its own page.
    let close = {
        let open = open.clone();
        Callback::from(move |_: MouseEvent| {
            if let Some(open) = &open {
                open.0.emit(None);
            }
        })
    };
    let step = |(at, step): (usize, &Step)| {
        let text = step.text.clone();
        let onclick = Callback::from(move |_: MouseEvent| download::copy(&text));
        html! {
            <li key={at.to_string()}><p>{ &step.title }<button class="copy" {onclick}>{"Copy"}</button></p><pre>{ told_lines(&step.text) }</pre></li>
        }
    };
    let related = |(at, (label, subject)): (usize, &(String, Subject))| {
        let (open, subject) = (open.clone(), *subject);
        let onclick = Callback::from(move |_: MouseEvent| {
            if let Some(open) = &open {
                open.0.emit(Some(subject));
            }
        });
        html! { <li key={at.to_string()}><button class="link" {onclick}>{ told(label) }</button></li> }
    };
    let query = |(at, (label, query)): (usize, &(String, String))| {
        let address = route::activity(query);
        html! { <li key={at.to_string()}><a href={address} title={seen(query)}>{ told(label) }</a></li> }
    };
    html! {
        <div class="inspection" key={it.title.clone()}>
            <header>
                <p class="fine">{ told(&it.sort) }</p>
                <h2>{ told(&it.title) }</h2>
                <p>{ it.status.as_ref().map(cell::full) }</p>
            </header>
            <section><h3>{"What"}</h3>{ facts(&it.what, &it.pivots) }</section>
            <section>
                <h3>{"Why"}</h3>
                <div class="prose">{ for it.why.iter().enumerate().map(|(at, why)| html! { <p key={at.to_string()}>{ seen_lines(why) }</p> }) }</div>
                <div class="todo">{ it.todo.as_ref().map(|todo| html! { <p>{ format!("What to do: {}", seen_lines(todo)) }</p> }) }</div>
            </section>
            <section>{ it.history.as_ref().map(|key| html! { <p><a class="button" data-testid="open-history" href={route::resource(key)} onclick={close.clone()}>{"Its past, differences and relationships"}</a></p> }) }</section>
            <section>{ it.results.as_ref().map(|(framework, control)| html! { <p><a class="button" data-testid="open-results" href={route::results(framework, control)} onclick={close.clone()}>{"Its results, resource by resource"}</a></p> }) }</section>
            <section>{ (!it.over_time.is_empty()).then(|| over_time(&it.over_time)) }</section>
            <section>{ (!it.days.is_empty()).then(|| html! { <div><h3>{"By day (UTC)"}</h3>{ by_day(&it.days, &it.days_query) }</div> }) }</section>
            <section>{ it.risk.as_ref().map(|(rated, name, risk)| html! { <Risk key={name.clone()} rated={*rated} name={name.clone()} risk={*risk} /> }) }</section>
            <section>{ it.exception.as_ref().map(|one| html! { <Mute exception={one.clone()} /> }) }</section>
            <section>{ it.control.as_ref().map(|one| html! { <Conclude key={one.id.clone()} control={one.clone()} /> }) }</section>
            <section>{ it.correction.as_ref().map(|one| html! { <Correct key={format!("{:?}{}", one.file, one.place)} correction={one.clone()} /> }) }</section>
            <section>{ it.pieces.as_ref().map(|(raw, of)| html! { <Pieces key={format!("{}{:?}", raw.path, raw.record)} raw={raw.clone()} of={*of} /> }) }</section>
            <section>{ (!it.proof.is_empty()).then(|| html! { <div><h3>{"Proof"}</h3>{ facts(&it.proof, &[]) }</div> }) }</section>
            <section class="working">
                { (!it.working.is_empty()).then(|| html! {
                    <details open=true><summary>{"Show the working"}</summary><ol>{ for it.working.iter().enumerate().map(step) }</ol></details>
                }) }
            </section>
            <section>{ (!it.related.is_empty()).then(|| html! { <div><h3>{"Belongs to it"}</h3><ul class="related">{ for it.related.iter().enumerate().map(related) }</ul></div> }) }</section>
            <section>{ (!it.queries.is_empty()).then(|| html! { <div><h3>{"In Activity"}</h3><ul class="related">{ for it.queries.iter().enumerate().map(query) }</ul></div> }) }</section>
            <section>{ it.control.is_none().then(|| html! { <Add link={it.link.clone()} /> }) }</section>
            <section>{ it.raw.as_ref().map(|raw| html! { <Bytes raw={raw.clone()} of={held(raw)} /> }) }</section>
        </div>
    }
}

/// What the bytes of a thing are.
fn held(raw: &Raw) -> Of {
    match raw.record {
        Some(_) => Of::Record,
        None if raw.is_object => Of::Object,
        None => Of::Evidence,
    }
}

/// What changed when, the newest first.
fn over_time(changes: &[(Moment, String)]) -> Html {
    let change = |(at, (when, what)): (usize, &(Moment, String))| {
        html! { <tr key={at.to_string()}><td>{ format::time(*when) }</td><td>{ what }</td></tr> }
    };
    html! {
        <div data-testid="over-time"><h3>{"Over time (UTC)"}</h3><table class="plain"><tbody>{ for changes.iter().rev().enumerate().map(change) }</tbody></table></div>
    }
}

fn facts(list: &[(String, Cell)], pivots: &[(u32, String)]) -> Html {
    let fact = |(at, (label, value)): (usize, &(String, Cell))| {
        let term = pivots.iter().find(|(row, _)| *row as usize == at);
        html! {
            <div key={at.to_string()}><dt>{ told(label) }</dt><dd>{ cell::full(value) }{ term.map(|(_, term)| pivot(term)) }</dd></div>
        }
    };
    if list.is_empty() {
        return html! { <p class="fine">{"Nothing is recorded."}</p> };
    }
    html! { <dl class="facts">{ for list.iter().enumerate().map(fact) }</dl> }
}

/// From a value to the events that have it: all of them, those among what is shown, or what is shown without them.
fn pivot(term: &str) -> Html {
    let narrow = |term: String| {
        Callback::from(move |_: MouseEvent| {
            let route = Route::read();
            let query = match route.view {
                View::Activity => joined(route.value("q"), &term),
                _ => term.clone(),
            };
            Route {
                view: View::Activity,
                ..route
            }
            .with("q", &query)
            .open();
        })
    };
    let not = format!("-{term}");
    let (term_seen, not_seen) = (seen(term), seen(&not));
    html! {
        <span class="pivot">
            <a href={route::activity(term)} title={format!("All events with {term_seen}")} aria-label={format!("All events with {term_seen}")}>{"⌕"}</a>
            <button title={format!("Add {term_seen} to the query")} aria-label={format!("Add {term_seen} to the query")} onclick={narrow(term.to_owned())}>{"+"}</button>
            <button title={format!("Add {not_seen} to the query")} aria-label={format!("Add {not_seen} to the query")} onclick={narrow(not.clone())}>{"−"}</button>
        </span>
    }
}

#[derive(PartialEq, Properties)]
struct BytesProps {
    raw: Raw,
    of: Of,
}

/// The bytes themselves, read again from the file: a record at once, a file when asked for.
#[component]
fn Bytes(props: &BytesProps) -> Html {
    let shown = use_state(|| None::<Result<(String, bool), String>>);
    let client = use_context::<Client>();
    let read = {
        let (shown, raw) = (shown.setter(), props.raw.clone());
        move || {
            let (shown, judged) = (shown.clone(), raw.content);
            if let Some(client) = &client {
                client.raw(&raw, move |result| {
                    shown.set(Some(match result {
                        Ok((bytes, content)) => {
                            let same = content.is_none_or(|content| Some(content) == judged);
                            Ok((String::from_utf8_lossy(&bytes).into_owned(), same))
                        }
                        Err(problem) => Err(format!(
                            "{} {}",
                            problem.message(),
                            problem.recommendation()
                        )),
                    }));
                });
            }
        }
    };
    {
        let (shown, read) = (shown.setter(), read.clone());
        use_effect_with(props.raw.clone(), move |raw| {
            shown.set(None);
            if raw.record.is_some() {
                read();
            }
        });
    }
    let onclick = Callback::from(move |_: MouseEvent| read());
    let is_record = props.of == Of::Record;
    html! {
        <div data-testid="raw">
            <h3>{ if is_record { "Record" } else { "Raw" } }</h3>
            { match &*shown {
                None if is_record => html! { <p class="loading">{"Reading the record again…"}</p> },
                None => html! { <button {onclick}>{"Show the beginning of the file"}</button> },
                Some(Ok((text, same))) => html! { <div>{ is_record.then(|| checked(*same)) }<Record text={text.clone()} of={props.of} /></div> },
                Some(Err(text)) => html! { <p>{ told(text) }</p> },
            } }
        </div>
    }
}

fn checked(same: bool) -> Html {
    if same {
        html! { <p class="fine">{"Read again just now; the file's content has the SHA-256 that was judged."}</p> }
    } else {
        html! { <p class="todo" role="alert">{"The file has another SHA-256 than when it was judged: it was changed since. Drop it again."}</p> }
    }
}
