//! How a trail is protected, in words.

use super::Protection;
use crate::config::policy::Grant;

/// Stands where the evidence does not tell.
const UNTOLD: &str = "not told";

/// What is known of a trail's protection, for people: labels, words, and whether it is as audits ask for it
/// (`None` where the evidence does not tell).
pub fn facts(one: &Protection) -> Vec<(String, String, Option<bool>)> {
    let fact = |label: &str, words: Option<String>, good: Option<bool>| {
        (
            label.to_owned(),
            words.unwrap_or_else(|| UNTOLD.to_owned()),
            good,
        )
    };
    let flag = |label: &str, value: Option<bool>, (yes, no): (&str, &str)| {
        fact(
            label,
            value.map(|value| if value { yes } else { no }.to_owned()),
            value,
        )
    };
    let named = |grant: &Grant| {
        let note = match grant {
            _ if grant.is_public() => " (everyone)",
            _ if one.is_foreign(grant) => " (another account)",
            _ => "",
        };
        grant.words() + note
    };
    let is_own = |grant: &Grant| !grant.is_public() && !one.is_foreign(grant);
    let who = |label: &str, grants: &Option<Vec<Grant>>| {
        let words = grants.as_ref().map(|all| match all.len() {
            0 => "nobody by this policy".to_owned(),
            _ => all.iter().map(named).collect::<Vec<_>>().join(", "),
        });
        fact(
            label,
            words,
            grants.as_ref().map(|all| all.iter().all(&is_own)),
        )
    };
    let both = one.read_and_decrypt().map(|all| match all.len() {
        0 => "nobody by these policies".to_owned(),
        _ => all.iter().map(named).collect::<Vec<_>>().join(", "),
    });
    let narrowed = match one.narrowed {
        0 => None,
        1 => Some("1 statement, not solved here: fewer may than is said".to_owned()),
        count => Some(format!(
            "{count} statements, not solved here: fewer may than is said"
        )),
    };
    let open = (!one.open.is_empty()).then(|| {
        format!(
            "not read for this bucket: {}. Name each by its command and the bucket alone, as get-bucket-encryption-NAME.json",
            one.open.join(", ")
        )
    });
    let assumed = (!one.assumed.is_empty()).then(|| {
        format!(
            "taken to be of this bucket, the only log bucket of the evidence: {}",
            one.assumed.join(", ")
        )
    });
    let apart = one.read_and_decrypt().map(|all| all.iter().all(&is_own));
    let encrypted = one.kms_key.as_ref().map(|key| !key.is_empty());
    let key = one.kms_key.as_ref().map(|key| {
        if key.is_empty() {
            "no: SSE-S3 or none".to_owned()
        } else {
            key.clone()
        }
    });
    vec![
        flag("Records now", one.logging, ("yes", "no: stopped")),
        flag("Log file validation", one.validation, ("on", "off")),
        fact("Logs encrypted with SSE-KMS", key, encrypted),
        flag("Records all regions", one.multi_region, ("yes", "no")),
        fact("Log bucket", one.bucket.clone(), None),
        fact(
            "The bucket's own encryption",
            one.encryption.clone(),
            one.encryption.as_ref().map(|algorithm| algorithm != "none"),
        ),
        flag("Public access", one.blocked, ("blocked", "not blocked")),
        flag(
            "The policy, as S3 calls it",
            one.called_public.map(|is_public| !is_public),
            ("not public", "public"),
        ),
        fact(
            "Versioning",
            one.versioning.clone(),
            one.versioning.as_ref().map(|status| status == "Enabled"),
        ),
        flag("Object lock", one.lock, ("on", "off")),
        who("May read objects", &one.read),
        who("May write objects", &one.write),
        who("May delete objects", &one.delete),
        who("May decrypt with the key", &one.decrypt),
        fact("May both read and decrypt", both, apart),
        fact("Denied on conditions or in part", narrowed, None),
        fact("Outputs that name no bucket", assumed, None),
        fact("Outputs of an unknown bucket", open, None),
    ]
    .into_iter()
    // What is told by one output only says nothing by its absence.
    .filter(|(label, words, _)| {
        let is_extra = [
            "Records now",
            "The policy, as S3 calls it",
            "Denied on",
            "Outputs",
        ];
        words != UNTOLD || !is_extra.iter().any(|start| label.starts_with(start))
    })
    .collect()
}
