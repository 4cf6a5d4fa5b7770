//! What the report says of this case.

use std::fmt::Write as _;

use crate::case::compliance::known;
use crate::case::controls::{GONE, Line, OWN, lines};
use crate::case::{
    ADDENDUM_UNTOLD, Case, NO_ADDENDUM, addendum_words, artifacts, population, without_addendum,
};
use crate::integrity::Verdict;
use crate::moment::Moment;

use super::super::report::VERSION;
use super::escape;

const SECTIONS: &[(&str, &str)] = &[
    ("summary", "Summary"),
    ("method", "Method, and what proven means"),
    ("controls", "Controls"),
    ("integrity", "Integrity of the logs"),
    ("recording", "What AWS Config recorded"),
    ("compliance", "Compliance"),
    ("changes", "Changes and change tickets"),
    ("risk", "Risk"),
    ("artifacts", "AWS's own attestations"),
    ("evidence", "Evidence"),
    ("populations", "Populations and samples"),
    ("record", "What was done in the case"),
    ("limits", "Limits"),
    ("glossary", "Glossary"),
];

/// Title, scope, and who made it.
pub(super) fn title(case: &Case, generated: Moment) -> String {
    let audit = &case.settings().audit;
    let found = &case.judgement().verdict.found;
    let period = |from: Option<Moment>, to: Option<Moment>| match (from, to) {
        (Some(from), Some(to)) => format!("{from} to {to}"),
        _ => "not stated".to_owned(),
    };
    let list = |all: &[String]| {
        if all.is_empty() {
            "none known".to_owned()
        } else {
            escape(&all.join(", "))
        }
    };
    let (files, bytes) = case.register().totals();
    let mut out = String::from("<header><h1>Audit report</h1>\n<dl class=\"facts\">");
    let mut fact = |label: &str, value: &str| {
        let _ = write!(out, "<dt>{label}</dt><dd><bdi>{value}</bdi></dd>");
    };
    fact("Period under audit", &period(audit.from, audit.to));
    fact("Digest files cover", &period(found.from, found.to));
    fact("Accounts", &list(&found.accounts));
    fact("Regions", &list(&found.regions));
    fact("Evidence", &format!("{files} files, {bytes} bytes"));
    fact(
        "Prepared by",
        &if audit.prepared_by.is_empty() {
            "not stated".to_owned()
        } else {
            escape(&audit.prepared_by)
        },
    );
    fact("Made at", &format!("{generated} with Exhibit {VERSION}"));
    out += "</dl></header>\n";
    out
}

/// The table of contents.
pub(super) fn contents(record: bool) -> String {
    let items: String = SECTIONS
        .iter()
        .filter(|(id, _)| record || *id != "record")
        .map(|(id, title)| format!("<li><a href=\"#{id}\">{title}</a></li>"))
        .collect();
    format!("<nav aria-label=\"Contents\"><h2>Contents</h2><ol>{items}</ol></nav>\n")
}

/// The verdict, and how controls stand.
pub(super) fn summary(case: &Case) -> String {
    let verdict = &case.judgement().verdict;
    let class = match verdict.verdict {
        Verdict::Failed => "failed",
        Verdict::Verified => "verified",
        _ => "",
    };
    let lines = lines(case);
    let count = |status: &str| lines.iter().filter(|line| line.status() == status).count();
    let open = lines
        .iter()
        .filter(|line| line.control.status.is_none())
        .count();
    let notes = &case.settings().audit.notes;
    let notes = if notes.is_empty() {
        String::new()
    } else {
        format!("<p><bdi>{}</bdi></p>\n", escape(notes))
    };
    format!(
        "<section id=\"summary\"><h2>Summary</h2>\n<p class=\"verdict {class}\"><bdi>{}</bdi></p>\n<p>Of {} controls, <b class=\"met\">{} are met</b>, <b class=\"failed\">{} failed</b> and <b class=\"notTested\">{} are not tested</b>. On {open} of them nobody concluded yet: what stands there is what the evidence proposes.</p>\n{notes}</section>\n",
        escape(&verdict.statement),
        lines.len(),
        count("met"),
        count("failed"),
        count("notTested"),
    )
}

/// Every control with its evidence.
pub(super) fn controls(case: &Case) -> String {
    let mut out = String::from("<section id=\"controls\"><h2>Controls</h2>\n");
    // A case is a file that anybody may have written, with whatever names.
    for opened in case.settings().opened() {
        let _ = writeln!(
            out,
            "<p>Taken up from the file of a case: <bdi>{}</bdi>. Whether they are of whom they name was not checked.</p>",
            escape(opened)
        );
    }
    for line in lines(case) {
        out += &control(&line);
    }
    out + "</section>\n"
}

fn control(line: &Line) -> String {
    let one = &line.control;
    // A case is a file that anybody may have written: only what is a status becomes part of the markup.
    let (status, word) = match line.status() {
        "met" => ("met", "met"),
        "failed" => ("failed", "failed"),
        _ => ("notTested", "not tested"),
    };
    let how = match (&one.status, one.at) {
        (Some(_), at) => format!(
            "concluded by <bdi>{}</bdi>{}",
            escape(&one.by),
            at.map_or(String::new(), |at| format!(", {at}"))
        ),
        (None, _) => "proposed by the evidence; nobody concluded yet".to_owned(),
    };
    let source = if one.source == OWN {
        "the evidence itself"
    } else {
        &one.source
    };
    let mut out = format!(
        "<div class=\"control\"><h3><bdi>{}</bdi> <span class=\"{status}\">{word}</span></h3>\n<p><bdi>{}</bdi></p>\n<p class=\"quiet\">{how}; from <bdi>{}</bdi>.</p>\n<p><bdi>{}</bdi></p>\n",
        escape(&one.id),
        escape(&one.title),
        escape(source),
        escape(if one.conclusion.is_empty() {
            &line.proposed.1
        } else {
            &one.conclusion
        }),
    );
    for (is_aws, title) in [(false, "Evidence"), (true, "AWS's own attestation")] {
        let links = line.evidence().filter(|link| link.attestation == is_aws);
        let items: String = links
            .map(|link| {
                let sum = link
                    .sha256
                    .map_or(String::new(), |sum| format!(" <code>{sum}</code>"));
                format!(
                    "<li><bdi>{}</bdi> <bdi>{}</bdi>{sum} <bdi>{}</bdi> <b class=\"failed\">{}</b></li>",
                    escape(&link.title),
                    escape(&link.path),
                    escape(&link.note),
                    if link.is_gone { GONE } else { "" }
                )
            })
            .collect();
        if !items.is_empty() {
            let _ = writeln!(out, "<p>{title}</p><ul>{items}</ul>");
        }
    }
    out + "</div>\n"
}

/// Trails, and how their digests and logs stand.
pub(super) fn integrity(case: &Case) -> String {
    let judgement = case.judgement();
    let mut out = String::from(
        "<section id=\"integrity\"><h2>Integrity of the logs</h2>\n<table><thead><tr><th>Account</th><th>Region</th><th>Trail</th><th>From</th><th>To</th><th>Digests</th><th>Missing at most</th></tr></thead><tbody>\n",
    );
    for trail in &judgement.trails {
        let (from, to) = trail
            .span
            .map_or((String::new(), String::new()), |(from, to)| {
                (from.to_string(), to.to_string())
            });
        let _ = writeln!(
            out,
            "<tr><td><bdi>{}</bdi></td><td><bdi>{}</bdi></td><td><bdi>{}</bdi></td><td>{from}</td><td>{to}</td><td class=\"n\">{}</td><td class=\"n\">{}</td></tr>",
            escape(&trail.key.account),
            escape(&trail.key.region),
            escape(&trail.key.trail),
            trail.digests,
            trail.missing
        );
    }
    out += "</tbody></table>\n<dl class=\"facts\">";
    for (status, count) in judgement.digest_counts() {
        let _ = write!(
            out,
            "<dt>Digest files, {}</dt><dd>{count}</dd>",
            status.name()
        );
    }
    for (status, count) in judgement.log_counts() {
        let _ = write!(out, "<dt>Log files, {}</dt><dd>{count}</dd>", status.name());
    }
    out += "</dl>\n<h3>Keys</h3>\n<table><thead><tr><th>Region</th><th>Fingerprint</th><th>SHA-256</th><th>Digests</th></tr></thead><tbody>\n";
    for key in crate::case::overview::keys(case) {
        let _ = writeln!(
            out,
            "<tr><td><bdi>{}</bdi></td><td class=\"c\"><bdi>{}</bdi></td><td class=\"c\">{}</td><td class=\"n\">{}</td></tr>",
            escape(key.region.as_deref().unwrap_or_default()),
            escape(&key.fingerprint),
            key.sha256,
            key.used_by
        );
    }
    out += "</tbody></table>\n";
    out += if case.keys_confirmed() {
        "<p>The auditor confirmed having fetched these keys.</p>\n"
    } else if !case.settings().stated_keys.is_empty() {
        "<p>Keys were confirmed in a case that was opened or in an earlier visit, and by nobody since: what is verified is verified if they are AWS's.</p>\n"
    } else {
        "<p>Nobody confirmed having fetched these keys: what is verified is verified if they are AWS's.</p>\n"
    };
    out
}

/// Counts of results.
pub(super) fn compliance(case: &Case) -> String {
    let Some(results) = known(case) else {
        return String::new();
    };
    let sum = |at: usize| {
        results
            .rules
            .iter()
            .map(|row| u64::from(row.counts[at]))
            .sum::<u64>()
    };
    let muted: u64 = results.rules.iter().map(|row| u64::from(row.muted)).sum();
    let as_of = results
        .as_of
        .map_or("no moment".to_owned(), |at| at.to_string());
    format!(
        "<p>As of {as_of}: {} results fail, {} pass, {} tell too little. {muted} failing results were accepted as exceptions and are counted apart.</p>\n",
        sum(0),
        sum(1),
        sum(3)
    )
}

/// How many confidential artifacts are left out.
pub(super) fn confidential(case: &Case) -> String {
    let count = artifacts::confidential(case).count();
    match (count, case.settings().sharing.confidential) {
        (0, _) => String::new(),
        (1, false) => "<p>One confidential document is left out.</p>\n".to_owned(),
        (_, false) => format!("<p>{count} confidential documents are left out.</p>\n"),
        (_, true) => format!(
            "<p>{count} of them are confidential and are listed because it was asked for: whoever reads this must be bound by AWS's terms.</p>\n"
        ),
    }
}

/// Accounts that may lack a Business Associate Addendum.
pub(super) fn addenda(case: &Case) -> String {
    let (without, untold) = without_addendum(case);
    let say = |accounts: &[String], words: &str| {
        let said = addendum_words(accounts, words);
        said.map_or(String::new(), |said| format!("<p>{}</p>\n", escape(&said)))
    };
    say(&without, NO_ADDENDUM) + &say(&untold, ADDENDUM_UNTOLD)
}

/// How evidence was collected, as far as a record of it was dropped.
pub(super) fn provenance(case: &Case) -> String {
    let collections = crate::case::custody::collections(case);
    let items: String = collections
        .iter()
        .map(|(path, words)| {
            format!(
                "<li><code><bdi>{}</bdi></code>: <bdi>{}</bdi></li>",
                escape(path),
                escape(words)
            )
        })
        .collect();
    if items.is_empty() {
        return "<h3>How it was collected</h3>\n<p class=\"none\">No record of collecting is in the evidence.</p>\n".to_owned();
    }
    format!(
        "<h3>How it was collected</h3>\n<p>By what whoever collected wrote down; nothing proves it.</p><ul>{items}</ul>\n"
    )
}

/// How many changes are approved.
pub(super) fn approvals(case: &Case) -> String {
    let told = crate::case::changes::report(case);
    if told.is_null() {
        return "<p class=\"none\">No change tickets are in the evidence.</p>\n".to_owned();
    }
    let of = |name: &str| told[name].as_u64().unwrap_or(0);
    let list = |name: &str, words: &str| {
        let paths = told[name].as_array().into_iter().flatten();
        let paths: Vec<&str> = paths.filter_map(serde_json::Value::as_str).collect();
        match paths.is_empty() {
            true => String::new(),
            false => format!("<p>{words} <bdi>{}</bdi></p>\n", escape(&paths.join(", "))),
        }
    };
    let told = list("mappedByHand", "A person said what the columns mean of:")
        + &list(
            "withoutState",
            "No column tells a state, and each ticket counts as approved, of:",
        );
    told + &format!(
        "<p>{} tickets. Of the changes, <b class=\"failed\">{} are unapproved</b>, {} fit by time only, {} partly, <b class=\"met\">{} are approved</b>.</p>\n",
        of("tickets"),
        of("unapproved"),
        of("timeOnly"),
        of("partly"),
        of("approved")
    )
}

/// What was drawn, and what was found of it.
pub(super) fn populations(case: &Case) -> String {
    let mut out = String::from("<section id=\"populations\"><h2>Populations and samples</h2>\n");
    if case.settings().audit.populations.is_empty() {
        out += "<p class=\"none\">None was frozen.</p>\n";
    }
    for (one, now) in population::standing(case) {
        let _ = writeln!(
            out,
            "<h3><bdi>{}</bdi></h3>\n<dl class=\"facts\"><dt>Query</dt><dd><bdi>{}</bdi></dd><dt>Rows</dt><dd>{}</dd><dt>SHA-256</dt><dd><code>{}</code></dd><dt>Frozen at</dt><dd>{}</dd><dt>Now</dt><dd>{}</dd></dl>",
            escape(&one.name),
            escape(&population::words(one.table, &one.filter)),
            one.count,
            one.sha256,
            one.at,
            now.words(one)
        );
        for (sample, (holds, _)) in one.samples.iter().zip(&now.held) {
            let count = |name: &str| {
                sample
                    .items
                    .iter()
                    .filter(|item| item.result == name)
                    .count()
            };
            let _ = writeln!(
                out,
                "<p>Sample of {} with seed <code><bdi>{}</bdi></code>, drawn at {}: {} pass, <b>{} exceptions</b>, {} not applicable, {} open. {}</p>\n<table><thead><tr><th>Line</th><th>Row</th><th>Result</th><th>Note</th></tr></thead><tbody>",
                sample.items.len(),
                escape(&sample.seed),
                sample.at,
                count("pass"),
                count("exception"),
                count("notApplicable"),
                count(""),
                if *holds {
                    "Its seed draws these rows now."
                } else {
                    population::NOT_DRAWN
                }
            );
            for item in &sample.items {
                let cells = population::cells(&item.line);
                let cells: Vec<&str> = cells
                    .iter()
                    .map(String::as_str)
                    .filter(|cell| !cell.is_empty())
                    .collect();
                let _ = writeln!(
                    out,
                    "<tr><td class=\"n\">{}</td><td>{}</td><td>{}</td><td>{}</td></tr>",
                    item.number,
                    escape(&cells.join(" · ")),
                    population::word(&item.result),
                    escape(&item.note)
                );
            }
            out += "</tbody></table>\n";
        }
    }
    out + "</section>\n"
}
