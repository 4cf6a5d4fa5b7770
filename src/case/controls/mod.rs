//! The controls of the audit: what a person concludes, on which evidence, beside what the evidence proposes.

pub mod catalog;
pub(crate) mod checks;

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use crate::evidence::Kind;
use crate::moment::Moment;
use crate::order::Gather as _;
use crate::sum::Sum;

use super::population::Population;
use super::question::{Inspection, Subject};
use super::rows::{code, text, time};
use super::table::{Cell, Row};
use super::{
    Case, Registered, artifacts, artifacts::Correction, changes, changes::Mapped, compliance,
    population, without_addendum,
};
use checks::{CHECKS, Check};

pub use crate::compliance::framework::ControlStatus;
pub use catalog::parse as parse_catalog;
pub use checks::NAMES;

/// What the auditor states of the audit itself.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct Audit {
    /// The beginning of the period under audit.
    pub from: Option<Moment>,
    /// The end of the period under audit.
    pub to: Option<Moment>,
    /// Who prepared the report.
    pub prepared_by: String,
    /// Anything else.
    pub notes: String,
    /// Controls, in the order in which they were added; those of the evidence itself once they are edited.
    pub controls: Vec<Control>,
    /// What was corrected of artifacts, by the hash of the file and the place within it.
    pub artifacts: Vec<Correction>,
    /// Populations, as they were frozen.
    pub populations: Vec<Population>,
    /// Columns of change tickets, as mapped by hand.
    pub tickets: Vec<Mapped>,
}

/// A control.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct Control {
    /// What its framework calls it.
    pub id: String,
    /// What it asks.
    pub title: String,
    /// Where it comes from: `evidence`, the id of a framework, or words.
    pub source: String,
    /// What a person concluded: `met`, `failed` or `notTested`; `None` until somebody did.
    pub status: Option<String>,
    /// Why.
    pub conclusion: String,
    /// Anything else.
    pub note: String,
    /// Who concluded.
    pub by: String,
    /// When.
    pub at: Option<Moment>,
    /// On what.
    pub evidence: Vec<Link>,
}

impl Control {
    /// Whether both are the same control of the same list.
    pub fn is(&self, other: &Control) -> bool {
        (&self.id, &self.source) == (&other.id, &other.source)
    }
}

/// A piece of evidence of a control.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct Link {
    /// What it is, as the inspector calls it.
    pub title: String,
    /// The file; empty for what stands in none, as a gap.
    pub path: String,
    /// SHA-256 of the file as dropped.
    pub sha256: Option<Sum>,
    /// Why it is here.
    pub note: String,
    /// Whether it is AWS's own attestation, which never stands for the customer's evidence.
    pub attestation: bool,
    /// Whether no file of the case has its hash now; found out whenever it is shown.
    #[serde(skip)]
    pub is_gone: bool,
}

/// Where the controls of the evidence itself come from.
pub const OWN: &str = "evidence";

/// A control with what the evidence proposes.
pub(crate) struct Line {
    /// As the auditor has it.
    pub(crate) control: Control,
    /// What the evidence proposes, and why.
    pub(crate) proposed: (ControlStatus, String),
    /// Files that this rests on.
    pub(crate) found: Vec<Link>,
}

/// What is said of evidence that is not there.
pub(crate) const GONE: &str = "not in the evidence now: drop it again, or it was changed";

impl Line {
    /// The status that counts: what a person concluded, else what is proposed.
    pub(crate) fn status(&self) -> &str {
        let own = self.control.status.as_deref();
        own.unwrap_or(self.proposed.0.name())
    }

    /// Its evidence: what was found, and what a person added.
    pub(crate) fn evidence(&self) -> impl Iterator<Item = &Link> {
        self.found.iter().chain(&self.control.evidence)
    }
}

/// All controls: those of the evidence itself first.
pub(crate) fn lines(case: &Case) -> Vec<Line> {
    let all = &case.settings.audit.controls;
    let own = checks::run(case).into_iter().map(|check: Check| {
        let edited = all
            .iter()
            .find(|one| one.source == OWN && one.id == check.id);
        let mut control = edited.cloned().unwrap_or_default();
        (control.id, control.title, control.source) =
            (check.id.to_owned(), check.title.to_owned(), OWN.to_owned());
        Line {
            control,
            proposed: (check.status, check.reason),
            found: check.evidence,
        }
    });
    let others = all
        .iter()
        .filter(|one| one.source != OWN)
        .map(|control| Line {
            proposed: proposed(case, control),
            found: Vec::new(),
            control: control.clone(),
        });
    let mut lines: Vec<Line> = own.chain(others).collect();
    let linked = lines.iter().flat_map(|line| &line.control.evidence);
    let mut gone: BTreeSet<Sum> = linked.filter_map(|link| link.sha256).gathered();
    for sum in case.register.files().filter_map(|(_, file)| file.sum) {
        gone.remove(&sum);
    }
    for link in lines.iter_mut().flat_map(|line| &mut line.control.evidence) {
        let Some(sum) = link.sha256 else { continue };
        link.is_gone = gone.contains(&sum);
        // Whose a report is may have been corrected since.
        link.attestation = artifacts::attests(case, sum).unwrap_or(link.attestation);
    }
    lines
}

/// What the results of rules propose for a control of a framework.
fn proposed(case: &Case, control: &Control) -> (ControlStatus, String) {
    let nothing = (
        ControlStatus::NotTested,
        "Nothing proposes a status: it is for you to conclude.".to_owned(),
    );
    let Some(results) = compliance::known(case) else {
        return nothing;
    };
    let framework = results
        .frameworks
        .iter()
        .find(|one| one.id == control.source);
    let found = framework.and_then(|one| one.controls.iter().find(|(id, ..)| *id == control.id));
    let Some((_, status, rules)) = found else {
        return nothing;
    };
    let failing = rules.iter().filter(|rule| {
        results
            .rules
            .iter()
            .any(|row| row.identifier == **rule && row.counts[0] > 0)
    });
    let failing: Vec<&str> = failing.map(String::as_str).collect();
    let why = match status {
        ControlStatus::Failed => format!(
            "{} of its {} rules fail: {}.",
            failing.len(),
            rules.len(),
            failing.join(", ")
        ),
        ControlStatus::Met => format!("All of its {} rules pass over all resources.", rules.len()),
        ControlStatus::NotTested => format!(
            "Not all of its {} rules have results, or it is not known whether all resources are in the evidence.",
            rules.len()
        ),
    };
    (*status, why)
}

/// The controls of a framework or a dropped pack.
pub(super) fn of_framework(case: &mut Case, id: &str) -> Vec<Control> {
    compliance::results(case, None);
    let results = compliance::known(case);
    let framework = results.and_then(|results| results.frameworks.iter().find(|one| one.id == id));
    let controls = framework.into_iter().flat_map(|one| &one.controls);
    controls
        .map(|(control, ..)| Control {
            id: control.clone(),
            source: id.to_owned(),
            ..Control::default()
        })
        .collect()
}

/// How many rows the table has.
pub(super) fn length(case: &Case) -> usize {
    CHECKS
        + case
            .settings
            .audit
            .controls
            .iter()
            .filter(|one| one.source != OWN)
            .count()
}

/// Makes the rows of the table; they stand until the next judgement.
pub(super) fn arrange(case: &mut Case) {
    compliance::results(case, None);
    case.lines = Some(lines(case));
}

fn line(case: &Case, at: u32) -> Option<&Line> {
    case.lines.as_ref()?.get(at as usize)
}

/// A row of the table.
pub(super) fn row(case: &Case, at: u32) -> Row {
    let cells = line(case, at).map_or(Vec::new(), |line| {
        let one = &line.control;
        vec![
            text(one.status.as_deref().map_or("", label)),
            text(line.proposed.0.label()),
            text(&one.id),
            text(&one.title),
            text(if one.source == OWN {
                "the evidence itself"
            } else {
                &one.source
            }),
            Cell::Number(line.evidence().count() as u64),
            text(&one.conclusion),
            text(&one.by),
            time(one.at),
        ]
    });
    Row {
        subject: Subject::Audited(at),
        cells,
    }
}

/// The word for a status.
fn label(status: &str) -> &str {
    if status == "notTested" {
        "not tested"
    } else {
        status
    }
}

/// Everything about a control.
pub(super) fn inspect(case: &Case, at: u32, mut it: Inspection) -> Option<Inspection> {
    let line = line(case, at)?;
    let one = &line.control;
    it.title.clone_from(&one.id);
    let mut fact = |label: &str, cell: Cell| it.what.push((label.to_owned(), cell));
    if !one.title.is_empty() {
        fact("Asks", text(&one.title));
    }
    fact(
        "Concluded",
        text(one.status.as_deref().map_or("by nobody yet", label)),
    );
    fact("Proposed", text(line.proposed.0.label()));
    for link in line.evidence() {
        let path = if link.path.is_empty() {
            String::new()
        } else {
            format!(" — {}", link.path)
        };
        let label = if link.attestation {
            "AWS's attestation"
        } else {
            "Evidence"
        };
        fact(label, text(&format!("{}{path}", link.title)));
        if let Some(sum) = link.sha256 {
            fact("SHA-256", code(&sum.to_string()));
        }
        if link.is_gone {
            fact("", text(GONE));
        }
    }
    it.why.push(line.proposed.1.clone());
    if line.evidence().next().is_some() && line.evidence().all(|link| link.attestation) {
        it.why.push("All of its evidence is AWS's own attestation: that tells of AWS's side of the control, not of the customer's.".to_owned());
    }
    it.control = Some(one.clone());
    Some(it)
}

/// A file as a piece of evidence.
pub(super) fn link(title: &str, file: Option<&Registered>) -> Link {
    Link {
        title: title.to_owned(),
        path: file.map_or(String::new(), |file| file.path.to_string()),
        sha256: file.and_then(|file| file.sum),
        note: String::new(),
        attestation: file.is_some_and(|file| file.kind == Kind::ArtifactReport),
        is_gone: false,
    }
}

/// The part of the report.
pub(crate) fn report(case: &Case) -> Value {
    let audit = &case.settings.audit;
    let filled = |text: &str| Some(text.to_owned()).filter(|text| !text.is_empty());
    let lines = case.lines.as_deref().unwrap_or_default();
    let controls: Vec<Value> = lines.iter().map(|line| {
        let one = &line.control;
        let evidence: Vec<Value> = line.evidence().map(|link| json!({
            "path": filled(&link.path), "sha256": link.sha256.map(|sum| sum.to_string()), "title": link.title, "note": filled(&link.note), "attestation": link.attestation,
            "inEvidence": link.sha256.map(|_| !link.is_gone), "warning": link.is_gone.then_some(GONE),
        })).collect();
        json!({
            "id": one.id, "title": one.title, "source": one.source, "status": line.status(), "confirmed": one.status.is_some(),
            "proposed": line.proposed.0.name(), "reason": line.proposed.1, "evidence": evidence, "conclusion": filled(&one.conclusion), "note": filled(&one.note),
            "by": filled(&one.by), "at": one.at.map(|at| at.to_string()),
        })
    }).collect();
    let (without, untold) = without_addendum(case);
    json!({
        "businessAssociateAddendum": { "without": without, "untold": untold },
        "controls": controls, "preparedBy": filled(&audit.prepared_by), "notes": filled(&audit.notes),
        "populations": population::report(case), "changes": changes::report(case),
        "from": audit.from.map(|at| at.to_string()), "to": audit.to.map(|at| at.to_string()),
    })
}
