//! Change tickets: which columns tell what, and which changes no ticket approves.

use std::rc::Rc;

use yew::prelude::*;

use exhibit::case::{Answer, Approval, Facet, Mapped, Question, Settings, SheetView, Table};
use exhibit::ticket::{Columns, ROLES};

use crate::app::ask::use_answer;
use crate::app::client::Client;
use crate::app::format;
use crate::app::session::Session;
use crate::app::widgets::form::{Field, Form};
use crate::app::widgets::table::Grid;
use crate::app::widgets::told::told;

/// Hooks of the fields, in the order of the roles.
const HOOKS: [&str; 7] = [
    "ticket-id",
    "ticket-title",
    "ticket-start",
    "ticket-end",
    "ticket-resource",
    "ticket-actor",
    "ticket-state",
];

#[component]
pub(super) fn Changes() -> Html {
    let session = use_context::<Rc<Session>>().unwrap_or_default();
    let answer = use_answer(Question::Changes, session.revision);
    let Some(Answer::Changes(summary)) = answer.as_deref() else {
        return html! { <p class="loading">{"Asking the case…"}</p> };
    };
    let count = |approval: Approval| {
        html! { <li key={approval.name()}><strong>{ format::number(summary.counts[approval as usize]) }</strong>{" "}{ approval.name() }</li> }
    };
    let mut told = if summary.tickets == 0 {
        "No change tickets are in the evidence: drop a CSV of them, as your ticket system exports it. Until then no change can be approved.".to_owned()
    } else {
        format!(
            "{} in the evidence.",
            format::count(summary.tickets, "ticket")
        )
    };
    if summary.timeless > 0 {
        told += &format!(
            " Of {} the time could not be read: write times as 2026-12-31 23:59, or map the columns.",
            format::number(summary.timeless)
        );
    }
    if summary.unused > 0 {
        told += &format!(" To {} no change belongs.", format::number(summary.unused));
    }
    let facets = if summary.tickets > 0 {
        vec![Facet {
            column: 0,
            value: Approval::Unapproved.name().to_owned(),
        }]
    } else {
        Vec::new()
    };
    // What may be anything else is not laid open beside tickets.
    let opens = summary.tickets == 0 && summary.sheets.len() == 1;
    html! {
        <div class="stack" data-testid="changes" data-tickets={summary.tickets.to_string()} data-unapproved={summary.counts[0].to_string()}>
            <div>
                <p class="fine" role="status">{ told }</p>
                <ul class="kinds">{ for Approval::ALL.into_iter().map(count) }</ul>
                { for summary.sheets.iter().map(|sheet| html! { <Sheet key={sheet.path.clone()} sheet={sheet.clone()} {opens} /> }) }
            </div>
            <Grid key={format!("{}", summary.tickets > 0)} table={Table::Changes} label="Changes" {facets} />
        </div>
    }
}

#[derive(PartialEq, Properties)]
struct Props {
    sheet: SheetView,
    /// Whether it is shown at once.
    opens: bool,
}

/// A table that may hold tickets, and what its columns mean.
#[component]
fn Sheet(props: &Props) -> Html {
    let session = use_context::<Rc<Session>>().unwrap_or_default();
    let client = use_context::<Client>();
    let sheet = &props.sheet;
    let set = {
        let (settings, client, file) = (Rc::clone(&session.settings), client, sheet.sha256);
        move |columns: Columns| {
            let mut settings = Settings::clone(&settings);
            settings.audit.tickets.retain(|one| one.file != file);
            settings.audit.tickets.push(Mapped { file, columns });
            if let Some(client) = &client {
                client.set(settings);
            }
        }
    };
    let options = || {
        let none = (String::new(), "–".to_owned());
        let headings = sheet.headings.iter().enumerate();
        let headings = headings.map(|(at, heading)| (at.to_string(), heading.clone()));
        std::iter::once(none).chain(headings).collect::<Vec<_>>()
    };
    let places = sheet.columns.places.iter().zip(HOOKS).zip(ROLES);
    let mut fields: Vec<Field> = places
        .map(|((place, hook), (_, word, _))| {
            let value = place.map_or(String::new(), |at| at.to_string());
            Field::choice(word, hook, value, options())
        })
        .collect();
    fields.push(Field::text(
        "Hours ahead of UTC, for times without a zone (5:30)",
        "ticket-hours",
        sheet.columns.offset(),
    ));
    let onsubmit = {
        let set = set.clone();
        Callback::from(move |values: Vec<String>| {
            let (hours, places) = values.split_last()?;
            let mut columns = Columns::default();
            if !columns.set_offset(hours) {
                return Some("Hours are written as 1, -5 or 5:30.".to_owned());
            }
            for (slot, value) in columns.places.iter_mut().zip(places) {
                *slot = value.parse().ok();
            }
            if !columns.is_whole() {
                return Some("Tickets need a number and a time.".to_owned());
            }
            set(columns);
            None
        })
    };
    let ignore = Callback::from(move |_: MouseEvent| set(Columns::default()));
    let how = match (sheet.counts, sheet.by_hand) {
        (true, true) => "counts as tickets, as you mapped it",
        (true, false) => "counts as tickets, recognised by its headings",
        (false, true) => "does not count, as you said",
        (false, false) => "may hold tickets: say what its columns mean",
    };
    html! {
        <details class="sheet" open={props.opens} data-testid="sheet" data-counts={sheet.counts.to_string()}>
            <summary><code>{ told(&sheet.path) }</code>{ format!(": {}; {how}{}", format::count(sheet.count, "row"), if sheet.cut { "; more were left out" } else { "" }) }</summary>
            <div class="scroll-x"><table class="plain"><thead><tr>{ for sheet.headings.iter().enumerate().map(|(at, heading)| html! { <th key={at.to_string()}>{ told(heading) }</th> }) }</tr></thead>
                <tbody>{ for sheet.rows.iter().enumerate().map(|(at, row)| html! { <tr key={at.to_string()}>{ for row.iter().enumerate().map(|(at, cell)| html! { <td key={at.to_string()}>{ told(cell) }</td> }) }</tr> }) }</tbody></table></div>
            <Form key={format!("{:?}", sheet.columns)} {fields} button="Use these columns" testid="tickets-save" {onsubmit} />
            { sheet.counts.then(|| html! { <p><button onclick={ignore}>{"These are no change tickets"}</button></p> }) }
        </details>
    }
}
