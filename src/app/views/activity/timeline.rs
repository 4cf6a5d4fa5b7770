//! The timeline: events by time, stacked or in lanes, to zoom by brush, wheel and keys.

use std::fmt::Write as _;

use js_sys::Array;
use wasm_bindgen::JsCast as _;
use web_sys::{Element, HtmlSelectElement};
use yew::prelude::*;

use exhibit::activity::{Field, timeline};
use exhibit::case::Histogram;
use exhibit::moment::Moment;

use super::Zoom;
use crate::app::client::Client;
use crate::app::download;
use crate::app::format;
use crate::app::widgets::told::told;

/// The drawing in its own units; it is stretched to the room there is.
const WIDTH: f64 = 1_000.0;
const HEIGHT: f64 = 130.0;
const MAP: f64 = 26.0;
/// Rows of the table that stands for the chart.
const ROWS: u32 = 200;

#[derive(PartialEq, Properties)]
pub(super) struct Props {
    /// What is shown.
    pub(super) chart: Histogram,
    /// The same over all of the time.
    pub(super) map: Histogram,
    /// All of the time.
    pub(super) span: Zoom,
    /// The stretch that is shown; all without.
    pub(super) zoom: Zoom,
    /// The field that is stacked.
    pub(super) stack: String,
    /// Whether each series has a lane of its own.
    pub(super) lanes: bool,
    /// The query that is answered.
    pub(super) query: String,
    /// Shows another stretch.
    pub(super) onzoom: Callback<Zoom>,
    /// Stacks another field.
    pub(super) onstack: Callback<String>,
    /// Lanes or a stack.
    pub(super) onlanes: Callback<String>,
    /// Takes a stretch into the query.
    pub(super) onnarrow: Callback<(Moment, Moment)>,
}

#[component]
pub(super) fn Timeline(props: &Props) -> Html {
    let brush = use_state(|| None::<(f64, f64)>);
    let client = use_context::<Client>();
    let chart = &props.chart;
    let Some(all) = props.span.filter(|_| chart.steps > 0) else {
        return html! { <div class="timeline"><p class="fine">{"No event has a time."}</p></div> };
    };
    let shown = props.zoom.unwrap_or(all);
    let at = move |share: f64| {
        let length = (shown.1.seconds() - shown.0.seconds()) as f64;
        shown.0.plus((share * length).round() as i64)
    };
    let go = {
        let onzoom = props.onzoom.clone();
        move |from: Moment, to: Moment| {
            let (from, to) = (from.max(all.0.plus(-60)), to.min(all.1.plus(60)));
            let is_all = from <= all.0 && to >= all.1;
            if to.seconds() - from.seconds() >= 10 {
                onzoom.emit((!is_all).then_some((from, to)));
            }
        }
    };
    let onpointerdown = {
        let brush = brush.clone();
        Callback::from(move |event: PointerEvent| {
            hold(&event);
            let share = share_of(&event);
            brush.set(Some((share, share)));
        })
    };
    let onpointermove = {
        let brush = brush.clone();
        Callback::from(move |event: PointerEvent| {
            if let Some((from, _)) = *brush {
                brush.set(Some((from, share_of(&event))));
            }
        })
    };
    let onpointerup = {
        let (brush, go) = (brush.clone(), go.clone());
        Callback::from(move |_: PointerEvent| {
            if let Some((a, b)) = *brush
                && (a - b).abs() > 0.005
            {
                go(at(a.min(b)), at(a.max(b)));
            }
            brush.set(None);
        })
    };
    let onpointercancel = {
        let brush = brush.clone();
        Callback::from(move |_: PointerEvent| brush.set(None))
    };
    let scale = {
        let go = go.clone();
        move |share: f64, by: f64| {
            let (length, about) = (
                (shown.1.seconds() - shown.0.seconds()) as f64 * by,
                at(share),
            );
            let before = (length * share) as i64;
            go(about.plus(-before), about.plus((length as i64) - before));
        }
    };
    let onwheel = {
        let scale = scale.clone();
        Callback::from(move |event: WheelEvent| {
            event.prevent_default();
            scale(
                share_of(&event),
                if event.delta_y() > 0.0 { 1.25 } else { 0.8 },
            );
        })
    };
    let onkeydown = {
        let (go, scale, onzoom, onnarrow) = (
            go.clone(),
            scale.clone(),
            props.onzoom.clone(),
            props.onnarrow.clone(),
        );
        Callback::from(move |event: KeyboardEvent| {
            let step = (shown.1.seconds() - shown.0.seconds()) / 5;
            match event.key().as_str() {
                "+" | "=" => scale(0.5, 0.5),
                "-" | "_" => scale(0.5, 2.0),
                "ArrowLeft" => go(shown.0.plus(-step), shown.1.plus(-step)),
                "ArrowRight" => go(shown.0.plus(step), shown.1.plus(step)),
                "0" | "Home" => onzoom.emit(None),
                "Enter" => onnarrow.emit(shown),
                _ => return,
            }
            event.prevent_default();
            event.stop_propagation();
        })
    };
    let onstack = {
        let onstack = props.onstack.clone();
        Callback::from(move |event: Event| {
            let select = event
                .target()
                .and_then(|target| target.dyn_into::<HtmlSelectElement>().ok());
            if let Some(select) = select {
                onstack.emit(select.value());
            }
        })
    };
    let button = |word: &'static str, title: &'static str, run: Callback<MouseEvent>| {
        html! { <button {title} onclick={run}>{ word }</button> }
    };
    let zoom_by = |by: f64| {
        let scale = scale.clone();
        Callback::from(move |_: MouseEvent| scale(0.5, by))
    };
    let fit = props.onzoom.reform(|_: MouseEvent| None);
    let narrow = props.onnarrow.reform(move |_: MouseEvent| shown);
    let lanes = {
        let (onlanes, lanes) = (props.onlanes.clone(), props.lanes);
        Callback::from(move |_: MouseEvent| {
            onlanes.emit(if lanes { String::new() } else { "1".to_owned() })
        })
    };
    let save = {
        let (chart, query, lanes) = (chart.clone(), props.query.clone(), props.lanes);
        Callback::from(move |_: MouseEvent| {
            if client
                .as_ref()
                .is_some_and(|client| client.refuses("events.svg"))
            {
                return;
            }
            let look = timeline::Look {
                title: "CloudTrail events by time",
                query: &query,
                lanes,
            };
            let drawn = timeline::svg(&chart, look);
            let parts = Array::of1(&js_sys::Uint8Array::from(drawn.as_bytes()));
            // Where the browser refuses a download, it says so itself.
            let _ = download::save(&parts, "events.svg");
        })
    };
    let option = |field: Field| {
        let entry = field.entry();
        let name = entry.names.first().copied().unwrap_or_default();
        html! { <option key={name} value={name} selected={name == props.stack}>{ entry.title }</option> }
    };
    let stacks = [
        Field::Source,
        Field::Name,
        Field::Actor,
        Field::Region,
        Field::Account,
        Field::Ip,
        Field::Error,
        Field::Access,
        Field::Category,
        Field::Proven,
    ];
    let selected = brush.map(|(a, b)| {
        html! { <rect class="brush" x={px(a.min(b) * WIDTH)} y="0" width={px((a - b).abs() * WIDTH)} height={px(HEIGHT)} /> }
    });
    html! {
        <section class="timeline" aria-label="Timeline">
            <div class="grid-tools">
                <label class="facet"><span>{"Stacked by"}</span>
                    <select onchange={onstack} aria-label="Stacked by">{ for stacks.into_iter().map(option) }</select></label>
                <button aria-pressed={props.lanes.to_string()} onclick={lanes}>{"Lanes"}</button>
                <span class="count" title={format!("{} – {}", format::local_time(shown.0), format::local_time(shown.1))}>{ format!("{} – {} UTC, {} a bar", format::time(shown.0), format::time(shown.1), step_words(chart.step)) }</span>
                { button("+", "Zoom in (+)", zoom_by(0.5)) }
                { button("−", "Zoom out (-)", zoom_by(2.0)) }
                { button("Fit", "Show all of the time (0)", fit) }
                { button("Only this time", "Take the shown time into the query (Enter)", narrow) }
                <button data-testid="export-svg" title="Download the chart as SVG" onclick={save}>{"SVG"}</button>
            </div>
            <div class="plot" tabindex="0" role="application" data-testid="timeline" data-from={shown.0.to_string()} data-to={shown.1.to_string()}
                aria-label="Events by time. Plus and minus zoom, arrows move, 0 shows all, Enter takes the time into the query."
                {onpointerdown} {onpointermove} {onpointerup} {onpointercancel} {onwheel} {onkeydown}>
                <svg viewBox={format!("0 0 {WIDTH} {HEIGHT}")} preserveAspectRatio="none" aria-hidden="true">
                    { bars(chart, props.lanes, shown) }{ marks(chart, shown) }<g>{ selected }</g>
                </svg>
                <div>{ if props.lanes { lane_names(chart) } else { html! { <span class="peak">{ format!("{} at most", format::number(u64::from(chart.most()))) }</span> } } }</div>
            </div>
            <Map map={props.map.clone()} {all} {shown} onzoom={props.onzoom.clone()} />
            <ul class="key">{ for chart.series.iter().enumerate().map(|(at, (label, counts))| {
                let sum: u64 = counts.iter().map(|count| u64::from(*count)).sum();
                html! { <li key={label.clone()}><span class={format!("swatch series-{at}")} />{ told(label) }{ format!(" {}", format::number(sum)) }</li> }
            }) }
                <li key="/errors"><span class="swatch errors" />{ format!("errors {}", format::number(chart.errors.iter().map(|n| u64::from(*n)).sum())) }</li>
                <li key="/risky" title="Calls whose risk is 8 or more, by the values of the view on risk: risk:8.."><span class="swatch risky" />{ format!("risky calls {}", format::number(chart.risky.iter().map(|n| u64::from(*n)).sum())) }</li>
            </ul>
            <details class="alternative"><summary>{"The chart as a table"}</summary>{ alternative(chart) }</details>
        </section>
    }
}

/// The chart or the map that a pointer is on.
fn drawing(event: &MouseEvent) -> Option<Element> {
    // Handlers are called from the root of the page, which is what the event calls its current target.
    let target = event.target()?.dyn_into::<Element>().ok()?;
    target.closest(".plot, .map").ok()?
}

/// Keeps a finger's or mouse's moves coming until it is lifted, wherever it goes.
fn hold(event: &PointerEvent) {
    if let Some(element) = drawing(event) {
        // Refused for a pointer that is gone already: then nothing more comes of it.
        let _ = element.set_pointer_capture(event.pointer_id());
    }
}

/// Where the pointer is, from 0 at the left edge to 1 at the right.
fn share_of(event: &MouseEvent) -> f64 {
    drawing(event).map_or(0.0, |element| {
        let place = element.get_bounding_client_rect();
        ((f64::from(event.client_x()) - place.left()) / place.width().max(1.0)).clamp(0.0, 1.0)
    })
}

fn px(value: f64) -> String {
    format!("{value:.2}")
}

/// The left edge of a step within the shown time, and its width.
fn place(chart: &Histogram, step: u32, shown: (Moment, Moment)) -> (f64, f64) {
    let length = ((shown.1.seconds() - shown.0.seconds()) as f64).max(1.0);
    let x = (chart.moment(step).seconds() - shown.0.seconds()) as f64 / length * WIDTH;
    let width = chart.step as f64 / length * WIDTH;
    let (left, right) = (x.max(0.0), (x + width).min(WIDTH));
    (left, (right - left - 0.6).max(0.8))
}

/// A path of bars: one node of the page for all of them.
#[derive(Default)]
struct Bars(String);

impl Bars {
    fn add(&mut self, x: f64, y: f64, width: f64, tall: f64) {
        // Writing to a text does not fail.
        let _ = write!(self.0, "M{x:.1} {y:.1}h{width:.1}v{tall:.1}h-{width:.1}z");
    }

    fn show(self, class: impl Into<Classes>) -> Html {
        let class: Classes = class.into();
        html! { <path {class} d={self.0} /> }
    }
}

fn bars(chart: &Histogram, lanes: bool, shown: (Moment, Moment)) -> Html {
    let count = chart.series.len().max(1) as f64;
    let room = if lanes { HEIGHT / count } else { HEIGHT };
    let most = f64::from(chart.most().max(1));
    let of = |counts: &Vec<u32>| f64::from(counts.iter().copied().max().unwrap_or(0).max(1));
    let tops: Vec<f64> = chart
        .series
        .iter()
        .map(|(_, counts)| if lanes { of(counts) } else { most })
        .collect();
    let mut paths: Vec<Bars> = chart.series.iter().map(|_| Bars::default()).collect();
    for step in 0..chart.steps {
        let (x, width) = place(chart, step, shown);
        let mut base = HEIGHT;
        for (at, (_, counts)) in chart.series.iter().enumerate() {
            let count = counts.get(step as usize).copied().unwrap_or(0);
            if count == 0 {
                continue;
            }
            // One event among thousands is still seen.
            let tall = (f64::from(count) / tops[at] * (room - 2.0)).max(1.5);
            let y = if lanes {
                (at as f64 + 1.0) * room
            } else {
                base
            } - tall;
            base -= tall;
            paths[at].add(x, y.max(0.0), width, tall);
        }
    }
    let paths = paths.into_iter().enumerate();
    html! { <g>{ for paths.map(|(at, path)| path.show(format!("series-{at}"))) }</g> }
}

fn marks(chart: &Histogram, shown: (Moment, Moment)) -> Html {
    let mark = |class: &'static str, counts: &[u32], y: f64| {
        let mut path = Bars::default();
        let some = counts.iter().enumerate().filter(|(_, count)| **count > 0);
        for (step, _) in some {
            let (x, width) = place(chart, step as u32, shown);
            path.add(x, y, width, 4.0);
        }
        path.show(class)
    };
    html! { <g>{ mark("errors", &chart.errors, HEIGHT - 4.0) }{ mark("risky", &chart.risky, 0.0) }</g> }
}

/// The names of lanes, over them.
fn lane_names(chart: &Histogram) -> Html {
    let room = 100.0 / chart.series.len().max(1) as f64;
    let name = |(at, (name, counts)): (usize, &(String, Vec<u32>))| {
        let most = counts.iter().copied().max().unwrap_or(0);
        html! { <li key={name.clone()} ~style={format!("top: {:.1}%", at as f64 * room)}>{ told(name) }<span class="fine">{ format!(" {} at most", format::number(u64::from(most))) }</span></li> }
    };
    html! { <ul class="lane-names" aria-hidden="true">{ for chart.series.iter().enumerate().map(name) }</ul> }
}

#[derive(PartialEq, Properties)]
struct MapProps {
    map: Histogram,
    all: (Moment, Moment),
    shown: (Moment, Moment),
    onzoom: Callback<Zoom>,
}

/// What is being done to the map with the pointer.
#[derive(Clone, Copy, PartialEq)]
enum Drag {
    /// What is shown is moved; how far from its beginning it was taken.
    Move(f64),
    /// A stretch is marked, from here to there.
    Mark(f64, f64),
}

/// All of the time, and the stretch of it that is shown: it can be dragged, and another one marked.
#[component]
fn Map(props: &MapProps) -> Html {
    let drag = use_state(|| None::<Drag>);
    let (all, shown) = (props.all, props.shown);
    let length = ((all.1.seconds() - all.0.seconds()) as f64).max(1.0);
    let share = |at: Moment| (at.seconds() - all.0.seconds()) as f64 / length;
    let (from, to) = (share(shown.0), share(shown.1));
    let at = move |share: f64| all.0.plus((share * length).round() as i64);
    let onpointerdown = {
        let drag = drag.clone();
        Callback::from(move |event: PointerEvent| {
            hold(&event);
            let here = share_of(&event);
            let is_within = (from..=to).contains(&here) && to - from < 0.999;
            drag.set(Some(if is_within {
                Drag::Move(here - from)
            } else {
                Drag::Mark(here, here)
            }));
        })
    };
    let onpointermove = {
        let (drag, onzoom) = (drag.clone(), props.onzoom.clone());
        Callback::from(move |event: PointerEvent| {
            let here = share_of(&event);
            match *drag {
                Some(Drag::Move(taken)) => {
                    let begin = (here - taken).clamp(0.0, (1.0 - (to - from)).max(0.0));
                    onzoom.emit(Some((at(begin), at(begin + to - from))));
                }
                Some(Drag::Mark(begin, _)) => drag.set(Some(Drag::Mark(begin, here))),
                None => {}
            }
        })
    };
    let onpointerup = {
        let (drag, onzoom) = (drag.clone(), props.onzoom.clone());
        Callback::from(move |_: PointerEvent| {
            if let Some(Drag::Mark(a, b)) = *drag {
                let long = to - from;
                let (a, b) = match (a - b).abs() > 0.005 {
                    true => (a.min(b), a.max(b)),
                    // A click moves what is shown there.
                    false => (a - long / 2.0, a + long / 2.0),
                };
                if b - a < 0.999 && length * (b - a) >= 10.0 {
                    onzoom.emit(Some((at(a.max(0.0)), at(b.min(1.0)))));
                }
            }
            drag.set(None);
        })
    };
    let onpointercancel = {
        let drag = drag.clone();
        Callback::from(move |_: PointerEvent| drag.set(None))
    };
    let most = f64::from(props.map.most().max(1));
    let mut path = Bars::default();
    for step in 0..props.map.steps {
        let count = props.map.total(step);
        if count > 0 {
            let (x, width) = place(&props.map, step, all);
            let tall = (f64::from(count) / most * MAP).max(1.0);
            path.add(x, MAP - tall, width, tall);
        }
    }
    let brush = |from: f64, to: f64| {
        let (x, width) = (
            from.clamp(0.0, 1.0) * WIDTH,
            (to - from).clamp(0.003, 1.0) * WIDTH,
        );
        html! { <rect class="brush" x={px(x)} y="0" width={px(width)} height={px(MAP)} /> }
    };
    let marked = match *drag {
        Some(Drag::Mark(a, b)) => brush(a.min(b), a.max(b)),
        _ => brush(from, to),
    };
    html! {
        <div class="map" data-testid="timeline-map" {onpointerdown} {onpointermove} {onpointerup} {onpointercancel} title="All of the time: drag what is shown, mark another stretch, or click to move there">
            <svg viewBox={format!("0 0 {WIDTH} {MAP}")} preserveAspectRatio="none" aria-hidden="true">
                { path.show("bars") }{ marked }
            </svg>
        </div>
    }
}

fn step_words(seconds: i64) -> String {
    match seconds {
        1..60 => format!("{seconds} s"),
        60..3_600 => format!("{} min", seconds / 60),
        3_600..86_400 => format!("{} h", seconds / 3_600),
        86_400 => "1 day".to_owned(),
        _ => format!("{} days", seconds / 86_400),
    }
}

fn alternative(chart: &Histogram) -> Html {
    let busy = (0..chart.steps).filter(|step| chart.total(*step) > 0);
    let row = |step: u32| {
        let at = step as usize;
        let count = |counts: &Vec<u32>| html! { <td>{ counts.get(at).copied().unwrap_or(0) }</td> };
        html! {
            <tr key={step.to_string()}>
                <td>{ format::time(chart.moment(step)) }</td><td>{ chart.total(step) }</td>
                { for chart.series.iter().map(|(_, counts)| count(counts)) }
                { count(&chart.errors) }{ count(&chart.risky) }
            </tr>
        }
    };
    let head = chart
        .series
        .iter()
        .map(|(label, _)| html! { <th key={label.clone()}>{ told(label) }</th> });
    html! {
        <table>
            <thead><tr><th>{"From (UTC)"}</th><th>{"Events"}</th>{ for head }<th>{"Errors"}</th><th>{"Risky calls"}</th></tr></thead>
            <tbody>{ for busy.take(ROWS as usize).map(row) }</tbody>
        </table>
    }
}
