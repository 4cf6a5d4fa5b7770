//! What is masked in documents for others: chosen, with a preview, before anything is handed over.

use std::rc::Rc;

use wasm_bindgen::JsCast as _;
use web_sys::HtmlInputElement;
use yew::prelude::*;

use exhibit::case::{Answer, Masked, Masks, Question, Settings, Sharing};

use crate::app::ask::use_answer;
use crate::app::client::Client;
use crate::app::format;
use crate::app::session::Session;
use crate::app::stored;
use crate::app::widgets::form::{Field, Form};
use crate::app::widgets::told::told;

/// Values of one kind that are shown.
const SHOWN: usize = 8;

/// A choice: its hook, its words, and where it stands in the settings.
type Choice = (&'static str, &'static str, fn(&mut Sharing) -> &mut bool);

/// What the report for people holds beside the evidence.
pub(super) const RECORD: [Choice; 1] = [(
    "report-record",
    "Add what was done in the case, and when each file was added: then two reports of the same evidence differ in more than their time",
    |it| &mut it.record,
)];

const CHOICES: [Choice; 7] = [
    (
        "mask-on",
        "Make documents for others: mask what is chosen here, leave confidential artifacts out",
        |it| &mut it.on,
    ),
    ("mask-accounts", "Accounts", |it| &mut it.accounts),
    (
        "mask-actors",
        "Actors: users, sessions, principal IDs, access keys",
        |it| &mut it.actors,
    ),
    ("mask-addresses", "IP addresses", |it| &mut it.addresses),
    ("mask-arns", "ARNs as a whole", |it| &mut it.arns),
    (
        "mask-personal",
        "Personal data: e-mail, telephone, cards, IBAN, social security numbers",
        |it| &mut it.personal,
    ),
    (
        "share-confidential",
        "List confidential artifacts all the same: whoever reads it is bound by AWS's terms",
        |it| &mut it.confidential,
    ),
];

/// Takes other settings of sharing.
fn setter(session: &Session, client: Option<Client>) -> impl Fn(Sharing) + Clone + 'static {
    let settings = Rc::clone(&session.settings);
    move |mut sharing: Sharing| {
        if sharing.key.is_empty() {
            sharing.key = stored::secret();
        }
        let settings = Settings {
            sharing,
            ..Settings::clone(&settings)
        };
        if let Some(client) = &client {
            client.set(settings);
        }
    }
}

/// Choices, to be ticked.
pub(super) fn options(session: &Session, client: Option<Client>, choices: &[Choice]) -> Html {
    let own = &session.settings.sharing;
    let set = setter(session, client);
    let choice = |(testid, words, place): &Choice| {
        let (set, own, place) = (set.clone(), own.clone(), *place);
        let checked = *place(&mut own.clone());
        let onchange = Callback::from(move |event: Event| {
            let input = event
                .target()
                .and_then(|target| target.dyn_into::<HtmlInputElement>().ok());
            let mut sharing = own.clone();
            *place(&mut sharing) = input.is_some_and(|input| input.checked());
            set(sharing);
        });
        html! { <li key={*testid}><label><input type="checkbox" data-testid={*testid} {checked} {onchange} />{" "}{ *words }</label></li> }
    };
    html! { <ul class="options">{ for choices.iter().map(choice) }</ul> }
}

#[component]
pub(super) fn Masking() -> Html {
    let session = use_context::<Rc<Session>>().unwrap_or_default();
    let client = use_context::<Client>();
    let own = session.settings.sharing.clone();
    let answer = use_answer(Question::Masks(own.clone()), session.revision);
    let set = setter(&session, client.clone());
    let fields = vec![
        Field::text(
            "Mask these too, wherever they stand (with semicolons)",
            "mask-also",
            own.also.join("; "),
        ),
        Field::text(
            "Never mask these (with semicolons)",
            "mask-except",
            own.except.join("; "),
        ),
    ];
    let onsubmit = {
        let own = own.clone();
        Callback::from(move |values: Vec<String>| {
            let [also, except] = <[String; 2]>::try_from(values).ok()?;
            let list = |text: &str| -> Vec<String> {
                let parts = text.split(';').map(|part| part.trim().to_owned());
                parts.filter(|part| !part.is_empty()).collect()
            };
            set(Sharing {
                also: list(&also),
                except: list(&except),
                ..own.clone()
            });
            None
        })
    };
    let preview = match answer.as_deref() {
        Some(Answer::Masks(masks)) if own.on => preview(masks),
        _ => {
            html! { <p class="fine">{"Turn it on to see what documents will look like."}</p> }
        }
    };
    html! {
        <div class="sharing">
            { options(&session, client, &CHOICES) }
            <Form key={format!("{:?}{:?}", own.also, own.except)} {fields} button="Save" testid="mask-save" {onsubmit} />
            <div data-testid="mask-preview">{ preview }</div>
            <p class="fine">{"The same value has the same pseudonym in every document of this case: HTML, JSON, CSV, OCSF, OSCAL, hashes. The file of the case and the script are not masked: they stay with you, and the case holds the secret by which pseudonyms are made."}</p>
        </div>
    }
}

fn preview(masks: &Masks) -> Html {
    let value = |one: &Masked| {
        html! { <tr key={one.value.clone()}><td><code>{ told(&one.value) }</code></td><td><code>{ &one.pseudonym }</code></td><td>{ if one.common { "a common word: only where it stands alone or in a path" } else { "" } }</td></tr> }
    };
    let kind = |(word, count, values): &(String, u64, Vec<Masked>)| {
        html! {
            <details key={word.clone()} open={true}><summary>{ format!("{word}: {} known", format::number(*count)) }</summary>
                <table class="plain"><tbody>{ for values.iter().take(SHOWN).map(value) }</tbody></table></details>
        }
    };
    let example = |(at, (before, after)): (usize, &(String, String))| {
        html! { <tr key={at.to_string()}><td>{ told(before) }</td><td>{ told(after) }</td></tr> }
    };
    if !masks.refused.is_empty() {
        return html! { <p role="alert">{ &masks.refused }</p> };
    }
    if masks.kinds.is_empty() {
        return html! { <p class="fine">{"Choose what to mask."}</p> };
    }
    html! {
        <div>
            <h3>{"What it will look like"}</h3>
            <table class="plain"><thead><tr><th>{"As it is"}</th><th>{"As it is handed over"}</th></tr></thead><tbody>{ for masks.examples.iter().enumerate().map(example) }</tbody></table>
            { for masks.kinds.iter().map(kind) }
        </div>
    }
}
