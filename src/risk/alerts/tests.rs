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
    raised_of(&lines(all))
}

fn raised_of(text: &str) -> BTreeSet<String> {
    let store = store(&[text]);
    let scene = Scene {
        store: &store,
        path: &|_| "",
        log_buckets: &[],
        narrowed: &narrowed(&store, &log(text).requests()),
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

/// The forms that one act has: by other calls, with other fields, for others.
#[test]
fn the_forms_of_an_act_are_told_from_what_only_looks_like_it() {
    const ROOT: &str = r#""userIdentity":{"type":"Root","arn":"arn:aws:iam::111122223333:root"},"#;
    let root = |more: &str| format!("{ROOT}{more}");
    let group = |range: &str| {
        format!(
            r#""requestParameters":{{"groupId":"sg-1","ipPermissions":{{"items":[{{"ipProtocol":"tcp","fromPort":22,"toPort":22,{range}}}]}}}}"#
        )
    };
    let v4 = group(r#""ipRanges":{"items":[{"cidrIp":"0.0.0.0/0"}]}"#);
    let v6 = group(r#""ipv6Ranges":{"items":[{"cidrIpv6":"::/0"}]}"#);
    let list = group(r#""prefixListIds":{"items":[{"prefixListId":"pl-1"}]}"#);
    let rule = r#""requestParameters":{"ModifySecurityGroupRulesRequest":{"GroupId":"sg-1","SecurityGroupRule":{"SecurityGroupRule":{"CidrIpv6":"::/0","IpProtocol":"tcp","FromPort":22,"ToPort":22}}}}"#;
    let snapshot = |does: &str| {
        format!(
            r#""requestParameters":{{"snapshotId":"snap-1","createVolumePermission":{{"{does}":{{"items":[{{"group":"all"}}]}}}},"attributeType":"CREATE_VOLUME_PERMISSION"}}"#
        )
    };
    let acl = |who: &str| {
        format!(
            r#""requestParameters":{{"bucketName":"b","AccessControlPolicy":{{"AccessControlList":{{"Grant":[{{"Permission":"READ","Grantee":{{"xsi:type":"Group","URI":"http://acs.amazonaws.com/groups/{who}"}}}}]}}}}}}"#
        )
    };
    let failed = root(
        r#""additionalEventData":{"MFAUsed":"No"},"responseElements":{"ConsoleLogin":"Failure"}"#,
    );
    let no_mfa = root(r#""additionalEventData":{"MFAUsed":"No"}"#);
    let mfa = root(r#""additionalEventData":{"MFAUsed":"Yes"}"#);
    let rows: [(&str, &str, &str, bool); 25] = [
        ("login-without-mfa", "ConsoleLogin", &no_mfa, true),
        ("login-without-mfa", "ConsoleLogin", &mfa, false),
        ("login-without-mfa", "ConsoleLogin", &failed, false),
        ("root-used", "ConsoleLogin", &mfa, true),
        ("logging-stopped", "DeleteTrail", "", true),
        ("logging-stopped", "StartLogging", "", false),
        ("trail-changed", "PutEventSelectors", "", true),
        ("trail-changed", "GetEventSelectors", "", false),
        ("group-opened", "AuthorizeSecurityGroupIngress", &v4, true),
        ("group-opened", "AuthorizeSecurityGroupIngress", &v6, true),
        (
            "group-opened",
            "AuthorizeSecurityGroupIngress",
            &list,
            false,
        ),
        ("group-opened", "AuthorizeSecurityGroupEgress", &v4, false),
        ("group-opened", "ModifySecurityGroupRules", rule, false),
        (
            "image-shared",
            "ModifySnapshotAttribute",
            &snapshot("add"),
            true,
        ),
        (
            "image-shared",
            "ModifySnapshotAttribute",
            &snapshot("remove"),
            false,
        ),
        (
            "image-shared",
            "ModifyDBClusterSnapshotAttribute",
            r#""requestParameters":{"attributeName":"restore","valuesToAdd":["all"]}"#,
            true,
        ),
        (
            "image-shared",
            "ModifyDBSnapshotAttribute",
            r#""requestParameters":{"attributeName":"restore","valuesToRemove":["all"]}"#,
            false,
        ),
        (
            "bucket-public",
            "PutBucketAcl",
            &acl("global/AllUsers"),
            true,
        ),
        (
            "bucket-public",
            "PutBucketAcl",
            &acl("global/AuthenticatedUsers"),
            true,
        ),
        (
            "bucket-public",
            "PutBucketAcl",
            &acl("s3/LogDelivery"),
            false,
        ),
        (
            "bucket-public",
            "PutBucketAcl",
            r#""requestParameters":{"bucketName":"b","x-amz-acl":["public-read"]}"#,
            true,
        ),
        (
            "bucket-public",
            "PutBucketAcl",
            r#""requestParameters":{"bucketName":"b","x-amz-acl":["private"]}"#,
            false,
        ),
        (
            "key-made-for-other",
            "CreateAccessKey",
            r#""requestParameters":{"userName":"other"}"#,
            true,
        ),
        (
            "key-made-for-other",
            "CreateAccessKey",
            r#""requestParameters":{"userName":"m"}"#,
            false,
        ),
        (
            "key-made-for-other",
            "CreateAccessKey",
            r#""requestParameters":null"#,
            false,
        ),
    ];
    let wrong: Vec<_> = rows
        .iter()
        .filter(|(id, name, more, fires)| {
            let text = lines(&[(name, more, 1, 1)]);
            raised_of(&text).contains(*id) != *fires
        })
        .collect();
    assert!(wrong.is_empty(), "{wrong:#?}");
    let ids: Vec<&str> = ALERTS.iter().map(|alert| alert.id).collect();
    assert!(rows.iter().all(|(id, ..)| ids.contains(id)));
}
