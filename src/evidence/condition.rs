//! Conditions of policies that leave a statement for everyone to certain callers.

use serde_json::Value;

/// Condition keys whose values, where they are told, name callers (S3 user guide, "The meaning of public", and the keys of
/// principals, of services' sources and of callers of KMS in the IAM user guide). Transport, a referer or a date still
/// let in whoever wants to.
const NAMING: &[&str] = &[
    "aws:PrincipalAccount",
    "aws:PrincipalArn",
    "aws:PrincipalOrgID",
    "aws:PrincipalOrgPaths",
    "aws:SourceAccount",
    "aws:SourceArn",
    "aws:SourceIp",
    "aws:SourceOrgID",
    "aws:SourceOrgPaths",
    "aws:SourceOwner",
    "aws:SourceVpc",
    "aws:SourceVpce",
    "aws:VpcSourceIp",
    "aws:userid",
    "kms:CallerAccount",
    "s3:DataAccessPointAccount",
    "s3:DataAccessPointArn",
];

/// Whether a condition names certain callers. One that holds where its key is absent, or of all but some, leaves everyone
/// else.
pub fn names_callers(condition: &Value) -> bool {
    let is_of_some = |operator: &str| {
        let operator = operator.to_ascii_lowercase();
        let leaves = |part: &&str| operator.contains(*part);
        !["not", "ifexists", "forallvalues", "null"]
            .iter()
            .any(leaves)
    };
    let is_certain = |value: &Value| {
        let text = value.as_str().unwrap_or_default();
        !text.trim_matches('*').is_empty() && !text.ends_with("/0")
    };
    let names = |(key, value): (&String, &Value)| {
        let values = value
            .as_array()
            .map_or(std::slice::from_ref(value), Vec::as_slice);
        NAMING.iter().any(|own| own.eq_ignore_ascii_case(key)) && values.iter().all(is_certain)
    };
    let operators = condition.as_object().into_iter().flatten();
    operators
        .filter(|(operator, _)| is_of_some(operator))
        .any(|(_, keys)| keys.as_object().into_iter().flatten().any(names))
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn a_condition_names_callers_where_it_leaves_certain_ones_only() {
        for open in [
            json!(null),
            json!({}),
            json!({ "Bool": { "aws:SecureTransport": "true" } }),
            json!({ "StringLike": { "aws:Referer": "https://x/*" } }),
            json!({ "StringNotEquals": { "aws:SourceVpc": "vpc-1" } }),
            json!({ "StringEqualsIfExists": { "aws:SourceVpc": "vpc-1" } }),
            json!({ "ForAllValues:StringEquals": { "aws:PrincipalOrgID": "o-1" } }),
            json!({ "IpAddress": { "aws:SourceIp": ["10.0.0.0/8", "0.0.0.0/0"] } }),
            json!({ "ArnLike": { "aws:SourceArn": "*" } }),
        ] {
            assert!(!names_callers(&open), "{open}");
        }
        for some in [
            json!({ "StringEquals": { "aws:principalorgid": "o-1" } }),
            json!({ "StringEquals": { "kms:CallerAccount": ["111122223333"] } }),
            json!({ "Bool": { "aws:SecureTransport": "true" }, "ArnLike": { "AWS:SourceArn": "arn:aws:s3:::b*" } }),
            json!({ "IpAddress": { "aws:SourceIp": "10.0.0.0/8" } }),
        ] {
            assert!(names_callers(&some), "{some}");
        }
    }
}
