//! AWS's own reports and agreements: what they cover, until when, and what is wrong with them.

use std::rc::Rc;

use yew::prelude::*;

use exhibit::case::{ADDENDUM_UNTOLD, Answer, NO_ADDENDUM, Question, Table, addendum_words};

use super::View;
use super::later::later;
use crate::app::ask::use_answer;
use crate::app::format;
use crate::app::session::{Phase, Session};
use crate::app::widgets::table::Grid;
use crate::app::widgets::told::seen;

#[component]
pub(crate) fn Artifacts() -> Html {
    let session = use_context::<Rc<Session>>().unwrap_or_default();
    let answer = use_answer(Question::Artifacts, session.revision);
    let Some(Answer::Artifacts(summary)) = answer.as_deref() else {
        return html! { <div class="page" data-testid="view-artifacts"><h1>{"Artifacts"}</h1><p class="loading">{"Asking the case…"}</p></div> };
    };
    let has_none = summary.reports + summary.agreements == 0
        && summary.without_baa.is_empty()
        && summary.baa_untold.is_empty();
    if has_none && session.intake.phase != Phase::Reading {
        return later(View::Artifacts, &session);
    }
    let as_of = summary
        .as_of
        .map_or(String::new(), |at| format!(", as of {}", format::time(at)));
    let todo = |testid: &'static str, accounts: &[String], words: &str, what: &str| {
        addendum_words(accounts, words).map(|said| html! {
            <p class="todo" role="status" data-testid={testid}>{ format!("{} {what}", seen(&said)) }</p>
        })
    };
    html! {
        <div class="page fill" data-testid="view-artifacts">
            <div class="heading"><h1>{"Artifacts"}</h1>
                <p class="summary">{ format!("{} reports and {} agreements of AWS{as_of}; {} ask for something. They tell of AWS's side of a control, never of the customer's.", format::number(summary.reports), format::number(summary.agreements), format::number(summary.warnings)) }</p></div>
            <div>
                { todo("without-baa", &summary.without_baa, NO_ADDENDUM, "Collect it with aws artifact list-customer-agreements.") }
                { todo("baa-untold", &summary.baa_untold, ADDENDUM_UNTOLD, "Drop the output of aws organizations list-accounts.") }
            </div>
            <div class="stack"><Grid table={Table::Artifacts} label="Reports and agreements" /></div>
        </div>
    }
}
