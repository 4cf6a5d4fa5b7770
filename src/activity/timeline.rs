//! Events by time: counts in equal steps, stacked by a field, errors and notable calls beside them.

use std::collections::HashMap;

use roaring::RoaringBitmap;

use crate::moment::Moment;

use super::field::{self, Field};
use super::store::{EventIx, Store};

/// Series of a stack, the rest included.
pub const MOST_SERIES: usize = 8;

/// Steps that a person thinks in, in seconds.
const STEPS: &[i64] = &[
    1, 5, 15, 30, 60, 300, 900, 1_800, 3_600, 10_800, 21_600, 43_200, 86_400, 604_800, 2_592_000,
    31_536_000,
];

/// Calls that an auditor looks at first: they weaken the record, the access or the protection of data. The
/// list and its order are Exhibit's own; the view on risk weighs all calls.
pub const NOTABLE: &[&str] = &[
    "StopLogging",
    "DeleteTrail",
    "UpdateTrail",
    "PutEventSelectors",
    "DeleteEventDataStore",
    "DeleteConfigurationRecorder",
    "StopConfigurationRecorder",
    "DeleteDeliveryChannel",
    "DeleteDetector",
    "DisableSecurityHub",
    "DeleteFlowLogs",
    "PutBucketPolicy",
    "DeleteBucketPolicy",
    "PutBucketAcl",
    "DeleteBucketEncryption",
    "PutBucketPublicAccessBlock",
    "DeletePublicAccessBlock",
    "PutBucketLifecycle",
    "DeleteBucket",
    "ScheduleKeyDeletion",
    "DisableKey",
    "PutKeyPolicy",
    "CreateUser",
    "CreateAccessKey",
    "CreateLoginProfile",
    "UpdateLoginProfile",
    "AttachUserPolicy",
    "AttachRolePolicy",
    "AttachGroupPolicy",
    "PutUserPolicy",
    "PutRolePolicy",
    "UpdateAssumeRolePolicy",
    "CreatePolicyVersion",
    "SetDefaultPolicyVersion",
    "DeactivateMFADevice",
    "DeleteVirtualMFADevice",
    "AuthorizeSecurityGroupIngress",
    "ModifySnapshotAttribute",
    "ModifyImageAttribute",
    "ModifyDBSnapshotAttribute",
    "CreateNetworkAclEntry",
    "LeaveOrganization",
    "DeleteDBInstance",
    "TerminateInstances",
    "GetPasswordData",
    "GetSecretValue",
];

/// Counts in equal steps.
#[derive(Clone, Debug, Default, PartialEq, serde::Serialize, serde::Deserialize)]
pub struct Histogram {
    /// The beginning of the first step; `None` without any time.
    pub from: Option<Moment>,
    /// Seconds of a step.
    pub step: i64,
    /// How many steps there are.
    pub steps: u32,
    /// What is stacked: labels and counts by step; the last may be the rest.
    pub series: Vec<(String, Vec<u32>)>,
    /// Events with an error, by step.
    pub errors: Vec<u32>,
    /// Notable calls, by step.
    pub notable: Vec<u32>,
}

/// Counts `events` between two moments in at most `most` steps, stacked by `stack`.
pub fn histogram(
    store: &Store,
    events: &RoaringBitmap,
    (from, to): (Moment, Moment),
    most: u32,
    stack: Field,
) -> Histogram {
    let length = (to.seconds() - from.seconds()).max(1);
    let fits = |step: &&i64| length / **step < i64::from(most.max(1));
    let step = STEPS.iter().find(fits).copied().unwrap_or(31_536_000 * 10);
    let first = from.seconds().div_euclid(step) * step;
    let steps = ((to.seconds() - first) / step + 1).clamp(1, 4_000) as u32;
    let mut labels: HashMap<String, usize> = HashMap::new();
    let top = super::search::Search::new(store, &|_| "").values(stack, events);
    let keep = if top.distinct as usize > MOST_SERIES {
        MOST_SERIES - 1
    } else {
        MOST_SERIES
    };
    let mut series: Vec<(String, Vec<u32>)> = Vec::new();
    for (label, _) in top.top.into_iter().take(keep) {
        labels.insert(label.clone(), series.len());
        series.push((label, vec![0; steps as usize]));
    }
    let rest = series.len();
    series.push((
        rest_label(stack, top.distinct as usize > keep).to_owned(),
        vec![0; steps as usize],
    ));
    let mut chart = Histogram {
        from: Some(Moment::from_seconds(first)),
        step,
        steps,
        series,
        errors: vec![0; steps as usize],
        notable: vec![0; steps as usize],
    };
    let is_notable = notable(store);
    let by_place = Places::new(store, stack, &labels, rest);
    let no_error = store
        .errors
        .values
        .iter()
        .position(|&text| text == 0)
        .map(|at| at as u32);
    let times = store.times();
    for event in events {
        let seconds = i64::from(times.get(event));
        let at = (seconds - first).div_euclid(step);
        if seconds == 0 || at < 0 || at >= i64::from(steps) || seconds > to.seconds() {
            continue;
        }
        let at = at as usize;
        chart.series[by_place.of(store, event)].1[at] += 1;
        chart.errors[at] += u32::from(Some(store.errors.column.get(event)) != no_error);
        chart.notable[at] += u32::from(is_notable[store.calls.column.get(event) as usize]);
    }
    if chart
        .series
        .last()
        .is_some_and(|(_, counts)| counts.iter().all(|count| *count == 0))
    {
        chart.series.pop();
    }
    chart
}

fn rest_label(stack: Field, several: bool) -> &'static str {
    match stack {
        _ if several => "others",
        Field::Error => "no error",
        _ => "none",
    }
}

fn notable(store: &Store) -> Vec<bool> {
    let is = |call: &(u32, u32)| NOTABLE.contains(&store.texts.get(call.0));
    store.calls.values.iter().map(is).collect()
}

/// Where the events of a value count, looked up by the value's place in its dictionary.
struct Places {
    stack: Field,
    by_value: Vec<usize>,
    by_word: HashMap<String, usize>,
    rest: usize,
}

impl Places {
    fn new(store: &Store, stack: Field, labels: &HashMap<String, usize>, rest: usize) -> Self {
        let place = |text: u32| labels.get(store.texts.get(text)).copied().unwrap_or(rest);
        let by_value = match stack {
            Field::Name => store
                .calls
                .values
                .iter()
                .map(|call| place(call.0))
                .collect(),
            Field::Source => store
                .calls
                .values
                .iter()
                .map(|call| place(call.1))
                .collect(),
            Field::Account => store.places.values.iter().map(|one| place(one.0)).collect(),
            Field::Region => store.places.values.iter().map(|one| place(one.1)).collect(),
            Field::Actor => store
                .actors
                .values
                .iter()
                .map(|actor| place(actor.arn))
                .collect(),
            Field::Ip => store.ips.values.iter().map(|&ip| place(ip)).collect(),
            Field::Agent => store
                .agents
                .values
                .iter()
                .map(|&agent| place(agent))
                .collect(),
            Field::Error => store
                .errors
                .values
                .iter()
                .map(|&error| place(error))
                .collect(),
            _ => Vec::new(),
        };
        Places {
            stack,
            by_value,
            by_word: labels.clone(),
            rest,
        }
    }

    fn of(&self, store: &Store, event: EventIx) -> usize {
        let column = match self.stack {
            Field::Name | Field::Source => &store.calls.column,
            Field::Account | Field::Region => &store.places.column,
            Field::Actor => &store.actors.column,
            Field::Ip => &store.ips.column,
            Field::Agent => &store.agents.column,
            Field::Error => &store.errors.column,
            field => {
                let word = field::value(store, field, event);
                return self.by_word.get(word).copied().unwrap_or(self.rest);
            }
        };
        self.by_value[column.get(event) as usize]
    }
}

impl Histogram {
    /// The beginning of a step, or the end of the last one.
    pub fn moment(&self, step: u32) -> Moment {
        let from = self.from.unwrap_or(Moment::MIN);
        from.plus(self.step.saturating_mul(i64::from(step)))
    }

    /// All events of a step.
    pub fn total(&self, step: u32) -> u32 {
        let of = |(_, counts): &(String, Vec<u32>)| counts.get(step as usize).copied().unwrap_or(0);
        self.series.iter().map(of).sum()
    }

    /// The most events of any step.
    pub fn most(&self) -> u32 {
        (0..self.steps)
            .map(|step| self.total(step))
            .max()
            .unwrap_or(0)
    }
}

/// Colours of series in an exported chart: told apart by colour-blind eyes too (after Okabe and Ito, 2008).
pub const COLOURS: [&str; MOST_SERIES] = [
    "#0072b2", "#e69f00", "#009e73", "#cc79a7", "#56b4e9", "#d55e00", "#8a8f99", "#b8a800",
];

/// The chart as an SVG document: bars, axis and legend. Whatever evidence holds is text in it.
pub fn svg(chart: &Histogram, title: &str) -> String {
    let (width, height, top) = (1_000.0, 260.0, 40.0);
    let most = f64::from(chart.most().max(1));
    let step = width / f64::from(chart.steps.max(1));
    let mut out = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {width} {}\" font-family=\"sans-serif\" font-size=\"12\">\n<title>{}</title>\n",
        height + top + 60.0,
        escaped(title)
    );
    for at in 0..chart.steps {
        let mut y = top + height;
        for (series, (_, counts)) in chart.series.iter().enumerate() {
            let count = counts.get(at as usize).copied().unwrap_or(0);
            if count == 0 {
                continue;
            }
            let tall = f64::from(count) / most * height;
            y -= tall;
            let colour = COLOURS[series % COLOURS.len()];
            out += &format!(
                "<rect x=\"{:.2}\" y=\"{y:.2}\" width=\"{:.2}\" height=\"{tall:.2}\" fill=\"{colour}\"/>\n",
                f64::from(at) * step,
                (step - 0.5).max(0.5)
            );
        }
    }
    let base = top + height + 16.0;
    out += &format!(
        "<text x=\"0\" y=\"{base}\">{}</text><text x=\"{width}\" y=\"{base}\" text-anchor=\"end\">{} UTC</text>\n<text x=\"0\" y=\"14\">at most {} events in {} s</text>\n",
        chart.moment(0),
        chart.moment(chart.steps),
        chart.most(),
        chart.step
    );
    for (series, (label, _)) in chart.series.iter().enumerate() {
        let (x, y) = (
            (series % 4) as f64 * 250.0,
            base + 16.0 + (series / 4) as f64 * 16.0,
        );
        out += &format!(
            "<rect x=\"{x}\" y=\"{}\" width=\"10\" height=\"10\" fill=\"{}\"/><text x=\"{}\" y=\"{y}\">{}</text>\n",
            y - 10.0,
            COLOURS[series % COLOURS.len()],
            x + 14.0,
            escaped(&label.chars().take(36).collect::<String>())
        );
    }
    out + "</svg>\n"
}

fn escaped(text: &str) -> String {
    let clean = text
        .chars()
        .map(|c| if c.is_control() { '\u{fffd}' } else { c });
    let mut out = String::new();
    for c in clean {
        match c {
            '&' => out += "&amp;",
            '<' => out += "&lt;",
            '>' => out += "&gt;",
            '"' => out += "&quot;",
            '\'' => out += "&#39;",
            c => out.push(c),
        }
    }
    out
}

/// The first and the last moment of `events`.
pub fn span(store: &Store, events: &RoaringBitmap) -> Option<(Moment, Moment)> {
    let is_timed = |event: &&EventIx| events.contains(**event) && store.time(**event).is_some();
    let first = store.order.iter().find(is_timed)?;
    let last = store.order.iter().rev().find(is_timed)?;
    Some((store.time(*first)?, store.time(*last)?))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::activity::store::tests::store;

    #[test]
    fn every_event_is_in_one_step_and_one_series() {
        let event = |id: u32, source: &str, minute: u32, error: &str| {
            format!(
                r#"{{"eventID":"{id:08x}-0000-0000-0000-00000000000a","eventName":"StopLogging","eventSource":"{source}","eventTime":"2024-01-01T00:{minute:02}:00Z","errorCode":"{error}"}}"#
            )
        };
        let lines: Vec<String> = (0..30)
            .map(|n| {
                event(
                    n + 1,
                    ["a", "b", "<c>"][n as usize % 3],
                    n,
                    if n == 4 { "X" } else { "" },
                )
            })
            .collect();
        let store = store(&[&lines.join("\n")]);
        let whole = span(&store, &store.shown).expect("a span");
        let chart = histogram(&store, &store.shown, whole, 40, Field::Source);
        assert_eq!(chart.step, 60);
        assert_eq!(
            (0..chart.steps).map(|step| chart.total(step)).sum::<u32>(),
            30
        );
        assert_eq!(chart.series.len(), 3);
        assert_eq!(
            (
                chart.errors.iter().sum::<u32>(),
                chart.notable.iter().sum::<u32>()
            ),
            (1, 30)
        );
        let drawn = svg(&chart, "x\"><script>");
        assert!(drawn.contains("&lt;c&gt;") && !drawn.contains("<script"));
    }
}
