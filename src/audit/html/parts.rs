//! The prose of the report, and what it says of this case.

use std::fmt::Write as _;

use crate::activity::Field;
use crate::activity::timeline::{histogram, span, svg};
use crate::case::Case;
use crate::case::compliance::known;
use crate::case::controls::{Line, OWN, lines};
use crate::integrity::Verdict;
use crate::moment::Moment;

use super::super::report::VERSION;
use super::escape;

const SECTIONS: &[(&str, &str)] = &[
    ("summary", "Summary"),
    ("method", "Method, and what proven means"),
    ("controls", "Controls"),
    ("integrity", "Integrity of the logs"),
    ("compliance", "Compliance"),
    ("risk", "Risk"),
    ("artifacts", "AWS's own attestations"),
    ("evidence", "Evidence"),
    ("limits", "Limits and terms"),
];

/// How it was done; nothing of it depends on the case.
pub(super) const METHOD: &str = "<section id=\"method\"><h2>Method, and what proven means</h2>
<p>All evidence was read on the machine of whoever made this report, by a page that can reach no network. Every file was hashed with SHA-256 as it was dropped. Nothing was changed, and nothing was sent.</p>
<p>A digest file of CloudTrail is <b>proven</b> when its own signature verifies with the public key that it names; or when a proven next digest states its hash; or when the signature that the next digest carries verifies. A log file is <b>proven</b> when a proven digest lists it with the SHA-256 of its content. Signatures are RSA PKCS#1 v1.5 with SHA-256. Files of AWS Config are signed by nobody: for them the hash, and S3's own checksum where a listing is in the evidence, is all that can be said.</p>
<p>Rules are evaluated on configuration items, as of one moment, beside the results that AWS recorded. A control is proposed as met only where all of its rules pass and it is known that the evidence holds all resources; what counts is what a person concluded.</p></section>\n";

/// What risk is, and is not.
pub(super) const RISK: &str = "<p>Risk is a model, not a measurement: values from 0 to 10, published samples of Macie Classic where they are marked so, else those of Exhibit or of whoever made this report. Personal data is counted; its values are not in this report.</p>\n";

/// What the report does not say.
pub(super) const LIMITS: &str = "<section id=\"limits\"><h2>Limits and terms</h2>
<ul><li>What was never recorded is in no evidence: an empty table says that nothing was found here, not that nothing happened.</li>
<li>Public keys arrive unsigned. Until the auditor confirms having fetched them from AWS, results hold only if the keys are AWS's.</li>
<li>Configuration items show what AWS Config captured, when it captured it; between two captures nothing is known.</li>
<li>Classes of objects and personal data are found by patterns, lists and a linear model: they miss some, and take some for what they are not.</li>
<li>Nothing here verifies that a document of AWS Artifact is AWS's.</li></ul>
<dl class=\"facts\"><dt>Digest file</dt><dd>What CloudTrail writes every hour: the hashes of its log files, signed, and chained to the one before.</dd>
<dt>Gap</dt><dd>A time that no digest file covers.</dd>
<dt>Configuration item</dt><dd>What a resource looked like at one moment, as AWS Config recorded it.</dd>
<dt>Rule</dt><dd>A question on a configuration item: compliant, noncompliant, not applicable, or insufficient data.</dd>
<dt>Control</dt><dd>What a framework asks; rules test parts of it.</dd>
<dt>Attestation</dt><dd>AWS's own report on its side of a control.</dd></dl></section>\n";

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
pub(super) fn contents() -> String {
    let items: String = SECTIONS
        .iter()
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
    for line in lines(case) {
        out += &control(&line);
    }
    out + "</section>\n"
}

fn control(line: &Line) -> String {
    let one = &line.control;
    let status = line.status();
    let word = if status == "notTested" {
        "not tested"
    } else {
        status
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
                    "<li><bdi>{}</bdi> <bdi>{}</bdi>{sum} <bdi>{}</bdi></li>",
                    escape(&link.title),
                    escape(&link.path),
                    escape(&link.note)
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
    } else {
        "<p>Nobody confirmed having fetched these keys: what is verified is verified if they are AWS's.</p>\n"
    };
    out + "</section>\n"
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

/// Events over time.
pub(super) fn picture(case: &Case) -> String {
    let store = case.activity();
    let Some(whole) = span(store, &store.shown) else {
        return String::new();
    };
    let chart = histogram(store, &store.shown, whole, 120, Field::Source);
    format!(
        "<h3>Events over time, by service</h3>\n{}\n",
        svg(&chart, "Events over time, by service")
    )
}

/// How many confidential artifacts are left out.
pub(super) fn confidential(case: &Case) -> String {
    let count = crate::case::artifacts::confidential(case);
    if count == 0 {
        return String::new();
    }
    format!("<p>{count} confidential documents are left out.</p>\n")
}
