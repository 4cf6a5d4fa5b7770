//! AWS Artifact: AWS's own audit reports, and the agreements of an account or an organization.
//!
//! May use: `evidence`, `document`. Documents are recognised by their own text; by their name only where the text
//! cannot be read, and then it is said. Lists are what `aws artifact` prints (API reference of AWS Artifact:
//! ReportSummary, ReportDetail, CustomerAgreementSummary).

mod dates;
mod listed;
mod program;

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use crate::document::Document;
use crate::moment::Moment;

pub use listed::parse;
pub use program::{PROGRAMS, Program};

/// A report or an agreement.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Artifact {
    /// Whether it is an agreement; a report otherwise.
    pub is_agreement: bool,
    /// Whether it is a letter that bridges the time from a report's end to the next one.
    pub is_bridge: bool,
    /// Who issued it; empty for AWS's own.
    pub issuer: String,
    /// Its title.
    pub title: String,
    /// The program that it belongs to, `SOC 2`; empty where it is not known.
    pub program: String,
    /// Programs and standards that it names, in the order of [`PROGRAMS`].
    pub certifications: Vec<String>,
    /// The account that agreed.
    pub account: Option<String>,
    /// The organization that agreed.
    pub organization: Option<String>,
    /// The beginning of what it covers.
    pub from: Option<Moment>,
    /// The end of what it covers.
    pub to: Option<Moment>,
    /// When it ends to hold.
    pub expires: Option<Moment>,
    /// What AWS's list says of its state.
    pub state: State,
    /// Whether it may not be handed on.
    pub confidential: bool,
    /// How it is known.
    pub known: Known,
}

/// The state of a report or an agreement.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum State {
    /// It holds.
    Active,
    /// It was offered and not accepted, or is not published any more.
    Inactive,
    /// One side ended it.
    Terminated,
    /// It ended.
    Expired,
    /// The evidence does not tell.
    #[default]
    Unknown,
}

impl State {
    /// All states.
    pub const ALL: [State; 5] = [
        State::Active,
        State::Inactive,
        State::Terminated,
        State::Expired,
        State::Unknown,
    ];

    /// The name in the report.
    pub fn name(self) -> &'static str {
        match self {
            State::Active => "active",
            State::Inactive => "inactive",
            State::Terminated => "terminated",
            State::Expired => "expired",
            State::Unknown => "unknown",
        }
    }

    /// The state of a name.
    pub fn by_name(name: &str) -> Option<Self> {
        State::ALL.into_iter().find(|state| state.name() == name)
    }
}

/// How an artifact is known.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum Known {
    /// By its own text.
    Text,
    /// By its name alone.
    #[default]
    Name,
    /// By a list that AWS printed: the document itself is not in the evidence.
    List,
}

impl Known {
    /// For people.
    pub fn words(self) -> &'static str {
        match self {
            Known::Text => "its own text",
            Known::Name => "its name alone",
            Known::List => "AWS's list; the document is not here",
        }
    }
}

/// Characters of a text that are looked at for what it is, and for whom it is from.
const HEAD: usize = 6_000;
/// Characters in which a document calls itself what it is.
const LEAD: usize = 300;
/// Characters that are looked at for dates and standards.
const FAR: usize = 400_000;

/// Words of which a report or an agreement has one near its beginning.
const FORMS: &[&str] = &[
    "report",
    "certificate",
    "attestation",
    "addendum",
    "agreement",
    "statement of applicability",
    "assessment",
    "authorization",
    "bridge letter",
    "gap letter",
    "continued operations letter",
];
/// How many of the last of them are letters that bridge two reports; AWS Artifact has "SOC Continued Operations Letter".
const BRIDGES: usize = 3;

/// Whether a text calls itself a letter between two reports.
fn is_bridge(text: &str) -> bool {
    let bridges = &FORMS[FORMS.len() - BRIDGES..];
    bridges.iter().any(|words| text.contains(words))
}

/// Characters around the first word on AWS that tell of a report whose it is.
const NEAR: usize = 60;
/// Words by which others say that they make use of AWS.
const USES: &[&str] = &[
    "uses ",
    "using ",
    "hosted ",
    "runs on ",
    "relies on ",
    "subservice",
];
/// Whose a report is that is another's.
const ANOTHER: &str = "another company";

/// Whose a report is, by its text: another's where the first word on AWS is that somebody makes use of it.
fn issuer(head: &str) -> &'static str {
    let names = ["amazon web services", "aws"];
    let first = names.iter().filter_map(|name| program::place(head, name));
    let is_another = first.min().is_some_and(|at| {
        let before = &head[head.floor_char_boundary(at.saturating_sub(NEAR))..at];
        let serves = cut(&head[at..], NEAR).contains("subservice");
        serves || USES.iter().any(|words| before.contains(words))
    });
    if is_another { ANOTHER } else { "" }
}

/// Recognises a document; `None` where it is none of AWS Artifact.
pub fn recognise(path: &str, document: &Document) -> Option<Artifact> {
    let file = path.rsplit(['/', '\\']).next().unwrap_or(path);
    let stem = file.rsplit_once('.').map_or(file, |(stem, _)| stem);
    if document.text.trim().len() < 40 {
        return by_name(stem);
    }
    let text = program::plain(&document.text, FAR);
    by_text(stem, document, &text).or_else(|| {
        // A scan with a watermark, or signs that no font explains: its name must say all.
        let named = program::plain(stem, HEAD);
        let is_told = is_of_aws(&named) && has_form(&named) && tells_little(cut(&text, HEAD));
        is_told.then(|| by_name(stem)).flatten()
    })
}

/// Words that every text has.
const PROSE: &[&str] = &["the", "of", "and", "to", "in", "is", "that"];
/// Distinct words of a text that tells something.
const TELLING: usize = 40;

/// Whether a text is too little to tell what it is of, or none that can be read.
fn tells_little(text: &str) -> bool {
    let mut words = BTreeSet::new();
    for word in text.split(' ') {
        words.insert(word);
    }
    let prose = PROSE.iter().filter(|word| words.contains(*word));
    words.len() < TELLING || prose.count() < PROSE.len() / 2
}

fn is_of_aws(text: &str) -> bool {
    text.contains("amazon web services") || program::has_word(text, "aws")
}

fn has_form(text: &str) -> bool {
    FORMS.iter().any(|form| text.contains(form))
}

fn by_text(stem: &str, document: &Document, text: &str) -> Option<Artifact> {
    let title = program::plain(&document.title, HEAD);
    let head = format!("{title} {}", cut(text, HEAD));
    let program = program::first(&title).or_else(|| program::first(cut(&head, HEAD / 2)))?;
    if !is_of_aws(&head) || !has_form(&head) {
        return None;
    }
    // A report may speak of one further down.
    let is_bridge = is_bridge(&title) || is_bridge(cut(text, LEAD));
    let dated = dates::read(&cut(&document.text, FAR).to_lowercase(), is_bridge);
    let lead = document
        .text
        .lines()
        .map(str::trim)
        .find(|line| line.len() > 8);
    let title = Some(document.title.trim()).filter(|title| title.len() > 3);
    Some(Artifact {
        is_agreement: program.is_agreement,
        is_bridge,
        issuer: if program.is_agreement {
            ""
        } else {
            issuer(&head)
        }
        .to_owned(),
        title: title.or(lead).unwrap_or(stem).chars().take(200).collect(),
        program: program.name.to_owned(),
        certifications: program::all(text),
        account: account(&head),
        organization: None,
        from: dated.from,
        to: dated.to,
        expires: dated.expires,
        state: State::Unknown,
        confidential: program.is_confidential || program::has_word(&head, "confidential"),
        known: Known::Text,
    })
}

fn by_name(stem: &str) -> Option<Artifact> {
    let name = program::plain(stem, HEAD);
    let program = program::first(&name)?;
    let is_aws = program::has_word(&name, "aws") || name.contains("amazon");
    (is_aws || has_form(&name)).then(|| Artifact {
        is_agreement: program.is_agreement,
        is_bridge: is_bridge(&name),
        title: stem.to_owned(),
        program: program.name.to_owned(),
        certifications: vec![program.name.to_owned()],
        confidential: program.is_confidential,
        known: Known::Name,
        ..Artifact::default()
    })
}

/// The account that an agreement names: twelve digits after the word.
fn account(text: &str) -> Option<String> {
    let after = text.split("account").skip(1);
    let digits = |rest: &str| {
        let number = rest
            .split_whitespace()
            .take(4)
            .map(|word| word.trim_matches(|sign: char| !sign.is_ascii_digit()));
        let mut number = number
            .filter(|word| word.len() == 12 && word.bytes().all(|byte| byte.is_ascii_digit()));
        number.next().map(str::to_owned)
    };
    after.into_iter().find_map(digits)
}

fn cut(text: &str, end: usize) -> &str {
    let mut end = end.min(text.len());
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    &text[..end]
}

impl Artifact {
    /// Its state as of a moment: one that ended is expired, and an agreement does not hold before it begins, whatever a
    /// list says of now.
    pub fn state_at(&self, at: Option<Moment>) -> State {
        match (self.state, self.expires, at) {
            (State::Terminated | State::Inactive, ..) => self.state,
            (_, _, Some(at)) if self.is_agreement && self.from.is_some_and(|from| from > at) => {
                State::Inactive
            }
            (_, Some(expires), Some(at)) if expires <= at => State::Expired,
            (State::Unknown, Some(_), Some(_)) => State::Active,
            _ => self.state,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn document(title: &str, text: &str) -> Document {
        Document {
            title: title.to_owned(),
            text: text.to_owned(),
            ..Document::default()
        }
    }

    #[test]
    fn a_report_tells_what_it_is() {
        let text = "Amazon Web Services\nSystem and Organization Controls 2 (SOC 2) Type 2 Report\nFor the period October 1, 2023 to September 30, 2024\nAmazon Confidential\nIt also refers to ISO/IEC 27001:2022.";
        let found = recognise("x.pdf", &document("", text)).expect("an artifact");
        assert_eq!(found.program, "SOC 2");
        assert_eq!(found.certifications, ["SOC 2", "ISO 27001"]);
        assert_eq!(
            (found.from, found.to),
            (
                Moment::parse("2023-10-01T00:00:00Z"),
                Moment::parse("2024-09-30T23:59:59Z")
            )
        );
        assert!(found.confidential && !found.is_agreement && found.known == Known::Text);
    }

    #[test]
    fn a_certificate_expires() {
        let text = "Certificate of registration\nThis is to certify that Amazon Web Services, Inc. operates an ISMS which complies with ISO/IEC 27001:2022\nIssue date: 2023-11-10   Expiry date: November 9, 2026";
        let found = recognise("x.pdf", &document("", text)).expect("an artifact");
        assert_eq!(
            (found.program.as_str(), found.expires),
            ("ISO 27001", Moment::parse("2026-11-09T23:59:59Z"))
        );
        assert_eq!(
            found.state_at(Moment::parse("2026-01-01T00:00:00Z")),
            State::Active
        );
        assert_eq!(
            found.state_at(Moment::parse("2027-01-01T00:00:00Z")),
            State::Expired
        );
        assert_eq!(found.state_at(None), State::Unknown);
    }

    #[test]
    fn a_letter_between_two_reports_is_one() {
        let text = "Amazon Web Services\nSOC Continued Operations Letter\nTo our customers: the SOC 1 and SOC 2 reports cover the period to March 31, 2025. For the period April 1, 2025 to June 30, 2025 no material changes are known.";
        let found = recognise("x.pdf", &document("", text)).expect("an artifact");
        assert!(found.is_bridge && !found.is_agreement);
        assert_eq!(found.certifications, ["SOC 1", "SOC 2"]);
        assert_eq!(
            (found.from, found.to),
            (
                Moment::parse("2025-04-01T00:00:00Z"),
                Moment::parse("2025-06-30T23:59:59Z")
            )
        );
        let report = "Amazon Web Services\nSOC 2 Type 2 Report\nFor the period April 1, 2024 to March 31, 2025\n";
        let report = report.to_owned()
            + &"Description of the system. ".repeat(20)
            + "A bridge letter is given out between reports.";
        let found = recognise("x.pdf", &document("", &report)).expect("an artifact");
        assert!(!found.is_bridge);
    }

    #[test]
    fn a_letter_covers_what_it_bridges_and_not_what_it_restates() {
        let text = "Amazon Web Services\nSOC Continued Operations Letter\nThe SOC 2 report covers the period October 1, 2024, to March 31, 2025. This letter covers the period from April 1, 2025, to June 30, 2025.";
        let found = recognise("x.pdf", &document("", text)).expect("an artifact");
        assert_eq!(
            (found.from, found.to),
            (
                Moment::parse("2025-04-01T00:00:00Z"),
                Moment::parse("2025-06-30T23:59:59Z")
            )
        );
    }

    #[test]
    fn a_report_of_another_is_none_of_aws() {
        for text in [
            "Acme SOC 2 Type 2 Report\nFor the period January 1, 2025 to December 31, 2025. Acme uses Amazon Web Services as subservice organization.",
            "Acme Inc.\nSOC 2 Type 2 Report\nThe platform is hosted on AWS in three regions.",
        ] {
            let found = recognise("x.pdf", &document("", text)).expect("a report");
            assert_eq!(found.issuer, ANOTHER, "{text}");
        }
        let own = "Amazon Web Services\nSOC 2 Type 2 Report\nAmazon Web Services uses no subservice organization.";
        let found = recognise("x.pdf", &document("", own)).expect("a report");
        assert_eq!(found.issuer, "");
    }

    #[test]
    fn an_agreement_does_not_hold_before_it_begins() {
        let own = Artifact {
            is_agreement: true,
            from: Moment::parse("2026-02-01T00:00:00Z"),
            state: State::Active,
            ..Artifact::default()
        };
        let state = |at: &str| own.state_at(Moment::parse(at));
        assert_eq!(state("2025-12-31T23:59:59Z"), State::Inactive);
        assert_eq!(state("2026-02-01T00:00:00Z"), State::Active);
    }

    #[test]
    fn agreements_name_their_account() {
        let text = "AWS Business Associate Addendum\nThis addendum is entered into by Amazon Web Services, Inc. for AWS account 111122223333. It concerns protected health information.";
        let found = recognise("x.pdf", &document("", text)).expect("an artifact");
        assert!(found.is_agreement);
        assert_eq!(
            (found.program.as_str(), found.account.as_deref()),
            ("BAA", Some("111122223333"))
        );
    }

    #[test]
    fn nothing_is_guessed_silently() {
        assert_eq!(
            recognise(
                "soc-2-lecture.pdf",
                &document(
                    "",
                    "A lecture on how auditors write a SOC 2 report, and what to look for in one."
                )
            ),
            None
        );
        assert_eq!(
            recognise(
                "aws.pdf",
                &document(
                    "",
                    "Amazon Web Services is a cloud provider, and this is our migration plan for it."
                )
            ),
            None
        );
        let named = recognise("a/AWS_SOC_1_Report.pdf", &document("", "")).expect("by its name");
        assert_eq!(
            (named.program.as_str(), named.known),
            ("SOC 1", Known::Name)
        );
        assert_eq!(recognise("holiday.pdf", &document("", "")), None);
        // A watermark, or the codes of a font without a map, tell nothing; a text that can be read does.
        let watermark = "Provided to Example Corp under the terms of AWS Artifact. ".repeat(9);
        let codes = "7KLV FHUWLILHV WKDW ".repeat(9);
        let name = "AWS_ISO_27001_Certificate.pdf";
        for text in [watermark.as_str(), &codes] {
            let named = recognise(name, &document("", text)).expect("by its name");
            assert_eq!(named.known, Known::Name, "{text}");
            assert_eq!(recognise("iso-27001.pdf", &document("", text)), None);
        }
        let notes: String = (0..60)
            .map(|at| format!("note{at} of the review is that "))
            .collect();
        assert_eq!(recognise(name, &document("", &(notes + "and to in"))), None);
    }
}
