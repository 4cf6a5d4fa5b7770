//! Results of rules as OCSF Compliance Findings (class 2003 of schema.ocsf.io, version 1.3.0), as a JSON array.

use serde_json::{Value, json};

use crate::case::compliance::{Told, asked_by, known, told};
use crate::case::{Case, Subject, Wanted, each_row};
use crate::compliance::Outcome;
use crate::moment::Moment;

use super::report::VERSION;

/// Writes the findings that a filter shows. `time` is when a resource was captured, else when the document is made.
pub fn write(case: &mut Case, wanted: Wanted<'_>, generated: Moment, write: &mut dyn FnMut(&[u8])) {
    let mut places = Vec::new();
    each_row(case, wanted, &mut |row| {
        if let Subject::Finding(at) = row.subject {
            places.push(at as usize);
        }
    });
    let mut part = b"[".to_vec();
    let mut begun = false;
    // What asks for a rule is looked up once for its findings, which mostly stand together.
    let mut asked: (&str, (Vec<&str>, Vec<&str>)) = ("", (Vec::new(), Vec::new()));
    let results = known(case);
    for (results, at) in results
        .into_iter()
        .flat_map(|results| places.iter().map(move |&at| (results, at)))
    {
        let Some(told) = told(case, results, at) else {
            continue;
        };
        if asked.0 != told.identifier {
            asked = (told.identifier, asked_by(results, told.identifier));
        }
        let Some(finding) = finding(&told, &asked.1, generated) else {
            continue;
        };
        part.extend_from_slice(if begun { b",\n" } else { b"\n" });
        begun = true;
        part.extend(finding.to_string().into_bytes());
        if part.len() > 256 << 10 {
            write(&part);
            part.clear();
        }
    }
    part.extend_from_slice(b"\n]\n");
    write(&part);
}

/// One finding; `None` where a rule does not apply.
fn finding(
    told: &Told<'_>,
    (standards, controls): &(Vec<&str>, Vec<&str>),
    generated: Moment,
) -> Option<Value> {
    let outcome = told.outcome?;
    // By the schema: 1 pass, 2 warning, 3 fail; 0 is unknown.
    let (status, status_id, severity, severity_id) = match outcome {
        Outcome::Compliant => ("Pass", 1, "Informational", 1),
        Outcome::NonCompliant if told.muted => ("Warning", 2, "Low", 2),
        Outcome::NonCompliant => ("Fail", 3, "Medium", 3),
        Outcome::InsufficientData => ("Unknown", 0, "Unknown", 0),
        Outcome::NotApplicable => return None,
    };
    let time = told.as_of.unwrap_or(generated);
    let message = if told.reason.is_empty() {
        format!("{} is {} for {}", told.id, outcome.name(), told.rule)
    } else {
        told.reason.clone()
    };
    Some(json!({
        "activity_id": 1, "activity_name": "Create", "category_uid": 2, "category_name": "Findings",
        "class_uid": 2003, "class_name": "Compliance Finding", "type_uid": 200_301, "type_name": "Compliance Finding: Create",
        "severity": severity, "severity_id": severity_id, "time": time.seconds() * 1_000, "message": message,
        "metadata": { "version": "1.3.0", "profiles": ["cloud"], "product": { "name": "Exhibit", "vendor_name": "Exhibit", "version": VERSION } },
        "cloud": { "provider": "AWS", "account": { "uid": told.account }, "region": told.region },
        "finding_info": { "uid": format!("{}/{}/{}/{}/{}", told.rule, told.account, told.region, told.kind, told.id), "title": told.rule, "desc": message },
        "compliance": { "control": told.identifier, "requirements": controls, "standards": standards, "status": status, "status_id": status_id },
        "resources": [{ "uid": told.arn, "name": told.id, "type": told.kind, "region": told.region, "cloud_partition": "aws" }],
        "unmapped": { "path": told.path, "value": told.value, "recorded": told.recorded.map(Outcome::name), "evaluated": told.evaluated.map(Outcome::name), "muted": told.muted },
    }))
}
