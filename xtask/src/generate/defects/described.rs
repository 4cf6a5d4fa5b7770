//! Outputs that say what should be there, beside evidence that has less.

use anyhow::Result;
use serde_json::{Value, json};

use super::{Bench, Defect, SOUND};
use crate::generate::files::Files;
use crate::generate::trail::{HOUR, START, Trail, rfc3339};

impl Bench<'_> {
    pub(super) fn described(&self) -> Result<Vec<Defect>> {
        let with = |defect: Defect, outputs: &[(&str, Value)]| {
            self.changed(defect, |files, _| {
                for (name, output) in outputs {
                    files.insert((*name).to_owned(), serde_json::to_vec_pretty(output)?);
                }
                Ok(())
            })
        };
        let mut more = Files::new();
        let longer = Trail {
            hours: vec![vec![3]; 10],
            ..Trail::plain(self.signer)
        };
        longer.make(&mut more)?;
        Trail {
            region: "eu-west-1",
            ..Trail::plain(self.signer)
        }
        .make(&mut more)?;
        let listed: Vec<Value> = more
            .iter()
            .map(|(key, bytes)| json!({ "Key": key, "Size": bytes.len(), "StorageClass": "STANDARD" }))
            .collect();
        Ok(vec![
            with(
                Defect {
                    name: "described-region-without-chain",
                    about: "The trail records all regions, two are enabled, and one of them has no digest.",
                    verdict: "incomplete",
                    gaps: &[("no-chain", 1)],
                    ..SOUND
                },
                &[
                    (
                        "describe-trails.json",
                        json!({ "trailList": [{
                            "Name": "management-events", "S3BucketName": "example-trail-bucket", "IsMultiRegionTrail": true,
                            "HomeRegion": "us-east-1", "LogFileValidationEnabled": true, "IsOrganizationTrail": false,
                            "TrailARN": "arn:aws:cloudtrail:us-east-1:111122223333:trail/management-events",
                        }] }),
                    ),
                    (
                        "describe-regions.json",
                        json!({ "Regions": [
                            { "RegionName": "us-east-1", "OptInStatus": "opt-in-not-required" },
                            { "RegionName": "eu-west-1", "OptInStatus": "opt-in-not-required" },
                            { "RegionName": "me-south-1", "OptInStatus": "not-opted-in" },
                        ] }),
                    ),
                ],
            )?,
            with(
                Defect {
                    name: "status-names-later-digest",
                    about: "The trail's status tells of a digest that was delivered long after the newest that is here.",
                    verdict: "incomplete",
                    gaps: &[("ends-early", 1)],
                    ..SOUND
                },
                &[(
                    "get-trail-status.json",
                    json!({ "IsLogging": true, "LatestDigestDeliveryTime": rfc3339(START + 14 * HOUR) }),
                )],
            )?,
            with(
                Defect {
                    name: "listing-names-more",
                    about: "The bucket's listing names two later digests and a region of which nothing is here.",
                    verdict: "incomplete",
                    gaps: &[("ends-early", 1), ("no-chain", 1)],
                    ..SOUND
                },
                &[(
                    "list-objects-v2.json",
                    json!({ "Contents": listed, "Name": "example-trail-bucket" }),
                )],
            )?,
        ])
    }
}
