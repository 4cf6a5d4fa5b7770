//! Alerts: built-in ones, the user's own, and what dropped Sigma rules find.
//!
//! A built-in alert is one file: what raises it, how grave it is, what to do, and events that raise it and that do
//! not. The list of files below is the only other place that names it.

pub mod custom;
mod dense;

use std::collections::HashMap;

use roaring::RoaringBitmap;
use serde::{Deserialize, Serialize};

use crate::activity::search::Path;
use crate::activity::{Bits, EventIx, Field, Query, Search, Store};
use crate::moment::Moment;
use crate::order::sorted;

use super::Values;
pub use custom::CustomAlert;

/// How grave an alert is: the five words of Macie Classic, which are Sigma's levels too.
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize,
)]
#[serde(rename_all = "lowercase")]
pub enum Severity {
    /// Act now.
    Critical,
    /// Look at it today.
    High,
    /// Look at it.
    #[default]
    Medium,
    /// Know of it.
    Low,
    /// It happened.
    Informational,
}

impl Severity {
    /// All of them, the gravest first.
    pub const ALL: [Severity; 5] = [
        Severity::Critical,
        Severity::High,
        Severity::Medium,
        Severity::Low,
        Severity::Informational,
    ];

    /// The word in the report.
    pub fn name(self) -> &'static str {
        match self {
            Severity::Critical => "critical",
            Severity::High => "high",
            Severity::Medium => "medium",
            Severity::Low => "low",
            Severity::Informational => "informational",
        }
    }

    /// The severity of a word.
    pub fn by_name(name: &str) -> Option<Severity> {
        let fits = |one: &Severity| one.name().eq_ignore_ascii_case(name);
        Severity::ALL.into_iter().find(fits)
    }

    /// The risk that stands for it where an alert has none of its own: this project's.
    pub fn risk(self) -> u8 {
        match self {
            Severity::Critical => 10,
            Severity::High => 8,
            Severity::Medium => 5,
            Severity::Low => 3,
            Severity::Informational => 1,
        }
    }
}

/// The categories of alerts that the guide of Macie Classic lists.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Category {
    /// Settings that watch and protect are changed.
    ConfigurationCompliance,
    /// Data is kept as it should not be.
    DataCompliance,
    /// Storage serves files to the world.
    FileHosting,
    /// Something is made to stop working.
    ServiceDisruption,
    /// Data is made unusable.
    Ransomware,
    /// An access that is not as usual.
    SuspiciousAccess,
    /// Somebody looks at who and what there is.
    IdentityEnumeration,
    /// Somebody gains permissions.
    PrivilegeEscalation,
    /// An access without identity.
    AnonymousAccess,
    /// Something is opened to others.
    OpenPermissions,
    /// An access from another place.
    LocationAnomaly,
    /// Data leaves.
    InformationLoss,
    /// Keys and passwords leave.
    CredentialsLoss,
}

impl Category {
    /// All of them.
    pub const ALL: [Category; 13] = [
        Category::ConfigurationCompliance,
        Category::DataCompliance,
        Category::FileHosting,
        Category::ServiceDisruption,
        Category::Ransomware,
        Category::SuspiciousAccess,
        Category::IdentityEnumeration,
        Category::PrivilegeEscalation,
        Category::AnonymousAccess,
        Category::OpenPermissions,
        Category::LocationAnomaly,
        Category::InformationLoss,
        Category::CredentialsLoss,
    ];

    /// The published name.
    pub fn name(self) -> &'static str {
        match self {
            Category::ConfigurationCompliance => "Configuration compliance",
            Category::DataCompliance => "Data compliance",
            Category::FileHosting => "File hosting",
            Category::ServiceDisruption => "Service disruption",
            Category::Ransomware => "Ransomware",
            Category::SuspiciousAccess => "Suspicious access",
            Category::IdentityEnumeration => "Identity enumeration",
            Category::PrivilegeEscalation => "Privilege escalation",
            Category::AnonymousAccess => "Anonymous access",
            Category::OpenPermissions => "Open permissions",
            Category::LocationAnomaly => "Location anomaly",
            Category::InformationLoss => "Information loss",
            Category::CredentialsLoss => "Credentials loss",
        }
    }
}

/// What raises an alert.
#[derive(Clone, Copy)]
pub enum Condition {
    /// Any event that a query of Activity shows.
    Any(&'static str),
    /// So many events that a query shows, of one value of a field, within so many seconds.
    Often {
        /// The query.
        query: &'static str,
        /// Whose events are counted together.
        by: Field,
        /// What is counted: different values of a field, or events without.
        different: Option<Field>,
        /// How many.
        count: usize,
        /// Within so many seconds.
        seconds: u32,
    },
    /// What code finds among the events that a query shows.
    Found {
        /// The query.
        query: &'static str,
        /// What is looked for among them, in words.
        words: &'static str,
        /// The code.
        find: fn(&Scene<'_>, &Bits) -> Vec<EventIx>,
    },
}

impl Condition {
    /// The query that all of its events are shown by.
    pub fn query(&self) -> &'static str {
        match self {
            Condition::Any(query)
            | Condition::Often { query, .. }
            | Condition::Found { query, .. } => query,
        }
    }

    /// From when on it is raised, in words.
    pub fn threshold(&self) -> String {
        match self {
            Condition::Any(_) => "once".to_owned(),
            Condition::Often {
                by,
                different,
                count,
                seconds,
                ..
            } => {
                let what = different.map_or("events".to_owned(), |field| {
                    format!("different values of {}", field.entry().title.to_lowercase())
                });
                let by = by.entry().title.to_lowercase();
                format!("{count} {what} of one {by} within {seconds} seconds")
            }
            Condition::Found { words, .. } => (*words).to_owned(),
        }
    }
}

/// A built-in alert.
#[derive(Clone, Copy)]
pub struct Alert {
    /// Its id.
    pub id: &'static str,
    /// What it says.
    pub title: &'static str,
    /// Its category.
    pub category: Category,
    /// How grave.
    pub severity: Severity,
    /// 1 to 10.
    pub risk: u8,
    /// What raises it.
    pub condition: Condition,
    /// What to do.
    pub recommendation: &'static str,
}

/// What alerts look at.
pub struct Scene<'s> {
    /// The events.
    pub store: &'s Store,
    /// Paths of files, for queries.
    pub path: &'s Path<'s>,
    /// Buckets that logs and configuration are delivered to, as the evidence knows them.
    pub log_buckets: &'s [String],
    /// Events that allow an identity no more than before; see [`super::widened`].
    pub narrowed: &'s RoaringBitmap,
}

impl Scene<'_> {
    /// The events that a query shows; none where it cannot be understood.
    pub fn find(&self, query: &str) -> Bits {
        Query::parse(query).map_or_else(
            |_| Bits::default(),
            |query| Search::new(self.store, self.path).find(&query),
        )
    }
}

macro_rules! alerts {
    ($($file:ident)+) => {
        $(mod $file;)+

        /// All built-in alerts.
        pub const ALERTS: &[&Alert] = &[$(&$file::ALERT),+];

        #[cfg(test)]
        const FIXTURES: &[(&Alert, tests::Fixture)] = &[$((&$file::ALERT, $file::FIXTURE)),+];
    };
}

alerts! {
    logging_stopped
    trail_changed
    recorder_changed
    other_logs_removed
    password_policy_weakened
    log_bucket_exposed
    bucket_public
    bucket_opened
    group_opened
    network_changed
    bucket_protection_removed
    root_used
    login_without_mfa
    sign_ins_failed
    key_made
    key_made_for_other
    mfa_removed
    instance_credentials_elsewhere
    user_made
    policy_widened
    administrator_made
    federation
    code_replaced
    key_deletion
    key_policy
    organization_left
    resources_deleted
    objects_deleted
    objects_expire
    backups_deleted
    image_shared
    secrets_read
    objects_read
    website_made
    anonymous_access
    denials
    commands_sent
    user_data_changed
    instances_launched
    model_invoked
    enumeration
    identities_listed
    new_region
    two_places
}

/// Where an alert comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub enum Source {
    /// Built in: place in [`ALERTS`].
    BuiltIn(u32),
    /// The user's own: place in [`Values::alerts`].
    Custom(u32),
    /// A Sigma rule: place among those that were dropped.
    Sigma(u32),
}

/// An alert that was raised.
#[derive(Clone, Debug, PartialEq)]
pub struct Raised {
    /// Where it comes from.
    pub source: Source,
    /// Its id, by which `alert:` asks for its events.
    pub id: String,
    /// What it says.
    pub title: String,
    /// Its category; of a Sigma rule its tactics.
    pub category: String,
    /// How grave.
    pub severity: Severity,
    /// 1 to 10.
    pub risk: u8,
    /// Its events.
    pub events: RoaringBitmap,
    /// The first and the last of them.
    pub span: Option<(Moment, Moment)>,
    /// Who, the most frequent first.
    pub actors: Vec<String>,
}

/// Actors of an alert that are told.
const MOST_ACTORS: usize = 20;

impl Raised {
    /// An alert with its events: when, and who.
    pub fn new(
        store: &Store,
        source: Source,
        (id, title, category): (&str, &str, &str),
        (severity, risk): (Severity, u8),
        events: RoaringBitmap,
    ) -> Self {
        let times = events.iter().filter_map(|event| store.time(event));
        let mut span: Option<(Moment, Moment)> = None;
        for time in times {
            let (first, last) = span.get_or_insert((time, time));
            (*first, *last) = ((*first).min(time), (*last).max(time));
        }
        let mut actors: HashMap<u32, u32> = HashMap::new();
        for event in &events {
            if let Some(actor) = store.actors.of(event).filter(|actor| actor.arn != 0) {
                *actors.entry(actor.arn).or_default() += 1;
            }
        }
        let named = actors.into_iter();
        let named: Vec<(&str, u32)> = named
            .map(|(arn, count)| (store.texts.get(arn), count))
            .collect();
        let actors = sorted(named, |a, b| b.1.cmp(&a.1).then_with(|| a.0.cmp(b.0)));
        let named = actors.into_iter().map(|(name, _)| name.to_owned());
        Raised {
            source,
            id: id.to_owned(),
            title: title.to_owned(),
            category: category.to_owned(),
            severity,
            risk,
            events,
            span,
            actors: named.take(MOST_ACTORS).collect(),
        }
    }
}

/// Runs all built-in alerts over the events; those that are raised.
pub fn built_in(scene: &Scene<'_>, values: &Values) -> Vec<Raised> {
    let is_on = |alert: &&Alert| !values.disabled.alerts.contains(alert.id);
    let each = ALERTS.iter().enumerate();
    each.filter(|(_, alert)| is_on(alert))
        .filter_map(|(at, alert)| {
            let events = alert.condition.events(scene);
            (!events.is_empty()).then(|| {
                Raised::new(
                    scene.store,
                    Source::BuiltIn(at as u32),
                    (alert.id, alert.title, alert.category.name()),
                    (alert.severity, alert.risk),
                    events.iter().collect(),
                )
            })
        })
        .collect()
}

impl Condition {
    fn events(&self, scene: &Scene<'_>) -> Bits {
        let found = scene.find(self.query());
        match *self {
            _ if found.is_empty() => found,
            Condition::Any(_) => found,
            Condition::Often {
                by,
                different,
                count,
                seconds,
                ..
            } => dense::dense(scene.store, &found, (by, different), count, seconds),
            Condition::Found { find, .. } => find(scene, &found).into_iter().collect(),
        }
    }
}

/// The gravest first, and of those the riskiest.
pub fn gravest(all: Vec<Raised>) -> Vec<Raised> {
    sorted(all, |a: &Raised, b: &Raised| {
        let key = |one: &Raised| (one.severity, u8::MAX - one.risk, one.source);
        key(a).cmp(&key(b))
    })
}

#[cfg(test)]
pub(in crate::risk) mod tests;
