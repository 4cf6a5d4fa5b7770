//! Rules that users bring: an expression of CEL (cel.dev) on a configuration item.
//!
//! `true` is compliant and `false` is not. Whatever else an expression gives, an error among it, is insufficient
//! data with its reason: a field that is not there decides nothing, unless the expression asks `has(…)`.

use std::collections::HashMap;
use std::sync::Arc;

use cel::common::types::{CelBool, CelString};
use cel::{Context, Env, ExecutionError, Program, Value};
use regex::bytes::RegexBuilder;
use serde::{Deserialize, Serialize};
use serde_json::Value as Json;

use super::rule::Outcome;
use crate::config::canonical::decoded;
use crate::config::read::item_text;

/// A rule of a user's own.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct CustomRule {
    /// What it is called.
    pub name: String,
    /// The type of resource that it is asked of; all where it is empty.
    pub kind: String,
    /// The expression.
    pub expression: String,
    /// Why it is asked.
    pub note: String,
}

/// What a rule says of an item.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Verdict {
    /// The place of the item in the list that was asked; the place of the resource, once the case has it.
    pub item: u32,
    /// The place of the rule.
    pub rule: u32,
    /// The result.
    pub outcome: Outcome,
    /// Why it tells too little.
    pub reason: String,
    /// The name or ID of the resource, while a rule is only tried.
    pub title: String,
}

/// Expressions that do what is often asked, with what they ask.
pub const EXAMPLES: &[(&str, &str, &str)] = &[
    (
        "AWS::EC2::Volume",
        "configuration.encrypted == true",
        "volumes are encrypted",
    ),
    (
        "AWS::S3::Bucket",
        "has(tags.owner) && tags.owner != \"\"",
        "buckets name their owner",
    ),
    (
        "AWS::EC2::SecurityGroup",
        "!configuration.ipPermissions.exists(p, p.ipRanges.exists(r, r == \"0.0.0.0/0\"))",
        "no group is open to the world",
    ),
];

/// Characters of an expression, and of a reason.
const LONGEST: usize = 4_000;

/// Rules made ready for many items.
pub struct Prepared<'r> {
    environment: Arc<Env>,
    rules: Vec<(&'r CustomRule, Result<Program, String>)>,
}

/// Reads an expression.
///
/// # Errors
/// What is wrong with it.
pub fn check(expression: &str) -> Result<(), String> {
    program(expression).map(|_| ())
}

fn program(expression: &str) -> Result<Program, String> {
    if expression.trim().is_empty() {
        return Err("the expression is empty".to_owned());
    }
    if expression.len() > LONGEST {
        return Err(format!(
            "the expression is longer than {LONGEST} characters"
        ));
    }
    Program::compile(expression).map_err(|error| short(&error.to_string()))
}

fn short(text: &str) -> String {
    text.chars().take(300).collect()
}

impl<'r> Prepared<'r> {
    /// Makes rules ready.
    pub fn new(rules: &'r [CustomRule]) -> Self {
        Prepared {
            environment: Arc::new(environment()),
            rules: rules
                .iter()
                .map(|rule| (rule, program(&rule.expression)))
                .collect(),
        }
    }

    /// Asks all rules of an item, from the bytes that stand where the item is; `at` is its place in the list.
    pub fn ask(&self, at: u32, bytes: &[u8], verdicts: &mut Vec<Verdict>) {
        let item = item_text(bytes).and_then(|text| serde_json::from_str::<Json>(&text).ok());
        let Some(item) = item.map(decoded) else {
            return;
        };
        let kind = item["resourceType"].as_str().unwrap_or_default();
        let status = ["configurationItemStatus", "configurationItemState"];
        let is_gone = status.iter().any(|name| {
            item[*name]
                .as_str()
                .is_some_and(|status| status.to_ascii_lowercase().contains("deleted"))
        });
        let named = ["resourceName", "resourceId"]
            .iter()
            .filter_map(|name| item[*name].as_str());
        let title: String = named
            .map(str::to_owned)
            .find(|name| !name.is_empty())
            .unwrap_or_default();
        let asked = self
            .rules
            .iter()
            .enumerate()
            .filter(|(_, (rule, _))| rule.kind.is_empty() || rule.kind == kind);
        for (place, (_, program)) in asked {
            let (outcome, reason) = match program {
                _ if is_gone => (Outcome::NotApplicable, String::new()),
                Ok(program) => self.decide(program, &item),
                Err(error) => (Outcome::InsufficientData, error.clone()),
            };
            verdicts.push(Verdict {
                item: at,
                rule: place as u32,
                outcome,
                reason,
                title: title.clone(),
            });
        }
    }

    fn decide(&self, program: &Program, item: &Json) -> (Outcome, String) {
        let mut context = Context::with_env(Arc::clone(&self.environment));
        for name in ["configuration", "supplementaryConfiguration", "tags"] {
            context.add_variable_from_value(name, value(&item[name]));
        }
        context.add_variable_from_value("resource", value(item));
        match program.execute(&context) {
            Ok(Value::Bool(true)) => (Outcome::Compliant, String::new()),
            Ok(Value::Bool(false)) => {
                (Outcome::NonCompliant, "The expression is false.".to_owned())
            }
            Ok(_) => (
                Outcome::InsufficientData,
                "The expression gives something other than true or false.".to_owned(),
            ),
            Err(error) => (Outcome::InsufficientData, short(&error.to_string())),
        }
    }
}

/// CEL's standard functions, and `matches` by the engine that the rest of the program uses: CEL's own would bring
/// tables of Unicode that weigh a twentieth of the page.
fn environment() -> Env {
    let mut environment = Env::stdlib();
    let added = [
        cel::add_overload!(environment, fn matches: (CelString, CelString) -> Result<CelBool>, id = "matches"),
        cel::add_member_overload!(environment, fn matches: (CelString, CelString) -> Result<CelBool>),
    ];
    debug_assert!(added.iter().all(Result::is_ok), "{added:?}");
    environment
}

/// CEL's `matches`, with classes such as `\d` and `\w` of ASCII alone.
fn matches(text: &CelString<'_>, pattern: &CelString<'_>) -> Result<CelBool, ExecutionError> {
    match RegexBuilder::new(pattern.inner()).unicode(false).build() {
        Ok(regex) => Ok(CelBool::from(regex.is_match(text.inner().as_bytes()))),
        Err(error) => Err(ExecutionError::FunctionError {
            function: "matches".to_owned(),
            message: error.to_string(),
        }),
    }
}

/// JSON as CEL has it: whole numbers are `int`, so that they compare with what people write.
fn value(json: &Json) -> Value {
    match json {
        Json::Null => Value::Null,
        Json::Bool(yes) => Value::Bool(*yes),
        Json::Number(number) => match number.as_i64() {
            Some(whole) => Value::Int(whole),
            None => Value::Float(number.as_f64().unwrap_or_default()),
        },
        Json::String(text) => Value::from(text.as_str()),
        Json::Array(all) => Value::from(all.iter().map(value).collect::<Vec<_>>()),
        Json::Object(fields) => {
            let fields: HashMap<String, Value> = fields
                .iter()
                .map(|(name, one)| (name.clone(), value(one)))
                .collect();
            Value::Map(fields.into())
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn outcome(expression: &str) -> (Outcome, String) {
        let item = br#"{"resourceType":"AWS::EC2::Volume","resourceId":"v","configurationItemStatus":"OK","tags":{"owner":"ann"},"configuration":"{\"encrypted\":true,\"size\":8,\"attachments\":[{\"device\":\"/dev/xvda\"}]}"}"#;
        let rule = CustomRule {
            expression: expression.to_owned(),
            ..CustomRule::default()
        };
        let rules = [rule];
        let mut verdicts = Vec::new();
        Prepared::new(&rules).ask(0, item, &mut verdicts);
        let one = verdicts.remove(0);
        (one.outcome, one.reason)
    }

    #[test]
    fn expressions_decide() {
        for (expression, expected) in [
            ("configuration.encrypted == true", Outcome::Compliant),
            ("configuration.size > 8", Outcome::NonCompliant),
            (
                "configuration.size == 8 && tags.owner == \"ann\"",
                Outcome::Compliant,
            ),
            (
                "configuration.attachments.all(a, a.device.startsWith(\"/dev/\"))",
                Outcome::Compliant,
            ),
            ("resource.resourceId.matches(\"^v$\")", Outcome::Compliant),
            (
                "matches(tags.owner, \"^\\\\w{3}$\") && !tags.owner.matches(\"\\\\d\")",
                Outcome::Compliant,
            ),
            ("tags.owner.matches(\"(\")", Outcome::InsufficientData),
            ("has(tags.team)", Outcome::NonCompliant),
            ("configuration.none == 1", Outcome::InsufficientData),
            ("configuration.size", Outcome::InsufficientData),
            ("((((", Outcome::InsufficientData),
        ] {
            let (outcome, reason) = outcome(expression);
            assert_eq!(outcome, expected, "{expression}: {reason}");
            assert_eq!(
                reason.is_empty(),
                outcome == Outcome::Compliant,
                "{expression}: {reason}"
            );
        }
        assert!(check("a.b").is_ok() && check("").is_err() && check("a.[").is_err());
        assert!(
            EXAMPLES
                .iter()
                .all(|(_, expression, _)| check(expression).is_ok())
        );
    }

    #[test]
    fn deleted_resources_and_other_types_are_not_asked() {
        let rules = [CustomRule {
            kind: "AWS::S3::Bucket".to_owned(),
            expression: "true".to_owned(),
            ..CustomRule::default()
        }];
        let ask = |bytes: &[u8]| {
            let mut verdicts = Vec::new();
            Prepared::new(&rules).ask(0, bytes, &mut verdicts);
            verdicts.pop().map(|one| one.outcome)
        };
        assert_eq!(ask(br#"{"resourceType":"AWS::EC2::Volume"}"#), None);
        assert_eq!(ask(br#"{"resourceType":"AWS::S3::Bucket","configurationItemStatus":"ResourceDeleted"}"#), Some(Outcome::NotApplicable));
        assert_eq!(ask(b"garbage"), None);
    }
}
