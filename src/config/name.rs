//! Names of objects in a delivery channel's bucket.

use crate::moment::Moment;

/// Account and region that a delivered file's name tells:
/// `ACCOUNT_Config_REGION_ConfigHistory_TYPE_START_END_N.json.gz`, `…_ConfigSnapshot_…`, `…_ChangeNotification_…`.
pub fn place(path: &str) -> Option<(&str, &str)> {
    let file = path.rsplit(['/', '\\']).next().unwrap_or(path);
    let mut parts = file.split('_');
    let (account, config, region) = (parts.next()?, parts.next()?, parts.next()?);
    let is_account = account.len() == 12 && account.bytes().all(|byte| byte.is_ascii_digit());
    (is_account && config == "Config").then_some((account, region))
}

/// When a snapshot was taken, by its name: `ACCOUNT_Config_REGION_ConfigSnapshot_TIME_ID.json.gz`.
pub fn taken_at(path: &str) -> Option<Moment> {
    let (_, rest) = path.split_once("ConfigSnapshot_")?;
    Moment::parse_stamp(rest.split('_').next()?)
}

/// A file's name as it is told apart from others, whatever a download made of the colons in it, and whether
/// or not it is still compressed.
pub fn base(path: &str) -> String {
    let file = path.rsplit(['/', '\\']).next().unwrap_or(path);
    let file = file.strip_suffix(".gz").unwrap_or(file).replace("%3A", ":");
    file.chars().filter(|c| c.is_ascii_alphanumeric()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_names_whatever_became_of_the_colons() {
        let name = "123456789012_Config_us-east-2_ConfigHistory_AWS::CloudTrail::Trail_20160927T195818Z_20160927T195818Z_1.json.gz";
        assert_eq!(
            place(&format!("a/b/{name}")),
            Some(("123456789012", "us-east-2"))
        );
        let snapshot = "1_Config_r_ConfigSnapshot_20160927T195818Z_5f3c.json.gz";
        assert_eq!(taken_at(snapshot), Moment::parse("2016-09-27T19:58:18Z"));
        assert_eq!(taken_at(name), None);
        assert_eq!(place("123456789012_CloudTrail_us-east-2_x.json.gz"), None);
        assert_eq!(base(name), base(&name.replace(':', "_")));
        assert_eq!(
            base(name),
            base(&name.replace(':', "%3A").replace(".gz", ""))
        );
    }
}
