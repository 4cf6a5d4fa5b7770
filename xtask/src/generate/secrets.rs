//! Secrets and open doors of the demo: keys in user data and environments, a bucket that everyone could read for half
//! a day. They look real and are not.

use base64::Engine as _;
use serde_json::{Value, json};

use super::config::{PAYROLL, at};
use super::trail::Call;

/// The calls that hand secrets in, and those that open and close the bucket.
pub(super) fn calls() -> Vec<Call> {
    let call = Call::new;
    let script = "#!/bin/sh\nexport AWS_ACCESS_KEY_ID=AKIAQ3EGRFSOTVBNAB2C\nexport AWS_SECRET_ACCESS_KEY=9hJ2kLm4Np6Qr8St0Uv1Wx3Yz5Ab7Cd9Ef1Gh3Ij\naws s3 sync s3://example-artifacts /srv\n";
    let packed = base64::engine::general_purpose::STANDARD.encode(script);
    let everyone = json!({ "Version": "2012-10-17", "Statement": [{ "Sid": "Share", "Effect": "Allow", "Principal": "*", "Action": "s3:GetObject", "Resource": format!("arn:aws:s3:::{PAYROLL}/*") }] });
    let block = json!({ "BlockPublicAcls": true, "IgnorePublicAcls": true, "BlockPublicPolicy": true, "RestrictPublicBuckets": true });
    let s3 = "s3.amazonaws.com";
    let bucket = |more: Value| {
        let mut request = json!({ "bucketName": PAYROLL });
        if let (Some(request), Value::Object(more)) = (request.as_object_mut(), more) {
            request.extend(more);
        }
        request
    };
    vec![
        call(
            at(13, 2),
            "bob",
            s3,
            "DeleteBucketPublicAccessBlock",
            bucket(json!({ "publicAccessBlock": "" })),
        ),
        call(
            at(13, 3),
            "bob",
            s3,
            "PutBucketPolicy",
            bucket(json!({ "bucketPolicy": everyone })),
        ),
        call(
            at(16, 4),
            "deploy",
            "ec2.amazonaws.com",
            "CreateLaunchTemplate",
            json!({ "CreateLaunchTemplateRequest": { "LaunchTemplateName": "web", "LaunchTemplateData": { "InstanceType": "t3.micro", "UserData": packed } } }),
        ),
        call(
            at(16, 6),
            "deploy",
            "lambda.amazonaws.com",
            "UpdateFunctionConfiguration20150331v2",
            json!({ "functionName": "shop-export", "environment": { "variables": { "STAGE": "prod", "DB_PASSWORD": "correct-horse-battery-9" } } }),
        ),
        call(
            at(18, 4),
            "deploy",
            s3,
            "DeleteObject",
            json!({ "bucketName": PAYROLL, "key": "exports/salaries-2023.xlsx" }),
        ),
        call(
            at(26, 12),
            "auditor",
            s3,
            "DeleteBucketPolicy",
            bucket(json!({ "policy": "" })),
        ),
        call(
            at(26, 13),
            "auditor",
            s3,
            "PutBucketPublicAccessBlock",
            bucket(json!({ "publicAccessBlock": "", "PublicAccessBlockConfiguration": block })),
        ),
    ]
}

/// The containers of a task definition, one of which is handed a token.
pub(super) fn containers() -> Value {
    json!([{ "Name": "notify", "Image": "example/notify:1.4", "Environment": [
        { "Name": "STAGE", "Value": "prod" },
        { "Name": "SLACK_TOKEN", "Value": "xoxb-123456789012-abcdefghijklmno" },
    ] }])
}
