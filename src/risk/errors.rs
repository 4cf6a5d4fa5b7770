//! Errors and their risk: the model's own rows, and the errors among the events.

use super::{Counted, MOST, Origin, Rated, Values, riskiest};
use crate::activity::Store;

/// An error in the model.
#[derive(Clone, Copy, Debug)]
pub struct Error {
    /// Its code; longer codes that begin with it are of its kind, where none is named better.
    pub code: &'static str,
    /// 0 to 10.
    pub risk: u8,
    /// Whether the value is a published sample of Macie Classic.
    pub published: bool,
    /// What it is about.
    pub class: &'static str,
    /// What happened.
    pub description: &'static str,
    /// Why it has its value.
    pub reason: &'static str,
}

const fn published(
    code: &'static str,
    risk: u8,
    class: &'static str,
    description: &'static str,
) -> Error {
    Error {
        code,
        risk,
        published: true,
        class,
        description,
        reason: "published sample",
    }
}

const fn ours(
    code: &'static str,
    risk: u8,
    class: &'static str,
    description: &'static str,
    reason: &'static str,
) -> Error {
    Error {
        code,
        risk,
        published: false,
        class,
        description,
        reason,
    }
}

const DENIED: &str = "denied";
const SIGN_IN: &str = "keys and sign-ins";
const REQUEST: &str = "wrong request";
const ABSENT: &str = "not there";
const LIMIT: &str = "limits and faults";

/// The errors of the model. What is denied has the highest risk: somebody tried what he may not do.
pub const ERRORS: &[Error] = &[
    published("AccessDenied", 10, DENIED, "The caller has no permission"),
    published(
        "AccessDeniedException",
        10,
        DENIED,
        "The caller has no permission",
    ),
    published(
        "AccessPointNotFoundException",
        5,
        ABSENT,
        "An access point was asked for that is not there",
    ),
    published(
        "Client.AuthFailure",
        7,
        SIGN_IN,
        "The caller's keys were not accepted",
    ),
    published(
        "Client.InvalidParameterValue",
        8,
        REQUEST,
        "A parameter has a value that it cannot have",
    ),
    published(
        "Client.InvalidPermission.Duplicate",
        5,
        REQUEST,
        "A permission of a security group is there already",
    ),
    published(
        "Client.InvalidPermission.NotFound",
        7,
        ABSENT,
        "A permission of a security group is not there",
    ),
    published(
        "Client.OperationNotPermitted",
        7,
        DENIED,
        "The operation is not permitted on this thing",
    ),
    published(
        "Client.UnauthorizedOperation",
        8,
        DENIED,
        "The caller has no permission",
    ),
    published(
        "DBInstanceNotFoundFault",
        5,
        ABSENT,
        "A database was asked for that is not there",
    ),
    ours(
        "AllAccessDisabled",
        10,
        DENIED,
        "All access to the object is disabled",
        "a kin of AccessDenied",
    ),
    ours(
        "AuthorizationError",
        10,
        DENIED,
        "The caller has no permission",
        "a kin of AccessDenied",
    ),
    ours(
        "AuthorizationException",
        10,
        DENIED,
        "The caller has no permission",
        "a kin of AccessDenied",
    ),
    ours(
        "Forbidden",
        10,
        DENIED,
        "The caller has no permission",
        "a kin of AccessDenied",
    ),
    ours(
        "KMS.AccessDenied",
        10,
        DENIED,
        "The caller may not use the key",
        "a kin of AccessDenied",
    ),
    ours(
        "NotAuthorized",
        10,
        DENIED,
        "The caller has no permission",
        "a kin of AccessDenied",
    ),
    ours(
        "Unauthorized",
        10,
        DENIED,
        "The caller has no permission",
        "a kin of AccessDenied",
    ),
    ours(
        "UnauthorizedOperation",
        8,
        DENIED,
        "The caller has no permission",
        "as Client.UnauthorizedOperation",
    ),
    ours(
        "Failed authentication",
        7,
        SIGN_IN,
        "A sign-in to the console failed",
        "as Client.AuthFailure",
    ),
    ours(
        "Failure",
        7,
        SIGN_IN,
        "A sign-in to the console failed",
        "as Client.AuthFailure",
    ),
    ours(
        "No username found in supplied account",
        7,
        SIGN_IN,
        "A sign-in with a name that is not known",
        "names are being tried",
    ),
    ours(
        "ExpiredToken",
        3,
        SIGN_IN,
        "A token is past its time",
        "usual, but in number a stolen token",
    ),
    ours(
        "InvalidClientTokenId",
        6,
        SIGN_IN,
        "The access key is not known",
        "a key that was taken back, or guessed",
    ),
    ours(
        "InvalidAccessKeyId",
        6,
        SIGN_IN,
        "The access key is not known",
        "a key that was taken back, or guessed",
    ),
    ours(
        "SignatureDoesNotMatch",
        6,
        SIGN_IN,
        "The secret of an access key is wrong",
        "a key without its secret",
    ),
    ours(
        "MalformedPolicyDocument",
        4,
        REQUEST,
        "A policy cannot be read",
        "somebody tries policies",
    ),
    ours(
        "EntityAlreadyExists",
        3,
        REQUEST,
        "What is to be made is there already",
        "names are being tried",
    ),
    ours(
        "BucketAlreadyExists",
        3,
        REQUEST,
        "The bucket is there already",
        "names are being tried",
    ),
    ours(
        "Validation",
        2,
        REQUEST,
        "The request is wrong",
        "a mistake, mostly",
    ),
    ours(
        "InvalidParameter",
        2,
        REQUEST,
        "A parameter has a value that it cannot have",
        "a mistake, mostly",
    ),
    ours(
        "Client.DryRunOperation",
        6,
        REQUEST,
        "A try without effect: the caller has the permission",
        "permissions are being tried",
    ),
    ours(
        "NoSuch",
        2,
        ABSENT,
        "Something was asked for that is not there",
        "usual",
    ),
    ours(
        "ResourceNotFound",
        2,
        ABSENT,
        "Something was asked for that is not there",
        "usual",
    ),
    ours(
        "Throttling",
        1,
        LIMIT,
        "Too many calls in a short time",
        "usual, but in number a tool",
    ),
    ours(
        "RequestLimitExceeded",
        1,
        LIMIT,
        "Too many calls in a short time",
        "usual, but in number a tool",
    ),
    ours(
        "Client.RequestLimitExceeded",
        1,
        LIMIT,
        "Too many calls in a short time",
        "usual, but in number a tool",
    ),
    ours(
        "LimitExceeded",
        3,
        LIMIT,
        "A quota is used up",
        "usual, but also where somebody uses all there is",
    ),
    ours(
        "Client.InstanceLimitExceeded",
        6,
        LIMIT,
        "The quota of instances is used up",
        "where an account is misused for computing",
    ),
    ours(
        "Client.VcpuLimitExceeded",
        6,
        LIMIT,
        "The quota of processors is used up",
        "where an account is misused for computing",
    ),
    ours("InternalFailure", 1, LIMIT, "AWS failed", "usual"),
    ours("ServiceUnavailable", 1, LIMIT, "AWS failed", "usual"),
];

/// The row of a code: its own, else the longest of which it is a kind.
pub fn known(code: &str) -> Option<&'static Error> {
    let exact = ERRORS.iter().find(|error| error.code == code);
    let kind = || {
        let kin = ERRORS.iter().filter(|error| code.starts_with(error.code));
        kin.max_by_key(|error| error.code.len())
    };
    exact.or_else(kind)
}

/// The codes by which an error is rated: its own, and that of the row whose kind it is.
fn codes(code: &str) -> [&str; 2] {
    [code, known(code).map_or(code, |error| error.code)]
}

/// What the user set of an error, or else of its kind.
fn set(code: &str, values: &Values) -> Option<u8> {
    let mut codes = codes(code).into_iter();
    codes.find_map(|code| values.set_of(Rated::Error, code))
}

/// Whether an error counts, and its kind does.
fn is_on(code: &str, values: &Values) -> bool {
    let on = |code: &str| values.is_on(Rated::Error, code);
    codes(code).into_iter().all(on)
}

/// The value of an error: as the user set it, else the model's.
fn value(code: &str, values: &Values) -> u8 {
    let model = || known(code).map(|error| error.risk);
    set(code, values).or_else(model).unwrap_or(0).min(MOST)
}

/// The risk of an error: its value; 0 where it is turned off.
pub fn of_error(code: &str, values: &Values) -> u8 {
    if is_on(code, values) {
        value(code, values)
    } else {
        0
    }
}

/// The errors among the events that are shown and those of the model, the riskiest first.
pub fn counted_errors(store: &Store, values: &Values) -> Vec<Counted> {
    let counts = store.errors.counts(&store.shown);
    let there = store.errors.values.iter().zip(counts);
    let mut all: Vec<Counted> = there
        .filter(|(code, count)| **code != 0 && *count > 0)
        .map(|(&code, count)| counted_error(store.texts.get(code), count, values))
        .collect();
    for error in ERRORS {
        if !all.iter().any(|one| one.name == error.code) {
            all.push(counted_error(error.code, 0, values));
        }
    }
    riskiest(all)
}

fn counted_error(code: &str, count: u32, values: &Values) -> Counted {
    let known = known(code);
    Counted {
        name: code.to_owned(),
        key: code.to_owned(),
        source: String::new(),
        class: known.map_or("other", |error| error.class),
        count,
        value: value(code, values),
        risk: of_error(code, values),
        is_on: is_on(code, values),
        origin: match known {
            _ if set(code, values).is_some() => Origin::Yours,
            Some(error) if error.published && error.code == code => Origin::Published,
            Some(_) => Origin::Ours,
            None => Origin::None,
        },
        reason: known
            .map_or("not in the model", |error| error.reason)
            .to_owned(),
        description: known.map_or("", |error| error.description).to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_denied_has_the_highest_risk_and_published_values_hold() {
        let none = Values::default();
        let risk = |code: &str| of_error(code, &none);
        assert_eq!(
            [
                "AccessDenied",
                "AccessDeniedException",
                "KMS.AccessDeniedException",
                "NotAuthorized",
                "UnauthorizedException"
            ]
            .map(risk),
            [10; 5]
        );
        assert_eq!(
            [
                "AccessPointNotFoundException",
                "Client.AuthFailure",
                "Client.InvalidParameterValue",
                "Client.InvalidPermission.Duplicate",
                "Client.InvalidPermission.NotFound",
                "Client.OperationNotPermitted",
                "Client.UnauthorizedOperation",
                "DBInstanceNotFoundFault"
            ]
            .map(risk),
            [5, 7, 8, 5, 7, 7, 8, 5]
        );
        assert_eq!(
            ["NoSuchBucket", "ThrottlingException", "Odd"].map(risk),
            [2, 1, 0]
        );
        let most = ERRORS
            .iter()
            .filter(|error| error.class != DENIED)
            .map(|error| error.risk);
        assert!(
            most.max() < Some(10),
            "nothing but denials has the highest risk"
        );
        let mut own = Values::default();
        own.set(Rated::Error, "NoSuchBucket", Some(7));
        assert_eq!(
            (of_error("NoSuchBucket", &own), of_error("NoSuchKey", &own)),
            (7, 2)
        );
    }

    #[test]
    fn what_is_set_of_a_row_is_set_of_its_kind() {
        let mut own = Values::default();
        own.set(Rated::Error, "Validation", Some(9));
        own.turn(Rated::Error, "Throttling", false);
        assert_eq!(of_error("ValidationException", &own), 9);
        assert_eq!(
            counted_error("ValidationException", 1, &own).origin,
            Origin::Yours
        );
        let throttled = counted_error("ThrottlingException", 1, &own);
        assert_eq!(
            (throttled.value, throttled.risk, throttled.is_on),
            (1, 0, false)
        );
        own.set(Rated::Error, "ValidationException", Some(3));
        assert_eq!(of_error("ValidationException", &own), 3);
        assert_eq!(of_error("ValidationError", &own), 9);
    }
}
