//! Alerts over public logs of attack techniques, and over the quiet hours of the demo; Sigma rules over public rules
//! and public logs.

mod support;

use std::path::Path;

use exhibit::case::{Answer, Case, Export, Question, Settings, Subject};
use exhibit::moment::Moment;
use exhibit::object::{Row, Way};
use exhibit::risk::calls::calls;
use exhibit::risk::errors::ERRORS;
use exhibit::risk::{ALERTS, CustomAlert};
use exhibit::secret::json::TYPES;
use exhibit::sigma::detection::{Call, Record};
use exhibit::sigma::{Dropped, holding, parse};
use serde_json::Value;

use support::{files_below, judged, report};

fn alerts(report: &Value) -> Vec<(String, String)> {
    let all = report["risk"]["alerts"].as_array().expect("alerts");
    let word = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    all.iter()
        .map(|one| (word(&one["id"]), word(&one["severity"])))
        .collect()
}

#[test]
fn techniques_raise_the_alert_that_fits() {
    let Some(folder) = support::data("cloudtrail/stratus-red-team-detonation-logs") else {
        return;
    };
    // Which alert fits a technique, by a part of its file's name.
    let fits: &[(&str, &str)] = &[
        ("password-data", "secrets-read"),
        ("steal-instance-credentials", "commands-sent"),
        ("batch-retrieve-secrets", "secrets-read"),
        ("secretsmanager-retrieve", "secrets-read"),
        ("ssm-retrieve", "secrets-read"),
        ("cloudtrail-delete", "logging-stopped"),
        ("event-selectors", "trail-changed"),
        ("cloudtrail-stop", "logging-stopped"),
        ("dns-delete", "other-logs-removed"),
        ("organizations-leave", "organization-left"),
        ("remove-flow-logs", "other-logs-removed"),
        ("download-user-data", "user-data-changed"),
        ("launch-unusual", "instances-launched"),
        ("ec2-user-data", "user-data-changed"),
        ("ssm-send-command", "commands-sent"),
        ("ssm-start-session", "commands-sent"),
        ("open-port-22", "group-opened"),
        ("share-ami", "image-shared"),
        ("share-ebs", "image-shared"),
        ("rds-share", "image-shared"),
        ("bedrock", "model-invoked"),
        ("console-login", "login-without-mfa"),
        ("instance-connect", "commands-sent"),
        ("serial-console", "commands-sent"),
        ("backdoor-role", "federation"),
        ("backdoor-user", "key-made-for-other"),
        ("create-admin", "administrator-made"),
        ("create-user-login", "key-made"),
        ("backdoor-function", "code-replaced"),
        ("layer-extension", "code-replaced"),
        ("overwrite-code", "code-replaced"),
        ("rolesanywhere", "federation"),
        ("federation-token", "key-made"),
        ("update-user-login", "key-made"),
    ];
    let (mut files, mut missed) = (0, Vec::new());
    for (path, bytes) in files_below(&folder) {
        let Some((part, alert)) = fits.iter().find(|(part, _)| path.contains(part)) else {
            continue;
        };
        files += 1;
        let raised = alerts(&report(&[(path.clone(), bytes)]));
        if !raised.iter().any(|(id, _)| id == alert) {
            eprintln!("{path}: {raised:?}, not {alert}");
            missed.push(*part);
        }
    }
    assert_eq!(files, 35, "each technique is named");
    // One call reads many secrets, and its record names none.
    assert_eq!(missed, ["batch-retrieve-secrets"]);
}

#[test]
fn quiet_hours_raise_nothing_grave() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let files = files_below(&root.join("tests/evidence/complete/evidence"));
    let report = report(&files);
    assert!(
        report["cloudtrail"]["summary"]["events"]
            .as_u64()
            .is_some_and(|count| count > 0)
    );
    let grave: Vec<_> = alerts(&report)
        .into_iter()
        .filter(|(_, severity)| severity == "critical" || severity == "high")
        .collect();
    assert!(grave.is_empty(), "{grave:?}");
    let calls = report["risk"]["events"].as_array().expect("calls");
    let sorted = calls
        .windows(2)
        .all(|pair| pair[0]["risk"].as_u64() >= pair[1]["risk"].as_u64());
    assert!(!calls.is_empty() && sorted);
}

#[test]
fn the_readme_has_the_figures_of_the_model() {
    let readme = include_str!("../README.md").replace('\n', " ");
    let rows = |way: Way| way.rows().len();
    let alike = |row: &&Row| row.pattern.starts_with('=');
    let figures = [
        format!("{} calls and {} errors", calls().len(), ERRORS.len()),
        format!("{} built-in alerts", ALERTS.len()),
        format!(
            "{} content types ({} are other names",
            rows(Way::ContentType),
            Way::ContentType.rows().iter().filter(alike).count()
        ),
        format!(
            "{} extensions, {} themes and {} regexes",
            rows(Way::Extension),
            rows(Way::Theme),
            rows(Way::Regex)
        ),
        format!("configuration items of {} types", TYPES.len()),
    ];
    for figure in figures {
        assert!(readme.contains(&figure), "{figure}");
    }
}

#[test]
fn a_day_of_usual_work_raises_nothing_grave() {
    let who = |name: &str| match name {
        "user" => {
            r#"{"type":"IAMUser","arn":"arn:aws:iam::111122223333:user/ops","userName":"ops"}"#
        }
        "role" => {
            r#"{"type":"AssumedRole","arn":"arn:aws:sts::111122223333:assumed-role/deploy/ci"}"#
        }
        _ => {
            r#"{"type":"Root","arn":"arn:aws:iam::111122223333:root","invokedBy":"cloudformation.amazonaws.com"}"#
        }
    };
    let record = |(at, line): (usize, &str)| {
        let mut parts = line.split('\t');
        let mut next = || parts.next().unwrap_or_default();
        let (service, name, who, request, more) = (next(), next(), who(next()), next(), next());
        let more = if more.is_empty() {
            r#""sourceIPAddress":"198.51.100.7""#
        } else {
            more
        };
        format!(
            r#"{{"eventVersion":"1.08","eventID":"{at:08x}-0000-0000-0000-00000000000a","eventName":"{name}","eventSource":"{service}.amazonaws.com","eventTime":"2026-03-01T05:{at:02}:00Z","awsRegion":"eu-west-1","recipientAccountId":"111122223333","userIdentity":{who},"requestParameters":{request},{more}}}"#
        )
    };
    let day = include_str!("quiet_day.txt").lines();
    let day = day.filter(|line| !line.starts_with('#'));
    // A program reads its secret again and again.
    let secret = "secretsmanager\tGetSecretValue\trole\t{\"secretId\":\"prod/db\"}";
    let events: Vec<String> = day.chain([secret; 30]).enumerate().map(record).collect();
    let log = format!("{{\"Records\":[{}]}}", events.join(","));
    let report = report(&[("a.json".to_owned(), log.into_bytes())]);
    assert_eq!(report["cloudtrail"]["summary"]["events"], events.len());
    let grave: Vec<_> = alerts(&report)
        .into_iter()
        .filter(|(_, severity)| severity == "critical" || severity == "high")
        .collect();
    assert!(grave.is_empty(), "{grave:?}");
}

/// SigmaHQ's rules for CloudTrail.
fn sigma_rules() -> Option<Vec<(String, Dropped)>> {
    let files = files_below(&support::data("config/sigma_aws")?);
    let rules = files.iter().filter(|(path, _)| path.ends_with(".yml"));
    let read =
        rules.flat_map(|(path, bytes)| parse(bytes).into_iter().map(|rule| (path.clone(), rule)));
    Some(read.collect())
}

/// The records of all public logs.
fn records() -> Vec<Value> {
    let folders = ["invictus-aws_dataset", "stratus-red-team-detonation-logs"];
    let folders = folders
        .iter()
        .filter_map(|name| support::data(&format!("cloudtrail/{name}")));
    let mut all = Vec::new();
    for (_, bytes) in folders.flat_map(|folder| files_below(&folder)) {
        match serde_json::from_slice(&bytes) {
            Ok(Value::Array(records)) => all.extend(records),
            Ok(Value::Object(mut file)) => {
                if let Some(Value::Array(records)) = file.remove("Records") {
                    all.extend(records);
                }
            }
            _ => {}
        }
    }
    all
}

#[test]
fn every_sigmahq_rule_is_read_or_its_reason_told() {
    let Some(rules) = sigma_rules() else { return };
    assert_eq!(rules.len(), 58);
    for (path, rule) in &rules {
        assert!(
            !rule.title.is_empty() && !rule.author.is_empty() && rule.id.len() == 36,
            "{path}"
        );
        assert!(
            !rule.references.is_empty() && !rule.tags.is_empty(),
            "{path}"
        );
    }
    let wrong: Vec<(&str, &str)> = rules
        .iter()
        .filter_map(|(path, rule)| Some((path.as_str(), rule.rule.as_ref().err()?.as_str())))
        .collect();
    // The one that asks for a placeholder of the reader's own.
    assert_eq!(wrong.len(), 1, "{wrong:?}");
    assert!(
        wrong[0].0.contains("placeholder") && wrong[0].1.contains("expand"),
        "{wrong:?}"
    );
}

#[test]
fn what_the_call_decides_is_what_the_record_says() {
    let Some(rules) = sigma_rules() else { return };
    let (records, mut matches, mut fired) = (records(), 0, std::collections::BTreeSet::new());
    if records.is_empty() {
        return;
    }
    let word = |record: &Value, key: &str| record[key].as_str().unwrap_or_default().to_owned();
    let mut decided = 0;
    for record in &records {
        let call = Call::new(&word(record, "eventName"), &word(record, "eventSource"));
        for (path, rule) in &rules {
            let Ok(rule) = &rule.rule else { continue };
            let told = rule
                .holds(&Record::new(record))
                .expect("a whole record tells all");
            if let Some(by_call) = rule.holds(&call) {
                decided += 1;
                assert_eq!(by_call, told, "{path}: {record}");
            }
            matches += usize::from(told);
            if told {
                fired.insert(path.as_str());
            }
        }
    }
    let asked = records.len() * (rules.len() - 1);
    println!(
        "{} records, {matches} matches of {} rules; the call alone decided {decided} of {asked}",
        records.len(),
        fired.len()
    );
    assert!(fired.len() >= 13 && matches > 150, "{fired:?}");
    assert!(decided * 100 > asked * 90, "{decided} of {asked}");
}

/// Does what readers do with the records that a case asks for.
fn look(case: &mut Case, files: &[(String, Vec<u8>)]) -> usize {
    let Answer::Suspects(suspects) = case.answer(&Question::Suspects) else {
        panic!("no answer")
    };
    let (mut hits, mut looked) = (Vec::new(), 0);
    for (file, asked) in suspects.files.iter().zip(&suspects.asked) {
        let (_, bytes) = files
            .iter()
            .find(|(path, _)| *path == file.path)
            .expect("the file");
        for ((event, (at, length)), group) in file.events.iter().zip(&file.parts).zip(asked) {
            looked += 1;
            let places = &suspects.groups[*group as usize];
            let rules = places
                .iter()
                .map(|&at| suspects.rules[at as usize].as_ref().expect("a rule"));
            let record = &bytes[*at as usize..(*at + *length) as usize];
            let record = std::str::from_utf8(record).expect("text");
            hits.extend(
                holding(rules, record)
                    .into_iter()
                    .map(|at| (places[at as usize], *event)),
            );
        }
    }
    assert!(case.suspect(suspects.stamp, &hits));
    assert!(
        !case.suspect(suspects.stamp + 1, &hits),
        "what is of other evidence is void"
    );
    looked
}

fn told(case: &mut Case) -> Value {
    let mut text = Vec::new();
    let generated = Moment::from_seconds(0);
    let written = case.export(&Export::Report { generated }, &mut |part| {
        text.extend_from_slice(part)
    });
    written.expect("a document");
    serde_json::from_slice(&text).expect("JSON")
}

#[test]
fn dropped_sigma_rules_find_their_events() {
    let rule = |title: &str, id: &str, detection: &str| {
        format!("title: {title}\nid: {id}\nauthor: A. Writer\nlevel: high\ntags:\n  - attack.stealth\nlogsource:\n  product: aws\n  service: cloudtrail\ndetection:\n{detection}\n").into_bytes()
    };
    let event = |id: u32, name: &str, more: &str| {
        format!(
            r#"{{"eventVersion":"1.08","eventID":"{id:08x}-0000-0000-0000-00000000000a","eventName":"{name}","eventSource":"s3.amazonaws.com","eventTime":"2026-03-01T05:00:0{id}Z"{more}}}"#
        )
    };
    let log = format!(
        "{{\"Records\":[{},{},{},{}]}}",
        event(
            1,
            "PutBucketPolicy",
            r#","requestParameters":{"bucketName":"a"}"#
        ),
        event(
            2,
            "PutBucketPolicy",
            r#","requestParameters":{"bucketName":"b"}"#
        ),
        event(3, "GetObject", ""),
        event(4, "DeleteBucket", ""),
    );
    let by_call = rule(
        "By call",
        "11111111-1111-1111-1111-111111111111",
        "  s:\n    eventName: DeleteBucket\n  condition: s",
    );
    let by_record = rule(
        "By record",
        "22222222-2222-2222-2222-222222222222",
        "  s:\n    eventName: PutBucketPolicy\n    requestParameters.bucketName: b\n  condition: s",
    );
    let unsupported = rule(
        "Counts",
        "33333333-3333-3333-3333-333333333333",
        "  s:\n    eventName: A\n  condition: s | count() > 3",
    );
    let files = vec![
        ("a.json".to_owned(), log.into_bytes()),
        ("rules/again.yml".to_owned(), by_call.clone()),
        ("rules/by-call.yml".to_owned(), by_call),
        ("rules/by-record.yml".to_owned(), by_record),
        ("rules/unsupported.yml".to_owned(), unsupported),
    ];
    let mut case = judged(&files, Settings::default());
    let before = told(&mut case);
    let of = |report: &Value, title: &str| {
        report["risk"]["alerts"]
            .as_array()
            .and_then(|all| all.iter().find(|one| one["title"] == title).cloned())
    };
    assert!(of(&before, "By call").is_some() && of(&before, "By record").is_none());
    assert_eq!(
        look(&mut case, &files),
        2,
        "only records of the call are read again"
    );
    let report = told(&mut case);
    let found = of(&report, "By record").expect("raised");
    assert_eq!(
        (
            found["count"].as_u64(),
            found["severity"].as_str(),
            found["rule"]["author"].as_str()
        ),
        (Some(1), Some("high"), Some("A. Writer"))
    );
    assert!(
        found["rule"]["licence"]
            .as_str()
            .is_some_and(|licence| licence.contains("DRL"))
    );
    let state = |title: &str| {
        let rules = report["risk"]["sigma"].as_array().expect("rules");
        let of = rules.iter().filter(|one| one["title"] == title);
        of.map(|one| one["status"].as_str().unwrap_or_default().to_owned())
            .collect::<Vec<_>>()
    };
    assert_eq!(state("By call"), ["evaluated", "notEvaluated"]);
    assert_eq!(state("Counts"), ["notEvaluated"]);
    // Its events are asked for by its id, and a rule that is turned off finds nothing.
    let rows =
        |case: &mut Case, query: &str| match case.answer(&Question::Records(query.to_owned())) {
            Answer::Records(files) => files.iter().map(|file| file.events.len()).sum::<usize>(),
            _ => 0,
        };
    assert_eq!(rows(&mut case, "alert:sigma-22222222*"), 1);
    let mut settings = Settings::default();
    settings
        .risk
        .disabled
        .alerts
        .insert("sigma-22222222-2222-2222-2222-222222222222".to_owned());
    settings.risk.alerts.push(CustomAlert {
        title: "Mine".to_owned(),
        query: "name:GetObject".to_owned(),
        ..CustomAlert::default()
    });
    case.set(settings);
    assert!(case.judge().is_empty());
    let report = told(&mut case);
    assert!(of(&report, "By record").is_none() && of(&report, "By call").is_some());
    assert_eq!(
        of(&report, "Mine").map(|one| one["from"].clone()),
        Some("your own".into())
    );
}

#[test]
fn an_event_names_the_alerts_that_it_raises() {
    let log = br#"{"Records":[
        {"eventID":"00000001-0000-0000-0000-00000000000a","eventName":"StopLogging","eventSource":"cloudtrail.amazonaws.com","eventTime":"2026-03-01T05:00:01Z"},
        {"eventID":"00000002-0000-0000-0000-00000000000a","eventName":"GetTrailStatus","eventSource":"cloudtrail.amazonaws.com","eventTime":"2026-03-01T05:00:02Z"}]}"#;
    let mut case = judged(&[("a.json".to_owned(), log.to_vec())], Settings::default());
    let mut told = |event: u32| {
        let Answer::Inspection(Some(told)) = case.answer(&Question::Inspect(Subject::Event(event)))
        else {
            panic!("no answer")
        };
        let alerts = told.related.into_iter();
        let alerts = alerts.filter(|(_, subject)| matches!(subject, Subject::Alert(_)));
        (
            told.title,
            alerts.map(|(label, _)| label).collect::<Vec<_>>(),
        )
    };
    for event in 0..2 {
        let (title, alerts) = told(event);
        let expected: &[&str] = match &*title {
            "StopLogging" => &["The alert it raises: Logging was stopped or a trail deleted"],
            _ => &[],
        };
        assert_eq!(alerts, expected, "{title}");
    }
}

#[test]
fn what_users_can_do_is_told_by_their_groups_and_the_texts_of_policies() {
    let policy =
        r#"{\"Statement\":[{\"Effect\":\"Allow\",\"Action\":\"iam:*\",\"Resource\":\"*\"}]}"#;
    let item = |kind: &str, name: &str, arn: &str, configuration: &str| {
        format!(
            r#"{{"version":"1.3","configurationItemVersion":"1.3","configurationItemCaptureTime":"2026-03-01T00:00:00.000Z","configurationItemStatus":"OK","configurationStateId":1,"awsAccountId":"111122223333","awsRegion":"global","ARN":"{arn}","resourceType":"{kind}","resourceId":"{name}","resourceName":"{name}","tags":{{}},"relatedEvents":[],"relationships":[],"configuration":{configuration},"supplementaryConfiguration":{{}}}}"#
        )
    };
    let own = "arn:aws:iam::111122223333:policy/Own";
    let items = [
        item(
            "AWS::IAM::User",
            "bob",
            "arn:aws:iam::111122223333:user/bob",
            r#"{"userName":"bob","groupList":["Staff"],"attachedManagedPolicies":[],"userPolicyList":[]}"#,
        ),
        item(
            "AWS::IAM::Group",
            "Staff",
            "arn:aws:iam::111122223333:group/Staff",
            &format!(
                r#"{{"groupName":"Staff","attachedManagedPolicies":[{{"policyName":"Own","policyArn":"{own}"}}],"groupPolicyList":[]}}"#
            ),
        ),
        item(
            "AWS::IAM::Policy",
            "Own",
            own,
            &format!(
                r#"{{"policyName":"Own","policyVersionList":[{{"versionId":"v2","isDefaultVersion":true,"document":"{policy}"}}]}}"#
            ),
        ),
        item(
            "AWS::IAM::User",
            "eve",
            "arn:aws:iam::111122223333:user/eve",
            r#"{"userName":"eve","groupList":[],"attachedManagedPolicies":[],"userPolicyList":[{"policyName":"read","policyDocument":"%7B%22Statement%22%3A%7B%22Effect%22%3A%22Allow%22%2C%22Action%22%3A%22s3%3AGet%2A%22%2C%22Resource%22%3A%22%2A%22%7D%7D"}]}"#,
        ),
    ];
    let snapshot = format!(
        r#"{{"fileVersion":"1.0","configSnapshotId":"a","configurationItems":[{}]}}"#,
        items.join(",")
    );
    let event = |at: u32, user: &str| {
        format!(
            r#"{{"eventID":"0000000{at}-0000-0000-0000-00000000000a","eventName":"GetTrailStatus","eventSource":"cloudtrail.amazonaws.com","eventTime":"2026-03-01T05:00:0{at}Z","readOnly":true,"userIdentity":{{"type":"IAMUser","accountId":"111122223333","userName":"{user}","arn":"arn:aws:iam::111122223333:user/{user}"}}}}"#
        )
    };
    let log = format!(r#"{{"Records":[{},{}]}}"#, event(1, "bob"), event(2, "eve"));
    let report = report(&[
        ("snapshot.json".to_owned(), snapshot.into_bytes()),
        ("log.json".to_owned(), log.into_bytes()),
    ]);
    let can = |user: &str| {
        let all = report["risk"]["users"].as_array().expect("users");
        let id = format!("111122223333:user:{user}");
        let one = all.iter().find(|one| one["id"] == *id).expect(user);
        (one["can"].clone(), one["did"].clone())
    };
    assert_eq!(can("bob"), ("platinum".into(), "bronze".into()));
    assert_eq!(can("eve"), ("silver".into(), "bronze".into()));
}
