//! The charts of the dashboard: bars by day or week, stacked by call or error, and bars of shares. Each has its numbers
//! in a table beside it.

use yew::prelude::*;

use exhibit::activity::complete::term;
use exhibit::case::OverTime;
use exhibit::moment::Moment;
use exhibit::risk::over_time::Line;

use crate::app::format;
use crate::app::route;
use crate::app::widgets::told::{seen, told};

/// Width and height of a chart in its own units.
const WIDTH: f64 = 1_000.0;
const HEIGHT: f64 = 220.0;

fn date(at: Moment) -> String {
    format::time(at).chars().take(10).collect()
}

fn count(value: u32) -> String {
    format::number(u64::from(value))
}

/// A chart.
pub(super) struct Chart {
    /// What it shows.
    pub(super) title: &'static str,
    /// The hook for tests.
    pub(super) testid: &'static str,
    /// The field of queries that names what is stacked.
    pub(super) field: &'static str,
    /// What is counted.
    pub(super) over: OverTime,
    /// Whether an error stands where a name would.
    pub(super) empty: &'static str,
}

/// Bars by day or week, and the table of what is stacked.
pub(super) fn stacked(chart: &Chart) -> Html {
    let over = &chart.over;
    if over.top.is_empty() {
        return html! { <section class="chart" data-testid={chart.testid}><h2>{ chart.title }</h2><p class="fine">{ chart.empty }</p></section> };
    }
    let query = |line: &Line| {
        let name = term(chart.field, &line.name);
        match &*line.source {
            "" => name,
            source => format!("{name} {}", term("source", source)),
        }
    };
    let events = |line: &Line, step: u32| {
        let (from, to) = (over.moment(step), over.moment(step + 1).plus(-1));
        route::activity(&format!("{} since:{from} until:{to}", query(line)))
    };
    // Where the chart is cut, its totals are.
    let since = over.is_cut.then(|| format!(" since:{}", over.moment(0)));
    let since = since.unwrap_or_default();
    let totals: Vec<u32> = (0..over.steps).map(|step| over.total(step)).collect();
    let most = totals.iter().copied().max().unwrap_or(0).max(1);
    let peak = totals.iter().position(|total| *total == most).unwrap_or(0) as u32;
    let wide = WIDTH / f64::from(over.steps.max(1));
    let bar = |step: u32| {
        let mut y = HEIGHT;
        // The least risky at the top, so that the riskiest stand on the ground and can be compared.
        let parts = over.top.iter().enumerate().filter_map(|(at, line)| {
            let value = *line.counts.get(step as usize)?;
            if value == 0 {
                return None;
            }
            let tall = f64::from(value) / f64::from(most) * (HEIGHT - 6.0);
            y -= tall;
            // Neighbours of one risk are told apart by a lighter tone.
            let class = if at % 2 == 0 { format!("risk-{}", line.risk) } else { format!("risk-{} other", line.risk) };
            Some(html! {
                <a key={format!("{} {}", line.name, line.source)} href={events(line, step)}>
                    <rect {class} x={(f64::from(step) * wide).to_string()} y={y.to_string()} width={(wide * 0.88).max(1.0).to_string()} height={tall.max(0.8).to_string()}>
                        <title>{ format!("{} {} on {}: {} events, risk {}", chart.field, seen(&line.name), date(over.moment(step)), count(value), line.risk) }</title>
                    </rect>
                </a>
            })
        });
        parts.collect::<Html>()
    };
    let unit = if over.step > 86_400 { "week" } else { "day" };
    let left = (f64::from(peak) + 0.5) * 100.0 / f64::from(over.steps.max(1));
    let mark = format!("{}: {} events", date(over.moment(peak)), count(most));
    let row = |(at, line): (usize, &Line)| {
        let top = line.counts.iter().copied().max().unwrap_or(0);
        let step = line
            .counts
            .iter()
            .position(|count| *count == top)
            .unwrap_or(0) as u32;
        let class = if at % 2 == 0 {
            format!("swatch risk-{}", line.risk)
        } else {
            format!("swatch risk-{} other", line.risk)
        };
        html! {
            <tr key={format!("{} {}", line.name, line.source)}>
                <td><span {class} aria-hidden="true" />{ line.risk }</td>
                <td><a href={route::activity(&format!("{}{since}", query(line)))} title={seen(&line.source)}>{ told(&line.name) }</a></td>
                <td class="numeric">{ count(line.total) }</td>
                <td class="numeric"><a href={events(line, step)} title={format!("{} events", count(top))}>{ date(over.moment(step)) }</a></td>
            </tr>
        }
    };
    let others = over.others;
    html! {
        <section class="chart" data-testid={chart.testid} data-names={over.top.len().to_string()}>
            <h2>{ chart.title }</h2>
            <div class="chart-and-table">
                <figure>
                    <p class="peak" ~style={format!("left: {left:.2}%")} class={if left > 60.0 { "peak before" } else { "peak" }}>{ format!("Peak {mark}") }</p>
                    <svg viewBox={format!("0 0 {WIDTH} {HEIGHT}")} preserveAspectRatio="none" role="group" aria-label={format!("{} by {unit}; most on {mark}", chart.title)}>
                        <line x1="0" y1={HEIGHT.to_string()} x2={WIDTH.to_string()} y2={HEIGHT.to_string()} />
                        { for (0..over.steps).map(bar) }
                    </svg>
                    <figcaption><span>{ over.from.map(date) }</span><span>{ format!("by {unit}, UTC; up to {} a {unit}", count(most)) }</span><span>{ date(over.moment(over.steps.saturating_sub(1))) }</span></figcaption>
                    { over.is_cut.then(|| html! { <p class="fine">{ format!("The newest {} {unit}s; the evidence begins earlier.", over.steps) }</p> }) }
                </figure>
                <div class="scroll">
                    <table class="plain dense"><thead><tr><th>{"Risk"}</th><th>{"Name"}</th><th class="numeric">{"Events"}</th><th class="numeric">{"Peak"}</th></tr></thead>
                        <tbody>{ for over.top.iter().enumerate().map(row) }</tbody></table>
                    { (others.0 > 0).then(|| html! { <p class="fine">{ format!("{} more, of {} events, have less risk or fewer events.", count(others.0), count(others.1)) }</p> }) }
                </div>
            </div>
        </section>
    }
}

/// A part of a whole.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Part {
    /// What it is.
    pub(super) name: String,
    /// How many.
    pub(super) count: u32,
    /// The class of its colour.
    pub(super) class: String,
    /// Where its rows are.
    pub(super) address: String,
}

/// Bars of shares, longest where most are, with their numbers: a table whose bars are SVG.
pub(super) fn shares(title: &str, testid: &'static str, parts: &[Part], empty: &str) -> Html {
    let sum: u32 = parts.iter().map(|part| part.count).sum();
    let most = parts
        .iter()
        .map(|part| part.count)
        .max()
        .unwrap_or(0)
        .max(1);
    let row = |part: &Part| {
        let wide = f64::from(part.count) / f64::from(most) * 100.0;
        html! {
            <tr key={part.name.clone()}>
                <td><a href={part.address.clone()}>{ told(&part.name) }</a></td>
                <td class="share"><svg viewBox="0 0 100 10" preserveAspectRatio="none" aria-hidden="true"><rect class={part.class.clone()} x="0" y="0" width={wide.to_string()} height="10" /></svg></td>
                <td class="numeric">{ count(part.count) }</td>
                <td class="numeric fine">{ format!("{:.0} %", f64::from(part.count) / f64::from(sum.max(1)) * 100.0) }</td>
            </tr>
        }
    };
    html! {
        <section class="shares" data-testid={testid}>
            <h2>{ title.to_owned() }</h2>
            { if sum == 0 { html! { <p class="fine">{ empty.to_owned() }</p> } } else {
                html! { <table class="plain dense"><tbody>{ for parts.iter().filter(|part| part.count > 0).map(row) }</tbody></table> }
            } }
        </section>
    }
}
