//! When the recorder of an account and region ran, by its items, which are recorded by default, and by outputs. A recorder that
//! was made anew under another name goes on where the one before it ended.

use std::collections::BTreeMap;

use serde_json::Value;

use super::described::{RecorderStatus, Scope};
use super::gap::{Gap, GapKind};
use super::inventory::{Capture, Inventory};
use super::recorder::Coverage;
use crate::moment::Moment;
use crate::order::sorted;
use crate::texts::Text;

fn stop(from: Option<Moment>, to: Option<Moment>) -> Gap {
    Gap {
        kind: GapKind::Stopped,
        from,
        to,
        what: String::new(),
    }
}

/// Takes what items of an account's and region's recorders tell, each with the recorder's id.
pub(super) fn of_items(inventory: &Inventory, states: Vec<(Text, &Capture)>, one: &mut Coverage) {
    let states = sorted(states, |(_, a), (_, b)| {
        (a.at, a.within).cmp(&(b.at, b.within))
    });
    let mut running: BTreeMap<Text, bool> = BTreeMap::new();
    let mut stopped: Option<Moment> = None;
    let json = |text: &str| serde_json::from_str::<Value>(text).unwrap_or_default();
    for (recorder, capture) in states {
        let kept = |path: &str| json(inventory.kept(capture, path).unwrap_or("null"));
        let group = kept("configuration.RecordingGroup");
        if !group.is_null() {
            let scope = Scope::read(&group, &kept("configuration.RecordingMode"));
            one.takes(capture.at, scope);
        }
        let is_running = if capture.status.is_deleted() {
            false
        } else if let Some(is_running) = kept("configuration.Recording").as_bool() {
            is_running
        } else {
            continue;
        };
        running.insert(recorder, is_running);
        let is_running = running.values().any(|is_running| *is_running);
        match (is_running, stopped) {
            (false, None) => stopped = capture.at,
            (true, Some(from)) => {
                one.gaps.push(stop(Some(from), capture.at));
                stopped = None;
            }
            _ => {}
        }
        if one.recording != Some(is_running) {
            (one.recording, one.since) = (Some(is_running), capture.at);
        }
    }
    if let Some(from) = stopped {
        one.gaps.push(stop(Some(from), None));
    }
}

/// Takes what an output tells of a recorder.
pub(super) fn of_status(status: &RecorderStatus, one: &mut Coverage) {
    if status.is_linked {
        one.linked.insert(status.name.clone());
        return;
    }
    let since = status.since();
    // Outputs and items are of several moments, and the newest holds.
    let is_newest = one.recording.is_none() || since >= one.since;
    if since.is_none() {
        one.untimed = Some(status.recording);
    }
    match (status.started, status.stopped) {
        (Some(started), Some(stopped)) if stopped < started => {
            one.gaps.push(stop(Some(stopped), Some(started)));
        }
        _ if !status.recording => {
            let runs = one.since.filter(|_| one.recording == Some(true));
            let to = runs.filter(|_| !is_newest);
            one.gaps.push(stop(status.stopped, to));
        }
        _ => {}
    }
    if is_newest {
        (one.recording, one.since) = (Some(status.recording), since);
        if status.recording {
            let is_open = |gap: &&mut Gap| gap.kind == GapKind::Stopped && gap.to.is_none();
            for gap in one.gaps.iter_mut().filter(is_open) {
                gap.to = since;
            }
        }
    }
    if !status.error.is_empty() {
        one.gaps.push(Gap {
            kind: GapKind::DeliveryFailed,
            from: None,
            to: None,
            what: status.error.clone(),
        });
    }
}

#[cfg(test)]
mod tests {
    use super::super::inventory::tests::inventory;
    use super::super::read::recorder;
    use super::super::recorder::coverage;
    use super::*;

    fn item(name: &str, at: &str, status: &str, is_running: bool) -> String {
        serde_json::json!({
            "awsAccountId": "1", "awsRegion": "r", "resourceType": "AWS::Config::ConfigurationRecorder", "resourceId": name, "resourceName": name,
            "configurationItemCaptureTime": at, "configurationItemStatus": status,
            "configuration": if status == "OK" { serde_json::json!({ "Recording": is_running, "RecordingGroup": { "AllSupported": true } }) } else { Value::Null },
        })
        .to_string()
    }

    fn of(items: &[String], outputs: &[&str]) -> Coverage {
        let mut inventory = inventory(&[items]);
        for (file, text) in outputs.iter().enumerate() {
            inventory.add(1 + file as u32, &recorder(text.as_bytes()).config);
        }
        inventory.arrange(&|file| file);
        let place = |_: u32| ("1".to_owned(), "r".to_owned());
        let mut all = coverage(&inventory, &place, &|_| None, &|_, _| None);
        assert_eq!(all.len(), 1);
        all.remove(0)
    }

    fn stops(one: &Coverage) -> Vec<(Option<Moment>, Option<Moment>)> {
        one.gaps.iter().map(|gap| (gap.from, gap.to)).collect()
    }

    fn time(text: &str) -> Option<Moment> {
        Moment::parse(text)
    }

    #[test]
    fn a_recorder_of_another_name_goes_on() {
        let (first, second, third) = (
            "2024-01-01T00:00:00Z",
            "2024-01-02T00:00:00Z",
            "2024-01-03T00:00:00Z",
        );
        let one = of(
            &[
                item("old", first, "OK", true),
                item("new", second, "OK", true),
                item("old", third, "ResourceDeleted", false),
            ],
            &[],
        );
        assert_eq!((one.recording, stops(&one)), (Some(true), vec![]));
        let one = of(
            &[
                item("old", first, "OK", true),
                item("old", second, "ResourceDeleted", false),
                item("new", third, "OK", true),
            ],
            &[],
        );
        assert_eq!(stops(&one), [(time(second), time(third))]);
    }

    #[test]
    fn a_recorder_of_a_service_says_nothing_of_the_other() {
        let linked = r#"{"ConfigurationRecorders":[
                {"name":"default","roleARN":"arn:aws:iam::1:role/r","recordingGroup":{"allSupported":true}},
                {"name":"AWSConfigurationRecorderForX_1","servicePrincipal":"x.amazonaws.com","recordingScope":"INTERNAL","roleARN":"arn:aws:iam::1:role/s","recordingGroup":{"allSupported":false,"resourceTypes":["T"]}}]}
            {"ConfigurationRecordersStatus":[
                {"name":"default","recording":true,"lastStartTime":"2024-01-01T00:00:00Z"},
                {"name":"AWSConfigurationRecorderForX_1","servicePrincipal":"x.amazonaws.com","recording":false,"lastStatus":"FAILURE"}]}"#;
        let items = [item(
            "AWSConfigurationRecorderForX_1",
            "2024-01-05T00:00:00Z",
            "OK",
            false,
        )];
        let one = of(&items, &[linked]);
        assert_eq!((one.recording, one.gaps.len()), (Some(true), 0));
        assert!(one.scope().is_some_and(|scope| scope.all) && one.role.ends_with("role/r"));
        assert_eq!(one.linked.len(), 1);
    }

    #[test]
    fn the_newest_of_outputs_and_items_holds() {
        let stopped = r#"{"ConfigurationRecordersStatus":[{"name":"default","recording":false,"lastStartTime":"2024-01-01T00:00:00Z","lastStopTime":"2024-01-02T00:00:00Z"}]}"#;
        let again = r#"{"ConfigurationRecordersStatus":[{"name":"default","recording":true,"lastStartTime":"2024-01-03T00:00:00Z","lastStopTime":"2024-01-02T00:00:00Z"}]}"#;
        let gap = (time("2024-01-02T00:00:00Z"), time("2024-01-03T00:00:00Z"));
        let is_stopped = item("default", "2024-01-02T00:00:00Z", "OK", false);
        let is_started = item("default", "2024-01-03T00:00:00Z", "OK", true);
        for (items, outputs) in [
            (vec![], vec![stopped, again]),
            (vec![], vec![again, stopped]),
            (vec![is_stopped.clone()], vec![again]),
            (vec![is_started], vec![stopped]),
        ] {
            let one = of(&items, &outputs);
            assert_eq!((one.recording, stops(&one)), (Some(true), vec![gap]));
        }
        assert_eq!(of(&[is_stopped], &[stopped]).recording, Some(false));
    }

    #[test]
    fn an_output_without_a_moment_overrules_nothing_and_is_told() {
        let is_stopped = item("default", "2024-01-02T00:00:00Z", "OK", false);
        let running = r#"{"ConfigurationRecordersStatus":[{"name":"default","recording":true}]}"#;
        let one = of(&[is_stopped], &[running]);
        assert_eq!((one.recording, one.untimed), (Some(false), Some(true)));
        assert_eq!(of(&[], &[running]).recording, Some(true));
    }
}
