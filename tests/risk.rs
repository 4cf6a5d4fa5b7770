//! Alerts over public logs of attack techniques, and over the quiet hours of the demo.

mod support;

use std::path::Path;

use serde_json::Value;

use support::{files_below, report};

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
        ("backdoor-role", "policy-widened"),
        ("backdoor-user", "key-made"),
        ("create-admin", "policy-widened"),
        ("create-user-login", "key-made"),
        ("backdoor-function", "code-replaced"),
        ("layer-extension", "code-replaced"),
        ("overwrite-code", "code-replaced"),
        ("rolesanywhere", "federation"),
        ("federation-token", "federation"),
        ("update-user-login", "key-made"),
    ];
    let (mut files, mut right) = (0, Vec::new());
    for (path, bytes) in files_below(&folder) {
        let Some((part, alert)) = fits.iter().find(|(part, _)| path.contains(part)) else {
            continue;
        };
        files += 1;
        let raised = alerts(&report(&[(path.clone(), bytes)]));
        if raised.iter().any(|(id, _)| id == alert) {
            right.push(*part);
        } else {
            eprintln!("{path}: {raised:?}, not {alert}");
        }
    }
    assert_eq!(files, 35, "each technique is named");
    assert!(right.len() >= 30, "{right:?}");
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
