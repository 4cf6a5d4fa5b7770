//! The register of AWS's own reports and agreements, as read and as corrected by hand.

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use crate::artifact::{Artifact, Known, State};
use crate::integrity::Files as _;
use crate::moment::Moment;
use crate::order::sorted;
use crate::sum::Sum;

use super::Case;
use super::addenda::without_addendum;
use super::inspect::add_file;
use super::question::{ArtifactSummary, Inspection, Subject};
use super::rows::{code, text, time};
use super::table::{Cell, Row};

/// Seconds before the end of an artifact from which on it is warned of.
const SOON: i64 = 60 * DAY;
const DAY: i64 = 86_400;

/// What a person states of an artifact, in place of what was read.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct Correction {
    /// SHA-256 of the file.
    pub file: Option<Sum>,
    /// The place within the file.
    pub place: u32,
    /// Whether it is an agreement; as read where nothing is stated.
    pub is_agreement: Option<bool>,
    /// Title.
    pub title: String,
    /// Program.
    pub program: String,
    /// The beginning of what it covers.
    pub from: Option<Moment>,
    /// The end of what it covers.
    pub to: Option<Moment>,
    /// When it ends to hold.
    pub expires: Option<Moment>,
    /// Programs and standards that it names; as read where nothing is stated.
    pub certifications: Option<Vec<String>>,
    /// The organization that agreed; as read where nothing is stated.
    pub organization: Option<String>,
    /// Who issued it, empty for AWS; as read where nothing is stated.
    pub issuer: Option<String>,
    /// The account that agreed.
    pub account: String,
    /// The state, by its name.
    pub state: String,
    /// Whether it may not be handed on.
    pub confidential: bool,
    /// Who accepted the nondisclosure agreement.
    pub accepted_by: String,
    /// When.
    pub accepted_at: Option<Moment>,
    /// Whether a nondisclosure agreement of its own covers it.
    pub separate_nda: bool,
    /// Anything else.
    pub note: String,
}

/// An artifact as it counts.
pub(crate) struct Held {
    pub(crate) file: u32,
    pub(crate) place: u32,
    pub(crate) artifact: Artifact,
    /// Whether a person corrected it.
    pub(crate) correction: Option<Correction>,
}

/// All artifacts, by path and place, corrected.
pub(super) fn arrange(case: &mut Case) {
    let register = &case.register;
    let corrections = &case.settings.audit.artifacts;
    let all = case.read_artifacts.iter().flat_map(|(file, all)| {
        all.iter()
            .enumerate()
            .map(move |(place, artifact)| (*file, place as u32, artifact))
    });
    let held = all.map(|(file, place, artifact)| {
        let sum = register.file(file).and_then(|file| file.sum);
        let correction = corrections
            .iter()
            .find(|one| one.file == sum && one.place == place)
            .cloned();
        let mut artifact = artifact.clone();
        if let Some(own) = &correction {
            artifact.is_agreement = own.is_agreement.unwrap_or(artifact.is_agreement);
            if let Some(all) = &own.certifications {
                artifact.certifications.clone_from(all);
            }
            if let Some(organization) = &own.organization {
                artifact.organization = Some(organization.clone()).filter(|text| !text.is_empty());
            }
            if let Some(issuer) = &own.issuer {
                artifact.issuer.clone_from(issuer);
            }
            artifact.title.clone_from(&own.title);
            artifact.program.clone_from(&own.program);
            (artifact.from, artifact.to, artifact.expires) = (own.from, own.to, own.expires);
            artifact.account = Some(own.account.clone()).filter(|account| !account.is_empty());
            artifact.state = State::by_name(&own.state).unwrap_or(artifact.state);
            artifact.confidential = own.confidential;
        }
        Held {
            file,
            place,
            artifact,
            correction,
        }
    });
    let key = |one: &Held| (register.rank(one.file), one.place);
    case.artifacts = sorted(held.collect(), |a, b| key(a).cmp(&key(b)));
}

/// The moment that artifacts are looked at: the end of the period under audit, else the newest evidence.
pub(super) fn as_of(case: &Case) -> Option<Moment> {
    let event = case
        .activity
        .order
        .last()
        .and_then(|&event| case.activity.time(event));
    let newest = event.max(case.inventory.span.map(|(_, to)| to));
    case.settings.audit.to.or(newest)
}

/// What an artifact asks for; `None` where nothing is wrong with it.
fn warning(case: &Case, artifact: &Artifact) -> Option<String> {
    if !artifact.issuer.is_empty() {
        return Some(format!(
            "Issued by {}: it does not attest AWS's side of a control. Where that is wrong, correct who issued it.",
            artifact.issuer
        ));
    }
    let at = as_of(case);
    let end = case.settings.audit.to.or(at);
    let ends = match (artifact.expires, at) {
        (Some(expires), Some(at)) if expires <= at => {
            Some("It ended: ask for the one that followed it.".to_owned())
        }
        (Some(expires), Some(at)) if expires.seconds() - at.seconds() < SOON => {
            Some("It ends within 60 days: ask when the next one is due.".to_owned())
        }
        _ => None,
    };
    // That one ends soon does not hide that it covers too little, or does not hold at all.
    let all: Vec<String> = ends
        .into_iter()
        .chain(covers(case, artifact, end))
        .collect();
    (!all.is_empty()).then(|| all.join(" "))
}

/// What is asked for because of what it covers, and whether it holds.
fn covers(case: &Case, artifact: &Artifact, end: Option<Moment>) -> Option<String> {
    let report = !artifact.is_agreement;
    match (artifact.to, end) {
        // What a letter bridges is told where the report stands.
        (Some(_), _) if artifact.is_bridge => None,
        (Some(to), Some(end)) if report && to < end => bridged(case, artifact, to, end),
        (covered, None) if covered.or(artifact.expires).is_some() => Some(
            "Nothing tells as of when it is looked at: state the period under audit under Report."
                .to_owned(),
        ),
        (None, _) if report && artifact.expires.is_none() => {
            Some("What it covers could not be read: enter it by hand.".to_owned())
        }
        _ if artifact.is_agreement
            && matches!(artifact.state_at(end), State::Terminated | State::Inactive) =>
        {
            Some("It does not hold then: nothing may rest on it.".to_owned())
        }
        _ => None,
    }
}

/// What a report asks for that ends before the period under audit does.
fn bridged(case: &Case, report: &Artifact, to: Moment, end: Moment) -> Option<String> {
    let all = case.artifacts.iter().map(|one| &one.artifact);
    let following = all.filter(|one| {
        let names = one.certifications.iter().filter(|_| one.is_bridge);
        // One that AWS only lists is not here.
        !one.is_agreement
            && one.known != Known::List
            && one.issuer.is_empty()
            && names
                .chain([&one.program])
                .any(|name| *name == report.program)
    });
    let following: Vec<&Artifact> = following.collect();
    // Each may begin on the day after the end of the one before; a letter need not say where it begins.
    let mut until = to;
    while let Some(further) = (following.iter())
        .filter(|one| match one.from {
            Some(from) => from.seconds() <= until.seconds() + DAY,
            None => one.is_bridge,
        })
        .filter_map(|one| one.to)
        .max()
        .filter(|further| *further > until)
    {
        until = further;
    }
    match until > to {
        true if until >= end => None,
        true => Some(format!(
            "With the letters and reports that follow it covers up to {until}, which is less than the period under audit: ask AWS for the one that comes next."
        )),
        false => Some("It covers less than the period under audit: ask AWS for a bridge letter, which AWS Artifact has too.".to_owned()),
    }
}

/// Artifacts at a glance.
pub(super) fn summary(case: &Case) -> ArtifactSummary {
    let all = &case.artifacts;
    let (without_baa, baa_untold) = without_addendum(case);
    ArtifactSummary {
        reports: all.iter().filter(|one| !one.artifact.is_agreement).count() as u64,
        agreements: all.iter().filter(|one| one.artifact.is_agreement).count() as u64,
        warnings: all
            .iter()
            .filter(|one| warning(case, &one.artifact).is_some())
            .count() as u64,
        as_of: as_of(case),
        without_baa,
        baa_untold,
    }
}

/// What it is, for people.
fn kind(artifact: &Artifact) -> &'static str {
    match artifact {
        Artifact {
            is_agreement: true, ..
        } => "agreement",
        Artifact {
            is_bridge: true, ..
        } => "bridge letter",
        _ => "report",
    }
}

/// Under which nondisclosure agreement it was had, as a person states it.
fn nda(own: &Correction) -> String {
    let mut all = Vec::new();
    if !own.accepted_by.is_empty() {
        let at = own
            .accepted_at
            .map_or(String::new(), |at| format!(", {at}"));
        all.push(format!("accepted by {}{at}", own.accepted_by));
    }
    if own.separate_nda {
        all.push("a separate one covers it".to_owned());
    }
    all.join("; ")
}

/// A row of the table.
pub(super) fn row(case: &Case, at: u32) -> Row {
    let cells = case.artifacts.get(at as usize).map_or(Vec::new(), |held| {
        let one = &held.artifact;
        let file = case.register.file(held.file);
        let sum = file.and_then(|file| file.sum);
        vec![
            text(one.state_at(as_of(case)).name()),
            text(kind(one)),
            text(&one.program),
            text(&one.certifications.join(", ")),
            text(&one.title),
            time(one.from),
            time(one.to),
            time(one.expires),
            text(
                one.account
                    .as_deref()
                    .or(one.organization.as_deref())
                    .unwrap_or_default(),
            ),
            text(if one.confidential { "confidential" } else { "" }),
            text(&held.correction.as_ref().map_or(String::new(), nda)),
            text(&warning(case, one).unwrap_or_default()),
            text(if held.correction.is_some() {
                "a correction by hand"
            } else {
                one.known.words()
            }),
            code(file.map_or("", |file| &*file.path)),
            sum.map_or(Cell::Empty, |sum| code(&sum.to_string())),
        ]
    });
    Row {
        subject: Subject::Artifact(at),
        cells,
    }
}

/// Everything about an artifact.
pub(super) fn inspect(case: &Case, at: u32, mut it: Inspection) -> Option<Inspection> {
    let held = case.artifacts.get(at as usize)?;
    let one = &held.artifact;
    it.title.clone_from(&one.title);
    let whose = if one.issuer.is_empty() { "AWS " } else { "" };
    it.sort = format!("{whose}{}", kind(one));
    let mut fact = |label: &str, cell: Cell| {
        if !matches!(cell, Cell::Empty) {
            it.what.push((label.to_owned(), cell));
        }
    };
    fact("Issued by", text(&one.issuer));
    fact("Program", text(&one.program));
    fact("Names", text(&one.certifications.join(", ")));
    fact("State", text(one.state_at(as_of(case)).name()));
    fact("Covers from", time(one.from));
    fact("Covers to", time(one.to));
    fact("Ends", time(one.expires));
    fact("Account", text(one.account.as_deref().unwrap_or_default()));
    fact(
        "Organization",
        text(one.organization.as_deref().unwrap_or_default()),
    );
    fact(
        "Confidential",
        text(if one.confidential {
            "yes: left out of shared exports unless asked for"
        } else {
            ""
        }),
    );
    fact(
        "Known by",
        text(if held.correction.is_some() {
            "a correction by hand"
        } else {
            one.known.words()
        }),
    );
    if let Some(own) = &held.correction {
        fact("NDA accepted by", text(&own.accepted_by));
        fact("NDA accepted", time(own.accepted_at));
        fact(
            "NDA",
            text(if own.separate_nda {
                "a separate one covers it"
            } else {
                ""
            }),
        );
        fact("Note", text(&own.note));
    }
    if one.issuer.is_empty() {
        it.why.push("AWS's own attestation tells of AWS's side of a control. It does not stand for the customer's evidence, and nothing here verifies that AWS wrote it: compare its hash with a download of your own.".to_owned());
    }
    it.todo = warning(case, one);
    add_file(case, held.file, &mut it);
    let sum = case.register.file(held.file).and_then(|file| file.sum);
    it.correction = Some(held.correction.clone().unwrap_or_else(|| Correction {
        file: sum,
        place: held.place,
        is_agreement: Some(one.is_agreement),
        certifications: Some(one.certifications.clone()),
        issuer: Some(one.issuer.clone()),
        organization: Some(one.organization.clone().unwrap_or_default()),
        title: one.title.clone(),
        program: one.program.clone(),
        from: one.from,
        to: one.to,
        expires: one.expires,
        account: one.account.clone().unwrap_or_default(),
        state: one.state.name().to_owned(),
        confidential: one.confidential,
        ..Correction::default()
    }));
    Some(it)
}

/// Whether a file, by its hash, is AWS's own attestation; `None` where it is no artifact.
pub(super) fn attests(case: &Case, sum: Sum) -> Option<bool> {
    let of_file = |held: &&Held| {
        let file = case.register.file(held.file);
        file.and_then(|file| file.sum) == Some(sum)
    };
    let own = |held: &Held| !held.artifact.is_agreement && held.artifact.issuer.is_empty();
    let found = case.artifacts.iter().filter(of_file).map(own);
    found.reduce(|any, one| any || one)
}

/// Whether an artifact stays out of documents for others.
pub(super) fn is_left_out(case: &Case, at: u32) -> bool {
    let sharing = &case.settings.sharing;
    let one = case.artifacts.get(at as usize);
    sharing.on && !sharing.confidential && one.is_some_and(|one| one.artifact.confidential)
}

/// Those that may not be handed on: titles and paths.
pub(crate) fn confidential(case: &Case) -> impl Iterator<Item = (&str, &str)> {
    let closed = case
        .artifacts
        .iter()
        .filter(|one| one.artifact.confidential);
    closed.map(|one| {
        let path = case.register.file(one.file).map_or("", |file| &*file.path);
        (one.artifact.title.as_str(), path)
    })
}

/// The part of the report.
pub(crate) fn report(case: &Case) -> impl Iterator<Item = Value> {
    let all = case.artifacts.iter().enumerate();
    let kept = all.filter(|(at, _)| !is_left_out(case, *at as u32));
    kept.map(|(_, held)| {
        let one = &held.artifact;
        let file = case.register.file(held.file);
        let at = |at: Option<Moment>| at.map(|at| at.to_string());
        let nda = held.correction.as_ref().filter(|own| !own.accepted_by.is_empty() || own.separate_nda).map(|own| {
            json!({ "acceptedBy": own.accepted_by, "acceptedAt": at(own.accepted_at), "separateNda": own.separate_nda })
        });
        json!({
            "path": file.map(|file| &*file.path), "sha256": file.and_then(|file| file.sum).map(|sum| sum.to_string()),
            "type": if one.is_agreement { "agreement" } else { "report" }, "title": one.title, "issuer": Some(&one.issuer).filter(|issuer| !issuer.is_empty()), "program": Some(&one.program).filter(|name| !name.is_empty()),
            "certifications": one.certifications, "account": one.account, "organization": one.organization,
            "periodFrom": at(one.from), "periodTo": at(one.to), "expires": at(one.expires), "state": one.state_at(as_of(case)).name(),
            "confidential": one.confidential, "nda": nda, "knownBy": if held.correction.is_some() { "a correction by hand" } else { one.known.words() },
            "note": held.correction.as_ref().map(|own| &own.note).filter(|note| !note.is_empty()), "warning": warning(case, one),
        })
    })
}
