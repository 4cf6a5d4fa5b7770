//! Values of configurations that the case needs later: they are taken out while an item is read, since the
//! configuration itself stays in its file.

use std::borrow::Cow;
use std::fmt;

use serde::Deserializer;
use serde::de::{DeserializeSeed, IgnoredAny, MapAccess, Visitor};
use serde_json::Value;

use crate::evidence::skim::Skim;

use super::canonical::{decoded, embedded};

/// Bytes of a kept value; a longer one is left in its file.
const LONGEST: usize = 64 << 10;

/// Stands for a value that was left in its file.
pub const TOO_LONG: &str = "\u{fffd}too long";
/// The kept value that says that an item carries its configuration.
pub const CONFIGURED: &str = "configured";

/// Of which types which paths are kept: `configuration.…` or `supplementaryConfiguration.…`, case not minded.
pub const KEPT: &[(&str, &[&str])] = &[
    (
        "AWS::S3::Bucket",
        &[
            "supplementaryConfiguration.BucketPolicy",
            "supplementaryConfiguration.PublicAccessBlockConfiguration",
            "supplementaryConfiguration.ServerSideEncryptionConfiguration",
            "supplementaryConfiguration.BucketVersioningConfiguration",
            "supplementaryConfiguration.ObjectLockConfiguration",
            "supplementaryConfiguration.AccessControlList",
        ],
    ),
    (
        "AWS::S3::AccountPublicAccessBlock",
        &[
            "configuration.blockPublicAcls",
            "configuration.ignorePublicAcls",
            "configuration.blockPublicPolicy",
            "configuration.restrictPublicBuckets",
        ],
    ),
    (
        "AWS::KMS::Key",
        &[
            "supplementaryConfiguration.Policy",
            "supplementaryConfiguration.Grants",
        ],
    ),
    (
        "AWS::CloudTrail::Trail",
        &[
            "configuration.name",
            "configuration.s3BucketName",
            "configuration.kmsKeyId",
            "configuration.logFileValidationEnabled",
            "configuration.isMultiRegionTrail",
        ],
    ),
    (
        "AWS::IAM::User",
        &[
            "configuration.attachedManagedPolicies",
            "configuration.userPolicyList",
            "configuration.groupList",
        ],
    ),
    (
        "AWS::IAM::Role",
        &[
            "configuration.attachedManagedPolicies",
            "configuration.rolePolicyList",
        ],
    ),
    (
        "AWS::IAM::Group",
        &[
            "configuration.attachedManagedPolicies",
            "configuration.groupPolicyList",
        ],
    ),
    ("AWS::IAM::Policy", &["configuration.policyVersionList"]),
    (
        "AWS::Config::ConfigurationRecorder",
        &[
            "configuration.Recording",
            "configuration.RecordingGroup",
            "configuration.RecordingMode",
        ],
    ),
    ("AWS::Config::ResourceCompliance", &["configuration"]),
    ("AWS::Config::ConformancePackCompliance", &["configuration"]),
];

/// Which more paths of a type are kept, for whoever needs them.
pub type More = fn(&str) -> &'static [&'static str];

/// The kept values of an item: path and compact JSON, with JSON within texts decoded.
pub(super) fn of(
    kind: &str,
    configuration: &str,
    supplementary: &str,
    more: More,
) -> Vec<(&'static str, String)> {
    let own = KEPT.iter().find(|(name, _)| *name == kind);
    let mut paths: Vec<&'static str> = own.map_or(&[][..], |(_, paths)| paths).to_vec();
    for &path in more(kind) {
        if !paths.iter().any(|other| other.eq_ignore_ascii_case(path)) {
            paths.push(path);
        }
    }
    if paths.is_empty() {
        return Vec::new();
    }
    let mut found = Vec::new();
    // Deleted resources, and items of some outputs, carry none.
    if configuration.len() > 4 {
        found.push((CONFIGURED, "true".to_owned()));
    }
    for (root, json) in [
        ("configuration", configuration),
        ("supplementaryConfiguration", supplementary),
    ] {
        let own: Vec<Want> = paths
            .iter()
            .filter_map(|path| {
                let rest = path.strip_prefix(root)?;
                let steps = rest.split('.').filter(|step| !step.is_empty()).collect();
                (rest.is_empty() || rest.starts_with('.')).then_some(Want { path, steps })
            })
            .collect();
        if !own.is_empty() {
            let (parts, at) = match first_steps(&own, json) {
                Some(parts) => (parts, 1),
                None => (vec![(own, json)], 0),
            };
            for (wanted, json) in parts {
                let found = &mut found;
                let mut from = serde_json::Deserializer::from_str(json);
                // A configuration that cannot be read keeps what was found before.
                let _ = Take { wanted, found, at }.deserialize(&mut from);
            }
        }
    }
    found
}

/// The values of an object that stand at the first step of what is wanted, so that the others are but stepped over;
/// `None` where that is not told so easily.
fn first_steps<'j>(wanted: &[Want], json: &'j str) -> Option<Vec<(Vec<Want>, &'j str)>> {
    let mut skim = Skim::new(json);
    if skim.peek()? != b'{' || wanted.iter().any(|want| want.steps.is_empty()) {
        return None;
    }
    let mut parts = Vec::new();
    skim.fields(|skim, name| {
        let here = |want: &&Want| want.steps[0].eq_ignore_ascii_case(name);
        let own: Vec<Want> = wanted.iter().filter(here).cloned().collect();
        if !own.is_empty() {
            parts.push((own, skim.raw()?));
            return Some(());
        }
        // A wrapper of some versions of an item: what is wanted stands below it.
        if name == "struct" {
            return None;
        }
        skim.skip()
    })?;
    Some(parts)
}

#[derive(Clone)]
struct Want {
    path: &'static str,
    steps: Vec<&'static str>,
}

struct Take<'f> {
    wanted: Vec<Want>,
    found: &'f mut Vec<(&'static str, String)>,
    /// How many steps of each path are behind.
    at: usize,
}

impl<'de> DeserializeSeed<'de> for Take<'_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, from: D) -> Result<(), D::Error> {
        if let Some(whole) = self.wanted.iter().find(|want| want.steps.len() == self.at) {
            let value = serde::Deserialize::deserialize(from)?;
            let text = decoded(value).to_string();
            if text.len() > LONGEST {
                self.found.push((whole.path, format!("\"{TOO_LONG}\"")));
            } else if text != "null" {
                self.found.push((whole.path, text));
            }
            return Ok(());
        }
        from.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Take<'_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("any value")
    }
    crate::evidence::lenient::ignore!();
    crate::evidence::lenient::ignore!(lists);

    fn visit_str<E>(self, text: &str) -> Result<(), E> {
        if let Some(inner) = embedded(text) {
            let mut from = serde_json::Deserializer::from_str(&inner);
            let _ = self.deserialize(&mut from);
        }
        Ok(())
    }

    fn visit_map<A: MapAccess<'de>>(self, mut fields: A) -> Result<(), A::Error> {
        while let Some(name) = fields.next_key::<Cow<'_, str>>()? {
            let here = |want: &&Want| {
                want.steps
                    .get(self.at)
                    .is_some_and(|step| step.eq_ignore_ascii_case(&name))
            };
            let wanted: Vec<Want> = self.wanted.iter().filter(here).cloned().collect();
            if wanted.is_empty() && name == "struct" {
                // A wrapper of some versions of an item: what is wanted stands below it.
                fields.next_value_seed(Take {
                    wanted: self.wanted.clone(),
                    found: &mut *self.found,
                    at: self.at,
                })?;
            } else if wanted.is_empty() {
                fields.next_value::<IgnoredAny>()?;
            } else {
                fields.next_value_seed(Take {
                    wanted,
                    found: &mut *self.found,
                    at: self.at + 1,
                })?;
            }
        }
        Ok(())
    }
}

/// A kept value that is a text, or a plain value as text.
pub fn plain(json: &str) -> String {
    match serde_json::from_str(json) {
        Ok(Value::String(text)) => text,
        _ => json.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn takes_values_out_of_objects_and_of_texts() {
        let supplementary = r#"{"BucketPolicy":{"policyText":"{\"Statement\":[]}"},"PublicAccessBlockConfiguration":"{\"blockPublicAcls\":true}","x":{"y":[1]}}"#;
        assert_eq!(
            of("AWS::S3::Bucket", "{}", supplementary, |_| &[]),
            [
                (
                    "supplementaryConfiguration.BucketPolicy",
                    r#"{"policyText":{"Statement":[]}}"#.to_owned()
                ),
                (
                    "supplementaryConfiguration.PublicAccessBlockConfiguration",
                    r#"{"blockPublicAcls":true}"#.to_owned()
                ),
            ]
        );
        let compliance = r#""{\"complianceType\":\"COMPLIANT\"}""#;
        assert_eq!(
            of("AWS::Config::ResourceCompliance", compliance, "{}", |_| &[]),
            [
                (CONFIGURED, "true".to_owned()),
                (
                    "configuration",
                    r#"{"complianceType":"COMPLIANT"}"#.to_owned()
                )
            ]
        );
        // However it is written, the same is kept.
        let more: More = |_| &["configuration.a.b", "configuration.c"];
        for json in [
            r#"{"x":[1],"A":{"b":1},"c":2}"#,
            r#"{"struct":{"A":{"b":1},"c":2}}"#,
            r#"{"\u0061":{"b":1},"c":2,"d":1e5}"#,
            r#""{\"a\":{\"b\":1},\"c\":2}""#,
        ] {
            let found = of("other", json, "{}", more);
            let values: Vec<&str> = found.iter().map(|(_, value)| value.as_str()).collect();
            assert_eq!(values, ["true", "1", "2"], "{json}");
        }
        assert!(of("AWS::S3::Bucket", "[", "3", |_| &[]).is_empty());
        assert!(of("other", "{}", "{}", |_| &[]).is_empty());
    }
}
