//! Checks of the evidence itself: what each says of what is known, and of what is not.

mod support;

use exhibit::case::{Export, Settings};
use exhibit::moment::Moment;
use serde_json::{Value, json};

use support::{exported, judged};

#[test]
fn the_checks_of_the_log_bucket_and_its_key_say_no_more_than_is_known() {
    let trail = |key: &str| {
        let key = if key.is_empty() {
            String::new()
        } else {
            format!(r#","KmsKeyId":"{key}""#)
        };
        format!(
            r#"{{"trailList":[{{"Name":"t","S3BucketName":"logs","TrailARN":"arn:aws:cloudtrail:us-east-1:111122223333:trail/t","HomeRegion":"us-east-1","IsMultiRegionTrail":true,"LogFileValidationEnabled":true{key}}}]}}"#
        )
    };
    let policy = |principal: &str, action: &str| {
        let policy = format!(
            r#"{{"Version":"2012-10-17","Statement":[{{"Effect":"Allow","Principal":{principal},"Action":"{action}","Resource":"arn:aws:s3:::logs/*"}}]}}"#
        );
        json!({ "Policy": policy }).to_string()
    };
    let status = |files: &[(&str, String)]| {
        let files: Vec<(String, Vec<u8>)> = files
            .iter()
            .map(|(name, text)| ((*name).to_owned(), text.clone().into_bytes()))
            .collect();
        let mut case = judged(&files, Settings::default());
        let report = Export::Report {
            generated: Moment::MIN,
        };
        let report: Value = serde_json::from_slice(&exported(&mut case, &report)).expect("JSON");
        let of = |id: &str| {
            let all = report["audit"]["controls"].as_array().expect("controls");
            let one = all.iter().find(|one| one["id"] == id).expect(id);
            one["status"].as_str().expect("a status").to_owned()
        };
        (of("LOG-BUCKET"), of("LOG-ENCRYPTION"))
    };
    let blocked = r#"{"PublicAccessBlockConfiguration":{"BlockPublicAcls":true,"IgnorePublicAcls":true,"BlockPublicPolicy":true,"RestrictPublicBuckets":true}}"#;
    let key = "arn:aws:kms:us-east-1:111122223333:key/k";
    let (own, other, all) = (
        r#"{"Service":"cloudtrail.amazonaws.com"}"#,
        r#"{"AWS":"arn:aws:iam::444455556666:root"}"#,
        r#""*""#,
    );
    let name = "get-bucket-policy-logs.json";
    let block = "get-public-access-block-logs.json";
    for (files, bucket, encryption) in [
        (
            vec![("describe-trails.json", trail(key))],
            "notTested",
            "met",
        ),
        (
            vec![
                ("describe-trails.json", trail("")),
                (name, policy(own, "s3:PutObject")),
            ],
            "met",
            "failed",
        ),
        (
            vec![
                ("describe-trails.json", trail(key)),
                (name, policy(other, "s3:DeleteObject")),
            ],
            "notTested",
            "met",
        ),
        (
            vec![
                ("describe-trails.json", trail(key)),
                (name, policy(all, "s3:GetObject")),
            ],
            "failed",
            "met",
        ),
        (
            vec![
                ("describe-trails.json", trail(key)),
                (name, policy(all, "s3:GetObject")),
                (block, blocked.to_owned()),
            ],
            "met",
            "met",
        ),
        (
            vec![
                ("describe-trails.json", trail(key)),
                (block, blocked.to_owned()),
            ],
            "notTested",
            "met",
        ),
    ] {
        assert_eq!(
            status(&files),
            (bucket.to_owned(), encryption.to_owned()),
            "{files:?}"
        );
    }
}
