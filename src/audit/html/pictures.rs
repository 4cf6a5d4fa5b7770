//! The report's pictures, as SVG: coverage of trails, events and changes over time, controls and rules.
//!
//! Nothing is told by colour alone: what is missing is hatched, and every picture has its numbers beside it.

use std::fmt::Write as _;

use crate::activity::Field;
use crate::activity::timeline::{Look, histogram, span, svg};
use crate::case::compliance::known;
use crate::case::{Case, Segment, TrailSummary};
use crate::integrity::State;
use crate::moment::Moment;

use super::escape;

/// Strips of trails that are drawn; the table has all.
const MOST_TRAILS: usize = 40;
/// Rules that are drawn: those that fail most.
const MOST_RULES: usize = 20;
/// Bars of a picture over time, and rows at most of its numbers.
const STEPS: i64 = 120;
const ROWS: i64 = 24;

const WIDTH: f64 = 1_000.0;
/// Characters of a label beside a bar.
const LABEL: usize = 48;

fn colour(state: State) -> &'static str {
    match state {
        State::Proven => "#2f8f5b",
        State::Unproven => "#d99a1c",
        State::Altered => "#b3261e",
        State::Missing => "#b0218f",
        State::NotCovered => "#b6bcc6",
    }
}

/// A pattern of its own for what is missing, which prints in black and white too.
const HATCH: &str = "<defs><pattern id=\"hatch\" width=\"6\" height=\"6\" patternUnits=\"userSpaceOnUse\" patternTransform=\"rotate(45)\"><rect width=\"6\" height=\"6\" fill=\"#fff\"/><rect width=\"3\" height=\"6\" fill=\"#b0218f\"/></pattern></defs>";

fn open(height: f64, title: &str) -> String {
    format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {WIDTH} {height}\" font-family=\"sans-serif\" font-size=\"12\" role=\"img\"><title>{}</title>",
        escape(title)
    )
}

/// What of the time of each trail is covered, and how.
pub(super) fn coverage(case: &Case) -> String {
    let trails = crate::case::overview::overview(case).trails;
    let ends = |trail: &TrailSummary| {
        let of = |one: &Segment| [one.from, one.to];
        trail.strip.iter().flat_map(of).collect::<Vec<Moment>>()
    };
    let all: Vec<Moment> = trails.iter().flat_map(ends).collect();
    let (Some(from), Some(to)) = (all.iter().min().copied(), all.iter().max().copied()) else {
        return String::new();
    };
    let length = (to.seconds() - from.seconds()).max(1) as f64;
    let x = |at: Moment| (at.seconds() - from.seconds()) as f64 / length * WIDTH;
    let shown = trails.len().min(MOST_TRAILS);
    let mut out = String::from("<h3>Coverage over time</h3>\n<ul class=\"legend\">");
    for state in State::ALL {
        let fill = if *state == State::Missing {
            "url(#hatch)"
        } else {
            colour(*state)
        };
        let _ = write!(
            out,
            "<li><svg viewBox=\"0 0 12 12\" class=\"key\">{}<rect width=\"12\" height=\"12\" fill=\"{fill}\"/></svg> {}</li>",
            if *state == State::Missing { HATCH } else { "" },
            state.label()
        );
    }
    out += "</ul>\n";
    out += &open(shown as f64 * 40.0 + 20.0, "Coverage over time");
    out += HATCH;
    for (at, trail) in trails.iter().take(MOST_TRAILS).enumerate() {
        let y = at as f64 * 40.0;
        let _ = write!(
            out,
            "<text x=\"0\" y=\"{}\">{} {} {}</text>",
            y + 12.0,
            escape(&trail.account),
            escape(&trail.region),
            escape(&trail.trail)
        );
        for one in &trail.strip {
            let fill = if one.state == State::Missing {
                "url(#hatch)"
            } else {
                colour(one.state)
            };
            let wide = (x(one.to) - x(one.from)).max(1.5);
            let _ = write!(
                out,
                "<rect x=\"{:.1}\" y=\"{}\" width=\"{wide:.1}\" height=\"14\" fill=\"{fill}\"/>",
                x(one.from),
                y + 17.0
            );
        }
    }
    let base = shown as f64 * 40.0 + 12.0;
    let _ = writeln!(
        out,
        "<text x=\"0\" y=\"{base}\">{from}</text><text x=\"{WIDTH}\" y=\"{base}\" text-anchor=\"end\">{to}</text></svg>"
    );
    if trails.len() > shown {
        let _ = writeln!(
            out,
            "<p class=\"quiet\">The first {shown} of {} trails are drawn.</p>",
            trails.len()
        );
    }
    out
}

/// The numbers of a picture over time, a row for each stretch that has any.
fn numbers(head: &[&str], rows: impl Iterator<Item = (Moment, Vec<u64>)>) -> String {
    let mut out = String::from("<table><thead><tr><th>From (UTC)</th>");
    for one in head {
        let _ = write!(out, "<th class=\"n\">{one}</th>");
    }
    out += "</tr></thead><tbody>\n";
    for (from, counts) in rows.filter(|(_, counts)| counts.iter().any(|count| *count > 0)) {
        let _ = write!(out, "<tr><td>{from}</td>");
        for count in counts {
            let _ = write!(out, "<td class=\"n\">{count}</td>");
        }
        out += "</tr>\n";
    }
    out + "</tbody></table>\n"
}

/// Events over time.
pub(super) fn events(case: &Case) -> String {
    let store = case.activity();
    let Some(whole) = span(store, &store.shown) else {
        return String::new();
    };
    let chart = |steps| histogram(store, &store.shown, whole, steps, Field::Source);
    let rows = chart(ROWS as u32);
    let count = |counts: &[u32], step: u32| counts.get(step as usize).copied().unwrap_or(0).into();
    let row = |step| {
        let counts = vec![
            u64::from(rows.total(step)),
            count(&rows.errors, step),
            count(&rows.risky, step),
        ];
        (rows.moment(step), counts)
    };
    format!(
        "<h3>Events over time, by service</h3>\n{}\n{}",
        svg(
            &chart(STEPS as u32),
            Look {
                title: "Events over time, by service",
                ..Look::default()
            }
        ),
        numbers(
            &["Events", "Errors", "Risky calls"],
            (0..rows.steps).map(row)
        )
    )
}

/// Changes of configurations over time.
pub(super) fn changes(case: &Case) -> String {
    let inventory = case.inventory();
    let mut times = Vec::new();
    for one in &inventory.resources {
        for place in 1..one.captures.len() {
            let at = inventory
                .capture(one.captures[place])
                .and_then(|capture| capture.at);
            if inventory.changed(one, place).any() {
                times.extend(at);
            }
        }
    }
    let (Some(from), Some(to)) = (times.iter().min(), times.iter().max()) else {
        return String::new();
    };
    let step = ((to.seconds() - from.seconds()) / STEPS + 1).max(1);
    let mut counts = vec![0_u32; STEPS as usize];
    for at in &times {
        let place = ((at.seconds() - from.seconds()) / step).clamp(0, STEPS - 1);
        counts[place as usize] += 1;
    }
    let most = counts.iter().copied().max().unwrap_or(1).max(1);
    let (tall, wide) = (120.0, WIDTH / STEPS as f64);
    let mut out = String::from("<h3>Configuration changes over time</h3>\n");
    out += &open(tall + 40.0, "Configuration changes over time");
    let _ = write!(
        out,
        "<text x=\"0\" y=\"12\">at most {most} changes in {step} s</text>"
    );
    for (at, count) in counts.iter().enumerate().filter(|(_, count)| **count > 0) {
        let height = f64::from(*count) / f64::from(most) * tall;
        let _ = write!(
            out,
            "<rect x=\"{:.1}\" y=\"{:.1}\" width=\"{:.1}\" height=\"{height:.1}\" fill=\"#0072b2\"/>",
            at as f64 * wide,
            20.0 + tall - height,
            wide - 0.8
        );
    }
    let base = tall + 36.0;
    let _ = writeln!(
        out,
        "<text x=\"0\" y=\"{base}\">{from}</text><text x=\"{WIDTH}\" y=\"{base}\" text-anchor=\"end\">{to}</text></svg>"
    );
    let per = STEPS / ROWS;
    let row = |(at, counts): (usize, &[u32])| {
        let sum = counts.iter().copied().map(u64::from).sum();
        (from.plus(at as i64 * per * step), vec![sum])
    };
    out + &numbers(
        &["Changes"],
        counts.chunks(per as usize).enumerate().map(row),
    )
}

/// The name of a framework, or its ID where that is too long to stand beside a bar.
fn label(name: &str, id: &str) -> String {
    let fits = name.chars().count() <= LABEL;
    if fits { name } else { id }.to_owned()
}

/// A row of a chart: its label and its numbers.
type Bar = (String, Vec<u64>);

/// Bars of several parts, each with its numbers.
fn bars(title: &str, parts: &[(&str, &str)], rows: &[Bar]) -> String {
    if rows.is_empty() {
        return String::new();
    }
    let most = rows
        .iter()
        .map(|(_, counts)| counts.iter().sum::<u64>())
        .max()
        .unwrap_or(1)
        .max(1);
    let mut out = format!("<h3>{}</h3>\n<ul class=\"legend\">", escape(title));
    for (word, fill) in parts {
        let _ = write!(
            out,
            "<li><svg viewBox=\"0 0 12 12\" class=\"key\"><rect width=\"12\" height=\"12\" fill=\"{fill}\"/></svg> {word}</li>"
        );
    }
    out += "</ul>\n";
    out += &open(rows.len() as f64 * 24.0 + 4.0, title);
    // Labels to the left, numbers to the right of the bars.
    let (left, room) = (330.0, 520.0);
    for (at, (label, counts)) in rows.iter().enumerate() {
        let y = at as f64 * 24.0;
        let short: String = label.chars().take(LABEL).collect();
        let _ = write!(
            out,
            "<text x=\"0\" y=\"{}\">{}</text>",
            y + 15.0,
            escape(&short)
        );
        let mut x = left;
        for ((_, fill), count) in parts.iter().zip(counts) {
            let wide = *count as f64 / most as f64 * room;
            if *count > 0 {
                let _ = write!(
                    out,
                    "<rect x=\"{x:.1}\" y=\"{}\" width=\"{wide:.1}\" height=\"14\" fill=\"{fill}\"/>",
                    y + 4.0
                );
            }
            x += wide;
        }
        let numbers: Vec<String> = counts.iter().map(u64::to_string).collect();
        let _ = write!(
            out,
            "<text x=\"{:.1}\" y=\"{}\">{}</text>",
            x + 8.0,
            y + 15.0,
            numbers.join(" / ")
        );
    }
    out + "</svg>\n"
}

/// Controls of the frameworks that the audit asks, or of all where it asks none; and the rules that fail most.
pub(super) fn compliance(case: &Case) -> String {
    let Some(results) = known(case) else {
        return String::new();
    };
    let asked = &case.settings().audit.controls;
    let is_asked = |id: &str| asked.iter().any(|one| one.source == id);
    let any = results.frameworks.iter().any(|one| is_asked(&one.id));
    let wanted = results.frameworks.iter().filter(|one| {
        is_asked(&one.id)
            || (!any
                && one
                    .controls
                    .iter()
                    .any(|(_, status, _)| status.name() != "notTested"))
    });
    let rows: Vec<Bar> = wanted
        .take(MOST_RULES)
        .map(|one| {
            let count = |name: &str| {
                one.controls
                    .iter()
                    .filter(|(_, status, _)| status.name() == name)
                    .count() as u64
            };
            (
                label(&one.name, &one.id),
                vec![count("failed"), count("notTested"), count("met")],
            )
        })
        .collect();
    let mut out = bars(
        "Controls of each framework",
        &[
            ("failed", "#b3261e"),
            ("not tested", "#b6bcc6"),
            ("met", "#2f8f5b"),
        ],
        &rows,
    );
    let failing = results.rules.iter().filter(|row| row.counts[0] > 0);
    let failing: Vec<Bar> = failing
        .map(|row| {
            (
                row.name.to_string(),
                vec![u64::from(row.counts[0]), u64::from(row.counts[1])],
            )
        })
        .collect();
    let mut failing = crate::order::sorted(failing, |a, b| {
        b.1[0].cmp(&a.1[0]).then_with(|| a.0.cmp(&b.0))
    });
    failing.truncate(MOST_RULES);
    out += &bars(
        "Rules that fail most",
        &[("failing resources", "#b3261e"), ("passing", "#2f8f5b")],
        &failing,
    );
    out
}
