//! Populations, samples drawn from them, and the checklists that samples are.

use std::rc::Rc;

use wasm_bindgen::JsCast as _;
use web_sys::{HtmlInputElement, HtmlSelectElement};
use yew::prelude::*;

use exhibit::case::population::{MOST_ITEMS, NOT_DRAWN, RESULTS, cells, words};
use exhibit::case::{
    Answer, Draw, Export, Item, Link, Population, Question, Sample, Settings, Subject,
};

use crate::app::ask::use_answer;
use crate::app::client::Client;
use crate::app::format;
use crate::app::session::Session;
use crate::app::shell::Open;
use crate::app::widgets::control::Add;
use crate::app::widgets::form::{Field, Form};
use crate::app::widgets::told::told;

/// How another tool draws the same sample.
const REPEAT: &str = "from hashlib import sha256
lines = open('POPULATION.txt', encoding='utf-8', newline='\\n').read().splitlines()
rank = lambda n: sha256(f'{SEED},{n}'.encode()).digest()
sample = sorted(range(1, len(lines) + 1), key=rank)[:SIZE]";

#[component]
pub(super) fn Samples() -> Html {
    let session = use_context::<Rc<Session>>().unwrap_or_default();
    let all = &session.settings.audit.populations;
    let one = |one: &Population| html! { <One key={one.name.clone()} population={one.clone()} /> };
    html! {
        <div class="scroll" data-testid="populations" tabindex="0">
            <p class="fine">{"Filter any table, then freeze it there (Freeze, beside Export): query, count and SHA-256 are kept with the case. A sample can be drawn again by any tool from the downloaded lines and the seed."}</p>
            { all.is_empty().then(|| html! { <p>{"No population was frozen yet."}</p> }) }
            { for all.iter().map(one) }
            <details><summary>{"How another tool repeats it"}</summary>
                <p class="fine">{"The population's file holds a line a row: cells joined by tabs, with \\\\, \\t, \\n and \\r written so, lines in the order of their bytes, each ended by a line feed. sha256sum of the file gives the hash. Then, in Python:"}</p>
                <pre>{ REPEAT }</pre></details>
        </div>
    }
}

#[derive(PartialEq, Properties)]
struct Props {
    population: Population,
}

#[component]
fn One(props: &Props) -> Html {
    let session = use_context::<Rc<Session>>().unwrap_or_default();
    let client = use_context::<Client>();
    let own = &props.population;
    let seed = use_state(|| format!("{:.0}", js_sys::Math::random() * 1e15));
    // What is found of an item does not change whether it is drawn: nothing is asked anew.
    let bare = |sample: &Sample| {
        let mut sample = sample.clone();
        for item in &mut sample.items {
            item.result.clear();
            item.note.clear();
        }
        sample
    };
    let answer = use_answer(
        Question::Freeze {
            table: own.table,
            filter: own.filter.clone(),
            draw: Draw {
                sample: None,
                held: own.samples.iter().map(bare).collect(),
            },
        },
        session.revision,
    );
    let now = match answer.as_deref() {
        Some(Answer::Frozen(frozen)) => Some((**frozen).clone()),
        _ => None,
    };
    let holds = now.as_ref().map(|now| now.sha256 == Some(own.sha256));
    let change = {
        let (settings, client, name) = (
            Rc::clone(&session.settings),
            client.clone(),
            own.name.clone(),
        );
        move |change: &dyn Fn(&mut Vec<Population>, usize)| {
            let mut settings = Settings::clone(&settings);
            let all = &mut settings.audit.populations;
            if let Some(at) = all.iter().position(|one| one.name == name) {
                change(all, at);
            }
            if let Some(client) = &client {
                client.set(settings);
            }
        }
    };
    let draw = {
        let (client, own) = (client.clone(), own.clone());
        Callback::from(move |values: Vec<String>| {
            let [seed, size] = <[String; 2]>::try_from(values).ok()?;
            let size = size
                .parse::<u32>()
                .ok()
                .filter(|size| (1..=MOST_ITEMS).contains(size));
            let (Some(size), false) = (size, seed.is_empty()) else {
                return Some(format!(
                    "A sample needs a seed, and a size from 1 to {MOST_ITEMS}."
                ));
            };
            if let Some(client) = &client {
                client.draw(&own, seed, size);
            }
            None
        })
    };
    let download = {
        let (client, own) = (client.clone(), own.clone());
        Callback::from(move |_: MouseEvent| {
            if let Some(client) = client
                .as_ref()
                .filter(|client| !client.refuses("The population"))
            {
                let export = Export::Population {
                    table: own.table,
                    filter: own.filter.clone(),
                };
                client.download(export, &format!("{}.txt", own.name));
            }
        })
    };
    let remove = {
        let change = change.clone();
        Callback::from(move |_: MouseEvent| change(&|all, at| drop(all.remove(at))))
    };
    let link = Link {
        title: format!(
            "Population {}: {} rows, SHA-256 {}",
            own.name, own.count, own.sha256
        ),
        ..Link::default()
    };
    let fields = vec![
        Field::text("Seed", "sample-seed", seed.as_str()),
        Field::text("Items", "sample-size", "25"),
    ];
    let sample = |(at, sample): (usize, &Sample)| {
        let now = now.as_ref().and_then(|now| now.held.get(at)).cloned();
        let change = change.clone();
        let onitem = Callback::from(move |(place, item): (usize, Item)| {
            change(&|all, own| {
                let items = all[own].samples.get_mut(at).map(|sample| &mut sample.items);
                if let Some(slot) = items.and_then(|items| items.get_mut(place)) {
                    *slot = item.clone();
                }
            });
        });
        html! { <Checklist key={at.to_string()} population={own.clone()} sample={sample.clone()} {now} {onitem} /> }
    };
    let samples: Vec<Html> = own.samples.iter().enumerate().map(sample).collect();
    html! {
        <section class="population" data-testid="population" data-holds={holds.map(|holds| holds.to_string())}>
            <h2>{ told(&own.name) }</h2>
            <dl class="facts">
                <div><dt>{"Query"}</dt><dd>{ told(words(own.table, &own.filter)) }</dd></div>
                <div><dt>{"Rows"}</dt><dd>{ format::number(own.count) }</dd></div>
                <div><dt>{"SHA-256"}</dt><dd><code>{ own.sha256.to_string() }</code></dd></div>
                <div><dt>{"Frozen"}</dt><dd>{ format::time(own.at) }</dd></div>
                <div><dt>{"Now"}</dt><dd>{ now.as_ref().map_or("Asking the case…".to_owned(), |now| now.words(own)) }</dd></div>
            </dl>
            <p class="actions">
                <button onclick={download}>{"Download its lines"}</button>
                <button onclick={remove}>{"Remove"}</button>
            </p>
            <Add {link} />
            <Form {fields} button="Draw a sample" testid="draw-sample" onsubmit={draw} />
            { for samples }
        </section>
    }
}

#[derive(PartialEq, Properties)]
struct ListProps {
    population: Population,
    sample: Sample,
    now: Option<(bool, Vec<Option<Subject>>)>,
    onitem: Callback<(usize, Item)>,
}

/// A sample as a checklist.
#[component]
fn Checklist(props: &ListProps) -> Html {
    let open = use_context::<Open>();
    let sample = &props.sample;
    let count = |result: &str| {
        sample
            .items
            .iter()
            .filter(|item| item.result == result)
            .count()
    };
    let row = |(place, item): (usize, &Item)| {
        let found = props.now.as_ref().and_then(|(_, found)| found.get(place));
        let subject = found.copied().flatten();
        let open = open.clone();
        let onopen = Callback::from(move |_: MouseEvent| {
            if let (Some(open), Some(subject)) = (&open, subject) {
                open.0.emit(Some(subject));
            }
        });
        let onresult = {
            let (onitem, item) = (props.onitem.clone(), item.clone());
            Callback::from(move |event: Event| {
                let select = event
                    .target()
                    .and_then(|target| target.dyn_into::<HtmlSelectElement>().ok());
                let result = select.map_or(String::new(), |select| select.value());
                onitem.emit((
                    place,
                    Item {
                        result,
                        ..item.clone()
                    },
                ));
            })
        };
        let onnote = {
            let (onitem, item) = (props.onitem.clone(), item.clone());
            Callback::from(move |event: Event| {
                let input = event
                    .target()
                    .and_then(|target| target.dyn_into::<HtmlInputElement>().ok());
                let note = input.map_or(String::new(), |input| input.value());
                onitem.emit((
                    place,
                    Item {
                        note,
                        ..item.clone()
                    },
                ));
            })
        };
        let option = |(value, word): &(&'static str, &'static str)| html! { <option key={*value} value={*value} selected={item.result == *value}>{ *word }</option> };
        let shown: Vec<String> = cells(&item.line)
            .into_iter()
            .filter(|cell| !cell.is_empty())
            .collect();
        html! {
            <tr key={format!("{}", item.number)} data-result={item.result.clone()}>
                <td class="numeric">{ item.number.to_string() }</td>
                <td><button class="link" disabled={subject.is_none()} title={if subject.is_none() { "The evidence does not hold this row now" } else { "Open" }} onclick={onopen}>{ told(shown.join(" · ")) }</button></td>
                <td><select aria-label={format!("Result of line {}", item.number)} data-testid="item-result" onchange={onresult}>{ for RESULTS.iter().map(option) }</select></td>
                <td><input type="text" aria-label={format!("Note on line {}", item.number)} data-testid="item-note" value={item.note.clone()} onchange={onnote} autocomplete="off" /></td>
            </tr>
        }
    };
    let holds = props.now.as_ref().map(|(holds, _)| *holds);
    html! {
        <div class="checklist" data-testid="checklist" data-holds={holds.map(|holds| holds.to_string())}>
            <h3>{ format!("Sample of {} with seed {}, {}", sample.items.len(), sample.seed, format::time(sample.at)) }</h3>
            <p class="fine" role="status">{ format!("{} pass, {} exceptions, {} not applicable, {} open.", count("pass"), count("exception"), count("notApplicable"), count("")) }
                { (holds == Some(false)).then_some(html! { <strong class="error">{ format!(" {NOT_DRAWN}") }</strong> }) }</p>
            <table class="plain"><thead><tr><th>{"Line"}</th><th>{"Row"}</th><th>{"Result"}</th><th>{"Note"}</th></tr></thead>
                <tbody>{ for sample.items.iter().enumerate().map(row) }</tbody></table>
        </div>
    }
}
