//! What an auditor has beside the evidence: change tickets, the record of collecting, and a case with controls.

use anyhow::Result;
use serde_json::{Value, json};

use super::files::Files;

/// Tickets: one of a call of the demo, one that was rejected, one that nothing belongs to.
const TICKETS: &str = "Number,Short description,State,Planned start date,Planned end date,Assigned to,Configuration item
CHG0040012,\"Encrypt the payroll bucket anew, with a key of its own\",Approved,2026-03-01 11:00:00,2026-03-01 12:00:00,deploy,payroll-exports
CHG0040013,Open SSH for the vendor,Rejected,2026-03-01 08:00:00,2026-03-01 09:00:00,bob,sg-0a1b2c3d
CHG0040014,Rotate the keys of the build server,Approved,2026-03-04 20:00:00,2026-03-04 22:00:00,deploy,
";

/// Adds them.
pub(super) fn add(files: &mut Files, group: &str, bucket: &str) -> Result<()> {
    let tickets = TICKETS
        .replace("sg-0a1b2c3d", group)
        .replace("payroll-exports", bucket);
    files.insert("change-tickets.csv".to_owned(), tickets.into_bytes());
    let command = |words: &str, output: &str, second: u8| json!({ "command": words, "output": output, "started": format!("2026-03-03T09:00:{second:02}Z"), "ended": format!("2026-03-03T09:00:{:02}Z", second + 1), "exitCode": 0 });
    let collection = json!({
        "schema": "exhibit.collection/1", "cli": "aws-cli/2.31.0 Python/3.13.7 Linux/6.8", "caller": "111122223333\tarn:aws:iam::111122223333:user/carol\tAIDAEXAMPLECAROL0001",
        "started": "2026-03-03T09:00:00Z", "ended": "2026-03-03T09:00:09Z",
        "commands": [
            command("aws cloudtrail list-public-keys --region us-east-1 --start-time 2026-03-01", "public-keys-us-east-1.json", 0),
            command("aws cloudtrail list-public-keys --region eu-west-1 --start-time 2026-03-01", "public-keys-eu-west-1.json", 2),
        ],
    });
    files.insert(
        "collection.json".to_owned(),
        serde_json::to_vec_pretty(&collection)?,
    );
    let control = |id: &str, title: &str, status: Value, conclusion: &str| json!({ "id": id, "title": title, "source": "Controls of the demo", "status": status, "conclusion": conclusion, "by": if status.is_null() { "" } else { "Ada Auditor" }, "at": null });
    let case = json!({
        "schema": "exhibit.case/1",
        "settings": { "audit": {
            "preparedBy": "Ada Auditor", "notes": "Made up for a demonstration.",
            "controls": [
                control("LOG-1", "Logs of the period are complete and unaltered", json!("failed"), "A log file was altered, others are gone; see the integrity of the logs."),
                control("CHG-1", "Every change of production has an approved ticket", json!("failed"), "The security group was opened without an approved ticket."),
                control("AWS-1", "AWS's own controls are attested for the period", Value::Null, ""),
            ],
        } },
        "files": [],
    });
    files.insert(
        "case.exhibit.json".to_owned(),
        serde_json::to_vec_pretty(&case)?,
    );
    Ok(())
}
