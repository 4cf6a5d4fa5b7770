//! Controls of the audit: concluding on one, and adding what is open to one.

use std::rc::Rc;

use yew::prelude::*;

use exhibit::case::controls::{NAMES, OWN};
use exhibit::case::{Control, Link, Settings};

use super::form::{Field, Form};
use crate::app::client::Client;
use crate::app::commands::now;
use crate::app::session::Session;
use crate::app::widgets::told::{seen, told};

#[derive(PartialEq, Properties)]
pub(crate) struct Props {
    /// As it is.
    pub(crate) control: Control,
}

/// The words for statuses, that of none first.
const STATUSES: [(&str, &str); 4] = [
    ("", "nobody concluded yet"),
    ("met", "met"),
    ("failed", "failed"),
    ("notTested", "not tested"),
];

/// A function that changes one control and hands the settings on.
fn changing(
    settings: Rc<Settings>,
    client: Option<Client>,
    own: Control,
) -> impl Fn(Option<Control>) + Clone {
    move |new| {
        let mut settings = Settings::clone(&settings);
        let all = &mut settings.audit.controls;
        let place = all
            .iter()
            .position(|one| one.id == own.id && one.source == own.source);
        match (place, new) {
            (Some(place), Some(new)) => all[place] = new,
            (Some(place), None) => {
                all.remove(place);
            }
            (None, new) => all.extend(new),
        }
        if let Some(client) = &client {
            client.set(settings);
        }
    }
}

/// What a person concludes of a control.
#[component]
pub(crate) fn Conclude(props: &Props) -> Html {
    let session = use_context::<Rc<Session>>().unwrap_or_default();
    let client = use_context::<Client>();
    let own = &props.control;
    let set = changing(Rc::clone(&session.settings), client, own.clone());
    let options = STATUSES
        .iter()
        .map(|(value, words)| ((*value).to_owned(), (*words).to_owned()))
        .collect();
    let fields = vec![
        Field::choice(
            "Concluded",
            "control-status",
            own.status.clone().unwrap_or_default(),
            options,
        ),
        Field::text("Why", "control-conclusion", own.conclusion.as_str()),
        Field::text("Note", "control-note", own.note.as_str()),
        Field::text("By", "control-by", own.by.as_str()),
    ];
    let onsubmit = {
        let (set, own) = (set.clone(), own.clone());
        Callback::from(move |values: Vec<String>| {
            let [status, conclusion, note, by] = <[String; 4]>::try_from(values).ok()?;
            if !status.is_empty() && by.is_empty() {
                return Some("A conclusion needs the name of who concludes.".to_owned());
            }
            let status = Some(status).filter(|status| !status.is_empty());
            let at = status.is_some().then(now);
            set(Some(Control {
                status,
                conclusion,
                note,
                by,
                at,
                ..own.clone()
            }));
            None
        })
    };
    let remove = {
        let set = set.clone();
        Callback::from(move |_: MouseEvent| set(None))
    };
    let link = |(at, link): (usize, &Link)| {
        let (set, own) = (set.clone(), own.clone());
        let onclick = Callback::from(move |_: MouseEvent| {
            let mut own = own.clone();
            own.evidence.remove(at);
            set(Some(own));
        });
        html! { <li key={at.to_string()}>{ told(&link.title) }{" "}<button aria-label={format!("Take {} away", seen(&link.title))} {onclick}>{"✕"}</button></li> }
    };
    html! {
        <div>
            <h3>{"Conclude"}</h3>
            <p class="fine">{"What the evidence proposes is no conclusion: that is a person's. Controls are saved with the case: Report, Download the case."}</p>
            <Form {fields} button="Save" testid="control-save" {onsubmit} />
            <ul class="related">{ for own.evidence.iter().enumerate().map(link) }</ul>
            { (own.source != OWN).then(|| html! { <p><button onclick={remove}>{"Remove this control"}</button></p> }) }
        </div>
    }
}

#[derive(PartialEq, Properties)]
pub(crate) struct AddProps {
    /// What is open.
    pub(crate) link: Link,
}

/// Adds what is open to a control.
#[component]
pub(crate) fn Add(props: &AddProps) -> Html {
    let session = use_context::<Rc<Session>>().unwrap_or_default();
    let client = use_context::<Client>();
    // Those of the evidence itself are there before anybody edits them.
    let mut all = session.settings.audit.controls.clone();
    for (id, title) in NAMES {
        let own = Control {
            id: id.to_owned(),
            title: title.to_owned(),
            source: OWN.to_owned(),
            ..Control::default()
        };
        if !all.iter().any(|one| one.is(&own)) {
            all.push(own);
        }
    }
    let options: Vec<(String, String)> = all
        .iter()
        .enumerate()
        .map(|(at, one)| (at.to_string(), format!("{} {}", one.id, one.title)))
        .collect();
    let fields = vec![
        Field::choice("Control", "link-control", "0", options),
        Field::text("Why it is evidence", "link-note", ""),
    ];
    let onsubmit = {
        let (session, link) = (Rc::clone(&session), props.link.clone());
        Callback::from(move |values: Vec<String>| {
            let [place, note] = <[String; 2]>::try_from(values).ok()?;
            let mut control = all.get(place.parse::<usize>().ok()?)?.clone();
            let known = control
                .evidence
                .iter()
                .any(|one| one.title == link.title && one.path == link.path);
            if known {
                return Some("The control has it already.".to_owned());
            }
            control.evidence.push(Link {
                note,
                ..link.clone()
            });
            changing(
                Rc::clone(&session.settings),
                client.clone(),
                control.clone(),
            )(Some(control));
            None
        })
    };
    html! {
        <details><summary data-testid="add-to-control">{"Add to a control"}</summary><Form {fields} button="Add" testid="link-save" {onsubmit} /></details>
    }
}
