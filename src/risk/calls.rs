//! Calls and their risk: the model's own rows, and the calls among the events.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::sync::OnceLock;

use super::{Counted, MOST, Origin, Rated, Values, riskiest};
use crate::activity::Store;

/// A call in the model.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Call {
    /// 0 to 10.
    pub risk: u8,
    /// Whether the value is a published sample of Macie Classic.
    pub published: bool,
    /// The services that have it, by `|`, as `iam`: a call of the same name of another service is another call.
    services: &'static str,
    /// Tactics of MITRE ATT&CK that it serves.
    pub tactics: &'static str,
    /// Techniques of MITRE ATT&CK, by their numbers.
    pub techniques: &'static str,
    /// Whether it was seen in attacks.
    pub seen: bool,
}

/// The calls of the model; others have no risk of their own.
pub fn calls() -> &'static BTreeMap<&'static str, Call> {
    static CALLS: OnceLock<BTreeMap<&'static str, Call>> = OnceLock::new();
    CALLS.get_or_init(|| {
        let lines = include_str!("calls.txt")
            .lines()
            .filter(|line| !line.starts_with('#'));
        lines.filter_map(call).collect()
    })
}

fn call(line: &'static str) -> Option<(&'static str, Call)> {
    let mut parts = line.split('\t');
    let name = parts.next()?;
    let call = Call {
        risk: parts.next()?.parse().ok()?,
        published: parts.next()? == "m",
        services: parts.next()?,
        tactics: parts.next()?,
        techniques: parts.next()?,
        seen: parts.next()? == "w",
    };
    Some((name, call))
}

impl Call {
    /// Its service, as `iam`; where several have it, the first.
    pub fn service(&self) -> &'static str {
        self.services.split('|').next().unwrap_or_default()
    }

    fn is_of(&self, source: &str) -> bool {
        // Some records name no service.
        let short = short(source);
        short.is_empty() || self.services.split('|').any(|one| one == short)
    }

    /// Why it has its value.
    pub fn reason(&self) -> String {
        let mut parts: Vec<String> = Vec::new();
        if !self.tactics.is_empty() {
            parts.push(self.tactics.to_owned());
        }
        if !self.techniques.is_empty() {
            parts.push(self.techniques.to_owned());
        }
        if self.seen {
            parts.push("seen in attacks".to_owned());
        }
        if self.published && parts.is_empty() {
            return "published sample".to_owned();
        }
        parts.join("; ")
    }
}

/// A service without the end that all of them have.
fn short(source: &str) -> &str {
    source.strip_suffix(".amazonaws.com").unwrap_or(source)
}

fn known(name: &str, source: &str) -> Option<&'static Call> {
    calls().get(name).filter(|call| call.is_of(source))
}

/// By what a call's value is kept: its name; where the model has a call of this name of another service, with its own.
pub fn key<'n>(name: &'n str, source: &str) -> Cow<'n, str> {
    if calls().contains_key(name) && known(name, source).is_none() {
        return format!("{}:{name}", short(source)).into();
    }
    name.into()
}

/// The risk of a call, as the user set it or as the model has it; 0 where it is turned off.
pub fn of_call(name: &str, source: &str, values: &Values) -> u8 {
    if values.is_on(Rated::Call, &key(name, source)) {
        value(name, source, values)
    } else {
        0
    }
}

/// The value of a call: as the user set it, else the model's.
fn value(name: &str, source: &str, values: &Values) -> u8 {
    let own = values.set_of(Rated::Call, &key(name, source));
    let known = known(name, source).map(|call| call.risk);
    own.or(known).unwrap_or(0).min(MOST)
}

/// Whose value a call has.
fn origin(name: &str, source: &str, values: &Values) -> Origin {
    match known(name, source) {
        _ if values.set_of(Rated::Call, &key(name, source)).is_some() => Origin::Yours,
        Some(call) if call.published => Origin::Published,
        Some(_) => Origin::Ours,
        None => Origin::None,
    }
}

/// The calls among the events that are shown and those of the model, the riskiest first.
pub fn counted_calls(store: &Store, values: &Values) -> Vec<Counted> {
    let counts = store.calls.counts(&store.shown);
    let mut all = Vec::new();
    let mut absent = calls().clone();
    let counted = store.calls.values.iter().zip(counts);
    for (&(name, source), count) in counted.filter(|(_, count)| *count > 0) {
        let (name, source) = (store.texts.get(name), store.texts.get(source));
        if known(name, source).is_some() {
            absent.remove(name);
        }
        all.push(counted_call(name, source, count, values));
    }
    for (name, call) in absent {
        all.push(counted_call(name, call.service(), 0, values));
    }
    riskiest(all)
}

fn counted_call(name: &str, source: &str, count: u32, values: &Values) -> Counted {
    let known = known(name, source);
    let key = key(name, source).into_owned();
    Counted {
        name: name.to_owned(),
        source: source.to_owned(),
        class: class(short(source), name),
        count,
        value: value(name, source, values),
        risk: of_call(name, source, values),
        is_on: values.is_on(Rated::Call, &key),
        key,
        origin: origin(name, source, values),
        reason: known.map_or_else(|| "not in the model".to_owned(), Call::reason),
        description: describe(name),
    }
}

/// What a call is about, by its service; of EC2, which does many things, by its name.
pub fn class(service: &str, name: &str) -> &'static str {
    let about = |words: &[&str]| words.iter().any(|word| name.contains(word));
    match service {
        "iam" | "sts" | "sso" | "sso-directory" | "signin" | "identitystore" | "ds"
        | "cognito-identity" | "cognito-idp" | "rolesanywhere" | "access-analyzer" => {
            "identity and access"
        }
        "organizations"
        | "account"
        | "controltower"
        | "servicequotas"
        | "support"
        | "ce"
        | "billing"
        | "health"
        | "agreement-marketplace"
        | "discovery-marketplace"
        | "ram"
        | "servicecatalog-appregistry"
        | "resource-explorer-2"
        | "tagging" => "organization and account",
        "cloudtrail" | "config" | "logs" | "monitoring" | "guardduty" | "securityhub"
        | "events" | "inspector2" | "macie2" | "detective" | "xray" => "logging and detection",
        "kms" | "secretsmanager" | "acm" | "acm-pca" | "cloudhsm" | "payment-cryptography" => {
            "keys and secrets"
        }
        "elasticloadbalancing"
        | "route53"
        | "route53domains"
        | "directconnect"
        | "cloudfront"
        | "apigateway"
        | "appsync"
        | "wafv2"
        | "network-firewall"
        | "globalaccelerator" => "network",
        "s3" | "glacier" | "rds" | "dynamodb" | "elasticache" | "redshift"
        | "elasticfilesystem" | "backup" | "athena" | "glue" | "ecr" | "aoss" | "es"
        | "kinesis" | "firehose" | "lakeformation" | "transfer" | "dms" => "data and storage",
        "ses" | "sns" | "sqs" | "pinpoint" | "mq" => "messages and mail",
        "ec2" if about(&["Snapshot", "Volume", "Image", "Ebs"]) => "data and storage",
        "ec2"
            if about(&[
                "SecurityGroup",
                "NetworkAcl",
                "Route",
                "Vpc",
                "Subnet",
                "FlowLog",
                "Gateway",
                "Address",
                "NetworkInterface",
                "TrafficMirror",
            ]) =>
        {
            "network"
        }
        "ec2"
        | "lambda"
        | "ecs"
        | "eks"
        | "autoscaling"
        | "lightsail"
        | "sagemaker"
        | "bedrock"
        | "cloudformation"
        | "ssm"
        | "cloudshell"
        | "ec2-instance-connect"
        | "codebuild"
        | "codecommit"
        | "elasticmapreduce"
        | "batch"
        | "states" => "computing and code",
        _ => "other",
    }
}

/// Calls whose names do not say what they do.
const NAMED: &[(&str, &str)] = &[
    ("ConsoleLogin", "Signs in to the console"),
    (
        "GetSigninToken",
        "Reads a token that signs in to the console",
    ),
    ("AssumeRole", "Takes on a role"),
    ("AssumeRoleWithSAML", "Takes on a role, vouched for by SAML"),
    (
        "AssumeRoleWithWebIdentity",
        "Takes on a role, vouched for by an OpenID provider",
    ),
    (
        "PasswordRecoveryRequested",
        "Asks for a new password of the root user",
    ),
    (
        "SharedSnapshotCopyInitiated",
        "Another account copies a shared snapshot",
    ),
];

/// What a call does, told from its name: AWS's calls are a verb and what it is done to.
pub fn describe(name: &str) -> String {
    if let Some((_, told)) = NAMED.iter().find(|(one, _)| *one == name) {
        return (*told).to_owned();
    }
    // Some calls carry the date of their interface.
    let bare = name.trim_end_matches(|c: char| c.is_ascii_digit());
    let bare = bare
        .strip_suffix('v')
        .filter(|rest| rest.ends_with(|c: char| c.is_ascii_digit()))
        .unwrap_or(bare);
    let bare = bare.trim_end_matches(|c: char| c.is_ascii_digit());
    let words = words(bare);
    let Some((verb, rest)) = words.split_first() else {
        return String::new();
    };
    let mut told = does(verb);
    for word in rest {
        told.push(' ');
        // Words in capitals are abbreviations.
        if word.len() > 1
            && word
                .bytes()
                .all(|byte| byte.is_ascii_uppercase() || byte.is_ascii_digit())
        {
            told.push_str(word);
        } else {
            told.push_str(&word.to_lowercase());
        }
    }
    told
}

/// `CreateDBSnapshot` as Create, DB, Snapshot.
fn words(name: &str) -> Vec<&str> {
    let bytes = name.as_bytes();
    let is_upper = |at: usize| bytes.get(at).is_some_and(u8::is_ascii_uppercase);
    let is_lower = |at: usize| bytes.get(at).is_some_and(u8::is_ascii_lowercase);
    let mut all = Vec::new();
    let mut from = 0;
    for at in 1..bytes.len() {
        let begins = is_upper(at) && (is_lower(at - 1) || is_lower(at + 1));
        if begins && name.is_char_boundary(at) && name.is_char_boundary(from) {
            all.push(&name[from..at]);
            from = at;
        }
    }
    if from < name.len() {
        all.push(&name[from..]);
    }
    all
}

/// The verb, as in "Creates".
fn does(verb: &str) -> String {
    let told = match verb {
        "Put" => "Writes",
        "Get" => "Reads",
        "Batch" => "In one go: does",
        "Modify" | "Update" => "Changes",
        "Describe" => "Describes",
        "Run" => "Starts",
        "Set" => "Sets",
        _ => "",
    };
    if !told.is_empty() {
        return told.to_owned();
    }
    let ends = |ends: &[&str]| ends.iter().any(|end| verb.ends_with(end));
    match verb.strip_suffix('y') {
        Some(stem) if !ends(&["ay", "ey", "oy"]) => format!("{stem}ies"),
        _ if ends(&["s", "sh", "ch", "x"]) => format!("{verb}es"),
        _ => format!("{verb}s"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn published_values_come_first_and_the_user_decides() {
        assert_eq!(calls().len(), 438);
        let none = Values::default();
        assert_eq!(
            (
                of_call("AssumeRole", "sts.amazonaws.com", &none),
                origin("AssumeRole", "", &none)
            ),
            (2, Origin::Published)
        );
        assert!(of_call("StopLogging", "", &none) >= 8);
        assert_eq!(
            (
                of_call("NoSuchCall", "", &none),
                origin("NoSuchCall", "", &none)
            ),
            (0, Origin::None)
        );
        let mut own = Values::default();
        own.set(Rated::Call, "AssumeRole", Some(9));
        assert_eq!(
            (
                of_call("AssumeRole", "", &own),
                origin("AssumeRole", "", &own)
            ),
            (9, Origin::Yours)
        );
        own.turn(Rated::Call, "AssumeRole", false);
        assert_eq!(of_call("AssumeRole", "", &own), 0);
    }

    #[test]
    fn calls_of_other_services_with_the_same_name_are_others() {
        let mut values = Values::default();
        let of = |source: &str, values: &Values| of_call("CreateUser", source, values);
        let ours = ["iam.amazonaws.com", "sso-directory.amazonaws.com", ""];
        assert_eq!(ours.map(|source| of(source, &values)), [9, 9, 9]);
        assert_eq!(of("transfer.amazonaws.com", &values), 0);
        assert_eq!(
            origin("CreateUser", "transfer.amazonaws.com", &values),
            Origin::None
        );
        let theirs = key("CreateUser", "transfer.amazonaws.com");
        assert_eq!(theirs, "transfer:CreateUser");
        values.set(Rated::Call, &theirs, Some(3));
        assert_eq!(ours.map(|source| of(source, &values)), [9, 9, 9]);
        assert_eq!(of("transfer.amazonaws.com", &values), 3);
        assert_eq!(key("NoSuchCall", "x.amazonaws.com"), "NoSuchCall");
    }

    #[test]
    fn every_row_of_the_model_has_a_reason_a_class_and_a_description() {
        for (name, call) in calls() {
            assert!(call.risk <= MOST && !call.reason().is_empty(), "{name}");
            assert_ne!(
                class(call.service(), name),
                "other",
                "{name} of {}",
                call.service()
            );
            assert!(describe(name).len() > 4, "{name}");
        }
        assert_eq!(calls().values().filter(|call| call.published).count(), 9);
    }

    #[test]
    fn names_tell_what_calls_do() {
        for (name, told) in [
            ("CreateDBSnapshot", "Creates DB snapshot"),
            ("UpdateFunctionCode20150331v2", "Changes function code"),
            ("AddPermission20150331v2", "Adds permission"),
            ("ModifyImageAttribute", "Changes image attribute"),
            (
                "ApplySecurityGroupsToLoadBalancer",
                "Applies security groups to load balancer",
            ),
            ("AttachUserPolicy", "Attaches user policy"),
            ("", ""),
            ("é", "és"),
        ] {
            assert_eq!(describe(name), told);
        }
    }
}
