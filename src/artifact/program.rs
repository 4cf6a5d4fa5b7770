//! The programs and standards of AWS's reports and agreements: one row each.

/// A program.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Program {
    /// What it is called here.
    pub name: &'static str,
    /// How texts call it: lower case, signs as spaces.
    words: &'static [&'static str],
    /// Whether it is an agreement.
    pub is_agreement: bool,
    /// Whether its reports are handed out under a nondisclosure agreement; agreements are AWS's confidential information by
    /// their own terms.
    pub is_confidential: bool,
}

const fn report(name: &'static str, words: &'static [&'static str]) -> Program {
    Program {
        name,
        words,
        is_agreement: false,
        is_confidential: false,
    }
}

const fn closed(name: &'static str, words: &'static [&'static str]) -> Program {
    Program {
        is_confidential: true,
        ..report(name, words)
    }
}

const fn agreement(name: &'static str, words: &'static [&'static str]) -> Program {
    Program {
        is_agreement: true,
        ..closed(name, words)
    }
}

/// All programs, longer names before those that they hold.
pub const PROGRAMS: &[Program] = &[
    agreement(
        "BAA",
        &[
            "business associate addendum",
            "business associate agreement",
        ],
    ),
    agreement(
        "GDPR DPA",
        &["gdpr data processing addendum", "data processing addendum"],
    ),
    agreement(
        "ANDB",
        &[
            "notifiable data breach addendum",
            "notifiable data breaches addendum",
            "andb addendum",
        ],
    ),
    agreement("NZNDB", &["new zealand notifiable data"]),
    agreement(
        "NDA",
        &[
            "nondisclosure agreement",
            "non disclosure agreement",
            "aws artifact nda",
        ],
    ),
    closed(
        "SOC 1",
        &[
            "soc 1",
            "soc1",
            "service organization controls 1",
            "system and organization controls 1",
        ],
    ),
    closed(
        "SOC 2",
        &[
            "soc 2",
            "soc2",
            "service organization controls 2",
            "system and organization controls 2",
        ],
    ),
    report(
        "SOC 3",
        &[
            "soc 3",
            "soc3",
            "service organization controls 3",
            "system and organization controls 3",
        ],
    ),
    report("ISO 9001", &["iso 9001", "iso iec 9001", "iso9001"]),
    report("ISO 20000", &["iso 20000", "iso iec 20000"]),
    report("ISO 22301", &["iso 22301", "iso22301"]),
    report("ISO 27001", &["iso 27001", "iso iec 27001", "iso27001"]),
    report("ISO 27017", &["iso 27017", "iso iec 27017", "iso27017"]),
    report("ISO 27018", &["iso 27018", "iso iec 27018", "iso27018"]),
    report("ISO 27701", &["iso 27701", "iso iec 27701", "iso27701"]),
    report("ISO 42001", &["iso 42001", "iso iec 42001"]),
    closed("PCI DSS", &["pci dss", "payment card industry"]),
    report("CSA STAR", &["csa star", "cloud security alliance"]),
    closed("FedRAMP", &["fedramp"]),
    report(
        "C5",
        &[
            "cloud computing compliance criteria",
            "cloud computing compliance controls",
            "bsi c5",
            "c5 report",
            "c5 attestation",
        ],
    ),
    report("HITRUST", &["hitrust"]),
    report("IRAP", &["irap", "registered assessors program"]),
    report("ENS", &["esquema nacional de seguridad"]),
    report("MTCS", &["multi tier cloud security", "mtcs"]),
    report("OSPAR", &["ospar", "outsourced service provider"]),
    report("TISAX", &["tisax"]),
    report("K-ISMS", &["k isms"]),
    report(
        "HDS",
        &[
            "hebergeur de donnees de sante",
            "hébergeur de données de santé",
        ],
    ),
    report("FINMA", &["finma"]),
    report("GSMA", &["gsma"]),
    report("PiTuKri", &["pitukri"]),
    report("CISPE", &["cispe"]),
    report(
        "DoD SRG",
        &["dod srg", "cloud computing security requirements guide"],
    ),
    report("NIST 800-53", &["nist 800 53", "nist sp 800 53"]),
    report("HIPAA", &["hipaa"]),
    report("CyberGRX", &["cybergrx"]),
];

/// A text in lower case, with each run of other signs as one space.
pub(super) fn plain(text: &str, far: usize) -> String {
    let mut out = String::with_capacity(text.len().min(far));
    for sign in text.chars() {
        if sign.is_alphanumeric() {
            out.extend(sign.to_lowercase());
        } else if !out.ends_with(' ') {
            out.push(' ');
        }
        if out.len() >= far {
            break;
        }
    }
    out
}

/// Where a word stands that is no part of a longer one.
pub(super) fn place(text: &str, word: &str) -> Option<usize> {
    let bytes = text.as_bytes();
    let ends = |at: usize| {
        bytes
            .get(at)
            .is_none_or(|byte| !byte.is_ascii_alphanumeric())
    };
    let mut found = text.match_indices(word).map(|(at, _)| at);
    found.find(|&at| ends(at + word.len()) && (at == 0 || ends(at - 1)))
}

/// Whether a text has a word.
pub(super) fn has_word(text: &str, word: &str) -> bool {
    place(text, word).is_some()
}

/// The program that a text names first.
pub(super) fn first(text: &str) -> Option<&'static Program> {
    let place = |program: &'static Program| {
        let places = program.words.iter().filter_map(|word| place(text, word));
        Some((places.min()?, program))
    };
    let found = PROGRAMS.iter().filter_map(place).min_by_key(|(at, _)| *at);
    found.map(|(_, program)| program)
}

/// All programs that a text names.
pub(super) fn all(text: &str) -> Vec<String> {
    let named = |program: &&Program| program.words.iter().any(|word| has_word(text, word));
    PROGRAMS
        .iter()
        .filter(named)
        .map(|program| program.name.to_owned())
        .collect()
}
