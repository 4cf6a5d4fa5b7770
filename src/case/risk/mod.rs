//! What is dangerous in the events: calls and errors with their risk, alerts and users, as tables and at a glance.

pub(super) mod alerts;
pub(super) mod calls;
mod policies;
pub(super) mod sigma;
pub(super) mod users;

use std::collections::HashMap;

use serde_json::{Value, json};

use crate::cloudtrail::Description;
use crate::order::sorted;
use crate::risk::alerts::{Raised, Scene, Severity, built_in, custom, gravest};
use crate::risk::allowed::Can;
use crate::risk::over_time::{OverTime, over_time};
use crate::risk::users::Users;
use crate::risk::{Counted, Rated, counted_calls, counted_errors};

use super::question::RiskSummary;
use super::{Case, Table, objects, reach};

/// The risk from which on a call, an error or an alert counts as high: Macie Classic's bound.
pub(super) const HIGH: u8 = 8;

/// The last results.
#[derive(Default)]
pub(super) struct State {
    results: Option<Results>,
    users: Option<Users>,
    /// What users can do, by their ids.
    can: HashMap<String, Can>,
    pub(super) sigma: sigma::State,
}

impl State {
    /// What is known has changed.
    pub(super) fn reset(&mut self) {
        self.results = None;
        self.users = None;
    }
}

/// Calls, errors and alerts among the events.
#[derive(Default)]
pub(crate) struct Results {
    calls: Vec<Counted>,
    errors: Vec<Counted>,
    alerts: Vec<Raised>,
}

/// Looks at all events, unless that is done. Queries can ask for alerts from then on.
pub(super) fn results(case: &mut Case) {
    if case.risk.results.is_some() {
        return;
    }
    let register = &case.register;
    let path = |file| register.file(file).map_or("", |file| &*file.path);
    let log_buckets = log_buckets(case);
    let values = &case.settings.risk;
    let scene = Scene {
        store: &case.activity,
        path: &path,
        log_buckets: &log_buckets,
        narrowed: &reach::narrowed(case),
    };
    let mut alerts = built_in(&scene, values);
    alerts.extend(custom::raised(&scene, values));
    alerts.extend(sigma::raised(case));
    let results = Results {
        calls: counted_calls(&case.activity, values),
        errors: counted_errors(&case.activity, values),
        alerts: gravest(alerts),
    };
    let named = results.alerts.iter();
    let named = named.map(|one| (one.id.clone(), one.events.clone()));
    case.activity.alerts = named.collect();
    case.risk.results = Some(results);
}

/// Buckets that logs and configuration are delivered to, as digests, descriptions and items tell.
fn log_buckets(case: &Case) -> Vec<String> {
    let digests = case.judgement.digests.iter();
    let of_digests = digests.filter_map(|row| {
        let (bucket, _) = crate::integrity::judge::digest_key(&case.holdings, &case.register, row);
        bucket.map(str::to_owned)
    });
    let descriptions = case.holdings.descriptions.iter();
    let of_trails = descriptions.filter_map(|(_, description)| match description {
        Description::Trail(trail) => trail.bucket.clone(),
        _ => None,
    });
    let mut all: Vec<String> = of_digests.chain(of_trails).collect();
    let inventory = &case.inventory;
    for resource in &inventory.resources {
        if inventory.text(resource.kind) != "AWS::CloudTrail::Trail" {
            continue;
        }
        let newest = resource
            .captures
            .last()
            .and_then(|&at| inventory.capture(at));
        let kept = newest.and_then(|capture| inventory.kept(capture, "configuration.s3BucketName"));
        all.extend(kept.and_then(|kept| serde_json::from_str(kept).ok()));
    }
    all.retain(|bucket| !bucket.is_empty());
    let mut all = sorted(all, Ord::cmp);
    all.dedup();
    all
}

/// The last results; none before [`results`] was called.
pub(crate) fn known(case: &Case) -> Option<&Results> {
    case.risk.results.as_ref()
}

/// Risk at a glance: calls and errors from a risk on.
pub(super) fn summary(case: &mut Case, least: u8) -> RiskSummary {
    results(case);
    users::known(case);
    let objects = objects::summary(case);
    let Some(results) = known(case) else {
        return RiskSummary::default();
    };
    let from = |all: &[Counted]| {
        let all = all.iter().filter(|one| one.risk >= least.max(1));
        all.map(|one| u64::from(one.count)).sum()
    };
    let grave = |one: &&Raised| one.severity <= Severity::High;
    let users = case.risk.users.as_ref();
    RiskSummary {
        calls: from(&results.calls),
        errors: from(&results.errors),
        alerts: results.alerts.len() as u64,
        grave: results.alerts.iter().filter(grave).count() as u64,
        severities: Severity::ALL.map(|severity| {
            let of = results.alerts.iter().filter(|one| one.severity == severity);
            of.count() as u32
        }),
        events: case.activity.order.len() as u64,
        tiers: users::tiers(case),
        unusual: users.map_or(0, |users| users.unusual.len() as u64),
        sigma: case.risk.sigma.counts(),
        ..objects
    }
}

/// The riskiest calls or errors by day or week.
pub(super) fn by_time(case: &Case, rated: Rated, least: u8, by_week: bool) -> OverTime {
    over_time(&case.activity, &case.settings.risk, rated, least, by_week)
}

/// How many rows a table of risk has.
pub(super) fn length(case: &Case, table: Table) -> usize {
    let users = case.risk.users.as_ref();
    match table {
        Table::Calls => calls::list(case, false).len(),
        Table::Errors => calls::list(case, true).len(),
        Table::Conditions => alerts::conditions(case),
        Table::Users => users.map_or(0, |users| users.users.len()),
        Table::Windows => users.map_or(0, |users| users.sessions.len()),
        Table::Unusual => users.map_or(0, |users| users.unusual.len()),
        _ => known(case).map_or(0, |results| results.alerts.len()),
    }
}

/// The parts of the report, by name.
pub(crate) fn report(case: &Case) -> Vec<(&'static str, Vec<Value>)> {
    let Some(results) = known(case) else {
        return ["events", "errors", "alerts", "sigma", "users"]
            .map(|name| (name, Vec::new()))
            .into();
    };
    let there = |one: &&Counted| one.count > 0;
    let events = results.calls.iter().filter(there).map(
        |one| json!({ "name": one.name, "source": one.source, "risk": one.risk, "count": one.count, "value": one.origin.name() }),
    );
    let errors = results.errors.iter().filter(there).map(
        |one| json!({ "code": one.name, "risk": one.risk, "count": one.count, "value": one.origin.name() }),
    );
    vec![
        ("events", events.collect()),
        ("errors", errors.collect()),
        ("alerts", alerts::report(case, &results.alerts)),
        ("sigma", sigma::report(case)),
        ("users", users::report(case)),
    ]
}
