//! Secrets in records and configurations: every text of them, with the names that lead to it. JSON within texts,
//! and what stands in base64, is looked into as well.

use std::collections::HashMap;
use std::io::Read as _;

use base64::Engine as _;
use serde_json::Value;
use serde_json::value::RawValue;

use super::{
    MOST, Piece, Secret, in_text, is_named, is_placeholder, is_user_data, may_hold, name_of, rules,
};

/// How deep values, and values within texts, are followed.
const DEEPEST: usize = 24;
/// Bytes that a text in base64 may unpack to: user data has at most 16 kB.
const UNPACKED: u64 = 1 << 20;
/// Bytes of a path that are handed on: names of fields may be of any length.
const LONGEST_PATH: usize = 512;
/// A value longer than this is no secret by its name alone.
const LONGEST: usize = 4_096;

/// Types of configuration items whose settings can hold secrets: environments, user data, definitions, parameters.
pub const TYPES: &[&str] = &[
    "AWS::Amplify::App",
    "AWS::Amplify::Branch",
    "AWS::ApiGateway::Stage",
    "AWS::ApiGatewayV2::Stage",
    "AWS::AppConfig::HostedConfigurationVersion",
    "AWS::AppRunner::Service",
    "AWS::AutoScaling::LaunchConfiguration",
    "AWS::Batch::JobDefinition",
    "AWS::CloudFormation::Stack",
    "AWS::CodeBuild::Project",
    "AWS::CodePipeline::Pipeline",
    "AWS::DMS::Endpoint",
    "AWS::EC2::Instance",
    "AWS::EC2::LaunchTemplate",
    "AWS::ECS::TaskDefinition",
    "AWS::ElasticBeanstalk::Environment",
    "AWS::Glue::Connection",
    "AWS::Glue::Job",
    "AWS::ImageBuilder::Component",
    "AWS::Lambda::Function",
    "AWS::Lightsail::Container",
    "AWS::SSM::Document",
    "AWS::SSM::Parameter",
    "AWS::SageMaker::Model",
    "AWS::SageMaker::NotebookInstanceLifecycleConfig",
    "AWS::StepFunctions::StateMachine",
];

/// The fields of a configuration item that can hold secrets.
pub const OF_ITEMS: &[&str] = &["configuration", "supplementaryConfiguration", "tags"];
/// The field of an event that can.
pub const OF_EVENTS: &str = "requestParameters";
/// The fields of an event that tell its outcome: session tokens stand there, and messages repeat what was handed in. IDs of
/// keys there are none of its secrets, as sessions are followed by them.
pub const OF_OUTCOMES: [&str; 4] = [
    "responseElements",
    "errorMessage",
    "additionalEventData",
    "serviceEventDetails",
];

/// The fields of a record, as they stand; none where it is no JSON.
pub(super) fn fields(raw: &str) -> HashMap<String, &RawValue> {
    serde_json::from_str(raw).unwrap_or_default()
}

/// The secrets under some fields of a record; none where it is no JSON.
pub fn search(raw: &str, roots: &[&str]) -> Vec<Secret> {
    let mut walk = Walk::default();
    if let Ok(value) = serde_json::from_str::<Value>(raw) {
        for root in roots {
            if let Some(value) = value.get(root) {
                (*root).clone_into(&mut walk.path);
                walk.value(value, root, 0);
            }
        }
    }
    walk.found
}

/// The secrets in the value of a field; none where it is no JSON.
pub fn search_value(raw: &str, field: &str) -> Vec<Secret> {
    let mut walk = Walk::default();
    if let Ok(value) = serde_json::from_str::<Value>(raw) {
        field.clone_into(&mut walk.path);
        walk.value(&value, field, 0);
    }
    walk.found
}

/// The secrets in a field of an event or a configuration item, if it may hold any.
pub fn search_field(raw: &str, field: &str) -> Vec<Secret> {
    if !may_hold(raw) {
        return Vec::new();
    }
    let mut found = search_value(raw, field);
    if OF_OUTCOMES.contains(&field) {
        found.retain(is_no_id);
    }
    found
}

/// Whether it is more than the ID of a key, which says who called or what was made.
pub fn is_no_id(secret: &Secret) -> bool {
    name_of(secret.rule) != "AWS access key ID"
}

/// The secrets that a call was given, and those that its outcome tells besides.
pub fn of_event(request: &str, outcome: &[&str; 4]) -> Vec<Secret> {
    let mut all = search_field(request, OF_EVENTS);
    for (value, field) in outcome.iter().zip(OF_OUTCOMES) {
        let mut found = search_field(value, field);
        found.retain(|one| all.iter().all(|other| other.value != one.value));
        all.append(&mut found);
    }
    all
}

/// The secrets of an event or a configuration item, for a person who asks.
pub fn pieces(raw: &str) -> Vec<Piece> {
    let piece = |one: Secret| Piece {
        kind: name_of(one.rule).to_owned(),
        masked: one.masked(),
        place: one.path,
        value: one.value,
    };
    let items = search(raw, OF_ITEMS);
    let fields = fields(raw);
    let field = |name: &str| fields.get(name).map_or("", |value| value.get());
    let event = of_event(field(OF_EVENTS), &OF_OUTCOMES.map(field));
    event.into_iter().chain(items).map(piece).collect()
}

#[derive(Default)]
struct Walk {
    path: String,
    found: Vec<Secret>,
}

impl Walk {
    fn value(&mut self, value: &Value, name: &str, depth: usize) {
        if depth > DEEPEST || self.found.len() >= MOST {
            return;
        }
        match value {
            Value::String(text) => self.text(text, name, depth),
            Value::Array(items) => {
                for (at, item) in items.iter().enumerate() {
                    self.within(&format!("[{at}]"), |walk| walk.value(item, name, depth + 1));
                }
            }
            Value::Object(fields) => {
                let told = pair(value);
                for (field, inner) in fields {
                    match told {
                        // A name and its value side by side, as variables of containers are.
                        Some((of, key)) if key == field.as_str() => {
                            self.within(&format!(".{field} ({of})"), |walk| {
                                walk.value(inner, of, depth + 1);
                            });
                        }
                        _ => self.within(&format!(".{field}"), |walk| {
                            walk.value(inner, field, depth + 1);
                        }),
                    }
                }
            }
            _ => {}
        }
    }

    fn within(&mut self, step: &str, then: impl FnOnce(&mut Self)) {
        let length = self.path.len();
        self.path += step;
        then(self);
        self.path.truncate(length);
    }

    fn text(&mut self, text: &str, name: &str, depth: usize) {
        if text.starts_with(['{', '['])
            && let Ok(inner @ (Value::Object(_) | Value::Array(_))) = serde_json::from_str(text)
        {
            self.value(&inner, name, depth + 1);
            return;
        }
        let before = self.found.len();
        self.take(text);
        if let Some(inner) = unpacked(text, is_user_data(name)) {
            self.within(" (base64)", |walk| walk.take(&inner));
        }
        let is_value = text.len() <= LONGEST && text.split_whitespace().count() <= 3;
        if self.found.len() == before && is_value && is_named(name) && !is_placeholder(text) {
            self.push(rules().len() as u8, text);
        }
    }

    fn take(&mut self, text: &str) {
        for (rule, start, length) in in_text(text) {
            if let Some(value) = text.get(start..start + length) {
                self.push(rule, value);
            }
        }
    }

    fn push(&mut self, rule: u8, value: &str) {
        if self.found.len() < MOST {
            let path = &self.path[..self.path.floor_char_boundary(LONGEST_PATH)];
            self.found.push(Secret {
                rule,
                path: path.to_owned(),
                value: value.to_owned(),
            });
        }
    }
}

/// The name that stands beside a value, and the field of the value: `{"name": "TOKEN", "value": "…"}`. `None` too
/// where the value only says where the secret is kept.
fn pair(object: &Value) -> Option<(&str, &'static str)> {
    let kept = ["PARAMETER_STORE", "SECRETS_MANAGER"];
    let is_reference = |field: &str| {
        object[field]
            .as_str()
            .is_some_and(|kind| kept.contains(&kind))
    };
    if is_reference("type") || is_reference("Type") {
        return Some((
            "",
            if object["value"].is_string() {
                "value"
            } else {
                "Value"
            },
        ));
    }
    const PAIRS: &[(&str, &str)] = &[
        ("name", "value"),
        ("Name", "Value"),
        ("key", "value"),
        ("Key", "Value"),
        ("parameterKey", "parameterValue"),
        ("ParameterKey", "ParameterValue"),
        ("optionName", "value"),
        ("OptionName", "Value"),
    ];
    let told = |&(name, value): &(&'static str, &'static str)| {
        object[value].is_string().then_some(())?;
        Some((object[name].as_str()?, value))
    };
    PAIRS.iter().find_map(told)
}

/// What a text holds in base64, if that is text again; user data may be packed, too.
pub(super) fn unpacked(text: &str, surely: bool) -> Option<String> {
    let is_base64 = |byte: u8| byte.is_ascii_alphanumeric() || b"+/=\r\n".contains(&byte);
    if text.len() < 24 || !surely && text.len() < 64 || !text.bytes().all(is_base64) {
        return None;
    }
    let plain: Vec<u8> = text
        .bytes()
        .filter(|byte| !byte.is_ascii_whitespace())
        .collect();
    let mut bytes = base64::engine::general_purpose::STANDARD
        .decode(plain)
        .ok()?;
    if bytes.starts_with(&[0x1f, 0x8b]) {
        let mut inner = Vec::new();
        let packed = flate2::bufread::GzDecoder::new(bytes.as_slice());
        packed.take(UNPACKED).read_to_end(&mut inner).ok()?;
        bytes = inner;
    }
    String::from_utf8(bytes).ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::secret::may_hold;

    fn found(raw: &str) -> Vec<(String, &'static str, String)> {
        let all = search(raw, &["requestParameters"]).into_iter();
        all.map(|one| (one.path, name_of(one.rule), one.value))
            .collect()
    }

    fn one(raw: &str) -> (String, &'static str, String) {
        let all = found(raw);
        assert_eq!(all.len(), 1, "{raw}: {all:?}");
        all.into_iter().next().expect("one")
    }

    #[test]
    fn every_pattern_compiles() {
        assert!(rules().iter().all(|rule| rule.pattern().is_some()));
        assert_eq!(rules().len(), 26);
    }

    #[test]
    fn variables_definitions_and_user_data_are_looked_into() {
        let (path, name, value) = one(
            r#"{"requestParameters":{"environment":{"variables":{"STAGE":"prod","DB_PASSWORD":"correct-horse-9"}}}}"#,
        );
        assert_eq!(path, "requestParameters.environment.variables.DB_PASSWORD");
        assert_eq!(
            (name, value.as_str()),
            (super::super::NAMED, "correct-horse-9")
        );
        let (path, name, _) = one(
            r#"{"requestParameters":{"containerDefinitions":[{"environment":[{"name":"SLACK","value":"xoxb-123456789012-abcdefghijklmno"},{"name":"STAGE","value":"prod"}]}]}}"#,
        );
        assert_eq!(
            path,
            "requestParameters.containerDefinitions[0].environment[0].value (SLACK)"
        );
        assert_eq!(name, "Slack token");
        let script =
            "#!/bin/sh\nexport AWS_SECRET_ACCESS_KEY=9hJ2kLm4Np6Qr8St0Uv1Wx3Yz5Ab7Cd9Ef1Gh3Ij\n";
        let packed = base64::engine::general_purpose::STANDARD.encode(script);
        let (path, name, value) = one(&format!(
            r#"{{"requestParameters":{{"userData":"{packed}"}}}}"#
        ));
        assert_eq!(
            (path.as_str(), name),
            (
                "requestParameters.userData (base64)",
                "AWS secret access key"
            )
        );
        assert_eq!(value.len(), 40);
        let (path, ..) = one(
            r#"{"requestParameters":{"templateBody":"{\"Resources\":{\"A\":{\"MasterUserPassword\":\"hunter-22\"}}}"}}"#,
        );
        assert_eq!(
            path,
            "requestParameters.templateBody.Resources.A.MasterUserPassword"
        );
    }

    #[test]
    fn references_and_what_aws_covers_are_no_secrets() {
        for raw in [
            r#"{"requestParameters":{"masterUserPassword":"****"}}"#,
            r#"{"requestParameters":{"environment":{"variables":"HIDDEN_DUE_TO_SECURITY_REASONS"},"userData":"<sensitiveDataRemoved>"}}"#,
            r#"{"requestParameters":{"environmentVariables":[{"name":"DB_PASSWORD","type":"SECRETS_MANAGER","value":"prod/db:password"}]}}"#,
            r#"{"requestParameters":{"secretId":"prod/db/password","clientRequestToken":"4c0e3f2a-1111-2222-3333-444455556666"}}"#,
            r#"{"requestParameters":{"password":"{{resolve:ssm-secure:db}}","dbPassword":"arn:aws:secretsmanager:x"}}"#,
            r#"{"requestParameters":{"accessKeyId":"AKIAIOSFODNN7EXAMPLE","nextToken":"AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=="}}"#,
            r#"{"requestParameters":{"token":"7de2a90b51c34f6e8d2a1b3c4d5e6f70"}}"#,
            r#"{"requestParameters":{"passwordPolicy":"strong enough","url":"https://example.com:8080/a@b"}}"#,
            "[]",
            "{",
        ] {
            assert_eq!(found(raw), [], "{raw}");
        }
    }

    /// The request parameters of a record as they stand.
    fn request(raw: &str) -> String {
        let fields: std::collections::HashMap<String, Box<serde_json::value::RawValue>> =
            serde_json::from_str(raw).expect("JSON");
        fields["requestParameters"].get().to_owned()
    }

    #[test]
    fn what_may_hold_none_is_not_even_looked_at() {
        for raw in [
            r#"{"userIdentity":{"accessKeyId":"AKIAQ3EGRFSOTVBNAB2C"},"requestParameters":{"userName":"bob"}}"#,
            r#"{"eventName":"PutObject","requestParameters":{"bucketName":"payroll","key":"exports/2024/customers.csv.gz"}}"#,
            r#"{"userIdentity":{"sessionContext":{"attributes":{"mfaAuthenticated":"true"}}},"requestParameters":{"nextToken":"AAAA","clientToken":"x"}}"#,
            r#"{"requestParameters":{"policyDocument":"{\"Version\":\"2012-10-17\",\"Statement\":[]}"}}"#,
            r#"{"requestParameters":{"userData" : {"value": 1},"a":["userData","secret"],"secretId": "x"}}"#,
        ] {
            assert!(!may_hold(&request(raw)), "{raw}");
        }
        for raw in [
            r#"{"requestParameters":{"DB_PASSWORD":"correct-horse-9"}}"#,
            r#"{"requestParameters":{"environment":[{"name":"API_KEY","value":"0123456789abcdef"}]}}"#,
            r#"{"requestParameters":{"description":"-----BEGIN RSA PRIVATE KEY-----"}}"#,
            r#"{"requestParameters":{"userData":"IyEvYmluL3No"}}"#,
            "{\"requestParameters\": {\n  \"UserData\" :\t\"IyEvYmluL3No\"\n}}",
            r#"{"requestParameters": {"a": "secret", "clientSecret": "correct-horse-9"}}"#,
            r#"{"requestParameters": {"text": "{\"user_data\" : \"IyEvYmluL3No\"}"}}"#,
            r#"{"requestParameters": {"text": "{\"a\":\"{\\\"credentials\\\": \\\"x\\\"}\"}"}}"#,
        ] {
            assert!(may_hold(&request(raw)), "{raw}");
        }
    }
}
