//! What the report says of every case: method, limits, terms.

/// How it was done; nothing of it depends on the case.
pub(super) const METHOD: &str = "<section id=\"method\"><h2>Method, and what proven means</h2>
<p>All evidence was read on the machine of whoever made this report, by a page that can reach no network. Every file was hashed with SHA-256 as it was dropped. Nothing was changed, and nothing was sent.</p>
<p>A digest file of CloudTrail is <b>proven</b> when its own signature verifies with the public key that it names; or when a proven next digest states its hash; or when the signature that the next digest carries verifies. A log file is <b>proven</b> when a proven digest lists it with the SHA-256 of its content. Signatures are RSA PKCS#1 v1.5 with SHA-256. Files of AWS Config are signed by nobody: for them the hash, and S3's own checksum where a listing is in the evidence, is all that can be said.</p>
<p>Rules are evaluated on configuration items, as of one moment, beside the results that AWS recorded. A control is proposed as met only where all of its rules pass and it is known that the evidence holds all resources; what counts is what a person concluded.</p>
<p>A population is a filtered table, written in one canonical form: a line a row, cells joined by tabs, lines in the order of their bytes. Its SHA-256 names it. A sample takes the lines whose numbers have the smallest SHA-256 of seed, comma and number; any tool can draw it again.</p></section>\n";

/// What risk is, and is not.
pub(super) const RISK: &str = "<p>Risk is a model, not a measurement: values from 0 to 10, published samples of Macie Classic where they are marked so, else those of Exhibit or of whoever made this report. Personal data is counted; its values are not in this report.</p>\n";

/// What approves a change.
pub(super) const CHANGES: &str = "<p>Changes are configuration items that differ from those before, resources made since AWS Config began to record, and calls that change something and did not fail. A change is <b>approved</b> within the window of a ticket whose resource and actor fit, as far as both tell any; <b>partly</b> where only one of the two fits; <b>time only</b> where neither could be compared; else <b>unapproved</b>. Tickets are what somebody handed over: nothing proves them.</p>\n";

/// What the record is worth.
pub(super) const RECORD: &str = "<section id=\"record\"><h2>What was done in the case</h2>
<p>The newest first, by the clock of the machine. The record is part of the case, which whoever has it can edit: it helps to retrace the work, and proves nothing.</p>\n";

/// What the report does not say.
pub(super) const LIMITS: &str = "<section id=\"limits\"><h2>Limits</h2>
<ul><li>What was never recorded is in no evidence: an empty table says that nothing was found here, not that nothing happened.</li>
<li>Public keys arrive unsigned. Until the auditor confirms having fetched them from AWS, results hold only if the keys are AWS's.</li>
<li>Configuration items show what AWS Config captured, when it captured it; between two captures nothing is known.</li>
<li>Classes of objects and personal data are found by patterns, lists and a linear model: they miss some, and take some for what they are not.</li>
<li>Where files came from is told by the files themselves, by the digest files that list them, or by whoever ran the collecting script; only what a proven digest lists is proven.</li>
<li>Nothing here verifies that a document of AWS Artifact is AWS's.</li></ul></section>\n";

/// Terms, in order of the alphabet.
const TERMS: &[(&str, &str)] = &[
    (
        "Altered",
        "The content has another hash than a proven digest file states, or a signature that is certainly its own does not verify.",
    ),
    (
        "Attestation",
        "AWS's own report on its side of a control; it never stands for the customer's evidence.",
    ),
    (
        "Backfill",
        "A digest file that CloudTrail writes later, for events that were delivered late.",
    ),
    (
        "Bridge letter",
        "AWS's statement on the time between the end of a report and now.",
    ),
    (
        "Business Associate Addendum (BAA)",
        "The agreement that an account or organization needs before it holds protected health information.",
    ),
    (
        "Configuration item",
        "What a resource looked like at one moment, as AWS Config recorded it.",
    ),
    (
        "Configuration recorder",
        "What decides in an account and region which resources AWS Config records.",
    ),
    (
        "Conformance pack",
        "A set of rules that is handed out together.",
    ),
    ("Control", "What a framework asks; rules test parts of it."),
    (
        "Digest chain",
        "Digest files, each of which states hash and signature of the one before.",
    ),
    (
        "Digest file",
        "What CloudTrail writes every hour: the hashes of its log files, signed, and chained to the one before.",
    ),
    (
        "Exception",
        "A failing result that somebody accepted, with a reason; it is counted apart.",
    ),
    (
        "Fingerprint",
        "The name of a public key by which a digest file states which one signed it. It identifies, and proves nothing.",
    ),
    ("Gap", "A time that no digest file covers."),
    (
        "Insufficient data",
        "The evidence tells too little for a rule to decide.",
    ),
    (
        "Log file",
        "What CloudTrail writes of events, every few minutes, where there are any.",
    ),
    (
        "Missing",
        "Another file names it, and it is not in the evidence.",
    ),
    (
        "Not covered",
        "No digest file of the evidence covers its time, so that nothing can be said.",
    ),
    (
        "Population",
        "All rows of a filtered table, from which a sample is drawn.",
    ),
    (
        "Proven",
        "See the method: a signature of AWS stands behind every byte, if the public keys are AWS's.",
    ),
    (
        "Pseudonym",
        "What stands for a masked value: the same for the same value throughout, and not to be undone without the case.",
    ),
    (
        "Rule",
        "A question on a configuration item: compliant, noncompliant, not applicable, or insufficient data.",
    ),
    (
        "SHA-256",
        "A number that two different files are not known to share; it names a file by its content.",
    ),
    (
        "SSE-KMS",
        "Encryption in the bucket with a key that AWS KMS keeps, and whose use it records.",
    ),
    (
        "Trail",
        "What has CloudTrail write events of an account or organization to a bucket.",
    ),
    (
        "Unproven",
        "Nothing contradicts it, and no signature stands behind it.",
    ),
];

/// The glossary.
pub(super) fn glossary() -> String {
    let terms: String = TERMS
        .iter()
        .map(|(term, words)| format!("<dt>{term}</dt><dd>{words}</dd>"))
        .collect();
    format!(
        "<section id=\"glossary\"><h2>Glossary</h2>\n<dl class=\"facts terms\">{terms}</dl></section>\n"
    )
}

/// All of this, for whoever looks for the report's own words.
pub(in crate::audit) fn prose() -> impl Iterator<Item = &'static str> {
    let terms = TERMS.iter().flat_map(|(term, words)| [*term, *words]);
    [METHOD, RISK, CHANGES, RECORD, LIMITS]
        .into_iter()
        .chain(terms)
}
