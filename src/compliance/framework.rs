//! Frameworks: which rules speak for which control; and packs that users bring.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::OnceLock;

use serde::{Deserialize, Serialize};

use crate::order::Gather as _;

use super::rule::Outcome;

/// A framework or a pack.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Framework {
    /// Its id.
    pub id: String,
    /// Its name.
    pub name: String,
    /// For each control the identifiers of its rules.
    pub controls: BTreeMap<String, Vec<String>>,
}

/// The frameworks that are built in.
pub fn built_in() -> &'static [Framework] {
    static ALL: OnceLock<Vec<Framework>> = OnceLock::new();
    ALL.get_or_init(|| {
        let mut all: Vec<Framework> = Vec::new();
        for line in include_str!("frameworks.txt")
            .lines()
            .filter(|line| !line.starts_with('#'))
        {
            let mut parts = line.split('\t');
            let first = parts.next().unwrap_or_default();
            if let Some(id) = first.strip_prefix('=') {
                let name = parts.next().unwrap_or(id).to_owned();
                all.push(Framework {
                    id: id.to_owned(),
                    name,
                    controls: BTreeMap::new(),
                });
            } else if let Some(framework) = all.last_mut() {
                for control in parts {
                    framework
                        .controls
                        .entry(control.to_owned())
                        .or_default()
                        .push(first.to_owned());
                }
            }
        }
        all
    })
}

/// The status of a control.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub enum ControlStatus {
    /// A rule fails.
    Failed,
    /// Not all of its rules have results, or it is not known whether all resources are.
    NotTested,
    /// All of its rules pass over all resources.
    Met,
}

impl ControlStatus {
    /// The name in the report.
    pub fn name(self) -> &'static str {
        match self {
            ControlStatus::Failed => "failed",
            ControlStatus::NotTested => "notTested",
            ControlStatus::Met => "met",
        }
    }

    /// For people.
    pub fn label(self) -> &'static str {
        match self {
            ControlStatus::Failed => "failed",
            ControlStatus::NotTested => "not tested",
            ControlStatus::Met => "met",
        }
    }
}

/// The status of a control from the worst result of each of its rules; `None` for a rule without any, and for one that passes
/// where it is not known that all resources of its type are in the evidence. Never met where a rule has none.
pub fn status(rules: impl Iterator<Item = Option<Outcome>>) -> ControlStatus {
    let all: Vec<Option<Outcome>> = rules.collect();
    if all.contains(&Some(Outcome::NonCompliant)) {
        return ControlStatus::Failed;
    }
    let tested = |one: &Option<Outcome>| matches!(one, Some(Outcome::Compliant));
    if !all.is_empty() && all.iter().all(tested) {
        ControlStatus::Met
    } else {
        ControlStatus::NotTested
    }
}

/// A rule of a conformance pack.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct PackRule {
    /// `ConfigRuleName`.
    pub name: String,
    /// `SourceIdentifier`; empty for a custom rule.
    pub identifier: String,
    /// `InputParameters` that are plain, or name a parameter with a default.
    pub parameters: BTreeMap<String, String>,
}

/// Reads the rules out of a conformance pack's YAML: its own layout, by lines and indents, with no more of YAML.
/// Conditions (`Fn::If`) are taken as their parameter's default.
pub fn pack(text: &str) -> Vec<PackRule> {
    let mut defaults: BTreeMap<&str, String> = BTreeMap::new();
    let (mut section, mut parameter) = ("", "");
    let mut rules: Vec<PackRule> = Vec::new();
    let mut inputs: Option<usize> = None;
    let mut input = String::new();
    for line in text.lines() {
        let trimmed = line.trim_start();
        let indent = line.len() - trimmed.len();
        let trimmed = trimmed.trim_end();
        if trimmed.is_empty() || trimmed.starts_with('#') {
            continue;
        }
        if indent == 0 {
            section = trimmed.trim_end_matches(':');
            continue;
        }
        // A condition, and its name, say nothing of their own.
        let is_name = trimmed.starts_with("- ") && !trimmed.contains(':');
        if is_name || trimmed.starts_with("Fn::") {
            continue;
        }
        let (key, value) = trimmed
            .trim_start_matches("- ")
            .split_once(':')
            .unwrap_or((trimmed, ""));
        let plain = value.trim().trim_matches(['\'', '"']).to_owned();
        if section == "Parameters" {
            if indent <= 2 {
                parameter = key;
            } else if key == "Default" {
                defaults.insert(parameter, plain);
            }
            continue;
        }
        if section != "Resources" {
            continue;
        }
        if inputs.is_some_and(|at| indent <= at) {
            inputs = None;
        }
        match (key, rules.last_mut()) {
            (_, _) if indent <= 2 => rules.push(PackRule::default()),
            ("ConfigRuleName", Some(rule)) => rule.name = plain,
            ("SourceIdentifier", Some(rule)) => rule.identifier = plain,
            ("InputParameters", Some(_)) => inputs = Some(indent),
            ("Ref", Some(rule)) if inputs.is_some() => {
                let default = defaults.get(plain.as_str()).cloned();
                rule.parameters
                    .entry(input.clone())
                    .or_insert_with(|| default.unwrap_or_default());
            }
            (name, Some(rule)) if inputs.is_some() && !name.starts_with('-') => {
                name.clone_into(&mut input);
                if !plain.is_empty() {
                    rule.parameters.insert(input.clone(), plain);
                }
            }
            _ => {}
        }
    }
    rules.retain(|rule| !rule.name.is_empty() || !rule.identifier.is_empty());
    for rule in &mut rules {
        rule.parameters.retain(|_, value| !value.is_empty());
    }
    rules
}

/// A pack as a framework: each of its rules is a control of its own.
pub fn of_pack(name: &str, rules: &[PackRule]) -> Framework {
    let name = name.rsplit(['/', '\\']).next().unwrap_or(name);
    let mut controls: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for rule in rules {
        let control = if rule.name.is_empty() {
            &rule.identifier
        } else {
            &rule.name
        };
        let identifier = if rule.identifier.is_empty() {
            &rule.name
        } else {
            &rule.identifier
        };
        controls
            .entry(control.clone())
            .or_default()
            .insert(identifier.clone());
    }
    let controls = controls
        .into_iter()
        .map(|(control, rules)| (control, rules.into_iter().collect()));
    Framework {
        id: format!("pack:{name}"),
        name: format!("Conformance pack {name}"),
        controls: controls.gathered(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn frameworks_are_there() {
        let all = built_in();
        assert_eq!(all.len(), 53);
        let links: usize = all
            .iter()
            .flat_map(|one| one.controls.values())
            .map(Vec::len)
            .sum();
        assert!(links > 9_000, "{links}");
    }

    #[test]
    fn a_control_is_met_only_where_all_is_tested() {
        use ControlStatus::{Failed, Met, NotTested};
        let of = |rules: &[Option<Outcome>]| status(rules.iter().copied());
        let (good, bad) = (Some(Outcome::Compliant), Some(Outcome::NonCompliant));
        assert_eq!(of(&[good, good]), Met);
        assert_eq!(of(&[good, None]), NotTested);
        assert_eq!(of(&[good, Some(Outcome::InsufficientData)]), NotTested);
        assert_eq!(of(&[None, bad]), Failed);
        assert_eq!(of(&[]), NotTested);
    }

    #[test]
    fn reads_a_pack() {
        let text = "Parameters:\n  Days:\n    Default: '90'\n    Type: String\nResources:\n  One:\n    Type: AWS::Config::ConfigRule\n    Properties:\n      ConfigRuleName: access-keys-rotated\n      InputParameters:\n        maxAccessKeyAge:\n          Fn::If:\n          - days\n          - Ref: Days\n          - Ref: AWS::NoValue\n      Source:\n        Owner: AWS\n        SourceIdentifier: ACCESS_KEYS_ROTATED\n  Two:\n    Type: AWS::Config::ConfigRule\n    Properties:\n      ConfigRuleName: restricted-ssh\n      Source:\n        Owner: AWS\n        SourceIdentifier: INCOMING_SSH_DISABLED\nConditions:\n  days: x\n";
        let rules = pack(text);
        assert_eq!(rules.len(), 2);
        assert_eq!(
            (
                rules[0].identifier.as_str(),
                rules[0]
                    .parameters
                    .get("maxAccessKeyAge")
                    .map(String::as_str)
            ),
            ("ACCESS_KEYS_ROTATED", Some("90"))
        );
        assert_eq!(of_pack("x/y.yaml", &rules).controls.len(), 2);
    }
}
