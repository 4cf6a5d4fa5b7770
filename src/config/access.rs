//! Who may do what with a bucket or a key by its own policy: what is allowed, less what is denied to all for certain.
//!
//! An approximation, as [`super::policy`] is: it errs on the side of saying that somebody may. Denials on a condition, of
//! a part of the objects, or to all but some take nobody out; they are counted.

use serde_json::Value;

use super::policy::{Grant, covers, fits, is_conditional, principals, statements, texts};

/// Who may do one of some actions.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Access {
    /// Who, each once.
    pub who: Vec<Grant>,
    /// Statements that deny some of it, in a way that is not solved here.
    pub narrowed: usize,
}

impl Access {
    /// By a policy; `thing` is the ARN that all objects of a bucket begin with, without which resources are not looked at.
    pub fn of(policy: &Value, actions: &[&str], thing: Option<&str>) -> Self {
        let mut access = Access::default();
        for action in actions {
            let own: Vec<&Value> = statements(policy)
                .into_iter()
                .filter(|statement| covers(statement, &[action]))
                .collect();
            let (denied, unsolved): (Vec<&Value>, Vec<&Value>) = own
                .iter()
                .copied()
                .filter(|statement| statement["Effect"] == "Deny")
                .partition(|statement| is_certain(statement, action, thing));
            access.narrowed = access.narrowed.max(unsolved.len());
            let denied: Vec<String> = denied
                .into_iter()
                .flat_map(principals)
                .map(|name| whole(&name))
                .collect();
            let allows = |statement: &&&Value| {
                statement["Effect"] == "Allow"
                    && thing.is_none_or(|thing| touches(statement, thing))
            };
            for statement in own.iter().filter(allows) {
                let names = principals(statement).into_iter().filter(|name| {
                    let name = whole(name);
                    !denied.iter().any(|one| *one == "*" || *one == name)
                });
                access.who.extend(names.map(|principal| Grant {
                    conditional: is_conditional(statement, &principal),
                    principal,
                    delegated: false,
                }));
            }
        }
        access.who = crate::order::sorted(std::mem::take(&mut access.who), |a, b| a.cmp(b));
        access.who.dedup();
        access
    }
}

/// Whether a denial holds for an action on everything, whatever the circumstances.
fn is_certain(statement: &Value, action: &str, thing: Option<&str>) -> bool {
    let is_conditional = statement["Condition"]
        .as_object()
        .is_some_and(|fields| !fields.is_empty());
    // Too many stars are not followed, and then a pattern is taken to fit; here it must not be.
    let is_plain = |pattern: &&&str| pattern.bytes().filter(|&byte| byte == b'*').count() <= 4;
    let actions = texts(&statement["Action"]);
    let names_action = actions
        .iter()
        .filter(is_plain)
        .any(|pattern| fits(pattern, action));
    let all = thing.map(|thing| format!("{thing}/\u{1}"));
    let resources = texts(&statement["Resource"]);
    let holds_all = all.is_none_or(|all| {
        resources
            .iter()
            .filter(is_plain)
            .any(|pattern| fits(pattern, &all))
    });
    !is_conditional && statement["NotPrincipal"].is_null() && names_action && holds_all
}

/// Whether a statement is about objects of a bucket, some or all.
fn touches(statement: &Value, thing: &str) -> bool {
    let resources = texts(&statement["Resource"]);
    let own = format!("{thing}/");
    resources.is_empty()
        || resources
            .iter()
            .any(|pattern| pattern.starts_with(&own) || fits(pattern, &format!("{own}x")))
}

/// A principal in one spelling: an account stands for its root.
fn whole(principal: &str) -> String {
    if principal.len() == 12 && principal.bytes().all(|byte| byte.is_ascii_digit()) {
        format!("arn:aws:iam::{principal}:root")
    } else {
        principal.to_owned()
    }
}

/// The account that a principal names: by itself, or in its ARN.
pub fn account_of(principal: &str) -> Option<&str> {
    let part = if principal.starts_with("arn:") {
        principal.split(':').nth(4)?
    } else {
        principal
    };
    (part.len() == 12 && part.bytes().all(|byte| byte.is_ascii_digit())).then_some(part)
}

/// Whether a principal stands for an account, whose identities may what their own policies allow too.
pub fn is_account(principal: &str) -> bool {
    whole(principal).ends_with(":root")
}

/// Who may both read and decrypt. `own` is the account of the bucket: its identities may read by their own policies,
/// whatever the bucket's says, so those that may decrypt may do both.
pub fn both(read: &[Grant], decrypt: &[Grant], own: Option<&str>) -> Vec<Grant> {
    let mut all: Vec<Grant> = Vec::new();
    for reader in read {
        for decrypter in decrypt {
            let (a, b) = (whole(&reader.principal), whole(&decrypter.principal));
            let same_account = account_of(&a).is_some() && account_of(&a) == account_of(&b);
            let (principal, delegated) = if a == b || b == "*" {
                (&reader.principal, false)
            } else if a == "*" {
                (&decrypter.principal, false)
            } else if same_account && is_account(&b) {
                (&reader.principal, true)
            } else if same_account && is_account(&a) {
                (&decrypter.principal, true)
            } else {
                continue;
            };
            all.push(Grant {
                principal: principal.clone(),
                conditional: reader.conditional || decrypter.conditional,
                delegated,
            });
        }
    }
    // Whoever of the own account may decrypt may read as the own policies allow; where everyone may decrypt, all of it.
    for decrypter in decrypt {
        let Some(account) = own else { continue };
        let is_own = account_of(&decrypter.principal) == own;
        if is_own || decrypter.principal == "*" {
            all.push(Grant {
                principal: if is_own {
                    decrypter.principal.clone()
                } else {
                    whole(account)
                },
                conditional: decrypter.conditional,
                delegated: !is_account(&decrypter.principal),
            });
        }
    }
    let mut all = crate::order::sorted(all, |a, b| a.cmp(b));
    all.dedup_by(|a, b| a.principal == b.principal);
    all
}

/// Whom the grants of a key's item let decrypt.
pub fn decrypters(grants: &Value) -> Vec<String> {
    let field = |grant: &Value, names: [&str; 2]| {
        names
            .iter()
            .map(|name| &grant[*name])
            .find(|value| !value.is_null())
            .cloned()
            .unwrap_or_default()
    };
    let one = |grant: &Value| {
        let operations = field(grant, ["operations", "Operations"]);
        let decrypts = texts(&operations)
            .iter()
            .any(|name| name.eq_ignore_ascii_case("Decrypt"));
        let principal = field(grant, ["granteePrincipal", "GranteePrincipal"]);
        decrypts.then(|| principal.as_str().map(str::to_owned))?
    };
    grants
        .as_array()
        .into_iter()
        .flatten()
        .filter_map(one)
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn who(policy: &Value) -> (Vec<String>, usize) {
        let access = Access::of(policy, &["s3:GetObject"], Some("arn:aws:s3:::logs"));
        (
            access.who.iter().map(Grant::words).collect(),
            access.narrowed,
        )
    }

    #[test]
    fn what_is_denied_for_certain_is_not_allowed() {
        let allow = |principal: Value, resource: &str| json!({ "Effect": "Allow", "Principal": principal, "Action": "s3:*", "Resource": resource });
        let deny = |principal: Value, resource: &str| json!({ "Effect": "Deny", "Principal": principal, "Action": "s3:Get*", "Resource": resource });
        let policy = |statements: &[Value]| json!({ "Statement": statements });
        let (x, y) = (json!({ "AWS": "arn:x" }), json!({ "AWS": "arn:y" }));
        let open = allow(json!("*"), "arn:aws:s3:::logs/*");
        assert_eq!(
            who(&policy(std::slice::from_ref(&open))),
            (vec!["*".to_owned()], 0)
        );
        assert_eq!(
            who(&policy(&[
                open.clone(),
                deny(json!("*"), "arn:aws:s3:::logs/*")
            ])),
            (vec![], 0)
        );
        // Of a part, on a condition, or to others it takes nobody out.
        let part = deny(json!("*"), "arn:aws:s3:::logs/private/*");
        let mut tls = deny(json!("*"), "*");
        tls["Condition"] = json!({ "Bool": { "aws:SecureTransport": "false" } });
        assert_eq!(
            who(&policy(&[open.clone(), part, tls])),
            (vec!["*".to_owned()], 2)
        );
        let mut stars = deny(json!("*"), "*");
        stars["Action"] = json!("q*q*q*q*q*q");
        assert_eq!(who(&policy(&[open, stars])).0, ["*"]);
        assert_eq!(
            who(&policy(&[
                allow(x.clone(), "*"),
                allow(y, "arn:aws:s3:::logs/a*"),
                deny(x, "*")
            ]))
            .0,
            ["arn:y"]
        );
        // The bucket itself is no object, nor is another bucket's.
        assert_eq!(
            who(&policy(&[
                allow(json!("*"), "arn:aws:s3:::logs"),
                allow(json!("*"), "arn:aws:s3:::logs2/*")
            ]))
            .0,
            Vec::<String>::new()
        );
    }

    #[test]
    fn reading_and_decrypting_meet_in_accounts() {
        let grant = |principal: &str| Grant {
            principal: principal.to_owned(),
            conditional: false,
            delegated: false,
        };
        let names = |read: &[&str], decrypt: &[&str], own: Option<&str>| {
            let all = |names: &[&str]| names.iter().map(|name| grant(name)).collect::<Vec<_>>();
            let found = both(&all(read), &all(decrypt), own);
            found
                .into_iter()
                .map(|one| (one.principal, one.delegated))
                .collect::<Vec<_>>()
        };
        let (role, root) = (
            "arn:aws:iam::111122223333:role/r",
            "arn:aws:iam::111122223333:root",
        );
        let plain = |name: &str| vec![(name.to_owned(), false)];
        assert_eq!(names(&[role], &[role], None), plain(role));
        assert_eq!(
            names(&["111122223333"], &[root], None),
            plain("111122223333")
        );
        assert_eq!(names(&[role], &[root], None), [(role.to_owned(), true)]);
        assert_eq!(names(&[root], &[role], None), [(role.to_owned(), true)]);
        assert_eq!(names(&["*"], &[role], None), plain(role));
        assert_eq!(names(&[role], &["*"], None), plain(role));
        assert!(names(&[role], &["arn:aws:iam::444455556666:root"], None).is_empty());
        assert_eq!(names(&[], &[root], Some("111122223333")), plain(root));
        assert!(names(&[], &[root], Some("444455556666")).is_empty());
        let own = Some("111122223333");
        assert_eq!(names(&[], &[role], own), [(role.to_owned(), true)]);
        assert_eq!(names(&[], &["*"], own), [(root.to_owned(), true)]);
        assert_eq!(names(&[role], &[role], own), plain(role));
    }
}
