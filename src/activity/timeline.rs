//! Events by time: counts in equal steps, stacked by a field, errors and risky calls beside them.

use crate::evidence::visible::visible_line;
use crate::moment::Moment;

use super::bits::{Bits, WORD, ones};
use super::column::{Code, Column, SEGMENT, Visit};
use super::facet::values;
use super::field::{self, Field};
use super::store::{EventIx, Store};

/// Series of a stack, the rest included.
pub const MOST_SERIES: usize = 8;

/// Steps that a person thinks in, in seconds.
const STEPS: &[i64] = &[
    1, 5, 15, 30, 60, 300, 900, 1_800, 3_600, 10_800, 21_600, 43_200, 86_400, 604_800, 2_592_000,
    31_536_000,
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
    /// Risky calls, by step.
    pub risky: Vec<u32>,
}

/// Counts `events` between two moments in at most `most` steps, stacked by `stack`.
pub fn histogram(
    store: &Store,
    events: &Bits,
    (from, to): (Moment, Moment),
    most: u32,
    stack: Field,
) -> Histogram {
    let length = (to.seconds() - from.seconds()).max(1);
    let fits = |step: &&i64| length / **step < i64::from(most.max(1));
    let step = STEPS.iter().find(fits).copied().unwrap_or(31_536_000 * 10);
    let first = from.seconds().div_euclid(step) * step;
    let steps = ((to.seconds() - first) / step + 1).clamp(1, 4_000) as u32;
    let scale = Scale {
        first,
        step,
        steps,
        last: to.seconds(),
    };
    let top = values(store, stack, events);
    let is_all = (top.distinct as usize) < MOST_SERIES;
    let mut names: Vec<String> = top
        .top
        .into_iter()
        .take(MOST_SERIES - 1)
        .map(|(name, _)| name)
        .collect();
    let counts = match field::labels(store, stack) {
        Some(labels) => {
            let place = |value: &&str| names.iter().position(|name| name == value);
            let series = labels
                .values
                .iter()
                .map(|value| place(value).unwrap_or(names.len()) as u8);
            let mut stacking = Stacking {
                times: store.times(),
                events,
                scale,
                series: series.collect(),
                counts: vec![vec![0; names.len() + 1]; steps as usize],
            };
            labels.codes.visit(&mut stacking);
            stacking.counts
        }
        None => {
            let mut counts = vec![vec![0; names.len() + 1]; steps as usize];
            for span in store.spans() {
                let name = if stack == Field::Proven {
                    span.standing.name()
                } else {
                    ""
                };
                let series = names
                    .iter()
                    .position(|one| one == name)
                    .unwrap_or(names.len());
                for event in events.iter_in(span.first..span.first + span.count) {
                    if let Some(at) = scale.step(store.times().get(event)) {
                        counts[at][series] += 1;
                    }
                }
            }
            counts
        }
    };
    names.push(rest_label(stack, !is_all).to_owned());
    let of_series = |(series, name): (usize, String)| {
        (
            name,
            counts.iter().map(|step| step[series]).collect::<Vec<u32>>(),
        )
    };
    let mut series: Vec<_> = names.into_iter().enumerate().map(of_series).collect();
    if series
        .last()
        .is_some_and(|(_, counts)| counts.iter().all(|count| *count == 0))
    {
        series.pop();
    }
    let marked = |marks: &Bits| {
        let mut counts = vec![0; steps as usize];
        let marked = marks.clone() & events;
        let steps = marked
            .iter()
            .filter_map(|event| scale.step(store.times().get(event)));
        steps.for_each(|at| counts[at] += 1);
        counts
    };
    Histogram {
        from: Some(Moment::from_seconds(first)),
        step,
        steps,
        series,
        errors: marked(&store.failed),
        risky: marked(&store.risky),
    }
}

/// Which step a time is in.
#[derive(Clone, Copy)]
struct Scale {
    first: i64,
    step: i64,
    steps: u32,
    last: i64,
}

impl Scale {
    fn step(&self, seconds: u32) -> Option<usize> {
        let seconds = i64::from(seconds);
        let at = (seconds - self.first).div_euclid(self.step);
        let is_shown =
            seconds != 0 && at >= 0 && at < i64::from(self.steps) && seconds <= self.last;
        is_shown.then_some(at as usize)
    }
}

/// Counts events by step and series, in one pass over two columns.
struct Stacking<'s> {
    times: &'s Column<u32>,
    events: &'s Bits,
    scale: Scale,
    /// The series of each value, by its place.
    series: Vec<u8>,
    counts: Vec<Vec<u32>>,
}

impl Visit for Stacking<'_> {
    fn segment<C: Code>(&mut self, first: usize, codes: &[C]) {
        let times = self.times.segment(first / SEGMENT);
        let words = self.events.words_from(first);
        // Most events are in the step of the one before, which spares the division.
        let (mut begin, mut end, mut at) = (1, 0, 0);
        let chunks = codes.chunks(WORD).zip(times.chunks(WORD));
        for ((codes, times), &word) in chunks.zip(words) {
            for bit in ones(word) {
                let place = bit as usize;
                let (Some(code), Some(&time)) = (codes.get(place), times.get(place)) else {
                    break;
                };
                if time < begin || time >= end {
                    let Some(step) = self.scale.step(time) else {
                        continue;
                    };
                    at = step;
                    let from = self.scale.first + self.scale.step * step as i64;
                    let to = (from + self.scale.step).min(self.scale.last + 1);
                    let second = |at: i64| at.clamp(1, i64::from(u32::MAX)) as u32;
                    (begin, end) = (second(from), second(to));
                }
                let series = self.series.get(code.place()).copied().unwrap_or(0);
                self.counts[at][usize::from(series)] += 1;
            }
        }
    }
}

fn rest_label(stack: Field, several: bool) -> &'static str {
    match stack {
        _ if several => "others",
        Field::Error => "no error",
        _ => "none",
    }
}

impl Histogram {
    /// The beginning of a step, or the end of the last one.
    pub fn moment(&self, step: u32) -> Moment {
        let from = self.from.unwrap_or(Moment::MIN);
        from.plus(self.step.saturating_mul(i64::from(step)))
    }

    /// The same with all series as one.
    pub fn total_only(&self) -> Histogram {
        let all = (0..self.steps).map(|step| self.total(step)).collect();
        Histogram {
            series: vec![(String::new(), all)],
            errors: Vec::new(),
            risky: Vec::new(),
            ..self.clone()
        }
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

/// How a chart is drawn.
#[derive(Clone, Copy, Debug, Default)]
pub struct Look<'a> {
    /// What it shows.
    pub title: &'a str,
    /// The query that it answers; none where it is empty.
    pub query: &'a str,
    /// Whether each series has a lane of its own, else they are stacked.
    pub lanes: bool,
}

/// Colours of the marks of errors and of risky calls.
const MARKS: [&str; 2] = ["#b3261e", "#b0218f"];

/// The chart as an SVG document: bars, marks of errors and risky calls, axis and legend. Whatever evidence holds is text in
/// it.
pub fn svg(chart: &Histogram, look: Look<'_>) -> String {
    let (width, height, top) = (1_000.0, 260.0, 40.0);
    let step = width / f64::from(chart.steps.max(1));
    let wide = (step - 0.5).max(0.5);
    let mut out = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {width} {}\" font-family=\"sans-serif\" font-size=\"12\">\n<title>{}</title>\n",
        height + top + 90.0,
        escaped(look.title)
    );
    let bar = |at: u32, y: f64, tall: f64, colour: &str| {
        format!(
            "<rect x=\"{:.2}\" y=\"{y:.2}\" width=\"{wide:.2}\" height=\"{tall:.2}\" fill=\"{colour}\"/>\n",
            f64::from(at) * step
        )
    };
    let lanes = if look.lanes {
        chart.series.len().max(1)
    } else {
        1
    };
    let lane = height / lanes as f64;
    let most = match look.lanes {
        true => chart
            .series
            .iter()
            .flat_map(|(_, counts)| counts.iter().copied())
            .max(),
        false => Some(chart.most()),
    };
    let most = most.unwrap_or(0);
    for at in 0..chart.steps {
        let mut y = top + height;
        for (series, (_, counts)) in chart.series.iter().enumerate() {
            let count = counts.get(at as usize).copied().unwrap_or(0);
            if look.lanes {
                y = top + lane * (series + 1) as f64;
            }
            if count > 0 {
                let tall = f64::from(count) / f64::from(most.max(1))
                    * (lane - if look.lanes { 4.0 } else { 0.0 });
                y -= tall;
                out += &bar(at, y, tall, COLOURS[series % COLOURS.len()]);
            }
        }
    }
    let marked = [&chart.errors, &chart.risky];
    for (row, (counts, colour)) in marked.into_iter().zip(MARKS).enumerate() {
        let y = top + height + 2.0 + row as f64 * 5.0;
        let has = |(_, count): &(u32, &u32)| **count > 0;
        let marks = (0..chart.steps).zip(counts).filter(has);
        marks.for_each(|(at, _)| out += &bar(at, y, 4.0, colour));
    }
    let base = top + height + 26.0;
    out += &format!(
        "<text x=\"0\" y=\"{base}\">{}</text><text x=\"{width}\" y=\"{base}\" text-anchor=\"end\">{} UTC</text>\n<text x=\"0\" y=\"14\">at most {most} events in {} s</text>\n",
        chart.moment(0),
        chart.moment(chart.steps),
        chart.step
    );
    if !look.query.is_empty() {
        let query: String = look.query.chars().take(150).collect();
        out += &format!("<text x=\"0\" y=\"30\">{}</text>\n", escaped(&query));
    }
    let sum = |counts: &Vec<u32>| counts.iter().map(|count| u64::from(*count)).sum::<u64>();
    let series = chart.series.iter().zip(COLOURS.iter().cycle());
    let series = series.map(|((label, counts), colour)| (label.as_str(), sum(counts), *colour));
    let marks = ["errors", "risky calls"].into_iter().zip(marked).zip(MARKS);
    let marks = marks.map(|((label, counts), colour)| (label, sum(counts), colour));
    for (place, (label, sum, colour)) in series.chain(marks).enumerate() {
        let (x, y) = (
            (place % 4) as f64 * 250.0,
            base + 18.0 + (place / 4) as f64 * 16.0,
        );
        out += &format!(
            "<rect x=\"{x}\" y=\"{}\" width=\"10\" height=\"10\" fill=\"{colour}\"/><text x=\"{}\" y=\"{y}\">{} {sum}</text>\n",
            y - 10.0,
            x + 14.0,
            escaped(&label.chars().take(30).collect::<String>())
        );
    }
    out + "</svg>\n"
}

fn escaped(text: &str) -> String {
    let mut out = String::new();
    for c in visible_line(text).chars() {
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
pub fn span(store: &Store, events: &Bits) -> Option<(Moment, Moment)> {
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
        let mut store = store(&[&lines.join("\n")]);
        store.weigh(|name, _| if name == "StopLogging" { 9 } else { 0 });
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
                chart.risky.iter().sum::<u32>()
            ),
            (1, 30)
        );
        let look = Look {
            title: "x\"><script>",
            query: "<b>",
            lanes: false,
        };
        let drawn = svg(&chart, look);
        assert!(drawn.contains("&lt;c&gt; 10") && drawn.contains("&lt;b&gt;"));
        assert!(drawn.contains("errors 1<") && drawn.contains("risky calls 30<"));
        let lanes = svg(
            &chart,
            Look {
                lanes: true,
                ..look
            },
        );
        // A bar an event in either, the marks of one error and of 30 risky calls, and the legend.
        for drawn in [drawn, lanes] {
            assert!(!drawn.contains("<script") && !drawn.contains("<b>"));
            assert_eq!(drawn.matches("<rect").count(), 30 + 31 + 5);
        }
    }
}
