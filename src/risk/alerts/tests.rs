//! Each alert is raised by its own events, and not by those that only look alike.

use std::collections::BTreeSet;

use super::*;
use crate::activity::store::tests::{log, store};
use crate::risk::calls::{Call, calls};
use crate::risk::widened::narrowed;

/// Events of one name: the name, more members of their JSON, how many, and seconds from one to the next.
pub(in crate::risk) type Line = (&'static str, &'static str, u32, u32);

/// Events that raise an alert, and events that do not.
pub(super) struct Fixture {
    pub(super) fires: &'static [Line],
    pub(super) quiet: &'static [Line],
}

/// The records of such lines, one after the other.
pub(in crate::risk) fn lines(all: &[(&str, &str, u32, u32)]) -> String {
    let (mut id, mut at) = (0, 1_700_000_000_i64);
    let mut text = String::new();
    for (name, more, times, every) in all {
        for _ in 0..*times {
            id += 1;
            at += i64::from(*every);
            let mut rest = String::new();
            let mut usual = |key: &str, value: &str| {
                if !more.contains(&format!("\"{key}\"")) {
                    rest += &format!(",\"{key}\":{value}");
                }
            };
            usual(
                "userIdentity",
                r#"{"type":"IAMUser","arn":"arn:aws:iam::111122223333:user/m","userName":"m"}"#,
            );
            usual("awsRegion", "\"eu-west-1\"");
            let service = calls().get(name).map_or("x", Call::service);
            usual("eventSource", &format!("\"{service}.amazonaws.com\""));
            usual("sourceIPAddress", "\"192.0.2.1\"");
            let more = if more.is_empty() {
                String::new()
            } else {
                format!(",{more}")
            };
            text += &format!(
                "{{\"eventID\":\"{id:08x}-0000-0000-0000-00000000000a\",\"eventName\":\"{name}\",\"eventTime\":\"{}\",\"recipientAccountId\":\"111122223333\"{more}{rest}}}\n",
                Moment::from_seconds(at)
            );
        }
    }
    text
}

fn raised_by(all: &[Line]) -> BTreeSet<String> {
    let text = lines(all);
    let store = store(&[&text]);
    let scene = Scene {
        store: &store,
        path: &|_| "",
        log_buckets: &[],
        narrowed: &narrowed(&store, &log(&text).requests()),
    };
    built_in(&scene, &Values::default())
        .into_iter()
        .map(|one| one.id)
        .collect()
}

#[test]
fn each_alert_is_raised_by_its_own_events_and_not_by_others() {
    for (alert, fixture) in FIXTURES {
        assert!(
            raised_by(fixture.fires).contains(alert.id),
            "{} is not raised",
            alert.id
        );
        assert!(
            !raised_by(fixture.quiet).contains(alert.id),
            "{} is raised",
            alert.id
        );
        // Where one event raises an alert, each does.
        for line in fixture.fires {
            let is_alone = matches!(alert.condition, Condition::Any(_));
            assert!(
                !is_alone || raised_by(&[*line]).contains(alert.id),
                "{} is not raised by {line:?}",
                alert.id
            );
        }
    }
}

#[test]
fn all_alerts_are_whole_and_every_category_has_one() {
    let mut ids = BTreeSet::new();
    for alert in ALERTS {
        assert!(ids.insert(alert.id), "{} is there twice", alert.id);
        let query = alert.condition.query();
        assert!(Query::parse(query).is_ok(), "{}: {query}", alert.id);
        assert!((1..=10).contains(&alert.risk), "{}", alert.id);
        assert!(!alert.recommendation.is_empty() && !alert.condition.threshold().is_empty());
    }
    for category in Category::ALL {
        assert!(
            ALERTS.iter().any(|alert| alert.category == category),
            "{}",
            category.name()
        );
    }
    let files = std::fs::read_dir(concat!(env!("CARGO_MANIFEST_DIR"), "/src/risk/alerts"))
        .expect("the folder");
    let names = files.filter_map(|file| file.ok()?.file_name().into_string().ok());
    let own = names
        .filter(|name| !["mod.rs", "tests.rs", "custom.rs", "dense.rs"].contains(&name.as_str()));
    assert_eq!(own.count(), ALERTS.len(), "one file an alert");
}

#[test]
fn an_alert_that_is_turned_off_is_not_raised() {
    let text = lines(&[("StopLogging", "", 1, 1)]);
    let store = store(&[&text]);
    let scene = Scene {
        store: &store,
        path: &|_| "",
        log_buckets: &[],
        narrowed: &narrowed(&store, &log(&text).requests()),
    };
    let mut values = Values::default();
    assert_eq!(built_in(&scene, &values).len(), 1);
    values.disabled.alerts.insert("logging-stopped".to_owned());
    assert!(built_in(&scene, &values).is_empty());
}

#[test]
fn dense_events_are_those_within_the_time() {
    let text = lines(&[
        ("GetSecretValue", "", 2, 3_000),
        ("GetSecretValue", "", 5, 10),
        ("GetSecretValue", "", 1, 3_000),
    ]);
    let store = store(&[&text]);
    let scene = Scene {
        store: &store,
        path: &|_| "",
        log_buckets: &[],
        narrowed: &narrowed(&store, &log(&text).requests()),
    };
    let all = built_in(&scene, &Values::default());
    let found = all
        .iter()
        .find(|one| one.id == "secrets-read")
        .expect("raised");
    assert_eq!(found.events.iter().collect::<Vec<_>>(), [1, 2, 3, 4, 5, 6]);
    assert_eq!(found.actors, ["arn:aws:iam::111122223333:user/m"]);
}
