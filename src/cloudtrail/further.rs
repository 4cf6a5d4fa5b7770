//! What few records hold beside the facts of a row: secrets, who may reach a bucket, bytes of objects.

use serde_json::Value;

use crate::secret::{self, Masked};

use super::event::{Access, Category, Event};
use super::log::Log;

/// Secrets that are told of one file; more say nothing more.
const MOST_SECRETS: usize = 5_000;
/// Bytes of request parameters that are kept: a bucket policy has at most 20 kB.
const LONGEST: usize = 64 << 10;
/// Bytes of all request parameters that are kept of one file.
const MOST_REQUESTS: usize = 16 << 20;

/// Calls that change who may reach a bucket.
pub(super) const REACH: &[&str] = &[
    "CreateBucket",
    "DeleteBucket",
    "PutBucketPolicy",
    "DeleteBucketPolicy",
    "PutBucketAcl",
    "PutBucketPublicAccessBlock",
    "DeleteBucketPublicAccessBlock",
    "PutAccountPublicAccessBlock",
    "DeleteAccountPublicAccessBlock",
];

/// Calls that write the policies of identities.
const POLICIES: &[&str] = &[
    "CreatePolicy",
    "CreatePolicyVersion",
    "CreateRole",
    "DeleteGroupPolicy",
    "DeletePolicy",
    "DeleteRolePolicy",
    "DeleteUserPolicy",
    "PutGroupPolicy",
    "PutRolePolicy",
    "PutUserPolicy",
    "SetDefaultPolicyVersion",
    "UpdateAssumeRolePolicy",
];

/// Calls that read one object to write another.
const COPIES: &[&str] = &["CopyObject", "UploadPartCopy"];
/// Copies of one file whose source is told.
const MOST_COPIES: usize = 100_000;

/// The ARN of the object that a call copies: its header names bucket and key, percent-encoded, and may name a version
/// (Amazon S3 API reference, `CopyObject`).
fn copied(event: &Event<'_>) -> Option<String> {
    let request: Value = serde_json::from_str(event.request).ok()?;
    let header = &request["x-amz-copy-source"];
    let header = header.as_str().or_else(|| header[0].as_str())?;
    let path = header.split("?versionId=").next()?.trim_start_matches('/');
    let path = decoded(path)?;
    let (bucket, key) = path.split_once('/')?;
    let is_object = !bucket.is_empty() && !key.is_empty() && path.len() <= LONGEST_SOURCE;
    // Those of China and of GovCloud have a partition of their own.
    let partition = event.resources.iter().find_map(|arn| {
        let (partition, _) = arn.strip_prefix("arn:")?.split_once(":s3:::")?;
        Some(partition)
    });
    is_object.then(|| format!("arn:{}:s3:::{path}", partition.unwrap_or("aws")))
}

/// Bytes of a bucket's and a key's name together.
const LONGEST_SOURCE: usize = 1_100;

fn decoded(text: &str) -> Option<String> {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.bytes();
    while let Some(byte) = rest.next() {
        let hex = |byte: Option<u8>| char::from(byte?).to_digit(16);
        bytes.push(match byte {
            b'%' => (hex(rest.next())? << 4 | hex(rest.next())?) as u8,
            _ => byte,
        });
    }
    String::from_utf8(bytes).ok()
}

/// Takes what the record of an event holds, before the event becomes the next row of `log`.
pub(super) fn take(log: &mut Log, event: &Event<'_>) {
    let row = log.rows.len() as u32;
    if let Some(bytes) = event.bytes {
        log.sizes.push((row, bytes));
    }
    if COPIES.contains(&&*event.name)
        && log.copies.len() < MOST_COPIES
        && let Some(source) = copied(event)
    {
        log.copies.push((row, source));
    }
    // Only a call that changes something can hand a secret in.
    if event.access == Access::Read || event.category != Category::Management {
        return;
    }
    let request = event.request;
    if log.secrets.len() < MOST_SECRETS && secret::may_hold(request) {
        let found = secret::json::search_value(request, secret::json::OF_EVENTS);
        log.secrets
            .extend(found.iter().map(|one| (row, Masked::from(one))));
    }
    let is_kept = REACH.contains(&&*event.name) || POLICIES.contains(&&*event.name);
    if !is_kept || request.is_empty() {
        return;
    }
    if request.len() > LONGEST || log.kept + request.len() > MOST_REQUESTS {
        log.left_out += 1;
        return;
    }
    log.kept += request.len();
    log.requests.push((row, request.to_owned()));
}

#[cfg(test)]
mod tests {
    use super::super::event::Event;
    use super::super::log::Log;
    use super::take;
    use crate::secret::{name_of, rules};

    /// Letters and digits that no example of AWS and no placeholder is made of.
    fn letters(count: usize) -> String {
        "q7Wz3kRt9Xb5Lm2Vn8Jc4Hd6Gf"
            .chars()
            .cycle()
            .take(count)
            .collect()
    }

    #[test]
    fn every_rule_finds_its_secret_in_a_record() {
        let hex = |count| {
            "0a9b8c7d6e5f4a3b2c1d0e9f8a7b6c5d"
                .chars()
                .cycle()
                .take(count)
                .collect::<String>()
        };
        let alone = |count| letters(count).replace(|c: char| c.is_ascii_digit(), "Q");
        let capitals = |count| letters(count).to_uppercase().replace(['8', '9'], "2");
        let examples = [
            ("AWS access key ID", format!("AKIA{}", capitals(16))),
            (
                "AWS secret access key",
                format!("secretaccess_key = {}", letters(40)),
            ),
            (
                "AWS session token",
                format!("sessionToken={}", letters(120)),
            ),
            ("Azure storage key", format!("AccountKey={}==", letters(86))),
            ("Docker Hub token", format!("dckr_pat_{}", letters(24))),
            ("GitHub token", format!("ghp_{}", letters(36))),
            ("GitLab token", format!("glpat-{}", letters(20))),
            ("Google API key", format!("AIza{}", letters(35))),
            ("Google OAuth secret", format!("GOCSPX-{}", letters(28))),
            ("Hugging Face token", format!("hf_{}", alone(34))),
            (
                "JSON Web Token",
                format!("eyJ{}.eyJ{}.{}", letters(20), letters(20), letters(20)),
            ),
            ("New Relic key", format!("NRAK-{}", capitals(27))),
            ("npm token", format!("npm_{}", letters(36))),
            ("PyPI token", format!("pypi-AgE{}", letters(60))),
            (
                "SendGrid key",
                format!("SG.{}.{}", letters(22), letters(43)),
            ),
            ("Shopify token", format!("shpat_{}", hex(32))),
            ("Slack token", format!("xoxb-{}", letters(30))),
            (
                "Slack webhook",
                format!(
                    "https://hooks.slack.com/services/T{0}/B{0}/{1}",
                    capitals(9),
                    letters(24)
                ),
            ),
            ("Stripe key", format!("sk_live_{}", letters(24))),
            ("Twilio key", format!("twilio SK{}", hex(32))),
            (
                "Private key",
                "-----BEGIN PGP PRIVATE KEY BLOCK-----".to_owned(),
            ),
            (
                "Password in an address",
                format!("postgres://app:{}@db", letters(12)),
            ),
            (
                "Authorization header",
                format!("Authorization=Basic {}", letters(20)),
            ),
            (
                "Password on a command line",
                format!("--token {}", letters(12)),
            ),
            ("Assigned password", format!("PWD={}", letters(12))),
            ("Assigned key or token", format!("api-key: {}", letters(20))),
        ];
        let names: Vec<&str> = examples.iter().map(|(name, _)| *name).collect();
        let all: Vec<&str> = rules().iter().map(|rule| rule.name).collect();
        assert_eq!(names, all, "each rule has an example");
        for (name, example) in &examples {
            let record = format!(
                r#"{{"eventID":"1","eventName":"PutThing","readOnly":false,"requestParameters":{{"note":"{example}"}}}}"#
            );
            let mut log = Log::default();
            take(&mut log, &Event::parse(&record).expect("a record"));
            let found: Vec<&str> = log
                .secrets
                .iter()
                .map(|(_, one)| name_of(one.rule))
                .collect();
            assert_eq!(found, [*name], "{example}");
        }
    }
}
