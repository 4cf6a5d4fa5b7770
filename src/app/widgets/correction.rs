//! Correcting what was read of an artifact.

use std::rc::Rc;

use yew::prelude::*;

use exhibit::artifact::State;
use exhibit::case::{Correction, Settings};
use exhibit::moment::Moment;

use super::form::{Field, Form};
use crate::app::client::Client;
use crate::app::session::Session;

#[derive(PartialEq, Properties)]
pub(crate) struct Props {
    /// As it is.
    pub(crate) correction: Correction,
}

/// A day as it is written; `Err` for what is none.
pub(crate) fn day(text: &str, time: &str) -> Result<Option<Moment>, String> {
    if text.is_empty() {
        return Ok(None);
    }
    let at = Moment::parse(&format!("{text}T{time}Z"));
    at.map(Some)
        .ok_or_else(|| format!("{text:?} is no day: write 2026-12-31."))
}

/// A moment as a day.
pub(crate) fn shown(at: Option<Moment>) -> String {
    at.map(|at| at.to_string().chars().take(10).collect())
        .unwrap_or_default()
}

#[component]
pub(crate) fn Correct(props: &Props) -> Html {
    let session = use_context::<Rc<Session>>().unwrap_or_default();
    let client = use_context::<Client>();
    let own = &props.correction;
    let states = State::ALL
        .iter()
        .map(|state| (state.name().to_owned(), state.name().to_owned()))
        .collect();
    let answers = || {
        vec![
            ("no".to_owned(), "no".to_owned()),
            ("yes".to_owned(), "yes".to_owned()),
        ]
    };
    let word = |yes: bool| if yes { "yes" } else { "no" };
    let fields = vec![
        Field::choice(
            "Type",
            "artifact-type",
            if own.is_agreement == Some(true) {
                "agreement"
            } else {
                "report"
            },
            ["report", "agreement"]
                .map(|word| (word.to_owned(), word.to_owned()))
                .to_vec(),
        ),
        Field::text(
            "Programs and standards that it names, with commas",
            "artifact-names",
            own.certifications.as_deref().unwrap_or_default().join(", "),
        ),
        Field::text(
            "Organization",
            "artifact-organization",
            own.organization.clone().unwrap_or_default(),
        ),
        Field::text(
            "Issued by, where it is not AWS",
            "artifact-issuer",
            own.issuer.clone().unwrap_or_default(),
        ),
        Field::text("Title", "artifact-title", own.title.as_str()),
        Field::text("Program", "artifact-program", own.program.as_str()),
        Field::text("Covers from (2026-12-31)", "artifact-from", shown(own.from)),
        Field::text("Covers to", "artifact-to", shown(own.to)),
        Field::text("Ends", "artifact-expires", shown(own.expires)),
        Field::text("Account", "artifact-account", own.account.as_str()),
        Field::choice("State", "artifact-state", own.state.as_str(), states),
        Field::choice(
            "Confidential",
            "artifact-confidential",
            word(own.confidential),
            answers(),
        ),
        Field::text(
            "NDA accepted by",
            "artifact-nda-by",
            own.accepted_by.as_str(),
        ),
        Field::text("NDA accepted on", "artifact-nda-at", shown(own.accepted_at)),
        Field::choice(
            "A separate NDA covers it",
            "artifact-nda-own",
            word(own.separate_nda),
            answers(),
        ),
        Field::text("Note", "artifact-note", own.note.as_str()),
    ];
    let onsubmit = {
        let (own, settings) = (own.clone(), Rc::clone(&session.settings));
        Callback::from(move |values: Vec<String>| {
            let [
                kind,
                names,
                organization,
                issuer,
                title,
                program,
                from,
                to,
                expires,
                account,
                state,
                confidential,
                accepted_by,
                accepted_at,
                separate,
                note,
            ] = <[String; 16]>::try_from(values).ok()?;
            let dates = (|| {
                Ok::<_, String>((
                    day(&from, "00:00:00")?,
                    day(&to, "23:59:59")?,
                    day(&expires, "23:59:59")?,
                    day(&accepted_at, "00:00:00")?,
                ))
            })();
            let (from, to, expires, accepted_at) = match dates {
                Ok(dates) => dates,
                Err(wrong) => return Some(wrong),
            };
            let mut settings = Settings::clone(&settings);
            settings
                .audit
                .artifacts
                .retain(|one| one.file != own.file || one.place != own.place);
            settings.audit.artifacts.push(Correction {
                file: own.file,
                place: own.place,
                is_agreement: Some(kind == "agreement"),
                certifications: Some(
                    names
                        .split(',')
                        .map(|name| name.trim().to_owned())
                        .filter(|name| !name.is_empty())
                        .collect(),
                ),
                organization: Some(organization),
                issuer: Some(issuer.trim().to_owned()),
                title,
                program,
                from,
                to,
                expires,
                account,
                state,
                confidential: confidential == "yes",
                accepted_by,
                accepted_at,
                separate_nda: separate == "yes",
                note,
            });
            if let Some(client) = &client {
                client.set(settings);
            }
            None
        })
    };
    html! {
        <details><summary data-testid="correct">{"Correct it by hand"}</summary><Form {fields} button="Save" testid="artifact-save" {onsubmit} /></details>
    }
}
