//! Names of objects in a trail's bucket.

use serde::{Deserialize, Serialize};

use crate::moment::Moment;

/// What an object's name says. Folders in front of it may be missing, `:` may have been changed by Windows.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum ObjectName {
    /// A digest file.
    Digest(DigestName),
    /// A log file.
    Log(LogName),
}

/// `ACCOUNT_CloudTrail-Digest_REGION_TRAIL_HOMEREGION_STAMP[_backfill].json.gz`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct DigestName {
    /// `o-…` of the folder above, for an organization's trail.
    pub organization: Option<String>,
    /// The account whose events they are.
    pub account: String,
    /// The region that delivered.
    pub region: String,
    /// The trail's name; may hold underscores.
    pub trail: String,
    /// The region where the trail was made.
    pub home_region: String,
    /// The end of the digest's window.
    pub end: Moment,
    /// Whether it is a backfill digest.
    pub backfill: bool,
}

/// `ACCOUNT_CloudTrail_REGION_STAMP_UNIQUE.json.gz` (`CloudTrail-Insight` for Insights).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct LogName {
    /// `o-…` of the folder above, for an organization's trail.
    pub organization: Option<String>,
    /// The account whose events they are.
    pub account: String,
    /// The region that delivered.
    pub region: String,
    /// Delivery time, to the minute.
    pub delivered: Moment,
    /// Whether it holds Insights events.
    pub insight: bool,
}

impl ObjectName {
    /// Reads the name at the end of `path`, whatever folders stand before it; with or without `.gz`.
    /// Regions are not checked against a list: there are always newer ones.
    pub fn parse(path: &str) -> Option<Self> {
        let (folders, file) = match path.rfind(['/', '\\']) {
            Some(at) => (&path[..at], &path[at + 1..]),
            None => ("", path),
        };
        let stem = file
            .strip_suffix(".gz")
            .unwrap_or(file)
            .strip_suffix(".json")?;
        let organization = || organization(folders);
        let (account, rest) = split(stem)?;
        if !is_account(account) {
            return None;
        }
        let (service, rest) = split(rest)?;
        let (region, rest) = split(rest)?;
        if region.is_empty() || region.len() > 32 {
            return None;
        }
        match service {
            "CloudTrail-Digest" => {
                digest(organization(), account, region, rest).map(ObjectName::Digest)
            }
            "CloudTrail" | "CloudTrail-Insight" => {
                let stamp = rest.split('_').next().unwrap_or(rest);
                Some(ObjectName::Log(LogName {
                    organization: organization(),
                    account: account.to_owned(),
                    region: region.to_owned(),
                    delivered: Moment::parse_stamp(stamp)?,
                    insight: service == "CloudTrail-Insight",
                }))
            }
            _ => None,
        }
    }
}

/// `TRAIL_HOMEREGION_STAMP[_backfill]`, read from the right: a trail's name may hold underscores.
fn digest(
    organization: Option<String>,
    account: &str,
    region: &str,
    rest: &str,
) -> Option<DigestName> {
    let (rest, backfill) = match rest.strip_suffix("_backfill") {
        Some(rest) => (rest, true),
        None => (rest, false),
    };
    let (rest, stamp) = rest.rsplit_once('_')?;
    let (trail, home_region) = rest.rsplit_once('_')?;
    Some(DigestName {
        organization,
        account: account.to_owned(),
        region: region.to_owned(),
        trail: trail.to_owned(),
        home_region: home_region.to_owned(),
        end: Moment::parse_stamp(stamp)?,
        backfill,
    })
}

fn split(text: &str) -> Option<(&str, &str)> {
    text.split_once('_')
}

fn is_account(text: &str) -> bool {
    text.len() == 12 && text.bytes().all(|byte| byte.is_ascii_digit())
}

/// The organization: a folder `o-…` right after `AWSLogs`.
fn organization(folders: &str) -> Option<String> {
    let mut parts = folders
        .split(['/', '\\'])
        .skip_while(|part| *part != "AWSLogs")
        .skip(1);
    let next = parts.next()?;
    next.starts_with("o-").then(|| next.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_a_trail_name_with_underscores() {
        let path = "p/AWSLogs/o-abc/111122223333/CloudTrail-Digest/eu-west-3/2020/08/28/\
                    111122223333_CloudTrail-Digest_eu-west-3_my_audit_trail_us-west-2_20200828T220732Z.json.gz";
        let Some(ObjectName::Digest(name)) = ObjectName::parse(path) else {
            panic!("no digest name")
        };
        assert_eq!(
            (name.trail.as_str(), name.home_region.as_str()),
            ("my_audit_trail", "us-west-2")
        );
        assert_eq!(name.organization.as_deref(), Some("o-abc"));
        assert!(!name.backfill);
    }

    #[test]
    fn reads_backfill_and_log_names_anywhere() {
        let path = "C:\\x\\111122223333_CloudTrail-Digest_us-gov-west-1_t_us-gov-west-1_20200828T220732Z_backfill.json";
        assert!(matches!(ObjectName::parse(path), Some(ObjectName::Digest(name)) if name.backfill));
        let path = "111122223333_CloudTrail_cn-north-1_20200828T2207Z_AbCdEfGhIjKlMnOp.json.gz";
        assert!(
            matches!(ObjectName::parse(path), Some(ObjectName::Log(name)) if name.region == "cn-north-1")
        );
        let path =
            "111122223333_CloudTrail-Insight_us-east-1_20200828T2207Z_AbCdEfGhIjKlMnOp.json.gz";
        assert!(matches!(ObjectName::parse(path), Some(ObjectName::Log(name)) if name.insight));
        assert_eq!(
            ObjectName::parse("1111_CloudTrail_x_20200828T2207Z_a.json.gz"),
            None
        );
    }
}
