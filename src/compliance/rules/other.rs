//! Gateways, alarms, stacks, tags.

use super::super::facts::Facts;
use super::super::rule::Check::{Code, Has};
use super::super::rule::{Finding, Outcome, Rule, unknown};

const STAGE: &str = "AWS::ApiGateway::Stage";
const METHODS: &str = "configuration.methodSettings";

pub(super) const RULES: &[Rule] = &[
    Rule::new(
        "API_GW_CACHE_ENABLED_AND_ENCRYPTED",
        "api-gw-cache-enabled-and-encrypted",
        STAGE,
        Code(&[METHODS, "configuration.cacheClusterEnabled"], |facts| {
            methods(
                facts,
                "Caching must be on and encrypted for each method.",
                &|one| one["cachingEnabled"] == true && one["cacheDataEncrypted"] == true,
            )
        }),
    ),
    Rule::new(
        "API_GW_EXECUTION_LOGGING_ENABLED",
        "api-gw-execution-logging-enabled",
        STAGE,
        Code(&[METHODS], |facts| {
            let levels = facts.list("loggingLevel");
            methods(facts, "Logging must be on for each method.", &|one| {
                one["loggingLevel"]
                    .as_str()
                    .is_some_and(|level| levels.iter().any(|wanted| wanted == level))
            })
        }),
    )
    .with(&[("loggingLevel", "ERROR,INFO")]),
    Rule::new(
        "API_GW_ASSOCIATED_WITH_WAF",
        "api-gw-associated-with-waf",
        STAGE,
        Has("configuration.webAclArn"),
    )
    .with(&[("WebAclArns", "")]),
    Rule::new(
        "CLOUDWATCH_ALARM_ACTION_CHECK",
        "cloudwatch-alarm-action-check",
        "AWS::CloudWatch::Alarm",
        Code(
            &[
                "configuration.alarmActions",
                "configuration.insufficientDataActions",
                "configuration.oKActions",
            ],
            |facts| {
                for (name, path) in [
                    ("alarmActionRequired", "configuration.alarmActions"),
                    (
                        "insufficientDataActionRequired",
                        "configuration.insufficientDataActions",
                    ),
                    ("okActionRequired", "configuration.oKActions"),
                ] {
                    if facts.parameter(name) == "true" && facts.one(path).is_none() {
                        return Finding::met(
                            false,
                            path,
                            None,
                            format!("Must have an action, by the parameter {name}."),
                        );
                    }
                }
                let path = "configuration.alarmActions";
                Finding::met(
                    true,
                    path,
                    facts.one(path),
                    "Has the actions that the parameters ask for.",
                )
            },
        ),
    )
    .with(&[
        ("alarmActionRequired", "true"),
        ("insufficientDataActionRequired", "true"),
        ("okActionRequired", "false"),
    ]),
    Rule::new(
        "CLOUDFORMATION_STACK_NOTIFICATION_CHECK",
        "cloudformation-stack-notification-check",
        "AWS::CloudFormation::Stack",
        Has("configuration.notificationARNs"),
    ),
    Rule::new(
        "REQUIRED_TAGS",
        "required-tags",
        "*",
        Code(&["tags"], required_tags),
    )
    .with(&[
        ("tag1Key", "CostCenter"),
        ("tag1Value", ""),
        ("tag2Key", ""),
        ("tag2Value", ""),
        ("tag3Key", ""),
        ("tag3Value", ""),
        ("tag4Key", ""),
        ("tag4Value", ""),
        ("tag5Key", ""),
        ("tag5Value", ""),
        ("tag6Key", ""),
        ("tag6Value", ""),
    ]),
];

/// Settings stand under a path of the method, or in a list.
fn methods(facts: &Facts<'_>, reason: &str, holds: &dyn Fn(&serde_json::Value) -> bool) -> Finding {
    let all: Vec<&serde_json::Value> = facts
        .all(METHODS)
        .into_iter()
        .flat_map(|one| match one.as_object() {
            Some(fields) if fields.values().all(serde_json::Value::is_object) => {
                fields.values().collect()
            }
            _ => vec![one],
        })
        .collect();
    if all.is_empty() {
        return if facts.has_supplementary() {
            Finding::met(false, METHODS, None, reason)
        } else {
            unknown(METHODS)
        };
    }
    let wrong = all.iter().find(|one| !holds(one)).copied();
    Finding::met(wrong.is_none(), METHODS, wrong, reason)
}

fn required_tags(facts: &Facts<'_>) -> Finding {
    let mut asked = false;
    for number in 1..=6 {
        let key = facts.parameter(&format!("tag{number}Key"));
        if key.is_empty() {
            continue;
        }
        asked = true;
        let values = facts.list(&format!("tag{number}Value"));
        let path = format!("tags.{key}");
        match facts.tags.get(key) {
            None => return Finding::met(false, &path, None, format!("The tag {key} must be set.")),
            Some(value) if !values.is_empty() && !values.contains(value) => {
                return Finding {
                    value: value.clone(),
                    ..Finding::met(
                        false,
                        &path,
                        None,
                        format!("The tag {key} must be {}.", values.join(" or ")),
                    )
                };
            }
            Some(_) => {}
        }
    }
    if asked {
        Finding::met(true, "tags", None, "All tags of the parameters are set.")
    } else {
        Finding::new(
            Outcome::InsufficientData,
            "tags",
            None,
            "The parameters name no tag.",
        )
    }
}
