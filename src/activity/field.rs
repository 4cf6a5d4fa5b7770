//! The fields that queries name: one row each, with their words and what they mean.

use super::column::Codes;
use super::dictionary::Dictionary;
use super::query::Pattern;
use super::store::{ActorKey, Flags, Store, Text};

/// A field of a query.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Field {
    /// The call.
    Name,
    /// The service.
    Source,
    /// User, role or session.
    User,
    /// The actor's ARN.
    Actor,
    /// The type of identity.
    Type,
    /// The access key.
    Key,
    /// The account.
    Account,
    /// The region.
    Region,
    /// The address.
    Ip,
    /// The user agent.
    Agent,
    /// The error.
    Error,
    /// A resource or a name.
    Resource,
    /// A bucket.
    Bucket,
    /// Reads or changes.
    Access,
    /// The category.
    Category,
    /// Second factor.
    Mfa,
    /// How risky the call is held to be.
    Risk,
    /// Whether the request lets everyone in.
    Open,
    /// Whether the request gives something away or takes protection off.
    Weakens,
    /// An alert that was raised.
    Alert,
    /// Whether the record is proven.
    Proven,
    /// Whether other files hold another record of the same ID.
    Conflict,
    /// Whether the last deep search found its record.
    Found,
    /// The event ID.
    Id,
    /// The file.
    File,
    /// When.
    Time,
    /// Not before.
    Since,
    /// Not after.
    Until,
}

/// A field's row.
pub struct Entry {
    /// The field.
    pub field: Field,
    /// Its names in queries, the usual one first.
    pub names: &'static [&'static str],
    /// Its title.
    pub title: &'static str,
    /// What it holds, for help and completion.
    pub help: &'static str,
    /// Whether its values are offered as facets.
    pub facet: bool,
}

const fn entry(
    field: Field,
    names: &'static [&'static str],
    title: &'static str,
    help: &'static str,
    facet: bool,
) -> Entry {
    Entry {
        field,
        names,
        title,
        help,
        facet,
    }
}

/// All fields.
pub const FIELDS: &[Entry] = &[
    entry(
        Field::Source,
        &["source", "service"],
        "Service",
        "s3 or s3.amazonaws.com",
        true,
    ),
    entry(
        Field::Name,
        &["name", "event", "call"],
        "Event",
        "the call, as ConsoleLogin",
        true,
    ),
    entry(
        Field::Actor,
        &["actor", "arn"],
        "Actor",
        "the ARN of who called",
        true,
    ),
    entry(
        Field::User,
        &["user", "role"],
        "User or role",
        "a user, a role or a role's session",
        false,
    ),
    entry(Field::Account, &["account"], "Account", "12 digits", true),
    entry(Field::Region, &["region"], "Region", "as us-east-1", true),
    entry(
        Field::Ip,
        &["ip", "address"],
        "Source IP",
        "an address, 203.0.113.0/24, 203.0.113.5..203.0.113.9, or a service",
        true,
    ),
    entry(
        Field::Error,
        &["error"],
        "Error",
        "a code; error:* is any",
        true,
    ),
    entry(
        Field::Agent,
        &["agent"],
        "User agent",
        "the program that called",
        true,
    ),
    entry(
        Field::Type,
        &["type"],
        "Identity type",
        "as AssumedRole, Root",
        false,
    ),
    entry(
        Field::Key,
        &["key"],
        "Access key",
        "the access key that was used",
        false,
    ),
    entry(
        Field::Resource,
        &["resource", "on"],
        "Resource",
        "an ARN or a name in the request",
        false,
    ),
    entry(
        Field::Bucket,
        &["bucket"],
        "Bucket",
        "an S3 bucket, its objects too",
        false,
    ),
    entry(
        Field::Access,
        &["access"],
        "Access",
        "read, write or unknown",
        false,
    ),
    entry(
        Field::Category,
        &["category"],
        "Category",
        "management, data, insight or network",
        false,
    ),
    entry(Field::Mfa, &["mfa"], "MFA", "yes, no or unknown", false),
    entry(
        Field::Risk,
        &["risk"],
        "Risk of the call",
        "0 to 10, as the view on risk has it; risk:8.. is 8 or more",
        false,
    ),
    entry(
        Field::Open,
        &["open"],
        "Open",
        "yes: the request lets everyone in, as 0.0.0.0/0, AllUsers or any principal",
        false,
    ),
    entry(
        Field::Weakens,
        &["weakens"],
        "Weakens",
        "yes, no or unknown: whether a call that can do both gives something away or takes protection off",
        false,
    ),
    entry(
        Field::Alert,
        &["alert"],
        "Alert",
        "the id of an alert that was raised; alert:* is any",
        false,
    ),
    entry(
        Field::Proven,
        &["proven", "proof"],
        "Proof",
        "yes, no, or a status as unlisted",
        true,
    ),
    entry(
        Field::Conflict,
        &["conflict"],
        "Conflict",
        "yes: another record has the same ID",
        false,
    ),
    entry(
        Field::Found,
        &["found"],
        "Found",
        "yes: the last search in the records found it",
        false,
    ),
    entry(
        Field::Id,
        &["id"],
        "Event ID",
        "as CloudTrail writes it",
        false,
    ),
    entry(
        Field::File,
        &["file"],
        "File",
        "the path of the file, with * for any part",
        false,
    ),
    entry(
        Field::Time,
        &["time", "when"],
        "Time",
        "a date or a time in UTC, or two as 2024-01-31..2024-02-02T08:00Z",
        false,
    ),
    entry(
        Field::Since,
        &["since", "from"],
        "Since",
        "a date or a time in UTC",
        false,
    ),
    entry(
        Field::Until,
        &["until", "to"],
        "Until",
        "a date (all of that day) or a time in UTC",
        false,
    ),
];

impl Field {
    /// Its row.
    pub fn entry(self) -> &'static Entry {
        let found = FIELDS.iter().find(|entry| entry.field == self);
        // Every field has a row; a test holds it.
        found.unwrap_or(&FIELDS[0])
    }

    /// The field of a name in a query.
    pub fn by_name(name: &str) -> Option<Field> {
        let fits = |entry: &&Entry| entry.names.iter().any(|one| one.eq_ignore_ascii_case(name));
        FIELDS.iter().find(fits).map(|entry| entry.field)
    }

    /// The fields that are offered as facets, in their order.
    pub fn facets() -> impl Iterator<Item = Field> {
        FIELDS
            .iter()
            .filter(|entry| entry.facet)
            .map(|entry| entry.field)
    }

    /// The values that it can only have.
    pub fn choices(self) -> &'static [&'static str] {
        match self {
            Field::Access => &["read", "write", "unknown"],
            Field::Category => &["management", "data", "insight", "network", "other"],
            Field::Mfa | Field::Weakens => &["yes", "no", "unknown"],
            Field::Conflict | Field::Found | Field::Open => &["yes", "no"],
            Field::Proven => &[
                "yes",
                "no",
                "modified",
                "trailing-data",
                "unproven",
                "unlisted",
                "uncovered",
                "not-covered",
            ],
            _ => &[],
        }
    }
}

/// Whether a service is what a pattern asks for: by its name with or without `.amazonaws.com`.
pub(super) fn is_service(pattern: &Pattern, value: &str) -> bool {
    let short = value.strip_suffix(".amazonaws.com");
    pattern.is(value) || short.is_some_and(|short| pattern.is(short))
}

/// The bucket of an S3 ARN, its own or an object's.
pub(super) fn bucket(value: &str) -> Option<&str> {
    let (_, rest) = value.strip_prefix("arn:")?.split_once(":s3:::")?;
    rest.split('/').next()
}

/// Whether targets of an event name a bucket that `fits`: by ARNs of S3 where there are any, else, if `by_name`, by
/// names in the request.
pub(super) fn on_bucket<'s>(
    mut targets: impl Iterator<Item = &'s str> + Clone,
    by_name: bool,
    fits: &dyn Fn(&str) -> bool,
) -> bool {
    let mut buckets = targets.clone().filter_map(bucket).peekable();
    match buckets.peek() {
        Some(_) => buckets.any(fits),
        None => by_name && targets.any(fits),
    }
}

/// Whether names that a call's request gives may be a bucket's: calls of S3 in all its forms, and those that say
/// where trails and recorders deliver (CloudTrail and Config API references). A user may be called as a bucket is.
pub(super) fn names_buckets(source: &str, name: &str) -> bool {
    source.starts_with("s3") || matches!(name, "CreateTrail" | "UpdateTrail" | "PutDeliveryChannel")
}

/// The texts of an actor that `user:` looks at.
pub(super) fn users(actor: &ActorKey) -> [Text; 2] {
    [actor.user, actor.session]
}

/// The words of an event's small facts.
pub(super) fn flag(flags: Flags, field: Field) -> &'static str {
    match field {
        Field::Access => flags.access.name(),
        Field::Category => flags.category.name(),
        Field::Mfa => flags.mfa.name(),
        Field::Weakens => flags.weakens.name(),
        Field::Open if flags.open => "yes",
        Field::Open => "no",
        _ => "",
    }
}

/// A field that has one value an event, as a column.
pub struct Labels<'s> {
    /// For each event the place of its value.
    pub codes: &'s Codes,
    /// The values; other fields of a column may tell more of them apart, so one may be here several times.
    pub values: Vec<&'s str>,
}

/// A field as a column; `None` where it has several values an event, or is no column.
pub fn labels(store: &Store, field: Field) -> Option<Labels<'_>> {
    fn of<'s, K>(from: &'s Dictionary<K>, value: impl Fn(&K) -> &'s str) -> Option<Labels<'s>> {
        Some(Labels {
            codes: &from.column,
            values: from.values.iter().map(value).collect(),
        })
    }
    let text = |text: Text| store.texts.get(text);
    match field {
        Field::Name => of(&store.calls, |call| text(call.0)),
        Field::Source => of(&store.calls, |call| text(call.1)),
        Field::Account => of(&store.places, |place| text(place.0)),
        Field::Region => of(&store.places, |place| text(place.1)),
        Field::Actor => of(&store.actors, |actor| text(actor.arn)),
        Field::User => of(&store.actors, |actor| text(actor.user)),
        Field::Type => of(&store.actors, |actor| text(actor.kind)),
        Field::Key => of(&store.actors, |actor| text(actor.key)),
        Field::Ip => of(&store.ips, |ip| text(*ip)),
        Field::Agent => of(&store.agents, |agent| text(*agent)),
        Field::Error => of(&store.errors, |error| text(*error)),
        Field::Access | Field::Category | Field::Mfa | Field::Weakens => {
            of(&store.flags, |flags| flag(*flags, field))
        }
        _ => None,
    }
}

/// The value of a field for an event, as a text; empty where it has several, or is no text.
pub fn value(store: &Store, field: Field, event: u32) -> &str {
    let text = match field {
        Field::Name => store.calls.of(event).map(|call| call.0),
        Field::Source => store.calls.of(event).map(|call| call.1),
        Field::Account => store.places.of(event).map(|place| place.0),
        Field::Region => store.places.of(event).map(|place| place.1),
        Field::Actor => store.actors.of(event).map(|actor| actor.arn),
        Field::User => store.actors.of(event).map(|actor| actor.user),
        Field::Type => store.actors.of(event).map(|actor| actor.kind),
        Field::Key => store.actors.of(event).map(|actor| actor.key),
        Field::Ip => store.ips.of(event).copied(),
        Field::Agent => store.agents.of(event).copied(),
        Field::Error => store.errors.of(event).copied(),
        Field::Access | Field::Category | Field::Mfa | Field::Open | Field::Weakens => {
            return store
                .flags
                .of(event)
                .map_or("", |flags| flag(*flags, field));
        }
        Field::Proven => return store.standing(event).name(),
        _ => None,
    };
    store.texts.get(text.unwrap_or(0))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_fields_are_distinct() {
        let mut names: Vec<_> = FIELDS.iter().flat_map(|entry| entry.names).collect();
        let all = names.len();
        names.sort_unstable();
        names.dedup();
        assert_eq!(names.len(), all);
        assert_eq!(Field::by_name("SERVICE"), Some(Field::Source));
        for entry in FIELDS {
            assert_eq!(entry.field.entry().title, entry.title);
        }
    }
}
