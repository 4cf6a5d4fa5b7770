//! The audit's controls as assessment results of OSCAL (NIST, assessment results model 1.1.2).
//!
//! A finding is written for a control that failed, and for one that a person concluded to be met: a proposal alone
//! satisfies nothing. Identifiers are made from what they stand for, so that the same audit gives the same document.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use crate::case::Case;
use crate::case::controls::{GONE, lines};
use crate::moment::Moment;
use crate::sum::Sum;

use super::report::VERSION;

/// Makes the document.
pub fn document(case: &Case, generated: Moment) -> String {
    let audit = &case.settings().audit;
    let lines = lines(case);
    let identity = identity(case);
    let uuid = |of: &str| uuid(&format!("{identity} {of}"));
    let (mut observations, mut findings, mut selected) = (Vec::new(), Vec::new(), Vec::new());
    let mut resources: BTreeMap<String, Value> = BTreeMap::new();
    // There is no plan; the model asks for a reference to one all the same.
    let plan = uuid("assessment plan");
    resources.insert(
        plan.clone(),
        json!({ "uuid": plan, "title": "Assessment plan", "remarks": "No assessment plan is part of the evidence." }),
    );
    for line in &lines {
        let control = &line.control;
        let id = token(&control.id);
        selected.push(json!({ "control-id": id }));
        let mut evidence = Vec::new();
        for link in line.evidence() {
            let mut one = json!({ "description": filled(&link.title, "Evidence") });
            if let Some(sum) = link.sha256 {
                let uuid = uuid(&format!("resource {sum}"));
                one["href"] = json!(format!("#{uuid}"));
                resources.insert(uuid.clone(), json!({
                    "uuid": uuid, "title": filled(&link.path, "File"),
                    "rlinks": [{ "href": place(case, &link.path, sum), "hashes": [{ "algorithm": "SHA-256", "value": sum.to_string() }] }],
                }));
            }
            if link.is_gone {
                one["remarks"] = json!(GONE);
            }
            evidence.push(one);
        }
        let key = format!("{} {}", control.source, control.id);
        let observed = uuid(&format!("observation {key}"));
        let mut observation = json!({
            "uuid": observed, "title": filled(&control.id, "Control"), "description": filled(&line.proposed.1, "Nothing was observed."), "methods": ["EXAMINE"],
            "collected": generated.to_string(),
        });
        if !evidence.is_empty() {
            observation["relevant-evidence"] = json!(evidence);
        }
        observations.push(observation);
        let state = match line.status() {
            "failed" => "not-satisfied",
            "met" if control.status.is_some() => "satisfied",
            _ => continue,
        };
        findings.push(json!({
            "uuid": uuid(&format!("finding {key}")), "title": filled(&control.title, &control.id), "description": filled(&control.conclusion, &line.proposed.1),
            "target": { "type": "objective-id", "target-id": id, "status": { "state": state } },
            "related-observations": [{ "observation-uuid": observed }],
        }));
    }
    let mut result = json!({
        "uuid": uuid("result"), "title": "Results of the audit", "description": filled(&audit.notes, "Controls of the audit, with what the evidence proposes and what was concluded."),
        "start": audit.from.unwrap_or(generated).to_string(), "end": audit.to.unwrap_or(generated).to_string(),
        "reviewed-controls": { "control-selections": [{ "include-controls": selected }] },
        "observations": observations,
    });
    if !findings.is_empty() {
        result["findings"] = json!(findings);
    }
    let document = json!({
        "uuid": uuid("assessment results"),
        "metadata": {
            "title": "Assessment results", "last-modified": generated.to_string(), "version": VERSION, "oscal-version": "1.1.2",
            "remarks": format!("Written by Exhibit {VERSION}. Prepared by {}.", filled(&audit.prepared_by, "nobody stated")),
        },
        "import-ap": { "href": format!("#{plan}") },
        "results": [result],
        "back-matter": { "resources": resources.into_values().collect::<Vec<_>>() },
    });
    format!("{:#}\n", json!({ "assessment-results": document }))
}

fn filled<'t>(text: &'t str, otherwise: &'t str) -> &'t str {
    if text.trim().is_empty() {
        otherwise
    } else {
        text
    }
}

/// A UUID out of a hash, with the version and variant that the model's pattern allows.
fn uuid(of: &str) -> String {
    let mut hex: Vec<u8> = Sum::of(of.as_bytes()).to_string().into_bytes();
    (hex[12], hex[16]) = (b'5', b'a');
    let text = String::from_utf8_lossy(&hex[..32]).into_owned();
    [
        &text[..8],
        &text[8..12],
        &text[12..16],
        &text[16..20],
        &text[20..],
    ]
    .join("-")
}

/// A name as the model's tokens are written: a letter or `_`, then letters, digits, `.`, `-`, `_`.
fn token(id: &str) -> String {
    let plain = |sign: char| {
        if sign.is_alphanumeric() || ".-_".contains(sign) {
            sign
        } else {
            '_'
        }
    };
    let text: String = id.chars().map(plain).collect();
    if text.starts_with(|sign: char| sign.is_alphabetic() || sign == '_') {
        text
    } else {
        format!("_{text}")
    }
}

/// What one audit is told from another by: its period, who prepared it, and every file's hash.
fn identity(case: &Case) -> Sum {
    let audit = &case.settings().audit;
    let mut of = format!("{:?} {:?} {}", audit.from, audit.to, audit.prepared_by);
    let sums = case.register().files().filter_map(|(_, file)| file.sum);
    for sum in crate::order::sorted(sums.collect(), Sum::cmp) {
        of += &sum.to_string();
    }
    Sum::of(of.as_bytes())
}

/// Where a file is, as a relative reference. Names are masked as they are read, not as a reference writes them: a document
/// for others names the file by its hash.
fn place(case: &Case, path: &str, sum: Sum) -> String {
    if case.settings().sharing.on {
        encoded(&sum.to_string())
    } else {
        encoded(path)
    }
}

/// A path as a relative reference.
fn encoded(path: &str) -> String {
    let mut out = String::from("./");
    for byte in path.bytes() {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'/' | b'.' | b'-' | b'_' | b'~' => {
                out.push(byte as char)
            }
            _ => out += &format!("%{byte:02X}"),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_fit_the_model() {
        assert_eq!(
            (token("AC-2(1)"), token("1.4"), token("")),
            ("AC-2_1_".into(), "_1.4".into(), "_".into())
        );
        let one = uuid("x");
        assert_eq!((one.len(), &one[14..15], &one[19..20]), (36, "5", "a"));
        assert_eq!(encoded("a b/é.json"), "./a%20b/%C3%A9.json");
    }
}
