//! How the logs are protected, what AWS Config recorded, and how frameworks stand: facts that no table of the case holds.

use std::fmt::Write as _;

use crate::case::compliance::known;
use crate::case::protection::{facts, protection};
use crate::case::{Case, RecorderView};
use crate::compliance::framework::ControlStatus;
use crate::moment::Moment;

use super::escape;

/// How each trail's logs are protected.
pub(super) fn protected(case: &Case) -> String {
    let mut out = String::from("<h3>How the logs are protected</h3>\n");
    let all = protection(case);
    if all.is_empty() {
        return out + "<p class=\"none\">No trail is described in the evidence.</p>\n";
    }
    out += "<p>Who may do what is told by the policies of bucket and key alone, approximately: conditions are named, not solved, and policies of identities are not read.</p>\n";
    for one in &all {
        let _ = write!(
            out,
            "<h4>Trail <bdi>{}</bdi></h4>\n<dl class=\"facts\">",
            escape(&one.trail)
        );
        for (label, words, good) in facts(one) {
            let class = match good {
                Some(true) => " class=\"met\"",
                Some(false) => " class=\"failed\"",
                None => "",
            };
            let _ = write!(
                out,
                "<dt>{label}</dt><dd><bdi{class}>{}</bdi></dd>",
                escape(&words)
            );
        }
        let _ = writeln!(
            out,
            "<dt>Told by</dt><dd><bdi>{}</bdi></dd></dl>",
            escape(&one.sources.join(", "))
        );
    }
    out
}

/// What was recorded of each account and region, and what was not.
pub(super) fn recorders(case: &Case) -> String {
    let mut out = String::from("<section id=\"recording\"><h2>What AWS Config recorded</h2>\n");
    let all = case.recorder_views();
    if all.is_empty() {
        out += "<p class=\"none\">Nothing of AWS Config is in the evidence.</p>\n";
    }
    for one in &all {
        recorder(one, &mut out);
    }
    out + "</section>\n"
}

fn recorder(one: &RecorderView, out: &mut String) {
    let time = |at: Option<Moment>, none: &str| at.map_or(none.to_owned(), |at| at.to_string());
    let name = |text: &str, none: &str| escape(if text.is_empty() { none } else { text });
    let scopes: Vec<String> = one
        .scopes
        .iter()
        .map(|(from, words)| match from {
            Some(from) => format!("since {from}: {words}"),
            None => words.clone(),
        })
        .collect();
    let span = one
        .span
        .map_or("none".to_owned(), |(from, to)| format!("{from} to {to}"));
    let last = one.delivered.iter().map(|(_, at)| *at).max();
    let _ = writeln!(
        out,
        "<h3><bdi>{}</bdi> <bdi>{}</bdi></h3>\n<dl class=\"facts\"><dt>Recorder</dt><dd>{}</dd><dt>Records</dt><dd><bdi>{}</bdi></dd><dt>Last delivery</dt><dd>{}</dd><dt>Captures</dt><dd>{span}</dd><dt>Resources</dt><dd>{}</dd></dl>",
        name(&one.account, "unknown account"),
        name(&one.region, "unknown region"),
        escape(&one.recording),
        name(&scopes.join("; "), "not told"),
        time(last, "not told"),
        escape(&one.population),
    );
    if one.gaps.is_empty() {
        *out += "<p class=\"none\">No gap is told.</p>\n";
        return;
    }
    *out += "<table><thead><tr><th>Gap</th><th>Since</th><th>Until</th><th>What it means, and what to do</th></tr></thead><tbody>\n";
    for gap in &one.gaps {
        let _ = writeln!(
            out,
            "<tr><td>{}</td><td>{}</td><td>{}</td><td><bdi>{}</bdi> {}</td></tr>",
            escape(&gap.kind),
            time(gap.from, "not told"),
            time(gap.to, "the end"),
            escape(&gap.message),
            escape(&gap.recommendation)
        );
    }
    *out += "</tbody></table>\n";
}

/// How the controls of each framework stand by the results of rules alone.
pub(super) fn frameworks(case: &Case) -> String {
    let all = known(case).map_or(&[][..], |results| &results.frameworks);
    if all.is_empty() {
        return String::new();
    }
    let mut out = String::from(
        "<h3>Frameworks, by the results of rules alone</h3>\n<table><thead><tr><th>Framework</th><th>Controls met</th><th>Failed</th><th>Not tested</th></tr></thead><tbody>\n",
    );
    for one in all {
        let count = |status: ControlStatus| {
            let all = one.controls.iter();
            all.filter(|(_, found, _)| *found == status).count()
        };
        let _ = writeln!(
            out,
            "<tr><td><bdi>{}</bdi></td><td class=\"n\">{}</td><td class=\"n\">{}</td><td class=\"n\">{}</td></tr>",
            escape(&one.name),
            count(ControlStatus::Met),
            count(ControlStatus::Failed),
            count(ControlStatus::NotTested)
        );
    }
    out + "</tbody></table>\n"
}

/// Frameworks and packs whose controls the audit has: ids and names.
pub(super) fn audited(case: &Case) -> Vec<(String, String)> {
    let asked = &case.settings().audit.controls;
    let all = known(case).map_or(&[][..], |results| &results.frameworks);
    let audited = all
        .iter()
        .filter(|one| asked.iter().any(|control| control.source == one.id));
    audited
        .map(|one| (one.id.clone(), one.name.clone()))
        .collect()
}
