//! `bench --items N`: a snapshot of N configuration items of 2 kB in a real browser, on one reader: from the drop to
//! the inventory on show; the inventory as of moments; a difference; all rules. A Python loop is the peer.

use std::fs;
use std::io::Write as _;
use std::process::Command;

use anyhow::Result;
use flate2::Compression;
use flate2::write::GzEncoder;
use serde_json::{Value, json};

use super::measure::{Bench, Drop, seconds};
use crate::shell;

const PEER: &str = "import gzip,json,sys
items=json.loads(gzip.decompress(open(sys.argv[1],'rb').read()))['configurationItems']
print(sum(1 for item in items if item['configurationItemStatus']=='OK'))";

/// Milliseconds from a question to its answer on show: arguments[0] says which.
const ASK: &str = include_str!("items.js");

/// Measures and prints.
pub(super) fn run(bench: &Bench, items: usize) -> Result<()> {
    let path = ensure(items)?;
    let bytes = fs::metadata(&path)?.len();
    let drop = Drop {
        path: &path,
        files: 1,
    };
    let (page, loaded) = bench.load_with(&drop, Some(1))?;
    let ask = |what: &str| -> Result<Vec<f64>> {
        let script = format!("const what = arguments[0]; {ASK}");
        let times: Vec<f64> = serde_json::from_value(page.session().run(&script, &[json!(what)])?)?;
        println!("{what}: {times:.0?} ms");
        Ok(times)
    };
    page.session()
        .run("location.hash = '#/v1/resources'", &[])?;
    page.wait_shown("at-text", true)?;
    let moments = ask("moments")?;
    let diffs = ask("diffs")?;
    let compliance = ask("compliance")?;
    let peer = seconds(Command::new("python3").args(["-c", PEER]).arg(&path));
    println!(
        "{items} items, {bytes} bytes packed: loaded in {:.1} s ({}), memory {} MB; a Python loop {}",
        super::measure::number(&loaded, "ms")? / 1_000.0,
        loaded["phases"],
        loaded["memory"].as_u64().unwrap_or(0) / 1_000_000,
        peer.map_or("not there".to_owned(), |seconds| format!("{seconds:.1} s")),
    );
    let result: Value = json!({ "items": items, "loaded": loaded, "momentsMs": moments, "diffMs": diffs, "complianceMs": compliance, "peerSeconds": peer });
    fs::write(
        shell::root().join("target/bench/items.json"),
        serde_json::to_vec_pretty(&result)?,
    )?;
    Ok(())
}

/// The snapshot, made where it is not there yet.
pub(super) fn ensure(items: usize) -> Result<std::path::PathBuf> {
    let path = shell::root().join(format!("target/bench/evidence/111122223333_Config_us-east-1_ConfigSnapshot_20260301T000000Z_{items}rules.json.gz"));
    if !path.exists() {
        println!("making {items} items");
        make(items, &path)?;
    }
    Ok(path)
}

/// Items of five types over a year, two captures each, of 2 kB. Three security groups have more rules than AWS allows,
/// in another order in each of their captures.
fn make(items: usize, path: &std::path::Path) -> Result<()> {
    if let Some(folder) = path.parent() {
        fs::create_dir_all(folder)?;
    }
    let mut out = GzEncoder::new(fs::File::create(path)?, Compression::new(6));
    write!(
        out,
        "{{\"fileVersion\":\"1.0\",\"configSnapshotId\":\"s\",\"configurationItems\":["
    )?;
    for at in 0..items {
        let (thing, second) = (at / 2, at % 2);
        let kind = [
            "AWS::EC2::Instance",
            "AWS::S3::Bucket",
            "AWS::EC2::SecurityGroup",
            "AWS::EC2::Volume",
            "AWS::Lambda::Function",
        ][thing % 5];
        let filler: Vec<Value> = (0..9).map(|number| json!({ "name": format!("property-{number}"), "description": format!("value {} of {thing} in a sentence that is long enough", number * thing % 97), "enabled": number % 2 == 0, "size": number * 31 })).collect();
        let rules: Vec<Value> = match thing {
            2 | 7 | 12 => (0..2_000)
                .map(|rule| (rule + second * 700) % 2_000)
                .map(|rule| json!({ "ipProtocol": "tcp", "fromPort": rule, "toPort": rule + if rule < 5 { second } else { 0 }, "ipRanges": ["10.0.0.0/8"], "userIdGroupPairs": [] }))
                .collect(),
            _ => vec![json!({ "ipProtocol": "tcp", "fromPort": 22, "toPort": 22, "ipRanges": ["10.0.0.0/8"] })],
        };
        let item = json!({
            "configurationItemVersion": "1.3", "awsAccountId": "111122223333", "awsRegion": "us-east-1", "resourceType": kind, "resourceId": format!("r-{thing:08x}"), "resourceName": format!("thing-{thing}"),
            "ARN": format!("arn:aws:x:us-east-1:111122223333:thing/r-{thing:08x}"), "configurationItemStatus": "OK", "configurationItemCaptureTime": format!("2026-{:02}-{:02}T{:02}:00:00.000Z", 1 + thing % 6 + second * 6, 1 + thing % 28, thing % 24),
            "configurationStateId": at, "tags": { "owner": format!("team-{}", thing % 40), "stage": "production" }, "relationships": [{ "resourceType": "AWS::EC2::VPC", "resourceId": format!("vpc-{}", thing % 50), "name": "Is contained in Vpc" }],
            "configuration": { "encrypted": thing % 3 == 0, "attachments": [{ "instanceId": "i" }], "metadataOptions": { "httpTokens": if second == 0 { "optional" } else { "required" } }, "ipPermissions": rules, "details": filler },
            "supplementaryConfiguration": { "BucketVersioningConfiguration": { "status": "Enabled" } }, "relatedEvents": [],
        });
        if at > 0 {
            out.write_all(b",")?;
        }
        write!(out, "{item}")?;
    }
    out.write_all(b"]}")?;
    out.finish()?;
    Ok(())
}
