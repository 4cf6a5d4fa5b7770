//! The report for people: one HTML file without scripts, which prints well.
//!
//! Everything out of evidence is text in it, and stands apart from what surrounds it in the direction of writing.
//! Two reports of the same evidence and settings differ only in the time that they state.

mod parts;
mod pictures;
mod prose;
mod recording;
mod table;

use crate::case::{Case, Filter, Table, Wanted};
use crate::moment::Moment;

pub(super) use prose::prose;
pub(super) use table::escape;
use table::{Frame, table};

/// What the file may do: nothing but show itself.
const HEAD: &str = "<!doctype html>\n<html lang=\"en\"><head><meta charset=\"utf-8\"><meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'; img-src data:; form-action 'none'; base-uri 'none'\"><meta name=\"viewport\" content=\"width=device-width\"><title>Audit report</title><style>";
const STYLE: &str = include_str!("report.css");

/// Writes the report in parts.
pub fn write(case: &mut Case, generated: Moment, out: &mut dyn FnMut(&[u8])) {
    let mut say = |text: &str| out(text.as_bytes());
    say(&format!("{HEAD}{STYLE}</style></head><body>\n"));
    say(&parts::title(case, generated));
    let record = case.settings().sharing.record;
    say(&parts::contents(record));
    say(&parts::summary(case));
    say(prose::METHOD);
    say(&parts::controls(case));
    say(&parts::integrity(case));
    say(&pictures::coverage(case));
    let failing =
        |table: Table, column: &str, values: &[&str]| Frame::of(table).picking(column, values);
    let frames = [
        ("Gaps in coverage", Frame::of(Table::Gaps)),
        (
            "Digest files that are not valid",
            failing(
                Table::Digests,
                "status",
                &[
                    "invalid-signature",
                    "chain-mismatch",
                    "invalid-format",
                    "missing",
                    "unsigned",
                    "no-key",
                    "bad-key",
                ],
            ),
        ),
        (
            "Log files that are altered, missing or not proven",
            failing(
                Table::Logs,
                "status",
                &[
                    "modified",
                    "trailing-data",
                    "invalid-format",
                    "missing",
                    "unproven",
                    "unlisted",
                    "uncovered",
                    "not-collected",
                ],
            ),
        ),
    ];
    for (title, frame) in frames {
        table(case, title, &frame, &mut say);
    }
    say(&recording::protected(case));
    say("</section>\n");
    say(&recording::recorders(case));
    say("<section id=\"compliance\"><h2>Compliance</h2>\n");
    say(&parts::compliance(case));
    say(&pictures::compliance(case));
    say(&recording::frameworks(case));
    for (framework, name) in recording::audited(case) {
        let mut frame = Frame::of(Table::Controls);
        frame.filter.framework = framework;
        table(case, &format!("Controls of {name}"), &frame, &mut say);
    }
    let frame = Frame::of(Table::Rules).only(&[
        "rule",
        "decided",
        "noncompliant",
        "compliant",
        "insufficientData",
        "disagreements",
        "overall",
        "parameters",
    ]);
    table(case, "Rules", &frame, &mut say);
    let frame = failing(Table::Findings, "evaluated", &["NON_COMPLIANT"])
        .only(&[
            "type", "resource", "account", "region", "recorded", "muted", "path", "value",
        ])
        .grouped("rule");
    table(case, "Resources that fail a rule", &frame, &mut say);
    let frame = failing(Table::Findings, "agreement", &["disagree"]).only(&[
        "rule",
        "type",
        "resource",
        "account",
        "region",
        "evaluated",
        "recorded",
    ]);
    table(
        case,
        "Where AWS's record and this evaluation disagree",
        &frame,
        &mut say,
    );
    say("</section>\n<section id=\"changes\"><h2>Changes and change tickets</h2>\n");
    say(&pictures::changes(case));
    say(prose::CHANGES);
    say(&parts::approvals(case));
    if crate::case::changes::tickets(case) > 0 {
        let frame = failing(Table::Changes, "approval", &["unapproved", "partly"]).only(&[
            "approval", "why", "ticket", "time", "kind", "what", "resource", "actor", "account",
        ]);
        table(case, "Changes that no ticket approves", &frame, &mut say);
    }
    say("</section>\n<section id=\"risk\"><h2>Risk</h2>\n");
    say(prose::RISK);
    say(&pictures::events(case));
    table(case, "Alerts", &Frame::of(Table::Alerts), &mut say);
    table(
        case,
        "Calls of high risk",
        &failing(Table::Calls, "risk", &["8", "9", "10"]).picking("inEvidence", &["yes"]),
        &mut say,
    );
    table(
        case,
        "Errors of high risk",
        &failing(Table::Errors, "risk", &["8", "9", "10"]).picking("inEvidence", &["yes"]),
        &mut say,
    );
    table(
        case,
        "Objects of high risk",
        &failing(Table::Objects, "risk", &["8", "9", "10"]),
        &mut say,
    );
    say(
        "</section>\n<section id=\"artifacts\"><h2>AWS's own attestations</h2>\n<p>They tell of AWS's side of a control and never stand for the customer's evidence.</p>\n",
    );
    say(&parts::confidential(case));
    say(&parts::addenda(case));
    let frame = if case.settings().sharing.confidential {
        Frame::of(Table::Artifacts)
    } else {
        failing(Table::Artifacts, "confidential", &[""])
    };
    let frame = frame.only(&[
        "type",
        "program",
        "certifications",
        "title",
        "state",
        "periodFrom",
        "periodTo",
        "expires",
        "account",
        "confidential",
        "nda",
        "warning",
        "sha256",
    ]);
    table(case, "Reports and agreements", &frame, &mut say);
    say("</section>\n<section id=\"evidence\"><h2>Evidence</h2>\n");
    say(&parts::provenance(case));
    // When files were added is of the session, not of the evidence.
    let columns = [
        "path", "size", "sha256", "origin", "kind", "account", "region", "problem", "added",
    ];
    let frame = Frame::of(Table::Custody).only(&columns[..columns.len() - usize::from(!record)]);
    table(case, "Every file, with its SHA-256", &frame, &mut say);
    say("</section>\n");
    say(&parts::populations(case));
    if record {
        say(prose::RECORD);
        table(case, "What was done", &Frame::of(Table::Done), &mut say);
        say("</section>\n");
    }
    say(prose::LIMITS);
    say(&prose::glossary());
    say("</body></html>\n");
}

/// Writes one table as a page of its own, to print.
pub fn rows(
    case: &mut Case,
    (of, filter, sort): Wanted<'_>,
    generated: Moment,
    out: &mut dyn FnMut(&[u8]),
) {
    let mut say = |text: &str| out(text.as_bytes());
    say(&format!(
        "{HEAD}{STYLE}@page {{ size: landscape; }} body {{ max-width: none; }}</style></head><body>\n"
    ));
    say(&parts::title(case, generated));
    let frame = Frame {
        filter: filter.clone(),
        sort,
        ..Frame::of(of)
    };
    table(case, of.name(), &frame, &mut say);
    say("</body></html>\n");
}

impl Frame {
    fn of(table: Table) -> Self {
        Frame {
            table,
            filter: Filter::default(),
            sort: None,
            columns: Vec::new(),
            group: None,
        }
    }
}
