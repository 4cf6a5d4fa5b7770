//! Two moments or two snapshots of AWS Config compared: what is called added and removed must have been known.

mod support;

use exhibit::case::{Answer, Filter, Question, Settings, Table};
use exhibit::moment::Moment;
use serde_json::{Value, json};

const ACCOUNT: &str = "111122223333";

/// A day of January 2024, as a time of the file formats.
fn day(day: u8) -> String {
    format!("2024-01-0{day}T00:00:00Z")
}

fn item(kind: &str, id: &str, at: u8, status: &str) -> Value {
    json!({ "configurationItemVersion": "1.3", "awsAccountId": ACCOUNT, "awsRegion": "r", "resourceType": kind, "resourceId": id,
        "configurationItemStatus": status, "configurationItemCaptureTime": day(at), "configuration": {} })
}

fn file(name: &str, items: &[Value]) -> (String, Vec<u8>) {
    let content =
        json!({ "fileVersion": "1.0", "configSnapshotId": "s", "configurationItems": items });
    (name.to_owned(), content.to_string().into_bytes())
}

fn snapshot(region: &str, at: u8, items: &[Value]) -> (String, Vec<u8>) {
    let name = format!("{ACCOUNT}_Config_{region}_ConfigSnapshot_2024010{at}T000000Z_s{at}.json");
    file(&name, items)
}

fn history(items: &[Value]) -> (String, Vec<u8>) {
    let name =
        format!("{ACCOUNT}_Config_r_ConfigHistory_T_20240101T000000Z_20240101T000000Z_1.json");
    let content = json!({ "fileVersion": "1.0", "configurationItems": items });
    (name, content.to_string().into_bytes())
}

/// Ids and what is said of each, as of one day compared with another.
fn compared(files: &[(String, Vec<u8>)], since: u8, at: u8, exact: bool) -> Vec<String> {
    let mut case = support::judged(files, Settings::default());
    let mut filter = Filter::default();
    let moment = |at: u8| Moment::parse(&day(at));
    (filter.as_of.since, filter.as_of.at) = (moment(since), moment(at));
    filter.as_of.exact = exact;
    let question = Question::Rows {
        table: Table::Resources,
        filter,
        sort: None,
        first: 0,
        count: 100,
    };
    let Answer::Rows(rows) = case.answer(&question) else {
        panic!("no rows");
    };
    let place = |name: &str| {
        let mut columns = Table::Resources.columns().iter();
        columns.position(|column| column.name == name).expect(name)
    };
    let (id, change) = (place("id"), place("change"));
    let told = rows
        .rows
        .iter()
        .map(|row| format!("{} {}", row.cells[id].shown(), row.cells[change].shown()));
    let mut told: Vec<String> = told.collect();
    told.sort();
    told
}

#[test]
fn two_snapshots_of_one_region_tell_what_came_and_went() {
    let files = [
        snapshot("r", 2, &[item("T", "a", 1, "OK"), item("T", "b", 1, "OK")]),
        snapshot("r", 4, &[item("T", "b", 1, "OK"), item("T", "c", 1, "OK")]),
    ];
    assert_eq!(compared(&files, 2, 4, true), ["a removed", "c added"]);
}

#[test]
fn snapshots_of_two_regions_tell_nothing_of_each_other() {
    let elsewhere = |id: &str| {
        let mut item = item("T", id, 1, "OK");
        item["awsRegion"] = json!("s");
        item
    };
    let files = [
        snapshot("r", 2, &[item("T", "a", 1, "OK")]),
        snapshot("s", 4, &[elsewhere("b")]),
    ];
    assert_eq!(compared(&files, 2, 4, true), ["a not told", "b first seen"]);
}

#[test]
fn a_type_that_was_recorded_only_later_was_not_added() {
    let recorder = |at: u8, types: &[&str]| {
        let mut item = item("AWS::Config::ConfigurationRecorder", "default", at, "OK");
        item["configuration"] = json!({ "Recording": true, "RecordingGroup": { "AllSupported": false, "ResourceTypes": types } });
        item
    };
    let (first, second) = (recorder(1, &["T"]), recorder(3, &["T", "U"]));
    let files = [
        snapshot("r", 2, &[item("T", "a", 1, "OK"), first]),
        snapshot(
            "r",
            4,
            &[
                item("T", "b", 3, "OK"),
                item("U", "c", 3, "OK"),
                second.clone(),
            ],
        ),
    ];
    let told = compared(&files, 2, 4, true);
    assert_eq!(
        told,
        ["a removed", "b added", "c first seen", "default changed"]
    );
    // And the other way round.
    let third = recorder(3, &["T"]);
    let files = [
        snapshot("r", 2, &[item("U", "a", 1, "OK"), recorder(1, &["U"])]),
        snapshot("r", 4, &[third]),
    ];
    assert_eq!(
        compared(&files, 2, 4, true),
        ["a not told", "default changed"]
    );
}

#[test]
fn what_history_shows_for_the_first_time_need_not_be_new() {
    let mut made = item("T", "made", 3, "OK");
    made["resourceCreationTime"] = json!(day(3));
    let items = [
        item("T", "unknown", 3, "OK"),
        item("T", "discovered", 3, "ResourceDiscovered"),
        made,
        item("T", "gone", 1, "OK"),
        item("T", "gone", 3, "ResourceDeleted"),
    ];
    let expected = |unknown: &str| {
        let mut all = vec![
            "discovered added".to_owned(),
            "gone removed".to_owned(),
            "made added".to_owned(),
            format!("unknown {unknown}"),
        ];
        all.sort();
        all
    };
    assert_eq!(
        compared(&[history(&items)], 2, 4, false),
        expected("first seen")
    );
    // A snapshot before has all that there was.
    let files = [history(&items), snapshot("r", 1, &items[3..4])];
    assert_eq!(compared(&files, 2, 4, false), expected("added"));
}
