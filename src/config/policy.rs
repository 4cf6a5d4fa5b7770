//! Resource policies, as far as they say who may do what. An approximation: conditions on who asks are told, not solved,
//! `NotAction` and `NotPrincipal` of an `Allow` count as allowing, and policies of identities are not known.

use crate::evidence::condition::names_callers;
use serde_json::Value;

/// What a statement allows to whom.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Grant {
    /// An ARN, an account, a service, or `*`.
    pub principal: String,
    /// Whether a condition narrows it.
    pub conditional: bool,
    /// Whether it is so only as far as policies of the identity's own allow it too.
    pub delegated: bool,
}

impl Grant {
    /// Whether anybody has it.
    pub fn is_public(&self) -> bool {
        self.principal == "*" && !self.conditional
    }

    /// In words.
    pub fn words(&self) -> String {
        let condition = if self.conditional {
            " (on a condition)"
        } else {
            ""
        };
        let own = if super::access::is_account(&self.principal) {
            " (the account's identities, as their own policies allow)"
        } else if self.delegated {
            " (as its own policies allow)"
        } else {
            ""
        };
        format!("{}{condition}{own}", self.principal)
    }
}

/// The statements of a policy: a list, or one alone.
pub fn statements(policy: &Value) -> Vec<&Value> {
    match &policy["Statement"] {
        Value::Array(all) => all.iter().collect(),
        one @ Value::Object(_) => vec![one],
        _ => Vec::new(),
    }
}

/// Texts of a field that holds one or several.
pub fn texts(value: &Value) -> Vec<&str> {
    match value {
        Value::String(text) => vec![text],
        Value::Array(all) => all.iter().filter_map(Value::as_str).collect(),
        _ => Vec::new(),
    }
}

/// The principals of a statement.
pub fn principals(statement: &Value) -> Vec<String> {
    match &statement["Principal"] {
        Value::String(text) => vec![text.clone()],
        Value::Object(kinds) => kinds.values().flat_map(texts).map(str::to_owned).collect(),
        _ if !statement["NotPrincipal"].is_null() => vec!["*".to_owned()],
        _ => Vec::new(),
    }
}

/// Whether a pattern with `*` and `?` fits a text, case not minded.
pub fn fits(pattern: &str, text: &str) -> bool {
    fn inner(pattern: &[u8], text: &[u8]) -> bool {
        match (pattern, text) {
            ([], []) => true,
            ([b'*', rest @ ..], _) => (0..=text.len()).any(|at| inner(rest, &text[at..])),
            ([b'?', rest @ ..], [_, text @ ..]) => inner(rest, text),
            ([a, rest @ ..], [b, text @ ..]) => a.eq_ignore_ascii_case(b) && inner(rest, text),
            _ => false,
        }
    }
    // Stars in hostile numbers would take for ever.
    let stars = pattern.bytes().filter(|&byte| byte == b'*').count();
    if stars > 4 {
        return true;
    }
    inner(pattern.as_bytes(), text.as_bytes())
}

/// Whether a statement is about one of some actions.
pub fn covers(statement: &Value, actions: &[&str]) -> bool {
    let listed = texts(&statement["Action"]);
    if listed.is_empty() {
        let not = texts(&statement["NotAction"]);
        return !statement["NotAction"].is_null()
            && actions
                .iter()
                .any(|action| !not.iter().any(|pattern| fits(pattern, action)));
    }
    actions
        .iter()
        .any(|action| listed.iter().any(|pattern| fits(pattern, action)))
}

/// Whether a condition narrows what a statement allows a principal. For everyone it must name whom it leaves: transport,
/// a referer or a date still let in whoever wants to.
pub fn is_conditional(statement: &Value, principal: &str) -> bool {
    let condition = &statement["Condition"];
    match principal {
        "*" => names_callers(condition),
        _ => condition.as_object().is_some_and(|all| !all.is_empty()),
    }
}

/// Who is allowed one of some actions, each once.
pub fn allowed(policy: &Value, actions: &[&str]) -> Vec<Grant> {
    let allows = |statement: &&&Value| statement["Effect"] == "Allow" && covers(statement, actions);
    let mut all = Vec::new();
    for statement in statements(policy).iter().filter(allows) {
        all.extend(principals(statement).into_iter().map(|principal| Grant {
            conditional: is_conditional(statement, &principal),
            principal,
            delegated: false,
        }));
    }
    let mut all = crate::order::sorted(all, |a, b| a.cmp(b));
    all.dedup();
    all
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn tells_who_may_do_what() {
        let policy = json!({ "Statement": [
            { "Effect": "Allow", "Principal": "*", "Action": "s3:Get*", "Resource": "*" },
            { "Effect": "Allow", "Principal": { "AWS": ["arn:x", "arn:y"], "Service": "cloudtrail.amazonaws.com" }, "Action": ["s3:PutObject"], "Condition": { "a": 1 } },
            { "Effect": "Deny", "Principal": "*", "Action": "s3:*" },
            { "Effect": "Allow", "Principal": { "AWS": "arn:z" }, "NotAction": "s3:DeleteObject" },
        ] });
        let names = |actions: &[&str]| {
            allowed(&policy, actions)
                .iter()
                .map(Grant::words)
                .collect::<Vec<_>>()
        };
        assert_eq!(names(&["s3:GetObject"]), ["*", "arn:z"]);
        assert_eq!(names(&["s3:DeleteObject"]), Vec::<String>::new());
        assert_eq!(names(&["s3:PutObject"]).len(), 4);
        assert!(allowed(&policy, &["s3:GetObject"])[0].is_public());
        assert!(fits("s3:*Object?", "S3:GetObject1") && !fits("s3:Get", "s3:GetObject"));
    }

    #[test]
    fn everyone_is_narrowed_by_a_condition_that_names_some() {
        let tls = json!({ "Condition": { "Bool": { "aws:SecureTransport": "true" } } });
        assert!(!is_conditional(&tls, "*") && is_conditional(&tls, "arn:x"));
        let own = json!({ "Condition": { "StringEquals": { "aws:principalorgid": "o-1" } } });
        assert!(is_conditional(&own, "*") && !is_conditional(&json!({}), "arn:x"));
    }
}
